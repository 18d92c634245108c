"""A made-up film, dubbed without any model: the whole journey in a few seconds, on any machine.

    python examples/made_up_film.py OUT

Two hums speak tones for words; the fake backends understand exactly that (``ciak.backends.fakes``). It shows how
the Python API is called, and that an installation works before a single model was fetched.
"""

# ruff: noqa: T201

from __future__ import annotations

import sys
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import ciak
from ciak.backends import registry
from ciak.backends.protocols import Delivery
from ciak.config import TASKS
from ciak.film import Rate, Signal
from ciak.media.encode import encode_film
from ciak.media.resample import resample_blocks
from ciak.media.wav import SoundWriter

LINES = ((1, "en_f1", "the house the night the water"), (5, "en_m1", "friend door light city"),
         (9, "en_f1", "the train the letter tomorrow"))
"""When, who, what."""
LENGTH, FPS, SOUND = 13, 24, 48000


def pictures() -> Iterator[NDArray[np.uint8]]:
    """A bar that crosses the frame, a new colour for each line."""
    for n in range(LENGTH * FPS):
        image = np.full((180, 320, 3), 24, np.uint8)
        shot = sum(n >= start * FPS for start, _, _ in LINES)
        left = n * 320 // (LENGTH * FPS)
        image[60:120, left:left + 24, shot % 3] = 220
        yield image


def sound(settings: ciak.Settings) -> Signal:
    """The lines over a quiet hiss, stereo."""
    voice = registry.resolve("voice", settings)
    mixed = (np.random.default_rng(1).standard_normal((LENGTH * SOUND, 2)) * 1e-4).astype(np.float32)
    for start, who, text in LINES:
        spoken = voice.speak(text, Delivery(who, "en")).signal
        line = np.concatenate([block.samples for block in resample_blocks(iter([spoken]), SOUND, 1)])
        mixed[start * SOUND:start * SOUND + len(line)] += line
    return Signal(mixed, SOUND)


def main(out: Path) -> int:
    out.mkdir(parents=True, exist_ok=True)
    settings = ciak.Settings.from_environment().with_backends(dict.fromkeys(TASKS, "fake"))
    track, film = out / "made-up.wav", out / "made-up.mp4"
    with SoundWriter(track, SOUND, 2) as writer:
        writer.write(sound(settings))
    encode_film(film, pictures(), Rate(Fraction(FPS)), track, language="eng")
    report = ciak.dub(film, language="en", to="it", out=out / "dubbed", settings=settings)
    for line in report.lines:
        print(f"{line.id}  {line.character:<10} {line.source!r} -> {line.translation!r}")
    for role, path in report.files.items():
        print(f"{role:<16} {path}")
    return 0 if len(report.lines) == len(LINES) else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else "made-up-film")))
