"""The sound of the film: lines spoken and placed, music and bed under them, as two stems.

The dialogue stem and the stem of music and effects are what the film is made of; their sum is its mix. Levels are
set once for the whole film; speech is not compressed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from ciak.backends.protocols import Delivery, Voice
from ciak.errors import BackendError
from ciak.film.language import Word
from ciak.film.people import Sex
from ciak.film.sound import Signal
from last_reel.music import RATE, Sound, music
from last_reel.script import Line
from last_reel.sound import bed, ducking, room
from last_reel.timing import Plan

__all__ = ["CAST", "Stems", "Voiced", "cast", "spoken", "stems"]

CAST = {"LENA": (Sex.FEMALE, ("bf_emma", "af_heart")), "VITTORIO": (Sex.MALE, ("bm_george", "am_michael"))}
"""Each character's sex, and the voices that are asked for first."""
_PAN = {"LENA": -.16, "VITTORIO": .16}
_LARGE = {"booth": 0.0, "tin": 0.0, "machine": .05, "beam": .8, "faces": .05, "screen": .35, "hall": .75}
_SPEECH, _BED, _MUSIC, _DUCK = 10 ** (-20 / 20), 1.8, .30, .36
_LOUDNESS, _PEAK = -21.0, -1.6
"""LUFS of the film, and the true peak that it stays under, dBTP."""


@dataclass(frozen=True, slots=True, eq=False)
class Voiced:
    """A line as it was spoken: 48 kHz, mono, at the film's level; words with times from its beginning."""

    line: Line
    sound: Sound
    words: tuple[Word, ...]

    @property
    def length(self) -> Fraction:
        """Seconds."""
        return Fraction(len(self.sound), RATE)


@dataclass(frozen=True, slots=True, eq=False)
class Stems:
    """``dialogue`` and ``effects`` (music and all else), (frames, 2), on the grid of 24 bit; their sum is the mix."""

    dialogue: Sound
    effects: Sound

    @property
    def mix(self) -> Sound:
        """What the film sounds like."""
        return self.dialogue + self.effects


def cast(voice: Voice) -> dict[str, str]:
    """An English voice for each character. Raises :class:`BackendError` where there is none."""
    stock = [one for one in voice.stock() if one.language.split("-")[0] == "en"]
    chosen = {}
    for name, (sex, preferred) in CAST.items():
        known = [one.id for one in stock if one.sex == sex]
        if not known:
            raise BackendError(f"the voice {voice.name!r} has no English {sex.value} voice",
                               remedy="choose another voice backend for this film")
        chosen[name] = next((one for one in preferred if one in known), known[0])
    return chosen


def spoken(voice: Voice, lines: Sequence[Line], tick: Callable[[float], None]) -> Iterator[Voiced]:
    """The lines as the voice speaks them."""
    from ciak.media.resample import resample_blocks

    chosen = cast(voice)
    for n, line in enumerate(lines):
        said = voice.speak(line.text, Delivery(chosen[line.speaker], "en"))
        sound = np.concatenate([block.samples[:, 0] for block in resample_blocks(iter([said.signal]), RATE, 1)])
        power = np.sort((sound[:len(sound) // 960 * 960].reshape(-1, 960).astype(np.float64) ** 2).mean(axis=1))
        level = float(np.sqrt(power[len(power) // 2:].mean())) if len(power) else 0.0
        yield Voiced(line, sound * np.float32(_SPEECH / max(level, 1e-4)), said.words)
        tick((n + 1) / len(lines))


def stems(plan: Plan, voiced: Sequence[Voiced], seed: int) -> Stems:
    """Both stems at their final level."""
    count = round(plan.seconds * RATE)
    dialogue = np.zeros((count, 2))
    shots = {said.line.number: next(shot.name for shot in reversed(plan.shots) if shot.first <= said.start * 24)
             for said in plan.said}
    for said, one in zip(plan.said, voiced, strict=True):
        wet = room(one.sound, _PAN[one.line.speaker], seed + one.line.number, _LARGE.get(shots[one.line.number], 0.0))
        start = round(said.start * RATE)
        end = min(count, start + len(wet))
        dialogue[start:end] += wet[:end - start]
    effects = bed(plan, seed) * _BED * ducking(plan, .6)[:, None]
    effects += music(plan) * _MUSIC * ducking(plan, _DUCK)[:, None]
    edge = np.minimum(1, np.arange(count) / (RATE * .8)) * np.minimum(1, np.arange(count)[::-1] / (RATE * 1.6))
    effects *= edge[:, None]
    gain = _gain((dialogue + effects).astype(np.float32))
    return Stems(_on_grid(dialogue * gain), _on_grid(effects * gain))


def _gain(mix: Sound) -> float:
    from ciak.media.loudness import measure

    loudness = measure(iter([Signal(mix, RATE)]))
    if loudness.integrated is None or loudness.true_peak is None:
        return 1.0
    return float(10 ** (min(_LOUDNESS - loudness.integrated, _PEAK - loudness.true_peak) / 20))


def _on_grid(sound: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> Sound:
    """Rounded to what 24 bit hold."""
    return (np.rint(sound * 2**23) / 2**23).astype(np.float32)
