"""Script lines whose words were not found in their place: spoken elsewhere, worded otherwise, or not spoken at all.

:func:`out_of_order` finds lines that were spoken a few lines earlier or later than written; :func:`by_place` gives
speech that nobody claims to the lines between whose neighbours it lies, by what little the words share and by length.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ciak.dubbing.alignment import aligned
from ciak.dubbing.likeness import tokens, weight
from ciak.dubbing.matching import Claim, Matching
from ciak.dubbing.script import ScriptLine
from ciak.film import Word

__all__ = ["by_place", "out_of_order"]

NEARBY = 12
"""Lines by which one may be out of order."""
SAME = 0.6
"""Part of the words that must be shared to find a line out of its order."""
HINT = 0.15
"""Part of the words that must be shared where the place alone says little."""
FEW = 3
"""In a gap of at most so many lines length alone may speak for a line."""
OFTEN = 3
"""Runs of unclaimed speech that one line may take."""
TEMPO, STRETCH = 15.0, 2.5
"""Usual letters a second, and the factor by which a line may be slower or faster than the film's median."""


@dataclass(frozen=True, slots=True)
class _Room:
    """What both ways of guessing look at."""

    lines: Sequence[ScriptLine]
    words: Sequence[Word]
    language: str

    def text(self, first: int, end: int) -> tuple[str, ...]:
        return tokens(" ".join(word.text for word in self.words[first:end]), self.language)

    def shared(self, line: int, first: int, end: int) -> tuple[float, dict[int, int]]:
        """The part of the weight of both that they share, and word of the line -> word heard."""
        mine = [(token, at) for at, word in enumerate(self.lines[line].text.split())
                for token in tokens(word, self.language)]
        other = [(token, at) for at in range(first, end) for token in tokens(self.words[at].text, self.language)]
        pairs = aligned([token for token, _ in mine], [token for token, _ in other])
        both = sum(weight(mine[one][0]) + weight(other[two][0]) for one, two in pairs)
        whole = sum(weight(token) for token, _ in (*mine, *other))
        places: dict[int, int] = {}
        for one, two in pairs:
            places.setdefault(mine[one][1], other[two][1])
        return (both / whole if whole else 0.0), places


def out_of_order(found: Matching, lines: Sequence[ScriptLine], words: Sequence[Word], language: str) -> Matching:
    """``found`` with the lines that were spoken near their place, but not in it."""
    room = _Room(lines, words, language)
    claims, free = dict(found.claims), list(found.free)
    for line in (line for line in range(len(lines)) if line not in found.claims):
        near = [claims[other] for other in range(max(0, line - NEARBY), line + NEARBY + 1) if other in found.claims]
        if not near:
            continue
        first, end = min(claim.first for claim in near), max(claim.end for claim in near)
        best = max(((*room.shared(line, *run), run) for run in free if first <= run[0] and run[1] <= end),
                   key=lambda one: one[0], default=None)
        if best is not None and best[0] >= SAME:
            free.remove(best[2])
            claims[line] = Claim(*best[2], best[1], min(1.0, best[0]))
    return Matching(claims, tuple(free))


def by_place(found: Matching, order: Matching, lines: Sequence[ScriptLine], words: Sequence[Word],
             language: str) -> Matching:
    """``found`` with unclaimed speech given to lines that lie where it is. ``order``: the claims that are in order."""
    room = _Room(lines, words, language)
    tempo = _tempo(found, lines, words)
    claims, free = dict(found.claims), set(found.free)
    for gap, start, stop in _gaps(found, order, len(lines), len(words)):
        runs = sorted(run for run in free if start <= run[0] and run[1] <= stop)
        if runs and len(gap) * len(runs) <= 10_000:
            for line, taken, pairs, part in _best(room, gap, runs, tempo):
                free -= set(taken)
                claims[line] = Claim(taken[0][0], taken[-1][1], pairs, min(part, 0.49))
    return Matching(claims, tuple(sorted(free)))


def _gaps(found: Matching, order: Matching, count: int, end: int) -> Iterator[tuple[list[int], int, int]]:
    """Lines without a claim between two that have one, and the heard words between these."""
    gap: list[int] = []
    start = 0
    for line in range(count):
        if line in order.claims:
            if gap:
                yield gap, start, order.claims[line].first
            gap, start = [], order.claims[line].end
        elif line not in found.claims:
            gap.append(line)
    if gap:
        yield gap, start, end


def _tempo(found: Matching, lines: Sequence[ScriptLine], words: Sequence[Word]) -> float:
    """Letters a second, the median of the lines that were found."""
    known = sorted(len(lines[line].text) / length for line, claim in found.claims.items()
                   if (length := float(words[claim.end - 1].span.end - words[claim.first].span.start)) > 0.3)
    return known[len(known) // 2] if len(known) > 4 else TEMPO


_Taken = tuple[int, list[tuple[int, int]], dict[int, int], float]


def _best(room: _Room, gap: Sequence[int], runs: Sequence[tuple[int, int]], tempo: float) -> list[_Taken]:
    """Lines of ``gap`` laid on ``runs`` in order, worth the most together."""
    best: list[list[tuple[float, list[_Taken]]]] = [[(0.0, [])] * (len(runs) + 1) for _ in range(len(gap) + 1)]
    for row in range(1, len(gap) + 1):
        for column in range(1, len(runs) + 1):
            ways = [best[row - 1][column], best[row][column - 1]]
            for count in range(1, min(OFTEN, column) + 1):
                taken = list(runs[column - count:column])
                worth, pairs, part = _worth(room, gap[row - 1], taken, tempo, len(gap) <= FEW)
                if worth > 0:
                    before = best[row - 1][column - count]
                    ways.append((before[0] + worth, [*before[1], (gap[row - 1], taken, pairs, part)]))
            best[row][column] = max(ways, key=lambda way: way[0])
    return best[-1][-1][1]


def _worth(room: _Room, line: int, taken: list[tuple[int, int]], tempo: float,
           few: bool) -> tuple[float, dict[int, int], float]:
    """How well speech becomes a line (0: not at all), which words they share, and how much of them."""
    first, end = taken[0][0], taken[-1][1]
    length = sum(float(room.words[stop - 1].span.end - room.words[start].span.start) for start, stop in taken)
    expected = len(room.lines[line].text) / tempo
    fit = 1 - abs(math.log(max(length, 0.1) / max(expected, 0.1))) / math.log(STRETCH)
    part, pairs = room.shared(line, first, end)
    if fit <= 0 or (part < HINT and not (few and fit > 0.25)):
        return 0.0, {}, 0.0
    return fit / 2 + 2 * part, pairs, part
