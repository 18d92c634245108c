"""A performance bent to a wanted length keeps its tokens, its order and its pitch."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ciak.backends.embedded.pacing import STEPS, Performance, bend, speech_steps


def performance(durations: list[int], start: int, end: int) -> Performance:
    steps = sum(durations) * STEPS
    energy = np.full(steps, -9.0, np.float32)
    energy[start:end] = 8.0
    pitch = np.where(energy > 0, np.linspace(120, 220, steps), 0).astype(np.float32)
    return Performance(np.array(durations, np.float32), pitch, energy, start, end)


def test_speech_is_what_stands_out() -> None:
    energy = np.full(60, -9.0, np.float32)
    energy[20:40] = 5
    assert speech_steps(energy) == (17, 44)
    assert speech_steps(np.zeros(30, np.float32)) == (0, 30)


@pytest.mark.parametrize("scale", [0.75, 1.0, 1.3])
def test_speech_gets_the_wanted_length(scale: float) -> None:
    natural = performance([12, 3, 2, 2, 4, 3, 5, 14, 6, 1], 22, 70)
    bent = bend(natural, 48 * scale)
    assert bent.end - bent.start == pytest.approx(48 * scale)
    assert len(bent.pitch) == len(bent.energy) == bent.durations.sum() * STEPS
    heard = np.flatnonzero(bent.energy > 0)
    assert abs(len(heard) - 48 * scale) <= 1.5
    assert abs(heard[0] - bent.start) <= 1.5
    assert bent.pitch.max() == pytest.approx(natural.pitch.max(), rel=0.02)
    assert bent.durations.sum() <= (48 * scale) / STEPS + 15, "silence around speech is shortened"


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(1, 12), min_size=2, max_size=40), st.floats(0.5, 2), st.data())
def test_every_token_lasts(durations: list[int], scale: float, data: st.DataObject) -> None:
    steps = sum(durations) * STEPS
    start = data.draw(st.integers(0, steps - 2))
    end = data.draw(st.integers(start + 1, steps))
    bent = bend(performance(durations, start, end), (end - start) * scale)
    assert len(bent.durations) == len(durations)
    assert (bent.durations >= 1).all()
    assert len(bent.energy) == bent.durations.sum() * STEPS
    assert np.isfinite(bent.energy).all() and np.isfinite(bent.pitch).all()


def test_what_cannot_be_shortened_says_so() -> None:
    bent = bend(performance([1] * 40, 10, 70), 20)
    assert (bent.durations == 1).all()
    assert bent.end - bent.start > 40
