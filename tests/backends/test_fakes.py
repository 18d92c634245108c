"""The fakes make a closed world: what one says, another hears."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np
import psutil
import pytest

from ciak.backends import fake_voices, fakes
from ciak.backends.protocols import Delivery
from ciak.film.sound import Signal


def at_16k(signal: Signal) -> Signal:
    count = signal.frames * 2 // 3
    return Signal.mono(np.interp(np.arange(count) * 1.5, np.arange(signal.frames), signal.samples[:, 0]), 16000)


@pytest.mark.parametrize("rate", [Fraction(4, 5), Fraction(1), Fraction(13, 10)])
def test_what_is_said_is_heard_and_comes_back(rate: Fraction) -> None:
    voice, ears, translator = fake_voices.FakeVoice(), fakes.FakeTranscriber(), fakes.FakeTranslator()
    line = "the mother house river night tomorrow"
    (italian,) = translator.translate([line], "en", "it")
    spoken = voice.speak(italian[0].text, Delivery("it_f1", "it", voice.length(italian[0].text, "it_f1", "it") / rate))
    heard = ears.transcribe(at_16k(spoken.signal), "it")
    assert heard.text == italian[0].text
    (back,) = translator.translate([heard.text], "it", "en")
    assert back[0].text == line and back[0].confidence == 1


def test_voices_differ_and_stay_themselves() -> None:
    voice, ears = fake_voices.FakeVoice(), fakes.FakeEmbedder()
    kinds = ("f1", "f2", "m1", "m2")
    lines = ("the river the night", "garden window story")
    vectors = {kind: [ears.embed(at_16k(voice.speak(line, Delivery(f"en_{kind}", "en")).signal)) for line in lines]
               for kind in kinds}
    for kind in kinds:
        assert vectors[kind][0] @ vectors[kind][1] > 0.95
        assert all(vectors[kind][0] @ vectors[other][1] < 0.8 for other in kinds if other != kind)


def test_dialogue_is_what_both_channels_share() -> None:
    time = np.arange(44100) / 44100
    middle, side = 0.3 * np.sin(2 * np.pi * 220 * time), 0.2 * np.sin(2 * np.pi * 900 * time)
    stereo = Signal(np.stack([middle, middle], 1).astype(np.float32), 44100)
    (pair,) = fakes.FakeSeparator().separate([stereo])
    assert np.abs(pair.dialogue.samples - stereo.samples).max() < 1e-6
    (pair,) = fakes.FakeSeparator().separate([Signal(np.stack([side, -side], 1).astype(np.float32), 44100)])
    assert np.abs(pair.dialogue.samples).max() < 1e-6


def test_two_hours_in_bounded_memory() -> None:
    spoken = at_16k(fake_voices.FakeVoice().speak("the river the night", Delivery("en_m1", "en")).signal)
    minute = Signal.mono(np.pad(spoken.samples[:, 0], (0, 60 * 16000 - spoken.frames)), 16000)
    process = psutil.Process()
    readings: list[int] = []

    def film() -> Iterator[Signal]:
        for number in range(120):
            if number % 20 == 19:
                readings.append(process.memory_info().rss)
            yield minute

    spans = list(fakes.FakeDetector().detect(film()))
    assert len(spans) == 120
    assert spans[-1].start == 119 * 60
    assert readings[-1] - readings[0] < 4e6
