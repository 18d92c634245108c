"""How the command line looks: results on stdout, for people or as one JSON object; progress on stderr.

Text that comes from files or names is made printable first: no control characters reach the terminal. Does not
know what it shows.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import click

if TYPE_CHECKING:
    from ciak.jobs.watch import TimeLeft

__all__ = ["Meter", "Tick", "command", "duration", "emit", "megabytes", "printable", "progress", "table", "tell"]

Tick = Callable[[float], None]
F = TypeVar("F", bound=Callable[..., Any])
_PLAIN_STEP = 0.1
_PLAIN_PAUSE = 2.0


def command(example: str) -> Callable[[F], click.Command]:
    """A command with an example under its help and the option ``--json``, passed on as ``as_json``."""
    def made(function: F) -> click.Command:
        option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout.")
        lines = "\n".join(f"  {line}" for line in example.splitlines())
        name = function.__name__.rstrip("_")
        return click.command(name, epilog=f"\b\nExample:\n{lines}")(option(function))
    return made


def printable(text: object) -> str:
    """``text`` as a terminal may show it: control characters and half characters as escapes, one line."""
    return "".join(mark if mark.isprintable() else ascii(mark)[1:-1] for mark in str(text))


def emit(value: Mapping[str, object], lines: Iterable[str], *, as_json: bool) -> None:
    """Print the result: ``value`` as one line of JSON, or ``lines`` for people."""
    if as_json:
        click.echo(json.dumps(value, allow_nan=False))
    else:
        for line in lines:
            click.echo(printable(line))


def tell(line: str) -> None:
    """One line on stderr, beside the result."""
    click.echo(printable(line), err=True)


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> list[str]:
    """``rows`` under ``head`` as lines of aligned columns; the last column is free."""
    texts = [[printable(cell) for cell in row] for row in (head, *rows)]
    widths = [max(len(row[column]) for row in texts) for column in range(len(head))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in texts]


def megabytes(count: int) -> str:
    """Bytes as ``"12.3 MB"``."""
    return f"{count / 1e6:.1f} MB" if count < 1e8 else f"{count / 1e6:.0f} MB"


def duration(seconds: float) -> str:
    """Seconds as ``"45 s"``, ``"2 min 05 s"``, ``"1 h 02 min"``."""
    whole = max(0, round(seconds))
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"
    return f"{minutes // 60} h {minutes % 60:02} min"


class _Display(Protocol):
    def show(self, what: str, done: float, left: float | None) -> None: ...

    def close(self) -> None: ...


class Meter:
    """Progress on stderr. ``meter("copying")`` begins a step and gives its tick; ``meter.part(0.1, 0.5, "hears")``
    gives the tick of a part of one whole, as the verbs of the departments want it."""

    def __init__(self, display: _Display) -> None:
        self._display = display
        self._whole: TimeLeft | None = None

    def __call__(self, what: str) -> Tick:
        from ciak.jobs.watch import TimeLeft

        left = TimeLeft()

        def tick(done: float) -> None:
            self._display.show(what, done, left.update(done))
        return tick

    def part(self, start: float, end: float, what: str) -> Tick:
        """The tick of a step that leads from ``start`` to ``end`` of the whole, in [0, 1]."""
        from ciak.jobs.watch import TimeLeft

        whole = self._whole = self._whole or TimeLeft()

        def tick(done: float) -> None:
            total = start + (end - start) * min(1.0, max(0.0, done))
            self._display.show(what, total, whole.update(total))
        return tick

    def show(self, what: str, done: float, left: float | None) -> None:
        """Show progress that somebody else measured, a worker process."""
        self._display.show(what, done, left)


@contextmanager
def progress() -> Iterator[Meter]:
    """A meter: a moving bar with the time left where stderr is a terminal, a line now and then elsewhere."""
    display: _Display = _Bar() if sys.stderr.isatty() else _Lines()
    try:
        yield Meter(display)
    finally:
        display.close()


class _Bar:
    """A bar that moves in place."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

        self._bars = Progress(TextColumn("{task.description}", markup=False), BarColumn(), TaskProgressColumn(),
                              TextColumn("{task.fields[left]}"), console=Console(stderr=True))
        self._task: Any = None
        self._what = ""
        self._bars.start()

    def show(self, what: str, done: float, left: float | None) -> None:
        if self._task is None:
            self._task = self._bars.add_task(printable(what), total=1.0, left="")
        shown = f"{duration(left)} left" if left is not None and done < 1 else ""
        self._bars.update(self._task, completed=done, description=printable(what), left=shown)

    def close(self) -> None:
        self._bars.stop()


class _Lines:
    """A line when the step changes, and for each tenth of a long one."""

    def __init__(self) -> None:
        self._what = ""
        self._done = 0.0
        self._told = -_PLAIN_PAUSE

    def show(self, what: str, done: float, left: float | None) -> None:
        now = time.monotonic()
        if what == self._what and (done < self._done + _PLAIN_STEP or now < self._told + _PLAIN_PAUSE):
            return
        self._what, self._done, self._told = what, done, now
        rest = f", {duration(left)} left" if left is not None and 0 < done < 1 else ""
        tell(f"{what}: {done:.0%}{rest}")

    def close(self) -> None:
        """Nothing stands open."""
