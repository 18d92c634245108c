"""When a word that is heard has settled: a recogniser that hears the same sound again and again, a little more of it
each time, changes its mind about the end of it. What is shown must not.

A word settles when two hearings in a row agree on it and on all before it, and the newer one has heard a word after it
(local agreement: Liu, Spanakis, Niehues, "Low-Latency Sequence-to-Sequence Speech Recognition and Translation by
Partial Hypothesis Selection", Interspeech 2020; Macháček, Dabre, Bojar, "Turning Whisper into Real-Time Transcription System",
2023). Where hearings keep disagreeing, a word that lies :data:`PATIENCE` back is taken as it was heard last. What
settled is never taken back; each hearing is laid over it by its words, so that nothing is said twice or left out.

It knows no sound and no clock: words come with their times.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from ciak.dubbing.hearing import plain
from ciak.film import Word

__all__ = ["PATIENCE", "Settling"]

PATIENCE = Fraction(11, 5)
"""Seconds between a word's end and the end of the sound after which it settles without being agreed on."""


class Settling:
    """The words of one stretch of speech, from the first hearing to the last."""

    def __init__(self) -> None:
        self._settled: list[Word] = []
        self._last: list[Word] = []

    @property
    def settled(self) -> Sequence[Word]:
        """The words that will not change, in order."""
        return self._settled

    def hear(self, words: Sequence[Word], end: Fraction) -> list[Word]:
        """The words that settle by another hearing of the whole stretch, whose sound goes to ``end`` (seconds)."""
        fresh = list(words[self._after(words):])
        agreed = 0
        for one, other in zip(fresh[:-1], self._last, strict=False):
            if plain(one.text) != plain(other.text):
                break
            agreed += 1
        while agreed < len(fresh) - 1 and fresh[agreed].span.end <= end - PATIENCE:
            agreed += 1
        return self._settle(fresh, agreed)

    def close(self, words: Sequence[Word]) -> list[Word]:
        """The words that settle by the last hearing, when the speech is over: all that it adds."""
        fresh = list(words[self._after(words):])
        return self._settle(fresh, len(fresh))

    def forget(self, count: int) -> None:
        """The first ``count`` settled words will not be heard again."""
        del self._settled[:count]

    def _settle(self, fresh: list[Word], count: int) -> list[Word]:
        self._settled += fresh[:count]
        self._last = fresh[count:]
        return fresh[:count]

    def _after(self, words: Sequence[Word]) -> int:
        """How many of ``words`` are those that settled: where it takes the fewest edits to make the one of the other,
        of equal places where the times meet best."""
        if not self._settled:
            return 0
        texts = [plain(word.text) for word in words]
        row = list(range(len(texts) + 1))
        for text in (plain(word.text) for word in self._settled):
            above, row[0] = row[0], row[0] + 1
            for at, other in enumerate(texts, 1):
                above, row[at] = row[at], min(row[at] + 1, row[at - 1] + 1, above + (text != other))
        before = self._settled[-1].span.end
        return min(range(len(row)), key=lambda at: (
            row[at], abs((words[at - 1].span.end if at else Fraction(0)) - before)))
