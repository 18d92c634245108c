"""Keeping: which lines of a translation render each agreed term as agreed, and which do not.

A term counts once a line, however often the line says it. What a longer term covers is not counted for the shorter.
It knows words, not their forms: a rendering that the grammar bends ("della Torre Grigia" is the same, a plural is not)
counts as lacking.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ciak.dubbing.agreed import TermPair, put_in, says

__all__ = ["Kept", "kept_terms"]

_WORD = re.compile(r"\w+")


@dataclass(slots=True)
class Kept:
    """One term in one translation: in how many lines it comes up, and the ids of those that do not render it as
    agreed."""

    pair: TermPair
    said: int = 0
    lacking: list[str] = field(default_factory=list)

    @property
    def kept(self) -> int:
        """Lines that do."""
        return self.said - len(self.lacking)


def kept_terms(lines: Iterable[tuple[str, str, str]], pairs: Sequence[TermPair]) -> tuple[Kept, ...]:
    """``lines``: id, words of the original, words of the translation. Terms that never come up are left out; the rest
    stand in the order of ``pairs``."""
    found: dict[TermPair, Kept] = {}
    by_word: dict[str, list[int]] = {}
    for number, pair in enumerate(pairs):
        by_word.setdefault(_first(pair.source), []).append(number)
    for line, source, translation in lines:
        there = {number for word in _WORD.findall(source.lower()) for number in by_word.get(word, ())}
        likely = [pairs[number] for number in sorted(there | set(by_word.get("", ())))]
        wanted = put_in(source, likely)[1] if likely else ()
        for pair in likely:
            if pair.target not in wanted or not says(source, pair.source, pair.exact):
                continue
            entry = found.setdefault(pair, Kept(pair))
            entry.said += 1
            if not says(translation, pair.target):
                entry.lacking.append(line)
    return tuple(found[pair] for pair in pairs if pair in found)


def _first(wording: str) -> str:
    """The first word of a wording, by which lines that may say it are found."""
    hit = _WORD.search(wording.lower())
    return hit[0] if hit else ""
