"""Rate conversion and even blocks. soxr (very high quality, linear phase); output is aligned with input.

A stream of ``n`` frames becomes ``round(n * to / from)`` frames; sample 0 stays at moment 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any

import numpy as np

from ciak.errors import BackendError, BadInput
from ciak.film.sound import Samples, Signal
from ciak.media.channels import LAYOUTS, matrix

__all__ = ["Resampler", "even_blocks", "gathered", "resample_blocks"]


class Resampler:
    """Streaming conversion from ``source`` to ``target`` Hz of float32 (frames, channels) arrays."""

    def __init__(self, source: int, target: int, channels: int) -> None:
        self._ratio = Fraction(target, source)
        self._taken = self._given = 0
        self._channels = channels
        self._stream: Any = None if source == target else _stream(source, target, channels)

    def feed(self, samples: Samples, last: bool = False) -> Samples:
        """The frames that are ready; with ``last`` all that remain."""
        if self._stream is None:
            return samples
        self._taken += len(samples)
        ready = np.asarray(self._stream.resample_chunk(np.ascontiguousarray(samples), last=last), np.float32)
        ready = ready.reshape(-1, self._channels)
        if last:
            wanted = round(self._taken * self._ratio) - self._given
            if len(ready) < wanted:
                ready = np.concatenate([ready, np.zeros((wanted - len(ready), self._channels), np.float32)])
            ready = ready[:max(0, wanted)]
        self._given += len(ready)
        return ready


def _stream(source: int, target: int, channels: int) -> Any:
    try:
        import soxr
    except ImportError:
        raise BackendError(f"sound at {source} Hz cannot be converted to {target} Hz: soxr is not installed",
                           remedy="pip install 'ciak[dubbing]'") from None
    return soxr.ResampleStream(source, target, channels, dtype="float32", quality="VHQ")


def gathered(arrays: Iterable[Samples], least: int) -> Iterator[Samples]:
    """The same frames in arrays of at least ``least`` frames but the last, so that each costs less."""
    waiting: list[Samples] = []
    held = 0
    for array in arrays:
        waiting.append(array)
        held += len(array)
        if held >= least:
            yield np.concatenate(waiting)
            waiting, held = [], 0
    if held:
        yield np.concatenate(waiting)


def even_blocks(arrays: Iterable[Samples], rate: int, frames: int) -> Iterator[Signal]:
    """Signals of exactly ``frames`` frames; the last may be shorter, never empty."""
    waiting: list[Samples] = []
    held = 0
    for array in arrays:
        if not len(array):
            continue
        waiting.append(array)
        held += len(array)
        if held < frames:
            continue
        whole = waiting[0] if len(waiting) == 1 else np.concatenate(waiting)
        for start in range(0, held - frames + 1, frames):
            yield Signal(whole[start:start + frames], rate)
        waiting = [whole[held - held % frames:]]
        held %= frames
    if held:
        yield Signal(np.concatenate(waiting), rate)


def resample_blocks(blocks: Iterable[Signal], rate: int, channels: int | None = None,
                    frames: int = 65536) -> Iterator[Signal]:
    """Consecutive signals in, the same sound at ``rate`` in ``channels`` (unchanged by default) out.

    Memory does not grow with their number. Raises :class:`BadInput` when rate or channels change on the way.
    """
    if rate <= 0:
        raise BadInput(f"a sample rate of {rate} cannot be")
    return even_blocks(_converted(blocks, rate, channels), rate, frames)


def _converted(blocks: Iterable[Signal], rate: int, channels: int | None) -> Iterator[Samples]:
    converter: Resampler | None = None
    source = (0, 0)
    fold = np.eye(1, dtype=np.float32)
    for block in blocks:
        if converter is None:
            source = (block.rate, block.channels)
            names = LAYOUTS.get(block.channels) or tuple(str(n) for n in range(block.channels))
            fold = matrix(names, channels or block.channels)
            converter = Resampler(block.rate, rate, fold.shape[1])
        elif (block.rate, block.channels) != source:
            raise BadInput(f"sound changes from {source} to {(block.rate, block.channels)} (Hz, channels) midway")
        yield converter.feed(block.samples if fold.shape[0] == fold.shape[1] else block.samples @ fold)
    if converter is not None:
        yield converter.feed(np.zeros((0, fold.shape[1]), np.float32), last=True)
