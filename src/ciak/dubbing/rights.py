"""Which voices are somebody's likeness, and the questions that the dub asks about them before it does anything.

A backend that clones says so, or its voices name their performers; a backend that takes a sound to imitate clones,
whatever it says. A voice that does not say whose it is, of a backend that clones, is the likeness of the character's
performer. The answers come from ``project.rights``, which is the gate; here is only who is to be asked about.
"""

from __future__ import annotations

import inspect

from ciak.backends.protocols import Stock, Voice
from ciak.dubbing.matched import is_matched, mark_of, recipe_of
from ciak.errors import NoConsent
from ciak.film import Cast, CastMember
from ciak.project import Film
from ciak.project.rights import Rights
from ciak.store.records import same_name

__all__ = ["ask_cast", "ask_matched", "ask_voice", "clones", "free_for", "performer_of"]


def clones(voice: Voice) -> bool:
    """Whether every voice of the backend is somebody's likeness: it says so, or nothing, or takes a sound."""
    if getattr(voice, "likeness", True):
        return True
    try:
        parameters = inspect.signature(voice.speak).parameters
    except (TypeError, ValueError):
        return True
    return set(parameters) - {"text", "delivery"} != set()


def performer_of(voice: Voice, identity: str, member: CastMember | None) -> str | None:
    """The performer whose likeness the voice ``identity`` is for a character; empty: nobody's; None: somebody's, and
    nobody says whose."""
    named = next((one.likeness for one in voice.stock() if one.id == identity), "")
    if named or not clones(voice):
        return named
    return (member.performer if member else "") or None


def ask_voice(film: Film, voice: Voice, identity: str, member: CastMember | None, language: str) -> tuple[str, int]:
    """(performer, consent) by which a character may be spoken by a voice; ("", 0) where it is nobody's likeness.

    Raises :class:`NoConsent`.
    """
    who = member.name if member else "a character"
    if is_matched(identity):
        return ask_matched(film, identity, who, language)
    performer = performer_of(voice, identity, member)
    if performer is None:
        raise NoConsent(f"the voice {identity!r} of {voice.name} is made in somebody's likeness, and nobody says whose "
                        f"it is for {who} in {language!r} ({film.title!r})",
                        remedy="name the performer of the character in the cast, or choose another voice")
    if not performer:
        return "", 0
    return performer, Rights(film).ask(performer, language, f"the voice {identity!r} for {who}")


def ask_matched(film: Film, identity: str, who: str, language: str) -> tuple[str, int]:
    """The same for a matched voice, of which the records alone say whose it is."""
    mark = mark_of(film, identity)
    if mark is None:
        raise NoConsent(f"the voice {identity[:80]!r} for {who} was matched to somebody, and the records of "
                        f"{film.title!r} do not say to whom", remedy="match one: ciak voices match FILM CHARACTER")
    consent = Rights(film).ask(mark.performer, language, f"the voice {identity!r} for {who}")
    recipe_of(film, mark)
    return mark.performer, consent


def ask_cast(film: Film, voice: Voice, cast: Cast, language: str) -> None:
    """Raises :class:`NoConsent` where the cast gives anybody a voice in ``language`` that they may not have today."""
    for member in cast.members:
        if given := member.voices.get(language):
            ask_voice(film, voice, given, member, language)


def free_for(film: Film, voice: Voice, item: Stock, member: CastMember | None) -> bool:
    """Whether a voice may be given to a character unasked: it is nobody's likeness, or that of the character's own
    performer, who agreed."""
    performer = performer_of(voice, item.id, member)
    if not performer:
        return performer == ""
    mine = member is not None and same_name(member.performer) == same_name(performer)
    return mine and Rights(film).covering(performer, item.language) is not None
