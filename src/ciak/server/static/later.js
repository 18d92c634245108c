// Something that is done once, a moment after it was last asked for, for all that was asked meanwhile.

export class Later {
  #names = new Set();
  #timer = 0;

  /** `does(names)` after `milliseconds` of silence. */
  constructor(milliseconds, does) {
    this.milliseconds = milliseconds;
    this.does = does;
  }

  ask(names) {
    for (const name of names) this.#names.add(name);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const all = this.#names;
      this.#names = new Set();
      this.does(all);
    }, this.milliseconds);
  }

  /** Nothing that was asked is to be done any more. */
  forget() {
    clearTimeout(this.#timer);
    this.#names = new Set();
  }
}
