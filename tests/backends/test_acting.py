"""A voice's own performance takes on pauses, melody and emphasis, and stays inside its range."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ciak.backends.embedded.acting import (
    LOUDER,
    Range,
    Rest,
    knots,
    levelled,
    placed,
    range_of,
    renumbered,
    rests,
    sung,
)
from ciak.backends.embedded.pacing import Performance, bend
from ciak.backends.protocols import Anchor, Contour

STEPS = 200
OWN = Range(float(np.log(200.0)), 0.15)


def flat(start: int = 20, end: int = 180) -> Performance:
    energy = np.full(STEPS, -9.0, np.float32)
    energy[start:end] = 8.0
    return Performance(np.full(100, 1, np.float32), np.full(STEPS, 200.0, np.float32), energy, start, end)


def shape(pitch: float | np.ndarray = 0.0, energy: float | np.ndarray = 0.0, **more: object) -> Contour:
    anchors = (Anchor(0, False, 0.0), Anchor(3, True, 2.0))
    made = Contour(np.full(160, 0, np.float32) + np.float32(pitch), np.full(160, 0, np.float32) + np.float32(energy),
                   anchors)
    return replace(made, **more)  # type: ignore[arg-type]


def test_melody_is_scaled_to_the_voice() -> None:
    wave = np.sin(np.linspace(0, 6, 160)).astype(np.float32)
    performance = flat()
    made, _ = sung(performance, np.linspace(0, 2, STEPS), shape(wave), OWN, [])
    inside = slice(25, 175)
    told = np.log(made.pitch[inside])
    theirs = np.interp(np.linspace(0, 2, STEPS) * 80, np.arange(160), wave)[inside]
    assert np.corrcoef(told, theirs)[0, 1] > 0.99
    assert told.max() == pytest.approx(OWN.median + OWN.spread, abs=0.01)
    half, _ = sung(performance, np.linspace(0, 2, STEPS), shape(wave, amount=0.5), OWN, [])
    assert np.abs(np.log(half.pitch[inside] / 200)).max() == pytest.approx(OWN.spread / 2, abs=0.01)


def test_a_scream_stays_inside_the_voice() -> None:
    made, _ = sung(flat(), np.linspace(0, 2, STEPS), shape(9.0), Range(OWN.median, 0.3), [])
    assert made.pitch[60] == pytest.approx(420, rel=0.01)
    assert np.isfinite(made.pitch).all() and np.isfinite(made.energy).all()


def test_a_question_keeps_its_rise() -> None:
    falling = np.linspace(0.5, -0.5, 160, dtype=np.float32)
    plain, _ = sung(flat(), np.linspace(0, 2, STEPS), shape(falling), OWN, [])
    asked, _ = sung(flat(), np.linspace(0, 2, STEPS), shape(falling, rise=2.0), OWN, [])
    assert plain.pitch[178] < plain.pitch[140]
    assert np.log(asked.pitch[178] / asked.pitch[150]) > OWN.spread


def test_emphasis_is_bounded() -> None:
    loud = np.zeros(160, np.float32)
    loud[60:90] = 3.0
    performance = flat()
    performance.energy[20:180] += np.sin(np.arange(160) / 4).astype(np.float32) * 0.5
    made, wanted = sung(performance, np.linspace(0, 2, STEPS), shape(energy=loud), OWN, [])
    change = (made.energy - performance.energy)[25:175] * 4.8
    assert change.max() > 3 and change.max() < LOUDER + 0.5
    assert np.isnan(wanted[0]) and np.isfinite(wanted[100])


def test_a_pause_is_made_where_there_is_room() -> None:
    natural = flat()
    words = [(0.0, 40.0), (40.0, 80.0), (80.0, 120.0), (120.0, 160.0)]
    paused = shape(anchors=(Anchor(0, False, 0.0), Anchor(1, True, 0.8), Anchor(2, False, 1.2), Anchor(3, True, 2.0)),
                   rests=(2,))
    old, new = knots(natural, words, paused, 200.0)
    assert old[0] == new[0] == 0 and old[-1] == 160 and new[-1] == pytest.approx(200)
    assert new[2] - new[1] == pytest.approx(40, abs=1)
    bent = bend(natural, 200.0, (old, new))
    assert bent.end - bent.start == pytest.approx(200)
    tight_old, tight = knots(natural, words, paused, 120.0)
    assert tight[-1] == pytest.approx(120)
    assert len(tight_old) == 2, "a hurried line has no room for a pause"
    assert rests([(0.0, 50.0), (50.0, 90.0), (130.0, 170.0)], replace(paused, rests=(2,))) == [Rest(93.0, 127.0)]


def test_gain_brings_the_level_and_silences_rests() -> None:
    rng = np.random.default_rng(3)
    sound = (rng.standard_normal(STEPS * 300) * 0.1).astype(np.float32)
    wanted = np.where(np.arange(STEPS) < 100, -20.0, -14.0)
    made = levelled(sound, wanted, 300, [Rest(50, 70)])
    first, last = made[10 * 300:40 * 300], made[120 * 300:190 * 300]
    assert 20 * np.log10(last.std() / first.std()) == pytest.approx(6, abs=1)
    assert np.abs(made[53 * 300:67 * 300]).max() == 0
    assert np.abs(np.diff(np.abs(made[50 * 300 - 20:50 * 300 + 20]))).max() < 0.6, "no click"
    assert len(made) == len(sound)
    assert np.array_equal(levelled(sound, np.full(STEPS, np.nan), 300, []), sound)


def test_words_are_numbered_as_the_voice_says_them() -> None:
    paused = shape(anchors=(Anchor(0, False, 0.0), Anchor(1, True, 0.8), Anchor(2, False, 1.2), Anchor(3, True, 2.0)),
                   rests=(2,))
    assert renumbered(paused, 0, 4, 4).anchors == paused.anchors
    more = renumbered(paused, 0, 7, 7)
    assert [one.word for one in more.anchors] == [0, 2, 4, 6] and more.rests == (4,)
    second = renumbered(paused, 2, 2, 4)
    assert all(0 <= one.word < 2 for one in second.anchors)
    assert placed([(0.0, 10.0)] * 4, replace(paused, anchors=()), 5).tolist() == [0.0] * 5


def test_a_voice_without_voice_has_a_usual_range() -> None:
    silent = Performance(np.ones(10, np.float32), np.zeros(20, np.float32), np.full(20, -9, np.float32), 0, 20)
    assert range_of([silent]).spread == pytest.approx(0.17)
    assert range_of([flat()]).median == pytest.approx(np.log(200), abs=0.01)
