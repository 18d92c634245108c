"""Live subtitles as lines that roll up: words are added at the end of the last line, or begin the next one, and what
stands stays where it stands. So nobody's eye has to look for its place again (what viewers of live captions ask for
first; see also Romero-Fresco, "Subtitling through Speech Recognition", 2011, on why scrolling by word disturbs less
when lines keep their words).

A line ends where the next word does not fit; earlier, after a comma or a full stop, when it is well filled; and where
a sentence ends or somebody has paused. What is broken badly by a word that is not known yet stays broken badly.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from ciak.dubbing.folding import STRONG, WEAK
from ciak.film import Word

__all__ = ["WIDTH", "LiveLine", "Roll"]

WIDTH = 42
"""Characters of a line."""
FILLED = 0.6
"""Part of the width from which a line ends at a comma."""
_GROWN = re.compile(r"-\w")
"""How a word begins that is written in one with the word before it, which was shown already."""
PAUSE = Fraction(2)
"""Seconds without a word after which a line ends."""


@dataclass(frozen=True, slots=True)
class LiveLine:
    """Line ``number`` (from 0) of a language as it stands: ``start`` of its first word and ``end`` of its last, seconds
    of the sound; ``whole``: nothing will be added."""

    language: str
    number: int
    text: str
    start: Fraction
    end: Fraction
    whole: bool = False

    def as_json(self) -> dict[str, object]:
        """The line as everybody who watches is told of it; times in seconds."""
        return {"event": "line", "language": self.language, "line": self.number, "text": self.text,
                "start": round(float(self.start), 3), "end": round(float(self.end), 3), "whole": self.whole}


class Roll:
    """The lines of one language."""

    def __init__(self, language: str, width: int = WIDTH) -> None:
        self.language, self._width = language, width
        self._line: LiveLine | None = None
        self._count = 0

    def add(self, words: Sequence[Word]) -> list[LiveLine]:
        """Lay further words; every line that this changed, in order, as it stands now."""
        touched: dict[int, LiveLine] = {}
        for word in words:
            line = self._line
            if line is not None and self._ends(line, word):
                touched[line.number] = replace(line, whole=True)
                line = None
            if line is None:
                line = LiveLine(self.language, self._count, word.text, word.span.start, word.span.end)
                self._count += 1
            else:
                blank = "" if _GROWN.match(word.text) and line.text[-1].isalnum() else " "
                line = replace(line, text=f"{line.text}{blank}{word.text}", end=max(line.end, word.span.end))
            self._line = touched[line.number] = line
        return list(touched.values())

    def close(self) -> list[LiveLine]:
        """Nothing more comes for now: the last line is whole."""
        line, self._line = self._line, None
        return [] if line is None else [replace(line, whole=True)]

    def _ends(self, line: LiveLine, word: Word) -> bool:
        """Whether ``word`` begins a new line."""
        full = len(line.text) >= FILLED * self._width
        return (len(line.text) + 1 + len(word.text) > self._width or word.span.start - line.end >= PAUSE
                or (full and line.text.endswith((*STRONG, *WEAK))))
