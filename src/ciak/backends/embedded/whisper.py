"""The default transcriber: Whisper base, with a strict ear for what nobody said.

Whisper writes fluent text over music, effects and silence. A segment is kept only if it passes every test of
:class:`Doubts`:

* the published decoding figures (Radford et al. 2022, section 4.5, and the defaults of their program): compression
  ratio at most 2.4 (a loop compresses well), mean log-probability at least -1;
* silence: a probability of no speech above 0.6 needs a mean log-probability above -0.5;
* words: a mean probability of at least 0.5, and not all of them odd. A word is odd as in the hallucination test of
  the same program: under 0.15 likely, or over 2 s long, or shorter than a thirtieth of a second;
* company: where half or more of what one decoding wrote is refused, the rest needs words of 0.8; and so does a
  decoding of three segments or more that all say the same, which is a loop too short for the compression to show.

A decoding that repeats itself is made once more with every run of ``NO_REPEAT`` tokens allowed once only, which
breaks the loop without the sampling that the original program resorts to.

It does not judge meaning, so a fluent misreading of a real voice stays; and its words have no speakers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from typing import ClassVar

from ciak.backends.protocols import LanguageGuess, Transcript
from ciak.config import Settings
from ciak.errors import BackendError
from ciak.film.language import Word
from ciak.film.sound import Signal
from ciak.film.time import Span, seconds
from ciak.models import HeardSegment, HeardWord, open_whisper

__all__ = ["Doubts", "WhisperTranscriber", "create"]

LANGUAGES = frozenset((
    "af", "am", "ar", "as", "az", "ba", "be", "bg", "bn", "bo", "br", "bs", "ca", "cs", "cy", "da", "de", "el",
    "en", "es", "et", "eu", "fa", "fi", "fo", "fr", "gl", "gu", "ha", "he", "hi", "hr", "ht", "hu", "hy", "id",
    "is", "it", "ja", "jv", "ka", "kk", "km", "kn", "ko", "la", "lb", "ln", "lo", "lt", "lv", "mg", "mi", "mk",
    "ml", "mn", "mr", "ms", "mt", "my", "ne", "nl", "nn", "no", "oc", "pa", "pl", "ps", "pt", "ro", "ru", "sa",
    "sd", "si", "sk", "sl", "sn", "so", "sq", "sr", "su", "sv", "sw", "ta", "te", "tg", "th", "tk", "tl", "tr",
    "tt", "uk", "ur", "uz", "vi", "yi", "yo", "zh",
))
"""The model's languages that have an ISO 639-1 code."""
_OWN_CODES = {"jv": "jw"}
"""Where the model's code is not the standard's."""


BEAM = 5
"""Ways that are followed at once; the default of the original program."""
NO_REPEAT = 5
"""Tokens: longer than any phrase that people repeat in earnest within half a minute."""


@dataclass(frozen=True, slots=True)
class Doubts:
    """What makes a segment incredible. The module says where the numbers come from."""

    compression: float = 2.4
    logprob: float = -1.0
    no_speech: float = 0.6
    sure_logprob: float = -0.5
    word_probability: float = 0.5
    lone_probability: float = 0.8
    odd_probability: float = 0.15
    odd_length: float = 2.0

    def about(self, segment: HeardSegment) -> str:
        """Why ``segment`` cannot be believed; empty when it can."""
        if not segment.words:
            return "no words"
        if segment.compression > self.compression:
            return "repeats itself"
        if segment.average_logprob < self.logprob:
            return "improbable"
        if segment.no_speech > self.no_speech and segment.average_logprob < self.sure_logprob:
            return "no speech"
        if segment.certainty < self.word_probability:
            return "improbable words"
        if all(self.is_odd(word) for word in segment.words):
            return "odd words"
        return ""

    def believed(self, segments: Sequence[HeardSegment]) -> list[HeardSegment]:
        """The credible ones, in order."""
        kept: list[HeardSegment] = []
        # Segments written in one decoding share its mean log-probability.
        for _, group in groupby(segments, key=lambda segment: segment.average_logprob):
            company = list(group)
            good = [segment for segment in company if not self.about(segment)]
            alike = len(company) > 2 and len({segment.text for segment in company}) == 1
            if alike or 2 * len(good) <= len(company):
                good = [segment for segment in good if segment.certainty >= self.lone_probability]
            kept += good
        return kept

    def is_odd(self, word: HeardWord) -> bool:
        """Whether no real word is heard like this."""
        length = word.end - word.start
        return word.probability < self.odd_probability or length > self.odd_length or length <= 1 / 30


class WhisperTranscriber:
    """See :class:`ciak.backends.protocols.Transcriber`."""

    name = "whisper-base"
    version = "3"
    models: ClassVar[tuple[str, ...]] = ("whisper-base",)
    rate: ClassVar[int] = 16_000
    longest: ClassVar[Fraction] = Fraction(30)

    def __init__(self, settings: Settings, doubts: Doubts | None = None) -> None:
        self._settings = settings
        self._doubts = doubts or Doubts()

    def languages(self) -> frozenset[str]:
        """See the Protocol."""
        return LANGUAGES

    def identify(self, signal: Signal) -> LanguageGuess:
        """See the Protocol."""
        self._require(signal)
        ranked = open_whisper(self.models[0], self._settings).identify(signal.samples[:, 0])
        standard = {own: code for code, own in _OWN_CODES.items()}
        for code, probability in ranked:
            if (language := standard.get(code, code)) in LANGUAGES:
                return LanguageGuess(language, min(1.0, max(0.0, probability)))
        raise BackendError("Whisper names no language")

    def transcribe(self, signal: Signal, language: str) -> Transcript:
        """See the Protocol. Raises :class:`~ciak.errors.BackendError` for a language that it does not know."""
        return self._transcribed(signal, language, BEAM)

    def glance(self, signal: Signal, language: str) -> Transcript:
        """See :class:`ciak.backends.protocols.QuickTranscriber`: decoded greedily, in two thirds of the time."""
        return self._transcribed(signal, language, 1)

    def _transcribed(self, signal: Signal, language: str, beam: int) -> Transcript:
        self._require(signal)
        if language not in LANGUAGES:
            raise BackendError(f"whisper-base does not understand {language[:20]!r}")
        if not signal.samples.any():
            return Transcript(language, ())
        engine = open_whisper(self.models[0], self._settings)
        code = _OWN_CODES.get(language, language)
        segments = engine.transcribe(signal.samples[:, 0], code, beam=beam)
        if any(segment.compression > self._doubts.compression for segment in segments):
            segments = engine.transcribe(signal.samples[:, 0], code, beam=beam, no_repeat=NO_REPEAT)
        believed = self._doubts.believed(segments)
        return Transcript(language, tuple(_words(believed, signal.duration)))

    def _require(self, signal: Signal) -> None:
        if signal.rate != self.rate or signal.channels != 1:
            raise BackendError(f"whisper-base takes {self.rate} Hz mono, not {signal.rate} Hz with "
                               f"{signal.channels} channels")
        if signal.duration > self.longest:
            raise BackendError(f"whisper-base takes {self.longest} s at once, not {float(signal.duration):.1f} s")


def _words(segments: Sequence[HeardSegment], duration: Fraction) -> list[Word]:
    """Words on the time grid, in order, within the signal, none beginning before the last one has ended."""
    words: list[Word] = []
    floor = Fraction(0)
    for heard in (word for segment in segments for word in segment.words):
        start = min(max(floor, seconds(heard.start)), duration)
        end = min(max(start, seconds(heard.end)), duration)
        words.append(Word(text=heard.text[:500], span=Span(start=start, end=end),
                          probability=min(1.0, max(0.0, heard.probability))))
        floor = end
    return words


def create(settings: Settings) -> WhisperTranscriber:
    """The factory of the entry point."""
    return WhisperTranscriber(settings)
