// Two people changed the same line: both versions, and the choice. Nothing was overwritten.
import { css, h } from '../ui/element.js';
import { Dialog, dialogStyles } from '../ui/dialog.js';
import { words } from '../ui/words.js';

const styles = css`
  dl { margin: 0; display: grid; gap: 4px; }
  dt { color: var(--quiet); font-size: 13px; }
  dd { margin: 0 0 8px; padding: 8px 16px; background: var(--ground); border-radius: 4px; overflow-wrap: anywhere; }
  .form { gap: 16px; }
`;

/** What a row of the cast says, or the part of it that somebody wants changed. */
const row = ({ name, voices }) => [name, ...Object.values(voices ?? {})].filter(Boolean).join(' · ');

/** What a name or phrase says, or the part of it that somebody wants changed. */
const term = ({ term: text, renderings, note }) => [text, ...Object.entries(renderings ?? {}).map(([code, said]) => `${words.name(code)}: ${said}`),
  note].filter(Boolean).join(' · ');

export class ConflictDialog extends Dialog {
  static styles = [dialogStyles, styles];
  static title = 'conflict.title';
  #again = null;

  body() {
    this.told = h('dl');
    this.mine = this.say(h('button', { onclick: () => this.#repeat() }), 'conflict.mine');
    return [h('div', { class: 'form' }, this.say(h('p', { class: 'quiet' }), 'conflict.text'), this.told,
      h('div', { class: 'actions' }, this.mine, this.say(h('button', { class: 'primary', autofocus: true, onclick: () => this.hide() }), 'conflict.theirs')))];
  }

  /** `made`: { changes, error, again } as the film's state tells it. */
  ask(place, { changes, error, again }) {
    this.show(place);
    this.#again = again;
    this.mine.hidden = !again;
    const wish = changes.map((change) => change.text ?? (change.term ? term(change)
      : change.do ? words.say(`change.${change.do}`, { line: change.loop ?? change.caption ?? change.loops?.[0] ?? '' }) : row(change))).join('\n');
    const theirs = [...error.theirs, ...(error.captions ?? [])].map(({ text }) => text).join('\n')
      || (error.row ? row(error.row) : error.term ? term(error.term) : error.message);
    this.told.replaceChildren(...[['conflict.yours', wish], ['conflict.now', theirs]].flatMap(([key, text]) => (text
      ? [h('dt', {}, words.say(key)), h('dd', { dir: 'auto' }, text)] : [])));
  }

  #repeat() {
    this.hide();
    this.#again?.();
  }
}

ConflictDialog.define('ciak-conflict');
