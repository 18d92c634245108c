// Every key, in a dialog that ? opens.
import { Element, css, h } from '../ui/element.js';
import { icon } from '../ui/icon.js';
import { KEYS } from './keys.js';

const styles = css`
  dialog { width: min(560px, 92vw); padding: 24px; border: 1px solid var(--line); border-radius: 8px; background: var(--raised);
    color: var(--text); }
  dialog::backdrop { background: rgb(0 0 0 / 60%); }
  header { display: flex; align-items: center; justify-content: space-between; margin-bottom: 16px; }
  dl { display: grid; grid-template-columns: 136px 1fr; gap: 8px 16px; }
  dt { display: flex; gap: 4px; }
  kbd { min-width: 24px; padding: 0 8px; border: 1px solid var(--line); border-radius: 4px; font: 13px/22px var(--sans);
    text-align: center; background: var(--ground); }
`;

const NAMED = new Set(['space', 'home', 'end']);

export class Help extends Element {
  static styles = [styles];

  build() {
    const title = this.say(h('h2', { class: 'heading', id: 'title' }), 'help.title');
    const close = h('button', { onclick: () => this.dialog.close() }, icon('close'));
    this.say(close, 'help.close', {}, 'aria-label');
    this.dialog = h('dialog', { 'aria-labelledby': 'title', onclick: (event) => {
      if (event.target === this.dialog) this.dialog.close();
    } }, h('header', {}, title, close), h('dl', {}, KEYS.flatMap(([name, keys]) => [
      h('dt', {}, keys.map((key) => (NAMED.has(key) ? this.say(h('kbd'), `key.${key}`) : h('kbd', {}, key)))), this.say(h('dd'), `help.${name}`)])));
    return this.dialog;
  }

  toggle() {
    if (this.dialog.open) this.dialog.close();
    else this.dialog.showModal();
  }
}

Help.define('ciak-help');
