"""Puts a film together: picture copied packet by packet, sound encoded, subtitles as tracks.

MP4 where the picture's codec is at home there, else Matroska. Encoder delay is declared, so that decoded sound
is in place to the sample. The finished file is opened again, its streams, languages, durations and the picture's
packets are checked, and only then does it get its name (trust case R10).
"""

from __future__ import annotations

import hashlib
import os
from array import array
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ciak.errors import Damaged, WrongFormat
from ciak.media.delivery import MuxPlan, MuxReport
from ciak.media.languages import container_code
from ciak.media.opening import open_input, quoted
from ciak.media.placing import encoding, give_back, large_apart, placed
from ciak.media.progress import Tick, no_tick
from ciak.media.timeline import Timeline, picture_stream, read_timeline
from ciak.media.tracks import SoundPump, SubtitlePump

if TYPE_CHECKING:
    from av.packet import Packet

__all__ = ["delivery_path", "mux"]

MP4_CODECS = frozenset({"h264", "hevc", "av1", "mpeg4", "vp9"})
_AHEAD = Fraction(1, 2)
"""Seconds by which sound is written before the picture it belongs to."""
_UNTIMED = -2**63
"""Stands for a time that a packet has not."""
_SLACK = Fraction(1, 10)
"""Seconds by which a stream of the finished file may be shorter than planned."""


def delivery_path(target: str | os.PathLike[str], codec: str) -> Path:
    """``target`` with the end that fits the picture's codec: ``.mp4`` or ``.mkv``."""
    path = Path(target)
    end = ".mp4" if codec in MP4_CODECS else ".mkv"
    if path.suffix.lower() in (".mp4", ".mkv", ".m4v", ".mov", ".webm", ".avi", ".ts"):
        if path.suffix.lower() == ".mkv":
            return path
        return path.with_suffix(end)
    return path.with_name(path.name + end)


def mux(plan: MuxPlan, tick: Tick = no_tick) -> MuxReport:
    """Write the delivery and say what it is. ``report.path`` is its real name (the end fits the codec).

    Raises what :func:`open_input` raises for its sources, :class:`Damaged` when the finished file is not what was
    planned, :class:`StorageError` when the disk says no; then an older delivery is still there, and nothing else.
    """
    give_back()
    large_apart()
    timeline = read_timeline(plan.picture)
    with open_input(plan.picture) as source:
        codec = picture_stream(source, quoted(plan.picture)).codec_context.codec.canonical_name
    target = delivery_path(plan.target, codec)
    with placed(target) as temporary, encoding(plan.picture, target):
        written = _write(plan, temporary, timeline, lambda done: tick(done * 0.9))
        report = _measured(plan, temporary, timeline, written)
    give_back()
    tick(1.0)
    return report.model_copy(update={"path": str(target)})


def _write(plan: MuxPlan, temporary: Path, timeline: Timeline, tick: Tick) -> str:
    """Write everything; the hash of the picture's packets as they were read."""
    import av
    from av.stream import Disposition

    mp4 = temporary.suffix == ".mp4"
    options = {"movflags": "+faststart", "use_editlist": "1"} if mp4 else {}
    digest = hashlib.sha256()
    with av.open(f"file:{temporary}", "w", format="mp4" if mp4 else "matroska", options=options) as out, \
            open_input(plan.picture) as source:  # closed before ``out``, whose ending takes memory of its own
        stream = picture_stream(source, quoted(plan.picture))
        picture = out.add_stream_from_template(stream)
        picture.disposition = Disposition.default
        if plan.timecode and _labelled(stream.average_rate):
            picture.metadata["timecode"] = plan.timecode
        if plan.title:
            out.metadata["title"] = plan.title
        pumps: list[SoundPump | SubtitlePump] = [*(SoundPump(out, track) for track in plan.tracks),
                                                 *(SubtitlePump(out, track, mp4) for track in plan.subtitles)]
        out.start_encoding()
        decoding = _decoding_times(plan.picture, timeline)
        total = float(timeline.duration)
        for packet, dts in zip(_packets(source, stream), map(int, decoding), strict=False):
            digest.update(packet)
            packet.pts = (packet.pts if packet.pts is not None else dts) - timeline.origin
            packet.dts = dts - timeline.origin
            moment = packet.pts * timeline.time_base
            for pump in pumps:
                pump.until(moment + _AHEAD)
            packet.stream = picture
            out.mux_one(packet)
            tick(min(1.0, max(0.0, float(moment) / total)))
        for pump in pumps:
            pump.until(None)
    return digest.hexdigest()


def _labelled(average: Fraction | None) -> bool:
    """Whether frames at that mean rate can carry timecode labels."""
    return average is not None and 1 <= average <= 120 and Fraction(average).denominator in (1, 1001)


def _packets(source: Any, stream: Any) -> Iterator[Packet[Any]]:
    for packet in source.demux(stream):
        if packet.size:
            yield packet


def _decoding_times(path: Path, timeline: Timeline) -> NDArray[np.int64]:
    """A rising decoding time for each packet: the file's own where they are sound, else made from the order."""
    coded, seen = array("q"), array("q")
    with open_input(path) as source:
        for packet in _packets(source, picture_stream(source, quoted(path))):
            coded.append(_UNTIMED if packet.dts is None else packet.dts)
            seen.append(coded[-1] if packet.pts is None else packet.pts)
    due: NDArray[np.int64] = np.frombuffer(coded, np.int64)
    shown: NDArray[np.int64] = np.frombuffer(seen, np.int64)
    own: NDArray[np.int64] = due[due != _UNTIMED]
    if timeline.counted and not np.array_equal(shown, own):
        raise WrongFormat(f"{quoted(path)} keeps no times for its reordered pictures, they cannot be copied",
                          remedy="convert it to MP4 or Matroska first")
    if len(own) == len(due) and (np.diff(own) > 0).all() and (own <= shown).all():
        return own
    shown = np.where(shown == _UNTIMED, 0, shown)
    order = np.sort(shown)
    order = np.maximum.accumulate(order - np.arange(len(order))) + np.arange(len(order))
    made: NDArray[np.int64] = order - max(0, int((order - shown).max(initial=0)))
    return made


def _measured(plan: MuxPlan, finished: Path, timeline: Timeline, written: str) -> MuxReport:
    """Open the finished file again and hold it against the plan. Raises :class:`Damaged` when it differs."""
    from ciak.media.probing import probe

    info = probe(finished)
    name = quoted(plan.target)
    if info.picture is None or abs(info.picture.duration - timeline.duration) > _SLACK:
        raise Damaged(f"{name}: the picture does not last as long as its source")
    if info.picture.frames != len(timeline.pts):
        raise Damaged(f"{name} holds {info.picture.frames} frames, its source {len(timeline.pts)}")
    found = [sound.language or "und" for sound in info.sounds]
    if found != [container_code(track.language) for track in plan.tracks]:
        raise Damaged(f"{name}: sound tracks in {', '.join(found) or 'no language'} are not what was planned")
    texts = [text.language or "und" for text in info.subtitles]
    if texts != [container_code(track.language) for track in plan.subtitles]:
        raise Damaged(f"{name}: subtitles in {', '.join(texts) or 'no language'} are not what was planned")
    for sound, track in zip(info.sounds, plan.tracks, strict=True):
        wanted = probe(track.path)
        have = wanted.sounds[track.stream]
        if abs((sound.start + sound.duration) - (have.start + have.duration)) > _SLACK:
            raise Damaged(f"{name}: the sound in {sound.language} does not last as long as its source")
    digest = hashlib.sha256()
    with open_input(finished) as container:
        for packet in _packets(container, picture_stream(container, name)):
            digest.update(packet)
    return MuxReport(
        path=str(plan.target), container=info.container, duration=info.picture.duration, frames=info.picture.frames,
        picture_codec=info.picture.codec, picture_sha256=digest.hexdigest(),
        picture_untouched=digest.hexdigest() == written, sounds=tuple(found), subtitles=tuple(texts),
        size=info.size)
