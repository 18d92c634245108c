"""Programme loudness (ITU-R BS.1770-4, EBU R 128) and true peak, block by block in bounded memory.

K-weighting is computed for any rate from the analogue prototype; loudness is gated at -70 LUFS and 10 LU below
the ungated mean. True peak is oversampled four times by a 32-tap polyphase filter.

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

from ciak.errors import BackendError, BadInput
from ciak.film.sound import Loudness, Samples, Signal

__all__ = ["LoudnessMeter", "PeakMeter", "decibels", "k_weighting", "measure"]

_WEIGHTS = {1: (1.0,), 2: (1.0, 1.0), 3: (1.0, 1.0, 1.0), 4: (1.0, 1.0, 1.41, 1.41),
            5: (1.0, 1.0, 1.0, 1.41, 1.41), 6: (1.0, 1.0, 1.0, 0.0, 1.41, 1.41)}
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


class LoudnessMeter:
    """Integrated loudness of what is fed to it. Keeps one number for every 100 ms."""

    def __init__(self, rate: int, channels: int) -> None:
        if channels not in _WEIGHTS or rate < 8000:
            raise BadInput(f"loudness of {channels} channels at {rate} Hz is not defined")
        self._filter = k_weighting(rate)
        self._state = np.zeros((2, channels, 2))
        self._weights = np.array(_WEIGHTS[channels])
        self._step = round(rate / 10)
        self._energies: list[NDArray[np.float64]] = []
        self._open = np.zeros(0)

    def feed(self, samples: Samples) -> None:
        """Frames in order, shape (frames, channels)."""
        if not len(samples):
            return
        try:
            from scipy.signal import sosfilt
        except ImportError:
            raise BackendError("loudness cannot be measured: scipy is not installed",
                               remedy="pip install 'ciak[dubbing]'") from None
        planar = np.ascontiguousarray(samples.T, dtype=np.float64)
        filtered, self._state = sosfilt(self._filter, planar, axis=1, zi=self._state)
        power = np.concatenate([self._open, self._weights @ (filtered**2)])
        whole = len(power) // self._step * self._step
        self._energies.append(power[:whole].reshape(-1, self._step).mean(axis=1))
        self._open = power[whole:]

    def integrated(self) -> float | None:
        """LUFS of everything so far; None: too short or too quiet."""
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
