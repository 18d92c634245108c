"""How lines are read aloud: words, pauses, and what is spoken differently than written."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ciak.backends.embedded.reading import read_aloud


def said(line: str, language: str = "en") -> str:
    return " ".join(f"{word.before}{word.spoken}{word.after}" for word in read_aloud(line, language))


@pytest.mark.parametrize(("line", "spoken"), [
    ("Hello, my friend!", "Hello, my friend!"),
    ("- Yes. - No.", "Yes. No."),
    ("<i>Come</i> {\\an8}here", "Come here"),
    ("♪ la la ♪", "la la"),
    ("Wait...what?", "Wait… what?"),
    ("He — she — they", "He— she— they"),
    ("Yes,sir.Now", "Yes, sir. Now"),
    ("What?! No!!! Never???", "What?! No! Never?"),
    ("“Don’t,” she said (softly).", "“Don't,” she said (softly)."),
    ("WHERE ARE YOU GOING?", "where are you going?"),
    ("The FBI is here", "The FBI is here"),
    ("Mr. Smith and Dr. Jones", "Mister Smith and Doctor Jones"),
    ("No. I said no.", "No. I said no."),
    ("the U.S.A. is big", "the U.S.A. is big"),
    ("In 1984 and 1905", "In 19 84 and 19 oh 5"),
    ("$50 or 20€, 5%", "50 dollars or 20 euros, 5%"),
    ("1,000,000 people at 10:30", "1000000 people at 10:30"),
    ("you & me", "you and me"),
    ("and/or", "and or"),
    ("rock'n'roll isn't 'dead'", "rock'n'roll isn't dead'"),
])
def test_english(line: str, spoken: str) -> None:
    assert said(line) == spoken


@pytest.mark.parametrize(("line", "spoken"), [
    ("Il sig. Rossi, la sig.ra Verdi, ecc.", "Il signor Rossi, la signora Verdi, eccetera."),
    ("Un po' d'acqua dell'amico", "Un po' d'acqua dell'amico"),
    ("Costa 1.500 € e 3,5 kg", "Costa 1500 euro e 3,5 kg"),
    ("Nel 1984", "Nel 1984"),
    ("«Vieni qui», disse.", "“Vieni qui”, disse."),
    ("PERCHÉ NON È QUI?", "perché non è qui?"),
])
def test_italian(line: str, spoken: str) -> None:
    assert said(line, "it") == spoken


def test_words_keep_their_spelling() -> None:
    assert [word.written for word in read_aloud("MR. SMITH, 1984!", "en")] == ["MR", "SMITH", "1984"]


@pytest.mark.parametrize("line", ["", "   ", "...", "?!", "😀", "♪", "-", "東京", "Привет", "<i></i>",
                                  "\x00", "\ud800"])
def test_nothing_to_say(line: str) -> None:
    assert read_aloud(line, "it") == ()


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=80), st.sampled_from(["it", "en", "en-gb", "es", "fr", "xx"]))
def test_nothing_makes_it_fall(line: str, language: str) -> None:
    for word in read_aloud(line, language):
        assert word.spoken.strip() and word.written
        assert set(word.before + word.after) <= set(";:,.!?—…()“”")
