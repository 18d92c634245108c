// How well it was done: the figures of the film, each measure over film time, every line, what was delivered.
// What was not measured says so. Tells "select-line" with the id of a line that was chosen in a plot or in the list.
import { Element, css, h } from '../../ui/element.js';
import { words } from '../../ui/words.js';
import '../../ui/plot.js';
import { plots } from './report-plots.js';
import './report-lines.js';

const styles = css`
  :host { display: flex; flex-direction: column; min-height: 0; min-width: 0; container: report / inline-size; }
  .page { position: relative; flex: 1; min-height: 0; overflow: auto; padding: 16px 24px 24px; overscroll-behavior: contain; }
  .page:focus-visible { outline-offset: -2px; }
  section { padding-top: 32px; }
  dl.figures { display: flex; flex-wrap: wrap; gap: 16px 24px; }
  dl.figures > div { flex: 1 1 auto; }
  h3 { margin: 0; }
  dt { color: var(--quiet); font-size: 13px; white-space: nowrap; }
  dd.value { font: 400 24px/32px var(--condensed); white-space: nowrap; }
  dd.value.none { font: 400 15px/32px var(--sans); color: var(--quiet); }
  dd.state { font-size: 13px; line-height: 20px; color: var(--quiet); }
  dd.state.good { color: var(--good); }
  dd.state.bad { color: var(--check); }
  .plots { display: grid; grid-template-columns: minmax(0, 1fr); gap: 32px 48px; }
  .pair { display: grid; grid-template-columns: minmax(0, 1fr) minmax(176px, 22%); gap: 24px; }
  .notes { padding-top: 16px; font-size: 13px; }
  .notes p { max-width: 88ch; overflow-wrap: anywhere; }
  dl.files { display: grid; grid-template-columns: minmax(96px, max-content) minmax(0, 1fr); gap: 0 24px; padding-top: 8px; }
  dl.files dt, dl.files dd { line-height: 24px; white-space: normal; overflow-wrap: anywhere; }
  ciak-notice { flex: 1; }
  @container report (min-width: 1400px) { .plots { grid-template-columns: repeat(2, minmax(0, 1fr)); } }
  @container report (max-width: 560px) { .pair { grid-template-columns: minmax(0, 1fr); } }
`;

const CHANGES = ['report', 'cast', 'words', 'notice', 'length'];

export class Report extends Element {
  static props = { clock: null, report: null, cast: new Map(), notice: null };
  static styles = [styles];
  #plots = new Map();
  #length = '';

  build() {
    const section = (name, key, ...inside) => {
      const heading = h('h3', { class: 'heading' });
      this.say(heading, key);
      return h('section', { class: name }, heading, ...inside);
    };
    this.heading = h('h2', { class: 'unseen', id: 'title' });
    this.say(this.heading, 'report.title');
    this.figures = h('dl', { class: 'figures' });
    this.plots = h('section', { class: 'plots' });
    this.lines = Object.assign(document.createElement('ciak-report-lines'), { clock: this.clock });
    this.said = h('div');
    this.files = h('dl', { class: 'files' });
    this.notes = h('section', { class: 'notes' }, this.said);
    this.say(this.notes, 'report.notes', {}, 'aria-label');
    this.delivered = section('delivered', 'report.delivered', this.files);
    this.table = h('section', {}, this.lines);
    this.page = h('div', { class: 'page', tabindex: '0', role: 'region', 'aria-labelledby': 'title' },
      this.figures, this.notes, this.plots, this.table, this.delivered);
    this.words = h('ciak-notice', { hidden: true });
    return [this.heading, this.words, this.page];
  }

  connected() {
    this.lines.scroller = this.page;
    this.listen(this.clock, 'state', () => { if (this.#measure() !== this.#length) this.request('length'); });
    this.listen(this.shadowRoot, 'choose-point', (event) => {
      event.stopPropagation();
      this.#choose(event.detail);
    });
    this.listen(this.shadowRoot, 'choose-line', (event) => {
      event.stopPropagation();
      if (event.detail.frames) this.clock.seek(event.detail.frames.first);
      this.#choose(event.detail.id);
    });
  }

  /** What the plots need to know of the film's time. */
  #measure() {
    const { frames, base } = this.clock;
    return `${frames} ${base.fps} ${base.start}`;
  }

  #choose(id) {
    this.lines.chosen = id;
    this.tell('select-line', id);
  }

  update(changed) {
    this.words.hidden = !this.notice;
    this.words.told = this.notice;
    const { report } = this;
    const there = Boolean(report?.present) && !this.notice;
    this.page.hidden = !there;
    if (!there || !CHANGES.some((name) => changed.has(name))) return;
    this.#length = this.#measure();
    this.figures.replaceChildren(...report.figures.map((figure) => this.#figure(figure)));
    const notes = [report.mix?.note, ...(report.notes ?? [])].filter(Boolean);
    this.notes.hidden = !notes.length;
    this.said.replaceChildren(...notes.map((note) => h('p', { class: 'quiet', dir: 'auto' }, note)));
    this.plots.hidden = this.table.hidden = !report.lines.length;
    this.#draw(report.lines.length ? plots(report, this.cast, this.clock) : []);
    Object.assign(this.lines, { lines: report.lines, cast: this.cast });
    this.delivered.hidden = !report.files.length;
    this.files.replaceChildren(...report.files.flatMap(({ role, path }) => [
      h('dt', {}, h('bdi', {}, role)), h('dd', {}, h('bdi', {}, path))]));
  }

  /** The plots, each beside the way its values spread; those that are there are kept. */
  #draw(wanted) {
    const names = new Set(wanted.map(({ time }) => time.name));
    for (const [name, { pair }] of this.#plots) {
      if (names.has(name)) continue;
      pair.remove();
      this.#plots.delete(name);
    }
    for (const { time, spread } of wanted) {
      let known = this.#plots.get(time.name);
      if (!known) {
        const made = () => Object.assign(document.createElement('ciak-plot'), { clock: this.clock });
        known = { time: made(), spread: made() };
        known.pair = h('div', { class: 'pair', 'data-plot': time.name }, known.time, known.spread);
        this.#plots.set(time.name, known);
      }
      known.time.data = time;
      known.spread.data = time.points.some((point) => point.y !== null) ? spread : null;
      this.plots.append(known.pair);
    }
  }

  #figure(figure) {
    const known = figure.value !== null;
    const state = figure.good === null ? '' : figure.good ? 'good' : 'bad';
    const aim = words.say(`report.aim.${figure.code}`);
    return h('div', { 'data-figure': figure.code },
      h('dt', {}, words.say(`report.figure.${figure.code}`, { language: words.name(figure.language ?? '') })),
      h('dd', { class: known ? 'value' : 'value none' }, known ? this.#value(figure) : words.say('report.none')),
      h('dd', { class: `state ${state}` }, state ? words.say(`report.${state}`, { aim }) : aim),
      this.#more(figure).map((text) => h('dd', { class: 'state' }, text)));
  }

  #value(figure) {
    if (figure.unit === 'lines') return words.say('report.lines', { value: figure.value, of: figure.of ?? 0 });
    if (figure.unit === 'rules') return words.say('report.broken', { count: figure.value });
    if (figure.unit === 'ratio') return words.percent(figure.value, 1);
    return words.say('report.measure', { value: words.number(figure.value, 1), unit: figure.unit });
  }

  /** What else is known of a figure. */
  #more({ code, of, language }) {
    const { mix, subtitles = [] } = this.report;
    if (code === 'word-error' && of) return [words.say('report.on', { count: of })];
    if (code === 'loudness' && typeof mix?.gain_db === 'number') {
      return [words.say('report.gain', { value: signed(mix.gain_db) })];
    }
    if (code === 'true-peak' && typeof mix?.limited_db === 'number') {
      return [words.say('report.limited', { value: words.number(mix.limited_db, 1) })];
    }
    if (code !== 'subtitles') return [];
    const found = subtitles.find((each) => each.language === language);
    const rules = (found?.violations ?? []).map(({ rule, count }) => {
      const key = RULES[rule];
      return words.say('report.rule', { rule: key ? words.say(key) : rule, times: count });
    });
    return [typeof found?.cues === 'number' ? words.say('report.cues', { count: found.cues }) : '', ...rules].filter(Boolean);
  }
}

const RULES = {
  lines: 'report.rule.lines', characters: 'report.rule.characters', shortest: 'report.rule.shortest',
  longest: 'report.rule.longest', 'reading-speed': 'report.rule.reading-speed', gap: 'report.rule.gap',
};

function signed(value) { return `${value > 0 ? '+' : ''}${words.number(value, 1)}`; }

Report.define('ciak-report');
