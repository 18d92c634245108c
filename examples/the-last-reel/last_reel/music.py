"""The music: a slow piece for a piano with felt on its strings, in A minor and C major, made of decaying partials.

Four phrases over the film; the tune is heard in full once the girl is seen, and comes back with the last image. It
is composed for the plan's moments, and knows nothing of levels in the mix.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from last_reel.timing import Plan

__all__ = ["RATE", "Sound", "music"]

RATE = 48000
Sound = NDArray[np.float32]
Note = tuple[float, int, float]
"""Beat, MIDI note, how hard from 0 to 1."""

_AM, _F, _C, _G, _EM, _DM = (45, 52, 60), (41, 53, 57), (48, 55, 64), (43, 55, 59), (40, 52, 59), (38, 53, 57)
_TUNE: tuple[Note, ...] = ((0, 76, .8), (1.5, 74, .55), (2, 72, .65), (3, 67, .6), (4, 69, .75), (6, 72, .6),
                           (7, 74, .6), (8, 76, .8), (9.5, 79, .7), (10, 74, .65), (12, 72, .75))
"""The tune: four bars of four, which end on the key note."""


@cache
def _tone(note: int, hard: float) -> Sound:
    """One key struck: a muted thump, partials a little sharp of whole numbers, each dying faster than the last."""
    pitch = 440 * 2 ** ((note - 69) / 12)
    length = int(RATE * np.clip(5.2 - (note - 48) * .05, 2.6, 5.6))
    t = np.arange(length) / RATE
    tone = np.zeros(length)
    for n in range(1, 9):
        sharp = n * pitch * np.sqrt(1 + .00035 * n * n)
        if sharp > 9000:
            break
        loud = n ** -(2.1 - .6 * hard) * (1 if n > 1 else .9)
        decay = (.55 + .012 * max(0, note - 48)) * (1 + .55 * (n - 1))
        beat = 1 + .10 * np.sin(2 * np.pi * (.35 + .11 * n) * t + n)
        tone += loud * np.sin(2 * np.pi * sharp * t + n * .7) * np.exp(-t * decay) * beat
    attack = np.minimum(1, t / .014) ** 1.5
    lots = np.random.default_rng(note)
    felt = np.convolve(lots.standard_normal(length), np.ones(40) / 40, "same") * np.exp(-t * 55) * .10
    end = np.minimum(1, (length - np.arange(length)) / (RATE * .25))
    return ((tone * attack + felt) * end * (.35 + .65 * hard)).astype(np.float32)


def _bars(chords: tuple[tuple[int, ...], ...], soft: float) -> list[Note]:
    """Chords broken upwards, one a bar of four beats."""
    notes: list[Note] = []
    for bar, chord in enumerate(chords):
        notes += [(bar * 4 + step, note, soft * loud) for step, note, loud in zip(
            (0, 1, 2), chord, (.8, .55, .6), strict=True)]
        notes.append((bar * 4 + 3, chord[1] + (12 if chord[1] < 54 else 0), soft * .45))
    return notes


def _score(plan: Plan) -> list[tuple[float, float, list[Note]]]:
    """Phrases: when each begins, seconds a beat, its notes."""
    street = [*_bars((_AM, _F), .62), (1, 76, .42), (3, 72, .38), (4, 74, .42), (6, 69, .42)]
    booth = [*_bars((_DM, _AM), .34), (2, 69, .22), (6, 72, .20)]
    box = [*_bars((_F, _EM), .36), (3, 71, .20), (6, 67, .22)]
    wonder = [*_bars((_C, _G, _AM, _F), .50), *((beat, note, hard * .60) for beat, note, hard in _TUNE)]
    told = [*_bars((_AM, _EM, _F), .34), (2, 72, .24), (6, 71, .22), (10, 69, .24)]
    waving = [*_bars((_C, _G), .56), *((beat, note, hard * .80) for beat, note, hard in _TUNE if beat < 8)]
    last = [*_bars((_C, _G, _F, _C), .60), *_TUNE, (12, 36, .5), (12.04, 76, .5), (13, 79, .35), (14, 84, .3)]
    return [(.25, .62, street), (float(plan.begin("booth")) + .9, .95, booth),
            (float(plan.begin("tin")) + .5, .95, box), (plan.strike + .45, .60, wonder),
            (float(plan.begin("faces")) + 1.6, .88, told), (float(plan.begin("screen")) - .05, .58, waving),
            (plan.again + .35, .42, last)]


def music(plan: Plan) -> Sound:
    """The whole piece, (frames, 2); its loudest sample is 1. The hall that it sounds in is part of it."""
    count = round(plan.seconds * RATE)
    out = np.zeros((count + 8 * RATE, 2), np.float32)
    ends = [start for start, _, _ in _score(plan)[1:]] + [float(plan.seconds) + 9]
    for (start, beat, notes), end in zip(_score(plan), ends, strict=True):
        for when, note, hard in notes:
            late = start + when * beat + .012 * np.sin(when * 7 + note)
            if late >= end + .8:
                continue
            tone, first = _tone(note, round(float(hard), 2)), round(late * RATE)
            pan = np.clip((note - 62) / 60, -.4, .4)
            for side, gain in ((0, np.cos((pan + 1) * np.pi / 4)), (1, np.sin((pan + 1) * np.pi / 4))):
                out[first:first + len(tone), side] += (tone * np.float32(gain))[:len(out) - first]
    wet = _hall(out)[:count]
    return wet / np.float32(np.abs(wet).max())


def _hall(dry: Sound) -> Sound:
    """With two seconds of an empty hall."""
    rng = np.random.default_rng(3)
    length = 2 * RATE
    t = np.arange(length) / RATE
    size = 1 << int(np.ceil(np.log2(len(dry) + length)))
    wet = np.empty_like(dry)
    for side in (0, 1):
        tail = np.convolve(rng.standard_normal(length), np.ones(9) / 9, "same") * np.exp(-t * 3.4)
        tail[:RATE // 60] = 0
        tail *= .42 / np.sqrt((tail ** 2).sum())
        tail[0] = 1
        wet[:, side] = np.fft.irfft(np.fft.rfft(dry[:, side], size) * np.fft.rfft(tail, size), size)[:len(dry)]
    return wet
