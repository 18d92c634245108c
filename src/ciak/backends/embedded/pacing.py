"""How a voice's own timing is bent to a wanted length, and where speech begins and ends in it.

All in frames of the voice: a phoneme lasts whole *frames* (25 ms), pitch and energy come in *steps* (two a frame).
A pure function of arrays, without a model.

The voice's durations alone do not show its speech: silence hides in the first token and in the last vowel. Its
energy does (it follows the loudness of the sound at r = .94, 4.8 dB a unit): speech is what lies within 8 units,
38 dB, of the loudest step.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["STEPS", "Performance", "bend", "speech_steps"]

STEPS = 2
"""Steps of pitch and energy a frame."""
_DEPTH = 8.0
_BEFORE, _AFTER = 3, 4
"""Steps kept around speech, for soft attacks and decays."""
_LEAD, _TAIL = 8.0, 6.0
"""Frames of silence that the voice gets before and after, and that are cut off again: with half as many, words
that stand alone lose their first sound."""

Floats = NDArray[np.float32]
Places = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Performance:
    """How a line is performed. ``durations``: frames of each token, (tokens,); ``pitch`` (Hz, 0 unvoiced) and
    ``energy``: (steps,); ``start``, ``end``: where speech lies, in steps, fractions allowed."""

    durations: Floats
    pitch: Floats
    energy: Floats
    start: float
    end: float


def speech_steps(energy: Floats) -> tuple[int, int]:
    """First and end step of speech. Everything when nothing stands out."""
    loud = np.flatnonzero(energy > energy.max() - _DEPTH)
    return max(0, int(loud[0]) - _BEFORE), min(len(energy), int(loud[-1]) + 1 + _AFTER)


def bend(natural: Performance, length: float, inner: tuple[Places, Places] | None = None) -> Performance:
    """``natural`` with its speech made ``length`` steps long, evenly; silence around it is shortened. ``inner``: places
    in the speech and where they are to lie, steps from its beginning, both from there to its end.

    Every token keeps at least one frame, so that a very short ``length`` comes out longer, as ``end - start`` then
    says. Pitch keeps its height.
    """
    start, end, total = natural.start / STEPS, natural.end / STEPS, float(natural.durations.sum())
    lead, tail = min(_LEAD, start), min(_TAIL, total - end)
    before, after = inner if inner is not None else (np.array([0.0, natural.end - natural.start]),
                                                     np.array([0.0, length]))
    old = np.array([0.0, *(start + before / STEPS), total])
    new = np.array([0.0, *(lead + after / STEPS), lead + length / STEPS + tail])
    edges = np.concatenate([[0.0], np.cumsum(natural.durations, dtype=np.float64)])
    bent = _whole(np.interp(edges, old, new))
    # The rounded edges are the truth from here on: a step between two edges comes from between the same two.
    count = int(bent[-1]) * STEPS
    excess = max(0.0, (bent[-1] - np.ceil(new[-1])) * STEPS)
    wanted = np.interp(np.arange(count) + 0.5, _spread(new) * STEPS, _spread(old) * STEPS) - 0.5
    places = np.arange(len(natural.energy))
    return Performance(
        np.diff(bent).astype(np.float32), np.interp(wanted, places, natural.pitch).astype(np.float32),
        np.interp(wanted, places, natural.energy).astype(np.float32), lead * STEPS,
        lead * STEPS + length + excess)


def _spread(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Strictly rising, as interpolation wants."""
    rising: NDArray[np.float64] = points + np.arange(len(points)) * 1e-9
    return rising


def _whole(edges: NDArray[np.float64]) -> NDArray[np.float64]:
    """Edges on whole frames, each at least one after the other; the last stays where rounding puts it if it can."""
    rounded = np.round(edges)
    order = np.arange(len(edges))
    rising = np.maximum.accumulate(rounded - order) + order
    last = max(rounded[-1], float(order[-1]))
    result: NDArray[np.float64] = np.minimum(rising, last - order[::-1])
    return result
