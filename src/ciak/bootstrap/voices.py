"""The verbs of matched voices: one matched to a performer, and those of a film listed."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from ciak.bootstrap import open_film
from ciak.config import Settings
from ciak.errors import BadInput, CiakError

if TYPE_CHECKING:
    from pathlib import Path

    from ciak.dubbing.journey import Progress
    from ciak.dubbing.resembling import Resembled
    from ciak.project import Film

__all__ = ["Matched", "match_voice", "matchable", "matched_voices"]


@dataclass(frozen=True, slots=True)
class Matched:
    """A matched voice; ``refused``: why it may not be used today, empty where it may."""

    voice: str
    language: str
    performer: str
    characters: tuple[str, ...]
    refused: str

    def as_json(self) -> dict[str, Any]:
        """As a JSON object."""
        return asdict(self)


def matchable(film: Film, character: str, language: str, performer: str | None = None) -> str:
    """The id of a character that a voice may be matched to today; ``performer`` is kept in the cast once they agreed.

    Raises :class:`NoConsent`, and what :func:`ciak.dubbing.resembling.match_voice` raises before it hears anything.
    """
    import re

    from ciak.dubbing.resembling import agreed
    from ciak.film.language import LANGUAGE
    from ciak.project import edit_cast

    if not re.fullmatch(LANGUAGE, language):
        raise BadInput(f"{language[:20]!r} is not a language code", remedy="write it as en, it, es, fr or de")
    member, _consent = agreed(film, character, language, performer)
    if performer:
        edit_cast(film, member.id, performer=performer)
    return member.id


def match_voice(folder: str | Path, character: str, language: str, *, give: bool = True,
                settings: Settings | None = None, progress: Progress | None = None) -> Resembled:
    """Match a voice to the performer of a character; see ``ciak voices match --help``."""
    from ciak.dubbing.resembling import match_voice as verb

    return verb(open_film(folder), character, language, settings or Settings.from_environment(),
                progress or (lambda _start, _end, _what: lambda _done: None), give)


def matched_voices(film: Film) -> tuple[Matched, ...]:
    """The matched voices that a film's records know."""
    from ciak.dubbing.matched import marks_of
    from ciak.dubbing.rights import ask_matched

    cast, found = film.cast(), []
    for mark in marks_of(film):
        try:
            ask_matched(film, mark.voice, "a character", mark.language)
            refused = ""
        except CiakError as error:
            refused = str(error)
        users = tuple(row.id for row in cast.members if mark.voice in row.voices.values())
        found.append(Matched(mark.voice, mark.language, mark.performer, users, refused))
    return tuple(found)
