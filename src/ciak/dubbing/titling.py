"""Titling: the subtitles of a film's lines, as they are delivered.

Without a client's profile they keep the basic one. With one they are spotted by its numbers and then fixed, with the
film's shot changes, as any file would be (:mod:`ciak.dubbing.fixing`); what is still broken is told with the report.
A film keeps the profile that was last asked for, if it is one of ours: a path is never written into its sheet.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from ciak.dubbing.checking import Violation, violations
from ciak.dubbing.fixing import fix
from ciak.dubbing.profile import BASIC, Profile, profile_for, profiles
from ciak.dubbing.spotting import spot
from ciak.errors import BadInput, NotFound
from ciak.film import Dialogue, SubtitleCue, SubtitleDocument
from ciak.formats.base import can_write
from ciak.formats.subtitles import SUBTITLES
from ciak.project import Film, shots_of

__all__ = ["ALWAYS", "Titled", "Titling", "kept", "kept_titling", "spotting_profile", "titled"]

ALWAYS = ("srt", "webvtt")
"""The formats in which subtitles are delivered whatever else is asked for."""


@dataclass(frozen=True, slots=True)
class Titling:
    """How subtitles are wanted: a profile by name or path (for ``netflix`` that of each language), and formats besides
    :data:`ALWAYS`. Raises :class:`BadInput` for a format that is not written, before any work is begun."""

    profile: str | None = None
    formats: tuple[str, ...] = ()

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


@dataclass(frozen=True, slots=True)
class Titled:
    """The subtitles of one language, the profile that they were made for, and what of it they break."""

    document: SubtitleDocument
    profile: Profile
    broken: tuple[Violation, ...]

    @property
    def cues(self) -> Sequence[SubtitleCue]:
        """The subtitles."""
        return self.document.cues


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


def spotting_profile(film: Film, language: str) -> Profile:
    """The profile by which the film's subtitles in ``language`` are spotted: its own, else (also where its own is not
    known here) the basic one."""
    with suppress(NotFound):
        if film.sheet.profile is not None:
            return profile_for(film.sheet.profile, language)
    return BASIC


def titled(film: Film, dialogue: Dialogue, wanted: Titling, tick: Callable[[float], None]) -> Titled:
    """The subtitles of ``dialogue``. With a profile the film's shots are found, once."""
    profile = BASIC if wanted.profile is None else profile_for(wanted.profile, dialogue.language)
    limit = film.source.duration if film.source else None
    cues = spot(dialogue.loops, film.rate, dialogue.language, profile, limit=limit)
    document = SubtitleDocument(language=dialogue.language, cues=cues, title=film.title, rate=film.rate.fps,
                                start=str(film.start))
    cuts: tuple[int, ...] = ()
    if wanted.profile is not None:
        cuts = tuple(shot.first for shot in shots_of(film, tick) if shot.first > 0)
        document = fix(document, profile, film.rate, cuts,
                       last=None if limit is None else film.rate.frame(limit)).document
        numbered = tuple(cue.model_copy(update={"id": str(number)}) for number, cue in enumerate(document.cues, 1))
        document = document.model_copy(update={"cues": numbered})
    tick(1.0)
    return Titled(document, profile, tuple(violations(document.cues, profile, film.rate, dialogue.language, cuts)))
