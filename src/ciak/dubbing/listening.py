"""Listening: the film's sound divided, and the places found where somebody speaks.

Four artefacts come of :func:`divide`: dialogue and music-and-effects at 48 kHz in the film's own time and level, and
the same pair as 16 kHz mono for ears that want it so. Music and effects have the film's channels, two or six (more
are folded to six), and are the film less the dialogue, sample by sample. In 5.1 dialogue is looked for in the centre,
one channel; where the centre is silent, in the front pair. What else speaks in the other channels stays in the bed.
Whole films never lie in memory. Networks are deaf to what is far below the level they were trained at, so a quiet
film is raised to full scale before it is divided; the 48 kHz pair is brought back, the ears' pair stays raised. A
separator takes some of the speech away with the bed, and recognisers mind the holes more than a soft bed (Iwamoto et
al. 2022, "How bad are artifacts?", arXiv:2201.06685, who add some of the observed sound back); :class:`Ear` therefore
listens to the dialogue with the bed turned down, and to the untouched sound where the bed is all but silent. Speech
is looked for in both, because each hides some of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import JsonValue

from ciak.dubbing.crew import Crew
from ciak.errors import NothingToDo
from ciak.film import Signal, Span
from ciak.film.sound import Samples
from ciak.media import SoundFile, SoundWriter, probe, resample_blocks, sound_blocks
from ciak.media.channels import LAYOUTS, matrix
from ciak.project import Film, Step, once, once_told
from ciak.store import Artefacts

__all__ = ["CENTRE", "EAR_RATE", "RATE", "Ear", "active_level", "clearest", "divide", "file_blocks", "find_speech",
           "placed_in", "united"]

RATE = 48000
EAR_RATE = 16000
CENTRE = 2
"""Of L R C LFE Ls Rs."""
RAISED = 0.7
"""Peak that a quiet film is raised to before it is divided; full scale is 1."""
MOST = 1000.0
"""A film is raised by at most this factor (60 dB): below that there is only noise."""
CLEAN = 20.0
"""dB by which dialogue must stand above the bed for the untouched sound to be listened to."""
REMAINS = 0.5
"""What is left of the bed elsewhere, as a factor. On telephone prompts over music, voices and noise, none of them
among those that the benchmarks judge, the word error was .114 untouched, .098 with this, .118 to .126 with a half to
a fifth of it, .175 with the dialogue alone."""

Tick = Callable[[float], None]


def divide(film: Film, crew: Crew, tick: Tick) -> dict[str, str]:
    """Artefacts ``dialogue``, ``music_effects`` (48 kHz), ``voice``, ``bed`` (16 kHz mono).

    Raises :class:`NothingToDo` for a film without sound.
    """
    source = film.source
    if source is None:
        raise NothingToDo("the film has no picture and no sound yet", remedy=f"ciak import {film.path} VIDEO")
    if not probe(film.source_path()).sounds:
        raise NothingToDo(f"{Path(source.path).name} has no sound", remedy="import a file that has a sound track")
    step = Step(name="divide", version="3", inputs={"media": source.sha256},
                settings={"stream": 0, "rate": RATE}, maker=crew.maker("separator"))

    def make(temporary: Callable[[str], Path]) -> dict[str, Path]:
        with crew.at_work():
            return _divide(film, crew, temporary, tick)

    return once(film, step, make)


def placed_in(dialogue: Samples, channels: int) -> Samples:
    """Dialogue of one, two or six channels where it belongs: one is the centre of six, two are the front."""
    have = dialogue.shape[1]
    if have == channels:
        return dialogue
    out = np.zeros((len(dialogue), channels), np.float32)
    out[:, CENTRE if have == 1 else slice(0, 2)] = dialogue if have == 2 else dialogue[:, 0]
    return out


def _divide(film: Film, crew: Crew, temporary: Callable[[str], Path], tick: Tick) -> dict[str, Path]:
    channels = 6 if probe(film.source_path()).sounds[0].channels >= 6 else 2
    gain, silent_centre = _surveyed(film, channels)
    own = 1 if channels == 6 and not silent_centre else 2
    alone = _alone(film, crew, (temporary, tick), gain, (channels, own))
    out = {name: temporary(".wav") for name in ("dialogue", "music_effects", "voice", "bed")}
    raised = {name: temporary(".wav") for name in ("voice", "bed")}
    file = SoundFile(alone)
    start = 0
    with (SoundWriter(out["dialogue"], RATE, own) as dialogue, SoundWriter(out["music_effects"], RATE, channels) as bed,
          SoundWriter(raised["voice"], RATE, 2) as voice, SoundWriter(raised["bed"], RATE, 2) as rest):
        fold = matrix(LAYOUTS[channels], 2) * gain
        for block in sound_blocks(film.source_path(), rate=RATE, channels=channels):
            found = file.read(start, block.frames).samples
            found = (np.pad(found, ((0, block.frames - len(found)), (0, 0))) / gain).astype(np.float32)
            start += block.frames
            spread = placed_in(found, channels)
            left = block.samples - spread
            dialogue.write(Signal(found, RATE))
            bed.write(Signal(left, RATE))
            voice.write(Signal(spread @ fold, RATE))
            rest.write(Signal(left @ fold, RATE))
    for name, path in raised.items():
        with SoundWriter(out[name], EAR_RATE, 1) as writer:
            for block in resample_blocks(file_blocks(SoundFile(path)), EAR_RATE, 1):
                writer.write(block)
                tick(0.97)
    for path in (alone, *raised.values()):
        path.unlink()
    return out


def _alone(film: Film, crew: Crew, work: tuple[Callable[[str], Path], Tick], gain: np.float32,
           kind: tuple[int, int]) -> Path:
    """The dialogue alone at 48 kHz, raised by ``gain``; ``kind``: channels of the film and of the dialogue."""
    (temporary, tick), (channels, own) = work, kind
    separator, source = crew.separator, film.source
    duration = source.duration if source else Fraction(0)
    raw, done = temporary(".wav"), Fraction(0)

    def fed() -> Iterator[Signal]:
        for block in sound_blocks(film.source_path(), rate=separator.rate, channels=channels):
            part = block.samples[:, [CENTRE, CENTRE] if own == 1 else [0, 1]] * gain
            yield Signal(np.ascontiguousarray(
                part if separator.channels == 2 else part.mean(axis=1, keepdims=True)), block.rate)

    with SoundWriter(raw, separator.rate, own) as writer:
        for pair in separator.separate(fed()):
            found = pair.dialogue.samples
            made = found.mean(axis=1, keepdims=True) if own == 1 else np.broadcast_to(found, (len(found), 2))
            writer.write(Signal(np.ascontiguousarray(made), separator.rate))
            done += pair.dialogue.duration
            tick(min(0.9, 0.9 * float(done / duration)) if duration else 0.0)
    if separator.rate == RATE:
        return raw
    again = temporary(".wav")
    with SoundWriter(again, RATE, own) as writer:
        for block in resample_blocks(file_blocks(SoundFile(raw)), RATE):
            writer.write(block)
    raw.unlink()
    return again


def _surveyed(film: Film, channels: int) -> tuple[np.float32, bool]:
    """The factor that brings the film's highest sample to ``RAISED`` (1 for a film that is loud enough), and whether
    the centre of six is silent: 40 dB below the front pair."""
    peak, powers = 0.0, np.zeros(channels)
    for block in sound_blocks(film.source_path(), channels=channels):
        peak = max(peak, float(np.abs(block.samples).max(initial=0.0)))
        powers += (block.samples.astype(np.float64) ** 2).sum(axis=0)
    silent = channels == 6 and bool(powers[CENTRE] < 1e-4 * powers[:2].sum())
    return np.float32(min(max(RAISED / peak, 1.0), MOST) if peak > 0 else 1.0), silent


def file_blocks(sound: SoundFile, frames: int = RATE * 5, tick: Tick = lambda done: None) -> Iterator[Signal]:
    """All of ``sound``, block by block."""
    for start in range(0, sound.frames, frames):
        tick(start / sound.frames)
        yield sound.read(start, min(frames, sound.frames - start))


def find_speech(film: Film, crew: Crew, sound: dict[str, str], tick: Tick) -> tuple[Span, ...]:
    """Where somebody speaks, in order: heard in the dialogue alone or in the untouched sound.

    ``sound``: the artefacts of :func:`divide`.
    """
    step = Step(name="find-speech", version="2", inputs={"voice": sound["voice"], "bed": sound["bed"]}, settings={},
                maker=crew.maker("detector"))

    def found() -> JsonValue:
        voice, bed = SoundFile(film.artefacts.path(sound["voice"])), SoundFile(film.artefacts.path(sound["bed"]))
        with crew.at_work():
            alone = list(crew.detector.detect(file_blocks(voice, tick=lambda done: tick(done / 2))))
            whole = list(crew.detector.detect(_together(voice, bed, lambda done: tick(0.5 + done / 2))))
        return [span.model_dump(mode="json") for span in united([*alone, *whole])]

    return tuple(Span.model_validate(item) for item in once_told(film, step, "speech", found))


def _together(voice: SoundFile, bed: SoundFile, tick: Tick) -> Iterator[Signal]:
    """The sound before it was divided: both parts summed, block by block."""
    for one, other in zip(file_blocks(voice, tick=tick), file_blocks(bed), strict=True):
        yield Signal(one.samples + other.samples, one.rate)


def united(spans: Sequence[Span]) -> list[Span]:
    """Overlapping and touching spans as one, in order."""
    out: list[Span] = []
    for span in sorted(spans, key=lambda item: item.start):
        if out and span.start <= out[-1].end:
            out[-1] = out[-1].join(span)
        else:
            out.append(span)
    return out


class Ear:
    """Random access to what should be listened to, 16 kHz mono."""

    def __init__(self, artefacts: Artefacts, voice: str, bed: str) -> None:
        self._voice = SoundFile(artefacts.path(voice))
        self._bed = SoundFile(artefacts.path(bed))

    @property
    def duration(self) -> Fraction:
        """Length of the sound, seconds."""
        return Fraction(self._voice.frames, EAR_RATE)

    def hear(self, start: Fraction, end: Fraction) -> Signal:
        """The sound from ``start`` to ``end`` as a recogniser hears it best."""
        return clearest(*self._both(start, end))

    def whole(self, start: Fraction, end: Fraction) -> Signal:
        """Everything, as before it was divided."""
        voice, bed = self._both(start, end)
        return Signal(voice.samples + bed.samples, EAR_RATE)

    def voice(self, start: Fraction, end: Fraction) -> Signal:
        """The dialogue alone."""
        return self._both(start, end)[0]

    def _both(self, start: Fraction, end: Fraction) -> tuple[Signal, Signal]:
        first = max(0, round(start * EAR_RATE))
        count = max(0, min(self._voice.frames, round(end * EAR_RATE)) - first)
        return self._voice.read(first, count), self._bed.read(first, count)


def clearest(voice: Signal, bed: Signal) -> Signal:
    """Both parts of a divided sound as a recogniser hears the speech best (the module says why)."""
    rest = 1.0 if _level(voice) - _level(bed) >= CLEAN else REMAINS
    return Signal(voice.samples + bed.samples * np.float32(rest), voice.rate)


def active_level(sound: NDArray[np.floating], rate: int) -> float | None:
    """Level of the louder half of 20 ms frames of a mono sound (samples,), dB below full scale: pauses do not count.
    None where there is less than a frame, or silence (under -90 dB)."""
    size = rate // 50
    count = len(sound) // size
    if not count:
        return None
    power = np.sort((sound[:count * size].reshape(count, size).astype(np.float64) ** 2).mean(axis=1))
    level = float(power[count // 2:].mean())
    return 10 * float(np.log10(level)) if level > 1e-9 else None


def _level(signal: Signal) -> float:
    """Mean power, dB below full scale; -200 for silence."""
    power = float(np.mean(signal.samples.astype(np.float64) ** 2)) if signal.frames else 0.0
    return 10 * float(np.log10(power)) if power > 1e-20 else -200.0
