"""Which file system a path stands on, as far as a database must know it.

SQLite's write-ahead log needs shared memory between all who open the database; across machines there is none
(https://sqlite.org/wal.html, "Disadvantages"). Only file systems known to be local are held to be local.
"""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

__all__ = ["is_local"]

_LOCAL = {
    0xEF53: "ext", 0x58465342: "xfs", 0x9123683E: "btrfs", 0x01021994: "tmpfs", 0x858458F6: "ramfs",
    0x2FC12FC1: "zfs", 0xF2F52010: "f2fs", 0x794C7630: "overlay", 0xCA451A4E: "bcachefs", 0x4D44: "fat",
    0x2011BAB0: "exfat", 0x7366746E: "ntfs3", 0x3153464A: "jfs", 0x52654973: "reiserfs", 0x3434: "nilfs",
    0xF15F: "ecryptfs",
}
"""``f_type`` of statfs(2) -> name."""


def _magic(path: Path) -> int | None:
    """``f_type`` of the file system that holds ``path``; None where the system does not say."""
    if not sys.platform.startswith("linux"):
        return None
    library = ctypes.CDLL(None, use_errno=True)
    answer = (ctypes.c_long * 64)()
    if library.statfs(os.fsencode(path), ctypes.byref(answer)) != 0:
        return None
    return answer[0] & 0xFFFFFFFF


def is_local(path: Path) -> bool:
    """Whether the existing folder or file ``path`` is on a file system known to be local to this machine."""
    return _magic(path) in _LOCAL
