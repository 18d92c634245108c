"""What a film takes from the house library, and how the house's own glossary is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from ciak.config import Settings

if TYPE_CHECKING:
    from ciak.film import GlossaryTerm

__all__ = ["agree", "agreed_by", "disagree", "house_terms", "memory", "written_by"]


def memory(settings: Settings) -> Callable[[Sequence[str], str, str], Mapping[str, str]]:
    """The translation memory of the house library; an empty one where there is no library yet."""
    from ciak.store import Library

    def remembered(lines: Sequence[str], source: str, target: str) -> Mapping[str, str]:
        if not (settings.library / "library.sqlite").exists():
            return {}
        return Library.at(settings.library).lookup(lines, source, target)

    return remembered


def agreed_by(settings: Settings) -> Callable[[str, str], Sequence[tuple[str, str]]]:
    """The glossary of the house library, read in both directions."""
    from ciak.store import Library

    def agreed(source: str, target: str) -> Sequence[tuple[str, str]]:
        if not (settings.library / "library.sqlite").exists():
            return ()
        library = Library.at(settings.library)
        one, other = _tongue(source), _tongue(target)
        there = [(term.term, term.rendering) for term in library.terms(one, other)]
        return [*there, *((term.rendering, term.term) for term in library.terms(other, one))]

    return agreed


def written_by(settings: Settings) -> Callable[[str], Sequence[str]]:
    """How the terms of the house are written in a language."""
    from ciak.store import Library

    def written(language: str) -> Sequence[str]:
        if not (settings.library / "library.sqlite").exists():
            return ()
        return Library.at(settings.library).wordings(_tongue(language))

    return written


def house_terms(source: str, target: str, chosen: Settings | None = None) -> Sequence[tuple[str, str]]:
    """Term and rendering of each term of the house between two languages."""
    return agreed_by(chosen or Settings.from_environment())(source, target)


def agree(term: GlossaryTerm) -> None:
    """Put a term with its renderings into the glossary of the house, which every film keeps to."""
    from ciak.store import Library
    from ciak.store.library import Term

    library = Library.at(Settings.from_environment().library)
    for target, rendering in term.renderings.items():
        library.add_term(Term(source=_tongue(term.language), target=_tongue(target), term=term.term,
                              rendering=rendering, note=term.note))


def disagree(term: GlossaryTerm) -> int:
    """Take a term out of the glossary of the house; how many renderings it had there."""
    from ciak.store import Library

    library = Library.at(Settings.from_environment().library)
    return sum(library.remove_term(_tongue(term.language), _tongue(target), term.term)
               for target in term.renderings)


def _tongue(language: str) -> str:
    """The house has one glossary for a language, whatever the region."""
    return language.split("-")[0]
