"""What every hearer promises."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest

from ciak.backends.protocols import Hearer
from ciak.errors import BackendError
from ciak.film.sound import Signal
from ciak.film.time import Span

LINE = "the river the mother the window the garden"


def blocks(signal: Signal, size: int) -> Iterator[Signal]:
    for start in range(0, signal.frames, size):
        yield Signal(signal.samples[start:start + size], signal.rate)


def tune(rate: int, seconds: int, octaves: int = 0) -> np.ndarray:
    """Chords that are plucked four times a second, so many octaves higher."""
    out = np.zeros(seconds * rate)
    for number in range(seconds * 4):
        base = (220.0, 185.0, 146.8, 164.8)[number // 8 % 4] * (1, 1.26, 1.5)[number % 3] * 2 ** octaves
        time = np.arange(min(rate, len(out) - number * rate // 4)) / rate
        start = number * rate // 4
        out[start:start + len(time)] += sum(
            np.sin(2 * np.pi * base * k * time) / k ** 1.5 for k in range(1, 7)) * np.exp(-3 * time)
    return (0.3 * out / np.abs(out).max()).astype(np.float32)


def music(hearer: Hearer, seconds: int, before: int = 0, after: int = 0) -> Signal:
    sound = tune(hearer.rate, seconds, 4 if hearer.name == "fake" else 0)
    return Signal.mono(np.pad(sound, (before * hearer.rate, after * hearer.rate)), hearer.rate)


def test_says_who_it_is_and_what_it_can_tell(hearer) -> None:
    assert isinstance(hearer, Hearer)
    assert hearer.name and hearer.rate >= 8000
    assert hearer.labels() and all(label and label == label.lower() for label in hearer.labels())


def test_silence_and_nothing_hold_no_sound(hearer) -> None:
    assert hearer.hear(iter(())) == ()
    for seconds in (0.01, 0.3, 5):
        silence = Signal.mono(np.zeros(int(hearer.rate * seconds)), hearer.rate)
        assert hearer.hear(blocks(silence, 4096)) == ()


def test_finds_music_where_it_is(hearer) -> None:
    if "music" not in hearer.labels():
        return
    signal = music(hearer, 12, before=5, after=5)
    heard = hearer.hear(blocks(signal, 1600))
    found = [one for one in heard if one.label == "music"]
    true = Span.of(5, 17)
    assert sum(float(one.span.overlap(true)) for one in found) >= 9
    assert sum(float(one.span.duration) for one in found) <= 14
    assert all(0 <= one.confidence <= 1 and one.label in hearer.labels() for one in heard)
    assert all(0 <= one.span.start < one.span.end <= signal.duration for one in heard)
    assert all(one.span.end <= two.span.start for one, two in pairwise(found))


def test_somebody_who_speaks_is_no_music(hearer, speech) -> None:
    signal = speech(LINE, hearer.rate, before=1.0, after=1.0)
    assert [one for one in hearer.hear([signal]) if one.label == "music"] == []


def test_block_sizes_do_not_matter(hearer) -> None:
    signal = music(hearer, 14, before=3, after=2)
    whole = hearer.hear([signal])
    assert whole
    for size in (777, 160_000):
        assert hearer.hear(blocks(signal, size)) == whole


def test_refuses_another_rate_and_two_channels(hearer) -> None:
    with pytest.raises(BackendError):
        hearer.hear([Signal.mono(np.zeros(4000), hearer.rate // 2)])
    with pytest.raises(BackendError):
        hearer.hear([Signal(np.zeros((4000, 2), np.float32), hearer.rate)])
