"""F1, F2 and F3 of the studio's issue: how fast its page is there, how fast it answers, what it costs the browser.

F1: first contentful paint of the long film's page (``performance``'s own entry), a fresh browser context each time in
a running headless Chromium, median of 20; and the latency of the API under twenty clients (``studio_load``). F2: from
the pointer event on which the page acts (a press on ruler or strip, the release where a press could become a drag,
the click in the list) to the ``requestVideoFrameCallback`` at which the exact frame is in the picture, read from the
numbers drawn into it; 200 clicks at random places and zooms on a film of ten minutes, whose proxy is the product's.
F3, on two hours of film with 1,800 lines: nodes of the page through all its shadow roots; main-thread work between
two frames while list and strip are scrolled by the wheel (top-level tasks in a trace, see ``studio_page.frames``; the
frame's time by the clock is judged, the processor's reported); and edits, from the call to the page's own word that
they are saved.

Nothing is compared with a peer: no other studio of this kind can be run here. Whatever else runs on the machine is in
these figures; its load is written beside them. The films are made once (minutes), by ``studio_films``.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from figures import SEED, Figure, parser, record
from studio_films import EVERY, clicked_film, copy_of, long_film
from studio_load import CLIENTS, RATE, load, quantile
from studio_page import Frames, Studio, browser, page_of, served, traced

PAINTS, CLICKS, ROWS, ROUNDS, EDITS, SETTLES, SECONDS, MINUTES = 20, 200, 2000, 6, 60, 20, 30, 120
PROFILE = "netflix"
CUES = 2500
PAINT, ANSWER, CLICK, NODES, FRAME, SAVED, SETTLED = 300, 50, 150, 400, 8, 100, 1000
"""Targets: milliseconds; of NODES, a number."""


def paints(program: Any, studio: Studio, count: int) -> Figure:
    """First contentful paint, and beside it when the first line and the first frame are there."""
    painted, lines, pictures = [], [], []
    for _ in range(count):
        with page_of(program, studio) as page:
            painted.append(page.evaluate("judge.paint()"))
            lines.append(page.evaluate("judge.until(() => judge.row())"))
            pictures.append(page.evaluate("judge.until(() => judge.studio.clock.shown !== null)"))
    value = median(painted)
    return Figure("studio F1", f"first contentful paint, median of {count}, ms", value, f"<= {PAINT}", value <= PAINT,
                  details={"each": painted, "first_line_ms": median(lines), "first_frame_ms": median(pictures)})


def answers(studio: Studio, seconds: float, minutes: int) -> Figure:
    """The API under load."""
    shots = studio.told(f"/films/{studio.key}/shots")
    heard = load(studio.origin, studio.cookie, studio.key, shots, minutes * 60, seconds)
    value = quantile(heard.all, 0.95)
    wrong = {status: count for status, count in heard.statuses.items() if status != 200}
    return Figure("studio F1", f"API, {CLIENTS} clients at {RATE} requests a second, p95, ms", value, f"<= {ANSWER}",
                  value <= ANSWER and not wrong,
                  details={"requests": len(heard.all), "wrong": wrong, "first_ms": heard.first,
                           "megabytes": heard.size / 1e6,
                           "p50": quantile(heard.all, 0.5), "p99": quantile(heard.all, 0.99),
                           "served_p95": quantile([one for many in heard.served.values() for one in many], 0.95),
                           "kinds": {kind: {"p50": quantile(many, 0.5), "p95": quantile(many, 0.95)}
                                     for kind, many in sorted(heard.milliseconds.items())}})


def clicks(program: Any, studio: Studio, count: int) -> list[Figure]:
    """From the pointer to the exact frame, list, strip and ruler in turn."""
    rng = random.Random(SEED)
    took: dict[str, list[float]] = {"list": [], "strip": [], "ruler": []}
    wrong: list[str] = []
    with page_of(program, studio) as page:
        page.evaluate("judge.ready()")
        page.evaluate("judge.watch()")
        for turn in range(count):
            kind = list(took)[turn % 3]
            place = page.evaluate("([kind, u, v, w]) => judge.aim(kind, u, v, w)",
                                  [kind, rng.random(), rng.random(), rng.random()])
            page.mouse.click(place["x"], place["y"])
            seen = page.evaluate("(frame) => judge.hit(frame)", place["frame"])
            if seen["milliseconds"] is None or seen["last"] != place["frame"]:
                wrong.append(f"{kind} {place['frame']}: {seen['last']}")
            took[kind].append(3000.0 if seen["milliseconds"] is None else seen["milliseconds"])
            page.mouse.move(2, 2)
    everything = [one for many in took.values() for one in many]
    value, exact = quantile(everything, 0.95), 1 - len(wrong) / count
    return [Figure("studio F2", f"click to the exact frame, {count} clicks, p95, ms", value, f"<= {CLICK}",
                   value <= CLICK, details={"p50": quantile(everything, 0.5), "max": max(everything),
                                            "p95": {kind: quantile(many, 0.95) for kind, many in took.items()}}),
            Figure("studio F2", "clicked frame = shown frame", exact, "1", not wrong, details={"wrong": wrong[:20]})]


def nodes(page: Any) -> Figure:
    """Nodes of the page at several moments."""
    moments = {
        "loaded": "0",
        "list in the middle": "judge.studio.lines.list.scrollTop = judge.studio.lines.list.scrollHeight / 2",
        "strip zoomed in": "judge.studio.strip.view.zoom(1 / 40, 300)",
        "line selected": "judge.studio.state.select(judge.studio.state.lines[4].id)",
        "editor open": "judge.studio.lines.edit()"}
    beside = {"report": "location.hash = location.hash.replace('dialogue', 'report')",
              "activity": "location.hash = location.hash.replace('report', 'activity')"}
    seen = {}
    for name, does in (moments | beside).items():
        seen[name] = page.evaluate(f"(async () => {{ {does}; await judge.wait(700); return judge.nodes(); }})()")
    page.evaluate("location.hash = location.hash.replace('activity', 'dialogue')")
    page.evaluate("(async () => { judge.studio.strip.view.fit(); await judge.wait(300); })()")
    value = max(seen[name]["nodes"] for name in moments)
    return Figure("studio F3", "nodes of the page with two hours of film, the most", value, f"<= {NODES}",
                  value <= NODES, details=seen)


def _work(what: str, seen: Frames, **details: Any) -> Figure:
    value = quantile(seen.wall, 0.95)
    return Figure("studio F3", f"main-thread work of a frame while {what}, p95, ms", value, f"<= {FRAME}",
                  value <= FRAME, details={"frames": len(seen.wall), "p50": quantile(seen.wall, 0.5),
                                           "max": max(seen.wall), "processor_p95": quantile(seen.processor, 0.95),
                                           "where": seen.where, **details})


def list_scrolled(program: Any, page: Any, rows: int) -> Figure:
    """The list by the wheel, past ``rows`` rows: down to its end, and up again if that is not enough."""
    page.evaluate("judge.studio.lines.list.scrollTop = 0")
    box = page.evaluate("(() => { const b = judge.studio.lines.list.getBoundingClientRect();"
                        " return [b.x + b.width / 2, b.y + b.height / 2]; })()")
    page.mouse.move(*box)
    look = ("(() => { const { list } = judge.studio.lines;"
            " return [Number(list.querySelectorAll('.row')[3].dataset.index),"
            " list.scrollTop + list.clientHeight >= list.scrollHeight - 2]; })()")
    passed, before, step, steps = 0, 0, 240, 0
    with traced(program, page) as told:
        while passed < rows and steps < 40 * rows:
            for _ in range(20):
                page.mouse.wheel(0, step)
                time.sleep(0.012)
            steps += 20
            now, ended = page.evaluate(look)
            passed, before = passed + abs(now - before), now
            if ended or (step < 0 and now <= 3):
                step = -step
    return _work("the list is scrolled", told["frames"], rows=passed, steps=steps)


def strip_scrolled(program: Any, page: Any, rounds: int) -> Figure:
    """The strip: nearer by the wheel, along it, farther again, at another place each round."""
    box = page.evaluate("(() => { const b = judge.studio.strip.rule.getBoundingClientRect();"
                        " return [b.x, b.y + b.height / 2, b.width]; })()")
    rng = random.Random(SEED)
    with traced(program, page) as told:
        for _ in range(rounds):
            page.mouse.move(box[0] + box[2] * rng.uniform(0.1, 0.9), box[1] + 60)
            for across, along, count in ((0, -100, 18), (120, 0, 40), (0, 100, 6), (-120, 0, 40), (0, 100, 12)):
                for _ in range(count):
                    page.mouse.wheel(across, along)
                    time.sleep(0.012)
    return _work("the strip is scrolled and zoomed", told["frames"], rounds=rounds)


def edits(page: Any, count: int, lines: int) -> Figure:
    """Edits of four kinds through the page, each after the one before is saved and a moment has passed."""
    rng = random.Random(SEED)
    took: dict[str, list[float]] = {}
    wrong = []
    kinds = ("retype", "place", "retype", "split", "merge", "place")
    for turn in range(count):
        kind = kinds[turn % len(kinds)]
        at = rng.randrange(lines)
        done = page.evaluate("([kind, at, text]) => judge.edit(kind, at, text)", [kind, at, f"Parole nuove, {turn}."])
        if done["type"] != "saved":
            wrong.append(f"{kind} of line {at}: {done['type']} {done['error']}")
        else:
            took.setdefault(kind, []).append(done["milliseconds"])
        page.evaluate("(ms) => judge.wait(ms)", rng.randint(250, 600))
    everything = [one for many in took.values() for one in many]
    value = quantile(everything, 0.95)
    return Figure("studio F3", f"edit to saved, {count} edits, p95, ms", value, f"<= {SAVED}",
                  value <= SAVED and not wrong,
                  details={"p50": quantile(everything, 0.5), "max": max(everything, default=None), "wrong": wrong[:20],
                           "kinds": {kind: {"p50": quantile(many, 0.5), "p95": quantile(many, 0.95)}
                                     for kind, many in took.items()}})


def settles(program: Any, studio: Studio, few: int) -> list[Figure]:
    """Edits of a film that keeps a client's profile, and then the subtitles that are delivered."""
    rng = random.Random(SEED)
    took = []
    with page_of(program, studio) as page:
        page.evaluate("judge.ready()")
        page.evaluate("judge.until(() => [...judge.studio.state.cuesOf.keys()].every((code) =>"
                      " judge.studio.state.delivered(code)))")
        lines = page.evaluate("judge.studio.state.lines.length")
        for turn in range(few or SETTLES):
            page.evaluate("judge.attend('it')")
            page.evaluate("([at, text]) => judge.edit('retype', at, text)",
                          [rng.randrange(lines), f"Parole nuove, {turn}, che qualcuno deve pur leggere prima o poi."])
            took.append(page.evaluate("judge.attended()"))
        saved = edits(page, few * 2 or EDITS, lines - 2)
    value = quantile(took, 0.95)
    return [Figure("studio F3", f"subtitles to delivered subtitles by {PROFILE}, {len(took)} edits, p95, ms", value,
                   f"<= {SETTLED}", value <= SETTLED, details={"p50": quantile(took, 0.5), "max": max(took)}),
            replace(saved, what=f"{saved.what}, by {PROFILE}")]


def watched(program: Any, studio: Studio, few: int) -> list[Figure]:
    """All of F3, in one page."""
    with page_of(program, studio) as page:
        page.evaluate("judge.ready()")
        page.evaluate("judge.wait(1500)")
        cues = page.evaluate("Object.fromEntries([...judge.studio.state.cuesOf].map(([code, cues]) =>"
                             " [code, cues.filter((cue) => cue.frames.first < judge.studio.strip.view.end).length]))")
        lines = page.evaluate("judge.studio.state.lines.length")
        if not few and max(cues.values()) < CUES:
            sys.exit(f"the long film has too few subtitles in view: {cues}")
        found = [Figure("studio F3", "subtitles of one language in view of the strip", max(cues.values()),
                        details={"subtitles": cues, "lines": lines}), nodes(page)]
        page.evaluate("judge.ready()")
        return [*found, list_scrolled(program, page, few * 20 or ROWS),
                strip_scrolled(program, page, 1 if few else ROUNDS), edits(page, few * 2 or EDITS, lines - 2)]


def _kept_to(folder: Path) -> Path:
    """The film keeps :data:`PROFILE`."""
    from ciak.project import Film

    film = Film.open(folder)
    film.save_sheet(film.sheet.model_copy(update={"profile": PROFILE}))
    film.close()
    return folder


def main() -> int:
    few = parser(__doc__).parse_args().few
    minutes = 6 if few else MINUTES
    found: list[Figure] = []
    long, numbered = long_film(minutes), clicked_film(30 if few else 600)
    before = os.getloadavg()
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        with served(copy_of(long, home / "long"), home) as studio:
            answered = answers(studio, 3 if few else SECONDS, minutes)
            with browser() as program:
                version = program.version
                found += [paints(program, studio, few or PAINTS), answered]
                seen = watched(program, studio, few)
        with served(_kept_to(copy_of(long, home / "kept")), home) as studio, browser() as program:
            seen += settles(program, studio, few)
        with served(copy_of(numbered, home / "numbered"), home) as studio, browser() as program:
            found += [*clicks(program, studio, few * 3 or CLICKS), *seen]
    after = os.getloadavg()
    return record("studio", found, judge={"seed": SEED, "browser": version, "viewport": [1280, 800],
                                          "minutes": minutes, "line_every_s": EVERY},
                  notes=[f"load average of the machine, five minutes: {before[1]:.1f} before, {after[1]:.1f} after"],
                  keep=not few)


if __name__ == "__main__":
    sys.exit(main())
