"""``ciak``: the group of all commands, and the one place where an error becomes a line and an exit code.

A command's module is imported when the command is asked for, so that ``ciak --help`` is quick; other packages add
commands through the entry-point group ``ciak.commands``. Exit codes: 0 done, 1 the check found problems, 2 could
not run (one clear line on stderr, with ``--json`` an object on stdout too), 130 interrupted, 141 nobody reads.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
import traceback
from collections.abc import Sequence
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import TracebackType
from typing import NoReturn

import click

from ciak import __version__
from ciak.errors import Cancelled, CiakError, SettingsError

__all__ = ["LazyGroup", "ciak", "run"]

GROUP = "ciak.commands"
"""The entry-point group in which commands register; an entry is named as its command."""
COMMANDS: dict[str, tuple[str, str]] = {
    "new": ("ciak.cli.film:new", "Make a film folder."),
    "import": ("ciak.cli.film:import_", "Bring a video or a sound into a film."),
    "check": ("ciak.cli.film:check", "Say everything that is wrong with a film."),
    "subtitle": ("ciak.cli.subtitles:subtitle", "Write subtitles, in the original and translated; check and fix them."),
    "glossary": ("ciak.cli.glossary:glossary", "Keep a film's names and phrases, in every language."),
    "conform": ("ciak.cli.conform:conform", "Move lines and subtitles to a new cut."),
    "dub": ("ciak.cli.dubbing:dub", "Speak a film in another language."),
    "takes": ("ciak.cli.takes:takes", "List, import, choose and compare takes, synthetic and recorded."),
    "qc": ("ciak.cli.quality:qc", "Check a dub's quality, line by line and as a whole; a page to print."),
    "sheet": ("ciak.cli.sheets:sheet", "Write the booking sheet: who is needed in the studio, for how long."),
    "export": ("ciak.cli.sheets:export", "Write a dub for other programs: OTIO, EDL, AAF, rythmo band, lists."),
    "rights": ("ciak.cli.rights:rights", "Keep performers' consents, and what they allow."),
    "voices": ("ciak.cli.voices:voices", "Match a voice to a performer who agreed."),
    "provenance": ("ciak.cli.provenance:provenance", "Show and verify how a delivered film was made."),
    "models": ("ciak.cli.models:models", "List, pull and verify models."),
    "backends": ("ciak.cli.backends:backends", "Say who does which task, and what is missing."),
    "languages": ("ciak.cli.languages:languages", "Say which languages are heard, translated and spoken."),
    "jobs": ("ciak.cli.jobs:jobs", "List, cancel and resume a film's jobs."),
}
"""Command -> where it is, and what it does in a line."""
OFFERED = {"studio": "Open the studio in the browser."}
"""What the plugins of this distribution do, so that asking for help does not load them."""
_PIPE = 141


class LazyGroup(click.Group):
    """A group that imports a command when it is used. Built-in names cannot be taken by a plugin."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*COMMANDS, *sorted(_plugins())]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in COMMANDS:
            module, _, name = COMMANDS[cmd_name][0].partition(":")
            command: click.Command = getattr(importlib.import_module(module), name)
            return command
        entry = _plugins().get(cmd_name)
        return _load(entry) if entry else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = [(name, text) for name, (_, text) in COMMANDS.items()]
        rows += [(name, OFFERED.get(name) or f"Of the package {_package(entry)}.")
                 for name, entry in sorted(_plugins().items())]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


def _plugins() -> dict[str, EntryPoint]:
    return {entry.name: entry for entry in entry_points(group=GROUP) if entry.name not in COMMANDS}


def _package(entry: EntryPoint) -> str:
    return entry.dist.name if entry.dist else entry.module


def _load(entry: EntryPoint) -> click.Command:
    try:
        command = entry.load()
    except (ImportError, AttributeError, SyntaxError) as error:
        missing = isinstance(error, ModuleNotFoundError) and _package(entry) == "ciak"
        raise SettingsError(f"the command {entry.name!r} of {_package(entry)} does not load: {error}",
                            remedy=f"pip install 'ciak[{entry.name}]'" if missing else "update that package"
                            ) from error
    if not isinstance(command, click.Command):
        raise SettingsError(f"the command {entry.name!r} of {_package(entry)} is no command",
                            remedy="update that package")
    return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
             epilog="\b\nExample:\n  ciak dub film.mp4 --to it")
@click.version_option(__version__, "--version", message="ciak %(version)s")
def ciak() -> None:
    """Ciak, the AI studio a film passes through."""


class _Roof:
    """Whatever leaves a command ends here, as one line and an exit code."""

    def __init__(self, as_json: bool) -> None:
        self.code = 0
        self._json = as_json

    def __enter__(self) -> _Roof:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> bool:
        if isinstance(error, SystemExit):
            return False
        if error is not None:
            if os.environ.get("CIAK_DEBUG", "") not in ("", "0"):
                traceback.print_exception(error)
            self.code = self._told(error)
        return True

    def _told(self, error: BaseException) -> int:
        match error:
            case BrokenPipeError():
                sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115 - nobody reads; nothing to say at exit either
                return _PIPE
            case click.exceptions.Exit():
                return error.exit_code
            case KeyboardInterrupt() | click.Abort():
                return self._line(Cancelled("interrupted", remedy="run it again: what was finished is kept"))
            case CiakError():
                return self._line(error)
            case click.exceptions.NoArgsIsHelpError():
                click.echo(error.format_message(), err=True)
                return CiakError.exit_code
            case click.ClickException():
                context = getattr(error, "ctx", None)
                path = context.command_path if context else "ciak"
                return self._line(SettingsError(error.format_message().rstrip("."), remedy=f"see {path} --help"))
            case OSError():
                name = f"{os.fsdecode(error.filename)}: " if isinstance(error.filename, str | bytes) else ""
                return self._line(CiakError(f"{name}{error.strerror or error}"))
            case MemoryError():
                return self._line(CiakError("the memory of this machine is used up",
                                            remedy="end other programs, or use a smaller model"))
        place = traceback.extract_tb(error.__traceback__)[-1:]
        where = f" ({Path(place[0].filename).name} line {place[0].lineno})" if place else ""
        return self._line(CiakError(
            f"this is a fault of Ciak: {type(error).__name__}: {str(error)[:200]}{where}",
            remedy="run it again with CIAK_DEBUG=1 and report what it prints"))

    def _line(self, error: CiakError) -> int:
        from ciak.cli.screen import tell

        tell(f"ciak: {error}")
        if self._json:
            click.echo(json.dumps(error.as_json()))
        return error.exit_code


def main(arguments: Sequence[str]) -> int:
    """Run one command; its exit code. Nothing is raised, except by a program that calls ``sys.exit`` itself."""
    named = list(arguments)
    options = named[:named.index("--")] if "--" in named else named
    with _Roof("--json" in options) as roof:
        if "_CIAK_COMPLETE" in os.environ:  # a shell asks what could come next
            ciak.main(named, prog_name="ciak")
        with ciak.make_context("ciak", named) as context:  # not ciak.main, which ends at a broken pipe with code 1
            ciak.invoke(context)
        sys.stdout.flush()
    return roof.code


def run() -> NoReturn:
    """The program ``ciak``."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    code = main(sys.argv[1:])
    with _Roof(False) as roof:
        sys.stdout.flush()
    sys.exit(code or roof.code)
