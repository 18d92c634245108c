// The lane protocol: what anything must offer that has film time and wants to lie on the strip (docs/lanes.md).
//
// A department makes its lanes by extending Lane, and gives them to `strip.lanes`. The strip draws the head, holds the
// canvas, the pointer and the keys; the lane knows its events and how they look.

export class Lane extends EventTarget {
  /** Stable name, one a strip. */
  id = '';
  /** Height in pixels. */
  height = 32;
  /** Whether its events can be selected, and have a place in the tab order. */
  focusable = false;

  /** What the head says, in the reader's language. */
  label() { return ''; }

  /** How a screen reader is told an event. */
  describe(event) { return event.text ?? ''; }

  /** Events in film order: { id, first, end, text, ... }; those that touch frames `first` to `end` are drawn. */
  get events() { return []; }

  /** Draw what `view` shows. `pen`: { draw (2D context), view, height, colours, selected, moved }. */
  paint(pen) { void pen; }

  /** The event at a frame, or null. `reach`: frames of slack, for what is narrower than a pointer. */
  at(frame, reach = 0) {
    const here = between(this.events, frame - reach, frame + reach + 1);
    return here.find((event) => event.first <= frame && frame < event.end) ?? here[0] ?? null;
  }

  /** Frames that moving things snap to. */
  edges(first, end) { return between(this.events, first, end).flatMap((event) => [event.first, event.end]); }

  /** The event before (-1) or after (1) a frame, or null. */
  next(frame, direction) {
    if (direction > 0) return this.events.find((event) => event.first > frame) ?? null;
    return this.events.findLast((event) => event.first < frame) ?? null;
  }

  /** What may be done to an event by dragging: any of 'move', 'start', 'end'. */
  grips(event) { void event; return []; }

  /** An event was dragged to other frames. */
  place(event, first, end) { void event; void first; void end; }

  changed() { this.dispatchEvent(new Event('change')); }
}

/** Events of a list in film order that touch the frames from `first` up to `end`. */
export function between(events, first, end) {
  let low = 0;
  let high = events.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (events[middle].first < first) low = middle + 1;
    else high = middle;
  }
  let from = low;
  while (from > 0 && low - from < 64 && events[from - 1].end > first) from -= 1;
  let to = low;
  while (to < events.length && events[to].first < end) to += 1;
  return events.slice(from, to);
}

/** The strip's colours, read once a theme. */
export function coloursOf(element) {
  const style = getComputedStyle(element);
  const of = (name) => style.getPropertyValue(name).trim();
  return Object.fromEntries(['ground', 'raised', 'hover', 'line', 'edge', 'text', 'quiet', 'accent', 'on-accent', 'marked',
    'check', 'block', 'good', 'wave', 'event'].map((name) => [name, of(`--${name}`)]));
}
