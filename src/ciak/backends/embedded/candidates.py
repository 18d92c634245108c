"""Which of a model's hypotheses to trust: invented words, loops and lost numbers count against them.

:class:`Judge` turns a hypothesis into a :class:`Candidate` with a rank (mean log-probability less penalties), a
confidence and the words for a person to check. :func:`various` picks among candidates so that a dub has lines of
different length to choose from. It does not know meaning: a fluent mistranslation passes.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ciak.backends.embedded.lexicon import WORD, Lexicon

__all__ = ["Candidate", "Judge", "loops", "various"]

_INVENTED, _LOST_NUMBER, _LOOP, _LENGTH, _MARK = 0.5, 0.4, 3.0, 0.5, 0.15
"""What each fault costs, in units of mean log-probability."""
_DOUBT = 0.6
"""What each doubtful word multiplies the confidence by."""
_RANGE = 0.7
"""How much rank a candidate of another length may lack."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One way to say a sentence."""

    text: str
    rank: float
    confidence: float
    doubts: tuple[str, ...] = ()

    def rewritten(self, text: str) -> Candidate:
        """The same judgement of the same words, written otherwise."""
        return replace(self, text=text)


class Judge:
    """``lexicons``: the words of source and target (None: any word goes); ``calibration``: slope and offset of the
    logistic curve from mean log-probability to confidence."""

    def __init__(self, lexicons: tuple[Lexicon | None, Lexicon | None], calibration: tuple[float, float]) -> None:
        self._source, self._lexicon = lexicons
        self._slope, self._offset = calibration

    def judge(self, text: str, score: float, source: str, names: Sequence[str]) -> Candidate:
        """The hypothesis ``text``, of mean log-probability ``score``, for ``source`` as the model saw it; ``names``
        were put into it since."""
        given = {part for one in (source, *names) for word in WORD.findall(one) for part in _parts(word)}
        strange = [] if self._source is None else [word for word in WORD.findall(source) if not self._source.has(word)]
        invented = self._invented(text, given)
        lost = [number for number in re.findall(r"\d+", source) if not _has_number(number, text)]
        looped = loops(text) and not loops(source)
        rank = score - _INVENTED * min(3, len(invented)) - _LOST_NUMBER * len(lost) - _LOOP * looped
        words, before = len(text.split()), len(source.split())
        rank -= _LENGTH * (before > 3 and not 0.4 <= words / before <= 2.2)
        rank -= _MARK * (source.rstrip('"\' ')[-1:] != text.rstrip('"\' ')[-1:])
        doubts = tuple(dict.fromkeys((*invented, *strange, *lost)))
        confidence = 1 / (1 + math.exp(-max(-60.0, min(60.0, self._slope * score + self._offset))))
        return Candidate(text, rank, 0.02 if looped else confidence * _DOUBT ** len(doubts), doubts)

    def _invented(self, text: str, given: set[str]) -> list[str]:
        """Words of the translation that neither the target language nor the source has."""
        if self._lexicon is None:
            return []
        return [word for word in WORD.findall(text) if not self._lexicon.has(word)
                and not all(part in given or self._lexicon.has(part) for part in _parts(word))]


_NUMBERS = {"2": "two due", "3": "three tre", "4": "four quattro", "5": "five cinque", "6": "six sei",
            "7": "seven sette", "8": "eight otto", "9": "nine nove", "10": "ten dieci", "11": "eleven undici",
            "12": "twelve dodici", "20": "twenty venti", "100": "hundred cento", "1000": "thousand mille"}


def _has_number(number: str, text: str) -> bool:
    """Whether ``text`` has the number, in digits or, a small one, as a word."""
    return number in re.findall(r"\d+", text) or number in ("0", "1") or any(
        re.search(rf"\b{word}\b", text.lower()) for word in _NUMBERS.get(number, "").split())


def _parts(word: str) -> list[str]:
    return [part for part in re.split(r"['’]", word.lower()) if part]


def loops(text: str) -> bool:
    """Whether ``text`` repeats itself senselessly: a word or a phrase three times in a row, a letter five times."""
    if re.search(r"([^\W\d_])\1{4}", text):
        return True
    words = re.findall(r"\w+", text.lower())
    for size in range(1, min(9, len(words) // 3 + 1)):
        for start in range(len(words) - 3 * size + 1):
            once = words[start:start + size]
            if once == words[start + size:start + 2 * size] == words[start + 2 * size:start + 3 * size]:
                return True
    return False


def various(candidates: Sequence[Candidate], ways: int) -> list[Candidate]:
    """Up to ``ways`` of the ``candidates``: the best, then what differs most in length, in order of rank."""
    ordered: list[Candidate] = []
    seen: set[str] = set()
    for one in sorted(candidates, key=lambda one: -one.rank):
        plain = re.sub(r"\W+", " ", one.text.lower()).strip()
        if plain not in seen:
            seen.add(plain)
            ordered.append(one)
    if not ordered:
        return []
    chosen = [ordered[0]]
    rest = [one for one in ordered[1:] if one.rank >= ordered[0].rank - _RANGE]
    while rest and len(chosen) < ways:
        best = max(rest, key=lambda one: one.rank + 0.04 * min(12, *(abs(len(one.text) - len(other.text))
                                                                     for other in chosen), 12))
        chosen.append(best)
        rest.remove(best)
    return sorted(chosen, key=lambda one: -one.rank)
