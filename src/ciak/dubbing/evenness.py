"""Even pace: neighbouring lines of one character are spoken about as fast as each other, as far as slots let them.

Each line has a rate that suits it best and rates between which it may be spoken. Where two neighbours differ by more
than ``PACE``, both move towards each other until they do not, or until a slot forbids it (alternating projections onto
the bounds of each two, which are convex in the logarithms of the rates, so this comes to a rest). A line that stands
(a take that is kept) keeps its rate, and its neighbours go by it.

Does not go beyond the natural rates for a neighbour's sake, and does not choose wordings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log

__all__ = ["NEAR", "PACE", "Pace", "evened"]

PACE = 1.14
"""How many times faster than the other one of two neighbours may be spoken: a little less than the 15 % that are aimed
at, because lengths are whole samples and sounds have edges."""
NEAR = 30.0
"""Seconds between two lines beyond which they are no neighbours."""
_SWEEPS = 60


@dataclass(frozen=True, slots=True)
class Pace:
    """A line: the rate that suits it, and between which ``low`` and ``high`` it may be spoken; equal ones: it stands.
    ``start`` and ``end``: of the original, seconds."""

    character: str
    start: float
    end: float
    rate: float
    low: float
    high: float


def evened(lines: Sequence[Pace | None]) -> list[float]:
    """The rate of each line, in its order; 0 for None: a line that has no pace of its own (left in the original)."""
    rates = [log(line.rate) if line is not None else 0.0 for line in lines]
    pairs = _neighbours(lines)
    for _ in range(_SWEEPS):
        moved = 0.0
        for one, other in pairs:
            moved = max(moved, _nearer(lines, rates, one, other))
        if moved < 1e-6:
            break
    return [exp(rate) if line is not None else 0.0 for line, rate in zip(lines, rates, strict=True)]


def _neighbours(lines: Sequence[Pace | None]) -> list[tuple[int, int]]:
    last: dict[str, int] = {}
    pairs = []
    for number, line in enumerate(lines):
        if line is None:
            continue
        before = last.get(line.character)
        found = lines[before] if before is not None else None
        if before is not None and found is not None and line.start - found.end <= NEAR:
            pairs.append((before, number))
        last[line.character] = number
    return pairs


def _nearer(lines: Sequence[Pace | None], rates: list[float], one: int, other: int) -> float:
    """Bring two rates together; by how much they had to move."""
    slow, fast = (one, other) if rates[one] <= rates[other] else (other, one)
    lacking = rates[fast] - rates[slow] - log(PACE)
    if lacking <= 0:
        return 0.0
    up, down = _room(lines[slow], rates[slow], up=True), _room(lines[fast], rates[fast], up=False)
    rise = min(up, max(lacking / 2, lacking - down))
    fall = min(down, lacking - rise)
    rates[slow] += rise
    rates[fast] -= fall
    return max(rise, fall)


def _room(line: Pace | None, rate: float, *, up: bool) -> float:
    assert line is not None
    return max(0.0, log(line.high) - rate if up else rate - log(line.low))
