// The words of a film: names and phrases that are agreed, each language read over, how it stands and by which rules.
// A page of its own: what it shows is asked for when it is shown, and asked again when it has changed.
import { Element, css, h } from '../../ui/element.js';
import { words } from '../../ui/words.js';
import { Later } from '../../later.js';
import { failure } from '../../shell/notices.js';
import '../../ui/choice.js';
import './quality.js';
import './remarks.js';
import './terms.js';
import { WordsStore, editTerm } from './store.js';

const styles = css`
  :host { display: flex; flex-direction: column; min-height: 0; min-width: 0; }
  header { padding: 8px; }
  ciak-notice { flex: 1; }
`;

const PARTS = ['terms', 'remarks', 'quality'];
/** Milliseconds after a change of the film's lines at which they are read over again. */
const READ_AFTER = 700;

export class Words extends Element {
  /** `state`: what the page knows of the film; tells "select-line", and "open-event" with the line to be typed. */
  static props = { clock: null, state: null, part: 'terms', language: '' };
  static styles = [styles];
  #store = new WordsStore();
  #again = new Later(READ_AFTER, () => this.#store.spoil('reading', 'proposals'));

  build() {
    const { clock } = this;
    this.heading = this.say(h('h2', { class: 'unseen' }), 'words.title');
    this.choice = h('ciak-choice', { onchoose: (event) => { event.stopPropagation(); this.part = event.detail; } });
    this.terms = document.createElement('ciak-terms');
    this.remarks = Object.assign(document.createElement('ciak-remarks'), { clock });
    this.quality = Object.assign(document.createElement('ciak-quality'), { tabIndex: 0 });
    this.notice = h('ciak-notice', { onretry: (event) => this.#retry(event) });
    this.body = h('div');
    this.body.style.display = 'contents';
    return [this.heading, h('header', {}, this.choice), this.body];
  }

  connected() {
    const root = this.shadowRoot;
    this.#store.spoil('');
    this.listen(this.#store, 'change', () => this.request('store'));
    this.listen(this.state, 'change', ({ detail }) => this.#changed(detail));
    this.listen(this.state, 'saved', () => this.#store.spoil('words', 'proposals'));
    this.listen(this.state, 'refused', ({ detail }) => { if (this.terms.busy) this.terms.wrong = failure(detail).detail; });
    this.listen(root, 'edit-term', ({ detail }) => this.#edit(detail));
    this.listen(root, 'go-to', ({ detail }) => this.#go(detail));
    this.listen(root, 'open-moment', ({ detail }) => this.#open(detail));
    this.listen(root, 'choose-language', ({ detail }) => { this.language = detail; });
    this.listen(root, 'choose-profile', ({ detail }) => this.#rule(detail));
    this.request('state');
  }

  #changed(names) {
    if (names.has('glossary')) this.#store.spoil('words', 'proposals', 'reading');
    if (names.has('film')) this.#store.spoil('profiles', 'reading', 'words');
    if (names.has('lines') || names.has('cast')) this.#again.ask(['reading']);
    this.request('state');
  }

  update() {
    const { state } = this;
    const store = this.#store;
    store.use(state.api);
    Object.assign(this.choice, { name: words.say('words.title'), chosen: this.part, options: PARTS.map((part) => ({ value: part, text: words.say(`words.part.${part}`) })) });
    const codes = (state.film?.languages ?? []).filter((one) => one.lines).map((one) => one.code);
    if (!codes.includes(this.language)) this.language = state.target ?? codes[0] ?? '';
    const read = { terms: codes.filter((code) => code !== state.source), remarks: [this.language].filter(Boolean), quality: codes }[this.part];
    const names = [{ terms: 'words', remarks: null, quality: 'profiles' }[this.part], this.part === 'terms' ? 'proposals' : null,
      ...read.map((code) => `reading/${code}`)].filter(Boolean);
    if (state.film) store.want(...names);
    const first = this.part === 'terms' ? ['words'] : names;
    const notice = this.#notice(first, codes);
    this.notice.told = notice;
    const shown = notice ? this.notice : this[this.part];
    if (this.body.firstChild !== shown) this.body.replaceChildren(shown);
    if (notice) return;
    const readings = read.map((code) => store.value(`reading/${code}`)).filter(Boolean);
    if (this.part === 'terms') Object.assign(this.terms, { told: store.value('words'), proposed: store.value('proposals'), readings: same(this.terms.readings, readings) });
    if (this.part === 'remarks') Object.assign(this.remarks, { reading: readings[0], languages: same(this.remarks.languages, codes), language: this.language });
    if (this.part === 'quality') Object.assign(this.quality, { profiles: store.value('profiles'), readings: same(this.quality.readings, readings) });
  }

  /** What could not be read is asked for again; the film itself by who reads it. */
  #retry(event) {
    if (!this.state.problem) event.stopPropagation();
    this.#store.spoil('');
  }

  /** Why nothing is to be seen yet. */
  #notice(names, codes) {
    const { state } = this;
    if (state.problem) return failure(state.problem);
    const problem = names.map((name) => this.#store.problem(name)).find(Boolean);
    if (problem) return failure(problem);
    if (!state.film) return { key: 'notice.film' };
    if (this.part === 'remarks' && !codes.length) return { key: 'notice.no-lines' };
    if (names.some((name) => this.#store.waits(name))) return { key: names.some((name) => name.startsWith('reading')) ? 'notice.reading' : 'notice.words' };
    return null;
  }

  async #edit({ change, done, shown }) {
    const saved = await editTerm(this.state, change, shown);
    if (saved) this.#store.spoil('reading');
    done?.(Boolean(saved));
  }

  #go({ line, frame }) {
    if (line) this.tell('select-line', line);
    this.clock.seek(frame);
  }

  #open({ line, frame, language }) {
    this.clock.seek(frame);
    if (line) this.tell('open-event', { id: line, language });
  }

  async #rule(name) {
    Object.assign(this.quality, { busy: true, wrong: '' });
    try {
      this.#store.put('profiles', await this.state.api.chooseProfile(name, this.#store.value('profiles').chosen));
      this.#store.spoil('reading');
    } catch (error) {
      this.quality.wrong = failure(error).detail;
      this.#store.spoil('profiles');
    }
    this.quality.busy = false;
  }
}

/** The list that is known, where it holds the same: nothing has to be drawn anew. */
const same = (known, now) => (known.length === now.length && known.every((one, at) => one === now[at]) ? known : now);

Words.define('ciak-words');
