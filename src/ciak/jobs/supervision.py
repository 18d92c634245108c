"""One worker's life, seen from the runner: begun, listened to, asked to stop, killed with its group, reaped.

A worker leads a session of its own, so that a Ctrl-C in the terminal reaches only the runner, and so that all it
started can be killed with it. Knows the pipe, not the journal.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import IO, Any

from ciak.errors import JobError
from ciak.jobs.processes import born, kill_group
from ciak.jobs.wire import LONGEST_LINE, line, parse

__all__ = ["Worker"]

_TAIL = 40
"""Lines of a worker's standard error that are kept for the story of a crash."""


class Worker:
    """A worker process. Begin it and :meth:`listen` on one thread, which must live as long as the worker: the
    kernel ends a worker when the thread that began it ends. :meth:`stop` may be called from any."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str] | None = None) -> None:
        """Raises :class:`JobError` when the program cannot be started."""
        self._lock = threading.Lock()
        self._reaped = False
        self._stops = 0
        self._tail: deque[str] = deque(maxlen=_TAIL)
        try:
            self._process = subprocess.Popen(
                list(command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                start_new_session=True, env=None if environment is None else dict(environment))
        except OSError as error:
            raise JobError(f"the worker could not be started: {error.strerror}",
                           remedy="see that Ciak is installed whole") from error
        self.pid = self._process.pid
        self.born = born(self.pid)

    def listen(self, order: Mapping[str, Any], hear: Callable[[dict[str, Any]], None]) -> int:
        """Hand over the job, ``hear`` each message, reap; the exit status as :mod:`subprocess` gives it."""
        process = self._process
        assert process.stdin and process.stdout and process.stderr
        drain = threading.Thread(target=self._drain, args=(process.stderr,), daemon=True)
        drain.start()
        try:
            with suppress(BrokenPipeError):  # it died at once: its status tells
                process.stdin.write(line({**order, "parent": os.getpid()}))
                process.stdin.flush()
            while data := process.stdout.readline(LONGEST_LINE):
                if (message := parse(data)) is not None:
                    hear(message)
        except BaseException:
            self.stop(now=True)
            raise
        finally:
            status = self._reap()
            drain.join(timeout=2)
            for pipe in (process.stdin, process.stdout, process.stderr):
                with suppress(OSError):
                    pipe.close()
        return status

    def stop(self, *, now: bool = False, grace: float = 5.0) -> None:
        """Ask it to stop; after ``grace`` seconds, or ``now``, or when asked again, kill it and all it started."""
        with self._lock:
            self._stops += 1
            if self._reaped:
                return
            if now or self._stops > 1:
                kill_group(self.pid)
                return
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGTERM)
        timer = threading.Timer(grace, self.stop, kwargs={"now": True})
        timer.daemon = True
        timer.start()

    def crash(self, verb: str, status: int) -> JobError:
        """What to say of a worker that ended without an outcome."""
        tail = [text for text in self._tail if text.strip()]
        kept = "run it again: what was finished is kept"
        if status < 0:
            name = signal.Signals(-status).name if -status in set(signal.Signals) else f"signal {-status}"
            if -status == signal.SIGKILL:
                return JobError(f"{verb} was killed, perhaps because the machine ran out of memory",
                                remedy=f"close other programs, then {kept}", signal=name)
            return JobError(f"{verb} crashed ({name})", remedy=kept, signal=name, tail="\n".join(tail))
        last = _fault(tail) or f"exit status {status}"
        return JobError(f"{verb} failed: {last}", remedy=f"this is a fault of Ciak; {kept}", status=status,
                        tail="\n".join(tail))

    def _reap(self) -> int:
        """Wait for the end, kill what it left behind while its number is still its own, then let it go."""
        with suppress(ChildProcessError):
            os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT)
        with self._lock:
            kill_group(self.pid)
            self._reaped = True
            return self._process.wait()

    def _drain(self, pipe: IO[bytes]) -> None:
        with suppress(OSError, ValueError):
            while data := pipe.readline(4096):
                self._tail.append(data.decode("utf-8", "replace").rstrip("\n"))


def _fault(tail: Sequence[str]) -> str:
    """The line of a traceback that names the error, "ValueError: …"; without a traceback the last line."""
    begins = [number for number, text in enumerate(tail) if text.startswith("Traceback (")]
    after = tail[begins[-1] + 1:] if begins else tail[-1:]
    return next((text.strip()[:300] for text in after if text[:1].strip()), "")
