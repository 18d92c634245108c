"""``ciak jobs``: what is being done on a film, was done, or was interrupted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ciak.cli.screen import command, duration, emit, progress, table

if TYPE_CHECKING:
    from ciak.jobs import Job, Runner
    from ciak.jobs.watch import Progress

__all__ = ["jobs"]


@command("ciak jobs sintel\nciak jobs sintel --resume 3f2a9c0d11e4b7a8")
@click.argument("folder", type=click.Path(path_type=Path), default=Path())
@click.option("--cancel", metavar="ID", help="Ask a job to end, then make it.")
@click.option("--resume", metavar="ID", help="Take up an interrupted or cancelled job: what it finished is kept.")
def jobs(folder: Path, cancel: str | None, resume: str | None, as_json: bool) -> None:
    """The jobs of the film in FOLDER (by default the current folder), the newest last."""
    from ciak.bootstrap import job_runner, open_film

    if cancel and resume:
        raise click.UsageError("cancel a job or resume it, not both")
    with job_runner(open_film(folder)) as runner:
        if cancel:
            runner.cancel(cancel)
        found = [_resumed(runner, resume)] if resume else [runner.job(cancel)] if cancel else runner.jobs()
    emit({"jobs": [job.model_dump(mode="json") for job in found]}, _lines(found), as_json=as_json)


def _resumed(runner: Runner, identity: str) -> Job:
    """Take a job up again and stay until it has ended. Raises what it raised."""
    from ciak.jobs import JobState
    from ciak.jobs.wire import error_from_json

    with progress() as meter:
        def hear(now: Progress) -> None:
            meter.show(now.what, now.done, now.left)

        job = runner.wait(runner.resume(identity, listener=hear).id)
    if job.state is not JobState.DONE:
        raise error_from_json(job.error or {"message": f"the job was {job.state.value}"})
    return job


def _lines(found: list[Job]) -> list[str]:
    rows: list[tuple[Any, ...]] = [
        (job.id, job.verb, job.state, f"{job.done:.0%}", duration(job.seconds), job.created,
         (job.error or {}).get("message", job.what)) for job in found]
    return table(("job", "verb", "state", "done", "ran", "since", ""), rows) if rows else ["there are no jobs"]
