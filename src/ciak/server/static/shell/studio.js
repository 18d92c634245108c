// The studio: puts picture, dialogue and report side by side and carries what is chosen from one to the other.
import { Element, css, h } from '../ui/element.js';
import { words } from '../ui/words.js';
import { preferences } from '../preferences.js';
import { FilmState } from '../film.js';
import { api } from '../api.js';
import { Clock } from '../strip/clock.js';
import { Timebase } from '../strip/timebase.js';
import { action, taken } from './keys.js';
import './topline.js';
import './help.js';
import '../strip/scrubber.js';
import '../picture/picture.js';
import '../picture/transport.js';
import '../desk/dubbing/lines.js';
import '../desk/dubbing/report.js';

const LOOK = 5000;

const styles = css`
  :host { display: grid; height: 100vh; height: 100dvh; grid-template: 48px minmax(0, 1fr) / minmax(0, 1fr) minmax(384px, 34vw);
    grid-template-areas: "top top" "stage lines"; }
  ciak-topline { grid-area: top; border-bottom: 1px solid var(--line); }
  main { grid-area: stage; display: grid; min-height: 0; grid-template-rows: minmax(160px, 1fr) auto minmax(160px, 32%); }
  ciak-lines { grid-area: lines; border-inline-start: 1px solid var(--line); }
  .stage { display: flex; flex-direction: column; min-height: 0; background: #000; }
  ciak-picture { flex: 1; }
  .bar { padding: 0 16px 8px; border-bottom: 1px solid var(--line); background: var(--ground); }
  .stage:fullscreen .bar { padding-bottom: 16px; }
  .stage { display: contents; }
  .stage:fullscreen { display: flex; }
  @media (max-width: 900px) {
    :host { grid-template: 48px minmax(0, 3fr) minmax(0, 2fr) / minmax(0, 1fr); grid-template-areas: "top" "stage" "lines"; }
    ciak-lines { border-inline-start: 0; border-top: 1px solid var(--line); }
  }
`;

export class Studio extends Element {
  static styles = [styles];
  state = new FilmState();
  clock = new Clock();
  #opened = '';
  #failed = false;

  build() {
    const clock = this.clock;
    const made = (tag, given = {}) => Object.assign(document.createElement(tag), given);
    this.top = made('ciak-topline');
    this.picture = made('ciak-picture', { clock });
    this.scrubber = made('ciak-scrubber', { clock });
    this.transport = made('ciak-transport', { clock });
    this.lines = made('ciak-lines', { clock, follow: preferences.follow });
    this.report = made('ciak-report', { clock });
    this.helper = made('ciak-help');
    this.stage = h('div', { class: 'stage' }, this.picture, h('div', { class: 'bar' }, this.scrubber, this.transport));
    return [this.top, h('main', {}, this.stage, this.report), this.lines, this.helper];
  }

  connected() {
    this.listen(this.state, 'change', (event) => this.request(...event.detail));
    this.listen(this.clock, 'state', () => this.#clocked());
    this.listen(document, 'keydown', (event) => this.#key(event));
    const heard = { language: (code) => this.#language(code), theme: (name) => this.#theme(name), help: () => this.helper.toggle(),
      sound: (code) => this.state.chooseSound(code), subtitles: (code) => this.state.chooseSubtitles(code),
      fullscreen: () => this.fullscreen(), follow: (value) => { preferences.follow = value; }, retry: () => this.state.load() };
    for (const [type, does] of Object.entries(heard)) this.listen(this, type, (event) => does(event.detail));
    this.top.theme = preferences.theme;
    this.state.load();
    const watch = setInterval(() => { if (!document.hidden && this.state.film) this.state.refreshJobs(); }, LOOK);
    this.listen(window, 'pagehide', () => clearInterval(watch));
  }

  update() {
    const { state } = this;
    const film = state.film;
    document.title = film?.title ? words.say('title', { film: film.title }) : words.say('product');
    Object.assign(this.top, { film, jobs: state.jobs });
    this.#open();
    Object.assign(this.picture, { cues: state.cues, notice: this.#pictureNotice() });
    Object.assign(this.transport, { languages: film?.languages ?? [], sound: state.sound, subtitles: state.subtitles ?? '' });
    this.scrubber.lines = state.lines;
    Object.assign(this.lines, { lines: state.lines, cast: state.cast, notice: this.#linesNotice() });
    Object.assign(this.report, { report: state.report, cast: state.cast, notice: this.#reportNotice() });
  }

  /** Hand the clock the file of the language that is heard. */
  #open() {
    const { film, sound } = this.state;
    if (!film) return;
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

  #failure() {
    const { problem } = this.state;
    if (!problem) return null;
    const key = problem.status === 0 ? 'notice.unreachable' : problem.code === 'no-session' ? 'notice.session' : 'notice.failed';
    return { key, detail: [problem.message, problem.remedy].filter(Boolean).join(' — '), bad: true, retry: true };
  }

  #command(verb, rest) { return `ciak ${verb} ${this.state.film?.folder ?? ''} ${rest}`.replace(/ +/g, ' ').trim(); }

  #pictureNotice() {
    if (this.state.problem) return this.#failure();
    if (!this.state.film) return { key: 'notice.film' };
    if (this.clock.failed) return { key: 'notice.picture-failed', bad: true };
    if (this.state.sound) return null;
    if (!this.state.film.imported) return { key: 'notice.no-picture', command: this.#command('import', words.say('notice.video')) };
    if (!this.state.film.picture) return { key: 'notice.sound-alone' };
    return { key: 'notice.no-proxy', command: this.#command('dub', '--to it') };
  }

  #linesNotice() {
    if (this.state.problem && !this.state.lines.length) return { key: 'notice.nothing' };
    if (this.state.waiting) return { key: 'notice.dialogue' };
    const unread = this.state.film?.languages.find((entry) => entry.problem);
    if (unread && !this.state.lines.length) return { key: 'notice.bad-dialogue', detail: unread.problem, bad: true };
    return this.state.lines.length ? null : { key: 'notice.no-lines', command: this.#command('subtitle', '--to it') };
  }

  #reportNotice() {
    const { report, film } = this.state;
    if (!film) return { key: this.state.problem ? 'notice.nothing' : 'notice.report' };
    if (report?.problem) return { key: 'notice.bad-report', detail: report.problem, bad: true };
    return report?.present ? null : { key: 'notice.no-report', command: this.#command('dub', '--to it') };
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
    if (!asked) return;
    event.preventDefault();
    const [name, value] = asked;
    this[name](value);
  }

  toggle() { this.clock.toggle(); }
  pause() { this.clock.pause(); }
  shuttle(direction) { this.clock.shuttle(direction); }
  step(frames) { this.clock.step(frames); }
  seconds(seconds) { this.clock.seek(this.clock.frame + seconds * this.clock.base.frames(1)); }
  jump(direction) { this.lines.jump(direction); }
  edge(end) { this.clock.seek(end ? this.clock.frames - 1 : 0); }
  type() { this.transport.timecode.focus(); }
  mute() { this.clock.muted = !this.clock.muted; }
  problems() { this.lines.problems = !this.lines.problems; }
  help() { this.helper.toggle(); }

  nextSound() {
    const codes = (this.state.film?.languages ?? []).filter((entry) => entry.proxy).map((entry) => entry.code);
    if (codes.length) this.state.chooseSound(codes[(codes.indexOf(this.state.sound) + 1) % codes.length]);
  }

  nextSubtitles() {
    const codes = ['', ...(this.state.film?.languages ?? []).filter((entry) => entry.subtitles).map((entry) => entry.code)];
    this.state.chooseSubtitles(codes[(codes.indexOf(this.state.subtitles ?? '') + 1) % codes.length]);
  }

  fullscreen() {
    if (document.fullscreenElement) document.exitFullscreen();
    else this.stage.requestFullscreen().catch(() => {});
  }
}

Studio.define('ciak-studio');
