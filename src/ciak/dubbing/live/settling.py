"""When a word that is heard has settled: a recogniser that hears the same sound again and again, a little more of it
each time, changes its mind about the end of it. What is shown must not.

A word settles when two hearings in a row agree on it and on all before it, and the newer one has heard a word after it
(local agreement: Liu, Spanakis, Niehues, "Low-Latency Sequence-to-Sequence Speech Recognition and Translation by
Partial Hypothesis Selection", Interspeech 2020; Macháček, Dabre, Bojar, "Turning Whisper into Real-Time Transcription
System", 2023). Where hearings keep disagreeing, a word that lies :data:`PATIENCE` back is taken as it was heard last.
What settled is never taken back; each hearing is laid over it by its words, so that nothing is said twice or left out.

It knows no sound and no clock: words come with their times.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from ciak.dubbing.hearing import plain
from ciak.film import Span, Word

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
        fresh = self._fresh(words)
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
        fresh = self._fresh(words)
        return self._settle(fresh, len(fresh))

    def forget(self, count: int) -> None:
        """The first ``count`` settled words will not be heard again."""
        del self._settled[:count]

    def _settle(self, fresh: list[Word], count: int) -> list[Word]:
        self._settled += fresh[:count]
        self._last = fresh[count:]
        return fresh[:count]

    def _fresh(self, words: Sequence[Word]) -> list[Word]:
        """What ``words`` say after those that settled. Where the last of these has grown ("25", heard as "25-30" now),
        what it has more is a word of its own."""
        count = self._after(words)
        fresh = list(words[count:])
        last, grown = self._settled[-1:], words[max(0, count - 1):count]
        if last and grown and _grows(plain(last[0].text), plain(grown[0].text)):
            rest = grown[0].text[len(last[0].text.rstrip(".,;:!?")):]
            start = min(max(last[0].span.end, grown[0].span.start), grown[0].span.end)
            span = Span(start=start, end=grown[0].span.end)
            fresh.insert(0, grown[0].model_copy(update={"text": rest, "span": span}))
        return fresh

    def _after(self, words: Sequence[Word]) -> int:
        """How many of ``words`` are those that settled: where it takes the fewest edits to make the one of the other,
        of equal places where what follows begins when they end."""
        if not self._settled or not words:
            return 0
        texts = [plain(word.text) for word in words]
        row = list(range(len(texts) + 1))
        for text in (plain(word.text) for word in self._settled):
            above, row[0] = row[0], row[0] + 1
            for at, other in enumerate(texts, 1):
                same = text == other or _grows(text, other)
                above, row[at] = row[at], min(row[at] + 1, row[at - 1] + 1, above + (not same))
        ended = self._settled[-1].span.end

        def apart(at: int) -> Fraction:
            gap = (words[at].span.start if at < len(words) else words[-1].span.end) - ended
            return gap if gap >= 0 else -3 * gap  # better a pause than a word that was said before

        return min(range(len(row)), key=lambda at: (row[at], apart(at)))


def _grows(text: str, other: str) -> bool:
    """Whether a bare word is the beginning of another that is written in one with what follows."""
    return bool(text) and other.startswith(f"{text} ")
