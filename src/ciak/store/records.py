"""The film's records: what people agreed to. Never in history, never rebuilt, erased for real when they ask.

A consent says who lets which of their voice or image be used, in which languages and titles, until when, and where the
proof lies. A mark says whose likeness a sound is, so that it is known again under whatever name it comes back. A trace
says where a copy of such a sound was delivered. Viewers' counts and panel values join with their department. Does not
judge whether a consent suffices in law, and does not ask: ``project.rights`` does.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import sqlalchemy as sa
from pydantic import Field, model_validator

from ciak.errors import CiakError, NotFound
from ciak.film.model import FilmModel
from ciak.store.sql import SqlStore, sqlite_url

__all__ = ["VOICE", "Consent", "Erased", "Mark", "Records", "same_name"]

VOICE = "voice"
"""The scope of a consent to a synthetic voice in the performer's likeness."""

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
_LATER = sa.MetaData()
_TERMS = sa.Table(
    "terms", _LATER,
    sa.Column("consent", sa.Integer, primary_key=True),
    sa.Column("titles", sa.Text, nullable=False),
    sa.Column("withdrawn", sa.Text, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
)
_MARKS = sa.Table(
    "marks", _LATER,
    sa.Column("sound", sa.Text, primary_key=True),
    sa.Column("performer", sa.Text, nullable=False),
    sa.Column("performer_key", sa.Text, nullable=False, index=True),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("voice", sa.Text, nullable=False),
    sa.Column("consent", sa.Integer, nullable=False),
    sa.Column("recorded", sa.Text, nullable=False),
)
_TRACES = sa.Table(
    "traces", _LATER,
    sa.Column("path", sa.Text, primary_key=True),
    sa.Column("sound", sa.Text, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),
)


class Consent(FilmModel):
    """``scope``: what for ("voice": a synthetic voice in their likeness; "image"…); ``languages``: codes, none: all;
    ``titles``: of films, none: every film that keeps this record; ``until``: last day agreed, None: no end agreed;
    ``withdrawn``: the last day on which it held, when it was taken back; ``proof``: where the signed paper lies."""

    performer: str = Field(min_length=1, max_length=200)
    scope: str = Field(min_length=1, max_length=200)
    languages: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    since: date
    until: date | None = None
    withdrawn: date | None = None
    proof: str = Field(min_length=1, max_length=1000)
    note: str = Field(default="", max_length=1000)
    id: int = 0

    @model_validator(mode="after")
    def _in_order(self) -> Consent:
        if self.until is not None and self.until < self.since:
            raise ValueError("a consent cannot end before it begins")
        return self

    @property
    def last(self) -> date | None:
        """The last day on which it holds; None: no end."""
        return min((day for day in (self.until, self.withdrawn) if day is not None), default=None)

    def covers(self, scope: str, language: str, day: date, title: str | None = None) -> bool:
        """Whether it allows ``scope`` in ``language`` on ``day``, in the film ``title`` (None: whichever)."""
        return self.why_not(scope, language, day, title) == ""

    def why_not(self, scope: str, language: str, day: date, title: str | None = None) -> str:
        """What stands against it, in a few words; empty where it is allowed. A consent to "pt" is one to "pt-BR"."""
        if self.scope != scope:
            return f"it is for {self.scope}"
        if self.languages and not {language, language.split("-")[0]} & set(self.languages):
            return f"it is for {', '.join(self.languages)}"
        if title is not None and self.titles and same_name(title) not in map(same_name, self.titles):
            return f"it is for {', '.join(self.titles)}"
        if day < self.since:
            return f"it begins on {self.since}"
        if self.withdrawn is not None and day > self.withdrawn:
            return "it was withdrawn"
        return f"it ended on {self.until}" if self.until is not None and day > self.until else ""


class Mark(FilmModel):
    """``sound``, an artefact, is a synthetic voice in the likeness of ``performer``; made by ``consent``."""

    sound: str
    performer: str = Field(min_length=1, max_length=200)
    language: str
    voice: str
    consent: int


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
        super().__init__(url, "records", (_TABLES.create_all, _LATER.create_all))

    @classmethod
    def of(cls, film: Path) -> Records:
        """The records of the film folder ``film``: ``records/records.sqlite`` in it."""
        return cls(sqlite_url(Path(film) / "records" / "records.sqlite"))

    def add(self, consent: Consent) -> Consent:
        """Keep a consent; the same with its ``id``."""
        with self._writing() as connection:
            made = connection.execute(_CONSENTS.insert().values(
                performer=consent.performer, performer_key=same_name(consent.performer), scope=consent.scope,
                languages=json.dumps(consent.languages), since=consent.since.isoformat(),
                until=consent.until.isoformat() if consent.until else "", proof=consent.proof,
                recorded=datetime.now(UTC).isoformat(timespec="seconds")))
            key = made.inserted_primary_key
            assert key is not None
            connection.execute(_TERMS.insert().values(
                consent=int(key[0]), titles=json.dumps(consent.titles, ensure_ascii=False), note=consent.note,
                withdrawn=consent.withdrawn.isoformat() if consent.withdrawn else ""))
            return consent.model_copy(update={"id": int(key[0])})

    def consents(self, performer: str = "") -> tuple[Consent, ...]:
        """Every consent, or those of one performer, in the order in which they were kept."""
        wanted = sa.select(_CONSENTS, _TERMS).outerjoin(_TERMS, _TERMS.c.consent == _CONSENTS.c.id).order_by(
            _CONSENTS.c.id)
        if performer:
            wanted = wanted.where(_CONSENTS.c.performer_key == same_name(performer))
        with self._reading() as connection:
            rows = [] if connection is None else connection.execute(wanted).mappings().all()
        return tuple(map(_consent, rows))

    def allows(self, performer: str, scope: str, language: str, day: date, title: str | None = None) -> bool:
        """Whether a consent of ``performer`` covers it."""
        return any(consent.covers(scope, language, day, title) for consent in self.consents(performer))

    def withdraw(self, consent: int, last_day: date) -> None:
        """Take a consent back: it holds until ``last_day`` and no longer; the record of it stays. One that was taken
        back already is not prolonged. Raises :class:`NotFound`."""
        with self._writing() as connection:
            if not connection.execute(sa.select(_CONSENTS.c.id).where(_CONSENTS.c.id == consent)).first():
                raise NotFound(f"there is no consent number {consent}", remedy="ciak rights list FILM")
            here = connection.execute(sa.select(_TERMS).where(_TERMS.c.consent == consent)).mappings().first()
            if here is None:  # kept before there were terms
                connection.execute(_TERMS.insert().values(consent=consent, titles="[]", note="", withdrawn=""))
            day = min(filter(None, (here["withdrawn"] if here else "", last_day.isoformat())))
            connection.execute(_TERMS.update().where(_TERMS.c.consent == consent).values(withdrawn=day))

    def mark(self, mark: Mark) -> None:
        """Note whose likeness a sound is; a second note of the same sound takes the place of the first."""
        with self._writing() as connection:
            connection.execute(_MARKS.delete().where(_MARKS.c.sound == mark.sound))
            connection.execute(_MARKS.insert().values(
                **mark.model_dump(), performer_key=same_name(mark.performer),
                recorded=datetime.now(UTC).isoformat(timespec="seconds")))

    def marks(self) -> dict[str, Mark]:
        """Every sound that is somebody's likeness, by its artefact."""
        with self._reading() as connection:
            rows = [] if connection is None else connection.execute(sa.select(_MARKS)).mappings().all()
        return {row["sound"]: Mark(**{name: row[name] for name in Mark.model_fields}) for row in rows}

    def trace(self, path: Path, sound: str, sha256: str) -> None:
        """Note that ``sound``, or what was made of it, was delivered as the file ``path``."""
        with self._writing() as connection:
            connection.execute(_TRACES.delete().where(_TRACES.c.path == str(path)))
            connection.execute(_TRACES.insert().values(path=str(path), sound=sound, sha256=sha256))

    def traces(self) -> tuple[tuple[Path, str, str], ...]:
        """(file, artefact, sha256 of the file) of every delivery that was noted."""
        with self._reading() as connection:
            rows = [] if connection is None else connection.execute(sa.select(_TRACES)).all()
        return tuple((Path(row.path), row.sound, row.sha256) for row in rows)

    def untrace(self, paths: Iterable[Path]) -> None:
        """Forget deliveries that are no more."""
        with self._writing() as connection:
            for path in paths:
                connection.execute(_TRACES.delete().where(_TRACES.c.path == str(path)))

    def newest(self) -> date | None:
        """The day of the newest entry: a clock that shows an earlier one is wrong."""
        with self._reading() as connection:
            days = [] if connection is None else [connection.execute(sa.select(sa.func.max(table.c.recorded))).scalar()
                                                  for table in (_CONSENTS, _MARKS)]
        return max((date.fromisoformat(day[:10]) for day in days if day), default=None)

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
            theirs = _CONSENTS.c.performer_key == same_name(performer)
            known = sa.select(_CONSENTS.c.id).where(theirs)
            connection.execute(_TERMS.delete().where(_TERMS.c.consent.in_(known)))
            gone = int(connection.execute(_CONSENTS.delete().where(theirs)).rowcount)
            gone += int(connection.execute(
                _MARKS.delete().where(_MARKS.c.performer_key == same_name(performer))).rowcount)
        self._vacuum()
        return gone

    def _note_backup(self, target: Path) -> None:
        with self._writing() as connection:
            connection.execute(_BACKUPS.delete().where(_BACKUPS.c.path == str(target)))
            connection.execute(_BACKUPS.insert().values(path=str(target)))


def _consent(row: sa.RowMapping) -> Consent:
    return Consent(
        id=row["id"], performer=row["performer"], scope=row["scope"], languages=tuple(json.loads(row["languages"])),
        titles=tuple(json.loads(row["titles"] or "[]")), since=date.fromisoformat(row["since"]),
        until=_day(row["until"]), withdrawn=_day(row["withdrawn"]), proof=row["proof"], note=row["note"] or "")


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def same_name(name: str) -> str:
    """A name as it is compared: without differences of case, space or encoding."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
