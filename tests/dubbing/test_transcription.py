"""Reels hold every stretch of speech once, and every word's time finds its way back to the film."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ciak.dubbing.transcription import BRIDGE, LEAD, Reel, _in_turn, _placed, pack
from ciak.film import Span, Word

tenths = st.integers(1, 80)


@given(st.lists(st.tuples(tenths, tenths), min_size=1, max_size=40))
def test_every_stretch_is_in_a_reel_and_no_reel_is_too_long(shape: list[tuple[int, int]]) -> None:
    at, speech = Fraction(0), []
    for pause, length in shape:
        at += Fraction(pause, 10)
        speech.append(Span(start=at, end=at + Fraction(length, 10)))
        at += Fraction(length, 10)
    reels = pack(speech, Fraction(28), at + 5)
    assert all(reel.length <= 28 for reel in reels)
    pieces = [piece for reel in reels for piece in reel.pieces]
    assert all(a.end <= b.start for a, b in pairwise(pieces))
    for span in speech:
        held = sum((piece.overlap(span) for piece in pieces), Fraction(0))
        assert held == span.duration
    assert sum((piece.duration for piece in pieces), Fraction(0)) <= sum(
        (span.duration + 2 * LEAD + BRIDGE for span in speech), Fraction(0))


def test_a_stretch_longer_than_a_reel_is_divided_evenly() -> None:
    reels = pack([Span.of(10, 70)], Fraction(28), Fraction(100))
    assert len(reels) == 3
    assert len({reel.length for reel in reels}) == 1


def test_speech_that_goes_on_is_cut_at_its_longest_pause() -> None:
    speech = [Span.of(1, 12), Span.of(Fraction(123, 10), 20), Span.of(21, 27), Span.of(Fraction(272, 10), 45)]
    reels = pack(speech, Fraction(28), Fraction(50))
    assert [piece for reel in reels for piece in reel.pieces] == [
        Span.of(Fraction(1, 2), Fraction(41, 2)), Span.of(Fraction(41, 2), Fraction(91, 2))]


def test_a_reel_is_halved_between_its_pieces_or_in_the_middle_of_one() -> None:
    first, second = Reel((Span.of(0, 4), Span.of(6, 7), Span.of(9, 12))).halves()
    assert first.pieces == (Span.of(0, 4),)
    assert second.pieces == (Span.of(6, 7), Span.of(9, 12))
    first, second = Reel((Span.of(10, 20),)).halves()
    assert (first.pieces, second.pieces) == ((Span.of(10, 15),), (Span.of(15, 20),))


def test_no_speech_gives_no_reels() -> None:
    assert pack([], Fraction(28), Fraction(100)) == []


def test_times_go_back_to_the_film() -> None:
    reel = Reel((Span.of(10, 12), Span.of(20, 23)))
    assert reel.film_time(Fraction(1)) == 11
    assert reel.film_time(Fraction(3)) == 21
    assert reel.film_time(Fraction(99)) == 23
    word = _placed(Word(text="across", span=Span.of(Fraction(19, 10), Fraction(5, 2))), reel)
    assert word.span == Span.of(20, Fraction(41, 2)), "a word over a splice lies where most of it is"


def test_words_never_overlap() -> None:
    words = _in_turn([Word(text="a", span=Span.of(0, 2)), Word(text="b", span=Span.of(1, 3)),
                      Word(text="c", span=Span.of(1, 2))])
    assert [(w.span.start, w.span.end) for w in words] == [(0, 2), (2, 3), (3, 3)]
    assert np.all(np.diff([float(w.span.start) for w in words]) >= 0)
