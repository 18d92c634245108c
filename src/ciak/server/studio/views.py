"""What the API sends: the contract of the pages, and the source of the OpenAPI document.

Moments are frame numbers at the film's rate, counted from the first frame of the picture, so that a page can
seek exactly; lengths are float seconds, for people to read. None is "not measured" or "not there", never zero. The
report's are in ``report_views``, those of the page Words in ``words_views``.
"""

from __future__ import annotations

from ciak.film.model import FilmModel
from ciak.server.studio.words_views import TermView

__all__ = ["ActivityView", "BrokenView", "CaptionView", "CastView", "CharacterView", "ConflictView", "CueView",
           "DialogueView", "EditedView", "EntryView", "ErrorView", "EventsView", "FilmView", "FlagView", "FramesView",
           "JobView", "JudgedView", "LanguageView", "LineView", "ProxyView", "ShotView", "ShotsView", "SubtitlesView",
           "TakeView", "UndoView", "UploadView"]


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
    captions: int
    proxy: ProxyView | None
    subtitles: bool
    problem: str
    """Why its dialogue cannot be read; empty when it can."""


class FilmView(FilmModel):
    """The film. ``key`` names it to this studio; ``rate``: ``"24000/1001"``; ``nominal``: its labels a second;
    ``start``: the first timecode.

    ``folder`` is quoted as a shell wants it; ``frames`` is how many the source fills, None before the import.
    """

    key: str
    title: str
    folder: str
    imported: bool
    missing: bool
    """Its source was imported, and is not where it was."""
    picture: bool
    """False for a film of sound alone."""
    language: str | None
    profile: str | None
    """Name of the rules that its subtitles keep, None for the basic ones."""
    rate: str | None
    nominal: int
    drop: bool
    start: str
    frames: int | None
    languages: tuple[LanguageView, ...]


class TakeView(FilmModel):
    """One spoken attempt at a line, ``number`` in the order in which they were made: ``rate`` natural over spoken
    length, ``word_error`` a ratio, ``seconds`` long; ``chosen``: it is the one in the mix; ``pitch_likeness`` and
    ``energy_likeness``: correlation with the original; ``plain``: why it carries less of it than was asked for."""

    id: str
    number: int
    kind: str
    text: str
    voice: str
    rate: float
    seconds: float
    word_error: float | None
    pitch_likeness: float | None
    energy_likeness: float | None
    plain: str
    chosen: bool


class ReasonView(FilmModel):
    """Why a wording stands where it does: ``code``, and what it is about."""

    code: str
    about: str


class WayView(FilmModel):
    """A wording of a line; ``seconds``: its natural length, where it was measured."""

    text: str
    seconds: float | None
    confidence: float | None
    reasons: tuple[ReasonView, ...]


class LineView(FilmModel):
    """One line of dialogue in one language. ``version`` changes with every change of the line: an edit names the
    version that it was made on. ``ways``: its wordings, the best first; ``held``: a person set its subtitles.
    ``presence``: where the voice of the original's line comes from, ``told`` whose word that is."""

    id: str
    version: str
    character: str
    frames: FramesView
    slot: FramesView | None
    text: str
    confidence: float | None
    locked: bool
    origin: str
    flags: tuple[FlagView, ...]
    takes: tuple[TakeView, ...]
    ways: tuple[WayView, ...]
    held: bool
    presence: str | None
    told: str
    sung: bool


class CaptionView(FilmModel):
    """What is told besides the lines: ``kind`` a sound, music, what is sung, what is written in the picture, or forced;
    ``verdict`` of a person: undecided, approved or rejected; ``edge``: where writing stands in the picture. ``version``
    as of a line."""

    id: str
    version: str
    kind: str
    frames: FramesView
    text: str
    origin: str
    confidence: float | None
    verdict: str
    edge: str | None


class DialogueView(FilmModel):
    """All lines of one language, and its captions, in film order."""

    language: str
    source: str | None
    revision: int
    captions: tuple[CaptionView, ...]
    lines: tuple[LineView, ...]


class CharacterView(FilmModel):
    """One row of the cast table. ``version`` as of a line."""

    id: str
    version: str
    name: str
    sex: str
    voices: dict[str, str]
    edited: bool


class CastView(FilmModel):
    """The cast table."""

    revision: int
    members: tuple[CharacterView, ...]


class CueView(FilmModel):
    """One subtitle, the ids of the lines that it shows, and whether a person set it. ``italics``: ranges of characters
    (code points) of its lines joined by line feeds; ``top``: it makes way for what is written at the bottom."""

    frames: FramesView
    lines: tuple[str, ...]
    loops: tuple[str, ...]
    held: bool
    italics: tuple[tuple[int, int], ...]
    top: bool


class SubtitlesView(FilmModel):
    """The subtitles of one language. ``delivered``: they are as they leave the house; else they are being fixed, or the
    shots are not known; ``version``: of the fixed ones, which the film's state tells when there are others; ``gap``:
    the fewest frames between two."""

    language: str
    delivered: bool
    version: str
    gap: int
    cues: tuple[CueView, ...]


class BrokenView(FilmModel):
    """A rule that a subtitle breaks: what was measured, and the limit, in the rule's unit."""

    rule: str
    measured: float
    limit: float


class JudgedView(FilmModel):
    """How a subtitle keeps the rules of ``profile``: ``speed`` and its ``limit`` in characters a second."""

    profile: str
    seconds: float
    speed: float | None
    limit: int
    broken: tuple[BrokenView, ...]


class JobView(FilmModel):
    """A piece of long work: ``done`` a fraction, ``left`` estimated seconds, ``what`` the step that it is at."""

    id: str
    verb: str
    what: str
    state: str
    done: float
    left: float | None
    seconds: float
    created: str
    error: str
    """What went wrong, and what to do about it; empty when nothing did."""


class ShotView(FilmModel):
    """A continuous image. ``picture``: number of its thumbnail, None while there is none."""

    first: int
    end: int
    picture: int | None


class ShotsView(FilmModel):
    """What the strip draws beside words. ``pictures``: frame of each thumbnail; ``sounds``: name -> version of each
    waveform (``original``, ``DX.it``, ``ME.it``, ``MIX.it``); ``complete``: nothing is left to survey."""

    complete: bool
    shots: tuple[ShotView, ...]
    pictures: tuple[int, ...]
    version: str
    sounds: dict[str, str]


class EntryView(FilmModel):
    """One thing that happened to the film. ``when``: UTC, ISO 8601, by the machine's clock."""

    sequence: int
    when: str
    kind: str
    what: str
    who: str
    version: str
    language: str
    changes: tuple[str, ...]
    lines: tuple[str, ...]
    models: tuple[str, ...]
    """Names of the models that did it."""


class ActivityView(FilmModel):
    """A page of the history, the newest first; ``more``: there are older ones."""

    entries: tuple[EntryView, ...]
    more: bool


class UndoView(FilmModel):
    """What could be undone or redone next, None when nothing."""

    undo: EntryView | None
    redo: EntryView | None


class EditedView(FilmModel):
    """What an edit did, per language: the lines that changed, as they are now, and the ids of those that are gone."""

    lines: dict[str, tuple[LineView, ...]]
    gone: dict[str, tuple[str, ...]]
    captions: dict[str, tuple[CaptionView, ...]]
    """All captions of each language in which one was changed."""
    revisions: dict[str, int]
    """Of each dialogue, as saved: one more than the page knew, where nobody else saved meanwhile."""
    versions: dict[str, str]
    """As the event stream tells them."""
    cast: CastView | None
    undo: UndoView


class ErrorView(FilmModel):
    """An error: its class, what is wrong, what to do. ``code``: which rule of the gateway was broken."""

    error: str
    message: str
    remedy: str
    details: dict[str, str | int | float | bool]
    code: str = ""


class ConflictView(ErrorView):
    """Somebody changed the same lines, captions, row of the cast or term since they were read: ``theirs``,
    ``captions``, ``row`` and ``term``, as they are now."""

    theirs: tuple[LineView, ...]
    row: CharacterView | None = None
    captions: tuple[CaptionView, ...] = ()
    term: TermView | None = None


class UploadView(FilmModel):
    """A file that is being sent: how many bytes are here."""

    id: str
    received: int


class EventsView(FilmModel):
    """What the event stream sends: long work, and a version of everything that pages show, so that they ask again
    for what changed."""

    jobs: tuple[JobView, ...]
    versions: dict[str, str]
