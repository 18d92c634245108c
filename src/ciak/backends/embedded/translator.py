"""The default translator: English and Italian, both ways, by a small model that ships with Ciak.

The model (8.4 million parameters, trained from scratch on Tatoeba, see its card) is fluent on everyday sentences
and ignorant beyond them, so this module works around it: lines are divided into clean sentences, names that it may
not know are carried through by stand-ins, a phrase book knows greetings and calls, and its hypotheses are ranked by
more than its own score. Words that no text had before are reported as doubts. It has no context, and chooses tu or
Lei by chance.

*Confidence* is the share of sentences with chrF >= 60 against their reference that the same mean log-probability
had on 4,000 sentences of the training text each way (:data:`CALIBRATION`), times 0.6 for each doubt; for a line,
the mean over its sentences weighted by length. Lines unlike the training text deserve less than it says.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Protocol

from ciak.backends.embedded.candidates import Candidate, Judge, various
from ciak.backends.embedded.lexicon import Lexicon, open_lexicon
from ciak.backends.embedded.lines import Piece, Tidied, balanced, contracted, pieces, restore, tidy
from ciak.backends.embedded.names import Mask, find_names, masks, unmask
from ciak.backends.embedded.phrasebook import phrase
from ciak.backends.protocols import Translation
from ciak.config import Settings
from ciak.errors import BackendError
from ciak.models import Hypothesis, Store, TranslationEngine, open_translation

__all__ = ["MODEL", "EmbeddedTranslator", "LineTranslator", "Source", "create"]

MODEL = "translator-en-it"
CALIBRATION: dict[tuple[str, str], tuple[float, float]] = {("en", "it"): (8.14, 4.95), ("it", "en"): (7.90, 3.99)}
"""(slope, offset) of the logistic curve from mean log-probability to confidence."""
_EXTRA = 4
"""Hypotheses asked for beyond the wanted ways, so that there is something to choose from."""


class Source(Protocol):
    """What a :class:`LineTranslator` gets hypotheses from."""

    def hypotheses(self, sentences: Sequence[str], ways: int) -> list[list[Hypothesis]]:
        """Up to ``ways`` hypotheses for each clean sentence, best first."""
        ...


class LineTranslator:
    """Lines in, ranked translations out, for one direction; works over any :class:`Source` of hypotheses."""

    def __init__(self, source: Source, pair: tuple[str, str], lexicons: tuple[Lexicon | None, Lexicon | None],
                 calibration: tuple[float, float]) -> None:
        self._source = source
        self._pair = pair
        self._lexicon = lexicons[0]
        self._judge = Judge(lexicons, calibration)

    def translate(self, lines: Sequence[str], ways: int, names: Sequence[str]) -> list[tuple[Translation, ...]]:
        """Up to ``ways`` translations of each line, best first."""
        divided = [pieces(line) for line in lines]
        wanted = {piece.text for parts in divided for piece in parts if piece.sentence}
        known = self._sentences(sorted(wanted), ways, names)
        return [tuple(_joined(parts, known, ways)) for parts in divided]

    def _sentences(self, texts: Sequence[str], ways: int, names: Sequence[str]) -> dict[str, list[Candidate]]:
        """Candidates for every sentence: with stand-ins for its names, and plain where none came through."""
        usual = self._lexicon.usual if self._lexicon else str
        tidied = {text: tidy(text, self._pair[0], usual) for text in texts}
        pools: dict[str, list[Candidate]] = {text: self._from_book(one) for text, one in tidied.items()}
        first = [(text, masked) for text in texts for masked in self._masks(tidied[text].text, names)]
        for tries in (first, None):
            if tries is None:
                tries = [(text, Mask(tidied[text].text, ())) for text in texts if not pools[text]]
            answers = self._source.hypotheses([masked.text for _, masked in tries], ways + _EXTRA)
            for (text, masked), found in zip(tries, answers, strict=True):
                pools[text] += self._candidates(tidied[text], masked, found)
        done = {text: various(pool, ways) for text, pool in pools.items()}
        for text in texts:
            if missing := self._missing(tidied[text].text, names, done[text][0].text):
                done[text] = self._around(text, missing, ways, names) or done[text]
        return done

    def _masks(self, sentence: str, names: Sequence[str]) -> list[Mask]:
        found = find_names(sentence, self._pair[0], self._lexicon, names)
        plain = [] if found and all(name.sure for name in found) else [Mask(sentence, ())]
        return [*masks(sentence, found), *plain] if found else plain

    def _from_book(self, tidied: Tidied) -> list[Candidate]:
        ways = phrase(tidied.text, *self._pair)
        return [Candidate(restore(text, tidied, False), -0.05 * rank, 0.95 - 0.1 * rank)
                for rank, text in enumerate(ways)]

    def _candidates(self, tidied: Tidied, masked: Mask, found: Sequence[Hypothesis]) -> list[Candidate]:
        """The hypotheses in which every stand-in came through, with the names put back."""
        made: list[Candidate] = []
        kept = tuple(f"{name.title} {name.text}".strip() for _, name in masked.pairs)
        for one in found:
            text = unmask(one.text, masked, self._pair[1])
            if text is not None:
                text = contracted(text) if self._pair[1] == "it" else text
                candidate = self._judge.judge(text, one.score, masked.text, kept)
                made.append(candidate.rewritten(restore(text, tidied, text.startswith(kept))))
        return made

    @staticmethod
    def _missing(sentence: str, names: Sequence[str], text: str) -> str:
        """A demanded name that the sentence has and the translation has not, or ""."""
        for name in names:
            if name and name.lower() in sentence.lower() and name.lower() not in text.lower():
                return name
        return ""

    def _around(self, text: str, name: str, ways: int, names: Sequence[str]) -> list[Candidate]:
        """The last resort: translate what stands before and after a demanded name, and keep the name between."""
        start = text.lower().find(name.lower())
        if start < 0 or len(text.lower()) != len(text):
            return []
        parts = [text[:start].strip(), text[start + len(name):].strip()]
        ways_of = self._sentences([part for part in parts if any(letter.isalpha() for letter in part)], 1, names)
        words = [ways_of[part][0].text if part in ways_of else part for part in parts]
        row = (words[0].rstrip(".?! "), text[start:start + len(name)], words[1])
        whole = " ".join(part for part in row if part)
        return [Candidate(whole, -3.0, 0.2, (name,))][:ways]


def _joined(parts: Sequence[Piece], known: dict[str, list[Candidate]], ways: int) -> Iterator[Translation]:
    """The best combinations of the sentences' candidates."""
    choices = [known[piece.text] for piece in parts if piece.sentence]
    weights = [len(piece.text) for piece in parts if piece.sentence]
    if not choices:
        text = "".join(piece.text for piece in parts).strip()
        yield Translation(text, 1.0 if not any(letter.isalpha() for letter in text) else 0.0)
        return
    given: set[str] = set()
    for picks in _picks(choices, weights, ways):
        chosen = iter([one[pick] for one, pick in zip(choices, picks, strict=True)])
        used = [one[pick] for one, pick in zip(choices, picks, strict=True)]
        text = balanced("".join(next(chosen).text if piece.sentence else piece.text for piece in parts)).strip()
        if text in given:
            continue
        given.add(text)
        confidence = sum(one.confidence * weight for one, weight in zip(used, weights, strict=True)) / sum(weights)
        doubts = tuple(dict.fromkeys(word for one in used for word in one.doubts))
        yield Translation(text, round(min(1.0, max(0.0, confidence)), 3), doubts)
        if len(given) >= ways:
            return


def _picks(choices: Sequence[Sequence[Candidate]], weights: Sequence[int], ways: int) -> Iterator[tuple[int, ...]]:
    """The best combinations; for a line of several sentences the ``ways``-th is the shortest of all, because the
    best differ in one sentence and hardly in length."""
    best = _best_picks(choices, weights)
    if len(choices) > 1 and ways > 1:
        yield from islice(best, ways - 1)
        yield tuple(min(enumerate(one), key=lambda numbered: len(numbered[1].text))[0] for one in choices)
    yield from best


def _best_picks(choices: Sequence[Sequence[Candidate]], weights: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Combinations in order of their weighted rank, best first, at most 64."""
    def cost(picks: tuple[int, ...]) -> float:
        return -sum(one[pick].rank * weight for one, pick, weight in zip(choices, picks, weights, strict=True))

    first = (0,) * len(choices)
    heap, seen = [(cost(first), first)], {first}
    for _ in range(64):
        if not heap:
            return
        _, picks = heapq.heappop(heap)
        yield picks
        for place, pick in enumerate(picks):
            following = (*picks[:place], pick + 1, *picks[place + 1:])
            if pick + 1 < len(choices[place]) and following not in seen:
                seen.add(following)
                heapq.heappush(heap, (cost(following), following))


class _Tagged:
    """The embedded model: a tag before the source names the target language."""

    def __init__(self, engine: TranslationEngine, target: str) -> None:
        self._engine = engine
        self._tag = f"<2{target}>"

    def hypotheses(self, sentences: Sequence[str], ways: int) -> list[list[Hypothesis]]:
        """Beam search with as many beams as ways."""
        sources = [[self._tag, *self._engine.encode(one)[:400]] for one in sentences]
        return self._engine.translate_pieces(sources, ways=ways, beam=max(4, ways))


class EmbeddedTranslator:
    """English <-> Italian. See the module for what it knows and what its confidence means."""

    name = "embedded"
    version = "2"
    models = (MODEL,)

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._ready: dict[tuple[str, str], LineTranslator] = {}

    def pairs(self) -> frozenset[tuple[str, str]]:
        """English and Italian, both ways."""
        return frozenset(CALIBRATION)

    def translate(self, lines: Sequence[str], source: str, target: str, *, ways: int = 1,
                  names: Sequence[str] = ()) -> list[tuple[Translation, ...]]:
        """See the Protocol. Raises ``BackendError`` for another pair, ``ModelAbsent`` without the weights."""
        return self._direction(source, target).translate(lines, max(1, min(ways, 16)), names)

    def _direction(self, source: str, target: str) -> LineTranslator:
        pair = (source, target)
        if pair not in CALIBRATION:
            known = ", ".join(f"{one} to {other}" for one, other in sorted(CALIBRATION))
            raise BackendError(f"the embedded translator does not go from {source[:20]!r} to {target[:20]!r}",
                               remedy=f"it does {known}; set another translator")
        if pair not in self._ready:
            folder = Store(self._settings).folder(MODEL)
            engine = _Tagged(open_translation(folder, self._settings), target)
            lexicons = (open_lexicon(folder / f"words.{source}.txt.gz"),
                        open_lexicon(folder / f"words.{target}.txt.gz"))
            self._ready[pair] = LineTranslator(engine, pair, lexicons, CALIBRATION[pair])
        return self._ready[pair]


def create(settings: Settings) -> EmbeddedTranslator:
    """Factory of the entry point ``translator.embedded``."""
    return EmbeddedTranslator(settings)
