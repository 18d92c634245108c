"""The example film's lines in a film that was looked through: its plan, its shots as plain colours, both languages."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np

from ciak.film import Dialogue, Loop, Rate, Signal, Span
from ciak.media.encode import encode_film
from ciak.media.wav import SoundWriter
from ciak.project import Film, import_media, survey

EXAMPLE = Path(__file__).resolve().parent.parent.parent / "examples" / "the-last-reel"
sys.path.insert(0, str(EXAMPLE))

from last_reel import script, timing  # noqa: E402
from last_reel.shapes import FPS  # noqa: E402

__all__ = ["reel_film"]

_LETTERS = Fraction(18)
"""Characters that are said in a second."""


def reel_film(folder: Path) -> Path:
    """The film in ``folder``, imported and looked through."""
    shots = script.shots_of(script.read_screenplay())
    plan = timing.planned(shots, {line.number: max(Fraction(1, 2), len(line.text) / _LETTERS)
                                  for shot in shots for line in shot.lines})

    def pictures() -> Iterator[np.ndarray]:
        for number, shot in enumerate(plan.shots):
            picture = np.full((90, 160, 3), 30 + 25 * (number * 5 % 8), np.uint8)
            picture[:, :, number % 3] //= 3
            for _ in range(shot.first, shot.end):
                yield picture

    folder.mkdir(parents=True)
    sound, video = folder / "reel.wav", folder / "reel.mp4"
    with SoundWriter(sound, 48000, 2) as writer:
        writer.write(Signal(np.full((int(plan.seconds * 48000), 2), 1e-4, np.float32), 48000))
    encode_film(video, pictures(), Rate(Fraction(FPS)), sound, language="eng")
    film = Film.create(folder / "film", "The Last Reel", language="en")
    import_media(film, video, True)
    survey(film)
    italian = {row.line.number: row.italian for row in script.read_reference()}
    for language in ("en", "it"):
        film.save_dialogue(Dialogue(language=language, source=None if language == "en" else "en", loops=tuple(
            Loop(id=f"l{said.line.number:04}", character=said.line.speaker, span=Span(start=said.start, end=said.end),
                 text=said.line.text if language == "en" else italian[said.line.number], origin="person")
            for said in plan.said)))
    film.close()
    return film.path
