"""When each frame of a picture is shown: read from the packets, without decoding more than the first frames.

A :class:`Timeline` conforms a source of any timing to a constant grid: grid frame ``n`` shows the source frame
that is on the screen at ``n / rate`` after the first one. A source frame that is less than a quarter of a grid
step late still counts, so that rounded timestamps (milliseconds in Matroska) and small jitter do not repeat a
frame and drop its neighbour.

Known limits: two fields stored as two packets count as two frames.
"""

from __future__ import annotations

import os
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ciak.errors import Damaged, NothingToDo, WrongFormat
from ciak.film.time import Rate
from ciak.media.opening import DECODERS, open_input, quoted

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.packet import Packet
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

__all__ = ["LONGEST_HOLD", "STANDARD", "Timeline", "first_picture", "picture_stream", "presentation", "read_timeline"]

STANDARD = tuple(Rate(fps) for fps in (
    Fraction(24000, 1001), Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(30), Fraction(48),
    Fraction(50), Fraction(60000, 1001), Fraction(60), Fraction(100), Fraction(120)))
"""Rates that a source of varying timing is conformed to."""

LONGEST_HOLD = 900
"""Seconds that one frame may stand, or sound be silent by a gap in its times; beyond that the times are broken."""
_QUARTER = Fraction(1, 4)


@dataclass(frozen=True, slots=True, eq=False)
class Timeline:
    """When each frame is shown.

    ``pts``: int64 ticks of ``time_base`` seconds, ascending; ``keys``: those that can be decoded first; ``last``:
    how long the last is shown, ticks; ``rotation``: clockwise degrees to set it upright;
    ``rate``: the source's own rate when ``constant``, else the standard rate nearest to its usual step;
    ``counted``: the container keeps no presentation times (AVI), frame ``k`` is the ``k``-th that is decoded.
    """

    time_base: Fraction
    pts: NDArray[np.int64]
    keys: NDArray[np.int64]
    last: int
    rotation: int
    rate: Rate
    constant: bool
    counted: bool = False

    @property
    def origin(self) -> int:
        """Ticks at which the first frame is shown: moment 0 of the film."""
        return int(self.pts[0])

    @property
    def duration(self) -> Fraction:
        """Seconds from the first frame to the end of the last."""
        return (int(self.pts[-1]) + self.last - self.origin) * self.time_base

    def count(self, rate: Rate) -> int:
        """Frames of the constant grid at ``rate``."""
        return max(1, ceil(self.duration * rate.fps - _QUARTER))

    def shown(self, rate: Rate) -> NDArray[np.int64]:
        """For each grid frame, the number of the source frame it shows; int64 of shape (count,)."""
        step = 1 / (rate.fps * self.time_base)
        over, under = step.numerator, 4 * step.denominator
        count = self.count(rate)
        exact = np.int64 if (4 * count + 1) * over < 2**62 else object  # Python's own integers where 64 bits are few
        limits = ((4 * np.arange(count, dtype=exact) + 1) * over // under).astype(np.int64) + self.origin
        return np.searchsorted(self.pts, limits, side="right").astype(np.int64) - 1


def picture_stream(container: InputContainer, name: str) -> VideoStream:
    """The first real picture (no cover art). Raises :class:`NothingToDo`, or :class:`WrongFormat` by decoder."""
    for stream in container.streams.video:
        if "attached_pic" in (stream.disposition.name or ""):
            continue
        if stream.codec_context is None or stream.codec_context.name not in DECODERS:
            raise WrongFormat(f"{name}: the picture's codec is not one decoded here")
        stream.codec_context.options = {"max_pixels": str(8192 * 8192)}
        return stream
    raise NothingToDo(f"{name} has no picture")


def presentation(packet: Packet[Any], counted: bool = False) -> int | None:
    """When a packet's frame is shown, ticks; None for what is never shown. ``counted``: go by decoding times."""
    if packet.is_discard or packet.size == 0:
        return None
    if packet.stream.codec_context.name in ("vp8", "libvpx") and not (bytes(packet)[0] >> 4) & 1:
        return None
    return packet.pts if packet.pts is not None and not counted else packet.dts


def first_picture(container: InputContainer, stream: VideoStream,
                  name: str) -> tuple[int, VideoFrame, list[Packet[Any]]]:
    """Decode up to the first frame: its time, ticks; itself; the packets read so far. Raises :class:`Damaged`."""
    import av

    packets: list[Packet[Any]] = []
    for packet in container.demux(stream):
        if packet.size:
            packets.append(packet)
        try:
            frames = packet.decode()
        except av.error.FFmpegError:
            frames = []
        if frames:
            moment = None if container.format.name == "avi" else frames[0].pts
            stated = packets[0].dts if moment is None else moment
            return stated or 0, frames[0], packets
        if len(packets) > 2000:
            break
    raise Damaged(f"{name}: no frame of the picture can be decoded", remedy="copy it again from where it came")


def upright(frame: VideoFrame) -> int:
    """Clockwise degrees, 0, 90, 180 or 270, that set a decoded frame upright."""
    return round(-frame.rotation / 90) % 4 * 90


def read_timeline(path: str | os.PathLike[str]) -> Timeline:
    """Read every packet's time. Raises what :func:`open_input` raises, :class:`NothingToDo` without a picture."""
    with open_input(path) as container:
        return timeline_of(container, quoted(path))


def timeline_of(container: InputContainer, name: str) -> Timeline:
    """The timeline of a container that was opened and not yet read."""
    import av

    stream = picture_stream(container, name)
    first, frame, packets = first_picture(container, stream, name)
    counted = container.format.name == "avi"
    times, keys = array("q"), array("q")
    end = (first, 0)

    def rest() -> Iterator[Packet[Any]]:
        yield from packets
        try:
            yield from container.demux(stream)
        except av.error.FFmpegError:
            return

    for packet in rest():
        shown = presentation(packet, counted)
        if packet.is_keyframe and packet.size and packet.pts is not None:
            keys.append(packet.pts)
        if shown is not None and shown >= first:
            times.append(shown)
            end = max(end, (shown, packet.duration or 0))
    if not times:
        raise Damaged(f"{name}: the picture has no times")
    base = stream.time_base or Fraction(1, 1000)
    pts = np.unique(np.frombuffer(times, np.int64))
    if (hold := int(np.diff(pts).max(initial=0)) * base) > LONGEST_HOLD:
        raise Damaged(f"{name}: its times are broken, one frame would stand for {float(hold / 60):.0f} minutes",
                      remedy="convert it again from where it came")
    headers = [Rate(Fraction(rate)) for rate in (stream.average_rate, stream.guessed_rate)
               if rate and 1 <= Fraction(rate) <= 1000]
    rate, constant = _rate(pts, base, headers)
    usual = round(1 / (rate.fps * base))
    last = end[1] if 0 < end[1] <= 4 * usual else usual
    return Timeline(base, pts, np.unique(np.frombuffer(keys, np.int64)), last, upright(frame), rate, constant, counted)


def _rate(pts: NDArray[np.int64], base: Fraction, headers: list[Rate]) -> tuple[Rate, bool]:
    """The rate of the frames, and whether all of them keep to it within a quarter of a step."""
    if len(pts) < 2:
        return (headers[0] if headers else Rate(Fraction(25))), True
    mean = Fraction(len(pts) - 1, int(pts[-1] - pts[0])) / base
    near = sorted((rate for rate in STANDARD if abs(rate.fps / mean - 1) < Fraction(1, 50)),
                  key=lambda rate: abs(rate.fps - mean))
    own = [Rate.nearest(mean)] if 1 <= mean <= 1000 else []
    for rate in [*headers, *own, *near]:
        step = 1 / (rate.fps * base)
        ideal = np.arange(len(pts)) * float(step)
        if np.max(np.abs(pts - pts[0] - ideal)) <= max(float(step) / 4, min(1.0, float(step) / 3)):
            return rate, True
    usual = Fraction(int(max(1, np.median(np.diff(pts)))))
    wanted = 1 / (usual * base)
    return min(STANDARD, key=lambda rate: abs(float(rate.fps / wanted) - 1)), False
