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

from ciak.film import Signal, Span

__all__ = ["STEP", "Levels", "levels_of", "refined"]

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


def refined(levels: Levels, lines: Sequence[Span]) -> list[Span]:
    """``lines`` (in order of their starts, each where its words were heard) from where their voice begins to where it
    ends. None overlaps the next unless it did before."""
    if not len(levels):
        return list(lines)
    starts = [round(line.start / STEP) for line in lines]
    ends = [max(round(line.end / STEP), start + 1) for line, start in zip(lines, starts, strict=True)]
    begun, ended = list(starts), list(ends)
    for at in range(-1, len(lines)):
        before = at if at >= 0 else None
        after = at + 1 if at + 1 < len(lines) else None
        if before is not None and after is not None and starts[after] - ends[before] < REACH:
            ended[before], begun[after] = _seam(levels, (starts[before], ends[before]), (starts[after], ends[after]))
            continue
        if before is not None:
            ended[before] = _end(levels, starts[before], ends[before],
                                 starts[after] if after is not None else len(levels))
        if after is not None:
            begun[after] = _start(levels, starts[after], ends[after], ends[before] if before is not None else 0)
    return [Span(start=STEP * first, end=STEP * max(end, first + 1))
            for first, end in zip(begun, ended, strict=True)]


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


def _end(levels: Levels, first: int, end: int, limit: int) -> int:
    """The end of a line with nothing close behind it."""
    start = _inner_end(first, end)
    rests = _silences(levels, first, end, start, min(limit, end + REACH))
    rests = [rest for rest in rests if rest.first > start]
    best = max(rests, key=lambda rest: min(rest.end - rest.first, LONG) - FAR * abs(rest.first - end), default=None)
    return _held(best) if best else end


def _start(levels: Levels, first: int, end: int, limit: int) -> int:
    """The beginning of a line with nothing close before it."""
    stop = _inner_start(first, end)
    rests = _silences(levels, first, end, max(limit, first - REACH), stop)
    rests = [rest for rest in rests if rest.end < stop]
    best = max(rests, key=lambda rest: min(rest.end - rest.first, LONG) - FAR * abs(rest.end - first), default=None)
    return best.end if best else first


def _seam(levels: Levels, one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    """The end of a line and the beginning of the next close behind it."""
    start, stop = _inner_end(*one), _inner_start(*other)
    rests = [rest for rest in _silences(levels, one[0], other[1], start, stop)
             if rest.first > start and rest.end < stop]
    between = (min(one[1], other[0]), max(one[1], other[0]))
    best = max(rests, key=lambda rest: _agrees(rest, between), default=None)
    if best is not None and _agrees(best, between) > -LONG:
        return _held(best), best.end
    low, high = max(between[0] - SHORTEST, start), min(between[1] + SHORTEST, stop, len(levels))
    if high <= low:
        return between[0], max(between[0], between[1])
    soft = low + int(np.argmin(levels[low:high]))
    return soft, soft


def _held(rest: _Rest) -> int:
    return rest.first + min(HOLD, (rest.end - rest.first) // 2)


def _agrees(rest: _Rest, between: tuple[int, int]) -> float:
    """How well a silence fits between words that end and begin there."""
    away = max(rest.first - between[1], between[0] - rest.end, 0)
    return min(rest.end - rest.first, LONG) - FAR * away
