"""Subtitles that a person set by hand: held while the words are those, moved, divided and joined with their lines, and
never let go in silence."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as some
from tests.film.test_conforming import cut

from ciak.errors import BadInput, NotFound, Refused
from ciak.film import Dialogue, HeldSubtitle, HeldSubtitles, Loop, Span, conform, conform_dialogue
from ciak.film.editing import Change, Follow, Lock, Merge, Place, Remove, Retype, Split, Subtitle, apply
from ciak.film.holding import LET_GO, standing
from ciak.film.mirroring import mirrored

TEXTS = ("Hello there, my friend", "Bye", "So long")
TALK = Dialogue(language="en", loops=tuple(
    Loop(id=f"L{n}", character="S1", span=Span.of(2 * n, 2 * n + 2), text=text) for n, text in enumerate(TEXTS, 1)))


def subtitle(start: float, end: float, *lines: str) -> HeldSubtitle:
    return HeldSubtitle(span=Span(start=Fraction(start), end=Fraction(end)), lines=lines)


TWO = (subtitle(2, 3, "Hello there,"), subtitle(3, 4.5, "my", "friend"))
HELD = apply(TALK, [Subtitle(loops=("L1",), shown=TWO)])
SHARED = apply(TALK, [Subtitle(loops=("L1", "L2"), shown=(subtitle(2, 5, "- Hello", "- Bye"),))])


def of(dialogue: Dialogue, name: str = "L1") -> Loop:
    loop = dialogue.loop(name)
    assert loop is not None
    return loop


def flags(dialogue: Dialogue) -> list[str]:
    return [loop.id for loop in dialogue.loops if any(flag.code == LET_GO for flag in loop.flags)]


def test_they_are_held_for_the_words_that_they_were_made_for() -> None:
    assert of(HELD).subtitles == HeldSubtitles(text=TEXTS[0], shown=TWO)
    assert of(HELD).model_copy(update={"subtitles": None}) == of(TALK), "nothing else of the line changes"
    assert apply(HELD, [Subtitle(loops=("L1",), shown=TWO[::-1])]) is HELD, "in order of time, whatever was said"
    retyped = apply(HELD, [Retype(loop="L1", text="Hello, my friend")])
    assert of(retyped).subtitles is None and flags(retyped) == ["L1"]
    again = apply(retyped, [Subtitle(loops=("L1",), shown=TWO)])
    assert of(again).subtitles is not None and flags(again) == [], "who sets them anew has seen it"
    other = apply(HELD, [Retype(loop="L2", text="Good bye")])
    assert of(other) is of(HELD), "another line is another line"


def test_their_json_is_what_the_contract_says() -> None:
    told = of(HELD).model_dump(mode="json")
    assert told["subtitles"] == {
        "text": "Hello there, my friend", "shared": [], "shown": [
            {"span": {"start": "2", "end": "3"}, "lines": ["Hello there,"]},
            {"span": {"start": "3", "end": "9/2"}, "lines": ["my", "friend"]}]}
    assert Loop.model_validate(told) == of(HELD)
    del told["subtitles"]
    assert Loop.model_validate(told) == of(TALK), "a dialogue of before is read as it is"


def test_they_may_say_less_or_nothing() -> None:
    none = apply(TALK, [Subtitle(loops=("L2",), shown=())])
    assert standing(none.loops)["L2"].shown == ()
    less = apply(TALK, [Subtitle(loops=("L1",), shown=(subtitle(2, 4, "Hello"),))])
    assert standing(less.loops)["L1"].shown[0].lines == ("Hello",)


def test_lines_that_share_them_keep_or_lose_them_together() -> None:
    assert of(SHARED, "L1").subtitles == HeldSubtitles(text=TEXTS[0], shared=("L2",), shown=(subtitle(2, 5, "- Hello",
                                                                                                     "- Bye"),))
    assert of(SHARED, "L2").subtitles == HeldSubtitles(text="Bye", shared=("L1",))
    for change in (Retype(loop="L2", text="No"), Retype(loop="L1", text="No"), Subtitle(loops=("L2",), shown=())):
        after = apply(SHARED, [change])
        named = change.loop if isinstance(change, Retype) else "L2"
        assert "L1" not in standing(after.loops), "no word of the other is said twice, or not at all"
        assert set(flags(after)) == ({"L1", "L2"} if isinstance(change, Retype) else {"L1"}), named
    gone = apply(SHARED, [Remove(loop="L2")])
    assert of(gone).subtitles is None and flags(gone) == ["L1"]
    freed = apply(SHARED, [Follow(loop="L2")])
    assert [loop.subtitles for loop in freed.loops] == [None] * 3 and flags(freed) == [], "that was wished"


def test_moving_takes_them_along_and_trimming_leaves_them() -> None:
    moved = of(apply(HELD, [Place(loop="L1", span=Span.of(3, 5))])).subtitles
    assert moved is not None and [one.span for one in moved.shown] == [Span.of(3, 4), Span(start=Fraction(4),
                                                                                         end=Fraction("5.5"))]
    early = of(apply(HELD, [Place(loop="L1", span=Span.of(0, 2))])).subtitles
    assert early is not None and early.shown[0].span.start == 0
    assert of(apply(HELD, [Place(loop="L1", span=Span.of(2, 3))])).subtitles == of(HELD).subtitles


def test_they_are_divided_and_joined_with_their_lines() -> None:
    halves = apply(HELD, [Split(loop="L1", at=Fraction(3), text_at=13)])
    first, second = of(halves).subtitles, of(halves, "L1-2").subtitles
    assert first is not None and second is not None and flags(halves) == []
    assert (first.shown, second.shown) == (TWO[:1], TWO[1:])
    whole = apply(halves, [Merge(first="L1", second="L1-2")])
    assert of(whole).subtitles == of(HELD).subtitles
    elsewhere = apply(HELD, [Split(loop="L1", at=Fraction(3), text_at=6)])
    assert set(flags(elsewhere)) == {"L1", "L1-2"} and standing(elsewhere.loops) == {}
    half = apply(HELD, [Merge(first="L1", second="L2")])
    assert of(half).subtitles is None and flags(half) == ["L1"], "of the second nothing was set"
    one = apply(SHARED, [Merge(first="L1", second="L2")])
    joined = of(one).subtitles
    assert joined is not None and joined.shared == () and joined.shown[0].lines == ("- Hello", "- Bye")


def test_a_locked_line_keeps_what_it_has() -> None:
    locked = apply(SHARED, [Lock(loop="L2", locked=True)])
    for change in (Subtitle(loops=("L1", "L2"), shown=()), Follow(loop="L1"), Follow(loop="L2"), Remove(loop="L1"),
                   Retype(loop="L1", text="No")):
        with pytest.raises(Refused):
            apply(locked, [change])


@pytest.mark.parametrize("shown", [
    (subtitle(2, 2, "x"),), (subtitle(-1, 2, "x"),), (subtitle(2, 4, "x"), subtitle(3, 5, "y")),
    (subtitle(2, 3, " x"),), (subtitle(2, 3, ""),), (subtitle(2, 3, "a\nb"),), (subtitle(2, 3, "x" * 201),)])
def test_what_no_subtitle_is(shown: tuple[HeldSubtitle, ...]) -> None:
    with pytest.raises(BadInput):
        apply(TALK, [Subtitle(loops=("L1",), shown=shown)])
    with pytest.raises(NotFound):
        apply(TALK, [Subtitle(loops=("nobody",), shown=())])


def test_a_translation_follows_in_place_only() -> None:
    italian = TALK.model_copy(update={"language": "it", "source": "en"})
    italian = apply(italian, [Subtitle(loops=("L1",), shown=TWO)])
    assert mirrored([Subtitle(loops=("L1",), shown=()), Follow(loop="L1")], italian) is italian
    moved = of(mirrored([Place(loop="L1", span=Span.of(3, 5))], italian)).subtitles
    assert moved is not None and moved.shown[0].span == Span.of(3, 4)


def test_a_new_cut_takes_them_along_or_tells() -> None:
    later = conform(cut(("a", 0, 250)), cut(("b", 0, 125), ("a", 0, 250)))
    moved = of(conform_dialogue(HELD, later)[0]).subtitles
    assert moved is not None and [one.span.start for one in moved.shown] == [7, 8]
    trimmed = conform_dialogue(HELD, conform(cut(("a", 0, 250)), cut(("a", 0, 90))))[0]
    kept = of(trimmed).subtitles
    assert kept is not None and [one.span.end for one in kept.shown] == [3, Fraction("3.6")]
    lost = conform_dialogue(HELD, conform(cut(("a", 0, 250)), cut(("a", 0, 65))))[0]
    assert of(lost).subtitles is None and flags(lost) == ["L1"]


def changes() -> some.SearchStrategy[Change]:
    """Anything that may be done to three lines and their subtitles."""
    name = some.sampled_from(["L1", "L2", "L3", "L1-2", "L2-2"])
    times = some.integers(0, 20).map(lambda half: Fraction(half, 2))
    span = some.tuples(times, some.integers(1, 6)).map(lambda one: Span(start=one[0], end=one[0] + Fraction(one[1], 2)))
    shown = some.lists(some.tuples(span, some.sampled_from(TEXTS)), max_size=2).map(
        lambda rows: tuple(HeldSubtitle(span=where, lines=(text,)) for where, text in rows))
    return some.one_of(
        some.builds(Subtitle, loops=some.lists(name, min_size=1, max_size=3, unique=True).map(tuple), shown=shown),
        some.builds(Follow, loop=name), some.builds(Retype, loop=name, text=some.sampled_from(TEXTS)),
        some.builds(Place, loop=name, span=span), some.builds(Merge, first=name, second=name),
        some.builds(Split, loop=name, at=times, text_at=some.integers(0, 12)), some.builds(Remove, loop=name),
        some.builds(Lock, loop=name, locked=some.booleans()))


@given(some.lists(changes(), max_size=12))
def test_what_is_held_always_stands_and_nothing_goes_in_silence(steps: list[Change]) -> None:
    dialogue = HELD
    for step in steps:
        try:
            after = apply(dialogue, [step])
        except (BadInput, NotFound, Refused):
            continue
        stand = standing(after.loops)
        assert {loop.id for loop in after.loops if loop.subtitles is not None} == set(stand)
        for loop in after.loops:
            before = dialogue.loop(loop.id)
            if before is not None and before.subtitles is not None and loop.subtitles is None:
                assert isinstance(step, Follow) or loop.id in flags(after)
            if before is not None and before.locked and not isinstance(step, Lock):
                assert loop == before
        dialogue = after
