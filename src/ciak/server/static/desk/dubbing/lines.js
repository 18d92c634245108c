// What is said, line by line: the original above, the translation below. Follows the picture; a click goes there.
import { Element, css, h } from '../../ui/element.js';
import { Windowed } from '../../ui/windowed.js';
import { words } from '../../ui/words.js';
import { flagged } from './flags.js';

const styles = css`
  :host { display: flex; flex-direction: column; min-height: 0; }
  header { display: flex; align-items: center; gap: 8px; padding: 8px 16px; }
  header .heading { margin-inline-end: auto; }
  .list { position: relative; flex: 1; min-height: 0; overflow-y: auto; overscroll-behavior: contain; }
  .list:focus-visible { outline-offset: -2px; }
  .row { display: grid; grid-template-columns: 104px 1fr; column-gap: 16px; padding: 8px 16px 8px 13px; cursor: pointer;
    border-inline-start: 3px solid transparent; }
  .row:hover { background: var(--hover); }
  .row[aria-current="true"] { border-color: var(--accent); background: var(--marked); }
  .list:focus-visible .row[data-active] { box-shadow: inset 0 0 0 1px var(--edge); }
  .row > div { min-width: 0; }
  .row p { overflow-wrap: anywhere; }
  .who, .row time { display: block; font-size: 13px; }
  .who { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  .row time { color: var(--quiet); }
  .source { color: var(--quiet); }
  .only { color: var(--text); }
  ciak-notice { flex: 1; }
`;

export class Lines extends Element {
  static props = { clock: null, lines: [], cast: new Map(), notice: null, follow: true, problems: false };
  static styles = [styles];
  #rows = [];
  #current = -1;
  #active = -1;

  build() {
    this.follows = h('button', { onclick: () => this.#followAgain(!this.follow) });
    this.say(this.follows, 'lines.follow');
    this.first = h('button', { onclick: () => { this.problems = !this.problems; } });
    this.say(this.first, 'lines.problems');
    this.list = h('div', { class: 'list', role: 'listbox', tabindex: '0', onkeydown: (event) => this.#key(event),
      onclick: (event) => this.#clicked(event) });
    this.say(this.list, 'lines.title', {}, 'aria-label');
    this.count = h('h2', { class: 'heading' });
    this.words = h('ciak-notice', { hidden: true });
    this.windowed = new Windowed(this.list, { estimate: 80, draw: (line, index) => this.#row(line, index) });
    return [h('header', {}, this.count, this.first, this.follows), this.words, this.list];
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
    this.follows.hidden = this.first.hidden = Boolean(this.notice);
    this.follows.setAttribute('aria-pressed', String(this.follow));
    this.first.setAttribute('aria-pressed', String(this.problems));
    this.first.disabled = !this.lines.some((line) => line.flags.length);
    this.count.textContent = this.lines.length ? words.say('lines.count', { count: this.lines.length }) : words.say('lines.title');
    if (['lines', 'cast', 'problems', 'words', 'notice'].some((name) => changed.has(name))) {
      const kept = this.#rows[this.#active];
      this.#rows = this.problems
        ? [...this.lines].sort((one, other) => Math.sign(other.flags.length) - Math.sign(one.flags.length) || one.first - other.first)
        : this.lines;
      this.#active = kept ? this.#rows.findIndex((line) => line.id === kept.id) : -1;
      this.#current = -1;
      this.windowed.items = this.#rows;
    }
    this.#mark();
  }

  #row(line, index) {
    const id = `row-${index}`;
    const label = this.clock.base.label(line.first);
    const both = line.source && line.translation;
    return h('div', { class: 'row', role: 'option', id, 'aria-setsize': this.#rows.length, 'aria-posinset': index + 1,
      'aria-selected': String(index === this.#current), 'aria-current': index === this.#current ? 'true' : null,
      'data-active': index === this.#active, 'data-index': index },
    h('div', {}, h('time', {}, label), h('bdi', { class: 'who', title: this.#who(line) }, this.#who(line))),
    h('div', {},
      line.source ? h('p', { class: both ? 'source' : 'only', dir: 'auto' }, line.source) : null,
      line.translation ? h('p', { class: 'translation', dir: 'auto' }, line.translation) : null,
      flagged(line.flags)));
  }

  #who(line) { return this.cast.get(line.character)?.name || line.character; }

  /** The line that is spoken now, or was last. */
  #now() {
    const frame = this.clock.frame;
    let best = -1;
    for (let index = 0; index < this.#rows.length; index += 1) {
      const line = this.#rows[index];
      if (line.first <= frame && (best < 0 || line.first >= this.#rows[best].first)) best = index;
    }
    return best;
  }

  #mark() {
    const now = this.#now();
    if (now === this.#current) return;
    for (const [index, value] of [[this.#current, false], [now, true]]) {
      const row = this.windowed.row(index);
      row?.setAttribute('aria-selected', String(value));
      if (value) row?.setAttribute('aria-current', 'true');
      else row?.removeAttribute('aria-current');
    }
    this.#current = now;
    if (this.follow && now >= 0) this.#show(now);
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
    const row = event.target.closest('.row');
    if (row) this.#go(Number(row.dataset.index));
  }

  #go(index) {
    const line = this.#rows[index];
    if (!line) return;
    this.#activate(index);
    this.clock.seek(line.first);
  }

  #activate(index) {
    const before = this.windowed.row(this.#active);
    if (before) delete before.dataset.active;
    this.#active = index;
    this.windowed.reveal(index);
    const row = this.windowed.row(index);
    if (row) row.dataset.active = '';
    this.list.setAttribute('aria-activedescendant', `row-${index}`);
  }

  #key(event) {
    const last = this.#rows.length - 1;
    const from = this.#active < 0 ? this.#current : this.#active;
    const to = { ArrowDown: from + 1, ArrowUp: from - 1, PageDown: from + 8, PageUp: from - 8 }[event.key];
    if (to !== undefined) this.#activate(Math.max(0, Math.min(last, to)));
    else if (event.key === 'Enter') this.#go(from);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Go to the line before (-1) or after (1) this moment. */
  jump(direction) {
    const frames = this.lines.map((line) => line.first);
    const now = this.clock.frame;
    const to = direction > 0 ? frames.find((frame) => frame > now) : frames.findLast((frame) => frame < now);
    if (to !== undefined) this.clock.seek(to);
  }
}

Lines.define('ciak-lines');
