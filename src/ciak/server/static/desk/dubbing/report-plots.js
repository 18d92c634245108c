// What the plots of a dub's report show: a measure a plot, over film time and how it spreads.
import { words } from '../../ui/words.js';
import { domain, extent, meanOf } from '../../ui/plot-scale.js';
import { named } from './flags.js';

const SLACK = 0.005;

const rate = (value) => words.number(value, 2);
const share = (value) => words.percent(value);

/** Every measure: where its value stands in a line, what it is held to, and which flags speak of it. */
const MEASURES = [
  { name: 'rate', title: 'report.plot.rate', field: 'rate', format: rate, least: 0, most: 3, flags: ['too-fast', 'no-room'],
    limits: (held) => ({ low: held.slowest, high: held.fastest, slack: SLACK, text: words.say('report.limit.rate') }) },
  { name: 'word-error', title: 'report.plot.word-error', field: 'word_error', format: share, least: 0, most: 1.5, flags: ['unclear'], soft: true, mean: true,
    limits: (held) => ({ high: held.word_error, text: words.say('report.limit.word-error') }) },
  { name: 'slot-used', title: 'report.plot.used', field: 'used', format: share, least: 0, most: 2, flags: ['no-room', 'too-fast'],
    limits: () => ({ high: 1, slack: SLACK, text: words.say('report.limit.used') }) },
  { name: 'confidence', title: 'report.plot.confidence', field: 'confidence', format: share, least: 0, most: 1, flags: ['low-confidence', 'doubtful-words'],
    limits: (held) => ({ low: held.confidence, text: words.say('report.limit.confidence') }) },
];

const USUAL = { slowest: 0.77, fastest: 1.33, word_error: 0.12, confidence: 0.5 };

export const COLUMNS = [
  { name: 'line', key: 'report.column.line', value: (line) => line.frames?.first ?? null },
  { name: 'character', key: 'report.column.character', value: (line, cast) => cast.get(line.character)?.name || line.character },
  { name: 'words', key: 'report.column.words', value: (line) => line.translation || line.source },
  { name: 'slot', key: 'report.column.slot', value: (line) => line.slot, show: seconds },
  { name: 'spoken', key: 'report.column.spoken', value: (line) => line.spoken, show: seconds },
  { name: 'used', key: 'report.column.used', value: (line) => line.used ?? null, show: share },
  { name: 'rate', key: 'report.column.rate', value: (line) => line.rate, show: rate },
  { name: 'error', key: 'report.column.word-error', value: (line) => line.word_error, show: share },
  { name: 'trust', key: 'report.column.confidence', value: (line) => line.confidence ?? null, show: share },
  { name: 'flags', key: 'report.column.flags', value: (line) => line.flags.length },
];

function seconds(value) { return words.say('report.seconds', { value: words.number(value, 2) }); }

/** The data of each plot of a report: [{ time, spread }]. `clock` knows the film's frames and labels. */
export function plots(report, cast, clock) {
  const held = { ...USUAL, ...report.limits };
  const end = Math.max(clock.frames, ...report.lines.map((line) => line.frames?.end ?? 0), 1);
  const lines = [...report.lines].sort((one, other) => (one.frames?.first ?? 0) - (other.frames?.first ?? 0));
  const wanted = MEASURES.filter(({ name, field }) => name !== 'confidence' || lines.some((line) => known(line[field]) !== null));
  return wanted.map((measure) => {
    const points = lines.map((line) => point(line, measure, cast, clock.base));
    const values = points.filter(({ y }) => y !== null).map(({ y }) => y);
    const limits = measure.limits(held);
    const mean = measure.mean && values.length > 1 ? meanOf(values) : null;
    const { name, format, soft = false } = measure;
    const title = words.say(measure.title);
    const shared = {
      name, format, soft, points, limits, end, base: clock.base, film: report.film ?? '', language: report.languages.at(-1) ?? '',
      domain: domain(extent(values) ?? [], [limits.low, limits.high].filter((edge) => edge !== undefined), measure),
      mean: mean && { ...mean, text: words.say('report.limit.mean', { value: words.percent(mean.value, 1) }) },
      rows: () => table(report, lines, measure, cast, clock.base),
    };
    return { time: { ...shared, kind: 'time', title }, spread: { ...shared, kind: 'spread', name: `${name}-spread`, title: words.say('report.spread', { title }), short: words.say('report.spread-short') } };
  });
}

function known(value) { return typeof value === 'number' && Number.isFinite(value) ? value : null; }

function point(line, { field, format, flags }, cast, base) {
  const value = known(line[field]);
  return {
    id: line.id, x: line.frames?.first ?? null, y: value, shown: value === null ? '' : format(value),
    flagged: line.flags.some((flag) => flags.includes(flag.code)), text: line.translation || line.source,
    get head() { return [line.frames ? base.label(line.frames.first) : line.id, cast.get(line.character)?.name || line.character].filter(Boolean).join(' · '); },
    get notes() { return line.flags.map(named).join(', '); },
  };
}

/** The rows of a saved table. Its columns are called as in the dialogue list; what was not measured is empty. */
function table(report, lines, { name, field }, cast, base) {
  const rows = lines.map((line) => [line.id, cast.get(line.character)?.name || line.character,
    line.frames ? base.label(line.frames.first) : '', line.frames?.first ?? '', known(line[field]) ?? '',
    line.flags.map((flag) => flag.code).join(' '), line.source, line.translation]);
  return [['loop', 'character', 'in', 'frame', name.replace('-', '_'), 'flags', 'source', 'translation'], ...rows];
}
