"""Turns: whose each word is, also where the speaker changes inside what looks like one sentence."""

from __future__ import annotations

from fractions import Fraction
from itertools import groupby, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ciak.backends.fakes import FakeEmbedder
from ciak.dubbing.turns import CHANGE, CHANGE_AT_REST, changes_cost, divided, likeliest, stretches, turns
from ciak.film import Signal, Span, Word

RATE = 16000
LOW, HIGH = 110.0, 240.0


def word(text: str, start: float, end: float) -> Word:
    return Word(text=text, span=Span(start=Fraction(start).limit_denominator(1000),
                                     end=Fraction(end).limit_denominator(1000)))


class Room:
    """What is heard of two voices, who are tones of two pitches: (start, end, hertz)."""

    def __init__(self, *spoken: tuple[float, float, float], length: float) -> None:
        time = np.arange(round(length * RATE)) / RATE
        self.samples = np.zeros(len(time), np.float32)
        for start, end, pitch in spoken:
            inside = (time >= start) & (time < end)
            self.samples[inside] = (0.1 * np.sin(2 * np.pi * pitch * time[inside])).astype(np.float32)

    @property
    def duration(self) -> Fraction:
        return Fraction(len(self.samples), RATE)

    def voice(self, start: Fraction, end: Fraction) -> Signal:
        return Signal.mono(self.samples[max(0, round(start * RATE)):round(end * RATE)], RATE)


def quiet(done: float) -> None:
    assert 0 <= done <= 1


def evenly(text: str, start: float, each: float = 0.4) -> list[Word]:
    return [word(one, start + number * each, start + (number + 1) * each - 0.02)
            for number, one in enumerate(text.split())]


def who(words: list[Word], room: Room) -> list[str]:
    return turns(words, room, FakeEmbedder(), quiet)  # type: ignore[arg-type]


def test_two_people_who_answer_each_other() -> None:
    words = [*evenly("Where is the old film now?", 0.5, 0.5), *evenly("In the booth under the coats.", 4.0, 0.5),
             *evenly("Then bring it to me here.", 7.5, 0.5)]
    room = Room((0.5, 3.5, LOW), (4.0, 7.0, HIGH), (7.5, 10.5, LOW), length=11)
    assert who(words, room) == ["S1"] * 6 + ["S2"] * 6 + ["S1"] * 6


def test_a_change_inside_a_sentence_without_a_pause_is_found() -> None:
    words = evenly("I was here long before you came and you were not here with us at all", 0.5)
    told = who(words, Room((0.5, 3.3, LOW), (3.3, 6.9, HIGH), length=7.5))
    changes = [len(list(same)) for _, same in groupby(told)]
    assert len(changes) == 2 and abs(changes[0] - 7) <= 1
    parts = divided(words, told)
    assert [speaker for _, speaker in parts] == ["S1", "S2"]
    assert [one for part, _ in parts for one in part] == words


def test_one_person_is_one() -> None:
    words = [*evenly("The rain has not stopped since.", 0.3), *evenly("Nobody came to the last show.", 3.5)]
    assert set(who(words, Room((0.3, 2.7, LOW), (3.5, 5.9, LOW), length=6.5))) == {"S1"}


def test_who_hardly_speaks_is_taken_for_the_one_most_alike() -> None:
    words = [*evenly("Where is the old film now?", 0.5, 0.5), *evenly("Over there.", 4.0, 0.5)]
    assert set(who(words, Room((0.5, 3.5, LOW), (4.0, 5.0, HIGH), length=6))) == {"S1"}


def test_silence_and_nothing() -> None:
    assert who([], Room(length=1)) == []
    assert who(evenly("Is anybody there?", 0.2), Room(length=3)) == ["S1"] * 3
    assert who([word("Yes.", 0.0, 0.05)], Room((0.0, 0.05, LOW), length=0.06)) == ["S1"]


def test_a_stretch_ends_at_a_pause_a_full_stop_and_before_it_is_long() -> None:
    words = [word("One", 0, 1), word("two.", 1, 2), word("Three", 2, 3), word("four", 3.5, 4.5), word("five", 4.5, 5.5),
             word("six", 5.5, 6.4), word("seven", 6.4, 7.4)]
    assert stretches(words) == [(0, 2), (2, 3), (3, 6), (6, 7)]
    cost = changes_cost(words)
    assert list(cost[[1, 2, 3, 4]]) == [CHANGE, CHANGE_AT_REST, CHANGE_AT_REST, CHANGE]


def test_the_likeliest_way_bears_a_doubtful_word_and_follows_a_clear_change() -> None:
    worth = np.array([[1.0, 0], [1, 0], [0.4, 0.6], [1, 0], [0, 1], [0, 1], [0, 1]])
    assert list(likeliest(worth, np.full(7, 0.5))) == [0, 0, 0, 0, 1, 1, 1]
    assert list(likeliest(worth, np.full(7, 0.05))) == [0, 0, 1, 0, 1, 1, 1]


@given(st.lists(st.lists(st.floats(0, 1), min_size=3, max_size=3), min_size=1, max_size=6), st.floats(0, 2))
def test_no_way_is_worth_more_than_the_likeliest(worth: list[list[float]], cost: float) -> None:
    table, costs = np.array(worth), np.full(len(worth), cost)

    def value(path: tuple[int, ...]) -> float:
        changes = sum(one != other for one, other in pairwise(path))
        return sum(table[row, column] for row, column in enumerate(path)) - cost * changes

    best = max(value(tuple(int(one) for one in np.base_repr(number, 3).zfill(len(worth))))
               for number in range(3 ** len(worth)))
    assert value(tuple(likeliest(table, costs).tolist())) == pytest.approx(best)
