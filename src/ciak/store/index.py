"""The film's index: which artefacts came out of which step. It can be deleted; what it knew is made again.

One SQLite database through apsw, which brings an engine without the WAL-reset bug (SQLite 3.7.0 to 3.51.2). The
write-ahead log is used on local file systems only. Every row carries a checksum; a row that does not match is
as if it were not there, and a database that is damaged, or not shaped as ours, is put aside under another name and
begun anew. Knows neither steps nor jobs: keys and ids are words to it.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any

import apsw

from ciak.errors import StorageError
from ciak.store.artefacts import Artefacts
from ciak.store.database import database_error, open_database

__all__ = ["JOBS", "Index", "checksum", "whole_row"]

_MIGRATIONS = (
    """
    CREATE TABLE steps (sequence INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE,
        outputs TEXT NOT NULL, checksum TEXT NOT NULL) STRICT;
    CREATE TABLE jobs (sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
        record TEXT NOT NULL, checksum TEXT NOT NULL) STRICT;
    """,
)
"""``_MIGRATIONS[n]`` leads from ``user_version`` n to n + 1. Never change one that was released: add one."""


_STEPS = "SELECT CAST(key AS BLOB), CAST(outputs AS BLOB), CAST(checksum AS BLOB) FROM steps"
JOBS = "SELECT sequence, CAST(id AS BLOB), CAST(record AS BLOB), CAST(checksum AS BLOB) FROM jobs"
"""Rows as bytes: a damaged one may not even be text."""


def checksum(key: str, text: str) -> str:
    """What guards a row: sha256 (hex) over its key and its text, and where each ends."""
    return hashlib.sha256(json.dumps((key, text)).encode()).hexdigest()


def whole_row(key: object, text: object, check: object) -> tuple[str, str] | None:
    """A row's key and text, as the bytes that the engine read, if they match their checksum; else None."""
    if not (isinstance(key, bytes) and isinstance(text, bytes) and isinstance(check, bytes)):
        return None
    try:
        row = key.decode(), text.decode()
    except UnicodeDecodeError:
        return None
    return row if checksum(*row).encode() == check else None


class Index:
    """The index at ``path``, made if it is missing. One connection, guarded; close it, or use ``with``.

    ``rebuilt``: a damaged one was found and put aside as ``set_aside``. ``read_only``: the disk allows no writing,
    or is full: what is known can be recalled, nothing new remembered. Raises :class:`StorageError`,
    :class:`NewerSchema`.
    """

    def __init__(self, path: Path) -> None:
        self.path = Path(path)
        self._lock = threading.RLock()
        self._process = os.getpid()
        self._connection, self.read_only, self.set_aside = open_database(self.path, _MIGRATIONS)
        self.rebuilt = self.set_aside is not None

    def __enter__(self) -> Index:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Give the database back. Harmless when done twice, or in a forked child (which must not touch it)."""
        if os.getpid() == self._process:
            with self._lock, suppress(apsw.Error):
                self._connection.close()

    def recall(self, key: str, artefacts: Artefacts | None = None) -> dict[str, str] | None:
        """The outputs remembered for ``key``, or None; with ``artefacts``, None too when one is not there."""
        with self.reading() as connection:
            found = connection.execute(_STEPS + " WHERE key = ?", (key,)).fetchone()
        row = whole_row(*found) if found else None
        if row is None or row[0] != key:
            return None
        outputs: dict[str, str] = json.loads(row[1])
        if artefacts is not None and not all(artefacts.has(identity) for identity in outputs.values()):
            return None
        return outputs

    def remember(self, key: str, outputs: dict[str, str]) -> None:
        """Note that the step ``key`` made ``outputs``, name -> artefact id. Durable on return."""
        text = json.dumps(outputs, sort_keys=True)
        with self.writing() as connection:
            connection.execute("INSERT OR REPLACE INTO steps (key, outputs, checksum) VALUES (?, ?, ?)",
                               (key, text, checksum(key, text)))

    def remember_all(self, steps: Iterable[tuple[str, dict[str, str]]]) -> None:
        """Note many steps, all of them or, after an error, none. Durable on return."""
        with self.writing() as connection:
            for key, outputs in steps:
                text = json.dumps(outputs, sort_keys=True)
                connection.execute("INSERT OR REPLACE INTO steps (key, outputs, checksum) VALUES (?, ?, ?)",
                                   (key, text, checksum(key, text)))

    def forget(self, key: str) -> bool:
        """Forget a step; whether it was known."""
        with self.writing() as connection:
            connection.execute("DELETE FROM steps WHERE key = ?", (key,))
            return bool(connection.changes())

    def entries(self) -> list[tuple[str, dict[str, str]]]:
        """Every whole entry, (key, outputs), in the order in which they were remembered."""
        with self.reading() as connection:
            rows = connection.execute(_STEPS + " ORDER BY sequence").fetchall()
        return [(row[0], json.loads(row[1])) for found in rows if (row := whole_row(*found))]

    def integrity(self) -> list[str]:
        """What is wrong with the database, in words; empty when nothing is."""
        with self.reading() as connection:
            found = [str(row[0]) for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"]
            for table, select in (("steps", _STEPS), ("jobs", JOBS)):
                rows = [row[-3:] for row in connection.execute(select).fetchall()]
                found += [f"{table}: a row does not match its checksum" for row in rows if not whole_row(*row)]
        return found

    @contextmanager
    def reading(self) -> Iterator[Any]:
        """The connection, for reading only. Errors come out as :class:`StorageError`."""
        with self._guard():
            yield self._connection

    @contextmanager
    def writing(self) -> Iterator[Any]:
        """The connection, in a transaction that is committed at the end, durably, or not at all."""
        with self._guard():
            if self.read_only:
                raise StorageError(f"{self.path.name} cannot be written: the disk is full or read-only",
                                   remedy=f"free 1 MB at {self.path.parent}, or copy the film elsewhere")
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                with suppress(apsw.Error):
                    if self._connection.in_transaction:
                        self._connection.execute("ROLLBACK")
                raise

    @contextmanager
    def _guard(self) -> Iterator[None]:
        if os.getpid() != self._process:
            raise StorageError("a database must not be used across a fork", remedy="open it in the new process")
        with self._lock:
            try:
                yield
            except (apsw.Error, UnicodeDecodeError) as error:
                raise database_error(error, self.path) from error
