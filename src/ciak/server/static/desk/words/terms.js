// Names and phrases: the film's, changed in place; those of the house; what is said often and not agreed yet.
import { Element, css, h } from '../../ui/element.js';
import { icon } from '../../ui/icon.js';
import { words } from '../../ui/words.js';
import '../../ui/choice.js';
import './term-form.js';
import { listStyles } from './list-styles.js';
import { keeping } from './store.js';
import { Walked } from './walked.js';

const styles = css`
  .row { grid-template-columns: minmax(96px, 2fr) minmax(0, 3fr) minmax(104px, auto) auto; }
  .kept { text-align: end; font-size: 13px; color: var(--quiet); }
  .kept button { display: block; margin: -4px -8px -4px auto; color: var(--check); font-size: 13px; }
  .add { margin-inline-start: auto; }
  input[type="search"] { flex: 1 1 112px; min-width: 96px; max-width: 224px; }
`;

const NEW = 'new';
/** What draws the list anew; while a term is open in it, only what the person did: typing is not interrupted. */
const HELD = ['open', 'which', 'sought', 'words'];
const ARRANGED = [...HELD, 'told', 'proposed', 'readings'];

export class Terms extends Element {
  /** `told`: what the API says of the words; `proposed`: of proposals; `readings`: of each language that was read over.
   *  Tells "edit-term" with { change, done }, "go-to" with a moment. */
  static props = { told: null, proposed: null, readings: [], which: 'film', sought: '', open: '', wrong: '', busy: false };
  static styles = [listStyles, styles];
  #gone = new Map();

  build() {
    this.kinds = h('ciak-choice', { onchoose: (event) => this.#choose(event) });
    this.seek = h('input', { class: 'field', type: 'search', maxlength: '200', oninput: () => { this.sought = this.seek.value; },
      onkeydown: (event) => { if (event.key === 'ArrowDown') this.walked.focus(0); } });
    this.say(this.say(this.seek, 'words.seek', {}, 'aria-label'), 'words.seek', {}, 'placeholder');
    this.adds = this.say(h('button', { class: 'add', 'data-part': 'add', onclick: () => this.#new() }), 'words.add');
    this.form = h('ciak-term-form', { hidden: true });
    this.form.addEventListener('save-term', (event) => this.#save(event));
    this.form.addEventListener('leave-term', (event) => { event.stopPropagation(); this.#leave(); });
    this.list = h('div', { class: 'list', role: 'list', tabindex: '0' });
    this.hint = h('p', { class: 'hint' });
    this.walked = new Walked(this.list, { estimate: 44, draw: (item, index) => this.#row(item, index), key: (item) => item.id,
      does: { Enter: (item) => this.#act(item), Delete: (item) => this.#remove(item) } });
    new ResizeObserver(() => this.#room()).observe(this.form);
    return [h('div', { class: 'bar' }, this.kinds, this.seek, this.adds), this.place = h('div', { class: 'new' }), this.hint, this.list];
  }

  update(changed) {
    const { told } = this;
    if (!told) return;
    const counts = { film: told.terms.length, house: told.house.length, proposed: this.proposed?.proposals.length ?? 0 };
    Object.assign(this.kinds, { name: words.say('words.terms'), chosen: this.which,
      options: Object.entries(counts).map(([value, count]) => ({ value, text: words.say(`words.of.${value}`, { number: count }) })) });
    this.list.setAttribute('aria-label', words.say(`words.of.${this.which}`, { number: counts[this.which] }));
    Object.assign(this.form, { languages: told.languages, wrong: this.wrong, busy: this.busy });
    const names = this.open && this.open !== NEW ? HELD : ARRANGED;
    if (names.some((name) => changed.has(name))) this.#arrange();
  }

  /** The form in the list takes its room when it has been drawn. */
  #room() {
    const index = this.walked.items.findIndex((item) => item.id === this.open);
    if (index >= 0) this.walked.windowed.measure(index);
  }

  #items() {
    const { told } = this;
    if (this.which === 'house') return told.house.map((term) => ({ ...term, id: `house ${term.term}`, kind: 'name', version: '', note: '', own: term.own }));
    if (this.which === 'proposed') return (this.proposed?.proposals ?? []).map((one) => ({ ...one, id: `said ${one.term}`, renderings: {}, language: this.proposed.language }));
    return told.terms;
  }

  #arrange() {
    const all = this.#items();
    const sought = this.sought.trim().toLocaleLowerCase();
    const found = sought ? all.filter((term) => [term.term, term.note ?? '', ...Object.values(term.renderings)].some((text) => text.toLocaleLowerCase().includes(sought))) : all;
    const apart = this.open === NEW;
    this.form.hidden = !this.open;
    if (apart && this.form.parentNode !== this.place) this.place.append(this.form);
    else if (!apart && this.form.parentNode === this.place) this.form.remove();
    this.walked.show(found);
    const told = found.length ? { film: 'words.film.hint', house: 'words.house.hint', proposed: 'words.proposed.hint' }[this.which]
      : all.length ? 'words.none.found' : `words.none.${this.which}`;
    this.hint.textContent = told ? words.say(told) : '';
    this.hint.hidden = !told || apart;
  }

  #row(item, index) {
    if (item.id === this.open) return h('div', { role: 'listitem', 'data-index': index }, this.form);
    const main = h('button', { class: 'main', 'data-main': '', tabindex: '-1', onclick: () => (item.at ? this.tell('go-to', item.at) : this.#act(item)) },
      h('bdi', { lang: item.language }, item.term), item.kind === 'phrase' ? h('span', { class: 'tag' }, words.say('words.kind.phrase')) : null);
    return h('div', { class: 'row', role: 'listitem', 'data-index': index }, main, this.#renderings(item), this.#kept(item), this.#tool(item));
  }

  #renderings(item) {
    const codes = [...new Set([...this.told.languages, ...Object.keys(item.renderings)])].filter((code) => code !== item.language);
    const parts = codes.map((code) => item.renderings[code] && h('span', {},
      h('span', { class: 'quiet' }, `${words.name(code)}: `), h('bdi', { lang: code }, item.renderings[code]))).filter(Boolean);
    const bare = this.which === 'film' && !parts.length ? [h('span', { class: 'quiet' }, words.say(`words.empty.${item.kind}`))] : [];
    const note = item.note ? [h('span', { class: 'quiet note', dir: 'auto' }, item.note)] : [];
    return h('div', { class: 'said' }, ...parts, ...bare, ...note);
  }

  /** How the translations keep to a term; how often a proposed one is said. */
  #kept(item) {
    if (this.which === 'proposed') return h('div', { class: 'kept' }, words.say('words.said', { count: item.count }));
    if (item.own) return h('div', { class: 'kept' }, words.say('words.own'));
    const found = this.readings.map((reading) => [reading, keeping(item, reading)]).filter(([, entry]) => entry);
    return h('div', { class: 'kept' }, found.map(([reading, entry]) => {
      const text = words.say('words.kept', { language: words.name(reading.language), kept: entry.kept, said: entry.said });
      if (!entry.lacking.length) return h('div', {}, text);
      return h('button', { title: words.say('words.kept.go'), onclick: () => this.#next(`${item.id} ${reading.language}`, entry.lacking) }, icon('flag', 12), ` ${text}`);
    }));
  }

  /** One line after the other that does not keep to a term. */
  #next(name, lacking) {
    const at = (this.#gone.get(name) ?? -1) + 1;
    this.#gone.set(name, at);
    this.tell('go-to', lacking[at % lacking.length]);
  }

  #tool(item) {
    if (this.which === 'house') return h('span', { class: 'tag' }, words.say('words.house'));
    const adds = this.which === 'proposed';
    const label = words.say(adds ? 'words.take' : 'words.remove', { term: item.term });
    return h('button', { class: 'tool', tabindex: '-1', title: label, 'aria-label': label, onclick: () => (adds ? this.#take(item) : this.#remove(item)) },
      icon(adds ? 'nearer' : 'close', 12));
  }

  #choose(event) {
    event.stopPropagation();
    this.#leave();
    this.which = event.detail;
  }

  #act(item) {
    if (this.which === 'proposed') this.#take(item);
    if (this.which === 'film') this.#edit(item);
  }

  #edit(item) {
    Object.assign(this, { open: item.id, wrong: '' });
    this.form.term = item;
    queueMicrotask(() => queueMicrotask(() => this.form.focus()));
  }

  #new() {
    Object.assign(this, { which: 'film', sought: '' });
    this.seek.value = '';
    this.#edit({ id: NEW, term: '', kind: 'name', note: '', renderings: {}, language: this.told.source ?? this.told.languages[0] ?? words.language });
  }

  #leave() {
    const { open } = this;
    if (!open) return;
    this.open = '';
    queueMicrotask(() => queueMicrotask(() => (open === NEW ? this.adds.focus() : this.walked.focusOn(open))));
  }

  #save(event) {
    event.stopPropagation();
    const term = this.told.terms.find((one) => one.id === this.open);
    const change = this.open === NEW ? { do: 'add', ...event.detail } : { do: 'change', id: this.open, seen: this.form.term.version ?? term?.version, ...event.detail };
    Object.assign(this, { busy: true, wrong: '' });
    this.tell('edit-term', { change, done: (saved) => { this.busy = false; if (saved) this.#leave(); } });
  }

  #remove(item) {
    if (this.which === 'film') this.tell('edit-term', { change: { do: 'remove', id: item.id, seen: item.version }, shown: { text: words.say('words.remove', { term: item.term }) } });
  }

  #take(item) {
    this.tell('edit-term', { change: { do: 'add', term: item.term, language: item.language, kind: item.kind, renderings: {} } });
  }
}

Terms.define('ciak-terms');
