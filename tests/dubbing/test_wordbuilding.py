"""Words that a language makes at will are known by their parts, and slips are not."""

from __future__ import annotations

import pytest

from ciak.dubbing.dictionary import dictionary
from ciak.dubbing.wordbuilding import parts_of


@pytest.mark.parametrize(("language", "word"), [
    ("de", "Jugendorchester"), ("de", "Bahnhofsladen"), ("de", "Stadtbibliothek"), ("it", "comprarmi"),
    ("it", "dimenticheremmo"), ("it", "passeggerebbero")])
def test_what_is_built_of_words_is_one(language: str, word: str) -> None:
    words = dictionary(language)
    assert words is not None and words.knows(word)


@pytest.mark.parametrize(("language", "word"), [
    ("de", "Jugenorchester"), ("de", "Stadtbibliotek"), ("it", "compraarmi"), ("it", "dimentticheremmo"),
    ("it", "xyzerò"), ("en", "houseboatsladder")])
def test_a_slip_is_none(language: str, word: str) -> None:
    words = dictionary(language)
    assert words is not None and not words.knows(word)


def test_how_words_are_built() -> None:
    assert set(parts_of("cercherò", "it")) == {("cerchere",), ("cercare",)}
    assert ("mangiare",) in parts_of("mangeranno", "it") and ("partire",) in parts_of("partirà", "it")
    assert ("bahnhof", "laden") in parts_of("bahnhofsladen", "de")
    assert not list(parts_of("haus" * 100, "de")) and not list(parts_of("grondements", "fr"))
