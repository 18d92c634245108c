// Who speaks in the film, and with which voice in the dub: names and voices are a person's to change.
import { Element, css, h } from '../ui/element.js';
import { words } from '../ui/words.js';

const styles = css`
  :host { display: block; }
  table { width: 100%; border-collapse: collapse; }
  th { font: 400 13px/24px var(--condensed); letter-spacing: .04em; color: var(--quiet); text-align: start; padding: 0 8px 0 0; }
  th:last-child { text-align: end; }
  td { padding: 2px 8px 2px 0; }
  input, select { width: 100%; min-height: 32px; border: 1px solid var(--line); border-radius: 4px; background: var(--ground); padding: 0 8px; }
  .lines { color: var(--quiet); text-align: end; white-space: nowrap; font-size: 13px; }
`;

/** Rows before the rest is asked for. */
const FEW = 6;

export class CastTable extends Element {
  /** `voices`: what the chosen backend offers; `target`: the language of the dub, or null. */
  static props = { cast: new Map(), lines: [], voices: [], target: null, all: false };
  static styles = [styles];

  build() {
    this.head = h('tr');
    this.rows = h('tbody');
    this.more = h('button', { hidden: true, onclick: () => { this.all = true; } });
    return [h('table', {}, h('thead', {}, this.head), this.rows), this.more];
  }

  update() {
    const focused = this.shadowRoot.activeElement?.dataset?.part;
    const heads = ['cast.name', ...(this.target ? ['cast.voice'] : []), 'cast.lines'];
    this.head.replaceChildren(...heads.map((key) => h('th', { scope: 'col' }, words.say(key, { language: words.name(this.target ?? '') }))));
    const counted = new Map();
    for (const line of this.lines) counted.set(line.character, (counted.get(line.character) ?? 0) + 1);
    const members = [...this.cast.values()].sort((one, other) => (counted.get(other.id) ?? 0) - (counted.get(one.id) ?? 0));
    const shown = this.all ? members : members.slice(0, FEW);
    this.rows.replaceChildren(...shown.map((member) => this.#row(member, counted.get(member.id) ?? 0)));
    this.more.hidden = shown.length === members.length;
    this.more.textContent = words.say('cast.all', { count: members.length });
    if (focused) this.rows.querySelector(`[data-part="${focused}"]`)?.focus();
  }

  #row(member, said) {
    const change = (changed) => this.tell('edit-cast', { member: member.id, changed });
    const name = h('input', { type: 'text', value: member.name, maxlength: '200', dir: 'auto', 'data-part': `name-${member.id}`,
      'aria-label': words.say('cast.name-of', { id: member.id }), onchange: () => {
        const text = name.value.trim();
        if (text && text !== member.name) change({ name: text });
        else name.value = member.name;
      } });
    return h('tr', {}, h('td', {}, name), this.target ? h('td', {}, this.#voice(member, change)) : null,
      h('td', { class: 'lines' }, words.say('lines.count', { count: said })));
  }

  #voice(member, change) {
    const own = member.voices[this.target] ?? '';
    const known = this.voices.find((voice) => voice.id === own);
    const option = (voice) => h('option', { value: voice.id }, voice.sex ? words.say('cast.a-voice', {
      voice: voice.id, sex: words.say(`cast.${voice.sex}`) }) : voice.id);
    const choice = h('select', { 'data-part': `voice-${member.id}`, 'aria-label': words.say('cast.voice-of', { name: member.name }),
      onfocus: () => {
        if (choice.options.length > 1) return;
        const offered = this.voices.filter((voice) => voice.language.split('-')[0] === this.target && voice.id !== own);
        choice.append(...offered.map(option));
      }, onchange: () => change({ voices: { [this.target]: choice.value } }) },
    own ? option(known ?? { id: own, sex: '' }) : h('option', { value: '' }, words.say('cast.no-voice')));
    choice.value = own;
    return choice;
  }
}

CastTable.define('ciak-cast');
