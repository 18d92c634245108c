"""The one commit helper: a file is its old self or its new self, at every moment and after every failure.

A unique temporary file in the same folder, written, synced, read again and compared, renamed over the old one,
the folder synced. A failed fsync is fatal to what was written (the kernel may have dropped the pages and called
them clean: Rebello et al., "Can Applications Recover from fsync Failures?", USENIX ATC 2020), so the file is
written once more from its source, into a new temporary file, before :class:`StorageError` is raised.

A writer holds an flock on its temporary file; whoever gets that lock knows that the writer is dead, whatever the
clock and the process numbers say. Does not know what it writes; takes no lock against other writers (last wins).
"""

from __future__ import annotations

import errno
import fcntl
import io
import os
import re
import secrets
import stat
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from ciak.errors import StorageError
from ciak.store.disk import disk_error, forget_cache, fsync_folder, hash_fd, make_folder, same_fd

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

__all__ = ["commit_all", "commit_bytes", "commit_file", "sweep"]

_TEMPORARY = re.compile(r"\.ciak-[0-9a-f]{16}\.part")
_NEW_FILE = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


def commit_bytes(path: Path, data: bytes) -> None:
    """Make ``path`` hold ``data``, or leave it as it was.

    Missing folders are made; an existing file keeps its permissions. Raises :class:`StorageError`.
    """
    _commit(Path(path), lambda stream: _put(stream, data), lambda descriptor: same_fd(descriptor, data), len(data))


def commit_all(files: Mapping[Path, bytes]) -> None:
    """Make each path hold its bytes; all are on the disk, side by side, before the first takes its place.

    Nothing is changed when one cannot be written; a process that is killed just then may have changed the first ones
    only, in their order. Otherwise as :func:`commit_bytes`.
    """
    if len(files) == 1:
        commit_bytes(*next(iter(files.items())))
        return
    for path in files:
        make_folder(path.parent)
    needed = sum(map(len, files.values()))
    _twice(lambda: _write_and_rename_all(files), next(iter(files)), needed)


def commit_file(path: Path, write: Callable[[BinaryIO], None], *, sha256: str | None = None) -> None:
    """Make ``path`` hold what ``write`` puts into the stream it is given, or leave it as it was.

    The stream can be read, written and sought. ``write`` is called a second time, with a new empty stream, when
    the disk could not sync the first, or does not hold the bytes whose ``sha256`` (hex) is given; what it raises
    leaves nothing behind. Raises :class:`StorageError`.
    """
    _commit(Path(path), write, _holding(sha256) if sha256 else None, 0)


def sweep(folder: Path) -> int:
    """Remove the temporary files that dead writers left in ``folder``; how many there were.

    Those of living writers are kept, and all where the file system has no locks.
    """
    swept = 0
    try:
        names = [name for name in os.listdir(folder) if _TEMPORARY.fullmatch(name)]  # noqa: PTH208
    except OSError:
        return 0
    for name in names:
        with suppress(OSError):
            descriptor = os.open(folder / name, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                os.unlink(folder / name)  # noqa: PTH108
                swept += 1
            finally:
                os.close(descriptor)
    return swept


class _Unsynced(Exception):
    """The disk did not confirm what was written: it has to come from its source again."""

    def __init__(self, error: OSError) -> None:
        super().__init__(str(error))
        self.error = error


class _Stream(io.FileIO):
    """A raw file whose writes are :func:`os.write`, see :mod:`ciak.store.disk`."""

    def write(self, data: ReadableBuffer, /) -> int:
        return os.write(self.fileno(), data)


def _holding(digest: str) -> Callable[[int], bool]:
    """Whether an open file has that sha256."""
    return lambda descriptor: hash_fd(descriptor)[0] == digest


def _commit(path: Path, write: Callable[[BinaryIO], None], holds: Callable[[int], bool] | None, needed: int) -> None:
    make_folder(path.parent)
    try:
        with _opened(path.parent) as folder:
            _twice(lambda: _write_and_rename(folder, path.name, write, holds), path, needed)
    except OSError as error:
        raise disk_error(error, path, needed) from error


def _twice(attempt: Callable[[], None], path: Path, needed: int) -> None:
    """``attempt``, made once more where the disk did not confirm it. Raises :class:`StorageError`."""
    failure: OSError | None = None
    try:
        for _time in range(2):
            try:
                attempt()
            except _Unsynced as unsynced:
                failure = unsynced.error
            else:
                return
    except OSError as error:
        raise disk_error(error, path, needed) from error
    assert failure is not None
    raise disk_error(failure, path, needed) from failure


@contextmanager
def _opened(folder: Path) -> Iterator[int]:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _write_and_rename(folder: int, name: str, write: Callable[[BinaryIO], None],
                      holds: Callable[[int], bool] | None) -> None:
    """One attempt, in an open folder. Raises :class:`_Unsynced` when it may be made again, else OSError."""
    with new_temporary(folder) as (temporary, descriptor):
        _fill(folder, name, descriptor, write, holds)
        os.rename(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)
        _confirm(folder)


def _write_and_rename_all(files: Mapping[Path, bytes]) -> None:
    """One attempt at several files, as :func:`_write_and_rename`."""
    def fill(folder: int, name: str, descriptor: int, data: bytes) -> None:
        _fill(folder, name, descriptor, lambda stream: _put(stream, data), lambda held: same_fd(held, data))

    with ExitStack() as open_, ThreadPoolExecutor(len(files)) as pool:
        folders = {parent: open_.enter_context(_opened(parent)) for parent in {path.parent for path in files}}
        made = [(folders[path.parent], path.name, *open_.enter_context(new_temporary(folders[path.parent])))
                for path in files]
        filled = [pool.submit(fill, folder, name, descriptor, data)
                  for (folder, name, _, descriptor), data in zip(made, files.values(), strict=True)]
        wait(filled)
        for done in filled:
            done.result()
        for folder, name, temporary, _ in made:
            os.rename(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)
        for folder in folders.values():
            _confirm(folder)


def _put(stream: BinaryIO, data: bytes) -> None:
    stream.write(data)


def _fill(folder: int, name: str, descriptor: int, write: Callable[[BinaryIO], None],
          holds: Callable[[int], bool] | None) -> None:
    """Write a new file that shall take the place of ``name``, with the permissions of the old one, and settle it."""
    with suppress(FileNotFoundError):
        old = os.stat(name, dir_fd=folder, follow_symlinks=False)
        if stat.S_ISREG(old.st_mode):
            os.fchmod(descriptor, stat.S_IMODE(old.st_mode))
    stream = io.BufferedRandom(_Stream(descriptor, "r+b", closefd=False))
    write(cast("BinaryIO", stream))
    if not stream.closed:
        stream.flush()
        stream.detach()
    settle(descriptor, holds or _holding(hash_fd(descriptor)[0]))


def _confirm(folder: int) -> None:
    """Make the new names durable."""
    try:
        fsync_folder(folder)
    except OSError as error:
        raise _Unsynced(error) from error


def settle(descriptor: int, holds: Callable[[int], bool]) -> None:
    """Sync an open file and make sure that the disk ``holds`` what was written.

    Raises :class:`_Unsynced`: then nothing of the file can be trusted.
    """
    try:
        os.fsync(descriptor)
        forget_cache(descriptor)
        whole = holds(descriptor)
    except OSError as error:
        raise _Unsynced(error) from error
    if not whole:
        raise _Unsynced(OSError(errno.EIO, "what the disk holds is not what was written"))


@contextmanager
def new_temporary(folder: int) -> Iterator[tuple[str, int]]:
    """A new file in an open folder, locked by this process: its name and descriptor; removed if still there."""
    for _attempt in range(100):
        name = f".ciak-{secrets.token_hex(8)}.part"
        descriptor = os.open(name, _NEW_FILE, 0o666, dir_fd=folder)
        try:
            with suppress(OSError):  # a file system without locks: then nobody sweeps either
                fcntl.flock(descriptor, fcntl.LOCK_EX)  # waits for who is sweeping it away just now
            if os.fstat(descriptor).st_nlink == 0:  # swept between its making and its lock
                continue
            try:
                yield name, descriptor
            finally:
                with suppress(OSError):
                    os.unlink(name, dir_fd=folder)
            return
        finally:
            os.close(descriptor)
    raise StorageError("no temporary file can be kept", remedy="another program removes files named .ciak-*.part")
