"""What every speaker embedder promises."""

from __future__ import annotations

import numpy as np
import pytest

from ciak.backends.protocols import Embedder
from ciak.errors import BackendError
from ciak.film.sound import Signal

LINES = ("the mother the river the window the garden", "the morning the silence the mountain the letter")


def test_says_who_it_is(embedder) -> None:
    assert isinstance(embedder, Embedder)
    assert embedder.name and embedder.rate >= 8000 and embedder.shortest > 0


def test_a_speaker_resembles_himself_most(embedder, speech) -> None:
    vectors = [[embedder.embed(speech(line, embedder.rate, who)) for line in LINES] for who in (0, 1)]
    for vector in (vector for of_one in vectors for vector in of_one):
        assert vector.ndim == 1 and vector.dtype == np.float32 and vector.shape == vectors[0][0].shape
        assert abs(float(np.linalg.norm(vector)) - 1) < 1e-3
    same = min(float(one @ two) for one, two in vectors)
    other = max(float(one @ two) for one in vectors[0] for two in vectors[1])
    assert same > other + 0.1


def test_is_deterministic(embedder, speech) -> None:
    signal = speech(LINES[0], embedder.rate)
    assert np.array_equal(embedder.embed(signal), embedder.embed(signal))


def test_refuses_another_rate(embedder) -> None:
    with pytest.raises(BackendError):
        embedder.embed(Signal.mono(np.zeros(20000), embedder.rate // 2))


def test_follows_a_voice_as_it_goes_on(embedder, speech) -> None:
    signal = speech(" ".join(LINES), embedder.rate)
    size, step = float(embedder.window * embedder.rate), float(embedder.step * embedder.rate)
    rows = embedder.trace(signal)
    assert rows.dtype == np.float32 and rows.shape[1:] == embedder.embed(signal).shape
    assert abs(len(rows) - (int((signal.frames - size) // step) + 1)) <= 1
    assert np.abs(np.linalg.norm(rows, axis=1) - 1).max() < 1e-3
    assert len(embedder.trace(Signal(signal.samples[:round(size / 2)], embedder.rate))) == 1


def test_the_voice_that_goes_on_is_that_of_who_speaks(embedder, speech) -> None:
    one, two = (embedder.trace(speech(" ".join(LINES), embedder.rate, who)).mean(axis=0) for who in (0, 1))
    again = embedder.trace(speech(LINES[1], embedder.rate, 0)).mean(axis=0)
    assert float(one @ again) > float(two @ again)
