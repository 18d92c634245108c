"""The judge's own subtitle rules, written apart from the product: what is wrong, and what could be mended.

The numbers are those of the Netflix Timed Text Style Guide (general requirements; subtitle timing guidelines), by
frames at a rate, with "half a second" of 12 frames at 23.976, 24 and 25 and of 15 at 29.97. Nothing is taken from
``ciak.dubbing``: an event is (first frame, frame after the last, lines).

:func:`can_be_mended` searches exhaustively: every place of the event within half a second (its end up to three
seconds later, or at the longest time), with every place of its neighbours' touching ends, every division into lines,
every division into two events at a blank (where lines or length ask for it), every joining with a neighbour (where
time asks for it). What it finds, ``fix`` should have found.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

LINES, CHARACTERS, GAP = 2, 42, 2
SHORTEST, LONGEST = Fraction(5, 6), Fraction(7)
Event = tuple[int, int, tuple[str, ...]]


@dataclass(frozen=True)
class Terms:
    """What the rules come to at a rate, in frames."""

    fps: Fraction
    speed: int
    cuts: frozenset[int] = frozenset()

    @property
    def half(self) -> int:
        return 15 if self.fps > 29 else 12

    @property
    def shortest(self) -> int:
        return ceil(SHORTEST * self.fps)

    @property
    def longest(self) -> int:
        return floor(LONGEST * self.fps)

    def needed(self, lines: Sequence[str]) -> int:
        return ceil(sum(map(len, lines)) * self.fps / self.speed)

    def good_start(self, frame: int) -> bool:
        return frame in self.cuts or not any(frame + d in self.cuts for d in range(1 - self.half, self.half))

    def good_end(self, frame: int) -> bool:
        return frame + GAP in self.cuts or not any(frame + d in self.cuts for d in range(1 - self.half, self.half))

    def good_gap(self, gap: int) -> bool:
        return gap == GAP or gap >= self.half


def wrong_lines(lines: Sequence[str]) -> list[str]:
    found = []
    if len(lines) > LINES:
        found.append("lines")
    if any(len(line) > CHARACTERS for line in lines):
        found.append("characters")
    return found


def wrong(events: Sequence[Event], place: int, terms: Terms) -> list[str]:
    """The rules that one event breaks; a gap belongs to the event before it."""
    first, end, lines = events[place]
    found, length = wrong_lines(lines), end - first
    if length < terms.shortest:
        found.append("shortest")
    if length > terms.longest:
        found.append("longest")
    if length < terms.needed(lines):
        found.append("reading-speed")
    if not terms.good_start(first):
        found.append("shot-in")
    if not terms.good_end(end):
        found.append("shot-out")
    if place + 1 < len(events):
        gap = events[place + 1][0] - end
        if gap < 0:
            found.append("overlap")
        elif not terms.good_gap(gap):
            found.append("gap")
    return found


def all_wrong(events: Sequence[Event], terms: Terms) -> dict[int, list[str]]:
    """Every event that breaks a rule."""
    return {place: found for place in range(len(events)) if (found := wrong(events, place, terms))}


def _foldings(text: str) -> Iterator[tuple[str, ...]]:
    if len(text) <= CHARACTERS:
        yield (text,)
    for at, mark in enumerate(text):
        if mark == " " and at <= CHARACTERS and len(text) - at - 1 <= CHARACTERS:
            yield text[:at], text[at + 1:]


def _foldable(text: str) -> bool:
    return next(_foldings(text), None) is not None


def _starts(first: int, terms: Terms) -> range:
    return range(max(0, first - terms.half), first + terms.half + 1)


def _ends(first: int, end: int, terms: Terms) -> Iterator[int]:
    low = min(end - terms.half, first + terms.longest - terms.half)
    yield from range(max(low, first + 1), end + ceil(3 * terms.fps) + 1)


def _fits(events: Sequence[Event], low: int, high: int, texts: Sequence[str], terms: Terms) -> bool:
    """Whether events ``low`` to ``high`` (inclusive), replaced by ``texts`` (one or two), can keep every rule, while
    the touching ends of the neighbours may move too and the neighbours stay as right as they are."""
    begin, finish = events[low][0], events[high][1]
    before, after = low - 1, high + 1

    def free_before(start: int) -> bool:
        if before < 0:
            return True
        first, end, lines = events[before]
        allowed = set(wrong(events, before, terms)) - {"gap", "overlap"}
        for other in {end, *_ends(first, end, terms)}:
            if terms.good_gap(start - other) and set(wrong([(first, other, lines)], 0, terms)) <= allowed:
                return True
        return False

    def free_after(end: int) -> bool:
        if after >= len(events):
            return True
        first, last, lines = events[after]
        allowed = set(wrong(events, after, terms)) - {"gap", "overlap"}
        for other in {first, *_starts(first, terms)}:
            if terms.good_gap(other - end) and other < last and \
                    set(wrong([(other, last, lines)], 0, terms)) <= allowed:
                return True
        return False

    heads = [frame for frame in _starts(begin, terms) if terms.good_start(frame) and free_before(frame)]
    tails = [frame for frame in _ends(begin, finish, terms) if terms.good_end(frame) and free_after(frame)]
    shapes = [max(terms.shortest, terms.needed([text])) for text in texts]
    if len(texts) == 1:
        return any(shapes[0] <= tail - head <= terms.longest for head in heads for tail in tails)
    for head in heads:
        middles = [frame for frame in range(head + shapes[0], head + terms.longest + 1) if terms.good_end(frame)]
        for tail in tails:
            for middle in middles:
                starts = [middle + GAP, *range(middle + terms.half, middle + 2 * terms.half)]
                if any(shapes[1] <= tail - start <= terms.longest and terms.good_start(start) for start in starts):
                    return True
    return False


def _dashed(lines: Sequence[str]) -> bool:
    return any(line.startswith(("-", "–", "—")) for line in lines)


def can_be_mended(events: Sequence[Event], place: int, terms: Terms) -> str:
    """How the event could keep every rule, empty when no way was found."""
    _, _, lines = events[place]
    found, text = wrong(events, place, terms), " ".join(lines)
    folds = not wrong_lines(lines) or (not _dashed(lines) and _foldable(text))
    if folds and _fits(events, place, place, [text], terms):
        return "move or fold"
    if _dashed(lines):
        return ""
    if {"lines", "characters", "longest"} & set(found):
        for at, mark in enumerate(text):
            if mark == " " and _foldable(text[:at]) and _foldable(text[at + 1:]) \
                    and _fits(events, place, place, [text[:at], text[at + 1:]], terms):
                return "divide"
    if {"shortest", "reading-speed", "gap", "overlap"} & set(found):
        for low in (place - 1, place):
            if low < 0 or low + 1 >= len(events) or _dashed(events[low][2]) or _dashed(events[low + 1][2]):
                continue
            both = " ".join([*events[low][2], *events[low + 1][2]])
            if events[low + 1][0] - events[low][1] < terms.half and _foldable(both) \
                    and _fits(events, low, low + 1, [both], terms):
                return "join"
    return ""
