"""Dialogue, subtitles, cast, cut and sound: small promises of the domain's other objects."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from ciak import film
from ciak.errors import BadInput
from ciak.film import (
    Cast,
    CastMember,
    Clip,
    Cut,
    Dialogue,
    Flag,
    Lane,
    Loop,
    Sex,
    Shot,
    Signal,
    Span,
    StyledRun,
    StyleKind,
    SubtitleCue,
    SubtitleDocument,
    Take,
    TakeKind,
    Word,
)


def take(id: str, start: int = 1, end: int = 2) -> Take:  # noqa: A002
    return Take(id=id, kind=TakeKind.SYNTHETIC, sound="ab" * 32 + ".wav", text="Ciao", span=Span.of(start, end),
                natural=Fraction(1), rate=1.0)


def test_the_chosen_take_is_found_by_its_id() -> None:
    loop = Loop(id="L1", character="ann", span=Span.of(1, 2), text="Hi", takes=(take("a"), take("b")))
    assert loop.take is None
    assert loop.model_copy(update={"chosen": "b"}).take == take("b")
    assert loop.model_copy(update={"chosen": "gone"}).take is None


def test_a_dialogue_finds_its_loops_and_survives_json() -> None:
    loop = Loop(id="L1", character="ann", span=Span.of(1, Fraction(1001, 500)), text="«È»", slot=Span.of(1, 3),
                words=(Word(text="È", span=Span.of(1, 2), probability=0.5),), takes=(take("a"),), chosen="a",
                flags=(Flag(code="too-fast", message="rate 1.4"),))
    dialogue = Dialogue(language="it", source="en", loops=(loop,))
    assert dialogue.loop("L1") == loop and dialogue.loop("L2") is None
    assert Dialogue.model_validate_json(dialogue.model_dump_json()) == dialogue


@pytest.mark.parametrize("code", ["en", "it", "pt-BR", "zh-Hant", "zh-Hant-TW", "und", "de-1996"])
def test_languages(code: str) -> None:
    assert Dialogue(language=code).language == code


@pytest.mark.parametrize("code", ["", "e", "english", "EN", "en_US", "en-", "en\n", "../x", "it-" + "x" * 9])
def test_what_is_no_language(code: str) -> None:
    with pytest.raises(ValidationError):
        Dialogue(language=code)


@pytest.mark.parametrize("name", ["", "a b", "../a", "a/b", "x" * 65, "é"])
def test_what_is_no_loop_id(name: str) -> None:
    with pytest.raises(ValidationError):
        Loop(id=name, character="", span=Span.of(0, 1), text="")


def test_numbers_stay_in_their_ranges() -> None:
    for bad in (-0.1, 1.1, float("nan"), float("inf")):
        with pytest.raises(ValidationError):
            Word(text="x", span=Span.of(0, 1), probability=bad)
    with pytest.raises(ValidationError):
        Shot(first=-1, end=2)
    with pytest.raises(ValidationError):
        take("a").model_validate({**take("a").model_dump(), "rate": 0})


def test_a_cue_is_plain_text_with_runs_beside_it() -> None:
    cue = SubtitleCue(span=Span.of(0, 1), lines=("- a < b", "- Sì"),
                      runs=(StyledRun(kind=StyleKind.VOICE, first=0, end=7, value="Ann"),))
    assert cue.text == "- a < b\n- Sì"
    assert cue.speaker == "Ann"
    assert SubtitleCue(span=Span.of(0, 1), lines=()).speaker == ""
    document = SubtitleDocument(language="it", cues=(cue,))
    assert SubtitleDocument.model_validate_json(document.model_dump_json()) == document


def test_the_cast_table_replaces_rows_by_id_and_keeps_their_order() -> None:
    ann, ben = CastMember(id="ann", name="Ann"), CastMember(id="ben", name="Ben")
    cast = Cast(members=(ann, ben))
    renamed = CastMember(id="ann", name="Anna", sex=Sex.FEMALE, edited=True)
    assert cast.with_member(renamed).members == (renamed, ben)
    cleo = CastMember(id="cleo", name="Cleo")
    assert cast.with_member(cleo).members == (ann, ben, cleo)
    assert cast.member("ben") == ben and cast.member("nobody") is None
    assert cast.members == (ann, ben)


def test_lanes_are_picture_or_sound() -> None:
    clip = Clip(name="a", path="a.wav", span=Span.of(0, 1), source=Fraction(0))
    cut = Cut(name="c", rate="24", start="01:00:00:00", lanes=(Lane(name="DX", kind="Audio", clips=(clip,)),))
    assert Cut.model_validate_json(cut.model_dump_json()) == cut
    with pytest.raises(ValidationError):
        Lane(name="x", kind="Smell")


def test_a_signal_is_float32_frames_by_channels() -> None:
    with pytest.raises(BadInput):
        Signal(np.zeros(10, np.float32), 48000)
    with pytest.raises(BadInput):
        Signal(np.zeros((10, 1)), 48000)  # type: ignore[arg-type]
    signal = Signal.mono(np.arange(10) / 10, 10)
    assert (signal.frames, signal.channels, signal.duration) == (10, 1, 1)
    assert Signal.silence(Fraction(1, 3), 48000, 2).samples.shape == (16000, 2)


def test_a_signal_is_cut_on_samples_and_never_copied() -> None:
    signal = Signal.mono(np.arange(48000) / 48000, 48000)
    part = signal.cut(Fraction(1, 4), Fraction(1, 2))
    assert part.frames == 12000 and part.samples[0, 0] == np.float32(0.25)
    assert np.shares_memory(part.samples, signal.samples)
    assert signal.cut(Fraction(-1), Fraction(9)).frames == 48000
    assert signal.cut(Fraction(2), Fraction(3)).frames == 0


def test_mixing_down_is_the_mean() -> None:
    signal = Signal(np.array([[1.0, 0.0], [0.5, -0.5]], np.float32), 48000)
    assert signal.mixed_down().tolist() == [0.5, 0.0]


def test_the_domain_names_all_it_offers() -> None:
    for name in film.__all__:
        assert getattr(film, name).__doc__


def test_every_word_of_the_domain_is_in_the_glossary() -> None:
    text = (Path(__file__).resolve().parents[2] / "docs" / "glossary.md").read_text("utf-8")
    assert [name for name in film.__all__ if f"`{name}`" not in text] == []
    craft = ("Scene", "Sequence", "Cut", "Setup", "Shot", "Take", "Slate", "Reel", "Spotting", "Music cue",
             "Subtitle cue", "Hit point", "Stem", "M&E", "Loop", "Adaptation", "Dialogue list", "Rythmo band", "Walla",
             "Knot", "Picture lock", "Turnover", "Conform", "Screening", "Panel", "Card", "Comp", "Opening",
             "Multiple", "P&A", "story beat")
    assert [word for word in craft if word.lower() not in text.lower()] == []
