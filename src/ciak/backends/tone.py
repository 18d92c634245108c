"""The tone that lies over a finished voice: levels in third octaves, laid on by a filter.

The filter is of minimum phase (the cepstrum folded: Oppenheim and Schafer, Discrete-Time Signal Processing), so that
nothing comes early; length and loudness stay.
"""

from __future__ import annotations

import numpy as np

from ciak.backends.protocols import TONES
from ciak.film.sound import Samples

__all__ = ["coloured"]

_TAPS = 1024


def coloured(sound: Samples, rate: int, tone: tuple[float, ...]) -> Samples:
    """``sound`` (samples,) through the filter of ``tone``, as long and no louder than full scale."""
    tones = np.fft.rfftfreq(_TAPS, 1 / rate)
    told = np.interp(np.log(np.maximum(tones, 20.0)), np.log(TONES), tone)
    cepstrum = np.fft.irfft(told * np.log(10) / 20, _TAPS)
    folded = np.zeros(_TAPS)
    folded[0], folded[_TAPS // 2] = cepstrum[0], cepstrum[_TAPS // 2]
    folded[1:_TAPS // 2] = 2 * cepstrum[1:_TAPS // 2]
    taps = np.fft.irfft(np.exp(np.fft.rfft(folded)), _TAPS)[:_TAPS // 2]
    size = 1 << int(np.ceil(np.log2(max(2, len(sound) + len(taps)))))
    made = np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(taps, size), size)[:len(sound)]
    before, after = (float(np.sqrt(np.mean(np.square(one, dtype=np.float64)))) for one in (sound, made)) if len(
        sound) else (1.0, 1.0)
    made *= before / max(after, 1e-9)
    return np.asarray(made / max(1.0, float(np.abs(made).max(initial=0.0)) / 0.98), np.float32)
