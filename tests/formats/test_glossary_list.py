"""Glossaries as CSV: what is written reads back, what is wrong is named with its line."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ciak.errors import BadInput, CiakError
from ciak.film import Glossary, GlossaryTerm, TermKind
from ciak.formats import read_glossary_list, write_glossary_list
from ciak.formats.glossary_list import parse_glossary_list

WORDS = st.text(st.characters(categories=("L", "N", "P", "S")), min_size=1, max_size=20)


@given(st.lists(st.builds(GlossaryTerm, id=st.just("new"), term=WORDS, language=st.just("en"),
                          kind=st.sampled_from(TermKind), renderings=st.dictionaries(
                              st.sampled_from(["it", "fr", "pt-BR"]), WORDS, max_size=3), note=WORDS),
                min_size=1, max_size=5))
def test_what_is_written_reads_back(terms: list[GlossaryTerm]) -> None:
    assert parse_glossary_list(write_glossary_list(Glossary(terms=tuple(terms)))) == tuple(terms)


def test_a_spreadsheet_of_two_languages_is_read_too() -> None:
    table = "\ufeffen;it\r\nGrey Tower;Torre Grigia\r\nby the book;secondo le regole\r\n;\r\n"
    read = parse_glossary_list(table.encode(), "en")
    assert [(one.term, one.language, one.kind.value, one.renderings) for one in read] == [
        ("Grey Tower", "en", "name", {"it": "Torre Grigia"}),
        ("by the book", "en", "phrase", {"it": "secondo le regole"})]


@pytest.mark.parametrize(("data", "message"), [
    (b"", "no column for the term"), (b"a,b\n1,2\n", "no column for the term"), (b"term,it\n", "no term"),
    (b"term,it\nTower,Torre\n", "line 2: it does not say its language"),
    (b"term,language,kind\nTower,en,person\n", "line 2"), (b"term,language\n\"Tower,en\n", "line 2"),
    (b"term,language\n" + b"x" * 300 + b",en\n", "line 2"), ("term,language\nTørre,en\n".encode("utf-16"), ""),
])
def test_what_is_no_glossary_is_refused_with_its_line(data: bytes, message: str) -> None:
    try:
        read = parse_glossary_list(data)
    except BadInput as problem:
        assert message in problem.message
    else:
        assert [one.term for one in read] == ["Tørre"]


@given(st.binary(max_size=200))
def test_whatever_comes_in_is_read_or_refused(data: bytes) -> None:
    with suppress(CiakError):
        assert parse_glossary_list(data, "en")


def test_a_file_that_is_no_table_is_named(tmp_path: Path) -> None:
    picture = tmp_path / "a.csv"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(50))
    with pytest.raises(BadInput, match=r"a\.csv"):
        read_glossary_list(picture)
