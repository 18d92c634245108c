"""Proxies: small constant-rate pictures in which every browser seeks to the exact frame.

H.264, 4:2:0, a key frame every 12 frames, no reordered frames, index in front; upright, square pixels. Proxy
frame ``n`` shows the source frame that the grid at ``rate`` asks for; the :class:`FrameMap` says which. One proxy
per language shares the same encoded picture (:func:`with_sound`).
"""

from __future__ import annotations

import os
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from pydantic import Field, ValidationError

from ciak.errors import Damaged
from ciak.film.model import FilmModel
from ciak.film.time import FilmTime, Rate
from ciak.media.delivery import MuxPlan, MuxReport, SoundTrack
from ciak.media.muxing import mux
from ciak.media.opening import open_input, quoted
from ciak.media.picture import grid_frames
from ciak.media.placing import encoding, give_back, placed
from ciak.media.progress import Tick, no_tick
from ciak.media.timeline import Timeline, picture_stream, read_timeline

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

__all__ = ["FrameMap", "make_proxy", "with_sound"]

_GROUP = 12
_OPTIONS = {"preset": "veryfast", "crf": "23", "g": str(_GROUP), "keyint_min": str(_GROUP), "bf": "0",
            "sc_threshold": "0", "tune": "fastdecode", "profile": "main"}


class FrameMap(FilmModel):
    """Which source frame each proxy frame shows. ``source[n]``: its number, in order of showing; ``pts``: when
    each source frame is shown, ticks of ``time_base`` seconds on the source's own clock."""

    format: int = Field(default=1, ge=1, le=1)
    fps: FilmTime
    time_base: FilmTime
    pts: tuple[int, ...] = Field(min_length=1)
    source: tuple[int, ...] = Field(min_length=1)

    @property
    def rate(self) -> Rate:
        """Frames a second of the proxy."""
        return Rate(self.fps)

    def time(self, n: int) -> Fraction:
        """When the source frame that proxy frame ``n`` shows comes up, seconds from the source's first frame."""
        return (self.pts[self.source[n]] - self.pts[0]) * self.time_base

    def to_bytes(self) -> bytes:
        """The map as JSON."""
        return self.model_dump_json().encode() + b"\n"

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read a map back. Raises :class:`Damaged`."""
        try:
            read = cls.model_validate_json(data)
        except ValidationError:
            raise Damaged("the frame map of a proxy cannot be read", remedy="import the film again") from None
        if max(read.source) >= len(read.pts) or min(read.source) < 0:
            raise Damaged("the frame map of a proxy names frames that do not exist", remedy="import the film again")
        return read


def make_proxy(source: str | os.PathLike[str], target: str | os.PathLike[str], rate: Rate | None = None,
               sound: Path | None = None, tick: Tick = no_tick, *, height: int = 540,
               language: str = "und") -> FrameMap:
    """Write the proxy of ``source`` to ``target`` (MP4), at ``rate`` (its own by default), at most ``height`` high.

    ``sound``: a WAV in ``language`` that begins at the first frame; None: the source's first sound stream, or
    silence where it has none. Memory does not grow with length. Raises what :func:`read_timeline` raises,
    :class:`StorageError` when the disk says no; nothing half-made stays.
    """
    timeline = read_timeline(source)
    rate = rate or timeline.rate
    target = Path(target)
    with placed(target, suffix=".mp4") as picture, encoding(source, target):
        shown = _encode(source, picture, timeline, rate, height, lambda done: tick(done * 0.85))
        voice = sound or (Path(source) if _has_sound(source) else None)
        if voice is not None:
            with_sound(picture, voice, picture, language, lambda done: tick(0.85 + done * 0.15))
    give_back()
    tick(1.0)
    return FrameMap(fps=rate.fps, time_base=timeline.time_base, pts=tuple(timeline.pts.tolist()),
                    source=tuple(shown))


def with_sound(proxy: str | os.PathLike[str], sound: Path, target: str | os.PathLike[str], language: str,
               tick: Tick = no_tick) -> MuxReport:
    """The proxy's picture, copied, with other sound: a proxy for another language at the price of a copy."""
    track = SoundTrack(Path(sound), language, default=True)
    return mux(MuxPlan(Path(proxy), Path(target), (track,)), tick)


def _has_sound(path: str | os.PathLike[str]) -> bool:
    with open_input(path) as container:
        return bool(container.streams.audio)


def _size(path: str | os.PathLike[str], timeline: Timeline, height: int) -> tuple[int, int]:
    """(width, height) of the stored picture scaled so that it stands upright at most ``height`` high, both even."""
    with open_input(path) as container:
        stream = picture_stream(container, quoted(path))
        wide = float(stream.codec_context.width * Fraction(stream.sample_aspect_ratio or 1))
        high = float(stream.codec_context.height)
    standing = wide if timeline.rotation % 180 else high
    scale = min(1.0, height / standing, 2 * height / max(wide, high))
    return max(2, round(wide * scale / 2) * 2), max(2, round(high * scale / 2) * 2)


def _encode(source: str | os.PathLike[str], target: Path, timeline: Timeline, rate: Rate, height: int,
            tick: Tick) -> list[int]:
    """Encode the picture alone; which source frame each proxy frame shows."""
    import av

    size = _size(source, timeline, height)
    upright = size[::-1] if timeline.rotation % 180 else size
    shown: list[int] = []
    total = timeline.count(rate)
    with av.open(f"file:{target}", "w", format="mp4", options={"movflags": "+faststart"}) as out:
        picture = out.add_stream("libx264", rate=rate.fps, options=_OPTIONS)
        picture.width, picture.height, picture.pix_fmt = *upright, "yuv420p"
        picture.codec_context.time_base = 1 / rate.fps
        ready: Any = None
        before: Any = None
        for n, number, frame in grid_frames(source, timeline, rate):
            if frame is not before:
                before, ready = frame, _small(frame, size, timeline.rotation)
            ready.pts, ready.time_base = n, 1 / rate.fps
            ready.pict_type = 0
            out.mux(picture.encode(ready))
            shown.append(number)
            if n % 12 == 0:
                tick(n / total)
        out.mux(picture.encode(None))
    return shown


def _small(frame: VideoFrame, size: tuple[int, int], rotation: int) -> VideoFrame:
    import av
    import numpy as np

    small = frame.reformat(width=size[0], height=size[1], format="yuv420p", dst_color_range="MPEG")
    if not rotation:
        return small
    wide, high = size
    planes: Any = small.to_ndarray()
    half = (high // 2, wide // 2)
    parts = [planes[:high], planes.reshape(-1)[high * wide:high * wide * 5 // 4].reshape(half),
             planes.reshape(-1)[high * wide * 5 // 4:].reshape(half)]
    turned = [np.rot90(part, -rotation // 90) for part in parts]
    width = turned[0].shape[1]
    whole = np.concatenate([part.reshape(-1) for part in turned]).reshape(-1, width)
    result = av.VideoFrame.from_ndarray(np.ascontiguousarray(whole), format="yuv420p")
    result.colorspace, result.color_range = small.colorspace, small.color_range
    return result
