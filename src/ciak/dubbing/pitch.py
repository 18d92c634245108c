"""The pitch of a voice: its median, by which a stock voice of the likely sex is chosen, and what a frame may sound.

Method: the cumulative mean normalised difference function of YIN (de Cheveigne and Kawahara, 2002), computed
through the FFT on 40 ms frames between 60 and 400 Hz; the dip's place is refined by a
parabola, frames whose dip is not deep are unvoiced. The border at
165 Hz lies between the usual medians of male (about 120 Hz) and female (about 210 Hz) speech. It is a guess
about a voice, not about a person.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ciak.film import Sex, Signal
from ciak.film.sound import Samples

__all__ = ["BORDER", "differences", "guess_sex", "median_pitch"]

BORDER = 165.0
_LOW, _HIGH = 60.0, 400.0
_VOICED = 0.2


def median_pitch(signal: Signal) -> float | None:
    """Median fundamental frequency of a mono signal, Hz; None when fewer than 10 frames are voiced."""
    samples, rate = signal.mixed_down(), signal.rate
    window, hop = int(rate * 0.04), int(rate * 0.02)
    longest, shortest = int(rate / _LOW), int(rate / _HIGH)
    size = window + longest
    if len(samples) < size:
        return None
    starts = np.arange(0, len(samples) - size + 1, hop)
    if len(starts) > 3000:
        starts = starts[:: len(starts) // 3000 + 1]
    frames = np.stack([samples[s:s + size] for s in starts])
    loud = np.sqrt(np.mean(frames**2, axis=1))
    frames = frames[loud > max(1e-4, 0.3 * float(np.percentile(loud, 90)))]
    pitches = [pitch for frame in frames if (pitch := _frame_pitch(frame, window, shortest, longest, rate))]
    return float(np.median(pitches)) if len(pitches) >= 10 else None


def differences(frames: Samples, window: int, longest: int) -> NDArray[np.float64]:
    """The cumulative mean normalised difference of each frame, (frames, longest + 1): the lower at a lag, the surer
    the frame repeats itself after so many samples. ``frames``: (frames, at least window + longest)."""
    size = 1 << int(np.ceil(np.log2(frames.shape[1] + window)))
    head = np.fft.rfft(frames[:, :window], size, axis=1)
    correlation = np.fft.irfft(np.conj(head) * np.fft.rfft(frames, size, axis=1), size, axis=1)[:, :longest + 1]
    power = np.pad(np.cumsum(frames.astype(np.float64) ** 2, axis=1), ((0, 0), (1, 0)))
    lags = np.arange(longest + 1)
    difference = power[:, [window]] + (power[:, lags + window] - power[:, lags]) - 2 * correlation
    running = np.cumsum(difference[:, 1:], axis=1) / np.arange(1, longest + 1)
    normal = np.ones((len(frames), longest + 1))
    normal[:, 1:] = difference[:, 1:] / np.maximum(running, 1e-12)
    return normal


def _frame_pitch(frame: Samples, window: int, shortest: int, longest: int, rate: int) -> float | None:
    normal = differences(frame[None], window, longest)[0]
    below = np.nonzero(normal[shortest:] < _VOICED)[0]
    if not len(below):
        return None
    lag = int(below[0]) + shortest
    while lag + 1 <= longest and normal[lag + 1] < normal[lag]:
        lag += 1
    if not shortest < lag < longest:
        return rate / lag
    before, here, after = normal[lag - 1:lag + 2]
    curve = before - 2 * here + after
    return rate / (lag + (0.5 * (before - after) / curve if curve > 0 else 0.0))


def guess_sex(pitch: float | None) -> Sex:
    """What ``pitch`` suggests."""
    if pitch is None:
        return Sex.UNKNOWN
    return Sex.FEMALE if pitch >= BORDER else Sex.MALE
