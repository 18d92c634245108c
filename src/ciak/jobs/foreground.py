"""Run a job and wait for it, as a command in a terminal does. Ctrl-C asks it to stop; a second one makes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ciak.errors import Cancelled
from ciak.jobs.job import JobState, Listener, Runner
from ciak.jobs.wire import error_from_json

__all__ = ["run_here"]


def run_here(runner: Runner, verb: str, arguments: Mapping[str, Any], *, film: str = "",
             listener: Listener | None = None) -> dict[str, Any]:
    """Run ``verb`` on ``runner`` and wait: its result.

    ``listener`` hears of progress on another thread. Raises what the verb raised, as the same class, and
    :class:`Cancelled` (exit code 130) after a Ctrl-C, when the worker has ended.
    """
    job = runner.submit(verb, arguments, film=film, listener=listener)
    try:
        while not job.state.ended:
            job = runner.wait(job.id, 1.0)
    except KeyboardInterrupt as interrupt:
        runner.cancel(job.id)
        try:
            job = runner.wait(job.id)
        except KeyboardInterrupt:
            runner.cancel(job.id)
            job = runner.wait(job.id)
        if job.state is not JobState.DONE:
            raise Cancelled("interrupted", remedy="run it again: what was finished is kept") from interrupt
    if job.state is JobState.DONE:
        return job.result or {}
    raise error_from_json(job.error or {"message": f"{verb} was {job.state.value}"})
