"""What stands on the board that everybody looks at: the last lines of each language, with a version for each change.

Whoever shows the board asks for what changed since the version that it has, and gets each line as it stands now, once:
a slow reader misses steps, never lines, and no queue grows for it. Threads may write and read.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from ciak.dubbing.live.rolling import LiveLine

__all__ = ["KEPT", "Board", "News"]

KEPT = 200
"""Lines of each language that stay on the board."""


@dataclass(frozen=True, slots=True)
class News:
    """``lines`` that changed up to ``version``, in the order of their last change; ``ended``: no more will come."""

    version: int
    lines: tuple[LiveLine, ...]
    ended: bool


class Board:
    """See the module."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lines: dict[tuple[str, int], tuple[int, LiveLine]] = {}
        self._version = 0
        self._ended = False
        self._listeners: list[Callable[[], None]] = []

    def put(self, line: LiveLine) -> None:
        """Write a line, or write it anew."""
        with self._lock:
            self._version += 1
            key = (line.language, line.number)
            self._lines.pop(key, None)
            self._lines[key] = (self._version, line)
            self._lines.pop((line.language, line.number - KEPT), None)
        self._tell()

    def end(self) -> None:
        """Nothing more will be written."""
        with self._lock:
            self._version += 1
            self._ended = True
        self._tell()

    def since(self, version: int) -> News:
        """What changed after ``version`` (0: all that stands)."""
        with self._lock:
            fresh = []
            for changed, line in reversed(self._lines.values()):
                if changed <= version:
                    break
                fresh.append(line)
            return News(self._version, tuple(reversed(fresh)), self._ended)

    def listen(self, heard: Callable[[], None]) -> None:
        """Call ``heard`` after each change, from the thread that made it. It must be quick and raise nothing."""
        with self._lock:
            self._listeners.append(heard)

    def _tell(self) -> None:
        with self._lock:
            listeners = tuple(self._listeners)
        for heard in listeners:
            heard()
