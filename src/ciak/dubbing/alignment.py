"""Two rows of words aligned: a script's and those that were heard in the film.

First anchors: runs of words that occur exactly once in both, the longest chain of them that keeps its order (after
Moreno, Joerg, van Thong and Glickman 1998, "A recursive algorithm for the forced alignment of very long audio
segments"). Between anchors, every pair of words is weighed and the heaviest order-keeping set of pairs is taken
(Needleman and Wunsch 1970, without a price for gaps): a pair weighs by likeness and length of its words, and more
where its neighbours are alike too, so that a stray "the" does not leave its line. 20,000 words against 15,000 take
seconds and some megabytes. Where a stretch has no anchor at all and is very large, it is cut in proportion.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ciak.dubbing.likeness import likeness, weight

__all__ = ["aligned"]

CELLS = 1_000_000
"""Pairs of words that are weighed at once."""
RUNS = (5, 4, 3)
"""Words of an anchor, tried in this order."""
_Block = tuple[int, int, int, int]
"""First and end word on both sides."""


def aligned(script: Sequence[str], heard: Sequence[str]) -> list[tuple[int, int]]:
    """Places of words that belong together, in order on both sides; no word twice."""
    pairs: list[tuple[int, int]] = []
    waiting: list[tuple[_Block, int]] = [((0, len(script), 0, len(heard)), 0)]
    while waiting:
        (first, end, start, stop), tried = waiting.pop()
        rows, columns = script[first:end], heard[start:stop]
        if not rows or not columns:
            continue
        if len(rows) * len(columns) <= CELLS:
            pairs += [(first + one, start + other) for one, other in _heaviest(rows, columns)]
        elif tried < len(RUNS):
            found = _anchors(rows, columns, RUNS[tried])
            pairs += [(first + one, start + other) for one, other in found]
            edges = [(-1, -1), *found, (len(rows), len(columns))]
            waiting += [((first + one + 1, first + below, start + other + 1, start + after), tried + 1)
                        for (one, other), (below, after) in pairwise(edges)]
        else:
            middle, centre = (first + end) // 2, (start + stop) // 2
            waiting += [((first, middle, start, centre), tried), ((middle, end, centre, stop), tried)]
    return sorted(pairs)


def _anchors(script: Sequence[str], heard: Sequence[str], length: int) -> list[tuple[int, int]]:
    """Pairs of words in runs of ``length`` that occur once on each side: the longest chain in order."""
    here, there = _once(script, length), _once(heard, length)
    shared = [(place, there[run]) for run, place in here.items() if run in there]
    chain = _longest_chain([other for _, other in shared])
    pairs = {shared[at][0] + step: shared[at][1] + step for at in chain for step in range(length)}
    return list(_in_order(sorted(pairs.items())))


def _in_order(pairs: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    last = -1
    for one, other in pairs:
        if other > last:
            yield one, other
            last = other


def _once(words: Sequence[str], length: int) -> dict[tuple[str, ...], int]:
    runs = [tuple(words[at:at + length]) for at in range(len(words) - length + 1)]
    counts = Counter(runs)
    return {run: at for at, run in enumerate(runs) if counts[run] == 1}


def _longest_chain(values: Sequence[int]) -> list[int]:
    """Places of a longest increasing subsequence (Fredman 1975)."""
    tails: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for at, value in enumerate(values):
        place = bisect_left(tails, value)
        tails[place:place + 1] = [value]
        ends[place:place + 1] = [at]
        before.append(ends[place - 1] if place else -1)
    chain = [ends[-1]] if ends else []
    while chain and before[chain[-1]] >= 0:
        chain.append(before[chain[-1]])
    return chain[::-1]


def _heaviest(script: Sequence[str], heard: Sequence[str]) -> list[tuple[int, int]]:
    """The heaviest set of pairs that keeps the order on both sides."""
    gains = _gains(script, heard)
    best = np.zeros((len(script) + 1, len(heard) + 1), np.float32)
    for row, gain in enumerate(gains):
        line = np.maximum(best[row, 1:], np.where(gain > 0, best[row, :-1] + gain, 0))
        best[row + 1, 1:] = np.maximum.accumulate(line)
    pairs = []
    row, column = len(script), len(heard)
    while row and column:
        if best[row, column] == best[row - 1, column]:
            row -= 1
        elif best[row, column] == best[row, column - 1]:
            column -= 1
        else:
            row, column = row - 1, column - 1
            pairs.append((row, column))
    return pairs[::-1]


def _gains(script: Sequence[str], heard: Sequence[str]) -> NDArray[np.float32]:
    """What each pair weighs: by its own likeness and length, half as much again for each like neighbour."""
    alike = likeness(script, heard)
    around = np.ones_like(alike)
    around[1:, 1:] += alike[:-1, :-1] / 2
    around[:-1, :-1] += alike[1:, 1:] / 2
    weights = np.array([weight(word) for word in script], np.float32)
    gains: NDArray[np.float32] = alike * around * weights[:, None]
    return gains
