// How well it was done: the figures of the film, then each line's. What was not measured says so.
import { Element, css, h } from '../../ui/element.js';
import { words } from '../../ui/words.js';
import { named } from './flags.js';

const styles = css`
  :host { display: flex; flex-direction: column; min-height: 0; }
  dl { display: grid; grid-template-columns: repeat(5, minmax(0, 1fr)); gap: 8px 24px; padding: 8px 16px; }
  dt { color: var(--quiet); font-size: 13px; }
  dd.value { font: 400 24px/32px var(--condensed); white-space: nowrap; }
  dd.value.none { font: 400 15px/32px var(--sans); color: var(--quiet); }
  dd.state { font-size: 13px; color: var(--quiet); }
  dd.state.good { color: var(--good); }
  dd.state.bad { color: var(--check); }
  .scroll { flex: 1; min-height: 0; overflow: auto; padding: 0 16px 16px; }
  .scroll:focus-visible { outline-offset: -2px; }
  table { width: 100%; border-collapse: collapse; }
  th, td { padding: 0 16px 0 0; text-align: end; white-space: nowrap; font-weight: 400; }
  td { height: 32px; }
  th { position: sticky; top: 0; height: 32px; background: var(--ground); color: var(--quiet); font-size: 13px; z-index: 1; }
  th:first-child, td:first-child, th:nth-child(2), td:nth-child(2), th:last-child, td:last-child { text-align: start; }
  td:last-child, th:last-child { padding-inline-end: 0; }
  td:nth-child(2) { max-width: 160px; overflow: hidden; text-overflow: ellipsis; }
  td:last-child { width: 40%; white-space: normal; color: var(--check); }
  tr.line:hover td { background: var(--hover); }
  td button { padding: 0; min-width: 0; }
  td button:hover { background: transparent; color: var(--accent); }
  .none { color: var(--quiet); }
  ciak-notice { flex: 1; }
  @media (max-width: 1100px) { dl { grid-template-columns: repeat(3, minmax(0, 1fr)); } }
`;

const MOST = 400;
const COLUMNS = ['line', 'character', 'slot', 'spoken', 'rate', 'word-error', 'flags'];

export class Report extends Element {
  static props = { clock: null, report: null, cast: new Map(), notice: null };
  static styles = [styles];

  build() {
    this.heading = h('h2', { class: 'unseen', id: 'title' });
    this.say(this.heading, 'report.title');
    this.figures = h('dl');
    this.head = h('tr', {}, COLUMNS.map((name) => this.say(h('th', { scope: 'col' }), `report.column.${name}`)));
    this.rows = h('tbody');
    this.more = h('p', { class: 'quiet' });
    this.table = h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-labelledby': 'title' },
      h('table', {}, h('thead', {}, this.head), this.rows), this.more);
    this.words = h('ciak-notice', { hidden: true });
    return [this.heading, this.words, this.figures, this.table];
  }

  update(changed) {
    this.words.hidden = !this.notice;
    this.words.told = this.notice;
    const there = Boolean(this.report?.present) && !this.notice;
    this.figures.hidden = !there;
    this.table.hidden = !there || !this.report.lines.length;
    if (!there || !['report', 'cast', 'words', 'notice'].some((name) => changed.has(name))) return;
    this.figures.replaceChildren(...this.report.figures.map((figure) => this.#figure(figure)));
    const lines = this.report.lines;
    this.rows.replaceChildren(...lines.slice(0, MOST).map((line) => this.#line(line)));
    this.more.textContent = lines.length > MOST ? words.say('report.more', { count: lines.length - MOST }) : '';
  }

  #figure(figure) {
    const known = figure.value !== null;
    const state = figure.good === null ? '' : figure.good ? 'good' : 'bad';
    const aim = words.say(`report.aim.${figure.code}`);
    return h('div', { 'data-figure': figure.code },
      h('dt', {}, words.say(`report.figure.${figure.code}`)),
      h('dd', { class: known ? 'value' : 'value none' }, known ? this.#value(figure) : words.say('report.none')),
      h('dd', { class: `state ${state}` }, state ? words.say(`report.${state}`, { aim }) : aim));
  }

  #value(figure) {
    if (figure.unit === 'lines') return words.say('report.lines', { value: figure.value, of: figure.of ?? 0 });
    if (figure.unit === 'ratio') return words.percent(figure.value, 1);
    return words.say('report.measure', { value: words.number(figure.value, 1), unit: figure.unit });
  }

  #line(line) {
    const label = line.frames ? this.clock.base.label(line.frames.first) : line.id;
    const name = this.cast.get(line.character)?.name || line.character;
    const go = line.frames
      ? h('button', { onclick: () => this.clock.seek(line.frames.first), 'aria-label': words.say('report.go', { label }) }, label)
      : h('bdi', {}, label);
    return h('tr', { class: 'line' }, h('td', {}, go), h('td', { title: name }, h('bdi', {}, name)),
      this.#cell(line.slot, (value) => words.say('report.seconds', { value: words.number(value, 2) })),
      this.#cell(line.spoken, (value) => words.say('report.seconds', { value: words.number(value, 2) })),
      this.#cell(line.rate, (value) => words.number(value, 2)),
      this.#cell(line.word_error, (value) => words.percent(value)),
      h('td', { dir: 'auto' }, line.flags.map(named).join(', ')));
  }

  #cell(value, show) {
    return value === null ? h('td', { class: 'none' }, words.say('report.none')) : h('td', {}, show(value));
  }
}

Report.define('ciak-report');
