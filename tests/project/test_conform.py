"""Conform: a film's lines move to a new cut in every language at once, and back when that is undone."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from ciak.errors import BadInput, NothingToDo
from ciak.film import Clip, Cut, Dialogue, Lane, Loop, Rate, Span
from ciak.formats import write_cut
from ciak.formats.edl import EDL
from ciak.project import Film, conform_film, cut_from, redo, undo

RATE = Rate(Fraction(24))


def cut(name: str, *clips: tuple[str, int, int]) -> Cut:
    """Clips of one film after the other: (name, first source frame, frames)."""
    laid, at = [], 0
    for reel, first, frames in clips:
        span = Span(start=RATE.time(at), end=RATE.time(at + frames))
        laid.append(Clip(name=reel, path=f"media/{reel}.mov", span=span, source=RATE.time(first)))
        at += frames
    return Cut(name=name, rate="24", start="01:00:00:00", lanes=(Lane(name="V1", kind="Video", clips=tuple(laid)),))


OLD = cut("old", ("a", 0, 240), ("b", 0, 240), ("c", 0, 240))
NEW = cut("new", ("c", 0, 240), ("a", 24, 216))


def loop(name: str, first: int, end: int, text: str) -> Loop:
    return Loop(id=name, character="S1", span=Span(start=RATE.time(first), end=RATE.time(end)), text=text)


LINES = (loop("L1", 48, 96, "Kept, later"), loop("L2", 300, 350, "Fallen"), loop("L3", 500, 560, "Kept, earlier"))


@pytest.fixture
def film(tmp_path: Path) -> Film:
    made = Film.create(tmp_path / "film", "T", language="en", rate=RATE)
    made.save_dialogue(Dialogue(language="en", loops=LINES))
    made.save_dialogue(Dialogue(language="it", source="en", loops=LINES))
    return made


def places(film: Film, language: str) -> dict[str, tuple[int, int]]:
    dialogue = film.dialogue(language)
    assert dialogue is not None
    return {one.id: (RATE.nearest_frame(one.span.start), RATE.nearest_frame(one.span.end)) for one in dialogue.loops}


def test_every_language_moves_at_once_and_what_fell_is_told(film: Film) -> None:
    done = conform_film(film, OLD, NEW)
    for language in ("en", "it"):
        assert places(film, language) == {"L1": (264, 312), "L3": (20, 80)}
        told = {note.id: note.code.value for note in done.notes[language]}
        assert told == {"L1": "moved", "L2": "fell", "L3": "moved"}
    assert done.lines == {"en": 3, "it": 3} and done.sequence is not None


def test_it_is_one_step_to_undo_and_to_redo(film: Film) -> None:
    conform_film(film, OLD, NEW)
    undo(film)
    for language in ("en", "it"):
        dialogue = film.dialogue(language)
        assert dialogue is not None and dialogue.loops == LINES
    redo(film)
    assert places(film, "en") == places(film, "it") == {"L1": (264, 312), "L3": (20, 80)}


def test_the_same_cut_changes_and_writes_nothing(film: Film) -> None:
    before = (film.path / "history.jsonl").read_bytes()
    done = conform_film(film, OLD, OLD)
    assert done.sequence is None and (film.path / "history.jsonl").read_bytes() == before
    assert done.notes == {"en": (), "it": ()}


def test_cuts_that_share_nothing_are_refused(film: Film) -> None:
    with pytest.raises(NothingToDo, match="share no picture"):
        conform_film(film, OLD, cut("other", ("z", 0, 240)))
    assert places(film, "en")["L1"] == (48, 96)


def test_a_film_without_lines_is_told(tmp_path: Path) -> None:
    with pytest.raises(NothingToDo, match="no lines"):
        conform_film(Film.create(tmp_path / "new", "N", language="en", rate=RATE), OLD, NEW)


def test_a_cut_is_read_from_otio_and_edl(tmp_path: Path) -> None:
    (tmp_path / "cut.otio").write_bytes(write_cut(NEW))
    (tmp_path / "misnamed.txt").write_bytes(EDL.write(NEW))
    otio, _ = cut_from(tmp_path / "cut.otio")
    edl, _ = cut_from(tmp_path / "misnamed.txt", RATE)
    for read in (otio, edl):
        assert [(clip.span, clip.source) for clip in read.lanes[0].clips] == [
            (clip.span, clip.source) for clip in NEW.lanes[0].clips]


@pytest.mark.parametrize("data", [b"", b"hello", b"\0\xff" * 50, b"{}", b"TITLE: x\n001 AX V C broken\n",
                                  b"1\n00:00:01,000 --> 00:00:02,000\nHi\n"])
def test_what_is_no_cut_is_refused_in_one_line(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "cut.otio").write_bytes(data)
    with pytest.raises(BadInput, match=r"cut\.otio") as refused:
        cut_from(tmp_path / "cut.otio", RATE)
    assert "\n" not in str(refused.value)
