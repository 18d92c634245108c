// The takes of the selected line: heard, chosen, dropped; and one more sent as a WAV file, which becomes a take of it.
import { ApiError } from '../../api.js';
import { Upload } from '../../upload.js';
import { h } from '../../ui/element.js';
import { words } from '../../ui/words.js';

export class Takes {
  #sending = null;
  #failure = '';

  /** `desk`: the component that shows them: it has `api`, `target`, `line`, tells events, and is drawn anew on request. */
  constructor(desk) {
    this.desk = desk;
    this.file = h('input', { type: 'file', accept: '.wav,audio/wav,audio/x-wav', hidden: true, tabindex: '-1',
      onchange: () => this.#send(this.file.files[0]) });
  }

  /** What is shown for `line`; `edit(changes)` saves. */
  draw(line, edit) {
    const { target, busy } = this.desk;
    const may = Boolean(target && line.translation !== undefined && !line.locked);
    const sending = this.#sending?.line === line.id ? this.#sending.part : null;
    const say = sending === null ? words.say('inspector.take.add') : words.say('inspector.take.sending', { part: words.percent(sending) });
    const add = h('button', { class: 'tool', 'data-part': 'add-take', disabled: !may || busy || this.#sending !== null,
      onclick: () => this.#ask(line.id) }, say);
    const rows = line.takes.map((take) => this.#row(line, take, edit));
    if (!rows.length && !target) return [];
    return [h('h3', {}, words.say('inspector.takes')), rows.length ? h('ul', {}, rows) : null,
      h('div', { class: 'row' }, add, this.file),
      this.#failure ? h('p', { class: 'quiet flag', role: 'alert', dir: 'auto' }, this.#failure) : null].filter(Boolean);
  }

  #row(line, take, edit) {
    const error = take.word_error === null ? words.say('report.none') : words.say('inspector.error', { error: words.percent(take.word_error) });
    const told = [words.say(`inspector.take.${take.kind}`), take.voice, words.say('report.seconds', { value: words.number(take.seconds, 2) }),
      words.say('inspector.rate', { rate: words.number(take.rate, 2) }), error, this.#alike(take)].filter(Boolean).join(' · ');
    const name = words.say('inspector.take', { number: take.number });
    const tool = (part, key, does, given = {}) => h('button', { 'data-part': `${part}-${take.id}`, 'aria-label': `${words.say(key)}: ${name}`, onclick: does, ...given },
      words.say(key));
    return h('li', { class: take.chosen ? 'chosen' : '' }, h('span', { title: take.text }, name, ' ', h('span', { class: 'quiet', dir: 'auto', title: take.plain }, told)),
      h('span', {}, tool('hear', 'inspector.hear', () => this.desk.tell('play-take', { line: line.id, take: take.id })),
        tool('take', 'inspector.use', () => edit([{ do: 'choose', loop: line.id, take: take.id }]),
          { 'aria-pressed': String(take.chosen), disabled: line.locked || take.chosen }),
        tool('drop', 'inspector.take.drop', () => edit([{ do: 'drop-take', loop: line.id, take: take.id }]),
          { disabled: line.locked || take.chosen })));
  }

  /** How far the take follows the original's performance. */
  #alike({ pitch_likeness: pitch, energy_likeness: energy }) {
    return pitch === null ? '' : words.say('inspector.alike', { pitch: words.number(pitch, 2), energy: energy === null ? words.say('report.none') : words.number(energy, 2) });
  }

  #ask(line) {
    this.wanted = line;
    this.file.value = '';
    this.file.click();
  }

  /** Send the file; the studio takes it in as work of its own, which tells what is wrong with it. */
  async #send(file) {
    if (!file || this.#sending) return;
    const { desk, wanted: line } = this;
    const { api, target } = desk;
    this.#failure = '';
    this.#sending = { line, part: 0 };
    desk.request('line');
    try {
      const upload = await new Upload(api, file).send((part) => {
        this.#sending = { line, part };
        desk.request('line');
      });
      await api.start({ verb: 'take', language: target, line, upload });
    } catch (error) {
      this.#failure = error instanceof ApiError ? [error.message || words.say('notice.unreachable.title'), error.remedy].filter(Boolean).join(' — ') : String(error);
    }
    this.#sending = null;
    desk.request('line');
  }
}
