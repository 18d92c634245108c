"""Fitting: a take made to sound as if it were spoken where its line was. Equalisation and room; level is the mix's.

Equalisation: long-term levels in third octaves (IEC 61260) of the original's line and of the take, while somebody
speaks; the difference, drawn to what the same character had in the lines around, smoothed over three bands, at most
9 dB up and 18 down. Bands in which the original's voice cannot be told from its noise are not raised. Applied as a
minimum-phase filter, so that nothing comes early.

Room: how steeply speech falls is the room's hand (Wen, Habets and Naylor 2008, "Blind estimation of reverberation time
based on the distribution of signal decay rates", ICASSP). The falls of the original around the line are held against
those of its takes, dry and with rooms of several decays and levels laid on their envelopes; the room that comes
nearest is the line's. One that is hardly nearer than none is none: a dry scene stays dry. It is then laid on as
noise that decays, sooner in the high tones, from a fixed seed.

What is not known: early echoes, where the voice stands in the room, a room that changes within a line; of a line whose
scene has few falls, or loud music, only what the lines near it say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["DRY", "Fit", "Heard", "fits", "laid_on", "portrait"]

RATE = 48000
BANDS = np.array([1000 * 10 ** (n / 10) for n in range(-10, 10)])
"""Middles of third octaves, 100 Hz to 8 kHz."""
MOST_UP, MOST_DOWN = 9.0, 18.0
ALIKE = 3.0
"""Seconds of speech at which a line counts as much as its character's neighbours."""
NEAR = 8.0
"""Seconds over which lines of one scene tell of each other's room."""
DECAYS = (0.2, 0.3, 0.45, 0.65, 0.9, 1.3)
"""Reverberation times that are tried, seconds (60 dB)."""
LEVELS = (-12.0, -9.0, -6.0, -3.0, 0.0)
"""Of the reverberation against the direct sound, dB."""
CLEARLY = 0.25
"""A room has to come nearer by this share of the distance, and by two decibels a second, to be believed."""
_STEP = RATE // 100
_SLOPE = 8
"""Steps of 10 ms over which a fall is measured."""
_TAPS = 4096
_SEED = 7

Mono = NDArray[np.float32]
Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """``bands``: dB for each third octave; ``decay``: seconds, 0 where the scene is dry; ``wet``: level of the
    reverberation against the direct sound, dB."""

    bands: tuple[float, ...] = ()
    decay: float = 0.0
    wet: float = -60.0


DRY = Fit()


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """What is known of one line: ``start`` seconds in the film, its character, the original and the take."""

    start: float
    character: str
    original: Portrait
    take: Portrait


@dataclass(frozen=True, slots=True, eq=False)
class Portrait:
    """A sound's third octaves while somebody speaks (dB), those in its noise (dB), its envelope (power every 10 ms)
    and for how many seconds somebody speaks."""

    bands: Numbers
    noise: Numbers
    envelope: Numbers
    spoken: float


def portrait(voice: Mono, whole: Mono | None = None) -> Portrait:
    """Of ``voice`` at 48 kHz; the envelope is that of ``whole``, which has its reverberation still, where given."""
    size = RATE // 25
    count = len(voice) // size
    if count < 3:
        return Portrait(np.full(len(BANDS), -120.0), np.full(len(BANDS), -120.0), np.zeros(0), 0.0)
    frames = voice[:count * size].reshape(count, size).astype(np.float64)
    power = (frames**2).mean(axis=1)
    loud = power > max(power.max() * 1e-3, 1e-12)
    energy = np.abs(np.fft.rfft(frames * np.hanning(size), 4 * size, axis=1)) ** 2
    tones = np.fft.rfftfreq(4 * size, 1 / RATE)
    inside = [(tones >= middle * 10**-0.05) & (tones < middle * 10**0.05) for middle in BANDS]
    bands = np.stack([energy[:, one].mean(axis=1) for one in inside], axis=1)
    quiet = np.sort(bands, axis=0)[:max(1, count // 10)].mean(axis=0)
    spoken = bands[loud].mean(axis=0) if loud.any() else bands.mean(axis=0)
    return Portrait(10 * np.log10(spoken + 1e-12), 10 * np.log10(quiet + 1e-12),
                    _envelope(voice if whole is None else whole), float(loud.sum()) * size / RATE)


def _envelope(sound: Mono) -> Numbers:
    """Power of the voice's middle (400 to 4,000 Hz) every 10 ms."""
    spectrum = np.fft.rfft(sound)
    tones = np.fft.rfftfreq(len(sound), 1 / RATE)
    middle = np.fft.irfft(spectrum * ((tones > 400) & (tones < 4000)), len(sound))
    power = (middle[:len(middle) // _STEP * _STEP].reshape(-1, _STEP) ** 2).mean(axis=1)
    return np.convolve(power, (0.25, 0.5, 0.25), "same") if len(power) > 2 else power


def fits(lines: Sequence[Heard]) -> list[Fit]:
    """A fit for each line, from its own sound and that of its neighbours."""
    wanted = [_difference(line) for line in lines]
    rooms = [_slopes(line.original.envelope) for line in lines]
    found = []
    for number, line in enumerate(lines):
        near = [abs(line.start - other.start) / NEAR for other in lines]
        same = [float(np.exp(-gap)) * other.take.spoken * (other.character == line.character and n != number)
                for n, (gap, other) in enumerate(zip(near, lines, strict=True))]
        own = line.take.spoken / (line.take.spoken + ALIKE) if sum(same) > 0.1 else 1.0
        usual = np.average(wanted, axis=0, weights=same) if sum(same) > 0.1 else wanted[number]
        bands = np.clip(_smooth(own * wanted[number] + (1 - own) * usual), -MOST_DOWN, MOST_UP)
        around = [n for n, gap in enumerate(near) if gap < 1.5]
        decay, wet = _room([rooms[n] for n in around], [lines[n].take.envelope for n in around])
        found.append(Fit(tuple(round(float(one), 2) for one in bands), decay, wet))
    return found


def _difference(line: Heard) -> Numbers:
    """Third octaves of the original less those of the take, the mean of what is heard taken out, dB."""
    change = line.original.bands - line.take.bands
    told = (line.take.bands > line.take.bands.max() - 45) & (line.original.bands > line.original.bands.max() - 45)
    change = change - (change[told].mean() if told.any() else 0.0)
    masked = line.original.bands - line.original.noise < 3
    hollow = line.take.bands < line.take.bands.max() - 45
    return np.where(masked | hollow, np.minimum(change, 0), change)


def _smooth(bands: Numbers) -> Numbers:
    return np.convolve(np.pad(bands, 1, mode="edge"), (0.2, 0.6, 0.2), "valid")


def _slopes(envelope: Numbers) -> Numbers:
    """Falls in dB a second, over 80 ms, within 30 dB of the loud."""
    if len(envelope) <= _SLOPE:
        return np.zeros(0)
    levels = 10 * np.log10(envelope + 1e-12)
    top = np.percentile(levels, 95)
    windows = np.lib.stride_tricks.sliding_window_view(levels, _SLOPE)[::2]
    at = np.arange(_SLOPE) - (_SLOPE - 1) / 2
    kept = windows[(windows.min(axis=1) > top - 30) & (windows[:, 0] > windows[:, -1])]
    slopes: Numbers = kept @ at / (at @ at) / (_STEP / RATE)
    return slopes


def _measures(slopes: Numbers) -> Numbers:
    """How steep the usual, the steep and the steepest falls are."""
    return np.percentile(slopes, (50, 20, 5))


def _room(originals: Sequence[Numbers], envelopes: Sequence[Numbers]) -> tuple[float, float]:
    """(decay, level) of the room whose takes would fall like the originals; (0, -60) for none."""
    heard = np.concatenate([np.zeros(0), *originals])
    if len(heard) < 40:
        return 0.0, -60.0
    wanted = _measures(heard)

    def distance(decay: float, wet: float) -> float:
        falls = np.concatenate([_slopes(_in_room(one, decay, wet)) for one in envelopes])
        return float(np.abs(np.log(_measures(falls) / wanted)).mean()) if len(falls) >= 40 else np.inf

    dry = distance(0.0, -60.0)
    best, decay, wet = min((distance(decay, wet), decay, wet) for decay in DECAYS for wet in LEVELS)
    return (decay, wet) if np.isfinite(dry) and best < (1 - CLEARLY) * dry and dry > 0.12 else (0.0, -60.0)


def _in_room(envelope: Numbers, decay: float, wet: float) -> Numbers:
    """The envelope as it would be there: powers add up."""
    if not decay or not len(envelope):
        return envelope
    tail = np.exp(-13.8 * np.arange(int(decay * 100)) / 100 / decay)
    tail *= 10 ** (wet / 10) / tail.sum()
    tail[0] += 1
    return np.convolve(envelope, tail)[:len(envelope) + 20]


def laid_on(take: Mono, fit: Fit, share: float = 1.0) -> Mono:
    """``take`` (48 kHz) equalised and in its room, longer by the room's tail, as loud as before while it speaks.

    ``share``: how far the fitting goes, 0 (nothing) to 1.
    """
    if share <= 0 or not len(take) or not (fit.bands or fit.decay):
        return take
    made = _convolved(take, _equaliser(np.array(fit.bands) * share)) if fit.bands else take.astype(np.float64)
    if fit.decay:
        made = _convolved(made, _response(fit.decay, fit.wet + 20 * np.log10(share)))
    before, after = (_active(one[:len(take)]) for one in (take, made))
    fitted: Mono = (made * np.sqrt((before + 1e-15) / (after + 1e-15))).astype(np.float32)
    return fitted


def _active(sound: NDArray[np.floating]) -> float:
    """Power of the louder half of 10 ms steps."""
    if len(sound) < 2 * _STEP:
        return float((sound.astype(np.float64) ** 2).mean())
    powers = (sound[:len(sound) // _STEP * _STEP].reshape(-1, _STEP).astype(np.float64) ** 2).mean(axis=1)
    return float(np.sort(powers)[len(powers) // 2:].mean())


def _convolved(sound: NDArray[np.floating], response: Numbers) -> Numbers:
    size = 1 << (len(sound) + len(response) - 1).bit_length()
    made: Numbers = np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(response, size), size)
    return made[:len(sound) + len(response) - 1]


def _equaliser(bands: Numbers) -> Numbers:
    """Minimum-phase response with those gains (dB), level beyond the outermost bands: the folded cepstrum
    (Oppenheim and Schafer)."""
    tones = np.fft.rfftfreq(_TAPS, 1 / RATE)
    gains = np.interp(np.log(np.maximum(tones, 20)), np.log(BANDS), bands) * np.log(10) / 20
    cepstrum = np.fft.irfft(gains, _TAPS)
    cepstrum[1:_TAPS // 2] *= 2
    cepstrum[_TAPS // 2 + 1:] = 0
    response: Numbers = np.fft.irfft(np.exp(np.fft.rfft(cepstrum)), _TAPS)[:_TAPS // 2]
    return response * np.append(np.ones(_TAPS // 4), np.hanning(_TAPS // 2)[_TAPS // 4:])


def _response(decay: float, wet: float) -> Numbers:
    """The direct sound, and after 3 ms noise that decays: above about 2 kHz in 0.7 of the time."""
    count = int(decay * RATE)
    noise = np.random.default_rng(_SEED).standard_normal(count)
    at = np.arange(count) / RATE
    spectrum, tones = np.fft.rfft(noise), np.fft.rfftfreq(count, 1 / RATE)
    low = np.fft.irfft(spectrum / np.sqrt(1 + (tones / 2000) ** 2), count)
    tail = low * np.exp(-6.91 * at / decay) + (noise - low) * np.exp(-6.91 * at / (0.7 * decay))
    tail[:RATE * 3 // 1000] = 0
    tail *= np.sqrt(10 ** (wet / 10) / max(float((tail**2).sum()), 1e-12))
    tail[0] = 1.0
    return tail
