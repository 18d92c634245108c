"""Subtitles made aside as they are delivered: fixing those of a long film takes a second, an edit a twentieth of one.

One thread of a film works at a time, and gives way to whoever saves. An answer belongs to the state of the papers that
it was made from and is never given for another; work for a state that is past is let go. Does not know what subtitles
are, nor where papers lie.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

__all__ = ["Settling"]

T = TypeVar("T")
Tick = Callable[[float], None]


class _Past(Exception):
    """Nobody wants this answer any more."""


@dataclass(slots=True)
class _Work(Generic[T]):
    """One answer: what it is made from, and what came of it."""

    state: object
    done: threading.Event = field(default_factory=threading.Event)
    answer: T | None = None
    error: Exception | None = None


class Settling(Generic[T]):
    """Answers by name, each made by a thread that the asker does not wait for. ``pause`` returns when nobody saves. Any
    thread may ask."""

    def __init__(self, pause: Callable[[], None] = lambda: None) -> None:
        self._pause = pause
        self._lock = threading.Lock()
        self._turn = threading.Lock()
        self._works: dict[str, _Work[T]] = {}

    def __call__(self, name: str, state: object, make: Callable[[Tick], T], wait: float | None = 0.0) -> T | None:
        """The answer ``name`` for ``state``; None while it is being made, for ``wait`` seconds at most (None: as long
        as it takes). Raises what ``make`` raised."""
        with self._lock:
            work = self._works.get(name)
            if work is None or work.state != state:
                work = self._works[name] = _Work(state)
                threading.Thread(target=self._made, args=(name, work, make), daemon=True).start()
        work.done.wait(wait)
        if work.error is not None:
            raise work.error
        return work.answer

    def known(self, name: str, state: object) -> T | None:
        """The answer, if it is there. Nothing is begun."""
        with self._lock:
            work = self._works.get(name)
        return work.answer if work is not None and work.state == state else None

    def _made(self, name: str, work: _Work[T], make: Callable[[Tick], T]) -> None:
        def tick(_done: float) -> None:
            if self._works.get(name) is not work:
                raise _Past
            self._pause()
            time.sleep(0)  # whoever waits for this process's turn has it now

        try:
            with self._turn:
                tick(0.0)
                work.answer = make(tick)
        except _Past:
            pass
        except Exception as error:  # noqa: BLE001 - it is raised again to who asks
            work.error = error
        finally:
            work.done.set()
