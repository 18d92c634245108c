// A waveform. The peaks of what is in view are asked for in tiles, at the nearest of a few resolutions, and kept.
import { Lane } from './lane.js';

const TILE = 1024;
const KEPT = 64;

export class WaveLane extends Lane {
  height = 44;
  #tiles = new Map();
  #peaks = null;
  #version = '';
  #last = {};
  fps = 24;

  /** `peaks(start, end, width)`: a promise of the pairs of that stretch, seconds. */
  constructor({ id, label }) {
    super();
    this.id = id;
    this.label = label;
  }

  show(version, fps, peaks) {
    if (version === this.#version && fps === this.fps) return;
    this.#version = version;
    this.fps = fps;
    this.#peaks = peaks;
    this.#tiles.clear();
    this.#last = {};
    this.changed();
  }

  /** Frames a bin at the resolution that fits `scale` frames a pixel. */
  #step(scale) { return 2 ** Math.floor(Math.log2(Math.max(scale, 1 / 32))); }

  #tile(step, number) {
    if (step === this.#last.step && number === this.#last.number && this.#last.pairs) return this.#last.pairs;
    const pairs = this.#found(step, number);
    this.#last = { step, number, pairs };
    return pairs;
  }

  #found(step, number) {
    const name = `${step} ${number}`;
    const known = this.#tiles.get(name);
    if (known || !this.#peaks) return known instanceof Int8Array ? known : null;
    this.#tiles.set(name, 'asked');
    const first = number * TILE * step / this.fps;
    this.#peaks(first, first + TILE * step / this.fps, TILE).then((pairs) => {
      if (this.#tiles.size >= KEPT) this.#tiles.delete(this.#tiles.keys().next().value);
      this.#tiles.set(name, pairs);
      this.changed();
    }, () => this.#tiles.delete(name));
    return null;
  }

  paint({ draw, view, height, colours }) {
    const middle = height / 2;
    draw.fillStyle = colours.line;
    draw.fillRect(0, middle, Math.min(view.width, view.x(view.frames)), 1);
    if (!view.width) return;
    const step = this.#step(view.scale);
    const bins = view.scale / step;
    draw.fillStyle = colours.wave;
    draw.beginPath();
    const low = [];
    for (let x = 0; x <= view.width; x += 1) {
      const frame = view.frame(x);
      if (frame >= view.frames) break;
      const from = Math.floor(frame / step);
      let least = 0;
      let greatest = 0;
      for (let bin = from; bin <= from + bins - 1e-6; bin += 1) {
        const tile = this.#tile(step, Math.floor(bin / TILE));
        if (!tile) continue;
        const at = (bin % TILE) * 2;
        least = Math.min(least, tile[at]);
        greatest = Math.max(greatest, tile[at + 1]);
      }
      const top = middle - greatest / 127 * (middle - 2);
      draw.lineTo(x, top);
      low.push(Math.max(top + 1, middle - least / 127 * (middle - 2)));
    }
    for (let x = low.length - 1; x >= 0; x -= 1) draw.lineTo(x, low[x]);
    draw.fill();
  }
}
