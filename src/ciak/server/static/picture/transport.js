// Under the picture: play, step, where we are, which language is heard and read.
import { Element, css, h } from '../ui/element.js';
import { icon } from '../ui/icon.js';
import { words } from '../ui/words.js';
import '../ui/choice.js';

const styles = css`
  :host { display: flex; flex-wrap: wrap; align-items: center; gap: 0 8px; }
  .group { display: flex; align-items: center; gap: 8px; }
  .keys { gap: 0; }
  .keys button { display: grid; place-items: center; width: 36px; height: 40px; padding: 0; }
  .play { color: var(--accent); }
  input { width: 128px; height: 40px; padding: 0 8px; border: 1px solid transparent; border-radius: 4px;
    background: transparent; font: 400 20px/32px var(--sans); font-variant-numeric: tabular-nums; color: var(--text); }
  input:hover { background: var(--hover); }
  input:focus { border-color: var(--edge); background: var(--raised); }
  input[aria-invalid="true"] { border-color: var(--block); }
  .speed { color: var(--accent); }
  .speed:empty { display: none; }
  .choices { margin-inline-start: auto; gap: 0 16px; }
`;

const UNKNOWN = 'und';

/** A language by its code, and by its name for those who listen to the page. */
const short = (code) => ({ value: code, text: code.toUpperCase(), name: words.name(code) });

export class Transport extends Element {
  static props = { clock: null, languages: [], sound: null, subtitles: '' };
  static styles = [styles];

  build() {
    const { clock } = this;
    this.play = h('button', { class: 'play', onclick: () => clock.toggle() });
    this.mute = h('button', { onclick: () => { clock.muted = !clock.muted; } });
    this.back = h('button', { onclick: () => clock.step(-1) }, icon('back'));
    this.forth = h('button', { onclick: () => clock.step(1) }, icon('forth'));
    this.full = h('button', { onclick: () => this.tell('fullscreen') }, icon('full'));
    this.say(this.back, 'transport.back', {}, 'aria-label');
    this.say(this.forth, 'transport.forth', {}, 'aria-label');
    this.say(this.full, 'transport.full', {}, 'aria-label');
    this.timecode = h('input', { type: 'text', inputmode: 'numeric', autocomplete: 'off', spellcheck: 'false' });
    this.say(this.timecode, 'transport.timecode', {}, 'aria-label');
    this.speed = h('span', { class: 'speed', role: 'status' });
    this.hearing = h('ciak-choice', { onchoose: (event) => this.tell('sound', event.detail) });
    this.reading = h('ciak-choice', { onchoose: (event) => this.tell('subtitles', event.detail) });
    return [
      h('div', { class: 'group keys' }, this.back, this.play, this.forth, this.mute, this.full),
      h('div', { class: 'group' }, this.timecode, this.speed),
      h('div', { class: 'group choices' }, this.hearing, this.reading),
    ];
  }

  connected() {
    this.listen(this.clock, 'frame', () => this.#count());
    this.listen(this.clock, 'state', () => this.request('clock'));
    this.listen(this.timecode, 'focus', () => this.timecode.select());
    this.listen(this.timecode, 'blur', () => this.#count());
    this.listen(this.timecode, 'keydown', (event) => this.#typed(event));
  }

  #typed(event) {
    if (event.key === 'Escape') this.timecode.blur();
    if (event.key !== 'Enter') return;
    const frame = this.clock.base.parse(this.timecode.value, this.clock.frame);
    this.timecode.setAttribute('aria-invalid', String(frame === null));
    if (frame === null) return;
    this.clock.pause();
    this.clock.seek(frame);
    this.timecode.blur();
  }

  update() {
    const { clock } = this;
    const still = !clock.playing;
    this.play.replaceChildren(icon(still ? 'play' : 'pause', 20));
    this.play.setAttribute('aria-label', words.say(still ? 'transport.play' : 'transport.pause'));
    this.mute.replaceChildren(icon(clock.muted ? 'silent' : 'sound'));
    this.mute.setAttribute('aria-label', words.say('transport.mute'));
    this.mute.setAttribute('aria-pressed', String(clock.muted));
    this.speed.textContent = clock.speed === 0 || clock.speed === 1 ? '' : words.say('transport.speed', { speed: clock.speed });
    const playable = this.languages.filter((entry) => entry.proxy);
    for (const button of [this.play, this.mute, this.back, this.forth, this.full]) button.disabled = !playable.length;
    this.hearing.hidden = playable.length === 0;
    this.hearing.name = words.say('transport.sound');
    this.hearing.sign = 'voice';
    this.hearing.options = playable.map((entry) => (entry.code === UNKNOWN
      ? { value: entry.code, text: words.say('transport.original') } : short(entry.code)));
    this.hearing.chosen = this.sound;
    const readable = this.languages.filter((entry) => entry.subtitles);
    this.reading.hidden = readable.length === 0;
    this.reading.name = words.say('transport.subtitles');
    this.reading.sign = 'words';
    this.reading.options = [{ value: '', text: words.say('transport.off') },
      ...readable.map((entry) => short(entry.code))];
    this.reading.chosen = this.subtitles ?? '';
    this.#count();
  }

  #count() {
    if (this.shadowRoot.activeElement === this.timecode) return;
    this.timecode.value = this.clock.base.label(this.clock.frame);
    this.timecode.setAttribute('aria-invalid', 'false');
  }
}

Transport.define('ciak-transport');
