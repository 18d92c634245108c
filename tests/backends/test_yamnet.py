"""Sounds and music out of what a network says at each look, and the network's own published behaviour."""

from __future__ import annotations

import csv
import dataclasses
from fractions import Fraction

import numpy as np
import pytest

from ciak.backends.embedded import yamnet
from ciak.backends.embedded.ears import DENIED, agreed
from ciak.backends.embedded.yamnet import LOOKS, MUSIC, SOUNDS, YamnetHearer, music_of, sounds_of, steady
from ciak.backends.protocols import Heard
from ciak.config import TASKS, Settings
from ciak.errors import ModelAbsent
from ciak.film.sound import Signal
from ciak.film.time import Span
from ciak.models import Store, open_onnx

PLACE = {sound.label: number for number, sound in enumerate(SOUNDS)}
LENGTH = Fraction(20)


def quiet() -> np.ndarray:
    """Twenty seconds in which nothing is heard."""
    return np.zeros((int(LENGTH * LOOKS) + 1, len(SOUNDS) + 1), np.float32)


def at(seconds: float) -> int:
    return round(seconds * float(LOOKS))


def heard(shares: np.ndarray) -> list[str]:
    return [one.label for one in sounds_of(shares, LENGTH)]


def test_a_sound_is_told_above_its_limit_and_lasts_below_it() -> None:
    least = SOUNDS[PLACE["siren"]].least
    shares = quiet()
    shares[at(5):at(9), PLACE["siren"]] = least - 0.1
    assert heard(shares) == []
    shares[at(7), PLACE["siren"]] = least + 0.1
    (one,) = sounds_of(shares, LENGTH)
    assert one.label == "siren" and one.confidence == pytest.approx(least + 0.1, abs=1e-3)
    assert float(one.span.start) == pytest.approx(5, abs=0.3) and float(one.span.end) == pytest.approx(9, abs=0.3)


def test_what_is_another_sound_more_is_not_told() -> None:
    shares = quiet()
    shares[at(5), PLACE["laughter"]] = 0.7
    assert heard(shares) == ["laughter"]
    shares[at(5), PLACE["fowl"]] = 0.95
    assert heard(shares) == []


def test_a_clap_of_thunder_is_no_explosion() -> None:
    shares = quiet()
    shares[at(5), PLACE["blast"]] = 0.99
    shares[at(12), PLACE["blast"]] = 0.99
    assert heard(shares) == ["blast", "blast"]
    shares[at(5.5), PLACE["thunder"]] = 0.6
    assert heard(shares) == ["blast", "thunder"]


def test_barks_are_one_dog_and_a_later_one_another() -> None:
    shares = quiet()
    for moment in (3.0, 4.0, 5.0, 15.0):
        shares[at(moment), PLACE["dog"]] = 0.95
    assert [round(float(one.span.duration)) for one in sounds_of(shares, LENGTH)] == [2, 0]


def test_music_goes_on_below_the_limit_at_which_it_begins() -> None:
    shares = quiet()
    shares[at(4):at(14), -1] = 0.45
    assert music_of(shares, LENGTH) == []
    shares[at(4):at(7), -1] = 0.95
    (one,) = music_of(shares, LENGTH)
    assert float(one.span.start) == pytest.approx(4, abs=1.2) and float(one.span.end) == pytest.approx(14, abs=1.2)
    shares[:, -1] = 0
    shares[at(4):at(4) + 2, -1] = 0.999
    assert music_of(shares, LENGTH) == [], "a moment is no music"


def test_taken_over_two_seconds_nothing_is_lost_or_moved() -> None:
    even = np.full(50, 0.3, np.float32)
    assert np.allclose(steady(even), 0.3, atol=1e-5)
    assert len(steady(even[:3])) == 3 and len(steady(even[:0])) == 0


def test_one_denies_what_the_other_heard_and_adds_to_it() -> None:
    shares = quiet()
    shares[at(10):at(18), -1] = 0.9
    shares[at(2):at(6), -1] = DENIED * 2
    faint, siren, same = (Heard(MUSIC, Span.of(*span), 0.99) for span in ((2, 6), (7, 8), (9, 13)))
    found = agreed([faint, siren, same], shares, LENGTH)
    assert [round(float(one.span.start)) for one in found] == [2, 9]
    assert float(found[1].span.end) == pytest.approx(18, abs=1.2)
    assert found[1].confidence == pytest.approx(0.99)
    assert agreed([], quiet(), LENGTH) == []


def test_labels_are_told_once_and_the_default_is_both() -> None:
    assert len(PLACE) == len(SOUNDS) and set(PLACE) >= {*yamnet.OUTDONE, *yamnet.OUTDONE.values()}
    assert {sound.label for sound in SOUNDS if not sound.told}.isdisjoint(YamnetHearer(Settings()).labels())
    assert TASKS["hearer"] == "embedded"
    with pytest.raises(dataclasses.FrozenInstanceError):
        SOUNDS[0].least = 0  # type: ignore[misc]


@pytest.mark.models
@pytest.mark.parametrize(("name", "wanted"), [("zeros", "Silence"), ("noise", "White noise"), ("sine", "Sine wave")])
def test_the_published_checks_hold(name: str, wanted: str) -> None:
    """YAMNet's own: three seconds of nothing, of noise, of a tone, each among the ten likeliest."""
    settings = Settings(threads=1)
    try:
        folder = Store(settings).folder("yamnet")
    except ModelAbsent as error:
        pytest.skip(str(error))
    time = np.arange(48_000) / 16_000
    sound = {"zeros": 0 * time, "noise": np.random.default_rng(51773).uniform(-1, 1, len(time)),
             "sine": np.sin(2 * np.pi * 440 * time)}[name]
    frames = np.lib.stride_tricks.sliding_window_view(sound, 400)[::160]
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(400) / 400)
    mel = np.log(np.abs(np.fft.rfft(frames * window, 512)) @ yamnet._bank().T + 1e-3)
    patches = np.stack([mel[first:first + 96] for first in range(0, len(mel) - 95, 48)]).astype(np.float32)
    shares = open_onnx("yamnet", "yamnet.onnx", settings).run({"patches": patches})[0].mean(axis=0)
    with (folder / "classes.csv").open(encoding="utf-8", newline="") as file:
        names = [row["display_name"] for row in csv.DictReader(file)]
    assert wanted in [names[place] for place in np.argsort(-shares)[:10]]


@pytest.mark.models
def test_a_siren_is_heard_where_it_wails() -> None:
    """A tone that goes up and down, over a hum, after five seconds of that hum."""
    settings = Settings(threads=1)
    try:
        Store(settings).folder("yamnet")
    except ModelAbsent as error:
        pytest.skip(str(error))
    time = np.arange(16_000 * 6) / 16_000
    pitch = 900 + 350 * np.sin(2 * np.pi * 0.6 * time)
    wail = sum(np.sin(k * 2 * np.pi * np.cumsum(pitch) / 16_000) / k for k in range(1, 5))
    sound = np.concatenate([np.zeros(80_000), 0.2 * wail, np.zeros(80_000)])
    sound += np.random.default_rng(2).normal(0, 1e-3, len(sound))
    found = [one for one in YamnetHearer(settings).hear([Signal.mono(sound, 16_000)]) if one.label == "siren"]
    assert found and float(found[0].span.start) == pytest.approx(5, abs=1) and found[-1].span.end <= 12
