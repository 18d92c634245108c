"""Words become lines: what one person says in one breath, the unit that is dubbed.

First sentences (:func:`sentences`): a break after final punctuation or at a pause. Then, once it is known who
speaks (``speakers.py``), neighbours of one speaker are joined (:func:`joined`): with hardly a pause between them,
because a longer line leaves the dub more room to breathe; over a pause where the first is no whole sentence, or was
spoken so fast that a dub cannot follow within its slot.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from ciak.film import Loop, Span, Word

__all__ = ["ends_sentence", "joined", "numbered", "sentences"]

PAUSE = Fraction(6, 10)
"""A silence that ends a line, seconds."""
BREATH = Fraction(3, 10)
"""Lines of one speaker closer than this are one."""
UNFINISHED = Fraction(1)
"""Seconds that one speaker may pause after a comma, semicolon or colon without ending the line."""
CROWDED, LENT = 18, Fraction(7, 10)
"""A line of more characters a second than this, from its start to the next line's, may use a pause up to ``LENT``
seconds. The embedded voices speak 14 to 16 a second unhurried, and up to 1.33 times that; a translation is longer."""
LONGEST = Fraction(8)
"""A line is not joined beyond this, seconds."""
_GOES_ON = (",", ";", ":")
_ABBREVIATED = {"mr.", "mrs.", "ms.", "dr.", "st.", "sig.", "dott.", "prof.", "no."}
_ENDS = (".", "!", "?", "…", ".\"", "!\"", "?\"", ".”", "?”", "!”")


def sentences(words: Sequence[Word]) -> list[tuple[Word, ...]]:
    """Words cut at final punctuation, at pauses, and inside what would be longer than ``LONGEST``."""
    groups: list[list[Word]] = []
    for word in words:
        if groups:
            before = groups[-1][-1]
            ends = ends_sentence(before.text)
            too_long = word.span.end - groups[-1][0].span.start > LONGEST and before.text.endswith(_GOES_ON)
            if not ends and word.span.start - before.span.end < PAUSE and not too_long:
                groups[-1].append(word)
                continue
        groups.append([word])
    return [tuple(group) for group in groups]


def ends_sentence(text: str) -> bool:
    """Whether a word with its marks is the last of a sentence."""
    return text.endswith(_ENDS) and text.lower() not in _ABBREVIATED


def joined(lines: Sequence[tuple[tuple[Word, ...], str]]) -> list[tuple[tuple[Word, ...], str]]:
    """(words, speaker) pairs with neighbours of one speaker joined where they belong together."""
    out: list[tuple[tuple[Word, ...], str]] = []
    for words, speaker in lines:
        if out:
            before, same = out[-1]
            short = words[-1].span.end - before[0].span.start <= LONGEST
            if same == speaker and short and _belong(before, words):
                out[-1] = (before + words, speaker)
                continue
        out.append((words, speaker))
    return out


def _belong(before: Sequence[Word], after: Sequence[Word]) -> bool:
    """Whether two lines of one speaker are better one."""
    pause = after[0].span.start - before[-1].span.end
    if pause < BREATH or (pause < UNFINISHED and before[-1].text.endswith(_GOES_ON)):
        return True
    letters = sum(len(word.text) + 1 for word in before)
    return pause < LENT and letters > CROWDED * (after[0].span.start - before[0].span.start)


def numbered(lines: Sequence[tuple[tuple[Word, ...], str]], origin: str) -> tuple[Loop, ...]:
    """Loops ``L0001``, ``L0002``... of (words, speaker) pairs, in time order."""
    loops = []
    for number, (words, speaker) in enumerate(sorted(lines, key=lambda item: item[0][0].span.start), 1):
        known = [word.probability for word in words if word.probability is not None]
        loops.append(Loop(
            id=f"L{number:04}", character=speaker, text=" ".join(word.text for word in words), words=words,
            span=Span(start=words[0].span.start, end=max(word.span.end for word in words)),
            confidence=round(sum(known) / len(known), 4) if known else None, origin=origin))
    return tuple(loops)
