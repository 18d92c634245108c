// The rail on the left: the shelf, the film's own pages, the six departments with a word on how each stands.
import { Element, css, h } from '../ui/element.js';
import { words } from '../ui/words.js';
import { Route } from './route.js';

const styles = css`
  :host { display: flex; flex-direction: column; gap: 16px; padding: 8px 0; overflow-y: auto; border-inline-end: 1px solid var(--line); }
  nav { display: grid; grid-template-columns: minmax(0, 1fr); gap: 16px; }
  ul { list-style: none; margin: 0; padding: 0; }
  a, .room { display: flex; align-items: center; justify-content: space-between; gap: 8px; min-height: 32px; padding: 0 16px;
    color: var(--quiet); text-decoration: none; border-inline-start: 3px solid transparent; padding-inline-start: 13px; }
  a:hover { background: var(--hover); color: var(--text); }
  a[aria-current="page"] { color: var(--text); border-color: var(--accent); background: var(--marked); }
  a:focus-visible { outline-offset: -2px; }
  .part { font: 400 13px/24px var(--condensed); letter-spacing: .04em; color: var(--quiet); padding-inline-start: 16px; margin-bottom: -16px; }
  .inner a { padding-inline-start: 25px; }
  [data-state]::after { font-size: 12px; color: var(--quiet); white-space: nowrap; }
  [data-state]::after { content: attr(data-state); }
  .working::after { color: var(--accent); }
  .needs::after { color: var(--check); }
  .done::after { color: var(--good); }
`;

const LATER = ['greenlight', 'story', 'score', 'screening', 'production'];

export class Rail extends Element {
  static props = { film: '', page: 'shelf', jobs: [], lines: [], captions: [], report: null };
  static styles = [styles];
  #links = new Map();

  build() {
    const link = (page, key) => {
      const node = this.say(h('a'), key);
      this.#links.set(page, node);
      return h('li', {}, node);
    };
    this.dubbing = this.say(h('div'), 'rail.dubbing');
    this.pages = h('li', {}, this.dubbing, h('ul', { class: 'inner' }, link('dialogue', 'lines.title'), link('words', 'words.title'), link('report', 'report.title')));
    this.own = h('ul', {}, link('activity', 'rail.activity'));
    const later = LATER.map((name) => this.say(this.say(h('li', { class: 'room' }), `rail.${name}`), 'rail.later', {}, 'data-state'));
    this.rooms = this.say(h('h2', { class: 'part' }), 'rail.departments');
    this.list = h('ul', {}, this.pages, later);
    const nav = h('nav', {}, h('ul', {}, link('shelf', 'rail.shelf')), this.rooms, this.list, this.own);
    this.say(nav, 'rail.title', {}, 'aria-label');
    return nav;
  }

  update() {
    for (const [page, node] of this.#links) {
      node.href = page === 'shelf' ? Route.to('') : Route.to(this.film, page);
      if (page === this.page) node.setAttribute('aria-current', 'page');
      else node.removeAttribute('aria-current');
    }
    const none = !this.film;
    for (const part of [this.rooms, this.list, this.own]) part.hidden = none;
    const flagged = this.lines.filter((line) => line.flags.length).length
      + this.captions.filter(({ verdict }) => verdict === 'undecided').length;
    const state = this.jobs.length ? 'working' : flagged ? 'needs' : this.report?.present ? 'done' : 'nothing';
    this.dubbing.className = `room ${state}`;
    this.dubbing.dataset.state = state === 'nothing' ? '' : words.say(`rail.${state}`, { count: flagged });
  }
}

Rail.define('ciak-rail');
