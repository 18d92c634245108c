"""espeak-ng's phonemes in the voice's alphabet, each word in its place."""

from __future__ import annotations

import os
import subprocess
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ciak.backends.embedded import espeak
from ciak.backends.embedded.kokoro import divide
from ciak.backends.embedded.phonemes import ALPHABET, phonemize, to_alphabet
from ciak.errors import BackendError, ProgramAbsent


@pytest.mark.parametrize(("ipa", "language", "symbols"), [
    ("d^ʒˈorno", "it", "ʤˈorno"), ("pˈit^sːa", "it", "pˈiʦːa"), ("t^ʃˈao", "it", "ʧˈao"),
    ("jˈɔt̪", "it", "jˈɔt"), ("d^zˈio", "it", "ʣˈio"), ("ɡˈatːo", "it", "ɡˈatːo"),
    ("sˈe^ɪ ɡˌo^ʊ hˈa^ʊs ˈa^ɪ ˈɔ^ɪl", "en", "sˈA ɡˌO hˈWs ˈI ˈYl"),
    ("bˈɜːd fˈɜːɹst", "en", "bˈɜɹd fˈɜɹst"), ("kˈɑːnt ɡˌə^ʊ", "en-gb", "kˈɑːnt ɡˌQ"),
    ("mˈɪstɚ", "en", "mˈɪstəɹ"), ("ðˈe^ə", "en-gb", "ðˈɛː"), ("bˈʌʔn̩", "en", "bˈʌtᵊn"),
])
def test_mapping(ipa: str, language: str, symbols: str) -> None:
    assert to_alphabet(ipa, language) == symbols


@pytest.mark.parametrize(("line", "language", "words"), [
    ("One of the best in an hour.", "en", ["wˈʌn", "ʌv", "ðə", "bˈɛst", "ɪn", "ən", "ˈWəɹ"]),
    ("In un angolo c'è l'acqua", "it", ["in", "ʊn", "ˈaŋɡolo", "ʧe", "lˈakːwa"]),
    ("La casa, la gente", "it", ["la", "kˈaza", "la", "ʤˈɛnte"]),
])
def test_every_word_has_its_place(line: str, language: str, words: list[str]) -> None:
    (made,) = phonemize([line], language)
    assert [made.symbols[start:end] for _, start, end in made.words] == words


def test_punctuation_is_kept_and_a_line_ends() -> None:
    assert [one.symbols[-1] for one in phonemize(["Ciao", "Ciao!", "Ciao…", "Ciao,", "(ciao)"], "it")] == list(".!….)")
    (made,) = phonemize(["Sì, no; forse: “mai”!"], "it")
    assert [mark for mark in made.symbols if mark in ",;:“”!"] == list(",;:“”!")


def test_many_lines_cost_one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    runs = []
    real = subprocess.run
    monkeypatch.setattr(espeak.subprocess, "run", lambda *given, **more: runs.append(given) or real(*given, **more))
    made = phonemize([f"Questa è la riga {number}, credo." for number in range(20)], "it")
    assert len(runs) == 1 and len(made) == 20 and all(one.words for one in made)


@pytest.mark.parametrize("line", ["$(touch here) `id` ; rm -rf /", "-f /etc/passwd", "--stdin", "[[hEllo]]",
                                  "<speak>hi", "a\nb\nc", "a\x00b", "one. two. three", "w" * 3000, "word " * 600])
def test_text_is_only_text(line: str, tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (made,) = phonemize([line], "en")
    assert set(made.symbols) <= ALPHABET
    assert not list(tmp_path.iterdir())


def test_an_absent_program_is_named_with_its_remedy(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ProgramAbsent, match="apt install espeak-ng"):
        phonemize(["Ciao"], "it")


@pytest.mark.parametrize(("script", "message"), [("exit 3", "failed"), ("sleep 5", "did not answer")])
def test_a_program_that_fails_or_hangs(script: str, message: str, monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    program = tmp_path / espeak.PROGRAM
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(espeak, "_TIMEOUT", 0.3)
    with pytest.raises(BackendError, match=message):
        phonemize(["Ciao"], "it")


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(BackendError, match="xx"):
        phonemize(["Ciao"], "xx")


def test_long_lines_are_divided_at_punctuation() -> None:
    (made,) = phonemize(["Questa è una frase, credo, abbastanza lunga da dover essere divisa. " * 12], "it")
    parts = divide(made)
    assert len(parts) > 1
    assert all(len(part.symbols) <= 510 for part in parts)
    assert all(part.symbols[-1] in ".,!?" for part in parts)
    assert [word[0] for part in parts for word in part.words] == [word[0] for word in made.words]
    for part in parts:
        assert all(0 <= start <= end <= len(part.symbols) for _, start, end in part.words)
    (endless,) = phonemize(["parola " * 150], "it")
    assert all(len(part.symbols) <= 510 for part in divide(endless))
    assert sum(len(part.words) for part in divide(endless)) == 150


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=60), min_size=1, max_size=4), st.sampled_from(["it", "en", "es", "fr"]))
def test_nothing_makes_it_fall(lines: list[str], language: str) -> None:
    made = phonemize(lines, language)
    assert len(made) == len(lines)
    for one in made:
        assert set(one.symbols) <= ALPHABET
        ends = [0, *(end for _, _, end in one.words)]
        assert all(a <= b for a, b in pairwise(ends)) and ends[-1] <= len(one.symbols)
