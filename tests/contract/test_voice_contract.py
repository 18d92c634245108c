"""What every voice promises."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from ciak.backends.protocols import TONES, Anchor, Contour, Delivery, MixingVoice, Recipe, Stock, Voice
from ciak.dubbing.pitch import median_pitch
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


def melody(pitch: float, rests: tuple[int, ...] = ()) -> Contour:
    """Two seconds for ``LINE``'s six words, held at ``pitch`` z-scores, swelling, with a pause before ``rests``."""
    middle = (Anchor(2, True, 0.8), Anchor(3, False, 1.2)) if rests else ()
    return Contour(np.full(161, pitch, np.float32), np.linspace(-1, 1, 161, dtype=np.float32),
                   (Anchor(0, False, 0.0), *middle, Anchor(5, True, 2.0)), rests)


def test_carries_a_performance_or_says_that_it_cannot(voice) -> None:
    natural = voice.length(LINE, first(voice), "en")
    if not voice.expressive:
        with pytest.raises(BackendError):
            voice.speak(LINE, Delivery(first(voice), "en", contour=melody(1.0)))
        return
    wanted = natural * Fraction(6, 5)
    made = {pitch: voice.speak(LINE, Delivery(first(voice), "en", wanted, contour=melody(pitch, (3,))))
            for pitch in (-1.0, 1.5)}
    low, high = (median_pitch(one.signal) for one in made.values())
    assert low is not None and high is not None and high > low * 1.15
    for spoken in made.values():
        assert abs(spoken.signal.duration - wanted) <= Fraction(1, 40)
        assert spoken.natural == natural
        samples = spoken.signal.samples[:, 0]
        assert np.isfinite(samples).all() and np.abs(samples).max() <= 1
        half = len(samples) // 2
        assert samples[half:].std() > samples[:half].std(), "it swells"


def test_without_a_performance_it_speaks_as_ever(voice) -> None:
    plain = voice.speak("The river.", Delivery(first(voice), "en"))
    if voice.expressive:
        contour = Contour(np.zeros(80, np.float32), np.zeros(80, np.float32),
                          (Anchor(0, False, 0.0), Anchor(1, True, 1.0)), amount=0.0)
        none = voice.speak("The river.", Delivery(first(voice), "en", contour=contour))
        assert np.abs(none.signal.samples - plain.signal.samples).max() < 0.1
    again = voice.speak("The river.", Delivery(first(voice), "en", contour=None))
    assert np.array_equal(again.signal.samples, plain.signal.samples)


@pytest.fixture
def mixing(voice):  # type: ignore[no-untyped-def]
    if not isinstance(voice, MixingVoice):
        pytest.skip("its voices cannot be mixed")
    return voice


def halves(voice: MixingVoice) -> Recipe:
    """A man and a woman of English in equal parts, with a manner of the one."""
    kinds = {one.sex: one.id for one in reversed(voice.stock()) if one.language == "en" and one.id in voice.parts()}
    man, woman = kinds[Sex.MALE], kinds[Sex.FEMALE]
    return Recipe(((man, 0.5), (woman, 0.5)), ((man, 1.0),))


def test_a_mixed_voice_is_offered_and_speaks_as_its_recipe_says(mixing: MixingVoice) -> None:
    assert mixing.timbres().shape[0] == len(mixing.parts()) and np.isfinite(mixing.timbres()).all()
    before = mixing.stock()
    mine = Stock("matched-one", "en", Sex.UNKNOWN, likeness="Nobody Real")
    mixing.learn(mine, halves(mixing))
    assert (*before, mine) == mixing.stock()
    plain = mixing.speak(LINE, Delivery(mine.id, "en"))
    assert abs(plain.signal.duration - mixing.length(LINE, mine.id, "en")) <= Fraction(1, 40)
    again = mixing.speak(LINE, Delivery(mine.id, "en"))
    assert np.array_equal(plain.signal.samples, again.signal.samples)
    mixing.learn(mine, replace(halves(mixing), pitch=4.0))
    low, high = median_pitch(plain.signal), median_pitch(mixing.speak(LINE, Delivery(mine.id, "en")).signal)
    assert low is not None and high is not None and 2.5 <= 12 * np.log2(high / low) <= 5.5, "an id is learned anew"


def test_a_recipe_of_one_voice_is_that_voice(mixing: MixingVoice) -> None:
    (man, _), _ = halves(mixing).timbre
    mixing.learn(Stock("matched-one", "en", Sex.UNKNOWN), Recipe(((man, 1.0),), ((man, 1.0),)))
    one, other = (mixing.speak("The river.", Delivery(voice, "en")).signal.samples for voice in ("matched-one", man))
    assert len(one) == len(other) and np.abs(one - other).max() < 1e-3


@pytest.mark.parametrize("change", [
    {"timbre": (("nobody", 1.0),)}, {"manner": ()}, {"pitch": float("nan")}, {"pitch": 40.0}, {"tone": (1.0,)},
    {"tone": (60.0,) * len(TONES)}], ids=["stranger", "nothing", "no-number", "too-far", "short", "too-loud"])
def test_refuses_a_recipe_that_it_cannot_speak(mixing: MixingVoice, change: dict[str, object]) -> None:
    before = mixing.stock()
    with pytest.raises(BackendError):
        mixing.learn(Stock("matched-one", "en", Sex.UNKNOWN), replace(halves(mixing), **change))  # type: ignore[arg-type]
    with pytest.raises(BackendError):
        mixing.learn(mixing.stock()[0], halves(mixing))
    assert mixing.stock() == before
