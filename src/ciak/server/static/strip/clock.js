// The one clock of the page. Everything that has film time listens to it; only it touches the media element.
//
// Events: "frame" (another frame is now), "state" (playing, speed, length, loading), "opening" (the media is about to
// change: keep the picture), "opened" (its frame is shown).
import { Timebase } from './timebase.js';

const FASTEST = 8;
const SNIPPET = 90;
/** Milliseconds that are heard of a frame while scrubbing. */

export class Clock extends EventTarget {
  base = new Timebase();
  /** Frames of the film; 0 while nobody knows. */
  frames = 0;
  frame = 0;
  /** The frame that the player last put on the screen; null before the first. */
  shown = null;
  /** 0: still; 1: as it was shot; 2, 4, 8: faster; below 0: backwards. */
  speed = 0;
  loading = false;
  failed = false;
  #media = null;
  #wanted = null;
  #seeking = false;
  #again = null;
  #reverse = 0;
  #until = null;
  #snippet = null;
  #hush = 0;

  get playing() { return this.speed !== 0; }
  get ready() { return this.#media !== null && this.#media.readyState >= 2; }
  get muted() { return this.#media?.muted ?? false; }
  set muted(value) {
    if (this.#media) this.#media.muted = value;
    this.#tell('state');
  }

  #tell(type) { this.dispatchEvent(new Event(type)); }

  /** Take over a media element, for good. */
  mount(media) {
    this.#media = media;
    media.addEventListener('loadedmetadata', () => this.#loaded());
    media.addEventListener('seeked', () => this.#seeked());
    media.addEventListener('ended', () => this.pause());
    media.addEventListener('pause', () => { if (this.speed > 0 && !this.loading) this.#halt(); });
    media.addEventListener('error', () => this.#broken());
    const each = (_, picture) => {
      this.#presented(picture);
      media.requestVideoFrameCallback(each);
    };
    media.requestVideoFrameCallback(each);
  }

  /** Play `address` from the same frame on, at the same speed; the empty string closes. */
  open(address, base, frames) {
    this.base = base;
    this.frames = frames ?? 0;
    this.failed = false;
    if (!this.#media) return;
    this.#tell('opening');
    this.#again = this.speed;
    this.loading = Boolean(address);
    this.#seeking = false;
    this.#wanted = null;
    if (address) this.#media.src = address;
    else this.#media.removeAttribute('src');
    this.#tell('state');
    this.#tell('frame');
  }

  #loaded() {
    if (!this.frames && Number.isFinite(this.#media.duration)) this.frames = this.base.frames(this.#media.duration);
    this.#go(this.#within(this.frame));
    const speed = this.#again ?? 0;
    this.#again = null;
    this.speed = 0;
    this.#tell('state');
    if (speed) this.#run(speed);
  }

  #broken() {
    if (!this.#media.getAttribute('src')) return;
    this.loading = false;
    this.failed = true;
    this.speed = 0;
    this.#tell('state');
  }

  #within(frame) { return Math.max(0, this.frames ? Math.min(frame, this.frames - 1) : frame); }

  /** Show `frame`. Asking again before it is there replaces the wish; the last one wins. */
  seek(frame) {
    const wanted = this.#within(Math.round(frame));
    if (wanted !== this.frame) {
      this.frame = wanted;
      this.#tell('frame');
    }
    if (this.#media?.getAttribute('src') && this.#media.readyState >= 1) this.#go(wanted);
  }

  /** Play the frames from `first` up to `end`, then stop. */
  playRange(first, end) {
    this.pause();
    this.seek(first);
    this.#until = end;
    this.#run(1);
  }

  /** Show `frame` and let a moment of its sound be heard, as a hand on the reel would. */
  scrub(frame) {
    const before = this.frame;
    this.seek(frame);
    if (this.frame === before || this.muted || !this.#media?.currentSrc) return;
    this.#snippet ??= new Audio();
    if (this.#snippet.src !== this.#media.currentSrc) this.#snippet.src = this.#media.currentSrc;
    this.#snippet.currentTime = this.frame / this.base.fps;
    this.#snippet.play().catch(() => {});
    clearTimeout(this.#hush);
    this.#hush = setTimeout(() => this.#snippet.pause(), SNIPPET);
  }

  scrubbed() { this.#snippet?.pause(); }

  step(frames) {
    this.pause();
    this.seek(this.frame + frames);
  }

  #go(frame) {
    this.#wanted = frame;
    if (this.#seeking) return;
    this.#seeking = true;
    this.#media.currentTime = this.base.middle(frame);
  }

  #seeked() {
    const wanted = this.#wanted;
    const now = Math.floor(this.#media.currentTime * this.base.fps + 1e-6);
    this.#seeking = false;
    if (wanted !== null && now !== wanted) {
      this.#go(wanted);
      return;
    }
    this.#wanted = null;
    if (this.loading) {
      this.loading = false;
      this.#tell('opened');
      this.#tell('state');
    }
    this.#tell('arrived');
  }

  #presented(picture) {
    const frame = this.base.frame(picture.mediaTime);
    this.shown = frame;
    this.#tell('shown');
    if (this.#wanted !== null || this.speed < 0 || this.loading || frame === this.frame) return;
    if (this.#until !== null && frame >= this.#until) {
      const last = this.#until - 1;
      this.pause();
      this.seek(last);
      return;
    }
    this.frame = this.#within(frame);
    this.#tell('frame');
  }

  toggle() {
    if (this.playing) this.pause();
    else this.#run(1);
  }

  pause() {
    if (!this.playing) return;
    this.#halt();
    this.#media?.pause();
    if (this.#wanted === null) this.seek(this.frame);
  }

  #halt() {
    cancelAnimationFrame(this.#reverse);
    this.#until = null;
    this.speed = 0;
    this.#tell('state');
  }

  /** L and J: forwards or backwards, twice as fast each time it is asked again. */
  shuttle(direction) {
    const same = Math.sign(this.speed) === direction;
    this.#run(direction * (same ? Math.min(FASTEST, Math.abs(this.speed) * 2) : 1));
  }

  #run(speed) {
    if (!this.#media?.getAttribute('src') || this.failed) return;
    cancelAnimationFrame(this.#reverse);
    if (speed > 0 && this.frames && this.frame >= this.frames - 1) this.seek(0);
    this.speed = speed;
    if (this.loading) this.#again = speed;
    if (speed > 0) {
      this.#media.playbackRate = speed;
      this.#media.play().catch(() => { if (!this.loading) this.#halt(); });
    } else {
      this.#media.pause();
      this.#backwards(this.frame, performance.now());
    }
    this.#tell('state');
  }

  /** No browser plays backwards: frames are asked for, as many as come. */
  #backwards(from, since) {
    this.#reverse = requestAnimationFrame((now) => {
      this.seek(from + this.speed * this.base.fps * (now - since) / 1000);
      if (this.frame === 0) this.pause();
      else this.#backwards(from, since);
    });
  }
}
