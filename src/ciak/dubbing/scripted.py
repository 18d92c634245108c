"""A script laid on the film's sound: its words, where they are spoken; the script's words win.

Lines are found among the words that were heard (:mod:`ciak.dubbing.matching`, :mod:`ciak.dubbing.guessing`), each of
their words timed by those recognised and in between by letters, long lines divided as heard ones are
(:mod:`ciak.dubbing.lines`), and their beginnings and ends moved to where the voice begins and ends
(:mod:`ciak.dubbing.edges`). Speech that is in no line keeps the transcriber's words and is flagged; a line that nobody
speaks is not placed and is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import numpy as np

from ciak.dubbing.edges import Levels, refined, within
from ciak.dubbing.guessing import by_place, out_of_order
from ciak.dubbing.lines import joined, sentences
from ciak.dubbing.matching import Claim, Matching, matched
from ciak.dubbing.script import ScriptLine
from ciak.errors import BadInput
from ciak.film import Flag, Loop, Presence, Span, Word, seconds

__all__ = ["NOT_IN_SCRIPT", "SCRIPT", "Laid", "laid"]

SCRIPT = "given:script"
NOT_IN_SCRIPT = "not-in-script"
UNSURE = 0.5
"""A line of which less was recognised is flagged."""
LEAST = 0.1
"""Part of what was heard that a script must explain to be of this film."""
TOLD = 20
"""Lines not heard that are told one by one."""


@dataclass(frozen=True, slots=True)
class Laid:
    """Loops in film order; their ``character`` is the script's name, empty where speech is in no line of it."""

    loops: tuple[Loop, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Piece:
    """Words said in one go; ``line``: the script's, None: in none of it."""

    words: tuple[Word, ...]
    line: int | None

    @property
    def span(self) -> Span:
        return Span(start=self.words[0].span.start, end=max(word.span.end for word in self.words))


def laid(lines: Sequence[ScriptLine], words: Sequence[Word], levels: Levels, language: str, origin: str) -> Laid:
    """``lines``, in the script's order, on ``words``, heard in ``language``. ``levels``: of the dialogue
    (:func:`ciak.dubbing.edges.levels_of`); ``origin``: of speech in no line.

    Raises :class:`BadInput` where the script explains next to nothing of what was heard.
    """
    first = matched(lines, words, language)
    found = by_place(out_of_order(first, lines, words, language), first, lines, words, language)
    _refuse_strange(first, lines, words, language)
    pieces = [_Piece(part, line) for line, claim in found.claims.items()
              for part in sentences(_timed(lines[line], claim, words))]
    pieces += [_Piece(tuple(words[start:end]), None) for start, end in found.free]
    pieces.sort(key=lambda piece: piece.span.start)
    pieces = _together(_without_hidden(pieces))
    spans = refined(levels, [piece.words for piece in pieces])
    moved = [_Piece(within(piece.words, span), piece.line) for piece, span in zip(pieces, spans, strict=True)]
    return Laid(_loops(_in_turn(moved), lines, found, origin), tuple(_notes(lines, found)))


def _refuse_strange(found: Matching, lines: Sequence[ScriptLine], words: Sequence[Word], language: str) -> None:
    known = sum(len(claim.pairs) for claim in found.claims.values())
    if not found.claims or known < LEAST * len(words):
        raise BadInput(f"of {len(lines):,} lines in the script {len(found.claims):,} are heard in the film",
                       remedy=f"is it the script of this film, in the language that is spoken ({language})?")


def _timed(line: ScriptLine, claim: Claim, words: Sequence[Word]) -> tuple[Word, ...]:
    """The line's words: where they were recognised, and between by letters."""
    written = line.text.split()
    ends = np.cumsum([len(word) + 1 for word in written])
    begins = ends - [len(word) + 1 for word in written]
    start, end = words[claim.first].span.start, max(word.span.end for word in words[claim.first:claim.end])
    marks: list[tuple[float, float]] = [(0.0, float(start))]
    for place, at in sorted(claim.pairs.items()):
        span = words[at].span
        marks += [(float(begins[place]) + 0.01, float(span.start)), (float(ends[place]) - 0.01, float(span.end))]
    marks.append((float(ends[-1]), float(end)))
    letters, times = (np.array(side) for side in zip(*marks, strict=True))
    times = np.clip(np.maximum.accumulate(times), float(start), float(end))
    at_begin, at_end = np.interp(begins + 0.01, letters, times), np.interp(ends - 0.01, letters, times)
    at_begin[0], at_end[-1] = float(start), float(end)
    found = []
    for number, word in enumerate(written):
        heard = words[claim.pairs[number]] if number in claim.pairs else None
        first, last = seconds(float(at_begin[number])), seconds(float(at_end[number]))
        found.append(Word(text=word[:500], span=Span(start=first, end=max(first, last)),
                          probability=heard.probability if heard else None))
    return tuple(found)


def _without_hidden(pieces: Sequence[_Piece]) -> list[_Piece]:
    """Without unwritten speech that lies where a line is."""
    lines = [piece.span for piece in pieces if piece.line is not None]
    longest = max((span.duration for span in lines), default=Fraction(0))
    kept: list[_Piece] = []
    at = 0
    for piece in pieces:
        span = piece.span
        while at < len(lines) and lines[at].start < span.start - longest:
            at += 1
        beside = [line for line in lines[at:at + 40] if line.overlap(span) * 2 > span.duration]
        if piece.line is not None or not beside:
            kept.append(piece)
    return kept


def _together(pieces: Sequence[_Piece]) -> list[_Piece]:
    """Neighbours of one line joined where they belong together, as lines that are heard are, before it is asked where
    their voice begins: a sentence of one word is too short to tell how loud its voice is."""
    keyed = [(piece.words, str(piece.line) if piece.line is not None else f"-{number}")
             for number, piece in enumerate(pieces)]
    return [_Piece(words, None if key.startswith("-") else int(key)) for words, key in joined(keyed)]


def _in_turn(pieces: Sequence[_Piece]) -> list[_Piece]:
    """By their starts, each ending where the next begins at the latest: claims may lie in each other where the same
    words are said again and again."""
    order = sorted(pieces, key=lambda piece: piece.span.start)
    ends = [min(one.span.end, max(other.span.start, one.span.start)) for one, other in pairwise(order)]
    return [_Piece(within(piece.words, Span(start=piece.span.start, end=end)), piece.line)
            for piece, end in zip(order, [*ends, *(piece.span.end for piece in order[-1:])], strict=True)]


def _loops(pieces: Sequence[_Piece], lines: Sequence[ScriptLine], found: Matching, origin: str) -> tuple[Loop, ...]:
    """Numbered in film order."""
    loops = []
    for number, (words, line) in enumerate(((piece.words, piece.line) for piece in pieces), 1):
        span = Span(start=words[0].span.start, end=max(word.span.end for word in words))
        text = " ".join(word.text for word in words)
        if line is None:
            known = [word.probability for word in words if word.probability is not None]
            loops.append(Loop(id=f"L{number:04}", character="", span=span, text=text, words=words, origin=origin,
                              confidence=round(sum(known) / len(known), 4) if known else None,
                              flags=(Flag(code=NOT_IN_SCRIPT, message="this is spoken, but not in the script"),)))
            continue
        certainty = found.claims[line].certainty
        flags = (Flag(code="unsure-place", message=f"placed by its neighbours: {certainty:.0%} of its words were "
                      "recognised"),) if certainty < UNSURE else ()
        said = lines[line]
        loops.append(Loop(id=f"L{number:04}", character=said.character, span=span, text=text, words=words,
                          confidence=round(certainty, 4), origin=SCRIPT, flags=flags,
                          presence=Presence(kind=said.presence, origin=SCRIPT) if said.presence else None,
                          sung=said.sung, sung_origin=SCRIPT if said.sung else ""))
    return tuple(loops)


def _notes(lines: Sequence[ScriptLine], found: Matching) -> list[str]:
    """What a person should know of the script and the film."""
    silent = [line for number, line in enumerate(lines) if number not in found.claims]
    notes = [f"not heard: {line.character}, {line.text[:50]!r}" + (f" ({line.scene[:60]})" if line.scene else "")
             for line in silent[:TOLD]]
    if len(silent) > TOLD:
        notes.append(f"and {len(silent) - TOLD:,} more lines of the script were not heard")
    return notes
