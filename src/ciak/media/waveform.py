"""Peaks of a sound at several resolutions, so that a waveform is drawn at any zoom by reading a little.

The finest level has 200 bins a second, at 48 kHz 240 samples each; sample ``i`` lies in bin ``i * 200 // rate``, so
that bin ``k`` begins at ``k / 200`` s exactly whatever the rate. A bin holds the least and the greatest sample of
all channels, signed bytes, full scale at 127. Each coarser level merges four bins of the one below, until one has
512 bins or fewer.

A file of peaks, little-endian::

    0    8s   "CIAKPEAK"
    8    u16  version, 1
    10   u16  number of levels, 1 to 16
    12   u32  bins a second of the finest level, 200
    16   u32  rate of the sound, Hz
    20   u32  zero
    24   u64  samples of the sound, in each channel
    32   16 x (u64 offset, u64 bins): the levels, the finest first; zeros after the last
    288  the levels one after the other, two signed bytes a bin: minimum, maximum

Rate and samples settle everything else in the header, and a file that says otherwise is refused. Does not know
loudness: a peak is a sample, not what is heard.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable
from fractions import Fraction
from itertools import pairwise
from math import isfinite
from types import TracebackType
from typing import BinaryIO, Self

import numpy as np
from numpy.typing import NDArray

from ciak.errors import BadInput, Damaged, TooLarge
from ciak.film.sound import Samples
from ciak.media.opening import HIGHEST_RATE, LONGEST, checked_file, quoted
from ciak.media.placing import placed

__all__ = ["BINS", "WIDEST", "Peaks", "write_peaks"]

BINS = 200
"""Bins a second of the finest level."""
WIDEST = 65536
"""Pairs that a window may have at most."""
_MERGED = 4
_COARSEST = 512
_LEVELS = 16
_FULL = 127
_MAGIC, _VERSION = b"CIAKPEAK", 1
_HEAD = struct.Struct("<8sHHIIIQ")
_LEVEL = struct.Struct("<QQ")
_START = _HEAD.size + _LEVELS * _LEVEL.size
_CHUNK = 65536
_FAR = 10**9
"""Seconds beyond which nobody looks."""

Bins = NDArray[np.int8]
"""Shape (bins, 2): minimum, maximum."""


def write_peaks(blocks: Iterable[Samples], rate: int, target: str | os.PathLike[str]) -> int:
    """Write the peaks of consecutive ``blocks``, float32 of shape (samples, channels), to ``target``; how many bins
    the finest level has. Samples beyond full scale count as full scale, those that are no number as silence.

    Memory does not grow with length. Raises :class:`BadInput` for a rate or blocks that cannot be,
    :class:`TooLarge` for more than 24 hours, :class:`StorageError` when the disk says no.
    """
    if not BINS <= rate <= HIGHEST_RATE:
        raise BadInput(f"peaks of a sound at {rate} Hz cannot be had")
    with placed(target, suffix=".peaks") as temporary, temporary.open("w+b") as file:
        file.write(bytes(_START))
        samples = _finest(blocks, rate, file)
        levels = _levels(rate, samples)
        for below, above in pairwise(levels):
            _merge(file, below, above)
        file.seek(0)
        file.write(_header(rate, samples))
    return levels[0][1]


def _finest(blocks: Iterable[Samples], rate: int, file: BinaryIO) -> int:
    """Append the finest level to ``file``; the number of samples."""
    at = 0
    open_bin: Bins = np.zeros((0, 2), np.int8)
    """The last bin so far, which the next block may go on with."""
    for block in blocks:
        if block.ndim != 2 or not block.shape[1]:
            raise BadInput("a block of sound has the shape (samples, channels)")
        if not len(block):
            continue
        fresh, first = _binned(block, rate, at), at * BINS // rate
        if len(open_bin) and (at - 1) * BINS // rate == first:
            fresh[0] = min(open_bin[0, 0], fresh[0, 0]), max(open_bin[0, 1], fresh[0, 1])
        else:
            file.write(open_bin.tobytes())
        file.write(fresh[:-1].tobytes())
        open_bin = fresh[-1:]
        at += len(block)
        if at > LONGEST * rate:
            raise TooLarge(f"a sound of more than {LONGEST // 3600} hours is not drawn")
    file.write(open_bin.tobytes())
    return at


def _binned(block: Samples, rate: int, at: int) -> Bins:
    """The bins that a block touches; its first sample is number ``at``."""
    first, last = at * BINS // rate, (at + len(block) - 1) * BINS // rate
    begins = -(-np.arange(first, last + 1, dtype=np.int64) * rate // BINS) - at
    begins[0] = 0
    clean = (block if np.isfinite(block).all() else np.nan_to_num(block, posinf=1.0, neginf=-1.0)).T
    peaks = np.stack([np.minimum.reduceat(clean, begins, axis=1).min(axis=0),
                      np.maximum.reduceat(clean, begins, axis=1).max(axis=0)], axis=1)
    return np.clip(np.rint(peaks * np.float32(_FULL)), -_FULL, _FULL).astype(np.int8)


def _levels(rate: int, samples: int) -> list[tuple[int, int]]:
    """(offset, bins) of each level of a sound."""
    count, offset = -(-samples * BINS // rate), _START
    found = [(offset, count)]
    while count > _COARSEST:
        offset += 2 * count
        count = -(-count // _MERGED)
        found.append((offset, count))
    return found


def _header(rate: int, samples: int) -> bytes:
    levels = _levels(rate, samples)
    head = _HEAD.pack(_MAGIC, _VERSION, len(levels), BINS, rate, 0, samples)
    return (head + b"".join(_LEVEL.pack(*level) for level in levels)).ljust(_START, b"\0")


def _merge(file: BinaryIO, below: tuple[int, int], above: tuple[int, int]) -> None:
    """Write the level ``above`` from the one ``below``, chunk by chunk."""
    for first in range(0, above[1], _CHUNK):
        file.seek(below[0] + first * _MERGED * 2)
        count = min(_CHUNK * _MERGED, below[1] - first * _MERGED)
        bins: Bins = np.frombuffer(file.read(2 * count), np.int8).reshape(-1, 2)
        begins = np.arange(0, count, _MERGED)
        file.seek(above[0] + first * 2)
        file.write(np.stack([np.minimum.reduceat(bins[:, 0], begins), np.maximum.reduceat(bins[:, 1], begins)],
                            axis=1).tobytes())


class Peaks:
    """A file of peaks, as a context manager: ``Peaks(path).window(start, end, width)``.

    ``path``: where it lies, or an open file, which the caller closes. ``rate``: of the sound, Hz; ``samples``: its
    length; ``bins``: of each level, the finest first. One thread at a time. Raises :class:`NotFound`, and
    :class:`Damaged` for a file that is no such thing, is cut short, or says of itself what cannot be.
    """

    def __init__(self, path: str | os.PathLike[str] | BinaryIO) -> None:
        self._own = isinstance(path, str | os.PathLike)
        self._file: BinaryIO
        if isinstance(path, str | os.PathLike):
            self._name, self._file = quoted(path), checked_file(path).open("rb")
        else:
            self._name, self._file = "a file of peaks", path
        try:
            self._levels = self._checked()
        except BaseException:
            self.close()
            raise
        self.bins = tuple(count for _, count in self._levels)

    def _checked(self) -> list[tuple[int, int]]:
        size = self._file.seek(0, os.SEEK_END)
        self._file.seek(0)
        head = self._file.read(_START)
        if len(head) < _START or head[:8] != _MAGIC:
            raise self._damaged("is no file of peaks, or cut short")
        _, version, _, _, self.rate, _, self.samples = _HEAD.unpack(head[:_HEAD.size])
        if version != _VERSION:
            raise self._damaged(f"is of version {version}, which is not read here")
        if not BINS <= self.rate <= HIGHEST_RATE or self.samples > LONGEST * self.rate:
            raise self._damaged("says of its sound what cannot be")
        if head != _header(self.rate, self.samples):
            raise self._damaged("contradicts itself")
        levels = _levels(self.rate, self.samples)
        if size != levels[-1][0] + 2 * levels[-1][1]:
            raise self._damaged(f"has {size} bytes, not those that it says")
        return levels

    def _damaged(self, how: str) -> Damaged:
        return Damaged(f"{self._name} {how}", remedy="remove it and survey the film again: it is made again")

    @property
    def duration(self) -> Fraction:
        """Length of the sound, seconds."""
        return Fraction(self.samples, self.rate)

    def level(self, number: int, first: int = 0, end: int | None = None) -> Bins:
        """Bins ``first`` up to ``end`` of a level, int8 of shape (bins, 2); those beyond the level are left out.

        Raises :class:`BadInput` for a level that is not there, :class:`Damaged` for a file that became shorter.
        """
        if not 0 <= number < len(self._levels):
            raise BadInput(f"{self._name} has levels 0 to {len(self._levels) - 1}, not {number}")
        offset, count = self._levels[number]
        first, end = max(0, first), count if end is None else min(end, count)
        wanted = max(0, end - first)
        self._file.seek(offset + 2 * first)
        data = self._file.read(2 * wanted)
        if len(data) != 2 * wanted:
            raise self._damaged("became shorter while it was read")
        return np.frombuffer(data, np.int8).reshape(-1, 2)

    def window(self, start: Fraction | float, end: Fraction | float, width: int) -> bytes:
        """``width`` pairs of signed bytes (minimum, maximum) that cover ``start`` to ``end`` seconds evenly.

        The window as a whole ends at the bin of the finest level that its edges fall into; inside, a pair may also
        show what lies up to its own width beside it. Silence outside the sound. Reads up to about four bins a pair,
        never more than the coarsest level has beyond that. Raises :class:`BadInput` for a window that cannot be.
        """
        edges = _edges(start, end, width)
        total = self.bins[0]
        first = np.array([min(max(low, 0), total) for low, _ in edges], np.int64)
        last = np.array([min(max(high, 0), total) for _, high in edges], np.int64)
        level, apart = 0, (Fraction(end) - Fraction(start)) * BINS / width
        while level + 1 < len(self._levels) and apart >= _MERGED ** (level + 1):
            level += 1
        pairs = self._pairs(level, first, last)
        if level:
            for edge in {0, width - 1}:
                pairs[edge] = self._exactly(int(first[edge]), int(last[edge]))
        return pairs.tobytes()

    def _pairs(self, level: int, first: NDArray[np.int64], last: NDArray[np.int64]) -> Bins:
        """For each column the least and the greatest of the bins of ``level`` that its finest bins lie in."""
        size = _MERGED ** level
        there = last > first
        pairs: Bins = np.zeros((len(first), 2), np.int8)
        if not there.any():
            return pairs
        low, high = first[there] // size, -(-last[there] // size)
        begin = int(low.min())
        bins = np.concatenate([self.level(level, begin, int(high.max())), np.zeros((1, 2), np.int8)])
        turns = np.stack([low, high], axis=1).ravel() - begin
        pairs[there, 0] = np.minimum.reduceat(bins[:, 0], turns)[::2]
        pairs[there, 1] = np.maximum.reduceat(bins[:, 1], turns)[::2]
        return pairs

    def _exactly(self, first: int, last: int) -> tuple[int, int]:
        """Minimum and maximum of the finest bins ``first`` up to ``last``, by the coarsest that lie wholly inside."""
        pieces: list[Bins] = []
        level = 0
        while first < last:
            if level == len(self._levels) - 1:
                pieces.append(self.level(level, first, last))
                break
            inner = min(last, -(-first // _MERGED) * _MERGED)
            outer = max(inner, last // _MERGED * _MERGED)
            pieces += [self.level(level, first, inner), self.level(level, outer, last)]
            first, last, level = inner // _MERGED, outer // _MERGED, level + 1
        found = np.concatenate(pieces) if pieces else np.zeros((0, 2), np.int8)
        return (int(found[:, 0].min()), int(found[:, 1].max())) if len(found) else (0, 0)

    def close(self) -> None:
        """Close the file, unless the caller opened it."""
        if self._own:
            self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.close()


def _edges(start: Fraction | float, end: Fraction | float, width: int) -> list[tuple[int, int]]:
    """First and last finest bin, exclusive, that each column touches; in whole numbers, exact."""
    if not (isfinite(start) and isfinite(end) and -_FAR <= start < end <= _FAR and 1 <= width <= WIDEST):
        raise BadInput(f"a waveform from {start} to {end} s in {width} pairs cannot be drawn",
                       remedy=f"ask for 1 to {WIDEST} pairs of a stretch that ends after it begins")
    begin, step = Fraction(start) * BINS, (Fraction(end) - Fraction(start)) * BINS / width
    under = begin.denominator * step.denominator
    first, apart = begin.numerator * step.denominator, step.numerator * begin.denominator
    return [((first + place * apart) // under, -(-(first + (place + 1) * apart) // under)) for place in range(width)]
