// The look that the lists of the Words page share.
import { css } from '../../ui/element.js';

export const listStyles = css`
  :host { display: flex; flex-direction: column; min-height: 0; flex: 1; }
  .bar { display: flex; flex-wrap: wrap; align-items: center; gap: 8px; padding: 0 16px 8px; }
  .bar ciak-choice { margin-inline-start: -8px; }
  .new:empty { display: none; }
  .new { padding: 0 16px; }
  .hint { padding: 0 16px 8px; color: var(--quiet); font-size: 13px; }
  .list { position: relative; flex: 1; min-height: 0; overflow-y: auto; overscroll-behavior: contain; }
  .list:focus-visible { outline-offset: -2px; }
  .row { display: grid; gap: 0 12px; align-items: start; padding: 2px 16px 2px 13px; border-inline-start: 3px solid transparent; }
  .row:hover { background: var(--hover); }
  .row:focus-within { background: var(--marked); border-color: var(--accent); }
  .row > * { min-width: 0; line-height: 24px; padding-block: 4px; overflow-wrap: anywhere; }
  .row > button { padding: 4px 0; text-align: start; }
  .row > button:hover { background: transparent; color: var(--accent); }
  .row button:focus-visible { outline-offset: -2px; }
  .row > .tool { display: grid; place-items: center; min-width: 32px; padding: 0; color: var(--quiet); }
  .main { font-weight: 600; }
  .tag { font-weight: 400; font-size: 12px; color: var(--quiet); margin-inline-start: 8px; white-space: nowrap; }
  .said > span { display: block; }
  .note { font-size: 13px; }
`;
