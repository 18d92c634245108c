// What a proof-reader would remark on one language, and which rules its subtitles break. Arrows and clicks go to the line
// and its time; Enter, or a second click, opens its words for typing.
import { Element, css, h } from '../../ui/element.js';
import { words } from '../../ui/words.js';
import '../../ui/choice.js';
import { listStyles } from './list-styles.js';
import { Walked } from './walked.js';

const styles = css`
  .row { grid-template-columns: 104px minmax(0, 1fr) auto; cursor: pointer; }
  time { font-size: 13px; color: var(--quiet); }
  .row > .open { visibility: hidden; min-height: 32px; padding: 0 8px; color: var(--text); font-size: 13px; }
  .row:hover > .open, .row:focus-within > .open { visibility: visible; }
  .what { display: block; font-weight: 400; }
  .what b { font-weight: 600; }
  .code { color: var(--check); }
  .text { display: block; color: var(--quiet); font-size: 13px; font-weight: 400; }
  mark { background: transparent; color: var(--text); text-decoration: underline; text-underline-offset: 3px; }
  .bar select { max-width: 224px; background: var(--raised); }
`;

/** The order in which kinds of remarks are offered. */
const CODES = ['spelling', 'two-ways', 'term', 'translated-twice', 'word-twice', 'signs', 'rule'];

export class Remarks extends Element {
  /** `reading`: a language read over; `languages`: those that there are. Tells "go-to" and "open-moment" with a moment,
   *  "choose-language". */
  static props = { clock: null, reading: null, languages: [], language: '', code: '' };
  static styles = [listStyles, styles];

  build() {
    this.spoken = h('ciak-choice', { onchoose: (event) => { event.stopPropagation(); this.tell('choose-language', event.detail); } });
    this.codes = h('select', { onchange: () => { this.code = this.codes.value; } });
    this.say(this.codes, 'words.codes', {}, 'aria-label');
    this.hint = h('p', { class: 'hint', role: 'status' });
    this.list = h('div', { class: 'list', role: 'list', tabindex: '0', ondblclick: (event) => this.#open(this.#of(event)) });
    this.say(this.list, 'words.remarks', {}, 'aria-label');
    this.walked = new Walked(this.list, { estimate: 68, draw: (item, index) => this.#row(item, index), key: (item) => item.key,
      does: { Enter: (item) => this.#open(item) }, moved: (item) => this.#go(item) });
    return [h('div', { class: 'bar' }, this.spoken, this.codes), this.hint, this.list];
  }

  update() {
    const { reading } = this;
    Object.assign(this.spoken, { name: words.say('words.language'), hidden: this.languages.length < 2, chosen: this.language,
      options: this.languages.map((code) => ({ value: code, text: words.name(code) })) });
    const rows = reading ? rowsOf(reading) : [];
    const counts = new Map(CODES.map((code) => [code, rows.filter((row) => row.code === code).length]));
    if (!counts.get(this.code)) this.code = '';
    this.codes.hidden = !rows.length;
    this.codes.replaceChildren(h('option', { value: '' }, words.say('words.all', { number: rows.length })), ...CODES.filter((code) => counts.get(code))
      .map((code) => h('option', { value: code }, words.say('words.code', { what: words.say(`words.code.${code}`), number: counts.get(code) }))));
    this.codes.value = this.code;
    this.walked.show(this.code ? rows.filter((row) => row.code === this.code) : rows);
    const told = reading ? [words.say(rows.length ? 'words.remarks.hint' : 'words.none.remarks'), reading.dictionary ? '' : words.say('words.no-dictionary', { language: words.name(reading.language) }),
      reading.shots ? '' : words.say('words.no-shots'), reading.more ? words.say('words.more', { number: reading.more }) : ''].filter(Boolean) : [];
    this.hint.textContent = told.join(' ');
    this.hint.hidden = !told.length;
  }

  #of(event) { return this.walked.items[Number(event.target.closest('[data-index]')?.dataset.index ?? -1)]; }

  #row(item, index) {
    const label = this.clock.base.label(item.at.frame);
    const main = h('button', { class: 'main', 'data-main': '', tabindex: '-1', onclick: () => this.#go(item) },
      h('span', { class: 'what' }, h('span', { class: 'code' }, words.say(`words.code.${item.code}`)), ' ', item.word.trim() ? h('b', { dir: 'auto' }, h('bdi', {}, item.word)) : null, ' ',
        h('bdi', {}, meaning(item))), h('bdi', { class: 'text', dir: 'auto' }, shown(item)));
    return h('div', { class: 'row', role: 'listitem', 'data-index': index }, h('time', {}, label), main,
      h('button', { class: 'open', tabindex: '-1', onclick: () => this.#open(item) }, words.say('words.open')));
  }

  #go(item) { this.tell('go-to', { ...item.at, language: this.language }); }

  #open(item) {
    if (item) this.tell('open-moment', { ...item.at, language: this.language });
  }
}

/** Remarks and broken rules in film order, each with a name of its own. */
function rowsOf(reading) {
  const broken = reading.broken.map((one) => ({ ...one, code: 'rule', word: '', meant: [], sign: '' }));
  const rows = [...reading.remarks, ...broken].map((one, place) => ({ ...one, place }));
  rows.sort((one, other) => one.at.frame - other.at.frame || one.place - other.place);
  const seen = new Map();
  return rows.map((row) => {
    const name = [row.code, row.at.line, row.word, row.rule ?? row.sign].join(' ');
    seen.set(name, (seen.get(name) ?? 0) + 1);
    return { ...row, key: `${name} ${seen.get(name)}` };
  });
}

/** What is wrong, in the reader's language. */
function meaning({ code, sign, meant, rule, measured, limit }) {
  if (code === 'rule') {
    const name = words.has(`words.rule.${rule}`) ? words.say(`words.rule.${rule}`) : rule;
    return words.say('words.broken', { rule: name, measured: figure(measured), limit: figure(limit) });
  }
  if (code === 'signs') return words.say(`words.sign.${sign}`);
  const told = { meant: meant.join(', ') };
  if (code === 'spelling') return words.say(meant.length ? 'words.spelling.meant' : 'words.spelling', told);
  return words.say(`words.told.${code}`, told);
}

const figure = (value) => words.number(value, Number.isInteger(value) ? 0 : 2);

/** The words of the line, with those that the remark is about marked. */
function shown({ text, word, code }) {
  const at = code === 'term' || !word.trim() ? -1 : text.indexOf(word);
  return at < 0 ? text : [text.slice(0, at), h('mark', {}, word), text.slice(at + word.length)];
}

Remarks.define('ciak-remarks');
