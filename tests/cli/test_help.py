"""Every command explains itself, with an example and --json; asking for help is quick."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator

import click
import pytest

from ciak.cli.main import COMMANDS, LazyGroup, ciak, main


def every_command(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from every_command(command, (*path, name))
        else:
            yield (*path, name)


@pytest.mark.parametrize("path", list(every_command(ciak)), ids=" ".join)
def test_a_command_explains_itself(path: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*path, "--help"]) == 0
    shown = capsys.readouterr().out
    assert f"Usage: ciak {' '.join(path)}" in shown
    assert "Example:" in shown
    assert f"ciak {' '.join(path)}" in shown.split("Example:")[1]
    if path[0] != "studio":  # it serves until it is ended: there is no one result
        assert "--json" in shown


def test_the_table_of_commands_says_what_they_say() -> None:
    context = click.Context(ciak)
    for name, (_, short) in COMMANDS.items():
        command = ciak.get_command(context, name)
        assert command is not None
        assert command.name == name
        assert command.help
        assert short.endswith(".")


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    shown = capsys.readouterr().out
    for name in (*COMMANDS, "studio"):
        assert f"\n  {name} " in shown
    assert isinstance(ciak, LazyGroup)


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    import ciak as package

    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"ciak {package.__version__}\n"


def _quickest(*command: str) -> float:
    times = []
    for _ in range(5):
        begun = time.perf_counter()
        subprocess.run([sys.executable, *command], check=True, capture_output=True)
        times.append(time.perf_counter() - begun)
    return min(times)


def test_importing_and_asking_for_help_are_quick() -> None:
    """The budgets are .3 s and .6 s; a bare interpreter's own start counts."""
    assert _quickest("-c", "import ciak") <= 0.3
    assert _quickest("-c", "import sys; from ciak.cli.main import main; sys.exit(main(['--help']))") <= 0.6


@pytest.mark.parametrize("module", ["numpy", "av", "onnxruntime", "fastapi", "sqlalchemy", "pydantic", "rich"])
def test_asking_for_help_loads_nothing_heavy(module: str) -> None:
    code = f"import sys; from ciak.cli.main import main; main(['--help']); sys.exit({module!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0
