"""The house library: the shelf of films, the glossary, the translation memory. One per user, shared by all films.

A film whose disk is not mounted is missing, not gone: nothing leaves the shelf but by :meth:`Library.take_down`.
The memory gives back a line only when it is the same line; what is merely alike is for people and translators.
Market data and performers join with their departments.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

import sqlalchemy as sa
from pydantic import Field

from ciak.film.model import FilmModel
from ciak.store.sql import SqlStore, sqlite_url

__all__ = ["Library", "MemoryLine", "Presence", "ShelfEntry", "Term"]

_TABLES = sa.MetaData()
_SHELF = sa.Table(
    "shelf", _TABLES,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("path", sa.Text, nullable=False, unique=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("opened", sa.Text, nullable=False),
    sqlite_autoincrement=True,
)
_MEMORY = sa.Table(
    "memory", _TABLES,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("target", sa.Text, nullable=False),
    sa.Column("line_key", sa.Text, nullable=False),
    sa.Column("line", sa.Text, nullable=False),
    sa.Column("translation", sa.Text, nullable=False),
    sa.Column("origin", sa.Text, nullable=False),
    sa.Column("person", sa.Text, nullable=False),
    sa.UniqueConstraint("source", "target", "line_key"),
    sqlite_autoincrement=True,
)
_GLOSSARY = sa.Table(
    "glossary", _TABLES,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("target", sa.Text, nullable=False),
    sa.Column("term_key", sa.Text, nullable=False),
    sa.Column("term", sa.Text, nullable=False),
    sa.Column("rendering", sa.Text, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("person", sa.Text, nullable=False),
    sa.UniqueConstraint("source", "target", "term_key"),
    sqlite_autoincrement=True,
)
_AT_ONCE = 400
"""Lines asked for in one statement."""


class Presence(StrEnum):
    """Whether a film of the shelf can be opened now."""

    HERE = "here"
    MISSING = "missing"
    """Its folder cannot be seen: moved, deleted, or on a disk that is not mounted."""


@dataclass(frozen=True, slots=True)
class ShelfEntry:
    """A film on the shelf. ``opened``: last time, UTC, ISO 8601."""

    path: Path
    title: str
    opened: str
    presence: Presence


class MemoryLine(FilmModel):
    """A line and its translation. ``origin``: the film or import that it came from; ``person``: who approved it."""

    source: str = Field(pattern=r"^[a-z]{2,3}$", description="language of the line")
    target: str = Field(pattern=r"^[a-z]{2,3}$", description="language of the translation")
    line: str = Field(min_length=1, max_length=2000)
    translation: str = Field(min_length=1, max_length=2000)
    origin: str = Field(default="", max_length=500)
    person: str = Field(default="", max_length=200)


class Term(FilmModel):
    """A word or name that is always rendered in one way; ``note`` says why."""

    source: str = Field(pattern=r"^[a-z]{2,3}$")
    target: str = Field(pattern=r"^[a-z]{2,3}$")
    term: str = Field(min_length=1, max_length=200)
    rendering: str = Field(min_length=1, max_length=200)
    note: str = Field(default="", max_length=1000)
    person: str = Field(default="", max_length=200)


class Library(SqlStore):
    """The library at ``url``. Raises :class:`ciak.errors.StorageError` and :class:`ciak.errors.NewerSchema`."""

    def __init__(self, url: str) -> None:
        super().__init__(url, "library", (_TABLES.create_all,))

    @classmethod
    def at(cls, folder: Path) -> Library:
        """The library in ``folder`` (:attr:`ciak.config.Settings.library`): ``library.sqlite`` in it."""
        return cls(sqlite_url(Path(folder) / "library.sqlite"))

    def shelve(self, film: Path, title: str) -> None:
        """Note that a film was opened: it comes to the front of the shelf."""
        path = str(Path(film).absolute())
        with self._writing() as connection:
            connection.execute(_SHELF.delete().where(_SHELF.c.path == path))
            connection.execute(_SHELF.insert().values(path=path, title=title,
                                                      opened=datetime.now(UTC).isoformat(timespec="seconds")))

    def films(self) -> tuple[ShelfEntry, ...]:
        """Every film on the shelf, the last opened first (by order of opening, whatever the clock said)."""
        with self._reading() as connection:
            rows = [] if connection is None else connection.execute(
                sa.select(_SHELF).order_by(_SHELF.c.id.desc())).mappings().all()
        return tuple(ShelfEntry(Path(row["path"]), row["title"], row["opened"], _presence(Path(row["path"])))
                     for row in rows)

    def take_down(self, film: Path) -> bool:
        """Forget a film on the shelf, by a person's wish; its folder is not touched. Whether it stood there."""
        with self._writing() as connection:
            gone = connection.execute(_SHELF.delete().where(_SHELF.c.path == str(Path(film).absolute())))
            return bool(gone.rowcount)

    def remember(self, lines: Iterable[MemoryLine]) -> None:
        """Keep translations; a newer one of the same line takes the place of the older."""
        newest: dict[tuple[str, str, str], MemoryLine] = {}
        for line in lines:
            key = (line.source, line.target, _key(line.line))
            newest.pop(key, None)  # so that the order is that of the newest
            newest[key] = line
        if not newest:
            return
        same = ((_MEMORY.c.source == sa.bindparam("a")) & (_MEMORY.c.target == sa.bindparam("b"))
                & (_MEMORY.c.line_key == sa.bindparam("c")))
        with self._writing() as connection:
            connection.execute(_MEMORY.delete().where(same), [dict(zip("abc", key, strict=True)) for key in newest])
            connection.execute(_MEMORY.insert(), [{"line_key": key[2], **line.model_dump()}
                                                  for key, line in newest.items()])

    def lookup(self, lines: Sequence[str], source: str, target: str) -> dict[str, str]:
        """The translations known for exactly these lines (but for space and Unicode form): line -> translation."""
        found: dict[str, str] = {}
        keys = sorted({_key(line) for line in lines if line.strip()})
        with self._reading() as connection:
            if connection is None:
                return {}
            for start in range(0, len(keys), _AT_ONCE):
                rows = connection.execute(sa.select(_MEMORY.c.line_key, _MEMORY.c.translation).where(
                    _MEMORY.c.source == source, _MEMORY.c.target == target,
                    _MEMORY.c.line_key.in_(keys[start:start + _AT_ONCE])))
                found.update((row.line_key, row.translation) for row in rows)
        return {line: found[_key(line)] for line in lines if _key(line) in found}

    def memory(self, source: str, target: str) -> tuple[MemoryLine, ...]:
        """Everything that is remembered between two languages, the oldest first."""
        return tuple(MemoryLine(**row) for row in self._rows(_MEMORY, MemoryLine, source, target))

    def add_term(self, term: Term) -> None:
        """Put a term into the glossary, in the place of the one it had."""
        with self._writing() as connection:
            same = ((_GLOSSARY.c.source == term.source) & (_GLOSSARY.c.target == term.target)
                    & (_GLOSSARY.c.term_key == _key(term.term)))
            connection.execute(_GLOSSARY.delete().where(same))
            connection.execute(_GLOSSARY.insert().values(term_key=_key(term.term), **term.model_dump()))

    def remove_term(self, source: str, target: str, term: str) -> bool:
        """Take a term out of the glossary between two languages; whether it was there."""
        with self._writing() as connection:
            gone = connection.execute(_GLOSSARY.delete().where(
                (_GLOSSARY.c.source == source) & (_GLOSSARY.c.target == target) & (_GLOSSARY.c.term_key == _key(term))))
            return bool(gone.rowcount)

    def terms(self, source: str, target: str) -> tuple[Term, ...]:
        """The glossary between two languages, the oldest first."""
        return tuple(Term(**row) for row in self._rows(_GLOSSARY, Term, source, target))

    def wordings(self, language: str) -> tuple[str, ...]:
        """How the terms of the glossary are written in a language, each once."""
        with self._reading() as connection:
            found = [] if connection is None else [
                row[0] for one, other in (("source", "term"), ("target", "rendering")) for row in connection.execute(
                    sa.select(_GLOSSARY.c[other]).where(_GLOSSARY.c[one] == language).order_by(_GLOSSARY.c.id))]
        return tuple(dict.fromkeys(found))

    def erase(self, person: str) -> int:
        """Remove a person's name from memory and glossary, for real; how many rows bore it. Their lines stay."""
        if self.version == 0:
            return 0
        with self._writing() as connection:
            rows = sum(connection.execute(table.update().where(table.c.person == person).values(person="")).rowcount
                       for table in (_MEMORY, _GLOSSARY))
        self._vacuum()
        return rows

    def _rows(self, table: sa.Table, model: type[FilmModel], source: str, target: str) -> list[dict[str, str]]:
        columns = [table.c[name] for name in model.model_fields]
        wanted = sa.select(*columns).where(table.c.source == source, table.c.target == target).order_by(table.c.id)
        with self._reading() as connection:
            return [] if connection is None else [dict(row) for row in connection.execute(wanted).mappings()]


def _presence(film: Path) -> Presence:
    try:
        return Presence.HERE if (film / "film.toml").is_file() else Presence.MISSING
    except OSError:
        return Presence.MISSING


def _key(line: str) -> str:
    """A line as it is compared: one Unicode form, single spaces. Case and punctuation count."""
    return " ".join(unicodedata.normalize("NFC", line).split())
