"""How alike two words are to the ear of a machine: what a script says against what a transcriber heard.

Words are compared bare (:func:`ciak.dubbing.hearing.plain`), numbers in words. Likeness is Dice's coefficient over
pairs of neighbouring letters, both ends counted as letters (Adamson and Boreham 1974, "The use of an association
measure based on character structure"): 1 for the same word, .8 for "harbour" and "harbor". It knows no sounds: two
words that are spoken alike and written differently are strangers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ciak.dubbing.figures_in_words import in_words
from ciak.dubbing.hearing import plain

__all__ = ["ALIKE", "likeness", "tokens", "weight"]

ALIKE = 0.5
"""Words less alike than this are different words."""
_GROUPED = re.compile(r"(?<=\d)[.,](?=\d{3}(?!\d))")


def tokens(text: str, language: str) -> tuple[str, ...]:
    """The bare words of ``text``; numbers of up to six figures as words."""
    bare = plain(_GROUPED.sub("", text)).split()
    return tuple(part for word in bare for part in (
        in_words(int(word), language) if word.isascii() and word.isdigit() and len(word) <= 6 else (word,)))


def weight(token: str) -> float:
    """How much a word tells of its place: long words more than short ones, .4 to 1."""
    return 0.3 + 0.1 * min(len(token), 7)


def likeness(one: Sequence[str], other: Sequence[str]) -> NDArray[np.float32]:
    """(len(one), len(other)) likenesses, 0 where they are under ``ALIKE``."""
    known: dict[str, int] = {}
    letters: dict[str, int] = {}
    rows = [known.setdefault(word, len(known)) for word in one]
    columns = [known.setdefault(word, len(known)) for word in other]
    pairs = [{letters.setdefault(f"^{word}$"[at:at + 2], len(letters)) for at in range(len(word) + 1)}
             for word in known]
    table = np.zeros((len(known), len(letters)), np.float32)
    for row, held in enumerate(pairs):
        table[row, list(held)] = 1
    kinds, others = sorted(set(rows)), sorted(set(columns))
    count = table.sum(axis=1)
    alike = 2 * (table[kinds] @ table[others].T) / np.maximum(count[kinds][:, None] + count[others][None, :], 1)
    alike[alike < ALIKE] = 0
    at = {kind: place for place, kind in enumerate(kinds)}
    across = {kind: place for place, kind in enumerate(others)}
    found: NDArray[np.float32] = alike[np.ix_([at[kind] for kind in rows], [across[kind] for kind in columns])]
    return found
