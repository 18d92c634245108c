// What is said, line by line: the original above, the translation below. Follows the picture; a click goes there;
// Enter or a double click opens the words for typing.
import { Element, css, h } from '../../ui/element.js';
import { Windowed } from '../../ui/windowed.js';
import { words } from '../../ui/words.js';
import { lastBefore } from '../../rows.js';
import { flagged } from './flags.js';
import { wordField } from './typing.js';

const styles = css`
  :host { display: flex; flex-direction: column; min-height: 0; }
  header { display: flex; align-items: center; gap: 8px; padding: 8px 16px; flex-wrap: wrap; }
  header .heading { margin-inline-end: auto; }
  header select { max-width: 128px; }
  .list { position: relative; flex: 1; min-height: 0; overflow-y: auto; overscroll-behavior: contain; }
  .list:focus-visible { outline-offset: -2px; }
  .row { display: grid; grid-template-columns: 104px 1fr; column-gap: 16px; padding: 8px 16px 8px 13px; cursor: pointer;
    border-inline-start: 3px solid transparent; }
  .row:hover { background: var(--hover); }
  .row[aria-current="true"] { background: var(--marked); }
  .row[aria-selected="true"] { border-color: var(--accent); }
  .list:focus-visible .row[aria-selected="true"] { box-shadow: inset 0 0 0 1px var(--edge); }
  .row > * { grid-column: 2; min-width: 0; }
  .row p { overflow-wrap: anywhere; white-space: pre-line; }
  .row > time { grid-column: 1; grid-row: 1 / span 9; font-size: 13px; color: var(--quiet); }
  .who { display: block; color: var(--text); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  .source { color: var(--quiet); }
  .only { color: var(--text); }
  textarea { display: block; width: 100%; margin: 2px 0; resize: vertical; line-height: 24px; }
  ciak-notice { flex: 1; }
`;

/** Whether two readings of a line are the same. */
const alike = (one, other) => one?.version === other?.version && one?.text === other?.text;

export class Lines extends Element {
  static props = { clock: null, lines: [], cast: new Map(), notice: null, follow: true, problems: false, selected: '', who: '',
    source: null, target: null };
  static styles = [styles];
  #rows = [];
  #current = -1;
  #typing = null;
  #going = false;
  #stays = '';

  build() {
    this.follows = h('button', { onclick: () => this.#followAgain(!this.follow) });
    this.say(this.follows, 'lines.follow');
    this.first = h('button', { onclick: () => { this.problems = !this.problems; } });
    this.say(this.first, 'lines.problems');
    this.only = h('select', { onfocus: () => this.#people(true), onchange: () => { this.who = this.only.value; } });
    this.say(this.only, 'lines.who', {}, 'aria-label');
    this.list = h('div', { class: 'list', role: 'listbox', tabindex: '0', onkeydown: (event) => this.#key(event),
      onclick: (event) => this.#clicked(event), ondblclick: (event) => this.#opened(event) });
    this.say(this.list, 'lines.title', {}, 'aria-label');
    this.count = h('h2', { class: 'heading' });
    this.words = h('ciak-notice', { hidden: true });
    this.windowed = new Windowed(this.list, { estimate: 80, draw: (line, index) => this.#row(line, index) });
    return [h('header', {}, this.count, this.only, this.first, this.follows), this.words, this.list];
  }

  connected() {
    this.listen(this.clock, 'frame', () => this.#mark());
    for (const type of ['wheel', 'touchmove']) {
      this.listen(this.list, type, () => this.#followAgain(false), { passive: true });
    }
  }

  update(changed) {
    this.words.hidden = !this.notice;
    this.words.told = this.notice;
    this.list.hidden = Boolean(this.notice);
    this.follows.hidden = this.first.hidden = this.only.hidden = Boolean(this.notice);
    this.follows.setAttribute('aria-pressed', String(this.follow));
    this.first.setAttribute('aria-pressed', String(this.problems));
    this.first.disabled = !this.lines.some((line) => line.flags.length);
    this.count.textContent = this.lines.length ? words.say('lines.count', { count: this.lines.length }) : words.say('lines.title');
    if (changed.has('lines') || changed.has('cast') || changed.has('words')) this.#people();
    const anew = ['cast', 'problems', 'words', 'notice', 'who'].some((name) => changed.has(name));
    if (anew || changed.has('lines')) this.#arrange(anew);
    if (changed.has('selected')) this.#choose();
    this.#mark();
  }

  /** Whose lines can be chosen; all of them are listed once the list is asked for. */
  #people(all = this.shadowRoot.activeElement === this.only) {
    const there = [...new Set(this.lines.map((line) => line.character))];
    if (!there.includes(this.who)) this.who = '';
    this.only.replaceChildren(h('option', { value: '' }, words.say('lines.everybody')), ...there.filter((id) => all || id === this.who)
      .map((id) => h('option', { value: id }, this.cast.get(id)?.name || id)));
    this.only.value = this.who;
  }

  #arrange(anew) {
    const shown = this.who ? this.lines.filter((line) => line.character === this.who) : this.lines;
    this.#rows = this.problems
      ? [...shown].sort((one, other) => Math.sign(other.flags.length) - Math.sign(one.flags.length) || one.first - other.first)
      : shown;
    this.#current = -1;
    if (anew) this.windowed.items = this.#rows;
    else this.windowed.exchange(this.#rows, (one, other) => one.id === other.id
      && (one.id === this.#typing?.id || ['source', 'target'].every((side) => alike(one.there[side], other.there[side]))));
  }

  #row(line, index) {
    const id = `row-${index}`;
    const label = this.clock.base.label(line.first);
    const both = line.source && line.translation;
    const typing = this.#typing?.id === line.id ? this.#typing : null;
    const text = (language, className, said) => (typing?.language === language
      ? wordField({ text: said, label: words.name(language ?? ''), save: (value, next) => this.#typed(line, language, value, next) })
      : said ? h('p', { class: className, dir: 'auto', 'data-language': language }, said) : null);
    return h('div', { class: 'row', role: 'option', id, 'aria-setsize': this.#rows.length, 'aria-posinset': index + 1,
      'aria-selected': String(line.id === this.selected), 'aria-current': index === this.#current ? 'true' : null, 'data-index': index },
    h('time', {}, label, h('bdi', { class: 'who', title: this.#who(line) }, this.#who(line)),
      line.locked ? h('span', { class: 'locked' }, words.say('lines.locked')) : null),
    text(this.source, both ? 'source' : 'only', line.source),
    this.target ? text(this.target, 'translation', line.translation) : null, flagged(line.flags));
  }

  #who(line) { return this.cast.get(line.character)?.name || line.character; }

  #index(id) { return this.#rows.findIndex((line) => line.id === id); }

  /** Open the words of the selected line; of the translation where there is one. */
  edit(id = this.selected, language = null) {
    const index = this.#index(id);
    const line = this.#rows[index];
    if (!line || line.locked) return;
    const spoken = language ?? (line.translation ? this.target : this.source);
    this.#typing = { id, language: spoken, version: (spoken === this.source ? line.there.source : line.there.target)?.version };
    this.windowed.reveal(index);
    this.windowed.refresh(index);
    const field = this.windowed.row(index)?.querySelector('textarea');
    field?.focus();
    field?.setSelectionRange(field.value.length, field.value.length);
  }

  /** `value`: null when nothing is to be saved; `next`: go on with the next line. */
  #typed(line, language, value, next) {
    if (this.#typing?.id !== line.id) return;
    const { version } = this.#typing;
    this.#typing = null;
    const index = this.#index(line.id);
    this.windowed.refresh(index);
    if (value !== null) this.tell('edit-lines', { changes: [{ do: 'retype', loop: line.id, text: value }], language,
      seen: version ? { [line.id]: version } : {} });
    const after = next ? this.#rows[index + 1] : null;
    if (after) this.tell('select-line', after.id);
    if (after) queueMicrotask(() => this.edit(after.id, language));
    else if (next !== undefined) this.list.focus();
  }

  /** Where the words are open, how many letters stand before the cursor; else null. */
  cursor(id) {
    const field = this.#typing?.id === id ? this.windowed.row(this.#index(id))?.querySelector('textarea') : null;
    return field && this.#typing.language === this.source ? field.selectionStart : null;
  }

  #mark() {
    const now = this.problems || this.who ? this.#rows.findLastIndex((line) => line === this.lines[lastBefore(this.lines, this.clock.frame)])
      : lastBefore(this.#rows, this.clock.frame);
    if (now === this.#current) return;
    this.windowed.row(this.#current)?.removeAttribute('aria-current');
    this.windowed.row(now)?.setAttribute('aria-current', 'true');
    this.#current = now;
    if (this.follow && now >= 0 && !this.#typing && !this.#going) this.#show(now);
  }

  #choose() {
    for (const row of this.list.querySelectorAll('.row')) {
      const chosen = this.#rows[Number(row.dataset.index)]?.id === this.selected;
      row.setAttribute('aria-selected', String(chosen));
      if (chosen) this.list.setAttribute('aria-activedescendant', row.id);
    }
    const index = this.#index(this.selected);
    if (index < 0) return;
    if (this.#stays !== this.selected) this.windowed.reveal(index);
    this.#stays = '';
    const row = this.windowed.row(index);
    row?.setAttribute('aria-selected', 'true');
    if (row) this.list.setAttribute('aria-activedescendant', row.id);
  }

  #show(index) {
    const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    this.windowed.reveal(index, { middle: true, smooth: !calm });
  }

  #followAgain(value) {
    if (value === this.follow) return;
    this.follow = value;
    this.tell('follow', value);
    if (value && this.#current >= 0) this.#show(this.#current);
  }

  #clicked(event) {
    if (event.target.closest('textarea')) return;
    const line = this.#rows[Number(event.target.closest('.row')?.dataset.index ?? -1)];
    if (!line) return;
    this.#stays = line.id;
    this.#go(line);
  }

  #opened(event) {
    const line = this.#rows[Number(event.target.closest('.row')?.dataset.index ?? -1)];
    if (line) this.edit(line.id, event.target.closest('[data-language]')?.dataset.language ?? null);
  }

  /** What is chosen here is in view already, and must not slip away under a second click. */
  #go(line) {
    this.#going = true;
    this.tell('select-line', line.id);
    this.clock.seek(line.first);
    this.#going = false;
  }

  #key(event) {
    if (event.target !== this.list || event.ctrlKey || event.metaKey || event.altKey) return;
    const last = this.#rows.length - 1;
    const chosen = this.#index(this.selected);
    const from = chosen < 0 ? this.#current : chosen;
    const to = { ArrowDown: from + 1, ArrowUp: from - 1, PageDown: from + 8, PageUp: from - 8 }[event.key];
    if (to !== undefined && last >= 0) this.#go(this.#rows[Math.max(0, Math.min(last, to))]);
    else if (event.key === 'Enter' && chosen >= 0) this.edit();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

Lines.define('ciak-lines');
