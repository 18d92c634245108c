"""The judges judge as they say: the word rule, numbers, intervals, what a result file holds."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))

import figures  # noqa: E402
import numerals  # noqa: E402
from figures import Counts  # noqa: E402


@pytest.mark.parametrize(("language", "number", "words"), [
    ("en", 0, "zero"), ("en", 2024, "two thousand twenty four"), ("en", 301, "three hundred one"),
    ("it", 28, "ventotto"), ("it", 61, "sessantuno"), ("it", 1968, "millenovecentosessantotto"),
    ("es", 100, "cien"), ("es", 31, "treinta y uno"), ("es", 500, "quinientos"),
    ("fr", 71, "soixante et onze"), ("fr", 80, "quatre-vingts"), ("fr", 95, "quatre-vingt-quinze"),
    ("de", 1, "eins"), ("de", 21, "einundzwanzig"), ("de", 101, "einhunderteins"),
])
def test_numbers_in_words(language: str, number: int, words: str) -> None:
    assert numerals.spell(number, language) == words


def test_both_spellings_of_a_number_are_the_same_words() -> None:
    assert figures.words("25 years", "en") == figures.words("Twenty-five years.", "en")
    assert figures.words("1.200 passi", "it") == figures.words("milleduecento passi", "it")


def test_the_word_rule() -> None:
    assert figures.words("L’uomo, «perché»?", "it") == ["l", "uomo", "perché"]
    assert figures.words("cafe\u0301", "fr") == ["café"]


@pytest.mark.parametrize(("heard", "errors"), [
    ("the cat sat down", 0), ("The cat, sat down!", 0), ("the cat down", 1), ("the big cat sat down", 1),
    ("the dog sat down", 1), ("", 4), ("a b c d e f", 6),
])
def test_word_errors_are_substitutions_insertions_and_deletions(heard: str, errors: int) -> None:
    assert figures.word_errors("the cat sat down", heard, "en") == Counts(errors, 4)


def test_intervals_hold_the_value_and_repeat() -> None:
    counts = [Counts(i % 4, 10) for i in range(40)]
    low, high = figures.bootstrap(counts)
    assert low < figures.pooled(counts) < high
    assert (low, high) == figures.bootstrap(counts)
    assert figures.paired_bootstrap(counts, counts) == (0.0, 0.0)


def test_a_result_tells_no_path_of_the_machine() -> None:
    told = str(figures.machine())
    assert str(Path.home()) not in told and "/" not in figures.machine()["platform"]


def test_a_missed_figure_fails_the_benchmark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures, "RESULTS", tmp_path)
    good, bad = figures.Figure("F1", "good", .1, "<= 0.2", True), figures.Figure("F1", "bad", .3, "<= 0.2", False)
    assert figures.record("good", [good]) == 0
    assert figures.record("bad", [good, bad]) == 1
    assert '"verdict": "missed"' in (tmp_path / "bad.json").read_text(encoding="utf-8")


def test_the_lists_of_spoken_lines_are_long_enough_and_each_line_once() -> None:
    from clips import read_lines

    for language in ("it", "en"):
        lines = read_lines(BENCHMARKS / "data" / f"spoken.{language}.txt")
        assert len(lines) >= 40 and len(set(lines)) == len(lines)
    dialogue = read_lines(BENCHMARKS / "data" / "dialogue60.tsv")
    assert len(dialogue) == 60 and all(len(line.split("\t")) == 3 for line in dialogue)
