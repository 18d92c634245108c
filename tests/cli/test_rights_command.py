"""``ciak rights`` as a user runs it (figure F9), over a film dubbed in a performer's likeness."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.cli.program import Run, ciak
from tests.dubbing.journeys import FAKES, talking_clip

import ciak as product
from ciak.backends.fake_voices import FakeLikeness
from ciak.bootstrap.rights import allow
from ciak.config import Settings
from ciak.project import Film, edit_cast

WHO = FakeLikeness.PERFORMER
BACKENDS = {**FAKES, "voice": "fake-likeness"}
NAMED = {f"CIAK_BACKEND_{task.upper()}": name for task, name in BACKENDS.items()}


def program(*arguments: str | Path) -> Run:
    return ciak(*arguments, **NAMED)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dubbed")
    settings = Settings().with_backends(BACKENDS)
    product.dub(talking_clip(folder / "night.mp4"), to="it", out=folder / "out", settings=settings)
    film = Film.open(folder / "out" / "night.film")
    edit_cast(film, film.cast().members[0].id, voices={"it": "it_ada"})
    allow(film, WHO, "contract 1")
    product.dub(film.path, to="it", settings=settings)
    film.close()
    return folder


@pytest.fixture
def film(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path / "here")
    return tmp_path / "here" / "out" / "night.film"


def test_the_way_of_a_consent(film: Path) -> None:
    listed = program("rights", "list", film, "--json").json
    assert [(one["id"], one["performer"], one["holds"]) for one in listed["consents"]] == [(1, WHO, True)]
    assert program("rights", "check", film).code == 0
    done = program("rights", "withdraw", film, "1", "--json")
    assert done.code == 0 and done.json["takes"] >= 1 and done.json["quarantined"] and done.json["recalled"]
    checked = program("rights", "check", film, "--json")
    assert checked.code == 1 and any(WHO in line for line in checked.json["refused"])
    assert "in quarantine" in program("rights", "list", film).out
    for command in (("dub", film, "--to", "it"),):
        refused = program(*command)
        assert refused.code == 2 and WHO in refused.err and "'it'" in refused.err and "night" in refused.err
        assert "ciak rights add" in refused.err
    done = program("rights", "add", film, "--performer", WHO, "--language", "it", "--title", "night", "--until",
                   "2099-12-31", "--proof", "contract 2", "--json")
    assert done.code == 0 and done.json["consent"]["id"] == 2 and done.json["returned"]
    assert program("rights", "check", film).code == 0
    assert program("dub", film, "--to", "it").code == 0


def test_a_performer_is_erased_when_yes_is_said(film: Path) -> None:
    assert program("rights", "erase", film, "--performer", WHO).code == 2
    done = program("rights", "erase", film, "--performer", WHO, "--yes", "--json")
    assert done.code == 0 and done.json["takes"] >= 1 and done.json["sounds"] >= 4
    assert WHO.encode() not in b"".join(path.read_bytes() for path in film.rglob("*") if path.is_file())
    assert program("rights", "list", film).out == "no consent is on record\n"
    assert program("rights", "check", film).code == 0


@pytest.mark.parametrize("arguments", [
    ("withdraw", "FILM", "9"), ("erase", "FILM", "--performer", "Nobody", "--yes"), ("list", "nowhere"),
    ("add", "FILM", "--performer", "X", "--language", "Italian", "--proof", "y"),
    ("add", "FILM", "--performer", "X", "--proof", "y", "--since", "2027-01-01", "--until", "2026-01-01"),
    ("add", "FILM", "--performer", "X"),
])
def test_what_cannot_be_is_told_in_one_line(film: Path, arguments: tuple[str, ...]) -> None:
    assert program("rights", *(str(film) if one == "FILM" else one for one in arguments)).code == 2
