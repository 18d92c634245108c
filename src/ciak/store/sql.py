"""What records and library share: an SQL database that must not be lost. Opened, migrated, backed up, erased.

SQLite by default, with a rollback journal (never a write-ahead log: the system's SQLite may have the WAL-reset bug,
and the folder may lie on a network), deleted bytes overwritten. Each transaction opens and closes its own
connection, so that none is ever carried over a fork. Another database by URL (``postgresql+psycopg://…``) goes
through the same SQLAlchemy Core statements; that is not tested here, and backing it up is its own tools' work.

A damaged database is reported and left as it is: it is somebody's only copy.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from ciak.errors import CiakError, Damaged, NewerSchema, NotFound, SettingsError, StorageError, StoreDamaged
from ciak.store.aside import put_aside
from ciak.store.atomic import commit_bytes
from ciak.store.disk import make_folder

__all__ = ["Migration", "SqlStore", "sqlite_url"]

Migration = Callable[[sa.Connection], None]
"""Leads a database from one schema version to the next."""

_FULL, _READ_ONLY, _CANNOT_OPEN, _BUSY, _DISK = 13, 8, 14, 5, 10
_CORRUPT, _NOT_A_DATABASE = 11, 26


def sqlite_url(path: Path) -> str:
    """The URL of the SQLite database at ``path``."""
    return sa.URL.create("sqlite", database=str(Path(path).absolute())).render_as_string(hide_password=False)


class SqlStore:
    """A database at ``url``, brought to the newest schema when it is first used; a file appears when something is
    written. ``what`` names it in messages. Raises :class:`SettingsError` for a URL that cannot be."""

    def __init__(self, url: str, what: str, migrations: Sequence[Migration]) -> None:
        self._what = what
        self._migrations = tuple(migrations)
        self._lock = threading.RLock()
        self._ready = False
        try:
            self._url = sa.make_url(url)
            self._engine = sa.create_engine(self._url, poolclass=sa.NullPool)
        except (sa.exc.ArgumentError, ImportError) as error:
            raise SettingsError(f"the address of the {what} cannot be used: {error}",
                                remedy="use sqlite:////path/to/file, or install the driver named") from error
        self._file: Path | None = None
        if self._url.get_backend_name() == "sqlite":
            if not self._url.database or self._url.database == ":memory:":
                raise SettingsError(f"the {what} needs a file", remedy="use sqlite:////path/to/file")
            self._file = Path(self._url.database).absolute()
            sa.event.listen(self._engine, "connect", _prepare)
            sa.event.listen(self._engine, "begin", _begin)

    @property
    def version(self) -> int:
        """The schema version of the database; 0: nothing is there."""
        with self._reading() as connection:
            return 0 if connection is None else _version(connection)

    def backup(self, target: Path) -> None:
        """Copy the database to the file ``target``, restore the copy into memory, and compare: a backup that was
        not restored is none. SQLite only. Raises :class:`StorageError`; then ``target`` is as it was."""
        file = self._sqlite_file("backed up")
        with self._writing():
            pass  # migrated, and whole enough to be opened
        with self._guard(), closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(":memory:")) as copy:
            source.backup(copy)
            data, told = copy.serialize(), _contents(copy)
        try:
            self._check_copy(data, told, file)
        except Damaged as error:
            raise StoreDamaged(f"the {self._what} at {file} is damaged and was not backed up",
                               remedy="keep that file, and restore an earlier backup", path=str(file)) from error
        commit_bytes(target, data)
        self._check_copy(Path(target).read_bytes(), told, target)
        self._note_backup(Path(target).absolute())

    def restore(self, backup: Path) -> None:
        """Make the database what it was when ``backup`` was made; a damaged one is put aside. SQLite only. Raises
        :class:`NotFound`, :class:`Damaged` (then nothing was changed), :class:`StorageError`."""
        file = self._sqlite_file("restored")
        try:
            data = Path(backup).read_bytes()
        except OSError as error:
            raise NotFound(f"there is no backup {backup}: {error.strerror}") from error
        self._check_copy(data, None, backup)
        make_folder(file.parent)
        try:
            with self._reading():
                pass
        except StoreDamaged:
            put_aside(file)
        with self._guard(), closing(_memory(data)) as source, closing(sqlite3.connect(file)) as target:
            _prepare(target, None)
            source.backup(target)
        self._ready = False
        self._note_backup(Path(backup).absolute())

    def _note_backup(self, target: Path) -> None:
        """For stores that must find their backups again; others only see to the schema."""
        with self._writing():
            pass

    def _check_copy(self, data: bytes, told: str | None, where: Path) -> None:
        try:
            with closing(_memory(data)) as copy:
                answer = copy.execute("PRAGMA integrity_check").fetchone()[0]
                whole = answer == "ok" and (told is None or _contents(copy) == told)
                version = copy.execute("SELECT max(version) FROM schema_version").fetchone()[0]
        except sqlite3.Error as error:
            raise Damaged(f"the backup {where} of the {self._what} is damaged: {error}") from error
        if not whole:
            raise Damaged(f"the backup {where} of the {self._what} is damaged: it does not give back what was kept")
        if version > len(self._migrations):
            raise NewerSchema(f"the backup {where} was written by a newer Ciak", remedy="upgrade Ciak")

    @contextmanager
    def _reading(self) -> Iterator[sa.Connection | None]:
        """A connection for reading; None where nothing was ever written."""
        if self._file is not None and not self._file.exists():
            yield None
            return
        with self._writing() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[sa.Connection]:
        """A connection in a transaction of the newest schema, committed at the end or not at all."""
        if self._file is not None:
            make_folder(self._file.parent)
        with self._guard(), self._engine.begin() as connection:
            if not self._ready:
                self._migrate(connection)
            yield connection
        self._ready = True

    def _migrate(self, connection: sa.Connection) -> None:
        _SCHEMA.create_all(connection)
        here = _version(connection)
        if here > len(self._migrations):
            raise NewerSchema(f"the {self._what} was written by a newer Ciak", remedy="upgrade Ciak")
        for number, migration in enumerate(self._migrations[here:], here + 1):
            migration(connection)
            connection.execute(_VERSION.insert().values(version=number))

    def _vacuum(self) -> None:
        """Write the database anew, so that nothing deleted is left between what was kept."""
        with self._guard(), self._engine.connect() as connection:
            raw = connection.connection.driver_connection
            if isinstance(raw, sqlite3.Connection):
                raw.execute("VACUUM")
                return
        with self._guard(), self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text("VACUUM FULL"))

    def _sqlite_file(self, verb: str) -> Path:
        if self._file is None:
            raise StorageError(f"the {self._what} cannot be {verb} from here",
                               remedy="use the tools of its database, pg_dump and pg_restore")
        return self._file

    @contextmanager
    def _guard(self) -> Iterator[None]:
        with self._lock:
            try:
                yield
            except CiakError:
                raise
            except (sa.exc.DBAPIError, sqlite3.Error) as error:
                cause = error.orig if isinstance(error, sa.exc.DBAPIError) else error
                raise self._error(cause) from error

    def _error(self, cause: BaseException | None) -> StorageError:
        code = (getattr(cause, "sqlite_errorcode", None) or 0) & 0xFF
        where = self._file or self._url.render_as_string(hide_password=True)
        if code in (_CORRUPT, _NOT_A_DATABASE):
            return StoreDamaged(f"the {self._what} at {where} is damaged: {cause}",
                                remedy="keep that file, and restore a backup", path=str(where))
        remedy = {
            _FULL: "free 1 MB on its disk", _READ_ONLY: "see that its disk and its folder may be written by you",
            _CANNOT_OPEN: "see that its folder is there and may be written by you",
            _BUSY: "another program keeps it busy: end that", _DISK: "see that its disk is whole and has room",
        }.get(code, "see that its address is right and that its server runs")
        return StorageError(f"the {self._what} at {where} could not be used: {cause}", remedy=remedy)


_SCHEMA = sa.MetaData()
_VERSION = sa.Table("schema_version", _SCHEMA, sa.Column("version", sa.Integer, primary_key=True))


def _version(connection: sa.Connection) -> int:
    if not sa.inspect(connection).has_table("schema_version"):
        return 0
    return connection.execute(sa.select(sa.func.max(_VERSION.c.version))).scalar() or 0


def _prepare(connection: Any, _record: Any) -> None:
    """Settings of every SQLite connection; transactions are begun by us, not by the driver."""
    connection.isolation_level = None
    for setting in ("busy_timeout = 30000", "journal_mode = DELETE", "synchronous = EXTRA", "secure_delete = ON",
                    "foreign_keys = ON", "temp_store = MEMORY", "trusted_schema = OFF", "cell_size_check = ON"):
        connection.execute(f"PRAGMA {setting}").fetchall()


def _begin(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _memory(data: bytes) -> sqlite3.Connection:
    """The database in ``data``, restored into memory. Raises :class:`sqlite3.Error`."""
    if len(data) < 512:
        raise sqlite3.DatabaseError("file is too short for a database")
    with closing(sqlite3.connect(":memory:")) as held:
        held.deserialize(data)
        restored = sqlite3.connect(":memory:")
        held.backup(restored)
    return restored


def _contents(connection: sqlite3.Connection) -> str:
    """sha256 (hex) over every row of every table."""
    digest = hashlib.sha256()
    tables = connection.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'table' ORDER BY name").fetchall()
    for name, statement in tables:
        quoted = name.replace('"', '""')
        rows = connection.execute(f'SELECT * FROM "{quoted}"').fetchall()  # noqa: S608  a name from the schema
        digest.update(json.dumps([name, statement, rows], default=str).encode())
    return digest.hexdigest()
