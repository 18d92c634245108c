// What the editing keys do to the selected line. Each is one edit: it is saved at once, and can be taken back.

export class Hands {
  /** `state`: the film's; `clock`; `lines`: the list, which knows where the cursor is. */
  constructor(state, clock, lines) {
    this.state = state;
    this.clock = clock;
    this.lines = lines;
  }

  get #line() {
    const { line } = this.state;
    return line && !line.locked ? line : null;
  }

  place(line, first, end) {
    if (line.locked || (first === line.first && end === line.end)) return;
    this.state.edit([{ do: 'place', loop: line.id, frames: { first, end } }]);
  }

  nudge(frames) {
    const line = this.#line;
    if (!line) return;
    const by = Math.max(-line.first, frames);
    this.place(line, line.first + by, line.end + by);
  }

  /** Begin, or end, the line at this frame. */
  trim(edge) {
    const line = this.#line;
    const { frame } = this.clock;
    if (!line) return;
    if (edge === 'first' && frame < line.end) this.place(line, frame, line.end);
    if (edge === 'end' && frame >= line.first) this.place(line, line.first, frame + 1);
  }

  /** Divide the line at this frame; its words at the cursor, else at the space nearest to the same share of them. */
  split() {
    const line = this.#line;
    const { frame } = this.clock;
    if (!line || frame <= line.first || frame >= line.end) return;
    const text = line.source;
    const share = (frame - line.first) / (line.end - line.first) * text.length;
    const spaces = [...text.matchAll(/\s+/g)].map((found) => found.index).filter((at) => at > 0 && at < text.length - 1);
    const nearest = spaces.sort((one, other) => Math.abs(one - share) - Math.abs(other - share))[0];
    const at = this.lines.cursor(line.id) ?? nearest;
    if (at) this.state.edit([{ do: 'split', loop: line.id, at: frame, text_at: [...text.slice(0, at)].length }]);
  }

  /** Join the line with the next. */
  merge() {
    const line = this.#line;
    if (!line) return;
    const { lines } = this.state;
    const next = lines[lines.indexOf(line) + 1];
    if (next && !next.locked) this.state.edit([{ do: 'merge', first: line.id, second: next.id }]);
  }

  remove() {
    const line = this.#line;
    if (line) this.state.edit([{ do: 'remove', loop: line.id }]);
  }

  lock() {
    const { line } = this.state;
    if (line) this.state.edit([{ do: 'lock', loop: line.id, locked: !line.locked }]);
  }
}
