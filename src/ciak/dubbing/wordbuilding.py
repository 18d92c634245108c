"""Words that no list holds because the language makes them at will: of which others a word may be built.

German joins nouns (*Jugend-orchester*, *Bahnhof-s-laden*); Italian hangs pronouns on an infinitive (*comprar-mi*) and
bends every verb through the future and the conditional (*dimenticheremmo*). A word is one if all of its parts are. A
slip that makes two words out of one can pass for a compound; parts have four letters at least to make that seldom. No
other way of building words is known here, nor whether what is built makes sense.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["parts_of"]

_SHORTEST = 4
_LONGEST = 60
_LINKS = ("s", "es", "n", "en")
_HUNG = re.compile(r"(\w+[aei]r)(?:mi|ti|si|ci|vi|lo|la|li|le|ne|gli|[mtcv]e(?:lo|la|li|le|ne)|se(?:lo|la|li|le|ne)"
                   r"|glie(?:lo|la|li|le|ne))$")
_BENT = re.compile(r"(\w{2,})([ei])r(?:ò|ai|à|emo|ete|anno|ei|esti|ebbe|emmo|este|ebbero)$")


def parts_of(word: str, language: str) -> Iterator[tuple[str, ...]]:
    """Each way in which ``word`` (in small letters) may be built: the words that it would be built of."""
    if len(word) > _LONGEST:
        return
    if language == "de":
        yield from _compound(word)
    elif language == "it":
        if hung := _HUNG.match(word):
            yield (hung[1] + "e",)
        if bent := _BENT.match(word):
            yield from ((infinitive,) for infinitive in _infinitives(bent[1], bent[2]))


def _compound(word: str) -> Iterator[tuple[str, ...]]:
    for at in range(_SHORTEST, len(word) - _SHORTEST + 1):
        first, rest = word[:at], word[at:]
        yield first, rest
        yield from ((first.removesuffix(link), rest) for link in _LINKS
                    if first.endswith(link) and at - len(link) >= _SHORTEST)


def _infinitives(stem: str, vowel: str) -> Iterator[str]:
    """Of "cercher": "cercare"; of "manger": "mangiare"; of "partir": "partire"."""
    if vowel == "i":
        yield stem + "ire"
        return
    yield stem + "ere"
    if stem.endswith(("ch", "gh")):
        yield stem[:-1] + "are"
    else:
        yield stem + "are"
        yield stem + "iare"
