"""An inaudible mark in synthetic speech: it says that a machine spoke, and nothing else. Laid, and found again.

A spread-spectrum mark in the logarithm of the spectrum, after Kirovski and Malvar (2003), "Spread-spectrum
watermarking of audio signals", with the pattern of ups and downs of the patchwork methods (Bender et al. 1996; Arnold
2000). Time and frequency are divided into cells of 21 ms by 94 Hz between 250 and 8000 Hz; by a fixed pattern each is
made a little louder or softer, at most 1.5 dB, and at most what :mod:`~ciak.media.masking` says is not heard. The
pattern repeats every 2.7 s and lies by the time of the film, so that all takes of a film carry one and the same.

It is found by itself, without the unmarked sound: the local mean of the log spectrum is taken away, and what is left
is laid against the pattern at every shift, in windows of four seconds and over the whole. The pattern was drawn by
chance, whatever the sound: by Hoeffding's inequality an unmarked sound reaches a score of z with a probability of
exp(-z^2/2) at most, and the threshold is that at which one file in a million would, all shifts and windows counted.

The pattern is public: who wants to take the mark out can. It carries no number and no name. Does not outlive a change
of speed or pitch, nor more noise than voice; a take of under two seconds alone may be too short.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from math import log, sqrt

import numpy as np
from numpy.typing import NDArray

from ciak.errors import BadInput
from ciak.film.sound import Samples, Signal
from ciak.media.masking import headroom

__all__ = ["NAME", "RATE", "Mark", "find_mark", "marked"]

NAME = "ciak-1"
"""The pattern and how it is laid; another pattern gets another name."""
RATE = 48000
Values = NDArray[np.float64]

_SIZE, _HOP = 1024, 256
"""Samples of a frame, and from one to the next."""
_CELL, _LINES = 4, 2
"""Frames and spectral lines of a cell."""
_FIRST, _BANDS, _PERIOD = 5, 82, 128
"""The lowest line, and the pattern's size in cells: frequency, time."""
_MOST, _SHARE = 1.5, 0.7
"""Decibels at most; amplitude as a share of the masking threshold."""
_ALARM = 1e-6
"""Unmarked files that may be told as marked, at most."""
_STEP = 2 * RATE // _HOP
"""Frames in two seconds: two such steps are looked at together."""
_AROUND, _BESIDE, _CLIP = 12, 3, 6.0
"""Frames and bands to each side whose mean is taken away; decibels beyond which a cell counts no more."""
_FLOOR = 10 ** -7.0
"""Share of the loudest cell of two seconds under which there is nothing to hear."""


@cache
def _pattern() -> Values:
    """+1 and -1, shape (time, frequency) in cells: the bits of SHAKE-256 of the mark's name."""
    drawn = hashlib.shake_256(NAME.encode()).digest(_PERIOD * _BANDS // 8)
    return np.asarray(np.unpackbits(np.frombuffer(drawn, np.uint8)).reshape(_PERIOD, _BANDS) * 2.0 - 1, np.float64)


def _window() -> Values:
    """Hann, periodic."""
    return np.asarray(np.hanning(_SIZE + 1)[:_SIZE], np.float64)


# --- laid --------------------------------------------------------------------------------------------------------

def marked(samples: Samples, start: int) -> Samples:
    """One channel at 48 kHz with the mark; ``start``: its first sample in the film, counted from the film's first.

    The length stays; silence stays silent. The same samples at the same start give the same samples.
    """
    if samples.ndim != 1 or start < 0:
        raise BadInput("a mark is laid into one channel from a sample of the film on")
    window = np.sqrt(_window())
    lead = _SIZE + (start - _SIZE) % _HOP  # frames lie on the film's grid, the first before the sound
    sound = np.zeros((lead + len(samples) + 2 * _SIZE) // _HOP * _HOP)
    sound[lead:lead + len(samples)] = samples
    added = np.zeros(len(sound))
    first = (start - lead) // _HOP
    frames = np.lib.stride_tricks.sliding_window_view(sound, _SIZE)[::_HOP]
    for at in range(0, len(frames), _STEP):
        spectra = np.fft.rfft(frames[at:at + _STEP] * window, axis=1)
        gain = 10 ** (_depth(spectra) * _signs(first + at, len(spectra)) / 20)
        change = np.fft.irfft(spectra * (gain - 1), axis=1) * window / (_SIZE / _HOP / 2)
        for number, frame in enumerate(change, at):
            added[number * _HOP:number * _HOP + _SIZE] += frame
    return np.asarray(samples + added[lead:lead + len(samples)], np.float32)


def _depth(spectra: NDArray[np.complex128]) -> Values:
    """Decibels by which each line may be changed."""
    allowed = headroom(np.abs(spectra) ** 2, RATE) * _SHARE
    return np.asarray(np.minimum(20 * np.log10(1 + allowed), _MOST))


def _signs(first: int, count: int) -> Values:
    """The pattern on ``count`` frames of all lines, from frame ``first`` of the film; cells pass into one another."""
    middle = (np.arange(first, first + count) + _SIZE / _HOP / 2) / _CELL - 0.5
    cell = np.floor(middle).astype(np.int64)
    into = np.clip((middle - cell - 0.5) * 2 + 0.5, 0, 1)[:, None]
    signs = _pattern()[cell % _PERIOD] * (1 - into) + _pattern()[(cell + 1) % _PERIOD] * into
    whole = np.zeros((count, _SIZE // 2 + 1))
    whole[:, _FIRST:_FIRST + _BANDS * _LINES] = np.repeat(signs, _LINES, axis=1)
    return whole


# --- found -------------------------------------------------------------------------------------------------------

@dataclass(frozen=True, slots=True)
class Mark:
    """What was found. ``score``: the highest, ``threshold``: from which on it is the mark; ``seconds`` looked at;
    ``spans``: from where to where, in seconds, to two seconds."""

    score: float
    threshold: float
    seconds: float
    spans: tuple[tuple[float, float], ...] = ()

    @property
    def found(self) -> bool:
        """Whether somebody marked this sound."""
        return self.score >= self.threshold


def find_mark(blocks: Iterable[Signal]) -> Mark:
    """Look for the mark in sound at 48 kHz: of one or two channels in their mean, of more in the third (the centre).
    Memory does not grow with length. Raises :class:`BadInput` for another rate."""
    whole, before = np.zeros((_PERIOD * _CELL, _BANDS)), None
    scores, frames = [], 0
    for cells in _flattened(_spectra(blocks)):
        folded = _folded(cells, frames)
        whole += folded
        if before is not None:
            scores.append(_score(before + folded))
        before, frames = folded, frames + len(cells)
    best = max([_score(whole), *scores])
    threshold = sqrt(2 * log(_PERIOD * _CELL * (len(scores) + 1) / _ALARM))
    seconds = frames * _HOP / RATE
    return Mark(best, threshold, seconds, _spans(scores, threshold, seconds) if scores else
                ((0.0, seconds),) if best >= threshold else ())


def _spectra(blocks: Iterable[Signal]) -> Iterator[Values]:
    """Power of each band of each frame, as the sound comes."""
    held, window = np.zeros(0, np.float32), _window()
    for block in blocks:
        if block.rate != RATE:
            raise BadInput(f"a mark is looked for at {RATE} Hz, not at {block.rate}")
        mono = block.samples[:, 2] if block.channels > 2 else block.mixed_down()
        held = np.concatenate([held, np.nan_to_num(mono)])
        count = (len(held) - _SIZE) // _HOP + 1
        if count < 1:
            continue
        frames = np.lib.stride_tricks.sliding_window_view(held, _SIZE)[::_HOP][:count]
        held = held[count * _HOP:]
        lines = np.abs(np.fft.rfft(frames * window, axis=1)[:, _FIRST:_FIRST + _BANDS * _LINES]) ** 2
        yield lines.reshape(count, _BANDS, _LINES).mean(axis=2)


def _flattened(spectra: Iterable[Values]) -> Iterator[Values]:
    """Log spectra in dB less their local mean, shape (frames, bands), two seconds at a time; the last is what is left.
    """
    held, done = np.zeros((0, _BANDS)), 0
    for power in spectra:
        held = np.concatenate([held, power])
        while len(held) >= done + _STEP + _AROUND:
            yield _flat(held[:done + _STEP + _AROUND])[done:done + _STEP]
            held = held[max(0, done + _STEP - _AROUND):]
            done = _AROUND
    if len(held) > done:
        yield _flat(held)[done:]


def _flat(power: Values) -> Values:
    level = 10 * np.log10(power + max(float(power.max()) * _FLOOR, 1e-12))
    level -= _mean_around(level, _AROUND)
    return np.clip(level - _mean_around(level.T, _BESIDE).T, -_CLIP, _CLIP)


def _mean_around(values: Values, reach: int) -> Values:
    """Mean over rows up to ``reach`` before and after each."""
    summed = np.concatenate([np.zeros((1, values.shape[1])), np.cumsum(values, axis=0)])
    row = np.arange(len(values))
    first, last = np.maximum(0, row - reach), np.minimum(len(values), row + reach + 1)
    return np.asarray((summed[last] - summed[first]) / (last - first)[:, None])


def _folded(cells: Values, first: int) -> Values:
    """Frames that lie at the same place of the pattern's period, added up; the first is frame ``first`` of all."""
    period = _PERIOD * _CELL
    before = first % period
    padded = np.zeros((-(-(before + len(cells)) // period) * period, _BANDS))
    padded[before:before + len(cells)] = cells
    return np.asarray(padded.reshape(-1, period, _BANDS).sum(axis=0))


def _score(folded: Values) -> float:
    """The best score over all shifts: the sum of the signed cells, in units of its standard deviation over patterns."""
    wanted = np.conj(np.fft.rfft(_pattern(), axis=0))
    best = 0.0
    for shift in range(_CELL):
        cells = np.roll(folded, -shift, axis=0).reshape(_PERIOD, _CELL, _BANDS).sum(axis=1)
        alike = np.fft.irfft((np.fft.rfft(cells, axis=0) * wanted).sum(axis=1), _PERIOD)
        best = max(best, float(alike.max()) / sqrt(float((cells**2).sum()) + 1e-9))
    return best


def _spans(scores: list[float], threshold: float, seconds: float) -> tuple[tuple[float, float], ...]:
    """Windows with the mark, joined where they touch."""
    spans: list[tuple[float, float]] = []
    for number, score in enumerate(scores):
        if score < threshold:
            continue
        start, end = number * _STEP * _HOP / RATE, min(seconds, (number + 2) * _STEP * _HOP / RATE)
        if spans and spans[-1][1] >= start:
            start = spans.pop()[0]
        spans.append((start, end))
    return tuple(spans)
