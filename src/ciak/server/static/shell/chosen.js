// What the editing keys are for: what is chosen, a caption, a subtitle, else a line; and the hands for each.
import { CaptionHands } from '../desk/dubbing/caption-hands.js';
import { SubtitleHands } from '../desk/dubbing/subtitle-hands.js';
import { Hands } from './hands.js';

export class Chosen {
  /** `clock`; `lines`: the list; `inspector()` and `strip()`: where words are typed, and what has the keys else. */
  constructor(state, { clock, lines, inspector, strip }) {
    const given = { open: () => setTimeout(() => inspector().edit()), leave: (lane) => setTimeout(() => strip().enter(lane)) };
    this.state = state;
    this.lines = new Hands(state, clock, lines);
    this.captions = new CaptionHands(state, clock, given);
    this.subtitles = new SubtitleHands(state, clock, given);
  }

  /** Whether it is typed in the inspector, not in the list. */
  get beside() { return Boolean(this.state.caption || this.state.subtitle); }

  get hands() {
    if (this.state.caption) return this.captions;
    return this.state.subtitle ? this.subtitles : this.lines;
  }
}
