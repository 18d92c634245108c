// What was done to the film, the newest first: who or what did it, when, with which model; and what can be undone.
import { Element, css, h } from '../ui/element.js';
import { Windowed } from '../ui/windowed.js';
import { words } from '../ui/words.js';

const styles = css`
  :host { display: flex; flex-direction: column; min-height: 0; }
  header { display: flex; align-items: center; gap: 8px; padding: 8px 16px; }
  header .heading { margin-inline-end: auto; }
  .list { flex: 1; min-height: 0; overflow-y: auto; }
  .row { display: grid; grid-template-columns: 160px minmax(0, 1fr); gap: 0 16px; padding: 6px 16px; }
  .row time { color: var(--quiet); font-size: 13px; }
  .row p { overflow-wrap: anywhere; }
  .who { color: var(--quiet); font-size: 13px; }
`;

export class Activity extends Element {
  static props = { api: null, beat: 0, undo: { undo: null, redo: null } };
  static styles = [styles];
  #entries = [];
  #more = false;
  #reading = false;

  build() {
    this.back = h('button', { onclick: () => this.tell('undo') });
    this.forth = h('button', { onclick: () => this.tell('redo') });
    this.list = h('div', { class: 'list', role: 'list', tabindex: '0', onscroll: () => this.#older() });
    this.say(this.list, 'rail.activity', {}, 'aria-label');
    this.windowed = new Windowed(this.list, { estimate: 60, draw: (entry) => this.#row(entry) });
    return [h('header', {}, this.say(h('h2', { class: 'heading' }), 'rail.activity'), this.back, this.forth), this.list];
  }

  update(changed) {
    const say = (key, entry) => (entry ? words.say(key, { what: this.#what(entry) }) : words.say(`${key}.none`));
    this.back.textContent = say('activity.undo', this.undo.undo);
    this.forth.textContent = say('activity.redo', this.undo.redo);
    this.back.disabled = !this.undo.undo;
    this.forth.disabled = !this.undo.redo;
    if (changed.has('api') || changed.has('beat')) this.#read();
    else if (changed.has('words')) this.windowed.redraw();
  }

  async #read(before = null) {
    if (!this.api || this.#reading) return;
    this.#reading = true;
    const told = await this.api.activity(before).catch(() => null);
    this.#reading = false;
    if (!told) return;
    this.#entries = before ? [...this.#entries, ...told.entries] : told.entries;
    this.#more = told.more;
    this.windowed.items = collapsed(this.#entries);
  }

  #older() {
    const { scrollTop, clientHeight, scrollHeight } = this.list;
    if (this.#more && scrollTop + clientHeight > scrollHeight - 400) this.#read(this.#entries.at(-1).sequence);
  }

  #what(entry) {
    const [change] = entry.changes;
    if (change && words.has(`change.${change}`)) return words.say(`change.${change}`, { line: (entry.lines[0] ?? '').replace('caption:', '') });
    const [, code] = /^dialogue\/([A-Za-z-]+)\.json$/.exec(entry.what) ?? [];
    if (code) return words.say('did.edit.dialogue', { language: words.name(code) });
    const key = `did.${entry.kind}.${entry.what.replaceAll(/[^a-z-]+/g, '-')}`;
    return words.has(key) ? words.say(key) : words.say(`did.${entry.kind}`, { what: entry.what });
  }

  #row(entry) {
    const who = entry.who === 'person' ? words.say('activity.person') : entry.who;
    const details = [who, entry.language ? words.name(entry.language) : '', entry.models.join(', ')].filter(Boolean).join(' · ');
    return h('div', { class: 'row', role: 'listitem' }, h('time', { datetime: entry.when }, words.moment(entry.when)),
      h('div', {}, h('p', { dir: 'auto' }, entry.times > 1 ? words.say('activity.times', { what: this.#what(entry), times: entry.times }) : this.#what(entry)), h('p', { class: 'who', dir: 'auto' }, details)));
  }
}

/** Steps of one kind that came one after the other stand in one row. */
function collapsed(entries) {
  const rows = [];
  for (const entry of entries) {
    const last = rows.at(-1);
    if (last && entry.kind === 'step' && last.kind === 'step' && last.what === entry.what && last.who === entry.who) last.times += 1;
    else rows.push({ ...entry, times: 1 });
  }
  return rows;
}

Activity.define('ciak-activity');
