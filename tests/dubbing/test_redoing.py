"""Doing lines again: another wording, a new take that the next dub keeps, and nobody's words or choices overwritten."""

from __future__ import annotations

import shutil
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from tests.dubbing.journeys import FAKES, talking_clip

import ciak
from ciak.bootstrap import redo
from ciak.config import Settings
from ciak.errors import NotFound, Refused
from ciak.film import Dialogue
from ciak.film.editing import Choose, Lock, Place, Retype, Split
from ciak.project import Film, edit
from ciak.store.library import Library, MemoryLine

SETTINGS = Settings().with_backends(FAKES)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A film that was dubbed once."""
    folder = tmp_path_factory.mktemp("again")
    ciak.dub(talking_clip(folder / "night.mp4"), to="it", out=folder / "out", settings=SETTINGS)
    return folder / "out" / "night.film"


@pytest.fixture
def film(made: Path, tmp_path: Path) -> Film:
    shutil.copytree(made, tmp_path / "night.film")
    shutil.copy(made.parent.parent / "night.mp4", tmp_path / "night.mp4")
    return Film.open(tmp_path / "night.film")


def spoken(film: Film) -> Dialogue:
    dialogue = film.dialogue("it")
    assert dialogue is not None
    return dialogue


def dub(film: Film) -> None:
    ciak.dub(film.path, to="it", settings=SETTINGS)


def test_a_line_of_a_persons_words_is_spoken_with_them_and_stays(film: Film) -> None:
    line = spoken(film).loops[0]
    edit(film, "it", [Retype(loop=line.id, text="rosso mare")], {})
    assert redo(film.path, "it", [line.id], settings=SETTINGS) == (line.id,)
    after = spoken(film).loop(line.id)
    assert after is not None and after.take is not None and after.kept
    assert after.take.text == after.text == "rosso mare" and after.origin == "person"
    assert spoken(film).loops[1:] == tuple(loop for loop in spoken(film).loops if loop.id != line.id)
    dub(Film.open(film.path))
    again = spoken(film).loop(line.id)
    assert again is not None and again.take == after.take and again.text == "rosso mare"


def test_a_machines_line_takes_a_wording_that_was_not_spoken_yet(film: Film) -> None:
    line = next(loop for loop in spoken(film).loops if len({way.text for way in loop.variants}) > 1)
    assert line.take is not None
    redo(film.path, "it", [line.id], settings=SETTINGS)
    after = spoken(film).loop(line.id)
    assert after is not None and after.take is not None
    assert after.take.text != line.take.text and after.text == after.take.text
    assert {take.id for take in line.takes} < {take.id for take in after.takes}, "the first take is still there"
    dub(Film.open(film.path))
    kept = spoken(film).loop(line.id)
    assert kept is not None and kept.take == after.take, "the next dub keeps what was asked for"


def test_a_take_that_a_person_chose_is_kept_by_the_next_dub(film: Film) -> None:
    line = next(loop for loop in spoken(film).loops if len({way.text for way in loop.variants}) > 1)
    redo(film.path, "it", [line.id], settings=SETTINGS)
    first = line.takes[0]
    edit(film, "it", [Choose(loop=line.id, take=first.id)], {})
    dub(Film.open(film.path))
    after = spoken(film).loop(line.id)
    assert after is not None and after.chosen == first.id


def test_a_persons_words_survive_when_the_original_is_moved(film: Film) -> None:
    line = spoken(film).loops[0]
    edit(film, "it", [Retype(loop=line.id, text="verde mare")], {})
    original = film.dialogue("en")
    assert original is not None
    span = original.loops[0].span
    edit(film, "en", [Retype(loop=line.id, text=original.loops[0].text + " now")], {})
    edit(film, "en", [Place(loop=line.id, span=type(span)(start=span.start, end=span.end - Fraction(1, 10)))], {})
    dub(Film.open(film.path))
    after = spoken(film).loop(line.id)
    assert after is not None and after.text == "verde mare" and after.origin == "person"
    moved = film.dialogue("en")
    assert moved is not None and after.span == moved.loops[0].span


def test_what_the_house_remembers_comes_before_the_translator(film: Film, tmp_path: Path) -> None:
    original, settings = film.dialogue("en"), replace(SETTINGS, library=tmp_path / "library")
    assert original is not None
    line = original.loops[0]
    remembered = MemoryLine(source="en", target="it", line=line.text, translation="mare rosso")
    Library.at(settings.library).remember([remembered])
    redo(film.path, "it", [line.id], settings=settings)
    after = spoken(film).loop(line.id)
    assert after is not None and after.take is not None
    assert (after.text, after.take.text, after.origin) == ("mare rosso", "mare rosso", "memory")


def test_a_machines_translation_that_was_divided_with_its_original_is_translated_anew(film: Film) -> None:
    original = film.dialogue("en")
    assert original is not None
    line = original.loops[0]
    edit(film, "en", [Retype(loop=line.id, text="red sea and blue tower")], {})
    dub(Film.open(film.path))
    before = spoken(film)
    said = before.loop(line.id)
    assert said is not None and " " in said.text and said.origin.startswith("translator:")
    middle = (line.span.start + line.span.end) / 2
    edit(film, "en", [Split(loop=line.id, at=middle, text_at=7)], {})
    halves = [loop for loop in spoken(film).loops if loop.id not in {one.id for one in before.loops[1:]}]
    assert len(halves) == 2 and {loop.origin for loop in halves} == {said.origin}
    dub(Film.open(film.path))
    for half in halves:
        after = spoken(film).loop(half.id)
        assert after is not None and after.variants and after.text in {way.text for way in after.variants}


def test_what_cannot_be_done_again_is_refused_and_nothing_changes(film: Film) -> None:
    before = (film.path / "dialogue" / "it.json").read_bytes()
    with pytest.raises(NotFound):
        redo(film.path, "it", ["nobody"], settings=SETTINGS)
    with pytest.raises(NotFound):
        redo(film.path, "de", [spoken(film).loops[0].id], settings=SETTINGS)
    with pytest.raises(Refused):
        redo(film.path, "en", [spoken(film).loops[0].id], settings=SETTINGS)
    assert (film.path / "dialogue" / "it.json").read_bytes() == before
    line = spoken(film).loops[0]
    edit(film, "it", [Lock(loop=line.id, locked=True)], {})
    with pytest.raises(Refused):
        redo(film.path, "it", [line.id], settings=SETTINGS)
    assert spoken(film).loop(line.id).takes == line.takes  # type: ignore[union-attr]
