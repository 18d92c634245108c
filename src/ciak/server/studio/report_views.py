"""What the API sends of the report of a film's last dub or subtitling (see ``views``)."""

from __future__ import annotations

from ciak.film.model import FilmModel
from ciak.server.studio.views import FlagView, FramesView

__all__ = ["FigureView", "FileView", "LimitsView", "MixView", "ReportLineView", "ReportView", "RuleView",
           "SubtitleCheckView"]


class ReportLineView(FilmModel):
    """One line of the dub: lengths in seconds, ``rate`` natural over spoken length, ``word_error`` a ratio.

    ``used`` is spoken over slot length; ``confidence`` that of the translation; ``heard`` the words heard back.
    """

    id: str
    character: str
    source: str
    translation: str
    frames: FramesView | None
    slot: float | None
    spoken: float | None
    rate: float | None
    word_error: float | None
    natural: float | None = None
    used: float | None = None
    confidence: float | None = None
    heard: str = ""
    flags: tuple[FlagView, ...]


class FigureView(FilmModel):
    """One figure of the whole film. ``of``: how many lines it was measured on, or is counted against.

    ``language``: of the subtitles that it counts, else empty.
    """

    code: str
    value: float | None
    unit: str
    of: int | None = None
    good: bool | None = None
    language: str = ""


class RuleView(FilmModel):
    """A rule of the subtitles, and how often it is broken."""

    rule: str
    count: int


class SubtitleCheckView(FilmModel):
    """The subtitles of one language: how many there are, and the rules they break, the worst first."""

    language: str
    cues: int | None
    violations: tuple[RuleView, ...]


class MixView(FilmModel):
    """The mix: LUFS, dBTP, and decibels. ``note``: why the target could not be met."""

    integrated: float | None
    true_peak: float | None
    gain_db: float | None
    limited_db: float | None
    target: float | None
    ceiling: float | None
    note: str


class LimitsView(FilmModel):
    """What a line is held to: natural rates, the mean word error of a film, the confidence below which one asks."""

    slowest: float
    fastest: float
    word_error: float
    confidence: float


class FileView(FilmModel):
    """A delivered file: what it is, and its path inside the film folder."""

    role: str
    path: str


class ReportView(FilmModel):
    """The report of the last dub or subtitling. ``present`` is false when there is none yet."""

    present: bool
    languages: tuple[str, ...] = ()
    figures: tuple[FigureView, ...] = ()
    lines: tuple[ReportLineView, ...] = ()
    files: tuple[FileView, ...] = ()
    film: str = ""
    detected_language: float | None = None
    """Probability of the detected source language; None when it was given."""
    mix: MixView | None = None
    subtitles: tuple[SubtitleCheckView, ...] = ()
    notes: tuple[str, ...] = ()
    limits: LimitsView | None = None
    problem: str = ""
    """Why a report that is there could not be read."""
