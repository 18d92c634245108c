"""Older films are brought to today step by step, newer ones are left alone."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ciak.errors import Damaged, NewerSchema
from ciak.project import Film, check_film
from ciak.project.migrations import STEPS
from ciak.project.sheet import SCHEMA, parse_toml

GOLDEN = Path(__file__).parent / "golden"


def copy_of(name: str, tmp_path: Path) -> Path:
    return Path(shutil.copytree(GOLDEN / name, tmp_path / name))


def test_there_is_a_step_and_a_golden_folder_for_every_schema() -> None:
    assert sorted(STEPS) == list(range(SCHEMA))
    assert all((GOLDEN / f"schema{number}" / "film.toml").is_file() for number in range(SCHEMA + 1))


@pytest.mark.parametrize("name", ["schema0", "schema1"])
def test_a_golden_film_opens_without_fault(tmp_path: Path, name: str) -> None:
    path = copy_of(name, tmp_path)
    old = (path / "film.toml").read_bytes()
    assert check_film(path) == []
    assert (path / "film.toml").read_bytes() == old, "checking changes nothing"
    film = Film.open(path)
    assert (str(film.rate), film.language, str(film.start)) == ("24000/1001", "it", "00:59:50:00")
    dialogue = film.dialogue("it")
    assert dialogue is not None
    assert [loop.text for loop in dialogue.loops] == ["Chi è là?", "Nessuno."]
    assert film.cast().members[0].voices == {"en": "af_heart"}
    assert parse_toml((path / "film.toml").read_bytes())[0]["schema"] == SCHEMA


def test_the_old_sheet_is_kept_and_history_knows(tmp_path: Path) -> None:
    path = copy_of("schema0", tmp_path)
    old = (path / "film.toml").read_bytes()
    film = Film.open(path)
    assert film.title == "La notte"
    assert (path / "film.toml.schema0").read_bytes() == old
    assert [(entry.kind, entry.what) for entry in film.history.entries()] == [("migration", "film.toml")]
    after = (path / "film.toml").read_bytes()
    Film.open(path)
    assert (path / "film.toml").read_bytes() == after
    assert check_film(path) == []


def test_todays_golden_sheet_is_written_as_it_is(tmp_path: Path) -> None:
    from ciak.project.sheet import write_sheet

    path = copy_of("schema1", tmp_path)
    assert write_sheet(Film.open(path).sheet) == (GOLDEN / "schema1" / "film.toml").read_bytes()


@pytest.mark.parametrize("schema", ["2", "99", "9999999999999999"])
def test_the_future_is_refused(tmp_path: Path, schema: str) -> None:
    path = copy_of("schema1", tmp_path)
    sheet = path / "film.toml"
    sheet.write_text(sheet.read_text().replace("schema = 1", f"schema = {schema}") + '\n[hologram]\na = 1\n')
    before = sheet.read_bytes()
    for read in (Film.open, check_film):
        with pytest.raises(NewerSchema, match="newer Ciak"):
            read(path)
    assert sheet.read_bytes() == before


@pytest.mark.parametrize("line", ["", 'schema = "1"', "schema = -1", "schema = true", "schema = 1.0"])
def test_a_sheet_without_schema_is_no_sheet(tmp_path: Path, line: str) -> None:
    (tmp_path / "film.toml").write_text(f'{line}\ntitle = "T"\n')
    with pytest.raises(Damaged, match="no schema number"):
        Film.open(tmp_path)


@pytest.mark.parametrize("fps", ["0", '"24"', "true", "1e999", "nan"])
def test_an_old_rate_that_cannot_be_is_said(tmp_path: Path, fps: str) -> None:
    (tmp_path / "film.toml").write_text(f'schema = 0\nname = "T"\nfps = {fps}\n'.replace("1e999", "inf"))
    with pytest.raises(Damaged, match="fps"):
        Film.open(tmp_path)
    assert [finding.file for finding in check_film(tmp_path)] == ["film.toml"]
