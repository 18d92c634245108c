// The line on top: which film, what is being worked on, language, light, help.
import { Element, css, h } from '../ui/element.js';
import { icon } from '../ui/icon.js';
import { words } from '../ui/words.js';
import '../ui/choice.js';

const styles = css`
  :host { display: flex; align-items: center; gap: 16px; padding: 0 16px; min-width: 0; }
  h1 { flex: 0 1 auto; font: 400 24px/48px var(--condensed); letter-spacing: .01em; overflow: hidden; text-overflow: ellipsis;
    white-space: nowrap; min-width: 0; }
  .facts { color: var(--quiet); white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
  .tools { display: flex; align-items: center; gap: 8px; margin-inline-start: auto; flex: none; }
  .jobs { color: var(--accent); }
  button { display: grid; place-items: center; }
  .sign { font: 400 18px/24px var(--condensed); }
`;

/** Languages of the pages, each by its own name: these are never translated. */
const PAGES = [{ value: 'en', text: 'EN' }, { value: 'it', text: 'IT' }];

export class Topline extends Element {
  static props = { film: null, jobs: [], theme: 'dark' };
  static styles = [styles];

  build() {
    this.heading = h('h1', { dir: 'auto' });
    this.facts = h('p', { class: 'facts' });
    this.working = h('p', { class: 'jobs', role: 'status' });
    this.language = h('ciak-choice', { onchoose: (event) => this.tell('language', event.detail) });
    this.light = h('button', { onclick: () => this.tell('theme', this.theme === 'dark' ? 'light' : 'dark') });
    this.help = h('button', { class: 'sign', onclick: () => this.tell('help') }, '?');
    this.say(this.help, 'top.help', {}, 'aria-label');
    return [this.heading, this.facts, h('div', { class: 'tools' }, this.working, this.language, this.light, this.help)];
  }

  update() {
    this.heading.textContent = this.film?.title ?? '';
    this.heading.title = this.film?.title ?? '';
    this.facts.textContent = this.film ? this.#facts().join(' · ') : '';
    this.working.textContent = this.jobs.length ? this.#work() : '';
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

  #work() {
    const [job] = this.jobs;
    const verb = `verb.${job.verb}`;
    return words.say('top.progress', { what: words.has(verb) ? words.say(verb) : job.verb, done: words.percent(job.done) });
  }
}

Topline.define('ciak-topline');
