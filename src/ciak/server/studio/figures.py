"""Reads ``report.json`` for the page: the figures of the film, and a row a line. What was not measured stays None.

The file comes from a film folder and may say anything: values of another type than expected are left out. Paths
in it are shown to people, never opened. Targets: -23 LUFS +-0.5 (EBU R 128), true peak at most -1 dBTP, round-trip
word error at most 12 %, every line in its slot at a natural rate.
"""

from __future__ import annotations

from typing import Any

from ciak.film import Rate, seconds
from ciak.server.studio.views import FigureView, FileView, FlagView, FramesView, ReportLineView, ReportView

__all__ = ["report_view"]

_TEXT = 2000
_MOST_FILES = 500
_LONGEST = 1e6
"""Seconds of the longest film believed."""


def report_view(told: object, rate: Rate) -> ReportView:
    """What a page shows of a parsed ``report.json``."""
    if not isinstance(told, dict):
        return ReportView(present=True, problem="the report is not an object")
    lines = tuple(_line(row, rate) for row in _list(told.get("lines")) if isinstance(row, dict))
    files = told.get("files")
    return ReportView(
        present=True, lines=lines, figures=_figures(told, lines),
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
                   good=None if error is None else error <= 0.12),
        FigureView(code="loudness", value=loudness, unit="LUFS",
                   good=None if loudness is None else abs(loudness + 23) <= 0.5),
        FigureView(code="true-peak", value=peak, unit="dBTP", good=None if peak is None else peak <= -1),
    )


def _line(row: dict[str, Any], rate: Rate) -> ReportLineView:
    span = _pair(row.get("span"))
    return ReportLineView(
        id=_text(row.get("id")), character=_text(row.get("character")), source=_text(row.get("source")),
        translation=_text(row.get("translation")), frames=_frames(span, rate) if span else None,
        slot=_length(row.get("slot")), spoken=_length(row.get("spoken")), rate=_number(row.get("rate")),
        word_error=_number(row.get("word_error")), flags=tuple(_flag(flag) for flag in _list(row.get("flags"))))


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


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: object) -> str:
    return value[:_TEXT] if isinstance(value, str) else ""
