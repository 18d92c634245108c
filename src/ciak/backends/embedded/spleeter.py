"""Spleeter's two-stem network, as a stream: a separator of its own, and half of the default one.

The sound goes through a short-time Fourier transform (4,096 samples, hop 1,024, periodic Hann); the network looks
at 512 frames (11.9 s) at a time and estimates the magnitudes of voice and of all else; the share of the voice's
power is a mask, and the masked frames, added up, are the dialogue. Music and effects are what remains of the
input, so that the two always sum to it.

Windows overlap by 64 frames (1.5 s), over which their masks are cross-faded: the original cuts hard there. The
network sees nothing above 11 kHz; there the mask is its mean over the octave below (5.5 to 11 kHz), so that a
sibilant goes whole with its voice.

Trained on music, not on films: it takes singing and murmurs for dialogue too, and leaves a trace of speech in the
effects.

Method: R. Hennequin et al., JOSS 5(50), 2020; the ratio mask (exponent 2) and its constant are Spleeter's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ciak.backends.protocols import Separated
from ciak.config import Settings
from ciak.errors import BackendError
from ciak.film.sound import Samples, Signal
from ciak.models import OnnxEngine, open_onnx

__all__ = ["SpleeterSeparator", "VoiceStream", "create"]

FRAME, HOP = 4096, 1024
BINS = FRAME // 2 + 1
WINDOW, OVERLAP = 512, 64
"""Frames that the network sees at once, and how many of them the next window sees again."""
SEEN = 1024
"""Bins that the network sees."""
_ADVANCE = WINDOW - OVERLAP
_HANN = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(FRAME) / FRAME)).astype(np.float32)
_RESTORE = np.float32(2 / 3)
"""Hann squared at a quarter's hop sums to 3/2."""
_EPSILON = np.float32(1e-10)

Spectra = NDArray[np.complex64]
"""Shape (channels, frames, BINS)."""
Masks = NDArray[np.float32]
"""Shape (channels, frames, BINS), in [0, 1]."""


class SpleeterSeparator:
    """See :class:`ciak.backends.protocols.Separator`."""

    name = "spleeter"
    version = "1"
    models: ClassVar[tuple[str, ...]] = ("spleeter-2stems",)
    rate: ClassVar[int] = 44_100
    channels: ClassVar[int] = 2

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def separate(self, blocks: Iterable[Signal]) -> Iterator[Separated]:
        """See the Protocol. Pairs come ten seconds at a time. Raises :class:`~ciak.errors.BackendError` for sound
        that is not 44.1 kHz stereo, :class:`~ciak.errors.ModelAbsent` for an absent model."""
        engine = open_onnx("spleeter-2stems", "separator.onnx", self._settings)
        stream = _Stream(engine)
        for block in blocks:
            if block.rate != self.rate or block.channels != self.channels:
                raise BackendError(f"spleeter takes {self.rate} Hz stereo, not {block.rate} Hz with "
                                   f"{block.channels} channels")
            yield from stream.push(block.samples)
        yield from stream.finish()


class VoiceStream:
    """The dialogue alone, for who makes more of it: samples at 44.1 kHz, stereo, in and out."""

    rate: ClassVar[int] = SpleeterSeparator.rate

    def __init__(self, settings: Settings) -> None:
        self._stream = _Stream(open_onnx("spleeter-2stems", "separator.onnx", settings))

    def push(self, samples: Samples) -> Iterator[Samples]:
        """Take more input; the dialogue of what is finished."""
        return (pair.dialogue.samples for pair in self._stream.push(samples))

    def finish(self) -> Iterator[Samples]:
        """The dialogue of all that is left."""
        return (pair.dialogue.samples for pair in self._stream.finish())


class _Stream:
    """The state of one separation; its size does not depend on the length of the sound."""

    def __init__(self, engine: OnnxEngine) -> None:
        self._engine = engine
        lead = FRAME - HOP
        self._samples: Samples = np.zeros((lead, 2), np.float32)  # not yet transformed; silence leads in
        self._spectra: list[Spectra] = []  # transformed, not yet separated
        self._frames = 0
        self._tail: Masks | None = None  # the last window's opinion of the first OVERLAP frames
        self._unheard: Samples = np.zeros((0, 2), np.float32)  # input whose dialogue is not finished
        self._sum: Samples = np.zeros((lead, 2), np.float32)  # overlap-add, not yet complete
        self._skip = lead

    def push(self, samples: Samples) -> Iterator[Separated]:
        """Take more input; yield what is finished."""
        # Pieces, so that a caller's giant block costs no more memory than small ones.
        for start in range(0, len(samples), FRAME * 64):
            piece = samples[start:start + FRAME * 64]
            self._unheard = np.concatenate([self._unheard, piece])
            self._transform(piece)
            while self._frames >= WINDOW:
                yield from self._window(_ADVANCE, last=False)

    def finish(self) -> Iterator[Separated]:
        """Yield all that is left."""
        owed = len(self._unheard)
        if owed == 0:
            return
        # Silence leads out until every sample has been in four frames.
        self._transform(np.zeros((FRAME - len(self._samples) % HOP, 2), np.float32))
        while owed:
            for separated in self._window(min(_ADVANCE, self._frames), last=self._frames <= WINDOW):
                owed -= separated.dialogue.frames
                yield separated

    def _transform(self, piece: Samples) -> None:
        held = np.concatenate([self._samples, piece])
        count = max(0, (len(held) - FRAME) // HOP + 1)
        if count:
            frames = np.lib.stride_tricks.sliding_window_view(held, FRAME, axis=0)[::HOP][:count]
            spectra = np.fft.rfft(frames.transpose(1, 0, 2) * _HANN, axis=-1)
            self._spectra.append(np.asarray(spectra, np.complex64))
            self._frames += count
        self._samples = held[count * HOP:].copy()

    def _window(self, advance: int, *, last: bool) -> Iterator[Separated]:
        """Separate the first window of what waits and finish its first ``advance`` frames (all of them when
        ``last``)."""
        spectra = np.concatenate(self._spectra, axis=1)
        window = spectra[:, :WINDOW]
        masks = self._masks(window)
        if self._tail is not None:
            shared = min(OVERLAP, masks.shape[1])
            fade = ((np.arange(shared, dtype=np.float32) + 1) / (OVERLAP + 1))[None, :, None]
            masks[:, :shared] = fade * masks[:, :shared] + (1 - fade) * self._tail[:, :shared]
        if last:
            advance = window.shape[1]
        self._tail = None if last else masks[:, advance:advance + OVERLAP].copy()
        self._spectra = [spectra[:, advance:].copy()]
        self._frames -= advance
        yield from self._resynthesise(window[:, :advance] * masks[:, :advance])

    def _masks(self, window: Spectra) -> Masks:
        """The voice's share of the power in every bin of at most WINDOW frames."""
        frames = window.shape[1]
        seen = np.zeros((1, 2, WINDOW, SEEN), np.float32)
        seen[0, :, :frames] = np.abs(window[:, :, :SEEN])
        masks = np.zeros((2, frames, BINS), np.float32)
        if not seen.any():
            return masks
        voice, rest = self._engine.run({"spectrum": seen}, ["vocals", "accompaniment"])
        power = np.square(voice[0, :, :frames])
        total = power + np.square(rest[0, :, :frames]) + _EPSILON
        np.divide(power + _EPSILON / 2, total, out=masks[:, :, :SEEN])
        masks[:, :, SEEN:] = masks[:, :, SEEN // 2:SEEN].mean(axis=-1, keepdims=True)
        return masks

    def _resynthesise(self, spectra: Spectra) -> Iterator[Separated]:
        frames = np.asarray(np.fft.irfft(spectra, FRAME, axis=-1), np.float32) * (_HANN * _RESTORE)
        count = frames.shape[1]
        length = count * HOP
        total = np.zeros((length + FRAME - HOP, 2), np.float32)
        total[:FRAME - HOP] = self._sum
        # Four interleaved runs of frames that touch but do not overlap: four additions instead of one per frame.
        for quarter in range(FRAME // HOP):
            run = total[quarter * HOP:quarter * HOP + length].reshape(count, HOP, 2)
            run += frames[:, :, quarter * HOP:(quarter + 1) * HOP].transpose(1, 2, 0)
        self._sum = total[length:]
        skipped = min(self._skip, length)
        self._skip -= skipped
        dialogue = total[skipped:length][:len(self._unheard)]
        heard, self._unheard = self._unheard[:len(dialogue)], self._unheard[len(dialogue):].copy()
        if len(dialogue):
            kept = np.ascontiguousarray(dialogue)
            yield Separated(Signal(kept, SpleeterSeparator.rate), Signal(heard - kept, SpleeterSeparator.rate))


def create(settings: Settings) -> SpleeterSeparator:
    """The factory of the entry point."""
    return SpleeterSeparator(settings)
