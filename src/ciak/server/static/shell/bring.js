// Bringing a video into a film: dropped, chosen, or by its path on this machine; and a lost one found again.
import { Element, css, h } from '../ui/element.js';
import { words } from '../ui/words.js';
import { ApiError } from '../api.js';
import { Upload } from '../upload.js';

const styles = css`
  :host { display: grid; place-content: center; gap: 16px; padding: 24px; background: var(--raised); text-align: center; overflow-y: auto; }
  :host(.over) { background: var(--marked); }
  :host(.slim) { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 16px; padding: 8px 16px; text-align: start; }
  :host(.slim) form { flex: 1; min-width: 264px; }
  :host(.slim) .text, :host(.slim) .quiet:empty, :host(.slim) .row { display: none; }
  :host(.slim) progress { flex: 1; }
  .text { max-width: 48ch; color: var(--quiet); margin: 0 auto; }
  form { display: flex; gap: 8px; }
  form input { min-width: 0; flex: 1; }
  .wrong { color: var(--block); max-width: 56ch; }
  .wrong:empty { display: none; }
  progress { width: 100%; accent-color: var(--accent); }
  .row { display: flex; gap: 8px; justify-content: center; }
  input[type=file] { display: none; }
`;

export class Bring extends Element {
  /** `missing`: the film has a source, and it is not where it was; `job`: the newest work that brings or finds one. */
  static props = { api: null, missing: false, part: null, failure: '', job: null };
  static styles = [styles];
  #upload = null;
  #seen = '';

  build() {
    this.head = h('p', { class: 'heading' });
    this.text = h('p', { class: 'text' });
    this.file = h('input', { type: 'file', accept: 'video/*,audio/*,.mkv,.mxf,.mov', onchange: () => this.take(this.file.files[0]) });
    this.choose = this.say(h('button', { class: 'primary', onclick: () => this.file.click() }), 'bring.choose');
    this.path = h('input', { class: 'field', type: 'text', required: true, autocomplete: 'off', spellcheck: 'false' });
    this.say(this.path, 'bring.path', {}, 'aria-label');
    this.say(this.path, 'bring.path', {}, 'placeholder');
    this.by = h('form', { onsubmit: (event) => this.#byPath(event) }, this.path, this.say(h('button', { type: 'submit' }), 'bring.take'));
    this.wrong = h('p', { class: 'wrong', role: 'alert' });
    this.bar = h('progress', { max: '1', hidden: true });
    this.sent = h('p', { class: 'quiet', role: 'status' });
    this.stop = this.say(h('button', { hidden: true, onclick: () => this.#cancel() }), 'jobs.cancel');
    return [this.head, this.text, h('div', { class: 'row' }, this.choose, this.stop), this.file, this.by, this.bar, this.sent, this.wrong];
  }

  connected() {
    this.listen(this, 'dragover', (event) => { event.preventDefault(); this.classList.add('over'); });
    this.listen(this, 'dragleave', () => this.classList.remove('over'));
    this.listen(this, 'drop', (event) => {
      event.preventDefault();
      this.classList.remove('over');
      this.take(event.dataTransfer?.files?.[0]);
    });
  }

  update() {
    const key = this.missing ? 'bring.missing' : 'bring.none';
    this.head.textContent = words.say(`${key}.title`);
    this.text.textContent = words.say(`${key}.text`);
    const { job } = this;
    const working = ['queued', 'running'].includes(job?.state);
    const sending = this.part !== null || working;
    this.bar.hidden = !sending;
    this.bar.value = this.part ?? job?.done ?? 0;
    this.bar.setAttribute('aria-label', words.say(this.part === null && job ? `verb.${job.verb}` : 'bring.sending'));
    this.sent.textContent = this.part !== null ? words.say('bring.sent', { part: words.percent(this.part) }) : working ? this.#work(job) : '';
    this.choose.hidden = this.missing || sending;
    this.stop.hidden = !sending;
    this.by.hidden = sending;
    this.wrong.textContent = this.failure || (job?.state === 'failed' && job.id !== this.#seen ? job.error : '');
  }

  #work(job) {
    const left = job.left === null ? '' : words.say('jobs.left', { time: words.duration(job.left) });
    return [words.say(`verb.${job.verb}`), words.percent(job.done), job.what ? words.step(job.what) : '', left].filter(Boolean).join(' · ');
  }

  #cancel() {
    if (this.part !== null) this.#upload?.cancel();
    else if (this.job) this.tell('cancel', this.job.id);
  }

  /** A new attempt: what was wrong with the last is no more of interest. */
  #anew() {
    this.failure = '';
    this.#seen = this.job?.id ?? '';
    this.request('failure');
  }

  #failed(error) {
    this.part = null;
    if (error?.name === 'AbortError') return;
    this.failure = error instanceof ApiError ? [error.message || words.say('notice.unreachable.title'), error.remedy].filter(Boolean).join(' — ')
      : String(error);
  }

  /** Send a file, then have it imported. */
  async take(file) {
    if (!file || this.part !== null) return;
    if (this.missing) {
      this.failure = words.say('bring.missing.text');
      return;
    }
    this.#anew();
    this.part = 0;
    this.#upload = new Upload(this.api, file);
    try {
      const upload = await this.#upload.send((part) => { this.part = part; });
      await this.api.start({ verb: 'import', upload });
      this.part = null;
    } catch (error) {
      this.#failed(error);
    }
  }

  async #byPath(event) {
    event.preventDefault();
    this.#anew();
    const path = this.path.value.trim();
    try {
      await this.api.start(this.missing ? { verb: 'find', path } : { verb: 'import', path, copy_file: false });
    } catch (error) {
      this.#failed(error);
    }
  }
}

Bring.define('ciak-bring');
