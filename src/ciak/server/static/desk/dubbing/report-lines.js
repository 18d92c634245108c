// Every line of the dub with what was measured of it. Sorted by any column, by character, the problems first.
import { Element, css, h } from '../../ui/element.js';
import { icon } from '../../ui/icon.js';
import { words } from '../../ui/words.js';
import { Windowed } from '../../ui/windowed.js';
import '../../ui/choice.js';
import { named } from './flags.js';
import { COLUMNS } from './report-plots.js';
import { scrollsWith } from './report-scroll.js';

const HEIGHT = 32;

const styles = css`
  :host { display: block; }
  .bar { display: flex; flex-wrap: wrap; align-items: center; gap: 8px 16px; padding-bottom: 8px; }
  .bar .heading { margin: 0 auto 0 0; }
  .bar > button { margin-inline-end: -8px; }
  .head { position: sticky; top: 0; z-index: 1; background: var(--ground); box-shadow: inset 0 -1px var(--line); }
  .row { display: grid; grid-template-columns: 96px minmax(80px, 1fr) minmax(0, 2.4fr) repeat(6, 84px) minmax(152px, 1.6fr); column-gap: 8px;
    height: 32px; align-items: center; }
  .row > * { min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; text-align: end; }
  .row > .c-line, .row > .c-character, .row > .c-words, .row > .c-flags { text-align: start; }
  .head button { width: 100%; padding: 0; font-size: 13px; color: var(--quiet); text-align: inherit; overflow: hidden; text-overflow: ellipsis; }
  .head button:hover { background: transparent; color: var(--text); }
  .head [aria-sort="ascending"] button, .head [aria-sort="descending"] button { color: var(--text); }
  .row button:focus-visible { outline-offset: -2px; }
  .list { position: relative; }
  .list:focus-visible { outline-offset: 2px; }
  .line { cursor: pointer; border-radius: 4px; }
  .line:hover { background: var(--hover); }
  .line[aria-current] { background: var(--marked); box-shadow: inset 3px 0 var(--accent); }
  .line[aria-current] .c-line { padding-inline-start: 8px; }
  .line button { padding: 0; min-width: 0; width: 100%; text-align: start; }
  .line button:hover { background: transparent; color: var(--accent); }
  .none { color: var(--quiet); font-size: 13px; }
  .line > .c-flags { color: var(--check); }
  .c-flags { padding-inline-start: 12px; }
  .c-flags .icon { vertical-align: -1px; margin-inline-end: 8px; }
  .c-words { color: var(--quiet); }
  .plain .c-trust { display: none; }
  .plain .row { grid-template-columns: 96px minmax(80px, 1fr) minmax(0, 2.4fr) repeat(5, 84px) minmax(152px, 1.6fr); }
  @container report (max-width: 1200px) {
    .c-words { display: none; }
    .row { grid-template-columns: 96px minmax(80px, 1fr) repeat(6, 84px) minmax(96px, 1.4fr); }
    .plain .row { grid-template-columns: 96px minmax(80px, 1fr) repeat(5, 84px) minmax(96px, 1.4fr); }
  }
  @container report (max-width: 900px) {
    .c-slot, .c-spoken { display: none; }
    .row { grid-template-columns: 96px minmax(72px, 1fr) repeat(4, 84px) minmax(72px, 1.4fr); }
    .plain .row { grid-template-columns: 96px minmax(72px, 1fr) repeat(3, 84px) minmax(72px, 1.4fr); }
  }
  @container report (max-width: 680px) {
    .c-used, .c-trust { display: none; }
    .row, .plain .row { grid-template-columns: 88px minmax(48px, 1fr) repeat(2, 84px) minmax(72px, 1.4fr); }
  }
`;

export class ReportLines extends Element {
  /** `scroller`: what scrolls the page this list stands in. Tells "choose-line" with a line. */
  static props = { clock: null, lines: [], cast: new Map(), scroller: null, sort: 'line', down: false, problems: false, character: '', chosen: '' };
  static styles = [styles];
  #rows = [];
  #active = 0;

  build() {
    this.count = h('h3', { class: 'heading', id: 'lines' });
    this.first = h('button', { onclick: () => { this.problems = !this.problems; } });
    this.say(this.first, 'report.problems');
    this.who = document.createElement('ciak-choice');
    this.who.addEventListener('choose', (event) => {
      event.stopPropagation();
      this.character = event.detail;
    });
    this.heads = new Map(COLUMNS.map(({ name }) => [name, h('button', { onclick: () => this.#sortBy(name) })]));
    this.head = h('div', { class: 'row', role: 'row', 'aria-rowindex': '1' },
      COLUMNS.map(({ name }) => h('div', { class: `c-${name}`, role: 'columnheader' }, this.heads.get(name))));
    this.list = h('div', { class: 'list', role: 'rowgroup', tabindex: '0', onkeydown: (event) => this.#key(event),
      onclick: (event) => this.#clicked(event) });
    this.table = h('div', { role: 'table', 'aria-labelledby': 'lines' }, h('div', { class: 'head', role: 'rowgroup' }, this.head), this.list);
    return [h('div', { class: 'bar' }, this.count, this.who, this.first), this.table];
  }

  update(changed) {
    if (!this.windowed && this.scroller) {
      scrollsWith(this.list, this.scroller, HEIGHT);
      this.windowed = new Windowed(this.list, { estimate: HEIGHT, draw: (line, index) => this.#row(line, index) });
    }
    if (!this.windowed) return;
    this.#bar();
    const names = ['lines', 'cast', 'sort', 'down', 'problems', 'character', 'words', 'scroller'];
    if (names.some((name) => changed.has(name))) this.#arrange();
    else if (changed.has('chosen')) this.#mark();
  }

  #bar() {
    this.first.setAttribute('aria-pressed', String(this.problems));
    this.first.disabled = !this.lines.some((line) => line.flags.length);
    const present = [...new Set(this.lines.map((line) => line.character))].filter(Boolean)
      .map((id) => ({ value: id, text: this.cast.get(id)?.name || id })).sort((one, other) => one.text.localeCompare(other.text, words.language));
    Object.assign(this.who, { name: words.say('report.column.character'), hidden: present.length < 2,
      options: [{ value: '', text: words.say('report.everybody') }, ...present], chosen: this.character });
    for (const { name, key } of COLUMNS) {
      const sorted = this.sort === name;
      const button = this.heads.get(name);
      button.textContent = `${words.say(key)}${sorted ? (this.down ? ' ↓' : ' ↑') : ''}`;
      button.setAttribute('aria-label', words.say(key));
      button.parentElement.setAttribute('aria-sort', sorted ? (this.down ? 'descending' : 'ascending') : 'none');
    }
  }

  #arrange() {
    const column = COLUMNS.find(({ name }) => name === this.sort) ?? COLUMNS[0];
    const turn = this.down ? -1 : 1;
    const order = new Intl.Collator(words.language, { numeric: true });
    const keyed = this.lines.filter((line) => !this.character || line.character === this.character)
      .map((line, index) => ({ line, index, value: column.value(line, this.cast) }));
    keyed.sort((one, other) => {
      const bad = this.problems ? Number(other.line.flags.length > 0) - Number(one.line.flags.length > 0) : 0;
      if (bad) return bad;
      if (one.value === null || other.value === null) return Number(one.value === null) - Number(other.value === null) || one.index - other.index;
      const compared = typeof one.value === 'string' ? order.compare(one.value, other.value) : one.value - other.value;
      return compared * turn || one.index - other.index;
    });
    this.#rows = keyed.map(({ line }) => line);
    this.#active = Math.max(0, Math.min(this.#active, this.#rows.length - 1));
    this.table.classList.toggle('plain', !this.lines.some((line) => typeof line.confidence === 'number'));
    this.table.setAttribute('aria-rowcount', String(this.#rows.length + 1));
    this.count.textContent = words.say('report.count', { count: this.#rows.length });
    this.windowed.items = this.#rows;
  }

  #row(line, index) {
    const cells = COLUMNS.map((column) => h('div', { class: `c-${column.name}`, role: 'cell' }));
    const [first, who, said] = cells;
    const label = line.frames ? this.clock.base.label(line.frames.first) : line.id;
    first.append(line.frames ? h('button', { tabindex: '-1', 'aria-label': words.say('report.go', { label }) }, label) : h('bdi', { title: label }, label));
    COLUMNS.forEach((column, at) => {
      if (!column.show) return;
      const value = column.value(line, this.cast);
      cells[at].textContent = value === null ? words.say('report.none') : column.show(value);
      cells[at].classList.toggle('none', value === null);
    });
    who.title = COLUMNS[1].value(line, this.cast);
    who.append(h('bdi', {}, who.title));
    said.title = COLUMNS[2].value(line) ?? '';
    said.append(h('bdi', {}, said.title));
    const flags = cells.at(-1);
    if (line.flags.length) {
      flags.title = line.flags.map((flag) => flag.message || named(flag)).join('\n');
      flags.append(icon('flag', 12), h('bdi', {}, line.flags.map(named).join(', ')));
    }
    return h('div', { class: 'row line', role: 'row', 'aria-rowindex': index + 2, 'data-index': index,
      'aria-current': this.#is(line) ? 'true' : null }, cells);
  }

  #sortBy(name) {
    const again = this.sort === name;
    this.down = again ? !this.down : !['line', 'character', 'words'].includes(name);
    this.sort = name;
  }

  #clicked(event) {
    const row = event.target.closest('.line');
    if (row) this.#go(Number(row.dataset.index));
  }

  #go(index) {
    const line = this.#rows[index];
    if (!line) return;
    this.#active = index;
    this.tell('choose-line', line);
    this.#focus(index);
  }

  /** Bring a row into view and give it the keyboard. */
  #focus(index) {
    this.#active = index;
    this.windowed.reveal(index);
    this.windowed.row(index)?.querySelector('button')?.focus({ preventScroll: true });
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const last = this.#rows.length - 1;
    const inside = event.target !== this.list;
    const step = inside ? 1 : 0;
    const to = { ArrowDown: this.#active + step, ArrowUp: this.#active - step, PageDown: this.#active + 12, PageUp: this.#active - 12, Home: 0, End: last }[event.key];
    if (to !== undefined && last >= 0) this.#focus(Math.max(0, Math.min(last, to)));
    else if (event.key === 'Enter') this.#go(this.#active);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #mark() {
    for (const row of this.list.querySelectorAll('.line')) {
      row.toggleAttribute('aria-current', false);
      if (this.#is(this.#rows[Number(row.dataset.index)])) row.setAttribute('aria-current', 'true');
    }
  }

  #is(line) { return this.chosen !== '' && line?.id === this.chosen; }
}

ReportLines.define('ciak-report-lines');
