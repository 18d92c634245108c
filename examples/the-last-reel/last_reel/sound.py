"""The bed: rain, the room, the projector; and the rooms that voices sound in. All of it is synthesised.

Signals are stereo at 48 kHz, float. The bed follows the plan: rain is loud in the street and where the window is
seen, the machine is heard from its strike to its stop, nearer in its own room than in the hall.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from last_reel.music import RATE, Sound
from last_reel.timing import Plan

__all__ = ["RATE", "bed", "ducking", "room"]

Wave = NDArray[np.float64]
_RAIN = {"street": 1.0, "booth": .36, "tin": .50, "machine": .26, "beam": .13, "faces": .20, "screen": .10, "hall": .16}
_CLATTER = {"machine": 1.0, "beam": .34, "faces": .62, "screen": .36, "hall": .42}


def _levels(plan: Plan, table: dict[str, float], smooth: float) -> Wave:
    """A level for each sample, by shot, without steps."""
    level = np.zeros(round(plan.seconds * RATE))
    for shot in plan.shots:
        level[shot.first * RATE // 24:shot.end * RATE // 24] = table.get(shot.name, 0)
    return _smoothed(level, smooth)


def _smoothed(level: Wave, seconds: float) -> Wave:
    width = round(seconds * RATE)
    total = np.cumsum(np.pad(level, (width // 2 + 1, width // 2), mode="edge"))
    return (total[width // 2 * 2 + 1:] - total[:-(width // 2 * 2 + 1)]) / (width // 2 * 2 + 1)


def _noise(count: int, rng: np.random.Generator, low: float, high: float) -> Wave:
    """Noise of unit power between two frequencies, with soft edges."""
    spectrum = np.fft.rfft(rng.standard_normal(count))
    hertz = np.fft.rfftfreq(count, 1 / RATE)
    gain = 1 / (1 + (low / np.maximum(hertz, 1)) ** 4) / (1 + (hertz / high) ** 4)
    noise: Wave = np.fft.irfft(spectrum * gain, count)
    return noise / max(float(noise.std()), 1e-9)


def _rain(plan: Plan, rng: np.random.Generator) -> Wave:
    """Two curtains of rain, a low one of the gutter, and single drops on the pane."""
    count = round(plan.seconds * RATE)
    gust = 1 + .22 * _smoothed(rng.standard_normal(count) * 60, .9)
    out = np.stack([_noise(count, rng, 700, 5200) * .7 + _noise(count, rng, 140, 600) * .45 for _ in range(2)], axis=1)
    out *= .021 * np.clip(gust, .6, 1.5)[:, None]
    for _ in range(count * 11 // RATE):
        start, pan = int(rng.integers(0, max(1, count - 2000))), rng.random()
        t = np.arange(1600) / RATE
        drop = np.sin(2 * np.pi * rng.uniform(1100, 3400) * t) * np.exp(-t * rng.uniform(180, 420))
        drop *= rng.uniform(.01, .06)
        out[start:start + 1600] += (drop[:, None] * (1 - pan, pan))[:count - start]
    return out * _levels(plan, _RAIN, .16)[:, None]


def _clatter(plan: Plan, rng: np.random.Generator) -> Wave:
    """Motor and claw: the pitch rises from rest, runs at twenty-four ticks a second, and falls to rest."""
    count = round(plan.seconds * RATE)
    grid = np.arange(0, float(plan.seconds) + .01, .01)
    speed = np.interp(np.arange(count) / RATE, grid, [plan.running(float(at)) for at in grid])
    turned = np.cumsum(speed) / RATE
    hum = sum(loud * np.sin(2 * np.pi * 48 * n * turned + n) for n, loud in ((1, .5), (2, .8), (3, .35), (5, .16)))
    whirr = _noise(count, rng, 500, 1700) * (.5 + .5 * np.sin(2 * np.pi * 12 * turned))
    beat = np.mod(turned * 24, 1) / 24
    odd = np.where(np.mod(np.floor(turned * 24), 2) == 0, 1.0, .72)
    ticks = _noise(count, rng, 900, 3600) * np.exp(-beat * 210) * odd
    slap = _noise(count, rng, 250, 900) * np.exp(-np.mod(turned * 24 + .45, 1) / 24 * 160)
    near = _smoothed(_levels(plan, _CLATTER, .08), .05)
    out: Wave = (hum * .011 + whirr * .004 + ticks * .040 + slap * .016) * np.sqrt(speed) * near
    return np.stack([out, .86 * np.roll(out, 17)], axis=1)


def _hits(plan: Plan, rng: np.random.Generator) -> Wave:
    """Switches: the lamp off, the arc's strike; the loose end of the film that slaps round; the switch again."""
    out = np.zeros((round(plan.seconds * RATE), 2))
    t = np.arange(RATE // 4) / RATE
    snap, thud = _noise(len(t), rng, 1500, 7000) * np.exp(-t * 260), np.sin(2 * np.pi * 190 * t) * np.exp(-t * 60)
    click = (snap + .6 * thud) * .06
    flap = (_noise(len(t), rng, 500, 4200) * np.exp(-t * 90)) * .050
    zap = _noise(len(t), rng, 2500, 9000) * np.exp(-t * 9) * (np.sin(2 * np.pi * 50 * t) > .2) * .022
    events = [(plan.strike - 1.15, click, -.2), (plan.strike, click * 1.2, .2), (plan.strike + .02, zap, .1),
              (plan.again - .05, click * .8, .1)]
    at, step = float(plan.begin("hall")) + .1, .13
    while at < plan.stop + 1.35:
        events.append((at, flap * (1 if at < plan.stop + .4 else .6), -.1))
        at, step = at + step, step * (1.03 if at < plan.stop + .2 else 1.22)
    for when, sound, pan in events:
        first = round(when * RATE)
        out[first:first + len(sound)] += sound[:len(out) - first, None] * ((1 - pan) / 1.4, (1 + pan) / 1.4)
    return out


def bed(plan: Plan, seed: int) -> Wave:
    """Rain, machine, switches and the air of the rooms, (frames, 2)."""
    rng = np.random.default_rng(seed)
    count = round(plan.seconds * RATE)
    air = np.stack([_noise(count, rng, 60, 320) for _ in range(2)], axis=1) * .0022
    return _rain(plan, rng) + _clatter(plan, rng) + _hits(plan, rng) + air


def ducking(plan: Plan, depth: float) -> Wave:
    """What the bed is multiplied by, for each sample: ``depth`` while somebody speaks, 1 between, with slow slopes."""
    level = np.ones(round(plan.seconds * RATE))
    for said in plan.said:
        level[max(0, round((float(said.start) - .18) * RATE)):round((float(said.end) + .15) * RATE)] = depth
    return _smoothed(level, .32)


def room(dry: Sound, pan: float, seed: int, large: float) -> Wave:
    """A mono line as it sounds in a room: (frames + 0.8 s, 2). ``pan``: -1 left to 1 right; ``large``: 0 for the
    projection room to 1 for the hall."""
    rng = np.random.default_rng(seed)
    length = RATE * 8 // 10
    out = np.zeros((len(dry) + length, 2))
    angle = (pan + 1) * np.pi / 4
    t = np.arange(length) / RATE
    size = 1 << int(np.ceil(np.log2(len(dry) + length)))
    for side, gain in ((0, np.cos(angle)), (1, np.sin(angle))):
        tail = np.convolve(rng.standard_normal(length), np.ones(5) / 5, "same") * np.exp(-t / (.07 + .13 * large))
        tail[:RATE // 110] = 0
        tail *= (.16 + .12 * large) / np.sqrt((tail ** 2).sum())
        tail[0] = gain * 1.3
        out[:, side] = np.fft.irfft(np.fft.rfft(dry, size) * np.fft.rfft(tail, size), size)[:len(out)]
    return out
