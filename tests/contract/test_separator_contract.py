"""What every separator promises."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from ciak.backends.protocols import Separator
from ciak.errors import BackendError
from ciak.film.sound import Signal


def noise(separator: Separator, seconds: float) -> np.ndarray:
    random = np.random.default_rng(5)
    return (random.standard_normal((int(separator.rate * seconds), separator.channels)) * 0.1).astype(np.float32)


def blocks(samples: np.ndarray, rate: int, size: int) -> Iterator[Signal]:
    for start in range(0, len(samples), size):
        yield Signal(samples[start:start + size], rate)


def separate(separator: Separator, samples: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    pairs = list(separator.separate(blocks(samples, separator.rate, size)))
    assert all(pair.dialogue.rate == pair.music_effects.rate == separator.rate for pair in pairs)
    return (np.concatenate([pair.dialogue.samples for pair in pairs]),
            np.concatenate([pair.music_effects.samples for pair in pairs]))


def test_says_who_it_is(separator) -> None:
    assert isinstance(separator, Separator)
    assert separator.name and separator.rate >= 8000 and separator.channels in (1, 2)


def test_nothing_gives_nothing(separator) -> None:
    assert sum(pair.dialogue.frames for pair in separator.separate(iter(()))) == 0


def test_the_two_sum_to_the_input(separator) -> None:
    samples = noise(separator, 1.7)
    dialogue, rest = separate(separator, samples, 10007)
    assert dialogue.shape == rest.shape == samples.shape
    assert np.abs(dialogue + rest - samples).max() < 1e-6


def test_block_sizes_do_not_matter_and_it_is_deterministic(separator) -> None:
    samples = noise(separator, 0.8)
    first, _ = separate(separator, samples, 5000)
    second, _ = separate(separator, samples, 44100)
    assert np.abs(first - second).max() < 1e-5


def test_silence_stays_silent(separator) -> None:
    dialogue, rest = separate(separator, np.zeros((separator.rate, separator.channels), np.float32), 4096)
    assert max(np.abs(dialogue).max(), np.abs(rest).max()) < 1e-4


def test_refuses_another_rate(separator) -> None:
    wrong = Signal(np.zeros((1000, separator.channels), np.float32), separator.rate // 2)
    with pytest.raises(BackendError):
        list(separator.separate([wrong]))
