"""What a person edited never changes, whatever is given; what is new comes in around it."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from ciak.dubbing.merging import by_hand, merged
from ciak.film import Loop, Span, Word


def line(name: str, start: float, end: float, text: str = "so", **more: object) -> Loop:
    return Loop(id=name, character="S1", text=text, span=Span.of(Fraction(start), Fraction(end)), **more)


SPANS = st.tuples(st.integers(0, 400), st.integers(0, 60)).map(lambda two: (two[0] / 10, (two[0] + two[1]) / 10))
NEW = st.lists(SPANS, max_size=12).map(lambda spans: [
    line(f"L{at:04}", *span, text=f"new {at}",
         words=(Word(text="new", span=Span.of(Fraction(span[0]), Fraction(span[1]))),))
    for at, span in enumerate(spans, 1)])
OLD = st.lists(st.tuples(SPANS, st.sampled_from(["person", "given:script", "transcriber:x"]), st.booleans()),
               max_size=12).map(lambda rows: [
                   line(f"L{at:04}", *span, origin=origin, locked=locked, text=f"old {at}")
                   for at, (span, origin, locked) in enumerate(rows, 1)])


@settings(max_examples=300)
@given(NEW, OLD, st.sets(st.integers(1, 12).map(lambda at: f"L{at:04}"), max_size=3))
def test_no_persons_line_ever_changes_and_ids_stay_apart(new: list[Loop], old: list[Loop], held: set[str]) -> None:
    loops, notes = merged(new, old, held)
    mine = [loop for loop in old if by_hand(loop)]
    assert all(loop in loops for loop in mine)
    assert len({loop.id for loop in loops}) == len(loops)
    assert list(loops) == sorted(loops, key=lambda loop: (loop.span.start, loop.id))
    assert held & {loop.id for loop in old} <= {loop.id for loop in loops}, "what was translated by hand stays"
    added = [loop for loop in loops if loop.text.startswith("new")]
    assert len(added) + sum("falls" in note for note in notes) == len(new), "nothing goes without being told"
    for loop in added:
        assert all(loop.span.overlap(other.span) == 0 for other in mine)
        assert all(loop.span.start <= word.span.start <= word.span.end <= loop.span.end for word in loop.words)


@given(NEW)
def test_the_same_lines_again_change_nothing(new: list[Loop]) -> None:
    apart = [loop for at, loop in enumerate(sorted(new, key=lambda one: one.span.start)) if loop.span.duration > 0
             and all(loop.span.overlap(other.span) == 0 for other in new if other is not loop)]
    once, _ = merged(apart, [])
    twice, notes = merged(apart, once)
    assert twice == once and not notes


def test_more_than_half_of_the_shorter_falls_and_less_gives_way() -> None:
    mine = line("L0007", 10, 12, "mine", origin="person")
    loops, notes = merged([line("a", 9, 10.5, "before"), line("b", 11, 20, "after"), line("c", 10.5, 11, "inside"),
                           line("d", 8, 14, "around")], [mine])
    assert [(loop.text, float(loop.span.start), float(loop.span.end)) for loop in loops] == [
        ("before", 9, 10), ("mine", 10, 12), ("after", 12, 20)]
    assert len(notes) == 2 and "inside" in notes[1] and "around" in notes[0] and "stays" in notes[0]


def test_a_line_keeps_its_id_where_it_was_and_others_get_new_ones() -> None:
    old = [line("L0001", 0, 2, origin="transcriber:x"), line("L0002", 5, 6, origin="given:list")]
    loops, _ = merged([line("x", 3, 4, "fresh"), line("y", 5.1, 6.3, "there")], old)
    assert [(loop.id, loop.text) for loop in loops] == [("L0003", "fresh"), ("L0002", "there")]
