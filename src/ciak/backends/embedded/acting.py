"""How a voice's own performance takes on somebody else's: pauses first, then melody, then emphasis.

Pure functions of arrays, without a model. Times of the voice are in *steps* of 12.5 ms, as in :mod:`.pacing`. Pitch:
the contour's z-scores become log pitch by the voice's own median and spread; the voice's melody is moved onto it where
it is voiced, its dips at voiceless sounds move along. Emphasis: the smooth level is moved, within ``LOUDER`` and
``SOFTER``; the voice's own energy is bent first, so that effort sounds like effort, and what the sound then lacks is
made by gain.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ciak.backends.embedded.pacing import Performance
from ciak.backends.protocols import CONTOUR_STEP, Anchor, Contour
from ciak.film.sound import Samples

__all__ = ["Edge", "Range", "Rest", "knots", "levelled", "placed", "range_of", "renumbered", "rests", "sung"]

Floats = NDArray[np.float64]
Edge = tuple[float, float]
"""Beginning and end of a word, in steps."""

_UNIT = 4.8
"""dB of sound for a unit of the voice's energy."""
_SMOOTH = 14
"""Steps of the window over which emphasis is told."""
LOUDER, SOFTER = 10.0, -16.0
"""dB by which a moment may become louder or softer than the voice would make it."""
_LOW, _HIGH = 0.55, 2.1
"""A voice stays between these parts of its median pitch."""
_EASY = 1.15
"""Natural over spoken length up to which speech makes room for pauses."""
_SWAY = 0.2
"""Part by which a stretch may be spoken faster or slower than the line, to keep the original's rhythm."""
_SHORTEST_REST = 6.0
"""Steps of a pause below which it is left to the voice."""

_CLEAR = 3.0
"""Steps of a pause on both sides that are left as they are: words end and begin there."""


@dataclass(frozen=True, slots=True)
class Range:
    """Median and spread of a voice's log pitch."""

    median: float
    spread: float


@dataclass(frozen=True, slots=True)
class Rest:
    """A pause in the spoken line, in steps."""

    start: float
    end: float


def _voiced(performance: Performance) -> NDArray[np.bool_]:
    """Steps where the voice's pitch is one that it sings, not a dip at a voiceless sound."""
    pitch, energy = performance.pitch, performance.energy
    high = np.array([pitch[max(0, i - 20):i + 21].max() for i in range(len(pitch))])
    inside = np.zeros(len(pitch), bool)
    inside[int(performance.start):int(performance.end) + 1] = True
    made: NDArray[np.bool_] = inside & (pitch > 0.68 * high) & (energy > energy.max() - 7) & (pitch > 40)
    return made


def range_of(performances: Sequence[Performance]) -> Range:
    """Where a voice lies that performs so."""
    logs = np.concatenate([np.log(one.pitch[_voiced(one)].astype(np.float64)) for one in performances])
    if len(logs) < 20:
        return Range(float(np.log(160.0)), 0.17)
    low, high = np.percentile(logs, [16, 84])
    return Range(float(np.median(logs)), float(np.clip((high - low) / 2, 0.12, 0.22)))


def knots(natural: Performance, words: Sequence[Edge], contour: Contour, length: float) -> tuple[Floats, Floats]:
    """Places in the natural speech and the places that they are to have, in steps from where speech begins: the
    original's rhythm as far as ``length`` leaves room. Both begin with 0 and end with the speech."""
    whole = natural.end - natural.start
    ends = {one.word: one.at for one in contour.anchors if one.end}
    begins = {one.word: one.at for one in contour.anchors if not one.end}
    told = max(1e-6, contour.anchors[-1].at)
    wanted, cuts = [], []
    for word in contour.rests:
        if 0 < word < len(words) and word - 1 in ends and word in begins:
            wanted.append((begins[word] - ends[word - 1]) / told * length * contour.amount)
            cuts.append((words[word - 1][1], words[word][0]))
    if not cuts:
        return np.array([0.0, whole]), np.array([0.0, length])
    edges = np.array([0.0, *(edge for cut in cuts for edge in cut), whole])
    spoken, gaps = np.diff(edges)[::2], np.maximum(np.diff(edges)[1::2], 0.0)
    fastest = max(_EASY, whole / length)
    room = length - float(spoken.sum()) / fastest
    least = gaps * length / whole
    given = np.maximum(np.array(wanted), least)
    if given.sum() > room:
        given = least + (given - least) * max(0.0, room - least.sum()) / max(1e-6, float((given - least).sum()))
    if float(given.max()) < _SHORTEST_REST:
        return np.array([0.0, whole]), np.array([0.0, length])
    left = length - float(given.sum())
    share = spoken / spoken.sum() * left
    times = np.array([0.0, *(at for word in contour.rests if word - 1 in ends and word in begins
                             for at in (ends[word - 1], begins[word])), told])
    theirs = np.diff(times)[::2][:len(spoken)]
    if len(theirs) == len(spoken) and theirs.sum() > 0:
        share = np.clip(theirs / theirs.sum() * left, share * (1 - _SWAY), share * (1 + _SWAY))
        share *= left / share.sum()
    new = np.empty(len(edges))
    new[0] = 0.0
    new[1:] = np.cumsum([part for pair in zip(share, [*given, 0.0], strict=True) for part in pair][:len(edges) - 1])
    return edges, new


def renumbered(contour: Contour, first: int, count: int, total: int) -> Contour:
    """The contour for ``count`` words of a voice from number ``first`` on, where it makes ``total`` of the whole line:
    a voice may read two words where one is written."""
    last = max(1, contour.anchors[-1].word)

    def number(word: int) -> int:
        return round(word * (total - 1) / last) - first

    anchors = [Anchor(number(one.word), one.end, one.at) for one in contour.anchors]
    kept = {(one.word, one.end): one for one in anchors if 0 <= one.word < count}
    inside = tuple(sorted(number(word) for word in contour.rests if 0 < number(word) < count))
    return replace(contour, anchors=tuple(sorted(kept.values(), key=lambda one: (one.word, one.end))), rests=inside)


def placed(words: Sequence[Edge], contour: Contour, count: int) -> Floats:
    """For each of ``count`` steps its place in the contour, seconds; ``words``: where they are spoken, in steps."""
    pairs = [(words[one.word][one.end], one.at) for one in contour.anchors if one.word < len(words)]
    rising: list[tuple[float, float]] = []
    for step, at in pairs:
        if not rising or (step > rising[-1][0] and at >= rising[-1][1]):
            rising.append((step, at))
    if not rising:
        return np.zeros(count)
    return np.interp(np.arange(count), [step for step, _ in rising], [at for _, at in rising])


def rests(words: Sequence[Edge], contour: Contour) -> list[Rest]:
    """The pauses of the contour as they lie between the ``words`` that were spoken, clear of their edges."""
    found = [Rest(words[word - 1][1] + _CLEAR, words[word][0] - _CLEAR) for word in contour.rests
             if 0 < word < len(words)]
    return [rest for rest in found if rest.end - rest.start >= _SHORTEST_REST]


def sung(performance: Performance, places: Floats, contour: Contour, own: Range,
         silences: Sequence[Rest]) -> tuple[Performance, Floats]:
    """``performance`` with the contour's melody and emphasis, and the level wanted at each step, in dB of any origin.

    ``places``: for each step the place in the contour, seconds.
    """
    grid = np.arange(len(contour.pitch))
    at = places / float(CONTOUR_STEP)
    voiced = _voiced(performance)
    natural = np.log(np.maximum(performance.pitch.astype(np.float64), 1.0))
    pitch = performance.pitch
    if voiced.sum() >= 4:
        here = np.flatnonzero(voiced)
        wanted = own.median + own.spread * (np.interp(at, grid, contour.pitch) + _rise(at, contour, here))
        wanted = np.clip(wanted, own.median + np.log(_LOW), own.median + np.log(_HIGH))
        moved = contour.amount * (wanted - np.interp(np.arange(len(natural)), here, natural[here]))
        pitch = np.exp(natural + moved).astype(np.float32)
        pitch[performance.pitch < 1.0] = performance.pitch[performance.pitch < 1.0]
    speech = np.zeros(len(natural), bool)
    speech[int(performance.start):int(performance.end) + 1] = True
    silent = np.zeros(len(natural), bool)
    for rest in silences:
        silent[round(rest.start):round(rest.end)] = True
    said = speech & ~silent
    level = _smooth(np.maximum(performance.energy, performance.energy.max() - 8) * _UNIT)
    theirs = np.interp(at, grid, contour.energy)
    middle, spread = float(np.median(level[said])), max(3.0, float(level[said].std()))
    target = middle + spread * (theirs - float(np.median(theirs[said])))
    change = np.where(said, np.clip(contour.amount * (target - level), SOFTER, LOUDER), 0.0)
    energy = performance.energy + (_smooth(change) / _UNIT).astype(np.float32)
    energy[silent] = np.minimum(energy[silent], performance.energy.min())
    return (Performance(performance.durations, pitch, energy, performance.start, performance.end),
            np.where(said, level + change, np.nan))


def _rise(at: Floats, contour: Contour, voiced: NDArray[np.intp]) -> Floats:
    """What is added to the last of the voice where a question would lose its rise; z-scores."""
    added = np.zeros(len(at))
    last = voiced[voiced > voiced[-1] - 40]
    if not contour.rise or len(last) < 6:
        return added
    theirs = np.interp(at[last], np.arange(len(contour.pitch)), contour.pitch)
    lacking = contour.rise - (float(np.median(theirs[-4:])) - float(np.percentile(theirs, 10)))
    if lacking > 0:
        low = last[int(theirs.argmin())] if theirs.argmin() < len(last) - 6 else last[len(last) // 2]
        added[low:] = np.interp(np.arange(low, len(at)), [low, last[-1]], [0.0, lacking])
    return added


def levelled(sound: Samples, wanted: Floats, step: int, silences: Sequence[Rest], amount: float = 1.0) -> Samples:
    """``sound`` with its smooth level brought to ``wanted`` by ``amount`` (dB of any origin; nan: none), silent in
    ``silences``."""
    count = len(wanted)
    frames = np.pad(sound, (0, max(0, count * step - len(sound))))[:count * step].reshape(count, step)
    power = 10 * np.log10(np.maximum((frames.astype(np.float64) ** 2).mean(axis=1), 1e-9))
    level = _smooth(np.maximum(power, power.max() - 38))
    told = np.isfinite(wanted)
    if not told.any():
        return sound
    lacking = np.where(told, wanted - level, 0.0)
    lacking = np.where(told, np.clip(lacking - float(np.median(lacking[told])), SOFTER, LOUDER), 0.0)
    gain = 10 ** (amount * _smooth(lacking, 6) / 20)
    middles = (np.arange(count) + 0.5) * step
    curve = np.interp(np.arange(len(sound)), middles, gain)
    for rest in silences:
        curve *= _gate(len(sound), rest.start * step, rest.end * step, 2.0 * step)
    made: Samples = (sound * curve).astype(np.float32)
    return made


def _gate(count: int, start: float, end: float, fade: float) -> Floats:
    """1, and 0 between ``start`` and ``end``, with fades inside of it."""
    at = np.arange(count)
    gate: Floats = np.clip(np.maximum((start + fade - at) / fade, (at - (end - fade)) / fade), 0.0, 1.0)
    return gate


def _smooth(values: NDArray[np.floating], steps: int = _SMOOTH) -> Floats:
    window = np.hanning(steps + 2)
    half = len(window) // 2
    made = np.convolve(np.pad(values.astype(np.float64), half, mode="edge"), window / window.sum(), "same")
    return made[half:half + len(values)]
