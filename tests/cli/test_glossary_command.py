"""``ciak glossary`` and ``ciak subtitle review`` as a user runs them."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.program import ciak

import ciak as product
from ciak.film import Dialogue, Loop, Span


@pytest.fixture
def film(tmp_path: Path) -> Path:
    made = product.new_film(tmp_path / "night", "Night", language="en", rate="24")
    lines = ("We saw Aldera there.", "Aldera is my frend.")
    made.save_dialogue(Dialogue(language="en", loops=tuple(
        Loop(id=f"L{at}", character="S1", span=Span.of(at * 3, at * 3 + 2), text=text, origin="person")
        for at, text in enumerate(lines))))
    return made.path


def test_live_knows_the_names_of_the_house_and_of_a_film(
        film: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from ciak.bootstrap import live_session, open_film
    from ciak.dubbing.live.board import Board

    monkeypatch.setenv("CIAK_LIBRARY", str(tmp_path / "house"))
    assert live_session(Board())._order.names("en") == (), "no library yet"
    other = product.new_film(tmp_path / "other", "Other", language="en")
    house = {"CIAK_LIBRARY": str(tmp_path / "house")}
    assert ciak("glossary", "add", other.path, "Grey Tower", "--to", "it=Torre Grigia", "--house", **house).code == 0
    assert ciak("glossary", "add", film, "Aldera", **house).code == 0
    assert live_session(Board())._order.names("it") == ("Torre Grigia",)
    assert live_session(Board(), film=open_film(film))._order.names("en") == ("Aldera", "Grey Tower")


def test_terms_are_added_listed_exported_imported_and_removed(film: Path, tmp_path: Path) -> None:
    house = {"CIAK_LIBRARY": str(tmp_path / "house")}
    done = ciak("glossary", "add", film, "Grey Tower", "--to", "it=Torre Grigia", "--note", "a pub", "--house", **house)
    assert (done.code, done.out) == (0, "Grey Tower is in the glossary\n")
    listed = ciak("glossary", "list", film, "--house", "--to", "it", "--json", **house).json
    assert [(one["term"], one["renderings"]) for one in listed["terms"]] == [("Grey Tower", {"it": "Torre Grigia"})]
    assert listed["house"] == [{"term": "Grey Tower", "rendering": "Torre Grigia"}]
    table = tmp_path / "terms.csv"
    assert ciak("glossary", "export", film, table, **house).code == 0
    other = product.new_film(tmp_path / "other", "Other", language="en")
    done = ciak("glossary", "import", other.path, table, **house)
    assert done.out == "1 terms read, 1 new or changed\n"
    assert ciak("glossary", "list", other.path, **house).out.count("Torre Grigia") == 1
    assert ciak("glossary", "remove", film, "grey tower", "--house", "--json", **house).json["house"] == 1
    assert ciak("glossary", "list", film, **house).out == "no term yet\n"


def test_names_are_proposed_and_nothing_is_added(film: Path) -> None:
    found = ciak("glossary", "propose", film, "--json").json["proposals"]
    assert found == [{"term": "Aldera", "kind": "name", "count": 1}]
    assert not (film / "glossary.json").exists()


@pytest.mark.parametrize(("arguments", "told"), [
    (("add", "FILM", "Tower", "--to", "Torre"), "--to it="), (("add", "FILM", "..."), "letters"),
    (("add", "FILM", "Tower", "--to", "xx!=Torre"), "renderings"), (("remove", "FILM", "nobody"), "glossary list"),
    (("list", "nowhere"), "nowhere"), (("import", "FILM", "nowhere.csv"), "nowhere.csv"),
    (("list", "FILM", "--house"), "--to"), (("propose", "FILM", "--language", "fr"), "ciak subtitle"),
    (("export", "FILM", "/proc/terms.csv"), ""),
])
def test_what_cannot_be_is_told_in_one_line(film: Path, arguments: tuple[str, ...], told: str) -> None:
    done = ciak("glossary", *(str(film) if one == "FILM" else one for one in arguments), cwd=film.parent)
    assert done.code == 2
    assert told in done.err
    assert not (film / "glossary.json").exists()


def test_a_film_and_a_file_are_reviewed(film: Path, tmp_path: Path) -> None:
    ciak("glossary", "add", film, "Aldera")
    done = ciak("subtitle", "review", film)
    assert done.code == 1
    assert "frend: not in the dictionary: friend" in done.out
    report = ciak("subtitle", "review", film, "--json").json["languages"][0]
    assert [one["word"] for one in report["remarks"]] == ["frend"]
    assert (report["lines"], report["written"], report["profile"]) == (2, {"person": 2}, "basic")
    good = tmp_path / "good.srt"
    good.write_text("1\n00:00:01,000 --> 00:00:02,000\nA friend.\n", encoding="utf-8")
    assert ciak("subtitle", "review", good, "--language", "en").code == 0
    for path, told in ((good, "--language"), (tmp_path / "gone.srt", "gone.srt"), (tmp_path, "ciak new")):
        done = ciak("subtitle", "review", path)
        assert done.code == 2
        assert told in done.err
