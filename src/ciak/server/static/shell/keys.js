// The keys of the studio. Typing fields keep theirs; buttons keep space and enter; choices and lists their arrows.

/** What the help lists, in this order: its words, and the keys: signs, or names that the catalogue has. */
export const KEYS = [
  ['play', ['space']], ['shuttle', ['J', 'K', 'L']], ['frame', ['←', '→']], ['second', ['⇧ ←', '⇧ →']],
  ['line', ['↑', '↓']], ['ends', ['home', 'end']], ['timecode', ['T']], ['marks', ['I', 'O']], ['unmark', ['U']],
  ['sound', ['A']], ['subtitles', ['S']], ['mute', ['M']], ['full', ['F']], ['original', ['1']], ['dubbed', ['2']],
  ['zoom', ['+', '−']], ['fit', ['\\']], ['snap', ['N']], ['edit', ['enter']], ['nudge', [',', '.']],
  ['trim', ['[', ']']], ['split', ['X']], ['merge', ['G']], ['remove', ['delete']], ['lock', ['B']], ['again', ['R']],
  ['judge', ['Y', 'D']], ['caption', ['C']], ['divide', ['Alt ↵']], ['join', ['Alt ⌫']], ['undo', ['Ctrl Z']], ['redo', ['Ctrl ⇧ Z']], ['problems', ['P']], ['help', ['?']],
];

const ACTIONS = {
  ' ': ['toggle'], j: ['shuttle', -1], k: ['pause'], l: ['shuttle', 1], ArrowUp: ['jump', -1], ArrowDown: ['jump', 1],
  Home: ['edge', 0], End: ['edge', 1], t: ['type'], i: ['mark', 'from'], o: ['mark', 'to'], u: ['unmark'], a: ['nextSound'],
  s: ['nextSubtitles'], m: ['mute'], f: ['fullscreen'], 1: ['playLine', 'source'], 2: ['playLine', 'target'],
  '+': ['zoom', 1 / 1.6], '=': ['zoom', 1 / 1.6], '-': ['zoom', 1.6], '\\': ['fit'], n: ['snap'], Enter: ['edit'],
  ',': ['nudge', -1], '.': ['nudge', 1], '<': ['nudge', -10], '>': ['nudge', 10], '[': ['trim', 'first'], ']': ['trim', 'end'],
  x: ['split'], g: ['merge'], Delete: ['remove'], Backspace: ['remove'], b: ['lock'], r: ['again'], y: ['judge', 'approved'], d: ['judge', 'rejected'], c: ['caption'], p: ['problems'], '?': ['help'],
};

/** The action and its argument that a key stands for, or null. `studio` has a method for each. */
export function action(event) {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (event.ctrlKey || event.metaKey) {
    if (key === 'z') return [event.shiftKey ? 'redo' : 'undo'];
    return key === 'y' ? ['redo'] : null;
  }
  if (key === 'ArrowLeft') return event.shiftKey ? ['seconds', -1] : ['step', -1];
  if (key === 'ArrowRight') return event.shiftKey ? ['seconds', 1] : ['step', 1];
  return ACTIONS[key] ?? null;
}

/** Whether the key belongs to what has the focus. */
export function taken(event) {
  const undoes = (event.ctrlKey || event.metaKey) && ['z', 'y'].includes(event.key.toLowerCase());
  if (event.defaultPrevented || event.altKey || event.isComposing) return true;
  if ((event.ctrlKey || event.metaKey) && !undoes) return true;
  const focus = event.composedPath()[0];
  if (!(focus instanceof Element)) return false;
  if (focus.closest('dialog')) return true;
  const radio = focus.matches('input[type="radio"], input[type="checkbox"]');
  if (focus.matches('input, textarea, select') && !radio) return true;
  if (radio && (event.key.startsWith('Arrow') || (event.key === ' ' && !focus.checked))) return true;
  return focus.matches('button, a, summary') && (event.key === ' ' || event.key === 'Enter');
}
