// The studio: one film, one clock, one strip. Puts rail, picture, desk, inspector and strip side by side and carries
// what is chosen from one to the other.
import { Element, css, h } from '../ui/element.js';
import { words } from '../ui/words.js';
import { preferences } from '../preferences.js';
import { FilmState } from '../film.js';
import { house } from '../api.js';
import { Clock } from '../strip/clock.js';
import { Ruler } from '../strip/ruler.js';
import { TakePlayer } from '../strip/take.js';
import { Timebase } from '../strip/timebase.js';
import { DubbingLanes } from '../desk/dubbing/lanes.js';
import { Chosen } from './chosen.js';
import { Moves } from './moves.js';
import { action, taken } from './keys.js';
import { failure, linesNotice, pictureNotice, reportNotice } from './notices.js';
import { Route } from './route.js';
import './rail.js';
import './topline.js';
import './help.js';
import './jobs.js';
import './work.js';
import './bring.js';
import './shelf.js';
import './activity.js';
import './conflict.js';
import './inspector.js';
import '../strip/strip.js';
import '../picture/picture.js';
import '../picture/transport.js';
import '../desk/dubbing/lines.js';
import '../desk/dubbing/report.js';
import '../desk/words/words.js';

const styles = css`
  :host { display: grid; height: 100vh; height: 100dvh; grid-template: 48px minmax(0, 1fr) auto / 184px minmax(0, 1fr) minmax(384px, var(--desk, 36vw));
    grid-template-areas: "top top top" "rail stage desk" "rail strip strip"; }
  ciak-topline { grid-area: top; border-bottom: 1px solid var(--line); }
  ciak-rail { grid-area: rail; }
  .left { grid-area: stage; display: flex; flex-direction: column; min-height: 0; min-width: 0; }
  .stage { display: flex; flex-direction: column; min-height: 0; background: #000; flex: 0 1 auto; }
  ciak-picture, ciak-bring { aspect-ratio: 16 / 9; max-height: 38vh; width: 100%; }
  ciak-bring.slim { aspect-ratio: auto; max-height: none; flex: none; border-bottom: 1px solid var(--line); }
  .bar { padding: 0 16px 4px; border-bottom: 1px solid var(--line); background: var(--ground); }
  .stage:fullscreen ciak-picture { aspect-ratio: auto; flex: 1; max-height: none; }
  .stage:fullscreen .bar { padding-bottom: 16px; }
  ciak-inspector { flex: 1 1 0; }
  .desk { grid-area: desk; display: grid; grid-template: minmax(0, 1fr) / minmax(0, 1fr); min-height: 0; min-width: 0; border-inline-start: 1px solid var(--line); }
  ciak-strip { grid-area: strip; height: min(256px, 32vh); }
  ciak-shelf { grid-area: stage / stage / desk / desk; }
  :host(.shelf) .left, :host(.shelf) .desk, :host(.shelf) ciak-strip { display: none; }
  :host(.bare) ciak-strip { display: none; }
  :host(.wide) { --desk: max(42vw, min(50vw, 640px)); }
  @media (min-width: 1600px) {
    :host { grid-template-columns: 200px minmax(0, 1fr) minmax(440px, var(--desk, 32vw)) 344px;
      grid-template-areas: "top top top top" "rail stage desk side" "rail strip strip strip"; }
    .left { display: contents; }
    .stage { grid-area: stage; align-self: start; }
    .left > ciak-bring.slim { grid-area: stage; align-self: end; }
    ciak-picture, ciak-bring { max-height: none; }
    ciak-inspector { grid-area: side; border-inline-start: 1px solid var(--line); }
    ciak-shelf { grid-area: stage / stage / side / side; }
    ciak-strip { height: min(344px, 36vh); }
  }
  @media (max-width: 900px) {
    :host { grid-template: 48px minmax(0, 3fr) minmax(0, 2fr) auto / 1fr; grid-template-areas: "top" "stage" "desk" "strip"; }
    ciak-rail { display: none; }
    .desk { border-inline-start: 0; border-top: 1px solid var(--line); }
  }
`;

export class Studio extends Element {
  static styles = [styles];
  state = new FilmState();
  clock = new Clock();
  route = new Route();
  moves = new Moves(this);
  #opened = '';
  #failed = false;
  #takes = new TakePlayer();
  #file = null;

  build() {
    const { clock } = this;
    const made = (tag, given = {}) => Object.assign(document.createElement(tag), given);
    this.top = made('ciak-topline');
    this.rail = made('ciak-rail');
    this.shelf = made('ciak-shelf');
    this.bring = made('ciak-bring');
    this.picture = made('ciak-picture', { clock });
    this.transport = made('ciak-transport', { clock });
    this.inspector = made('ciak-inspector', { clock });
    this.lines = made('ciak-lines', { clock, follow: preferences.follow });
    this.report = made('ciak-report', { clock });
    this.activity = made('ciak-activity');
    this.glossary = made('ciak-words', { clock, state: this.state });
    this.helper = made('ciak-help');
    this.jobs = made('ciak-jobs');
    this.work = made('ciak-work');
    this.conflict = made('ciak-conflict');
    this.chosen = new Chosen(this.state, { clock, lines: this.lines, inspector: () => this.inspector, strip: () => this.strip });
    this.hands = this.chosen.lines;
    this.lanes = new DubbingLanes(this.chosen);
    this.ruler = new Ruler(clock, () => words.say('strip.title'));
    this.strip = made('ciak-strip', { clock, ruler: this.ruler });
    this.desks = { dialogue: this.lines, report: this.report, words: this.glossary, activity: this.activity };
    this.desk = h('div', { class: 'desk' });
    this.stage = h('div', { class: 'stage' }, this.picture, h('div', { class: 'bar' }, this.transport));
    return [this.top, this.rail, h('main', { class: 'left' }, this.stage, this.inspector), this.desk, this.strip];
  }

  connected() {
    this.replaceChildren();
    const { state, moves } = this;
    this.listen(state, 'change', (event) => this.request(...event.detail));
    this.listen(state, 'saved', (event) => this.#saved(event.detail));
    this.listen(state, 'refused', (event) => { this.top.note = event.detail.message || words.say('notice.unreachable.title'); });
    this.listen(state, 'conflict', (event) => this.conflict.ask(this.shadowRoot, event.detail));
    this.listen(this.clock, 'state', () => this.#clocked());
    this.listen(this.route, 'change', () => this.#go());
    this.listen(document, 'keydown', (event) => this.#key(event));
    this.listen(window, 'beforeunload', (event) => { if (state.holding) event.preventDefault(); });
    const heard = { language: (code) => this.#language(code), theme: (name) => this.#theme(name), help: () => moves.help(),
      sound: (code) => state.chooseSound(code), subtitles: (code) => state.chooseSubtitles(code), fullscreen: () => moves.fullscreen(),
      follow: (value) => { preferences.follow = value; }, retry: () => state.load(), undo: () => moves.undo(), redo: () => moves.redo(),
      jobs: () => this.jobs.show(this.shadowRoot), work: () => this.#work(), act: () => this.#work('subtitle'), begin: (work) => this.#begin(work),
      cancel: (job) => state.api.cancel(job).catch(() => {}), resume: (job) => state.api.resume(job).catch(() => {}),
      'select-line': (id) => state.select(id), 'select-event': ({ id }) => this.#selectEvent(id), 'open-event': ({ id, language }) => this.#open(id, language),
      'edit-lines': ({ changes, language, seen }) => state.edit(changes, language, seen),
      'edit-cast': ({ member, changed }) => state.editCast(member, changed), 'play-line': (which) => moves.playLine(which),
      'play-take': ({ line, take }) => this.#takes.play(state.api.take(state.target, line, take), this.clock),
      'go-caption': ({ key, first }) => { state.select(key); this.clock.seek(first); }, 'leave-event': (lane) => this.strip.enter(lane),
      again: () => moves.again(), 'open-film': ({ key, file }) => this.#openFilm(key, file) };
    for (const [type, does] of Object.entries(heard)) this.listen(this, type, (event) => does(event.detail));
    this.top.theme = preferences.theme;
    this.#first();
  }

  /** The film that the studio was opened with is shown first; a page that is loaded again stays where it was. */
  async #first() {
    this.#abilities();
    if (!this.route.film && !location.hash) {
      const shelf = await house.shelf().catch(() => null);
      if (shelf?.first && !location.hash) {
        history.replaceState(null, '', Route.to(shelf.first));
        this.route.film = shelf.first;
        this.route.page = 'dialogue';
      }
    }
    this.#go();
  }

  #go() {
    const { film, page } = this.route;
    for (const [name, is] of [['shelf', !film], ['wide', page === 'words']]) this.classList.toggle(name, is);
    if (film) this.shelf.remove();
    else this.rail.after(this.shelf);
    if (film !== this.state.key) this.#rewind();
    this.state.use(film);
    const desk = this.desks[page];
    if (desk && desk !== this.desk.firstChild) this.desk.replaceChildren(desk);
    this.request('page');
  }

  /** Another film begins at its first frame, without the marks of the one before. */
  #rewind() {
    this.clock.pause();
    this.clock.seek(0);
    this.moves.unmark();
  }

  #openFilm(key, file = null) {
    this.#file = file;
    this.route.go(key);
  }

  update(changed) {
    const { state } = this;
    const { film } = state;
    document.title = film?.title ? words.say('title', { film: film.title }) : words.say('product');
    const busy = state.jobs.filter((job) => ['queued', 'running'].includes(job.state));
    Object.assign(this.top, { film, jobs: state.jobs, undo: state.undo, lost: state.lost });
    Object.assign(this.rail, { film: this.route.film, page: this.route.page, jobs: busy, lines: state.lines, captions: state.captions, report: state.report });
    this.jobs.jobs = state.jobs;
    Object.assign(this.work, { film, api: state.api });
    this.openMedia();
    const coming = busy.some((job) => job.verb === 'import');
    const wanted = Boolean(film) && (!film.imported || film.missing || coming) && !state.problem && !(film.imported && state.sound);
    Object.assign(this.bring, { api: state.api, missing: Boolean(film?.missing),
      job: state.jobs.find((job) => ['import', 'find'].includes(job.verb)) ?? null });
    const lost = Boolean(film?.missing && state.sound);
    const place = wanted ? this.picture : lost ? this.inspector : null;
    this.bring.classList.toggle('slim', lost);
    if (!place) this.bring.remove();
    else if (this.bring.nextSibling !== place) place.before(this.bring);
    Object.assign(this.picture, { hidden: wanted, cues: state.cues, notice: wanted ? null : pictureNotice(state, this.clock) });
    Object.assign(this.transport, { languages: film?.languages ?? [], sound: state.sound, subtitles: state.subtitles ?? '' });
    Object.assign(this.lines, { lines: state.lines, cast: state.cast, notice: linesNotice(state), selected: state.selected,
      source: state.source, target: state.target });
    Object.assign(this.report, { report: state.report, cast: state.cast, notice: reportNotice(state) });
    if (this.report.lines) this.report.lines.chosen = state.selected;
    Object.assign(this.activity, { api: state.api, undo: state.undo });
    if (changed.has('activity') || changed.has('undo')) this.activity.beat += 1;
    Object.assign(this.inspector, { line: state.line, caption: state.caption, subtitle: state.subtitle, chosen: this.chosen, api: state.api,
      waiting: state.captions.filter(({ verdict }) => verdict === 'undecided'), cast: state.cast, source: state.source, target: state.target,
      busy: busy.some((job) => job.verb === 'redo'), lines: state.lines, voices: this.voices ?? [] });
    if (['film', 'shots', 'lines', 'captions', 'cast', 'cues', 'words'].some((name) => changed.has(name))) {
      this.strip.lanes = [...this.lanes.of(state), ...this.strip.lanes.filter((lane) => !this.lanes.made(lane))];
      this.classList.toggle('bare', !this.strip.lanes.length);
    }
    this.strip.selected = state.selected;
    if (this.#file && film && state.api) this.#send();
  }

  #send() {
    const file = this.#file;
    this.#file = null;
    queueMicrotask(() => this.bring.take(file));
  }

  /** Hand the clock the file of the language that is heard. */
  openMedia() {
    const { film, sound, api } = this.state;
    if (!film) {
      if (this.#opened) this.clock.open('', this.clock.base, 0);
      this.#opened = '';
      return;
    }
    const proxy = this.state.language(sound)?.proxy;
    const address = proxy ? api.media(sound, proxy.version) : '';
    if (this.#opened === `${address} ${film.rate}`) return;
    this.#opened = `${address} ${film.rate}`;
    this.clock.open(address, new Timebase({ ...film, rate: film.rate ?? undefined }), proxy?.frames ?? film.frames);
  }

  /** A picture that fails may be a damaged file, or a studio that was closed: asking again tells. */
  #clocked() {
    if (this.clock.failed && !this.#failed) this.state.load();
    this.#failed = this.clock.failed;
    this.request('clock');
  }

  #saved() { this.top.note = words.say('top.saved'); }

  #selectEvent(id) { this.state.select(this.state.knows(id) ? id : ''); }

  async #open(id, language = null) {
    this.#selectEvent(id);
    if (!this.state.line) return this.inspector.edit();
    if (language && !this.state.language(language)?.original) await this.state.chooseTarget(language);
    if (this.route.page !== 'dialogue') await this.route.reach(this.route.film, 'dialogue');
    return this.lines.edit(id, language);
  }

  async #work(verb) {
    this.work.show(this.shadowRoot, verb);
    await this.#abilities();
  }

  /** What the chosen backends can speak and translate; asked again while something is absent. */
  async #abilities() {
    this.work.settings = await house.settings().catch(() => null);
    this.voices = this.work.settings?.voices ?? [];
    this.request('cast');
  }

  async #begin(work) {
    try {
      await this.state.api.start(work);
      this.work.hide();
      this.jobs.show(this.shadowRoot);
    } catch (error) {
      this.work.failure = failure(error).detail || words.say('notice.unreachable.title');
    }
  }

  async #language(code) {
    preferences.language = code;
    await words.use(code);
  }

  #theme(name) {
    preferences.theme = name;
    this.top.theme = name;
    document.documentElement.dataset.theme = name;
    document.documentElement.dispatchEvent(new Event('ciak-theme'));
  }

  #key(event) {
    if (taken(event)) return;
    const asked = action(event);
    if (!asked || (!this.state.film && asked[0] !== 'help')) return;
    event.preventDefault();
    const [name, value] = asked;
    this.moves[name](value);
  }
}

Studio.define('ciak-studio');
