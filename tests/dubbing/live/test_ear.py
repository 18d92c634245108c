"""The ear on the fakes' world: every word once, in time, however the sound comes; and on a real voice."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from fractions import Fraction

import numpy as np
import pytest

from ciak.backends import registry
from ciak.backends.fake_voices import FakeVoice
from ciak.backends.fakes import WORDS, FakeDetector, FakeTranscriber
from ciak.backends.protocols import Delivery, Transcript
from ciak.config import Settings
from ciak.dubbing.live.ear import Heeding, LiveEar
from ciak.errors import BackendError
from ciak.film import Signal, Word
from ciak.film.sound import Samples

RATE = 16000
TEXT = "the house night water friend door light city train letter river winter mother story window garden"


def speech(text: str, before: float = 1.0, after: float = 1.5) -> Samples:
    """A fake voice at the ear's rate, in silence."""
    signal = FakeVoice().speak(text, Delivery("en_f1", "en")).signal
    count = signal.frames * RATE // signal.rate
    nearest = np.minimum(np.arange(count) * signal.rate // RATE, signal.frames - 1)
    return np.pad(signal.samples[nearest, 0], (int(before * RATE), int(after * RATE)))


def blocks(sound: Samples, size: int) -> Iterator[Signal]:
    for start in range(0, len(sound), size):
        yield Signal.mono(sound[start:start + size], RATE)


def listened(sound: Samples, size: int = 1600, ear: LiveEar | None = None) -> list[tuple[Word, Fraction]]:
    """Each word, and how much of the sound there was when it settled."""
    ear = ear or LiveEar(FakeDetector(), FakeTranscriber(), "en")
    out = []
    for block in blocks(sound, size):
        ear.push(block)
        out += [(word, ear.at) for word in ear.hear()]
    return out + [(word, ear.at) for word in ear.finish()]


@pytest.mark.parametrize("size", [160, 1600, 7777, 48000])
def test_every_word_once_and_in_time(size: int) -> None:
    sound = speech(TEXT)
    found = listened(sound, size)
    assert " ".join(word.text for word, _ in found) == TEXT
    whole = FakeTranscriber().transcribe(Signal.mono(sound, RATE), "en").words
    for (word, at), true in zip(found, whole, strict=True):
        assert abs(word.span.start - true.span.start) < Fraction(1, 20)
        assert at - true.span.end < 2 + Fraction(size, RATE), "late"


def test_times_are_those_of_the_sound_also_after_a_long_rest() -> None:
    sound = np.concatenate([speech("the house"), np.zeros(RATE * 40, np.float32), speech("river winter")])
    found = [word for word, _ in listened(sound)]
    assert [word.text for word in found] == ["the", "house", "river", "winter"]
    assert found[2].span.start > 43
    assert all(one.span.end <= two.span.start for one, two in itertools.pairwise(found))


def test_speech_that_does_not_end_is_heard_in_parts_and_holds_no_memory() -> None:
    ear = LiveEar(FakeDetector(), FakeTranscriber(), "en", Heeding(long=Fraction(4), longest=Fraction(8)))
    text = " ".join(WORDS[at % len(WORDS)][0] for at in range(150))
    found, most = [], 0
    for block in blocks(speech(text), 1600):
        ear.push(block)
        found += ear.hear()
        most = max(most, len(ear._sound))
    found += ear.finish()
    assert " ".join(word.text for word in found) == text
    assert most < RATE * 10


def test_silence_and_nothing_have_no_words() -> None:
    assert listened(np.zeros(RATE * 5, np.float32)) == []
    assert LiveEar(FakeDetector(), FakeTranscriber(), "en").finish() == []


def test_the_language_is_told_from_the_first_speech() -> None:
    ear = LiveEar(FakeDetector(), FakeTranscriber())
    assert listened(speech(TEXT), ear=ear)
    assert ear.language == "en"


def test_a_recogniser_with_a_quick_way_is_asked_for_it_until_the_speech_is_over() -> None:
    asked: list[str] = []

    class Quick(FakeTranscriber):
        def transcribe(self, signal: Signal, language: str) -> Transcript:
            asked.append("whole")
            return super().transcribe(signal, language)

        def glance(self, signal: Signal, language: str) -> Transcript:
            asked.append("quick")
            return super().transcribe(signal, language)

    listened(speech(TEXT), ear=LiveEar(FakeDetector(), Quick(), "en"))
    assert set(asked[:-1]) == {"quick"} and asked[-1] == "whole"


def test_what_listens_at_two_rates_is_refused() -> None:
    class Other(FakeTranscriber):
        rate = 8000

    with pytest.raises(BackendError, match="different rates"):
        LiveEar(FakeDetector(), Other(), "en")


@pytest.mark.models
def test_a_real_voice_says_the_same_live_as_at_leisure() -> None:
    settings = Settings(threads=1)
    text = "The last show is over. You can see the name of the girl on the box in the window, can you not?"
    voice = registry.resolve("voice", settings)
    signal = voice.speak(text, Delivery("af_heart", "en")).signal
    from ciak.media import resample_blocks

    sound = np.concatenate([block.samples[:, 0] for block in resample_blocks(iter([signal]), RATE, 1)])
    sound = np.pad(sound, (RATE, 2 * RATE))
    transcriber = registry.resolve("transcriber", settings)
    ear = LiveEar(registry.resolve("detector", settings), transcriber, "en")
    live = " ".join(word.text for word, _ in listened(sound, ear=ear))
    calm = transcriber.transcribe(Signal.mono(sound, RATE), "en").text
    strip = str.maketrans("", "", ".,?!")
    assert live.lower().translate(strip) == calm.lower().translate(strip)
