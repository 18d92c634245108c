// A dialog with a title and a way out, as other components fill it: `body` is theirs.
import { Element, css, h } from './element.js';
import { icon } from './icon.js';

export const dialogStyles = css`
  dialog { width: min(560px, 92vw); max-height: 88vh; padding: 24px; border: 1px solid var(--line); border-radius: 8px;
    background: var(--raised); color: var(--text); box-shadow: 0 16px 48px rgb(0 0 0 / 40%); }
  dialog::backdrop { background: rgb(0 0 0 / 60%); }
  dialog > header { display: flex; align-items: center; justify-content: space-between; margin-bottom: 16px; }
  dialog > header button { display: grid; place-items: center; padding: 0; }
  dialog form, dialog .form { display: grid; gap: 16px; }
  dialog label { display: grid; gap: 4px; color: var(--quiet); font-size: 13px; }
  dialog label > * { color: var(--text); font-size: 15px; }
  dialog .actions { display: flex; justify-content: flex-end; gap: 8px; }
  dialog .wrong { color: var(--block); }
  dialog .wrong:empty { display: none; }
`;

export class Dialog extends Element {
  static styles = [dialogStyles];

  /** The key of its title; the nodes in it. */
  static title = '';
  body() { return []; }

  build() {
    const title = this.say(h('h2', { class: 'heading', id: 'title' }), this.constructor.title);
    const close = h('button', { onclick: () => this.dialog.close() }, icon('close'));
    this.say(close, 'help.close', {}, 'aria-label');
    this.dialog = h('dialog', { 'aria-labelledby': 'title', onclose: () => this.remove(), onclick: (event) => {
      if (event.target === this.dialog) this.dialog.close();
    } }, h('header', {}, title, close), this.body());
    return this.dialog;
  }

  get open() { return this.isConnected && this.dialog.open; }

  /** Open it in `place`, a component's root; it is taken out again when it closes. */
  show(place) {
    if (this.open) return;
    place.append(this);
    this.dialog.showModal();
  }

  hide() { this.dialog.close(); }
}
