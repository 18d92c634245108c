"""Where music is, by the speech/music/noise network of inaSpeechSegmenter.

Ten times a second the network looks at 0.7 s of a mel spectrogram and says how likely its middle is speech, music or
noise; the likeliest course of the three through the film, in which a change has its price, is what is told. Only
music is: "noise" is anything else, which is no caption, and speech is another's task. It does not know one music from
another, nor singing from speech over music; music far below speech it takes for speech.

Source: D. Doukhan et al., "An open-source speaker gender detection framework for monitoring gender equality", ICASSP
2018; the mel bands are those of SIDEKIT (A. Larcher et al. 2016): 24 triangles from 100 to 8000 Hz, 21 of them used.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ciak.backends.protocols import Heard
from ciak.config import Settings
from ciak.errors import BackendError
from ciak.film.sound import Samples, Signal
from ciak.film.time import Span
from ciak.models import OnnxEngine, open_onnx

__all__ = ["InaHearer", "create", "likeliest", "listened", "music_of"]

SPEECH, MUSIC, NOISE = range(3)
WINDOW, SHIFT, SIZE = 400, 160, 512
"""Samples of a frame, between frames, of its spectrum."""
BANDS, USED = 24, 21
LOWEST, HIGHEST = 100.0, 8000.0
"""Hz."""
PATCH, STEP = 68, 10
"""Frames that the network sees, frames between two looks."""
CHANGE = 16 * np.log(10)
"""Price of a change, in nats a look: the published 80 decades at 50 looks a second, for 10 a second."""
SILENT = 1e-6
"""Mean power below which nothing is heard: -60 dB of full scale."""
SHORTEST = Fraction(1)
"""Music shorter than this, seconds, is not told."""
_BATCH = 100
_FLOOR = 1e-10
Spectrum = NDArray[np.float32]


class InaHearer:
    """See :class:`ciak.backends.protocols.Hearer`."""

    name = "ina"
    version = "1"
    models: ClassVar[tuple[str, ...]] = ("ina-sounds",)
    rate: ClassVar[int] = 16_000

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def labels(self) -> frozenset[str]:
        """Music, and nothing else."""
        return frozenset({"music"})

    def hear(self, blocks: Iterable[Signal]) -> tuple[Heard, ...]:
        """See the Protocol. Raises :class:`~ciak.errors.BackendError` for sound that is not 16 kHz mono."""
        return tuple(music_of(*listened(blocks, self._settings)))


def music_of(shares: NDArray[np.float32], length: Fraction) -> list[Heard]:
    """The music in what the network said at each look (see :func:`listened`) of ``length`` seconds, in order."""
    if not len(shares):
        return []
    music = likeliest(shares) == MUSIC
    edges = np.flatnonzero(np.diff(np.concatenate([[0], music.astype(np.int8), [0]]))).reshape(-1, 2)
    looks = Fraction(InaHearer.rate, STEP * SHIFT)
    found = []
    for first, end in edges.tolist():
        span = Span.of(first / looks, min(end / looks, length))
        if span.duration >= SHORTEST:
            found.append(Heard("music", span, round(float(shares[first:end, MUSIC].mean()), 4)))
    return found


def likeliest(shares: NDArray[np.float32], change: float = float(CHANGE)) -> NDArray[np.int64]:
    """The likeliest course through ``shares`` (looks, classes) when every change costs ``change`` nats (Viterbi)."""
    scores = np.log(np.maximum(shares.astype(np.float64), _FLOOR))
    best, back = scores[0], np.zeros(scores.shape, np.int64)
    price = change * (1 - np.eye(scores.shape[1]))
    for at in range(1, len(scores)):
        ways = best[:, None] - price
        back[at] = ways.argmax(axis=0)
        best = ways.max(axis=0) + scores[at]
    course = np.zeros(len(scores), np.int64)
    course[-1] = best.argmax()
    for at in range(len(scores) - 1, 0, -1):
        course[at - 1] = back[at, course[at]]
    return course


def listened(blocks: Iterable[Signal], settings: Settings) -> tuple[NDArray[np.float32], Fraction]:
    """What the network says at each look (looks, classes), and how many seconds there were. Silence counts as noise.
    Raises :class:`~ciak.errors.BackendError` for sound that is not 16 kHz mono."""
    engine = open_onnx("ina-sounds", "sounds.onnx", settings)
    out: list[NDArray[np.float32]] = []
    length = [0]
    held, powers = np.zeros((0, USED), np.float32), np.zeros(0, np.float32)
    for mel, power in _spectra(blocks, length):
        if not len(held):
            held = np.repeat(mel[:1], PATCH // 2, axis=0)
        held, powers = np.concatenate([held, mel]), np.concatenate([powers, power])
        while len(held) >= PATCH + STEP * (_BATCH - 1):
            out.append(_looked(engine, held, powers, _BATCH))
            held, powers = held[STEP * _BATCH:], powers[STEP * _BATCH:]
    if len(powers):
        held = np.concatenate([held, np.repeat(held[-1:], PATCH // 2, axis=0)])
        out.append(_looked(engine, held, powers, -(-len(powers) // STEP)))
    return (np.concatenate(out) if out else np.zeros((0, 3), np.float32)), Fraction(length[0], InaHearer.rate)


def _looked(engine: OnnxEngine, mel: Spectrum, powers: Spectrum, count: int) -> NDArray[np.float32]:
    """``count`` looks at ``mel``, which begins half a patch before ``powers``."""
    patches = np.stack([mel[STEP * at:STEP * at + PATCH] for at in range(count)])
    mean, spread = patches.mean(axis=(1, 2), keepdims=True), patches.std(axis=(1, 2), keepdims=True)
    found: NDArray[np.float32] = engine.run({"patches": (patches - mean) / np.maximum(spread, 1e-3)})[0].copy()
    for at in range(count):
        if powers[STEP * at:STEP * (at + 1)].mean() < SILENT:
            found[at] = np.eye(3, dtype=np.float32)[NOISE]
    return found


def _spectra(blocks: Iterable[Signal], length: list[int]) -> Iterator[tuple[Spectrum, Spectrum]]:
    """Mel bands (log power) and mean power of frames, a thousand at a time so that block sizes do not matter;
    ``length[0]``: samples so far."""
    bank = _bank()
    held: Samples = np.zeros(0, np.float32)
    whole = STEP * _BATCH * SHIFT
    for block in blocks:
        if block.rate != InaHearer.rate or block.channels != 1:
            raise BackendError(f"ina takes {InaHearer.rate} Hz mono, not {block.rate} Hz with "
                               f"{block.channels} channels")
        length[0] += block.frames
        held = np.concatenate([held, block.samples[:, 0]])
        while len(held) >= whole + WINDOW:
            yield _spectrum(held[:whole + WINDOW - SHIFT], bank)
            held = held[whole:].copy()
    if len(held) >= WINDOW:
        yield _spectrum(held, bank)


def _spectrum(samples: Samples, bank: NDArray[np.float64]) -> tuple[Spectrum, Spectrum]:
    frames = np.lib.stride_tricks.sliding_window_view(samples, WINDOW)[::SHIFT].astype(np.float64)
    power = (frames ** 2).mean(axis=1)
    before = np.concatenate([frames[:, :1], frames[:, :-1]], axis=1)
    spectrum = np.abs(np.fft.rfft((frames - 0.97 * before) * np.hanning(WINDOW), SIZE, axis=1)) ** 2
    mel = np.log(spectrum @ bank.T + _FLOOR)
    return mel[:, :USED].astype(np.float32), power.astype(np.float32)


def _bank() -> NDArray[np.float64]:
    """The triangles, (bands, bins): evenly spaced in mel, each of area 1."""
    low_mel, high_mel = (2595 * float(np.log10(1 + edge / 700)) for edge in (LOWEST, HIGHEST))
    mels = np.linspace(low_mel, high_mel, BANDS + 2)
    edges = 700 * (10 ** (mels / 2595) - 1)
    bins = np.arange(SIZE // 2 + 1) * InaHearer.rate / SIZE
    low, middle, high = (edges[at:at + BANDS, None] for at in range(3))
    rising, falling = (bins - low) / (middle - low), (high - bins) / (high - middle)
    bank: NDArray[np.float64] = np.maximum(0, np.minimum(rising, falling)) * 2 / (high - low)
    return bank


def create(settings: Settings) -> InaHearer:
    """The factory of the entry point."""
    return InaHearer(settings)
