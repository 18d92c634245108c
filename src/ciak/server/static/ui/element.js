// A small reactive base for components: build once, update what changed, speak the reader's language.
//
// Text reaches the page as text only (`h` and `say` make text nodes); nothing here parses markup.
import { words } from './words.js';

export function css(strings) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(strings.join(''));
  return sheet;
}

const base = css`
  :host { box-sizing: border-box; }
  :host([hidden]), [hidden] { display: none !important; }
  *, *::before, *::after { box-sizing: border-box; }
  button, input, select, textarea { font: inherit; color: inherit; letter-spacing: inherit; }
  button, select {
    min-height: 32px; min-width: 32px; border: 0; border-radius: 4px; padding: 0 8px; background: transparent;
    cursor: pointer; transition: background-color var(--move);
  }
  button:hover, select:hover { background: var(--hover); }
  button[aria-pressed="true"] { color: var(--accent); box-shadow: inset 0 -2px var(--accent); border-radius: 4px 4px 0 0; }
  button:disabled { color: var(--quiet); cursor: default; background: transparent; opacity: .6; }
  :focus { outline: none; }
  :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
  h1, h2, p, dl, dd, dt, ul { margin: 0; padding: 0; }
  code { font: 13px/24px ui-monospace, "Liberation Mono", "DejaVu Sans Mono", monospace; }
  .primary { background: var(--accent); color: var(--on-accent); padding: 0 16px; }
  .primary:hover { background: var(--accent); filter: brightness(1.08); }
  .field { min-height: 32px; width: 100%; padding: 3px 8px; border: 1px solid var(--edge); border-radius: 4px; background: var(--ground); }
  .quiet { color: var(--quiet); }
  .icon { display: inline-block; flex: none; width: 16px; height: 16px; background: currentColor; forced-color-adjust: none; }
  progress { appearance: none; height: 4px; border: 0; border-radius: 2px; background: var(--line); overflow: hidden; }
  progress::-webkit-progress-bar { background: var(--line); }
  progress::-webkit-progress-value { background: var(--accent); }
  progress::-moz-progress-bar { background: var(--accent); }
  .heading { font: 400 16px/24px var(--condensed); letter-spacing: .02em; color: var(--text); }
  .unseen {
    position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap;
  }
`;

/** A node: `h('p', { class: 'quiet', onclick: f, 'aria-label': x }, 'text', node)`. Strings become text nodes. */
export function h(tag, given = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || value === null || value === false) continue;
    if (typeof value === 'function') node.addEventListener(name.slice(2), value);
    else if (name === 'class') node.className = value;
    else if (PROPERTIES.has(name) || typeof value === 'object') node[name] = value;
    else node.setAttribute(name, value === true ? '' : String(value));
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

const PROPERTIES = new Set(['value', 'checked', 'disabled', 'tabIndex', 'hidden', 'muted']);

export class Element extends HTMLElement {
  /** Names and first values of the properties that ask for an update when they are set. */
  static props = {};
  static styles = [];

  #values = {};
  #changed = new Set();
  #asked = false;
  #spoken = new Map();
  #ends = null;

  static define(tag) {
    for (const name of Object.keys(this.props)) {
      Object.defineProperty(this.prototype, name, {
        get() { return this.read(name); },
        set(value) { this.write(name, value); },
      });
    }
    customElements.define(tag, this);
  }

  constructor() {
    super();
    this.attachShadow({ mode: 'open' }).adoptedStyleSheets = [base, ...this.constructor.styles];
    this.#values = { ...this.constructor.props };
  }

  read(name) { return this.#values[name]; }

  write(name, value) {
    if (Object.is(this.#values[name], value)) return;
    this.#values[name] = value;
    this.request(name);
  }

  connectedCallback() {
    this.#ends = new AbortController();
    if (!this.shadowRoot.firstChild) this.shadowRoot.append(...[this.build()].flat());
    this.listen(words, 'change', () => this.#translate());
    this.connected();
    if (words.ready) this.#translate();
  }

  disconnectedCallback() { this.#ends?.abort(); }

  /** Listen until this component leaves the page. */
  listen(target, type, heard, options = {}) {
    target.addEventListener(type, heard, { ...options, signal: this.#ends.signal });
  }

  /** Ask for `update` before the next paint. */
  request(...names) {
    for (const name of names) this.#changed.add(name);
    if (this.#asked) return;
    this.#asked = true;
    queueMicrotask(() => {
      this.#asked = false;
      if (!this.isConnected || !words.ready) return;
      const changed = this.#changed;
      this.#changed = new Set();
      this.update(changed);
    });
  }

  /** Words that follow the language: the node's text, or the attribute named. Returns the node. */
  say(node, key, values = {}, attribute = '') {
    const spoken = this.#spoken.get(node) ?? new Map();
    spoken.set(attribute, [key, values]);
    this.#spoken.set(node, spoken);
    if (words.ready) utter(node, attribute, key, values);
    return node;
  }

  #translate() {
    for (const [node, spoken] of this.#spoken) {
      for (const [attribute, [key, values]] of spoken) utter(node, attribute, key, values);
    }
    this.request(...Object.keys(this.constructor.props), 'words');
  }

  build() { return []; }
  connected() {}
  update() {}

  tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
  }
}

function utter(node, attribute, key, values) {
  const text = key ? words.say(key, values) : '';
  if (attribute) node.setAttribute(attribute, text);
  else node.textContent = text;
}
