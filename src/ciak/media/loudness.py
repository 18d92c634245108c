"""Programme loudness (ITU-R BS.1770-4, EBU R 128) and true peak, block by block in bounded memory.

K-weighting is computed for any rate from the analogue prototype and applied as a convolution with the first
100 ms of its impulse response: what is left out adds up to less than -170 dB. Loudness is gated at -70 LUFS and
10 LU below the ungated mean. True peak is oversampled four times by a 32-tap polyphase filter.

Channels: 1 and 2 count 1 each; 5 are L R C Ls Rs; 6 are L R C LFE Ls Rs, LFE not counted, surrounds 1.41.
Signals shorter than 0.4 s, or below the gate throughout, have no loudness: ``None``.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from math import log10, pi, tan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ciak.errors import BadInput
from ciak.film.sound import Loudness, Samples, Signal

__all__ = ["LoudnessMeter", "PeakMeter", "decibels", "k_weighting", "measure"]

_WEIGHTS = {1: (1.0,), 2: (1.0, 1.0), 3: (1.0, 1.0, 1.0), 4: (1.0, 1.0, 1.41, 1.41),
            5: (1.0, 1.0, 1.0, 1.41, 1.41), 6: (1.0, 1.0, 1.0, 0.0, 1.41, 1.41)}
_AT_ONCE = 7
"""Steps of 100 ms that are filtered together."""
_OVER = 4
_TAPS = 32
_SILENT = 1e-10


def decibels(value: float) -> float | None:
    """20 log10, or None for silence."""
    return 20 * log10(value) if value > _SILENT else None


def k_weighting(rate: int) -> NDArray[np.float64]:
    """Second-order sections, shape (2, 6), of the K filter at ``rate`` Hz: the shelf and the high-pass."""
    k = tan(pi * 1681.974450955533 / rate)
    q, high = 0.7071752369554196, 10 ** (3.999843853973347 / 20)
    middle = high**0.4996667741545416
    a0 = 1 + k / q + k * k
    shelf = [(high + middle * k / q + k * k) / a0, 2 * (k * k - high) / a0, (high - middle * k / q + k * k) / a0,
             1.0, 2 * (k * k - 1) / a0, (1 - k / q + k * k) / a0]
    k, q = tan(pi * 38.13547087602444 / rate), 0.5003270373238773
    a0 = 1 + k / q + k * k
    return np.array([shelf, [1.0, -2.0, 1.0, 1.0, 2 * (k * k - 1) / a0, (1 - k / q + k * k) / a0]])


@cache
def _k_spectrum(rate: int) -> NDArray[np.complex128]:
    """What a spectrum of ``_AT_ONCE`` + 1 steps is multiplied by: the K filter, its response cut after one step.

    The uncut response, sampled in frequency, wraps round after 0.8 s, where nothing is left of it.
    """
    step = round(rate / 10)
    size = (_AT_ONCE + 1) * step
    delay = np.exp(-2j * pi * np.arange(size // 2 + 1) / size)
    powers = np.stack([np.ones_like(delay), delay, delay**2])
    response = np.prod([row[:3] @ powers / (row[3:] @ powers) for row in k_weighting(rate)], axis=0)
    return np.fft.rfft(np.fft.irfft(response, size)[:step + 1], size)


class LoudnessMeter:
    """Integrated loudness of what is fed to it. Keeps one number for every 100 ms, and under 0.9 s of sound."""

    def __init__(self, rate: int, channels: int) -> None:
        if channels not in _WEIGHTS or rate < 8000:
            raise BadInput(f"loudness of {channels} channels at {rate} Hz is not defined")
        self._filter = _k_spectrum(rate)
        self._weights = np.array(_WEIGHTS[channels])
        self._step = round(rate / 10)
        self._energies: list[NDArray[np.float64]] = []
        # The last step that was filtered, then the frames that are not yet.
        self._held = np.zeros(((_AT_ONCE + 1) * self._step, channels), np.float32)
        self._count = self._step

    def feed(self, samples: Samples) -> None:
        """Frames in order, shape (frames, channels)."""
        start = 0
        while start < len(samples):
            piece = samples[start:start + len(self._held) - self._count]
            self._held[self._count:self._count + len(piece)] = piece
            self._count += len(piece)
            start += len(piece)
            if self._count == len(self._held):
                self._filter_steps()

    def _filter_steps(self) -> None:
        """Overlap-save: the energies of the whole steps held, of which the last stays as the next ones' past."""
        steps = self._count // self._step - 1
        spectra = np.fft.rfft(self._held.T.astype(np.float64), axis=1) * self._filter
        filtered = np.fft.irfft(spectra, len(self._held), axis=1)[:, self._step:(steps + 1) * self._step]
        energies = np.square(filtered).reshape(-1, steps, self._step).mean(axis=2)
        self._energies.append(self._weights @ energies)
        kept = self._held[steps * self._step:self._count].copy()
        self._count = len(kept)
        self._held[:self._count] = kept

    def integrated(self) -> float | None:
        """LUFS of everything so far; None: too short or too quiet."""
        if self._count >= 2 * self._step:
            self._filter_steps()
        steps = np.concatenate([np.zeros(0), *self._energies])
        if len(steps) < 4:
            return None
        sums = np.convolve(steps, np.full(4, 0.25), mode="valid")
        loud = sums[sums > 10 ** ((-70 + 0.691) / 10)]
        if not len(loud):
            return None
        gated = loud[loud > loud.mean() * 0.1]
        return float(-0.691 + 10 * np.log10(gated.mean()))


@cache
def _kernels() -> NDArray[np.float32]:
    """Windowed-sinc interpolators, shape (3, 32): row p reads the signal (p + 1) / 4 of a sample later."""
    half = _TAPS // 2
    times = np.arange(1 - half, half + 1) - np.arange(1, _OVER)[:, None] / _OVER
    rows = np.sinc(times) * np.i0(8.0 * np.sqrt(1 - (times / half) ** 2)) / np.i0(8.0)
    kernels: NDArray[np.float32] = (rows / rows.sum(axis=1, keepdims=True)).astype(np.float32)
    return kernels


class PeakMeter:
    """Oversampled peaks of what is fed to it."""

    def __init__(self, channels: int) -> None:
        self._tail = np.zeros((_TAPS - 1, channels), np.float32)
        self.highest = 0.0

    def feed(self, samples: Samples) -> NDArray[np.float32]:
        """For each frame, delayed by :data:`DELAY` frames, the highest true peak of all channels until the next."""
        if not len(samples):
            return np.zeros(0, np.float32)
        joined = np.concatenate([self._tail, samples])
        self._tail = joined[len(joined) - _TAPS + 1:]
        peaks = np.zeros(len(samples), np.float32)
        for channel in np.ascontiguousarray(joined.T):
            np.maximum(peaks, np.abs(channel[_TAPS // 2 - 1:][:len(samples)]), out=peaks)
            for kernel in _kernels():
                between: Any = np.convolve(channel, kernel[::-1], mode="valid")
                np.maximum(peaks, np.abs(between), out=peaks)
        self.highest = max(self.highest, float(peaks.max()))
        return peaks

    def finish(self) -> NDArray[np.float32]:
        """The peaks still in the filter; feed nothing afterwards."""
        return self.feed(np.zeros((DELAY, self._tail.shape[1]), np.float32))


DELAY = _TAPS // 2
"""Frames by which :meth:`PeakMeter.feed` lags."""


def measure(blocks: Iterable[Signal]) -> Loudness:
    """Loudness and true peak of consecutive signals of one rate and channel count. Raises :class:`BadInput`."""
    meter: LoudnessMeter | None = None
    peaks: PeakMeter | None = None
    kind = (0, 0)
    for block in blocks:
        if meter is None or peaks is None:
            kind = (block.rate, block.channels)
            meter, peaks = LoudnessMeter(*kind), PeakMeter(block.channels)
        elif kind != (block.rate, block.channels):
            raise BadInput("rate or channels change within what is measured")
        meter.feed(block.samples)
        peaks.feed(block.samples)
    if meter is None or peaks is None:
        return Loudness(integrated=None, true_peak=None)
    peaks.finish()
    return Loudness(integrated=meter.integrated(), true_peak=decibels(peaks.highest))
