"""WAV files: random access for reading, atomic writing with start timecode (EBU Tech 3285 ``bext``).

Reads RIFF, RF64 and BW64 (EBU Tech 3306) with 8, 16, 24 and 32 bit integers and 32 and 64 bit floats. Writes 32 bit
float or 24 bit integer (rounded, not dithered; values beyond full scale are clipped and counted), as RF64 from 4 GB on.
Frames after the end of a file, and before its start, read as nothing: a short read is an end.

A note (``LIST`` ``INFO`` ``ICMT``) goes with the bytes wherever the file is put: whose likeness a voice is stands
there.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Literal, Self

import numpy as np

from ciak.errors import BadInput, Damaged, WrongFormat
from ciak.film.sound import Samples, Signal
from ciak.media.opening import CHANNELS, HIGHEST_RATE, checked_file, quoted
from ciak.media.placing import placed

__all__ = ["SoundFile", "SoundWriter", "note_of"]

_FLOAT, _INTEGER, _EXTENSIBLE = 3, 1, 0xFFFE
_RIFF_LIMIT = 0xFFFF_FFFF - 65536
_LONGEST_NOTE = 1000
"""Bytes."""


def note_of(path: str | os.PathLike[str]) -> str:
    """The note of a WAV file; empty where it has none, or is no WAV file at all."""
    try:
        with SoundFile(path) as sound:
            return sound.note
    except (BadInput, OSError):
        return ""


class SoundFile:
    """A WAV file read anywhere: ``rate`` Hz, ``channels``, ``frames``, ``timecode_samples`` (bext, or None) and
    ``note``."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = checked_file(path)
        self.rate = self.channels = self.frames = 0
        self.timecode_samples: int | None = None
        self.note = ""
        self._bytes = self._start = 0
        self._float = False
        self._file = self.path.open("rb")
        try:
            self._read_chunks(self._file)
        except struct.error:
            self._file.close()
            raise Damaged(f"{quoted(self.path)} is cut short", path=self.path) from None
        except BadInput:
            self._file.close()
            raise
        self._width = self._bytes * self.channels

    def _read_chunks(self, file: BinaryIO) -> None:
        name = quoted(self.path)
        head = file.read(12)
        if head[:4] not in (b"RIFF", b"RF64", b"BW64") or head[8:12] != b"WAVE":
            raise WrongFormat(f"{name} is not a WAV file", path=self.path)
        long_size: int | None = None
        size = self.path.stat().st_size
        while len(head := file.read(8)) == 8:
            mark, length = struct.unpack("<4sI", head)
            here = file.tell()
            if mark == b"ds64" and length >= 24:
                long_size = struct.unpack("<Q", file.read(24)[8:16])[0]
            elif mark == b"fmt " and length >= 16:
                self._read_format(file.read(min(length, 64)), name)
            elif mark == b"bext" and length >= 346:
                self.timecode_samples = struct.unpack("<Q", file.read(346)[338:346])[0]
            elif mark == b"LIST" and length <= 1 << 16:
                self.note = self.note or _comment(file.read(length))
            elif mark == b"data":
                if not self._bytes:
                    raise Damaged(f"{name} has sound before its format", path=self.path)
                length = long_size if length == 0xFFFFFFFF and long_size is not None else length
                if here + length > size:
                    raise Damaged(f"{name} is cut short: it says {length} bytes of sound and holds {size - here}",
                                  remedy="copy it again from where it came", path=self.path)
                self._start, self.frames = here, length // (self._bytes * self.channels)
                return
            file.seek(here + length + length % 2)
        raise Damaged(f"{name} is a WAV file without sound", path=self.path)

    def _read_format(self, data: bytes, name: str) -> None:
        code, channels, rate, _, _, bits = struct.unpack("<HHIIHH", data[:16])
        if code == _EXTENSIBLE and len(data) >= 26:
            code = struct.unpack("<H", data[24:26])[0]
        if (code, bits) not in ((_INTEGER, 8), (_INTEGER, 16), (_INTEGER, 24), (_INTEGER, 32), (_FLOAT, 32),
                                (_FLOAT, 64)):
            raise WrongFormat(f"{name}: WAV of kind {code} with {bits} bits is not read sample by sample",
                              remedy="convert it to 16, 24 or 32 bit PCM", path=self.path)
        if not 1 <= channels <= CHANNELS or not 1 <= rate <= HIGHEST_RATE:
            raise Damaged(f"{name}: {channels} channels at {rate} Hz cannot be", path=self.path)
        self.channels, self.rate, self._bytes, self._float = channels, rate, bits // 8, code == _FLOAT

    def read(self, start: int, count: int) -> Signal:
        """Frames ``start`` up to ``start + count``, float32 in [-1, 1]; fewer at the end, none beyond it.

        Raises :class:`BadInput` for a negative ``start`` or ``count``.
        """
        if start < 0 or count < 0:
            raise BadInput(f"frames {start} to {start + count} of {quoted(self.path)} do not exist")
        count = max(0, min(count, self.frames - start))
        self._file.seek(self._start + start * self._width)
        data = self._file.read(count * self._width)
        return Signal(self._decoded(data).reshape(-1, self.channels), self.rate)

    def _decoded(self, data: bytes) -> Samples:
        if self._float:
            return np.frombuffer(data, "<f8" if self._bytes == 8 else "<f4").astype(np.float32)
        if self._bytes == 1:
            return (np.frombuffer(data, np.uint8).astype(np.float32) - 128) / np.float32(2**7)
        if self._bytes == 2:
            return np.frombuffer(data, "<i2").astype(np.float32) / np.float32(2**15)
        if self._bytes == 4:
            return (np.frombuffer(data, "<i4") / 2**31).astype(np.float32)
        wide = np.zeros((len(data) // 3, 4), np.uint8)
        wide[:, 1:] = np.frombuffer(data, np.uint8).reshape(-1, 3)
        return ((wide.view("<i4")[:, 0] >> 8) / 2**23).astype(np.float32)

    def blocks(self, frames: int = 65536) -> Iterator[Signal]:
        """The whole file, block by block."""
        for start in range(0, self.frames, frames):
            yield self.read(start, frames)

    def close(self) -> None:
        """Close the file; reading afterwards is an error."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.close()


class SoundWriter:
    """Writes a WAV file, as a context manager: the file appears under its name when the block ends well.

    ``timecode_samples``: start timecode in samples since midnight, kept in a ``bext`` chunk. ``note``: kept with the
    sound, of at most 1000 bytes. ``clipped`` counts
    samples that a 24 bit file could not hold. Raises :class:`StorageError` when the disk says no.
    """

    def __init__(self, path: str | os.PathLike[str], rate: int, channels: int,
                 encoding: Literal["f32", "pcm24"] = "f32", timecode_samples: int | None = None,
                 note: str = "") -> None:
        if not 1 <= channels <= CHANNELS or not 1 <= rate <= HIGHEST_RATE:
            raise BadInput(f"a WAV file of {channels} channels at {rate} Hz cannot be")
        self.path, self.rate, self.channels, self.encoding = Path(path), rate, channels, encoding
        self.timecode_samples, self.note = timecode_samples, note
        if len(note.encode()) > _LONGEST_NOTE:
            raise BadInput(f"a note of {len(note.encode())} bytes does not go into a WAV file")
        self.frames = self.clipped = 0
        self._bytes = 4 if encoding == "f32" else 3
        self._stack = ExitStack()
        self._file: BinaryIO | None = None

    def __enter__(self) -> Self:
        placing: AbstractContextManager[Path] = placed(self.path, suffix=".wav")
        temporary = self._stack.enter_context(placing)
        self._file = self._stack.enter_context(temporary.open("wb"))
        try:
            self._file.write(self._head())
        except OSError as error:
            self._stack.__exit__(type(error), error, error.__traceback__)
            raise
        return self

    def write(self, signal: Signal) -> None:
        """Append frames. Raises :class:`BadInput` when rate or channels differ from the file's."""
        if (signal.rate, signal.channels) != (self.rate, self.channels):
            raise BadInput(f"{signal.channels} channels at {signal.rate} Hz do not go into a file of "
                           f"{self.channels} at {self.rate} Hz")
        if self._file is None:
            raise BadInput(f"{quoted(self.path)} is not open for writing")
        if self.encoding == "f32":
            self._file.write(signal.samples.astype("<f4").tobytes())
        else:
            scaled = np.rint(signal.samples.astype(np.float64) * 2**23)
            self.clipped += int(np.count_nonzero((scaled < -(2**23)) | (scaled > 2**23 - 1)))
            whole = np.clip(np.nan_to_num(scaled), -(2**23), 2**23 - 1).astype("<i4")
            self._file.write(whole.reshape(-1).view(np.uint8).reshape(-1, 4)[:, :3].tobytes())
        self.frames += signal.frames

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        file, self._file = self._file, None
        if error is None and file is not None:
            try:
                self._finish(file)
            except OSError as failed:
                self._stack.__exit__(type(failed), failed, failed.__traceback__)
                raise
        self._stack.__exit__(kind, error, trace)

    def _finish(self, file: BinaryIO) -> None:
        if self.frames * self._bytes * self.channels % 2:
            file.write(b"\0")
        file.seek(0)
        file.write(self._head())
        file.flush()

    def _head(self) -> bytes:
        """Everything before the samples; of the same length whatever is known yet."""
        size = self.frames * self._bytes * self.channels
        parts = [b"fmt ", self._format(), b"fact", struct.pack("<I", min(self.frames, 0xFFFFFFFF))]
        if self.timecode_samples is not None:
            parts = [b"bext", self._bext(), *parts]
        if self.note:
            text = self.note.encode() + b"\0"
            text += b"\0" * (len(text) % 2)
            parts = [*parts, b"LIST", b"INFOICMT" + struct.pack("<I", len(text)) + text]
        chunks = b"".join(mark + struct.pack("<I", len(body)) + body
                          for mark, body in zip(parts[::2], parts[1::2], strict=True))
        total = 4 + 36 + len(chunks) + 8 + size + size % 2
        if total > _RIFF_LIMIT:
            long = struct.pack("<QQQI", total, size, self.frames, 0)
            return (b"RF64\xff\xff\xff\xffWAVEds64" + struct.pack("<I", 28) + long + chunks
                    + b"data\xff\xff\xff\xff")
        return (b"RIFF" + struct.pack("<I", total) + b"WAVEJUNK" + struct.pack("<I", 28) + bytes(28) + chunks
                + b"data" + struct.pack("<I", size))

    def _format(self) -> bytes:
        code, bits, width = (_FLOAT if self.encoding == "f32" else _INTEGER), self._bytes * 8, self._bytes
        plain = (self.channels, self.rate, self.rate * width * self.channels, width * self.channels, bits)
        if self.channels <= 2:
            return struct.pack("<HHIIHH", code, *plain) + (b"\0\0" if code == _FLOAT else b"")
        mask = {3: 0x7, 4: 0x33, 5: 0x37, 6: 0x3F, 8: 0x63F}.get(self.channels, 0)
        guid = struct.pack("<H", code) + bytes.fromhex("000000001000800000aa00389b71")
        return struct.pack("<HHIIHH", _EXTENSIBLE, *plain) + struct.pack("<HHI", 22, bits, mask) + guid

    def _bext(self) -> bytes:
        """Broadcast extension, version 1: no clock times, so that the same sound gives the same bytes."""
        moment = b"0000-00-00" + b"00-00-00"
        text = b"".ljust(256, b"\0") + b"Ciak".ljust(32, b"\0") + b"".ljust(32, b"\0") + moment
        return text + struct.pack("<QH", self.timecode_samples or 0, 1) + bytes(64 + 190)


def _comment(data: bytes) -> str:
    """The comment of an ``INFO`` list, as text; empty where there is none or it is cut short."""
    at = 4
    while data[:4] == b"INFO" and at + 8 <= len(data):
        mark, length = struct.unpack("<4sI", data[at:at + 8])
        if mark == b"ICMT":
            return data[at + 8:at + 8 + length].rstrip(b"\0").decode("utf-8", "replace")[:_LONGEST_NOTE]
        at += 8 + length + length % 2
    return ""
