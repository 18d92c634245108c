"""Resync: subtitles whose clock is not the film's any more, laid on the film's sound again.

Two numbers are looked for, a factor (the subtitles were made for another frame rate, or their clock drifts) and an
offset. First roughly: where somebody speaks and where subtitles stand are two signals of on and off, and for each of
many factors their correlation, over all offsets at once by the Fourier transform, says how well they fit (as in
ffsubsync, Macke 2019, there with a handful of factors). Then finely: in-times belong to the moments at which speech
begins, out-times, less surely, to those at which it ends; the factor and offset at which most of them meet, counted by
a bell that narrows, are the answer. A factor that belongs to two common frame rates is preferred to its neighbours.

It knows one factor and one offset: a film that was cut is a matter for ``ciak conform``. It hears that somebody speaks,
not what is said: subtitles of a film are told from those of another by how well the times fit, and by nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

from ciak.errors import NothingToDo
from ciak.film import Rate, Span

__all__ = ["FEWEST", "Clock", "resync"]

Signal = NDArray[np.float64]
Tick = Callable[[float], None]

FEWEST = 5
"""Subtitles below which chance would decide."""
GRID = 10
"""Steps a second of the rough search."""
WIDEST = 0.06
"""Factors are looked for between 1 less and 1 more this."""
APART = 1.0
"""Seconds by which neighbouring factors of the rough search may differ at the end of the film."""
BELLS = (0.5, 0.25, 0.12, 0.08)
"""Widths of the fine search, seconds, one after the other."""
OUT_TIMES = 0.3
"""Weight of an out-time, as subtitles linger."""
PREFERRED = 0.985
"""A common factor needs this share only of the best score."""
FITS, SURE = 0.4, 4.5
"""Least fit, and least surplus over chance in standard deviations, of subtitles that are the film's own. On made-up
films other films' subtitles came to .36 and 3.9, their own to .44 and 6.8 at the least."""
MET = 0.25
"""Seconds within which an in-time meets a beginning."""
RATES = tuple(Rate(Fraction(fps)) for fps in ("24000/1001", "24", "25", "30000/1001"))


@dataclass(frozen=True, slots=True)
class Clock:
    """New time = ``factor`` times old time + ``offset`` seconds."""

    factor: Fraction
    offset: Fraction
    fit: float
    """How well in-times meet beginnings of speech, beyond what chance would give: 1 all, 0 as chance."""
    rates: tuple[Rate, Rate] | None = None
    """The frame rates (from, to) that the factor stands for, where it does."""


def resync(subtitles: Sequence[Span], speech: Sequence[Span], tick: Tick = lambda done: None) -> Clock:
    """The clock on which ``subtitles`` fit ``speech``, both in order. Raises :class:`NothingToDo` where there are fewer
    than ``FEWEST`` subtitles, where nobody speaks, or where they fit no better than another film's would."""
    if len(subtitles) < FEWEST:
        raise NothingToDo(f"{len(subtitles)} subtitles are too few to find their place by the sound",
                          remedy="shift them by hand: ciak subtitle convert --shift")
    if not speech:
        raise NothingToDo("nobody speaks in this sound", remedy="give the film that the subtitles belong to")
    cues, said = _ends(subtitles), _ends(speech)
    rough = _rough(cues, said, tick)
    factor, offset, score = max((_fine(cues, said, *start) for start in rough), key=lambda found: found[2])
    rates = None
    near = 2 * APART / float(cues[-1, 1])
    for common, pair in _common():
        if abs(common - factor) < near:
            tried = _fine(cues, said, common, offset + (factor - common) * float(cues.mean()), keep=True)
            if tried[2] >= score * (1 if rates else PREFERRED):
                (factor, offset, score), rates = tried, pair
    fit, surplus = _fit(cues, said, factor, offset)
    if fit < FITS or surplus < SURE:
        raise NothingToDo(f"these subtitles do not fit the sound (fit {fit:.2f}, wanted {FITS})",
                          remedy="they seem to be of another film, or of another cut of it: ciak conform moves "
                                 "subtitles from cut to cut")
    tick(1.0)
    return Clock(_exact(factor, rates), Fraction(round(offset * 1000), 1000), round(fit, 3),
                 rates if rates and rates[0] != rates[1] else None)


def _ends(spans: Sequence[Span]) -> Signal:
    """Starts and ends, shape (n, 2), seconds."""
    return np.array([(float(span.start), float(span.end)) for span in spans])


def _common() -> Iterator[tuple[float, tuple[Rate, Rate]]]:
    """Factors of a film played at another rate, and 1."""
    yield 1.0, (RATES[1], RATES[1])
    for one, other in permutations(RATES, 2):
        if abs(one.fps / other.fps - 1) <= WIDEST:
            yield float(one.fps / other.fps), (one, other)


def _exact(factor: float, rates: tuple[Rate, Rate] | None) -> Fraction:
    """The factor as a ratio: exact for common rates, else to a tenth of a millisecond in two hours."""
    if rates is None:
        return Fraction(round(factor * 10**8), 10**8)
    one, other = rates
    return one.fps / other.fps


def _rough(cues: Signal, said: Signal, tick: Tick) -> list[tuple[float, float]]:
    """The three best pairs of factor and offset, of different factors."""
    length = max(float(said[-1, 1]), float(cues[-1, 1]) * (1 + WIDEST)) + 1
    size = 1 << int(np.ceil(np.log2(2 * length * GRID)))
    voice = _on(said, size, 1.0)
    voice[:int(length * GRID)] -= voice[:int(length * GRID)].mean()
    spectrum = np.fft.rfft(voice)
    step = APART / max(float(cues[-1, 1]), 30.0)
    factors = sorted({*np.arange(1 - WIDEST, 1 + WIDEST, step).tolist(), *(common for common, _ in _common())})
    found = []
    for number, factor in enumerate(factors):
        shown = _on(cues, size, factor)
        fit = np.fft.irfft(spectrum * np.conj(np.fft.rfft(shown)), size)
        at = int(fit.argmax())
        found.append((float(fit[at]) / float(np.sqrt(shown.sum()) or 1), factor,
                      (at if at < size // 2 else at - size) / GRID))
        tick(0.9 * number / len(factors))
    kept: list[tuple[float, float]] = []
    for _, factor, offset in sorted(found, reverse=True):
        if all(abs(factor - other) > 3 * step for other, _ in kept):
            kept.append((factor, offset))
        if len(kept) == 3:
            break
    return kept


def _on(spans: Signal, size: int, factor: float) -> Signal:
    """1 where a span lies, 0 elsewhere, GRID steps a second."""
    line = np.zeros(size + 1)
    np.add.at(line, np.clip((spans[:, 0] * factor * GRID).astype(int), 0, size), 1)
    np.add.at(line, np.clip((spans[:, 1] * factor * GRID).astype(int) + 1, 0, size), -1)
    return np.minimum(np.cumsum(line)[:size], 1.0)


def _fine(cues: Signal, said: Signal, factor: float, offset: float, keep: bool = False) -> tuple[float, float, float]:
    """The best factor (unless it is to be kept) and offset near these, and their score. The pivot is the middle of the
    subtitles, so that the two do not disturb each other."""
    middle = float(cues.mean())
    reach = max(float(np.abs(cues - middle).max()), 1.0)
    place = factor * middle + offset
    for width, wider in zip(BELLS, (1.5, *BELLS), strict=False):
        turns = [0.0] if keep else np.linspace(-wider, wider, 13) / reach
        shifts = np.linspace(-wider, wider, max(13, int(4 * wider / width) * 2 + 1))
        *_, turn, shift = max((_score(cues, said, factor + turn, place + shift, middle, width), -abs(turn), -abs(shift),
                               turn, shift) for turn in turns for shift in shifts)
        factor, place = factor + turn, place + shift
    return factor, place - factor * middle, _score(cues, said, factor, place, middle, BELLS[-2])


def _score(cues: Signal, said: Signal, factor: float, place: float, middle: float, width: float) -> float:
    """How many in-times meet a beginning and, weighed less, out-times an end; a share of all."""
    moved = (cues - middle) * factor + place
    ins = _bell(moved[:, 0], said[:, 0], width)
    outs = _bell(moved[:, 1], said[:, 1], 2 * width)
    return float((ins + OUT_TIMES * outs).mean() / (1 + OUT_TIMES))


def _bell(times: Signal, marks: Signal, width: float) -> Signal:
    """For each of ``times`` how near the nearest of ``marks`` is: 1 on it, falling off like a bell."""
    right = np.clip(np.searchsorted(marks, times), 1, len(marks) - 1) if len(marks) > 1 else np.zeros(len(times), int)
    near: Signal = np.minimum(np.abs(times - marks[right]), np.abs(times - marks[right - 1]))
    bell: Signal = np.exp(-0.5 * (near / width) ** 2)
    return bell


def _fit(cues: Signal, said: Signal, factor: float, offset: float) -> tuple[float, float]:
    """In-times within ``MET`` of a beginning of speech: their share beyond chance, and the surplus in standard
    deviations."""
    begins = said[:, 0]
    met = float((_bell(cues[:, 0] * factor + offset, begins, MET) >= np.exp(-0.5)).mean())
    chance = min(0.9, len(begins) * 2 * MET / max(float(said[-1, 1] - begins[0]), 1.0))
    return (max(0.0, (met - chance) / (1 - chance)),
            (met - chance) / float(np.sqrt(chance * (1 - chance) / len(cues))))
