"""The glossary of a film: saved at once, merged by term, undone with the other edits, checked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ciak.errors import BadInput, Conflict, NotFound
from ciak.film import CastMember, Glossary, GlossaryTerm, TermKind
from ciak.film.editing import version_of
from ciak.project import (
    Film,
    add_terms,
    check_film,
    edit_cast,
    edit_term,
    redo,
    remove_term,
    term_of,
    undo,
    undoable,
)


@pytest.fixture
def film(tmp_path: Path) -> Film:
    return Film.create(tmp_path / "film", "T", language="en")


def test_a_term_is_added_once_and_its_renderings_come_together(film: Film) -> None:
    add_terms(film, [term_of("Grey  Tower", "en", {"it": "Torre Grigia"})])
    terms, touched = add_terms(film, [term_of("grey tower", "en", {"fr": "Tour Grise"}, note="a pub")])
    assert touched == 1
    assert [(one.id, one.term, one.renderings, one.note) for one in terms.terms] == [
        ("G0001", "grey tower", {"it": "Torre Grigia", "fr": "Tour Grise"}, "a pub")]
    before = (film.path / "history.jsonl").read_bytes()
    assert add_terms(film, [term_of("grey tower", "en", {"fr": "Tour Grise"})])[1] == 0
    assert (film.path / "history.jsonl").read_bytes() == before, "nothing is written when nothing changes"


def test_edits_are_undone_and_redone_with_those_of_the_cast(film: Film) -> None:
    add_terms(film, [term_of("Aldera", "en", {})])
    edit_cast(film, "S1", name="Ben")
    add_terms(film, [term_of("Aldera", "en", {"it": "Aldèra"}), term_of("Marlow", "en", {})])
    remove_term(film, "marlow")
    assert [one.term for one in film.glossary().terms] == ["Aldera"]
    undo(film)
    assert [one.term for one in film.glossary().terms] == ["Aldera", "Marlow"]
    undo(film)
    assert [one.renderings for one in film.glossary().terms] == [{}]
    assert film.cast().members[0].name == "Ben"
    undo(film)
    assert film.cast().members == ()
    assert [one.term for one in film.glossary().terms] == ["Aldera"]
    undo(film)
    assert film.glossary().terms == ()
    for _ in range(4):
        redo(film)
    assert [(one.term, one.renderings) for one in film.glossary().terms] == [("Aldera", {"it": "Aldèra"})]
    assert film.cast().members[0] == CastMember(id="S1", name="Ben", edited=True)
    last, _ = undoable(film)
    assert last is not None
    assert last.paper == "glossary.json"


def test_what_is_no_term_is_refused_in_one_line(film: Film) -> None:
    for term, language, renderings in (("", "en", {}), ("...", "en", {}), ("a\x07b", "en", {}),
                                       ("Tower", "English!", {}), ("Tower", "en", {"xx!": "Torre"}),
                                       ("x" * 201, "en", {}), ("Tower", "en", {"it": "\x1b[2J"})):
        with pytest.raises(BadInput):
            term_of(term, language, renderings)
    with pytest.raises(NotFound, match="not in the film's glossary"):
        remove_term(film, "nobody")
    assert not (film.path / "glossary.json").exists()


def test_check_names_the_line_of_what_is_wrong(film: Film) -> None:
    add_terms(film, [term_of("Aldera", "en", {}), term_of("Marlow", "en", {})])
    path = film.path / "glossary.json"
    paper = json.loads(path.read_text(encoding="utf-8"))
    paper["terms"][1]["id"] = "G0001"
    path.write_text(json.dumps(paper, indent=1), encoding="utf-8")
    found = [finding for finding in check_film(film.path) if finding.file == "glossary.json"]
    assert [finding.code for finding in found] == ["term-twice"]
    assert '"id"' in path.read_text(encoding="utf-8").splitlines()[found[0].line - 1]
    path.write_text("{", encoding="utf-8")
    assert any(finding.file == "glossary.json" for finding in check_film(film.path))


@given(st.lists(st.tuples(st.sampled_from(["Ada", "ada", "Grey Tower", "Bo"]), st.sampled_from(["it", "fr"]),
                          st.sampled_from(["X", "Y z"])), max_size=6))
def test_a_name_is_written_as_agreed_else_as_it_is(rows: list[tuple[str, str, str]]) -> None:
    from ciak.project.glossing import _with

    glossary = _with(Glossary(), [GlossaryTerm(id="new", term=term, language="en", renderings={code: text})
                                  for term, code, text in rows])
    assert len({one.id for one in glossary.terms}) == len(glossary.terms)
    for term, code, _ in rows:
        wanted = [text for other, lang, text in rows if (other.lower(), lang) == (term.lower(), code)][-1]
        found = glossary.find(term)
        assert found is not None
        assert found.wording(code) == wanted
        assert found.wording("de") == found.term
        assert found.model_copy(update={"kind": TermKind.PHRASE}).wording("de") is None


def test_one_term_is_changed_where_it_stands_and_undone(film: Film) -> None:
    edit_term(film, term_of("Aldera", "en", {"it": "Aldèra"}, note="a river"))
    edit_term(film, term_of("Marlow", "en", {}))
    first = film.glossary().terms[0]
    done = edit_term(film, term_of("Aldera", "en", {}), first.id, version_of(first))
    assert done.touched == ("G0001",)
    assert done.glossary == film.glossary()
    assert [(one.id, one.renderings, one.note) for one in film.glossary().terms] == [
        ("G0001", {}, ""), ("G0002", {}, "")], "a rendering can be taken away"
    before = (film.path / "history.jsonl").read_bytes()
    assert edit_term(film, term_of("Aldera", "en", {}), "G0001").sequence is None
    assert (film.path / "history.jsonl").read_bytes() == before
    edit_term(film, None, "G0002")
    assert [one.id for one in film.glossary().terms] == ["G0001"]
    undo(film)
    undo(film)
    assert film.glossary().terms[0] == first
    assert film.glossary().terms[1].term == "Marlow"


def test_who_edits_a_term_that_was_changed_meanwhile_sees_both(film: Film) -> None:
    edit_term(film, term_of("Aldera", "en", {"it": "Aldèra"}))
    seen = version_of(film.glossary().terms[0])
    edit_term(Film.open(film.path), term_of("Aldera", "en", {"it": "Aldéra"}), "G0001", seen)
    theirs = film.glossary().terms[0]
    for mine in (term_of("Aldera", "en", {"it": "Altera"}), None):
        with pytest.raises(Conflict) as caught:
            edit_term(film, mine, "G0001", seen)
        assert (caught.value.mine, caught.value.theirs) == (mine, theirs)
    edit_term(film, None, "G0001", version_of(theirs))
    with pytest.raises(Conflict, match="no longer there") as caught:
        edit_term(film, term_of("Aldera", "en", {}), "G0001", version_of(theirs))
    assert caught.value.theirs is None
    assert film.glossary().terms == ()


def test_a_term_is_not_put_over_another_unseen(film: Film) -> None:
    edit_term(film, term_of("Aldera", "en", {"it": "Aldèra"}))
    edit_term(film, term_of("Marlow", "en", {}))
    for of in (None, "G0002"):
        with pytest.raises(BadInput, match="already"):
            edit_term(film, term_of("ALDERA", "en", {}), of)
    edit_term(film, term_of("ALDERA", "en", {}), "G0001")
    assert [one.term for one in film.glossary().terms] == ["ALDERA", "Marlow"]
