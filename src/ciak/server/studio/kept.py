"""Answers kept as long as the files that they were made from stay as they are: size, times and inode tell.

A film's papers are replaced whole at each saving, so a new state always has another inode or time. Bounded: the
oldest answer goes when there are too many.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from ciak.store.disk import Mark, mark

__all__ = ["Kept"]

T = TypeVar("T")
_MOST = 48


class Kept:
    """Keeps answers about the folder ``root``. Any thread may ask."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._answers: OrderedDict[str, tuple[tuple[Mark | None, ...], Any]] = OrderedDict()
        self._turns: dict[str, threading.RLock] = {}
        self._lock = threading.Lock()

    def __call__(self, name: str, relatives: Sequence[str], make: Callable[[], T]) -> T:
        """The answer ``name``, made anew when one of the files changed; by one thread, the others wait for it. What
        ``make`` raises is not kept."""
        with self._lock:
            turn = self._turns.setdefault(name, threading.RLock())
        with turn:
            now = tuple(mark(self._root / relative) for relative in relatives)
            with self._lock:
                known = self._answers.get(name)
                if known is not None and known[0] == now:
                    self._answers.move_to_end(name)
                    answer: T = known[1]
                    return answer
            answer = make()
            with self._lock:
                self._answers[name] = (now, answer)
                self._answers.move_to_end(name)
                while len(self._answers) > _MOST:
                    self._turns.pop(self._answers.popitem(last=False)[0], None)
            return answer
