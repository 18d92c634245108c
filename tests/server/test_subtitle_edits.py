"""Subtitles set by hand by the API: shown as they were set, undone, let go, judged as they are typed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.server.asking import Answer, Page, of

from ciak.project import Film


def cues(page: Page, film: Path) -> list[dict[str, Any]]:
    """The Italian subtitles."""
    told: list[dict[str, Any]] = page.get(of(film, "subtitles/it")).json["cues"]
    return told


def shown(first: int, end: int, *lines: str) -> dict[str, Any]:
    return {"frames": {"first": first, "end": end}, "lines": list(lines)}


def do(page: Page, film: Path, *changes: dict[str, Any]) -> Answer:
    """Change lines, as somebody who has just read them."""
    now = {line["id"]: line["version"] for line in page.get(of(film, "dialogue/it")).json["lines"]}
    return page.post(of(film, "dialogue/it/edits"), {"changes": list(changes), "seen": now})


MINE = {"do": "subtitle", "loops": ["l0002"],
        "shown": [shown(50, 70, "In macchina.", "Sotto."), shown(72, 90, "Dove?")]}


def test_they_are_shown_as_they_were_set(page: Page, film: Path) -> None:
    before = cues(page, film)
    assert not any(cue["held"] for cue in before) and all(cue["loops"] for cue in before)
    answer = do(page, film, MINE)
    assert answer.status == 200 and answer.json["undo"]["undo"]["changes"] == ["subtitle"]
    (line,) = answer.json["lines"]["it"]
    assert line["held"] and line["text"].startswith("In macchina. Sotto i cappotti")
    held = [cue for cue in cues(page, film) if cue["held"]]
    assert [{"frames": cue["frames"], "lines": cue["lines"]} for cue in held] == MINE["shown"]
    assert [cue["loops"] for cue in held] == [["l0002"]] * 2
    assert b"In macchina.\nSotto." in page.get(of(film, "webvtt/it")).body
    page.post(of(film, "undo"))
    assert cues(page, film) == before
    page.post(of(film, "redo"))
    assert [cue for cue in cues(page, film) if cue["held"]] == held
    assert do(page, film, {"do": "follow", "loop": "l0002"}).status == 200 and cues(page, film) == before


def test_words_that_change_let_them_go_and_say_so(page: Page, film: Path) -> None:
    do(page, film, MINE)
    answer = do(page, film, {"do": "retype", "loop": "l0002", "text": "In macchina."})
    (line,) = answer.json["lines"]["it"]
    assert not line["held"] and "subtitles-let-go" in [flag["code"] for flag in line["flags"]]
    page.post(of(film, "undo"))
    assert [cue["lines"] for cue in cues(page, film) if cue["held"]] == [one["lines"] for one in MINE["shown"]]


def test_two_lines_share_them(page: Page, film: Path) -> None:
    both = {"do": "subtitle", "loops": ["l0003", "l0002"], "shown": [shown(48, 130, "- In macchina.", "- Piove.")]}
    assert {line["id"] for line in do(page, film, both).json["lines"]["it"]} == {"l0002", "l0003"}
    (cue,) = [cue for cue in cues(page, film) if cue["held"]]
    assert cue["loops"] == ["l0002", "l0003"]
    assert not {"l0002", "l0003"} & {one for each in cues(page, film) if not each["held"] for one in each["loops"]}


def test_a_line_that_moved_takes_them_along(page: Page, film: Path) -> None:
    do(page, film, MINE)
    page.post(of(film, "dialogue/en/edits"),
              {"changes": [{"do": "place", "loop": "l0002", "frames": {"first": 50, "end": 86}}]})
    assert [cue["frames"]["first"] for cue in cues(page, film) if cue["held"]] == [52, 74]


def test_what_somebody_else_did_to_the_line_is_a_conflict(page: Page, film: Path) -> None:
    seen = {line["id"]: line["version"] for line in page.get(of(film, "dialogue/it")).json["lines"]}
    do(page, film, MINE)
    answer = page.post(of(film, "dialogue/it/edits"),
                       {"changes": [MINE | {"shown": []}], "seen": {"l0002": seen["l0002"]}})
    assert answer.status == 409 and answer.json["theirs"][0]["held"]


@pytest.mark.parametrize("change", [
    MINE | {"shown": [shown(50, 50, "x")]}, MINE | {"shown": [shown(50, 60, "")]}, MINE | {"shown": [shown(50, 60)]},
    MINE | {"shown": [shown(50, 60, " x")]}, MINE | {"shown": [shown(50, 60, "a\nb")]},
    MINE | {"shown": [shown(50, 60, "x" * 201)]}, MINE | {"shown": [shown(50, 60, *"abcdefg")]},
    MINE | {"shown": [shown(50, 60, "a"), shown(59, 70, "b")]}, MINE | {"loops": []},
    MINE | {"shown": [shown(0, 10**300, "a")]}, MINE | {"shown": [shown(2 * n, 2 * n + 1, "a") for n in range(51)]}])
def test_what_cannot_be_is_refused_in_words(page: Page, film: Path, change: dict[str, Any]) -> None:
    before = (film / "dialogue" / "it.json").read_bytes()
    answer = do(page, film, change)
    assert answer.status == 422 and answer.json["message"], answer.body
    assert (film / "dialogue" / "it.json").read_bytes() == before


def test_one_is_judged_while_it_is_typed(page: Page, film: Path) -> None:
    def judged(**asked: Any) -> dict[str, Any]:
        answer = page.post(of(film, "subtitles/it/check"), shown(50, 98, "In macchina.") | asked)
        assert answer.status == 200, answer.body
        told: dict[str, Any] = answer.json
        return told | {"rules": {one["rule"] for one in told["broken"]}}

    good = judged()
    assert good["rules"] == set() and good["profile"] == "basic"
    assert good["speed"] == pytest.approx(12 / good["seconds"], abs=0.01) and good["seconds"] == pytest.approx(2.002)
    assert "characters" in judged(lines=["x" * 60])["rules"]
    assert judged(lines=["x" * 42, "y" * 42, "z"])["rules"] >= {"lines", "reading-speed"}
    assert judged(frames={"first": 50, "end": 55})["rules"] >= {"shortest"}
    assert judged(after=90)["rules"] == {"overlap"} and judged(after=99)["rules"] == {"gap"}
    assert judged(before=60)["rules"] == {"overlap"} and judged(before=49)["rules"] == {"gap"}
    assert judged(lines=[])["speed"] == 0
    before = (film / "dialogue" / "it.json").read_bytes()
    assert page.post(of(film, "subtitles/xx/check"), shown(1, 2, "a")).status == 404
    assert page.post(of(film, "subtitles/it/check"), shown(1, 2, *"abcdefg")).status == 422
    assert (film / "dialogue" / "it.json").read_bytes() == before


def test_it_is_judged_by_the_films_profile(page: Page, film: Path) -> None:
    opened = Film.open(film)
    opened.save_sheet(opened.sheet.model_copy(update={"profile": "netflix"}))
    asked = shown(50, 98, "In macchina...", "no")
    told = page.post(of(film, "subtitles/it/check"), asked).json
    assert told["profile"] == "netflix-it" and {one["rule"] for one in told["broken"]} >= {"ellipsis", "one-line"}
