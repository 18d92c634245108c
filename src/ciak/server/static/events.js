// The stream of a film's state: it comes back by itself when it is lost, and sends everything anew when it does. A window
// that nobody looks at gives its stream up: browsers hold few connections to one place open, for all windows together.

/** Milliseconds between two looks whether the studio still answers. */
const LOOK = 4000;
/** Milliseconds out of sight after which the stream is given up. */
const HIDDEN = 10000;

export class Events extends EventTarget {
  #source = null;
  #address = '';
  #asks = 0;
  lost = false;

  /** Listen to another film; the empty string: to none. Tells "state" with what came, "lost" and "found". */
  listen(address) {
    if (address === this.#address) return;
    this.close();
    this.#address = address;
    if (address) this.#open();
  }

  constructor() {
    super();
    let out = 0;
    document.addEventListener('visibilitychange', () => {
      clearTimeout(out);
      if (document.hidden) out = setTimeout(() => this.#shut(), HIDDEN);
      else if (this.#address && !this.#source) this.#open();
    });
  }

  #open() {
    const source = new EventSource(this.#address);
    source.addEventListener('state', (event) => {
      this.dispatchEvent(new CustomEvent('state', { detail: JSON.parse(event.data) }));
    });
    source.addEventListener('open', () => this.#tell('found'));
    source.addEventListener('error', () => {
      this.#tell('lost');
      if (source.readyState === EventSource.CLOSED) this.#again();
    });
    this.#source = source;
    this.#asks = setInterval(() => this.#alive(), LOOK);
  }

  #tell(type) {
    this.lost = type === 'lost';
    this.dispatchEvent(new Event(type));
  }

  /** A studio that hangs keeps its streams open and says nothing: ask it for something small. */
  async #alive() {
    const source = this.#source;
    const answer = await fetch('/static/icon.svg', { cache: 'no-store', signal: AbortSignal.timeout(LOOK - 500) }).catch(() => null);
    if (source !== this.#source || (Boolean(answer) && source.readyState !== EventSource.OPEN)) return;
    if (this.lost !== !answer) this.#tell(answer ? 'found' : 'lost');
  }

  /** A browser gives up after some answers; we ask again after a while. */
  #again() {
    const address = this.#address;
    setTimeout(() => {
      if (address !== this.#address) return;
      this.#address = '';
      this.listen(address);
    }, 3000);
  }

  #shut() {
    clearInterval(this.#asks);
    this.#source?.close();
    this.#source = null;
  }

  close() {
    this.#shut();
    this.#address = '';
  }
}
