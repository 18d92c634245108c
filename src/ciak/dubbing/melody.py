"""The melody of a line: pitch and loudness step by step, followed in the dialogue that was separated.

Pitch: the candidates of YIN (``pitch.py``) in each frame, and through them the cheapest path: deep dips are cheap,
leaps between neighbours and changes between voiced and unvoiced are dear (the idea of RAPT and pYIN: Talkin 1995,
Mauch and Dixon 2014). What a separator leaves of music has pitch too, but is far softer than the line: frames more than
``SOFT`` dB below the line's loudest are nobody's. A line's own median forbids the octave mistakes that are left.

Loudness: power of 30 ms frames in dB. Does not know what is meant by a melody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ciak.backends.protocols import CONTOUR_STEP
from ciak.dubbing.pitch import differences
from ciak.film import Signal
from ciak.film.sound import Samples

__all__ = ["FLOOR", "SOFT", "STEP", "Melody", "Register", "bridged", "follow", "register", "smooth"]

STEP = float(CONTOUR_STEP)
FLOOR = 45.0
"""dB below the loudest frame at which loudness ends."""
SOFT = 32.0
_LOW, _HIGH = 60.0, 600.0
_WINDOW = 0.035
_MOST = 5
"""Candidates of a frame."""
_UNVOICED = 0.42
"""What an unvoiced frame costs; a voiced one costs the depth of its dip."""
_TURN, _LEAP, _SHORT = 0.12, 1.2, 0.03
"""Costs: of a change between voiced and unvoiced, of a leap by an octave, of a lag an octave longer."""
_NEVER = 1e6
_LEAST = 12
"""Voiced steps below which a line has no melody."""

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Melody:
    """``pitch``: Hz, 0 where unvoiced; ``energy``: dB below full scale; both (steps,), step i at i * STEP seconds."""

    pitch: Floats
    energy: Floats

    @property
    def loud(self) -> NDArray[np.bool_]:
        """Where the line is heard at all."""
        heard: NDArray[np.bool_] = self.energy > self.energy.max(initial=-120.0) - SOFT
        return heard

    @property
    def has_pitch(self) -> bool:
        """Whether there is enough voice to follow."""
        return int((self.pitch > 0).sum()) >= _LEAST


@dataclass(frozen=True, slots=True)
class Register:
    """Where a voice usually lies: medians and spreads of its log pitch and of its smooth level in dB."""

    pitch: float
    pitch_spread: float
    energy: float
    energy_spread: float


def follow(signal: Signal) -> Melody:
    """The melody of a mono signal. Silence and noise have none: all pitch is 0."""
    samples, rate = signal.mixed_down(), signal.rate
    window, longest = int(rate * _WINDOW), int(rate / _LOW)
    count = max(1, int(len(samples) / rate / STEP) + 1)
    energy = _levels(samples, rate, count)
    energy = np.maximum(energy, max(float(energy.max()) - FLOOR, -110.0))
    loud = (energy > energy.max() - SOFT) & (energy > -90)
    reach = window + longest
    padded = np.pad(samples, (reach // 2, reach))
    places = np.round(np.arange(count) * STEP * rate).astype(int)
    lags, depths = np.zeros((count, _MOST)), np.full((count, _MOST), _NEVER)
    chosen = np.flatnonzero(loud)
    for first in range(0, len(chosen), 256):
        block = chosen[first:first + 256]
        frames = np.stack([padded[at:at + reach] for at in places[block]])
        lags[block], depths[block] = _candidates(differences(frames, window, longest), rate)
    pitch = _path(lags, depths, rate)
    return Melody(_in_its_octave(pitch).astype(np.float32), energy.astype(np.float32))


def _levels(samples: Samples, rate: int, count: int) -> NDArray[np.float64]:
    """dB of the 30 ms around each step."""
    half = int(rate * 0.015)
    power = np.concatenate([[0.0], np.cumsum(np.pad(samples, half).astype(np.float64) ** 2)])
    first = np.clip(np.round(np.arange(count) * STEP * rate).astype(int), 0, len(power) - 1)
    last = np.minimum(first + 2 * half, len(power) - 1)
    level: NDArray[np.float64] = 10 * np.log10(np.maximum((power[last] - power[first]) / (2 * half), 1e-12))
    return level


def _candidates(normal: NDArray[np.float64], rate: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The deepest dips of each frame: lags in samples, fractions too, and depths."""
    shortest = int(rate / _HIGH)
    here = normal[:, shortest:-1]
    dip = (here <= normal[:, shortest - 1:-2]) & (here < normal[:, shortest + 1:])
    depth = np.where(dip, here, _NEVER)
    best = np.argsort(depth, axis=1)[:, :_MOST]
    rows = np.arange(len(normal))[:, None]
    at = best + shortest
    before, middle, after = normal[rows, at - 1], normal[rows, at], normal[rows, at + 1]
    curve = before - 2 * middle + after
    offset = np.where(curve > 1e-9, 0.5 * (before - after) / np.maximum(curve, 1e-9), 0.0)
    lags: NDArray[np.float64] = at.astype(np.float64) + offset
    return lags, depth[rows, best] + _SHORT * np.log2(np.maximum(lags, 1) / shortest)


def _path(lags: NDArray[np.float64], depths: NDArray[np.float64], rate: int) -> NDArray[np.float64]:
    """Pitch of the cheapest way through the candidates; state ``_MOST`` is unvoiced."""
    count = len(lags)
    octaves = np.log2(np.maximum(lags, 1.0))
    own = np.concatenate([depths, np.full((count, 1), _UNVOICED)], axis=1)
    cost, back = own[0], np.zeros((count, _MOST + 1), np.int8)
    move = np.zeros((_MOST + 1, _MOST + 1))
    move[_MOST, :_MOST] = move[:_MOST, _MOST] = _TURN
    for i in range(1, count):
        move[:_MOST, :_MOST] = _LEAP * np.abs(octaves[i - 1][:, None] - octaves[i][None])
        ways = cost[:, None] + move
        back[i] = ways.argmin(axis=0)
        cost = ways[back[i], np.arange(_MOST + 1)] + own[i]
    pitch = np.zeros(count)
    state = int(cost.argmin())
    for i in range(count - 1, -1, -1):
        if state < _MOST and depths[i, state] < _NEVER / 2:
            pitch[i] = rate / lags[i, state]
        state = int(back[i, state])
    return pitch


def _in_its_octave(pitch: NDArray[np.float64]) -> NDArray[np.float64]:
    """Without what lies further than an octave from the line's median."""
    voiced = pitch > 0
    if voiced.any():
        middle = float(np.median(pitch[voiced]))
        pitch = np.where((pitch > middle / 2.05) & (pitch < middle * 2.2), pitch, 0.0)
    return pitch


def register(melodies: Sequence[Melody]) -> Register:
    """Where a voice lies that sings these lines, all of them together; usual values where none has a melody."""
    pitches = np.concatenate([np.zeros(0), *(np.log(one.pitch[one.pitch > 0]) for one in melodies)])
    levels = np.concatenate([np.zeros(0), *(smooth(one.energy)[one.loud] for one in melodies)])
    return Register(float(np.median(pitches)) if len(pitches) else float(np.log(160.0)), _spread(pitches, 0.17, 0.06),
                    float(np.median(levels)) if len(levels) else -30.0, _spread(levels, 5.0, 2.0))


def _spread(values: NDArray[np.float64], usual: float, least: float) -> float:
    """A standard deviation that outliers do not move."""
    if len(values) < 40:
        return usual
    low, high = np.percentile(values, [16, 84])
    return float(np.clip((high - low) / 2, least, 3 * usual))


def smooth(values: NDArray[np.floating], seconds: float = 0.15) -> NDArray[np.float64]:
    """The mean around each step, weighted by a Hann window of ``seconds``."""
    window = np.hanning(max(3, round(seconds / STEP) + 2))
    half = len(window) // 2
    made = np.convolve(np.pad(values.astype(np.float64), half, mode="edge"), window / window.sum(), "same")
    return made[half:half + len(values)]


def bridged(pitch: Floats) -> NDArray[np.float64]:
    """Log pitch with straight lines over what is unvoiced; needs a voiced step."""
    voiced = np.flatnonzero(pitch > 0)
    made: NDArray[np.float64] = np.interp(np.arange(len(pitch)), voiced, np.log(pitch[voiced].astype(np.float64)))
    return made
