"""What the disk says, in Ciak's words: system errors become :class:`StorageError` with a remedy, folders durable.

Every system call that changes a disk goes through :mod:`os` here and in the modules beside, never through a C
file object, so that tests can fail or kill each of them in turn.
"""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, NamedTuple

from ciak.errors import StorageError

__all__ = ["BLOCK", "Mark", "copy_fd", "disk_error", "forget_cache", "fsync_folder", "hash_fd", "hash_file",
           "make_folder", "mark", "no_tick", "same_fd"]

BLOCK = 1 << 20
"""Bytes read or written at a time."""

_FOLDER_SYNC_UNKNOWN = {errno.EINVAL, errno.ENOTSUP, errno.EBADF}


def no_tick(_fraction: float) -> None:
    """The progress callback that tells nobody."""


def disk_error(error: OSError, path: Path | str, needed: int = 0) -> StorageError:
    """``error``, met while writing ``path``, as the user shall read it. ``needed``: bytes that were to be there."""
    where = Path(os.fsdecode(path))
    kind = error.errno or 0
    if kind in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        megabytes = max(1, -(-needed // 1_000_000))
        message = f"no room left on the disk for {where.name}"
        remedy = f"free {megabytes} MB at {where.parent}, or choose another folder with --out"
    elif kind == errno.EROFS:
        message = f"{where.name} cannot be written: {where.parent} is on a read-only disk"
        remedy = "choose another folder with --out"
    elif kind in (errno.EACCES, errno.EPERM):
        message = f"{where.name} cannot be written: no permission at {where.parent}"
        remedy = "change the folder's permissions, or choose another folder with --out"
    elif kind == errno.EIO:
        message = f"the disk failed while {where.name} was written (input/output error)"
        remedy = "check the disk, or choose another folder with --out; what stood there before is kept"
    else:
        message = f"{where.name} cannot be written: {error.strerror or error}"
        remedy = f"look at {where.parent}, or choose another folder with --out"
    return StorageError(message, remedy=remedy, path=str(where), errno=kind)


class Mark(NamedTuple):
    """What tells a file's state from another: inode, time of the last change (ns), bytes. A file that is replaced
    whole always gets another."""

    inode: int
    modified: int
    size: int


def mark(path: Path) -> Mark | None:
    """The mark of a file, links not followed; None where there is none."""
    try:
        seen = os.lstat(path)
    except OSError:
        return None
    return Mark(seen.st_ino, seen.st_mtime_ns, seen.st_size)


def fsync_folder(descriptor: int) -> None:
    """Make the names in an open folder durable. File systems that cannot sync a folder are let be."""
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _FOLDER_SYNC_UNKNOWN:
            raise


def make_folder(path: Path) -> None:
    """Make ``path`` and the folders above it that are missing, durably. Raises :class:`StorageError`."""
    missing = []
    here = path
    while not here.is_dir() and here != here.parent:
        missing.append(here)
        here = here.parent
    try:
        for folder in reversed(missing):
            with suppress(FileExistsError):
                os.mkdir(folder)  # noqa: PTH102  every change of a disk goes through os, see above
            above = os.open(folder.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                fsync_folder(above)
            finally:
                os.close(above)
        if not path.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, "a file stands where a folder is needed", str(path))
    except OSError as error:
        raise disk_error(error, path) from error


def forget_cache(descriptor: int) -> None:
    """Ask the system to drop what it caches of an open file, so that reading it again reads the disk."""
    with suppress(OSError, AttributeError):
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)


def hash_fd(descriptor: int, tick: Callable[[float], None] = no_tick) -> tuple[str, int]:
    """sha256 (hex) and length in bytes of an open file, read from its beginning in bounded memory."""
    digest = hashlib.sha256()
    total = max(1, os.fstat(descriptor).st_size)
    position = 0
    while block := os.pread(descriptor, BLOCK, position):
        digest.update(block)
        position += len(block)
        tick(min(1.0, position / total))
    return digest.hexdigest(), position


def hash_file(path: Path) -> str:
    """sha256 (hex) of a file's bytes, read in bounded memory. Raises ``OSError`` where it cannot be read."""
    with path.open("rb") as file:
        return hash_fd(file.fileno())[0]


def same_fd(descriptor: int, data: bytes) -> bool:
    """Whether an open file holds exactly ``data``."""
    position = 0
    while block := os.pread(descriptor, BLOCK, position):
        if not data.startswith(block, position):
            return False
        position += len(block)
    return position == len(data)


def copy_fd(descriptor: int, target: BinaryIO, tick: Callable[[float], None] = no_tick) -> None:
    """Copy an open file, from its beginning, into a stream, in bounded memory."""
    total = max(1, os.fstat(descriptor).st_size)
    position = 0
    while block := os.pread(descriptor, BLOCK, position):
        target.write(block)
        position += len(block)
        tick(min(1.0, position / total))
