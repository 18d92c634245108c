"""The verbs of a film's rights: consents recorded and withdrawn, quarantine brought into step, a person erased."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from ciak.config import Settings
from ciak.errors import BadInput, NotFound

if TYPE_CHECKING:
    from ciak.project import Film
    from ciak.project.quarantine import Gone, Settled
    from ciak.store.records import Consent

__all__ = ["RightsReport", "allow", "erase_performer", "rights_of", "rights_report", "withdraw"]


@dataclass(frozen=True, slots=True)
class RightsReport:
    """The rights in a film on ``day``: its ``consents`` with the reason why each does not hold (empty: it holds),
    ``quarantined`` takes, and ``refused``: what the cast asks for and may not have."""

    day: date
    consents: tuple[tuple[Consent, str], ...]
    quarantined: tuple[tuple[str, str, str], ...]
    """(language, take, performer)."""
    refused: tuple[str, ...]


def allow(film: Film, performer: str, proof: str, *, scope: str = "voice", languages: Sequence[str] = (),
          titles: Sequence[str] = (), term: tuple[date | None, date | None] = (None, None),
          note: str = "") -> tuple[Consent, Settled]:
    """Record a consent; what it covers leaves quarantine. ``term``: first day (None: today) and last day (None: no
    end agreed). Raises :class:`BadInput`."""
    import re

    from pydantic import ValidationError

    from ciak.film.language import LANGUAGE
    from ciak.project.quarantine import settle
    from ciak.project.rights import Rights
    from ciak.project.sheet import explain
    from ciak.store.records import Consent

    rights = Rights(film)
    for code in languages:
        if not re.fullmatch(LANGUAGE, code):
            raise BadInput(f"{code[:20]!r} is not a language code", remedy="write it as en, it, es, fr or de")
    try:
        consent = Consent(performer=" ".join(performer.split()), scope=scope, languages=tuple(languages),
                          titles=tuple(titles), since=term[0] or rights.day, until=term[1], proof=proof, note=note)
    except ValidationError as error:
        raise BadInput(f"the consent cannot be recorded: {explain(error.errors()[0])}") from None
    film.private("")
    return rights.records.add(consent), settle(film)


def withdraw(film: Film, number: int) -> tuple[Consent, Settled]:
    """Take a consent back from now on; what it covered goes into quarantine. Raises :class:`NotFound`."""
    from ciak.project.quarantine import settle
    from ciak.project.rights import Rights

    rights = Rights(film)
    if not rights.kept:
        raise NotFound(f"there is no consent number {number}", remedy="ciak rights list FILM")
    rights.records.withdraw(number, rights.day - timedelta(days=1))
    return next(one for one in rights.consents() if one.id == number), settle(film)


def erase_performer(film: Film, performer: str) -> Gone:
    """Remove a performer's consents, sounds and name from the film. Raises :class:`NotFound` for nobody known."""
    from ciak.project.quarantine import erase
    from ciak.project.rights import Rights
    from ciak.store.records import same_name

    rights, who = Rights(film), same_name(performer)
    named = {*(one.performer for one in rights.consents()), *(one.performer for one in rights.sources().values()),
             *(row.performer for row in film.cast().members)}
    if not who or who not in map(same_name, named):
        raise NotFound(f"nobody called {performer[:80]!r} is known in this film", remedy="ciak rights list FILM")
    return erase(film, performer)


def rights_of(film: Film) -> Settled:
    """Bring the film's quarantine into step with its records as they are today."""
    from ciak.project.quarantine import settle

    return settle(film)


def rights_report(film: Film, settings: Settings | None = None) -> RightsReport:
    """The rights in a film as they are; changes nothing."""
    from ciak.project.rights import Rights
    from ciak.store.records import VOICE

    rights = Rights(film)
    day, title = rights.day, film.title

    def standing(one: Consent) -> str:
        language = one.languages[0] if one.languages else film.language or "und"
        return one.why_not(one.scope or VOICE, language, day, title)

    return RightsReport(day, tuple((one, standing(one)) for one in rights.consents()),
                        tuple((language, take.id, rights.whose(take)) for language, take in rights.takes()
                              if take.quarantined),
                        _refused(film, settings or Settings.from_environment()))


def _refused(film: Film, settings: Settings) -> tuple[str, ...]:
    """What the gate says to the film as it stands: the voices of its cast and the takes that are chosen."""
    from ciak.backends.registry import resolve
    from ciak.dubbing.rights import ask_voice
    from ciak.errors import CiakError, NoConsent
    from ciak.project.rights import Rights

    told: list[str] = []
    with suppress(CiakError):  # a backend that is not there speaks nothing, and asks when it is
        voice = resolve("voice", film.settings(settings))
        for member in film.cast().members:
            for language, given in member.voices.items():
                try:
                    ask_voice(film, voice, given, member, language)
                except NoConsent as error:
                    told.append(str(error))
    for language in film.languages():
        dialogue = film.dialogue(language)
        for loop in dialogue.loops if dialogue else ():
            if loop.take is not None:
                try:
                    Rights(film).ask_take(loop.take, language, f"line {loop.id} in {language!r}")
                except NoConsent as error:
                    told.append(str(error))
    return tuple(dict.fromkeys(told))
