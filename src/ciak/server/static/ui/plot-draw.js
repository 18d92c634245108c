// Draws a plot as SVG. Colours come through `paint`: custom properties on the page, plain colours in a saved file.
import { apart, moments, outside, parts, scale } from './plot-scale.js';

const SPACE = 'http://www.w3.org/2000/svg';
const SIZE = 12;
const LEFT = 48;
const RIGHT = 112;
const ROW = 22;
const CLOSE = 15;

export function s(tag, given = {}, ...children) {
  const node = document.createElementNS(SPACE, tag);
  for (const [name, value] of Object.entries(given)) if (value !== null && value !== undefined) node.setAttribute(name, value);
  node.append(...children.flat().filter(Boolean));
  return node;
}

const near = (value) => Math.round(value * 10) / 10;
const dot = (x, y, r) => `M${near(x - r)} ${near(y)}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0`;
const diamond = (x, y, r) => `M${near(x - r)} ${near(y)}l${r} ${-r}l${r} ${r}l${-r} ${r}z`;

/** The sign of a kind of point, to stand in a sentence: "outside", "flagged" or "missing". */
export function sign(kind, paint) {
  const drawing = s('svg', { viewBox: '0 0 12 12', width: 12, height: 12, 'aria-hidden': 'true' });
  drawing.append(mark(kind, 6, 6, paint));
  return drawing;
}

function mark(kind, x, y, paint) {
  if (kind === 'outside') return s('path', { d: diamond(x, y, 4.5), fill: paint('check') });
  if (kind === 'flagged') return s('path', { d: dot(x, y, 4.5), fill: 'none', stroke: paint('check'), 'stroke-width': 1.25 });
  return s('path', { d: dot(x, y, 3), fill: 'none', stroke: paint('quiet'), 'stroke-width': 1 });
}

/** Where everything stands: the frame of the plot, and x and y of each point (null: it has no place). */
export function place(data, { width, height, top = 0 }) {
  const time = data.kind === 'time';
  const missing = data.points.some((point) => point.y === null && point.x !== null);
  const measured = data.points.some((point) => point.y !== null);
  const frame = { left: LEFT, right: width - (time ? RIGHT : 0), top: top + 8, bottom: height - 26 - (missing ? ROW : 0) };
  const y = scale(data.domain, [frame.bottom, frame.top]);
  const x = scale([0, Math.max(1, data.end)], [frame.left + 6, Math.max(frame.left + 7, frame.right - 6)]);
  const row = missing ? frame.bottom + ROW - 6 : null;
  const spots = time ? data.points.map((point) => point.x === null ? null
    : { x: x(point.x), y: point.y === null ? row : y(point.y), point }) : [];
  return { ...frame, x, y, row, spots, measured };
}

/** The drawing: a list of nodes. `paint(name)` is a colour. */
export function draw(data, placed, paint) {
  const nodes = [...bands(data, placed, paint), ...axis(data, placed, paint)];
  nodes.push(...(data.kind === 'time' ? dots(data, placed, paint) : bars(data, placed, paint)));
  return nodes;
}

function write(text, x, y, paint, { anchor = 'start', colour = 'quiet' } = {}) {
  const node = s('text', { x: near(x), y: near(y), fill: paint(colour), 'font-size': SIZE, 'text-anchor': anchor });
  node.textContent = text;
  return node;
}

function bands(data, { left, right, y }, paint) {
  const nodes = [];
  const { low, high } = data.limits ?? {};
  if (low !== undefined && high !== undefined) {
    nodes.push(s('rect', { x: left, y: near(y(high)), width: near(right - left), height: near(y(low) - y(high)), fill: paint('band') }));
  } else {
    for (const edge of [low, high]) {
      if (edge !== undefined) nodes.push(s('path', { d: `M${left} ${near(y(edge))}H${near(right)}`, stroke: paint('edge'), fill: 'none', 'stroke-dasharray': '1 3' }));
    }
  }
  const mean = data.kind === 'time' ? data.mean : null;
  if (mean && mean.low !== null) {
    nodes.push(s('rect', { x: left, y: near(y(mean.high)), width: near(right - left), height: Math.max(1, near(y(mean.low) - y(mean.high))), fill: paint('hue'), 'fill-opacity': .22 }));
  }
  if (mean) nodes.push(s('path', { d: `M${left} ${near(y(mean.value))}H${near(right)}`, stroke: paint('hue'), fill: 'none' }));
  return nodes;
}

/** The value axis runs from the least to the greatest value and names those, and the limits. */
function axis(data, { left, y, top, bottom, measured }, paint) {
  const edges = [data.limits?.low, data.limits?.high].filter((edge) => edge !== undefined);
  const named = [...edges];
  const [low, high] = data.range ?? [];
  for (const value of [high, low]) {
    const shown = value !== undefined && value >= data.domain[0] && value <= data.domain[1];
    if (shown && named.every((other) => Math.abs(y(other) - y(value)) >= CLOSE)) named.push(value);
  }
  const nodes = named.filter((value) => y(value) >= top - 1 && y(value) <= bottom + 1)
    .map((value) => write(data.format(value), left - 10, y(value) + 4, paint, { anchor: 'end', colour: edges.includes(value) ? 'text' : 'quiet' }));
  if (measured) nodes.push(s('path', { d: `M${left - 4} ${near(y(high))}V${near(y(low))}`, stroke: paint('edge'), fill: 'none' }));
  return nodes;
}

function dots(data, placed, paint) {
  const { left, right, top, bottom, y, x, row, spots } = placed;
  const count = data.points.length;
  const radius = count <= 60 ? 3.5 : count <= 400 ? 2.5 : 1.75;
  const paths = { missing: [], inside: [], outside: [], flagged: [] };
  for (const spot of spots) {
    if (!spot) continue;
    if (spot.point.y === null) {
      paths.missing.push(dot(spot.x, spot.y, Math.min(3, radius + .5)));
      continue;
    }
    const out = !data.soft && outside(spot.point.y, data.limits);
    paths[out ? 'outside' : 'inside'].push(out ? diamond(spot.x, spot.y, radius + 1.5) : dot(spot.x, spot.y, radius));
    if (spot.point.flagged) paths.flagged.push(dot(spot.x, spot.y, radius + 3));
  }
  const path = (name, given) => paths[name].length
    ? s('path', { 'data-points': name, 'data-count': paths[name].length, d: paths[name].join(''), ...given }) : null;
  const nodes = [
    path('missing', { fill: 'none', stroke: paint('quiet') }),
    path('inside', { fill: paint('hue'), 'fill-opacity': count > 400 ? .7 : .9 }),
    path('outside', { fill: paint('check') }),
    path('flagged', { fill: 'none', stroke: paint('check'), 'stroke-width': 1.25 }),
  ].filter(Boolean);
  const base = bottom + (row === null ? 4 : ROW + 2);
  nodes.push(s('path', { d: `M${left} ${near(base)}H${near(right)}`, stroke: paint('line'), fill: 'none' }));
  let last = -Infinity;
  for (const [frame, label] of moments(data.base, data.end, Math.max(1, Math.floor((right - left) / 110)))) {
    const at = Math.max(left + 24, x(frame));
    if (at - last < 72 || at > right + 30) continue;
    last = at;
    nodes.push(s('path', { d: `M${near(x(frame))} ${near(base)}v4`, stroke: paint('edge'), fill: 'none' }));
    nodes.push(write(label, at, base + 17, paint, { anchor: 'middle' }));
  }
  const { low, high } = data.limits ?? {};
  const labels = [];
  if (data.limits?.text) {
    const at = low !== undefined && high !== undefined ? (low + high) / 2 : low ?? high;
    labels.push({ text: data.limits.text, y: y(at), colour: 'quiet' });
  }
  if (data.mean) labels.push({ text: data.mean.text, y: y(data.mean.value), colour: 'hue' });
  const heights = apart(labels.map((label) => label.y), CLOSE, top + 2, bottom);
  labels.forEach((label, index) => nodes.push(write(label.text, right + 8, heights[index] + 4, paint, { colour: label.colour })));
  if (row !== null) nodes.push(write(data.none, right + 8, row + 4, paint));
  return nodes;
}

/** How the values spread: thin bars on the same value axis, and how many lie within the limits and outside. */
function bars(data, { left, right, top, bottom, y, row }, paint) {
  const base = bottom + (row === null ? 4 : ROW + 2);
  const found = parts(data.values, data.domain, data.limits);
  const most = Math.max(1, ...found.map((part) => part.count));
  const room = Math.max(8, right - left - 76);
  const lines = { true: [], false: [] };
  for (const part of found) {
    if (!part.count) continue;
    const [high, low] = [Math.max(top, y(part.to)), Math.min(bottom, y(part.from))];
    const thick = Math.max(1, near(low - high - 1));
    lines[part.outside && !data.soft].push(`M${left} ${near(high + .5)}h${near(Math.max(1.5, part.count / most * room))}v${thick}H${left}z`);
  }
  const nodes = [
    lines.false.length ? s('path', { 'data-points': 'inside', d: lines.false.join(''), fill: paint('hue'), 'fill-opacity': .9 }) : null,
    lines.true.length ? s('path', { 'data-points': 'outside', d: lines.true.join(''), fill: 'none', stroke: paint('check') }) : null,
  ].filter(Boolean);
  const labels = data.counts.map((each) => ({ ...each, y: y(each.at) + (each.side === 'above' ? -12 : each.side === 'below' ? 12 : 0) }));
  const heights = apart(labels.map((label) => label.y), CLOSE, top + 2, bottom - 2);
  labels.forEach((label, index) => nodes.push(write(label.text, right, heights[index] + 4, paint,
    { anchor: 'end', colour: label.side === 'within' || data.soft ? 'quiet' : 'check' })));
  nodes.push(s('path', { d: `M${left} ${near(base)}H${near(right)}`, stroke: paint('line'), fill: 'none' }));
  nodes.push(s('path', { d: `M${near(left + room)} ${near(base)}v4`, stroke: paint('edge'), fill: 'none' }));
  nodes.push(write(data.most(most), left + room, base + 17, paint, { anchor: 'middle' }));
  return nodes;
}
