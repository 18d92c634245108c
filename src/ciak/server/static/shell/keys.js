// The keys of the studio. Typing fields keep theirs; buttons keep space and enter; choices and lists their arrows.

/** What the help lists, in this order: its words, and the keys: signs, or names that the catalogue has. */
export const KEYS = [
  ['play', ['space']], ['shuttle', ['J', 'K', 'L']], ['frame', ['←', '→']], ['second', ['⇧ ←', '⇧ →']],
  ['line', ['↑', '↓']], ['ends', ['home', 'end']], ['timecode', ['T']], ['sound', ['A']], ['subtitles', ['S']],
  ['mute', ['M']], ['full', ['F']], ['problems', ['P']], ['help', ['?']],
];

/** The action and its argument that a key stands for, or null. `studio` has a method for each. */
export function action(event) {
  const second = event.shiftKey;
  switch (event.key.length === 1 ? event.key.toLowerCase() : event.key) {
    case ' ': return ['toggle'];
    case 'j': return ['shuttle', -1];
    case 'k': return ['pause'];
    case 'l': return ['shuttle', 1];
    case 'ArrowLeft': return second ? ['seconds', -1] : ['step', -1];
    case 'ArrowRight': return second ? ['seconds', 1] : ['step', 1];
    case 'ArrowUp': return ['jump', -1];
    case 'ArrowDown': return ['jump', 1];
    case 'Home': return ['edge', 0];
    case 'End': return ['edge', 1];
    case 't': return ['type'];
    case 'a': return ['nextSound'];
    case 's': return ['nextSubtitles'];
    case 'm': return ['mute'];
    case 'f': return ['fullscreen'];
    case 'p': return ['problems'];
    case '?': return ['help'];
    default: return null;
  }
}

/** Whether the key belongs to what has the focus. */
export function taken(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return true;
  const focus = event.composedPath()[0];
  if (!(focus instanceof Element)) return false;
  if (focus.closest('dialog')) return true;
  const radio = focus.matches('input[type="radio"], input[type="checkbox"]');
  if (focus.matches('input, textarea, select') && !radio) return true;
  if (radio && (event.key.startsWith('Arrow') || (event.key === ' ' && !focus.checked))) return true;
  return focus.matches('button, a, summary') && (event.key === ' ' || event.key === 'Enter');
}
