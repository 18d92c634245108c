"""What may belong into the glossary: names and phrases that come up in the dialogue. A person takes or leaves them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from ciak.dubbing.dictionary import Dictionary, tokens
from ciak.dubbing.phrasing import STRONG, small_words
from ciak.film import TermKind

__all__ = ["Proposal", "proposed"]

OFTEN = 3
"""Times that a phrase comes up before it is proposed."""
LONGEST = 4
"""Words of a phrase."""
_LETTERS = 8
"""Of a phrase, at least."""
_MYSELF = ("I'", "I’")
"""How "I'm" and "I'll" begin: a capital that names nobody."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A term that may be wanted, and how often it is said."""

    term: str
    kind: TermKind
    count: int


def proposed(lines: Iterable[str], words: Dictionary | None, known: Collection[str]) -> tuple[Proposal, ...]:
    """Names (with a capital inside a sentence, and not a word of the language or never without one) and phrases of two
    to four words that come up at least :data:`OFTEN` times; not what is ``known``; the most frequent first."""
    texts = list(lines)
    there = {text.casefold() for text in known}
    names, small = Counter[str](), Counter[str]()
    phrases = Counter[str]()
    for text in texts:
        for run in _sentences(text):
            names.update(_names(run))
            small.update(word for word in run if word.islower())
            bare = [word.lower() for word in run]
            phrases.update({" ".join(bare[at:at + size]) for size in range(2, LONGEST + 1)
                            for at in range(len(bare) - size + 1) if _whole(bare[at:at + size])})
    found = [Proposal(name, TermKind.NAME, count) for name, count in names.items()
             if name.casefold() not in there and not small[name.lower()]
             and (" " in name or words is None or not words.knows(name) or count > 1)]
    taken = {part for one in found for part in one.term.casefold().split()}
    often = {text: count for text, count in phrases.items() if count >= OFTEN and len(text) >= _LETTERS
             and text not in there and not taken & set(text.split())}
    found += [Proposal(text, TermKind.PHRASE, count) for text, count in often.items()
              if not any(text != other and text in other and count == often[other] for other in often)]
    return tuple(sorted(found, key=lambda one: (one.kind is TermKind.PHRASE, -one.count, one.term)))


def _sentences(text: str) -> list[list[str]]:
    """The words of each sentence."""
    runs: list[list[str]] = [[]]
    for part in text.split():
        runs[-1] += [word.rstrip("'’") for _, word in tokens(part)]
        if part.rstrip("\"'”’»)").endswith(STRONG):
            runs.append([])
    return [run for run in runs if run]


def _names(run: list[str]) -> list[str]:
    """Neighbouring words with capitals inside a sentence."""
    found: list[list[str]] = []
    joined = False
    for word in run[1:]:
        bare = word.removesuffix("'s").removesuffix("’s")
        if len(bare) < 2 or not bare[0].isupper() or bare.isupper() or bare[:2] in _MYSELF:
            joined = False
            continue
        if joined:
            found[-1].append(bare)
        else:
            found.append([bare])
        joined = bare == word
    return [" ".join(parts) for parts in found]


def _whole(words: list[str]) -> bool:
    """Whether the words may be a phrase by themselves."""
    return not small_words() & {words[0], words[-1]} and sum(len(word) > 3 for word in words) >= 2
