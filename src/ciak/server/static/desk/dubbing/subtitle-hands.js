// What the editing keys do to the selected subtitle. The first time that a person touches it, its lines hold it from then
// on as it was set. Each is one edit: it is saved at once, and can be taken back.
import { instead } from '../../subtitles.js';

const sorted = (cues) => [...cues].sort((one, other) => one.first - other.first);

/** Words as lines, without blanks around them; none is empty. */
export const linesOf = (text) => text.split('\n').map((line) => line.replaceAll(/\s+/g, ' ').trim()).filter(Boolean);

/** Where `text` is divided nearest to `at`: the index of a blank or a line end, or -1 where there is none. */
function between(text, at) {
  const blanks = [...text.matchAll(/\s+/g)].map(({ index }) => index).filter((index) => text.slice(0, index).trim() && text.slice(index).trim());
  return blanks.sort((one, other) => Math.abs(one - at) - Math.abs(other - at))[0] ?? -1;
}

/** Two texts on one screen: as they are while that makes two lines, else anew in two. */
function together(one, other) {
  if (one.length + other.length <= 2) return [...one, ...other];
  const text = [...one, ...other].join(' ');
  const at = between(text, text.length / 2);
  return at < 0 ? [text] : [text.slice(0, at).trim(), text.slice(at).trim()];
}

export class SubtitleHands {
  /** `state`: the film's; `clock`; `leave(lane)`: the words are saved, and the keys are that lane's. */
  constructor(state, clock, { leave }) {
    this.state = state;
    this.clock = clock;
    this.leave = leave;
  }

  #all(cue) { return this.state.cuesOf.get(cue.language) ?? []; }

  /** All subtitles that share a line with it, and all their lines, in film order. */
  #group(cue) {
    const loops = new Set(cue.loops);
    let cues = [];
    for (let before = -1; before !== loops.size;) {
      before = loops.size;
      cues = this.#all(cue).filter((other) => other.loops.some((id) => loops.has(id)));
      for (const id of cues.flatMap((other) => other.loops)) loops.add(id);
    }
    return { cues, loops: this.state.lines.filter(({ id }) => loops.has(id)).map(({ id }) => id) };
  }

  /** Whether a line of it is locked, or it is no line's. */
  locked(cue) {
    if (!cue.loops.length) return true;
    const side = cue.language === this.state.source ? 'source' : 'target';
    return this.state.lines.some((line) => cue.loops.includes(line.id) && line.there[side]?.locked);
  }

  /** End of the one before, beginning of the one after; null where there is none. */
  around(cue) {
    const all = this.#all(cue);
    const at = all.indexOf(this.#now(cue)[0]);
    return { before: all[at - 1]?.end ?? null, after: all[at + 1]?.first ?? null, next: all[at + 1] ?? null };
  }

  /** Put `made` in the places of `gone`, of the lines of all of these; then the one that begins at `first` is chosen. */
  #set(gone, made, first = made[0]?.first) {
    const groups = gone.map((cue) => this.#group(cue));
    const { language } = gone[0];
    const named = new Set(groups.flatMap(({ loops }) => loops));
    const loops = this.state.lines.filter(({ id }) => named.has(id)).map(({ id }) => id);
    if (!loops.length || gone.some((cue) => this.locked(cue))) return;
    const stay = [...new Set(groups.flatMap(({ cues }) => cues))].filter((cue) => !gone.includes(cue));
    const shown = sorted([...stay, ...made]).map(({ first: from, end, lines }) => ({ frames: { first: from, end }, lines }));
    this.state.setSubtitles(language, loops, shown, first);
  }

  /** What stands for it since subtitles were told anew. */
  #now(cue) { return instead(this.#all(cue), cue); }

  /** Not over the one before, nor the one after. */
  place(seen, first, end) {
    const [cue] = this.#now(seen);
    if (!cue) return;
    const { before, after } = this.around(cue);
    const last = after ?? Infinity;
    const moves = end - first === cue.end - cue.first;
    const low = moves ? Math.max(before ?? 0, Math.min(first, last - (end - first))) : Math.max(before ?? 0, first);
    const high = moves ? low + (end - first) : Math.min(last, end);
    if (low >= high || high > last || (low === cue.first && high === cue.end)) return;
    this.#set([cue], [{ ...cue, first: low, end: high }]);
  }

  nudge(frames) {
    const cue = this.state.subtitle;
    const by = Math.max(-cue.first, frames);
    this.place(cue, cue.first + by, cue.end + by);
  }

  /** Begin, or end, the subtitle at this frame. */
  trim(edge) {
    const cue = this.state.subtitle;
    const { frame } = this.clock;
    if (edge === 'first' && frame < cue.end) this.place(cue, frame, cue.end);
    if (edge === 'end' && frame >= cue.first) this.place(cue, cue.first, frame + 1);
  }

  /** It says these lines. */
  retype(cue, text) {
    const lines = linesOf(text);
    const gone = this.#now(cue);
    if (!gone.length || !lines.length || lines.join('\n') === cue.lines.join('\n')) return;
    this.#set(gone, [{ ...gone[0], end: gone.at(-1).end, lines }]);
  }

  /** Two of it: before letter `at` of `text`, the time by the letters; without one at this frame, the words by the time. */
  split(at = null, text = null) {
    const cue = this.state.subtitle;
    const said = text ?? cue.lines.join('\n');
    const share = (this.clock.frame - cue.first) / (cue.end - cue.first);
    if (at === null && (share <= 0 || share >= 1)) return;
    const letter = at ?? between(said, share * said.length);
    const [one, other] = [linesOf(said.slice(0, Math.max(0, letter))), linesOf(said.slice(Math.max(0, letter)))];
    const gap = this.state.gap(cue.language);
    if (!one.length || !other.length || cue.end - cue.first < gap + 2) return;
    const middle = at === null ? this.clock.frame : cue.first + Math.round((cue.end - cue.first) * letter / said.length);
    const second = Math.max(cue.first + gap + 1, Math.min(middle, cue.end - 1));
    this.#set([cue], [{ ...cue, end: second - gap, lines: one }, { ...cue, first: second, lines: other }]);
  }

  /** One of it and the next. */
  merge(text = null) {
    const cue = this.state.subtitle;
    const { next } = this.around(cue);
    if (!next) return;
    const said = text === null ? cue.lines : linesOf(text);
    this.#set([cue, next], [{ ...cue, end: next.end, lines: together(said, next.lines) }]);
  }

  /** Its words are not shown. */
  remove() { this.#set([this.state.subtitle], []); }

  /** It is spotted from the words of its lines again. */
  follow(cue) {
    if (!this.locked(cue)) this.state.edit([{ do: 'follow', loop: cue.loops[0] }], cue.language);
  }
}
