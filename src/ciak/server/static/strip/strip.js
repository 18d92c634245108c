// The strip: every lane of the film under one clock. It holds the canvases, the pointer and the playhead; what lies
// on a lane, and what may be done to it, the lane says.
import { Element, css, h } from '../ui/element.js';
import { icon } from '../ui/icon.js';
import { words } from '../ui/words.js';
import { coloursOf } from './lane.js';
import { Pointer } from './pointer.js';
import { View } from './view.js';

const styles = css`
  :host { display: grid; grid-template-rows: auto minmax(0, 1fr); min-height: 0; position: relative; user-select: none;
    background: var(--ground); border-top: 1px solid var(--line); }
  .lanes { position: relative; min-height: 0; overflow-y: auto; overflow-x: hidden; overscroll-behavior: contain; }
  .lane { display: grid; grid-template-columns: 136px minmax(0, 1fr); border-bottom: 1px solid var(--line); }
  .lane:focus { outline: none; }
  .lane:focus-visible { box-shadow: inset 3px 0 var(--accent); }
  .head { align-self: center; min-width: 0; padding: 0 8px 0 16px; color: var(--quiet); font-size: 13px; overflow: hidden;
    text-overflow: ellipsis; white-space: nowrap; }
  .head.tools { display: flex; padding: 0 4px; justify-content: flex-end; }
  .head.tools button { display: grid; place-items: center; padding: 0; height: 32px; }
  .top { display: grid; grid-template-columns: 136px minmax(0, 1fr); align-items: end; border-bottom: 1px solid var(--line); }
  canvas { display: block; width: 100%; touch-action: none; }
  .head + canvas { cursor: default; }
  .playhead { position: absolute; top: 0; bottom: 0; left: 136px; width: 2px; margin-left: -1px; background: var(--accent);
    pointer-events: none; will-change: transform; }
`;

export class Strip extends Element {
  /** `lanes`: what is shown, top to bottom, the ruler apart; `selected`: id of the event that is selected. */
  static props = { clock: null, ruler: null, lanes: [], selected: '', snapping: true };
  static styles = [styles];
  view = new View();
  moved = null;
  #rows = new Map();
  #asked = false;
  #colours = null;

  build() {
    const tool = (name, does) => this.say(h('button', { onclick: does }, icon(name, 14)), `strip.${name}`, {}, 'aria-label');
    this.snap = tool('snap', () => { this.snapping = !this.snapping; });
    this.tools = h('div', { class: 'head tools' }, this.snap, tool('farther', () => this.zoom(1.6)),
      tool('nearer', () => this.zoom(1 / 1.6)), tool('fit', () => this.view.fit()));
    this.rule = h('canvas', { 'aria-hidden': 'true' });
    this.top = h('div', { class: 'top' }, this.tools, this.rule);
    this.body = h('div', { class: 'lanes', role: 'group' });
    this.say(this.body, 'strip.title', {}, 'aria-label');
    this.playhead = h('div', { class: 'playhead', role: 'slider', tabindex: '-1', 'aria-valuemin': '0' });
    this.say(this.playhead, 'transport.position', {}, 'aria-label');
    this.hand = new Pointer(this);
    return [this.top, this.body, this.playhead];
  }

  connected() {
    const observer = new ResizeObserver(() => this.#measure());
    observer.observe(this.rule);
    this.listen(this.view, 'change', () => this.ask());
    this.listen(this.clock, 'frame', () => this.#place());
    this.listen(this.clock, 'state', () => this.#measure());
    this.listen(document.documentElement, 'ciak-theme', () => { this.#colours = null; this.ask(); });
    this.listen(this.ruler, 'change', () => this.ask());
    for (const place of [this.rule, this.body]) {
      this.listen(place, 'wheel', (event) => this.#wheel(event), { passive: false });
      this.listen(place, 'pointerdown', (event) => this.hand.down(event));
      this.listen(place, 'pointermove', (event) => this.hand.hover(event));
      this.listen(place, 'dblclick', (event) => this.hand.open(event));
    }
    this.listen(this.body, 'scroll', () => this.ask(), { passive: true });
    this.listen(document.fonts, 'loadingdone', () => this.ask());
  }

  update(changed) {
    if (changed.has('lanes')) this.#lay();
    if (changed.has('words') || changed.has('lanes')) for (const [lane, row] of this.#rows) this.#name(lane, row);
    this.snap.setAttribute('aria-pressed', String(this.snapping));
    this.#measure();
    this.ask();
  }

  /** One row a lane; rows of lanes that stay are kept. */
  #lay() {
    for (const [lane, row] of this.#rows) {
      if (this.lanes.includes(lane)) continue;
      row.ends.abort();
      row.node.remove();
      this.#rows.delete(lane);
    }
    for (const lane of this.lanes) {
      if (!this.#rows.has(lane)) this.#rows.set(lane, this.#row(lane));
      this.body.append(this.#rows.get(lane).node);
    }
  }

  #row(lane) {
    const canvas = h('canvas', { 'aria-hidden': 'true' });
    const name = h('bdi', { class: 'head' });
    const node = h('div', { class: 'lane', role: lane.focusable ? 'listbox' : 'img', tabindex: lane.focusable ? '0' : null,
      onkeydown: (event) => this.#key(event, lane) }, name, canvas);
    const ends = new AbortController();
    lane.addEventListener('change', () => this.ask(), { signal: ends.signal });
    const row = { node, canvas, name, ends, spoken: null };
    node.lane = lane;
    this.#name(lane, row);
    return row;
  }

  #name(lane, row) {
    if (row.name.textContent === lane.label()) return;
    row.name.textContent = lane.label();
    row.name.title = lane.label();
    row.node.setAttribute('aria-label', lane.label());
  }

  #measure() {
    const width = this.rule.clientWidth;
    if (width) this.view.resize(this.clock.frames, width);
    this.#place();
  }

  zoom(factor) { this.view.zoom(factor, this.view.x(this.clock.frame)); }

  /** Paint before the next frame. */
  ask() {
    if (this.#asked) return;
    this.#asked = true;
    requestAnimationFrame(() => {
      this.#asked = false;
      if (this.isConnected) this.#paint();
    });
  }

  /** Everything in view, now. */
  #paint() {
    this.#colours ??= coloursOf(this);
    this.#canvas(this.rule, this.ruler);
    const { scrollTop, clientHeight } = this.body;
    let top = 0;
    for (const lane of this.lanes) {
      const { node, canvas } = this.#rows.get(lane);
      node.style.minHeight = `${lane.height + 1}px`;
      if (top < scrollTop + clientHeight && top + lane.height >= scrollTop) {
        if (!canvas.isConnected) node.append(canvas);
        this.#canvas(canvas, lane);
      } else canvas.remove();
      top += lane.height + 1;
    }
    this.#place();
  }

  #canvas(canvas, lane) {
    const { view } = this;
    const ratio = devicePixelRatio || 1;
    const wide = Math.max(1, Math.round(view.width * ratio));
    const high = Math.round(lane.height * ratio);
    if (canvas.width !== wide || canvas.height !== high) {
      canvas.width = wide;
      canvas.height = high;
      canvas.style.height = `${lane.height}px`;
    }
    const draw = canvas.getContext('2d');
    draw.setTransform(ratio, 0, 0, ratio, 0, 0);
    draw.clearRect(0, 0, view.width, lane.height);
    if (!view.width || !view.frames) return;
    const moved = this.moved?.lane === lane ? this.moved : null;
    lane.paint({ draw, view, height: lane.height, colours: this.#colours, selected: this.selected, moved });
  }

  #place() {
    const { clock, view } = this;
    if (!view.width) return;
    if (clock.playing && !this.hand?.busy) view.show(clock.frame, true);
    const x = view.x(clock.frame + 0.5);
    this.playhead.hidden = x < 0 || x > view.width || !clock.frames;
    this.playhead.style.transform = `translateX(${x}px)`;
    this.playhead.setAttribute('aria-valuemax', String(Math.max(0, clock.frames - 1)));
    this.playhead.setAttribute('aria-valuenow', String(clock.frame));
    this.playhead.setAttribute('aria-valuetext', clock.base.label(clock.frame));
  }

  #wheel(event) {
    const along = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY);
    const scrolls = event.currentTarget === this.body && event.target.closest('.head');
    if (scrolls && !along) return;
    event.preventDefault();
    const x = event.clientX - this.rule.getBoundingClientRect().left;
    if (along) this.view.scroll(event.deltaX || event.deltaY);
    else this.view.zoom(Math.exp(Math.sign(event.deltaY) * Math.min(60, Math.abs(event.deltaY)) / 300), x);
  }

  /** Up and down go along the lane; Enter opens what is selected. */
  #key(event, lane) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      const found = lane.next(this.clock.frame, step);
      if (found) this.choose(lane, found, true);
    } else if (event.key === 'Enter') this.tell('open-event', { lane, id: this.selected });
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** An event was chosen on a lane: select it, say it, and go there when asked. */
  choose(lane, event, go = false) {
    if (lane.focusable) {
      const row = this.#rows.get(lane);
      row.spoken ??= row.node.appendChild(h('span', { class: 'unseen', role: 'option', id: `now-${lane.id}`, 'aria-selected': 'true' }));
      row.spoken.textContent = `${this.clock.base.label(event.first)} ${lane.describe(event)}`;
      row.node.setAttribute('aria-activedescendant', row.spoken.id);
    }
    if (go) {
      this.clock.seek(event.first);
      this.view.show(event.first);
    }
    this.tell('select-event', { lane, id: event.id });
  }

  /** Put the focus on a lane, by its id. */
  enter(id) { [...this.body.children].find((node) => node.lane.id === id)?.focus({ preventScroll: true }); }

  /** The lane in focus, or null. */
  get focused() { return this.shadowRoot.activeElement?.lane ?? null; }

  /** The frame nearest to `frame` that things snap to, within a few pixels; else `frame`. `but`: an event left out. */
  snapped(frame, but = null, free = false) {
    if (!this.snapping || free) return Math.round(frame);
    const reach = 8 * this.view.scale;
    const { from, to } = this.ruler.marks;
    const edges = [this.clock.frame, ...[from, to].filter((mark) => mark !== null), ...this.lanes.flatMap((lane) =>
      lane.edges(frame - reach, frame + reach).filter((edge) => !but || (edge !== but.first && edge !== but.end)))];
    let best = Math.round(frame);
    let least = reach;
    for (const edge of edges) {
      if (Math.abs(edge - frame) <= least) [best, least] = [edge, Math.abs(edge - frame)];
    }
    return best;
  }
}

Strip.define('ciak-strip');
