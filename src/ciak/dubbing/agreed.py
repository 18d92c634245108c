"""Agreed wordings: the terms of the glossaries, carried through any translator.

A term is exchanged for its rendering before the line is translated, and the translator is told to carry the rendering
through as a name. So every backend that keeps names keeps terms; an article before one may not agree with it. The
film's own glossary goes before that of the house.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ciak.film import Glossary, TermKind

__all__ = ["HouseTerms", "TermPair", "capital_like", "no_house", "put_in", "says", "term_pairs"]

HouseTerms = Callable[[str, str], Sequence[tuple[str, str]]]
"""``house(source, target)``: term and rendering of each term of the house between two languages."""


@dataclass(frozen=True, slots=True)
class TermPair:
    """How a term is written in the one language and in the other. ``exact``: capitals count."""

    source: str
    target: str
    exact: bool


def no_house(_source: str, _target: str) -> Sequence[tuple[str, str]]:
    """A house without a glossary."""
    return ()


def term_pairs(glossary: Glossary, house: HouseTerms, source: str, target: str) -> tuple[TermPair, ...]:
    """The terms between two languages, the longest first; of those that are written the same the film's."""
    found: dict[str, TermPair] = {}
    for term in glossary.terms:
        one, other = term.wording(source), term.wording(target)
        if one and other:
            found.setdefault(one.casefold(), TermPair(one, other, term.kind is TermKind.NAME))
    for one, other in house(source, target):
        found.setdefault(one.casefold(), TermPair(one, other, one != one.lower()))
    return tuple(sorted(found.values(), key=lambda pair: (-len(pair.source), pair.source)))


def put_in(line: str, pairs: Sequence[TermPair]) -> tuple[str, tuple[str, ...]]:
    """``line`` with the renderings of its terms, and which these are. What a longer term covers is no other's."""
    parts: list[tuple[str, bool]] = [(line, False)]
    used: list[str] = []
    for pair in pairs:
        made: list[tuple[str, bool]] = []
        for text, done in parts:
            at = 0
            for hit in () if done else _pattern(pair.source, pair.exact).finditer(text):
                made += [(text[at:hit.start()], False), (pair.target, True)]
                at = hit.end()
                used.append(pair.target)
            made.append((text[at:], done))
        parts = made
    return "".join(text for text, _ in parts), tuple(dict.fromkeys(used))


def says(text: str, wording: str, exact: bool = False) -> bool:
    """Whether ``text`` has ``wording`` as words of its own."""
    return _pattern(wording, exact).search(text) is not None


def capital_like(text: str, line: str) -> str:
    """``text`` with a capital where ``line`` begins with one."""
    first = next((mark for mark in line if mark.isalpha()), "")
    at = next((at for at, mark in enumerate(text) if mark.isalpha()), None)
    return text if at is None or not first.isupper() else text[:at] + text[at].upper() + text[at + 1:]


@lru_cache(maxsize=4096)
def _pattern(wording: str, exact: bool) -> re.Pattern[str]:
    words = r"\s+".join(re.escape(word).replace("'", "['’]") for word in wording.split())
    return re.compile(rf"(?<!\w){words}(?!\w)", 0 if exact and not wording.isupper() else re.IGNORECASE)
