"""What every speech detector promises."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest

from ciak.backends.protocols import LiveDetector, SpeechDetector
from ciak.errors import BackendError
from ciak.film.sound import Signal
from ciak.film.time import Span

LINE = "the river the mother the window the garden"


def blocks(signal: Signal, size: int) -> Iterator[Signal]:
    for start in range(0, signal.frames, size):
        yield Signal(signal.samples[start:start + size], signal.rate)


def test_says_who_it_is(detector) -> None:
    assert isinstance(detector, SpeechDetector)
    assert detector.name and detector.rate >= 8000


def test_silence_and_nothing_hold_no_speech(detector) -> None:
    assert list(detector.detect(iter(()))) == []
    silence = Signal.mono(np.zeros(detector.rate * 3), detector.rate)
    assert list(detector.detect(blocks(silence, 4096))) == []


def test_finds_speech_where_it_is(detector, speech) -> None:
    signal = speech(LINE, detector.rate, before=1.0, after=1.0)
    spans = list(detector.detect(blocks(signal, 1600)))
    true = Span.of(1, signal.duration - 1)
    assert sum((span.overlap(true) for span in spans), start=0) >= true.duration * 7 / 10
    assert all(0 <= span.start < span.end <= signal.duration for span in spans)
    assert all(one.end < two.start for one, two in pairwise(spans))
    assert abs(float(spans[0].start) - 1) < 0.3


def test_block_sizes_do_not_matter(detector, speech) -> None:
    signal = speech(LINE, detector.rate, before=0.5, after=0.5)
    whole = list(detector.detect([signal]))
    assert whole
    for size in (777, 16000):
        assert list(detector.detect(blocks(signal, size))) == whole


def test_works_as_a_stream(detector, speech) -> None:
    signal = speech(LINE, detector.rate)
    taken = 0

    def endless() -> Iterator[Signal]:
        nonlocal taken
        yield signal
        for taken in range(1, 61):  # noqa: B007 - counts
            yield Signal.mono(np.zeros(detector.rate), detector.rate)

    next(detector.detect(endless()))
    assert taken < 30, "the first span came only when everything was read"


def test_refuses_another_rate(detector) -> None:
    with pytest.raises(BackendError):
        list(detector.detect([Signal.mono(np.zeros(4000), detector.rate // 2)]))


def followed(detector, signal: Signal, size: int) -> list[tuple[float, bool, float]]:
    """After each block: the time, whether somebody speaks, and since when."""
    follower, at, out = detector.follow(), 0, []
    for block in blocks(signal, size):
        follower.push(block)
        at += block.frames
        out.append((at / signal.rate, follower.speaking, float(follower.since)))
    return out


def live(detector) -> None:
    if not isinstance(detector, LiveDetector):
        pytest.skip("hears whole sounds only")


def test_a_follower_says_when_somebody_begins_and_ceases_to_speak(detector, speech) -> None:
    live(detector)
    signal = speech(LINE, detector.rate, before=1.0, after=2.0)
    end = float(signal.duration) - 2
    told = followed(detector, signal, 1600)
    assert not any(speaking for at, speaking, _ in told if at < 0.8)
    first = next((at, since) for at, speaking, since in told if speaking)
    assert abs(first[0] - 1) < 0.5 and abs(first[1] - 1) < 0.3
    _, speaking, since = told[-1]
    assert not speaking and abs(since - end) < 0.5
    assert all(since <= at for at, _, since in told)


def test_a_follower_does_not_mind_the_size_of_blocks(detector, speech) -> None:
    live(detector)
    signal = speech(LINE, detector.rate, before=0.5, after=1.0)
    assert followed(detector, signal, 777)[-1][1:] == followed(detector, signal, signal.frames)[-1][1:]


def test_followers_know_nothing_of_each_other(detector, speech) -> None:
    live(detector)
    one, other = detector.follow(), detector.follow()
    one.push(speech(LINE, detector.rate))
    other.push(Signal.mono(np.zeros(detector.rate), detector.rate))
    assert one.speaking and not other.speaking and other.since == 0


def test_a_follower_refuses_another_rate(detector) -> None:
    live(detector)
    with pytest.raises(BackendError):
        detector.follow().push(Signal.mono(np.zeros(4000), detector.rate // 2))
