"""Decodes sound, exact to the sample, on the film's clock: moment 0 is the first frame of the picture.

Edit lists and encoder delay (AAC, MP3) are honoured, gaps in the timestamps become silence, overlaps are
dropped, and what lies before the first frame is left out. Where there is no picture, moment 0 is the first
sample that the file means to be heard.

Timestamps are believed when they leave the counted position by more than the container's rounding and 1 ms;
smaller steps are taken for jitter.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import gcd
from typing import TYPE_CHECKING, Any

import numpy as np

from ciak.errors import BadInput, Damaged, NothingToDo, WrongFormat
from ciak.film.sound import Samples, Signal
from ciak.media.channels import LAYOUTS, matrix
from ciak.media.opening import DECODERS, HIGHEST_RATE, open_input, quoted
from ciak.media.resample import Resampler, even_blocks, gathered
from ciak.media.timeline import LONGEST_HOLD, first_picture, picture_stream

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame
    from av.audio.stream import AudioStream
    from av.container import InputContainer

__all__ = ["film_zero", "sound_blocks"]

_EXACT_SEEK = ("mov", "matroska", "wav", "w64", "flac")
"""Containers whose timestamps are still true after a seek; others are decoded from the beginning."""
_RUN_UP = Fraction(1, 2)
"""Seconds decoded before a wanted start, so that decoders and filters have settled."""


@dataclass(frozen=True, slots=True)
class _Want:
    """What is asked for: ``first`` and ``end`` in frames at ``rate`` (``end`` None: to the end of the sound)."""

    rate: int
    channels: int
    first: int
    end: int | None


def sound_blocks(path: str | os.PathLike[str], *, stream: int = 0, rate: int = 48000, channels: int = 2,
                 start: Fraction | None = None, end: Fraction | None = None,
                 frames: int = 65536) -> Iterator[Signal]:
    """Consecutive signals of ``frames`` frames (the last may be shorter) at ``rate`` in ``channels`` (1, 2 or 6).

    ``stream`` counts the file's sound streams. ``start`` and ``end`` are film times; with ``end`` exactly
    ``end - start`` are given, silence where the file has none; without it all until the sound ends. Frame ``k``
    of the result is the same whatever ``start`` was, within float rounding (but for the noise that an AAC decoder
    makes up where the encoder left noise out). Memory does not grow with length.
    Raises what :func:`open_input` raises; :class:`NothingToDo` where there is no such stream.
    """
    if not 1 <= rate <= HIGHEST_RATE or frames < 1:
        raise BadInput(f"sound at {rate} Hz in blocks of {frames} cannot be")
    first = round((start or Fraction(0)) * rate)
    last = None if end is None else round(end * rate)
    if first < 0 or (last is not None and last < first):
        raise BadInput(f"sound from {start} to {end} s cannot be had")
    return even_blocks(_wanted(path, stream, _Want(rate, channels, first, last)), rate, frames)


def film_zero(path: str | os.PathLike[str]) -> Fraction | None:
    """Moment 0 of the film on the file's own clock, seconds: its first frame; None without a picture."""
    name = quoted(path)
    with open_input(path) as container:
        try:
            stream = picture_stream(container, name)
        except NothingToDo:
            return None
        ticks, _, _ = first_picture(container, stream, name)
        return ticks * Fraction(stream.time_base or 0)


def _wanted(path: str | os.PathLike[str], number: int, want: _Want) -> Iterator[Samples]:
    name = quoted(path)
    zero = film_zero(path)
    with open_input(path) as container:
        stream = _sound_stream(container, number, name)
        source = stream.codec_context.sample_rate
        names = _channel_names(stream)
        fold = matrix(names, want.channels)
        if zero is None:
            zero = _first_sound(container, stream, name)
        together = gcd(source, want.rate)
        run_up = max(0, (want.first * together // want.rate) - int(_RUN_UP * together) - 1)
        begin, skip = run_up * source // together, want.first - run_up * want.rate // together
        decoder = _Decoder(container, stream, zero, begin)
        converter = Resampler(source, want.rate, want.channels)
        given, length = 0, None if want.end is None else want.end - want.first
        for samples in _converted(decoder, fold, converter):
            samples, skip = samples[skip:], max(0, skip - len(samples))
            if length is not None:
                samples = samples[:length - given]
            given += len(samples)
            yield samples
            if length is not None and given >= length:
                return
        if not decoder.heard:
            raise Damaged(f"{name}: none of its sound can be decoded", remedy="copy it again from where it came")
        while length is not None and given < length:
            quiet = min(65536, length - given)
            given += quiet
            yield np.zeros((quiet, want.channels), np.float32)


def _converted(decoder: _Decoder, fold: Samples, converter: Resampler) -> Iterator[Samples]:
    for samples in gathered(decoder.samples(), 16384):
        folded = samples @ fold
        yield converter.feed(folded if np.isfinite(folded).all() else np.nan_to_num(folded))
    yield converter.feed(np.zeros((0, fold.shape[1]), np.float32), last=True)


def _sound_stream(container: InputContainer, number: int, name: str) -> AudioStream:
    streams = container.streams.audio
    if not streams:
        raise NothingToDo(f"{name} has no sound")
    if not 0 <= number < len(streams):
        raise NothingToDo(f"{name} has no sound stream {number}, only {len(streams)}")
    stream = streams[number]
    if stream.codec_context is None or stream.codec_context.name not in DECODERS:
        raise WrongFormat(f"{name}: the codec of sound stream {number} is not one decoded here")
    if not stream.codec_context.sample_rate or not stream.codec_context.layout.nb_channels:
        raise Damaged(f"{name}: sound stream {number} says neither its rate nor its channels")
    return stream


def _channel_names(stream: AudioStream) -> tuple[str, ...]:
    layout = stream.codec_context.layout
    names = tuple(channel.name for channel in layout.channels)
    known = len(names) == layout.nb_channels and all(name and not name.isdigit() for name in names)
    return names if known else LAYOUTS.get(layout.nb_channels, tuple(str(n) for n in range(layout.nb_channels)))


def _first_sound(container: InputContainer, stream: AudioStream, name: str) -> Fraction:
    """When the first sample is heard, on the file's clock; the container is then at its beginning again."""
    for frame in _frames(container, stream):
        container.seek(0, backward=True)
        return _time(frame) or Fraction(0)
    raise Damaged(f"{name}: none of its sound can be decoded", remedy="copy it again from where it came")


def _time(frame: AudioFrame) -> Fraction | None:
    return None if frame.pts is None or frame.time_base is None else frame.pts * Fraction(frame.time_base)


def _frames(container: InputContainer, stream: AudioStream) -> Iterator[AudioFrame]:
    """Decoded frames; packets that cannot be decoded are left out, the gap shows in the times."""
    import av

    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets)
        except (StopIteration, av.error.FFmpegError):
            return
        try:
            frames = packet.decode()
        except av.error.FFmpegError:
            continue
        yield from frames


class _Decoder:
    """Decoded samples laid on a continuous line that begins at film time ``begin / source rate``."""

    def __init__(self, container: InputContainer, stream: AudioStream, zero: Fraction, begin: int) -> None:
        self._container, self._stream, self._zero, self._begin = container, stream, zero, begin
        self._rate = stream.codec_context.sample_rate
        self._channels = stream.codec_context.layout.nb_channels
        tick = Fraction(stream.time_base or Fraction(1, self._rate))
        slack = Fraction(30, 1000) if container.format.name == "avi" else 2 * tick + Fraction(1, 1000)
        self._slack = int(slack * self._rate)
        self.heard = False

    def samples(self) -> Iterator[Samples]:
        """Float32 (frames, channels), gapless; silence comes in pieces of at most a second."""
        kind = self._container.format.name.split(",")[0]
        target = Fraction(self._begin, self._rate) + self._zero - _RUN_UP
        if self._begin and kind in _EXACT_SEEK and target > 0:
            tick = Fraction(self._stream.time_base or 1)
            self._container.seek(int(target / tick), stream=self._stream, backward=True)
        position: int | None = None
        done = self._begin
        for frame in _frames(self._container, self._stream):
            samples = self._checked(frame)
            moment = _time(frame)
            stated = None if moment is None else round((moment - self._zero) * self._rate)
            if position is None:
                position = stated if stated is not None else 0
            elif stated is not None and abs(stated - position) > self._slack:
                position = stated
            self.heard = True
            if position - done > LONGEST_HOLD * self._rate:
                raise Damaged(f"{quoted(self._container.name)}: the times of its sound are broken",
                              remedy="convert it again from where it came")
            begins, position = position, position + len(samples)
            while begins > done:
                quiet = min(begins - done, self._rate)
                done += quiet
                yield np.zeros((quiet, self._channels), np.float32)
            if (fresh := samples[done - begins:]).size:
                done += len(fresh)
                yield fresh

    def _checked(self, frame: AudioFrame) -> Samples:
        if frame.sample_rate != self._rate or frame.layout.nb_channels != self._channels:
            raise WrongFormat(f"{quoted(self._container.name)}: rate or channels of the sound change midway")
        return _floats(frame)


def _floats(frame: AudioFrame) -> Samples:
    """Float32 of shape (frames, channels), full scale at 1."""
    array: Any = frame.to_ndarray()
    array = array.T if frame.format.is_planar else array.reshape(-1, frame.layout.nb_channels)
    if array.dtype == np.uint8:
        array = array / 128.0 - 1.0
    elif array.dtype.kind != "f":
        array = array / float(2 ** (8 * array.dtype.itemsize - 1))
    samples: Samples = array.astype(np.float32)
    return samples
