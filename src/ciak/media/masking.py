"""How much a sound may be changed, band by band, before it is heard: a masking threshold.

Johnston (1988), "Transform coding of audio signals using perceptual noise criteria": energy in critical bands, spread
by Schroeder's function, lowered by an offset between that of a tone that masks noise (14.5 dB and the band's number)
and that of noise (5.5 dB), by the flatness of the spectrum. A model of hearing in quiet surroundings at no particular
level: the threshold in quiet is left out, which makes it stricter for soft sounds. It does not know what lies before
or after a frame in time.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

__all__ = ["headroom"]

Values = NDArray[np.float64]
_TONE, _NOISE, _PURE = 14.5, 5.5, -60.0
"""Offsets in dB, and the flatness at which a spectrum is taken for tones alone."""
_LOWEST, _HIGHEST = 100.0, 8000.0
"""Hz between which flatness is measured: where speech is."""
_TINY = 1e-18


@cache
def _bands(lines: int, rate: int) -> tuple[NDArray[np.int64], Values, NDArray[np.bool_]]:
    """(critical band of each line of a spectrum, what spreads energy from band to band, the lines of speech)."""
    frequency = np.arange(lines) * rate / 2 / (lines - 1)
    # Zwicker and Terhardt (1980)
    bark = 13 * np.arctan(0.00076 * frequency) + 3.5 * np.arctan((frequency / 7500) ** 2)
    band = np.floor(bark).astype(np.int64)
    away = np.arange(int(band.max()) + 1)
    step = away[None, :] - away[:, None] + 0.474
    spread = 10 ** ((15.81 + 7.5 * step - 17.5 * np.sqrt(1 + step**2)) / 10)
    return band, spread, (frequency >= _LOWEST) & (frequency <= _HIGHEST)


def headroom(power: Values, rate: int) -> Values:
    """Masked noise over sound in the critical band of each line, as a ratio of amplitudes: how much of each line may be
    changed. ``power``: power spectra, shape (frames, lines), the last line at half the ``rate`` in Hz."""
    lines = power.shape[1]
    band, spread, speech = _bands(lines, rate)
    grouped = np.zeros((lines, len(spread)))
    grouped[np.arange(lines), band] = 1
    energy = power @ grouped
    heard = power[:, speech] + _TINY
    flatness = 10 * np.log10(np.exp(np.log(heard).mean(axis=1)) / heard.mean(axis=1))
    tonal = np.minimum(flatness / _PURE, 1.0)[:, None]
    offset = tonal * (_TONE + np.arange(1, len(spread) + 1)) + (1 - tonal) * _NOISE
    masked = (energy @ spread) / spread.sum(axis=0) * 10 ** (-offset / 10)
    return np.asarray(np.sqrt(masked / (energy + _TINY))[:, band])
