"""A take takes on the tone and the room of its scene, and a dry scene leaves it dry."""

from __future__ import annotations

import numpy as np
import pytest

from ciak.dubbing.ducking import MOST, duck
from ciak.dubbing.fitting import BANDS, DRY, Fit, Heard, fits, laid_on, portrait

RATE = 48000


def chatter(seed: int, seconds: float = 8.0) -> np.ndarray:
    """Syllables of noise with steep ends, 100 to 250 ms long, the highs falling as in a voice."""
    chance = np.random.default_rng(seed)
    out = np.zeros(int(seconds * RATE))
    spectrum = np.fft.rfft(chance.standard_normal(len(out)))
    tones = np.fft.rfftfreq(len(out), 1 / RATE)
    noise = np.fft.irfft(spectrum / (1 + (tones / 800) ** 2) * (tones > 80), len(out))
    place = 0
    while place < len(out) - RATE // 2:
        length = int(chance.uniform(0.1, 0.25) * RATE)
        shape = np.minimum(1, np.minimum(np.arange(length), np.arange(length)[::-1]) / (0.03 * RATE))
        out[place:place + length] = noise[place:place + length] * shape
        place += length + int(chance.uniform(0.05, 0.2) * RATE)
    return (0.1 * out / np.sqrt((out**2).mean())).astype(np.float32)


def in_a_room(sound: np.ndarray, decay: float) -> np.ndarray:
    tail = np.random.default_rng(9).standard_normal(int(decay * RATE)) * np.exp(
        -6.91 * np.arange(int(decay * RATE)) / RATE / decay)
    tail /= np.sqrt((tail**2).sum())
    tail[0] += 1
    size = 1 << 20
    return np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(tail, size), size)[:len(sound)].astype(np.float32)


def test_a_dry_scene_lays_no_room_on_and_hardly_colours() -> None:
    found = fits([Heard(0, "A", portrait(chatter(1)), portrait(chatter(2)))])[0]
    assert found.decay == 0
    assert np.abs(found.bands).max() < 3


def test_a_hall_is_heard_and_laid_on() -> None:
    hall, dry = in_a_room(chatter(1), 1.0), chatter(2)
    found = fits([Heard(0, "A", portrait(hall), portrait(dry))])[0]
    assert found.decay >= 0.45
    made = laid_on(dry, found)
    assert len(made) > len(dry) + RATE * 0.4, "it rings on"
    assert np.array_equal(made, laid_on(dry, found)), "always alike"


def test_a_telephone_is_heard_and_its_band_laid_on() -> None:
    voice, dry = chatter(1), chatter(2)
    spectrum, tones = np.fft.rfft(voice), np.fft.rfftfreq(len(voice), 1 / RATE)
    telephone = np.fft.irfft(spectrum * ((tones > 300) & (tones < 3400)), len(voice)).astype(np.float32)
    found = fits([Heard(0, "A", portrait(telephone), portrait(dry))])[0]
    bands = dict(zip(BANDS.round(), found.bands, strict=True))
    assert bands[126] < -6 < bands[1000]
    made = portrait(laid_on(dry, found)).bands
    before, after = (np.abs((one - one.mean()) - (portrait(telephone).bands - portrait(telephone).bands.mean()))[3:-4]
                     for one in (portrait(dry).bands, made))
    assert after.mean() < before.mean()


@pytest.mark.parametrize("fit", [Fit(tuple(np.linspace(-9, 9, 20))), Fit((), 0.6, -3.0)])
def test_level_stays_and_nothing_comes_early(fit: Fit) -> None:
    take = np.concatenate([np.zeros(RATE, np.float32), chatter(3, 2.0)])
    made = laid_on(take, fit)
    assert np.abs(made[:RATE - 8]).max() < 1e-4
    powers = [np.sort((one[:len(take) // 480 * 480].reshape(-1, 480) ** 2).mean(axis=1))[150:].mean()
              for one in (take, made)]
    assert abs(10 * np.log10(powers[0] / powers[1])) < 0.5


def test_half_a_fit_and_none() -> None:
    take = chatter(4, 1.0)
    assert laid_on(take, Fit((6.0,) * 20, 0.5, 0.0), 0) is take
    assert laid_on(take, DRY) is take
    assert len(laid_on(take, Fit((), 0.5, 0.0), 0.5)) > len(take)


def test_only_a_bed_that_follows_the_voice_gives_way() -> None:
    voice = chatter(5, 4.0)
    music = 0.02 * np.random.default_rng(3).standard_normal(len(voice)).astype(np.float32)
    pauses = np.concatenate([np.zeros(RATE // 2, np.float32), voice, np.zeros(RATE // 2, np.float32)])
    under = np.concatenate([music[:RATE // 2], music, music[:RATE // 2]])
    assert duck(pauses, under) == 0
    assert 0 < duck(pauses, 0.1 * under + 0.3 * pauses) <= MOST
    assert duck(pauses[:100], under[:100]) == 0
