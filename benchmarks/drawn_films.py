"""The films that the seek judges ask: drawn frames with their number burnt in, one film per trap.

Constant and wavering rates, long and open groups of pictures, reordered frames, late starts, turned pictures,
other codecs and containers. ``asked`` spreads the requests over them, at random with a fixed seed.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

from figures import ROOT

sys.path.insert(0, str(ROOT))

from tests.media.clips import LONG_GOP, OPEN_GOP, ClipPlan, SoundPlan, make_clip, read_code, tone

__all__ = ["SEED", "ClipPlan", "asked", "plans", "read_code", "sources"]

SEED = 20260101


def _wavering(frames: int, seed: int) -> list[int]:
    rng = random.Random(seed)
    times = [0]
    for _ in range(frames - 1):
        times.append(times[-1] + rng.choice((17, 33, 33, 34, 41, 50, 100)))
    return times


def plans() -> dict[str, ClipPlan]:
    """Name of the file -> what is drawn into it."""
    voice = [SoundPlan(tone(48000 * 10))]
    hevc = {"preset": "ultrafast", "x265-params": "log-level=none:keyint=48:bframes=4"}
    return {
        "constant-24.mp4": ClipPlan(480, sounds=voice),
        "ntsc-23.976.mkv": ClipPlan(480, Fraction(24000, 1001), options=OPEN_GOP),
        "ntsc-29.97.mp4": ClipPlan(480, Fraction(30000, 1001), options=OPEN_GOP, sounds=voice),
        "long-group.mp4": ClipPlan(1000, options=LONG_GOP),
        "open-group.ts": ClipPlan(480, Fraction(25), options=OPEN_GOP),
        "wavering.mp4": ClipPlan(480, times=_wavering(480, 1), sounds=voice),
        "wavering-open.mkv": ClipPlan(480, times=_wavering(480, 2), options=OPEN_GOP),
        "late.mp4": ClipPlan(300, delay=Fraction(3, 2), options=OPEN_GOP),
        "turned.mp4": ClipPlan(200, rotation=90),
        "hevc.mp4": ClipPlan(300, codec="libx265", options=hevc),
        "vp9.webm": ClipPlan(200, codec="libvpx-vp9", options={"cpu-used": "8", "deadline": "realtime", "b": "1M"}),
        "reordered.avi": ClipPlan(120, options=OPEN_GOP),
        "fast-60.mp4": ClipPlan(480, Fraction(60), options=OPEN_GOP),
    }


def sources(folder: Path, names: frozenset[str] | None = None) -> Iterator[Path]:
    """Draw the films into ``folder``, one by one."""
    for name, plan in plans().items():
        if names is None or name in names:
            yield make_clip(folder / name, plan)


def asked(name: str, count: int, requests: int) -> list[int]:
    """``requests`` frame numbers below ``count``, at random, the same in every run."""
    rng = random.Random(f"{SEED} {name}")
    return [rng.randrange(count) for _ in range(requests)]
