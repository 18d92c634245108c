"""What is said in a film: words, loops (the unit of dubbing work), takes, subtitle documents.

One :class:`Dialogue` per language. The original's loops come from listening or from a person's subtitles; the
target's loops carry the same ids, their slot, translation and takes. A person's word is never overwritten:
``origin`` tells whose a text is, ``locked`` forbids every change.
"""

from __future__ import annotations

from enum import StrEnum
from fractions import Fraction

from pydantic import Field

from ciak.film.captions import Caption
from ciak.film.held import HeldSubtitles
from ciak.film.model import FilmModel
from ciak.film.place import Align, Edge, Place
from ciak.film.presence import Presence
from ciak.film.time import FilmTime, Span

__all__ = ["Align", "Dialogue", "Edge", "Flag", "Loop", "Place", "Reason", "Recording", "StyleKind", "StyledRun",
           "SubtitleCue", "SubtitleDocument", "Take", "TakeKind", "Variant", "Word"]

LANGUAGE = r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$"


class Word(FilmModel):
    """A spoken word and when it is spoken."""

    text: str = Field(max_length=500)
    span: Span
    probability: float | None = Field(default=None, ge=0, le=1)


class Flag(FilmModel):
    """Something a person should look at. ``code`` is stable, ``message`` is for people."""

    code: str = Field(pattern=r"^[a-z]+(-[a-z]+)*$")
    message: str


class Reason(FilmModel):
    """Why a wording stands where it does. ``code`` is stable; ``about``: an idiom, a term, a number, as the code has
    it."""

    code: str = Field(pattern=r"^[a-z]+(-[a-z]+)*$")
    about: str = Field(default="", max_length=200)


class Variant(FilmModel):
    """One way to say a line, with the reasons for its rank."""

    text: str
    confidence: float | None = Field(default=None, ge=0, le=1)
    length: FilmTime | None = None
    """Predicted natural length, seconds."""
    origin: str = ""
    reasons: tuple[Reason, ...] = ()


class TakeKind(StrEnum):
    """Where a take comes from; all kinds are equal."""

    SYNTHETIC = "synthetic"
    RECORDED = "recorded"
    IMPORTED = "imported"


class Recording(FilmModel):
    """The file that a take was recorded in, as it came: the truth that no machine can make again."""

    path: str = Field(pattern=r"^takes/[A-Za-z0-9-]+/[A-Za-z0-9_.-]+\.wav$", max_length=200)
    """In the film folder."""
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    name: str = Field(default="", max_length=200)
    """What the file was called where it came from."""
    first: FilmTime = Field(default=Fraction(0), ge=0)
    """Seconds of the file before the take: its handle."""
    actor: str = Field(default="", max_length=200)
    """Who speaks, as it was told."""


class Take(FilmModel):
    """One spoken attempt at a loop. ``sound`` is the artefact's hash; ``span`` is where it lies in the film."""

    id: str
    kind: TakeKind
    sound: str
    text: str
    span: Span
    natural: FilmTime
    """Length that the voice would take unhurried, seconds."""
    rate: float = Field(gt=0)
    """natural / spoken length: 1.2 is a fifth faster than natural."""
    voice: str = ""
    heard: str | None = None
    """What a recogniser heard in the take; None: not measured."""
    word_error: float | None = Field(default=None, ge=0)
    recording: Recording | None = None
    """None for a synthetic take. ``sound`` is made of it, and can be made of it again."""
    likeness: str = Field(default="", max_length=200)
    """The performer whose likeness the voice is; empty: nobody's."""
    consent: int = Field(default=0, ge=0)
    """Number of the consent by which it was made, in the film's records; 0: none was needed."""
    quarantined: bool = False
    """The consent is gone: it is neither heard, mixed nor delivered, and its sound lies apart."""
    performance: float | None = Field(default=None, ge=0, le=1)
    """How much of the original's performance was carried onto it; None: not asked for."""
    plain: str = ""
    """Why less of it was carried than was asked for; empty: it was not."""
    pitch_likeness: float | None = Field(default=None, ge=-1, le=1)
    """Correlation of its melody with the original's, laid on its words; None: not measured."""
    energy_likeness: float | None = Field(default=None, ge=-1, le=1)
    """The same of its level."""


class Loop(FilmModel):
    """One line of dialogue: what the original says where, and what the dub may do there."""

    id: str = Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")
    character: str
    span: Span
    """Where the original is spoken."""
    text: str
    slot: Span | None = None
    """The room of the dub: the source speech and the silence after it, to two frames before the next line."""
    words: tuple[Word, ...] = ()
    confidence: float | None = Field(default=None, ge=0, le=1)
    origin: str = ""
    """``transcriber:NAME``, ``translator:NAME``, ``memory``; ``given:`` and ``subtitles``, ``translation``,
    ``script`` or ``list``, from a file that a person gave; ``person``, edited by hand."""
    variants: tuple[Variant, ...] = ()
    takes: tuple[Take, ...] = ()
    chosen: str | None = None
    kept: bool = False
    """A person chose this take, or asked for it: the next dub keeps it as long as text and place stay the same."""
    locked: bool = False
    flags: tuple[Flag, ...] = ()
    subtitles: HeldSubtitles | None = None
    """Set by a person's hand; None: they follow the words."""
    presence: Presence | None = None
    """Where the voice comes from, said of the original's line only; None: not known."""
    sung: bool = False
    """Whether the line is sung, said of the original's only."""
    sung_origin: str = ""
    """Whose word that is, as of the presence; empty: nobody's."""

    @property
    def take(self) -> Take | None:
        """The chosen take."""
        return next((take for take in self.takes if take.id == self.chosen), None)


class Dialogue(FilmModel):
    """All loops of one language: ``dialogue/<language>.json``."""

    revision: int = 0
    language: str = Field(pattern=LANGUAGE)
    source: str | None = Field(default=None, pattern=LANGUAGE)
    """Language that this one was translated from; None for the original."""
    captions: tuple[Caption, ...] = ()
    """What is told besides the lines, in order of time. (Before the loops, which stand last in the file.)"""
    loops: tuple[Loop, ...] = ()

    def loop(self, id: str) -> Loop | None:  # noqa: A002 - the domain's word
        """The loop of that id, or None."""
        return next((loop for loop in self.loops if loop.id == id), None)


class StyleKind(StrEnum):
    """What a stretch of a subtitle may be besides plain."""

    ITALIC = "i"
    BOLD = "b"
    UNDERLINE = "u"
    VOICE = "v"
    """Spoken by somebody whom the file names."""
    COLOUR = "c"
    """In a colour, ``#rrggbb``."""


class StyledRun(FilmModel):
    """Characters of :attr:`SubtitleCue.text` set or spoken apart: ``first`` up to, not including, ``end``."""

    kind: StyleKind
    first: int = Field(ge=0)
    end: int = Field(ge=0)
    value: str = ""
    """The speaker's name, for a voice; ``#rrggbb``, in small letters, for a colour."""


class SubtitleCue(FilmModel):
    """One subtitle on the screen.

    ``lines`` are plain text, never markup: a ``<`` in them is a less-than sign that somebody wrote. What a
    format marks besides (italic, bold, underline, who speaks) is in ``runs``, which count characters of
    :attr:`text`; all other markup is dropped by the reader, which says so. No line is empty.
    """

    span: Span
    lines: tuple[str, ...]
    runs: tuple[StyledRun, ...] = ()
    id: str = ""
    settings: str = ""
    """WebVTT cue settings as read; other formats ignore them and say so."""
    place: Place | None = None
    """Where it stands; None: where its reader's player puts subtitles, at the bottom in the middle."""
    loops: tuple[str, ...] = ()
    """Ids of the loops that it shows."""
    held: bool = False
    """Set by a person: nothing breaks or times it anew."""
    forced: bool = False
    """Shown also to who asked for no subtitles: what is written in the picture, another language."""

    @property
    def text(self) -> str:
        """All lines, joined by line feeds."""
        return "\n".join(self.lines)

    @property
    def speaker(self) -> str:
        """Who speaks first, as the file has it; empty when it does not say."""
        return next((run.value for run in self.runs if run.kind is StyleKind.VOICE), "")


class SubtitleDocument(FilmModel):
    """An ordered list of cues in one language ("und": unknown), with what the file said besides."""

    language: str = Field(default="und", pattern=LANGUAGE)
    cues: tuple[SubtitleCue, ...] = ()
    notes: tuple[str, ...] = ()
    """Comments and style blocks of the file, kept for the way back: each begins with its WebVTT keyword
    (``WEBVTT``, ``NOTE``, ``STYLE``, ``REGION``). They stand before the first cue when written."""
    title: str = ""
    """Of the programme, as the file has it."""
    rate: FilmTime | None = None
    """Frames a second by which the file counts; None: it counts by the clock."""
    start: str = Field(default="", pattern=r"^(\d{2}:\d{2}:\d{2}[:;]\d{2,3})?$")
    """Timecode of film time 0 in the file; empty: its times are film times."""
