"""Captions lie in the dialogue's file, and what is done to them is undone and redone like all else."""

from __future__ import annotations

from pathlib import Path

import pytest

from ciak.errors import Conflict, NotFound
from ciak.film import Caption, CaptionKind, Cast, CastMember, Dialogue, Loop, Span, Verdict
from ciak.film.captions import AddCaption, JudgeCaption, RemoveCaption, RewordCaption, caption_key
from ciak.film.editing import Retype, version_of
from ciak.project import Film, check_film, edit, redo, undo


@pytest.fixture
def film(tmp_path: Path) -> Film:
    film = Film.create(tmp_path / "film", "T", language="en")
    loops = tuple(Loop(id=f"L{n}", character="S1", span=Span.of(n, n + 1), text=f"line {n}") for n in range(3))
    captions = (Caption(id="C1", kind=CaptionKind.MUSIC, span=Span.of(1, 4), text="music", origin="hearer:fake"),)
    film.save_cast(Cast(members=(CastMember(id="S1", name="Anna"),)))
    film.save_dialogue(Dialogue(language="en", loops=loops, captions=captions))
    return film


def captions(film: Film) -> list[tuple[str, str, str]]:
    again = Film.open(film.path).dialogue("en")
    assert again is not None and len(again.loops) == 3
    return [(one.id, one.text, str(one.verdict)) for one in again.captions]


def test_they_are_kept_and_the_film_is_without_fault(film: Film) -> None:
    assert captions(film) == [("C1", "music", "undecided")]
    assert check_film(film.path) == []
    text = (film.path / "dialogue" / "en.json").read_text()
    assert text.index('"captions"') < text.index('"loops"'), "loops stand last: they are read piece by piece"


def test_a_film_from_before_has_none(film: Film) -> None:
    path = film.path / "dialogue" / "en.json"
    edit(film, "en", [RemoveCaption(caption="C1")], {})
    path.write_text(path.read_text().replace('  "captions": [],\n', ""))
    assert captions(film) == []


def test_every_step_is_undone_and_redone(film: Film) -> None:
    states = [captions(film)]
    for changes in ([JudgeCaption(caption="C1", verdict=Verdict.APPROVED)],
                    [AddCaption(kind=CaptionKind.SOUND, span=Span.of(5, 6), text="a door")],
                    [RewordCaption(caption="C1", text="a waltz"), Retype(loop="L1", text="other")],
                    [RemoveCaption(caption="C2")]):
        done = edit(film, "en", changes, {})
        assert done.sequence is not None
        states.append(captions(film))
    assert [len(state) for state in states] == [1, 1, 2, 2, 1]
    for state in states[-2::-1]:
        undo(film)
        assert captions(film) == state
    for state in states[1:]:
        redo(film)
        assert captions(film) == state


def test_lines_edited_meanwhile_stay_when_a_caption_is_undone(film: Film) -> None:
    edit(film, "en", [JudgeCaption(caption="C1", verdict=Verdict.REJECTED)], {})
    now = film.dialogue("en")
    assert now is not None
    last = now.loops[2].model_copy(update={"text": "a machine's"})
    film.save_dialogue(now.model_copy(update={"loops": (*now.loops[:2], last)}), who="ciak subtitle")
    undo(film)
    again = film.dialogue("en")
    assert again is not None
    assert again.loops[2].text == "a machine's" and again.captions[0].verdict is Verdict.UNDECIDED


def test_who_saw_an_older_one_is_told(film: Film) -> None:
    before = film.dialogue("en")
    assert before is not None
    seen = {caption_key("C1"): version_of(before.captions[0])}
    edit(film, "en", [JudgeCaption(caption="C1", verdict=Verdict.REJECTED)], seen)
    with pytest.raises(Conflict) as told:
        edit(film, "en", [RewordCaption(caption="C1", text="mine")], seen)
    assert [one.verdict for one in told.value.theirs] == [Verdict.REJECTED]
    assert captions(film) == [("C1", "music", "rejected")]


def test_one_that_somebody_changed_since_is_not_taken_back(film: Film) -> None:
    edit(film, "en", [JudgeCaption(caption="C1", verdict=Verdict.APPROVED)], {})
    now = film.dialogue("en")
    assert now is not None
    film.save_dialogue(now.model_copy(update={"captions": (now.captions[0].model_copy(
        update={"verdict": Verdict.REJECTED}),)}), who="ciak subtitle")
    with pytest.raises(Conflict):
        undo(film)
    with pytest.raises(NotFound):
        edit(film, "en", [JudgeCaption(caption="C9", verdict=Verdict.APPROVED)], {})
