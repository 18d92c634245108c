"""Titling: the subtitles of a film's lines, as they are delivered.

Without a client's profile they keep the basic one. With one they are spotted by its numbers and then fixed, with the
film's shot changes, as any file would be (:mod:`ciak.dubbing.fixing`); what is still broken is told with the report.
A film keeps the profile that was last asked for, if it is one of ours: a path is never written into its sheet.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction

from ciak.dubbing.captioning import approved
from ciak.dubbing.checking import Violation, violations
from ciak.dubbing.fixing import mended
from ciak.dubbing.profile import BASIC, Profile, profile_for, profile_named, profiles
from ciak.dubbing.sdh import captioned_cues, labelled, nameless
from ciak.dubbing.spotting import spot
from ciak.dubbing.voicing import clear_of, original_of, voicing, writing_of
from ciak.errors import BadInput, NotFound
from ciak.film import Caption, Dialogue, Edge, Rate, SubtitleCue, SubtitleDocument
from ciak.film.captions import FORCED
from ciak.formats.base import can_write
from ciak.formats.subtitles import SUBTITLES
from ciak.project import Edited, Film, edit_profile, shots_of

__all__ = ["ALWAYS", "Delivered", "Edition", "Titled", "Titling", "chosen", "delivered", "film_titling", "kept",
           "kept_titling", "spotting_profile", "titled", "titled_lines"]

Tick = Callable[[float], None]

ALWAYS = ("srt", "webvtt")
"""The formats in which subtitles are delivered whatever else is asked for."""


@dataclass(frozen=True, slots=True)
class Titling:
    """How subtitles are wanted: a profile by name or path (for ``netflix`` that of each language), and formats besides
    :data:`ALWAYS`. Raises :class:`BadInput` for a format that is not written, before any work is begun."""

    profile: str | None = None
    formats: tuple[str, ...] = ()
    sdh: bool = False
    """Whether a version for who does not hear the film is wanted besides."""
    on_screen: SubtitleDocument | None = None
    """What is written in the picture, in the language into which the film is subtitled."""

    def __post_init__(self) -> None:
        written = [name for name, kind in SUBTITLES.items() if can_write(kind)]
        for name in self.formats:
            if name not in written:
                raise BadInput(f"Ciak does not write {name[:40]!r} subtitles", remedy=f"choose {', '.join(written)}")
        if self.profile is not None:
            profile_for(self.profile, "en")

    @property
    def every_format(self) -> tuple[str, ...]:
        """All formats to deliver, each once."""
        return tuple(dict.fromkeys((*ALWAYS, *self.formats)))


class Edition(StrEnum):
    """For whom subtitles are made."""

    PLAIN = ""
    """Who does not understand the language, or reads along."""
    SDH = "sdh"
    """Who does not hear the film."""
    FORCED = "forced"
    """Everybody: only what must be understood."""


@dataclass(frozen=True, slots=True)
class Titled:
    """The subtitles of one language, the profile that they were made for, and what of it they break. ``untold``:
    captions without room; ``nameless``: characters whose lines could not be labelled."""

    document: SubtitleDocument
    profile: Profile
    broken: tuple[Violation, ...]
    untold: tuple[Caption, ...] = ()
    nameless: tuple[str, ...] = ()

    @property
    def cues(self) -> Sequence[SubtitleCue]:
        """The subtitles."""
        return self.document.cues


@dataclass(frozen=True, slots=True)
class Delivered:
    """The subtitles of one language as they leave the house, the profile and the shot changes (frames) that they were
    made for; ``untold`` and ``nameless`` as of :class:`Titled`."""

    document: SubtitleDocument
    profile: Profile
    cuts: tuple[int, ...] = ()
    untold: tuple[Caption, ...] = ()
    nameless: tuple[str, ...] = ()


def kept_titling(film: Film, wanted: Titling) -> Titling:
    """``wanted`` with the film's own profile where it names none."""
    return replace(wanted, profile=film.sheet.profile) if wanted.profile is None else wanted


def kept(film: Film, wanted: Titling, who: str) -> Titling:
    """As :func:`kept_titling`. One of ours that is named is kept with the film from now on; ``basic`` ends that. Raises
    :class:`ciak.errors.Conflict` when the sheet was changed meanwhile."""
    if wanted.profile is None:
        return kept_titling(film, wanted)
    name = None if wanted.profile == BASIC.name else wanted.profile
    if wanted.profile in profiles() and name != film.sheet.profile:
        film.save_sheet(film.sheet.model_copy(update={"profile": name}), who=who)
    return wanted


def chosen(film: Film, profile: str, seen: str) -> Edited:
    """A person's choice of the profile that the film keeps, one of ours; an edit, to be undone as any other. ``seen``:
    the one that they saw. Raises :class:`NotFound`, :class:`Conflict`."""
    if profile not in profiles():
        raise NotFound(f"there is no profile {profile!r}", remedy="ciak subtitle profiles lists them")
    name, before = (None if one == BASIC.name else one for one in (profile, seen))
    return edit_profile(film, name, before)


def spotting_profile(film: Film, language: str) -> Profile:
    """The profile by which the film's subtitles in ``language`` are spotted: its own, else (also where its own is not
    known here) the basic one."""
    with suppress(NotFound):
        if film.sheet.profile is not None:
            return profile_for(film.sheet.profile, language)
    return BASIC


def titled_lines(dialogue: Dialogue, original: Dialogue, rate: Rate, profile: Profile,
                 limit: Fraction | None) -> tuple[SubtitleCue, ...]:
    """The lines of ``dialogue`` as subtitles, spotted, in italics as ``original`` says that they are heard, and out of
    the way of what is written in the picture. ``limit``: length of the film, seconds."""
    cues = spot(dialogue.loops, rate, dialogue.language, profile, limit=limit, voices=voicing(original.loops, profile))
    return clear_of(cues, writing_of(dialogue, original), profile)


def film_titling(film: Film) -> Titling:
    """How the film's own subtitles are wanted: by the profile that it keeps, where that is known here."""
    with suppress(NotFound):
        return kept_titling(film, Titling())
    return Titling()


def delivered(film: Film, dialogue: Dialogue, wanted: Titling, tick: Tick, edition: Edition = Edition.PLAIN,
              known: Sequence[int] | None = None) -> Delivered:
    """The subtitles of ``dialogue`` with its approved captions, as far as they are for the ``edition``: whoever writes
    or shows them asks here. With a profile the film's shots are found, once, unless ``known`` are the frames at which
    they change; SDH always has one, Netflix's where no other is asked for. ``tick`` is called often, and may raise."""
    profile = _profile(wanted.profile, dialogue.language, edition)
    limit = film.source.duration if film.source else None
    cast = film.cast() if edition is Edition.SDH else None
    loops = () if edition is Edition.FORCED else dialogue.loops
    named = loops if cast is None else labelled(loops, cast, profile)
    original = original_of(film, dialogue)
    spoken = titled_lines(dialogue.model_copy(update={"loops": named}), original, film.rate, profile, limit)
    done = captioned_cues(spoken,
                          [one for one in approved(dialogue) if one.kind in FORCED or cast is not None], film.rate,
                          profile, limit, writing_of(dialogue, original).get(Edge.BOTTOM, []))
    document = SubtitleDocument(language=dialogue.language, cues=done.cues, title=film.title, rate=film.rate.fps,
                                start=str(film.start))
    cuts: tuple[int, ...] = ()
    if wanted.profile is not None or edition is Edition.SDH:
        changes = (shot.first for shot in shots_of(film, lambda done: tick(done / 2))) if known is None else known
        cuts = tuple(frame for frame in changes if frame > 0)
        document = mended(document, profile, film.rate, cuts,
                          last=None if limit is None else film.rate.frame(limit),
                          tick=lambda done: tick((1 + done) / 2)).document
        numbered = tuple(cue.model_copy(update={"id": str(number)}) for number, cue in enumerate(document.cues, 1))
        document = document.model_copy(update={"cues": numbered})
    tick(1.0)
    return Delivered(document, profile, cuts, done.untold, () if cast is None else nameless(loops, cast))


def titled(film: Film, dialogue: Dialogue, wanted: Titling, tick: Tick, edition: Edition = Edition.PLAIN,
           known: Sequence[int] | None = None) -> Titled:
    """As :func:`delivered`, with what they break of the profile."""
    made = delivered(film, dialogue, wanted, tick, edition, known)
    broken = violations(made.document.cues, made.profile, film.rate, dialogue.language, made.cuts)
    return Titled(made.document, made.profile, tuple(broken), made.untold, made.nameless)


def _profile(wanted: str | None, language: str, edition: Edition) -> Profile:
    if edition is Edition.SDH and (wanted is None or wanted.split("-")[0] == "netflix"):
        return profile_named("netflix-sdh")
    return BASIC if wanted is None else profile_for(wanted, language)
