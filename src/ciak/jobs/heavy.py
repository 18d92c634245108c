"""One heavy model step at a time on a machine, however many films, jobs and terminals there are.

A lock file in a folder that all of the user's processes share (the model cache, say). The kernel gives the lock
back when its holder dies, ``kill -9`` included. Does not know what is heavy.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ciak.errors import StorageError

__all__ = ["heavy"]

_POLL = 0.2



class _Place:
    """The heavy place as this process sees it: the thread that holds it, and how often it entered."""

    def __init__(self, path: Path) -> None:
        import filelock

        self.thread = threading.RLock()
        self.depth = 0
        self.machine = filelock.FileLock(str(path), thread_local=False)


_places: dict[str, _Place] = {}
_guard = threading.Lock()


@contextmanager
def heavy(folder: Path, waiting: Callable[[float], None] | None = None) -> Iterator[None]:
    """Hold the machine's one heavy place, waiting for it as long as it takes.

    May be entered again by the thread that holds it. While waiting, ``waiting`` is called about five times a
    second with the seconds waited so far; it may raise (:class:`ciak.errors.Cancelled`), which ends the waiting.
    Raises :class:`StorageError` where no lock file can be made.
    """
    path = Path(folder).absolute() / "heavy.lock"
    with _guard:
        place = _places.get(str(path)) or _places.setdefault(str(path), _Place(path))
    began = time.monotonic()

    def wait() -> None:
        if waiting is not None:
            waiting(time.monotonic() - began)

    while not place.thread.acquire(timeout=_POLL):
        wait()
    try:
        if place.depth == 0:
            _take(place, path, wait)
        place.depth += 1
        try:
            yield
        finally:
            place.depth -= 1
            if place.depth == 0:
                place.machine.release()
    finally:
        place.thread.release()


def _take(place: _Place, path: Path, wait: Callable[[], None]) -> None:
    """Get the lock file, asking again and again. Raises what ``wait`` raises, and :class:`StorageError`."""
    import filelock

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        while True:
            try:
                place.machine.acquire(timeout=0)
                return
            except filelock.Timeout:
                wait()
                time.sleep(_POLL)
    except OSError as error:
        if isinstance(error, filelock.Timeout):
            raise
        raise StorageError(f"no lock can be made at {path.parent}: {error.strerror}",
                           remedy="see that the folder can be written; CIAK_MODELS names another") from error
