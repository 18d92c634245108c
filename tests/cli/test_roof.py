"""Whatever leaves a command becomes one line and an exit code; a plugin cannot break the program."""

from __future__ import annotations

import json
import os
import subprocess
from importlib.metadata import EntryPoint
from pathlib import Path

import click
import pytest
from tests.cli.program import PROGRAM

from ciak.cli import main as module
from ciak.cli.main import main
from ciak.errors import Cancelled, CiakError, NotFound


@pytest.fixture
def raising(monkeypatch: pytest.MonkeyPatch) -> list[BaseException]:
    """Makes ``ciak check X`` raise what the list holds."""
    errors: list[BaseException] = []

    @click.command()
    @click.argument("folder")
    @click.option("--json", "as_json", is_flag=True)
    def check(folder: str, as_json: bool) -> None:
        raise errors[0]

    monkeypatch.setattr(module.LazyGroup, "get_command", lambda self, ctx, name: check)
    return errors


@pytest.mark.parametrize(("error", "code", "words"), [
    (CiakError("bad", remedy="do this"), 2, "ciak: bad: do this"),
    (NotFound("two\nlines"), 2, "ciak: two lines"),
    (Cancelled("stopped"), 130, "ciak: stopped"),
    (KeyboardInterrupt(), 130, "interrupted"),
    (MemoryError(), 2, "memory"),
    (PermissionError(13, "Permission denied", "/x/y"), 2, "/x/y: Permission denied"),
    (OSError(28, "No space left on device"), 2, "No space left"),
    (ZeroDivisionError("division by zero"), 2, "this is a fault of Ciak: ZeroDivisionError: division by zero"),
    (RecursionError("deep"), 2, "fault of Ciak"),
    (UnicodeEncodeError("utf-8", "\ud800", 0, 1, "no"), 2, "fault of Ciak"),
    (CiakError("\x1b[31mred \ud800"), 2, "ciak: \\x1b[31mred \\ud800"),
])
def test_an_error_is_one_line_and_a_code(raising: list[BaseException], capsys: pytest.CaptureFixture[str],
                                         error: BaseException, code: int, words: str) -> None:
    raising.append(error)
    assert main(["check", "x"]) == code
    shown = capsys.readouterr()
    assert shown.out == ""
    assert words in shown.err
    assert len(shown.err.strip().splitlines()) == 1
    assert "Traceback" not in shown.err
    assert main(["check", "x", "--json"]) == code
    shown = capsys.readouterr()
    assert set(json.loads(shown.out)) == {"error", "message", "remedy", "details"}


def test_the_traceback_is_there_for_those_who_ask(raising: list[BaseException], capsys: pytest.CaptureFixture[str],
                                                  monkeypatch: pytest.MonkeyPatch) -> None:
    raising.append(ZeroDivisionError())
    monkeypatch.setenv("CIAK_DEBUG", "1")
    assert main(["check", "x"]) == 2
    assert "Traceback" in capsys.readouterr().err


def test_a_folder_called_json_asks_for_no_json(raising: list[BaseException],
                                               capsys: pytest.CaptureFixture[str]) -> None:
    raising.append(CiakError("bad"))
    assert main(["check", "--", "--json"]) == 2
    assert capsys.readouterr().out == ""


def test_nobody_reads_any_more(tmp_path: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run([*PROGRAM, "--help"], stdout=write, stderr=subprocess.PIPE, check=False)
    os.close(write)
    assert (done.returncode, done.stderr) == (141, b"")


def test_the_result_cannot_be_written(tmp_path: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run([*PROGRAM, "--help"], stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 2
    assert done.stderr.decode().splitlines() == ["ciak: No space left on device"]


def test_a_terminal_without_utf8_still_gets_the_result(tmp_path: Path) -> None:
    done = subprocess.run([*PROGRAM, "new", "film", "--title", "Sì 💥"], cwd=tmp_path, capture_output=True,
                          check=False, env={**os.environ, "PYTHONIOENCODING": "ascii", "LC_ALL": "C"})
    assert b"Traceback" not in done.stderr
    assert (tmp_path / "film" / "film.toml").is_file()


class Plugins:
    """Entry points as ``importlib.metadata`` would find them."""

    def __init__(self, **values: str) -> None:
        self.entries = [EntryPoint(name, value, "ciak.commands") for name, value in values.items()]

    def __call__(self, *, group: str) -> list[EntryPoint]:
        return self.entries


@pytest.mark.parametrize(("value", "words"), [
    ("no.such.module:x", "does not load"), ("json:nothing", "does not load"), ("json:dumps", "is no command")])
def test_a_broken_plugin_breaks_only_itself(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
                                            value: str, words: str) -> None:
    monkeypatch.setattr(module, "entry_points", Plugins(broken=value))
    assert main(["--help"]) == 0
    assert "broken" in capsys.readouterr().out
    assert main(["broken"]) == 2
    assert words in capsys.readouterr().err


def test_a_plugin_cannot_take_a_command_that_is_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "entry_points", Plugins(check="json:dumps"))
    context = click.Context(module.ciak)
    command = module.ciak.get_command(context, "check")
    assert isinstance(command, click.Command)
    assert module.ciak.list_commands(context).count("check") == 1
