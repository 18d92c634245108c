"""The job journal in the film's index: one record per job, ordered by a sequence that no clock can bend.

Has the shape of ``ciak.jobs.Journal``. Does not know what a job is: a record is a JSON object with an ``id``.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

from ciak.errors import NotFound
from ciak.store.index import JOBS, Index, checksum, whole_row

__all__ = ["SqliteJournal"]


class SqliteJournal:
    """Job records in ``index``. Every method is durable on return; raises :class:`ciak.errors.StorageError`."""

    def __init__(self, index: Index) -> None:
        self._index = index

    def add(self, record: Mapping[str, Any]) -> int:
        """Keep a new record, which has an unused ``id``; its sequence number."""
        identity, text = str(record["id"]), _text(record)
        with self._index.writing() as connection:
            connection.execute("INSERT INTO jobs (id, record, checksum) VALUES (?, ?, ?)",
                               (identity, text, checksum(identity, text)))
            return int(connection.last_insert_rowid())

    def change(self, identity: str, fields: Mapping[str, Any], *, only_if: Collection[str] = ()) -> bool:
        """Replace some fields of a record; whether that was done.

        With ``only_if`` only while its ``state`` is one of these. Raises :class:`NotFound`.
        """
        with self._index.writing() as connection:
            record = _record(connection.execute(JOBS + " WHERE id = ?", (identity,)).fetchone())
            if record is None:
                raise NotFound(f"there is no job {identity[:80]!r}", remedy="see which there are: ciak jobs")
            if only_if and record["state"] not in only_if:
                return False
            del record["sequence"]
            text = _text({**record, **fields})
            connection.execute("UPDATE jobs SET record = ?, checksum = ? WHERE id = ?",
                               (text, checksum(identity, text), identity))
            return True

    def get(self, identity: str) -> dict[str, Any] | None:
        """The record with its ``sequence``, or None when there is none, or only a damaged one."""
        with self._index.reading() as connection:
            return _record(connection.execute(JOBS + " WHERE id = ?", (identity,)).fetchone())

    def entries(self) -> list[dict[str, Any]]:
        """Every whole record with its ``sequence``, the oldest first."""
        with self._index.reading() as connection:
            rows = connection.execute(JOBS + " ORDER BY sequence").fetchall()
        return [record for row in rows if (record := _record(row)) is not None]

    def remove(self, identity: str) -> bool:
        """Forget a record; whether it was known."""
        with self._index.writing() as connection:
            connection.execute("DELETE FROM jobs WHERE id = ?", (identity,))
            return bool(connection.changes())


def _text(record: Mapping[str, Any]) -> str:
    return json.dumps({key: value for key, value in record.items() if key != "sequence"}, allow_nan=False)


def _record(found: tuple[Any, ...] | None) -> dict[str, Any] | None:
    row = whole_row(*found[1:]) if found else None
    if found is None or row is None:
        return None
    record: dict[str, Any] = json.loads(row[1])
    return {**record, "sequence": found[0]}
