// A list of rows that the arrows walk: one row has the keyboard, also when the list is drawn anew around it.
import { Windowed } from '../../ui/windowed.js';

export class Walked {
  #items = [];
  #at = 0;

  /** `list` scrolls; `draw(item, index)` makes a row whose first `[data-main]` takes the keyboard; `key(item)` names it;
   *  `does`: key of the keyboard to what it does with an item; `moved(item)`: the arrows came there. */
  constructor(list, { estimate, draw, key, does, moved }) {
    Object.assign(this, { list, key, does, moved });
    this.windowed = new Windowed(list, { estimate, draw });
    list.addEventListener('keydown', (event) => this.#key(event));
    list.addEventListener('focusin', (event) => {
      const index = Number(event.target.closest('[data-index]')?.dataset.index ?? -1);
      if (index >= 0) this.#at = index;
    });
  }

  get items() { return this.#items; }
  get item() { return this.#items[this.#at] ?? null; }

  /** Other items: the keyboard stays with the item that had it, else with the one in its place. */
  show(items) {
    const held = this.list.contains(this.list.getRootNode().activeElement);
    const name = this.item ? this.key(this.item) : null;
    this.#items = items;
    const same = items.findIndex((item) => this.key(item) === name);
    this.#at = same >= 0 ? same : Math.max(0, Math.min(this.#at, items.length - 1));
    this.windowed.items = items;
    if (held) this.focus(this.#at);
  }

  /** Bring an item into view and give it the keyboard; without any, the list has it. */
  focus(index) {
    this.#at = index;
    this.windowed.reveal(index);
    const row = this.windowed.row(index);
    (row?.querySelector('[data-main]') ?? this.list).focus({ preventScroll: true });
  }

  focusOn(name) {
    const index = this.#items.findIndex((item) => this.key(item) === name);
    if (index >= 0) this.focus(index);
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target !== this.list && !event.target.matches('[data-main]')) return;
    const last = this.#items.length - 1;
    const step = event.target === this.list ? 0 : 1;
    const to = { ArrowDown: this.#at + step, ArrowUp: this.#at - step, PageDown: this.#at + 12, PageUp: this.#at - 12, Home: 0, End: last }[event.key];
    const act = this.does[event.key];
    if (to !== undefined && last >= 0) {
      this.focus(Math.max(0, Math.min(last, to)));
      this.moved?.(this.item);
    } else if (act && this.item) act(this.item);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
