"""Artefacts: files named by the sha256 of their bytes, so that nothing is kept twice and damage is seen.

An id is ``"<sha256 hex><suffix>"`` (``ab…9f.wav``); the file stands at ``root/ab/ab…9f.wav``, read-only, and is
never changed. Damage is reported, never cut away. Knows nothing of what an artefact is or who made it (the index
and the history do), and does not look at the bytes when a path is asked for: :meth:`Artefacts.verify` does.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import stat
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from ciak.errors import Hostile, NotFound, StorageError, StoreDamaged
from ciak.store.atomic import commit_bytes, commit_file, sweep
from ciak.store.disk import copy_fd, disk_error, forget_cache, fsync_folder, hash_fd, make_folder, no_tick
from ciak.store.inside import open_inside
from ciak.store.workplace import sweep_workplaces, workplace

__all__ = ["Artefacts", "Collected", "Damage"]

_SUFFIX = re.compile(r"(\.[a-z0-9]{1,12}){0,2}")
_ID = re.compile(r"[0-9a-f]{64}(\.[a-z0-9]{1,12}){0,2}")
_SHARD = re.compile(r"[0-9a-f]{2}")
_TEMPORARY = "temporary"


@dataclass(frozen=True, slots=True)
class Damage:
    """One thing wrong in the store. ``file`` is relative to its root; nothing was done about it."""

    file: str
    kind: Literal["changed", "stray", "unreadable"]
    message: str


@dataclass(frozen=True, slots=True)
class Collected:
    """What a collection removed, or would remove: artefact ids and their bytes."""

    ids: tuple[str, ...]
    bytes: int


class Artefacts:
    """The artefacts below ``root``. Making one costs nothing: folders appear when something is put."""

    def __init__(self, root: Path) -> None:
        self.root = Path(root).absolute()

    def put_bytes(self, data: bytes, suffix: str = "") -> str:
        """Keep ``data``; its id. Raises :class:`StorageError`."""
        digest = hashlib.sha256(data).hexdigest()
        identity = digest + _checked(suffix)
        if not self._is_whole(identity):
            target = self._place(identity)
            commit_bytes(target, data)
            with suppress(OSError):
                os.chmod(target, 0o444)  # noqa: PTH101
        return identity

    def put_file(self, path: Path, suffix: str = "", tick: Callable[[float], None] = no_tick) -> str:
        """Move the file at ``path`` into the store; its id. The bytes are synced and hashed as the disk holds them.

        A file on another disk, or with a second name, is copied and then removed. After an error ``path`` is
        still there. Raises :class:`NotFound`, :class:`Hostile` (not a regular file), :class:`StorageError` (a
        failed sync: make the file again).
        """
        source = _open_source(Path(path))
        try:
            os.fsync(source)
            forget_cache(source)
            digest, _size = hash_fd(source, tick)
            identity = digest + _checked(suffix)
            if not self._is_whole(identity):
                self._take(source, Path(path), identity)
            with suppress(FileNotFoundError):
                os.unlink(path)  # noqa: PTH108
        except OSError as error:
            raise disk_error(error, path, os.fstat(source).st_size) from error
        finally:
            os.close(source)
        return identity

    def path(self, identity: str) -> Path:
        """Where the artefact stands. Raises :class:`NotFound`, and :class:`StoreDamaged` for a planted link."""
        if not isinstance(identity, str) or not _ID.fullmatch(identity):
            raise NotFound(f"{ascii(identity)[:80]} is not an artefact's id")
        place = self.root / identity[:2] / identity
        try:
            kinds = os.lstat(place.parent).st_mode, os.lstat(place).st_mode
        except OSError as error:
            raise NotFound(f"the store does not hold the artefact {identity}",
                           remedy="run the command again: what is missing is made again") from error
        if not (stat.S_ISDIR(kinds[0]) and stat.S_ISREG(kinds[1])):
            raise StoreDamaged(f"the artefact {identity} is a link or a folder, not a file",
                               remedy="remove it and run the command again", path=str(place))
        return place

    def has(self, identity: str) -> bool:
        """Whether a file of that id is there; its bytes are not looked at."""
        try:
            self.path(identity)
        except (NotFound, StoreDamaged):
            return False
        return True

    def open(self, identity: str) -> BinaryIO:
        """Open an artefact for reading, through no link. Raises as :meth:`path` does."""
        place = self.path(identity)
        return open_inside(self.root, f"{place.parent.name}/{place.name}")

    def verify(self, identity: str, tick: Callable[[float], None] = no_tick) -> None:
        """Hash the artefact's bytes again. Raises :class:`NotFound` or :class:`StoreDamaged`."""
        place = self.path(identity)
        try:
            with self.open(identity) as stream:
                digest, _size = hash_fd(stream.fileno(), tick)
        except OSError as error:
            raise StoreDamaged(f"the artefact {identity} cannot be read: {error.strerror}",
                               remedy="check the disk", path=str(place)) from error
        if digest != identity[:64]:
            raise StoreDamaged(f"the bytes of the artefact {identity} have changed",
                               remedy="move the file away and run the command again: it is made again",
                               path=str(place))

    def export(self, identity: str, target: Path, tick: Callable[[float], None] = no_tick) -> None:
        """Copy an artefact out to ``target``, atomically and verified. Raises :class:`StorageError`."""
        with self.open(identity) as stream:
            commit_file(target, lambda out: copy_fd(stream.fileno(), out, tick), sha256=identity[:64])

    def temporary(self, suffix: str = "") -> Path:
        """A path on the store's disk where this process may make a file for :meth:`put_file`; nothing is there yet.

        What a process leaves there is swept when it is dead.
        """
        return workplace(self.root / _TEMPORARY) / f"{os.urandom(8).hex()}{_checked(suffix)}"

    def ids(self) -> Iterator[str]:
        """The ids of all artefacts, sorted."""
        for place in self._files():
            if _ID.fullmatch(place.name) and place.name[:2] == place.parent.name:
                yield place.name

    def scrub(self, tick: Callable[[float], None] = no_tick) -> tuple[Damage, ...]:
        """Hash everything again and say what is wrong. Changes nothing: no file is cut, moved or removed."""
        files = list(self._files())
        found = []
        for done, place in enumerate(files, 1):
            name = f"{place.parent.name}/{place.name}"
            if not _ID.fullmatch(place.name) or place.name[:2] != place.parent.name:
                found.append(Damage(name, "stray", "is no artefact"))
            else:
                try:
                    self.verify(place.name)
                except StoreDamaged as error:
                    unreadable = isinstance(error.__cause__, OSError)
                    found.append(Damage(name, "unreadable" if unreadable else "changed", error.message))
                except (NotFound, Hostile, StorageError) as error:
                    found.append(Damage(name, "unreadable", error.message))
            tick(done / len(files))
        return tuple(found)

    def collect(self, keep: Collection[str], *, dry_run: bool = True) -> Collected:
        """Remove every artefact whose id is not in ``keep``; with ``dry_run`` only say which.

        Needs no free space. The caller sees to it that no job is putting artefacts meanwhile. Raises
        :class:`StorageError` at the first file that cannot be removed.
        """
        kept = frozenset(keep)
        gone = [identity for identity in self.ids() if identity not in kept]
        total = 0
        for identity in gone:
            place = self.root / identity[:2] / identity
            try:
                total += os.lstat(place).st_size
                if not dry_run:
                    os.unlink(place)  # noqa: PTH108
            except FileNotFoundError:
                continue
            except OSError as error:
                raise disk_error(error, place) from error
        return Collected(tuple(gone), total)

    def sweep(self) -> int:
        """Remove what dead processes left unfinished; how many files and folders that were."""
        swept = sweep_workplaces(self.root / _TEMPORARY)
        return swept + sum(sweep(shard) for shard in self._shards())

    def _shards(self) -> list[Path]:
        try:
            with os.scandir(self.root) as entries:
                return sorted(Path(entry.path) for entry in entries
                              if _SHARD.fullmatch(entry.name) and entry.is_dir(follow_symlinks=False))
        except FileNotFoundError:
            return []
        except OSError as error:
            raise disk_error(error, self.root) from error

    def _files(self) -> Iterator[Path]:
        for shard in self._shards():
            yield from sorted(shard / name for name in os.listdir(shard) if not name.startswith(".ciak-"))  # noqa: PTH208

    def _place(self, identity: str) -> Path:
        """Where a new artefact will stand; its folder is made. Raises :class:`Hostile` for a planted link."""
        shard = self.root / identity[:2]
        make_folder(shard)
        if shard.is_symlink():
            raise Hostile(f"{shard.name} in the store is a link", remedy="remove the link", path=str(shard))
        return shard / identity

    def _is_whole(self, identity: str) -> bool:
        """Whether the artefact is there with the right bytes; if they are not right, it will be replaced."""
        try:
            self.verify(identity)
        except (NotFound, StoreDamaged):
            return False
        return True

    def _take(self, source: int, path: Path, identity: str) -> None:
        """Give the open, synced and hashed ``source``, named ``path``, its place. Raises OSError."""
        target = self._place(identity)
        held, named = os.fstat(source), os.lstat(path)
        if (held.st_dev, held.st_ino) == (named.st_dev, named.st_ino) and held.st_nlink == 1:
            with suppress(OSError):
                os.fchmod(source, 0o444)
            try:
                os.rename(path, target)  # noqa: PTH104
            except OSError as error:
                if error.errno != errno.EXDEV:
                    raise
            else:
                folder = os.open(target.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
                try:
                    fsync_folder(folder)
                finally:
                    os.close(folder)
                return
        commit_file(target, lambda out: copy_fd(source, out), sha256=identity[:64])
        with suppress(OSError):
            os.chmod(target, 0o444)  # noqa: PTH101


def _checked(suffix: str) -> str:
    if not _SUFFIX.fullmatch(suffix):
        raise Hostile(f"{ascii(suffix)[:40]} is not a suffix an artefact can have",
                      remedy="use up to two of '.' and 1 to 12 lower-case letters or digits")
    return suffix


def _open_source(path: Path) -> int:
    try:
        source = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise Hostile(f"{path.name} is a link, not a file", path=str(path)) from error
        raise NotFound(f"there is no file {path.name} to keep", path=str(path)) from error
    if not stat.S_ISREG(os.fstat(source).st_mode):
        os.close(source)
        raise Hostile(f"{path.name} is not a regular file", path=str(path))
    return source
