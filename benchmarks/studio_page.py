"""A studio in a process of its own, a headless Chromium before it, and what is asked of its page.

The page is reached as its tests reach it: ``document.querySelector('ciak-studio')`` with its state, clock, strip and
list. What happens on the main thread is read from a trace of the browser (:func:`frames`).
"""

from __future__ import annotations

import http.client
import json
import os
import shutil
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["SCRIPT", "Frames", "Studio", "browser", "frames", "page_of", "served", "traced"]

TRACED = ("devtools.timeline", "disabled-by-default-devtools.timeline",
          "disabled-by-default-devtools.timeline.frame")
SQUARE = 30
SCRIPT = """
window.judge = {
  get studio() { return document.querySelector('ciak-studio'); },
  wait: (ms) => new Promise((done) => setTimeout(done, ms)),
  async until(test, most = 20000) {
    const end = performance.now() + most;
    while (!test()) {
      if (performance.now() > end) throw new Error(`nothing came of ${test}`);
      await this.wait(5);
    }
    return performance.now();
  },
  paint: () => new Promise((done) => new PerformanceObserver((list) => {
    const found = list.getEntriesByName('first-contentful-paint')[0];
    if (found) done(found.startTime);
  }).observe({ type: 'paint', buffered: true })),
  row() { return this.studio?.lines?.list?.querySelector('.row'); },
  async ready() {
    await this.until(() => this.row() && this.studio.state.waiting === null && !this.studio.clock.loading
      && this.studio.clock.shown !== null);
  },

  // Nodes of the whole document and of every open shadow root in it: elements, texts, comments.
  nodes() {
    let elements = 0, others = 0;
    const walk = (root) => {
      const walker = document.createTreeWalker(root, NodeFilter.SHOW_ALL);
      while (walker.nextNode()) {
        if (walker.currentNode.nodeType === Node.ELEMENT_NODE) elements += 1;
        else others += 1;
        if (walker.currentNode.shadowRoot) walk(walker.currentNode.shadowRoot);
      }
    };
    walk(document);
    return { nodes: elements + others, elements };
  },

  // The picture's own number, and every frame that the player presents.
  number() {
    const { video } = this.studio.picture;
    this.pen ??= Object.assign(document.createElement('canvas'), { width: 16 * SQUARE, height: SQUARE })
      .getContext('2d', { willReadFrequently: true });
    this.pen.drawImage(video, 0, 0, 16 * SQUARE, SQUARE, 0, 0, 16 * SQUARE, SQUARE);
    const row = this.pen.getImageData(0, SQUARE / 2, 16 * SQUARE, 1).data;
    let number = 0;
    for (let bit = 0; bit < 16; bit += 1) if (row[(bit * SQUARE + SQUARE / 2) * 4] > 128) number |= 1 << bit;
    return number;
  },
  watch() {
    const { clock, picture } = this.studio;
    for (const type of ['pointerdown', 'pointerup', 'click']) {
      window.addEventListener(type, (event) => { this.pointer = event.timeStamp; }, { capture: true });
    }
    clock.addEventListener('frame', () => { this.acted ??= this.pointer; });
    const each = () => {
      const now = performance.now();
      this.seen.push([now, this.number()]);
      picture.video.requestVideoFrameCallback(each);
    };
    this.seen = [];
    picture.video.requestVideoFrameCallback(each);
  },
  async aim(kind, u, v, w) {
    const { studio } = this;
    const { lines, strip, clock, state } = studio;
    const place = { x: 0, y: 0, frame: 0 };
    if (kind === 'list') {
      lines.list.scrollTop = u * (lines.list.scrollHeight - lines.list.clientHeight);
      await this.wait(300);
      const box = lines.list.getBoundingClientRect();
      const there = [...lines.list.querySelectorAll('.row time')].filter((time) => {
        const { top, bottom } = time.getBoundingClientRect();
        const { first } = state.lines[time.closest('.row').dataset.index];
        return top > box.top && bottom < box.bottom && first !== clock.frame;
      });
      const time = there[Math.floor(v * there.length)];
      const { left, top, width, height } = time.getBoundingClientRect();
      Object.assign(place, { x: left + width / 2, y: top + height / 2,
        frame: state.lines[time.closest('.row').dataset.index].first });
    } else {
      strip.view.fit();
      strip.view.zoom(Math.exp(-5 * w), u * strip.view.width);
      await this.wait(300);
      const box = (kind === 'ruler' ? strip.rule : strip.body).getBoundingClientRect();
      const rule = strip.rule.getBoundingClientRect();
      place.x = Math.round(rule.left + 4 + v * (rule.width - 24));
      place.y = kind === 'ruler' ? box.top + box.height / 2 : box.top + 4 + u * (box.height - 8);
      const frame = () => Math.floor(strip.view.frame(place.x - rule.left));
      if (frame() === clock.frame) place.x += 9;
      place.frame = Math.max(0, Math.min(clock.frames - 1, frame()));
    }
    this.acted = null;
    this.seen.length = 0;
    return place;
  },
  async hit(frame) {
    let found = null;
    const end = performance.now() + 3000;
    while (!found && performance.now() < end) {
      found = this.seen.find(([at, number]) => this.acted !== null && at >= this.acted && number === frame);
      if (!found) await this.wait(4);
    }
    await this.wait(150);
    return { milliseconds: found ? found[0] - this.acted : null, last: this.number() };
  },

  // One edit through the page: what `saved` tells of it.
  async edit(kind, at, text) {
    const { studio } = this;
    const { state, hands, clock } = studio;
    const line = kind === 'merge' ? state.line : state.lines[at];
    const called = performance.now();
    const told = new Promise((done) => {
      const ends = new AbortController();
      for (const type of ['saved', 'refused', 'conflict']) {
        state.addEventListener(type, ({ detail }) => {
          if (detail.began < called) return;
          ends.abort();
          done({ type, ...detail, error: String(detail.message ?? '') });
        }, { signal: ends.signal });
      }
      setTimeout(() => { ends.abort(); done({ type: 'nothing' }); }, 120000);
    });
    state.select(line.id);
    if (kind === 'retype') state.edit([{ do: 'retype', loop: line.id, text }]);
    if (kind === 'place') hands.place(line, line.first + 2, line.end + 2);
    if (kind === 'split') {
      clock.seek(Math.floor((line.first + line.end) / 2));
      hands.split();
    }
    if (kind === 'merge') hands.merge();
    const { type, milliseconds, error } = await told;
    return { type, milliseconds: milliseconds ?? null, error };
  },

  // From the first subtitles after an edit that follows to those that are delivered, in milliseconds.
  attend(code) {
    const { state } = this.studio;
    const before = state.cuesOf.get(code);
    this.attending = (async () => {
      const first = await this.until(() => state.cuesOf.get(code) !== before);
      return await this.until(() => state.delivered(code)) - first;
    })();
  },
  attended() { return this.attending; },
};
""".replace("SQUARE", str(SQUARE))


@dataclass(frozen=True)
class Studio:
    """A running studio: where it is, the session's cookie, and the key of its film."""

    origin: str
    cookie: str
    key: str
    pid: int

    def told(self, path: str) -> Any:
        """What the API answers."""
        connection = http.client.HTTPConnection(self.origin.removeprefix("http://"), timeout=30)
        connection.request("GET", f"/api/v1{path}", headers={"Cookie": self.cookie})
        answer = json.loads(connection.getresponse().read())
        connection.close()
        return answer

    def page(self, name: str = "dialogue") -> str:
        """The address of a page of the film."""
        return f"{self.origin}/#/film/{self.key}/{name}"


@contextmanager
def served(film: Path, home: Path) -> Iterator[Studio]:
    """A studio with ``film``; library and films' folder lie in ``home``."""
    environment = {**os.environ, "CIAK_LIBRARY": str(home / "library"), "CIAK_FILMS": str(home / "films")}
    process = subprocess.Popen([str(Path(sys.executable).parent / "ciak"), "studio", str(film), "--json", "--no-open"],
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment)
    try:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        origin = f"http://127.0.0.1:{told['port']}"
        connection = http.client.HTTPConnection("127.0.0.1", told["port"], timeout=30)
        connection.request("GET", told["url"].removeprefix(origin))
        cookie = (connection.getresponse().getheader("Set-Cookie") or "").partition(";")[0]
        connection.close()
        studio = Studio(origin, cookie, "", process.pid)
        yield Studio(origin, cookie, studio.told("/shelf")["first"], process.pid)
    finally:
        process.terminate()
        process.wait(timeout=20)


@contextmanager
def browser() -> Iterator[Any]:
    """The system's Chromium, headless, driven by Playwright."""
    program = os.environ.get("CIAK_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        sys.exit("there is no Chromium here: apt install chromium, or set CIAK_CHROMIUM")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        started = play.chromium.launch(executable_path=program, args=["--no-sandbox", "--mute-audio"])
        yield started
        started.close()


@contextmanager
def page_of(program: Any, studio: Studio, name: str = "dialogue") -> Iterator[Any]:
    """A page of the studio in a browser context of its own, with :data:`SCRIPT` in it; nothing is cached before."""
    context = program.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB")
    label, _, value = studio.cookie.partition("=")
    context.add_cookies([{"name": label, "value": value, "url": studio.origin, "httpOnly": True,
                          "sameSite": "Strict"}])
    page = context.new_page()
    page.set_default_timeout(30000)
    page.add_init_script(SCRIPT)
    page.goto(studio.page(name))
    yield page
    context.close()


# --- the main thread -------------------------------------------------------------------------------------------

@dataclass
class Frames:
    """Milliseconds of main-thread work in each frame: by the clock, and of the processor alone; what took it."""

    wall: list[float]
    processor: list[float]
    where: dict[str, float]
    """Milliseconds a frame, by what was done, without what that called; the greatest first."""


@contextmanager
def traced(program: Any, page: Any) -> Iterator[dict[str, Frames]]:
    """Trace the browser meanwhile; the result stands under ``"frames"`` afterwards."""
    told: dict[str, Frames] = {}
    program.start_tracing(page=page, categories=list(TRACED))
    time.sleep(0.2)
    try:
        yield told
    finally:
        data = program.stop_tracing()
    told["frames"] = frames(json.loads(data)["traceEvents"])


def frames(events: list[dict[str, Any]]) -> Frames:
    """The work of each frame: the lengths of the main thread's top-level tasks (``RunTask``) from the one in which a
    frame begins (``BeginMainThreadFrame``) up to the one in which the next begins. What follows the last is left out.

    The main thread is that of the renderer in which most frames begin.
    """
    begun: dict[tuple[int, int], list[float]] = defaultdict(list)
    for event in events:
        if event["name"] == "BeginMainThreadFrame":
            begun[event["pid"], event["tid"]].append(event["ts"])
    if not begun:
        sys.exit("the trace of the browser has no frames")
    thread = max(begun, key=lambda one: len(begun[one]))
    starts = sorted(begun[thread])
    mine = sorted((event for event in events if (event["pid"], event["tid"]) == thread and event.get("ph") == "X"),
                  key=lambda event: (event["ts"], -event.get("dur", 0)))
    tasks: list[tuple[float, float, float]] = []
    for event in mine:
        if event["name"].endswith("RunTask") and (not tasks or event["ts"] >= tasks[-1][1]):
            tasks.append((event["ts"], event["ts"] + event.get("dur", 0), event.get("tdur", 0)))
    wall, processor = [0.0] * (len(starts) - 1), [0.0] * (len(starts) - 1)
    at = -1
    for start, end, busy in tasks:
        while at + 1 < len(starts) and starts[at + 1] <= end:
            at += 1
        if 0 <= at < len(wall):
            wall[at] += (end - start) / 1000
            processor[at] += busy / 1000
    return Frames(wall, processor, _where(mine, starts))


def _where(events: list[dict[str, Any]], starts: list[float]) -> dict[str, float]:
    spent: dict[str, float] = defaultdict(float)
    open_: list[tuple[str, float]] = []
    for event in events:
        if not starts[0] <= event["ts"] < starts[-1] or "dur" not in event:
            continue
        while open_ and open_[-1][1] <= event["ts"]:
            open_.pop()
        data = (event.get("args") or {}).get("data") or {}
        called = str(data.get("functionName") or "").strip()
        name = event["name"]
        if name == "FunctionCall":
            name = f"{called or '(anonymous)'} {str(data.get('url', '')).rpartition('/static/')[2]}".strip()
        elif name == "EventDispatch":
            name = f"event {data.get('type')}"
        spent[name] += event["dur"]
        if open_:
            spent[open_[-1][0]] -= event["dur"]
        open_.append((name, event["ts"] + event["dur"]))
    most = sorted(spent.items(), key=lambda one: -one[1])[:14]
    return {name: round(value / 1000 / max(1, len(starts) - 1), 3) for name, value in most if value > 0}
