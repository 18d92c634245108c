"""The runner of this machine: each job in a worker process of its own, its record in the journal.

Jobs whose process is dead when a runner is made are marked interrupted; :meth:`LocalRunner.resume` submits them
again, and the steps that were finished are recalled, not repeated. Knows no verb: the worker does.
"""

from __future__ import annotations

import os
import secrets
import signal
import threading
import time
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any

from ciak.errors import JobError, NotFound
from ciak.jobs.job import Job, JobState, Journal, Listener
from ciak.jobs.limits import Limits
from ciak.jobs.processes import alive, born, signal_process
from ciak.jobs.running import Run, Setup, utc_now
from ciak.jobs.wire import line

__all__ = ["LocalRunner"]

_LIVE = (JobState.QUEUED.value, JobState.RUNNING.value)


class LocalRunner:
    """Runs jobs in worker processes, at most ``at_once`` at a time; the others wait in line.

    ``worker_command``: the program and arguments of a worker (it calls :func:`ciak.jobs.serve_worker`);
    ``grace``: seconds between asking a worker to stop and killing it. Close it, or use ``with``.
    """

    def __init__(self, journal: Journal, worker_command: Sequence[str], *, grace: float = 5.0, at_once: int = 2,
                 limits: Limits | None = None) -> None:
        self._journal = journal
        self._grace = grace
        self._setup = Setup(journal, tuple(worker_command), grace, limits or Limits(),
                            threading.Semaphore(at_once))
        self._runs: dict[str, Run] = {}
        self.recover()

    def __enter__(self) -> LocalRunner:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.close()

    def recover(self) -> list[Job]:
        """Mark as interrupted the jobs whose process is dead; those jobs."""
        dead = []
        for record in self._journal.entries():
            if record["state"] in _LIVE and not alive(int(record["pid"]), str(record["born"])):
                fields = {"state": JobState.INTERRUPTED.value, "ended": utc_now(), "left": None}
                if self._journal.change(str(record["id"]), fields, only_if=_LIVE):
                    dead.append(Job.model_validate({**record, **fields}))
        return dead

    def submit(self, verb: str, arguments: Mapping[str, Any], *, film: str = "",
               listener: Listener | None = None) -> Job:
        """Begin a job and return at once. Raises :class:`JobError` for arguments that are no plain data."""
        return self._submit(verb, arguments, film, listener, "")

    def resume(self, identity: str, *, listener: Listener | None = None) -> Job:
        """Submit an ended job again with the same arguments. Raises :class:`JobError` while it runs."""
        old = self.job(identity)
        if not old.state.ended:
            raise JobError(f"job {identity} is still {old.state.value}", remedy="wait for it, or cancel it first")
        return self._submit(old.verb, old.arguments, old.film, listener, identity)

    def job(self, identity: str) -> Job:
        """The job as it stands. Raises :class:`NotFound`."""
        run = self._runs.get(identity)
        if run is not None:
            return run.job
        record = self._journal.get(identity)
        if record is None:
            raise NotFound(f"there is no job {identity[:80]!r}", remedy="see which there are: ciak jobs")
        return Job.model_validate(record)

    def jobs(self) -> list[Job]:
        """All jobs of the journal, the oldest first."""
        return [Job.model_validate(record) for record in self._journal.entries()]

    def cancel(self, identity: str) -> None:
        """Ask a job to stop, after the grace make it; asked twice, make it at once. Any runner's job will do."""
        run = self._runs.get(identity)
        if run is not None:
            run.cancel()
            return
        job = self.job(identity)
        if job.state.ended or not self._journal.change(identity, {"cancelling": True}, only_if=_LIVE):
            return
        if job.state is JobState.RUNNING and signal_process(job.pid, job.born, signal.SIGTERM):
            until = time.monotonic() + self._grace
            while alive(job.pid, job.born) and time.monotonic() < until:
                time.sleep(0.05)
            signal_process(job.pid, job.born, signal.SIGKILL)

    def wait(self, identity: str, timeout: float | None = None) -> Job:
        """Wait until a job of this runner has ended, at most ``timeout`` seconds; the job as it stands."""
        run = self._runs.get(identity)
        if run is not None:
            run.finished.wait(timeout)
        return self.job(identity)

    def close(self) -> None:
        """Cancel what runs and wait for it."""
        running = [run for run in self._runs.values() if not run.finished.is_set()]
        for run in running:
            run.cancel()
        for run in running:
            run.finished.wait(self._grace + 10)

    def _submit(self, verb: str, arguments: Mapping[str, Any], film: str, listener: Listener | None,
                resumes: str) -> Job:
        try:
            line(arguments)
        except (TypeError, ValueError) as error:
            raise JobError(f"the arguments of {verb} are no plain data: {error}") from error
        job = Job(id=secrets.token_hex(8), verb=verb, film=film, arguments=dict(arguments), pid=os.getpid(),
                  born=born(os.getpid()), created=utc_now(), resumes=resumes)
        job = job.model_copy(update={"sequence": self._journal.add(job.model_dump(mode="json"))})
        self._runs[job.id] = run = Run(job, listener, self._setup)
        threading.Thread(target=run.live, name=f"ciak-job-{job.id}", daemon=True).start()
        return job
