"""The clock of subtitle files: ``00:01:02,500 --> 00:01:04,000`` as exact seconds, and back.

Reads what is met in the wild: comma or point, one to nine decimals or none, hours of one to six digits or
missing, blanks after the separators, arrows of other signs. Writes milliseconds, the only unit that SRT and
WebVTT have; a time between two of them goes to the nearest, ties to the later.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from ciak.errors import BadInput
from ciak.film.time import Span

__all__ = ["ARROW", "BadClock", "Timing", "clock", "looks_like_timing", "milliseconds", "on_milliseconds",
           "read_timing"]

ARROW = "-->"

_STAMP = r"(?:(\d{1,6}):[ \t]?)?(\d{1,2}):[ \t]?(\d{1,2})(?:[.,][ \t]?(\d{1,9}))?"
_TIMING = re.compile(rf"[ \t]*{_STAMP}[ \t]*(?:-{{1,3}}>|[–—]{{1,2}}>|=>|→)[ \t]*{_STAMP}(?![\d:.,])(.*)", re.ASCII)


class BadClock(ValueError):
    """A line that has an arrow, but no two times in order; the message says which is wrong."""


@dataclass(frozen=True, slots=True)
class Timing:
    """When a cue is shown, and what stands behind the times on their line."""

    span: Span
    rest: str


def looks_like_timing(line: str) -> bool:
    """Whether a line is two times with an arrow between, be it ``-->``, ``->``, ``—>``, ``=>`` or ``→``."""
    return (">" in line or "→" in line) and _TIMING.fullmatch(line) is not None


def read_timing(line: str) -> Timing:
    """The times of a line that holds an arrow. Raises :class:`BadClock`."""
    match = _TIMING.fullmatch(line)
    if not match:
        raise BadClock("not a start and an end time, 00:00:01,000 --> 00:00:02,000")
    start, end = _exact(match.groups()[:4]), _exact(match.groups()[4:8])
    if end < start:
        raise BadClock("it ends before it starts")
    return Timing(Span(start=start, end=end), match[9].strip(" \t"))


def _exact(groups: tuple[str | None, ...]) -> Fraction:
    hours, minutes, secs = (int(group or 0) for group in groups[:3])
    if minutes > 59 or secs > 59:
        raise BadClock("minutes and seconds end at 59")
    decimals = groups[3] or "0"
    return (hours * 60 + minutes) * 60 + secs + Fraction(int(decimals), 10 ** len(decimals))


def milliseconds(time: Fraction) -> int:
    """The nearest millisecond (ties go to the later)."""
    return int((time * 1000 + Fraction(1, 2)) // 1)


def on_milliseconds(span: Span) -> bool:
    """Whether both ends are whole milliseconds, so that writing changes nothing."""
    return 1000 % span.start.denominator == 0 and 1000 % span.end.denominator == 0


def clock(time: Fraction, point: str) -> str:
    """``HH:MM:SS,mmm`` with ``point`` before the milliseconds. Raises :class:`BadInput` for a negative time."""
    count = milliseconds(time)
    if count < 0:
        raise BadInput(f"a subtitle at {float(time):.3f} s is before the film", remedy="shift the subtitles first")
    secs, count = divmod(count, 1000)
    minutes, secs = divmod(secs, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{secs:02}{point}{count:03}"
