// What the page knows of each language: its lines by id, and its captions by keys that a choice can name.
import { rowsOf } from './rows.js';

/** The key of a caption that is being written and not saved yet. */
const DRAFT = 'caption:new';
/** What an edit calls a caption among the lines that it was made on. */
const named = (id) => `caption:${id}`;

const OWN = new Set(['retype', 'lock', 'choose', 'drop-take', 'dismiss', 'subtitle', 'follow']);

/** Whether `changes` are of one language's words, subtitles or captions; all others are the original's. */
export const isOwn = ([{ do: what }]) => OWN.has(what) || what.endsWith('-caption');

export class Dialogues {
  /** A caption that is being written: { key, language, kind, first, end }, or null. */
  draft = null;
  #lines = new Map();
  #captions = new Map();

  clear() {
    this.draft = null;
    this.#lines.clear();
    this.#captions.clear();
  }

  has(language) { return this.#lines.has(language); }

  /** A language as the server tells it. */
  read(language, { lines, captions }) {
    this.#lines.set(language, new Map(lines.map((line) => [line.id, line])));
    this.#hear(language, captions);
  }

  #hear(language, captions) {
    this.#captions.set(language, captions.map((caption) => ({ ...caption, key: `caption:${language}:${caption.id}`, language,
      first: caption.frames.first, end: caption.frames.end })));
  }

  /** One row a line of the film, the original's words beside the translation's. */
  rows(source, target) { return rowsOf(this.#lines.get(source) ?? new Map(), this.#lines.get(target) ?? new Map()); }

  /** All captions of those languages, language by language. */
  captions(...languages) { return languages.flatMap((code) => this.#captions.get(code) ?? []); }

  /** The caption of that key in one of those languages, or the one that is being written; else null. */
  caption(key, ...languages) {
    if (key === DRAFT) return this.draft;
    return this.captions(...languages).find((caption) => caption.key === key) ?? null;
  }

  /** Begin to write a caption; its key. */
  write(caption) {
    this.draft = { ...caption, key: DRAFT };
    return DRAFT;
  }

  /** The versions of the lines and captions that `changes` name, as edits send them. */
  seen(language, changes) {
    const known = this.#lines.get(language) ?? new Map();
    const loops = changes.flatMap((change) => [change.loop, change.first, change.second, ...(change.loops ?? [])]).filter((id) => known.has(id));
    const ids = new Set(changes.map((change) => change.caption));
    return Object.fromEntries([...loops.map((id) => [id, known.get(id).version]),
      ...this.captions(language).filter(({ id }) => ids.has(id)).map(({ id, version }) => [named(id), version])]);
  }

  /** Words as they were typed, before the server has them; whether there are any. */
  foresee(language, changes) {
    const known = this.#lines.get(language);
    const typed = changes.filter((change) => change.do === 'retype');
    for (const { loop, text } of typed) if (known?.has(loop)) known.set(loop, { ...known.get(loop), text });
    return typed.length > 0;
  }

  /** Put what an edit changed into what is known; `replaced(before, after)` is told the versions of each line. */
  take(language, { lines, gone, captions }, replaced) {
    const known = this.#lines.get(language);
    for (const line of lines[language]) {
      replaced(known.get(line.id)?.version, line.version);
      known.set(line.id, line);
    }
    for (const id of gone[language] ?? []) known.delete(id);
    if (!captions[language]) return;
    const before = new Map(this.captions(language).map(({ id, version }) => [id, version]));
    for (const { id, version } of captions[language]) replaced(before.get(id), version);
    this.#hear(language, captions[language]);
  }

  /** Lines and captions as a conflict found them. */
  theirs(language, { theirs, captions }) {
    for (const line of theirs) this.#lines.get(language)?.set(line.id, line);
    const now = new Map(captions.map((caption) => [caption.id, caption]));
    if (now.size) this.#hear(language, this.captions(language).map((caption) => now.get(caption.id) ?? caption));
  }
}
