"""Who saves goes first: while an edit is being saved, pictures and sounds that are being sent wait for it.

They are sent as fast as a browser reads ahead, and would take turns with the edit at every one of its steps; it is
saved in a twentieth of a second, and nothing that plays needs its next bytes sooner.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["Turns"]

_LOOK = 0.004
"""Seconds between two looks."""
_LONGEST = 0.25
"""Seconds that a block waits at most."""


class Turns:
    """The edits that are being saved, of all films of a studio. Any thread may say that it saves."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._saving = 0

    @contextmanager
    def saving(self) -> Iterator[None]:
        """While an edit is saved."""
        with self._lock:
            self._saving += 1
        try:
            yield
        finally:
            with self._lock:
                self._saving -= 1

    async def wait(self) -> None:
        """Until nothing is being saved, but not for long."""
        for _look in range(int(_LONGEST / _LOOK)):
            if not self._saving:
                return
            await asyncio.sleep(_LOOK)

    def pause(self) -> None:
        """As :meth:`wait`, for a thread."""
        for _look in range(int(_LONGEST / _LOOK)):
            if not self._saving:
                return
            time.sleep(_LOOK)
