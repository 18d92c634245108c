"""The default voice: Kokoro-82M, speaking English, Italian, Spanish and French at exactly the wanted length.

A line is pronounced by espeak-ng, timed by Kokoro's own timing graph, performed by its prosody graph and sounded by
its decoder. Between the second and the third the performance is bent (:mod:`.pacing`): every phoneme becomes longer
or shorter, so the length is reached by synthesis itself and the pitch stays. Silence that the voice puts around
speech is cut off, so that speech fills the slot. A voice may speak any of the languages, with its own accent.

Left to itself it does not know how a line is meant: no emotion, no emphasis but what punctuation says. With a contour
it takes on somebody's pauses, melody and emphasis (:mod:`.acting`), not the sound of their voice. A name is pronounced
by the rules of the line's language. Source of the method: StyleTTS 2 (Li et al. 2023), the graph cut as in
``ciak.models.convert.kokoro``.
"""

from __future__ import annotations

import json
import re
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ciak.backends.embedded.acting import (
    Edge,
    Range,
    knots,
    levelled,
    placed,
    range_of,
    renumbered,
    rests,
    sung,
)
from ciak.backends.embedded.espeak import PROGRAM
from ciak.backends.embedded.mixing import HALF, Mixed, style_of
from ciak.backends.embedded.pacing import STEPS, Performance, bend, speech_steps
from ciak.backends.embedded.phonemes import Phonemes, phonemize
from ciak.backends.embedded.voices import BLENDS, RECORDED, STOCK
from ciak.backends.protocols import Contour, Delivery, Recipe, Spoken, Stock
from ciak.backends.recipes import checked
from ciak.backends.tone import coloured
from ciak.config import Settings
from ciak.errors import BackendError, ModelDamaged
from ciak.film.language import Word
from ciak.film.sound import Samples, Signal
from ciak.film.time import Span
from ciak.models import Store, open_onnx

__all__ = ["MODEL", "KokoroVoice", "create", "divide"]

MODEL = "kokoro"
_STEP = 300
"""Samples a step."""
_TOKENS = 510
"""What the model takes in one go, without the zeros around it; also the rows of a voice."""
_COMFORTABLE = 360
_LONGEST = 4000
_GAP = Fraction(1, 4)
"""Pause between parts of a line that is spoken in parts, seconds."""
_EARLY = 2.5
"""Frames by which sound runs ahead of the token that it belongs to."""
_KEPT = 256
_USUAL = {
    "en": "The letter is lying near the window, and nobody has read it in all these years.",
    "it": "La lettera è vicino alla finestra, e nessuno l'ha letta in tutti questi anni.",
    "es": "La carta está cerca de la ventana, y nadie la ha leído en todos estos años.",
    "fr": "La lettre est près de la fenêtre, et personne ne l'a lue pendant toutes ces années.",
}
"""Lines in which a voice shows where it usually lies."""


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """A stretch that the model takes in one go. ``words``: (written, first symbol, end symbol)."""

    tokens: NDArray[np.int64]
    style: NDArray[np.float32]
    natural: Performance
    words: tuple[tuple[str, int, int], ...]

    @property
    def steps(self) -> float:
        return self.natural.end - self.natural.start


class KokoroVoice:
    """See the module. Knows the voices of :mod:`.voices`."""

    name = "kokoro"
    version = "2"
    """Stays as long as a line without a contour gives the same samples."""
    models = (MODEL,)
    programs = (PROGRAM,)
    rate: ClassVar[int] = 24000
    exact: ClassVar[bool] = True
    likeness: ClassVar[bool] = False
    expressive: ClassVar[bool] = True

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._ranges: dict[tuple[str, str], Range] = {}
        self._lines: OrderedDict[tuple[str, str, str], tuple[_Part, ...]] = OrderedDict()
        self._styles: dict[str, NDArray[np.float32]] = {}
        self._alphabet: dict[str, int] = {}
        self._learned: dict[str, Mixed] = {}

    def stock(self) -> tuple[Stock, ...]:
        """The voices on offer, for each language and sex the clearest first; those that it learned last."""
        return (*STOCK, *(one.stock for one in self._learned.values()))

    def parts(self) -> tuple[str, ...]:
        """The voices that the model was trained with."""
        return RECORDED

    def timbres(self) -> NDArray[np.float32]:
        """The first half of each style, its mean over the lengths of line, (parts, 128)."""
        return np.stack([self._recorded(name)[:, :HALF].mean(axis=0) for name in RECORDED])

    def learn(self, stock: Stock, recipe: Recipe) -> None:
        """See :class:`ciak.backends.protocols.MixingVoice`."""
        if stock.id in {one.id for one in STOCK}:
            raise BackendError(f"kokoro has a voice {stock.id!r} of its own", remedy="give it another name")
        self._learned[stock.id] = Mixed(stock, checked(recipe, RECORDED))
        self._styles.pop(stock.id, None)
        for asked in [key for key in self._ranges if stock.id in key]:
            del self._ranges[asked]
        for line in [key for key in self._lines if stock.id in key]:
            del self._lines[line]

    def length(self, text: str, voice: str, language: str) -> Fraction:
        """Natural length of ``text``, seconds: speech without the silence around it. Raises as :meth:`speak`."""
        return self._natural(self._parts(text, voice, language))

    def speak(self, text: str, delivery: Delivery) -> Spoken:
        """Speak ``text`` in exactly ``round(duration * 24000)`` samples, or at its natural length.

        Raises ``BackendError`` for an empty or endless line, an unknown voice or language, and for a duration that
        asks for a rate outside ``delivery.rates`` (its details say ``natural``, ``wanted``, ``rate``);
        ``ProgramAbsent`` without espeak-ng, ``ModelAbsent`` without the model.
        """
        parts = self._parts(text, delivery.voice, delivery.language)
        natural = self._natural(parts)
        wanted = natural if delivery.duration is None else delivery.duration
        rate = float(natural / wanted) if wanted > 0 else float("inf")
        low, high = delivery.rates
        if not low <= rate <= high:
            raise BackendError(f"{text[:60]!r} takes {float(natural):.2f} s; in {float(wanted):.2f} s it would be "
                               f"spoken at {rate:.2f} times its natural rate",
                               remedy="shorten or lengthen the line, or give it another slot",
                               natural=float(natural), wanted=float(wanted), rate=rate)
        asked = None if delivery.contour is None else (delivery.contour, self._range(delivery))
        spoken = self._performed(parts, natural, wanted, asked)
        mixed = self._learned.get(delivery.voice)
        if mixed is None or not mixed.recipe.tone:
            return spoken
        samples = coloured(spoken.signal.samples[:, 0], self.rate, mixed.recipe.tone)
        return replace(spoken, signal=Signal.mono(samples, self.rate))

    def _range(self, delivery: Delivery) -> Range:
        """Where the voice lies when it is left to itself."""
        key = (delivery.voice, delivery.language)
        if key not in self._ranges:
            line = _USUAL.get(delivery.language.split("-")[0], _USUAL["en"])
            self._ranges[key] = range_of([part.natural for part in self._parts(line, *key)])
        return self._ranges[key]

    def _natural(self, parts: tuple[_Part, ...]) -> Fraction:
        steps = Fraction(sum(part.steps for part in parts))
        return steps * _STEP / self.rate + _GAP * (len(parts) - 1)

    def _performed(self, parts: tuple[_Part, ...], natural: Fraction, wanted: Fraction,
                   asked: tuple[Contour, Range] | None) -> Spoken:
        scale = wanted / natural
        samples = np.zeros(round(wanted * self.rate), np.float32)
        words: list[Word] = []
        clock = 0.0
        total = sum(len(part.words) for part in parts)
        for part in parts:
            length = part.steps * float(scale)
            if asked is None:
                performance = bend(part.natural, length)
                sound = self._sound(part, performance)
            else:
                shape = renumbered(asked[0], len(words), len(part.words), total)
                performance, sound = self._acted(part, length, shape, asked[1])
            if performance.end - performance.start > length + 1:
                raise BackendError(f"the voice cannot speak {float(natural):.2f} s in {float(wanted):.2f} s",
                                   remedy="shorten the line", natural=float(natural), wanted=float(wanted))
            first, end = round(clock), min(len(samples), round(clock + length * _STEP))
            begin = round(performance.start * _STEP)
            piece = _faded(sound[begin:begin + end - first])
            samples[first:first + len(piece)] = piece
            words += self._timed(part, performance, first, end)
            clock += length * _STEP + float(_GAP * scale) * self.rate
        peak = float(np.abs(samples).max(initial=0.0))
        return Spoken(Signal.mono(samples / max(1.0, peak / 0.98), self.rate), natural, tuple(words))

    def _acted(self, part: _Part, length: float, shape: Contour, own: Range) -> tuple[Performance, Samples]:
        """A part with the pauses, melody and emphasis of ``shape``, in ``length`` steps."""
        natural = part.natural
        plain = [(first - natural.start, end - natural.start) for first, end in _edges(part, natural)]
        performance = bend(natural, length, knots(natural, plain, shape, length))
        words = _edges(part, performance)
        silences = rests(words, shape)
        performance, wanted = sung(performance, placed(words, shape, len(performance.pitch)), shape, own, silences)
        return performance, levelled(self._sound(part, performance), wanted, _STEP, silences, shape.amount)

    def _sound(self, part: _Part, performance: Performance) -> Samples:
        feeds: dict[str, NDArray[Any]] = {
            "tokens": part.tokens, "style": part.style, "durations": performance.durations[None],
            "pitch": performance.pitch[None], "energy": performance.energy[None]}
        engine = open_onnx(MODEL, "sound.onnx", self._settings)
        sound: Samples = engine.run({name: feeds[name] for name in engine.inputs})[0].reshape(-1)
        return sound

    def _timed(self, part: _Part, performance: Performance, first: int, end: int) -> Iterator[Word]:
        """The words of a part that lies from sample ``first`` to ``end``."""
        places = first + np.clip(np.round((_token_edges(performance) - performance.start) * _STEP), 0, end - first)
        places[1] = first  # the first sound is where speech begins
        for text, start, stop in part.words:
            span = Span.of(Fraction(int(places[start + 1]), self.rate), Fraction(int(places[stop + 1]), self.rate))
            yield Word(text=text[:500], span=span)

    def _parts(self, text: str, voice: str, language: str) -> tuple[_Part, ...]:
        key = (text, voice, language)
        if key in self._lines:
            self._lines.move_to_end(key)
            return self._lines[key]
        if len(text) > _LONGEST:
            raise BackendError(f"a line of {len(text)} letters is too long to be spoken",
                               remedy=f"divide it: at most {_LONGEST}", letters=len(text))
        style = self._style(voice)
        accent = "en-gb" if language == "en" and voice.startswith("b") else language
        phonemes = phonemize([text], accent)[0]
        if not phonemes.words:
            raise BackendError(f"there is nothing to say in {text[:60]!r}", remedy="give the line words")
        moved = self._learned[voice].moved if voice in self._learned else 1.0
        parts = tuple(self._part(symbols, style, moved) for symbols in divide(phonemes))
        self._lines[key] = parts
        if len(self._lines) > _KEPT:
            self._lines.popitem(last=False)
        return parts

    def _part(self, phonemes: Phonemes, style: NDArray[np.float32], moved: float) -> _Part:
        """Time and perform a stretch, unhurried; pitch times ``moved``."""
        known = self._vocabulary()
        tokens = np.array([[0, *(known[symbol] for symbol in phonemes.symbols), 0]], np.int64)
        row = style[min(len(phonemes.symbols), _TOKENS) - 1][None]
        feeds: dict[str, NDArray[Any]] = {"tokens": tokens, "style": row, "speed": np.ones(1, np.float32)}
        timing = open_onnx(MODEL, "timing.onnx", self._settings)
        feeds["durations"] = timing.run({name: feeds[name] for name in timing.inputs})[0]
        prosody = open_onnx(MODEL, "prosody.onnx", self._settings)
        pitch, energy = prosody.run({name: feeds[name] for name in prosody.inputs}, ["pitch", "energy"])
        start, end = speech_steps(energy.reshape(-1))
        melody = pitch.reshape(-1) if moved == 1.0 else (pitch.reshape(-1) * np.float32(moved))
        natural = Performance(feeds["durations"].reshape(-1), melody, energy.reshape(-1), start, end)
        return _Part(tokens, row, natural, phonemes.words)

    def _vocabulary(self) -> dict[str, int]:
        if not self._alphabet:
            path = Store(self._settings).folder(MODEL) / "vocabulary.json"
            try:
                self._alphabet = {str(key): int(value) for key, value in json.loads(path.read_bytes()).items()}
            except (OSError, ValueError, AttributeError, TypeError) as error:
                raise ModelDamaged(f"the voice's vocabulary cannot be read: {error}", model=MODEL,
                                   remedy=f"ciak models pull {MODEL}") from error
        return self._alphabet

    def _style(self, voice: str) -> NDArray[np.float32]:
        """The style rows of a voice, a blend or a learned one, (510, 256)."""
        if voice not in self._styles:
            if voice in self._learned:
                made = self._styles[voice] = style_of(self._learned[voice].recipe, self._recorded)
                return made
            if voice not in {one.id for one in STOCK}:
                raise BackendError(f"kokoro has no voice {voice[:40]!r}", voice=voice,
                                   remedy="`ciak backends` lists the voices")
            mixture = BLENDS.get(voice, {voice: 1.0})
            self._styles[voice] = sum((weight * self._recorded(name) for name, weight in mixture.items()),
                                      np.zeros((_TOKENS, 256), np.float32))
        return self._styles[voice]

    def _recorded(self, voice: str) -> NDArray[np.float32]:
        path = Store(self._settings).folder(MODEL) / "voices" / f"{voice}.bin"
        try:
            return np.fromfile(path, "<f4").astype(np.float32).reshape(_TOKENS, 256)
        except (OSError, ValueError) as error:
            raise ModelDamaged(f"the voice {voice} cannot be read: {error}", model=MODEL,
                               remedy=f"ciak models pull {MODEL}") from error


def divide(phonemes: Phonemes) -> list[Phonemes]:
    """Parts that the model can take: at most 510 symbols, better fewer, divided at punctuation where possible."""
    parts: list[Phonemes] = []
    start, symbols = 0, phonemes.symbols
    while start < len(symbols):
        end = len(symbols)
        if end - start > _COMFORTABLE:
            window = symbols[start:start + _TOKENS]
            for marks in ("[.!?…]", "[;:,—]", " "):
                cuts = [match.end() for match in re.finditer(rf"{marks}[”)]* ?" if marks != " " else " ", window)]
                if fit := [cut for cut in cuts if cut <= _COMFORTABLE and cut > 40] or cuts[:1]:
                    end = start + fit[-1]
                    break
            else:
                end = start + len(window)
        words = tuple((text, first - start, min(last, end) - start)
                      for text, first, last in phonemes.words if start <= first < end)
        kept = symbols[start:end].rstrip()
        if words:
            parts.append(Phonemes(kept, tuple((text, first, min(last, len(kept))) for text, first, last in words)))
        start = end
    return parts


def _token_edges(performance: Performance) -> NDArray[np.float64]:
    """Where each token's sound begins, and the last one's ends, in steps."""
    edges = np.concatenate([[0.0], np.cumsum(performance.durations, dtype=np.float64)])
    made: NDArray[np.float64] = (edges - _EARLY) * STEPS
    return made


def _edges(part: _Part, performance: Performance) -> list[Edge]:
    """Where each word of a part is spoken in ``performance``, in steps."""
    places = np.clip(_token_edges(performance), performance.start, performance.end)
    places[1] = performance.start
    return [(float(places[start + 1]), float(places[stop + 1])) for _, start, stop in part.words]


def _faded(piece: Samples) -> Samples:
    """Silence at the edges: 3 ms in, 12 ms out."""
    rise, fall = min(72, len(piece)), min(288, len(piece))
    made = piece.astype(np.float32, copy=True)
    made[:rise] *= np.linspace(0, 1, rise, dtype=np.float32)
    made[len(made) - fall:] *= np.linspace(1, 0, fall, dtype=np.float32)
    return made


def create(settings: Settings) -> KokoroVoice:
    """Factory of the entry point ``voice.kokoro``."""
    return KokoroVoice(settings)
