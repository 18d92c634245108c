"""What lines take from the original: recalled, told, halved or left where it makes them unclear, never in silence."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import ClassVar

import pytest
from tests.dubbing.journeys import FAKES, talking_clip

import ciak
from ciak.backends import registry
from ciak.backends.fake_voices import FakeVoice
from ciak.backends.protocols import Contour, Delivery, Spoken, Voice
from ciak.config import Settings
from ciak.dubbing.directing import USUAL, asked_for
from ciak.errors import Damaged
from ciak.film import Signal, Take
from ciak.project import Film

SETTINGS = Settings().with_backends(FAKES)


class ActingVoice(FakeVoice):
    """Takes contours and forgets them; with more than ``clear`` of one it mumbles."""

    expressive: ClassVar[bool] = True
    clear: ClassVar[float] = 1.0
    given: ClassVar[list[Contour]] = []

    def speak(self, text: str, delivery: Delivery) -> Spoken:
        spoken = super().speak(text, replace(delivery, contour=None))
        if delivery.contour is None:
            return spoken
        self.given.append(delivery.contour)
        if delivery.contour.amount <= self.clear:
            return replace(spoken, signal=Signal(spoken.signal.samples * 0.9, spoken.signal.rate))
        return replace(spoken, signal=Signal(spoken.signal.samples * 0, spoken.signal.rate))


@pytest.fixture
def acting(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[ActingVoice]]:
    real = registry.resolve

    def resolve(task: str, settings: Settings) -> object:
        return ActingVoice() if task == "voice" else real(task, settings)

    monkeypatch.setattr(registry, "resolve", resolve)
    ActingVoice.given, ActingVoice.clear = [], 1.0
    yield ActingVoice


WORDED = """1
00:00:00,500 --> 00:00:01,900
la casa il treno

2
00:00:03,000 --> 00:00:04,200
il fiume la luce

3
00:00:05,000 --> 00:00:06,800
la porta il treno
"""


def dubbed(tmp_path: Path, performance: float | None = None) -> tuple[Film, dict[str, Take]]:
    clip = tmp_path / "night.mp4"
    if not clip.exists():
        talking_clip(clip)
    (tmp_path / "it.srt").write_text(WORDED, encoding="utf-8")
    ciak.dub(clip, to="it", out=tmp_path / "out", performance=performance, translation=tmp_path / "it.srt",
             settings=SETTINGS)
    film = Film.open(tmp_path / "out" / "night.film")
    dialogue = film.dialogue("it")
    assert dialogue is not None
    return film, {loop.id: loop.take for loop in dialogue.loops if loop.take is not None}


def test_a_voice_that_cannot_says_so(tmp_path: Path) -> None:
    assert isinstance(FakeVoice(), Voice) and not FakeVoice.expressive
    _, takes = dubbed(tmp_path)
    assert takes and all(take.performance == 0 and "carries no performance" in take.plain for take in takes.values())
    report = json.loads((tmp_path / "out" / "report.json").read_bytes())
    assert all("carries no performance" in line["plain"] for line in report["lines"] if line["take"])
    assert report["summary"]["performed"] == 0


def test_lines_carry_what_is_asked_for_and_the_film_keeps_it(tmp_path: Path, acting: type[ActingVoice]) -> None:
    film, takes = dubbed(tmp_path)
    assert {take.performance for take in takes.values()} == {USUAL}
    assert all(take.energy_likeness is None or -1 <= take.energy_likeness <= 1 for take in takes.values())
    assert film.sheet.dubbing.performance is None
    count = len(acting.given)
    dubbed(tmp_path)
    assert len(acting.given) == count, "the same performance is recalled"
    film, takes = dubbed(tmp_path, 0.5)
    assert {take.performance for take in takes.values()} == {0.5} and len(acting.given) > count
    assert Film.open(film.path).sheet.dubbing.performance == 0.5
    assert "[dubbing]\nperformance = 0.5" in (film.path / "film.toml").read_text(encoding="utf-8")
    assert asked_for(film, None, "test") == 0.5
    film, takes = dubbed(tmp_path, 0.0)
    assert {(take.performance, take.plain) for take in takes.values()} == {(None, "")}


@pytest.mark.parametrize(("clear", "kept"), [(0.5, 0.4), (0.0, 0.0)])
def test_what_makes_a_line_unclear_is_halved_or_left(tmp_path: Path, acting: type[ActingVoice], clear: float,
                                                    kept: float) -> None:
    acting.clear = clear
    _, takes = dubbed(tmp_path)
    long = [take for take in takes.values() if len(take.text.split()) > 2]
    assert long and {take.performance for take in long} == {kept}
    assert all("it is heard as" in take.plain for take in long)
    assert all(take.heard for take in long), "it is not the mumbled take"


def test_a_sheet_with_a_performance_that_cannot_be_is_refused_by_line(tmp_path: Path) -> None:
    film = Film.create(tmp_path / "a.film", "A")
    sheet = film.path / "film.toml"
    sheet.write_text(sheet.read_text(encoding="utf-8") + "\n[dubbing]\nperformance = 1.5\n", encoding="utf-8")
    with pytest.raises(Damaged, match=r"dubbing\.performance"):
        Film.open(film.path)


def test_takes_of_before_are_read(tmp_path: Path) -> None:
    old = {"id": "T1", "kind": "synthetic", "sound": "0" * 64, "text": "sì", "natural": "1", "rate": 1.0,
           "span": {"start": "0", "end": "1"}}
    take = Take.model_validate(old)
    assert take.performance is None and take.pitch_likeness is None and take.plain == ""
    assert take.span.duration == Fraction(1)
