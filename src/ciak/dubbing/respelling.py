"""Names put right in what was heard: a recogniser writes a name that it does not know as it sounds.

A word that no dictionary has, and that sounds nearly like a word of a name in the glossary or the cast, becomes that
word. Words that the language has stay, and so does everything that a person wrote; what sounds like two names alike
stays too. A name that was heard as two words, or as a word of the language, is not found.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher

from ciak.dubbing.dictionary import Dictionary, tokens
from ciak.dubbing.merging import by_hand
from ciak.film import Loop, Word

__all__ = ["Respelling", "respelled", "sound"]

NEAR = 0.75
"""Likeness of two sounds from which they may be one name."""
APART = 0.05
"""By how much the best name must be more alike than the next."""
SHORTEST = 4
"""Letters of a name's word that is looked for."""
_SOUNDS = (("ph", "f"), ("th", "t"), ("gh", "g"), ("ck", "k"), ("ch", "k"), ("qu", "kw"), ("x", "ks"), ("c", "k"),
           ("q", "k"), ("z", "s"), ("y", "i"), ("j", "i"), ("w", "u"), ("v", "f"), ("h", ""))


def sound(word: str) -> str:
    """A key that words which sound alike nearly share."""
    plain = "".join(mark for mark in unicodedata.normalize("NFKD", word.lower()) if mark.isalpha() and mark.isascii())
    for written, heard in _SOUNDS:
        plain = plain.replace(written, heard)
    return re.sub(r"(.)\1+", r"\1", plain)


class Respelling:
    """Puts ``names`` right, word by word; does nothing for a language without a dictionary (``words`` None)."""

    def __init__(self, names: Iterable[str], words: Dictionary | None) -> None:
        self._known = {} if words is None else {
            part: sound(part) for name in names for _, part in tokens(name)
            if len(part) >= SHORTEST and part[0].isupper()}
        self._words = words
        self.notes: dict[tuple[str, str], int] = {}
        """How often what was heard was written as which name."""

    def right(self, text: str) -> str:
        """``text`` with its names put right, and counted."""
        if self._words is None or not self._known:
            return text
        made, at = [], 0
        for place, word in tokens(text):
            bare = re.sub(r"['’]s?$", "", word)
            name = _name(bare, self._known, self._words)
            if name is not None:
                self.notes[bare, name] = self.notes.get((bare, name), 0) + 1
                made += [text[at:place], name.upper() if bare.isupper() else name]
                at = place + len(bare)
        return "".join([*made, text[at:]])

    def heard(self, words: Sequence[Word]) -> tuple[Word, ...]:
        """``words`` with their names put right; their times stay."""
        return tuple(word if (text := self.right(word.text)) == word.text else word.model_copy(update={"text": text})
                     for word in words)


def respelled(loops: Sequence[Loop], names: Iterable[str], words: Dictionary | None) -> tuple[tuple[Loop, ...],
                                                                                             tuple[str, ...]]:
    """``loops`` with ``names`` put right in those that a machine heard, and a note for each word that changed. Nothing
    is done for a language without a dictionary (``words`` None)."""
    lines, parts = Respelling(names, words), Respelling(names, words)
    out = []
    for loop in loops:
        if loop.origin.startswith("transcriber:") and not by_hand(loop) and (
                text := lines.right(loop.text)) != loop.text:
            loop = loop.model_copy(update={"text": text, "words": parts.heard(loop.words)})
        out.append(loop)
    return tuple(out), tuple(f"heard as {heard!r}, written {name!r}" + (f" ({count} times)" if count > 1 else "")
                             for (heard, name), count in lines.notes.items())


def _name(word: str, known: dict[str, str], words: Dictionary) -> str | None:
    """The name's word that ``word`` must have been; None where it is one, or none, or nobody can tell."""
    if len(word) < SHORTEST or word in known or word.capitalize() in known or words.knows(word):
        return None
    heard = sound(word)
    alike = sorted(((SequenceMatcher(None, heard, key, autojunk=False).ratio(), name)
                    for name, key in known.items() if key[:1] == heard[:1] and abs(len(key) - len(heard)) <= 2),
                   reverse=True)
    if not alike or alike[0][0] < NEAR or (len(alike) > 1 and alike[0][0] - alike[1][0] < APART):
        return None
    return alike[0][1]
