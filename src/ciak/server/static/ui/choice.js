// One of a few: radio buttons side by side, or a list when there are many. Tells "choose" with the value.
import { Element, css, h } from './element.js';
import { icon } from './icon.js';

const MANY = 4;

const styles = css`
  :host { display: inline-block; }
  fieldset { display: flex; align-items: center; gap: 4px; margin: 0; padding: 0; border: 0; }
  .icon { color: var(--quiet); }
  legend { float: inline-start; padding: 0; color: var(--quiet); }
  .row { display: flex; }
  label { position: relative; display: flex; align-items: center; justify-content: center; min-height: 32px;
    min-width: 32px; padding: 0 8px; border-radius: 4px;
    cursor: pointer; color: var(--quiet); transition: background-color var(--move); }
  label:hover { background: var(--hover); }
  label:has(:checked) { color: var(--text); box-shadow: inset 0 -2px var(--accent); border-radius: 4px 4px 0 0; }
  label:has(:focus-visible) { outline: 2px solid var(--accent); outline-offset: -2px; }
  input { position: absolute; inset: 0; margin: 0; opacity: 0; pointer-events: none; }
  select { background: var(--raised); max-width: 192px; }
`;

let made = 0;

export class Choice extends Element {
  /** `options`: { value, text, name }, the name where the text is a short sign. `label` is shown before the choices; `name`, without it, is only told to screen readers; `sign`: an icon. */
  static props = { label: '', name: '', sign: '', options: [], chosen: '' };
  static styles = [styles];
  #drawn = '';
  #group = `choice-${made += 1}`;

  build() {
    this.legend = h('legend');
    this.row = h('div', { class: 'row' });
    return h('fieldset', {}, this.legend, this.row);
  }

  update() {
    this.legend.textContent = this.label || this.name;
    this.legend.className = this.label ? '' : 'unseen';
    if (this.sign && !this.icon) this.row.before(this.icon = icon(this.sign, 14));
    const drawn = JSON.stringify(this.options);
    if (drawn !== this.#drawn) {
      this.#drawn = drawn;
      this.row.replaceChildren(...(this.options.length > MANY ? [this.#list()] : this.options.map((option) => this.#radio(option))));
    }
    for (const input of this.row.querySelectorAll('input')) input.checked = input.value === this.chosen;
    const list = this.row.querySelector('select');
    if (list) {
      list.value = this.chosen;
      list.setAttribute('aria-label', this.label || this.name);
    }
  }

  #radio(option) {
    return h('label', {}, h('input', {
      type: 'radio', name: this.#group, value: option.value, 'aria-label': option.name, onchange: () => this.tell('choose', option.value),
    }), h('span', { dir: 'auto', title: option.name }, option.text));
  }

  #list() {
    return h('select', { onchange: (event) => this.tell('choose', event.target.value) },
      this.options.map((option) => h('option', { value: option.value }, option.name ?? option.text)));
  }
}

Choice.define('ciak-choice');
