"""A recorded file looked at before it is taken in: what it holds, what is wrong with it, and where it lies in the film.

WAV of any rate; two channels are mixed, and one of them taken where the other is silent; more are refused. A handle at
its head or foot is left out of the take. A broadcast WAV (EBU Tech 3285) that tells its time lies there, when that is
in its line's slot; else a take begins where its line does. Does not know names of files, nor keeps anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from ciak.errors import BadInput
from ciak.film import Rate, Signal, Span, Timecode
from ciak.film.sound import Samples
from ciak.media import SoundFile

__all__ = ["Handles", "Heard", "Room", "examine_take", "take_sound"]

RATE = 48000
LONGEST = 600
"""Seconds of a take, at most."""
_SILENT = 10 ** (-60 / 20)
_FULL = 0.9995
_RUN = 3
"""Samples in a row at full scale that are a clipped peak."""
_QUIET = 10 ** (-40 / 20)
"""Below the loudest 10 ms, what is not speech."""


@dataclass(frozen=True, slots=True)
class Handles:
    """Seconds of a file before its take begins, and after it ends."""

    head: Fraction = Fraction(0)
    foot: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True)
class Room:
    """Where a take may lie: its line's start, its slot, the film's rate and the timecode of its first frame."""

    start: Fraction
    slot: Span
    rate: Rate
    timecode: Timecode


@dataclass(frozen=True, slots=True)
class Heard:
    """What a file holds: its take's place in the film, where the voice is in it, what to tell, and what is ``wrong``
    that a person may still want (clipped, too long)."""

    span: Span
    voice: Span
    notes: tuple[str, ...]
    wrong: tuple[str, ...]


def take_sound(path: Path, first: Fraction, duration: Fraction | None = None) -> Signal:
    """The sound of a take in mono at the file's rate: ``duration`` seconds (None: all) from ``first`` on.

    Raises a :class:`BadInput` for what is no such WAV.
    """
    with SoundFile(path) as sound:
        if sound.channels > 2:
            raise BadInput(f"it has {sound.channels} channels", remedy="export the microphone's channel by itself")
        if sound.frames > LONGEST * sound.rate:
            raise BadInput(f"it has {sound.frames / sound.rate:.0f} s; a take has at most {LONGEST}")
        start = round(first * sound.rate)
        count = sound.frames - start if duration is None else round(duration * sound.rate)
        whole = sound.read(start, max(0, count))
    return Signal.mono(_one(np.nan_to_num(whole.samples)), whole.rate)


def _one(samples: Samples) -> Samples:
    """One channel of one or two: their mean, or the only one that sounds."""
    if samples.shape[1] == 1 or not len(samples):
        return samples[:, 0]
    peaks = np.abs(samples).max(axis=0)
    if peaks.min() < _SILENT <= peaks.max():
        return np.ascontiguousarray(samples[:, int(peaks.argmax())])
    return np.asarray(samples.mean(axis=1), np.float32)


def examine_take(path: Path, room: Room, handles: Handles) -> Heard:
    """What is in the file at ``path`` for a line with that ``room``.

    Raises a :class:`BadInput` for what cannot be a take: no WAV, cut short, empty, silent, of too many channels.
    """
    if path.is_file() and path.stat().st_size == 0:
        raise BadInput("the file is empty")
    with SoundFile(path) as sound:
        rate, frames, channels, told = sound.rate, sound.frames, sound.channels, sound.timecode_samples
    length = Fraction(frames, rate) - handles.head - handles.foot
    if not frames:
        raise BadInput("it holds no sound")
    if length <= 0:
        raise BadInput(f"it has {frames / rate:.2f} s, less than its handles")
    signal = take_sound(path, handles.head, length)
    voice = _voice(signal)
    if voice is None:
        raise BadInput("it is silent")
    notes = [] if channels == 1 else ["two channels are mixed to one"]
    start, where = _placed(None if not told else Fraction(told, rate), voice, room, handles.head)
    notes += [where] if where else []
    span = Span(start=start, end=start + Fraction(round(length * RATE), RATE))
    spoken = voice.shifted(start)
    return Heard(span, spoken, tuple(notes), tuple(_wrong(signal, spoken, room)))


def _voice(signal: Signal) -> Span | None:
    """From the first to the last 10 ms that are loud; None for silence. Seconds from the take's beginning."""
    samples = signal.mixed_down()
    size = max(1, signal.rate // 100)
    count = len(samples) // size
    if not count or float(np.abs(samples).max(initial=0.0)) < _SILENT:
        return None
    power = np.sqrt((samples[:count * size].reshape(count, size).astype(np.float64) ** 2).mean(axis=1))
    loud = np.nonzero(power >= float(power.max()) * _QUIET)[0]
    return Span(start=Fraction(int(loud[0]) * size, signal.rate), end=Fraction((int(loud[-1]) + 1) * size, signal.rate))


def _placed(told: Fraction | None, voice: Span, room: Room, head: Fraction) -> tuple[Fraction, str]:
    """Where the take begins in the film, and what to tell. ``told``: seconds since midnight of the file's start."""
    if told is None:
        return room.start, ""
    start = told + head - Fraction(room.timecode.frames) / room.rate.fps
    if start >= 0 and voice.shifted(start).overlap(room.slot) > 0:
        return start, ""
    label = Timecode(int(told * room.rate.fps), room.rate, room.timecode.drop)
    return room.start, f"its timecode {label} is not its line's: placed where the line begins"


def _wrong(signal: Signal, voice: Span, room: Room) -> list[str]:
    wrong = []
    if peaks := _clipped(signal.mixed_down()):
        wrong.append(f"it is clipped: {peaks} {'peak' if peaks == 1 else 'peaks'} at full scale")
    over = voice.end - room.slot.end
    if over > 2 / room.rate.fps:
        wrong.append(f"it is too long for its slot: {float(voice.duration):.2f} s of voice, "
                     f"{float(over):.2f} s past the end of {float(room.slot.duration):.2f} s")
    return wrong


def _clipped(samples: Samples) -> int:
    """Peaks that stay at full scale for some samples."""
    full = np.abs(samples) >= _FULL
    edges = np.diff(np.concatenate([[0], full.view(np.int8), [0]]))
    return int(((np.nonzero(edges == -1)[0] - np.nonzero(edges == 1)[0]) >= _RUN).sum())
