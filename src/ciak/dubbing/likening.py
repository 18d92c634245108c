"""A voice made to resemble an actor: a mixture of a backend's own voices, found by ear.

Every voice that can be mixed says one line (:func:`bank_of`). The timbres span a space; in it a Gaussian process
(linear and squared-exponential kernel: Rasmussen and Williams 2006) learns from what was heard how near the actor a
mixture will come, by the cosine of the product's embedder, and says which to try next (expected improvement: Jones et
al. 1998). Each try is spoken at the actor's own pitch, as far as ``REACH`` allows, and coloured towards the actor's
long-term spectrum in third octaves. The manner (melody, rhythm, accent) stays that of a voice native to the language,
so that words stay clear; so do bounds: half of every mixture is that voice, no timbre lies further out than the voices
themselves do, and one that speaks much faster or slower than they is worth less.

What is found resembles; it is not the actor, and how near it comes is the opinion of the ear by which it was made:
another ear hears less of it. It knows nothing of breath, age, or how the actor acts. Same sound, voices and seed: the
same recipe.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from ciak.backends.protocols import TONES, Delivery, Embedder, MixingVoice, Recipe, Stock
from ciak.backends.tone import coloured
from ciak.dubbing.pitch import guess_sex, median_pitch
from ciak.errors import BackendError, NothingToDo
from ciak.film import Sex, Signal
from ciak.media import resample_blocks

__all__ = ["LEAST", "Bank", "Likened", "bank_of", "liken"]

LEAST = Fraction(5, 2)
"""Seconds of an actor's speech below which nobody can be resembled."""
RATE = 16000
TRIES = 18
REACH = 7.0
"""Semitones by which a voice's pitch is moved at most."""
HELD = 0.5
"""How far a mixture goes from the native voice towards a place of the search. On two real speakers all the way was
heard back at .19 and .35 word error, where the stock voice was at .08; half the way at .05, and kept most of it."""
FAR = 1.25
"""How far out a mixture may lie, over how far out the voices lie."""
PACE = 1.3
"""Length of the line over its usual length, or the other way round, from which a try is worth less."""
UP, DOWN = 9.0, 18.0
"""dB by which a third octave is raised or lowered at most."""
_TRIAL = "trial"
_LINES = {
    "en": "In the evening they walked slowly along the river, and nobody asked what time it was.",
    "it": "La sera camminavano piano lungo il fiume, e nessuno chiedeva mai che ora fosse.",
    "es": "Por la tarde caminaban despacio junto al río, y nadie preguntaba nunca la hora.",
    "fr": "Le soir ils marchaient lentement au bord du fleuve, et personne ne demandait jamais l'heure.",
}

Tick = Callable[[float], None]
Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Bank:
    """How each of a backend's ``parts`` says the line in ``language``: mono at 16 kHz."""

    language: str
    parts: tuple[str, ...]
    sounds: tuple[Signal, ...]


@dataclass(frozen=True, slots=True)
class Likened:
    """What was found. ``before``: likeness of the native voice that the mixture was begun from, ``after``: of the
    mixture (of that voice again where no mixture is nearer), both by the embedder that it was made by; ``pitch``: the
    actor's, Hz, None where it is not heard."""

    recipe: Recipe
    before: float
    after: float
    pitch: float | None
    tries: int


def bank_of(voice: MixingVoice, language: str, tick: Tick = lambda _: None) -> Bank:
    """Every part of ``voice`` heard once. Raises :class:`BackendError` for a language that it does not speak."""
    line = _LINES.get(language.split("-")[0])
    if line is None or not _native(voice, language):
        raise BackendError(f"no voice can be matched in {language!r}", remedy=f"languages: {', '.join(_LINES)}")
    sounds = []
    for number, part in enumerate(voice.parts()):
        tick(number / len(voice.parts()))
        sounds.append(_spoken(voice, part, language))
    return Bank(language, tuple(voice.parts()), tuple(sounds))


def liken(sound: Signal, language: str, voice: MixingVoice, embedder: Embedder, *, bank: Bank | None = None,
          seed: int = 0, tick: Tick = lambda _: None) -> Likened:
    """A voice of ``voice`` for ``language`` that resembles who speaks in ``sound`` (mono, 16 kHz).

    Raises :class:`NothingToDo` for less than :data:`LEAST` seconds of speech, :class:`BackendError` for a language in
    which ``voice`` has no voice.
    """
    if sound.duration < LEAST:
        raise NothingToDo(f"{float(sound.duration):.1f} s of speech are too little to match a voice to",
                          remedy=f"give lines of {float(LEAST)} s or more")
    bank = bank or bank_of(voice, language)
    return _Search(_Actor.heard(sound, embedder), bank, voice, embedder, seed).found(tick)


@dataclass(frozen=True, slots=True, eq=False)
class _Actor:
    """What is known of who is to be resembled."""

    direction: Numbers
    pitch: float | None
    bands: Numbers

    @classmethod
    def heard(cls, sound: Signal, embedder: Embedder) -> _Actor:
        return cls(_direction(sound, embedder), median_pitch(sound), _bands(sound))

    def likeness(self, sound: Signal, embedder: Embedder) -> float:
        return float(_direction(sound, embedder) @ self.direction)

    def tone(self, bands: Numbers) -> tuple[float, ...]:
        """What a voice of these ``bands`` lacks of the actor's, dB for each third octave."""
        lacking = self.bands - bands
        lacking -= np.median(lacking)
        smooth = np.convolve(np.pad(lacking, 1, mode="edge"), (0.25, 0.5, 0.25), "valid")
        return tuple(round(float(one), 2) for one in np.clip(smooth, -DOWN, UP))

    def semitones(self, pitch: float | None) -> float:
        """From ``pitch`` up to the actor's; 0 where one is not heard."""
        return 0.0 if self.pitch is None or pitch is None else 12 * float(np.log2(self.pitch / pitch))


class _Search:
    """One search, over places in the timbres' space. What is learned is of the place and of the distance from the
    actor's pitch."""

    def __init__(self, actor: _Actor, bank: Bank, voice: MixingVoice, embedder: Embedder, seed: int) -> None:
        self.actor, self.bank, self.voice, self.embedder = actor, bank, voice, embedder
        self.chance = np.random.default_rng(seed)
        self.pitches = [median_pitch(sound) for sound in bank.sounds]
        self.pace = float(np.median([float(sound.duration) for sound in bank.sounds]))
        raw = [actor.likeness(sound, embedder) for sound in bank.sounds]
        native = [bank.parts.index(one) for one in _native(voice, bank.language) if one in bank.parts]
        sex = guess_sex(actor.pitch)
        alike = [at for at in native if sex in (Sex.UNKNOWN, guess_sex(self.pitches[at]))] or native
        self.native = alike[0]
        self.before = raw[self.native]
        self.places, self.weights_of = _space(voice.timbres())
        self.reach = FAR * float(np.linalg.norm(self.places, axis=1).max())
        self.points = [*self.places]
        self.apart = [actor.semitones(pitch) for pitch in self.pitches]
        self.values = [actor.likeness(_toned(actor, sound)[0], embedder) for sound in bank.sounds]

    def found(self, tick: Tick) -> Likened:
        alone = ((self.bank.parts[self.native], 1.0),)
        best, after = Recipe(alone, alone), self.before
        for number in range(TRIES):
            tick(number / TRIES)
            point = self._next(number)
            recipe, value = self._tried(point)
            if value > after:
                best, after = recipe, value
        return Likened(best, self.before, after, self.actor.pitch, TRIES)

    def _next(self, number: int) -> Numbers:
        """Towards the nearest voices first; then to what promises most."""
        order = np.argsort(self.values[:len(self.places)])[::-1]
        home = self.places[self.native]
        if number < 3:
            return np.asarray(home + HELD * (self.places[order[number]] - home))
        learned = _Process(self._features(self.points, self.apart), np.array(self.values))
        best = self.points[len(self.places) + int(np.argmax(self.values[len(self.places):]))]
        best = home + (best - home) / HELD
        spread = self.places.std(axis=0)
        steps = self.chance.choice((.1, .25, .5), (600, 1))
        near = best + self.chance.normal(0, 1, (600, len(spread))) * spread * steps
        shares = self.chance.dirichlet(np.full(6, .7), 400)
        mixed = shares @ self.places[order[:6]]
        offered = np.concatenate([near, mixed, mixed + self.chance.normal(0, .25, mixed.shape) * spread])
        norms = np.linalg.norm(offered, axis=1, keepdims=True)
        offered *= np.minimum(1.0, self.reach / np.maximum(norms, 1e-9))
        offered = home + HELD * (offered - home)
        gain = learned.improvement(self._features(list(offered), [0.0] * len(offered)),
                                   max(self.values[len(self.places):]))
        return np.asarray(offered[int(np.argmax(gain))])

    def _features(self, points: list[Numbers], apart: list[float]) -> Numbers:
        scaled = np.stack(points) / self.places.std(axis=0).max()
        return np.concatenate([scaled, np.clip(np.array(apart)[:, None], -12, 12) / 12], axis=1)

    def _tried(self, point: Numbers) -> tuple[Recipe, float]:
        timbre = tuple((name, round(float(weight), 5)) for name, weight in zip(
            self.bank.parts, self.weights_of(point), strict=True))
        timbre = _summing_to_one(timbre)
        manner = ((self.bank.parts[self.native], 1.0),)
        moved = float(np.clip(self.actor.semitones(self.pitches[self.native]), -REACH, REACH))
        recipe = Recipe(timbre, manner, round(moved, 2))
        self.voice.learn(Stock(_TRIAL, self.bank.language, Sex.UNKNOWN), recipe)
        plain = _spoken(self.voice, _TRIAL, self.bank.language)
        toned, tone = _toned(self.actor, plain)
        length = float(plain.duration) / self.pace
        value = self.actor.likeness(toned, self.embedder)
        value -= max(0.0, abs(np.log(length)) - np.log(PACE))
        self.points.append(point)
        self.apart.append(self.actor.semitones(median_pitch(plain)))
        self.values.append(value)
        return replace(recipe, tone=tone), value


class _Process:
    """A Gaussian process over what was heard."""

    def __init__(self, features: Numbers, values: Numbers) -> None:
        self.features, self.mean = features, float(values.mean())
        self.scale = float(values.std()) + 1e-6
        kernel = self._kernel(features, features) + 0.02 * np.eye(len(features))
        self.inverse = np.linalg.inv(kernel)
        self.told = self.inverse @ ((values - self.mean) / self.scale)

    @staticmethod
    def _kernel(one: Numbers, other: Numbers) -> Numbers:
        squares = ((one[:, None] - other[None]) ** 2).sum(axis=2)
        made: Numbers = 0.5 * np.exp(-squares / 2) + 0.5 * (1 + one @ other.T) / 2
        return made

    def improvement(self, features: Numbers, best: float) -> Numbers:
        """How much better than ``best`` each is expected to be."""
        across = self._kernel(features, self.features)
        own = 0.5 + 0.25 * (1 + (features**2).sum(axis=1))
        middle = across @ self.told
        spread = np.sqrt(np.maximum(own - ((across @ self.inverse) * across).sum(axis=1), 1e-9))
        ahead = middle - (best - self.mean) / self.scale
        z = ahead / spread
        density = np.exp(-z**2 / 2) / np.sqrt(2 * np.pi)
        below = 0.5 * (1 + np.tanh(np.sqrt(2 / np.pi) * (z + 0.044715 * z**3)))
        made: Numbers = ahead * below + spread * density
        return made


def _native(voice: MixingVoice, language: str) -> list[str]:
    """Parts that are stock voices of the language, the clearest first."""
    wanted, parts = language.split("-")[0], set(voice.parts())
    return [one.id for one in voice.stock() if one.id in parts and one.language.split("-")[0] == wanted]


def _spoken(voice: MixingVoice, identity: str, language: str) -> Signal:
    """The line at 16 kHz."""
    spoken = voice.speak(_LINES[language.split("-")[0]], Delivery(identity, language)).signal
    return _at_rate(spoken)


def _at_rate(signal: Signal) -> Signal:
    blocks = list(resample_blocks(iter([signal]), RATE, 1))
    return Signal.mono(np.concatenate([block.samples[:, 0] for block in blocks]), RATE)


def _direction(sound: Signal, embedder: Embedder) -> Numbers:
    return np.asarray(embedder.embed(sound), np.float64)


def _bands(sound: Signal) -> Numbers:
    """Levels in third octaves while somebody speaks, dB; above what the rate holds, the last that it does."""
    samples, size = sound.mixed_down(), RATE // 25
    count = max(1, len(samples) // size)
    frames = np.resize(samples, count * size).reshape(count, size).astype(np.float64)
    power = (frames**2).mean(axis=1)
    energy = np.abs(np.fft.rfft(frames[power >= power.max() * 1e-3] * np.hanning(size), 4 * size, axis=1)) ** 2
    tones = np.fft.rfftfreq(4 * size, 1 / RATE)
    levels: list[float] = []
    for middle in TONES:
        inside = (tones >= middle * 10**-0.05) & (tones < middle * 10**0.05)
        full = middle * 10**0.05 < RATE / 2 * 0.95
        levels.append(float(10 * np.log10(energy[:, inside].mean() + 1e-12)) if full else levels[-1])
    return np.array(levels)


def _toned(actor: _Actor, sound: Signal) -> tuple[Signal, tuple[float, ...]]:
    tone = actor.tone(_bands(sound))
    return Signal.mono(coloured(sound.mixed_down(), RATE, tone), RATE), tone


def _space(timbres: NDArray[np.float32]) -> tuple[Numbers, Callable[[Numbers], Numbers]]:
    """Places of the timbres in the space that they span, (parts, directions), and the weights that make a place."""
    centred = timbres.astype(np.float64) - timbres.mean(axis=0)
    left, widths, _ = np.linalg.svd(centred, full_matrices=False)
    count = int((widths > widths[0] * 1e-3).sum())
    left, widths = left[:, :count], widths[:count]

    def weights(place: Numbers) -> Numbers:
        made: Numbers = 1 / len(timbres) + left @ (place / widths)
        return made

    return left * widths, weights


def _summing_to_one(weights: tuple[tuple[str, float], ...]) -> tuple[tuple[str, float], ...]:
    """Rounded weights, what is lacking given to the greatest; those that are nothing left out."""
    kept = [(name, weight) for name, weight in weights if weight]
    greatest = max(range(len(kept)), key=lambda at: kept[at][1])
    name, weight = kept[greatest]
    kept[greatest] = (name, round(weight + 1 - sum(one for _, one in kept), 5))
    return tuple(kept)
