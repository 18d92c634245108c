"""A short scene of our own, for a demo where no film is at hand: two people in a projection room at night.

The pictures are drawn (``scene_drawing``), the bed is synthesised (``scene_sound``), the two speak English with
the house's own voices. About half a minute, 1280 x 720 at 24 frames a second, stereo. The same settings give the
same film. What is said is known: :data:`LINES`.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

import numpy as np

from ciak.backends import registry
from ciak.backends.protocols import Delivery, Voice
from ciak.config import Settings
from ciak.dubbing.scene_drawing import FPS, draw_scene
from ciak.dubbing.scene_sound import RATE, Sound, bed, room
from ciak.errors import BackendError
from ciak.film.people import Sex
from ciak.film.sound import Signal
from ciak.film.time import Rate
from ciak.store import commit_file

__all__ = ["LINES", "Line", "make_scene"]


@dataclass(frozen=True, slots=True)
class Line:
    """What is said: who says it, and the pause before, seconds."""

    speaker: Sex
    text: str
    pause: Fraction


LINES: tuple[tuple[Line, ...], ...] = (
    (Line(Sex.FEMALE, "Good evening. I saw the light and I came in.", Fraction(2)),
     Line(Sex.MALE, "Please sit down, the film is about to start.", Fraction(1))),
    (Line(Sex.FEMALE, "Does this machine still work?", Fraction(3, 2)),
     Line(Sex.MALE, "It works every night. I have been working here for forty years.", Fraction(9, 10))),
    (Line(Sex.FEMALE, "But there is nobody here.", Fraction(2)),
     Line(Sex.MALE, "Nobody comes here anymore. You are here, that is enough for me.", Fraction(9, 10)),
     Line(Sex.FEMALE, "Please turn off the light. I want to see the film.", Fraction(1))),
)
"""The lines of each shot."""

_AFTER, _TAIL = Fraction(7, 10), Fraction(2)
_LEVEL = 10 ** (-21 / 20)
"""Root mean square of the louder half of a line."""
_PREFERRED = {Sex.FEMALE: ("af_heart", "bf_emma"), Sex.MALE: ("am_michael", "bm_george")}


def make_scene(target: Path, settings: Settings, tick: Callable[[float], None] = lambda _: None) -> Path:
    """Make the scene at ``target`` (``.mp4``) and return it; ``tick`` hears the part done, 0 to 1.

    Raises :class:`BackendError` where there is no English voice of each sex, :class:`ModelAbsent` where the voice's
    model was not pulled.
    """
    from ciak.media.encode import encode_film
    from ciak.media.wav import SoundWriter

    voice = registry.resolve("voice", settings)
    frames, sound = _score(voice, settings, lambda part: tick(.2 * part))
    total = sum(frames)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        track = Path(folder) / "scene.wav"
        with SoundWriter(track, RATE, 2) as writer:
            writer.write(Signal(sound, RATE))
        part = Path(folder) / "scene.mp4"
        encode_film(part, draw_scene(frames, settings.seed), Rate(Fraction(FPS)), track, language="eng",
                    tick=lambda done: tick(min(1.0, .2 + .8 * done / total)))
        commit_file(target, lambda file: _copy(part, file))
    tick(1.0)
    return target


def _copy(source: Path, file: BinaryIO) -> None:
    with source.open("rb") as origin:
        shutil.copyfileobj(origin, file, 1 << 20)


def _cast(voice: Voice) -> dict[Sex, str]:
    """An English voice for each of the two."""
    stock = [one for one in voice.stock() if one.language.split("-")[0] == "en"]
    chosen = {}
    for sex, preferred in _PREFERRED.items():
        known = [one.id for one in stock if one.sex == sex]
        if not known:
            raise BackendError(f"the voice {voice.name!r} has no English {sex.value} voice",
                               remedy="choose another voice backend for the scene")
        chosen[sex] = next((one for one in preferred if one in known), known[0])
    return chosen


def _score(voice: Voice, settings: Settings, tick: Callable[[float], None]) -> tuple[list[int], Sound]:
    """Frames of each shot, and the whole sound."""
    cast, at, frames = _cast(voice), Fraction(0), []
    spoken: list[tuple[Fraction, Sound, float]] = []
    count = sum(map(len, LINES))
    for number, shot in enumerate(LINES):
        begin = at
        for line in shot:
            at += line.pause
            sound = _spoken(voice, line.text, cast[line.speaker])
            spoken.append((at, sound, -.22 if line.speaker is Sex.FEMALE else .18))
            at += Fraction(len(sound), RATE)
            tick(len(spoken) / count)
        at += _TAIL if number == len(LINES) - 1 else _AFTER
        frames.append(round((at - begin) * FPS))
        at = begin + Fraction(frames[-1], FPS)
    ducks = [(start, start + Fraction(len(sound), RATE)) for start, sound, _ in spoken]
    mixed = bed(at, settings.seed, ducks)
    for number, (start, sound, pan) in enumerate(spoken):
        _lay(mixed, room(sound, pan, settings.seed + number), round(start * RATE))
    peak = float(np.abs(mixed).max(initial=0))
    return frames, mixed * np.float32(min(1.0, .89 / max(peak, 1e-6)))


def _lay(mixed: Sound, sound: Sound, start: int) -> None:
    end = min(len(mixed), start + len(sound))
    mixed[start:end] += sound[:end - start]


def _spoken(voice: Voice, text: str, who: str) -> Sound:
    """A line at 48 kHz, mono, at the scene's level."""
    from ciak.media.resample import resample_blocks

    spoken = voice.speak(text, Delivery(who, "en")).signal
    parts: Sequence[Sound] = [block.samples[:, 0] for block in resample_blocks(iter([spoken]), RATE, 1)]
    sound = np.concatenate(parts)
    frames = np.sort((sound[:len(sound) // 960 * 960].reshape(-1, 960).astype(np.float64) ** 2).mean(axis=1))
    level = float(np.sqrt(frames[len(frames) // 2:].mean())) if len(frames) else 0.0
    levelled: Sound = sound * np.float32(_LEVEL / max(level, 1e-4))
    return levelled
