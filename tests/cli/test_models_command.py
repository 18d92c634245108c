"""models, backends and jobs on the command line: what is shown, and what cannot be done."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ciak.cli.main import main
from ciak.jobs import Job, JobState
from ciak.project import Film
from ciak.store import SqliteJournal


@pytest.fixture
def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CIAK_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("CIAK_OFFLINE", "1")
    return tmp_path / "models"


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert main([*arguments, "--json"]) in (0, 1)
    shown = capsys.readouterr()
    assert "Traceback" not in shown.err
    value: dict[str, Any] = json.loads(shown.out)
    return value


def test_the_list_says_what_is_to_fetch(empty_cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    listing = told(capsys, "models", "list")
    states = {one["name"]: one["state"] for one in listing["models"]}
    assert "absent" in states.values()
    assert 0 < listing["to_fetch"] < 700e6
    assert main(["models", "list"]) == 0
    shown = capsys.readouterr().out
    assert all(name in shown for name in states)
    assert not empty_cache.exists(), "looking fetches nothing and makes nothing"


def test_an_absent_model_names_the_command_that_fetches_it(empty_cache: Path,
                                                           capsys: pytest.CaptureFixture[str]) -> None:
    absent = next(one["name"] for one in told(capsys, "models", "list")["models"] if one["state"] == "absent")
    assert main(["models", "path", absent]) == 2
    assert f"ciak models pull {absent}" in capsys.readouterr().err
    checked = told(capsys, "models", "verify", absent)
    assert checked["models"][0]["sound"] is False
    assert main(["models", "verify", absent]) == 1


def test_offline_a_pull_says_so(empty_cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    absent = next(one["name"] for one in told(capsys, "models", "list")["models"] if one["state"] == "absent")
    assert main(["models", "pull", absent]) == 2
    shown = capsys.readouterr()
    assert "fetching is switched off" in shown.err
    assert "Traceback" not in shown.err


def test_the_cache_folder_is_told(empty_cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert told(capsys, "models", "path") == {"path": str(empty_cache)}


def test_every_task_has_a_backend(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CIAK_BACKEND_VOICE", "fake")
    found = told(capsys, "backends")["backends"]
    assert {one["task"] for one in found} == {"detector", "separator", "transcriber", "embedder", "translator", "voice",
                                              "hearer"}
    assert [one["name"] for one in found if one["chosen"] and one["task"] == "voice"] == ["fake"]
    assert main(["backends"]) == 0
    assert "fake" in capsys.readouterr().out


def test_a_setting_that_cannot_be_is_one_line(capsys: pytest.CaptureFixture[str],
                                              monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CIAK_THREADS", "many")
    assert main(["backends"]) == 2
    assert capsys.readouterr().err.startswith("ciak: CIAK_THREADS='many' is not")


@pytest.fixture
def film(tmp_path: Path) -> Film:
    film = Film.create(tmp_path / "film", "T")
    journal = SqliteJournal(film.index)
    for number, state in enumerate((JobState.DONE, JobState.RUNNING)):
        job = Job(id=f"{number:016x}", verb="subtitle", film=str(film.path), state=state, done=0.5, pid=1, born="gone",
                  arguments={"film_or_video": str(film.path / "none.mp4")}, seconds=3725, what="hearing\x1b")
        journal.add(job.model_dump(mode="json"))
    film.close()
    return film


def test_a_job_whose_process_died_is_interrupted(film: Film, capsys: pytest.CaptureFixture[str]) -> None:
    assert [job["state"] for job in told(capsys, "jobs", str(film.path))["jobs"]] == ["done", "interrupted"]
    assert main(["jobs", str(film.path)]) == 0
    shown = capsys.readouterr().out
    assert "1 h 02 min" in shown
    assert "\x1b" not in shown


def test_a_film_without_jobs_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str],
                                     monkeypatch: pytest.MonkeyPatch) -> None:
    Film.create(tmp_path / "film", "T")
    monkeypatch.chdir(tmp_path / "film")
    assert main(["jobs"]) == 0
    assert capsys.readouterr().out == "there are no jobs\n"


def test_cancelling_what_ended_changes_nothing(film: Film, capsys: pytest.CaptureFixture[str]) -> None:
    first = told(capsys, "jobs", str(film.path), "--cancel", f"{0:016x}")["jobs"]
    assert [job["state"] for job in first] == ["done"]


def test_a_resumed_job_that_fails_says_why(film: Film, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["jobs", str(film.path), "--resume", f"{1:016x}"]) == 2
    shown = capsys.readouterr()
    assert "none.mp4" in shown.err
    assert "Traceback" not in shown.err
    states = [job["state"] for job in told(capsys, "jobs", str(film.path))["jobs"]]
    assert states == ["done", "interrupted", "failed"]
