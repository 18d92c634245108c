"""Which words a language has, as far as the translator's training text shows them.

The list (``words.<language>.txt.gz`` beside the weights: a word a line, most frequent first, with its count after a
tab) has each word in its usual case, so that it also tells names. A word that is not in it may exist all the same:
the list raises doubts, it does not settle them.
"""

from __future__ import annotations

import gzip
import re
from functools import lru_cache
from pathlib import Path

from ciak.errors import ModelDamaged

__all__ = ["WORD", "Lexicon", "open_lexicon"]

WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*['’]?")
"""A word in running text, with its apostrophes."""

_FAMILIAR = 20
"""How often the training text must have a name for a small model to carry it over safely."""
_BUDGET = 32_000_000


class Lexicon:
    """The words of one language, with counts."""

    def __init__(self, counts: dict[str, int]) -> None:
        self._counts = counts
        self._usual: dict[str, str] = {}
        for word in counts:
            self._usual.setdefault(word.lower(), word)
        self._elided = frozenset(word.partition("'")[0] for word in self._usual if "'" in word)

    def __len__(self) -> int:
        return len(self._usual)

    def has(self, word: str) -> bool:
        """Whether ``word`` is known, in whatever case; an elided word ("l'amico") is known by its parts."""
        plain = word.lower().replace("’", "'")
        if plain in self._usual or plain.strip("'") in self._usual:
            return True
        first, apostrophe, rest = plain.partition("'")
        return bool(apostrophe) and first in self._elided and (rest in self._usual or rest in ("s", "ll", "d", "ve"))

    def usual(self, word: str) -> str:
        """``word`` in its usual case; an unknown one as it is."""
        return self._usual.get(word.lower(), word)

    def copies(self, word: str) -> bool:
        """Whether a capitalised ``word`` is one that the model has often enough seen, as a name or otherwise."""
        usual = self._usual.get(word.lower())
        return self.has(word) and (usual is None or not usual[:1].isupper() or self._counts[usual] >= _FAMILIAR)


@lru_cache(maxsize=8)
def open_lexicon(path: Path) -> Lexicon:
    """The word list at ``path``. Raises :class:`ModelDamaged` when it is not one."""
    try:
        with gzip.open(path, "rb") as file:
            text = file.read(_BUDGET).decode("utf-8")
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise ModelDamaged(f"the word list {path.name} cannot be read: {error}") from error
    counts: dict[str, int] = {}
    for line in text.splitlines():
        word, _, count = line.partition("\t")
        if word:
            counts[word] = int(count) if count.isascii() and count.isdigit() else 1
    return Lexicon(counts)
