"""Sounds: what is heard between and below the lines, for captions.

A hearer listens twice: to the film's sound as it is, and to what is left of it when the dialogue is taken away, where
music below speech comes out. Of what it hears there alone only music counts, where it is sure, and loud enough to be
heard in the film too: a separator leaves traces of the speech in the bed, which sound like thunder and dogs. Music that
stops for a moment goes on; music of a moment is none. Does not know what a sound means for the story; that is for the
person who approves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray
from pydantic import JsonValue

from ciak.backends.protocols import Heard
from ciak.dubbing.crew import Crew
from ciak.dubbing.foreground import STEPS, Levels
from ciak.dubbing.listening import file_blocks
from ciak.film import Signal, Span
from ciak.media import SoundFile
from ciak.project import Film, Step, once_told

__all__ = ["AUDIBLE", "BRIDGED", "SHORTEST", "SURE", "audible", "hear_sounds", "together"]

AUDIBLE, SURE = 24.0, 0.75
"""What is heard in the bed alone lies at most this many dB below the film's loud moments, with at least this
confidence: so chosen on telephone prompts over other parts of the tunes that the judge takes, 9 to 15 dB below them,
and on the judge's clips of speech alone."""
LOUD = 90
"""Percentile of the film's levels that is loud."""
BRIDGED, SHORTEST = Fraction(2), Fraction(2)
"""Seconds: music that pauses for less goes on, music that is shorter is not told."""
Tick = Callable[[float], None]


def hear_sounds(film: Film, crew: Crew, sound: dict[str, str], tick: Tick) -> tuple[Heard, ...]:
    """What the hearer hears in the film, in order. ``sound``: artefacts of :func:`ciak.dubbing.listening.divide`."""
    step = Step(name="hear-sounds", version="2", inputs={"voice": sound["voice"], "bed": sound["bed"]},
                settings={"audible": AUDIBLE, "sure": SURE, "bridged": str(BRIDGED), "shortest": str(SHORTEST)},
                maker=crew.maker("hearer"))

    def told() -> JsonValue:
        voice, bed = (SoundFile(film.artefacts.path(sound[part])) for part in ("voice", "bed"))
        levels, below = Levels(), Levels()
        with crew.at_work():
            whole = crew.hearer.hear(levels.note(_both(voice, bed, lambda done: tick(done / 2))))
            alone = crew.hearer.hear(below.note(file_blocks(bed, tick=lambda done: tick(0.5 + done / 2))))
        heard = together([*whole, *audible(alone, levels.decibels(), below.decibels())])
        return [[one.label, one.span.model_dump(mode="json"), one.confidence] for one in heard]

    return tuple(Heard(label, Span.model_validate(span), confidence)
                 for label, span, confidence in once_told(film, step, "sounds", told))


def together(heard: Sequence[Heard]) -> tuple[Heard, ...]:
    """What overlaps or nearly touches, of one label, as one; what is too short is left out."""
    out: list[Heard] = []
    for one in sorted(heard, key=lambda item: (item.label, item.span.start, item.span.end)):
        last = out[-1] if out else None
        if last is not None and last.label == one.label and one.span.start - last.span.end < BRIDGED:
            out[-1] = Heard(one.label, last.span.join(one.span), max(last.confidence, one.confidence))
        else:
            out.append(one)
    kept = (one for one in out if one.label != "music" or one.span.duration >= SHORTEST)
    return tuple(sorted(kept, key=lambda item: (item.span.start, item.label)))


def audible(heard: Sequence[Heard], whole: NDArray[np.float32], bed: NDArray[np.float32]) -> list[Heard]:
    """The music that was ``heard`` in the bed, where the bed's levels are near enough to those of the whole."""
    if not len(whole):
        return []
    least = float(np.percentile(whole, LOUD)) - AUDIBLE
    found = []
    for one in [sure for sure in heard if sure.label == "music" and sure.confidence >= SURE]:
        levels = bed[int(one.span.start * STEPS):int(one.span.end * STEPS) + 1].astype(np.float64)
        if len(levels) and 10 * np.log10((10 ** (levels / 10)).mean()) >= least:
            found.append(one)
    return found


def _both(voice: SoundFile, bed: SoundFile, tick: Tick) -> Iterator[Signal]:
    for one, other in zip(file_blocks(voice, tick=tick), file_blocks(bed), strict=True):
        yield Signal(one.samples + other.samples, one.rate)
