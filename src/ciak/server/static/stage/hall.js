// The page of the hall: live subtitles, large, line by line. What stands stays where it stands: a line only grows.
import { preferences } from '../preferences.js';
import { words } from '../ui/words.js';

const KEPT = 60;
const SIZES = [0.6, 0.8, 1, 1.25, 1.6, 2];
const AGAIN = [500, 1000, 2000, 5000];

function node(tag, given = {}) {
  return Object.assign(document.createElement(tag), given);
}

class Hall {
  #languages = [];
  #chosen = '';
  #shown = new Map();
  #texts = new Map();
  #tries = 0;
  #state = 'waiting';
  #size = 2;
  #lowest = true;

  constructor() {
    this.lines = node('main', { className: 'lines', tabIndex: 0 });
    this.lines.setAttribute('role', 'log');
    this.lines.setAttribute('aria-live', 'polite');
    this.state = node('p', { className: 'state' });
    this.state.setAttribute('role', 'status');
    this.language = node('select', { onchange: () => this.choose(this.language.value) });
    this.smaller = node('button', { textContent: 'A−', onclick: () => this.resize(-1) });
    this.larger = node('button', { textContent: 'A+', onclick: () => this.resize(1) });
    this.theme = node('button', { textContent: '◐', onclick: () => this.shade() });
    this.tongue = node('button', { onclick: () => this.speak(words.language === 'en' ? 'it' : 'en') });
    this.full = node('button', { textContent: '⛶', onclick: () => this.fill() });
    this.now = node('button', { className: 'now', hidden: true, onclick: () => this.follow(true) });
    const bar = node('header', { className: 'bar' });
    bar.append(this.state, this.language, this.smaller, this.larger, this.theme, this.tongue, this.full);
    document.body.append(bar, this.lines, this.now);
    this.lines.addEventListener('scroll', () => {
      this.#lowest = this.lines.scrollHeight - this.lines.scrollTop - this.lines.clientHeight < 8;
      this.now.hidden = this.#lowest;
    }, { passive: true });
    addEventListener('resize', () => this.#lowest && this.follow(false));
    addEventListener('keydown', (event) => this.key(event));
    this.listen();
  }

  async speak(language) {
    await words.use(language);
    preferences.language = language;
    document.title = words.say('hall.title');
    this.tongue.textContent = words.say('hall.tongue');
    this.tongue.lang = language === 'en' ? 'it' : 'en';
    for (const [button, key] of [[this.smaller, 'hall.smaller'], [this.larger, 'hall.larger'], [this.theme, 'hall.theme'],
      [this.full, 'hall.full'], [this.language, 'hall.language'], [this.lines, 'hall.lines']]) {
      button.setAttribute('aria-label', words.say(key));
      button.title = button === this.lines ? '' : words.say(key);
    }
    this.now.textContent = words.say('hall.now');
    this.tell(this.#state);
    this.offer();
  }

  tell(state) {
    this.#state = state;
    if (words.ready) this.state.textContent = words.say(`hall.state.${state}`);
  }

  /** The languages that there are, by their names. */
  offer() {
    const options = this.#languages.map((code) => node('option', { value: code, textContent: words.name(code) }));
    this.language.replaceChildren(...options);
    this.language.value = this.#chosen;
    this.language.hidden = options.length < 2;
  }

  choose(language) {
    this.#chosen = language;
    this.#shown.clear();
    this.lines.replaceChildren();
    for (const told of this.#texts.get(language)?.values() ?? []) this.lay(told);
    this.follow(false);
  }

  listen() {
    const socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/live`);
    socket.onopen = () => {
      this.#tries = 0;
      this.tell(this.#texts.size ? 'live' : 'waiting');
    };
    socket.onmessage = (event) => this.hear(JSON.parse(event.data));
    socket.onclose = () => {
      if (this.#state === 'done') return;
      this.tell('lost');
      setTimeout(() => this.listen(), AGAIN[Math.min(this.#tries, AGAIN.length - 1)]);
      this.#tries += 1;
    };
  }

  hear(told) {
    if (told.event === 'done') {
      this.tell('done');
      return;
    }
    if (!this.#texts.has(told.language)) {
      this.#texts.set(told.language, new Map());
      this.#languages.push(told.language);
      if (!this.#chosen) this.#chosen = told.language;
      this.tell('live');
      if (words.ready) this.offer();
    }
    const texts = this.#texts.get(told.language);
    texts.set(told.line, told);
    if (texts.size > KEPT) texts.delete(texts.keys().next().value);
    if (told.language === this.#chosen) this.lay(told);
  }

  /** Put a line on the page, or add to it what is new. */
  lay(told) {
    let line = this.#shown.get(told.line);
    if (line === undefined) {
      line = node('p', { lang: told.language, dir: 'auto' });
      const before = this.lines.lastElementChild;
      if (before && told.start - Number(before.dataset.end) > 2) line.classList.add('parted');
      before?.classList.add('before');
      this.#shown.set(told.line, line);
      this.lines.append(line);
      while (this.lines.childElementCount > KEPT) {
        this.#shown.delete(this.#shown.keys().next().value);
        this.lines.firstElementChild.remove();
      }
    }
    line.dataset.end = told.end;
    const stands = line.textContent;
    if (told.text.startsWith(stands)) line.append(told.text.slice(stands.length));
    else line.textContent = told.text;
    if (this.#lowest) this.follow(true);
  }

  follow(gently) {
    this.#lowest = true;
    this.now.hidden = true;
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
    this.lines.scrollTo({ top: this.lines.scrollHeight, behavior: gently && !still ? 'smooth' : 'instant' });
  }

  resize(step) {
    this.#size = Math.min(SIZES.length - 1, Math.max(0, this.#size + step));
    document.body.style.setProperty('--size', SIZES[this.#size]);
    this.smaller.disabled = this.#size === 0;
    this.larger.disabled = this.#size === SIZES.length - 1;
    if (this.#lowest) this.follow(false);
  }

  shade() {
    preferences.theme = preferences.theme === 'dark' ? 'light' : 'dark';
    document.documentElement.dataset.theme = preferences.theme;
  }

  fill() {
    if (document.fullscreenElement) document.exitFullscreen();
    else document.documentElement.requestFullscreen?.();
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target === this.language) return;
    if (event.key === 'f') this.fill();
    else if (event.key === '+') this.resize(1);
    else if (event.key === '-') this.resize(-1);
    else return;
    event.preventDefault();
  }
}

document.documentElement.dataset.theme = preferences.theme;
await new Hall().speak(preferences.language);
