// One row a line of the film: the original's words beside the translation's, in film order.

function row(source, target) {
  const line = source ?? target;
  const flags = new Map([...(source?.flags ?? []), ...(target?.flags ?? [])].map((flag) => [flag.code, flag]));
  const voiced = target ?? source;
  return {
    id: line.id, first: line.frames.first, end: line.frames.end, slot: voiced.slot, character: line.character,
    source: source?.text ?? '', translation: target?.text ?? '', flags: [...flags.values()],
    locked: Boolean(target?.locked || (!target && source?.locked)), confidence: target?.confidence ?? null,
    origin: voiced.origin, takes: target?.takes ?? [], ways: target?.ways ?? [], held: [source, target].map((side) => Boolean(side?.held)),
    presence: source?.presence ?? '', sung: Boolean(source?.sung), told: source?.told ?? '', there: { source, target },
  };
}

/** Rows of two dialogues, each a map from id to line; a translation's own places say nothing where the original is. */
export function rowsOf(source, target) {
  const rows = [...source.values()].map((line) => row(line, target.get(line.id) ?? null));
  if (!source.size) for (const line of target.values()) rows.push(row(null, line));
  return rows.sort((one, other) => one.first - other.first || (one.id < other.id ? -1 : 1));
}

/** Where `frame` falls in rows sorted by `first`: the index of the last that begins at or before it, or -1. */
export function lastBefore(rows, frame) {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rows[middle].first <= frame) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
