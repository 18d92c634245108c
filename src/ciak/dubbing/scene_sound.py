"""The sound bed of the demo's own scene, synthesised: rain, the projector's hum and clatter, a slow pad.

All of it is made from sines and filtered noise of one seed; no recording is used. Signals are stereo at 48 kHz.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

__all__ = ["RATE", "bed", "room"]

RATE = 48000
_CHORDS = ((57, 64, 69, 72), (53, 60, 69, 72), (48, 64, 67, 72), (55, 62, 67, 71))
"""A minor, F, C, G as MIDI notes, one after the other."""
_BEAT = 24
"""Clatter of the claw: film frames a second."""

Sound = NDArray[np.float32]


def bed(duration: Fraction, seed: int, ducks: list[tuple[Fraction, Fraction]]) -> Sound:
    """``duration`` seconds of bed, shape (frames, 2); the pad is 4 dB softer where somebody speaks (``ducks``)."""
    count = round(duration * RATE)
    rng = np.random.default_rng(seed)
    time = np.arange(count) / RATE
    pad = _pad(time, float(duration))
    level = np.ones(count)
    for start, end in ducks:
        level[max(0, round((start - Fraction(1, 5)) * RATE)):round((end + Fraction(1, 4)) * RATE)] = .63
    width = RATE // 8
    level = np.convolve(np.pad(level, width, mode="edge"), np.ones(width) / width, "same")[width:-width]
    mixed = pad * level[:, None] + _rain(count, rng) + _projector(time, rng)[:, None]
    edge = np.minimum(1, np.minimum(np.arange(count), np.arange(count)[::-1]) / (RATE * .7))
    return (mixed * edge[:, None]).astype(np.float32)


def _pad(time: NDArray[np.float64], duration: float) -> NDArray[np.float64]:
    """Slow chords of slightly detuned sines with a few soft partials."""
    length = max(duration / 4, 1.0)
    out = np.zeros((len(time), 2))
    for number in range(int(np.ceil(duration / length))):
        within = time - number * length
        shape = np.clip((within + .8) / 1.8, 0, 1) * np.clip((length + 1.2 - within) / 2.0, 0, 1)
        active = np.flatnonzero(shape > 0)
        if not len(active):
            continue
        t, envelope = time[active], np.sin(shape[active] * np.pi / 2) ** 2
        for voice, note in enumerate(_CHORDS[number % len(_CHORDS)]):
            pitch = 440 * 2 ** ((note - 69) / 12)
            for side, detune in ((0, -.0013), (1, .0013)):
                phase = 2 * np.pi * pitch * (1 + detune) * t + voice
                tone = np.sin(phase) + .30 * np.sin(2 * phase + 1) + .12 * np.sin(3 * phase)
                swell = 1 + .18 * np.sin(2 * np.pi * .21 * t + voice * 1.7 + side)
                out[active, side] += .0135 * tone * swell * envelope
    return out


def _shaped_noise(count: int, rng: np.random.Generator, low: float, high: float) -> NDArray[np.float64]:
    """Noise of unit power between two frequencies (soft edges), shaped in the frequency domain."""
    spectrum = np.fft.rfft(rng.standard_normal(count))
    hertz = np.fft.rfftfreq(count, 1 / RATE)
    gain = 1 / (1 + (low / np.maximum(hertz, 1)) ** 4) / (1 + (hertz / high) ** 4)
    noise = np.fft.irfft(spectrum * gain, count)
    shaped: NDArray[np.float64] = noise / max(float(noise.std()), 1e-9)
    return shaped


def _rain(count: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Two decorrelated curtains of rain and single drops on the pane."""
    curtains = np.stack([_shaped_noise(count, rng, 900, 6500) for _ in range(2)], axis=1) * .0055
    for _ in range(count * 9 // RATE):
        start, pan = int(rng.integers(0, max(1, count - 2000))), rng.random()
        t = np.arange(1600) / RATE
        drop = np.sin(2 * np.pi * rng.uniform(1400, 4200) * t) * np.exp(-t * rng.uniform(180, 420))
        drop *= rng.uniform(.004, .02)
        curtains[start:start + 1600, 0] += drop[:count - start] * (1 - pan)
        curtains[start:start + 1600, 1] += drop[:count - start] * pan
    return curtains


def _projector(time: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """Mains hum and the claw, twenty-four soft ticks a second."""
    hum = sum(level * np.sin(2 * np.pi * 50 * n * time) for n, level in ((1, .004), (2, .006), (3, .002)))
    beat = np.mod(time * _BEAT, 1) / _BEAT
    ticks = _shaped_noise(len(time), rng, 1200, 4000) * np.exp(-beat * 260) * .016
    clatter: NDArray[np.float64] = hum + ticks * (1 + .25 * np.sin(2 * np.pi * 1.7 * time))
    return clatter


def room(dry: Sound, pan: float, seed: int) -> Sound:
    """A mono line as it sounds in a small room: (frames + half a second, 2). ``pan``: -1 left to 1 right."""
    rng = np.random.default_rng(seed)
    length = RATE // 2
    out = np.zeros((len(dry) + length, 2))
    angle = (pan + 1) * np.pi / 4
    decay = np.exp(-np.arange(length) / (RATE * .09))
    for side, gain in ((0, np.cos(angle)), (1, np.sin(angle))):
        tail = rng.standard_normal(length) * decay
        tail[:RATE // 125] = 0
        tail *= .05 / np.sqrt((tail ** 2).sum()) * 2.2
        tail[0] = gain * 1.25
        size = 1 << int(np.ceil(np.log2(len(dry) + length)))
        out[:, side] = np.fft.irfft(np.fft.rfft(dry, size) * np.fft.rfft(tail, size), size)[:len(out)]
    return out.astype(np.float32)
