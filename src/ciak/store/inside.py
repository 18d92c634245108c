"""The one way to open a file that somebody else named: inside a folder, through real folders, a real file.

The path is walked component by component with folder descriptors and ``O_NOFOLLOW``, so that no link planted
before or during the walk leads outside. A path that is not plainly inside is refused, never repaired. Does not
know what the bytes mean, and does not look at hard links (who may make one inside may read the file anyway).
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO, Literal

from ciak.errors import Hostile, NotFound, StorageError
from ciak.store.disk import disk_error

__all__ = ["open_inside", "split_inside"]

Mode = Literal["rb", "r+b", "ab", "xb"]

_FLAGS: dict[str, int] = {
    "rb": os.O_RDONLY,
    "r+b": os.O_RDWR,
    "ab": os.O_WRONLY | os.O_APPEND | os.O_CREAT,
    "xb": os.O_WRONLY | os.O_CREAT | os.O_EXCL,
}
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_LONGEST = 4096
_DEEPEST = 64


def split_inside(relative: str) -> list[str]:
    """The components of a plain relative path, ``"a/b.wav"``. Raises :class:`Hostile` for any other."""
    if not isinstance(relative, str) or not relative:
        raise Hostile("a path inside the folder is empty")
    parts = relative.split("/")
    plain = (
        "\\" not in relative
        and all(part not in ("", ".", "..") for part in parts)
        and not any(ord(letter) < 32 or ord(letter) == 127 for letter in relative)
        and len(parts) <= _DEEPEST
        and len(relative) <= _LONGEST
    )
    if not plain:
        raise Hostile(f"the path {_shown(relative)} is not plainly inside the folder",
                      remedy="use a relative path without links, '..', '.', '\\' or control characters")
    try:
        os.fsencode(relative)
    except UnicodeEncodeError:
        raise Hostile(f"the path {_shown(relative)} is not text that a file can be named by") from None
    return parts


def open_inside(root: Path, relative: str, mode: Mode = "rb") -> BinaryIO:
    """Open ``relative``, a path with ``/``, inside the folder ``root``.

    ``mode``: ``rb``, ``r+b``, ``ab`` (made if missing) or ``xb`` (must be new). Only the folders below ``root``
    are held to be suspect; ``root`` itself may be reached through links. Raises :class:`Hostile` for a path that
    is not plainly inside, a link anywhere below, or what is no regular file; :class:`NotFound` when there is no
    such file; :class:`StorageError` when the system refuses.
    """
    parts = split_inside(relative)
    try:
        here = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise NotFound(f"there is no folder {root}", path=str(root)) from error
    last = _FLAGS[mode] | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
    for part, flags in [*((part, _FOLDER) for part in parts[:-1]), (parts[-1], last)]:
        try:
            below = os.open(part, flags, 0o666, dir_fd=here)
        except OSError as error:
            raise _refusal(error, here, part, relative) from error
        finally:
            os.close(here)
        here = below
    kind = os.fstat(here).st_mode
    if not stat.S_ISREG(kind):
        os.close(here)
        if stat.S_ISDIR(kind):
            raise NotFound(f"{_shown(relative)} is a folder, not a file")
        raise Hostile(f"{_shown(relative)} is not a regular file")
    os.set_blocking(here, True)
    return os.fdopen(here, "wb" if mode == "xb" else mode)


def _refusal(error: OSError, folder: int, part: str, relative: str) -> Hostile | NotFound | StorageError:
    """Why ``part``, a component of ``relative``, could not be opened in an open ``folder``."""
    try:
        kind = os.stat(part, dir_fd=folder, follow_symlinks=False).st_mode
    except (OSError, ValueError):
        kind = stat.S_IFREG
    if stat.S_ISLNK(kind):
        return Hostile(f"{_shown(relative)} goes through a link", remedy="replace the link by the file itself")
    if not (stat.S_ISREG(kind) or stat.S_ISDIR(kind)):
        return Hostile(f"{_shown(relative)} is not a regular file")
    if error.errno in (errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG, errno.EISDIR):
        return NotFound(f"there is no file {_shown(relative)} in the folder")
    if error.errno == errno.EEXIST:
        return StorageError(f"{_shown(relative)} exists already")
    if error.errno in (errno.EACCES, errno.EPERM):
        return StorageError(f"{_shown(relative)} may not be opened by you", remedy="change its permissions")
    return disk_error(error, part)


def _shown(relative: str) -> str:
    """A path as a message may show it: short, quoted, without control characters or surrogates."""
    return ascii(relative[:80])
