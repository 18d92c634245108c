"""Neighbouring lines of one character are spoken about as fast as each other, as far as they may."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ciak.dubbing.evenness import NEAR, PACE, Pace, evened


def line(rate: float, low: float = 0.77, high: float = 1.33, *, at: float = 0.0, who: str = "anna") -> Pace:
    return Pace(who, at, at + 2, rate, min(low, rate), max(high, rate))


def test_two_neighbours_meet_half_way() -> None:
    slow, fast = evened([line(0.9), line(1.3, at=3)])
    assert fast / slow == pytest.approx(PACE, abs=1e-3)
    assert slow > 0.9 and fast < 1.3 and slow * fast == pytest.approx(0.9 * 1.3, abs=1e-3)


def test_one_that_stands_is_gone_by() -> None:
    slow, fast = evened([Pace("anna", 0, 2, 0.9, 0.9, 0.9), line(1.3, at=3)])
    assert slow == pytest.approx(0.9) and fast == pytest.approx(0.9 * PACE, abs=1e-3)


def test_a_slot_is_kept_and_the_other_comes_further() -> None:
    slow, fast = evened([line(0.9), line(1.3, low=1.29, at=3)])
    assert fast == pytest.approx(1.29, abs=1e-3) and slow == pytest.approx(1.29 / PACE, abs=1e-3)


def test_others_and_those_far_away_are_no_neighbours() -> None:
    lines = [line(0.9), line(1.3, at=3, who="bruno"), line(1.3, at=5 + NEAR)]
    assert evened(lines) == pytest.approx([0.9, 1.3, 1.3])
    assert evened([line(0.9), None, line(0.95, at=6)]) == pytest.approx([0.9, 0, 0.95])
    assert evened([]) == []


@given(st.lists(st.tuples(st.floats(0.77, 1.33), st.floats(0.77, 1.33)), min_size=2, max_size=12))
def test_rates_stay_allowed_and_even_where_they_can_be(asked: list[tuple[float, float]]) -> None:
    free = [line(rate, at=3.0 * number) for number, (rate, _) in enumerate(asked)]
    for one, other in pairwise(evened(free)):
        assert max(one, other) / min(one, other) <= PACE * 1.01
    bound = [line(max(rate, low), low=low, at=3.0 * number) for number, (rate, low) in enumerate(asked)]
    for one, rate in zip(bound, evened(bound), strict=True):
        assert one.low - 1e-6 <= rate <= one.high + 1e-6
