"""Voices told apart by direction, sex guessed by pitch, voices given out fairly."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from ciak.backends.protocols import Stock
from ciak.dubbing.pitch import guess_sex, median_pitch
from ciak.dubbing.speakers import assign_voices, group
from ciak.film import Cast, CastMember, Loop, Sex, Signal, Span


def directions(rng: np.random.Generator, speaker: int, count: int) -> np.ndarray:
    base = np.zeros(64, np.float32)
    base[speaker * 8] = 1
    noisy = base + 0.06 * rng.standard_normal((count, 64)).astype(np.float32)
    return noisy / np.linalg.norm(noisy, axis=1, keepdims=True)


def test_three_voices_are_three_groups_numbered_by_first_line() -> None:
    rng = np.random.default_rng(5)
    vectors = np.concatenate([directions(rng, s, 4) for s in (2, 0, 1)])
    assert group(vectors, [2.0] * 12) == [0] * 4 + [1] * 4 + [2] * 4


def test_a_speaker_with_hardly_a_word_joins_the_nearest() -> None:
    rng = np.random.default_rng(6)
    vectors = np.concatenate([directions(rng, 0, 3), directions(rng, 1, 1)])
    assert group(vectors, [3.0, 3.0, 3.0, 0.4]) == [0, 0, 0, 0]
    assert group(vectors[:1], [1.0]) == [0]


@pytest.mark.parametrize("pitch", [90.0, 120.0, 164.0, 190.0, 240.0, 330.0])
def test_the_pitch_of_a_buzzing_voice_is_found_within_one_percent(pitch: float) -> None:
    rate, rng = 16000, np.random.default_rng(1)
    time = np.arange(rate * 2) / rate
    voice = sum(np.sin(2 * np.pi * pitch * n * time) / n for n in range(1, 12))
    signal = Signal.mono(0.1 * voice + 0.003 * rng.standard_normal(len(time)), rate)
    found = median_pitch(signal)
    assert found == pytest.approx(pitch, rel=0.01)
    assert guess_sex(found) is (Sex.FEMALE if pitch >= 165 else Sex.MALE)


def test_noise_and_silence_have_no_pitch() -> None:
    rng = np.random.default_rng(2)
    assert median_pitch(Signal.mono(0.1 * rng.standard_normal(32000), 16000)) is None
    assert median_pitch(Signal.silence(Fraction(2), 16000)) is None
    assert guess_sex(None) is Sex.UNKNOWN


class TwoAndTwo:
    name = "two-and-two"
    rate = 24000
    exact = True

    def stock(self) -> tuple[Stock, ...]:
        return (Stock("f1", "it", Sex.FEMALE), Stock("m1", "it", Sex.MALE), Stock("f2", "it", Sex.FEMALE),
                Stock("m2", "it", Sex.MALE), Stock("x", "en", Sex.MALE))


def test_each_gets_a_voice_of_their_sex_and_their_own_while_there_are_enough() -> None:
    cast = Cast(members=(CastMember(id="S1", name="A", sex=Sex.MALE), CastMember(id="S2", name="B", sex=Sex.MALE),
                         CastMember(id="S3", name="C", sex=Sex.FEMALE),
                         CastMember(id="S4", name="D", sex=Sex.FEMALE, voices={"it": "f1"}, edited=True)))
    loops = [Loop(id=f"L{n}", character=f"S{n}", text="x", span=Span.of(n, n + 1)) for n in (1, 2, 3, 4)]
    given = assign_voices(cast, loops, TwoAndTwo(), "it")  # type: ignore[arg-type]
    assert {row.id: row.voices["it"] for row in given.members} == {"S1": "m1", "S2": "m2", "S3": "f2", "S4": "f1"}
