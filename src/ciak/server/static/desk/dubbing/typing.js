// The field in which the words of a line are typed. Enter saves, Shift-Enter breaks the line, Ctrl-Enter saves and
// opens the next, Escape leaves things as they were; leaving the field saves too, so that nothing typed is lost.
import { h } from '../../ui/element.js';

/** `most`: characters that fit. */
export function wordField({ text, label, save, most = '2000' }) {
  let open = true;
  const close = (value, next) => {
    if (!open) return;
    open = false;
    save(value, next);
  };
  const changed = () => (field.value.trim() && field.value.trim() !== text.trim() ? field.value : null);
  const field = h('textarea', { class: 'field', rows: Math.max(1, Math.ceil(text.length / 44)), dir: 'auto', 'aria-label': label, value: text,
    maxlength: most, spellcheck: 'true', onblur: () => queueMicrotask(() => close(changed(), undefined)), onkeydown: (event) => {
      if (event.isComposing) return;
      if (event.key === 'Escape') close(null, false);
      else if (event.key === 'Enter' && !event.shiftKey) close(changed(), event.ctrlKey || event.metaKey);
      else {
        if (!event.ctrlKey && !event.metaKey) event.stopPropagation();
        return;
      }
      event.preventDefault();
      event.stopPropagation();
    } });
  return field;
}
