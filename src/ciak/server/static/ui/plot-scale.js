// Numbers of a plot: which part of the axis is shown, where its ticks stand, what lies outside, how values spread.

const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600, 7200];

/** Whether a value is outside the limits: { low, high, slack }, each of them optional. */
export function outside(value, { low = -Infinity, high = Infinity, slack = 1e-9 } = {}) {
  return value < low - slack || value > high + slack;
}

export function extent(values) {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return values.length ? [low, high] : null;
}

/** Between which values the middle half lies. */
export function quartiles(values) {
  const order = Float64Array.from(values).sort();
  return [0.25, 0.75].map((share) => {
    const at = (order.length - 1) * share;
    const below = Math.floor(at);
    return order[below] + ((order[Math.ceil(at)] ?? 0) - order[below]) * (at - below);
  });
}

/** The part of the axis that shows `values` and `marks` with some air; never beyond `least` and `most`. */
export function domain(values, marks, { least = -Infinity, most = Infinity } = {}) {
  const [low, high] = extent([...marks, ...values.map((value) => Math.max(least, Math.min(most, value)))]) ?? [0, 1];
  const air = (high - low || 1) * 0.08;
  return [low - air < least ? least : low - air, high + air > most ? most : high + air];
}

export function scale([from, to], [start, end]) {
  const slope = (end - start) / (to - from || 1);
  return (value) => start + (Math.max(from, Math.min(to, value)) - from) * slope;
}

/** Round moments from the film's first to its last frame, as [frame, "01:00:10"], at most `most` of them. */
export function moments(base, frames, most) {
  const [hours, minutes, seconds] = base.label(0).split(/[:;]/).map(Number);
  const first = hours * 3600 + minutes * 60 + seconds;
  const length = frames / base.fps;
  const step = STEPS.find((each) => length / each <= most) ?? STEPS.at(-1) * Math.ceil(length / STEPS.at(-1) / most);
  const two = (value) => String(value).padStart(2, '0');
  const found = [];
  for (let at = Math.ceil(first / step) * step; at <= first + length; at += step) {
    const label = [Math.floor(at / 3600) % 24, Math.floor(at / 60) % 60, at % 60].map(two).join(':');
    const frame = base.parse(`${label}:00`) ?? base.parse(`${label}:${two(base.dropped)}`);
    if (frame !== null && frame >= 0 && frame <= frames) found.push([frame, label]);
  }
  return found;
}

/** How many values lie in each of about `count` equal parts; a limit is always the edge of a part. */
export function parts(values, [from, to], limits = {}, count = 24) {
  const { low, high } = limits;
  const known = [low, high].filter((edge) => edge !== undefined);
  const fine = (to - from || 1) / count;
  const span = known.length === 2 ? high - low : known.length ? known[0] - from : 0;
  const width = span > 0 ? span / Math.max(1, Math.round(span / fine)) : fine;
  const start = known.length ? known[0] - Math.ceil((known[0] - from) / width - 1e-6) * width : from;
  const found = [];
  const last = Math.max(0, Math.ceil((to - start) / width - 1e-6) - 1);
  for (let index = 0; index <= last; index += 1) {
    found.push({ from: start + index * width, to: start + (index + 1) * width, count: 0, outside: false });
  }
  for (const value of values) {
    const out = outside(value, limits);
    const held = out ? value : Math.max(low ?? -Infinity, Math.min(high ?? Infinity, value));
    let index = Math.floor((held - start) / width + 1e-6);
    if (!out && high !== undefined && held >= high - width * 1e-6) index = Math.round((high - start) / width) - 1;
    const part = found[Math.max(0, Math.min(last, index))];
    part.count += 1;
    part.outside ||= out;
  }
  return found;
}

/** The mean and where it lies with 95 % confidence: 400 drawings with replacement, always the same ones. */
export function meanOf(values, drawings = 400) {
  if (!values.length) return null;
  const total = values.reduce((sum, value) => sum + value, 0);
  const found = { value: total / values.length, low: null, high: null };
  if (values.length < 8) return found;
  let seed = 20240229;
  const means = new Float64Array(drawings);
  for (let round = 0; round < drawings; round += 1) {
    let sum = 0;
    for (let index = 0; index < values.length; index += 1) {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      sum += values[Math.floor(seed / 4294967296 * values.length)];
    }
    means[round] = sum / values.length;
  }
  means.sort();
  found.low = means[Math.floor(drawings * 0.025)];
  found.high = means[Math.ceil(drawings * 0.975) - 1];
  return found;
}

/** Labels one below the other: `wanted` heights, at least `apart` from each other, between `top` and `bottom`. */
export function apart(wanted, least, top, bottom) {
  const order = wanted.map((y, index) => ({ y: Math.max(top, Math.min(bottom, y)), index })).sort((one, other) => one.y - other.y);
  for (let at = 1; at < order.length; at += 1) order[at].y = Math.max(order[at].y, order[at - 1].y + least);
  for (let at = order.length - 1, floor = bottom; at >= 0; at -= 1, floor -= least) order[at].y = Math.min(order[at].y, floor);
  const found = [];
  for (const { y, index } of order) found[index] = y;
  return found;
}
