"""Resync: the clock on which subtitles fit the speech; whose voice stands out; what is refused."""

from __future__ import annotations

import random
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ciak.dubbing.conversion import on_clock
from ciak.dubbing.foreground import Levels, foreground
from ciak.dubbing.resyncing import FEWEST, resync
from ciak.errors import NothingToDo
from ciak.film import Rate, Signal, Span, SubtitleCue, SubtitleDocument, seconds


def talk(seed: int, count: int = 60) -> list[Span]:
    """Stretches of speech with irregular silences."""
    rng, at, out = random.Random(seed), 5.0, []
    for _ in range(count):
        length = rng.uniform(.6, 4)
        out.append(Span(start=seconds(at), end=seconds(at + length)))
        at += length + .35 + rng.expovariate(.4)
    return out


def titles(speech: list[Span], factor: float, offset: float, seed: int) -> list[Span]:
    """Subtitles of that speech by a clock that is wrong: true = factor x theirs + offset. Some are missing."""
    rng = random.Random(seed)
    return [Span(start=seconds((float(one.start) + rng.uniform(-.08, .08) - offset) / factor),
                 end=seconds((float(one.end) + rng.uniform(.0, .5) - offset) / factor))
            for one in speech if rng.random() > .1]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.floats(.97, 1.03), st.floats(-60, 0))
def test_offset_and_drift_are_found(seed: int, factor: float, offset: float) -> None:
    speech = talk(seed)
    clock = resync(titles(speech, factor, offset, seed), speech)
    for one in speech:
        theirs = (float(one.start) - offset) / factor
        assert abs(theirs * float(clock.factor) + float(clock.offset) - float(one.start)) < .15


@pytest.mark.parametrize(("one", "other"), [("24", "25"), ("25", "24"), ("24000/1001", "25")])
def test_a_change_of_frame_rate_is_named_and_exact(one: str, other: str) -> None:
    speech = talk(3, 200)
    pair = Rate.parse(one), Rate.parse(other)
    clock = resync(titles(speech, float(pair[0].fps / pair[1].fps), -4.0, 3), speech)
    assert clock.rates == pair
    assert clock.factor == pair[0].fps / pair[1].fps


def test_subtitles_that_fit_are_left_by_less_than_a_frame_and_named_no_change_of_speed() -> None:
    speech = talk(5)
    clock = resync(speech, speech)
    assert (clock.factor, clock.rates) == (1, None) and abs(clock.offset) < Fraction(1, 24) and clock.fit > .9


@pytest.mark.parametrize("seed", range(12))
def test_another_films_subtitles_are_refused(seed: int) -> None:
    with pytest.raises(NothingToDo, match="do not fit"):
        resync(titles(talk(seed + 100), 1, 0, seed), talk(seed))


def test_too_few_subtitles_and_a_film_without_speech_are_refused() -> None:
    with pytest.raises(NothingToDo, match="too few"):
        resync(talk(1)[:FEWEST - 1], talk(1))
    with pytest.raises(NothingToDo, match="nobody speaks"):
        resync(talk(1), [])


@pytest.mark.parametrize("count", [1, 2])
def test_one_stretch_of_speech_is_no_proof(count: int) -> None:
    with pytest.raises(NothingToDo, match="do not fit"):
        resync(talk(1), talk(2)[:count])


def voices(spans: list[tuple[float, float, float]], length: float, rate: int = 16000) -> Signal:
    """Noise at a level (a factor) from one second to another, over a soft hiss."""
    rng = np.random.default_rng(1)
    samples = rng.normal(0, .0005, (round(length * rate), 1))
    for start, end, level in spans:
        samples[round(start * rate):round(end * rate)] += rng.normal(
            0, level, (round(end * rate) - round(start * rate), 1))
    return Signal(samples.astype(np.float32), rate)


def test_who_is_louder_than_the_crowd_is_in_front() -> None:
    whole = Span(start=Fraction(0), end=Fraction(20))
    sound = voices([(0, 20, .01), (3, 5, .2), (5.1, 6, .2), (12, 14, .15)], 20)
    blocks = [Signal(sound.samples[at:at + 5000], 16000) for at in range(0, sound.frames, 5000)]
    levels = Levels()
    assert sum(block.frames for block in levels.note(blocks)) == sound.frames
    found = foreground(levels.decibels(), [whole])
    assert [(round(float(one.start), 1), round(float(one.end), 1)) for one in found] == [(3, 6), (12, 14)]


def test_what_is_loud_and_no_speech_is_not_in_front() -> None:
    levels = Levels()
    list(levels.note([voices([(3, 5, .2), (12, 14, .2)], 20)]))
    assert len(foreground(levels.decibels(), [Span(start=Fraction(11), end=Fraction(15))])) == 1
    assert foreground(levels.decibels(), []) == ()
    assert foreground(Levels().decibels(), []) == ()


def test_what_falls_before_the_film_is_left_out_and_counted() -> None:
    cues = tuple(SubtitleCue(span=Span(start=Fraction(at), end=Fraction(at + 2)), lines=(str(at),)) for at in (0, 4, 9))
    after, fallen = on_clock(SubtitleDocument(cues=cues), Fraction(1), Fraction(-5))
    assert fallen == 1
    assert [(cue.span.start, cue.span.end, cue.text) for cue in after.cues] == [(0, 1, "4"), (4, 6, "9")]


def test_files_that_count_frames_stay_on_them() -> None:
    cue = SubtitleCue(span=Span(start=Fraction(1), end=Fraction(2)), lines=("a",))
    after, _ = on_clock(SubtitleDocument(cues=(cue,), rate=Fraction(25)), Fraction(25, 24), Fraction(1, 7))
    assert all((time * 25).denominator == 1 for time in (after.cues[0].span.start, after.cues[0].span.end))
