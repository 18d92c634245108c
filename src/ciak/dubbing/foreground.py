"""The foreground: speech that stands out of what else is heard, and when it begins and ends.

A detector says where voices are; in a crowd, in a bar, under a radio they are everywhere. Who is meant to be
understood is louder: a level half-way (in dB) between what is quiet and what is loud in the half minutes around
divides the two. It is a measure of loudness, not of meaning: a shout in the crowd counts, a whispered line may not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from ciak.film import Signal, Span, seconds

__all__ = ["Levels", "foreground"]

STEPS = 50
"""Levels a second."""
SMOOTH = 5
"""Steps over which a level is averaged."""
AROUND = 30
"""Seconds; what is quiet and loud is judged over three such stretches."""
QUIET, LOUD = 10, 95
"""Percentiles of the levels."""
BRIDGED, SHORTEST = 0.3, 0.25
"""A gap shorter than the first is none, a stretch shorter than the second is none; seconds."""
FLOOR = 1e-10


class Levels:
    """The level of a mono sound, 50 times a second, noted while its blocks pass by."""

    def __init__(self) -> None:
        self._parts: list[NDArray[np.float32]] = []
        self._rest: NDArray[np.float32] = np.zeros(0, np.float32)

    def note(self, blocks: Iterable[Signal]) -> Iterator[Signal]:
        """The same blocks, their levels noted."""
        for block in blocks:
            samples = np.concatenate([self._rest, block.samples[:, 0]])
            size = block.rate // STEPS
            whole = len(samples) // size * size
            frames = samples[:whole].reshape(-1, size).astype(np.float64)
            self._parts.append((10 * np.log10((frames ** 2).mean(axis=1) + FLOOR)).astype(np.float32))
            self._rest = samples[whole:].copy()
            yield block

    def decibels(self) -> NDArray[np.float32]:
        """All levels so far, dB of full scale."""
        return np.concatenate(self._parts) if self._parts else np.zeros(0, np.float32)


def foreground(levels: NDArray[np.float32], speech: Sequence[Span]) -> tuple[Span, ...]:
    """The parts of ``speech`` (seconds) that stand out by their ``levels``, in order."""
    if not len(levels):
        return ()
    smooth = np.convolve(levels, np.ones(SMOOTH) / SMOOTH, "same").astype(np.float32)
    on = smooth > _threshold(smooth)
    inside = np.zeros(len(on), bool)
    for span in speech:
        inside[int(span.start * STEPS):int(span.end * STEPS) + 1] = True
    edges = np.flatnonzero(np.diff(np.concatenate([[0], (on & inside).astype(np.int8), [0]]))).reshape(-1, 2)
    found: list[tuple[int, int]] = []
    for start, end in edges.tolist():
        if found and start - found[-1][1] < BRIDGED * STEPS:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return tuple(Span(start=seconds(start / STEPS), end=seconds(end / STEPS))
                 for start, end in found if end - start >= SHORTEST * STEPS)


def _threshold(levels: NDArray[np.float32]) -> NDArray[np.float32]:
    """Half-way between quiet and loud, stretch by stretch."""
    size = AROUND * STEPS
    out = np.empty_like(levels)
    for start in range(0, len(levels), size):
        quiet, loud = np.percentile(levels[max(0, start - size):start + 2 * size], [QUIET, LOUD])
        out[start:start + size] = (quiet + loud) / 2
    return out
