"""Files of a recording find their line by the names that studios give them."""

from __future__ import annotations

import pytest

from ciak.dubbing.take_names import line_of

LINES = [*(f"L{number:04}" for number in range(1, 31)), "L0012-2", "P1"]


@pytest.mark.parametrize(("stem", "line", "take"), [
    ("l0012", "L0012", 0), ("L0012", "L0012", 0), ("0012_take2", "L0012", 2), ("NIGHT_it_0012_T03", "L0012", 3),
    ("12", "L0012", 0), ("Loop 7 - tk 4", "L0007", 4), ("anello12", "L0012", 0), ("0012_2", "L0012", 2),
    ("L0012-2", "L0012-2", 0), ("L0012-2_take5", "L0012-2", 5), ("2001_it_0012_T03", "L0012", 3),
    ("P1", "P1", 0), ("0001", "L0001", 0), ("NIGHT_0030", "L0030", 0), ("night.l0005.t1", "L0005", 1),
    ("L0012_3", "L0012", 3),
])
def test_a_name_says_its_line_and_take(stem: str, line: str, take: int) -> None:
    named = line_of(stem, LINES)
    assert (named.line, named.take) == (line, take)


@pytest.mark.parametrize(("stem", "why"), [
    ("roomtone", "says no line"), ("0099", "no line 0099"), ("0005_0006", "more than one line"),
    ("L0005_L0006", "more than one line"), ("", "says no line"),
])
def test_a_name_that_says_no_one_line_is_told(stem: str, why: str) -> None:
    named = line_of(stem, LINES)
    assert named.line is None and why in named.why


def test_a_number_of_two_lines_is_never_guessed() -> None:
    assert "S7 and X7" in line_of("0007", ["S7", "X7"]).why
