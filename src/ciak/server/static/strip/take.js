// Plays one take by itself. The film's clock is stopped first: two sounds at once tell nothing.

export class TakePlayer {
  #audio = null;

  play(address, clock) {
    clock.pause();
    this.#audio ??= new Audio();
    this.#audio.src = address;
    this.#audio.play().catch(() => {});
  }

  stop() { this.#audio?.pause(); }
}
