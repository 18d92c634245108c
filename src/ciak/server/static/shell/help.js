// Every key, in a dialog that ? opens.
import { css, h } from '../ui/element.js';
import { Dialog, dialogStyles } from '../ui/dialog.js';
import { KEYS } from './keys.js';

const styles = css`
  dialog { width: min(760px, 94vw); }
  .all { columns: 2; column-gap: 32px; }
  dl { display: grid; grid-template-columns: 112px 1fr; gap: 4px 12px; break-inside: avoid; margin: 0; padding-bottom: 4px; }
  dt { display: flex; gap: 4px; align-items: start; }
  dd { margin: 0; }
  kbd { min-width: 24px; padding: 0 8px; border: 1px solid var(--line); border-radius: 4px; font: 13px/22px var(--sans);
    text-align: center; background: var(--ground); white-space: nowrap; }
`;

const NAMED = new Set(['space', 'home', 'end', 'enter', 'delete']);

export class Help extends Dialog {
  static styles = [dialogStyles, styles];
  static title = 'help.title';

  body() {
    return [h('div', { class: 'all' }, KEYS.map(([name, keys]) => h('dl', {}, h('dt', {}, keys.map((key) => (NAMED.has(key)
      ? this.say(h('kbd'), `key.${key}`) : h('kbd', {}, key)))), this.say(h('dd'), `help.${name}`))))];
  }
}

Help.define('ciak-help');
