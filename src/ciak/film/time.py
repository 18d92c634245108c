"""Film time: exact rates, rational seconds, spans and SMPTE timecode.

A moment in a film is a :class:`fractions.Fraction` of seconds from the first frame of the picture. Frames
are counted at an exact :class:`Rate` (23.976 is 24000/1001), and labelled by a :class:`Timecode`, whose
drop-frame rule is that of SMPTE ST 12-1: at 30000/1001 two labels, at 60000/1001 four, are left out at the
start of each minute that is not a multiple of ten. Float seconds exist only at the edge of signal code:
:func:`seconds` brings them in, ``float()`` takes them out.

Known limit: a timecode wraps at 24 hours, as the standard has it; film time does not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from math import isfinite
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema, model_validator

from ciak.errors import BadInput
from ciak.film.model import FilmModel

__all__ = ["FilmTime", "Rate", "Span", "Timecode", "seconds"]

_NTSC = {Fraction(n * 1000, 1001): n for n in (24, 30, 48, 60, 120)}
_DIGITS = 40
_RATIONAL = re.compile(rf"-?\d{{1,{_DIGITS}}}(/\d{{1,{_DIGITS}}})?", re.ASCII)
GRID = 48000
"""Samples per second of the house's sound: the grid on which float seconds become film time."""


def _read_time(value: Any) -> Fraction:
    if isinstance(value, int) and not isinstance(value, bool):
        value = Fraction(value)
    if isinstance(value, Fraction):
        if max(abs(value.numerator), value.denominator) >= 10**_DIGITS:
            raise ValueError(f"film time is written with at most {_DIGITS} digits")
        return value
    if isinstance(value, str) and _RATIONAL.fullmatch(value):
        try:
            return Fraction(value)
        except ZeroDivisionError:
            raise ValueError(f"{value!r} divides by zero") from None
    raise ValueError("film time is a rational of seconds, written 'n' or 'n/d'")


def _write_time(value: Fraction) -> str:
    return str(value)


FilmTime = Annotated[
    Fraction,
    BeforeValidator(_read_time),
    PlainSerializer(_write_time, return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^-?\d+(/\d+)?$"}),
]
"""A rational number of seconds; in JSON the string ``"n"`` or ``"n/d"``. Floats are refused."""


def seconds(value: float, grid: int = GRID) -> Fraction:
    """Film time of float ``value`` seconds, on the nearest of ``grid`` steps a second (48 kHz samples).

    Raises :class:`BadInput` for NaN and infinities.
    """
    if not isfinite(value):
        raise BadInput(f"{value} is no time")
    return Fraction(round(value * grid), grid)


@dataclass(frozen=True, slots=True, order=True)
class Rate:
    """Frames per second as an exact fraction. ``Rate.parse("23.976") == Rate(Fraction(24000, 1001))``."""

    fps: Fraction

    def __post_init__(self) -> None:
        if not 1 <= self.fps <= 1000:
            raise BadInput(f"a frame rate of {self.fps} is not between 1 and 1000 frames per second")

    @classmethod
    def parse(cls, text: str) -> Rate:
        """Read ``"25"``, ``"23.976"``, ``"29.97"`` or ``"24000/1001"``.

        Decimals within 0.005 of an NTSC rate are that rate. Raises :class:`BadInput`.
        """
        text = text.strip()
        if not re.fullmatch(r"\d{1,7}(/\d{1,7}|\.\d{1,6})?", text, re.ASCII):
            raise BadInput(f"{text[:40]!r} is not a frame rate", remedy="write it as 24, 23.976 or 24000/1001")
        try:
            value = Fraction(text)
        except ZeroDivisionError:
            raise BadInput(f"{text!r} is not a frame rate", remedy="the denominator is zero") from None
        return cls.nearest(value) if "." in text else cls(value)

    @classmethod
    def nearest(cls, value: Fraction | float) -> Rate:
        """The rate meant by a measured or rounded number: a whole or an NTSC rate when one is within 0.005.

        Raises :class:`BadInput` for NaN, infinities and rates outside 1 to 1000.
        """
        if not isfinite(value):
            raise BadInput(f"{value} is not a frame rate")
        exact = Fraction(value)
        whole = Fraction(round(exact))
        best = min([*_NTSC, whole], key=lambda candidate: abs(candidate - exact))
        return cls(best if abs(best - exact) <= Fraction(5, 1000) else exact.limit_denominator(1001))

    @property
    def nominal(self) -> int:
        """Frame labels counted in one second of timecode: 24 for 23.976."""
        return _NTSC.get(self.fps) or max(1, round(self.fps))

    @property
    def dropped(self) -> int:
        """Labels that drop-frame timecode leaves out a minute: 2 at 29.97, 4 at 59.94, else 0."""
        return {Fraction(30000, 1001): 2, Fraction(60000, 1001): 4}.get(self.fps, 0)

    def time(self, frame: int) -> Fraction:
        """Film time at which ``frame`` begins."""
        return Fraction(frame) / self.fps

    def frame(self, time: Fraction) -> int:
        """The frame that is on the screen at ``time``."""
        return int(time * self.fps // 1)

    def nearest_frame(self, time: Fraction) -> int:
        """The frame whose beginning is nearest to ``time`` (ties go to the later)."""
        return int((time * self.fps + Fraction(1, 2)) // 1)

    def snap(self, time: Fraction) -> Fraction:
        """``time`` moved to the nearest beginning of a frame."""
        return self.time(self.nearest_frame(time))

    def __str__(self) -> str:
        if self.fps.denominator == 1:
            return str(self.fps.numerator)
        return f"{self.fps.numerator}/{self.fps.denominator}"


_TIMECODE = re.compile(r"^(\d{2}):(\d{2}):(\d{2})([:;])(\d{2,3})$", re.ASCII)


@dataclass(frozen=True, slots=True)
class Timecode:
    """A frame label: ``frames`` counted from 00:00:00:00 at ``rate``, written with or without drop-frame."""

    frames: int
    rate: Rate
    drop: bool = False

    def __post_init__(self) -> None:
        if self.drop and not self.rate.dropped:
            raise BadInput(f"there is no drop-frame timecode at {self.rate} frames per second",
                           remedy="write it with ':' before the frames")
        object.__setattr__(self, "frames", self.frames % self._per_day(self.rate, self.drop))

    @staticmethod
    def _per_day(rate: Rate, drop: bool) -> int:
        labels = 24 * 3600 * rate.nominal
        return labels - 24 * 54 * rate.dropped if drop else labels

    @classmethod
    def parse(cls, text: str, rate: Rate) -> Timecode:
        """Read ``HH:MM:SS:FF``, or ``HH:MM:SS;FF`` for drop-frame. Raises :class:`BadInput`."""
        match = _TIMECODE.match(text.strip())
        if not match:
            raise BadInput(f"{text[:40]!r} is not a timecode", remedy="write it as HH:MM:SS:FF, 01:00:00:00")
        hours, minutes, secs, frames = (int(match[i]) for i in (1, 2, 3, 5))
        drop = match[4] == ";"
        if hours > 23 or minutes > 59 or secs > 59 or frames >= rate.nominal:
            raise BadInput(f"{text!r} is not a timecode at {rate} frames per second")
        if drop and not rate.dropped:
            raise BadInput(f"{text!r}: there is no drop-frame timecode at {rate} frames per second")
        if drop and secs == 0 and minutes % 10 and frames < rate.dropped:
            raise BadInput(f"{text!r} is one of the labels that drop-frame timecode leaves out")
        count = ((hours * 60 + minutes) * 60 + secs) * rate.nominal + frames
        if drop:
            total_minutes = hours * 60 + minutes
            count -= rate.dropped * (total_minutes - total_minutes // 10)
        return cls(count, rate, drop)

    def __str__(self) -> str:
        nominal, count = self.rate.nominal, self.frames
        if self.drop:
            dropped = self.rate.dropped
            per_minute = nominal * 60 - dropped
            per_ten = per_minute * 10 + dropped
            tens, rest = divmod(count, per_ten)
            count += dropped * 9 * tens
            if rest >= nominal * 60:
                count += dropped * ((rest - nominal * 60) // per_minute + 1)
        secs, frames = divmod(count, nominal)
        minutes, secs = divmod(secs, 60)
        hours, minutes = divmod(minutes, 60)
        width = 3 if nominal > 100 else 2
        return f"{hours:02}:{minutes:02}:{secs:02}{';' if self.drop else ':'}{frames:0{width}}"

    def __add__(self, frames: int) -> Timecode:
        return Timecode(self.frames + frames, self.rate, self.drop)

    def at(self, time: Fraction) -> Timecode:
        """The label of the frame on the screen ``time`` seconds after this one."""
        return self + self.rate.frame(time)


class Span(FilmModel):
    """A stretch of film time, from ``start`` up to, not including, ``end``. Never negative."""

    start: FilmTime
    end: FilmTime

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.end < self.start:
            raise ValueError(f"a span ends ({self.end}) before it starts ({self.start})")
        return self

    @classmethod
    def of(cls, start: Fraction | int, end: Fraction | int) -> Span:
        """``Span.of(1, 2)``: positional, for readable code."""
        return cls(start=Fraction(start), end=Fraction(end))

    @property
    def duration(self) -> Fraction:
        """Length in seconds."""
        return self.end - self.start

    def holds(self, time: Fraction) -> bool:
        """Whether ``time`` lies in the span."""
        return self.start <= time < self.end

    def overlap(self, other: Span) -> Fraction:
        """Seconds that both spans share."""
        return max(Fraction(0), min(self.end, other.end) - max(self.start, other.start))

    def shifted(self, by: Fraction) -> Span:
        """The same length, ``by`` seconds later."""
        return Span(start=self.start + by, end=self.end + by)

    def join(self, other: Span) -> Span:
        """The shortest span that covers both."""
        return Span(start=min(self.start, other.start), end=max(self.end, other.end))
