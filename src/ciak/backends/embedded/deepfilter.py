"""DeepFilterNet 3 on a window of sound: what is spoken, out of everything else.

20 ms frames every 10 ms (Vorbis window) give two features, each taken relative to its own recent mean: the power of
32 bands on the ERB scale, and the lowest 96 bins. The networks answer with a gain per band and, for the 96 bins,
with a complex filter over five frames, which also puts harmonics together again.

Method: H. Schroeter et al., "DeepFilterNet: A Low Complexity Speech Enhancement Framework for Full-Band Audio based
on Deep Filtering", ICASSP 2022; the numbers are those that the network was trained with. It was trained on voices
near a microphone: a shout or a song far away may be taken for noise.
"""

from __future__ import annotations

from itertools import pairwise
from math import exp, log1p

import numpy as np
from numpy.typing import NDArray

from ciak.config import Settings
from ciak.models import open_onnx

__all__ = ["RATE", "DeepFilter"]

RATE = 48000
_FRAME, _HOP = 960, 480
_BANDS, _FILTERED, _ORDER, _AHEAD = 32, 96, 5, 2
_KEEP = 0.99
"""Of the running means, per frame: a time constant of one second."""
_WINDOW = np.sin(np.pi / 2 * np.sin(np.pi * (np.arange(_FRAME) + 0.5) / _FRAME) ** 2).astype(np.float32)

Mono = NDArray[np.float32]


def band_widths() -> list[int]:
    """Bins of each of the 32 bands, alike on the ERB scale (Glasberg and Moore 1990), at least two."""
    top = 9.265 * log1p(RATE / 2 / (24.7 * 9.265))
    widths: list[int] = []
    before = owed = 0
    for number in range(1, _BANDS + 1):
        edge = round(24.7 * 9.265 * (exp(number * top / _BANDS / 9.265) - 1) * _FRAME / RATE)
        width = edge - before - owed
        owed, width = max(0, 2 - width), max(2, width)
        widths.append(width)
        before = edge
    widths[-1] += _FRAME // 2 + 1 - sum(widths)
    return widths


class DeepFilter:
    """The three graphs, opened. Raises :class:`~ciak.errors.ModelAbsent`."""

    def __init__(self, settings: Settings) -> None:
        self._encoder, self._gains, self._filter = (
            open_onnx("deepfilternet3", f"{name}.onnx", settings) for name in ("enc", "erb_dec", "df_dec"))
        self._widths = band_widths()

    def voice(self, samples: Mono) -> Mono:
        """What is spoken in ``samples`` (48 kHz mono), in place and of the same length."""
        padded = np.concatenate([np.zeros(_HOP, np.float32), samples, np.zeros(_FRAME + _HOP, np.float32)])
        frames = np.lib.stride_tricks.sliding_window_view(padded, _FRAME)[::_HOP]
        spectra = (np.fft.rfft(frames * _WINDOW, axis=1) / _FRAME).astype(np.complex64)
        low = spectra[:, :_FILTERED]
        told = self._encoder.run({"feat_erb": _ahead(self._powers(spectra))[None, None],
                                  "feat_spec": np.stack([(part := _ahead(_unit(low))).real, part.imag])[None]},
                                 ["e0", "e1", "e2", "e3", "emb", "c0"])
        parts = dict(zip(("e0", "e1", "e2", "e3", "emb", "c0"), told, strict=True))
        gains = self._gains.run({name: parts[name] for name in ("emb", "e3", "e2", "e1", "e0")}, ["m"])[0][0, 0]
        taps = self._filter.run({name: parts[name] for name in ("emb", "c0")}, ["coefs"])[0][0]
        clean = spectra * np.repeat(gains, self._widths, axis=1)
        taps = taps.reshape(len(spectra), _FILTERED, _ORDER, 2)
        around = np.pad(low, ((_ORDER - 1 - _AHEAD, _AHEAD), (0, 0)))
        clean[:, :_FILTERED] = sum(around[tap:tap + len(low)] * (taps[:, :, tap, 0] + 1j * taps[:, :, tap, 1])
                                   for tap in range(_ORDER))
        pieces = np.fft.irfft(clean * _FRAME, _FRAME, axis=1) * _WINDOW
        total = np.zeros((len(pieces) + 1, _HOP))
        total[:-1] += pieces[:, :_HOP]
        total[1:] += pieces[:, _HOP:]
        return total.ravel()[_HOP:_HOP + len(samples)].astype(np.float32)

    def _powers(self, spectra: NDArray[np.complex64]) -> NDArray[np.float32]:
        """Levels of the bands against their running means, in 40 dB."""
        power = np.abs(spectra) ** 2
        edges = np.cumsum([0, *self._widths])
        levels = 10 * np.log10(np.stack([power[:, a:b].mean(axis=1) for a, b in pairwise(edges)], axis=1) + 1e-10)
        mean = np.linspace(-60, -90, _BANDS)
        out = np.empty(levels.shape, np.float32)
        for row, level in enumerate(levels):
            mean = _KEEP * mean + (1 - _KEEP) * level
            out[row] = (level - mean) / 40
        return out


def _unit(low: NDArray[np.complex64]) -> NDArray[np.complex64]:
    """The lowest bins over the root of their running mean magnitudes."""
    mean = np.linspace(1e-3, 1e-4, _FILTERED)
    out = np.empty(low.shape, np.complex64)
    for row, size in enumerate(np.abs(low)):
        mean = _KEEP * mean + (1 - _KEEP) * size
        out[row] = low[row] / np.sqrt(mean)
    return out


def _ahead(feature: NDArray[np.generic]) -> NDArray[np.generic]:
    """Each frame sees what comes two frames later."""
    return np.concatenate([feature[_AHEAD:], np.zeros((_AHEAD, feature.shape[1]), feature.dtype)])
