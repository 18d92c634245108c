"""Captions by the API: what a page is told of them, what it may do to them, and what comes of two people at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.server.asking import Answer, Page, of
from tests.server.small_film import span

from ciak.film import Caption, CaptionKind
from ciak.project import Film


@pytest.fixture
def heard(film: Path) -> Path:
    """The film with music that a machine proposed."""
    opened = Film.open(film)
    told = opened.dialogue("en")
    assert told is not None
    music = Caption(id="C1", kind=CaptionKind.MUSIC, span=span(84, 132), text="music", origin="hearer:fake",
                    confidence=0.75)
    opened.save_dialogue(told.model_copy(update={"captions": (music,)}))
    return film


def captions(page: Page, film: Path) -> dict[str, dict[str, Any]]:
    """What a page reads, by id."""
    return {one["id"]: one for one in page.get(of(film, "dialogue/en")).json["captions"]}


def do(page: Page, film: Path, change: dict[str, Any]) -> Answer:
    """Change captions, as somebody who has just read them."""
    now = captions(page, film)
    name = change.get("caption")
    seen = {f"caption:{name}": now[name]["version"]} if name in now else {}
    return page.post(of(film, "dialogue/en/edits"), {"changes": [change], "seen": seen})


def test_what_a_page_is_told_of_a_caption(page: Page, heard: Path) -> None:
    told = captions(page, heard)["C1"]
    assert (told["kind"], told["text"], told["verdict"], told["frames"]) == (
        "music", "music", "undecided", {"first": 84, "end": 132})
    assert (told["origin"], told["confidence"]) == ("hearer:fake", 0.75)
    counts = {one["code"]: one["captions"] for one in page.get(of(heard)).json["languages"]}
    assert counts == {"en": 1, "it": 0}


def test_each_thing_that_is_done_is_one_step_back(page: Page, heard: Path) -> None:
    steps = [{"do": "judge-caption", "caption": "C1", "verdict": "approved"},
             {"do": "reword-caption", "caption": "C1", "text": "a slow waltz"},
             {"do": "place-caption", "caption": "C1", "frames": {"first": 90, "end": 130}},
             {"do": "add-caption", "kind": "sound", "frames": {"first": 200, "end": 212}, "text": "a door slams"},
             {"do": "remove-caption", "caption": "C2"}]
    states = [captions(page, heard)]
    for step in steps:
        answer = do(page, heard, step)
        assert answer.status == 200, answer.body
        states.append(captions(page, heard))
        assert answer.json["captions"]["en"] == list(states[-1].values()), "an edit tells all captions as they are"
        assert answer.json["lines"]["en"] == [] and answer.json["gone"]["en"] == []
        assert answer.json["undo"]["undo"]["changes"] == [step["do"]]
    assert states[3]["C1"]["frames"] == {"first": 90, "end": 130} and states[3]["C1"]["text"] == "a slow waltz"
    assert (states[4]["C2"]["verdict"], states[4]["C2"]["origin"]) == ("approved", "person")
    for before in reversed(states[:-1]):
        answer = page.post(of(heard, "undo"))
        assert answer.json["captions"]["en"] == list(before.values())
    assert page.post(of(heard, "redo")).json["captions"]["en"][0]["verdict"] == "approved"


def test_an_edge_that_is_not_moved_stays_where_it_exactly_is(page: Page, heard: Path) -> None:
    opened = Film.open(heard)
    told = opened.dialogue("en")
    assert told is not None
    (music,) = told.captions
    off = music.span.model_copy(update={"start": music.span.start + opened.rate.time(1) / 3})
    opened.save_dialogue(told.model_copy(update={"captions": (music.model_copy(update={"span": off}),)}))
    do(page, heard, {"do": "place-caption", "caption": "C1", "frames": {"first": 84, "end": 120}})
    after = Film.open(heard).dialogue("en")
    assert after is not None and after.captions[0].span.start == off.start
    do(page, heard, {"do": "place-caption", "caption": "C1", "frames": {"first": 85, "end": 121}})
    moved = Film.open(heard).dialogue("en")
    assert moved is not None and moved.captions[0].span == after.captions[0].span.shifted(opened.rate.time(1))


def test_a_caption_that_somebody_changed_meanwhile_is_a_conflict(page: Page, heard: Path) -> None:
    seen = {"caption:C1": captions(page, heard)["C1"]["version"]}
    do(page, heard, {"do": "reword-caption", "caption": "C1", "text": "a slow waltz"})
    wish = {"changes": [{"do": "judge-caption", "caption": "C1", "verdict": "rejected"}], "seen": seen}
    answer = page.post(of(heard, "dialogue/en/edits"), wish)
    assert answer.status == 409 and answer.json["theirs"] == []
    assert answer.json["captions"] == list(captions(page, heard).values())
    assert captions(page, heard)["C1"]["verdict"] == "approved", "theirs stays"
    page.post(of(heard, "dialogue/en/edits"), {"changes": [{"do": "retype", "loop": "l0001", "text": "Now."}]})
    wish["seen"] = {"caption:C1": answer.json["captions"][0]["version"]}
    assert page.post(of(heard, "dialogue/en/edits"), wish).status == 200, "another line is no conflict"


@pytest.mark.parametrize("change", [
    {"do": "reword-caption", "caption": "C1", "text": ""},
    {"do": "reword-caption", "caption": "C1", "text": "x" * 501},
    {"do": "reword-caption", "caption": "C1", "text": "a\x00b"},
    {"do": "judge-caption", "caption": "C1", "verdict": "x"},
    {"do": "place-caption", "caption": "C1", "frames": {"first": 9, "end": 9}},
    {"do": "place-caption", "caption": "C1", "frames": {"first": 0, "end": 10**300}},
    {"do": "add-caption", "kind": "smell", "frames": {"first": 9, "end": 12}, "text": "x"},
    {"do": "add-caption", "kind": "sound", "frames": {"first": 12, "end": 9}, "text": "x"},
    {"do": "add-caption", "kind": "sound", "frames": {"first": 9, "end": 12}, "text": " "}])
def test_what_cannot_be_is_refused_in_words(page: Page, heard: Path, change: dict[str, Any]) -> None:
    before = (heard / "dialogue" / "en.json").read_bytes()
    answer = do(page, heard, change)
    assert answer.status == 422 and answer.json["message"], answer.body
    assert (heard / "dialogue" / "en.json").read_bytes() == before


def test_a_caption_that_is_not_there(page: Page, heard: Path) -> None:
    answer = do(page, heard, {"do": "remove-caption", "caption": "C9"})
    assert answer.status == 404 and answer.json["remedy"]
