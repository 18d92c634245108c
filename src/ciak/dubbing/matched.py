"""Matched voices: mixtures of a backend's voices that were made to resemble a performer, as the film keeps them.

A matched voice is a likeness. Its recipe is an artefact that the records know by its hash, with the performer and the
consent by which it was made; so it goes into quarantine with the takes when the consent is gone, and is erased with
the performer. The history holds no number of it. It is called by its hash (``matched-S1-1a2b3c4d``), so that what is
spoken by one recipe is never recalled for another. Who asks for it passes the same gate as with any likeness
(``dubbing.rights``), which knows the performer from the records alone, whatever a file says.
"""

from __future__ import annotations

import json
from contextlib import suppress

from pydantic import Field, ValidationError

from ciak.backends.protocols import TONES, MixingVoice, Recipe, Stock, Voice
from ciak.errors import CiakError, StoreDamaged
from ciak.film import Sex
from ciak.film.model import FilmModel
from ciak.project import Film
from ciak.project.rights import Rights
from ciak.store.records import Mark

__all__ = ["MatchedVoice", "is_matched", "mark_of", "marks_of", "name_for", "recipe_of", "teach"]

_PREFIX, _SUFFIX = "matched-", ".json"


class MatchedVoice(FilmModel):
    """A recipe as it is written down. ``timbre``, ``manner``: part -> weight, as :class:`Recipe` has them; ``pitch`` in
    semitones, ``tone`` in dB a third octave; ``before``, ``after``: likeness to the performer of the voice that the
    search began from and of the mixture, by the ear that made it; ``seconds`` of speech that were heard."""

    character: str
    language: str
    sex: Sex
    backend: str
    timbre: dict[str, float] = Field(max_length=1000)
    manner: dict[str, float] = Field(max_length=1000)
    pitch: float
    tone: tuple[float, ...] = Field(default=(), max_length=len(TONES))
    before: float
    after: float
    seconds: float
    seed: int

    @property
    def recipe(self) -> Recipe:
        """For the backend."""
        return Recipe(tuple(self.timbre.items()), tuple(self.manner.items()), self.pitch, self.tone)


def is_matched(identity: str) -> bool:
    """Whether a voice is called as matched ones are."""
    return identity.startswith(_PREFIX)


def name_for(character: str, artefact: str) -> str:
    """What the voice of a recipe is called."""
    return f"{_PREFIX}{character}-{artefact[:8]}"


def marks_of(film: Film) -> tuple[Mark, ...]:
    """The matched voices that the film's records know, those in quarantine too."""
    return tuple(mark for mark in Rights(film).marks().values() if mark.sound.endswith(_SUFFIX)
                 and is_matched(mark.voice) and mark.voice.endswith(mark.sound[:8]))


def mark_of(film: Film, identity: str) -> Mark | None:
    """Whose likeness a matched voice is; None where the records do not know it."""
    return next((mark for mark in marks_of(film) if mark.voice == identity), None)


def recipe_of(film: Film, mark: Mark) -> MatchedVoice:
    """The recipe of a matched voice. Raises :class:`CiakError` where it is not there (in quarantine, lost), or is not
    what was made."""
    film.artefacts.verify(mark.sound)
    try:
        return MatchedVoice.model_validate(json.loads(film.artefacts.path(mark.sound).read_bytes()))
    except (ValidationError, ValueError):
        raise StoreDamaged(f"the recipe of {mark.voice!r} cannot be read",
                           remedy="match the voice again: ciak voices match FILM CHARACTER") from None


def teach(film: Film, voice: Voice) -> None:
    """Teach ``voice`` the film's matched voices, as far as it can mix and they are there. That one may be used is asked
    where it is used."""
    if not isinstance(voice, MixingVoice):
        return
    for mark in marks_of(film):
        with suppress(CiakError):  # who asks for it is told why it is not there
            told = recipe_of(film, mark)
            if told.backend == voice.name:
                voice.learn(Stock(mark.voice, told.language, told.sex, likeness=mark.performer), told.recipe)
