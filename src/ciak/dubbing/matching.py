"""A script's lines and the words that were heard: which words are whose, what was never said, what was never written.

Words are aligned first (:mod:`ciak.dubbing.alignment`). What a line holds in a sentence counts only where it is a
good part of the line or of the sentence; chance meetings of small words do not. Heard words between two matches go to
the line that misses words there. Then lines that were not found: one whose words were heard elsewhere nearby was
spoken out of order; one between neighbours with speech that nobody claims is taken to be that speech, worded
otherwise, if it is about as long. It cannot tell a line that was changed beyond recognition from another one of the
same length in the same place; such lines are marked unsure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise

from ciak.dubbing.alignment import aligned
from ciak.dubbing.likeness import tokens, weight
from ciak.dubbing.lines import sentences
from ciak.dubbing.script import ScriptLine
from ciak.film import Word

__all__ = ["Claim", "Matching", "Side", "matched"]

ENOUGH = 0.34
"""Part of a line's or of a sentence's weight that both must share for the one to hold the other."""
APART = Fraction(1)
"""A line of two sentences whose second was not recognised claims one that follows within so many seconds."""
SPARE = 2
"""Heard words beyond those that a line misses that it may still claim beside its own."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The heard words of a script line, ``first`` up to, not including, ``end``. ``pairs``: word of the line ->
    word heard. ``certainty``: weight of the line's words that were recognised, of 1."""

    first: int
    end: int
    pairs: dict[int, int] = field(default_factory=dict)
    certainty: float = 0.0


@dataclass(frozen=True, slots=True)
class Matching:
    """``claims``: line -> what it claims; ``free``: runs of heard words that nobody claims."""

    claims: dict[int, Claim]
    free: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Side:
    """Tokens of one side, each with its owner (line and word, or sentence and word)."""

    tokens: tuple[str, ...]
    groups: tuple[int, ...]
    words: tuple[int, ...]

    @classmethod
    def of(cls, texts: Sequence[Sequence[str]], language: str, running: bool = False) -> Side:
        """Of rows of words; ``running``: words are numbered through all rows, else each row begins at 0."""
        found: list[tuple[str, int, int]] = []
        base = 0
        for group, row in enumerate(texts):
            found += [(token, group, base + place) for place, word in enumerate(row)
                      for token in tokens(word, language)]
            base += len(row) if running else 0
        return cls(tuple(one[0] for one in found), tuple(one[1] for one in found), tuple(one[2] for one in found))

    def weights(self, count: int) -> list[float]:
        """Weight of each of ``count`` groups."""
        total = [0.0] * count
        for token, group in zip(self.tokens, self.groups, strict=True):
            total[group] += weight(token)
        return total


def matched(lines: Sequence[ScriptLine], words: Sequence[Word], language: str) -> Matching:
    """Which of ``words``, in film order, belong to which of ``lines``, in script order: by words alone."""
    parts = sentences(words)
    script = Side.of([line.text.split() for line in lines], language)
    heard = Side.of([[word.text for word in part] for part in parts], language, running=True)
    held = _trusted(aligned(script.tokens, heard.tokens), script, heard)
    owner: dict[int, tuple[int, int]] = {}
    for one, other in held:
        owner.setdefault(heard.words[other], (script.groups[one], script.words[one]))
    lengths = [len(line.text.split()) for line in lines]
    bounds = _bounds([len(part) for part in parts])
    far = {at for at in bounds[1:-1] if words[at].span.start - words[at - 1].span.end > APART}
    whose = _spread(owner, lengths, bounds, far)
    total = script.weights(len(lines))
    sure = [0.0] * len(lines)
    for one, _ in held:
        sure[script.groups[one]] += weight(script.tokens[one])
    claims: dict[int, Claim] = {}
    for line in sorted({line for line, _ in owner.values()}):
        mine = [at for at, who in enumerate(whose) if who == line]
        pairs = {place: at for at, (who, place) in sorted(owner.items(), reverse=True) if who == line}
        claims[line] = Claim(mine[0], mine[-1] + 1, pairs, min(1.0, sure[line] / total[line]))
    return Matching(claims, tuple(_runs(whose, bounds)))


def _bounds(lengths: Sequence[int]) -> list[int]:
    """Where each sentence begins, and the end."""
    bounds = [0]
    for length in lengths:
        bounds.append(bounds[-1] + length)
    return bounds


def _trusted(pairs: Sequence[tuple[int, int]], script: Side, heard: Side) -> list[tuple[int, int]]:
    """The pairs that are no chance meetings of a line and a sentence."""
    lines = script.weights(max(script.groups, default=-1) + 1)
    parts = heard.weights(max(heard.groups, default=-1) + 1)
    shared: dict[tuple[int, int], float] = {}
    for one, other in pairs:
        key = (script.groups[one], heard.groups[other])
        shared[key] = shared.get(key, 0.0) + weight(script.tokens[one])
    good = {key for key, held in shared.items() if held >= ENOUGH * min(lines[key[0]], parts[key[1]])}
    return [(one, other) for one, other in pairs if (script.groups[one], heard.groups[other]) in good]


_End = tuple[int, tuple[int, int]]
"""A heard word and the word of a line that it is."""


def _spread(owner: dict[int, tuple[int, int]], lengths: Sequence[int], bounds: Sequence[int],
            far: set[int]) -> list[int | None]:
    """The line of every heard word: matched ones, and those between that a line misses. ``far``: words that begin a
    sentence long after the one before."""
    count = bounds[-1]
    whose: list[int | None] = [owner[at][0] if at in owner else None for at in range(count)]
    known: list[_End | None] = [None, *sorted(owner.items()), None]
    starts, ends = set(bounds), {at - 1 for at in bounds}
    recognised = Counter(line for line, _ in set(owner.values()))
    lost = {line: lengths[line] - count for line, count in recognised.items()}
    for before, after in pairwise(known):
        first, end = (before[0] + 1 if before else 0), (after[0] if after else count)
        missed_before, missed_after = _missed(before, after, lengths)
        together = before is not None and after is not None and before[1][0] == after[1][0]
        before_lost = 0 if before is None or together else lost[before[1][0]]
        stop = end if together else next((at for at in range(first, end) if at in far), end)
        left = _attached(range(first, stop), starts, missed_before, before_lost)
        rest = [at for at in range(first, end) if at not in left]
        rest = rest[next((place for place in range(len(rest), 0, -1) if rest[place - 1] + 1 in far), 0):]
        right = [] if together or after is None else _attached(rest[::-1], ends, missed_after, lost[after[1][0]])
        for at in left:
            whose[at] = before[1][0] if before else None
        for at in right:
            whose[at] = after[1][0] if after else None
    return whose


def _missed(before: _End | None, after: _End | None, lengths: Sequence[int]) -> tuple[int, int]:
    """Words that the line before and the line after miss between the two matches."""
    if before is not None and after is not None and before[1][0] == after[1][0]:
        return after[1][1] - before[1][1] - 1, 0
    return (lengths[before[1][0]] - before[1][1] - 1 if before else 0, after[1][1] if after else 0)


def _attached(places: Sequence[int], starts: set[int], missed: int, lost: int) -> list[int]:
    """The first of ``places`` that a line claims which misses ``missed`` words there and ``lost`` anywhere: the rest of
    its sentence, and further sentences while it misses most of their words. ``starts``: where a sentence begins."""
    taken: list[int] = []
    part: list[int] = []
    left = missed

    def settle() -> bool:
        """Whether the words of ``part`` are the line's."""
        nonlocal left
        fresh = bool(part) and part[0] in starts
        fits = 0.6 * len(part) <= left if fresh else len(part) <= max(left, lost) + SPARE
        if fits:
            taken.extend(part)
            left = max(0, left - len(part))
        elif not fresh:
            taken.extend(part[:left])
        return fits

    for at in places:
        if part and at in starts:
            if not settle():
                return taken
            part = []
        part.append(at)
    if part:
        settle()
    return taken


def _runs(whose: Sequence[int | None], bounds: Sequence[int]) -> list[tuple[int, int]]:
    """Runs of words without a line, cut where sentences end."""
    runs: list[tuple[int, int]] = []
    for first, end in pairwise(bounds):
        at = first
        while at < end:
            stop = at
            while stop < end and whose[stop] is None:
                stop += 1
            if stop > at:
                runs.append((at, stop))
            at = max(stop, at + 1)
    return runs
