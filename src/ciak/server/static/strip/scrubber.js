// The whole film as one line: where somebody speaks, where there are problems, where we are. Drag to go there.
import { Element, css, h } from '../ui/element.js';
import { words } from '../ui/words.js';

const styles = css`
  :host { display: block; }
  .rail { position: relative; height: 32px; cursor: pointer; touch-action: none; border-radius: 4px; }
  canvas { position: absolute; inset: 0; width: 100%; height: 100%; }
  .head { position: absolute; inset-block: 0; inset-inline-start: 0; width: 2px; margin-left: -1px;
    background: var(--accent); pointer-events: none; will-change: transform; }
`;

export class Scrubber extends Element {
  static props = { clock: null, lines: [] };
  static styles = [styles];
  #width = 0;

  build() {
    this.canvas = h('canvas', { 'aria-hidden': 'true' });
    this.head = h('div', { class: 'head' });
    this.rail = h('div', {
      class: 'rail', role: 'slider', tabindex: '0', 'aria-valuemin': '0', onpointerdown: (event) => this.#drag(event),
    }, this.canvas, this.head);
    this.say(this.rail, 'transport.position', {}, 'aria-label');
    return this.rail;
  }

  connected() {
    const observer = new ResizeObserver(() => this.request('lines'));
    observer.observe(this);
    this.listen(this.clock, 'frame', () => this.#place());
    this.listen(this.clock, 'state', () => this.request('lines'));
    this.listen(document.documentElement, 'ciak-theme', () => this.request('lines'));
  }

  update() {
    this.#width = this.rail.clientWidth;
    const ratio = devicePixelRatio || 1;
    const height = 32;
    this.canvas.width = Math.max(1, Math.round(this.#width * ratio));
    this.canvas.height = height * ratio;
    const draw = this.canvas.getContext('2d');
    const colours = getComputedStyle(this);
    draw.scale(ratio, ratio);
    draw.fillStyle = colours.getPropertyValue('--line');
    draw.fillRect(0, 15, this.#width, 2);
    const frames = this.clock.frames;
    for (const line of frames ? this.lines : []) {
      draw.fillStyle = colours.getPropertyValue(line.flags.length ? '--check' : '--edge');
      const left = line.first / frames * this.#width;
      draw.fillRect(left, 12, Math.max(2, (line.end - line.first) / frames * this.#width - 1), 8);
      if (line.flags.length) draw.fillRect(left, 4, 2, 8);
    }
    this.rail.setAttribute('aria-valuemax', String(Math.max(0, frames - 1)));
    this.#place();
  }

  #place() {
    const { clock } = this;
    const part = clock.frames > 1 ? clock.frame / (clock.frames - 1) : 0;
    this.head.style.transform = `translateX(${part * this.#width}px)`;
    this.rail.setAttribute('aria-valuenow', String(clock.frame));
    this.rail.setAttribute('aria-valuetext', words.ready ? clock.base.label(clock.frame) : '');
  }

  #drag(event) {
    if (event.button !== 0) return;
    const go = (at) => {
      const box = this.rail.getBoundingClientRect();
      const part = Math.min(1, Math.max(0, (at.clientX - box.left) / box.width));
      this.clock.seek(Math.floor(part * this.clock.frames));
    };
    this.rail.setPointerCapture(event.pointerId);
    const ends = new AbortController();
    const over = { signal: ends.signal };
    this.rail.addEventListener('pointermove', go, over);
    this.rail.addEventListener('pointerup', () => ends.abort(), over);
    this.rail.addEventListener('pointercancel', () => ends.abort(), over);
    go(event);
  }
}

Scrubber.define('ciak-scrubber');
