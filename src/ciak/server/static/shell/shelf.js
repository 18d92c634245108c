// The shelf: every film of this house, opening one by its folder, making one, dropping a video to begin.
import { Element, css, h } from '../ui/element.js';
import { icon } from '../ui/icon.js';
import { words } from '../ui/words.js';
import { ApiError, FilmApi, house } from '../api.js';
import { Route } from './route.js';

const styles = css`
  :host { display: block; overflow-y: auto; padding: 24px 32px; }
  :host(.over) { background: var(--marked); }
  .begin { display: flex; flex-wrap: wrap; gap: 16px 32px; margin-bottom: 32px; align-items: end; }
  form { display: flex; gap: 8px; align-items: end; }
  .begin p { line-height: 32px; }
  label { display: grid; gap: 4px; color: var(--quiet); font-size: 13px; }
  label input { color: var(--text); font-size: 15px; width: 264px; }
  ul { list-style: none; margin: 0; padding: 0; display: grid; grid-template-columns: repeat(auto-fill, minmax(240px, 1fr)); gap: 24px; }
  li { display: grid; grid-template-columns: minmax(0, 1fr); gap: 4px; align-content: start; }
  a { display: grid; grid-template-columns: minmax(0, 1fr); gap: 4px; color: var(--text); text-decoration: none; border-radius: 4px; }
  .picture { display: grid; place-items: center; aspect-ratio: 16 / 9; background: var(--marked); color: var(--edge); overflow: hidden;
    border-radius: 4px; }
  .picture img { width: 100%; height: 100%; object-fit: cover; }
  a:hover .picture { outline: 1px solid var(--edge); }
  .title { font: 400 18px/24px var(--condensed); overflow-wrap: anywhere; }
  .row { display: flex; align-items: center; justify-content: space-between; gap: 8px; min-height: 32px; font-size: 13px; }
  .row p { color: var(--quiet); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  .row button { display: grid; place-items: center; padding: 0; flex: none; }
  .row div { min-width: 0; }
  .missing .title, .missing .picture { color: var(--quiet); }
  .wrong { color: var(--block); }
  .empty { max-width: 56ch; color: var(--quiet); margin-top: 24px; }
  .heading { margin-bottom: 16px; font-size: 24px; line-height: 32px; }
`;

export class Shelf extends Element {
  static props = { shelf: null, failure: '' };
  static styles = [styles];

  build() {
    const field = (name) => h('input', { class: 'field', name, type: 'text', required: true, autocomplete: 'off', spellcheck: 'false' });
    const button = (key, primary) => this.say(h('button', { type: 'submit', class: primary ? 'primary' : '' }), key);
    this.called = field('title');
    this.folder = field('folder');
    this.wrong = h('p', { class: 'wrong', role: 'alert' });
    this.list = h('ul');
    this.empty = h('div', { class: 'empty', hidden: true }, this.say(h('p', { class: 'heading' }), 'shelf.empty'),
      this.say(h('p'), 'shelf.empty.text'));
    return [this.say(h('h2', { class: 'heading' }), 'shelf.title'),
      h('div', { class: 'begin' },
        h('form', { onsubmit: (event) => this.#create(event) },
          h('label', {}, this.say(h('span'), 'shelf.new'), this.called), button('shelf.create', true)),
        h('form', { onsubmit: (event) => this.#open(event) },
          h('label', {}, this.say(h('span'), 'shelf.folder'), this.folder), button('shelf.open', false)),
        this.say(h('p', { class: 'quiet' }), 'shelf.drop')),
      this.wrong, this.empty, this.list];
  }

  connected() {
    this.listen(this, 'dragover', (event) => { event.preventDefault(); this.classList.add('over'); });
    this.listen(this, 'dragleave', () => this.classList.remove('over'));
    this.listen(this, 'drop', (event) => this.#dropped(event));
    this.look();
  }

  async look() {
    try {
      this.shelf = await house.shelf();
    } catch (error) {
      this.#failed(error);
    }
  }

  update() {
    this.wrong.textContent = this.failure;
    const films = this.shelf?.films ?? [];
    this.empty.hidden = !this.shelf || films.length > 0;
    this.list.replaceChildren(...films.map((film) => this.#film(film)));
  }

  #film(film) {
    const picture = h('div', { class: 'picture' }, icon('film', 32));
    if (film.poster) {
      const poster = h('img', { alt: '', loading: 'lazy', src: new FilmApi(film.key).thumbnail(0, film.opened) });
      poster.addEventListener('load', () => picture.replaceChildren(poster), { once: true });
      poster.addEventListener('error', () => poster.remove(), { once: true });
      poster.loading = 'eager';
      picture.append(h('span', { hidden: true }, poster));
    }
    const state = film.missing ? 'shelf.missing' : film.source_missing ? 'shelf.source-missing' : film.imported ? '' : 'shelf.no-media';
    const told = state ? words.say(state) : film.languages.map((code) => words.name(code)).join(', ');
    const down = h('button', { 'aria-label': words.say('shelf.down', { film: film.title }), title: words.say('shelf.down', { film: film.title }),
      onclick: () => this.#takeDown(film) }, icon('close', 12));
    return h('li', { class: film.missing ? 'missing' : '' },
      h('a', { href: film.missing ? null : Route.to(film.key), title: film.folder }, picture, h('bdi', { class: 'title' }, film.title)),
      h('div', { class: 'row' }, h('div', {}, h('p', { title: told }, told), film.opened ? h('p', {}, words.moment(film.opened)) : null), down));
  }

  #failed(error) {
    this.failure = error instanceof ApiError
      ? [error.message || words.say('notice.unreachable.title'), error.remedy].filter(Boolean).join(' — ') : String(error);
  }

  async #do(call) {
    this.failure = '';
    try {
      return await call();
    } catch (error) {
      this.#failed(error);
      return null;
    }
  }

  async #create(event) {
    event.preventDefault();
    const made = await this.#do(() => house.create(this.called.value.trim()));
    if (made) this.tell('open-film', { key: made.key });
  }

  async #open(event) {
    event.preventDefault();
    const opened = await this.#do(() => house.open(this.folder.value.trim()));
    if (opened) this.tell('open-film', { key: opened.key });
  }

  async #takeDown(film) {
    const shelf = await this.#do(() => house.takeDown(film.key));
    if (shelf) this.shelf = shelf;
  }

  /** A video dropped here begins a film of its name. */
  async #dropped(event) {
    event.preventDefault();
    this.classList.remove('over');
    const [file] = event.dataTransfer?.files ?? [];
    if (!file) return;
    const made = await this.#do(() => house.create(file.name.replace(/\.[^.]+$/, '') || file.name));
    if (made) this.tell('open-film', { key: made.key, file });
  }
}

Shelf.define('ciak-shelf');
