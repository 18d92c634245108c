"""Tracks that run along with a picture into a container: sound encoded as AAC, subtitles as timed text.

A pump writes what belongs before a moment and waits; memory holds one block. Cues that overlap are shown
together while they do, because a track of either container shows one sample at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from ciak.errors import NothingToDo
from ciak.film.language import SubtitleCue
from ciak.media.delivery import SoundTrack, SubtitleTrack
from ciak.media.languages import container_code
from ciak.media.opening import quoted

if TYPE_CHECKING:
    from av.container import OutputContainer

__all__ = ["SoundPump", "SubtitlePump"]

_KEPT_RATES = (48000, 44100)
"""Sample rates that are not converted to 48 kHz."""


class SoundPump:
    """Encodes a sound track as the picture goes along."""

    def __init__(self, out: OutputContainer, track: SoundTrack) -> None:
        from av.stream import Disposition

        from ciak.media.probing import probe
        from ciak.media.sound import sound_blocks

        info = probe(track.path)
        if not 0 <= track.stream < len(info.sounds):
            raise NothingToDo(f"{quoted(track.path)} has no sound stream {track.stream}")
        have = info.sounds[track.stream]
        self._rate = have.rate if have.rate in _KEPT_RATES else 48000
        self._channels = 6 if have.channels >= 6 else 2
        self._layout = "5.1" if self._channels == 6 else "stereo"
        self._out = out
        self._stream = out.add_stream("aac", rate=self._rate, layout=self._layout)
        self._stream.bit_rate = track.bits or (384_000 if self._channels == 6 else 192_000)
        self._stream.metadata.update(_labels(track))
        self._stream.disposition = Disposition.default if track.default else Disposition(0)
        self._blocks = sound_blocks(track.path, stream=track.stream, rate=self._rate, channels=self._channels,
                                    frames=16384)
        self._place = 0
        self._done = False

    def until(self, moment: Fraction | None) -> None:
        """Write all sound before ``moment``, or all there is."""
        import av

        while not self._done and (moment is None or Fraction(self._place, self._rate) < moment):
            block = next(self._blocks, None)
            if block is None:
                self.stop()
                return
            frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(block.samples.T), "fltp", self._layout)
            frame.sample_rate, frame.pts, frame.time_base = self._rate, self._place, Fraction(1, self._rate)
            self._place += block.frames
            self._out.mux(self._stream.encode(frame))

    def stop(self) -> None:
        """Write what the encoder still holds; sound that has not been written is left out."""
        if not self._done:
            self._done = True
            self._out.mux(self._stream.encode(None))


_STYLE = b"""[Script Info]
ScriptType: v4.00+
PlayResX: 384
PlayResY: 288

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, \
Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, \
MarginV, Encoding
Style: Default,Arial,16,&Hffffff,&Hffffff,&H0,&H0,0,0,0,0,100,100,0,0,1,1,0,2,10,10,10,0

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""
"""What the MP4 text encoder derives its sample description from."""


class SubtitlePump:
    """Writes cues as the picture goes along: timed text in MP4, SubRip in Matroska."""

    def __init__(self, out: OutputContainer, track: SubtitleTrack, mp4: bool) -> None:
        from av.stream import Disposition

        self._out, self._mp4 = out, mp4
        if mp4:
            timed = out.add_stream("mov_text")
            timed.codec_context.subtitle_header = _STYLE
            timed.codec_context.time_base = Fraction(1, 1000)
            self._stream: Any = timed
        else:
            self._stream = out.add_mux_stream("subrip")
        self._stream.time_base = Fraction(1, 1000)
        self._stream.metadata.update(_labels(track))
        self._stream.disposition = Disposition.default if track.default else Disposition(0)
        self._cues = list(_apart(track.cues))

    def until(self, moment: Fraction | None) -> None:
        """Write the cues that begin before ``moment``, or all."""
        import av

        while self._cues and (moment is None or self._cues[0][0] < moment * 1000):
            start, end, text = self._cues.pop(0)
            data = text.encode()
            packet = av.Packet(len(data).to_bytes(2, "big") + data if self._mp4 else data)
            packet.stream, packet.time_base = self._stream, Fraction(1, 1000)
            packet.pts = packet.dts = start
            packet.duration, packet.is_keyframe = end - start, True
            self._out.mux_one(packet)


def _apart(cues: tuple[SubtitleCue, ...]) -> Iterator[tuple[int, int, str]]:
    """(start, end, text) in milliseconds; cues that overlap are shown together while they do."""
    edges = sorted({edge for cue in cues for edge in (_milliseconds(cue.span.start), _milliseconds(cue.span.end))})
    alive: list[SubtitleCue] = []
    waiting = list(cues)
    last: tuple[int, int, str] | None = None
    for start, end in pairwise(edges):
        while waiting and _milliseconds(waiting[0].span.start) <= start:
            alive.append(waiting.pop(0))
        alive = [cue for cue in alive if _milliseconds(cue.span.end) > start]
        text = "\n".join(cue.text for cue in alive)
        if last is not None and last[1] == start and last[2] == text and len(alive) > 1:
            last = (last[0], end, text)
            continue
        if last is not None:
            yield last
        last = (start, end, text[:16000]) if text else None
    if last is not None:
        yield last


def _milliseconds(time: Fraction) -> int:
    return max(0, round(time * 1000))


def _labels(track: SoundTrack | SubtitleTrack) -> dict[str, str]:
    labels = {"language": container_code(track.language)}
    if track.title:
        labels |= {"title": track.title, "handler_name": track.title}
    return labels
