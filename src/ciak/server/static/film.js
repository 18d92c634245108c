// What the page knows of the film: read once, chosen from by the reader. Tells "change" with the names that changed.
import { api } from './api.js';

export class FilmState extends EventTarget {
  film = null;
  cast = new Map();
  lines = [];
  report = null;
  cues = [];
  jobs = [];
  sound = null;
  subtitles = null;
  problem = null;
  waiting = 'film';
  #target = null;
  #dialogues = new Map();
  #subtitles = new Map();

  #tell(...names) {
    this.dispatchEvent(new CustomEvent('change', { detail: new Set(names) }));
  }

  language(code) {
    return this.film?.languages.find((entry) => entry.code === code) ?? null;
  }

  /** The language the original speaks, and the one it is compared with. */
  get source() { return this.film?.languages.find((entry) => entry.original)?.code ?? null; }
  get target() {
    const others = (this.film?.languages ?? []).filter((entry) => !entry.original && entry.lines);
    return others.find((entry) => entry.code === this.#target)?.code ?? others[0]?.code ?? null;
  }

  async load() {
    this.problem = null;
    this.waiting = 'film';
    this.#tell('waiting', 'problem');
    try {
      const [film, cast, report] = await Promise.all([api.film(), api.cast(), api.report()]);
      this.film = film;
      this.cast = new Map(cast.members.map((member) => [member.id, member]));
      this.report = report;
      this.#dialogues.clear();
      this.#subtitles.clear();
      const playable = film.languages.filter((entry) => entry.proxy);
      if (!playable.some((entry) => entry.code === this.sound)) {
        this.sound = (playable.find((entry) => !entry.original) ?? playable[0])?.code ?? null;
      }
      if (this.sound && !this.language(this.sound).original) this.#target = this.sound;
      this.waiting = 'dialogue';
      this.#tell('film', 'cast', 'report', 'sound', 'waiting');
      await Promise.all([this.#compare(), this.chooseSubtitles(this.subtitles ?? '')]);
      this.waiting = null;
      this.#tell('waiting');
    } catch (error) {
      this.#failed(error);
    }
  }

  #failed(error) {
    this.problem = error;
    this.waiting = null;
    this.#tell('problem', 'waiting');
  }

  async chooseSound(code) {
    if (code === this.sound || !this.language(code)?.proxy) return;
    this.sound = code;
    this.#tell('sound');
    if (!this.language(code).original && code !== this.#target) {
      this.#target = code;
      await this.#compare().catch((error) => this.#failed(error));
    }
  }

  /** `code`: a language, or the empty string for none. */
  async chooseSubtitles(code) {
    this.subtitles = code;
    this.#tell('subtitles');
    if (code && !this.#subtitles.has(code)) {
      this.#subtitles.set(code, await api.subtitles(code).then((told) => told.cues, () => []));
    }
    if (this.subtitles === code) {
      this.cues = this.#subtitles.get(code) ?? [];
      this.#tell('cues');
    }
  }

  async refreshJobs() {
    const busy = this.jobs.length > 0;
    this.jobs = (await api.jobs().catch(() => [])).filter((job) => ['queued', 'running'].includes(job.state));
    this.#tell('jobs');
    if (busy && !this.jobs.length) await this.load();
  }

  async #dialogue(code) {
    if (!code || !this.language(code)?.lines) return [];
    if (!this.#dialogues.has(code)) this.#dialogues.set(code, (await api.dialogue(code)).lines);
    return this.#dialogues.get(code);
  }

  /** One row a line of the film, the original's words beside the translation's. */
  async #compare() {
    const [source, target] = await Promise.all([this.#dialogue(this.source), this.#dialogue(this.target)]);
    const spoken = new Map(target.map((line) => [line.id, line]));
    const rows = source.map((line) => row(line, spoken.get(line.id)));
    const known = new Set(source.map((line) => line.id));
    for (const line of target) if (!known.has(line.id)) rows.push(row(null, line));
    this.lines = rows.sort((one, other) => one.first - other.first);
    this.#tell('lines');
  }
}

function row(source, target) {
  const line = source ?? target;
  const flags = new Map([...(source?.flags ?? []), ...(target?.flags ?? [])].map((flag) => [flag.code, flag]));
  return {
    id: line.id, first: line.frames.first, end: line.frames.end, character: (target ?? source).character,
    source: source?.text ?? '', translation: target?.text ?? '', flags: [...flags.values()],
    locked: Boolean(target?.locked),
  };
}
