"""Dictionaries: which words a language has, and what may have been meant by one that it has not.

The word lists are those of ``pyspellchecker`` (from OpenSubtitles and others, counted words of films); a list for each
of :data:`LANGUAGES`. Where the machine has a dictionary of Hunspell for a language, its words are right too, and a
language without a list of ours has that one. They know no grammar, few proper names and few rare words: what is not in
them may be right.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from ciak.config import dictionary_folders
from ciak.dubbing.wordbuilding import parts_of
from ciak.errors import CiakError
from ciak.formats import load
from ciak.formats.hunspell import HunspellWords, read_hunspell

if TYPE_CHECKING:
    from spellchecker import SpellChecker

__all__ = ["LANGUAGES", "Dictionary", "dictionary", "system_dictionary", "tokens"]

LANGUAGES = frozenset({"de", "en", "fr", "it", "nl", "pt"})
"""The Spanish list lacks its commonest words with an accent, so it is none of them: Spanish needs Hunspell's."""
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
    """The words of one language: ``words`` of ours, ``system`` of the machine's Hunspell, one of them at least."""

    def __init__(self, words: SpellChecker | None, language: str, system: HunspellWords | None = None) -> None:
        self._words, self._system, self._language = words, system, language
        self._british = _BRITISH if language == "en" else ()

    def _has(self, word: str) -> bool:
        if self._words is not None and word in self._words:
            return True
        return self._system is not None and (self._system.knows(word) or self._system.knows(word.capitalize()))

    def knows(self, word: str) -> bool:
        """Whether the language has ``word``, capitals aside, elisions and endings with an apostrophe understood."""
        word = word.lower().replace("’", "'").replace("œ", "oe").strip("'")
        if len(word) <= _SHORT or self._has(word):
            return True
        if any(self._has(pattern.sub(american, word)) for pattern, american in self._british):
            return True
        if any(all(map(self._has, parts)) for parts in parts_of(word, self._language)):
            return True
        parts = [part for part in word.split("'") if part]
        return len(parts) > 1 and all(len(part) <= _SHORT or part in _ELIDED or self._has(part) for part in parts)

    def meant(self, word: str, most: int = 3) -> tuple[str, ...]:
        """Words of the language that differ from ``word`` by one letter, the most frequent first if that is known."""
        word = word.lower().replace("’", "'")
        if self._words is None:
            return tuple(sorted(one for one in self._near(word) if self._has(one))[:most])
        counted = self._words.word_frequency
        found = self._words.candidates(word) or set()
        there = [one for one in found if one in self._words and one != word]
        return tuple(sorted(there, key=lambda one: (-counted[one], one))[:most])

    def _near(self, word: str) -> set[str]:
        """All that one slip makes of ``word``."""
        letters = self._system.letters if self._system is not None else ""
        halves = [(word[:at], word[at:]) for at in range(len(word) + 1)]
        found = {one + other[1:] for one, other in halves if other}
        found |= {one + other[1] + other[0] + other[2:] for one, other in halves if len(other) > 1}
        found |= {one + sign + other[1:] for one, other in halves if other for sign in letters}
        found |= {one + sign + other for one, other in halves for sign in letters}
        return found - {word}


@lru_cache(maxsize=4)
def dictionary(language: str) -> Dictionary | None:
    """The dictionary of ``language`` (regions aside); None where there is none."""
    code, system = language.split("-")[0], system_dictionary(language)
    if code not in LANGUAGES:
        return None if system is None else Dictionary(None, code, system)
    from spellchecker import SpellChecker

    return Dictionary(SpellChecker(language=code, distance=1), code, system)


def system_dictionary(language: str) -> HunspellWords | None:
    """The machine's own dictionary of a language, of its region before any other; None without one that can be read."""
    code, _, region = language.partition("-")
    names = [f"{code}_{region.upper()}", f"{code}_{code.upper()}", *(["en_US"] if code == "en" else []), code]
    for folder in dictionary_folders():
        there = {path.stem: path for path in sorted(folder.glob(f"{code}*.dic")) if path.stem.split("_")[0] == code}
        for name in [*names, *there]:
            if name in there and (words := _read(there[name])) is not None:
                return words
    return None


def _read(path: Path) -> HunspellWords | None:
    try:
        return read_hunspell(load(path.with_suffix(".aff")), load(path))
    except CiakError:
        return None
