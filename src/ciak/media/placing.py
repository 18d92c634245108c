"""Files that appear whole or not at all: a temporary file beside the target, renamed when it is finished; and what
a long file took of memory given back afterwards.

It cannot keep a disk from lying about what it wrote; what is delivered is reopened and measured by its maker.
"""

from __future__ import annotations

import ctypes
import errno
import gc
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ciak.errors import BadInput, CiakError, Damaged, StorageError
from ciak.media.opening import quoted

__all__ = ["encoding", "give_back", "large_apart", "placed", "storage_error"]

_STORAGE = {errno.ENOSPC, errno.EROFS, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EACCES, errno.EPERM}

_MMAP_THRESHOLD = -3
"""``M_MMAP_THRESHOLD`` of the C library's ``malloc.h``."""
_LARGE = 1 << 18
"""Bytes."""


def storage_error(path: Path, error: OSError) -> CiakError:
    """The :class:`StorageError` that tells why ``path`` could not be written."""
    if error.errno == errno.ENOENT:
        return BadInput(f"there is no folder {quoted(path.parent)} to write {quoted(path)} into")
    reason = os.strerror(error.errno) if error.errno else str(error)
    return StorageError(f"{quoted(path)} could not be written: {reason.lower()}",
                        remedy="make room or choose another folder; what was there before is untouched")


@contextmanager
def encoding(source: str | os.PathLike[str], target: str | os.PathLike[str]) -> Iterator[None]:
    """Turn libav's errors while ``source`` becomes ``target`` into ours: the disk's, else :class:`Damaged`."""
    import av

    try:
        yield
    except av.error.FFmpegError as error:
        if isinstance(error, OSError) and error.errno in _STORAGE:
            raise OSError(error.errno, os.strerror(error.errno)) from error
        raise Damaged(f"{quoted(source)} does not go into {quoted(target)}: {error.strerror}",
                      remedy="convert it to MP4 or Matroska first") from error


@contextmanager
def placed(target: str | os.PathLike[str], suffix: str | None = None) -> Iterator[Path]:
    """Yield a temporary path in the target's folder; when the block ends well, it takes the target's name.

    On any error the temporary file is removed and an old target stays as it was. ``suffix`` (the target's by
    default) ends the temporary name. Errors of the disk become :class:`StorageError`.
    """
    final = Path(target)
    temporary = final.with_name(f".{secrets.token_hex(8)}.part{final.suffix if suffix is None else suffix}")
    try:
        temporary.open("xb").close()
        yield temporary
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        temporary.replace(final)
        folder = os.open(final.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        if error.errno in _STORAGE or error.errno == errno.ENOENT:
            raise storage_error(final, error) from error
        raise StorageError(f"{quoted(final)} could not be written: {error}") from error
    finally:
        temporary.unlink(missing_ok=True)


def give_back() -> None:
    """Return to the system what the allocator keeps of freed memory: the tables of a long film are large, and what
    comes next need not stand on top of them. Does nothing where the C library knows no ``malloc_trim``."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        gc.collect()
        trim(0)


def large_apart() -> None:
    """From now on the allocator keeps what is large on pages of its own, which grow in place: the tables of a film's
    packets otherwise move as they grow and leave holes. Does nothing where the C library knows no ``mallopt``."""
    choose = getattr(ctypes.CDLL(None), "mallopt", None)
    if choose is not None:
        choose(_MMAP_THRESHOLD, _LARGE)
