"""Sound as the domain knows it: signals, stems, loudness.

A :class:`Signal` is samples in memory, float32 in [-1, 1], shape ``(frames, channels)``; it is for lines and
blocks, never for a whole film, which stays in files and is read block by block.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from ciak.errors import BadInput
from ciak.film.model import FilmModel

__all__ = ["Loudness", "Samples", "Signal", "StemKind"]

Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Signal:
    """``samples``: float32, shape (frames, channels); ``rate``: frames a second."""

    samples: Samples
    rate: int

    def __post_init__(self) -> None:
        if self.samples.ndim != 2 or self.samples.dtype != np.float32:
            raise BadInput("a signal is float32 of shape (frames, channels)")

    @classmethod
    def mono(cls, samples: NDArray[np.floating], rate: int) -> Signal:
        """A one-channel signal of a one-dimensional array."""
        return cls(np.ascontiguousarray(samples, dtype=np.float32).reshape(-1, 1), rate)

    @classmethod
    def silence(cls, duration: Fraction, rate: int, channels: int = 1) -> Signal:
        """Zeros for ``duration`` seconds."""
        return cls(np.zeros((round(duration * rate), channels), np.float32), rate)

    @property
    def frames(self) -> int:
        """Sample frames."""
        return int(self.samples.shape[0])

    @property
    def channels(self) -> int:
        """Channels."""
        return int(self.samples.shape[1])

    @property
    def duration(self) -> Fraction:
        """Length in seconds, exact."""
        return Fraction(self.frames, self.rate)

    def mixed_down(self) -> Samples:
        """One-dimensional mean of the channels."""
        mean: Samples = self.samples.mean(axis=1, dtype=np.float32)
        return mean

    def cut(self, start: Fraction, end: Fraction) -> Signal:
        """The part from ``start`` to ``end`` seconds, as a view."""
        return Signal(self.samples[max(0, round(start * self.rate)):max(0, round(end * self.rate))], self.rate)


class StemKind(StrEnum):
    """Submixes that leave the house."""

    DIALOGUE = "DX"
    MUSIC_EFFECTS = "ME"
    MIX = "MIX"


class Loudness(FilmModel):
    """What ITU-R BS.1770 says of a programme. None: too quiet or too short to be measured."""

    integrated: float | None
    """LUFS."""
    true_peak: float | None
    """dBTP, oversampled."""
