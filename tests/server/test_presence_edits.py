"""How a voice is heard, by the API: said of the original, shown in every language's subtitles, undone; and where
writing stands in the picture."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.server.asking import Answer, Page, of


def cues(page: Page, film: Path, language: str) -> dict[str, dict[str, Any]]:
    """The first subtitle of each line."""
    told: dict[str, dict[str, Any]] = {}
    for cue in page.get(of(film, f"subtitles/{language}")).json["cues"]:
        if cue["loops"]:  # what is written in the picture is no line's
            told.setdefault(cue["loops"][0], cue)
    return told


def do(page: Page, film: Path, language: str, *changes: dict[str, Any]) -> Answer:
    now = {line["id"]: line["version"] for line in page.get(of(film, f"dialogue/{language}")).json["lines"]}
    return page.post(of(film, f"dialogue/{language}/edits"), {"changes": list(changes), "seen": now})


def test_it_is_said_of_the_original_and_seen_in_both_languages(page: Page, film: Path) -> None:
    before = {code: cues(page, film, code) for code in ("en", "it")}
    assert all(cue["italics"] == [] and not cue["top"] for of_it in before.values() for cue in of_it.values())
    answer = do(page, film, "en", {"do": "present", "loop": "l0005", "kind": "voice-over"},
                {"do": "sing", "loop": "l0003", "sung": True})
    assert answer.status == 200 and answer.json["undo"]["undo"]["changes"] == ["present", "sing"]
    lines = {line["id"]: line for line in answer.json["lines"]["en"]}
    assert (lines["l0005"]["presence"], lines["l0005"]["told"], lines["l0005"]["sung"]) == (
        "voice-over", "person", False)
    assert (lines["l0003"]["presence"], lines["l0003"]["told"], lines["l0003"]["sung"]) == (None, "person", True)
    for code, words in (("en", "Run."), ("it", "Corri.")):
        now = cues(page, film, code)
        assert now["l0005"]["lines"] == [words] and now["l0005"]["italics"] == [[0, len(words)]]
        assert now["l0003"]["italics"] and not now["l0001"]["italics"]
        assert f"<i>{words}</i>".encode() in page.get(of(film, f"webvtt/{code}")).body
    page.post(of(film, "undo"))
    assert {code: cues(page, film, code) for code in ("en", "it")} == before
    page.post(of(film, "redo"))
    assert cues(page, film, "it")["l0005"]["italics"]


def test_it_is_not_said_of_a_translation_nor_of_what_no_voice_is(page: Page, film: Path) -> None:
    refused = do(page, film, "it", {"do": "present", "loop": "l0005", "kind": "device"})
    assert refused.status == 422 and "said of the original's line" in refused.json["message"]
    for wrong in ({"do": "present", "loop": "l0005", "kind": "shouted"}, {"do": "sing", "loop": "l0005", "sung": "x"},
                  {"do": "present", "loop": "l0005"}):
        assert do(page, film, "en", wrong).status == 422, wrong
    assert do(page, film, "en", {"do": "present", "loop": "l0005", "kind": None}).status == 200


def test_lines_make_way_for_writing(page: Page, film: Path) -> None:
    written = do(page, film, "it", {"do": "add-caption", "kind": "on-screen", "frames": {"first": 190, "end": 214},
                                    "text": "USCITA"})
    (sign,) = written.json["captions"]["it"]
    assert sign["edge"] is None and not cues(page, film, "it")["l0005"]["top"]
    stood = do(page, film, "it", {"do": "stand-caption", "caption": sign["id"], "edge": "bottom"})
    assert stood.json["captions"]["it"][0]["edge"] == "bottom"
    assert {name for name, cue in cues(page, film, "it").items() if cue["top"]} == {"l0005"}
    assert b"line:" in page.get(of(film, "webvtt/it")).body
    page.post(of(film, "undo"))
    assert not cues(page, film, "it")["l0005"]["top"]
