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
const LIVE = ['queued', 'running'];
const ENDED = ['interrupted', 'cancelled', 'failed'];

/** What can be done to a job: stopped while it lives, taken up again when it ended early. A file that could not be
 *  taken is better chosen anew. */
function can(job) {
  if (LIVE.includes(job.state)) return 'cancel';
  if (job.state === 'failed' && ['import', 'find'].includes(job.verb)) return null;
  return ENDED.includes(job.state) ? 'resume' : null;
}

export class Jobs extends Dialog {
  static props = { jobs: [] };
  static styles = [dialogStyles, styles];
  static title = 'jobs.title';

  /** What stands in the list, by its job: what can be done to it, and its row. */
  #rows = new Map();

  body() {
    this.list = h('ul');
    this.none = this.say(h('p', { class: 'quiet' }), 'jobs.none');
    return [this.none, this.list];
  }

  update() {
    this.none.hidden = this.jobs.length > 0;
    this.#draw();
  }

  /** A row stays the same nodes while the same can be done to its job: a button that is replaced under the pointer is
   *  never clicked. */
  #draw() {
    const focused = this.shadowRoot.activeElement?.dataset?.job;
    const shown = this.jobs.slice(0, SHOWN);
    this.#rows = new Map(shown.map((job) => {
      const known = this.#rows.get(job.id);
      return [job.id, known?.can === can(job) ? known : { can: can(job), row: this.#row(job) }];
    }));
    const rows = [...this.#rows.values()].map(({ row }) => row);
    if (rows.length !== this.list.children.length || rows.some((row, at) => row !== this.list.children[at])) {
      this.list.replaceChildren(...rows);
      if (focused) this.list.querySelector(`[data-job="${focused}"]`)?.focus();
    }
    shown.forEach((job, at) => this.#fill(rows[at], job));
  }

  #row(job) {
    const verb = can(job);
    return h('li', {}, h('div', {}, h('p', { class: 'name' }), h('p', { class: 'state' })),
      verb ? h('button', { 'data-job': job.id, onclick: () => this.tell(verb, job.id) }) : null,
      verb === 'cancel' ? h('progress', { max: '1' }) : null);
  }

  #fill(row, job) {
    const name = words.say(`verb.${job.verb}`);
    row.className = job.state;
    row.querySelector('.name').textContent = name;
    row.querySelector('.state').textContent = this.#state(job);
    const button = row.querySelector('button');
    if (button) button.textContent = words.say(`jobs.${can(job)}`);
    const bar = row.querySelector('progress');
    if (!bar) return;
    bar.setAttribute('aria-label', name);
    bar.value = job.done;
  }

  #state(job) {
    if (job.state === 'failed') return job.error;
    if (can(job) !== 'cancel') return words.say(`jobs.${job.state}`, { time: words.duration(job.seconds) });
    const parts = [words.percent(job.done)];
    if (job.what) parts.push(words.step(job.what));
    if (job.left !== null) parts.push(words.say('jobs.left', { time: words.duration(job.left) }));
    return parts.join(' · ');
  }
}

Jobs.define('ciak-jobs');
