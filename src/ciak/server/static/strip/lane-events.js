// Lanes of words: loops of a character, subtitles and captions of a language. Blocks with their text, as wide as they
// last; `flagged`: somebody should look at it; `faint`: it is there, but counts for nothing; `held`: a person set it;
// `italic`: its text is.
import { Lane, between } from './lane.js';

const LETTER = 6.6;
const PAD = 6;
const FONT = '13px "Hanken Grotesk", sans-serif';

export class EventLane extends Lane {
  height = 28;
  focusable = true;
  #events = [];

  /** `editable`: its events can be moved and trimmed; `onplace(event, first, end)` is told. */
  constructor({ id, label, editable = false, onplace = null }) {
    super();
    this.id = id;
    this.label = label;
    this.editable = editable;
    this.onplace = onplace;
  }

  get events() { return this.#events; }
  set events(events) {
    this.#events = events;
    this.changed();
  }

  describe(event) { return event.told ?? event.text; }

  grips(event) { return this.editable && !event.locked ? ['move', 'start', 'end'] : []; }

  place(event, first, end) { this.onplace?.(event, first, end); }

  paint({ draw, view, height, colours, selected, moved }) {
    draw.font = FONT;
    draw.textBaseline = 'middle';
    const first = view.first;
    const shown = between(this.#events, first, view.end);
    let last = -1;
    for (const event of shown) {
      const held = moved && moved.id === event.id ? moved : event;
      const left = view.x(held.first);
      const right = view.x(held.end);
      const wide = right - left;
      if (wide < 2 && left - last < 1 && event.id !== selected) continue;
      last = left;
      const chosen = event.id === selected;
      draw.fillStyle = chosen ? colours.accent : event.flagged ? colours.check : event.faint ? colours.ground : colours.event;
      draw.globalAlpha = chosen || !event.flagged ? 1 : 0.55;
      draw.fillRect(left, 3, Math.max(1.5, wide - 1), height - 6);
      draw.globalAlpha = 1;
      draw.strokeStyle = colours.edge;
      if (event.faint && !chosen && wide > 3) draw.strokeRect(left + 0.5, 3.5, wide - 2, height - 7);
      if (event.room > event.end) {
        draw.fillStyle = colours.edge;
        draw.fillRect(right, height - 5, view.x(event.room) - right, 1);
      }
      const letters = Math.floor((wide - 2 * PAD) / LETTER);
      if (letters < 2) continue;
      const from = Math.max(left, 0) + PAD;
      const room = Math.floor((right - from - PAD) / LETTER);
      if (room < 2) continue;
      draw.fillStyle = chosen ? colours['on-accent'] : event.faint ? colours.quiet : colours.text;
      if (event.italic) draw.font = `italic ${FONT}`;
      draw.fillText(event.text.length > room ? `${event.text.slice(0, room - 1)}…` : event.text, from, height / 2 + 1);
      if (event.italic) draw.font = FONT;
      if (event.held) draw.fillRect(left, height - 5, wide - 1, 2);
      if (event.locked) draw.fillRect(right - 5, 3, 2, height - 6);
    }
  }
}
