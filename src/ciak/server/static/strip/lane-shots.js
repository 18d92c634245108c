// The shots, each with its thumbnail. Pictures are asked for when the view rests, made as large as they are drawn off the
// main thread, and kept.
import { Lane, between } from './lane.js';

const KEPT = 160;
/** Milliseconds without a new picture of the strip after which the view rests. */
const REST = 120;

export class ShotLane extends Lane {
  id = 'shots';
  height = 56;
  focusable = true;
  #shots = [];
  #frames = [];
  #pictures = new Map();
  #wanted = new Set();
  #resting = 0;
  #asks = null;

  constructor(label) {
    super();
    this.label = label;
  }

  get events() { return this.#shots; }

  describe(shot) { return `${this.label()} ${shot.number}`; }

  /** `told`: shots and pictures as the server tells them; `asks(number)`: a promise of a thumbnail. */
  show(told, asks) {
    this.#frames = told.pictures;
    this.#shots = told.shots.map((shot, at) => ({ id: `shot-${at}`, number: at + 1, text: String(at + 1), ...shot }));
    this.#asks = asks;
    for (const picture of this.#pictures.values()) picture?.close();
    this.#pictures = new Map();
    this.changed();
  }

  #picture(number) {
    const known = this.#pictures.get(number);
    if (known === undefined) this.#wanted.add(number);
    return known ?? null;
  }

  /** Ask for what was wanted last, unless the view moves on. */
  #rest() {
    clearTimeout(this.#resting);
    if (this.#wanted.size) this.#resting = setTimeout(() => this.#wanted.forEach((number) => this.#load(number)), REST);
  }

  async #load(number) {
    const pictures = this.#pictures;
    pictures.set(number, null);
    try {
      const picture = await createImageBitmap(await this.#asks(number),
        { resizeHeight: Math.round(this.height * (devicePixelRatio || 1)), resizeQuality: 'medium' });
      if (pictures !== this.#pictures) return;
      pictures.delete(number);
      pictures.set(number, picture);
      const oldest = pictures.keys().next().value;
      if (pictures.size > KEPT && pictures.get(oldest)) {
        pictures.get(oldest).close();
        pictures.delete(oldest);
      }
      this.changed();
    } catch (error) {
      if (error.status === undefined) pictures.delete(number); // nobody answered: to be asked again
    }
  }

  paint({ draw, view, height, colours, selected }) {
    this.#wanted.clear();
    let last = -1;
    for (const shot of between(this.#shots, view.first, view.end)) {
      const left = view.x(shot.first);
      const wide = view.x(shot.end) - left;
      if (wide < 2 && left - last < 1 && shot.id !== selected) continue;
      last = left;
      draw.fillStyle = colours.marked;
      draw.fillRect(left, 0, Math.max(1, wide - 1), height);
      if (wide > 12) this.#fill(draw, view, shot, height);
      if (shot.id === selected) {
        draw.strokeStyle = colours.accent;
        draw.lineWidth = 2;
        draw.strokeRect(left + 1, 1, Math.max(2, wide - 3), height - 2);
      }
    }
    this.#rest();
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
      wide = picture.width * height / picture.height;
      const part = Math.min(1, (end - x) / wide);
      draw.drawImage(picture, 0, 0, picture.width * part, picture.height, x, 0, wide * part, height);
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
