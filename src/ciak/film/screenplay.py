"""The screenplay: a title page and elements in order, as Fountain and the trade name them.

Text of any element may hold notes, ``[[so]]``, and struck-out parts, ``/* so */``, where they stand in it; those
that stand alone are elements of their own. It does not know pages, margins or who printed it, and not how an element
was marked in a file.
"""

from __future__ import annotations

import re
from enum import StrEnum

from pydantic import Field

from ciak.film.model import FilmModel

__all__ = ["ElementKind", "Scene", "Screenplay", "ScreenplayElement", "TitleEntry"]

_ASIDE = re.compile(r"\[\[(?:(?!\]\]).)*+\]\]|/\*(?:(?!\*/).)*+\*/", re.DOTALL)


class ElementKind(StrEnum):
    """What an element is."""

    HEADING = "heading"
    ACTION = "action"
    CHARACTER = "character"
    PARENTHETICAL = "parenthetical"
    DIALOGUE = "dialogue"
    LYRIC = "lyric"
    TRANSITION = "transition"
    CENTRED = "centred"
    NOTE = "note"
    BONEYARD = "boneyard"
    SECTION = "section"
    SYNOPSIS = "synopsis"
    PAGE_BREAK = "page-break"


class TitleEntry(FilmModel):
    """A line of the title page: ``key`` as written, ``text`` of one or more lines."""

    key: str
    text: str


class ScreenplayElement(FilmModel):
    """One element. ``text`` without the marks that made it what it is; lines are parted by a line feed."""

    kind: ElementKind
    text: str = ""
    extension: str = ""
    """Of a character: ``V.O.``, without brackets."""
    dual: bool = False
    """Of a character: speaks at the same time as the one before."""
    number: str = ""
    """Of a heading: the scene's number, without its marks."""
    depth: int = Field(default=0, ge=0, le=7)
    """Of a section: 1 for an act, more for what lies inside."""

    @property
    def plain(self) -> str:
        """``text`` without notes and struck-out parts in it."""
        return _ASIDE.sub("", self.text)


class Scene(FilmModel):
    """A heading (None for what stands before the first) and what follows it up to the next."""

    heading: ScreenplayElement | None
    elements: tuple[ScreenplayElement, ...]


class Screenplay(FilmModel):
    """``title_page`` and all elements in order."""

    title_page: tuple[TitleEntry, ...] = ()
    elements: tuple[ScreenplayElement, ...] = ()

    @property
    def scenes(self) -> tuple[Scene, ...]:
        """The elements by scene."""
        heading: ScreenplayElement | None = None
        scenes: list[Scene] = []
        inside: list[ScreenplayElement] = []
        for element in self.elements:
            if element.kind is ElementKind.HEADING:
                if heading is not None or inside:
                    scenes.append(Scene(heading=heading, elements=tuple(inside)))
                heading, inside = element, []
            else:
                inside.append(element)
        if heading is not None or inside:
            scenes.append(Scene(heading=heading, elements=tuple(inside)))
        return tuple(scenes)

    @property
    def characters(self) -> tuple[str, ...]:
        """Who speaks, in order of their first word."""
        return tuple(dict.fromkeys(one.plain.strip() for one in self.elements if one.kind is ElementKind.CHARACTER))
