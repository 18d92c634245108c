"""The times of TTML (W3C TTML2, 12.3 and appendix H) as exact seconds, and back.

Read: clock times with a fraction or with frames, offset times in hours, minutes, seconds, milliseconds, frames and
ticks. With the media time base seconds are seconds and only the frames are divided by the rate; with the SMPTE
time base the label is a timecode, drop-frame when ``ttp:dropMode`` says ``dropNTSC``. Written: see :class:`Grid`.

It does not know the time base ``clock`` (the time of day), nor the discontinuous SMPTE time base, which it reads
as the continuous one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from ciak.errors import BadInput
from ciak.film.time import Rate, Timecode
from ciak.formats.clock import BadClock, clock, milliseconds

__all__ = ["Grid", "TtmlClock", "nominal_and_multiplier"]

_CLOCK = re.compile(r"(\d{2,5}):(\d\d):(\d\d)(?:\.(\d{1,9})|[:;](\d{2,4})(?:\.(\d{1,4}))?)?", re.ASCII)
_OFFSET = re.compile(r"(\d{1,14})(?:\.(\d{1,9}))?(h|ms|m|s|f|t)", re.ASCII)
_LONGEST = 1000 * 3600
_UNITS = {"h": Fraction(3600), "m": Fraction(60), "s": Fraction(1), "ms": Fraction(1, 1000)}
DEFAULT_RATE = Fraction(30)


def _number(text: str, digits: int) -> int | None:
    return int(text) if re.fullmatch(rf"\d{{1,{digits}}}", text.strip(), re.ASCII) and int(text) else None


@dataclass(frozen=True, slots=True)
class TtmlClock:
    """How a file counts: ``rate`` None where it does not say frames a second."""

    rate: Fraction | None = None
    tick: Fraction = Fraction(1)
    subframes: int = 1
    smpte: bool = False
    drop: bool = False

    @classmethod
    def of(cls, parameters: dict[str, str]) -> TtmlClock:
        """From the ``ttp:`` attributes of the root, by their names without prefix. Raises :class:`BadInput`."""
        rate: Fraction | None = None
        if "frameRate" in parameters:
            nominal = _number(parameters["frameRate"], 4)
            parts = [_number(part, 6) for part in re.split(r"[\s:]+", parameters.get("frameRateMultiplier", "1 1")
                                                           .strip(), maxsplit=2)]
            over, under = (parts[0], 1) if len(parts) == 1 else parts[:2]
            if not nominal or not over or not under or len(parts) > 2:
                raise BadInput("ttp:frameRate and ttp:frameRateMultiplier are no frame rate",
                               remedy="a rate is written as 25, or as 24 with the multiplier 1000 1001")
            rate = Rate(Fraction(nominal * over, under)).fps
        subframes = _number(parameters.get("subFrameRate", "1"), 4) or 1
        ticks = _number(parameters["tickRate"], 8) if "tickRate" in parameters else None
        if "tickRate" in parameters and not ticks:
            raise BadInput("ttp:tickRate is no number of ticks a second", remedy="it is written as 10000000")
        implied = rate * subframes if rate else Fraction(1)
        smpte = parameters.get("timeBase", "media").strip() == "smpte"
        drop = smpte and parameters.get("dropMode", "").strip() == "dropNTSC"
        if drop and not Rate(rate or DEFAULT_RATE).dropped:
            raise BadInput("ttp:dropMode is dropNTSC, but the frame rate is not 29.97 or 59.94",
                           remedy="the multiplier 1000 1001 may be missing")
        return cls(rate, Fraction(ticks) if ticks else implied, subframes, smpte, drop)

    @property
    def frames(self) -> Rate:
        """The rate at which frames are counted; 30 where the file does not say, as TTML has it."""
        return Rate(self.rate or DEFAULT_RATE)

    def read(self, text: str) -> Fraction:
        """The seconds of a time expression. Raises :class:`BadClock`."""
        text = text.strip()
        if match := _CLOCK.fullmatch(text):
            time = self._clock(text, *match.groups())
        elif match := _OFFSET.fullmatch(text):
            count = Fraction(int(match[1])) + _fraction(match[2])
            unit = match[3]
            time = count * _UNITS[unit] if unit in _UNITS else count / (self.tick if unit == "t" else self.frames.fps)
        else:
            raise BadClock("not a time like 00:00:01.500, 00:00:01:12, 1.5s, 36f or 15000000t")
        if time > _LONGEST:
            raise BadClock("more than a thousand hours")
        return time

    def _clock(self, text: str, hours: str, minutes: str, secs: str, decimals: str | None, frames: str | None,
               subframes: str | None) -> Fraction:
        if int(minutes) > 59 or int(secs) > 59:
            raise BadClock("minutes and seconds end at 59")
        whole = (int(hours) * 60 + int(minutes)) * 60 + int(secs)
        if frames is None:
            return whole + _fraction(decimals)
        rate = self.frames
        if int(frames) >= rate.nominal:
            raise BadClock(f"frames end at {rate.nominal - 1}")
        part = Fraction(int(subframes or 0), self.subframes)
        if part >= 1:
            raise BadClock(f"subframes end at {self.subframes - 1}")
        if not self.smpte:
            return whole + (int(frames) + part) / rate.fps
        if self.drop and int(hours) < 24:
            try:
                label = f"{int(hours):02}:{minutes}:{secs};{int(frames):02}"
                return (Timecode.parse(label, rate).frames + part) / rate.fps
            except BadInput as problem:
                raise BadClock(problem.message) from None
        return (whole * rate.nominal + int(frames) + part) / rate.fps


def _fraction(decimals: str | None) -> Fraction:
    return Fraction(int(decimals), 10 ** len(decimals)) if decimals else Fraction(0)


def nominal_and_multiplier(rate: Fraction | None) -> tuple[int, Fraction] | None:
    """``ttp:frameRate`` and ``ttp:frameRateMultiplier`` of a rate; None when they cannot say it."""
    if rate is None or not 1 <= rate <= 1000:
        return None
    nominal = Rate(rate).nominal
    multiplier = rate / nominal
    return (nominal, multiplier) if max(multiplier.numerator, multiplier.denominator) < 10**6 else None


class Grid:
    """How the times of one document are written: as exact frames where all of them begin on one, else by the clock.

    At whole rates a frame is ``HH:MM:SS:FF``. At 23.976 or 29.97 no such label would be exact with the media time
    base, which counts true seconds: there frames are counted from the beginning, ``1234f``.
    """

    def __init__(self, rate: Fraction | None, times: Iterable[Fraction]) -> None:
        self.rate = rate if nominal_and_multiplier(rate) else None
        known = set(times)
        self.exact = self.rate is not None and all((time * self.rate).denominator == 1 for time in known)
        self.by_frames = self.rate is not None and (self.exact or all(
            (Fraction(milliseconds(time), 1000) * self.rate).denominator == 1 for time in known))

    def snapped(self, time: Fraction) -> Fraction:
        """The time as it is written."""
        return time if self.exact else Fraction(milliseconds(time), 1000)

    def written(self, time: Fraction) -> str:
        """A time expression. Raises :class:`BadInput` for a time before the film."""
        if not self.by_frames or self.rate is None or time < 0:
            return clock(time, ".")
        frame = int(self.snapped(time) * self.rate)
        if self.rate.denominator != 1:
            return f"{frame}f"
        secs, frame = divmod(frame, int(self.rate))
        minutes, secs = divmod(secs, 60)
        hours, minutes = divmod(minutes, 60)
        return f"{hours:02}:{minutes:02}:{secs:02}:{frame:02}"
