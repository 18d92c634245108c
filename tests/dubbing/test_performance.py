"""The original's performance as a contour: melody, register, pauses, questions, and what is not faked."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ciak.dubbing.directing import laughed
from ciak.dubbing.melody import STEP, Melody, Register, follow, register
from ciak.dubbing.performance import EARLY, Original, contour, likeness, pauses, silence_in, whispered
from ciak.film import Dialogue, Loop, Signal, Span, Word
from ciak.film.captions import Caption, CaptionKind, Verdict

RATE = 16000


def sung(pitch: np.ndarray, level: np.ndarray | float = 0.2, noise: float = 0.0) -> Signal:
    """A voice of ten harmonics at ``pitch`` Hz, sample by sample; 0: silent."""
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    voice = sum(np.sin(n * phase) / n for n in range(1, 11)) * (pitch > 0) * level
    sound = voice + noise * np.random.default_rng(1).standard_normal(len(pitch))
    return Signal.mono(sound.astype(np.float32), RATE)


def word(text: str, start: float, end: float) -> Word:
    return Word(text=text, span=Span.of(Fraction(str(start)), Fraction(str(end))))


def rising(seconds: float = 2.0, low: float = 120.0, high: float = 180.0) -> np.ndarray:
    return np.linspace(low, high, int(seconds * RATE))


def test_pitch_is_followed_through_noise_and_octaves() -> None:
    wanted = 150 * 2 ** (0.4 * np.sin(np.linspace(0, 9, 3 * RATE)))
    heard = follow(sung(wanted, noise=0.02))
    at = np.round(np.arange(len(heard.pitch)) * STEP * RATE).astype(int)[5:-5]
    told = heard.pitch[5:-5]
    assert (told > 0).mean() > 0.95
    off = np.abs(np.log2(told[told > 0] / wanted[at][told > 0]))
    assert np.percentile(off, 95) < 1 / 24


@pytest.mark.parametrize("sound", [
    Signal.mono(np.zeros(RATE, np.float32), RATE), Signal.mono(np.zeros(0, np.float32), RATE),
    Signal.mono((np.random.default_rng(2).standard_normal(RATE) * 0.1).astype(np.float32), RATE)])
def test_silence_and_noise_have_no_melody(sound: Signal) -> None:
    heard = follow(sound)
    assert not heard.has_pitch and np.isfinite(heard.energy).all()
    assert contour(Original(heard, register([heard])), "Nobody speaks here.", 1.0) is None


def test_register_is_of_all_lines_together() -> None:
    low, high = follow(sung(rising(2, 100, 110))), follow(sung(rising(2, 190, 210)))
    both = register([low, high, low])
    assert np.exp(both.pitch) == pytest.approx(108, abs=6)
    shape = contour(Original(high, both), "come here", 1.0)
    assert shape is not None and shape.pitch.min() > 0.5, "a raised voice stays raised"
    assert np.abs(shape.pitch).max() <= 3 and np.abs(shape.energy).max() <= 3


def test_a_shout_is_loud_in_its_own_register() -> None:
    quiet, shout = follow(sung(rising(), 0.05)), follow(sung(rising(), 0.4))
    usual = register([quiet, quiet, quiet, shout])
    one, other = (contour(Original(line, usual), "get out", 1.0) for line in (quiet, shout))
    assert one is not None and other is not None
    assert float(np.median(other.energy)) > float(np.median(one.energy)) + 1


def paused() -> Original:
    """Two stretches with half a second between them, in four words."""
    pitch = np.concatenate([rising(1.0), np.zeros(RATE // 2), rising(1.5)])
    line = follow(sung(pitch))
    words = (word("wait,", 0, 0.5), word("John", 0.5, 1.0), word("come", 1.5, 2.2), word("back", 2.2, 3.0))
    return Original(line, register([line]), words)


def test_pauses_fall_where_the_new_line_may_be_parted() -> None:
    said = paused()
    assert [pytest.approx(one, abs=0.05) for one in [(1.0, 1.5)]] == pauses(said)
    shape = contour(said, "aspetta Gianni, torna da me", 1.0)
    assert shape is not None and shape.rests == (2,), "behind the comma"
    assert float(silence_in(shape)) == pytest.approx(0.5, abs=0.06)
    at = {(one.word, one.end): one.at for one in shape.anchors}
    assert at[0, False] == 0 and at[4, True] == pytest.approx(3.0)
    assert at[1, True] == pytest.approx(1.0, abs=0.05) and at[2, False] == pytest.approx(1.5, abs=0.05)
    half = contour(said, "aspetta Gianni, torna da me", 0.5)
    assert half is not None and float(silence_in(half)) == pytest.approx(0.25, abs=0.03)


def test_the_same_words_lie_on_each_other() -> None:
    shape = contour(paused(), "Wait, John! Come back.", 1.0)
    assert shape is not None and shape.rests == (2,)
    at = {(one.word, one.end): one.at for one in shape.anchors}
    assert at[3, False] == pytest.approx(2.2 + EARLY[0], abs=0.02), "what lies inside was heard too early"
    assert at[3, True] == pytest.approx(3.0, abs=0.02), "the line's own end was not"


def test_a_question_that_rises_says_so() -> None:
    pitch = np.concatenate([np.full(RATE, 150.0), np.linspace(150, 240, RATE // 4)])
    line = follow(sung(pitch))
    said = Original(line, register([line]))
    asked, told = contour(said, "davvero?", 1.0), contour(said, "davvero.", 1.0)
    assert asked is not None and asked.rise > 1
    assert told is not None and told.rise == 0
    falling = follow(sung(pitch[::-1]))
    flat = contour(Original(falling, register([falling])), "dove sei?", 1.0)
    assert flat is not None and flat.rise == 0, "a question that falls stays so"


def test_a_whisper_is_told() -> None:
    breath = np.random.default_rng(4).standard_normal(2 * RATE).astype(np.float32) * 0.004
    usual = register([follow(sung(rising()))])
    assert whispered(Original(follow(Signal.mono(breath, RATE)), usual))
    assert not whispered(Original(follow(sung(rising())), usual))


def test_laughter_is_told_by_words_and_captions() -> None:
    loop = Loop(id="L1", character="A", span=Span.of(Fraction(0), Fraction(2)), text="Stop it.")
    none = Dialogue(language="en", loops=(loop,))
    assert not laughed(loop, none)
    assert laughed(loop.model_copy(update={"text": "Ha ha ha!"}), none)
    assert laughed(loop.model_copy(update={"text": "(laughing) Stop it."}), none)
    assert not laughed(loop.model_copy(update={"text": "He rides, she laughs."}), none)
    heard = Caption(id="C1", kind=CaptionKind.SOUND, span=Span.of(Fraction(0), Fraction(3, 2)), text="laughter")
    assert laughed(loop, none.model_copy(update={"captions": (heard,)}))
    assert not laughed(loop, none.model_copy(update={
        "captions": (heard.model_copy(update={"verdict": Verdict.REJECTED}),)}))


def test_likeness_is_one_for_the_line_itself() -> None:
    pitch = 150 * 2 ** (0.3 * np.sin(np.linspace(0, 8, 2 * RATE)))
    line = follow(sung(pitch, 0.1 + 0.1 * np.sin(np.linspace(0, 5, 2 * RATE)) ** 2))
    words = (word("one", 0, 1), word("two", 1, 2))
    heard = (word("one", 0, 1 - EARLY[1]), word("two", 1 - EARLY[0], 2))
    shape = contour(Original(line, register([line]), heard), "one two", 1.0)
    assert shape is not None
    alike = likeness(shape, line, words)
    assert alike[0] is not None and alike[0] > 0.97 and alike[1] is not None and alike[1] > 0.97
    other = likeness(shape, follow(sung(pitch[::-1].copy())), words)
    assert other[0] is not None and other[0] < 0.6
    assert likeness(shape, line, ()) == (None, None)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text("abcdèò,.?! ", min_size=1, max_size=9), min_size=1, max_size=12), st.floats(0.05, 1))
def test_any_text_gets_a_contour_in_order(texts: list[str], amount: float) -> None:
    shape = contour(paused(), " ".join(texts), amount)
    if shape is None:
        return
    places = [one.at for one in shape.anchors]
    assert places == sorted(places) and places[0] == 0
    order = [(one.word, one.end) for one in shape.anchors]
    assert order == sorted(order) and len(set(order)) == len(order)
    assert list(shape.rests) == sorted(set(shape.rests))
    assert shape.fingerprint == contour(paused(), " ".join(texts), amount).fingerprint  # type: ignore[union-attr]


def test_a_register_without_voice_is_the_usual_one() -> None:
    silent = Melody(np.zeros(10, np.float32), np.full(10, -110, np.float32))
    assert isinstance(register([silent]), Register) and register([]).pitch_spread > 0
