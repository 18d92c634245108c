// A subtitle that is selected: its words as they are broken into lines, its times, how fast it is to be read and which
// rules it breaks, while it is typed. Leaving the field saves; Enter breaks the line, Alt-Enter makes two of it at the
// cursor, Alt-Delete joins the next, Ctrl-Enter goes on with the next, Escape leaves things as they were.
import { Element, css, h } from '../../ui/element.js';
import { words } from '../../ui/words.js';
import { Later } from '../../later.js';
import { linesOf } from './subtitle-hands.js';
import { timeField } from './times.js';

const styles = css`
  :host { display: grid; gap: 8px; }
  .row { display: flex; flex-wrap: wrap; gap: 4px 8px; align-items: center; }
  .quiet { font-size: 13px; }
  .broken { color: var(--check); font-size: 13px; }
  .broken:empty { display: none; }
  .tool { border: 1px solid var(--line); }
  input { width: 112px; min-height: 32px; border: 1px solid var(--line); border-radius: 4px; background: var(--ground); padding: 0 8px;
    font-variant-numeric: tabular-nums; }
  label { display: grid; gap: 2px; font-size: 13px; color: var(--quiet); }
  label > * { font-size: 15px; color: var(--text); }
  textarea { display: block; line-height: 24px; resize: vertical; }
`;

/** Milliseconds after a letter at which the rules are asked. */
const ASKED = 150;

export class SubtitleDesk extends Element {
  /** `subtitle`: the one that is selected; `hands`: what can be done to it; `check(subtitle)`: how it keeps the rules. */
  static props = { clock: null, subtitle: null, hands: null, check: null };
  static styles = [styles];
  #drawn = '';
  #asks = new Later(ASKED, () => this.#judge());
  #turn = 0;

  update() {
    const cue = this.subtitle;
    const now = cue ? [cue.key, cue.held, cue.first, cue.end, cue.lines.join('\n'), words.language].join(' ') : '';
    if (now === this.#drawn || this.#typing(cue)) return;
    this.#drawn = now;
    this.cue = cue;
    const part = this.shadowRoot.activeElement?.dataset?.part;
    this.shadowRoot.replaceChildren(...(cue ? this.#draw(cue) : []));
    if (part) this.shadowRoot.querySelector(`[data-part="${part}"]`)?.focus();
    if (cue) this.#judge();
  }

  /** Whether somebody types words of what this was when it was drawn: it is drawn anew when they are done. */
  #typing(cue) {
    const { field } = this;
    return Boolean(cue && this.cue && field?.isConnected && this.shadowRoot.activeElement === field && field.value !== this.cue.lines.join('\n')
      && cue.language === this.cue.language && cue.loops.some((id) => this.cue.loops.includes(id)));
  }

  /** Type its words. */
  edit() {
    this.field?.focus();
    this.field?.setSelectionRange(this.field.value.length, this.field.value.length);
  }

  #draw(cue) {
    const locked = this.hands.locked(cue);
    const told = [words.name(cue.language), cue.loops.join(', '), words.say(cue.held ? 'subtitle.held' : 'subtitle.spotted')];
    const { base } = this.clock;
    const at = (part, frame, place) => timeField(base, frame, { 'data-part': part, disabled: locked }, (typed) => {
      const { first, end } = place(typed);
      this.hands.place(cue, first, end);
    });
    this.measured = h('p', { class: 'quiet', role: 'status', 'data-part': 'measured' });
    this.broken = h('p', { class: 'broken', role: 'status', 'data-part': 'broken' });
    return [this.#words(cue, locked), this.measured, this.broken, h('div', { class: 'row' },
      h('label', {}, words.say('inspector.in'), at('in', cue.first, (first) => ({ first, end: Math.max(first + 1, cue.end) }))),
      h('label', {}, words.say('inspector.out'), at('out', cue.end, (end) => ({ first: Math.min(cue.first, end - 1), end }))),
      cue.held ? h('button', { class: 'tool', 'data-part': 'follow', disabled: locked, onclick: () => this.hands.follow(cue) },
        words.say('subtitle.follow')) : null), h('p', { class: 'quiet', dir: 'auto' }, told.join(' · '))];
  }

  #words(cue, locked) {
    let open = true;
    const close = (does) => {
      if (!open) return;
      open = false;
      does();
      queueMicrotask(() => this.update());
    };
    const save = () => close(() => this.hands.retype(cue, field.value));
    const field = h('textarea', { class: 'field', 'data-part': 'text', rows: Math.max(2, cue.lines.length), dir: 'auto', disabled: locked,
      'aria-label': words.say('subtitle.text'), value: cue.lines.join('\n'), maxlength: '1200', spellcheck: 'true', onfocus: () => { open = true; },
      oninput: () => this.#asks.ask(['rules']), onblur: () => queueMicrotask(save), onkeydown: (event) => {
        if (event.isComposing) return;
        const done = this.#typed(event, field, cue, { save, close });
        if (done) event.preventDefault();
        if (done || (!event.ctrlKey && !event.metaKey)) event.stopPropagation();
      } });
    this.field = field;
    return field;
  }

  /** What a key does in the field; whether it does anything of its own. */
  #typed(event, field, cue, { save, close }) {
    const lane = `subtitles-${cue.language}`;
    if (event.key === 'Escape') {
      field.value = cue.lines.join('\n');
      close(() => this.hands.leave(lane));
    } else if (event.key === 'Enter' && event.altKey) close(() => this.hands.split(field.selectionStart, field.value));
    else if (/^(Delete|Backspace)$/.test(event.key) && event.altKey) close(() => this.hands.merge(field.value));
    else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      const { next } = this.hands.around(cue);
      save();
      if (next) this.tell('open-event', { id: next.key });
      else this.hands.leave(lane);
    } else return false;
    return true;
  }

  /** Ask how what stands there keeps the rules; the newest answer is shown. */
  async #judge() {
    const cue = this.subtitle;
    if (!cue || !this.check) return;
    this.#turn += 1;
    const turn = this.#turn;
    const lines = linesOf(this.field.value).slice(0, 6);
    const { before, after } = this.hands.around(cue);
    const told = await this.check(cue.language, { frames: { first: cue.first, end: cue.end }, lines, before, after }).catch(() => null);
    if (!told || turn !== this.#turn) return;
    this.measured.textContent = [lines.map((line) => words.number([...line].length)).join(' + '),
      words.say('report.seconds', { value: words.number(told.seconds, 2) }),
      words.say('subtitle.speed', { speed: words.number(told.speed ?? 0, 1), limit: told.limit }), told.profile].join(' · ');
    this.broken.textContent = told.broken.map(({ rule, measured, limit }) => words.say('subtitle.broken', {
      rule: words.has(`report.rule.${rule}`) ? words.say(`report.rule.${rule}`) : rule, measured: words.number(measured, Number.isInteger(measured) ? 0 : 1),
      limit: words.number(limit, Number.isInteger(limit) ? 0 : 1) })).join(' · ');
  }
}

SubtitleDesk.define('ciak-subtitle');
