// What the keys do, and the buttons that stand for them: one method a wish.

export class Moves {
  constructor(studio) { this.studio = studio; }

  get #hands() { return this.studio.chosen.hands; }

  toggle() { this.studio.clock.toggle(); }
  pause() { this.studio.clock.pause(); }
  shuttle(direction) { this.studio.clock.shuttle(direction); }
  step(frames) { this.studio.clock.step(frames); }
  seconds(seconds) { this.studio.clock.seek(this.studio.clock.frame + seconds * this.studio.clock.base.frames(1)); }
  edge(end) { this.studio.clock.seek(end ? this.studio.clock.frames - 1 : 0); }
  type() { this.studio.transport.timecode.focus(); }
  mute() { this.studio.clock.muted = !this.studio.clock.muted; }
  problems() { this.studio.lines.problems = !this.studio.lines.problems; }
  help() {
    const { helper, shadowRoot } = this.studio;
    if (helper.open) helper.hide();
    else helper.show(shadowRoot);
  }
  undo() { this.studio.state.takeBack(); }
  redo() { this.studio.state.makeAgain(); }
  edit() {
    if (this.studio.chosen.beside) this.studio.inspector.edit();
    else this.studio.lines.edit();
  }
  judge(verdict) { this.studio.chosen.captions.judge(verdict); }
  caption() { this.studio.chosen.captions.add(); }
  nudge(frames) { this.#hands.nudge(frames); }
  trim(edge) { this.#hands.trim(edge); }
  split() { this.#hands.split?.(); }
  merge() { this.#hands.merge?.(); }
  remove() { this.#hands.remove(); }
  lock() { this.studio.chosen.lines.lock(); }
  zoom(factor) { this.studio.strip.zoom(factor); }
  fit() { this.studio.strip.view.fit(); }
  snap() { this.studio.strip.snapping = !this.studio.strip.snapping; }

  again() {
    const { line, target, api } = this.studio.state;
    if (line && target && !line.locked) api.start({ verb: 'redo', language: target, lines: [line.id] }).catch(() => {});
  }

  /** Along the lane in focus, else along the dialogue. */
  jump(direction) {
    const lane = this.studio.strip.focused ?? null;
    const { lines } = this.studio.state;
    const now = this.studio.clock.frame;
    const found = lane ? lane.next(now, direction) : direction > 0 ? lines.find((line) => line.first > now) : lines.findLast((line) => line.first < now);
    if (!found) return;
    if (lane) this.studio.strip.choose(lane, found, true);
    else {
      this.studio.state.select(found.id);
      this.studio.clock.seek(found.first);
    }
  }

  mark(which) {
    this.studio.ruler.marks = { ...this.studio.ruler.marks, [which]: which === 'to' ? this.studio.clock.frame + 1 : this.studio.clock.frame };
    this.studio.ruler.changed();
  }

  unmark() {
    this.studio.ruler.marks = { from: null, to: null };
    this.studio.ruler.changed();
  }

  /** Hear the selected line, or what a caption or a subtitle tells, in the original, or dubbed. */
  async playLine(which) {
    const { state } = this.studio;
    const line = state.line ?? state.caption ?? state.subtitle;
    const code = which === 'source' ? state.source : state.target;
    if (!line || !state.language(code)?.proxy) return;
    await state.chooseSound(code);
    this.studio.openMedia();
    const play = () => this.studio.clock.playRange(line.first, which === 'source' ? line.end : Math.max(line.end, line.slot?.end ?? 0));
    if (this.studio.clock.loading) this.studio.clock.addEventListener('opened', play, { once: true });
    else play();
  }

  nextSound() {
    const codes = (this.studio.state.film?.languages ?? []).filter((entry) => entry.proxy).map((entry) => entry.code);
    if (codes.length) this.studio.state.chooseSound(codes[(codes.indexOf(this.studio.state.sound) + 1) % codes.length]);
  }

  nextSubtitles() {
    const codes = ['', ...(this.studio.state.film?.languages ?? []).filter((entry) => entry.subtitles).map((entry) => entry.code)];
    this.studio.state.chooseSubtitles(codes[(codes.indexOf(this.studio.state.subtitles ?? '') + 1) % codes.length]);
  }

  fullscreen() {
    if (document.fullscreenElement) document.exitFullscreen();
    else this.studio.stage.requestFullscreen().catch(() => {});
  }
}
