"""Looks at a media file: what streams it has, how long they really are, whether the frame rate is constant.

Every packet's time is read, nothing is decoded but the first frame; a file that ends long before its header
says is reported as damaged. It does not judge whether the frames in between can be decoded.
"""

from __future__ import annotations

import os
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ciak.errors import Damaged, WrongFormat
from ciak.media.info import MediaInfo, PictureStream, SoundStream, SubtitleStream
from ciak.media.opening import LONGEST, checked_file, open_input, quoted

if TYPE_CHECKING:
    from av.container import InputContainer

    from ciak.media.timeline import Timeline

__all__ = ["probe"]


def probe(path: str | os.PathLike[str]) -> MediaInfo:
    """Describe a media file. Film time 0 is its first frame, or its first sample where there is no picture.

    Raises :class:`NotFound`, :class:`WrongFormat`, :class:`Damaged`, :class:`TooLarge` or :class:`Hostile`, each
    with one clear line. For files of unknown origin use :func:`ciak.media.probe_limited`.
    """
    from ciak.media.timeline import timeline_of

    where = checked_file(path)
    name = quoted(where)
    with open_input(where) as container:
        claimed = Fraction(container.duration or 0, 1_000_000)
        timeline = timeline_of(container, name) if _has_picture(container) else None
        seekable = container.format.name
    with open_input(where) as container:
        spans = _spans(container)
        heard = [stream for stream in container.streams.audio if stream.index in spans and _decodable(stream)]
        if timeline is None and not heard:
            raise WrongFormat(f"{name} has neither picture nor sound", path=where)
        zero = timeline.origin * timeline.time_base if timeline else min(first for first, _ in spans.values())
        sounds = tuple(_sound(stream, *spans[stream.index], zero) for stream in heard)
        picture = _picture(container, timeline) if timeline else None
        duration = picture.duration if picture else max(sound.duration for sound in sounds)
        if duration > LONGEST:
            raise Damaged(f"{name}: its times run over {LONGEST // 3600} hours", path=where)
        end = max([last for _, last in spans.values()] + [zero + duration])
        start = min([first for first, _ in spans.values()] + [zero])
        if claimed - (end - start) > max(Fraction(2), claimed / 50):
            held = float(end - start)
            raise Damaged(f"{name} is cut short: it says {float(claimed):.1f} s and holds {held:.1f} s",
                          remedy="copy it again from where it came", path=where)
        return MediaInfo(
            container=seekable, size=where.stat().st_size, duration=duration, picture=picture, sounds=sounds,
            subtitles=tuple(SubtitleStream(index=stream.index, codec=_codec(stream), language=_language(stream),
                                           title=_title(stream)) for stream in container.streams.subtitles),
            timecode=_timecode(container))


def _has_picture(container: InputContainer) -> bool:
    return any("attached_pic" not in (stream.disposition.name or "") for stream in container.streams.video)


def _spans(container: InputContainer) -> dict[int, tuple[Fraction, Fraction]]:
    """First and last moment of each sound stream on the file's clock, by stream index."""
    import av

    spans: dict[int, tuple[Fraction, Fraction]] = {}
    if not container.streams.audio:
        return spans
    try:
        for packet in container.demux(list(container.streams.audio)):
            if packet.pts is None or not packet.size or not packet.time_base:
                continue
            first = packet.pts * packet.time_base
            last = (packet.pts + (packet.duration or 0)) * packet.time_base
            old = spans.get(packet.stream_index, (first, last))
            spans[packet.stream_index] = (min(old[0], first), max(old[1], last))
    except av.error.FFmpegError:
        pass  # what was read until here is measured against the header by the caller
    return spans


def _picture(container: InputContainer, timeline: Timeline) -> PictureStream:
    from ciak.media.timeline import picture_stream

    stream = picture_stream(container, "")
    context = stream.codec_context
    ticks = int(timeline.pts[-1] - timeline.pts[0])
    mean = Fraction(len(timeline.pts) - 1, ticks) / timeline.time_base if ticks else timeline.rate.fps
    aspect = Fraction(stream.sample_aspect_ratio or 1)
    return PictureStream(
        index=stream.index, codec=_codec(stream), width=context.width, height=context.height,
        rotation=timeline.rotation, aspect=aspect if Fraction(1, 10) < aspect < 10 else Fraction(1),
        pixels=context.pix_fmt or "", fps=timeline.rate.fps, average=mean.limit_denominator(100_000),
        constant=timeline.constant, frames=len(timeline.pts), start=timeline.origin * timeline.time_base,
        duration=timeline.duration)


def _sound(stream: Any, first: Fraction, last: Fraction, zero: Fraction) -> SoundStream:
    context = stream.codec_context
    channels = context.layout.nb_channels
    return SoundStream(
        index=stream.index, codec=_codec(stream), rate=context.sample_rate, channels=channels,
        layout={1: "mono", 2: "stereo"}.get(channels, context.layout.name), language=_language(stream),
        title=_title(stream), start=first - zero, duration=last - first)


def _decodable(stream: Any) -> bool:
    context = stream.codec_context
    return context is not None and context.sample_rate > 0 and context.layout.nb_channels > 0


def _codec(stream: Any) -> str:
    context = stream.codec_context
    return str(context.codec.canonical_name if context is not None else "unknown")


def _language(stream: Any) -> str | None:
    language = stream.language
    return language if language and language != "und" else None


def _title(stream: Any) -> str:
    title = stream.metadata.get("title") or stream.metadata.get("name") or ""
    return "".join(mark for mark in title if mark.isprintable())[:200]


def _timecode(container: InputContainer) -> str | None:
    for metadata in (container.metadata, *(stream.metadata for stream in container.streams)):
        for key, label in metadata.items():
            if key.lower() == "timecode":
                return label[:32]
    return None
