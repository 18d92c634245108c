"""Words that settle become sentences, and sentences are carried into another language as they are complete.

A translation cannot be begun before its sentence is known: the verb of a German sentence may be its last word. So what
is translated is what stands between two full stops; a long sentence is handed over at a comma, and where somebody stops
to speak it is complete as it is. The interpreter hears nothing of what was said before: each part is translated by
itself, with the agreed renderings of the house.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from ciak.backends.protocols import Translator
from ciak.dubbing.agreed import HouseTerms, capital_like, no_house, put_in, term_pairs
from ciak.dubbing.folding import WEAK
from ciak.dubbing.lines import ends_sentence
from ciak.dubbing.spotting import paced_words
from ciak.film import Glossary, Span, Word

__all__ = ["Interpreter", "Sentences"]

LONG = 8
"""Words from which a part is handed over at a comma."""
LONGEST = 24
"""Words from which it is handed over anywhere."""
PAUSE = Fraction(6, 5)
"""Seconds without a word that end a sentence."""


class Sentences:
    """Gathers words until they are a part that can be translated by itself."""

    def __init__(self) -> None:
        self._held: list[Word] = []

    def add(self, words: Sequence[Word]) -> list[tuple[Word, ...]]:
        """The parts that are complete with these further words."""
        done = []
        for word in words:
            if self._held and word.span.start - self._held[-1].span.end >= PAUSE:
                done += self.close()
            self._held.append(word)
            count = len(self._held)
            if ends_sentence(word.text) or (count >= LONG and word.text.endswith(WEAK)) or count >= LONGEST:
                done += self.close()
        return done

    def close(self) -> list[tuple[Word, ...]]:
        """What is left, when somebody has stopped to speak."""
        held, self._held = tuple(self._held), []
        return [held] if held else []


class Interpreter:
    """Carries parts from ``source`` into ``target``."""

    def __init__(self, translator: Translator, source: str, target: str, house: HouseTerms = no_house) -> None:
        self.language = target
        self._translator, self._languages = translator, (source, target)
        self._terms = term_pairs(Glossary(), house, source, target)

    def carry(self, part: Sequence[Word]) -> tuple[Word, ...]:
        """The translation, its words laid over the time of the original's. Raises what the translator raises."""
        line = " ".join(word.text for word in part)
        text, renderings = put_in(line, self._terms)
        (ways,) = self._translator.translate([text], *self._languages, names=renderings)
        span = Span(start=part[0].span.start, end=max(part[-1].span.end, part[0].span.start))
        return paced_words(capital_like(ways[0].text, line), span)
