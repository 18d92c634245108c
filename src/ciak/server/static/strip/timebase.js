// Frames, seconds and SMPTE labels of one film. Frame 0 is the first of the picture; labels begin at `start`.
//
// Drop-frame (SMPTE ST 12-1): labels, not frames, are left out: two a minute at 29.97, four at 59.94, but not in
// every tenth minute. Labels wrap at 24 hours; frames do not.

export class Timebase {
  /** `rate`: "24000/1001"; `nominal`: labels a second; `drop`: drop-frame labels; `start`: label of frame 0. */
  constructor({ rate = '24', nominal = 24, drop = false, start = '00:00:00:00' } = {}) {
    const [above, below = '1'] = rate.split('/');
    this.fps = Number(above) / Number(below);
    this.nominal = nominal;
    this.drop = drop;
    this.dropped = drop ? Math.round(nominal / 15) : 0;
    this.day = 24 * 3600 * nominal - 24 * 54 * this.dropped;
    this.start = this.#count(start) ?? 0;
  }

  /** The moment to ask a player for, so that `frame` is shown: its middle, in seconds. */
  middle(frame) { return (frame + 0.5) / this.fps; }

  /** The frame that a player shows when it says that its picture belongs to `seconds`. */
  frame(seconds) { return Math.round(seconds * this.fps); }

  frames(seconds) { return Math.max(1, Math.round(seconds * this.fps)); }

  /** The label of `frame`: "01:00:00:00", with ";" before the frames in drop-frame. */
  label(frame) {
    let count = (((frame + this.start) % this.day) + this.day) % this.day;
    if (this.drop) {
      const minute = this.nominal * 60 - this.dropped;
      const ten = minute * 10 + this.dropped;
      const rest = count % ten;
      count += this.dropped * 9 * Math.floor(count / ten);
      const late = rest - this.nominal * 60;
      if (late >= 0) count += this.dropped * (Math.floor(late / minute) + 1);
    }
    const seconds = Math.floor(count / this.nominal);
    const two = (value) => String(value).padStart(2, '0');
    const frames = String(count % this.nominal).padStart(this.nominal > 100 ? 3 : 2, '0');
    return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
      + `${this.drop ? ';' : ':'}${frames}`;
  }

  /** The frame that a person typed: a full label, digits from the right ("1512" is 15 seconds, 12 frames), or a
   *  step with a sign ("+100", "-5") from `here`. Null for what is none. */
  parse(typed, here = 0) {
    const text = typed.trim();
    const step = /^([+-])(\d{1,8})$/.exec(text);
    if (step) {
      const frames = this.#count(spread(step[2]), true);
      return frames === null ? null : here + (step[1] === '-' ? -frames : frames);
    }
    const label = /^\d{1,8}$/.test(text) ? spread(text) : text.replace(/[;.,]/g, ':');
    const count = this.#count(label);
    if (count === null) return null;
    const frame = count - this.start;
    if (frame > this.day / 2) return frame - this.day;
    return frame < -this.day / 2 ? frame + this.day : frame;
  }

  #count(label, length = false) {
    const parts = /^(\d{1,2}):(\d{2}):(\d{2})[:;](\d{2,3})$/.exec(label);
    if (!parts) return null;
    const [hours, minutes, seconds, frames] = parts.slice(1).map(Number);
    if (hours > 23 || minutes > 59 || seconds > 59 || frames >= this.nominal) return null;
    const count = ((hours * 60 + minutes) * 60 + seconds) * this.nominal + frames;
    if (!this.drop || length) return count;
    if (seconds === 0 && minutes % 10 && frames < this.dropped) return null;
    const total = hours * 60 + minutes;
    return count - this.dropped * (total - Math.floor(total / 10));
  }
}

function spread(digits) {
  return digits.padStart(8, '0').replace(/(..)(..)(..)(..)/, '$1:$2:$3:$4');
}
