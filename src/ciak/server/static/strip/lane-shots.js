// The shots, each with its thumbnail. Pictures are asked for when they come into view, and kept.
import { Lane, between } from './lane.js';

const KEPT = 160;

export class ShotLane extends Lane {
  id = 'shots';
  height = 56;
  focusable = true;
  #shots = [];
  #frames = [];
  #pictures = new Map();
  #address = () => '';

  constructor(label) {
    super();
    this.label = label;
  }

  get events() { return this.#shots; }

  describe(shot) { return `${this.label()} ${shot.number}`; }

  /** `told`: shots and pictures as the server tells them; `address(number)`: where a thumbnail is. */
  show(told, address) {
    this.#frames = told.pictures;
    this.#shots = told.shots.map((shot, at) => ({ id: `shot-${at}`, number: at + 1, text: String(at + 1), ...shot }));
    this.#address = address;
    this.#pictures.clear();
    this.changed();
  }

  #picture(number) {
    const address = this.#address(number);
    const known = this.#pictures.get(address);
    if (known) return known.complete && known.naturalWidth ? known : null;
    if (this.#pictures.size >= KEPT) this.#pictures.delete(this.#pictures.keys().next().value);
    const picture = new Image();
    picture.addEventListener('load', () => this.changed(), { once: true });
    picture.src = address;
    this.#pictures.set(address, picture);
    return null;
  }

  paint({ draw, view, height, colours, selected }) {
    for (const shot of between(this.#shots, view.first, view.end)) {
      const left = view.x(shot.first);
      const wide = view.x(shot.end) - left;
      draw.fillStyle = colours.marked;
      draw.fillRect(left, 0, Math.max(1, wide - 1), height);
      if (wide > 12) this.#fill(draw, view, shot, height);
      if (shot.id === selected) {
        draw.strokeStyle = colours.accent;
        draw.lineWidth = 2;
        draw.strokeRect(left + 1, 1, Math.max(2, wide - 3), height - 2);
      }
    }
  }

  /** Pictures side by side along the shot, each the one nearest to where it lies. */
  #fill(draw, view, shot, height) {
    const end = view.x(shot.end) - 1;
    let wide = height * 16 / 9;
    for (let x = view.x(shot.first); x < end; x += wide) {
      if (x + wide < 0) continue;
      if (x > view.width) return;
      const frame = view.frame(x + Math.min(wide, end - x) / 2);
      const number = this.#nearest(shot, frame);
      const picture = number === null ? null : this.#picture(number);
      if (!picture) continue;
      wide = picture.naturalWidth * height / picture.naturalHeight;
      const part = Math.min(1, (end - x) / wide);
      draw.drawImage(picture, 0, 0, picture.naturalWidth * part, picture.naturalHeight, x, 0, wide * part, height);
    }
  }

  #nearest(shot, frame) {
    let best = shot.picture;
    for (let number = shot.picture ?? 0; number < this.#frames.length && this.#frames[number] < shot.end; number += 1) {
      if (best === null || Math.abs(this.#frames[number] - frame) < Math.abs(this.#frames[best] - frame)) best = number;
    }
    return best;
  }
}
