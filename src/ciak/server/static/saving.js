// How edits reach the server: one after the other, again and again while it does not answer, and with the versions of
// the lines that the person saw.
import { ApiError } from './api.js';

/** Milliseconds after which no answer is no connection; and between two attempts. */
const SLOW = 4000;
const AGAIN = 1000;
const LONGEST = 99;

export class Saving {
  /** Edits that were made and have no answer yet. */
  held = 0;
  #queue = Promise.resolve();
  #own = new Map();

  /** `lost(so)` is told whether the server seems to be gone; `is()`: what is known of that otherwise. */
  constructor(lost, is) {
    this.lost = lost;
    this.is = is;
  }

  /** After everything that was asked before. */
  next(call) {
    this.#queue = this.#queue.then(call);
    return this.#queue;
  }

  /** This page's own edit made another version of a line. */
  replaced(before, after) {
    this.#own.delete(after);
    if (before && before !== after) this.#own.set(before, after);
  }

  /** A version that this page's own edits have replaced stands for the one that they made. */
  newest(version) {
    let found = version;
    for (let step = 0; step < LONGEST && this.#own.has(found); step += 1) found = this.#own.get(found);
    return found;
  }

  /** Call until the server answers: what was changed is kept until then. What is slow to answer is said to be lost. */
  async patiently(call) {
    this.held += 1;
    const slow = setTimeout(() => this.lost(true), SLOW);
    try {
      for (;;) {
        try {
          return await call();
        } catch (error) {
          if (!(error instanceof ApiError) || error.status !== 0) throw error;
          this.lost(true);
          await new Promise((again) => { setTimeout(again, AGAIN); });
        }
      }
    } finally {
      clearTimeout(slow);
      this.held -= 1;
      this.lost(this.is());
    }
  }
}
