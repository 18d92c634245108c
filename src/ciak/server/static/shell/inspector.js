// What is selected: what it is, who or what made it, what is wrong with it, its other wordings and takes; and what
// can be done about it.
import { Element, css, h } from '../ui/element.js';
import { icon } from '../ui/icon.js';
import { words } from '../ui/words.js';
import { named } from '../desk/dubbing/flags.js';
import { Takes } from '../desk/dubbing/takes.js';
import { timeField } from '../desk/dubbing/times.js';
import './cast.js';
import '../desk/dubbing/caption.js';
import '../desk/dubbing/subtitle.js';

/** Where a voice may come from; the empty string: nobody knows. */
const PRESENCE = ['', 'on-screen', 'off-screen', 'voice-over', 'device'];

const styles = css`
  :host { display: flex; flex-direction: column; gap: 12px; padding: 8px 16px 16px; overflow-y: auto; min-height: 0; }
  .body { display: grid; gap: 8px; }
  .row { display: flex; flex-wrap: wrap; gap: 4px 8px; align-items: center; }
  .quiet { font-size: 13px; }
  h3 { font: 400 13px/24px var(--condensed); letter-spacing: .04em; color: var(--quiet); margin: 0; }
  ul { list-style: none; margin: 0; padding: 0; display: grid; gap: 2px; }
  li { display: flex; gap: 8px; align-items: center; justify-content: space-between; min-height: 32px; }
  li > span { overflow-wrap: anywhere; min-width: 0; }
  li > span:last-child { display: flex; flex: none; }
  li button { flex: none; }
  .flag { color: var(--check); }
  .chosen { color: var(--accent); }
  .ways button { text-align: start; width: 100%; padding: 4px 8px; }
  .ways small { display: block; font-size: 13px; }
  select, input { min-height: 32px; border: 1px solid var(--line); border-radius: 4px; background: var(--ground); padding: 0 8px; }
  input { width: 112px; font-variant-numeric: tabular-nums; }
  label { display: grid; gap: 2px; font-size: 13px; color: var(--quiet); }
  label > * { font-size: 15px; color: var(--text); }
  label.check { cursor: pointer; display: flex; align-items: center; align-self: end; min-height: 32px; gap: 4px; }
  .check input { width: 18px; height: 18px; min-height: 0; margin: 0; pointer-events: none; accent-color: var(--accent); }
  .tool { border: 1px solid var(--line); }
  .tool .icon { vertical-align: -2px; }
  .empty { color: var(--quiet); }
`;

export class Inspector extends Element {
  /** `waiting`: captions that nobody has decided; `chosen`: what is done to captions and subtitles. */
  static props = { clock: null, line: null, caption: null, subtitle: null, waiting: [], chosen: null, api: null, cast: new Map(), source: null, target: null, busy: false, lines: [], voices: [] };
  static styles = [styles];

  build() {
    this.takes = new Takes(this);
    this.none = this.say(h('p', { class: 'empty' }), 'inspector.none');
    this.body = h('div', { class: 'body' });
    this.people = h('ciak-cast');
    this.told = h('ciak-caption');
    this.shown = h('ciak-subtitle');
    this.next = h('button', { class: 'tool', 'data-part': 'waiting', onclick: () => this.tell('go-caption', this.waiting[0]) });
    return [this.none, this.body];
  }

  update() {
    const { line, caption, subtitle } = this;
    const chosen = Boolean(line || caption || subtitle);
    this.none.hidden = chosen;
    if (chosen || !this.cast.size) this.people.remove();
    else this.none.after(this.people);
    if (chosen || !this.waiting.length) this.next.remove();
    else this.none.before(this.next);
    this.next.textContent = words.say('caption.waiting', { count: this.waiting.length });
    Object.assign(this.told, { clock: this.clock, caption, hands: this.chosen?.captions });
    Object.assign(this.shown, { clock: this.clock, subtitle, hands: this.chosen?.subtitles, check: (...asked) => this.api.checkSubtitle(...asked) });
    for (const [desk, wanted] of [[this.told, caption], [this.shown, subtitle]]) {
      if (!wanted) desk.remove();
      else if (!desk.isConnected) this.body.before(desk);
    }
    if (!chosen) Object.assign(this.people, { cast: this.cast, lines: this.lines, voices: this.voices, target: this.target });
    const focused = this.shadowRoot.activeElement?.dataset?.part;
    this.body.replaceChildren(...(line ? this.#draw(line) : []));
    if (focused) this.body.querySelector(`[data-part="${focused}"]`)?.focus();
  }

  /** Type the words of what is selected. */
  edit() { (this.subtitle ? this.shown : this.told).edit(); }

  #tool(part, key, does, given = {}) {
    return h('button', { class: 'tool', 'data-part': part, onclick: does, ...given }, words.say(key));
  }

  #draw(line) {
    const edit = (changes) => this.tell('edit-lines', { changes });
    const playing = [this.#tool('one', 'inspector.original', () => this.tell('play-line', 'source'))];
    if (this.target) playing.push(this.#tool('two', 'inspector.dubbed', () => this.tell('play-line', 'target')));
    if (this.target && line.translation) {
      playing.push(this.#tool('again', 'inspector.again', () => this.tell('again'), { disabled: line.locked || this.busy }));
    }
    playing.push(h('button', { class: 'tool', 'data-part': 'lock', 'aria-pressed': String(line.locked),
      onclick: () => edit([{ do: 'lock', loop: line.id, locked: !line.locked }]) }, icon('lock', 14), ` ${words.say('inspector.lock')}`));
    return [h('div', { class: 'row' }, playing), this.#facts(line), this.#places(line, edit), ...this.#flags(line, edit), ...this.#held(line),
      ...this.takes.draw(line, edit), ...this.#ways(line, edit)];
  }

  #facts(line) {
    const origin = line.origin === 'person' ? words.say('activity.person') : line.origin;
    const sure = line.confidence === null ? null : words.say('inspector.sure', { sure: words.percent(line.confidence) });
    return h('p', { class: 'quiet', dir: 'auto' }, [line.id, origin, sure].filter(Boolean).join(' · '));
  }

  /** Who speaks, from when to when, and how it is heard; each can be changed. */
  #places(line, edit) {
    const { base } = this.clock;
    const who = h('select', { 'data-part': 'who', disabled: line.locked, onchange: (event) => this.tell('edit-lines', {
      changes: [{ do: 'assign', loop: line.id, character: event.target.value }] }) },
    [...new Set([...this.cast.keys(), line.character])].map((id) => h('option', { value: id }, this.cast.get(id)?.name || id)));
    who.value = line.character;
    const time = (part, frame, place) => timeField(base, frame, { 'data-part': part, disabled: line.locked },
      (typed) => this.tell('edit-lines', { changes: [{ do: 'place', loop: line.id, frames: place(typed) }] }));
    return h('div', { class: 'row' }, h('label', {}, words.say('inspector.who'), who),
      h('label', {}, words.say('inspector.in'), time('in', line.first, (first) => ({ first, end: Math.max(first + 1, line.end) }))),
      h('label', {}, words.say('inspector.out'), time('out', line.end, (end) => ({ first: Math.min(line.first, end - 1), end }))),
      ...this.#heard(line, edit));
  }

  /** How the voice of the original is heard, which holds for its translations too. */
  #heard(line, edit) {
    if (!line.there.source) return [];
    const disabled = line.there.source.locked;
    const kind = h('select', { 'data-part': 'presence', disabled, title: line.told === 'person' ? words.say('activity.person') : line.told,
      onchange: () => edit([{ do: 'present', loop: line.id, kind: kind.value || null }]) },
    PRESENCE.map((value) => h('option', { value }, words.say(`presence.${value || 'unknown'}`))));
    kind.value = line.presence;
    const sung = h('input', { type: 'checkbox', 'data-part': 'sung', checked: line.sung, disabled,
      onchange: () => edit([{ do: 'sing', loop: line.id, sung: sung.checked }]) });
    return [h('label', {}, words.say('inspector.presence'), kind), h('label', { class: 'check' }, sung, words.say('inspector.sung'))];
  }

  #flags(line, edit) {
    if (!line.flags.length) return [];
    return [h('h3', {}, words.say('lines.flags')), h('ul', {}, line.flags.map((flag) => h('li', { class: 'flag' },
      h('span', { dir: 'auto', title: flag.message }, named(flag)),
      h('button', { 'data-part': `flag-${flag.code}`, onclick: () => edit([{ do: 'dismiss', loop: line.id, flag: flag.code }]) },
        words.say('inspector.dismiss')))))];
  }

  /** Subtitles that a person set, in either language. */
  #held(line) {
    return [this.source, this.target].filter((_, side) => line.held[side]).map((code) => h('div', { class: 'row' },
      h('span', { class: 'quiet' }, words.say('lane.subtitles', { language: words.name(code) }), ' · ', words.say('subtitle.held')),
      this.#tool(`follow-${code}`, 'subtitle.follow', () => this.tell('edit-lines', { changes: [{ do: 'follow', loop: line.id }], language: code }),
        { disabled: line.locked })));
  }

  /** The other wordings, each with the reasons for its rank; before them those of the one that is said. */
  #ways(line, edit) {
    const said = line.ways.find((way) => way.text === line.translation);
    const why = said && reasonsOf(said) ? [h('p', { class: 'quiet', 'data-part': 'why' }, reasonsOf(said))] : [];
    const others = line.ways.filter((way) => way !== said).slice(0, 5);
    if (!others.length || line.locked) return why;
    return [...why, h('h3', {}, words.say('inspector.ways')), h('ul', { class: 'ways' }, others.map((way, at) => h('li', {},
      h('button', { dir: 'auto', 'data-part': `way-${at}`, onclick: () => edit([{ do: 'retype', loop: line.id, text: way.text }]) },
        way.text, ...reasonsOf(way) ? [h('small', { class: 'quiet' }, reasonsOf(way))] : []))))];
  }
}

/** Why a wording stands where it does, in words. */
function reasonsOf(way) {
  return way.reasons.map(({ code, about }) => words.say(`reason.${code}`, { about })).join(' · ');
}

Inspector.define('ciak-inspector');
