// The pointer on the strip: scrubbing, choosing, moving and trimming events, with snapping. Alt holds snapping off.

const EDGE = 6;
const BEGIN = 3;

export class Pointer {
  busy = false;

  constructor(strip) { this.strip = strip; }

  #x(event) { return event.clientX - this.strip.rule.getBoundingClientRect().left; }

  #lane(event) { return event.target.closest('.lane')?.lane ?? null; }

  /** What lies under the pointer: { lane, event, grip }. */
  #under(event) {
    const { view } = this.strip;
    const lane = this.#lane(event);
    const x = this.#x(event);
    if (!lane || x < 0) return { lane, event: null, grip: null };
    const found = lane.at(view.frame(x), EDGE * view.scale);
    if (!found) return { lane, event: null, grip: null };
    const grips = lane.grips(found);
    const [left, right] = [view.x(found.first), view.x(found.end)];
    const edge = Math.min(EDGE, (right - left) / 3);
    let grip = grips.includes('move') && x >= left && x < right ? 'move' : null;
    if (grips.includes('start') && Math.abs(x - left) <= edge) grip = 'start';
    if (grips.includes('end') && Math.abs(x - right) <= edge) grip = 'end';
    const inside = x >= left - edge && x < right + edge;
    return { lane, event: inside ? found : null, grip: inside ? grip : null };
  }

  hover(event) {
    if (this.busy || event.target.tagName !== 'CANVAS') return;
    const { grip } = this.#under(event);
    event.target.style.cursor = { start: 'ew-resize', end: 'ew-resize', move: 'grab' }[grip] ?? 'default';
  }

  down(event) {
    if (event.button !== 0 || event.target.tagName !== 'CANVAS') return;
    const under = this.#under(event);
    if (under.event && under.lane.focusable) {
      event.target.closest('.lane').focus({ preventScroll: true, focusVisible: false });
      this.strip.choose(under.lane, under.event);
      if (under.grip) this.#drag(event, under);
      else this.#scrub(event);
      event.preventDefault();
    } else this.#scrub(event);
  }

  open(event) {
    const { lane, event: found } = this.#under(event);
    if (found) this.strip.tell('open-event', { lane, id: found.id });
  }

  #hold(event, moved, done) {
    const { target } = event;
    this.busy = true;
    target.setPointerCapture(event.pointerId);
    const ends = new AbortController();
    const over = (commit) => {
      ends.abort();
      this.busy = false;
      done(commit);
    };
    target.addEventListener('pointermove', moved, { signal: ends.signal });
    target.addEventListener('pointerup', () => over(true), { signal: ends.signal });
    target.addEventListener('pointercancel', () => over(false), { signal: ends.signal });
    document.addEventListener('keydown', (key) => {
      if (key.key !== 'Escape') return;
      key.stopPropagation();
      over(false);
    }, { signal: ends.signal, capture: true });
  }

  #scrub(event) {
    const { clock, view } = this.strip;
    const go = (at) => clock.scrub(Math.floor(view.frame(this.#x(at))));
    clock.pause();
    this.#hold(event, go, () => clock.scrubbed());
    go(event);
  }

  /** Move or trim: shown while it is held, done when it is let go. A press without a move goes to the event. */
  #drag(event, { lane, event: held, grip }) {
    const { strip } = this;
    const { view } = strip;
    const began = this.#x(event);
    let moved = null;
    this.#hold(event, (at) => {
      const pixels = this.#x(at) - began;
      if (!moved && Math.abs(pixels) < BEGIN) return;
      moved = this.#placed(held, grip, pixels * view.scale, at.altKey);
      strip.moved = { ...held, ...moved, lane };
      strip.ask();
    }, (commit) => {
      strip.moved = null;
      strip.ask();
      if (!moved) strip.clock.seek(Math.floor(view.frame(began)));
      else if (commit && (moved.first !== held.first || moved.end !== held.end)) lane.place(held, moved.first, moved.end);
    });
  }

  #placed(held, grip, by, free) {
    const { strip } = this;
    const last = strip.clock.frames || Infinity;
    const { first, end } = held;
    if (grip === 'start') return { first: Math.max(0, Math.min(strip.snapped(first + by, held, free), end - 1)), end };
    if (grip === 'end') return { first, end: Math.min(last, Math.max(strip.snapped(end + by, held, free), first + 1)) };
    const long = end - first;
    const plain = Math.round(first + by);
    const drawn = [strip.snapped(first + by, held, free), strip.snapped(end + by, held, free) - long].filter((to) => to !== plain);
    const [to = plain] = drawn.sort((one, other) => Math.abs(one - first - by) - Math.abs(other - first - by));
    const kept = Math.max(0, Math.min(to, last - long));
    return { first: kept, end: kept + long };
  }
}
