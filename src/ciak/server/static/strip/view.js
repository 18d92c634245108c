// What part of the film the strip shows, and how large: every lane draws by it. Frames across, pixels along.

const CLOSEST = 24;
/** Pixels that a frame may take at most. */

export class View extends EventTarget {
  /** Frames of the film, and width of the lanes in pixels. */
  frames = 0;
  width = 0;
  /** First frame in view, with its fraction; frames a pixel. */
  first = 0;
  scale = 1;
  #fitted = true;

  get end() { return this.first + this.width * this.scale; }
  get widest() { return this.width ? Math.max(this.frames / this.width, 1 / CLOSEST) : 1; }

  #tell() { this.dispatchEvent(new Event('change')); }

  /** The lanes were laid out anew, or the film has another length. */
  resize(frames, width) {
    if (frames === this.frames && width === this.width) return;
    const fresh = this.#fitted || frames !== this.frames;
    this.frames = frames;
    this.width = width;
    if (fresh) this.fit();
    else this.scrollTo(this.first);
  }

  x(frame) { return (frame - this.first) / this.scale; }
  frame(x) { return this.first + x * this.scale; }

  /** The whole film. */
  fit() {
    this.scale = this.widest;
    this.first = 0;
    this.#fitted = true;
    this.#tell();
  }

  /** Nearer (`factor` below 1) or farther, the frame at pixel `x` staying where it is. */
  zoom(factor, x = this.width / 2) {
    const held = this.frame(x);
    this.scale = Math.min(this.widest, Math.max(1 / CLOSEST, this.scale * factor));
    this.#fitted = this.scale >= this.widest;
    this.scrollTo(held - x * this.scale);
  }

  scrollTo(first) {
    this.first = Math.max(0, Math.min(first, this.frames - this.width * this.scale));
    if (!Number.isFinite(this.first) || this.first < 0) this.first = 0;
    this.#tell();
  }

  scroll(pixels) { this.scrollTo(this.first + pixels * this.scale); }

  /** Bring `frame` into view; `page`: as a reader turns a page. */
  show(frame, page = false) {
    if (frame >= this.first && frame < this.end) return;
    this.scrollTo(page ? frame - this.width * this.scale * 0.05 : frame - this.width * this.scale / 2);
  }
}
