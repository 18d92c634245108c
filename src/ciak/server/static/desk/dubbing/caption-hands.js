// What the editing keys do to the selected caption. Each is one edit: it is saved at once, and can be taken back.

/** Seconds that a new caption lasts until somebody says otherwise. */
const LASTS = 2;

export class CaptionHands {
  /** `state`: the film's; `clock`; `open()`: the words of the selected caption are to be typed; `leave(lane)`: they are
   *  saved, and the keys are that lane's. */
  constructor(state, clock, { open, leave }) {
    this.state = state;
    this.clock = clock;
    this.open = open;
    this.leave = leave;
  }

  #edit(caption, change) { return this.state.edit([{ ...change, caption: caption.id }], caption.language); }

  place(caption, first, end) {
    if (!caption.id || (first === caption.first && end === caption.end)) return;
    this.#edit(caption, { do: 'place-caption', frames: { first, end } });
  }

  nudge(frames) {
    const { caption } = this.state;
    const by = Math.max(-caption.first, frames);
    this.place(caption, caption.first + by, caption.end + by);
  }

  /** Begin, or end, the caption at this frame. */
  trim(edge) {
    const { caption } = this.state;
    const { frame } = this.clock;
    if (edge === 'first' && frame < caption.end) this.place(caption, frame, caption.end);
    if (edge === 'end' && frame >= caption.first) this.place(caption, caption.first, frame + 1);
  }

  /** Approve or reject it; the same again takes that back. */
  judge(verdict) {
    const { caption } = this.state;
    if (caption?.id) this.#edit(caption, { do: 'judge-caption', verdict: caption.verdict === verdict ? 'undecided' : verdict });
  }

  /** Where its writing stands in the picture; null: nobody knows. */
  stand(caption, edge) { this.#edit(caption, { do: 'stand-caption', edge }); }

  /** What a person wrote goes; what a machine proposed is rejected, else it would be proposed again. */
  remove() {
    const { caption } = this.state;
    if (!caption.id) this.state.select('');
    else if (caption.origin === 'person') this.#edit(caption, { do: 'remove-caption' });
    else if (caption.verdict !== 'rejected') this.judge('rejected');
  }

  /** Write a new one at this frame: in the language of the caption that is chosen, else in the original's. */
  add() {
    const { state } = this;
    const language = state.caption?.language ?? state.source;
    if (!language) return;
    const first = this.clock.frame;
    const end = Math.min(first + this.clock.base.frames(LASTS), this.clock.frames || Infinity);
    state.draft({ language, kind: 'sound', first, end: Math.max(first + 1, end) });
    this.open();
  }

  /** Save the one that is being written, and choose it; its lane has the keys. */
  async keep(text) {
    const { language, kind, first, end } = this.state.caption;
    const before = new Set(this.state.captions.map(({ key }) => key));
    await this.state.edit([{ do: 'add-caption', kind, frames: { first, end }, text }], language);
    const made = this.state.captions.find(({ key }) => !before.has(key));
    if (made) this.state.select(made.key);
    this.leave(`captions-${language}`);
  }

  /** `caption`: as it was when its words were opened. */
  reword(caption, text) {
    this.state.edit([{ do: 'reword-caption', caption: caption.id, text }], caption.language, { [`caption:${caption.id}`]: caption.version });
  }
}
