// One plot: values over film time, or how they spread. Thin lines, words where they belong, every value within reach.
//
// `data`: { kind: 'time' | 'spread', name, film, language, title, points: [{ id, x, y, flagged, head, text, shown, notes }],
//   domain, limits: { low, high, slack, text }, soft, mean: { value, low, high, text }, end, base, format, rows() }.
// x: first frame or null; y: value or null for what was not measured. Tells "choose-point" with the id of a line.
import { Element, css, h } from './element.js';
import { words } from './words.js';
import { hue } from './plot-hues.js';
import { extent, outside, quartiles } from './plot-scale.js';
import { draw, place, s, sign } from './plot-draw.js';
import { csv, fileName, pngBlob, save, standalone, svgBlob } from './plot-save.js';

const HEIGHT = 184;
const BARE = 64;
const REACH = 28;
const PAINTS = ['text', 'quiet', 'line', 'edge', 'check', 'hue', 'band', 'paper', 'accent'];

const styles = css`
  :host { display: flex; flex-direction: column; min-width: 0; --band: light-dark(#e4e4e4, #1f1f1f); --paper: light-dark(#ffffff, #121212); }
  .figure { display: contents; }
  header { display: flex; align-items: flex-start; gap: 8px; min-height: 32px; }
  h3 { flex: 1; min-width: 0; margin: 0; padding-top: 4px; }
  .told { color: var(--quiet); font-size: 13px; line-height: 24px; padding-bottom: 8px; }
  .told span + span::before { content: "\\00b7"; padding: 0 8px; }
  .told svg { vertical-align: -1px; margin-inline-end: 4px; }
  .save { display: flex; margin-inline-end: -8px; }
  .save button { font-size: 13px; color: var(--quiet); }
  .save button[aria-expanded="true"] { color: var(--text); }
  .frame { position: relative; margin-top: auto; }
  .frame > svg { display: block; overflow: visible; }
  .points { position: absolute; inset: 0; cursor: crosshair; border-radius: 4px; }
  .points:focus-visible { outline-offset: 4px; }
  .label { position: absolute; z-index: 2; width: max-content; max-width: min(336px, 100%); padding: 8px 16px; border-radius: 4px;
    background: var(--raised); color: var(--text); box-shadow: 0 4px 16px rgb(0 0 0 / .35); pointer-events: none; font-size: 13px; line-height: 20px; }
  .label p { overflow-wrap: anywhere; }
  .label .value { font: 400 18px/24px var(--condensed); }
  .label .said { display: -webkit-box; -webkit-line-clamp: 3; -webkit-box-orient: vertical; overflow: hidden; }
  .label .notes { color: var(--check); }
  .label p:empty { display: none; }
`;

export class Plot extends Element {
  static props = { clock: null, data: null };
  static styles = [styles];
  #data = null;
  #placed = null;
  #order = [];
  #active = -1;
  #width = 0;

  build() {
    this.heading = h('h3', { class: 'heading' });
    this.told = h('p', { class: 'told' });
    this.kinds = h('span', { hidden: true, role: 'group' },
      ['svg', 'png', 'csv'].map((kind) => h('button', { 'data-kind': kind, onclick: () => this.export(kind) })));
    this.opens = h('button', { 'aria-expanded': 'false', onclick: () => this.#open(this.kinds.hidden) });
    this.menu = h('div', { class: 'save', onkeydown: (event) => this.#close(event) }, this.kinds, this.opens);
    this.svg = s('svg', { role: 'img' });
    this.points = h('div', { class: 'points', tabindex: '0', role: 'slider', 'aria-valuemin': '1',
      onkeydown: (event) => this.#key(event), onpointermove: (event) => this.#hover(event), onclick: () => this.#choose(),
      onpointerleave: () => this.#leave(), onfocus: () => this.#focused(), onblur: () => this.#show(-1) });
    this.label = h('div', { class: 'label', hidden: true, 'aria-hidden': 'true' });
    this.frame = h('div', { class: 'frame' }, this.svg, this.points, this.label);
    this.figure = h('div', { class: 'figure', role: 'figure' }, h('header', {}, this.heading, this.menu), this.told, this.frame);
    new ResizeObserver(() => { if (this.frame.clientWidth !== this.#width) this.#draw(); }).observe(this.frame);
    return this.figure;
  }

  connected() {
    if (this.clock) this.listen(this.clock, 'frame', () => this.#now());
  }

  update() {
    this.hidden = !this.data;
    if (!this.data) return;
    this.#data = this.#measured(this.data);
    const { title } = this.data;
    this.heading.textContent = this.data.short ?? title;
    this.figure.setAttribute('aria-label', title);
    this.opens.textContent = words.say('plot.save');
    this.opens.setAttribute('aria-label', words.say('plot.save-this', { title }));
    this.kinds.setAttribute('aria-label', words.say('plot.save-this', { title }));
    for (const button of this.kinds.children) {
      const kind = words.say({ svg: 'plot.svg', png: 'plot.png', csv: 'plot.csv' }[button.dataset.kind]);
      button.textContent = kind;
      button.setAttribute('aria-label', words.say('plot.save-as', { title, kind }));
    }
    this.style.setProperty('--hue', hue(this.data.language));
    this.#tellAll();
    this.#draw();
  }

  /** What is counted once, and the words of it. */
  #measured(data) {
    const values = data.points.filter((point) => point.y !== null).map((point) => point.y);
    const { low, high } = data.limits ?? {};
    const out = values.filter((value) => outside(value, data.limits));
    const missing = data.points.length - values.length;
    const above = high === undefined ? 0 : out.filter((value) => value > high).length;
    const flagged = data.points.filter((point) => point.flagged && point.y !== null).length;
    const limited = low !== undefined || high !== undefined;
    const counts = !values.length || !limited ? [] : [
      !above ? null : { side: 'above', at: high, text: words.say('plot.above', { number: above }) },
      { side: 'within', at: (Math.max(low ?? -Infinity, data.domain[0]) + Math.min(high ?? Infinity, data.domain[1])) / 2, text: words.say('plot.within', { number: values.length - out.length }) },
      out.length === above ? null : { side: 'below', at: low, text: words.say('plot.below', { number: out.length - above }) },
    ].filter(Boolean);
    const range = extent(values) ?? undefined;
    const [quarter, half] = quartiles(values);
    const parts = data.kind === 'spread' && values.length ? [['', words.say('plot.half', { low: data.format(quarter), high: data.format(half) })]] : [
      ['', values.length ? words.say('plot.measured', { count: values.length, low: data.format(range[0]), high: data.format(range[1]) }) : words.say('plot.none')],
      limited && values.length ? [data.soft || !out.length ? '' : 'outside', words.say(data.soft ? 'plot.beyond' : 'plot.outside', { count: out.length })] : null,
      flagged ? ['flagged', words.say('plot.flagged', { count: flagged })] : null,
      missing && values.length ? ['missing', words.say('plot.missing', { count: missing })] : null,
    ].filter(Boolean);
    return { ...data, values, range, counts, parts, summary: parts.map(([, text]) => text).join(' · '), none: words.say('plot.none'),
      most: (count) => words.say('plot.lines', { count }) };
  }

  #tellAll() {
    const data = this.#data;
    this.told.replaceChildren(...data.parts.map(([kind, text]) => h('span', {}, kind ? sign(kind, live) : null, text)));
    this.svg.setAttribute('aria-label', words.say('plot.told', { title: data.title, summary: data.summary }));
    this.points.hidden = data.kind !== 'time' || data.points.every((point) => point.x === null);
    this.points.setAttribute('aria-label', words.say('plot.points', { title: data.title }));
    this.points.setAttribute('aria-description', words.say('plot.keys'));
    this.points.setAttribute('aria-valuemax', String(Math.max(1, data.points.length)));
  }

  #draw() {
    const width = this.frame.clientWidth;
    this.#width = width;
    if (!width || !this.#data) return;
    const height = this.data.kind === 'time' && !this.#data.values.length ? BARE : HEIGHT;
    this.#placed = place(this.#data, { width, height });
    for (const [name, value] of [['width', width], ['height', height], ['viewBox', `0 0 ${width} ${height}`]]) this.svg.setAttribute(name, value);
    const { top, bottom } = this.#placed;
    this.playhead = this.data.kind === 'time' ? s('path', { d: `M0 ${top}V${bottom + 4}`, stroke: live('accent'), 'data-playhead': '' }) : null;
    this.ring = s('g', { 'data-active': '', visibility: 'hidden' }, s('path', { stroke: live('accent'), 'stroke-opacity': .5 }),
      s('circle', { r: 6, fill: live('paper'), stroke: live('accent'), 'stroke-width': 2 }));
    this.svg.replaceChildren(...draw(this.#data, this.#placed, live), ...[this.playhead, this.ring].filter(Boolean));
    this.#order = this.#placed.spots.map((spot, index) => (spot ? index : -1)).filter((index) => index >= 0)
      .sort((one, other) => this.#placed.spots[one].x - this.#placed.spots[other].x);
    this.#show(this.shadowRoot.activeElement === this.points ? Math.min(this.#active, this.#order.length - 1) : -1);
    this.#now();
  }

  #now() {
    if (!this.playhead || !this.#placed) return;
    this.playhead.setAttribute('transform', `translate(${Math.round(this.#placed.x(this.clock?.frame ?? 0) * 10) / 10} 0)`);
  }

  /** The point that is looked at; -1: none. */
  #show(at) {
    this.#active = at;
    const spot = this.#placed?.spots[this.#order[at]];
    this.label.hidden = !spot;
    this.ring?.setAttribute('visibility', spot ? 'visible' : 'hidden');
    if (!spot) {
      this.points.setAttribute('aria-valuenow', '1');
      this.points.setAttribute('aria-valuetext', this.#data?.summary ?? '');
      return;
    }
    const { point, x, y } = spot;
    const [line, circle] = this.ring.children;
    line.setAttribute('d', `M${x} ${this.#placed.top}V${this.#placed.bottom + 4}`);
    circle.setAttribute('cx', x);
    circle.setAttribute('cy', y);
    const value = point.y === null ? words.say('plot.none') : point.shown;
    this.label.replaceChildren(h('p', { class: 'quiet', dir: 'auto' }, point.head), h('p', { class: 'value' }, value),
      h('p', { class: 'said', dir: 'auto' }, point.text), h('p', { class: 'notes', dir: 'auto' }, point.notes));
    const { offsetWidth, offsetHeight } = this.label;
    const left = x + 16 + offsetWidth <= this.#width ? x + 16 : Math.max(0, x - 16 - offsetWidth);
    Object.assign(this.label.style, { left: `${left}px`, top: `${Math.max(-offsetHeight / 2, y - offsetHeight / 2)}px` });
    this.points.setAttribute('aria-valuenow', String(at + 1));
    this.points.setAttribute('aria-valuetext', [point.head, value, point.text, point.notes].filter(Boolean).join(', '));
  }

  #hover(event) {
    const box = this.svg.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    let best = -1;
    let nearest = REACH * REACH;
    this.#order.forEach((index, at) => {
      const spot = this.#placed.spots[index];
      const distance = (spot.x - x) ** 2 + (spot.y - y) ** 2;
      if (distance < nearest) [best, nearest] = [at, distance];
    });
    if (best !== this.#active) this.#show(best);
  }

  #leave() { if (this.shadowRoot.activeElement !== this.points) this.#show(-1); }

  /** Reached by keyboard: begin at the point that is nearest to the playhead. */
  #focused() {
    if (this.#active >= 0 || !this.points.matches(':focus-visible')) return;
    const frame = this.clock?.frame ?? 0;
    const after = this.#order.findIndex((index) => this.#placed.spots[index].point.x >= frame);
    this.#show(after < 0 ? this.#order.length - 1 : after);
  }

  #choose() {
    const spot = this.#placed?.spots[this.#order[this.#active]];
    if (!spot) return;
    this.clock?.seek(spot.point.x);
    this.tell('choose-point', spot.point.id);
  }

  #key(event) {
    const last = this.#order.length - 1;
    const now = this.#active;
    const to = { ArrowRight: now + 1, ArrowLeft: now - 1, PageDown: now + 10, PageUp: now - 10, Home: 0, End: last,
      ArrowDown: this.#notable(1), ArrowUp: this.#notable(-1) }[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    if (to !== undefined) this.#show(Math.max(0, Math.min(last, to)));
    else if (event.key === 'Enter') this.#choose();
    else if (event.key === 'Escape' && now >= 0) this.#show(-1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** The next point outside the limits, flagged or not measured in a direction; else where we are. */
  #notable(direction) {
    for (let at = this.#active + direction; at >= 0 && at < this.#order.length; at += direction) {
      const { point } = this.#placed.spots[this.#order[at]];
      if (point.y === null || point.flagged || outside(point.y, this.data.limits)) return at;
    }
    return this.#active;
  }

  #open(open) {
    this.kinds.hidden = !open;
    this.opens.setAttribute('aria-expanded', String(open));
    if (open) this.kinds.firstElementChild.focus();
  }

  #close(event) {
    if (event.key !== 'Escape' || this.kinds.hidden) return;
    event.stopPropagation();
    this.#open(false);
    this.opens.focus();
  }

  /** Save as "svg", "png" or "csv". */
  async export(kind) {
    const data = this.#data;
    const name = fileName([data.film, data.name, data.language], kind);
    if (kind === 'csv') {
      save(new Blob([csv(data.rows())], { type: 'text/csv;charset=utf-8' }), name);
      return;
    }
    const width = Math.max(data.kind === 'time' ? 720 : 320, this.#width);
    const { root, ...size } = standalone(data, { width, height: data.values.length ? HEIGHT : BARE, told: this.svg.getAttribute('aria-label'), ...this.#resolved() });
    save(kind === 'svg' ? svgBlob(root) : await pngBlob(root, size.width, size.height), name);
  }

  /** Colours and fonts as they are now, without custom properties. */
  #resolved() {
    const probe = h('i', { hidden: true });
    this.shadowRoot.append(probe);
    const found = new Map();
    for (const name of PAINTS) {
      probe.style.color = live(name);
      found.set(name, getComputedStyle(probe).color);
    }
    probe.remove();
    const own = getComputedStyle(this);
    const family = (name) => own.getPropertyValue(name).replace(/\s+/g, ' ').trim();
    return { paint: (name) => found.get(name), family: family('--sans'), condensed: family('--condensed') };
  }
}

/** A colour of the theme, to be resolved by the browser. */
function live(name) { return `var(--${name})`; }

Plot.define('ciak-plot');
