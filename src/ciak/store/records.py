"""The film's records: what people agreed to. Never in history, never rebuilt, erased for real when they ask.

A consent says who lets which of their voice or image be used, in which languages, until when, and where the proof
lies. Viewers' counts and panel values join with their department. Does not judge whether a consent suffices in law.
"""

from __future__ import annotations

import json
import unicodedata
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import sqlalchemy as sa
from pydantic import Field, model_validator

from ciak.errors import CiakError, NotFound
from ciak.film.model import FilmModel
from ciak.store.sql import SqlStore, sqlite_url

__all__ = ["Consent", "Erased", "Records"]

_TABLES = sa.MetaData()
_CONSENTS = sa.Table(
    "consents", _TABLES,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("performer", sa.Text, nullable=False),
    sa.Column("performer_key", sa.Text, nullable=False, index=True),
    sa.Column("scope", sa.Text, nullable=False),
    sa.Column("languages", sa.Text, nullable=False),
    sa.Column("since", sa.Text, nullable=False),
    sa.Column("until", sa.Text, nullable=False),
    sa.Column("proof", sa.Text, nullable=False),
    sa.Column("recorded", sa.Text, nullable=False),
    sqlite_autoincrement=True,
)
_BACKUPS = sa.Table("backups", _TABLES, sa.Column("path", sa.Text, primary_key=True))


class Consent(FilmModel):
    """``scope``: what for ("voice", "likeness"…); ``languages``: codes, none: all; ``until`` None: no end agreed;
    ``proof``: where the signed paper lies."""

    performer: str = Field(min_length=1, max_length=200)
    scope: str = Field(min_length=1, max_length=200)
    languages: tuple[str, ...] = ()
    since: date
    until: date | None = None
    proof: str = Field(min_length=1, max_length=1000)
    id: int = 0

    @model_validator(mode="after")
    def _in_order(self) -> Consent:
        if self.until is not None and self.until < self.since:
            raise ValueError("a consent cannot end before it begins")
        return self

    def covers(self, scope: str, language: str, day: date) -> bool:
        """Whether it allows ``scope`` in ``language`` on ``day``."""
        return (self.scope == scope and (not self.languages or language in self.languages)
                and self.since <= day and (self.until is None or day <= self.until))


@dataclass(frozen=True, slots=True)
class Erased:
    """``rows`` removed here and in the backups that were reached; ``unreached``: backups that still may hold the
    person and must be erased or destroyed by hand (a disk that is not mounted)."""

    rows: int
    backups: tuple[str, ...] = ()
    unreached: tuple[str, ...] = ()


class Records(SqlStore):
    """The records at ``url``. Raises :class:`ciak.errors.StorageError` and :class:`ciak.errors.NewerSchema`."""

    def __init__(self, url: str) -> None:
        super().__init__(url, "records", (_TABLES.create_all,))

    @classmethod
    def of(cls, film: Path) -> Records:
        """The records of the film folder ``film``: ``records/records.sqlite`` in it."""
        return cls(sqlite_url(Path(film) / "records" / "records.sqlite"))

    def add(self, consent: Consent) -> Consent:
        """Keep a consent; the same with its ``id``."""
        with self._writing() as connection:
            made = connection.execute(_CONSENTS.insert().values(
                performer=consent.performer, performer_key=_key(consent.performer), scope=consent.scope,
                languages=json.dumps(consent.languages), since=consent.since.isoformat(),
                until=consent.until.isoformat() if consent.until else "", proof=consent.proof,
                recorded=datetime.now(UTC).isoformat(timespec="seconds")))
            key = made.inserted_primary_key
            assert key is not None
            return consent.model_copy(update={"id": int(key[0])})

    def consents(self, performer: str = "") -> tuple[Consent, ...]:
        """Every consent, or those of one performer, in the order in which they were kept."""
        wanted = sa.select(_CONSENTS).order_by(_CONSENTS.c.id)
        if performer:
            wanted = wanted.where(_CONSENTS.c.performer_key == _key(performer))
        with self._reading() as connection:
            rows = [] if connection is None else connection.execute(wanted).mappings().all()
        return tuple(Consent(id=row["id"], performer=row["performer"], scope=row["scope"],
                             languages=tuple(json.loads(row["languages"])), since=date.fromisoformat(row["since"]),
                             until=date.fromisoformat(row["until"]) if row["until"] else None, proof=row["proof"])
                     for row in rows)

    def allows(self, performer: str, scope: str, language: str, day: date) -> bool:
        """Whether a consent of ``performer`` covers it."""
        return any(consent.covers(scope, language, day) for consent in self.consents(performer))

    def withdraw(self, consent: int, last_day: date) -> None:
        """End a consent after ``last_day``; the record of it stays. Raises :class:`NotFound`."""
        with self._writing() as connection:
            changed = connection.execute(_CONSENTS.update().where(_CONSENTS.c.id == consent)
                                         .values(until=last_day.isoformat()))
            if not changed.rowcount:
                raise NotFound(f"there is no consent number {consent}")

    def erase(self, performer: str) -> Erased:
        """Remove every trace of a person: rows, the pages they stood on, and the same in every backup made by
        :meth:`backup` that can be reached. Films and voices are not looked at: they are not kept here."""
        if self.version == 0:
            return Erased(0)
        rows = self._erase_rows(performer)
        with self._reading() as connection:
            known = [] if connection is None else list(connection.execute(sa.select(_BACKUPS.c.path)).scalars())
        reached: list[str] = []
        for path in known:
            with suppress(CiakError):  # a damaged backup may hold them still: it counts as unreached
                if Path(path).is_file():
                    rows += Records(sqlite_url(Path(path)))._erase_rows(performer)
                    reached.append(path)
        return Erased(rows, tuple(reached), tuple(path for path in known if path not in reached))

    def _erase_rows(self, performer: str) -> int:
        with self._writing() as connection:
            theirs = _CONSENTS.c.performer_key == _key(performer)
            gone = int(connection.execute(_CONSENTS.delete().where(theirs)).rowcount)
        self._vacuum()
        return gone

    def _note_backup(self, target: Path) -> None:
        with self._writing() as connection:
            connection.execute(_BACKUPS.delete().where(_BACKUPS.c.path == str(target)))
            connection.execute(_BACKUPS.insert().values(path=str(target)))


def _key(name: str) -> str:
    """A name as it is compared: without differences of case, space or encoding."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
