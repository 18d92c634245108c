// Says why a place is empty: what comes here and what brings it, what is being waited for, or what went wrong.
import { Element, css, h } from './element.js';
import { words } from './words.js';

const styles = css`
  :host { display: grid; place-content: center; padding: 24px; gap: 8px; text-align: center; background: var(--raised); }
  p { max-width: 56ch; }
  p:empty { display: none; }
  code { display: block; padding: 8px 16px; background: var(--ground); border-radius: 4px; overflow-wrap: anywhere;
    user-select: all; }
  code:empty { display: none; }
  .bad .heading { color: var(--block); }
  button { justify-self: center; background: var(--accent); color: var(--on-accent); padding: 0 16px; }
  button:hover { background: var(--accent); }
  .body { display: grid; gap: 8px; justify-items: center; }
`;

export class Notice extends Element {
  /** `told`: { key, detail, command, bad, retry, act }; words come from the catalogue, detail and command as they are. */
  static props = { told: null };
  static styles = [styles];

  build() {
    this.head = h('p', { class: 'heading' });
    this.text = h('p', { class: 'quiet' });
    this.detail = h('p', { class: 'quiet', dir: 'auto' });
    this.command = h('code');
    this.retry = h('button', { hidden: true, onclick: () => this.tell('retry') });
    this.say(this.retry, 'notice.retry');
    this.act = h('button', { hidden: true, onclick: () => this.tell('act') });
    this.body = h('div', { class: 'body', role: 'status' });
    return this.body;
  }

  /** What says nothing holds nothing. */
  update() {
    const parts = [this.head, this.text, this.detail, this.command, this.retry, this.act];
    if (Boolean(this.told) !== this.body.hasChildNodes()) this.body.replaceChildren(...(this.told ? parts : []));
    const told = this.told ?? {};
    this.head.textContent = told.key ? words.say(`${told.key}.title`) : '';
    this.text.textContent = told.key ? words.say(`${told.key}.text`) : '';
    this.detail.textContent = told.detail ?? '';
    this.command.textContent = told.command ?? '';
    this.retry.hidden = !told.retry;
    this.act.hidden = !told.act;
    this.act.textContent = told.act ? words.say(told.act) : '';
    this.body.classList.toggle('bad', Boolean(told.bad));
    this.body.setAttribute('role', told.bad ? 'alert' : 'status');
  }
}

Notice.define('ciak-notice');
