// Long work of the film: how far it is, how long it still takes, stopping it, taking it up again.
import { css, h } from '../ui/element.js';
import { Dialog, dialogStyles } from '../ui/dialog.js';
import { words } from '../ui/words.js';

const styles = css`
  ul { list-style: none; margin: 0; padding: 0; display: grid; gap: 16px; }
  li { display: grid; grid-template-columns: 1fr auto; gap: 0 16px; align-items: center; }
  progress { grid-column: 1 / -1; width: 100%; height: 4px; accent-color: var(--accent); }
  .state { color: var(--quiet); font-size: 13px; }
  .failed .state { color: var(--block); }
`;

const SHOWN = 12;
/** What can be taken up again; a file that could not be taken is better chosen anew. */
const AGAIN = (job) => ['interrupted', 'cancelled', 'failed'].includes(job.state)
  && !(job.state === 'failed' && ['import', 'find'].includes(job.verb));

export class Jobs extends Dialog {
  static props = { jobs: [] };
  static styles = [dialogStyles, styles];
  static title = 'jobs.title';

  body() {
    this.list = h('ul');
    this.none = this.say(h('p', { class: 'quiet' }), 'jobs.none');
    return [this.none, this.list];
  }

  update() {
    this.none.hidden = this.jobs.length > 0;
    this.#draw();
  }

  #draw() {
    const focused = this.shadowRoot.activeElement?.dataset?.job;
    this.list.replaceChildren(...this.jobs.slice(0, SHOWN).map((job) => this.#job(job)));
    if (focused) this.list.querySelector(`[data-job="${focused}"]`)?.focus();
  }

  #job(job) {
    const live = ['queued', 'running'].includes(job.state);
    const button = live ? this.#button(job, 'jobs.cancel', 'cancel') : AGAIN(job) ? this.#button(job, 'jobs.resume', 'resume') : null;
    const name = words.say(`verb.${job.verb}`);
    const bar = live ? h('progress', { max: '1', 'aria-label': name }) : null;
    if (bar) bar.value = job.done;
    return h('li', { class: job.state }, h('div', {}, h('p', {}, name), h('p', { class: 'state' }, this.#state(job, live))), button, bar);
  }

  #state(job, live) {
    if (job.state === 'failed') return job.error;
    if (!live) return words.say(`jobs.${job.state}`, { time: words.duration(job.seconds) });
    const parts = [words.percent(job.done)];
    if (job.what) parts.push(words.step(job.what));
    if (job.left !== null) parts.push(words.say('jobs.left', { time: words.duration(job.left) }));
    return parts.join(' · ');
  }

  #button(job, key, type) {
    return h('button', { 'data-job': job.id, onclick: () => this.tell(type, job.id) }, words.say(key));
  }
}

Jobs.define('ciak-jobs');
