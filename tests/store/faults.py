"""Makes the disk fail, or the process die, at the n-th system call that changes something.

Python's calls are caught by wrapping :mod:`os`, SQLite's by apsw's ``xSetSystemCall``, so every write, truncation,
rename, removal, making and sync (Python's; SQLite does not let its fsync be replaced, but dying before or after one
is dying beside the write next to it) is a point. The faults act in a forked child only.
"""

from __future__ import annotations

import ctypes
import errno
import os
import signal
from collections.abc import Callable
from typing import Any

import apsw

CHANGING = ("open", "write", "fsync", "rename", "unlink", "mkdir", "rmdir", "chmod", "fchmod", "link", "replace",
            "ftruncate", "truncate")
GROWING = {"open", "write", "fsync", "mkdir", "pwrite", "pwrite64", "fallocate"}
"""Calls that a full disk refuses; it still renames and removes."""

_long, _int, _size = ctypes.c_long, ctypes.c_int, ctypes.c_size_t
_SQLITE = {
    "write": (ctypes.c_ssize_t, _int, ctypes.c_void_p, _size),
    "pwrite": (ctypes.c_ssize_t, _int, ctypes.c_void_p, _size, _long),
    "pwrite64": (ctypes.c_ssize_t, _int, ctypes.c_void_p, _size, _long),
    "ftruncate": (_int, _int, _long),
    "fallocate": (_int, _int, _long, _long),
    "unlink": (_int, ctypes.c_char_p),
    "open": (_int, ctypes.c_char_p, _int, _int),
}
_kept: list[Any] = []
"""Callbacks that C holds must not be collected."""

write = os.write
"""The real one, for the pipes of the tests themselves."""


class Point:
    """Counts the changing calls of this process. At number ``at`` it strikes: ``"kill"`` before the call,
    ``"tear"`` after half of a write, an error number once, or, with ``forever``, from then on."""

    def __init__(self, at: int, strike: str | int, *, forever: bool = False) -> None:
        self.at, self.strike, self.forever = at, strike, forever
        self.count = 0

    def due(self, name: str) -> bool:
        """Count one call; whether it is to be struck."""
        self.count += 1
        now = self.count > self.at if self.forever else self.count == self.at + 1
        return now and (not isinstance(self.strike, int) or self.strike != errno.ENOSPC or name in GROWING)

    def die(self) -> None:
        """As ``kill -9``."""
        os.kill(os.getpid(), signal.SIGKILL)

    def install(self) -> None:
        """Wrap the calls of this process, for the rest of its life."""
        for name in CHANGING:
            setattr(os, name, self._wrapped(name, getattr(os, name)))
        system = apsw.VFS("ciak-faults", base="unix").__class__ and _unix()
        for name, types in _SQLITE.items():
            self._wrap_sqlite(system, name, types)

    def _wrapped(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            if name == "open" and not (arguments[1] & os.O_CREAT):
                return real(*arguments, **named)
            if self.due(name):
                if self.strike == "tear" and name == "write":
                    real(arguments[0], memoryview(arguments[1])[:len(arguments[1]) // 2])
                if isinstance(self.strike, int):
                    raise OSError(self.strike, os.strerror(self.strike))
                self.die()
            return real(*arguments, **named)
        return call

    def _wrap_sqlite(self, system: Any, name: str, types: tuple[Any, ...]) -> None:
        pointer = system.xGetSystemCall(name)
        if not pointer:
            return
        kind = ctypes.CFUNCTYPE(*types, use_errno=True)
        real = kind(pointer)

        def call(*arguments: Any) -> int:
            if name == "open" and not (arguments[1] & os.O_CREAT):
                return int(real(*arguments))
            if self.due(name):
                if self.strike == "tear" and "write" in name:
                    real(arguments[0], arguments[1], arguments[2] // 2, *arguments[3:])
                if isinstance(self.strike, int):
                    ctypes.set_errno(self.strike)
                    return -1
                self.die()
            return int(real(*arguments))

        wrapped = kind(call)
        _kept.extend((real, wrapped))
        system.xSetSystemCall(name, ctypes.cast(wrapped, ctypes.c_void_p).value)
