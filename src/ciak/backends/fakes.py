"""Small real backends without models, one per Protocol: deterministic, quick, of bounded memory.

They form a closed world of their own: a voice (:mod:`ciak.backends.fake_voices`) hums at its speaker's pitch and plays
a tone for each word, :class:`FakeTranscriber` hears those tones as words again, :class:`FakeEmbedder` hears the hum,
and :class:`FakeTranslator` knows the same words in two languages. So a whole journey can be run, and checked, on a
made-up film of any length. Of real speech they understand nothing, and say words all the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ciak.backends.protocols import Heard, LanguageGuess, Separated, Transcript, Translation
from ciak.config import Settings
from ciak.errors import BackendError
from ciak.film.language import Word
from ciak.film.sound import Samples, Signal
from ciak.film.time import Span

__all__ = [
    "WORDS", "FakeDetector", "FakeEmbedder", "FakeFollower", "FakeHearer", "FakeSeparator",
    "FakeTranscriber", "FakeTranslator", "detector", "embedder", "hearer", "separator", "tone", "transcriber",
    "translator",
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


def tone(index: int) -> float:
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


def hearer(settings: Settings) -> FakeHearer:
    """Factory of the entry point ``hearer.fake``."""
    return FakeHearer()
