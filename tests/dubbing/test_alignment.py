"""Words aligned: in order, none twice, found through noise, and a whole film's in seconds and little memory."""

from __future__ import annotations

import itertools
import random
import time
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ciak.dubbing.alignment import aligned
from ciak.dubbing.figures_in_words import in_words
from ciak.dubbing.likeness import likeness, tokens

FEW = st.lists(st.sampled_from(["the", "cat", "sat", "on", "a", "mat", "then", "left", "for", "good"]), max_size=30)


@settings(max_examples=150)
@given(FEW, FEW)
def test_pairs_keep_the_order_and_no_word_is_used_twice(script: list[str], heard: list[str]) -> None:
    pairs = aligned(script, heard)
    for (one, other), (later, after) in itertools.pairwise(pairs):
        assert one < later and other < after
    assert all(likeness([script[one]], [heard[other]])[0, 0] > 0 for one, other in pairs)


@settings(max_examples=80)
@given(FEW)
def test_the_same_words_are_all_found(words: list[str]) -> None:
    assert aligned(words, words) == [(at, at) for at in range(len(words))]


def test_words_left_out_put_in_and_misheard() -> None:
    script = ["there", "is", "a", "name", "on", "the", "box", "and", "it", "is", "mine"]
    heard = ["well", "there", "is", "name", "on", "the", "fox", "and", "this", "is", "mine"]
    found = {script[one]: heard[other] for one, other in aligned(script, heard)}
    assert found["there"] == "there" and found["name"] == "name" and found["mine"] == "mine"
    assert "a" not in found and "well" not in found.values()


def test_a_film_of_20000_words_takes_seconds_and_little_memory() -> None:
    draw = random.Random(5)
    stock = ["".join(draw.choices("abcdefghijklmnoprstuvz", k=draw.randint(2, 9))) for _ in range(4000)]
    script = [stock[min(3999, int(draw.expovariate(1 / 500)))] for _ in range(20_000)]
    kept = [at for at in range(20_000) if draw.random() < 0.75]
    heard = [script[at] if draw.random() < 0.9 else draw.choice(stock) for at in kept]
    tracemalloc.start()
    began = time.process_time()
    pairs = aligned(script, heard)
    took, (_, peak) = time.process_time() - began, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    right = sum(kept[other] == one for one, other in pairs)
    assert right > 0.85 * len(kept) and right > 0.95 * len(pairs)
    assert took < 20 and peak < 300e6


def test_two_texts_without_anything_in_common_end_soon() -> None:
    began = time.process_time()
    assert aligned([f"aa{n}" for n in range(20_000)], [f"zz{n % 7}zz" for n in range(15_000)]) == []
    assert time.process_time() - began < 30


@pytest.mark.parametrize(("text", "language", "bare"), [
    ("Forty-two, please!", "en", ("forty", "two", "please")), ("42", "en", ("forty", "two")),
    ("in 1987", "en", ("in", "nineteen", "eighty", "seven")), ("2,500", "en", ("two", "thousand", "five", "hundred")),
    ("40 anni", "it", ("quaranta", "anni")), ("l'amico", "it", ("l'", "amico")),
    ("95", "fr", ("quatre", "vingt", "quinze")),
    ("21", "de", ("einundzwanzig",)), ("7", "ja", ("7",)), ("12345678", "en", ("12345678",)), ("—", "en", ())])
def test_words_are_compared_bare_and_numbers_in_words(text: str, language: str, bare: tuple[str, ...]) -> None:
    assert tokens(text, language) == bare


@given(st.integers(0, 2_000_000), st.sampled_from(["en", "it", "es", "fr", "de", "xx"]))
def test_every_number_has_words(number: int, language: str) -> None:
    words = in_words(number, language)
    assert words and all(words)
    assert (words == (str(number),)) == (language == "xx" or number > 999_999)


def test_near_misses_are_alike_and_others_are_not() -> None:
    table = likeness(["harbour", "Marlowe", "the"], ["harbour", "harbor", "Marlow", "thunderstorm"])
    assert table[0, 0] == 1 and 0.75 < table[0, 1] < 1 and table[1, 2] >= 0.75
    assert table[0, 3] == table[2, 0] == table[2, 3] == 0
