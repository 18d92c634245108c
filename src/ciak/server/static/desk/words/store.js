// What the Words page knows beside the film's state: glossary, proposals, profiles, and each language read over. A part
// is asked for when the page shows it, languages one after the other; what is stale stays in view until it is read anew.

/** A part: what was told, why it could not be, and whether it has to be asked for again. */
const fresh = () => ({ value: null, problem: null, stale: true, asking: false });

export class WordsStore extends EventTarget {
  #api = null;
  #parts = new Map();
  #turn = Promise.resolve();

  /** Another film. */
  use(api) {
    if (api === this.#api) return;
    this.#api = api;
    this.#parts.clear();
  }

  #part(name) {
    if (!this.#parts.has(name)) this.#parts.set(name, fresh());
    return this.#parts.get(name);
  }

  value(name) { return this.#part(name).value; }
  problem(name) { return this.#part(name).problem; }
  waits(name) { return this.#part(name).value === null && !this.#part(name).problem; }

  /** `name` begins with one of `names`: it is no longer as it was told. */
  spoil(...names) {
    for (const [name, part] of this.#parts) if (names.some((start) => name.startsWith(start))) part.stale = true;
    this.#tell();
  }

  /** What was told by an edit's answer. */
  put(name, value) { Object.assign(this.#part(name), { value, problem: null, stale: false }); this.#tell(); }

  /** See to it that these parts are known: `words`, `proposals`, `profiles`, `reading/it`. */
  want(...names) {
    for (const name of names) {
      const part = this.#part(name);
      if (!this.#api || !part.stale || part.asking) continue;
      part.asking = true;
      const read = () => this.#read(name, part, this.#api);
      if (name.startsWith('reading')) this.#turn = this.#turn.then(read);
      else read();
    }
  }

  async #read(name, part, api) {
    part.stale = false;
    try {
      const [what, language] = name.split('/');
      const value = await api[what](language);
      Object.assign(part, { value, problem: null });
    } catch (problem) {
      part.problem = problem;
    }
    part.asking = false;
    if (api === this.#api) this.#tell();
  }

  #tell() { this.dispatchEvent(new Event('change')); }
}

/** How a term is written in a language; null where that is left open. */
export function wording(term, language) {
  if (language === term.language) return term.term;
  return term.renderings[language] ?? (term.kind === 'name' ? term.term : null);
}

/** How a translation that was read over keeps to a term; null where the term does not come up in it. */
export function keeping(term, reading) {
  if (!reading?.source) return null;
  const [one, other] = [wording(term, reading.source), wording(term, reading.language)];
  return reading.keeping.find((entry) => entry.term === one && entry.rendering === other) ?? null;
}

/** Save an edit of one term; it can be made again over what somebody else made of the term meanwhile. `shown`: how it is
 *  told beside theirs, where its own words do not tell it. */
export function editTerm(state, change, shown = change) {
  return state.editWords(change, (error) => {
    const { id, seen, ...told } = change;
    if (error.term) return editTerm(state, { ...change, seen: error.term.version }, shown);
    return change.do === 'change' ? editTerm(state, { ...told, do: 'add' }, shown) : null;
  }, shown);
}
