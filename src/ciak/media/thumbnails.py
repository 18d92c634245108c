"""Small pictures of a film in one file: JPEGs of chosen frames, each found by its number.

A file of thumbnails, little-endian::

    0    8s   "CIAKTHMB"
    8    u16  version, 1
    10   u16  zero
    12   u32  how many
    16   (u64 offset, u32 bytes) of each, in order
    ...  the JPEGs, each whole

Pictures come from :class:`Frames`, in ascending order; pixels that are not square are left so (a proxy's are).
"""

from __future__ import annotations

import os
import struct
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, BinaryIO

from ciak.errors import BadInput, Damaged, NotFound, TooLarge
from ciak.film.time import Rate
from ciak.media.opening import quoted
from ciak.media.picture import Frames
from ciak.media.placing import encoding, placed
from ciak.media.progress import Tick, no_tick

if TYPE_CHECKING:
    from av.video.codeccontext import VideoCodecContext

__all__ = ["HIGHEST", "MOST", "count_thumbnails", "read_thumbnail", "write_thumbnails"]

HIGHEST = 540
"""Pixels that a thumbnail may be high at most."""
MOST = 200_000
"""Thumbnails that one file may hold at most."""
_MAGIC, _VERSION = b"CIAKTHMB", 1
_HEAD = struct.Struct("<8sHHI")
_PLACE = struct.Struct("<QI")
_LARGEST = 4 * 1024 * 1024
"""Bytes of one thumbnail."""
_QUALITY = "3"
"""The encoder's quantiser, 1 to 31: no blocks to be seen at this size, 2 to 5 kB."""
_WIDEST = 8
"""Times its height that a thumbnail may be wide."""


def write_thumbnails(path: str | os.PathLike[str], frames: Sequence[int], target: str | os.PathLike[str], *,
                     height: int = 72, rate: Rate | None = None, tick: Tick = no_tick) -> tuple[tuple[int, int], ...]:
    """Write the pictures of ``frames``, rising numbers on the grid at ``rate`` (the file's own by default), to
    ``target``, ``height`` pixels high (the picture's own height where that is less); offset and bytes of each.

    Memory does not grow with the film. Raises :class:`BadInput` for frames that are not there or do not rise, and
    what :class:`Frames` raises, :class:`StorageError` when the disk says no; nothing half-made stays.
    """
    if not 2 <= height <= HIGHEST:
        raise BadInput(f"thumbnails of {height} pixels are not made", remedy=f"ask for 2 to {HIGHEST}")
    if any(after <= before for before, after in pairwise(frames)):
        raise BadInput("the frames of thumbnails must rise")
    if len(frames) > MOST:
        raise TooLarge(f"{len(frames)} thumbnails are too many for one file, {MOST} are allowed")
    places: list[tuple[int, int]] = []
    with placed(target, suffix=".thumbs") as temporary, encoding(path, target), temporary.open("wb") as file, \
            Frames(path, rate) as pictures:
        if frames:
            pictures.source(frames[0])
            pictures.source(frames[-1])
        file.write(_HEAD.pack(_MAGIC, _VERSION, 0, len(frames)) + bytes(_PLACE.size * len(frames)))
        encoder: VideoCodecContext | None = None
        for n, frame in enumerate(frames):
            encoder = encoder or _encoder(*_size(pictures, frame, height))
            data = _jpeg(pictures, frame, encoder)
            places.append((file.tell(), len(data)))
            file.write(data)
            tick((n + 1) / len(frames))
        file.seek(_HEAD.size)
        file.write(b"".join(_PLACE.pack(*place) for place in places))
    return tuple(places)


def _size(pictures: Frames, frame: int, height: int) -> tuple[int, int]:
    """(width, height) of the thumbnails, by the shape of ``frame``."""
    high, wide = pictures.frame(frame).shape[:2]
    height = min(height, high)
    return max(1, min(round(wide * height / high), _WIDEST * height)), height


def _encoder(width: int, height: int) -> VideoCodecContext:
    import av

    encoder = av.CodecContext.create("mjpeg", "w")
    assert isinstance(encoder, av.VideoCodecContext)
    encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuvj444p"
    encoder.framerate = Rate.parse("25").fps
    encoder.time_base = 1 / encoder.framerate
    encoder.thread_count = 1
    encoder.options = {"qmin": _QUALITY, "qmax": _QUALITY, "huffman": "optimal"}
    return encoder


def _jpeg(pictures: Frames, number: int, encoder: VideoCodecContext) -> bytes:
    import av

    image = pictures.frame(number, (encoder.width, encoder.height))
    frame = av.VideoFrame.from_ndarray(image, format="rgb24").reformat(
        format="yuvj444p", dst_colorspace="ITU601", dst_color_range="JPEG")
    frame.pts = None
    data = b"".join(bytes(packet) for packet in encoder.encode(frame))
    if not data.startswith(b"\xff\xd8"):
        raise Damaged(f"{quoted(pictures.path)}: frame {number} does not become a thumbnail")
    return data


def count_thumbnails(handle: BinaryIO) -> int:
    """How many thumbnails the open file holds. Raises :class:`Damaged` for a file that is none, or is cut short."""
    size = handle.seek(0, os.SEEK_END)
    handle.seek(0)
    head = handle.read(_HEAD.size)
    if len(head) < _HEAD.size:
        raise _damaged("is cut short")
    magic, version, _, count = _HEAD.unpack(head)
    if magic != _MAGIC or version != _VERSION:
        raise _damaged("is not one that is read here")
    if count > MOST or size < _HEAD.size + count * _PLACE.size:
        raise _damaged("says that it holds more than it does")
    return int(count)


def read_thumbnail(handle: BinaryIO, n: int) -> bytes:
    """The ``n``-th JPEG of an open file of thumbnails, counted from 0.

    Raises :class:`NotFound` where it has no such one, :class:`Damaged` for a file that is none, is cut short or
    says of itself what cannot be.
    """
    count = count_thumbnails(handle)
    if not 0 <= n < count:
        raise NotFound(f"there is no thumbnail {n}, only {count}")
    handle.seek(_HEAD.size + n * _PLACE.size)
    place = handle.read(_PLACE.size)
    offset, length = _PLACE.unpack(place) if len(place) == _PLACE.size else (0, 0)
    size = handle.seek(0, os.SEEK_END)
    if offset < _HEAD.size + count * _PLACE.size or not 4 <= length <= _LARGEST or offset + length > size:
        raise _damaged(f"says of thumbnail {n} what cannot be")
    handle.seek(offset)
    data = handle.read(length)
    if len(data) != length or not data.startswith(b"\xff\xd8") or not data.endswith(b"\xff\xd9"):
        raise _damaged(f"has no picture where thumbnail {n} should be")
    return data


def _damaged(how: str) -> Damaged:
    return Damaged(f"a file of thumbnails {how}", remedy="remove it and survey the film again: it is made again")
