"""A step of the work done once: recalled when nothing about it changed, made and recorded when something did.

The key of a step is the sha256 of everything that could change its result: name, version, inputs (by content
hash), settings, seed and maker, models included. Order of writing: artefacts, then the history line, then the index
row; killed between any two, the film is whole and at worst the step is done again. Two processes at the same step:
the second waits for the first and recalls its work.
"""

from __future__ import annotations

import errno
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from pydantic import JsonValue

from ciak.errors import SettingsError, StoreDamaged
from ciak.project.folder import Film
from ciak.project.history import Entry, canonical
from ciak.store.disk import disk_error

__all__ = ["Maker", "Step", "once", "once_told"]

_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS}
PATIENCE = 0.2
"""Seconds between looks at a step that another process is at."""


@dataclass(frozen=True, slots=True)
class Maker:
    """Who does a step: a backend (``kokoro``, ``ciak``), its version, its models by sha256."""

    backend: str
    version: str = ""
    models: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """What is to be done. ``inputs``: name -> artefact id or other content hash; ``settings``: JSON values,
    fractions as strings; ``version`` is raised when the code would give another result."""

    name: str
    version: str
    inputs: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, JsonValue] = field(default_factory=dict)
    maker: Maker = Maker("ciak")
    seed: int | None = None

    @property
    def key(self) -> str:
        """sha256 over all of it, 64 hex digits. Raises :class:`SettingsError` for values that are not JSON."""
        try:
            return hashlib.sha256(canonical([
                self.name, self.version, dict(self.inputs), dict(self.settings), self.seed,
                [self.maker.backend, self.maker.version, dict(self.maker.models)]])).hexdigest()
        except (TypeError, ValueError) as error:
            raise SettingsError(f"the settings of step {self.name!r} cannot be written down: {error}") from None


def _never() -> None:
    """Nobody asks for a stop."""


def once(film: Film, step: Step, make: Callable[[Callable[[str], Path]], dict[str, Path]], *,
         check: Callable[[], None] = _never) -> dict[str, str]:
    """Output name -> artefact id, without computing anything twice.

    ``make(temporary)`` computes: it asks ``temporary(suffix)`` for paths to write to and returns name -> path.
    What it leaves behind when it raises is removed. ``check`` is called while another process is at the same step,
    and may raise ``Cancelled``.
    """
    key = step.key
    if (done := _recalled(film, key)) is not None:
        return done
    with _turn(film, key, check):
        if (done := _recalled(film, key)) is not None:
            return done
        given: list[Path] = []

        def temporary(suffix: str) -> Path:
            given.append(film.artefacts.temporary(suffix))
            return given[-1]

        try:
            made = make(temporary)
            outputs = {name: film.artefacts.put_file(path, path.suffix) for name, path in made.items()}
        except OSError as error:
            if error.errno in _DISK:
                raise disk_error(error, film.path) from error
            raise
        finally:
            for path in given:
                path.unlink(missing_ok=True)
        who = f"{step.maker.backend} {step.maker.version}".strip()
        film.record(Entry(kind="step", what=step.name, version=step.version, who=who, key=key, seed=step.seed,
                          models=dict(step.maker.models), inputs=dict(step.inputs), settings=dict(step.settings),
                          outputs=outputs))
        film.catch_up()
        return outputs


def once_told(film: Film, step: Step, name: str, tell: Callable[[], JsonValue]) -> Any:
    """What ``tell`` says, a JSON value, asked once and kept as the artefact ``name`` of the step.

    The value is always the one that was written and read back. Raises :class:`StoreDamaged` where that is no JSON.
    """
    def make(temporary: Callable[[str], Path]) -> dict[str, Path]:
        told = tell()
        out = temporary(".json")
        out.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
        return {name: out}

    path = film.artefacts.path(once(film, step, make)[name])
    try:
        return json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        raise StoreDamaged(f"what the step {step.name!r} found cannot be read: {path.name} has changed",
                           remedy=f"remove {path} and run the command again", path=str(path)) from None


def _recalled(film: Film, key: str) -> dict[str, str] | None:
    """What the index, else the history behind it, knows of ``key``, if every artefact is still there."""
    known = film.index.recall(key)
    if known is None and film.catch_up():
        known = film.index.recall(key)
    if known is None or not all(film.artefacts.has(identity) for identity in known.values()):
        return None
    return known


class _turn:
    """One process at a time at one step; the lock dies with its holder."""

    def __init__(self, film: Film, key: str, check: Callable[[], None]) -> None:
        self._path = film.private("locks") / f"{key[:32]}.lock"
        self._lock = FileLock(self._path)
        self._check = check

    def __enter__(self) -> None:
        while True:
            try:
                self._lock.acquire(timeout=PATIENCE, poll_interval=PATIENCE / 4)
            except Timeout:
                self._check()
            else:
                return

    def __exit__(self, *_: object) -> None:
        self._path.unlink(missing_ok=True)  # while held: a waiter that got the old file recalls, or works in vain
        self._lock.release()
