"""Dubbing Q1: does `ciak qc` find what is wrong with a finished dub, and nothing where nothing is wrong?

Two dubs are made by the command: a drawn film with the fakes, which needs no models, and a Night clip with the real
ones (left out, and told, where they are not pulled). Into a copy of each, known faults are planted one at a time, by
the judge's own hands on the files as a careless person, a broken disk or another program would: samples, bytes,
JSON, packets. A fault is found when the check that it is about fails, by its code, for the film or for the very line,
where it did not before, and the exit code is 1. A false alarm is any check that fails in the untouched dub.

What is only to be looked at (doubts that a machine has of its own work) is counted and is no alarm. The codes were
fixed here before the command was written.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import numpy as np

from clips import decode, film_of, night
from figures import Figure, cache, ciak, material, parser, record
from quality_faults import FAULTS, FILM, SHIFT, Made

SEED = 20261201
TASKS = ("transcriber", "detector", "separator", "embedder", "translator", "voice", "hearer")
FAKES = {f"CIAK_BACKEND_{task.upper()}": "fake-likeness" if task == "voice" else "fake" for task in TASKS}
LINES = ((1.0, 110, (0, 1, 2)), (4.0, 220, (3, 4, 5)), (7.5, 110, (6, 7, 8)), (11.0, 220, (9, 10, 11)),
         (15.0, 110, (12, 13, 14)), (19.0, 220, (15, 16, 17)))
"""Of the drawn film: where a line begins, the hum of its speaker, its words' numbers."""


# --- the dubs ----------------------------------------------------------------------------------------------------

def drawn_sound() -> Any:
    """The film of the fakes' world: words are tones over a hum in the middle, soft noise at the sides."""
    time = np.arange(24 * FILM) / FILM
    sound = np.random.default_rng(SEED).normal(0, 10 ** (-58 / 20), (len(time), 2))
    for start, hum, words in LINES:
        for place, word in enumerate(words):
            first = int((start + 0.52 * place) * FILM)
            at = time[:int(0.4 * FILM)]
            fade = np.minimum(1, np.minimum(at, at[::-1]) / 0.005)
            burst = fade * (0.15 * np.sin(2 * np.pi * (600 + 100 * word) * at) + 0.08 * np.sin(2 * np.pi * hum * at))
            sound[first:first + len(at)] += burst[:, None]
    return sound.astype(np.float32)


def made_of(video: Path, name: str, environment: dict[str, str], language: str = "en") -> Made:
    """``video`` dubbed in a folder of its own, once."""
    made = Made(cache() / "quality" / name, environment)
    if not (made.root / "done").is_file():
        shutil.rmtree(made.root, ignore_errors=True)
        made.root.mkdir(parents=True)
        here = made.root / f"{name}{video.suffix}"
        shutil.copyfile(video, here)
        made.run("dub", here, "--language", language, "--to", "it", "--out", made.out)
        (made.root / "done").touch()
    return made


def dubs() -> list[tuple[str, Made]]:
    """The dub of the fakes, and the real one where its models are there."""
    picture = material() / "media" / "his-girl-friday" / "friday.mp4"
    found = [("fakes", made_of(film_of("quality-drawn", drawn_sound(), FILM, picture), "drawn", FAKES))]
    clip = next(path for path in night() if path.stem.startswith("20s"))
    try:
        found.append(("real", made_of(film_of("quality-night", decode(clip, FILM)[:, 0], FILM, picture), "night", {})))
    except SystemExit as problem:
        print(f"the real dub is left out: {problem}")
    return found


# --- judging -----------------------------------------------------------------------------------------------------

def asked(made: Made) -> tuple[int, dict[str, Any]]:
    """Exit code and answer of the command."""
    ran = ciak("qc", made.film, "--language", "it", "--json", **made.environment)
    if ran.status not in (0, 1):
        sys.exit(f"qc could not run: {(ran.err or ran.out)[-500:]}")
    return ran.status, json.loads(ran.out)


def verdicts(told: dict[str, Any], wanted: str) -> set[tuple[str, str]]:
    """(line or "", code) of every check with that verdict."""
    return ({("", one["code"]) for one in told["checks"] if one["verdict"] == wanted}
            | {(line["id"], one["code"]) for line in told["lines"] for one in line["checks"]
               if one["verdict"] == wanted})


def main() -> int:
    few = parser(__doc__).parse_args().few
    figures = []
    for name, made in dubs():
        status, told = asked(made)
        alarms = sorted(verdicts(told, "fail"))
        figures.append(Figure("dubbing Q1", f"false alarms in an untouched dub, {name}", len(alarms), "0",
                              not alarms and status == 0,
                              details={"alarms": [list(one) for one in alarms], "status": status,
                                       "to look at": [list(one) for one in sorted(verdicts(told, "look"))],
                                       "not measured": [list(one) for one in sorted(verdicts(told, "not measured"))]}))
        rows, missed = {}, []
        planted = [fault for fault in FAULTS if fault.only in ("", name)]
        for fault in planted[:few or None]:
            copy = made.copy(cache() / "quality" / "planted")
            line = fault.plant(copy)
            status, after = asked(copy)
            new = verdicts(after, fault.verdict) - verdicts(told, fault.verdict)
            found = any((line, code) in new for code in fault.codes) and (status == 1 or fault.verdict == "look")
            rows[fault.name] = {"found": found, "new": [list(one) for one in sorted(new)]}
            print(f"  {'found ' if found else 'MISSED'} {fault.name}: {sorted(new)}", flush=True)
            if not found:
                missed.append(fault.name)
        figures.append(Figure("dubbing Q1", f"planted faults found, {name}, share", 1 - len(missed) / len(rows), "1",
                              not missed, details={"missed": missed, "faults": rows}))
    return record("quality", figures, judge={"seed": SEED, "shift": SHIFT, "faults": len(FAULTS)}, keep=not few)


if __name__ == "__main__":
    sys.exit(main())
