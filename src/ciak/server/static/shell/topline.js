// The line on top: which film, undo, what is being worked on, language, light, help.
import { Element, css, h } from '../ui/element.js';
import { icon } from '../ui/icon.js';
import { words } from '../ui/words.js';
import '../ui/choice.js';

const styles = css`
  :host { display: flex; align-items: center; gap: 16px; padding: 0 16px; min-width: 0; }
  h1 { flex: 0 1 auto; font: 400 24px/48px var(--condensed); letter-spacing: .01em; overflow: hidden; text-overflow: ellipsis;
    white-space: nowrap; min-width: 0; }
  .facts { color: var(--quiet); white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
  .tools { display: flex; align-items: center; gap: 4px; margin-inline-start: auto; flex: none; }
  .tools > button { display: grid; place-items: center; }
  .tools .work { display: flex; gap: 8px; align-items: center; }
  .jobs { color: var(--accent); }
  .saved { color: var(--quiet); font-size: 13px; min-width: 64px; text-align: end; }
  .lost { color: var(--block); }
  .sign { font: 400 18px/24px var(--condensed); }
`;

/** Languages of the pages, each by its own name: these are never translated. */
const PAGES = [{ value: 'en', text: 'EN' }, { value: 'it', text: 'IT' }];

export class Topline extends Element {
  static props = { film: null, jobs: [], theme: 'dark', undo: { undo: null, redo: null }, note: '', lost: false };
  static styles = [styles];

  build() {
    const tool = (name, key, type) => this.say(h('button', { onclick: () => this.tell(type) }, icon(name)), key, {}, 'aria-label');
    this.heading = h('h1', { dir: 'auto' });
    this.facts = h('p', { class: 'facts' });
    this.saved = h('p', { class: 'saved', role: 'status' });
    this.back = tool('undo', 'top.undo', 'undo');
    this.forth = tool('redo', 'top.redo', 'redo');
    this.start = h('button', { class: 'work', onclick: () => this.tell('work') }, this.say(h('span'), 'top.work'));
    this.working = h('button', { class: 'jobs', 'aria-haspopup': 'dialog', onclick: () => this.tell('jobs') });
    this.language = h('ciak-choice', { onchoose: (event) => this.tell('language', event.detail) });
    this.light = h('button', { onclick: () => this.tell('theme', this.theme === 'dark' ? 'light' : 'dark') });
    this.help = h('button', { class: 'sign', onclick: () => this.tell('help') }, '?');
    this.say(this.help, 'top.help', {}, 'aria-label');
    return [this.heading, this.facts, h('div', { class: 'tools' }, this.saved, this.back, this.forth, this.working,
      this.start, this.language, this.light, this.help)];
  }

  update() {
    const { film } = this;
    this.heading.textContent = film?.title ?? words.say('rail.shelf');
    this.heading.title = film?.title ?? '';
    this.facts.textContent = film ? this.#facts().join(' · ') : '';
    for (const node of [this.back, this.forth, this.start, this.working, this.saved]) node.hidden = !film;
    this.start.hidden = !film?.imported;
    this.back.disabled = !this.undo.undo;
    this.forth.disabled = !this.undo.redo;
    const busy = this.jobs.filter((job) => ['queued', 'running'].includes(job.state));
    this.working.textContent = busy.length ? this.#work(busy[0]) : words.say('jobs.title');
    this.working.hidden = !film || !this.jobs.length;
    this.saved.textContent = this.lost ? words.say('top.lost') : this.note;
    this.saved.classList.toggle('lost', this.lost);
    this.language.label = '';
    this.language.name = words.say('top.language');
    this.language.options = PAGES;
    this.language.chosen = words.language;
    const other = this.theme === 'dark' ? 'light' : 'dark';
    this.light.replaceChildren(icon(other));
    this.light.setAttribute('aria-label', words.say(`top.${other}`));
    this.light.title = words.say(`top.${other}`);
  }

  #facts() {
    const { film } = this;
    const facts = [];
    if (film.language) facts.push(words.name(film.language));
    if (film.rate) {
      const [above, below = '1'] = film.rate.split('/');
      const fps = Number(above) / Number(below);
      facts.push(words.say('top.rate', { rate: words.number(fps, Number.isInteger(fps) ? 0 : 3) }));
      if (film.frames) facts.push(words.say('top.length', { minutes: Math.floor(film.frames / fps / 60),
        seconds: String(Math.floor(film.frames / fps) % 60).padStart(2, '0') }));
    }
    return facts;
  }

  #work(job) { return words.say('top.progress', { what: words.say(`verb.${job.verb}`), done: words.percent(job.done) }); }
}

Topline.define('ciak-topline');
