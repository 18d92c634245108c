"""What the API sends: the contract of the pages, and the source of the OpenAPI document.

Moments are frame numbers at the film's rate, counted from the first frame of the picture, so that a page can
seek exactly; lengths are float seconds, for people to read. None is "not measured" or "not there", never zero.
"""

from __future__ import annotations

from ciak.film.model import FilmModel

__all__ = [
    "CastView", "CharacterView", "CueView", "DialogueView", "FigureView", "FileView", "FilmView", "FlagView",
    "FramesView", "JobView", "LanguageView", "LineView", "ProxyView", "ReportLineView", "ReportView",
    "SubtitlesView",
]


class FramesView(FilmModel):
    """From frame ``first`` up to, not including, frame ``end``."""

    first: int
    end: int


class FlagView(FilmModel):
    """Something a person should look at."""

    code: str
    message: str


class ProxyView(FilmModel):
    """The film as browsers play it, in one language. ``version`` changes with the bytes."""

    version: str
    frames: int | None


class LanguageView(FilmModel):
    """What the film has in one language."""

    code: str
    original: bool
    lines: int
    proxy: ProxyView | None
    subtitles: bool
    problem: str
    """Why its dialogue cannot be read; empty when it can."""


class FilmView(FilmModel):
    """The film: ``rate`` is ``"24000/1001"``, ``nominal`` its labels a second, ``start`` the first timecode.

    ``folder`` is quoted as a shell wants it; ``frames`` is how many the source fills, None before the import.
    """

    title: str
    folder: str
    imported: bool
    picture: bool
    """False for a film of sound alone."""
    language: str | None
    rate: str | None
    nominal: int
    drop: bool
    start: str
    frames: int | None
    languages: tuple[LanguageView, ...]


class LineView(FilmModel):
    """One line of dialogue in one language."""

    id: str
    character: str
    frames: FramesView
    text: str
    confidence: float | None
    locked: bool
    origin: str
    flags: tuple[FlagView, ...]


class DialogueView(FilmModel):
    """All lines of one language, in film order."""

    language: str
    source: str | None
    revision: int
    lines: tuple[LineView, ...]


class CharacterView(FilmModel):
    """One row of the cast table."""

    id: str
    name: str
    sex: str
    voices: dict[str, str]
    edited: bool


class CastView(FilmModel):
    """The cast table."""

    revision: int
    members: tuple[CharacterView, ...]


class CueView(FilmModel):
    """One subtitle."""

    frames: FramesView
    lines: tuple[str, ...]


class SubtitlesView(FilmModel):
    """The subtitles of one language."""

    language: str
    cues: tuple[CueView, ...]


class ReportLineView(FilmModel):
    """One line of the dub: lengths in seconds, ``rate`` natural over spoken length, ``word_error`` a ratio."""

    id: str
    character: str
    source: str
    translation: str
    frames: FramesView | None
    slot: float | None
    spoken: float | None
    rate: float | None
    word_error: float | None
    flags: tuple[FlagView, ...]


class FigureView(FilmModel):
    """One figure of the whole film. ``of``: how many lines it was measured on, or is counted against."""

    code: str
    value: float | None
    unit: str
    of: int | None = None
    good: bool | None = None


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
    problem: str = ""
    """Why a report that is there could not be read."""


class JobView(FilmModel):
    """A piece of long work: ``done`` a fraction, ``left`` estimated seconds, ``what`` the step that it is at."""

    id: str
    verb: str
    what: str
    state: str
    done: float
    left: float | None
