// Shows the part of a long list that can be seen. Rows may differ in height: they are measured as they appear.

const AROUND = 2;

export class Windowed {
  #items = [];
  #heights = [];
  #tops = [0];
  #rows = new Map();
  #asked = false;
  #stale = true;

  /** `scroller` scrolls and gets one child; `draw(item, index)` makes a row, `estimate` is its height, pixels. */
  constructor(scroller, { estimate, draw }) {
    this.scroller = scroller;
    this.estimate = estimate;
    this.draw = draw;
    this.inner = document.createElement('div');
    this.inner.setAttribute('role', 'presentation');
    this.inner.style.position = 'relative';
    scroller.append(this.inner);
    scroller.addEventListener('scroll', () => this.#ask(), { passive: true });
    new ResizeObserver(() => this.#resized()).observe(scroller);
  }

  #width = 0;

  #resized() {
    if (this.scroller.clientWidth !== this.#width) {
      this.#width = this.scroller.clientWidth;
      this.#heights = this.#items.map(() => 0);
      this.#stale = true;
    }
    this.#ask();
  }

  set items(items) {
    this.#items = items;
    this.#heights = items.map(() => 0);
    this.#stale = true;
    this.redraw();
  }

  get items() { return this.#items; }

  /** The row of an item that is drawn now, or null. */
  row(index) { return this.#rows.get(index) ?? null; }

  /** Draw one row again: what it shows has changed. */
  refresh(index) {
    const row = this.#rows.get(index);
    if (!row) return;
    row.remove();
    this.#rows.delete(index);
    this.#heights[index] = 0;
    this.#stale = true;
    this.#paint();
  }

  /** What a row holds has another height now. */
  measure(index) {
    this.#heights[index] = 0;
    this.#stale = true;
    this.#paint();
  }

  /** Other items of the same kind, of which most are the same: rows that `same` says are equal are kept. */
  exchange(items, same) {
    if (items.length !== this.#items.length) {
      this.items = items;
      return;
    }
    const before = this.#items;
    this.#items = items;
    for (const index of [...this.#rows.keys()]) if (!same(before[index], items[index])) this.refresh(index);
  }

  redraw() {
    for (const row of this.#rows.values()) row.remove();
    this.#rows.clear();
    this.#paint();
  }

  #ask() {
    if (this.#asked) return;
    this.#asked = true;
    requestAnimationFrame(() => {
      this.#asked = false;
      this.#paint();
    });
  }

  #measure() {
    this.#stale = false;
    this.#tops = [0];
    for (let at = 0; at < this.#items.length; at += 1) {
      this.#tops.push(this.#tops[at] + (this.#heights[at] || this.estimate));
    }
    this.inner.style.height = `${this.#tops[this.#items.length]}px`;
  }

  /** The last row that begins at or above `y`. */
  #at(y) {
    let low = 0;
    let high = this.#items.length;
    while (low + 1 < high) {
      const middle = (low + high) >> 1;
      if (this.#tops[middle] <= y) low = middle;
      else high = middle;
    }
    return low;
  }

  #paint() {
    if (this.#stale) this.#measure();
    const top = this.scroller.scrollTop;
    const first = Math.max(0, this.#at(top) - AROUND);
    const end = Math.min(this.#items.length, this.#at(top + this.scroller.clientHeight) + 1 + AROUND);
    for (const [index, row] of this.#rows) {
      if (index < first || index >= end) {
        row.remove();
        this.#rows.delete(index);
      }
    }
    for (let index = first; index < end; index += 1) {
      if (this.#rows.has(index)) continue;
      const row = this.draw(this.#items[index], index);
      row.style.position = 'absolute';
      row.style.insetInline = '0';
      let after = index + 1;
      while (after < end && !this.#rows.has(after)) after += 1;
      this.inner.insertBefore(row, this.#rows.get(after) ?? null);
      this.#rows.set(index, row);
    }
    for (const [index, row] of this.#rows) {
      if (this.#heights[index]) continue;
      this.#heights[index] = row.offsetHeight;
      this.#stale ||= this.#heights[index] !== this.estimate;
    }
    if (this.#stale) this.#measure();
    for (const [index, row] of this.#rows) row.style.top = `${this.#tops[index]}px`;
  }

  /** Scroll so that row `index` stands in view; `middle`: in its middle. */
  reveal(index, { middle = false, smooth = false } = {}) {
    if (index < 0 || index >= this.#items.length) return;
    for (let round = 0; round < 3; round += 1) {
      const top = this.#tops[index];
      const bottom = this.#tops[index + 1];
      const { scrollTop, clientHeight } = this.scroller;
      if (!middle && top >= scrollTop && bottom <= scrollTop + clientHeight) return;
      const wanted = middle ? top - (clientHeight - (bottom - top)) / 2
        : top < scrollTop ? top : bottom - clientHeight;
      const near = Math.abs(wanted - scrollTop) < clientHeight * 2;
      this.scroller.scrollTo({ top: wanted, behavior: smooth && near ? 'smooth' : 'instant' });
      if (smooth && near) return;
      this.#paint();
      if (this.#tops[index] === top) return;
    }
  }
}
