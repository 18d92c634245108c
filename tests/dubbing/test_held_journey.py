"""A subtitle that a person set leaves the house as it was set: every format, every edition, run after run."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.dubbing.journeys import FAKES, talking_clip

import ciak
from ciak.config import Settings
from ciak.film import HeldSubtitle, Span
from ciak.film.editing import Follow, Retype, Subtitle
from ciak.formats import read_subtitles
from ciak.project import Film
from ciak.project.edits import edit, undo

SETTINGS = Settings().with_backends(FAKES)
FORMATS = ("imsc", "ass", "dcp", "ebu-stl")
LINES = ("A line that is broken", "where a person wants it...")


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Film]:
    """A film that was subtitled once, and where its deliveries are."""
    folder = tmp_path_factory.mktemp("held")
    out = folder / "out"
    ciak.subtitle(talking_clip(folder / "night.mp4"), out=out, settings=SETTINGS)
    return out, ciak.open_film(out / "night.film")


def delivered(out: Path, film: Film, **asked: object) -> dict[str, list[tuple[Span, tuple[str, ...]]]]:
    """What is delivered, by file."""
    report = ciak.subtitle(film.path, out=out, settings=SETTINGS, **asked)
    return {role: [(cue.span, cue.lines) for cue in read_subtitles(out / name).cues]
            for role, name in report.files.items() if Path(name).suffix in (".srt", ".vtt", ".ttml", ".ass", ".xml",
                                                                            ".stl")}


def test_it_is_delivered_as_it_was_set(film: tuple[Path, Film]) -> None:
    out, opened = film
    told = opened.dialogue("en")
    assert told is not None
    loop, rate = told.loops[0], opened.rate
    first = rate.nearest_frame(loop.span.start) + 3
    span = Span(start=rate.time(first), end=rate.time(first + 17))
    edit(opened, "en", [Subtitle(loops=(loop.id,), shown=(HeldSubtitle(span=span, lines=LINES),))], {})
    for asked in ({}, {"profile": "netflix", "formats": FORMATS}, {"profile": "ebu"}, {"sdh": True}):
        files = delivered(out, opened, **asked)
        assert {role.split(".")[0] for role in files} >= ({"srt", "webvtt", *FORMATS} if "formats" in asked
                                                           else {"srt", "webvtt"})
        for role, cues in files.items():
            found = [where for where, lines in cues if tuple(line.strip() for line in lines)[-1] == LINES[-1]]
            assert len(found) == 1 and abs(found[0].start - span.start) < rate.time(1) / 2, (asked, role)
            assert abs(found[0].end - span.end) < rate.time(1) / 2, (asked, role)
    again = opened.dialogue("en")
    assert again is not None and again.loops[0].subtitles is not None, "no run takes it away"


def test_what_it_breaks_is_reported(film: tuple[Path, Film]) -> None:
    out, opened = film
    report = ciak.subtitle(opened.path, out=out, settings=SETTINGS, profile="netflix")
    assert report.subtitles["en"].violations["ellipsis"] == 1, "three dots, as a person wrote them"
    edit(opened, "en", [Follow(loop="L0001")], {})
    report = ciak.subtitle(opened.path, out=out, settings=SETTINGS, profile="netflix")
    assert "ellipsis" not in report.subtitles["en"].violations
    undo(opened)
    held = opened.dialogue("en")
    assert held is not None and held.loops[0].subtitles is not None
    edit(opened, "en", [Retype(loop="L0001", text="Other words now.")], {})
    changed = opened.dialogue("en")
    assert changed is not None and changed.loops[0].subtitles is None
    undo(opened)
    assert opened.dialogue("en") is not None
    back = opened.dialogue("en")
    assert back is not None and back.loops == held.loops, "words and subtitles come back together"
