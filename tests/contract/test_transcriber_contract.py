"""What every transcriber promises."""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np
import pytest

from ciak.backends.protocols import Transcriber
from ciak.errors import BackendError
from ciak.film.sound import Signal

LINE = "the mother the river the window the garden the morning"


def test_says_who_it_is(transcriber) -> None:
    assert isinstance(transcriber, Transcriber)
    assert transcriber.name and transcriber.rate >= 8000 and transcriber.longest > 0
    assert {"en", "it"} & transcriber.languages()
    assert all(re.fullmatch("[a-z]{2,3}", language) for language in transcriber.languages())


def test_writes_down_what_is_said(transcriber, speech) -> None:
    signal = speech(LINE, transcriber.rate, before=0.3, after=0.3)
    heard = transcriber.transcribe(signal, "en")
    assert heard.language == "en"
    words = re.findall(r"\w+", heard.text.lower())
    assert len(set(words) & set(LINE.split())) >= 4, heard.text
    assert all(0 <= word.span.start <= word.span.end <= signal.duration for word in heard.words)
    assert all(one.span.start <= two.span.start for one, two in pairwise(heard.words))
    assert transcriber.transcribe(signal, "en") == heard, "the same sound gave other words"


def test_knows_the_language(transcriber, speech) -> None:
    guess = transcriber.identify(speech(LINE, transcriber.rate))
    assert guess.language == "en" and 0 < guess.probability <= 1


def test_silence_has_no_words(transcriber) -> None:
    silence = Signal.mono(np.zeros(transcriber.rate * 2), transcriber.rate)
    assert transcriber.transcribe(silence, "en").words == ()


def test_refuses_what_it_cannot_do(transcriber) -> None:
    with pytest.raises(BackendError):
        transcriber.transcribe(Signal.mono(np.zeros(8000), transcriber.rate), "xx")
    endless = Signal.mono(np.zeros(int((transcriber.longest + 1) * transcriber.rate)), transcriber.rate)
    with pytest.raises(BackendError):
        transcriber.transcribe(endless, "en")
