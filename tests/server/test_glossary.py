"""The words of a film by the API: its glossary edited, undone, conflicts shown; proposals; each language read over; the
profile of its subtitles."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.server.asking import Answer, Page, of

from ciak.config import Settings
from ciak.film import GlossaryTerm, TermKind
from ciak.project import Film, add_terms, edit_term, term_of
from ciak.store import Library
from ciak.store.library import Term


def add(page: Page, film: Path, term: str, **more: Any) -> Answer:
    """Put a term into the glossary."""
    return page.post(of(film, "words/edits"), {"do": "add", "term": term, "language": "en", **more})


def words(page: Page, film: Path) -> dict[str, Any]:
    """The glossary as a page gets it."""
    told: dict[str, Any] = page.get(of(film, "words")).json
    return told


def terms(page: Page, film: Path) -> dict[str, dict[str, Any]]:
    """The film's terms, by what they are."""
    return {one["term"]: one for one in words(page, film)["terms"]}


def reading(page: Page, film: Path, language: str = "it") -> dict[str, Any]:
    """A language read over."""
    answer = page.get(of(film, f"words/reading/{language}"))
    assert answer.status == 200, answer.body
    told: dict[str, Any] = answer.json
    return told


def on_disk(film: Path) -> list[GlossaryTerm]:
    return list(Film.open(film).glossary().terms)


def test_a_film_without_a_glossary_has_its_languages(page: Page, film: Path) -> None:
    assert words(page, film) == {"revision": 0, "source": "en", "languages": ["en", "it"], "terms": [], "house": []}


def test_a_term_is_added_changed_and_removed_each_undone_with_the_others(page: Page, film: Path) -> None:
    answer = add(page, film, "Grey  Tower", renderings={"it": "Torre Grigia", "fr": "  "}, note="a pub")
    assert answer.status == 200 and answer.json["undo"]["undo"]["changes"] == ["glossary"]
    assert answer.json["versions"]["glossary"], "pages are told that it changed"
    tower = terms(page, film)["Grey Tower"]
    assert (tower["renderings"], tower["kind"], tower["note"]) == ({"it": "Torre Grigia"}, "name", "a pub")
    change = {"do": "change", "id": tower["id"], "seen": tower["version"], "term": "the tower", "language": "en",
              "kind": "phrase"}
    assert page.post(of(film, "words/edits"), change).status == 200
    (now,) = on_disk(film)
    assert (now.id, now.term, now.kind, now.renderings, now.note) == (tower["id"], "the tower", TermKind.PHRASE, {}, "")
    version = terms(page, film)["the tower"]["version"]
    assert page.post(of(film, "words/edits"), {"do": "remove", "id": tower["id"], "seen": version}).status == 200
    assert on_disk(film) == []
    for expected in ("the tower", "Grey Tower"):
        page.post(of(film, "undo"))
        assert [one.term for one in on_disk(film)] == [expected]
    assert terms(page, film)["Grey Tower"] == tower, "undone to the letter"
    page.post(of(film, "redo"))
    assert [one.term for one in on_disk(film)] == ["the tower"]


def test_activity_and_undo_name_the_term(page: Page, film: Path) -> None:
    told = add(page, film, "Marlow").json["undo"]["undo"]
    assert (told["changes"], told["lines"]) == (["glossary"], ["Marlow"])
    marlow = terms(page, film)["Marlow"]
    page.post(of(film, "words/edits"), {"do": "remove", "id": marlow["id"], "seen": marlow["version"]})
    undone = page.post(of(film, "undo")).json["undo"]
    assert undone["redo"]["lines"] == undone["undo"]["lines"] == ["Marlow"]
    assert [one["lines"] for one in page.get(of(film, "activity")).json["entries"][:3]] == [["Marlow"]] * 3


def test_an_undo_that_would_take_somebodys_words_shows_them(page: Page, film: Path) -> None:
    add(page, film, "Aldera", renderings={"it": "Aldera"})
    opened = Film.open(film)
    theirs = opened.glossary().terms[0].model_copy(update={"renderings": {"it": "Altera"}})
    opened.save_glossary(opened.glossary().model_copy(update={"terms": (theirs,)}))
    answer = page.post(of(film, "undo"))
    assert answer.status == 409 and answer.json["term"]["renderings"] == {"it": "Altera"}
    assert on_disk(film) == [theirs]


def test_who_saves_later_sees_the_term_as_it_is(page: Page, film: Path) -> None:
    add(page, film, "Aldera", renderings={"it": "Aldera"})
    seen = terms(page, film)["Aldera"]
    edit_term(Film.open(film), term_of("Aldera", "en", {"it": "Altera"}), seen["id"])
    for change in ({"do": "change", "term": "Aldera", "language": "en"}, {"do": "remove"}):
        answer = page.post(of(film, "words/edits"), {**change, "id": seen["id"], "seen": seen["version"]})
        assert answer.status == 409
        assert answer.json["term"] == terms(page, film)["Aldera"] and answer.json["theirs"] == []
    assert on_disk(film)[0].renderings == {"it": "Altera"}
    edit_term(Film.open(film), None, seen["id"])
    answer = page.post(of(film, "words/edits"), {"do": "remove", "id": seen["id"], "seen": seen["version"]})
    assert (answer.status, answer.json["term"]) == (409, None) and "no longer there" in answer.json["message"]


@pytest.mark.parametrize("wrong", [
    {"term": "..."}, {"term": ""}, {"term": "x" * 201}, {"term": "a\u0007b"}, {"term": "T", "language": "English!"},
    {"term": "T", "renderings": {"xx!": "a"}}, {"term": "T", "renderings": {"it": "x" * 201}},
    {"term": "T", "kind": "verb"}, {"term": "T", "note": "n" * 1001}, {"term": "aldera"}])
def test_what_is_no_term_is_refused_in_words(page: Page, film: Path, wrong: dict[str, Any]) -> None:
    add(page, film, "Aldera")
    before = (film / "glossary.json").read_bytes()
    answer = page.post(of(film, "words/edits"), {"do": "add", "language": "en"} | wrong)
    assert answer.status == 422 and answer.json["message"], answer.body
    assert (film / "glossary.json").read_bytes() == before


def test_the_houses_terms_are_marked(page: Page, film: Path, settings: Settings) -> None:
    library = Library.at(settings.library)
    library.add_term(Term(source="en", target="it", term="Reel", rendering="Bobina"))
    library.add_term(Term(source="it", target="en", term="Pioggia", rendering="Rain"))
    add(page, film, "reel", renderings={"it": "Rullo"})
    assert words(page, film)["house"] == [
        {"term": "Rain", "language": "en", "renderings": {"it": "Pioggia"}, "own": False},
        {"term": "Reel", "language": "en", "renderings": {"it": "Bobina"}, "own": True}]


def test_what_is_said_and_not_agreed_is_proposed_with_its_place(page: Page, film: Path) -> None:
    opened = Film.open(film)
    told = opened.dialogue("en")
    assert told is not None
    loops = (*told.loops[:2], told.loops[2].model_copy(update={"text": "It rains on Marlow."}), *told.loops[3:])
    opened.save_dialogue(told.model_copy(update={"loops": loops}))
    answer = page.get(of(film, "words/proposals")).json
    assert answer == {"language": "en", "more": 0, "proposals": [
        {"term": "Marlow", "kind": "name", "count": 1, "at": {"line": "l0003", "frame": 96}}]}
    add(page, film, "Marlow")
    assert page.get(of(film, "words/proposals")).json["proposals"] == [], "what was taken is not proposed again"


def test_a_language_is_read_over_and_read_again_after_an_edit(page: Page, film: Path) -> None:
    add(page, film, "reels", kind="phrase", renderings={"it": "rulli"})
    add(page, film, "car", kind="phrase", renderings={"it": "macchina"})
    told = reading(page, film)
    assert (told["source"], told["lines"], told["dictionary"], told["flagged"]) == ("en", 6, True, 2)
    assert (told["terms"], told["terms_kept"]) == (3, 2)
    assert told["keeping"] == [
        {"term": "reels", "rendering": "rulli", "said": 1, "kept": 0, "lacking": [{"line": "l0001", "frame": 12}]},
        {"term": "car", "rendering": "macchina", "said": 2, "kept": 2, "lacking": []}]
    (remark,) = [one for one in told["remarks"] if one["code"] == "term"]
    assert remark["at"] == {"line": "l0001", "frame": 12} and remark["meant"] == ["rulli"]
    assert remark["text"] == "Dove hai lasciato le bobine?"
    page.post(of(film, "dialogue/it/edits"),
              {"changes": [{"do": "retype", "loop": "l0001", "text": "Dove hai lasciato i rulli?"}], "seen": {}})
    again = reading(page, film)
    assert again["terms_kept"] == 3 and again["written"]["person"] == 1
    assert reading(page, film, "en")["source"] is None
    assert page.get(of(film, "words/reading/fr")).status == 404


def test_reading_over_changes_nothing(page: Page, film: Path) -> None:
    Film.open(film).save_sheet(Film.open(film).sheet.model_copy(update={"profile": "netflix"}))

    def state() -> dict[str, bytes]:
        return {str(path): path.read_bytes() for path in sorted(film.rglob("*")) if path.is_file()}
    before = state()
    told = reading(page, film)
    assert told["profile"] == "netflix-it" and told["shots"] is False, "shots that nobody found are not judged"
    page.get(of(film, "words/proposals"))
    page.get(of(film, "profiles"))
    assert state() == before


def test_a_broken_rule_leads_to_the_line_that_is_shown(page: Page, film: Path) -> None:
    opened = Film.open(film)
    told = opened.dialogue("it")
    assert told is not None
    long = told.loops[4].model_copy(update={"text": "Corri adesso, ma corri davvero, più forte che puoi, senza mai "
                                                    "voltarti indietro nemmeno una volta sola."})
    opened.save_dialogue(told.model_copy(update={"loops": (*told.loops[:4], long, told.loops[5])}))
    found = reading(page, film)
    assert sum(found["rules"].values()) == len(found["broken"]) > 2
    said = {line["id"]: line["text"] for line in page.get(of(film, "dialogue/it")).json["lines"]}
    assert all(set(one["text"].split()) & set(said[one["at"]["line"]].split()) for one in found["broken"])
    hasty = [one for one in found["broken"] if one["rule"] == "reading-speed" and one["at"]["line"] == "l0005"]
    assert hasty and all(one["measured"] > one["limit"] for one in hasty)


def test_the_profile_is_chosen_and_the_subtitles_are_spotted_by_it(page: Page, film: Path) -> None:
    told = page.get(of(film, "profiles")).json
    assert told["chosen"] == "basic" and told["spotted"] == {"en": "basic", "it": "basic"}
    assert {"basic", "ebu", "netflix"} <= {one["name"] for one in told["profiles"]}
    netflix = next(one for one in told["profiles"] if one["name"] == "netflix-it")
    assert netflix["language"] == "it" and {"characters", "reading-speed", "shots"} <= {
        one["rule"] for one in netflix["rules"]} and all(one["source"] and one["date"] for one in netflix["rules"])
    before = page.get(of(film, "subtitles/it")).json
    answer = page.post(of(film, "profiles"), {"profile": "ebu", "seen": "basic"})
    assert answer.status == 200 and answer.json["spotted"] == {"en": "ebu", "it": "ebu"}
    assert Film.open(film).sheet.profile == "ebu" and page.get(of(film)).json["profile"] == "ebu"
    after = page.get(of(film, "subtitles/it")).json
    assert before != after and max(len(row) for cue in after["cues"] for row in cue["lines"]) <= 37
    answer = page.post(of(film, "profiles"), {"profile": "netflix", "seen": "basic"})
    assert answer.status == 409 and "ebu" in answer.json["message"]
    assert page.post(of(film, "profiles"), {"profile": "nobody", "seen": "ebu"}).status == 404
    assert Film.open(film).sheet.profile == "ebu"
    assert page.get(of(film, "undo")).json["undo"]["changes"] == ["profile"]
    page.post(of(film, "undo"))
    assert Film.open(film).sheet.profile is None and page.get(of(film, "subtitles/it")).json == before
    page.post(of(film, "redo"))
    assert Film.open(film).sheet.profile == "ebu"
    page.post(of(film, "profiles"), {"profile": "basic", "seen": "ebu"})
    assert Film.open(film).sheet.profile is None, "basic is what holds where nothing was asked for"


def test_hostile_words_are_told_as_they_are(page: Page, film: Path) -> None:
    payload = "<img src=x onerror=alert(1)> {count} \u202e"
    add_terms(Film.open(film), [GlossaryTerm(id="new", term=payload, language="en", note=payload)])
    assert terms(page, film)[payload]["note"] == payload


def test_a_glossary_that_cannot_be_read_says_so(page: Page, film: Path) -> None:
    (film / "glossary.json").write_text("{", encoding="utf-8")
    for rest in ("words", "words/proposals", "words/reading/it"):
        answer = page.get(of(film, rest))
        assert answer.status == 422 and "glossary.json" in answer.json["message"]
