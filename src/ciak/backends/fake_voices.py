"""The voices of the fakes' world (:mod:`ciak.backends.fakes`): nobody's, and one with a performer's likeness.

They hum at the speaker's pitch and play a tone for each word, by which the other fakes know it again.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from fractions import Fraction
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ciak.backends.fakes import WORDS, tone
from ciak.backends.protocols import Delivery, Recipe, Spoken, Stock
from ciak.backends.recipes import checked
from ciak.config import Settings
from ciak.errors import BackendError
from ciak.film.language import Word
from ciak.film.people import Sex
from ciak.film.sound import Signal
from ciak.film.time import Span, seconds

__all__ = ["FakeLikeness", "FakeVoice", "likeness", "voice"]

_REST = Fraction(12, 100)
"""Silence that the voices leave between words, seconds: more than that many frames, spoken quickly too."""


class FakeVoice:
    """Plays a tone for each word over a hum at the speaker's pitch. 60 ms a letter, 120 ms between words. A mixed
    voice hums at the mixed pitch."""

    name = "fake"
    rate: ClassVar[int] = 24000
    exact: ClassVar[bool] = True
    likeness: ClassVar[bool] = False
    expressive: ClassVar[bool] = False
    _HUM: ClassVar[dict[str, int]] = {"f1": 200, "f2": 240, "m1": 110, "m2": 140}

    def __init__(self) -> None:
        self._learned: dict[str, tuple[Stock, float]] = {}

    def _own(self) -> tuple[Stock, ...]:
        return tuple(Stock(f"{language}_{kind}", language, Sex.FEMALE if kind[0] == "f" else Sex.MALE)
                     for language in ("en", "it", "es", "fr") for kind in self._HUM)

    def stock(self) -> tuple[Stock, ...]:
        """Two women and two men for each of four languages, and what was learned."""
        return (*self._own(), *(one for one, _ in self._learned.values()))

    def parts(self) -> tuple[str, ...]:
        """Every voice of its own that is nobody's."""
        return tuple(one.id for one in self._own() if not one.likeness)

    def timbres(self) -> NDArray[np.float32]:
        """The pitch of each, 100 Hz."""
        return np.array([[self._HUM[one.partition("_")[2]] / 100] for one in self.parts()], np.float32)

    def learn(self, stock: Stock, recipe: Recipe) -> None:
        """See :class:`ciak.backends.protocols.MixingVoice`."""
        if stock.id in {one.id for one in self._own()}:
            raise BackendError(f"the fake voice has a {stock.id!r} of its own")
        known = checked(recipe, self.parts())
        hum = sum(weight * self._HUM[name.partition("_")[2]] for name, weight in known.timbre)
        self._learned[stock.id] = (stock, float(np.clip(hum * 2 ** (known.pitch / 12), 60, 380)))

    def length(self, text: str, voice: str, language: str) -> Fraction:
        """Natural length of ``text``, seconds."""
        self._hum(voice)
        words = _spoken_words(text)
        return sum((_word_length(word) for word in words), Fraction(0)) + _REST * (len(words) - 1)

    def speak(self, text: str, delivery: Delivery) -> Spoken:
        """Tones of exactly the wanted length."""
        hum = self._hum(delivery.voice)
        natural = self.length(text, delivery.voice, delivery.language)
        wanted = natural if delivery.duration is None else delivery.duration
        if delivery.contour is not None:
            raise BackendError("the fake voice carries no performance")
        slowest, quickest = delivery.rates
        if wanted <= 0 or not slowest <= float(natural / wanted) <= quickest:
            raise BackendError(f"{float(natural):.2f} s of speech do not fit into {float(wanted):.2f} s",
                               natural=float(natural))
        samples = np.zeros(round(wanted * self.rate), np.float32)
        words, clock, scale = [], Fraction(0), wanted / natural
        for text_word in _spoken_words(text):
            end = clock + _word_length(text_word) * scale
            first, last = round(clock * self.rate), min(len(samples), round(end * self.rate))
            time = np.arange(last - first) / self.rate
            fade = np.minimum(1, np.minimum(time, time[::-1]) / 0.005)
            samples[first:last] = fade * (0.2 * np.sin(2 * np.pi * _word_tone(text_word) * time)
                                          + 0.08 * np.sin(2 * np.pi * hum * time))
            words.append(Word(text=text_word, span=Span.of(seconds(float(clock)), seconds(float(end)))))
            clock = end + _REST * scale
        return Spoken(Signal.mono(samples, self.rate), natural, tuple(words))

    def _hum(self, voice: str) -> float:
        if voice in self._learned:
            return self._learned[voice][1]
        if voice not in {one.id for one in self.stock()}:
            raise BackendError(f"the fake voice has no {voice[:40]!r}", remedy="see `ciak backends`")
        return self._HUM[voice.partition("_")[2]]


class FakeLikeness(FakeVoice):
    """The fake voice, with one more for each language that is the likeness of a performer who does not exist."""

    name = "fake-likeness"
    PERFORMER: ClassVar[str] = "Ada Fittizia"
    _HUM: ClassVar[dict[str, int]] = {**FakeVoice._HUM, "ada": 220}

    def _own(self) -> tuple[Stock, ...]:
        """Those of the fake voice, and ``<language>_ada``."""
        return tuple(replace(one, sex=Sex.FEMALE, likeness=self.PERFORMER) if one.id.endswith("_ada") else one
                     for one in super()._own())


def _spoken_words(text: str) -> list[str]:
    words = [word for word in text.split() if any(letter.isalnum() for letter in word)]
    if not words:
        raise BackendError("there is nothing to say in an empty line")
    return words


def _word_length(word: str) -> Fraction:
    return Fraction(6, 100) * max(2, min(12, len(word)))


def _word_tone(word: str) -> float:
    core = "".join(letter for letter in word.lower() if letter.isalnum())
    for index, pair in enumerate(WORDS):
        if core in pair:
            return tone(index)
    return tone(hashlib.sha256(core.encode()).digest()[0] % len(WORDS))


def voice(settings: Settings) -> FakeVoice:
    """Factory of the entry point ``voice.fake``."""
    return FakeVoice()


def likeness(settings: Settings) -> FakeLikeness:
    """Factory of the entry point ``voice.fake-likeness``."""
    return FakeLikeness()
