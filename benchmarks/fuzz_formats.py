"""Fuzz every parser of ``ciak.formats``: mutated files, arbitrary bytes and arbitrary text.

    python benchmarks/fuzz_formats.py [--inputs 20000] [--seed 7] [--parser NAME] [--few N]

Each parser runs in a process of its own with limited memory. An input counts as a crash when anything but an error
of ``ciak.errors`` comes out (or the process dies), as slow when it takes over a second of processor time. Seeds are
files written by Ciak, and the real subtitle files of ``CIAK_TEST_MATERIAL`` where they are. Everything is drawn
from one seed, so a run can be repeated.

It does not look for wrong readings, only for crashes, time and memory; the round trips are in ``tests/formats``.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import figures

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
SLOW = 1.0
"""Seconds of processor time above which an input is too slow."""
MEMORY = 256 * 2**20
"""Bytes by which a parser's process may grow."""


def parsers() -> dict[str, Callable[[bytes], object]]:
    """Every reader of bytes from outside, by name."""
    from ciak.formats import FORMATS, decode_text, detect, parse_json

    return {**{kind.name: kind.examine for kind in FORMATS}, "json": parse_json, "detect": detect,
            "encoding": decode_text}


def seeds(name: str) -> list[bytes]:
    """Good files to begin with."""
    from tests.formats.test_every_format import example

    from ciak.formats import FORMATS, format_named, write_json

    found = [kind.write(example(kind.name)) for kind in FORMATS if name in (kind.name, "detect", "encoding")]
    if name == "json":
        found.append(write_json({"a": [1, 2.5, None, True, "è\U0001f3ac"], "b": {"c": [[], {}], "d": "\\\""}}))
    material = Path(os.environ.get("CIAK_TEST_MATERIAL") or ROOT.parent / "shared" / "data") / "subtitles"
    for path in sorted(material.rglob("*.vtt")):
        data = path.read_bytes()
        if name in ("webvtt", "detect", "encoding"):
            found.append(data)
        if name == "srt":
            found.append(format_named("srt").write(format_named("webvtt").read(data)))
        if name == "encoding":
            found += [data.decode().encode(page, "ignore") for page in ("cp1252", "cp1251", "cp932", "utf-16")]
    if name == "detect":
        found += [path.read_bytes() for path in sorted(material.rglob("*.stl"))[:5]]
    return found


def inputs(name: str, count: int, seed: int) -> Iterator[bytes]:
    """Three mutated files (of timelines, half of them valid JSON), then one that is arbitrary, and so on."""
    from tests.formats.made_documents import grafted, mutations

    chance = random.Random(f"{name} {seed}")
    mutated = mutations(seeds(name), count, seed)
    if name == "otio":
        whole = json.loads(seeds(name)[0])
        mutated = chain.from_iterable(zip(mutated, grafted(whole, count, seed), strict=False))
    alphabet = [*"0123456789:,.-> \n\r\t<>{}[]\"'&;=/\\abiuvc", "-->", "\u2060", "è", "字", "\ufeff", "\x00",
                "WEBVTT\n\n"]
    for place in range(count):
        if place % 4 < 3:
            yield next(mutated)
        elif place % 8 == 3:
            yield chance.randbytes(chance.randrange(400))
        else:
            yield "".join(chance.choices(alphabet, k=chance.randrange(200))).encode()


def fuzz(name: str, count: int, seed: int, answer: Any) -> None:
    """Feed one parser, in its own process, and send what happened through ``answer``."""
    from ciak.errors import CiakError

    read = parsers()[name]
    for data in seeds(name):
        read(data)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    used = int(Path("/proc/self/statm").read_text("ascii").split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY, used + MEMORY))
    outcomes: Counter[str] = Counter()
    crashes: list[str] = []
    slowest = 0.0
    for place, data in enumerate(inputs(name, count, seed)):
        start = time.process_time()
        try:
            read(data)
            outcomes["read"] += 1
        except CiakError as problem:
            outcomes[type(problem).__name__] += 1
        except BaseException as problem:  # noqa: BLE001 - finding these is what a fuzzer is for
            crashes.append(f"input {place}: {type(problem).__name__}: {problem}"[:200])
        slowest = max(slowest, time.process_time() - start)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 - before
    answer.send({"inputs": count, "crashes": len(crashes), "first_crashes": crashes[:5],
                 "outcomes": dict(outcomes), "slowest_ms": round(slowest * 1000, 1),
                 "grown_mb": round(grown / 2**20, 1)})


def run(name: str, count: int, seed: int) -> dict[str, Any]:
    """Fuzz one parser in a fresh process; a process that dies is a crash."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=fuzz, args=(name, count, seed, there))
    start = time.monotonic()
    process.start()
    there.close()
    try:
        result: dict[str, Any] = here.recv()
    except EOFError:
        result = {"inputs": count, "crashes": 1, "first_crashes": ["the process died"], "slowest_ms": 0.0,
                  "grown_mb": 0.0}
    process.join()
    return {"parser": name, **result, "seconds": round(time.monotonic() - start, 1), "exit": process.exitcode}


def main() -> int:
    """Parse the command line, fuzz, record. 0: no crash, none slow, none large; else 1."""
    arguments = figures.parser(__doc__)
    arguments.add_argument("--inputs", type=int, default=20_000, help="inputs per parser")
    arguments.add_argument("--seed", type=int, default=7)
    arguments.add_argument("--parser", action="append", choices=list(parsers()), help="only this one; repeatable")
    chosen = arguments.parse_args()
    whole = not chosen.few and not chosen.parser and chosen.inputs >= 20_000
    results = []
    for name in chosen.parser or list(parsers()):
        results.append(run(name, chosen.few or chosen.inputs, chosen.seed))
        print(json.dumps(results[-1]), file=sys.stderr)
    found = [
        figures.Figure("F12", "parser inputs that crash", sum(row["crashes"] for row in results), "0",
                       not any(row["crashes"] for row in results),
                       details={row["parser"]: row for row in results}),
        figures.Figure("F12", "slowest input, s", max(row["slowest_ms"] for row in results) / 1000, "<= 1",
                       all(row["slowest_ms"] <= SLOW * 1000 for row in results)),
        figures.Figure("F12", "most memory that a parser took besides, MB", max(row["grown_mb"] for row in results),
                       "<= 256", all(row["grown_mb"] * 2**20 <= MEMORY for row in results))]
    return figures.record("fuzz_formats", found, judge={"inputs per parser": chosen.inputs, "seed": chosen.seed,
                                                        "parsers": len(results)}, keep=whole)


if __name__ == "__main__":
    raise SystemExit(main())
