// A caption that is selected: what it tells and in which words, who or what brought it, from when to when; and what a
// person says of it. Enter saves the words, as it does those of a line.
import { Element, css, h } from '../../ui/element.js';
import { words } from '../../ui/words.js';
import { timeField } from './times.js';
import { wordField } from './typing.js';

const styles = css`
  :host { display: grid; gap: 8px; }
  .row { display: flex; flex-wrap: wrap; gap: 4px 8px; align-items: center; }
  .quiet { font-size: 13px; }
  .undecided { color: var(--check); }
  .tool { border: 1px solid var(--line); }
  select, input { min-height: 32px; border: 1px solid var(--line); border-radius: 4px; background: var(--ground); padding: 0 8px; }
  input { width: 112px; font-variant-numeric: tabular-nums; }
  label { display: grid; gap: 2px; font-size: 13px; color: var(--quiet); }
  label > * { font-size: 15px; color: var(--text); }
  form { display: grid; gap: 8px; }
  textarea { display: block; line-height: 24px; resize: vertical; }
`;

const KINDS = ['sound', 'music', 'lyric', 'on-screen', 'forced'];
/** Kinds that stand in the picture, and where; the empty string: nobody knows. */
const WRITTEN = ['on-screen', 'forced'];
const EDGES = ['', 'bottom', 'middle', 'top'];
const LONGEST = '500';

export class CaptionDesk extends Element {
  /** `caption`: the one that is selected, without an `id` while it is being written; `hands`: what can be done to it. */
  static props = { clock: null, caption: null, hands: null };
  static styles = [styles];
  #drawn = '';
  #of = null;

  update() {
    const { caption } = this;
    const now = caption ? [caption.key, caption.version, caption.first, caption.end, words.language].join(' ') : '';
    if (now === this.#drawn && (caption?.id || caption === this.#of)) return;
    this.#drawn = now;
    this.#of = caption;
    const part = this.shadowRoot.activeElement?.dataset?.part;
    this.shadowRoot.replaceChildren(...(caption ? this.#draw(caption) : []));
    if (part) this.shadowRoot.querySelector(`[data-part="${part}"]`)?.focus();
  }

  /** Type its words. */
  edit() {
    const field = this.shadowRoot.querySelector('textarea');
    field?.focus();
    field?.select();
  }

  #draw(caption) {
    return caption.id ? [this.#verdict(caption), this.#facts(caption), this.#words(caption), this.#times(caption)] : [this.#written(caption)];
  }

  /** A new one: it is saved when a person says so, not when the field is left. */
  #written(caption) {
    const kind = h('select', { 'data-part': 'kind', onchange: () => { caption.kind = kind.value; } },
      KINDS.map((each) => h('option', { value: each }, words.say(`caption.kind.${each}`))));
    kind.value = caption.kind;
    const keep = () => field.value.trim() && this.hands.keep(field.value);
    const field = h('textarea', { class: 'field', 'data-part': 'text', rows: 2, dir: 'auto', 'aria-label': words.say('caption.text'),
      maxlength: LONGEST, onkeydown: (event) => {
        if (event.isComposing || !['Enter', 'Escape'].includes(event.key) || event.shiftKey) return;
        event.preventDefault();
        if (event.key === 'Enter') keep();
        else this.hands.remove();
      } });
    return h('form', { onsubmit: (event) => event.preventDefault() }, field, h('div', { class: 'row' },
      h('label', {}, words.say('caption.kind'), kind), h('button', { class: 'primary', 'data-part': 'keep', onclick: keep }, words.say('caption.add'))));
  }

  /** What a person says of it. */
  #verdict(caption) {
    const tool = (part, key, does, given = {}) => h('button', { class: 'tool', 'data-part': part, onclick: does, ...given }, words.say(key));
    const judge = (verdict, key) => tool(verdict, key, () => this.hands.judge(verdict), { 'aria-pressed': String(caption.verdict === verdict) });
    return h('div', { class: 'row' }, judge('approved', 'caption.approve'), judge('rejected', 'caption.reject'),
      caption.origin === 'person' ? tool('remove', 'caption.remove', () => this.hands.remove()) : null,
      h('span', { class: `quiet ${caption.verdict}` }, words.say(`caption.verdict.${caption.verdict}`)));
  }

  #facts(caption) {
    const origin = caption.origin === 'person' ? words.say('activity.person') : caption.origin;
    const sure = caption.confidence == null ? null : words.say('inspector.sure', { sure: words.percent(caption.confidence) });
    const kind = words.say(`caption.kind.${caption.kind}`);
    return h('p', { class: 'quiet', dir: 'auto' }, [kind, words.name(caption.language), caption.id, origin, sure].filter(Boolean).join(' · '));
  }

  #words(caption) {
    const field = wordField({ text: caption.text ?? '', label: words.say('caption.text'), most: LONGEST, save: (text, next) => {
      if (text !== null) this.hands.reword(caption, text);
      if (next !== undefined) this.tell('leave-event', `captions-${caption.language}`);
      if (field.isConnected) field.replaceWith(this.#words(text === null ? caption : { ...caption, text })); // it is closed once it has saved
    } });
    field.dataset.part = 'text';
    return field;
  }

  #times(caption) {
    const { base } = this.clock;
    const at = (part, frame, place) => timeField(base, frame, { 'data-part': part }, (typed) => {
      const { first, end } = place(typed);
      this.hands.place(caption, first, end);
    });
    return h('div', { class: 'row' },
      h('label', {}, words.say('inspector.in'), at('in', caption.first, (first) => ({ first, end: Math.max(first + 1, caption.end) }))),
      h('label', {}, words.say('inspector.out'), at('out', caption.end, (end) => ({ first: Math.min(caption.first, end - 1), end }))),
      WRITTEN.includes(caption.kind) ? h('label', {}, words.say('caption.edge'), this.#edge(caption)) : null);
  }

  /** Where the writing stands: subtitles make way for it. */
  #edge(caption) {
    const edge = h('select', { 'data-part': 'edge', onchange: () => this.hands.stand(caption, edge.value || null) },
      EDGES.map((value) => h('option', { value }, words.say(`caption.edge.${value || 'unknown'}`))));
    edge.value = caption.edge ?? '';
    return edge;
  }
}

CaptionDesk.define('ciak-caption');
