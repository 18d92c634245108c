// Where the reader is, kept in the address so that a page can be reloaded and gone back from: #/film/KEY/page.

export const PAGES = ['dialogue', 'words', 'report', 'activity'];

export class Route extends EventTarget {
  film = '';
  page = '';

  constructor() {
    super();
    addEventListener('hashchange', () => this.#read());
    this.#read(true);
  }

  #read(first = false) {
    const [, film, page] = /^#\/film\/([0-9a-f]{16})(?:\/([a-z]+))?$/.exec(location.hash) ?? [];
    this.film = film ?? '';
    this.page = film ? (PAGES.includes(page) ? page : 'dialogue') : 'shelf';
    if (!first) this.dispatchEvent(new Event('change'));
  }

  static to(film, page = 'dialogue') { return film ? `#/film/${film}/${page}` : '#/'; }

  go(film, page) {
    const address = Route.to(film, page);
    if (location.hash !== address) location.hash = address;
  }

  /** The same, until that page is shown. */
  async reach(film, page) {
    const there = new Promise((done) => { this.addEventListener('change', done, { once: true }); });
    this.go(film, page);
    await there;
    await new Promise((done) => { requestAnimationFrame(done); });
  }
}
