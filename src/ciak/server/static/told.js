// What the server has told about the state of a film's papers, so that only what changed is asked for again.

/** Versions of a paper that are remembered. */
const MOST = 50;
const LIVE = new Set(['queued', 'running']);

export class Told {
  #versions = {};
  #past = new Map();
  #revisions = new Map();
  #live = new Set();

  clear() {
    this.#versions = {};
    this.#past.clear();
    this.#revisions.clear();
    this.#live.clear();
  }

  /** The stream told its state: the names of what is not as it was, nor as it once was: a state may be told late. Until
   *  the film was read (`ready`) the first state is kept, so that a change made meanwhile is read again. */
  heard(versions, ready) {
    const before = this.#versions;
    const first = !Object.keys(before).length;
    if (first || ready) this.#now(versions);
    if (first || !ready) return new Set();
    return new Set(Object.keys({ ...before, ...versions }).filter((name) => before[name] !== versions[name]
      && !name.startsWith('subtitles/') && !this.#past.get(name)?.has(versions[name])));
  }

  #now(versions) {
    for (const [name, version] of Object.entries(this.#versions)) {
      if (versions[name] === version || !name.startsWith('dialogue/')) continue; // what else is told may come back as it was
      const past = this.#past.get(name) ?? new Set();
      this.#past.set(name, past.add(version));
      if (past.size > MOST) past.delete(past.values().next().value);
    }
    this.#versions = versions;
  }

  /** Names of what work that has ended since may have made, which no paper's version tells. */
  ended(jobs) {
    const done = jobs.some((job) => this.#live.has(job.id) && !LIVE.has(job.state));
    this.#live = new Set(jobs.filter((job) => LIVE.has(job.state)).map((job) => job.id));
    return done ? ['film', 'activity'] : [];
  }

  /** A dialogue was read. */
  read(language, revision) { this.#revisions.set(language, revision); }

  /** An edit of this page was saved. Where nobody else saved in between, what the stream will tell is known. */
  saved(language, { revisions, versions }) {
    const name = `dialogue/${language}`;
    if (revisions[language] !== this.#revisions.get(language) + 1) return;
    this.#revisions.set(language, revisions[language]);
    this.#now({ ...this.#versions, [name]: versions[name] });
  }
}
