"""Makes the disk fail, or the process die, at the n-th system call that changes something.

Python's calls are caught by wrapping :mod:`os`, SQLite's by apsw's ``xSetSystemCall``, so every write, truncation,
rename, removal, making and sync (Python's; SQLite does not let its fsync be replaced, but dying before or after one
is dying beside the write next to it) is a point. The faults act in a forked child only.
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
import signal
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import apsw

from ciak.errors import CiakError

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

_real_write = os.write
"""For the pipes of the tests themselves."""

Say = Callable[[object], None]


class _Unix(apsw.VFS):
    """A way to the system calls of SQLite's own file layer."""

    def __init__(self) -> None:
        super().__init__("ciak-faults", base="unix")


class Point:
    """Counts the changing calls of this process. At number ``at`` it strikes: ``"kill"`` before the call,
    ``"tear"`` after half of a write, an error number once, or, with ``forever``, from then on."""

    def __init__(self, at: int, strike: str | int, *, forever: bool = False) -> None:
        self.at, self.strike, self.forever = at, strike, forever
        self.count = 0

    def due(self, name: str) -> bool:
        """Count one call, where only writes can tear only writes; whether it is to be struck."""
        if self.strike == "tear" and "write" not in name:
            return False
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
        system = _Unix()
        _kept.append(system)
        for name, types in _SQLITE.items():
            self._wrap_sqlite(system, name, types)

    def _wrapped(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            if name == "open" and not (arguments[1] & os.O_CREAT):
                return real(*arguments, **named)
            if self.due(name):
                if self.strike == "tear":
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
                if self.strike == "tear":
                    real(arguments[0], arguments[1], arguments[2] // 2, *arguments[3:])
                if isinstance(self.strike, int):
                    ctypes.set_errno(self.strike)
                    return -1
                self.die()
            return int(real(*arguments))

        wrapped = kind(call)
        _kept.extend((real, wrapped))
        system.xSetSystemCall(name, ctypes.cast(wrapped, ctypes.c_void_p).value)


@dataclass
class Ended:
    """How a child ended. ``said``: what it said before; ``points``: changing calls made, if it lived to tell."""

    killed: bool = False
    said: list[Any] = field(default_factory=list)
    error: dict[str, Any] | None = None
    fault: str = ""
    points: int = 0


def in_child(work: Callable[[Say], None], point: Point | None = None) -> Ended:
    """Do ``work`` in a forked child, with ``point`` installed. No database may be open here."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        _live(work, point, writer)
    os.close(writer)
    ended = Ended()
    with os.fdopen(reader, "rb") as stream:
        for row in stream:
            kind, value = json.loads(row)
            if kind == "said":
                ended.said.append(value)
            else:
                setattr(ended, kind, value)
    status = os.waitpid(child, 0)[1]
    ended.killed = os.WIFSIGNALED(status)
    if not ended.killed and os.WEXITSTATUS(status) and not ended.fault:
        ended.fault = f"exit {os.WEXITSTATUS(status)}"
    return ended


def _live(work: Callable[[Say], None], point: Point | None, writer: int) -> None:
    def tell(kind: str, value: object) -> None:
        _real_write(writer, json.dumps([kind, value]).encode() + b"\n")

    try:
        if point is not None:
            point.install()
        work(lambda value: tell("said", value))
    except CiakError as error:
        tell("error", error.as_json())
    except BaseException:  # noqa: BLE001  the parent is told, whatever it was
        tell("fault", traceback.format_exc())
        os._exit(1)
    if point is not None:
        tell("points", point.count)
    os._exit(0)
