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
