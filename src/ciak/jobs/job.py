"""What a job is, and the two Protocols around it: who keeps the journal, who runs.

Clock times are for people to read; order comes from ``sequence``, durations from ``seconds``, which a monotonic
clock measured. Knows no verb and no runner.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from enum import StrEnum
from typing import Any, Protocol, runtime_checkable

from pydantic import Field

from ciak.film.model import FilmModel
from ciak.jobs.watch import Progress

__all__ = ["Job", "JobState", "Journal", "Listener", "Runner"]

Listener = Callable[[Progress], None]
"""Who is told of progress."""


class JobState(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"
    """Its process, or the one that minded it, died. Submit it again: what was finished is not done twice."""

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen to it."""
        return self not in (JobState.QUEUED, JobState.RUNNING)


class Job(FilmModel):
    """One job as the journal keeps it."""

    id: str = Field(pattern=r"^[0-9a-f]{16}$")
    verb: str = Field(max_length=80)
    film: str = ""
    """The film folder it works on, as a path."""
    arguments: dict[str, Any] = Field(default_factory=dict)
    """What the verb is given, JSON values only."""
    state: JobState = JobState.QUEUED
    done: float = Field(default=0.0, ge=0, le=1)
    what: str = ""
    """The step that it is at, in a few words."""
    left: float | None = Field(default=None, ge=0)
    """Seconds left, estimated; None: unknown."""
    seconds: float = Field(default=0.0, ge=0)
    """How long it has run."""
    pid: int = 0
    born: str = ""
    """With ``pid``, which process runs or minds it, see :mod:`ciak.jobs.processes`."""
    cancelling: bool = False
    error: dict[str, Any] | None = None
    """:meth:`ciak.errors.CiakError.as_json` of what went wrong."""
    result: dict[str, Any] | None = None
    resumes: str = ""
    """The id of the job that this one takes up again."""
    created: str = ""
    started: str = ""
    ended: str = ""
    """UTC, ISO 8601."""
    sequence: int = 0


class Journal(Protocol):
    """Keeps job records: JSON objects with an ``id``. Every method is durable on return."""

    def add(self, record: Mapping[str, Any]) -> int:
        """Keep a new record; its sequence number, greater than all before."""
        ...

    def change(self, identity: str, fields: Mapping[str, Any], *, only_if: Collection[str] = ()) -> bool:
        """Replace some fields, with ``only_if`` only while ``state`` is one of these; whether that was done."""
        ...

    def get(self, identity: str) -> dict[str, Any] | None:
        """The record with its ``sequence``, or None."""
        ...

    def entries(self) -> list[dict[str, Any]]:
        """Every record with its ``sequence``, the oldest first."""
        ...


@runtime_checkable
class Runner(Protocol):
    """Runs jobs somewhere."""

    def submit(self, verb: str, arguments: Mapping[str, Any], *, film: str = "",
               listener: Listener | None = None) -> Job:
        """Begin a job; returns at once."""
        ...

    def job(self, identity: str) -> Job:
        """The job as it stands. Raises :class:`ciak.errors.NotFound`."""
        ...

    def jobs(self) -> list[Job]:
        """All jobs of the journal, the oldest first."""
        ...

    def cancel(self, identity: str) -> None:
        """Ask a job to end, then make it. Harmless for one that has ended."""
        ...

    def resume(self, identity: str, *, listener: Listener | None = None) -> Job:
        """Submit an ended job again with the same arguments."""
        ...

    def wait(self, identity: str, timeout: float | None = None) -> Job:
        """Wait until a job of this runner has ended, at most ``timeout`` seconds; the job as it stands."""
        ...
