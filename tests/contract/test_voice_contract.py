"""What every voice promises."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from ciak.backends.protocols import Delivery, Voice
from ciak.dubbing.rights import clones
from ciak.errors import BackendError
from ciak.film.people import Sex

LINE = "The letter is near the window."


def first(voice: Voice, language: str = "en") -> str:
    return next(one.id for one in voice.stock() if one.language == language)


def test_says_who_it_is(voice) -> None:
    assert isinstance(voice, Voice)
    assert voice.name and voice.rate >= 8000
    ids = [one.id for one in voice.stock()]
    assert ids and len(set(ids)) == len(ids)


def test_offers_two_of_each_sex_where_the_journey_goes(voice) -> None:
    for language in ("en", "it"):
        for sex in (Sex.FEMALE, Sex.MALE):
            assert sum(one.language == language and one.sex == sex for one in voice.stock()) >= 2


def test_length_is_what_speaking_takes(voice) -> None:
    natural = voice.length(LINE, first(voice), "en")
    spoken = voice.speak(LINE, Delivery(first(voice), "en"))
    assert 0 < natural < 10
    assert spoken.natural == natural
    assert spoken.signal.rate == voice.rate and spoken.signal.channels == 1
    assert abs(spoken.signal.duration - natural) <= Fraction(1, 40)
    assert voice.length(LINE + " " + LINE, first(voice), "en") > natural


def test_speaks_at_exactly_the_wanted_length(voice) -> None:
    if not voice.exact:
        pytest.skip("does not promise it")
    natural = voice.length(LINE, first(voice), "en")
    for rate in (Fraction(4, 5), Fraction(13, 10)):
        wanted = natural / rate + Fraction(1, 997)
        spoken = voice.speak(LINE, Delivery(first(voice), "en", wanted))
        assert abs(spoken.signal.duration - wanted) <= Fraction(1, 40)
        quiet = np.abs(spoken.signal.samples[:, 0]) < 10 ** (-50 / 20)
        edge = voice.rate * 3 // 20
        assert not quiet[:edge].all() and not quiet[-edge:].all(), "silence fills the slot"


def test_tells_when_each_word_is_spoken(voice) -> None:
    spoken = voice.speak(LINE, Delivery(first(voice), "en"))
    if not spoken.words:
        pytest.skip("gives no word times")
    assert [word.text.strip(".").lower() for word in spoken.words] == LINE.strip(".").lower().split()
    assert all(0 <= word.span.start <= word.span.end <= spoken.signal.duration for word in spoken.words)
    assert all(one.span.start < two.span.start for one, two in pairwise(spoken.words))


def test_the_same_input_gives_the_same_samples(voice) -> None:
    delivery = Delivery(first(voice), "en")
    one, two = voice.speak("The river.", delivery), voice.speak("The river.", delivery)
    assert np.array_equal(one.signal.samples, two.signal.samples)
    assert np.isfinite(one.signal.samples).all() and np.abs(one.signal.samples).max() <= 1


def test_refuses_what_it_cannot_do(voice) -> None:
    natural = voice.length(LINE, first(voice), "en")
    for wanted in (natural / 2, natural * 2, Fraction(0), Fraction(-1)):
        with pytest.raises(BackendError):
            voice.speak(LINE, Delivery(first(voice), "en", wanted))
    for text in ("", "   ", "...", "😀"):
        with pytest.raises(BackendError):
            voice.speak(text, Delivery(first(voice), "en"))
    with pytest.raises(BackendError):
        voice.length(LINE, "nobody", "en")


def test_says_whose_likeness_its_voices_are(voice) -> None:
    """A backend that clones says so; a voice that is somebody's says whose; the rest is nobody's."""
    assert isinstance(voice.likeness, bool)
    for one in voice.stock():
        assert isinstance(one.likeness, str) and one.likeness == one.likeness.strip()
    if not voice.likeness:
        assert clones(voice) is False, "it takes a sound to imitate: it clones"
        assert any(not one.likeness for one in voice.stock() if one.language == "it")
