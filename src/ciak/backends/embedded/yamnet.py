"""Sounds by YAMNet: music, and the dozen sounds of its 521 that it can truly tell.

Four times a second the network looks at 0.96 s of a mel spectrogram and says of each sound of AudioSet how likely it
is. A sound is told where the likeliest of its classes passes a limit of its own, and no other sound, told or not,
passes its own by more; it lasts as long as it stays above a share of that. Music is taken over two seconds, in
log-odds, and has a limit to begin and a lower one to go on. It does not know a shot from an explosion (one label for
both), nor who laughs; most doors it misses; footsteps, bells, engines, trains, rain, water and fire it mistakes for
each other, so they are not told.

Source: M. Plakal and D. Ellis, "YAMNet", 2019; AudioSet's classes, J. F. Gemmeke et al., ICASSP 2017. The limits were
chosen on effects and music of Debian's games (Wesnoth, Warmux, MegaGlest, Minetest, LinCity, Simutrans, Pushover,
FreedroidRPG and others) and on Asterisk's prompts, none of which a judge takes.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ciak.backends.protocols import Heard
from ciak.config import Settings
from ciak.errors import BackendError
from ciak.film.sound import Samples, Signal
from ciak.film.time import Span
from ciak.models import Store, open_onnx

__all__ = ["LOOKS", "MUSIC", "OUTDONE", "SOUNDS", "Looks", "Shares", "Sound", "YamnetHearer", "create", "music_of",
           "sounds_of", "steady"]

RATE, WINDOW, SHIFT, SIZE = 16_000, 400, 160, 512
"""Hz; samples of a frame, between frames, of its spectrum."""
BANDS, LOWEST, HIGHEST, OFFSET = 64, 125.0, 7500.0, 1e-3
PATCH, STEP = 96, 24
"""Frames that the network sees, frames between two looks."""
LOOKS = Fraction(RATE, SHIFT * STEP)
"""Looks a second."""
_BATCH = 50


@dataclass(frozen=True)
class Sound:
    """What is told as one. ``classes``: AudioSet's names; ``least``: share above which it is there; ``told``: False for
    what only casts doubt on others."""

    label: str
    classes: tuple[str, ...]
    least: float
    told: bool = True


SOUNDS = (
    Sound("blast", ("Gunshot, gunfire", "Machine gun", "Fusillade", "Explosion", "Artillery fire"), 0.8),
    Sound("thunder", ("Thunder", "Thunderstorm"), 0.5),
    Sound("dog", ("Dog", "Bark", "Bow-wow", "Yip", "Howl"), 0.85),
    Sound("birds", ("Bird", "Bird vocalization, bird call, bird song", "Chirp, tweet"), 0.8),
    Sound("cow", ("Cattle, bovinae", "Moo"), 0.6),
    Sound("horse", ("Horse", "Neigh, whinny", "Clip-clop"), 0.55),
    Sound("siren", ("Siren", "Police car (siren)", "Ambulance (siren)", "Fire engine, fire truck (siren)"), 0.65),
    Sound("horn", ("Vehicle horn, car horn, honking", "Toot", "Air horn, truck horn"), 0.6),
    Sound("aircraft", ("Helicopter", "Aircraft", "Fixed-wing aircraft, airplane"), 0.6),
    Sound("telephone", ("Telephone bell ringing", "Ringtone"), 0.85),
    Sound("laughter", ("Laughter", "Giggle", "Belly laugh", "Chuckle, chortle", "Baby laughter", "Snicker"), 0.65),
    Sound("applause", ("Applause", "Clapping"), 0.2),
    Sound("cheering", ("Cheering",), 0.2),
    Sound("scream", ("Screaming",), 0.5),
    Sound("glass", ("Shatter",), 0.55),
    Sound("door", ("Door", "Slam", "Sliding door"), 0.7),
    Sound("fowl", ("Fowl",), 0.6, told=False),
    Sound("sheep", ("Sheep", "Bleat"), 0.6, told=False),
    Sound("pig", ("Pig",), 0.6, told=False),
    Sound("cat", ("Cat", "Meow"), 0.7, told=False),
    Sound("train", ("Train", "Rail transport"), 0.8, told=False),
)
"""What is told, and what else it may be."""
OUTDONE = {"blast": "thunder"}
"""What is the other where both are heard at once."""
MUSIC = "music"
BEGINS, GOES_ON, OVER = 0.6, 0.3, Fraction(2)
"""Music begins above the first and ends below the second, taken over so many seconds."""
LASTS = 0.5
"""A sound lasts while it is above this share of its limit."""
SHORTEST, BRIDGED = Fraction(1), Fraction(1)
"""Seconds: music that is shorter is not told; sounds of one label nearer than this are one."""
Shares = NDArray[np.float32]


class Looks:
    """What the network says of a sound, noted while its blocks pass by: ``looks.note(blocks)`` are the same blocks.

    Afterwards ``shares``: (looks, labels of :data:`SOUNDS`, then music), ``length``: seconds.
    """

    def __init__(self, settings: Settings) -> None:
        self._engine = open_onnx("yamnet", "yamnet.onnx", settings)
        self._classes = _places(Store(settings))
        self._out: list[Shares] = []
        self._samples = 0

    @property
    def shares(self) -> Shares:
        """One row a look."""
        return np.concatenate(self._out) if self._out else np.zeros((0, len(SOUNDS) + 1), np.float32)

    @property
    def length(self) -> Fraction:
        """Seconds noted."""
        return Fraction(self._samples, RATE)

    def note(self, blocks: Iterable[Signal]) -> Iterator[Signal]:
        """The same blocks; the looks are complete when the last has passed. Raises
        :class:`~ciak.errors.BackendError` for sound that is not 16 kHz mono."""
        bank, window = _bank(), 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW) / WINDOW)
        # Looks stand at the middle of what they see: half a patch of nothing comes first and last.
        held: Samples = np.zeros(PATCH * SHIFT // 2, np.float32)
        whole, seen = _BATCH * STEP * SHIFT, (PATCH - 1) * SHIFT + WINDOW
        for block in blocks:
            if block.rate != RATE or block.channels != 1:
                raise BackendError(f"yamnet takes {RATE} Hz mono, not {block.rate} Hz with {block.channels} channels")
            self._samples += block.frames
            held = np.concatenate([held, block.samples[:, 0]])
            while len(held) >= whole - STEP * SHIFT + seen:
                self._look(held[:whole - STEP * SHIFT + seen], bank, window)
                held = held[whole:].copy()
            yield block
        if self._samples:
            held = np.concatenate([held, np.zeros(PATCH * SHIFT // 2 + WINDOW, np.float32)])
            if len(held) >= seen:
                self._look(held, bank, window)

    def _look(self, samples: Samples, bank: NDArray[np.float64], window: NDArray[np.float64]) -> None:
        frames = np.lib.stride_tricks.sliding_window_view(samples, WINDOW)[::SHIFT]
        mel = np.log(np.abs(np.fft.rfft(frames * window, SIZE, axis=1)) @ bank.T + OFFSET).astype(np.float32)
        patches = np.lib.stride_tricks.sliding_window_view(mel, PATCH, axis=0)[::STEP].transpose(0, 2, 1)
        found = self._engine.run({"patches": np.ascontiguousarray(patches)})[0]
        self._out.append(np.stack([found[:, places].max(axis=1) for places in self._classes], axis=1))


class YamnetHearer:
    """See :class:`ciak.backends.protocols.Hearer`."""

    name = "yamnet"
    version = "1"
    models: ClassVar[tuple[str, ...]] = ("yamnet",)
    rate: ClassVar[int] = RATE

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def labels(self) -> frozenset[str]:
        """Music, and the sounds of :data:`SOUNDS` that are told."""
        return frozenset({MUSIC, *(sound.label for sound in SOUNDS if sound.told)})

    def hear(self, blocks: Iterable[Signal]) -> tuple[Heard, ...]:
        """See the Protocol. Raises :class:`~ciak.errors.BackendError` for sound that is not 16 kHz mono."""
        looks = Looks(self._settings)
        for _ in looks.note(blocks):
            pass
        found = [*music_of(looks.shares, looks.length), *sounds_of(looks.shares, looks.length)]
        return tuple(sorted(found, key=lambda one: (one.span.start, one.label)))


def music_of(shares: Shares, length: Fraction) -> list[Heard]:
    """The music of :attr:`Looks.shares` in a film of ``length`` seconds, in order."""
    music = steady(shares[:, -1])
    return [Heard(MUSIC, span, round(float(music[first:end].max()), 4))
            for first, end in _runs(music, BEGINS, GOES_ON)
            if (span := _span(first, end, length)).duration >= SHORTEST]


def steady(shares: Shares) -> Shares:
    """How likely something is, taken over :data:`OVER`: the mean of its log-odds."""
    if not len(shares):
        return shares
    safe = np.clip(shares.astype(np.float64), 1e-4, 1 - 1e-4)
    width = int(OVER * LOOKS) // 2 * 2 + 1
    odds = np.pad(np.log(safe / (1 - safe)), width // 2, mode="edge")
    mean = np.convolve(odds, np.ones(width) / width, "valid")
    return np.asarray(1 / (1 + np.exp(-mean)), np.float32)


def sounds_of(shares: Shares, length: Fraction) -> list[Heard]:
    """The sounds of :attr:`Looks.shares` in a film of ``length`` seconds, label by label."""
    if not len(shares):
        return []
    least = np.array([sound.least for sound in SOUNDS], np.float32)
    shares = shares[:, :len(SOUNDS)]
    passed = (shares - least) / (1 - least)
    first_of = passed.argmax(axis=1)
    found: list[Heard] = []
    for number, sound in enumerate(SOUNDS):
        heard: list[Heard] = []
        for first, end in _runs(shares[:, number], sound.least, sound.least * LASTS) if sound.told else []:
            peak = first + int(shares[first:end, number].argmax())
            if first_of[peak] != number:
                continue
            one = Heard(sound.label, _span(first, end, length), round(float(shares[peak, number]), 4))
            if heard and one.span.start - heard[-1].span.end < BRIDGED:
                one = Heard(sound.label, heard.pop().span.join(one.span), one.confidence)
            heard.append(one)
        found += heard
    return [one for one in found if not any(
        other.label == OUTDONE.get(one.label) and other.span.start - BRIDGED < one.span.end
        and one.span.start < other.span.end + BRIDGED for other in found)]


def _runs(shares: Shares, begins: float, goes_on: float) -> list[tuple[int, int]]:
    """First look and the one after the last of what stays above ``goes_on`` and somewhere passes ``begins``."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], (shares > goes_on).astype(np.int8), [0]]))).reshape(-1, 2)
    return [(first, end) for first, end in edges.tolist() if shares[first:end].max() > begins]


def _span(first: int, end: int, length: Fraction) -> Span:
    """From half a look before the first to half a look after the last, inside the film."""
    half = Fraction(1, 2) / LOOKS
    start = min(max(Fraction(0), first / LOOKS - half), length - min(length, half))
    return Span.of(start, max(start + Fraction(1, RATE), min((end - 1) / LOOKS + half, length)))


def _places(store: Store) -> list[list[int]]:
    """The columns of each label of :data:`SOUNDS`, then of music, by the names of the class map."""
    with (store.folder("yamnet") / "classes.csv").open(encoding="utf-8", newline="") as file:
        places = {row["display_name"]: int(row["index"]) for row in csv.DictReader(file)}
    return [*([places[name] for name in sound.classes] for sound in SOUNDS), [places["Music"]]]


def _bank() -> NDArray[np.float64]:
    """The triangles, (bands, bins): evenly spaced in HTK's mel, each as high as 1, the lowest bin left out."""
    edges = np.linspace(1127 * float(np.log1p(LOWEST / 700)), 1127 * float(np.log1p(HIGHEST / 700)), BANDS + 2)
    bins = 1127 * np.log1p(np.arange(SIZE // 2 + 1) * RATE / SIZE / 700)
    low, middle, high = (edges[at:at + BANDS, None] for at in range(3))
    bank = np.maximum(0, np.minimum((bins - low) / (middle - low), (high - bins) / (high - middle)))
    bank[:, 0] = 0
    return np.asarray(bank, np.float64)


def create(settings: Settings) -> YamnetHearer:
    """The factory of the entry point."""
    return YamnetHearer(settings)
