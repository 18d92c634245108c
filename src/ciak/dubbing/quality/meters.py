"""The delivered stems measured again: loudness, true peak, whether they sum, and whether the bed is the original.

Two passes, block by block. The first compares the M&E stem with the original's sound, decoded anew, in tenths of a
second in which nobody speaks (half a second off every line and take), and finds the gain of the programme: the median
of their ratios. The second takes the original times that gain from the stem; the peak of what is left is the null.
Where the mix's limiter worked (the report tells whether), tenths that are softer than the gain are left out, and
counted: there the bed is the original under another gain. Does not know whose lines they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ciak.dubbing.listening import RATE
from ciak.film import Span
from ciak.film.sound import Samples
from ciak.media import LoudnessMeter, SoundFile, sound_blocks
from ciak.media.loudness import PeakMeter, decibels

__all__ = ["NEAR", "RATE", "Measured", "Stems", "measured"]

TENTH = RATE // 10
BLOCK = TENTH * 20
NEAR = 0.5
"""Seconds off a line or take before which a place counts as one where nobody speaks."""
LEAST = 10
"""Tenths of a second that have to be free for the null to be measured."""
_FLOOR = 1e-9
_SOFTER = 10 ** (-0.02 / 20)
"""Of the gain: a tenth below that was limited."""

Tick = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Stems:
    """The three stems of a mix at 48 kHz, each of ``channels``; ``original``: the film's source; ``limited``: whether
    the limiter worked in that mix."""

    dx: SoundFile
    me: SoundFile
    mix: SoundFile
    original: Path | None
    limited: bool

    @property
    def alike(self) -> bool:
        """Whether rate, channels and length of the three are those of one mix."""
        return len({(one.rate, one.channels, one.frames) for one in (self.dx, self.me, self.mix)}) == 1


@dataclass(frozen=True, slots=True)
class Measured:
    """LUFS, dBTP and dBFS. ``null`` None: not measured; ``free``: seconds in which nobody speaks that were compared,
    ``limited``: those left out; ``original``: frames of the decoded original."""

    integrated: float | None
    dialogue: float | None
    true_peak: float | None
    sum: float | None
    null: float | None
    gain: float | None
    free: float
    limited: float
    original: int


def measured(stems: Stems, spoken: Sequence[Span], tick: Tick) -> Measured:
    """Everything at once. ``spoken``: where a line or a take is. Stems that are not alike have no sum and no null."""
    gain, ratios, frames = (_compared(stems, spoken, lambda done: tick(0.3 * done)) if stems.original is not None
                            else (None, np.zeros(0), 0))
    loud, speech = (LoudnessMeter(stems.mix.rate, stems.mix.channels) for _ in range(2))
    peaks, left, kept, start = PeakMeter(stems.mix.channels), 0.0, 0.0, 0
    free = ~np.isnan(ratios)
    lower = free & (ratios < (gain or 0.0) * _SOFTER) if stems.limited else np.zeros_like(free)
    judged = free & ~lower
    for mix, dx, me, source in _together(stems, gain is not None):
        loud.feed(mix)
        peaks.feed(mix)
        speech.feed(_spoken(mix, start, spoken))
        if stems.alike:
            left = max(left, float(np.abs(mix.astype(np.float64) - dx - me).max(initial=0)))
        if gain is not None and stems.alike:
            kept = max(kept, _rest(me, source, gain, judged[start // TENTH:]))
        start += len(mix)
        tick(0.3 + 0.7 * start / max(1, stems.mix.frames))
    peaks.finish()
    known = gain is not None and stems.alike and int(judged.sum()) >= LEAST
    return Measured(
        loud.integrated(), speech.integrated(), decibels(peaks.highest), _dbfs(left) if stems.alike else None,
        _dbfs(kept) if known else None, None if gain is None else _dbfs(gain), float(judged.sum()) / 10,
        float(lower.sum()) / 10, frames)


def _dbfs(value: float) -> float:
    return 20 * float(np.log10(max(value, _FLOOR)))


def _together(stems: Stems, original: bool) -> Iterator[tuple[Samples, Samples, Samples, Samples]]:
    """(mix, dx, me, original) block by block, the length of the mix; the original is empty where it is not wanted."""
    source = _original(stems) if original else iter(())
    for start in range(0, stems.mix.frames, BLOCK):
        mix, dx, me = (one.read(start, BLOCK).samples for one in (stems.mix, stems.dx, stems.me))
        yield mix, dx, me, next(source, mix[:0])


def _original(stems: Stems) -> Iterator[Samples]:
    assert stems.original is not None
    channels = 6 if stems.me.channels == 6 else 2
    return (block.samples for block in sound_blocks(stems.original, rate=RATE, channels=channels, frames=BLOCK))


def _compared(stems: Stems, spoken: Sequence[Span], tick: Tick) -> tuple[float | None, NDArray[np.float64], int]:
    """(gain of the bed against the original, its ratio in each tenth of a second, frames of the original). A tenth in
    which somebody speaks, or the original is silent, has no ratio (NaN) or the gain itself."""
    if stems.me.rate != RATE or stems.me.channels not in (2, 6):
        return None, np.zeros(0), 0
    ratios, weights, frames = [], [], 0
    beds = (stems.me.read(start, BLOCK).samples for start in range(0, stems.me.frames, BLOCK))
    for bed, source in zip_longest(beds, _original(stems)):
        frames += 0 if source is None else len(source)
        if bed is None or source is None:
            continue
        count = min(len(bed), len(source)) // TENTH
        one, other = (part[:count * TENTH].astype(np.float64).reshape(count, -1) for part in (bed, source))
        power = (other * other).sum(axis=1)
        ratios.append((one * other).sum(axis=1) / np.maximum(power, 1e-12))
        weights.append(power)
        tick(min(1.0, frames / max(1, stems.me.frames)))
    if not ratios:
        return None, np.zeros(0), frames
    found, weight = np.concatenate(ratios), np.concatenate(weights)
    free = ~_near(spoken, len(found))
    heard = free & (weight > 1e-7)
    gain = float(np.median(found[heard])) if heard.sum() >= LEAST else None
    if gain is not None:
        found[free & ~heard] = gain
    found[~free] = np.nan
    return gain, found, frames


def _near(spoken: Sequence[Span], count: int) -> NDArray[np.bool_]:
    """Tenths of a second in which somebody speaks, or is about to."""
    near = np.zeros(count, bool)
    for span in spoken:
        near[max(0, int((float(span.start) - NEAR) * 10)):max(0, int((float(span.end) + NEAR) * 10) + 1)] = True
    return near


def _rest(bed: Samples, source: Samples, gain: float, judged: NDArray[np.bool_]) -> float:
    """Peak of the bed less the original, in the tenths that are judged."""
    count = min(len(bed), len(source)) // TENTH
    places = np.flatnonzero(judged[:count])
    if not len(places):
        return 0.0
    one, other = (part[:count * TENTH].reshape(count, -1)[places].astype(np.float64) for part in (bed, source))
    return float(np.abs(one - gain * other).max(initial=0))


def _spoken(samples: Samples, start: int, spoken: Sequence[Span]) -> Samples:
    """What of a block lies where somebody speaks; ``spoken`` are apart and in order."""
    parts = [samples[max(0, first):max(0, last)] for first, last in
             ((round(span.start * RATE) - start, round(span.end * RATE) - start) for span in spoken)
             if first < len(samples) and last > 0]
    return np.concatenate(parts) if parts else samples[:0]
