"""What the page is told of a report: its new figures, and that odd values stay out."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import pytest

from ciak.dubbing.adaptation import LOW_CONFIDENCE
from ciak.dubbing.report import LineReport, MixReport, Report, SubtitleReport
from ciak.dubbing.slots import FASTEST, SLOWEST
from ciak.film import Rate
from ciak.server.studio.figures import report_view
from ciak.server.studio.report_views import ReportView

RATE = Rate(Fraction(25))
LINE: dict[str, Any] = {
    "id": "l0001",
    "character": "ada",
    "source": "Run.",
    "translation": "Corri.",
    "span": [1.0, 2.0],
    "slot": [1.0, 3.0],
    "spoken": [1.0, 2.5],
    "natural": 1.6,
    "rate": 1.0667,
    "word_error": 0.5,
    "heard": "Corre.",
    "confidence": 0.7,
}


def view(told: object) -> ReportView:
    """``told`` as a page gets it; everything that it gets is JSON."""
    found = report_view(told, RATE)
    json.dumps(found.model_dump(mode="json"), allow_nan=False)
    return found


def test_a_report_that_a_dub_writes_is_told_in_full() -> None:
    report = Report(
        film="Night",
        languages=("en", "it"),
        detected_language=0.98,
        lines=(LineReport.model_validate(LINE),),
        mix=MixReport(integrated=-23.0, true_peak=-1.5, gain_db=2, limited_db=0.4, target=-23, ceiling=-1.5, note="n"),
        subtitles={
            "it": SubtitleReport(cues=9, violations={"gap": 1, "reading-speed": 4}),
            "en": SubtitleReport(cues=8),
        },
        notes=("one", "two"),
    )
    found = view(json.loads(report.model_dump_json(by_alias=True)))
    line = found.lines[0]
    assert (line.confidence, line.natural, line.heard, line.used) == (0.7, 1.6, "Corre.", 0.75)
    assert found.film == "Night" and found.detected_language == 0.98 and found.notes == ("one", "two")
    assert found.mix is not None
    assert (found.mix.gain_db, found.mix.limited_db, found.mix.target, found.mix.note) == (2, 0.4, -23, "n")
    subtitles = {each.language: each for each in found.subtitles}
    assert [(rule.rule, rule.count) for rule in subtitles["it"].violations] == [("reading-speed", 4), ("gap", 1)]
    figures = [(each.language, each.value, each.of, each.good) for each in found.figures if each.code == "subtitles"]
    assert figures == [("it", 5, 9, False), ("en", 0, 8, True)]


def test_the_limits_are_those_of_the_dub() -> None:
    limits = view({}).limits
    assert limits is not None
    assert (limits.slowest, limits.fastest) == (float(SLOWEST), float(FASTEST))
    assert (limits.word_error, limits.confidence) == (0.12, LOW_CONFIDENCE)


def test_what_is_not_there_is_none_and_not_zero() -> None:
    found = view({"lines": [{}], "subtitles": {"it": {}}})
    line = found.lines[0]
    assert line.confidence is line.natural is line.used is line.rate is line.word_error is None
    assert found.mix is None and found.detected_language is None
    assert [(each.value, each.good) for each in found.figures if each.code == "subtitles"] == [(None, None)]
    assert [each.code for each in view({}).figures] == ["in-slot", "flagged", "word-error", "loudness", "true-peak"]


@pytest.mark.parametrize("odd", [True, "1", [], {}, None, -0.1, 1e13, float("nan"), float("inf"), -(10**400), 10**400])
@pytest.mark.parametrize("name", ["rate", "natural", "word_error", "confidence"])
def test_a_value_that_cannot_have_been_measured_is_left_out(name: str, odd: object) -> None:
    assert getattr(view({"lines": [LINE | {name: odd}]}).lines[0], name) is None


@pytest.mark.parametrize(
    ("slot", "spoken", "used"),
    [
        ([1, 1], [1, 2], None),
        ([2, 1], [1, 2], None),
        (None, [1, 2], None),
        ([1, 3], None, None),
        ([1, 3], [1, 1], 0.0),
        ([1, "3"], [1, 2], None),
        ([1, 2, 3], [1, 2], None),
        ([1, 3], [1, 4], 1.5),
    ],
)
def test_how_much_of_its_slot_a_line_uses(slot: object, spoken: object, used: float | None) -> None:
    assert view({"lines": [LINE | {"slot": slot, "spoken": spoken}]}).lines[0].used == used


@pytest.mark.parametrize(
    "subtitles",
    [
        7,
        [],
        "it",
        {"it": None},
        {"it": {"cues": -1, "violations": 3}},
        {"it": {"cues": 1.5, "violations": {"gap": "many", "lines": True, "longest": -2, "shortest": 0.5}}},
        {"": {"cues": 3}},
        {"it": {"cues": float("nan"), "violations": {"gap": float("inf")}}},
    ],
)
def test_subtitles_that_say_anything(subtitles: object) -> None:
    found = view({"subtitles": subtitles})
    assert all(each.cues is None and each.violations == () for each in found.subtitles)


def test_a_report_without_end_is_cut() -> None:
    found = view(
        {
            "subtitles": {f"l{n}": {"cues": 1, "violations": {f"r{m}": 1 for m in range(200)}} for n in range(200)},
            "notes": ["x" * 5000] * 900 + [7, None],
            "film": "x" * 5000,
            "mix": {"note": "x" * 5000, "gain_db": [], "target": "−23"},
            "detected_language": 7,
        }
    )
    assert len(found.subtitles) == 50 and {len(each.violations) for each in found.subtitles} == {50}
    assert len(found.notes) == 100 and {len(note) for note in found.notes} == {2000} and len(found.film) == 2000
    assert found.mix is not None and len(found.mix.note) == 2000
    assert found.mix.gain_db is found.mix.target is found.detected_language is None
