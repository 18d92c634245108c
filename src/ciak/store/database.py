"""Opens a database that can be rebuilt: its engine, its journal mode, its shape, its health.

Through apsw, which brings an SQLite without the WAL-reset bug (3.7.0 to 3.51.2). A database that is damaged, or is
not shaped as ours (a stranger's triggers, a flipped byte in the schema), is put aside under another name. Does not
know what the tables are for; what must not be lost lies elsewhere (:mod:`ciak.store.records`).
"""

from __future__ import annotations

import fcntl
import os
import urllib.parse
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import apsw

from ciak.errors import CiakError, NewerSchema, StorageError, StoreDamaged
from ciak.store.aside import put_aside
from ciak.store.disk import make_folder
from ciak.store.filesystem import is_local

__all__ = ["ENGINE_FLOOR", "database_error", "open_database"]

ENGINE_FLOOR = (3, 51, 3)
"""The first SQLite without the WAL-reset bug."""

_BUSY_MILLISECONDS = 30_000
_DAMAGE = (apsw.CorruptError, apsw.NotADBError, UnicodeDecodeError)
_REFUSED = (apsw.FullError, apsw.IOError, apsw.ReadOnlyError, apsw.CantOpenError, apsw.PermissionsError)
_SHORTEST = 512
"""Bytes of the smallest page."""


def open_database(path: Path, migrations: Sequence[str]) -> tuple[apsw.Connection, bool, Path | None]:
    """Open the database at ``path``, made if missing: the connection, whether it can only be read, and the new
    name of a damaged one that stood there.

    ``migrations[n]`` leads from ``user_version`` n to n + 1. Raises :class:`NewerSchema` for one from a newer
    Ciak, :class:`StoreDamaged` for a damaged one that cannot be put aside, :class:`StorageError`.
    """
    _check_engine()
    make_folder(path.parent)
    with _alone(path):
        damaged = put_aside(path) if _is_stump(path) else None
        for _attempt in range(2):
            connection, way = _connect(path)
            try:
                problem = _problem(connection, path, migrations)
                if problem is None and way == "shared":
                    _migrate(connection, migrations)
                elif problem is None and _version(connection) < len(migrations):
                    problem = "its tables are of an older shape, and it cannot be written"
                if problem is None:
                    return connection, way != "shared", damaged
            except _DAMAGE as error:
                problem = str(error)
            except apsw.Error as error:
                connection.close()
                raise database_error(error, path) from error
            except CiakError:
                connection.close()
                raise
            connection.close()
            if way != "shared":
                break
            damaged = put_aside(path)
    raise StoreDamaged(f"the database {path.name} is damaged: {problem}", path=str(path),
                       remedy=f"delete {path}: it is made again")


def database_error(error: apsw.Error | UnicodeDecodeError, path: Path) -> StorageError:
    """What the engine says, as the user shall read it."""
    if isinstance(error, _DAMAGE):
        return StoreDamaged(f"the database {path.name} is damaged: {error}", path=str(path),
                            remedy="run the command again: it is put aside and begun anew")
    if isinstance(error, apsw.BusyError | apsw.LockedError):
        remedy = "another program keeps it busy: end that, then run the command again"
    elif isinstance(error, apsw.FullError):
        remedy = f"free 1 MB at {path.parent}, or copy the film elsewhere"
    elif isinstance(error, _REFUSED):
        remedy = f"see that the disk at {path.parent} is whole, has room, and may be written by you"
    else:
        remedy = f"delete {path}: it is made again"
    return StorageError(f"the database {path.name} could not be used: {error}", remedy=remedy, path=str(path))


def _check_engine() -> None:
    """Raises :class:`StorageError` below :data:`ENGINE_FLOOR`."""
    version = apsw.sqlite_lib_version()
    if tuple(int(part) for part in version.split(".")[:3]) < ENGINE_FLOOR:
        raise StorageError(f"SQLite {version} can corrupt databases",
                           remedy="install a newer one: pip install --upgrade 'apsw>=3.51.3'")


def _is_stump(path: Path) -> bool:
    """Whether a file is there that is too short for a database: the engine would take it for an empty one."""
    try:
        return 0 < os.lstat(path).st_size < _SHORTEST and path.is_file() and not path.is_symlink()
    except OSError:
        return False


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """No two processes judge and replace a database at the same time. Where no lock can be had, trust luck."""
    descriptor = -1
    with suppress(OSError):
        descriptor = os.open(f"{path}-open", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        yield
    finally:
        if descriptor >= 0:
            os.close(descriptor)


def _connect(path: Path) -> tuple[apsw.Connection, str]:
    """The plain way (``shared``) first; then ``alone``, which needs no shared memory file and so no room on the
    disk; then ``frozen``, as a file that nobody writes. The last two are for reading. Raises StorageError."""
    refusal: apsw.Error | None = None
    for way in ("shared", "alone", "frozen"):
        try:
            return _connection(path, way), way
        except _DAMAGE:
            return _raw(path, way), way  # the health check will say so
        except apsw.Error as error:
            refusal = refusal or error
            if not isinstance(error, _REFUSED):
                break
    assert refusal is not None
    raise database_error(refusal, path) from refusal


def _raw(path: Path, way: str) -> apsw.Connection:
    """A connection with no more said. The folder is taken as it really is, the file must be no link."""
    real = path.parent.resolve() / path.name
    uri = f"file:{urllib.parse.quote(os.fsencode(real))}"  # a URI: the name need not be text
    flags = apsw.SQLITE_OPEN_URI | apsw.SQLITE_OPEN_NOFOLLOW
    if way == "frozen":
        return apsw.Connection(f"{uri}?mode=ro&immutable=1", flags=flags | apsw.SQLITE_OPEN_READONLY)
    create = apsw.SQLITE_OPEN_CREATE if way == "shared" else 0
    return apsw.Connection(uri, flags=flags | apsw.SQLITE_OPEN_READWRITE | create)


def _connection(path: Path, way: str) -> apsw.Connection:
    connection = _raw(path, way)
    try:
        connection.set_busy_timeout(_BUSY_MILLISECONDS)
        connection.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, 1)
        connection.config(apsw.SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0)
        connection.execute("PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0; PRAGMA synchronous = FULL")
        if way == "alone":
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        if way == "shared":
            wanted = "WAL" if is_local(path.parent) else "DELETE"
            connection.execute(f"PRAGMA journal_mode = {wanted}").fetchall()
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchall()
    except apsw.Error:
        connection.close()
        raise
    return connection


def _migrate(connection: apsw.Connection, migrations: Sequence[str]) -> None:
    """Bring the tables of a whole database of ours to the newest shape, in one transaction."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        here = _version(connection)
        for statements in migrations[here:]:
            connection.execute(statements)
        if here < len(migrations):
            connection.execute(f"PRAGMA user_version = {len(migrations)}")
        connection.execute("COMMIT")
    except BaseException:
        with suppress(apsw.Error):
            if connection.in_transaction:
                connection.execute("ROLLBACK")
        raise


def _version(connection: apsw.Connection) -> int:
    return int(str(connection.execute("PRAGMA user_version").fetchall()[0][0]))


def _shape(connection: apsw.Connection) -> list[tuple[object, ...]]:
    return connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name").fetchall()


def _problem(connection: apsw.Connection, path: Path, migrations: Sequence[str]) -> str | None:
    """Why this is not a whole database of ours, or None. Raises :class:`NewerSchema`."""
    here = _version(connection)
    if not 0 <= here <= len(migrations):
        raise NewerSchema(f"the database {path.name} was written by a newer Ciak",
                          remedy=f"upgrade Ciak, or delete {path}: it is made again")
    model = apsw.Connection(":memory:")
    for statements in migrations[:here]:
        model.execute(statements)
    if _shape(connection) != _shape(model):
        return "its tables are not ours"
    answer = str(connection.execute("PRAGMA quick_check(1)").fetchall()[0][0])
    return None if answer == "ok" else answer
