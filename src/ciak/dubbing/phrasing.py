"""Phrasing: which neighbouring words belong together, so that no line and no subtitle ends between them.

The style guides (Netflix Timed Text Style Guide, General Requirements: Line Treatment; BBC Subtitle Guidelines, Line
breaks) ask to break after punctuation and before conjunctions and prepositions, and never between an article and its
noun, an adjective and its noun, a preposition and its phrase, a pronoun, an auxiliary or a negation and its verb, a
first and a last name. Small words form closed classes; ``words/`` has them for English, Italian, Spanish, French and
German, each read for its own language. Two words that are in no class are taken for parts of one phrase.

Adjectives and adverbs that follow their word are told by :mod:`.followers`.

Not known here: syntax. A noun before another, a verb and its object, an adjective that neither a list nor its ending
tells are told by that last rule alone; languages without a list are broken at punctuation and in the middle.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from ciak.dubbing.followers import BOUND, CHAINED, FOLLOWING, LEADING, RELEASED, follows

__all__ = ["LANGUAGES", "STRONG", "WEAK", "break_cost", "is_abbreviation", "sentence_ends", "small_words"]

LANGUAGES = ("de", "en", "es", "fr", "it")
"""Languages whose small words are known."""
STRONG = (".", "!", "?", "…", "。", "؟")
WEAK = (",", ";", ":", "—", "–", "،", "、")
_CLOSING = "\"'”’»)]"
_OPENING = ("«", "“", "¿", "¡", "„")
_SENTENCE, _COMMA = -34.0, -28.0
"""Of a break after a sentence, and after another sign: more than any other place is worth."""
_APART = 60.0
"""What it costs to part what belongs together: more than any imbalance of two lines."""
_ENDS = {"determiner": _APART, "number": _APART, "preposition": _APART, "genitive": _APART, "infinitive": _APART,
         "conjunction": _APART, "pronoun": _APART, "clitic": _APART, "auxiliary": _APART, "negation": _APART,
         "degree": 50.0, "intensity": _APART, "title": _APART, "adjective": 45.0}
"""Of a break after a word of that class."""
_LOOSE = {"degree": 20.0, "adjective": 0.0, "number": 5.0, "auxiliary": 45.0}
"""The same where a small word follows: "only | on Sundays", "old | but good", "one | of us"."""
_CLAUSE = frozenset({"conjunction", "pronoun", "preposition", "auxiliary"})
"""What follows a particle, and never a preposition: "take off | and land"."""
_PRONOUNS = frozenset({"pronoun", "clitic"})
"""They keep to the verb behind them, but not after a preposition: "con lei | al cinema"."""
_ADJECTIVE = re.compile(r"\w{3}(est|ful|less|ous|ible|able|ical|ish)$")
"""How English adjectives end."""
_BEGINS = {"preposition": -14.0, "conjunction": -18.0, "genitive": 2.0, "infinitive": 0.0, "pronoun": -5.0,
           "clitic": 0.0, "determiner": 2.0, "number": 2.0, "auxiliary": 3.0, "negation": 3.0, "degree": 4.0,
           "intensity": 18.0, "title": 2.0, "object": 45.0, "particle": 25.0, "adjective": 0.0}
"""Of a break before one; the class that says the least counts."""
_JOINS = frozenset({"preposition", "genitive"})
"""What may stand between a word and itself: "uno | per uno"."""
_AND = frozenset({"and", "or", "e", "ed", "o", "y", "u", "et", "ou", "und", "oder"})
"""What makes one subject of two pronouns."""
_CONTENT = 32.0
"""Of a break between two words that are in no class."""
_INFLECTED = ("e", "en", "er", "es", "em")
"""Endings of German adjectives before their noun."""
_VERBAL = ("en", "ln", "rn", "t")
"""Endings of German infinitives and participles."""
_LIKES = 20.0
"""Between two adjectives of one noun: less than between two words that nothing is known of."""
_ABBREVIATIONS = frozenset({"nr.", "st.", "vs.", "etc.", "jr.", "sr.", "z.b.", "d.h.", "ecc.", "p.ej."})


@dataclass(frozen=True, slots=True)
class _Small:
    """The small words of a language: each with its classes, pairs that are never parted, adjectives that follow their
    noun (``attributes``), adverbs that follow their verb (``after``), words that join clauses (``joining``) and those
    that stand for a noun of their own before one of these (``alone``)."""

    classes: dict[str, frozenset[str]]
    together: frozenset[tuple[str, str]]
    attributes: frozenset[str]
    after: frozenset[str]
    joining: frozenset[str]
    alone: frozenset[str]


@lru_cache(maxsize=16)
def _small(language: str) -> _Small:
    """Those of ``language``; of all that are known together for ``und``; none for another."""
    known = LANGUAGES if language == "und" else (language,) if language in LANGUAGES else ()
    classes: dict[str, set[str]] = {}
    together: set[tuple[str, str]] = set()
    attributes: set[str] = set()
    after: set[str] = set()
    joining: set[str] = set()
    alone: set[str] = set()
    for code in known:
        table = tomllib.loads(files(__package__).joinpath("words", f"{code}.toml").read_text(encoding="utf-8"))
        together |= {(one, other) for one, other in (pair.split(" ") for pair in table.pop("together"))}
        attributes |= set(table.pop("attribute", "").split())
        after |= set(table.pop("after", "").split())
        joining |= set(table.pop("joining").split())
        alone |= set(table.pop("alone").split())
        for name, words in table.items():
            for word in words.split():
                classes.setdefault(word, set()).add(name)
    return _Small({word: frozenset(names) for word, names in classes.items()}, frozenset(together),
                  frozenset(attributes), frozenset(after), frozenset(joining), frozenset(alone))


@lru_cache(maxsize=1)
def small_words() -> frozenset[str]:
    """Every small word of every language that is known, adjectives and titles left out."""
    return frozenset(word for word, names in _small("und").classes.items() if names - {"adjective", "title"})


def is_abbreviation(word: str) -> bool:
    """Whether ``word`` ends with a full stop that ends no sentence: a title, an initial (``I.`` is none)."""
    bare = word.lstrip("\"'“‘«([")
    if not bare.endswith("."):
        return False
    initial = len(bare) == 2 and bare[0].isupper() and bare[0] != "I"
    return initial or bare.lower() in _ABBREVIATIONS or "title" in _small("und").classes.get(bare.lower(), ())


def sentence_ends(word: str, following: str) -> bool:
    """Whether a sentence ends with ``word`` and another begins with ``following``."""
    if not word.rstrip(_CLOSING).endswith(STRONG) or is_abbreviation(word):
        return False
    first = next((sign for sign in following if sign.isalnum()), "")
    return not first.islower()


def break_cost(words: Sequence[str], at: int, language: str = "und") -> float:
    """What it costs to break before ``words[at]``, in characters of imbalance between two lines; below 0 where a break
    does good. ``words``: a text divided at blanks; ``at``: from 1."""
    earlier, later = words[at - 2] if at > 1 else "", words[at + 1] if at + 1 < len(words) else ""
    return _cost(earlier, words[at - 1], words[at], later, language.split("-")[0])


@lru_cache(maxsize=65536)
def _cost(earlier: str, last: str, first: str, later: str, language: str) -> float:
    gap = _Gap(earlier, last, first, later, language)
    told = gap.by_signs()
    if told is not None:
        return told
    return _APART if gap.inside_a_unit() else gap.by_classes()


@dataclass(frozen=True, slots=True)
class _Gap:
    """The blank between ``last`` and ``first``, with the words around them ("" for none)."""

    earlier: str
    last: str
    first: str
    later: str
    language: str

    def _classes(self, word: str, side: int) -> frozenset[str]:
        return _classes(_bare(word), _small(self.language), self.language, side)

    def by_signs(self) -> float | None:
        """What punctuation says of it; None where there is none."""
        end = self.last.rstrip(_CLOSING)
        if not any(sign.isalnum() for sign in self.first) and not self.first.startswith(("-", "–", "—", "♪")):
            return _APART
        if end.endswith(STRONG) and not is_abbreviation(self.last):
            return _SENTENCE
        return _COMMA if end.endswith(WEAK) else None

    def _goes_to(self) -> bool:
        """Whether "to" is a place's here, not a verb's."""
        return "infinitive" in self._classes(self.first, 0) and (
            self.later[:1].isupper() or bool(self._classes(self.later, 0) & {"determiner", "number"}))

    def inside_a_unit(self) -> bool:
        """Whether two words are as good as one, two names one subject, or one word is said twice ("uno per uno")."""
        one, other = _bare(self.last), _bare(self.first)
        if {(one, other), (one, other.split("'")[0])} & _small(self.language).together and not self._goes_to():
            return True
        joins = self._classes(self.first, 0) & _JOINS and not self._classes(self.last, -1) & _JOINS
        if joins and _bare(self.later) == one:
            return True
        return self.last in _OPENING or (
            self.first in _AND and self.last[:1].isupper() and self.later[:1].isupper())

    def _begins(self) -> frozenset[str]:
        begins = self._classes(self.first, 0)
        if self._goes_to():
            return frozenset({"preposition"})
        if "particle" in begins and (self.first[-1] in STRONG + WEAK or "conjunction" in self._classes(self.later, 0)):
            return frozenset({"particle"})
        return begins

    def _ends(self, begins: frozenset[str]) -> frozenset[str]:
        ends = self._classes(self.last, -1)
        if ("pronoun" in ends and self.earlier in _AND) or ("particle" in ends and begins & _CLAUSE) or self._alone():
            return frozenset()
        if self._adverb(self.last) and self.earlier and not self._classes(self.earlier, -1) - {"auxiliary"}:
            ends -= {"degree", "negation"}
        if ends & _PRONOUNS and self._classes(self.earlier, -1) & {"preposition", "genitive"}:
            ends -= _PRONOUNS
        if self.language == "de" and "conjunction" in begins:
            ends -= {"auxiliary"}
        return ends if self.first[:1].isupper() else ends - {"title"}

    def _alone(self) -> bool:
        """Whether the last word is a whole object, and a clause is joined to what it ends: "like this | and left",
        "saw it | and left"; not "this and that", "you and I", "you and your sister"."""
        small = _small(self.language)
        if _bare(self.first) not in small.joining or _bare(self.last) not in small.alone:
            return False
        joined, personal = self._classes(self.later, 0), "pronoun" in self._classes(self.last, -1)
        if joined & {"determiner", "number"} or (personal and joined & {"pronoun", "object"}):
            return False
        return "pronoun" in joined or _bare(self.later) not in small.alone

    def _closes_verb(self, begins: frozenset[str]) -> bool:
        """Whether a German clause ends in two verbs here: "geholfen hat", "anrufen sollen"."""
        return (self.language == "de" and "auxiliary" in begins and self.last[:1].islower()
                and self.last.endswith(_VERBAL) and not self._classes(self.last, -1))

    def _likes(self) -> bool:
        """Whether two adjectives of one noun are joined: "a cold and clear day"."""
        return self.first in _AND and self._qualifies(self.last) and self._qualifies(self.later)

    def _qualifies(self, word: str) -> bool:
        classes = self._classes(word, -1)
        if self.language == "de":
            return bool(word) and word[:1].islower() and not classes and word.endswith(_INFLECTED)
        return "adjective" in classes

    def by_classes(self) -> float:
        """What the kinds of the two words say."""
        if not _small(self.language).classes:
            return 0.0
        begins = self._begins()
        if self._closes_verb(begins) or self._likes():
            return _APART if "auxiliary" in begins else _LIKES
        ends, plain = self._ends(begins), not begins - {"adjective"}
        cost = max((_end_cost(name, plain) for name in ends), default=0.0)
        if "auxiliary" in ends and begins & {"degree", "negation"}:
            return _APART
        if begins:
            good = min(_BEGINS.get(name, 0.0) for name in begins)
            cost += max(good, 0.0) if cost > _CONTENT else good
        if self._adverb(self.first) and not self._classes(self.last, -1) - {"auxiliary"}:
            return max(cost, FOLLOWING)
        if not plain or ends - {"adjective"}:
            return cost
        return max(cost, self._between())

    def _adverb(self, word: str) -> bool:
        """Whether ``word`` is an adverb that follows its verb."""
        return _bare(word) in _small(self.language).after

    def _follows(self, word: str) -> bool:
        return follows(_bare(word), self.language, _small(self.language).attributes)

    def _between(self) -> float:
        """Of a break between two words that are no small ones."""
        last, first = self.last, self.first
        if last[:1].isupper() and first[:1].isupper():
            return _APART
        if last[:1].isdigit():
            return _APART
        if self.language == "de":
            if first[:1].islower():
                return _CONTENT / 3
            return _APART if last[:1].islower() and last.endswith(_INFLECTED) else _CONTENT
        if self._follows(first):
            return CHAINED if self._follows(last) else BOUND
        if self._follows(last):
            return LEADING if self._classes(self.earlier, -1) & {"determiner", "number"} else RELEASED
        return _CONTENT


def _end_cost(name: str, plain: bool) -> float:
    """Of a break after a word of a class, before a word that is no small one (``plain``), or before one."""
    if plain or name not in _LOOSE:
        return _ENDS.get(name, 0.0)
    return _LOOSE[name]


def _bare(word: str) -> str:
    return word.lower().replace("’", "'").strip("\"“”«»()[]¿¡.,;:!?…") + ("." if is_abbreviation(word) else "")


def _classes(word: str, small: _Small, language: str, side: int) -> frozenset[str]:
    """The classes of a word, seen from its beginning (0) or its end (-1): ``qu'il`` begins as ``que`` and ends as
    ``il``."""
    known = small.classes.get(word)
    if known is not None:
        return known
    if language in ("en", "und") and re.search(r"(n't|'m|'re|'ve|'ll|'d)$", word):
        return frozenset({"auxiliary"}) if side else small.classes.get(word.split("'")[0], frozenset())
    if language in ("en", "und") and side and word.endswith("'s"):
        return frozenset({"determiner"})
    if "'" in word.strip("'"):
        return small.classes.get(word.strip("'").split("'")[side], frozenset())
    if language == "fr" and side and "-" in word:
        return small.classes.get(word.split("-")[-1], frozenset())
    if word.isdigit() and side:
        return frozenset({"number"})
    if language == "en" and _ADJECTIVE.search(word):
        return frozenset({"adjective"})
    return small.classes.get(word.rstrip("'"), frozenset())
