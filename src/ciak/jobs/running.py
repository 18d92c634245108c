"""One job from its place in line to its outcome: the worker on one side, the journal and a listener on the other.

The outcome is decided here: what the worker says counts; a worker that says nothing was cancelled if somebody
asked for that, and has crashed if nobody did. A disk too full to note progress does not stop the work.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ciak.errors import Cancelled, CiakError, JobError
from ciak.jobs.job import Job, JobState, Journal, Listener
from ciak.jobs.limits import Limits
from ciak.jobs.supervision import Worker
from ciak.jobs.watch import Progress

__all__ = ["Run", "Setup", "utc_now"]

_JOURNAL_EVERY = 0.5
"""Seconds between two notes of a job's progress in the journal."""


def utc_now() -> str:
    """The clock on the wall, UTC, ISO 8601, for people to read."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


@dataclass(frozen=True, slots=True)
class Setup:
    """What all runs of a runner share. ``turn`` is held while a worker runs; ``grace``: seconds."""

    journal: Journal
    command: tuple[str, ...]
    grace: float
    limits: Limits
    turn: threading.Semaphore


class Run:
    """A job under way. :meth:`live` is its thread; ``job`` its newest state; ``finished`` is set at the end."""

    def __init__(self, job: Job, listener: Listener | None, setup: Setup) -> None:
        self.job = job
        self.finished = threading.Event()
        self._listener = listener
        self._setup = setup
        self._lock = threading.Lock()
        self._worker: Worker | None = None
        self._cancelling = False
        self._noted = 0.0
        self._outcome: dict[str, Any] | None = None

    def cancel(self) -> None:
        """Ask it to stop; asked twice, make it stop at once."""
        with self._lock:
            self._cancelling = True
            worker = self._worker
        if worker is not None:
            worker.stop(grace=self._setup.grace)

    def live(self) -> None:
        """Wait in line, run, note the outcome. Raises nothing on purpose; ``finished`` is set whatever happens."""
        began = time.monotonic()
        fields: dict[str, Any] = _failed(JobError(f"{self.job.verb} could not be run"))
        try:
            with self._setup.turn:
                began = time.monotonic()
                fields = self._run()
        except CiakError as error:
            fields = _failed(error)
        finally:
            self._change({**fields, "left": None, "ended": utc_now(), "seconds": time.monotonic() - began})
            self.finished.set()

    def _run(self) -> dict[str, Any]:
        """The fields of the outcome. Raises :class:`CiakError`."""
        setup, job = self._setup, self.job
        record = setup.journal.get(job.id) or {}
        with self._lock:
            if self._cancelling or record.get("cancelling"):
                raise Cancelled("cancelled before it began")
            worker = self._worker = Worker(setup.command)
        self._change({"state": JobState.RUNNING.value, "pid": worker.pid, "born": worker.born,
                      "started": utc_now()})
        status = worker.listen({"verb": job.verb, "arguments": job.arguments, "grace": setup.grace,
                                "limits": setup.limits.as_json()}, self._hear)
        if self._outcome is None:
            record = setup.journal.get(job.id) or {}
            if self._cancelling or record.get("cancelling"):
                raise Cancelled("cancelled", remedy="run it again: what was finished is kept")
            raise worker.crash(job.verb, status)
        if isinstance(error := self._outcome.get("error"), dict):
            cancelled = error.get("error") == Cancelled.__name__
            return {"state": (JobState.CANCELLED if cancelled else JobState.FAILED).value, "error": error}
        return {"state": JobState.DONE.value, "done": 1.0, "result": self._outcome["result"]}

    def _hear(self, message: dict[str, Any]) -> None:
        if "result" in message or "error" in message:
            self._outcome = message
            return
        done = min(1.0, max(0.0, float(message.get("done", 0))))
        progress = Progress(done, str(message.get("what", "")), message.get("left"),
                            float(message.get("seconds", 0)))
        fields = {"done": progress.done, "what": progress.what, "left": progress.left,
                  "seconds": progress.seconds}
        now = time.monotonic()
        if now - self._noted >= _JOURNAL_EVERY:
            self._noted = now
            self._change(fields)
        else:
            self.job = self.job.model_copy(update=fields)
        if self._listener is not None:
            self._listener(progress)

    def _change(self, fields: Mapping[str, Any]) -> None:
        """Note what changed, here and, unless the disk refuses, in the journal."""
        self.job = Job.model_validate({**self.job.model_dump(), **fields})
        with suppress(CiakError):
            self._setup.journal.change(self.job.id, fields)


def _failed(error: CiakError) -> dict[str, Any]:
    state = JobState.CANCELLED if isinstance(error, Cancelled) else JobState.FAILED
    return {"state": state.value, "error": error.as_json()}
