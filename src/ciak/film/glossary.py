"""The glossary of a film: names and phrases that are written in one way, in every language.

A term is written as it stands in its own language, and by its rendering in each language that has one. A name
without a rendering is written the same everywhere; a phrase without one is left to the translator.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from ciak.film.language import LANGUAGE
from ciak.film.model import FilmModel

__all__ = ["Glossary", "GlossaryTerm", "TermKind"]

_Code = Annotated[str, Field(pattern=LANGUAGE)]
_Words = Annotated[str, Field(min_length=1, max_length=200)]


class TermKind(StrEnum):
    """What a term is."""

    NAME = "name"
    """Of a person, a place, a thing: its capitals count."""
    PHRASE = "phrase"


class GlossaryTerm(FilmModel):
    """One name or phrase. ``renderings``: language -> how it is written there."""

    id: str = Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")
    term: _Words
    language: str = Field(pattern=LANGUAGE)
    kind: TermKind = TermKind.NAME
    renderings: dict[_Code, _Words] = Field(default_factory=dict, description="language -> how it is written there")
    note: str = Field(default="", max_length=1000)

    def wording(self, language: str) -> str | None:
        """How the term is written in ``language``; None where that is left open."""
        if language == self.language:
            return self.term
        return self.renderings.get(language) or (self.term if self.kind is TermKind.NAME else None)


class Glossary(FilmModel):
    """``glossary.json`` in the film folder, editable by hand."""

    revision: int = 0
    terms: tuple[GlossaryTerm, ...] = ()

    def find(self, text: str) -> GlossaryTerm | None:
        """The term written so in its own language (case aside), or of that id; None when there is none."""
        wanted = " ".join(text.split()).casefold()
        return next((one for one in self.terms if one.term.casefold() == wanted or one.id == text), None)

    def wordings(self, language: str) -> tuple[str, ...]:
        """How the terms are written in ``language``, each once."""
        return tuple(dict.fromkeys(text for one in self.terms if (text := one.wording(language))))
