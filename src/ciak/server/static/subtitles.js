// The subtitles of each language as they are shown, under keys that stay while a line's stay as many; what a person set
// stands here before the server has it.

/** Subtitles as the server tells them, with what the strip needs. */
function keyed(language, cues) {
  const counted = new Map();
  return cues.map((cue) => {
    const [loop = ''] = cue.loops;
    const number = counted.get(loop) ?? 0;
    counted.set(loop, number + 1);
    return { ...cue, key: `subtitle:${language}:${loop}:${number}`, language, first: cue.frames.first, end: cue.frames.end };
  });
}

/** Frames that both show. */
const common = (one, other) => Math.min(one.end, other.end) - Math.max(one.first, other.first);

/** Those of `cues` that stand for `was` since they were told anew: of its lines, with their middle in its time; else the
 *  one that has most of it. */
export function instead(cues, was) {
  if (cues.includes(was)) return [was];
  const kin = cues.filter((cue) => common(cue, was) > 0 && cue.loops.some((id) => was.loops.includes(id)));
  const inside = kin.filter((cue) => was.first <= (cue.first + cue.end) / 2 && (cue.first + cue.end) / 2 < was.end);
  return inside.length ? inside : kin.sort((one, other) => common(other, was) - common(one, was)).slice(0, 1);
}

const UNKNOWN = { delivered: false, version: '', gap: 2 };

export class Subtitles {
  /** Language to its subtitles, in film order. */
  of = new Map();
  /** How often a person changed something: an answer that was asked for before that is late. */
  turn = 0;
  #before = new Map();
  #told = new Map();

  clear() {
    this.of = new Map();
    this.#before = this.of;
    this.#told.clear();
  }

  /** What the server said with them: { delivered, version, gap }. */
  told(language) { return this.#told.get(language) ?? UNKNOWN; }

  /** The languages that have delivered subtitles other than those that are known. */
  better(versions) {
    return new Set([...this.of.keys()].filter((code) => versions[`subtitles/${code}`] && versions[`subtitles/${code}`] !== this.told(code).version));
  }

  /** What is chosen when `key` was, before they were read: what stands for it now. */
  still(key) {
    const code = /^subtitle:([^:]+):/.exec(key)?.[1];
    const was = this.#before.get(code)?.find((cue) => cue.key === key);
    if (!was) return key;
    const now = instead(this.of.get(code) ?? [], was);
    return now.sort((one, other) => common(other, was) - common(one, was))[0]?.key ?? '';
  }

  find(key) {
    const code = /^subtitle:([^:]+):/.exec(key)?.[1];
    return this.of.get(code)?.find((cue) => cue.key === key) ?? null;
  }

  /** The languages whose subtitles come of the lines of those: the original says how every translation is heard. */
  by(codes, original) { return codes.includes(original) ? [...this.of.keys(), ...codes] : codes; }

  /** Ask the server for those languages; false when a person set some meanwhile, and the answer is late. */
  async ask(api, codes) {
    const { turn } = this;
    const told = await Promise.all(codes.map((code) => api.subtitles(code).catch(() => ({ ...UNKNOWN, cues: [] }))));
    if (turn !== this.turn) return false;
    codes.forEach((code, at) => this.#told.set(code, told[at]));
    this.read(codes.map((code, at) => [code, told[at].cues]));
    return true;
  }

  /** `told`: pairs of a language and what the server says of it. */
  read(told) {
    this.#before = this.of;
    this.of = new Map([...this.of, ...told.map(([code, cues]) => [code, keyed(code, cues)])]);
  }

  /** `loops` share the subtitles `shown` from now on; the key of the one that begins at `first`, or the empty string. */
  set(language, loops, shown, first) {
    const stay = (this.of.get(language) ?? []).filter((cue) => !cue.loops.some((id) => loops.includes(id)));
    const all = [...stay, ...shown.map((one) => ({ ...one, loops, held: true, italics: [], top: false }))];
    this.turn += 1;
    this.read([[language, all.sort((one, other) => one.frames.first - other.frames.first)]]);
    return this.of.get(language).find((cue) => cue.first === first && cue.loops === loops)?.key ?? '';
  }
}

/** The lines of a subtitle, each as parts that are in italics or not; ranges count code points of all lines joined. */
export function styled({ lines, italics = [] }) {
  let at = 0;
  return lines.map((line) => {
    const parts = [];
    for (const sign of line) {
      const italic = italics.some(([first, end]) => first <= at && at < end);
      if (parts.at(-1)?.italic === italic) parts.at(-1).part += sign;
      else parts.push({ part: sign, italic });
      at += 1;
    }
    at += 1;
    return parts;
  });
}

/** Whether all of a subtitle, but for a label or a dash before it, is in italics. */
export const slanted = ({ lines, italics = [] }) => italics.length === 1 && italics[0][1] >= [...lines.join('\n')].length;
