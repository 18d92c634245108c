"""Decodes pictures, exact to the frame, on a constant grid: :class:`Frames` anywhere, :func:`grid_frames` in order.

Frame ``n`` is what :meth:`Timeline.shown` says is on the screen at ``n / rate``. Pictures come upright, as RGB;
pixels that are not square are left so. High dynamic range is not tone-mapped.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from ciak.errors import BadInput, Damaged
from ciak.film.time import Rate
from ciak.media.opening import open_input, quoted
from ciak.media.timeline import Timeline, picture_stream, read_timeline

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

__all__ = ["Frames", "decoded", "grid_frames", "rgb"]

_FORWARD = 48
"""Source frames that are decoded onwards rather than sought."""


def rgb(frame: VideoFrame, rotation: int, size: tuple[int, int] | None = None) -> NDArray[np.uint8]:
    """Uint8 of shape (height, width, 3), turned clockwise by ``rotation``; ``size``: (width, height) before it."""
    wide, high = size or (frame.width, frame.height)
    array: Any = frame.to_ndarray(format="rgb24", width=wide, height=high)
    turned: NDArray[np.uint8] = np.ascontiguousarray(np.rot90(array, -rotation // 90)) if rotation else array
    return turned


def decoded(path: str | os.PathLike[str], timeline: Timeline) -> Iterator[tuple[int, VideoFrame]]:
    """All frames in order with their times in ticks, rising; damaged packets are left out."""
    with open_input(path) as container:
        stream = picture_stream(container, quoted(path))
        stream.codec_context.thread_type = "AUTO"
        last = timeline.origin - 1
        for moment, frame in _timed(container, stream, timeline):
            if moment > last:
                last = moment
                yield moment, frame


def _timed(container: InputContainer, stream: VideoStream, timeline: Timeline) -> Iterator[tuple[int, VideoFrame]]:
    """Frames from where the container stands, with their times in ticks."""
    import av

    packets = container.demux(stream)
    count = 0
    while True:
        try:
            packet = next(packets)
        except (StopIteration, av.error.FFmpegError):
            return
        try:
            frames = packet.decode()
        except av.error.FFmpegError:
            continue
        for frame in frames:
            if timeline.counted and count < len(timeline.pts):
                yield int(timeline.pts[count]), frame
            elif frame.pts is not None and not timeline.counted:
                yield frame.pts, frame
            count += 1


def grid_frames(path: str | os.PathLike[str], timeline: Timeline,
                rate: Rate) -> Iterator[tuple[int, int, VideoFrame]]:
    """(grid frame, source frame, picture) for every frame of the grid, decoding each source frame once.

    The same picture object comes again where the grid repeats it. Where the source cannot be decoded, the last
    frame that could stands still.
    """
    shown = timeline.shown(rate)
    current: tuple[int, VideoFrame] | None = None
    n = 0
    for moment, frame in decoded(path, timeline):
        while n < len(shown) and current is not None and moment > timeline.pts[shown[n]]:
            yield n, current[0], current[1]
            n += 1
        current = (int(np.searchsorted(timeline.pts, moment, side="right")) - 1, frame)
    if current is None:
        raise Damaged(f"{quoted(path)}: no frame of the picture can be decoded")
    for rest in range(n, len(shown)):
        yield rest, current[0], current[1]


class Frames:
    """The pictures of a file by number, as a context manager: ``Frames(path).frame(n)``.

    ``rate``: the grid, the source's own (or nearest standard) rate by default; ``count``: frames of the grid;
    ``timeline``: the source's times. Raises what :func:`read_timeline` raises.
    """

    def __init__(self, path: str | os.PathLike[str], rate: Rate | None = None,
                 timeline: Timeline | None = None) -> None:
        self.path = path
        self.timeline = timeline or read_timeline(path)
        self.rate = rate or self.timeline.rate
        self._shown = self.timeline.shown(self.rate)
        self.count = len(self._shown)
        self._stack = ExitStack()
        self._container = self._stack.enter_context(open_input(path))
        self._stream = picture_stream(self._container, quoted(path))
        self._stream.codec_context.thread_type = "SLICE"
        self._coming: Iterator[tuple[int, VideoFrame]] = iter(())
        self._last: tuple[int, VideoFrame] | None = None
        self._ahead: tuple[int, VideoFrame] | None = None

    def source(self, n: int) -> int:
        """Number of the source frame that grid frame ``n`` shows. Raises :class:`BadInput` outside the grid."""
        if not 0 <= n < self.count:
            raise BadInput(f"{quoted(self.path)} has frames 0 to {self.count - 1}, not {n}")
        return int(self._shown[n])

    def frame(self, n: int, size: tuple[int, int] | None = None) -> NDArray[np.uint8]:
        """Grid frame ``n`` upright: uint8 of shape (height, width, 3). ``size``: (width, height) of the result."""
        picture = self._at(int(self.timeline.pts[self.source(n)]))
        turned = self.timeline.rotation
        return rgb(picture, turned, size[::-1] if size and turned % 180 else size)

    def _at(self, target: int) -> VideoFrame:
        if self._last is not None and self._last[0] <= target:
            between = np.searchsorted(self.timeline.pts, target) - np.searchsorted(self.timeline.pts, self._last[0])
            if between <= _FORWARD and (found := self._forward(target)) is not None:
                return found
        keys = self.timeline.keys
        place = int(np.searchsorted(keys, target, side="right")) - 1
        for back in (0, 1, 2, 4, 8):
            self._seek(int(keys[place - back]) if place - back >= 0 else None)
            if (found := self._forward(target)) is not None and not found.is_corrupt:
                return found
            if place - back < 0:
                break
        self._reopen()
        found = self._forward(target, whatever=True)
        if found is None:
            raise Damaged(f"{quoted(self.path)}: a frame cannot be decoded", remedy="copy it again")
        return found

    def _forward(self, target: int, whatever: bool = False) -> VideoFrame | None:
        """Decode to the frame shown at ``target``; None when decoding began after it."""
        while self._last is None or self._last[0] < target:
            ahead = self._ahead
            if ahead is None:
                ahead = next(self._coming, None)
                if ahead is None:
                    break
            if ahead[0] > target and (self._last is not None or not whatever):
                self._ahead = ahead
                break
            self._last, self._ahead = ahead, None
        if self._last is None:
            return None
        return self._last[1] if self._last[0] <= target or whatever else None

    def _seek(self, key: int | None) -> None:
        import av

        if key is None or self.timeline.counted:
            self._reopen()
            return
        self._last = self._ahead = None
        try:
            self._container.seek(key, stream=self._stream, backward=True)
        except av.error.FFmpegError:
            self._reopen()
            return
        self._coming = _timed(self._container, self._stream, self.timeline)

    def _reopen(self) -> None:
        """Begin again with a fresh container: the one seek that no file gets wrong."""
        self._stack.close()
        self._last = self._ahead = None
        self._container = self._stack.enter_context(open_input(self.path))
        self._stream = picture_stream(self._container, quoted(self.path))
        self._stream.codec_context.thread_type = "SLICE"
        self._coming = _timed(self._container, self._stream, self.timeline)

    def close(self) -> None:
        """Close the file."""
        self._coming = iter(())
        self._last = self._ahead = None
        self._stack.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.close()
