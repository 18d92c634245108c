"""Captions are approved, worded, placed and taken away like lines; what cannot be is refused."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ciak.errors import BadInput, NotFound
from ciak.film import Caption, CaptionKind, Clip, Cut, Dialogue, Lane, Loop, Span, Verdict, conform, conform_dialogue
from ciak.film.captions import (
    AddCaption,
    CaptionChange,
    JudgeCaption,
    PlaceCaption,
    RemoveCaption,
    RewordCaption,
    caption_key,
    captions_in_order,
)
from ciak.film.editing import apply, version_of
from ciak.film.mirroring import mirrored


def caption(number: int, start: int, **changes: object) -> Caption:
    return Caption.model_validate({"id": f"C{number}", "kind": "music", "span": Span.of(start, start + 2),
                                   "text": "music", "origin": "hearer:ina", "confidence": 0.5, **changes})


TALK = Dialogue(language="en", captions=(caption(1, 3), caption(2, 9)),
                loops=(Loop(id="L1", character="S1", span=Span.of(0, 1), text="Hello."),))


def after(*changes: object) -> dict[str, Caption]:
    return {one.id: one for one in apply(TALK, changes).captions}  # type: ignore[arg-type]


def test_a_verdict_can_be_given_and_taken_back() -> None:
    for verdict in Verdict:
        assert after(JudgeCaption(caption="C1", verdict=verdict))["C1"].verdict is verdict
    assert after(JudgeCaption(caption="C1", verdict=Verdict.APPROVED))["C2"] is TALK.captions[1]
    assert apply(TALK, [JudgeCaption(caption="C1", verdict=Verdict.UNDECIDED)]) is TALK


def test_a_persons_words_are_approved_and_a_persons() -> None:
    worded = after(RewordCaption(caption="C1", text=" a waltz "))["C1"]
    assert (worded.text, worded.origin, worded.confidence, worded.verdict) == ("a waltz", "person", None,
                                                                              Verdict.APPROVED)
    same = after(RewordCaption(caption="C1", text="music"))["C1"]
    assert (same.origin, same.verdict) == ("hearer:ina", Verdict.APPROVED)
    assert apply(TALK, [RewordCaption(caption="C1", text="x")]).loops == TALK.loops


def test_a_new_one_takes_the_first_free_id_and_its_place() -> None:
    changed = apply(TALK, [AddCaption(kind=CaptionKind.SOUND, span=Span.of(5, 6), text="a door"),
                           RemoveCaption(caption="C1"), PlaceCaption(caption="C2", span=Span.of(1, 2))])
    assert [(one.id, one.text) for one in changed.captions] == [("C2", "music"), ("C3", "a door")]
    assert changed.captions[1].verdict is Verdict.APPROVED


@pytest.mark.parametrize("change", [
    RewordCaption(caption="C1", text=" "), RewordCaption(caption="C1", text="x" * 501),
    RewordCaption(caption="C1", text="a\x07b"), PlaceCaption(caption="C1", span=Span.of(-1, 2)),
    PlaceCaption(caption="C1", span=Span.of(2, 2)), AddCaption(kind=CaptionKind.SOUND, span=Span.of(1, 1), text="x")])
def test_what_cannot_be_told_is_refused(change: object) -> None:
    with pytest.raises(BadInput):
        after(change)


@pytest.mark.parametrize("change", [RewordCaption(caption="C9", text="x"), RemoveCaption(caption="C9"),
                                    JudgeCaption(caption="L1", verdict=Verdict.APPROVED)])
def test_one_that_is_not_there_is_said(change: object) -> None:
    with pytest.raises(NotFound, match="no caption"):
        after(change)


def test_a_caption_is_no_loop_and_no_translation_follows_it() -> None:
    assert caption_key("C1") != "C1"
    assert version_of(TALK.captions[0]) != version_of(TALK.captions[1])
    other = TALK.model_copy(update={"language": "it", "source": "en"})
    assert mirrored([RemoveCaption(caption="C1")], other) is other


def test_a_translation_follows_in_place_and_in_what_is_not_wanted() -> None:
    ours = Caption(id="C1", kind=CaptionKind.MUSIC, span=Span.of(1, 4), text="musica", origin="original",
                   verdict=Verdict.UNDECIDED)
    theirs = ours.model_copy(update={"id": "C2", "origin": "person", "verdict": Verdict.APPROVED})
    italian = Dialogue(language="it", source="en", captions=(ours, theirs))

    def after(*changes: CaptionChange) -> tuple[Caption, ...]:
        return mirrored(changes, italian).captions

    judge = JudgeCaption(caption="C1", verdict=Verdict.REJECTED)
    assert after(PlaceCaption(caption="C1", span=Span.of(2, 3)))[1].span == Span.of(2, 3)
    assert after(judge)[0].verdict is Verdict.REJECTED
    assert after(judge, JudgeCaption(caption="C1", verdict=Verdict.APPROVED))[0].verdict is Verdict.UNDECIDED, (
        "its own words are still to be approved")
    assert after(JudgeCaption(caption="C1", verdict=Verdict.APPROVED)) == italian.captions
    assert after(RewordCaption(caption="C1", text="a waltz")) == italian.captions, "words belong to one language"
    assert after(RemoveCaption(caption="C1")) == (theirs,)
    for change in (PlaceCaption(caption="C2", span=Span.of(2, 3)), RemoveCaption(caption="C2"), RemoveCaption(
            caption="C9"), JudgeCaption(caption="C2", verdict=Verdict.REJECTED)):
        assert mirrored([change], italian) is italian, "a person had a hand in it"


def test_captions_move_with_a_new_cut() -> None:
    def cut(first: int) -> Cut:
        clip = Clip(name="a", path="a.mov", span=Span.of(0, 20 - first), source=Fraction(first))
        return Cut(name="c", rate="24", start="00:00:00:00", lanes=(Lane(name="P", kind="Video", clips=(clip,)),))
    moved, notes = conform_dialogue(TALK, conform(cut(0), cut(6)))
    assert [(one.id, one.span) for one in moved.captions] == [("C2", Span.of(3, 5))]
    assert "C1" in {note.id for note in notes}


@given(st.lists(st.tuples(st.integers(0, 99), st.integers(1, 9)), max_size=12, unique=True))
def test_in_order_is_the_same_whatever_came_first(pairs: list[tuple[int, int]]) -> None:
    ones = [caption(number, start) for number, (start, _) in enumerate(pairs)]
    assert captions_in_order(ones) == captions_in_order(ones[::-1])
    starts = [one.span.start for one in captions_in_order(ones)]
    assert starts == sorted(starts)
