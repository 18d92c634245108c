"""Small real backends without models, one per Protocol: deterministic, quick, of bounded memory.

They form a closed world of their own: :class:`FakeVoice` hums at its speaker's pitch and plays a tone for each
word, :class:`FakeTranscriber` hears those tones as words again, :class:`FakeEmbedder` hears the hum, and
:class:`FakeTranslator` knows the same words in two languages. So a whole journey can be run, and checked, on a
made-up film of any length. Of real speech they understand nothing, and say words all the same.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ciak.backends.protocols import Delivery, Heard, LanguageGuess, Separated, Spoken, Stock, Transcript, Translation
from ciak.config import Settings
from ciak.errors import BackendError
from ciak.film.language import Word
from ciak.film.people import Sex
from ciak.film.sound import Samples, Signal
from ciak.film.time import Span, seconds

__all__ = [
    "WORDS", "FakeDetector", "FakeEmbedder", "FakeFollower", "FakeHearer", "FakeLikeness", "FakeSeparator",
    "FakeTranscriber", "FakeTranslator", "FakeVoice", "detector", "embedder", "hearer", "likeness", "separator",
    "transcriber", "translator", "voice",
]

WORDS: tuple[tuple[str, str], ...] = (
    ("the", "il"), ("house", "casa"), ("night", "notte"), ("water", "acqua"), ("friend", "amico"),
    ("door", "porta"), ("light", "luce"), ("city", "citta"), ("train", "treno"), ("letter", "lettera"),
    ("river", "fiume"), ("winter", "inverno"), ("mother", "madre"), ("story", "storia"), ("window", "finestra"),
    ("garden", "giardino"), ("morning", "mattina"), ("silence", "silenzio"), ("mountain", "montagna"),
    ("tomorrow", "domani"),
)
"""The words of the fakes' world, English and Italian."""

_LOUD = 10 ** (-45 / 20)
_FRAME = Fraction(1, 50)
_GAP = 3
"""Quiet frames that end a burst."""
_REST = Fraction(12, 100)
"""Silence that FakeVoice leaves between words, seconds: more than that many frames, spoken quickly too."""


def _tone(index: int) -> float:
    """Hz of the word at ``index``: 600 to 2500, above every hum."""
    return 600.0 + 100.0 * index


def _levels(samples: Samples, rate: int) -> NDArray[np.float64]:
    """Root mean square of consecutive frames of 20 ms; a rest shorter than that is left out."""
    size = int(rate * _FRAME)
    whole = samples[:len(samples) // size * size].reshape(-1, size).astype(np.float64)
    level: NDArray[np.float64] = np.sqrt((whole * whole).mean(axis=1))
    return level


def _check(signal: Signal, rate: int, channels: int = 1) -> None:
    if signal.rate != rate or signal.channels != channels:
        raise BackendError(f"{channels} channel(s) at {rate} Hz wanted, "
                           f"{signal.channels} at {signal.rate} Hz given")


class FakeDetector:
    """Calls everything above -45 dBFS speech; bridges gaps of up to 0.3 s."""

    name = "fake"
    rate: ClassVar[int] = 16000

    def detect(self, blocks: Iterable[Signal]) -> Iterator[Span]:
        """Spans of energy, on a grid of 20 ms."""
        size, patience = int(self.rate * _FRAME), 15
        rest = np.zeros(0, np.float32)
        frame, start, last = 0, -1, -1
        for block in blocks:
            _check(block, self.rate)
            rest = np.concatenate([rest, block.samples[:, 0]])
            for level in _levels(rest, self.rate):
                if level > _LOUD:
                    start, last = (frame if start < 0 else start), frame
                elif start >= 0 and frame - last > patience:
                    yield Span.of(start * _FRAME, (last + 1) * _FRAME)
                    start = -1
                frame += 1
            rest = rest[len(rest) // size * size:]
        if start >= 0:
            yield Span.of(start * _FRAME, (last + 1) * _FRAME)

    def follow(self) -> FakeFollower:
        """A fresh follower."""
        return FakeFollower()


class FakeFollower:
    """Calls everything above -45 dBFS speech, until 0.3 s have been quieter."""

    def __init__(self) -> None:
        self._rest = np.zeros(0, np.float32)
        self._frame = self._since = 0
        self._last: int | None = None

    def push(self, block: Signal) -> None:
        """Take the next block."""
        _check(block, FakeDetector.rate)
        size, patience = int(FakeDetector.rate * _FRAME), 15
        rest = np.concatenate([self._rest, block.samples[:, 0]])
        for level in _levels(rest, FakeDetector.rate):
            if level > _LOUD:
                self._since, self._last = (self._frame if self._last is None else self._since), self._frame
            elif self._last is not None and self._frame - self._last > patience:
                self._since, self._last = self._last + 1, None
            self._frame += 1
        self._rest = rest[len(rest) // size * size:].copy()

    @property
    def speaking(self) -> bool:
        """Whether the last 0.3 s had something louder."""
        return self._last is not None

    @property
    def since(self) -> Fraction:
        """When that began, on a grid of 20 ms."""
        return self._since * _FRAME


class FakeSeparator:
    """Calls the middle of the stereo picture dialogue and everything else music and effects."""

    name = "fake"
    rate: ClassVar[int] = 44100
    channels: ClassVar[int] = 2

    def separate(self, blocks: Iterable[Signal]) -> Iterator[Separated]:
        """What both channels share, and the rest."""
        for block in blocks:
            _check(block, self.rate, self.channels)
            left, right = block.samples[:, :1], block.samples[:, 1:]
            shared = np.where(left * right > 0, np.sign(left) * np.minimum(abs(left), abs(right)), 0)
            dialogue = np.repeat(shared.astype(np.float32), 2, axis=1)
            yield Separated(Signal(dialogue, self.rate), Signal(block.samples - dialogue, self.rate))


class FakeTranscriber:
    """Hears each burst of sound as the word whose tone is nearest."""

    name = "fake"
    rate: ClassVar[int] = 16000
    longest: ClassVar[Fraction] = Fraction(30)

    def languages(self) -> frozenset[str]:
        """English and Italian."""
        return frozenset({"en", "it"})

    def identify(self, signal: Signal) -> LanguageGuess:
        """Always English, half sure."""
        _check(signal, self.rate)
        return LanguageGuess("en", 0.5)

    def transcribe(self, signal: Signal, language: str) -> Transcript:
        """One word for each burst."""
        _check(signal, self.rate)
        if language not in self.languages():
            raise BackendError(f"the fake transcriber does not understand {language!r}")
        if signal.duration > self.longest:
            raise BackendError(f"{float(signal.duration):.1f} s are more than the {self.longest} s of one call")
        samples = signal.samples[:, 0]
        words = tuple(self._hear(samples, start, end, language) for start, end in _bursts(samples, self.rate))
        return Transcript(language, words)

    def _hear(self, samples: Samples, start: int, end: int, language: str) -> Word:
        size = int(self.rate * _FRAME)
        burst = samples[start * size:end * size]
        spectrum = np.abs(np.fft.rfft(burst * np.hanning(len(burst)), 16384))
        pitch = np.fft.rfftfreq(16384, 1 / self.rate)
        heard = (pitch > 550) & (pitch < 2600)
        peak = float(pitch[heard][int(spectrum[heard].argmax())])
        index = min(len(WORDS) - 1, max(0, round((peak - 600) / 100)))
        span = Span.of(start * _FRAME, end * _FRAME)
        return Word(text=WORDS[index][language == "it"], span=span, probability=0.9)


def _bursts(samples: Samples, rate: int) -> Iterator[tuple[int, int]]:
    """First and end frame of each stretch of energy."""
    start, last = -1, -1
    levels = _levels(samples, rate)
    for frame, level in enumerate(levels):
        if level > _LOUD:
            start, last = (frame if start < 0 else start), frame
        elif start >= 0 and frame - last >= _GAP:
            yield start, last + 1
            start = -1
    if start >= 0:
        yield start, last + 1


class FakeEmbedder:
    """Points along the pitch between 60 and 400 Hz: 16 smooth bands around the centre of that energy."""

    name = "fake"
    rate: ClassVar[int] = 16000
    shortest: ClassVar[Fraction] = Fraction(1, 2)
    window: ClassVar[Fraction] = Fraction(4, 5)
    step: ClassVar[Fraction] = Fraction(1, 5)

    def trace(self, signal: Signal) -> NDArray[np.float32]:
        """:meth:`embed` of each window."""
        _check(signal, self.rate)
        size, step = int(self.window * self.rate), int(self.step * self.rate)
        return np.stack([self.embed(Signal(signal.samples[at:at + size], self.rate))
                         for at in range(0, max(0, signal.frames - size) + 1, step)])

    def embed(self, signal: Signal) -> NDArray[np.float32]:
        """A unit vector of 16 numbers."""
        _check(signal, self.rate)
        size = 4096
        power = np.zeros(size // 2 + 1)
        samples = signal.samples[:, 0]
        for start in range(0, max(1, len(samples)), size):
            power += np.abs(np.fft.rfft(samples[start:start + size], size)) ** 2
        pitch = np.fft.rfftfreq(size, 1 / self.rate)
        low = (pitch >= 60) & (pitch <= 400)
        weight = power[low]
        centre = float((pitch[low] * weight).sum() / weight.sum()) if weight.sum() > 0 else 160.0
        bands = np.geomspace(60, 400, 16)
        near = np.exp(-(np.log(bands / centre) / 0.12) ** 2 / 2) + 1e-6
        vector: NDArray[np.float32] = (near / np.linalg.norm(near)).astype(np.float32)
        return vector


class FakeTranslator:
    """Exchanges the words that it knows, keeps the others; further ways add or drop a word at the end."""

    name = "fake"

    def pairs(self) -> frozenset[tuple[str, str]]:
        """English and Italian, both ways."""
        return frozenset({("en", "it"), ("it", "en")})

    def translate(self, lines: Sequence[str], source: str, target: str, *, ways: int = 1,
                  names: Sequence[str] = ()) -> list[tuple[Translation, ...]]:
        """Word for word, reversible; confidence is the share of words known."""
        if (source, target) not in self.pairs():
            raise BackendError(f"the fake translator does not go from {source!r} to {target!r}")
        table = {pair[source == "it"]: pair[target == "it"] for pair in WORDS}
        kept = frozenset(part for name in names for part in name.split())
        return [self._ways(line, table, target, max(1, ways), kept) for line in lines]

    @staticmethod
    def _ways(line: str, table: dict[str, str], target: str, ways: int,
              names: frozenset[str]) -> tuple[Translation, ...]:
        words = line.split()
        known = 0
        done = []
        for word in words:
            core = word.strip(".,;:!?…\"'()").lower()
            other = None if word.strip(".,;:!?…\"'()") in names else table.get(core)
            known += other is not None
            if other is not None:
                at = word.lower().index(core)
                other = other.capitalize() if word[at].isupper() else other
                word = word[:at] + other + word[at + len(core):]
            done.append(word)
        if not words:
            return (Translation("", 1.0),)
        tail = "davvero" if target == "it" else "really"
        fewer = done if any(word in names for word in re.findall(r"[\w-]+", words[-1])) else done[:-1]
        texts = [" ".join(done), " ".join([*done, tail]), " ".join(fewer)]
        share = known / len(words)
        kept = list(dict.fromkeys(text for text in texts if text))[:ways]
        return tuple(Translation(text, share * 0.9 ** rank) for rank, text in enumerate(kept))


class FakeHearer:
    """Calls music what rings between 3 and 7 kHz, above all voices of the fakes' world, half a second at a time."""

    name = "fake"
    rate: ClassVar[int] = 16000

    def labels(self) -> frozenset[str]:
        """Music."""
        return frozenset({"music"})

    def hear(self, blocks: Iterable[Signal]) -> tuple[Heard, ...]:
        """Stretches of bells, on a grid of half a second."""
        size, rest, rings = self.rate // 2, np.zeros(0, np.float32), []
        for block in blocks:
            _check(block, self.rate)
            rest = np.concatenate([rest, block.samples[:, 0]])
            while len(rest) >= size:
                rings.append(self._rings(rest[:size]))
                rest = rest[size:]
        edges = np.flatnonzero(np.diff(np.array([0, *rings, 0], np.int8))).reshape(-1, 2)
        return tuple(Heard("music", Span.of(Fraction(start, 2), Fraction(end, 2)), 0.9)
                     for start, end in edges.tolist())

    def _rings(self, samples: Samples) -> bool:
        spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples)))) / len(samples)
        pitch = np.fft.rfftfreq(len(samples), 1 / self.rate)
        high = float(spectrum[(pitch > 3000) & (pitch < 7000)].max())
        return high > 0.002 and high > 0.2 * float(spectrum.max())


class FakeVoice:
    """Plays a tone for each word over a hum at the speaker's pitch. 60 ms a letter, 120 ms between words."""

    name = "fake"
    rate: ClassVar[int] = 24000
    exact: ClassVar[bool] = True
    likeness: ClassVar[bool] = False
    expressive: ClassVar[bool] = False
    _HUM: ClassVar[dict[str, int]] = {"f1": 200, "f2": 240, "m1": 110, "m2": 140}

    def stock(self) -> tuple[Stock, ...]:
        """Two women and two men for each of four languages."""
        return tuple(Stock(f"{language}_{kind}", language, Sex.FEMALE if kind[0] == "f" else Sex.MALE)
                     for language in ("en", "it", "es", "fr") for kind in self._HUM)

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

    def _hum(self, voice: str) -> int:
        if voice not in {one.id for one in self.stock()}:
            raise BackendError(f"the fake voice has no {voice[:40]!r}", remedy="see `ciak backends`")
        return self._HUM[voice.partition("_")[2]]


class FakeLikeness(FakeVoice):
    """The fake voice, with one more for each language that is the likeness of a performer who does not exist."""

    name = "fake-likeness"
    PERFORMER: ClassVar[str] = "Ada Fittizia"
    _HUM: ClassVar[dict[str, int]] = {**FakeVoice._HUM, "ada": 220}

    def stock(self) -> tuple[Stock, ...]:
        """Those of the fake voice, and ``<language>_ada``."""
        return tuple(replace(one, sex=Sex.FEMALE, likeness=self.PERFORMER) if one.id.endswith("_ada") else one
                     for one in super().stock())


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
            return _tone(index)
    return _tone(hashlib.sha256(core.encode()).digest()[0] % len(WORDS))


def detector(settings: Settings) -> FakeDetector:
    """Factory of the entry point ``detector.fake``."""
    return FakeDetector()


def separator(settings: Settings) -> FakeSeparator:
    """Factory of the entry point ``separator.fake``."""
    return FakeSeparator()


def transcriber(settings: Settings) -> FakeTranscriber:
    """Factory of the entry point ``transcriber.fake``."""
    return FakeTranscriber()


def embedder(settings: Settings) -> FakeEmbedder:
    """Factory of the entry point ``embedder.fake``."""
    return FakeEmbedder()


def translator(settings: Settings) -> FakeTranslator:
    """Factory of the entry point ``translator.fake``."""
    return FakeTranslator()


def voice(settings: Settings) -> FakeVoice:
    """Factory of the entry point ``voice.fake``."""
    return FakeVoice()


def likeness(settings: Settings) -> FakeLikeness:
    """Factory of the entry point ``voice.fake-likeness``."""
    return FakeLikeness()


def hearer(settings: Settings) -> FakeHearer:
    """Factory of the entry point ``hearer.fake``."""
    return FakeHearer()
