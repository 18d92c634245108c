// What a person should look at, as a sign, a word and a colour: never the colour alone.
import { h } from '../../ui/element.js';
import { icon } from '../../ui/icon.js';
import { words } from '../../ui/words.js';

/** A known flag in the reader's language; else what the department said. */
export function named(flag) {
  const key = `flag.${flag.code}`;
  return words.has(key) ? words.say(key) : flag.message || flag.code;
}

export function flagged(flags) {
  if (!flags.length) return null;
  const list = h('ul', { 'aria-label': words.say('lines.flags') },
    flags.map((flag) => h('li', { title: flag.message, dir: 'auto' }, icon('flag', 12), named(flag))));
  for (const [name, value] of [['listStyle', 'none'], ['color', 'var(--check)'], ['fontSize', '13px']]) {
    list.style[name] = value;
  }
  for (const item of list.children) Object.assign(item.style, { display: 'flex', gap: '8px', alignItems: 'center' });
  return list;
}
