"""Reads ``report.json`` for the page: the figures of the film, and a row a line. What was not measured stays None.

The file comes from a film folder and may say anything: values of another type than expected are left out. Paths
in it are shown to people, never opened. Targets: -23 LUFS +-0.5 (EBU R 128), true peak at most -1 dBTP, round-trip
word error at most 12 %, every line in its slot at a natural rate, no rule of the subtitles broken.
"""

from __future__ import annotations

from typing import Any

from ciak.dubbing.adaptation import LOW_CONFIDENCE
from ciak.dubbing.slots import FASTEST, SLOWEST
from ciak.film import Rate, seconds
from ciak.server.studio.report_views import (
    FigureView,
    FileView,
    LimitsView,
    MixView,
    ReportLineView,
    ReportView,
    RuleView,
    SubtitleCheckView,
)
from ciak.server.studio.views import FlagView, FramesView

__all__ = ["report_view"]

_TEXT = 2000
_MOST_FILES = 500
_MOST_LANGUAGES, _MOST_RULES, _MOST_NOTES = 50, 50, 100
_WORD_ERROR = 0.12
"""The mean of a film is held to it."""
_LIMITS = LimitsView(slowest=float(SLOWEST), fastest=float(FASTEST), word_error=_WORD_ERROR,
                     confidence=LOW_CONFIDENCE)
_MOST = 1000
"""A rate, a word error or a number of seconds of one line above this is none."""
_LONGEST = 1e6
"""Seconds of the longest film believed."""


def report_view(told: object, rate: Rate) -> ReportView:
    """What a page shows of a parsed ``report.json``."""
    if not isinstance(told, dict):
        return ReportView(present=True, problem="the report is not an object")
    lines = tuple(_line(row, rate) for row in _list(told.get("lines")) if isinstance(row, dict))
    files, subtitles = told.get("files"), _subtitles(told.get("subtitles"))
    return ReportView(
        present=True, lines=lines, figures=(*_figures(told, lines), *map(_kept, subtitles)), limits=_LIMITS,
        film=_text(told.get("film")), detected_language=_share(told.get("detected_language")),
        mix=_mix(told.get("mix")), subtitles=subtitles,
        notes=tuple(_text(note) for note in _list(told.get("notes"))[:_MOST_NOTES] if _text(note)),
        languages=tuple(_text(code) for code in _list(told.get("languages")) if _text(code)),
        files=tuple(FileView(role=_text(role), path=_text(path)) for role, path in
                    (list(files.items())[:_MOST_FILES] if isinstance(files, dict) else ()) if _text(path)))


def _figures(told: dict[str, Any], lines: tuple[ReportLineView, ...]) -> tuple[FigureView, ...]:
    counted, mix = _object(told.get("summary")), _object(told.get("mix"))
    measured = sum(line.word_error is not None for line in lines)
    fitting, spoken = _number(counted.get("in_slot_at_natural_rate")), _number(counted.get("spoken"))
    if not spoken:
        fitting = None
    flagged, error = _number(counted.get("flagged")), _number(counted.get("word_error_mean"))
    loudness, peak = _number(mix.get("integrated")), _number(mix.get("true_peak"))
    return (
        FigureView(code="in-slot", value=fitting, unit="lines", of=int(spoken or 0),
                   good=None if fitting is None else fitting == spoken),
        FigureView(code="flagged", value=flagged, unit="lines", of=len(lines),
                   good=None if flagged is None else flagged == 0),
        FigureView(code="word-error", value=error, unit="ratio", of=measured,
                   good=None if error is None else error <= _WORD_ERROR),
        FigureView(code="loudness", value=loudness, unit="LUFS",
                   good=None if loudness is None else abs(loudness + 23) <= 0.5),
        FigureView(code="true-peak", value=peak, unit="dBTP", good=None if peak is None else peak <= -1),
    )


def _kept(subtitles: SubtitleCheckView) -> FigureView:
    """How often subtitles break a rule, as a figure."""
    broken = sum(rule.count for rule in subtitles.violations)
    known = subtitles.cues is not None
    return FigureView(code="subtitles", value=broken if known else None, unit="rules", of=subtitles.cues,
                      good=broken == 0 if known else None, language=subtitles.language)


def _subtitles(value: object) -> tuple[SubtitleCheckView, ...]:
    return tuple(
        SubtitleCheckView(language=_text(language), cues=_count(told.get("cues")), violations=tuple(sorted(
            (RuleView(rule=_text(rule), count=count)
             for rule, times in list(_object(told.get("violations")).items())[:_MOST_RULES]
             if (count := _count(times))), key=lambda found: (-found.count, found.rule))))
        for language, told in list(_object(value).items())[:_MOST_LANGUAGES] if isinstance(told, dict) and language)


def _mix(value: object) -> MixView | None:
    if not isinstance(value, dict):
        return None
    return MixView(note=_text(value.get("note")), **{name: _number(value.get(name)) for name in (
        "integrated", "true_peak", "gain_db", "limited_db", "target", "ceiling")})


def _line(row: dict[str, Any], rate: Rate) -> ReportLineView:
    span = _pair(row.get("span"))
    slot, spoken = _length(row.get("slot")), _length(row.get("spoken"))
    return ReportLineView(
        id=_text(row.get("id")), character=_text(row.get("character")), source=_text(row.get("source")),
        translation=_text(row.get("translation")), frames=_frames(span, rate) if span else None,
        slot=slot, spoken=spoken, rate=_measure(row.get("rate")), natural=_measure(row.get("natural")),
        used=round(spoken / slot, 4) if slot and spoken is not None else None,
        confidence=_share(row.get("confidence")), heard=_text(row.get("heard")),
        word_error=_measure(row.get("word_error")), flags=tuple(_flag(flag) for flag in _list(row.get("flags"))))


def _frames(span: tuple[float, float], rate: Rate) -> FramesView:
    first = rate.nearest_frame(seconds(span[0]))
    return FramesView(first=first, end=max(first + 1, rate.nearest_frame(seconds(span[1]))))


def _flag(value: object) -> FlagView:
    told = value if isinstance(value, dict) else {"code": value}
    return FlagView(code=_text(told.get("code")) or "flag", message=_text(told.get("message")))


def _pair(value: object) -> tuple[float, float] | None:
    """Start and end, seconds of film time."""
    numbers = [_number(part) for part in _list(value)]
    if len(numbers) != 2 or numbers[0] is None or numbers[1] is None:
        return None
    return (numbers[0], numbers[1]) if 0 <= numbers[0] <= numbers[1] <= _LONGEST else None


def _length(value: object) -> float | None:
    pair = _pair(value)
    return round(pair[1] - pair[0], 4) if pair else None


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) < 1e12 else None


def _measure(value: object) -> float | None:
    """A number that can have been measured of a line."""
    number = _number(value)
    return number if number is not None and 0 <= number <= _MOST else None


def _share(value: object) -> float | None:
    """A number from 0 to 1."""
    number = _number(value)
    return number if number is not None and 0 <= number <= 1 else None


def _count(value: object) -> int | None:
    """A whole number from 0 on."""
    number = _number(value)
    return int(number) if number is not None and number >= 0 and number == int(number) else None


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: object) -> str:
    return value[:_TEXT] if isinstance(value, str) else ""
