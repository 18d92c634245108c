"""The course through what a network says: changes have a price."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ciak.backends.embedded.ina import likeliest


def test_a_moment_of_doubt_does_not_end_the_music() -> None:
    shares = np.full((60, 3), 0.02, np.float32)
    shares[:, 1] = 0.96
    shares[30:33] = (0.96, 0.02, 0.02)
    assert set(likeliest(shares).tolist()) == {1}
    shares[30:60] = (0.96, 0.02, 0.02)
    assert likeliest(shares).tolist() == [1] * 30 + [0] * 30


@given(st.lists(st.lists(st.floats(0.01, 1), min_size=3, max_size=3), min_size=1, max_size=7), st.floats(0, 5))
def test_no_course_is_likelier(rows: list[list[float]], change: float) -> None:
    """Against all courses, tried one by one."""
    shares = np.array(rows, np.float32)
    scores = np.log(shares.astype(np.float64))

    def value(course: tuple[int, ...]) -> float:
        said = sum(scores[at, one] for at, one in enumerate(course))
        return said - change * sum(a != b for a, b in pairwise(course))

    best = max(value(course) for course in product(range(3), repeat=len(rows)))
    assert value(tuple(likeliest(shares, change).tolist())) == pytest.approx(best)
