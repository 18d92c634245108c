"""Where a line begins and ends, to the hundredth: by the voice itself, because a recogniser's word times are loose.

The level of the divided dialogue is measured every hundredth of a second. Around a line, what lies ``UNDER`` its loud
parts, or little above the quiet ones, is silence; a line begins and ends at the silence that best agrees with the word
times: the longer and the nearer, the better (endpoint detection by level: Rabiner and Sambur 1975, "An algorithm for
determining the endpoints of isolated utterances", here with the words as a guide). Where two lines follow each other
without a silence, they part at the softest moment between them. Music that stayed in the dialogue is taken for voice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from ciak.film import Signal, Span, Word

__all__ = ["STEP", "Levels", "levels_of", "refined", "within"]

STEP = Fraction(1, 100)
"""Seconds between two measurements; each is of two steps."""
UNDER = 25.0
"""dB under the loud parts of a line at which its voice is taken to have ended."""
ABOVE = 6.0
"""dB above the quiet parts around a line under which there is silence."""
HOLD = 6
"""Steps that a line goes on in the silence after it, up to half of that: last consonants are soft.
Set on a minute of speech made for it, no part of what the benchmarks judge."""
SHORTEST = 10
"""Steps of the shortest silence: stops inside words are shorter."""
REACH = 80
"""Steps beyond the words in which a line's beginning or end is looked for."""
FAR = 0.7
"""What a step of distance from the words costs, in steps of silence."""
LONG = 40
"""Steps beyond which a silence grows no better."""
INSIDE = 120
"""Steps into the words up to which it is looked for: a first word may be heard a second too early."""
AROUND = 300
"""Steps around a line in which its quiet parts are looked for."""
_FLOOR = -100.0

Levels = NDArray[np.float32]
"""dB below full scale, one every ``STEP``."""


def levels_of(blocks: Iterable[Signal]) -> Levels:
    """The level of mono sound, whatever its length, in little memory."""
    found: list[NDArray[np.float64]] = []
    held = np.zeros(0, np.float32)
    size = 0
    for block in blocks:
        size = max(1, round(block.rate * STEP))
        held = np.concatenate([held, block.samples[:, 0]])
        whole = len(held) // size * size
        found.append((held[:whole].reshape(-1, size).astype(np.float64) ** 2).mean(axis=1))
        held = held[whole:]
    power = np.concatenate(found) if found else np.zeros(0)
    power = (power + np.append(power[1:], power[-1:])) / 2
    levels: Levels = np.maximum(10 * np.log10(np.maximum(power, 1e-12)), _FLOOR).astype(np.float32)
    return levels


@dataclass(frozen=True, slots=True)
class _Rest:
    """Steps of silence, ``first`` up to, not including, ``end``."""

    first: int
    end: int


def refined(levels: Levels, lines: Sequence[Sequence[Word]]) -> list[Span]:
    """``lines`` (in order of their starts, each the words where they were heard) from where their voice begins to where
    it ends. A line begins before its second word and ends after its last but one, as they were heard, unless all is
    silent from its first word on, or up to its last; none overlaps the next unless it did before."""
    if not len(levels):
        return [_span(line) for line in lines]
    found = [_Line.of(line) for line in lines]
    begun, ended = [line.first for line in found], [line.end for line in found]
    for at in range(-1, len(found)):
        before = found[at] if at >= 0 else None
        after = found[at + 1] if at + 1 < len(found) else None
        if before is not None and after is not None and after.first - before.end < REACH:
            ended[at], begun[at + 1] = _seam(levels, before, after)
            continue
        if before is not None:
            ended[at] = _end(levels, before, after.first if after is not None else len(levels))
        if after is not None:
            begun[at + 1] = _start(levels, after, before.end if before is not None else 0)
    return [Span(start=STEP * first, end=STEP * max(end, first + 1))
            for first, end in zip(begun, ended, strict=True)]


def _span(line: Sequence[Word]) -> Span:
    return Span(start=line[0].span.start, end=max(word.span.end for word in line))


@dataclass(frozen=True, slots=True)
class _Line:
    """In steps: from the first word to the end of the last; it begins before ``latest`` and ends after ``earliest``."""

    first: int
    end: int
    latest: int
    earliest: int

    @classmethod
    def of(cls, words: Sequence[Word]) -> _Line:
        span = _span(words)
        first, end = round(span.start / STEP), round(span.end / STEP)
        end = max(end, first + 1)
        if len(words) == 1:
            return cls(first, end, (first + end) // 2, (first + end) // 2)
        latest, earliest = round(words[1].span.start / STEP), round(words[-2].span.end / STEP)
        return cls(first, end, min(max(latest, first), end), max(min(earliest, end), first))

    @property
    def middle(self) -> int:
        """Half-way."""
        return (self.first + self.end) // 2

    def may_begin(self, rest: _Rest) -> bool:
        """Whether the line may begin where ``rest`` ends."""
        return rest.end < (self.latest if rest.first > self.first else self.middle)

    def may_end(self, rest: _Rest) -> bool:
        """Whether the line may end where ``rest`` begins."""
        return rest.first > (self.earliest if rest.end < self.end else self.middle)


def _silences(levels: Levels, first: int, end: int, start: int, stop: int) -> list[_Rest]:
    """Rests between ``start`` and ``stop``, as they are for a line from ``first`` to ``end``."""
    around = levels[max(0, first - AROUND):end + AROUND]
    voice = levels[max(0, first):end]
    if not len(around) or not len(voice):
        return []
    limit = max(float(np.percentile(voice, 90)) - UNDER, float(np.percentile(around, 10)) + ABOVE)
    limit = min(limit, float(np.percentile(voice, 90)) - ABOVE)
    start, stop = max(0, start), min(len(levels), stop)
    quiet = np.concatenate([[False], levels[start:stop] < limit, [False]])
    turns = np.flatnonzero(quiet[1:] != quiet[:-1]) + start
    return [_Rest(int(one), int(other)) for one, other in zip(turns[::2], turns[1::2], strict=True)
            if other - one >= SHORTEST or one == start or other == stop]


def _inner_end(first: int, end: int) -> int:
    """The earliest step at which a line may end whose words were heard from ``first`` to ``end``."""
    return max(first + (end - first) // 4, end - INSIDE)


def _inner_start(first: int, end: int) -> int:
    """The latest step at which it may begin."""
    return min(end - (end - first) // 4, first + INSIDE)


def _end(levels: Levels, line: _Line, limit: int) -> int:
    """The end of a line with nothing close behind it."""
    rests = [rest for rest in _silences(levels, line.first, line.end, line.middle, min(limit, line.end + REACH))
             if line.may_end(rest)]
    best = max(rests, key=lambda rest: min(rest.end - rest.first, LONG) - FAR * abs(rest.first - line.end),
               default=None)
    return best.first if best else line.end


def _start(levels: Levels, line: _Line, limit: int) -> int:
    """The beginning of a line with nothing close before it."""
    rests = [rest for rest in _silences(levels, line.first, line.end, max(limit, line.first - REACH), line.middle)
             if line.may_begin(rest)]
    best = max(rests, key=lambda rest: min(rest.end - rest.first, LONG) - FAR * abs(rest.end - line.first),
               default=None)
    return best.end if best else line.first


def _seam(levels: Levels, one: _Line, other: _Line) -> tuple[int, int]:
    """The end of a line and the beginning of the next close behind it."""
    start, stop = one.earliest, max(other.latest, one.earliest)
    rests = [rest for rest in _silences(levels, one.first, other.end, one.middle, other.middle)
             if one.may_end(rest) and other.may_begin(rest)]
    between = (min(one.end, other.first), max(one.end, other.first))
    best = max(rests, key=lambda rest: _agrees(rest, between), default=None)
    if best is not None and _agrees(best, between) > -LONG:
        return best.first, best.end
    low, high = max(between[0] - SHORTEST, start), min(between[1] + SHORTEST, stop, len(levels))
    if high <= low:
        return between[0], max(between[0], between[1])
    soft = low + int(np.argmin(levels[low:high]))
    return soft, soft


def _agrees(rest: _Rest, between: tuple[int, int]) -> float:
    """How well a silence fits between words that end and begin there."""
    away = max(rest.first - between[1], between[0] - rest.end, 0)
    return min(rest.end - rest.first, LONG) - FAR * away


def within(words: Sequence[Word], span: Span) -> tuple[Word, ...]:
    """The words of a line moved into ``span``: the first begins and the last ends with it."""
    out = []
    for number, word in enumerate(words):
        start = span.start if number == 0 else min(max(word.span.start, span.start), span.end)
        end = span.end if number == len(words) - 1 else min(max(word.span.end, start), span.end)
        out.append(word.model_copy(update={"span": Span(start=start, end=max(start, end))}))
    return tuple(out)
