"""The filter behind the default separator: it finds where a voice stands and takes out what lies there."""

from __future__ import annotations

import numpy as np

from ciak.backends.embedded.deepfilter import band_widths
from ciak.backends.embedded.divider import place_of, taken_out

RATE = 48000


def scene(left: float, right: float) -> tuple[np.ndarray, np.ndarray]:
    """(sound, voice): bursts of tone at a place in the stereo, over noise that is alike in no two channels."""
    time = np.arange(RATE * 4) / RATE
    voice = 0.2 * np.sign(np.sin(2 * np.pi * 150 * time)) * (np.sin(2 * np.pi * 2 * time) > 0)
    noise = np.random.default_rng(1).normal(size=(len(time), 2)) * 0.1
    return (voice[:, None] * np.array([left, right]) + noise).astype(np.float32), voice.astype(np.float32)


def test_a_voice_is_found_where_it_stands() -> None:
    for left, right in ((1.0, 1.0), (1.4, 0.2)):
        place = place_of(*scene(left, right))
        assert np.abs(place - [left, right]).max() < 0.2


def test_what_is_taken_out_is_nearer_to_the_voice_than_what_went_in() -> None:
    sound, voice = scene(1.0, 1.0)
    made = taken_out(sound, voice)
    wanted = voice[:, None].repeat(2, axis=1)
    assert made.shape == sound.shape and made.dtype == np.float32
    assert ((made - wanted) ** 2).mean() < 0.2 * ((sound - wanted) ** 2).mean()


def test_silence_and_no_voice_are_harmless() -> None:
    nothing = np.zeros((RATE, 2), np.float32)
    assert not taken_out(nothing, nothing[:, 0]).any()
    sound, _ = scene(1.0, 1.0)
    assert not taken_out(sound, np.zeros(len(sound), np.float32)).any()


def test_the_bands_cover_every_bin_once() -> None:
    widths = band_widths()
    assert len(widths) == 32 and sum(widths) == 481 and min(widths) >= 2
