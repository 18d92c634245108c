"""The report: how well each line was done, and the film as a whole. What could not be measured reads ``null``.

``report.json`` is the handover to the studio's page and to anybody's spreadsheet; its shape is drawn in
``docs/contracts.md``. Times are float seconds of film time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction

from pydantic import Field

from ciak.dubbing.checking import Violation
from ciak.dubbing.slots import FASTEST, SLOWEST
from ciak.film import Dialogue, Flag, Loop, Span
from ciak.film.model import FilmModel

__all__ = ["LineReport", "MixReport", "Report", "SubtitleReport", "line_reports", "subtitle_report", "summary"]


class LineReport(FilmModel):
    """One line. ``rate``: natural over spoken length; ``word_error``: of the round trip; ``performance``: how much of
    the original's was carried, ``plain``: why not what was asked for, the likenesses: correlations with it."""

    id: str
    character: str
    source: str
    translation: str | None = None
    confidence: float | None = None
    span: tuple[float, float]
    slot: tuple[float, float] | None = None
    spoken: tuple[float, float] | None = None
    natural: float | None = None
    rate: float | None = None
    word_error: float | None = None
    heard: str | None = None
    take: str | None = None
    performance: float | None = None
    pitch_likeness: float | None = None
    energy_likeness: float | None = None
    plain: str = ""
    flags: tuple[Flag, ...] = ()


class MixReport(FilmModel):
    """Loudness of the PCM mix (LUFS, dBTP), the gain that brought it there, the limiter's deepest bite (dB)."""

    integrated: float | None
    true_peak: float | None
    gain_db: float
    limited_db: float
    target: float
    ceiling: float
    note: str = ""
    """Why the target could not be met, else empty."""
    profile: str = "r128"
    """Name of the loudness profile."""
    dialogue: float | None = None
    """LUFS where somebody speaks, by Ciak's own gate."""
    channels: int = 2
    """Of the stems and the mix."""
    fitted: int = 0
    """Takes that were equalised to their scene."""
    rooms: int = 0
    """Takes that were laid into a room."""
    ducked: int = 0
    """Lines under which the bed was turned down, because the original's voice was still in it."""
    ducked_db: float = 0.0
    """By how much at most, dB."""


class SubtitleReport(FilmModel):
    """Subtitles of one language and which rules of their profile are broken how often."""

    cues: int
    profile: str = "basic"
    violations: dict[str, int] = Field(default_factory=dict)


class Report(FilmModel):
    """``report.json``."""

    schema_: int = Field(default=1, alias="schema")
    film: str
    languages: tuple[str, ...]
    detected_language: float | None = None
    """Probability of the detected source language; None when it was given."""
    files: dict[str, str] = Field(default_factory=dict)
    """Role -> path relative to the report."""
    lines: tuple[LineReport, ...] = ()
    mix: MixReport | None = None
    subtitles: dict[str, SubtitleReport] = Field(default_factory=dict)
    summary: dict[str, float | int | None] = Field(default_factory=dict)
    waiting: dict[str, int] = Field(default_factory=dict)
    """Language -> captions that nobody has decided, for which no SDH was written."""
    notes: tuple[str, ...] = ()
    """What a person should know of the run as a whole."""


def _pair(span: Span | None) -> tuple[float, float] | None:
    return None if span is None else (round(float(span.start), 4), round(float(span.end), 4))


def line_reports(original: Dialogue, target: Dialogue | None) -> tuple[LineReport, ...]:
    """A row for each loop of ``original``, with what ``target`` has of it."""
    return tuple(_row(loop, target.loop(loop.id) if target else None) for loop in original.loops)


def _row(loop: Loop, other: Loop | None) -> LineReport:
    take = other.take if other else None
    span = _pair(loop.span)
    assert span is not None
    return LineReport(
        id=loop.id, character=loop.character, source=loop.text, span=span,
        translation=other.text if other else None, confidence=other.confidence if other else None,
        slot=_pair(other.slot) if other else None, spoken=_pair(take.span) if take else None,
        natural=_seconds(take.natural) if take else None, rate=round(take.rate, 4) if take else None,
        word_error=take.word_error if take else None, heard=take.heard if take else None,
        take=take.id if take else None, performance=take.performance if take else None,
        pitch_likeness=take.pitch_likeness if take else None, energy_likeness=take.energy_likeness if take else None,
        plain=take.plain if take else "", flags=(*loop.flags, *(other.flags if other else ())))


def _seconds(value: Fraction) -> float:
    return round(float(value), 4)


def subtitle_report(count: int, found: Sequence[Violation], profile: str) -> SubtitleReport:
    """``found`` counted by rule."""
    return SubtitleReport(cues=count, profile=profile, violations=dict(Counter(item.rule for item in found)))


def summary(lines: Sequence[LineReport]) -> Mapping[str, float | int | None]:
    """Figures of the film: lines, how many fit their slot at a natural rate, how many wait for a person."""
    spoken = [line for line in lines if line.spoken is not None and line.slot is not None]
    slowest, fastest = float(SLOWEST) - 0.005, float(FASTEST) + 0.005
    fitting = [line for line in spoken if line.spoken and line.slot and line.rate is not None
               and line.spoken[1] <= line.slot[1] + 0.001 and slowest <= line.rate <= fastest]
    alike = {kind: [value for line in spoken if (value := getattr(line, kind)) is not None]
             for kind in ("pitch_likeness", "energy_likeness")}
    errors = [line.word_error for line in spoken if line.word_error is not None]
    return {
        "lines": len(lines), "spoken": len(spoken), "in_slot_at_natural_rate": len(fitting),
        "flagged": sum(bool(line.flags) for line in lines),
        "word_error_mean": round(sum(errors) / len(errors), 4) if errors else None,
        "performed": sum(bool(line.performance) for line in spoken),
        **{f"{kind}_mean": round(sum(found) / len(found), 4) if found else None for kind, found in alike.items()},
    }
