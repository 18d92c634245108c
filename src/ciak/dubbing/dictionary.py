"""Dictionaries: which words a language has, and what may have been meant by one that it has not.

The word lists are those of ``pyspellchecker`` (from OpenSubtitles and others, counted words of films); a list for each
of :data:`LANGUAGES`. They know no grammar, few proper names and few rare words: what is not in them may be right.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spellchecker import SpellChecker

__all__ = ["LANGUAGES", "Dictionary", "dictionary", "tokens"]

LANGUAGES = frozenset({"de", "en", "fr", "it", "nl", "pt"})
"""The Spanish list lacks its commonest words with an accent, so it is none of them."""
_TOKEN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*['’]?")
_ELIDED = frozenset({
    "l", "d", "un", "dell", "all", "nell", "sull", "dall", "quest", "quell", "c", "s", "j", "m", "n", "t", "qu",
    "jusqu", "lorsqu", "puisqu", "quelqu", "gl", "v", "anch", "cos", "com", "dov", "cent", "mezz", "sant", "bell",
    "bel", "sott", "tutt", "nient", "senz", "ll", "re", "ve", "nt", "em", "o", "y"})
"""What stands before or after an apostrophe and is a word there only."""
_BRITISH = tuple((re.compile(written), american) for written, american in (
    ("our", "or"), ("is(e|ed|es|er|ers|ing|ation|ations)$", r"iz\1"), ("ys(e|ed|es|ing)$", r"yz\1"),
    ("tre(s?)$", r"ter\1"), ("ll(ed|er|ers|ing)$", r"l\1"), ("ogue(s?)$", r"og\1"), ("ence(s?)$", r"ense\1"),
    ("mme(s?)$", r"m\1"), ("ae|oe", "e")))
"""How Americans, whose words the English list has, write what the British write otherwise."""
_SHORT = 2
"""Letters of a word that is too short to be judged."""


def tokens(text: str) -> Iterator[tuple[int, str]]:
    """The words of ``text`` with their places; an apostrophe belongs to the word before it."""
    return ((hit.start(), hit[0]) for hit in _TOKEN.finditer(text))


class Dictionary:
    """The words of one language."""

    def __init__(self, words: SpellChecker, language: str) -> None:
        self._words = words
        self._british = _BRITISH if language == "en" else ()

    def knows(self, word: str) -> bool:
        """Whether the language has ``word``, capitals aside, elisions and endings with an apostrophe understood."""
        word = word.lower().replace("’", "'").replace("œ", "oe").strip("'")
        if len(word) <= _SHORT or word in self._words:
            return True
        if any(pattern.sub(american, word) in self._words for pattern, american in self._british):
            return True
        parts = [part for part in word.split("'") if part]
        return len(parts) > 1 and all(len(part) <= _SHORT or part in _ELIDED or part in self._words for part in parts)

    def meant(self, word: str, most: int = 3) -> tuple[str, ...]:
        """Words of the language that differ from ``word`` by one letter, the most frequent first."""
        found = self._words.candidates(word.lower().replace("’", "'")) or set()
        there = [one for one in found if one in self._words and one != word.lower()]
        return tuple(sorted(there, key=lambda one: (-self._words.word_frequency[one], one))[:most])


@lru_cache(maxsize=4)
def dictionary(language: str) -> Dictionary | None:
    """The dictionary of ``language`` (regions aside); None where there is none."""
    code = language.split("-")[0]
    if code not in LANGUAGES:
        return None
    from spellchecker import SpellChecker

    return Dictionary(SpellChecker(language=code, distance=1), code)
