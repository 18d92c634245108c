// What the page knows of one film: read once, then kept in step with the server. Tells "change" with the names that
// changed, "saved" after each edit, "conflict" when somebody else changed the same line.
import { ApiError, FilmApi } from './api.js';
import { Dialogues } from './dialogues.js';
import { Events } from './events.js';
import { Later } from './later.js';
import { Subtitles } from './subtitles.js';
import { Told } from './told.js';
import { Saving } from './saving.js';

/** Milliseconds after an edit at which subtitles are asked for again. */
const CUES_AFTER = 700;
const castOf = ({ members }) => new Map(members.map((member) => [member.id, member]));
const TARGETED = new Set(['retype', 'lock', 'choose', 'drop-take', 'dismiss', 'subtitle', 'follow']);

export class FilmState extends EventTarget {
  key = '';
  film = null;
  cast = new Map();
  lines = [];
  report = null;
  cues = [];
  shots = null;
  jobs = [];
  undo = { undo: null, redo: null };
  sound = null;
  subtitles = null;
  problem = null;
  lost = false;
  waiting = 'film';
  selected = '';
  #target = null;
  #dialogues = new Dialogues();
  #cues = new Subtitles();
  #told = new Told();
  #subtitlesLater = new Later(CUES_AFTER, (codes) => this.#readCues(codes).catch(() => {}));
  #events = new Events();
  #saving = new Saving((lost) => this.#found(lost), () => this.#events.lost);

  constructor() {
    super();
    this.#events.addEventListener('state', (event) => this.#heard(event.detail));
    this.#events.addEventListener('lost', () => this.#found(true));
    this.#events.addEventListener('found', () => this.#found(false));
  }

  #tell(...names) { this.dispatchEvent(new CustomEvent('change', { detail: new Set(names) })); }

  #found(lost) {
    if (this.lost === lost) return;
    this.lost = lost;
    this.#tell('lost');
  }

  language(code) { return this.film?.languages.find((entry) => entry.code === code) ?? null; }

  /** The language the original speaks, and the one it is compared with. */
  get source() { return this.film?.languages.find((entry) => entry.original)?.code ?? null; }
  get target() {
    const others = (this.film?.languages ?? []).filter((entry) => !entry.original && entry.lines);
    return others.find((entry) => entry.code === this.#target)?.code ?? others[0]?.code ?? null;
  }

  get line() { return this.lines.find((line) => line.id === this.selected) ?? null; }

  /** The captions of both languages, those of the original first; the one that is chosen. */
  get captions() { return this.#dialogues.captions(this.source, this.target); }
  get caption() { return this.#dialogues.caption(this.selected, this.source, this.target); }

  /** The subtitles of each language; the one that is chosen. */
  get cuesOf() { return this.#cues.of; }
  get subtitle() { return this.#cues.find(this.selected); }

  /** Whether something of that id can be chosen. */
  knows(id) { return [...this.lines, ...this.captions, ...[...this.cuesOf.values()].flat()].some((one) => id === (one.key ?? one.id)); }

  /** Write a new caption: { language, kind, first, end }. It is there once it is saved. */
  draft(caption) { this.select(this.#dialogues.write(caption)); }

  select(id) {
    if (id !== this.selected) Object.assign(this, { selected: id }).#tell('selected');
  }

  /** Another film; the empty string: none. */
  async use(key) {
    if (key === this.key) return;
    Object.assign(this, { key, film: null, cast: new Map(), lines: [], report: null, cues: [],
      shots: null, jobs: [], undo: { undo: null, redo: null }, sound: null, subtitles: null, selected: '', problem: null });
    this.#target = null;
    this.#dialogues.clear();
    this.#cues.clear();
    this.#told.clear();
    this.#subtitlesLater.forget();
    this.#events.listen('');
    this.api = key ? new FilmApi(key) : null;
    this.#tell('film', 'lines', 'cast', 'report', 'shots', 'jobs', 'cues', 'selected', 'undo');
    if (!key) return;
    this.#events.listen(this.api.events);
    await this.load();
    if (this.key === key && !this.problem) this.api.opened().catch(() => {});
  }

  async load() {
    const { key } = this;
    Object.assign(this, { problem: null, waiting: 'film' }).#tell('waiting', 'problem');
    try {
      const [film, cast, report, shots, undo] = await Promise.all([this.api.read(), this.api.cast(), this.api.report(),
        this.api.shots(), this.api.undoState()]);
      if (this.key !== key) return;
      Object.assign(this, { film, report, shots, undo, cast: castOf(cast) });
      this.#choose();
      this.waiting = 'dialogue';
      this.#tell('film', 'cast', 'report', 'sound', 'shots', 'undo', 'waiting');
      await Promise.all([this.#compare(), this.#readCues()]);
      this.waiting = null;
      this.#tell('waiting');
    } catch (error) {
      if (this.key === key) this.#failed(error);
    }
  }

  #choose() {
    const playable = this.film.languages.filter((entry) => entry.proxy);
    if (!playable.some((entry) => entry.code === this.sound)) {
      this.sound = (playable.find((entry) => !entry.original) ?? playable[0])?.code ?? null;
    }
    if (this.sound && !this.language(this.sound).original) this.#target = this.sound;
    if (this.subtitles === null) this.subtitles = '';
  }

  #failed(error) {
    Object.assign(this, { problem: error, waiting: null });
    this.#tell('problem', 'waiting');
  }

  async chooseSound(code) {
    if (code === this.sound || !this.language(code)?.proxy) return;
    this.sound = code;
    this.#tell('sound');
    if (!this.language(code).original && code !== this.#target) await this.chooseTarget(code);
  }

  async chooseTarget(code) {
    this.#target = code;
    await this.#compare().catch((error) => this.#failed(error));
  }

  /** `code`: a language, or the empty string for none. */
  chooseSubtitles(code) {
    this.subtitles = code;
    this.cues = this.cuesOf.get(code) ?? [];
    this.#tell('subtitles', 'cues');
  }

  async #readCues(codes = null) {
    const asked = this.film.languages.filter((entry) => entry.subtitles && (!codes || codes.has(entry.code))).map(({ code }) => code);
    if (await this.#cues.ask(this.api, asked)) this.#shown();
    else this.#subtitlesLater.ask(asked); // a person was quicker
  }

  #shown() {
    if (this.selected.startsWith('subtitle:') && !this.subtitle) this.selected = '';
    this.chooseSubtitles(this.subtitles ?? '');
    this.#tell('selected');
  }

  /** `loops` share the subtitles `shown`, at once; the one that begins at `first` is chosen. */
  setSubtitles(language, loops, shown, first) {
    this.selected = this.#cues.set(language, loops, shown, first);
    this.#shown();
    return this.edit([{ do: 'subtitle', loops, shown }], language);
  }

  /** The server told its state: ask again for what is not as it was, once what is being saved has its answer, which
   *  may tell the same. */
  async #heard(state) {
    const { key } = this;
    this.jobs = state.jobs;
    this.#tell('jobs');
    await this.#saving.next(async () => {
      if (this.key !== key) return;
      const changed = new Set([...this.#told.heard(state.versions, Boolean(this.film)), ...this.#told.ended(state.jobs)]);
      if (changed.size && this.film) await this.#refresh(changed).catch((error) => this.#failed(error));
    });
  }

  async #refresh(changed) {
    const spoken = new Set([...changed].filter((name) => name.startsWith('dialogue/')).map((name) => name.slice(9)));
    const told = ['activity', ...(changed.has('glossary') ? ['glossary'] : [])];
    if (changed.has('film') || spoken.size) {
      const { profile } = this.film;
      this.film = await this.api.read();
      this.#choose();
      told.push('film', 'sound');
      if (this.film.profile !== profile) await this.#readCues();
    }
    for (const [name, part, ask] of [['cast', 'cast', 'cast'], ['report', 'report', 'report'], ['activity', 'undo', 'undoState'], ['shots', 'shots', 'shots']]) {
      if (!changed.has(name)) continue;
      this[part] = part === 'cast' ? castOf(await this.api.cast()) : await this.api[ask]();
      told.push(part);
    }
    this.#tell(...told);
    if (spoken.size) {
      for (const code of spoken) if (this.#dialogues.has(code)) await this.#readDialogue(code);
      await Promise.all([this.#compare(), this.#readCues(spoken)]);
    }
  }

  async #dialogue(code) {
    const entry = this.language(code);
    if ((entry?.lines || entry?.captions) && !this.#dialogues.has(code)) await this.#readDialogue(code);
  }

  async #readDialogue(code) {
    const { key } = this;
    const told = await this.api.dialogue(code);
    if (this.key !== key) return;
    this.#told.read(code, told.revision);
    this.#dialogues.read(code, told);
  }

  async #compare() {
    const { key } = this;
    await Promise.all([this.#dialogue(this.source), this.#dialogue(this.target)]);
    if (this.key === key) this.#show();
  }

  #show() {
    this.lines = this.#dialogues.rows(this.source, this.target);
    if (this.selected && !this.line && !this.caption && !this.subtitle) this.selected = '';
    this.#tell('lines', 'captions', 'selected');
  }

  /** `changes` as the contract has them: of words, captions and subtitles in `language`, of places and speakers in the
   *  original. They are sent one after the other, as they were made. `known`: line to the version that was seen, if old. */
  edit(changes, language = null, known = {}) {
    const own = TARGETED.has(changes[0].do) || changes[0].do.endsWith('-caption');
    const spoken = own ? language ?? this.target ?? this.source : this.source;
    const began = performance.now();
    if (this.#dialogues.foresee(spoken, changes)) this.#show();
    return this.#saving.next(() => this.#send(changes, spoken, began, known));
  }

  async #send(changes, language, began, seenBefore) {
    const seen = { ...this.#dialogues.seen(language, changes),
      ...Object.fromEntries(Object.entries(seenBefore).map(([id, version]) => [id, this.#saving.newest(version)])) };
    return this.#settle(() => this.api.edit(language, changes, seen), () => this.edit(changes, language), { changes, language, began });
  }

  takeBack() { return this.#queue(() => this.api.undo()); }
  makeAgain() { return this.#queue(() => this.api.redo()); }
  editCast(member, changed) {
    const seen = this.cast.get(member)?.version;
    return this.#queue(() => this.api.editCast(member, { ...changed, seen }), () => this.editCast(member, changed), [changed]);
  }

  editWords(change, again, shown) { return this.#queue(() => this.api.editWords(change), again, [shown]); }

  #queue(call, again = null, changes = [], began = performance.now()) {
    return this.#saving.next(() => this.#settle(call, again, { changes, began }));
  }

  async #settle(call, again, made) {
    try {
      const done = await this.#saving.patiently(call);
      this.#take(done);
      this.dispatchEvent(new CustomEvent('saved', { detail: { ...made, milliseconds: performance.now() - made.began } }));
      return done;
    } catch (error) {
      if (made.language) this.#subtitlesLater.ask([made.language]);
      if (error instanceof ApiError && error.status === 409) {
        this.#dialogues.theirs(made.language, error);
        if (error.row) this.cast = new Map(this.cast).set(error.row.id, error.row);
        await this.#compare().catch(() => {});
        this.dispatchEvent(new CustomEvent('conflict', { detail: { ...made, error, again: again && (() => again(error)) } }));
      } else {
        if (this.#dialogues.has(made.language)) await this.#readDialogue(made.language).then(() => this.#show(), () => {});
        this.dispatchEvent(new CustomEvent('refused', { detail: error }));
      }
      return null;
    }
  }

  /** Whether something that was changed is not saved yet, because the studio does not answer. */
  get holding() { return this.#saving.held > 0 && this.lost; }

  /** Put what an edit changed into what is known. */
  #take(done) {
    for (const language of Object.keys(done.lines).filter((code) => this.#dialogues.has(code))) {
      this.#dialogues.take(language, done, (before, after) => this.#saving.replaced(before, after));
      this.#told.saved(language, done);
    }
    this.#subtitlesLater.ask(Object.keys(done.lines));
    this.undo = done.undo;
    if (done.cast) this.cast = castOf(done.cast);
    this.#tell('undo', 'cast');
    this.#show();
  }
}
