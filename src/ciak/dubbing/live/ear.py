"""Hears a sound that is still going on, and gives each word once.

A detector says when somebody begins and ceases to speak. While somebody speaks, the recogniser hears the stretch since
then again whenever there is enough new sound; :mod:`.settling` says which words will not change any more. When the
speech is over, the stretch is heard a last time and all its words settle. A stretch that grows long is shortened from
the front, at the end of a settled sentence or in a pause between settled words, so that hearing it stays quick.

The recogniser is asked for one stretch at a time and refuses what nobody said by its own rules. Not known here: who
speaks, other languages inside a speech, and what is said by two people at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from ciak.backends.protocols import Follower, LiveDetector, QuickTranscriber, Transcriber
from ciak.dubbing.folding import STRONG
from ciak.dubbing.live.settling import Settling
from ciak.errors import BackendError
from ciak.film import Signal, Span, Word
from ciak.film.sound import Samples

__all__ = ["Heeding", "LiveEar"]

@dataclass(frozen=True, slots=True)
class Heeding:
    """How the ear listens, seconds. ``step``: new sound after which a stretch is heard again; ``lead``: sound kept
    before the first voice; ``silence``: rest that ends a stretch; ``long``: a stretch longer than this is shortened
    when there is a good place, one of ``longest`` wherever it can be; ``cushion``: sound kept before the first word
    after a cut; ``telling``: speech from which the language is told."""

    step: Fraction = Fraction(1, 2)
    lead: Fraction = Fraction(1, 2)
    silence: Fraction = Fraction(7, 10)
    long: Fraction = Fraction(9)
    longest: Fraction = Fraction(18)
    cushion: Fraction = Fraction(1, 10)
    telling: Fraction = Fraction(4)


class LiveEar:
    """:meth:`push` sound as it comes, and :meth:`hear` whenever there is time.

    ``language``: ISO 639-1; None: told from the first speech, which is heard a little later for it.
    """

    def __init__(self, detector: LiveDetector, transcriber: Transcriber, language: str | None = None,
                 heeding: Heeding | None = None) -> None:
        if detector.rate != transcriber.rate:
            raise BackendError(f"{detector.name} and {transcriber.name} listen at different rates",
                               remedy="choose another detector or transcriber (ciak backends)")
        self._follower: Follower = detector.follow()
        self._transcriber, self._heeding = transcriber, heeding or Heeding()
        self.language = language
        self.rate = detector.rate
        self._sound: Samples = np.zeros(0, np.float32)
        self._first = 0
        self._open: Settling | None = None
        self._heard = 0
        self._floor = Fraction(0)

    @property
    def at(self) -> Fraction:
        """Seconds of sound that were pushed."""
        return Fraction(self._first + len(self._sound), self.rate)

    @property
    def speaking(self) -> bool:
        """Whether a stretch of speech is open."""
        return self._open is not None

    def push(self, block: Signal) -> None:
        """Take the next mono signal at :attr:`rate`."""
        self._follower.push(block)
        self._sound = np.concatenate([self._sound, block.samples[:, 0]])
        if self._open is None and self._follower.speaking:
            self._open = Settling()
            self._drop(self._follower.since - self._heeding.lead)
            self._heard = self._first
        elif self._open is None:
            self._drop(self.at - 2 * self._heeding.lead)

    def hear(self) -> list[Word]:
        """The words that have settled since the last call; times are seconds from the first sample pushed."""
        if self._open is None:
            return []
        quiet = self.at - self._follower.since if not self._follower.speaking else Fraction(0)
        if quiet >= self._heeding.silence:
            return self.finish()
        least = self._heeding.step if self.language else self._heeding.telling
        if self.at - Fraction(self._heard, self.rate) < least:
            return []
        self._heard = self._first + len(self._sound)
        words = self._taken(self._open.hear(self._words(quick=True), self.at))
        self._shorten()
        return words

    def finish(self) -> list[Word]:
        """The rest of the words, when the speech is over or the sound ends."""
        if self._open is None:
            return []
        words = self._taken(self._open.close(self._words()))
        self._open = None
        self._drop(self.at - self._heeding.lead)
        return words

    def _words(self, quick: bool = False) -> list[Word]:
        """What is heard in the stretch now."""
        start = Fraction(self._first, self.rate)
        most = int(self._transcriber.longest * self.rate)
        signal = Signal.mono(self._sound[:most], self.rate)
        if self.language is None:
            self.language = self._transcriber.identify(signal).language
        transcriber = self._transcriber
        hear = transcriber.glance if quick and isinstance(transcriber, QuickTranscriber) else transcriber.transcribe
        heard = hear(signal, self.language)
        return [word.model_copy(update={"span": word.span.shifted(start)}) for word in heard.words]

    def _taken(self, words: list[Word]) -> list[Word]:
        """``words``, none beginning before the last one that was given has ended."""
        out = []
        for word in words:
            start = max(word.span.start, self._floor)
            self._floor = max(word.span.end, start)
            out.append(word.model_copy(update={"span": Span(start=start, end=self._floor)}))
        return out

    def _shorten(self) -> None:
        """Let go of the front of a long stretch."""
        settling, heeding = self._open, self._heeding
        length = Fraction(len(self._sound), self.rate)
        if settling is None or length < heeding.long or len(settling.settled) < 2:
            return
        words = settling.settled
        gaps = [(words[at + 1].span.start - words[at].span.end, words[at].text.endswith(STRONG), at)
                for at in range(len(words) - 1)]
        good = [at for gap, ends, at in gaps if ends or gap >= Fraction(1, 4)]
        if good:
            at = good[-1]
        elif length >= heeding.longest:
            at = max(gaps)[2]
        else:
            return
        cut = max(words[at].span.end, words[at + 1].span.start - heeding.cushion)
        settling.forget(at + 1)
        self._drop(cut)

    def _drop(self, until: Fraction) -> None:
        """Forget the sound before ``until``."""
        count = min(len(self._sound), max(0, int(until * self.rate) - self._first))
        self._sound = self._sound[count:].copy() if count else self._sound
        self._first += count
