// A field in which a moment is typed as timecode; what is none is put back.
import { h } from '../../ui/element.js';

/** `saved(frame)` is told the moment that a person typed; `given`: other attributes. */
export function timeField(base, frame, given, saved) {
  const field = h('input', { type: 'text', value: base.label(frame), ...given, onchange: () => {
    const typed = base.parse(field.value, frame);
    if (typed === null || typed < 0) field.value = base.label(frame);
    else saved(typed);
  } });
  return field;
}
