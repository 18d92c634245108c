// The fields of one name or phrase. Enter saves, Escape leaves things as they were; a refusal keeps what was typed.
import { Element, css, h } from '../../ui/element.js';
import { words } from '../../ui/words.js';

const styles = css`
  :host { display: block; padding: 8px 0; }
  form { display: grid; grid-template-columns: repeat(auto-fill, minmax(128px, 1fr)); gap: 8px 16px; padding: 12px 16px;
    background: var(--raised); border-radius: 4px; }
  label { display: grid; gap: 2px; min-width: 0; color: var(--quiet); font-size: 13px; line-height: 20px; }
  label > * { color: var(--text); font-size: 15px; }
  input::placeholder { color: var(--quiet); opacity: 1; }
  .wide { grid-column: 1 / -1; }
  .actions { display: flex; justify-content: flex-end; align-items: center; gap: 8px; grid-column: 1 / -1; }
  .wrong { color: var(--block); margin-inline-end: auto; font-size: 13px; overflow-wrap: anywhere; }
`;

export class TermForm extends Element {
  /** `term`: as the API has it, without an id for a new one; `languages`: those of the film. Tells "save-term" with what
   *  it shall be, "leave-term". */
  static props = { term: null, languages: [], wrong: '', busy: false };
  static styles = [styles];

  build() {
    this.fields = h('div', { hidden: true });
    this.form = h('form', { onsubmit: (event) => this.#save(event), onkeydown: (event) => this.#key(event) });
    return this.form;
  }

  update(changed) {
    if (changed.has('term') || changed.has('languages') || changed.has('words')) this.#draw();
    this.said.textContent = this.wrong;
    this.done.disabled = this.busy;
  }

  #draw() {
    const typed = this.term && this.written === this.term && this.text ? this.#typed() : this.term;
    this.written = this.term;
    const field = (name, key, value, more = {}) => {
      const input = h('input', { class: 'field', type: 'text', dir: 'auto', maxlength: '200', 'data-part': name, value, ...more });
      return [input, h('label', {}, h('span', {}, words.say(key, { language: words.name(more.lang ?? '') })), input)];
    };
    const text = field('term', 'words.term', typed.term, { required: true, lang: typed.language });
    this.kind = this.#choice('words.kind', [['name', words.say('words.kind.name')], ['phrase', words.say('words.kind.phrase')]], typed.kind,
      () => this.#hint());
    const spoken = [...new Set([typed.language, ...this.languages])].filter(Boolean);
    this.spoken = this.#choice('words.language', spoken.map((code) => [code, words.name(code)]), typed.language, () => this.#draw());
    const others = [...new Set([...this.languages, ...Object.keys(typed.renderings)])].filter((code) => code !== typed.language);
    const renderings = others.map((code) => [code, ...field(`in-${code}`, 'words.in', typed.renderings[code] ?? '', { lang: code })]);
    const note = field('note', 'words.note', typed.note, { maxlength: '1000' });
    this.text = text[0];
    this.renderings = new Map(renderings.map(([code, input]) => [code, input]));
    this.note = note[0];
    note[1].className = 'wide';
    this.said = h('p', { class: 'wrong', role: 'alert', dir: 'auto' }, this.wrong);
    this.done = h('button', { class: 'primary', type: 'submit', 'data-part': 'save', disabled: this.busy }, words.say('words.save'));
    const leave = h('button', { type: 'button', 'data-part': 'leave', onclick: () => this.tell('leave-term') }, words.say('words.leave'));
    this.form.replaceChildren(text[1], ...renderings.map(([, , label]) => label), this.kind.closest('label'),
      spoken.length > 1 ? this.spoken.closest('label') : '', note[1], h('div', { class: 'actions' }, this.said, leave, this.done));
    this.#hint();
  }

  #choice(key, options, value, onchange) {
    const list = h('select', { class: 'field', onchange }, options.map(([name, text]) => h('option', { value: name }, text)));
    list.value = value;
    h('label', {}, h('span', {}, words.say(key)), list);
    return list;
  }

  /** What an empty rendering means. */
  #hint() {
    for (const input of this.renderings.values()) input.placeholder = words.say(`words.empty.${this.kind.value}`);
  }

  #typed() {
    return { term: this.text.value, language: this.spoken.value, kind: this.kind.value, note: this.note.value,
      renderings: Object.fromEntries([...this.renderings].map(([code, input]) => [code, input.value]).filter(([, text]) => text.trim())) };
  }

  focus() { this.text?.focus(); }

  #save(event) {
    event.preventDefault();
    this.tell('save-term', this.#typed());
  }

  #key(event) {
    if (event.key === 'Escape') this.tell('leave-term');
    if (!event.ctrlKey && !event.metaKey) event.stopPropagation();
  }
}

TermForm.define('ciak-term-form');
