// Timecode along the strip: labels as far apart as they can be read, at round moments. Marks in and out lie here.
import { Lane } from './lane.js';

const APART = 96;

export class Ruler extends Lane {
  id = 'ruler';
  height = 24;
  marks = { from: null, to: null };

  constructor(clock, label) {
    super();
    this.clock = clock;
    this.label = label;
  }

  paint({ draw, view, height, colours }) {
    const { base } = this.clock;
    const step = this.#step(view, base.nominal);
    const { from, to } = this.marks;
    if (from !== null || to !== null) {
      const left = view.x(from ?? 0);
      draw.fillStyle = colours.accent;
      draw.globalAlpha = 0.25;
      draw.fillRect(left, 0, view.x(to ?? view.frames) - left, height);
      draw.globalAlpha = 1;
    }
    draw.font = '12px "Hanken Grotesk", sans-serif';
    draw.textBaseline = 'middle';
    const end = Math.min(view.frames, view.end);
    for (let frame = Math.floor(view.first / step) * step; frame <= end; frame += step) {
      const x = view.x(frame);
      draw.fillStyle = colours.edge;
      draw.fillRect(x, height - 6, 1, 6);
      draw.fillStyle = colours.quiet;
      draw.fillText(base.label(frame), x + 4, height / 2 - 2);
    }
  }

  #step(view, nominal) {
    const least = APART * view.scale;
    const second = nominal;
    const steps = [1, 2, 5, 10, second / 2, second, 2 * second, 5 * second, 10 * second, 30 * second, 60 * second,
      120 * second, 300 * second, 600 * second, 1800 * second, 3600 * second];
    return Math.round(steps.find((step) => step >= least && step >= 1) ?? 7200 * second);
  }
}
