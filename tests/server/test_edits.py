"""Edits of every kind by the API: what comes back, what is refused, what two people do to one line, undo and redo."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.server.asking import Answer, Page, of
from tests.server.small_film import make_film, speak

from ciak.project import Entry, Film


def lines(page: Page, film: Path, language: str = "it") -> dict[str, dict[str, Any]]:
    """The lines of a language by id."""
    return {line["id"]: line for line in page.get(of(film, f"dialogue/{language}")).json["lines"]}


def do(page: Page, film: Path, *changes: dict[str, Any], language: str = "it", seen: bool = True) -> Answer:
    """Change lines, as somebody who has just read them."""
    names = {change[name] for change in changes for name in ("loop", "first", "second") if name in change}
    now = lines(page, film, language)
    versions = {name: now[name]["version"] for name in names if name in now} if seen else {}
    return page.post(of(film, f"dialogue/{language}/edits"), {"changes": list(changes), "seen": versions})


def done(answer: Answer, language: str = "it") -> dict[str, dict[str, Any]]:
    """The lines that an edit changed, by id."""
    assert answer.status == 200, answer.body
    return {line["id"]: line for line in answer.json["lines"].get(language, [])}


def test_retype(page: Page, film: Path) -> None:
    before = lines(page, film)["l0004"]
    assert before["flags"]
    answer = do(page, film, {"do": "retype", "loop": "l0004", "text": "Abbiamo tempo."})
    line = done(answer)["l0004"]
    assert (line["text"], line["origin"], line["flags"]) == ("Abbiamo tempo.", "person", [])
    assert line["version"] != before["version"] and answer.json["gone"] == {"it": []}
    assert lines(page, film)["l0004"] == line
    assert answer.json["undo"]["undo"]["changes"] == ["retype"] and answer.json["undo"]["redo"] is None


def test_place_moves_the_original_and_its_translation(page: Page, film: Path) -> None:
    answer = do(page, film, {"do": "place", "loop": "l0001", "frames": {"first": 14, "end": 42}}, language="en")
    assert done(answer, "en")["l0001"]["frames"] == {"first": 14, "end": 42}
    assert done(answer, "it")["l0001"]["frames"] == {"first": 14, "end": 42}
    assert lines(page, film)["l0001"]["frames"] == {"first": 14, "end": 42}
    page.post(of(film, "undo"))
    assert [lines(page, film, code)["l0001"]["frames"]["first"] for code in ("en", "it")] == [12, 12], "both, at once"


def test_split_and_merge(page: Page, film: Path) -> None:
    before = lines(page, film)
    answer = do(page, film, {"do": "split", "loop": "l0002", "at": 60, "text_at": 12})
    made = sorted(done(answer).values(), key=lambda line: line["frames"]["first"])
    assert [line["frames"] for line in made] == [{"first": 48, "end": 60}, {"first": 60, "end": 84}]
    assert [line["text"] for line in made] == ["In macchina.", "Sotto i cappotti, dove nessuno guarda."]
    first, second = (line["id"] for line in made)
    assert first == "l0002" and second not in before
    answer = do(page, film, {"do": "merge", "first": first, "second": second})
    assert done(answer)["l0002"]["frames"] == {"first": 48, "end": 84} and answer.json["gone"] == {"it": [second]}
    assert done(answer)["l0002"]["text"] == before["l0002"]["text"]


def test_assign_lock_dismiss_add_remove(page: Page, film: Path) -> None:
    assert done(do(page, film, {"do": "assign", "loop": "l0001", "character": "leo"}))["l0001"]["character"] == "leo"
    assert done(do(page, film, {"do": "dismiss", "loop": "l0002", "flag": "too-fast"}))["l0002"]["flags"] == []
    new = {"do": "add", "frames": {"first": 218, "end": 226}, "text": "Ehi.", "character": "leo"}
    (line,) = done(do(page, film, new)).values()
    assert (line["text"], line["frames"], line["origin"]) == ("Ehi.", {"first": 218, "end": 226}, "person")
    answer = do(page, film, {"do": "remove", "loop": line["id"]})
    assert answer.json["gone"] == {"it": [line["id"]]} and line["id"] not in lines(page, film)
    assert done(do(page, film, {"do": "lock", "loop": "l0003", "locked": True}))["l0003"]["locked"]


def test_choose_a_take(page: Page, film: Path) -> None:
    speak(Film.open(film), "it", "l0001", b"RIFFsound")
    assert lines(page, film)["l0001"]["takes"][0]["chosen"]
    assert not done(do(page, film, {"do": "choose", "loop": "l0001", "take": None}))["l0001"]["takes"][0]["chosen"]
    assert done(do(page, film, {"do": "choose", "loop": "l0001", "take": "t1"}))["l0001"]["takes"][0]["chosen"]
    assert do(page, film, {"do": "choose", "loop": "l0001", "take": "t9"}).status in (404, 422)


@pytest.mark.parametrize("change", [
    {"do": "retype", "loop": "l0001", "text": "No."},
    {"do": "place", "loop": "l0001", "frames": {"first": 14, "end": 30}},
    {"do": "split", "loop": "l0001", "at": 20, "text_at": 4},
    {"do": "merge", "first": "l0001", "second": "l0002"},
    {"do": "assign", "loop": "l0001", "character": "leo"},
    {"do": "remove", "loop": "l0001"}], ids=lambda change: str(change["do"]))
def test_a_locked_line_is_left_alone_by_every_kind(page: Page, film: Path, change: dict[str, Any]) -> None:
    do(page, film, {"do": "lock", "loop": "l0001", "locked": True})
    before = (film / "dialogue" / "it.json").read_bytes()
    answer = do(page, film, change)
    assert answer.status == 422 and answer.json["error"] == "Refused" and "locked" in answer.json["message"]
    assert (film / "dialogue" / "it.json").read_bytes() == before
    assert done(do(page, film, {"do": "lock", "loop": "l0001", "locked": False}))["l0001"]["locked"] is False
    assert do(page, film, change).status == 200


def test_several_changes_are_made_together_or_not_at_all(page: Page, film: Path) -> None:
    before = (film / "dialogue" / "it.json").read_bytes()
    answer = do(page, film, {"do": "retype", "loop": "l0001", "text": "Uno."}, {"do": "remove", "loop": "nobody"})
    assert answer.status == 404 and (film / "dialogue" / "it.json").read_bytes() == before
    answer = do(page, film, {"do": "retype", "loop": "l0001", "text": "Uno."},
                {"do": "retype", "loop": "l0005", "text": "Cinque."})
    assert set(done(answer)) == {"l0001", "l0005"}
    page.post(of(film, "undo"))
    assert (lines(page, film)["l0001"]["text"], lines(page, film)["l0005"]["text"]) == (
        "Dove hai lasciato le bobine?", "Corri.")


@pytest.mark.parametrize("change", [
    {"do": "retype", "loop": "l0001", "text": ""}, {"do": "retype", "loop": "l0001", "text": "x" * 2001},
    {"do": "place", "loop": "l0001", "frames": {"first": 30, "end": 30}},
    {"do": "place", "loop": "l0001", "frames": {"first": 30, "end": 20}},
    {"do": "place", "loop": "l0001", "frames": {"first": -5, "end": 20}},
    {"do": "place", "loop": "l0001", "frames": {"first": 0, "end": 10**300}},
    {"do": "split", "loop": "l0001", "at": 12, "text_at": 3}, {"do": "split", "loop": "l0001", "at": 40, "text_at": 3},
    {"do": "split", "loop": "l0001", "at": 10**300, "text_at": 3},
    {"do": "split", "loop": "l0001", "at": 20, "text_at": 10**300},
    {"do": "add", "frames": {"first": 9, "end": 9}, "text": "x", "character": "ada"},
    {"do": "add", "frames": {"first": 9, "end": 12}, "text": "", "character": "ada"},
    {"do": "merge", "first": "l0001", "second": "l0001"}, {"do": "merge", "first": "l0001", "second": "l0005"}])
def test_what_cannot_be_is_refused_in_words(page: Page, film: Path, change: dict[str, Any]) -> None:
    before = (film / "dialogue" / "it.json").read_bytes()
    answer = do(page, film, change)
    assert answer.status == 422 and answer.json["message"], answer.body
    assert (film / "dialogue" / "it.json").read_bytes() == before


def test_a_conflict_tells_the_lines_as_they_are(page: Page, film: Path) -> None:
    seen = lines(page, film)["l0001"]["version"]
    other = Film.open(film)
    dialogue = other.dialogue("it")
    assert dialogue is not None
    theirs = dialogue.loops[0].model_copy(update={"text": "Dove sono?"})
    other.save_dialogue(dialogue.model_copy(update={"loops": (theirs, *dialogue.loops[1:])}))
    wish = {"changes": [{"do": "retype", "loop": "l0001", "text": "Mie."}], "seen": {"l0001": seen}}
    answer = page.post(of(film, "dialogue/it/edits"), wish)
    assert answer.status == 409 and answer.json["error"] == "Conflict" and answer.json["remedy"]
    (told,) = answer.json["theirs"]
    assert told == lines(page, film)["l0001"] and told["text"] == "Dove sono?"
    wish["seen"] = {"l0001": told["version"]}
    assert done(page.post(of(film, "dialogue/it/edits"), wish))["l0001"]["text"] == "Mie."


def test_another_line_that_somebody_saved_meanwhile_is_no_conflict(page: Page, film: Path) -> None:
    seen = lines(page, film)["l0001"]["version"]
    do(page, film, {"do": "retype", "loop": "l0005", "text": "Scappa."})
    wish = {"changes": [{"do": "retype", "loop": "l0001", "text": "Mie."}], "seen": {"l0001": seen}}
    assert page.post(of(film, "dialogue/it/edits"), wish).status == 200
    assert lines(page, film)["l0005"]["text"] == "Scappa."


def test_a_line_that_is_gone_is_a_conflict_too(page: Page, film: Path) -> None:
    seen = lines(page, film)["l0001"]["version"]
    do(page, film, {"do": "remove", "loop": "l0001"})
    wish = {"changes": [{"do": "retype", "loop": "l0001", "text": "Mie."}], "seen": {"l0001": seen}}
    answer = page.post(of(film, "dialogue/it/edits"), wish)
    assert answer.status == 409 and answer.json["theirs"] == [] and "no longer" in answer.json["message"]


def test_undo_and_redo_over_languages_and_cast(page: Page, film: Path) -> None:
    assert page.get(of(film, "undo")).json == {"undo": None, "redo": None}
    assert page.post(of(film, "undo")).status == 422 and page.post(of(film, "redo")).status == 422
    do(page, film, {"do": "retype", "loop": "l0001", "text": "Uno."})
    do(page, film, {"do": "retype", "loop": "l0005", "text": "Run!"}, language="en")
    row = page.get(of(film, "cast")).json["members"][0]
    page.post(of(film, "cast/ada/edits"), {"seen": row["version"], "name": "Ada C."})
    assert page.get(of(film, "undo")).json["undo"]["what"] == "cast.json"
    first = page.post(of(film, "undo")).json
    assert first["cast"]["members"][0]["name"] == "Ada Conti" and first["undo"]["undo"]["language"] == "en"
    assert done(page.post(of(film, "undo")), "en")["l0005"]["text"] == "Run."
    assert done(page.post(of(film, "undo")))["l0001"]["text"] == "Dove hai lasciato le bobine?"
    assert page.get(of(film, "undo")).json["undo"] is None
    assert done(page.post(of(film, "redo")))["l0001"]["text"] == "Uno."
    state = page.get(of(film, "undo")).json
    assert state["redo"]["language"] == "en" and state["undo"]["language"] == "it"
    do(page, film, {"do": "retype", "loop": "l0002", "text": "Altro."})
    assert page.get(of(film, "undo")).json["redo"] is None and page.post(of(film, "redo")).status == 422


def test_an_undo_over_what_somebody_changed_is_a_conflict(page: Page, film: Path) -> None:
    do(page, film, {"do": "retype", "loop": "l0001", "text": "Uno."})
    other = Film.open(film)
    dialogue = other.dialogue("it")
    assert dialogue is not None
    other.save_dialogue(dialogue.model_copy(update={"loops": tuple(
        loop.model_copy(update={"text": "Due."}) if loop.id == "l0001" else loop for loop in dialogue.loops)}))
    answer = page.post(of(film, "undo"))
    assert answer.status == 409, answer.body
    assert lines(page, film)["l0001"]["text"] == "Due."


def test_the_cast(page: Page, film: Path) -> None:
    row = page.get(of(film, "cast")).json["members"][0]
    answer = page.post(of(film, "cast/ada/edits"), {"seen": row["version"], "sex": "unknown", "voices": {"it": "im_x"}})
    assert answer.status == 200
    new = answer.json["cast"]["members"][0]
    assert (new["name"], new["sex"], new["voices"], new["edited"]) == ("Ada Conti", "unknown", {"it": "im_x"}, True)
    late = page.post(of(film, "cast/ada/edits"), {"seen": row["version"], "name": "Zoe"})
    assert late.status == 409 and late.json["theirs"] == []
    assert late.json["row"] == new, "as somebody else left it"
    assert page.post(of(film, "cast/ada/edits"), {"seen": new["version"], "voices": {"it": ""}}).json[
        "cast"]["members"][0]["voices"] == {}
    for member, body in (("nobody", {"seen": "0" * 16, "name": "N"}), ("..", {"seen": "0" * 16, "name": "N"})):
        assert page.post(of(film, f"cast/{member}/edits"), body).status in (400, 409, 422)
    now = page.get(of(film, "cast")).json["members"][0]["version"]
    for body in ({"name": " "}, {"name": "a\nb"}, {"name": "x" * 201}, {"sex": "robot"}, {"voices": {"it": 7}}):
        assert page.post(of(film, "cast/ada/edits"), {"seen": now, **body}).status == 422, body
    assert page.get(of(film, "cast")).json["members"][0]["version"] == now


def test_activity_comes_in_pages_the_newest_first(page: Page, film: Path) -> None:
    opened = Film.open(film)
    for number in range(130):
        opened.record(Entry(kind="step", what=f"step-{number}", who="ciak", models={"a-model": "0" * 64}))
    told = page.get(of(film, "activity")).json
    numbers = [entry["sequence"] for entry in told["entries"]]
    assert told["entries"][0]["what"] == "step-129" and told["entries"][0]["models"] == ["a-model"]
    assert len(numbers) == 100 and told["more"] and numbers == sorted(numbers, reverse=True)
    rest = page.get(of(film, f"activity?before={numbers[-1]}")).json
    assert not rest["more"] and [entry["sequence"] for entry in rest["entries"]] == list(range(numbers[-1] - 1, 0, -1))
    do(page, film, {"do": "retype", "loop": "l0001", "text": "Uno."})
    newest = page.get(of(film, "activity")).json["entries"][0]
    assert (newest["kind"], newest["who"], newest["language"], newest["changes"], newest["lines"]) == (
        "edit", "person", "it", ["retype"], ["l0001"])
    assert page.get(of(film, "activity?before=0")).status == 422


def test_two_films_are_two_films(page: Page, film: Path, tmp_path: Path) -> None:
    other = make_film(tmp_path / "other", title="Other").path
    page.post("/api/v1/shelf", {"folder": str(other)})
    do(page, film, {"do": "retype", "loop": "l0001", "text": "Uno."})
    assert lines(page, other)["l0001"]["text"] == "Dove hai lasciato le bobine?"
    assert page.get(of(other, "undo")).json["undo"] is None
