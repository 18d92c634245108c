"""A quiet film is heard like a loud one, and what is divided sums to the film at its own level."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from tests.dubbing.journeys import FAKES, bursts

from ciak.bootstrap import import_media, new_film
from ciak.config import Settings
from ciak.dubbing.crew import Crew
from ciak.dubbing.listening import Ear, divide, find_speech, united
from ciak.film import Signal, Span
from ciak.media import SoundFile, SoundWriter

LINES = ((0.5, 1.9), (3.0, 4.2))


def divided(folder: Path, level: float) -> tuple[dict[str, SoundFile], Ear, tuple[Span, ...]]:
    with SoundWriter(folder / "radio.wav", 48000, 2) as writer:
        writer.write(Signal(bursts(6, LINES) * np.float32(level), 48000))
    film = new_film(folder / "film", "Radio")
    import_media(film, folder / "radio.wav", copy=False)
    crew = Crew(Settings().with_backends(FAKES))
    made = divide(film, crew, lambda done: None)
    files = {name: SoundFile(film.artefacts.path(made[name])) for name in ("dialogue", "music_effects")}
    return files, Ear(film.artefacts, made["voice"], made["bed"]), find_speech(film, crew, made, lambda done: None)


@pytest.mark.parametrize("level", [1.0, 10 ** (-50 / 20)])
def test_speech_is_found_at_any_level_and_the_parts_keep_the_films_own(level: float, tmp_path: Path) -> None:
    files, ear, speech = divided(tmp_path, level)
    assert len(speech) == len(LINES)
    for span, (start, end) in zip(speech, LINES, strict=True):
        assert span.overlap(Span.of(Fraction(start), Fraction(end))) > Fraction(8, 10) * Fraction(end - start)
    parts = [file.read(0, file.frames).samples for file in files.values()]
    film = bursts(6, LINES) * np.float32(level)
    residue = np.abs(parts[0] + parts[1] - film)[4800:-4800].max()
    assert residue < 0.02 * np.abs(film).max(), "resampled to the separator's rate and back, no more"
    heard = np.abs(ear.hear(Fraction(1, 2), Fraction(19, 10)).samples).max()
    assert heard > 0.1, "the ears' pair stays raised"


def test_spans_that_touch_are_one() -> None:
    assert united([Span.of(3, 4), Span.of(0, 1), Span.of(1, 2)]) == [Span.of(0, 2), Span.of(3, 4)]
    assert united([]) == []
