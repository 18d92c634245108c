"""A folder of its own for each process's unfinished files, swept by others when the process is dead.

The process holds an flock on ``.lock`` in its folder until it ends; the kernel gives the lock back however the
process ends. Does not know what is made there.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
from contextlib import suppress
from pathlib import Path

from ciak.errors import StorageError
from ciak.store.disk import disk_error, make_folder

__all__ = ["sweep_workplaces", "workplace"]

_NAME = re.compile(r"[0-9a-f]{16}")
_LOCK = ".lock"

_mine: dict[tuple[str, int], tuple[Path, int]] = {}
"""(folder of workplaces, process) -> this process's own folder, descriptor of its lock, open until the end."""


def workplace(above: Path) -> Path:
    """The folder below ``above`` where this process may leave unfinished files. Raises :class:`StorageError`.

    The first call in a process also sweeps those of dead processes.
    """
    key = (str(above), os.getpid())
    if key in _mine and _mine[key][0].is_dir():
        return _mine[key][0]
    make_folder(above)
    sweep_workplaces(above)
    for _attempt in range(100):
        folder = above / os.urandom(8).hex()
        try:
            os.mkdir(folder, 0o700)  # noqa: PTH102
            descriptor = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        except FileNotFoundError:  # swept between its making and its lock
            continue
        except OSError as error:
            raise disk_error(error, folder) from error
        with suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX)  # waits for who is sweeping it away just now
        if os.fstat(descriptor).st_nlink:
            _mine[key] = (folder, descriptor)
            return folder
        os.close(descriptor)
    raise StorageError("no temporary folder can be kept", remedy=f"another program removes folders in {above}")


def sweep_workplaces(above: Path) -> int:
    """Remove the workplaces of dead processes; how many there were."""
    swept = 0
    try:
        names = [name for name in os.listdir(above) if _NAME.fullmatch(name)]  # noqa: PTH208
    except OSError:
        return 0
    for name in names:
        folder = above / name
        try:
            descriptor = os.open(folder / _LOCK, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError:
            with suppress(OSError):
                os.rmdir(folder)  # noqa: PTH106  only an empty one: it died before it had a lock
                swept += 1
            continue
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
            swept += 1
        except OSError:
            pass  # its process lives, or the file system has no locks
        finally:
            os.close(descriptor)
    return swept
