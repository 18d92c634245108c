"""Fuzz the media parsers: damaged films and sounds of every container that Ciak reads.

    python benchmarks/fuzz_media.py [--inputs 20000] [--seed 7] [--few N]

Each input is one of the small clips below with bytes flipped, cut, moved, doubled, or a length or count blown up. It
is probed; what passes has a second of its sound decoded and two of its frames. An input counts as a crash when
anything but an error of ``ciak.errors`` comes out or the process dies, as slow above a second of processor time (two
for a decoder that is fed), as large when the process grows by more than ``MEMORY``. The process is replaced when it
dies, and every ``BATCH`` inputs. The product looks at a new file in a limited child besides (``probe_limited``).
"""

from __future__ import annotations

import multiprocessing
import random
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

import figures

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
SLOW, MEMORY, BATCH = 1.0, 256 * 2**20, 1000
KINDS = ("a.mp4", "a.mov", "a.mkv", "a.webm", "a.ts", "a.avi", "a.wav", "a.flac", "a.mp3", "a.ogg")
BLOWN = (b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\x00\x00\x00\x00", b"\x80\x00\x00\x00", b"\x00\x00\x00\x01",
         b"\xff" * 8, b"\x01" + b"\xff" * 7)


def clips(folder: Path) -> list[tuple[str, bytes]]:
    """A third of a second of picture and sound in each container, or of sound alone, with its name."""
    import av
    from tests.media.clips import ClipPlan, SoundPlan, make_clip, tone

    samples = tone(16000)
    found = []
    for name in KINDS:
        path = folder / name
        if path.suffix in (".mp4", ".mov", ".mkv", ".ts", ".avi", ".webm"):
            web = path.suffix == ".webm"
            codec = "libvpx" if web else "mpeg4" if path.suffix == ".avi" else "libx264"
            sound = SoundPlan(samples, codec="libopus" if web else "aac")
            make_clip(path, ClipPlan(frames=8, rate=Fraction(24), size=(96, 54), codec=codec, sounds=(sound,),
                                     options={} if codec != "libx264" else {"preset": "ultrafast", "g": "4"}))
        else:
            codec = {".wav": "pcm_s16le", ".flac": "flac", ".mp3": "libmp3lame", ".ogg": "libopus"}[path.suffix]
            with av.open(str(path), "w") as out:
                track: Any = out.add_stream(codec, rate=48000, layout="stereo")
                frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples.T), "fltp", "stereo")
                frame.sample_rate = 48000
                fifo = av.AudioResampler(format=track.codec_context.format, layout="stereo", rate=48000,
                                         frame_size=track.codec_context.frame_size or 1024)
                for ready in [*fifo.resample(frame), *fifo.resample(None)]:
                    out.mux(track.encode(ready))
                out.mux(track.encode(None))
        found.append((name, path.read_bytes()))
    return found


def damaged(seeds: list[tuple[str, bytes]], place: int, seed: int) -> tuple[str, bytes]:
    """Input number ``place``: the same for the same seed."""
    chance = random.Random(f"{seed} {place}")
    name, good = seeds[place % len(seeds)]
    data = bytearray(good)
    near = chance.random() < .5  # half of the blows fall on headers
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        at = chance.randrange(min(len(data), 600) if near and data else max(1, len(data)))
        act, size = chance.randrange(7), chance.randrange(1, 200)
        if act <= 1 and at < len(data):
            data[at] = chance.randrange(256)
        elif act == 2:
            data[at:at + 4] = chance.choice(BLOWN)
        elif act == 3:
            del data[at:at + size]
        elif act == 4:
            data[at:at] = data[at:at + size] * chance.randrange(1, 6)
        elif act == 5:
            other = chance.choice(seeds)[1]
            data[at:at + size] = other[at:at + size]
        elif chance.random() < .3:
            del data[max(at, 1):]
    return name, bytes(data)


def look(path: Path) -> str:
    """Probe, then decode a little; what came of it."""
    from ciak.errors import CiakError
    from ciak.media import Frames, probe, sound_blocks

    try:
        info = probe(path)
        if info.sounds:
            for _ in islice(sound_blocks(path, rate=48000, channels=2), 12):
                pass
        if info.picture is not None:
            with Frames(path) as frames:
                for number in (0, 5):
                    frames.frame(number)
    except CiakError as problem:
        return type(problem).__name__
    return "read"


def batch(seeds: list[tuple[str, bytes]], first: int, last: int, seed: int, answer: Any) -> None:
    """Inputs ``first`` to ``last`` in this process; what happened to each goes through ``answer``."""
    import av.logging

    av.logging.set_level(None)
    with tempfile.TemporaryDirectory() as folder:
        for name, data in seeds:
            whole = Path(folder) / name
            whole.write_bytes(data)
            if (first, said := look(whole))[1] != "read":
                raise SystemExit(f"the good clip {name} is not read: {said}")
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for place in range(first, last):
            name, data = damaged(seeds, place, seed)
            path = Path(folder) / name
            path.write_bytes(data)
            answer.send(("begun", place))
            start, outcome, crash = time.process_time(), "", ""
            try:
                outcome = look(path)
            except Exception as problem:  # noqa: BLE001 - finding these is what a fuzzer is for
                outcome, crash = "crash", f"{name}, input {place}: {type(problem).__name__}: {problem}"[:200]
            grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
            answer.send(("done", place, outcome, crash, time.process_time() - start, grown))
    answer.send(("end",))


def events(seeds: list[tuple[str, bytes]], count: int, seed: int) -> Iterator[tuple[Any, ...]]:
    """What happened, input by input, over as many processes as it takes."""
    context, first = multiprocessing.get_context("spawn"), 0
    while first < count:
        here, there = context.Pipe(duplex=False)
        process = context.Process(target=batch, args=(seeds, first, min(count, first + BATCH), seed, there))
        process.start()
        there.close()
        at = -1
        while True:
            try:
                event = here.recv()
            except EOFError:
                if at < 0:
                    raise SystemExit("the process does not begin; its error stands above") from None
                event = ("died", at)
            if event[0] == "begun":
                at = event[1]
                continue
            if event[0] == "end":
                first = min(count, first + BATCH)
                break
            yield event
            if event[0] == "died":
                first = at + 1
                break
        process.join()


def main() -> int:
    """Parse the command line, fuzz, record. 0: no crash, none slow, none large; else 1."""
    arguments = figures.parser(__doc__)
    arguments.add_argument("--inputs", type=int, default=20_000)
    arguments.add_argument("--seed", type=int, default=7)
    chosen = arguments.parse_args()
    count = chosen.few or chosen.inputs
    with tempfile.TemporaryDirectory() as folder:
        seeds = clips(Path(folder))
    outcomes: Counter[str] = Counter()
    crashes: list[str] = []
    slowest, slow, grown = 0.0, [], 0.0
    for kind, place, *rest in events(seeds, count, chosen.seed):
        if kind == "died":
            outcomes["died"] += 1
            crashes.append(f"{seeds[place % len(seeds)][0]}, input {place}: the process died")
            continue
        outcome, crash, seconds, more = rest
        outcomes[outcome] += 1
        crashes += [crash] if crash else []
        if seconds > SLOW:
            slow.append(place)
        slowest, grown = max(slowest, seconds), max(grown, more)
    found = [
        figures.Figure("F12", f"media inputs that crash, of {count}", len(crashes), "0", not crashes,
                       details={"outcomes": dict(outcomes), "first": crashes[:20]}),
        figures.Figure("F12", "slowest media input, s", slowest, "<= 1", slowest <= SLOW,
                       details={"inputs": slow[:50]}),
        figures.Figure("F12", "most that the media process grew, MB", grown, "<= 256", grown * 2**20 <= MEMORY)]
    return figures.record("fuzz_media", found, judge={"inputs": count, "seed": chosen.seed, "containers": KINDS},
                          keep=not chosen.few)


if __name__ == "__main__":
    raise SystemExit(main())
