// Starting long work: subtitles or a dub, in which language, and about how long it will take.
import { css, h } from '../ui/element.js';
import { Dialog, dialogStyles } from '../ui/dialog.js';
import { words } from '../ui/words.js';
import { Upload } from '../upload.js';
import '../ui/choice.js';

const styles = css`
  select { width: 100%; min-height: 32px; border: 1px solid var(--edge); background: var(--ground); }
  .more { display: grid; gap: 16px; }
  dialog label.check { display: flex; align-items: center; gap: 8px; min-height: 32px; color: var(--text); font-size: 15px; cursor: pointer; }
  .check input { width: 16px; height: 16px; margin: 0; accent-color: var(--accent); }
  .hint { color: var(--quiet); font-size: 13px; }
`;

/** How long work takes on two cores, as a part of the film's length (benchmarks/results/speed.json, rounded up). */
const SHARE = { subtitle: 0.3, dub: 0.8 };
/** What subtitles are written in besides SRT and WebVTT. */
const FORMATS = ['ebu-stl', 'imsc', 'ass', 'dcp'];
/** What lines may come from, and the files that they lie in; a dub takes a person's translation too. */
const FILES = { screenplay: '.fountain,.txt', as_recorded: '.csv', translation: '.srt,.vtt,.ttml,.xml,.stl,.ass,.ssa' };
const HEARD = ['en', 'it', 'es', 'fr', 'de', 'pt', 'nl', 'pl', 'ru', 'ja', 'zh'];

export class Work extends Dialog {
  static props = { film: null, settings: null, api: null, verb: 'dub', failure: '', sending: false };
  static styles = [dialogStyles, styles];
  static title = 'work.title';

  body() {
    this.choice = h('ciak-choice', { onchoose: (event) => { this.verb = event.detail; } });
    this.language = h('select', { id: 'language', autofocus: true, onchange: () => this.request('film') });
    this.to = h('select', { id: 'to' });
    this.format = h('select', { id: 'format' });
    this.sdh = h('input', { type: 'checkbox', id: 'sdh' });
    this.more = h('div', { class: 'more' }, h('label', {}, this.say(h('span'), 'work.format'), this.format),
      h('label', { class: 'check' }, this.sdh, this.say(h('span'), 'work.sdh')));
    this.from = h('select', { id: 'from', onchange: () => this.request('film') });
    this.file = h('input', { type: 'file', id: 'file', class: 'field' });
    this.given = h('label', {}, this.say(h('span'), 'work.file'), this.file);
    this.hint = h('p', { class: 'hint' });
    this.wrong = h('p', { class: 'wrong', role: 'alert' });
    this.begin = this.say(h('button', { class: 'primary', type: 'submit' }), 'work.start');
    return [h('form', { onsubmit: (event) => this.#start(event) }, this.choice,
      h('label', {}, this.say(h('span'), 'work.language'), this.language),
      h('label', {}, this.say(h('span'), 'work.from'), this.from), this.given,
      h('label', {}, this.say(h('span'), 'work.to'), this.to), this.more, this.hint, this.wrong, h('div', { class: 'actions' }, this.begin))];
  }

  update(changed) {
    this.choice.name = words.say('work.title');
    this.choice.options = ['dub', 'subtitle'].map((verb) => ({ value: verb, text: words.say(`verb.${verb}`) }));
    this.choice.chosen = this.verb;
    if (changed.has('film') && this.language.options.length === 0 || changed.has('words') || changed.has('settings')) this.#languages();
    this.#targets();
    this.more.hidden = this.verb !== 'subtitle';
    if (changed.has('words') || !this.format.options.length) this.#formats();
    if (changed.has('words') || changed.has('verb') || !this.from.options.length) this.#sources();
    this.given.hidden = !this.from.value;
    this.file.accept = FILES[this.from.value] ?? '';
    const problem = this.failure || this.settings?.problem || '';
    this.wrong.textContent = problem;
    this.hint.textContent = this.film?.frames ? words.say('work.takes', { time: words.duration(this.#seconds()) }) : '';
    this.begin.disabled = this.sending || (this.verb === 'dub' && !this.to.value);
  }

  #seconds() {
    const [above, below = '1'] = (this.film.rate ?? '24').split('/');
    return Math.max(20, this.film.frames / (Number(above) / Number(below)) * SHARE[this.verb]);
  }

  #languages() {
    const chosen = this.language.value || this.film?.language || '';
    this.language.replaceChildren(h('option', { value: '' }, words.say('work.recognise')),
      ...HEARD.map((code) => h('option', { value: code }, words.name(code))));
    this.language.value = chosen;
  }

  #sources() {
    const chosen = this.from.value;
    const names = Object.keys(FILES).filter((name) => this.verb === 'dub' || name !== 'translation');
    this.from.replaceChildren(...['', ...names].map((name) => h('option', { value: name }, words.say(`work.from.${name || 'heard'}`))));
    this.from.value = names.includes(chosen) ? chosen : '';
  }

  #formats() {
    const chosen = this.format.value;
    this.format.replaceChildren(h('option', { value: '' }, words.say('work.plain')),
      ...FORMATS.map((format) => h('option', { value: format }, words.say(`work.also.${format}`))));
    this.format.value = chosen;
  }

  /** What can be translated into from the language that is spoken, and for a dub also spoken. */
  #targets() {
    const before = this.to.value;
    const from = this.language.value || this.film?.language || '';
    const spoken = new Set(this.settings?.spoken ?? []);
    const codes = [...new Set((this.settings?.pairs ?? []).filter(([source]) => !from || source === from).map(([, target]) => target))]
      .filter((code) => this.verb === 'subtitle' || spoken.has(code));
    const none = this.verb === 'subtitle' ? [h('option', { value: '' }, words.say('work.none'))] : [];
    this.to.replaceChildren(...none, ...codes.map((code) => h('option', { value: code }, words.name(code))));
    const usual = codes.find((code) => code !== words.language) ?? codes[0] ?? '';
    this.to.value = codes.includes(before) ? before : usual;
  }

  /** The id of the file, once it is sent; null when it could not be, and why is told. */
  async #sent() {
    const file = this.file.files[0];
    Object.assign(this, { failure: '', sending: true });
    try {
      if (!file) this.failure = words.say('work.file.none');
      return file ? await new Upload(this.api, file).send(() => {}) : null;
    } catch (error) {
      this.failure = [error.message || words.say('notice.unreachable.title'), error.remedy].filter(Boolean).join(' — ');
      return null;
    } finally {
      this.sending = false;
    }
  }

  async #start(event) {
    event.preventDefault();
    const work = { verb: this.verb };
    if (this.language.value) work.language = this.language.value;
    if (this.to.value) work.to = this.to.value;
    if (this.verb === 'subtitle') {
      if (this.sdh.checked) work.sdh = true;
      if (this.format.value) work.formats = [this.format.value];
    }
    this.failure = '';
    if (this.from.value) {
      work[this.from.value] = await this.#sent();
      if (!work[this.from.value]) return;
    }
    this.tell('begin', work);
  }

  show(place, verb = this.verb) {
    this.verb = verb;
    this.failure = '';
    if (this.file) this.file.value = '';
    super.show(place);
    this.request('film', 'settings');
  }
}

Work.define('ciak-work');
