"""Editing a dialogue in place: every change does what it says, and no sequence of changes spoils a dialogue."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as some
from pydantic import TypeAdapter, ValidationError

from ciak.dubbing import speaking
from ciak.errors import BadInput, NotFound, Refused
from ciak.film import Dialogue, Flag, Loop, Span, Take, TakeKind, Variant, Word
from ciak.film.editing import (
    MACHINE_FLAGS,
    Add,
    Assign,
    Change,
    Choose,
    Dismiss,
    Lock,
    Merge,
    Place,
    Remove,
    Retype,
    Split,
    apply,
    named,
    version_of,
)


def take(name: str, text: str, start: int = 2) -> Take:
    return Take(id=name, kind=TakeKind.SYNTHETIC, sound="ab" * 32 + ".wav", text=text,
                span=Span.of(start, start + 1), natural=Fraction(1), rate=1.0)


LINE = Loop(id="L1", character="S1", span=Span.of(2, 4), text="Hello there", slot=Span.of(2, 5), confidence=0.4,
            origin="translator:x", chosen="T1", kept=True, variants=(Variant(text="Hello there"),),
            takes=(take("T1", "Hello there"), take("T2", "Hi")),
            words=(Word(text="Hello", span=Span.of(2, 3)), Word(text="there", span=Span.of(3, 4))),
            flags=(Flag(code="low-confidence", message="a guess"), Flag(code="shouted", message="loud")))
NEXT = Loop(id="L2", character="S2", span=Span.of(4, 6), text="Bye", words=(Word(text="Bye", span=Span.of(4, 5)),),
            flags=(Flag(code="shouted", message="loud"), Flag(code="off-screen", message="")))
TALK = Dialogue(language="en", loops=(LINE, NEXT))


def after(change: Change, name: str = "L1") -> Loop:
    loop = apply(TALK, [change]).loop(name)
    assert loop is not None
    return loop


def test_a_retyped_line_is_a_persons() -> None:
    loop = after(Retype(loop="L1", text="  Good\nday "))
    assert (loop.text, loop.origin, loop.confidence, loop.variants) == ("Good\nday", "person", None, ())
    assert (loop.chosen, loop.kept, loop.takes, loop.words) == (None, False, LINE.takes, LINE.words)
    assert [flag.code for flag in loop.flags] == ["shouted"]
    assert after(Retype(loop="L1", text="Hi")).chosen == "T2"
    assert apply(TALK, [Retype(loop="L1", text="Hello there ")]) is TALK


@pytest.mark.parametrize("text", ["", " \n", "x" * 2001, "a\tb", "a\rb", "a\x00b", "a\x85b", "\ud800"])
def test_what_is_no_text(text: str) -> None:
    for change in (Retype(loop="L1", text=text), Add(span=Span.of(0, 1), text=text)):
        with pytest.raises(BadInput):
            apply(TALK, [change])


def test_machine_flags_are_those_that_the_departments_raise() -> None:
    assert speaking._MACHINE_FLAGS <= MACHINE_FLAGS


def test_a_moved_line_takes_its_words_and_takes_along() -> None:
    loop = after(Place(loop="L1", span=Span.of(Fraction(5, 2), Fraction(9, 2))))
    assert [word.span.start for word in loop.words] == [Fraction(5, 2), Fraction(7, 2)]
    assert loop.take is not None and loop.take.span == Span.of(Fraction(5, 2), Fraction(7, 2))
    assert (loop.slot, loop.chosen, loop.kept, loop.flags) == (None, "T1", True, LINE.flags)
    assert apply(TALK, [Place(loop="L1", span=LINE.span)]) is TALK


def test_a_trimmed_line_cuts_its_words_and_chooses_no_take() -> None:
    loop = after(Place(loop="L1", span=Span.of(Fraction(5, 2), 3)))
    assert [(word.text, word.span) for word in loop.words] == [("Hello", Span.of(Fraction(5, 2), 3))]
    assert (loop.slot, loop.chosen, loop.kept, loop.takes) == (None, None, False, LINE.takes)


@pytest.mark.parametrize("span", [Span.of(1, 1), Span.of(-1, 1), Span.of(-2, -1)])
def test_where_nobody_can_speak(span: Span) -> None:
    for change in (Place(loop="L1", span=span), Add(span=span, text="x")):
        with pytest.raises(BadInput):
            apply(TALK, [change])


def test_a_line_is_split_in_two() -> None:
    loops = apply(TALK, [Split(loop="L1", at=Fraction(13, 4), text_at=5)]).loops
    assert [(loop.id, loop.text, loop.span) for loop in loops[:2]] == [
        ("L1", "Hello", Span.of(2, Fraction(13, 4))), ("L1-2", "there", Span.of(Fraction(13, 4), 4))]
    assert [word.text for word in loops[0].words] == ["Hello"]
    assert [(word.text, word.span) for word in loops[1].words] == [("there", Span.of(Fraction(13, 4), 4))]
    assert (loops[0].takes, loops[0].chosen, loops[1].takes, loops[1].chosen) == (LINE.takes, None, (), None)
    assert {loop.character for loop in loops[:2]} == {"S1"} and {loop.slot for loop in loops[:2]} == {None}


@pytest.mark.parametrize(("at", "text_at"), [(2, 5), (4, 5), (9, 5), (3, 0), (3, 11), (3, 99)])
def test_a_split_that_leaves_nothing_is_refused(at: int, text_at: int) -> None:
    with pytest.raises(BadInput):
        apply(TALK, [Split(loop="L1", at=Fraction(at), text_at=text_at)])


def test_new_ids_are_free_and_not_too_long() -> None:
    name = "x" * 64
    talk = Dialogue(language="en", loops=(LINE.model_copy(update={"id": name}), NEXT.model_copy(update={"id": "P1"})))
    cut = apply(talk, [Split(loop=name, at=Fraction(3), text_at=5), Split(loop=name, at=Fraction(5, 2), text_at=2),
                       Add(span=Span.of(9, 10), text="x")])
    assert [loop.id for loop in cut.loops] == [name, "x" * 62 + "-3", "x" * 62 + "-2", "P1", "P2"]
    assert Dialogue.model_validate(cut.model_dump()) == cut


def test_neighbours_are_merged() -> None:
    talk = apply(TALK, [Merge(first="L1", second="L2")])
    loop, = talk.loops
    assert (loop.id, loop.character, loop.text, loop.span) == ("L1", "S1", "Hello there Bye", Span.of(2, 6))
    assert [word.text for word in loop.words] == ["Hello", "there", "Bye"]
    assert (loop.takes, loop.chosen, loop.slot, loop.kept) == (LINE.takes, None, None, False)
    assert [flag.code for flag in loop.flags] == ["low-confidence", "shouted", "off-screen"]
    for first, second in (("L2", "L1"), ("L1", "L1")):
        with pytest.raises(BadInput):
            apply(TALK, [Merge(first=first, second=second)])


def test_small_changes() -> None:
    assert after(Assign(loop="L1", character="")).character == ""
    assert after(Lock(loop="L1", locked=True)).locked
    assert (after(Choose(loop="L1", take="T2")).chosen, after(Choose(loop="L1", take="T2")).kept) == ("T2", True)
    assert (after(Choose(loop="L1", take=None)).chosen, after(Choose(loop="L1", take=None)).kept) == (None, False)
    assert [flag.code for flag in after(Dismiss(loop="L1", flag="shouted")).flags] == ["low-confidence"]
    assert apply(TALK, [Dismiss(loop="L1", flag="no-such")]) is TALK
    assert [loop.id for loop in apply(TALK, [Remove(loop="L1")]).loops] == ["L2"]
    added = apply(TALK, [Add(span=Span.of(0, 1), text=" New ", character="S3")]).loops[0]
    assert (added.id, added.text, added.origin, added.character) == ("P1", "New", "person", "S3")


@pytest.mark.parametrize("change", [
    Retype(loop="L9", text="x"), Merge(first="L1", second="L9"), Choose(loop="L1", take="T9"),
    Lock(loop="L9", locked=True)])
def test_what_is_not_there(change: Change) -> None:
    with pytest.raises(NotFound):
        apply(TALK, [change])


def test_two_lines_of_one_id_are_not_told_apart() -> None:
    with pytest.raises(BadInput, match="2 times"):
        apply(Dialogue(language="en", loops=(LINE, LINE)), [Remove(loop="L1")])


@pytest.mark.parametrize("change", [
    Retype(loop="L1", text="x"), Place(loop="L1", span=Span.of(0, 1)), Split(loop="L1", at=Fraction(3), text_at=5),
    Merge(first="L1", second="L2"), Assign(loop="L1", character="x"), Choose(loop="L1", take=None),
    Dismiss(loop="L1", flag="shouted"), Remove(loop="L1")], ids=lambda change: change.do)
def test_a_locked_line_is_only_unlocked(change: Change) -> None:
    locked = apply(TALK, [Lock(loop="L1", locked=True)])
    with pytest.raises(Refused, match="L1"):
        apply(locked, [change])
    assert apply(locked, [Lock(loop="L1", locked=False)]) == TALK


def test_changes_are_told_apart_by_what_they_do() -> None:
    read = TypeAdapter(list[Change])
    changes: list[Change] = [Split(loop="L1", at=Fraction(5, 2), text_at=3), Merge(first="L1", second="L2"),
                             Add(span=Span.of(0, 1), text="x")]
    assert read.validate_json(read.dump_json(changes)) == changes
    assert [named(change) for change in changes] == [("L1",), ("L1", "L2"), ()]
    for bad in ({"do": "explode", "loop": "L1"}, {"do": "remove", "loop": "../x"},
                {"do": "remove", "loop": "a", "b": 1}, {"do": "place", "loop": "a", "span": {"start": 0.5, "end": 1}}):
        with pytest.raises(ValidationError):
            read.validate_python([bad])


def test_the_version_is_of_all_that_a_line_holds() -> None:
    again = Loop.model_validate_json(LINE.model_dump_json())
    assert version_of(again) == version_of(LINE) and len(version_of(LINE)) == 16
    others = [after(Lock(loop="L1", locked=True)), after(Choose(loop="L1", take="T2")), NEXT]
    assert len({version_of(loop) for loop in [LINE, *others]}) == 4


TIMES = some.fractions(min_value=-1, max_value=20, max_denominator=48)
SPANS = some.tuples(TIMES, TIMES).map(lambda pair: Span(start=min(pair), end=max(pair)))
NAMES = some.sampled_from(["L1", "L2", "L3", "L1-2", "P1"])
TEXTS = some.text("ab \n\t", max_size=8)
CHANGES = some.one_of(
    some.builds(Retype, loop=NAMES, text=TEXTS), some.builds(Place, loop=NAMES, span=SPANS),
    some.builds(Split, loop=NAMES, at=TIMES, text_at=some.integers(0, 9)),
    some.builds(Merge, first=NAMES, second=NAMES), some.builds(Lock, loop=NAMES, locked=some.booleans()),
    some.builds(Choose, loop=NAMES, take=some.sampled_from([None, "T1", "T2"])),
    some.builds(Add, span=SPANS, text=TEXTS), some.builds(Remove, loop=NAMES))
WORDS = some.lists(some.text("abcè", min_size=1, max_size=5), min_size=2, max_size=6)


@given(some.lists(CHANGES, max_size=12))
def test_whatever_is_done_a_dialogue_stays_whole(changes: list[Change]) -> None:
    talk = TALK
    for change in changes:
        try:
            talk = apply(talk, [change])
        except (BadInput, Refused):
            continue
    ids = [loop.id for loop in talk.loops]
    assert len(set(ids)) == len(ids)
    assert list(talk.loops) == sorted(talk.loops, key=lambda loop: (loop.span.start, loop.id))
    for loop in talk.loops:
        assert loop.text.strip() == loop.text != ""
        assert 0 <= loop.span.start < loop.span.end
        assert loop.chosen is None or loop.take is not None
    assert Dialogue.model_validate(talk.model_dump()) == talk
    assert Dialogue.model_validate_json(talk.model_dump_json()) == talk


@given(WORDS, some.integers(1, 40), some.fractions(min_value=0, max_value=1, max_denominator=1000))
def test_what_is_split_and_merged_says_the_same(words: list[str], text_at: int, part: Fraction) -> None:
    text = " ".join(words)
    step = Fraction(2, len(words))
    said = tuple(Word(text=word, span=Span(start=2 + step * n, end=2 + step * (n + 1))) for n, word in enumerate(words))
    talk = Dialogue(language="en", loops=(LINE.model_copy(update={"text": text, "words": said}),))
    try:
        cut = apply(talk, [Split(loop="L1", at=2 + 2 * part, text_at=text_at)])
    except BadInput:
        assert not (0 < part < 1 and text[:text_at].strip() and text[text_at:].strip())
        return
    loop, = apply(cut, [Merge(first="L1", second="L1-2")]).loops
    assert "".join(loop.text.split()) == "".join(text.split())
    assert loop.span == LINE.span and [word.text for word in loop.words] == words


@given(some.fractions(min_value=0, max_value=100, max_denominator=48000))
def test_a_line_moved_there_and_back_is_as_before(start: Fraction) -> None:
    there = apply(TALK, [Place(loop="L1", span=Span(start=start, end=start + 2))])
    back = apply(there, [Place(loop="L1", span=LINE.span)]).loop("L1")
    assert back is not None
    assert back == (LINE if start == 2 else LINE.model_copy(update={"slot": None}))
