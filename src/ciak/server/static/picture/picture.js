// The picture: one video, and the subtitles over it, drawn by us as text at the frame they belong to.
import { Element, css, h } from '../ui/element.js';
import '../ui/notice.js';
import { styled } from '../subtitles.js';

const styles = css`
  :host { display: block; position: relative; background: #000; overflow: hidden; min-height: 0; container-type: size; }
  video, canvas { position: absolute; inset: 0; width: 100%; height: 100%; object-fit: contain; }
  canvas { pointer-events: none; }
  .cues { position: absolute; inset: 6% 5%; display: flex; flex-direction: column; justify-content: flex-end; text-align: center; pointer-events: none; color: #fff;
    font-size: clamp(16px, 5.2cqh, 56px); line-height: 1.35; }
  .cues span { display: block; width: fit-content; max-width: 100%; margin: 0 auto; padding: 0 .35em;
    background: rgb(0 0 0 / 72%); overflow-wrap: anywhere; }
  .cues .top:has(+ :not(.top)), .cues .top:last-child { margin-bottom: auto; }
  ciak-notice { position: absolute; inset: 0; }
`;

export class Picture extends Element {
  static props = { clock: null, cues: [], notice: null };
  static styles = [styles];
  #showing = '';

  build() {
    this.video = h('video', { playsinline: true, preload: 'auto', tabindex: '-1', 'aria-hidden': 'true' });
    this.video.disablePictureInPicture = true;
    this.still = h('canvas', { hidden: true, 'aria-hidden': 'true' });
    this.overlay = h('div', { class: 'cues', 'aria-live': 'off' });
    this.words = h('ciak-notice', { hidden: true });
    return [this.video, this.still, this.overlay, this.words];
  }

  connected() {
    this.clock.mount(this.video);
    this.listen(this.video, 'click', () => this.clock.toggle());
    this.listen(this.clock, 'opening', () => this.#keep());
    this.listen(this.clock, 'shown', () => { if (!this.clock.loading) this.still.hidden = true; });
    this.listen(this.clock, 'opened', () => { this.still.hidden = true; });
    this.listen(this.clock, 'frame', () => this.#draw());
  }

  /** The last frame stays while another language's file is opened. */
  #keep() {
    if (!this.video.videoWidth || this.video.readyState < 2) return;
    this.still.width = this.video.videoWidth;
    this.still.height = this.video.videoHeight;
    this.still.getContext('2d').drawImage(this.video, 0, 0);
    this.still.hidden = false;
  }

  update(changed) {
    if (changed.has('cues')) this.#showing = null;
    this.words.hidden = !this.notice;
    this.words.told = this.notice;
    this.video.hidden = Boolean(this.notice);
    this.#draw();
  }

  #draw() {
    const now = this.clock.frame;
    const shown = this.cues.filter((cue) => cue.frames.first <= now && now < cue.frames.end);
    const ordered = [...shown.filter((cue) => cue.top), ...shown.filter((cue) => !cue.top)];
    const text = JSON.stringify(ordered.map(({ lines, italics, top }) => [lines, italics, top]));
    if (text === this.#showing) return;
    this.#showing = text;
    this.overlay.replaceChildren(...ordered.flatMap((cue) => styled(cue).map((parts) => h('span', { dir: 'auto', class: cue.top ? 'top' : '' },
      parts.map(({ part, italic }) => (italic ? h('i', {}, part) : part))))));
  }
}

Picture.define('ciak-picture');
