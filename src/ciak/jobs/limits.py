"""What a worker may take from the machine. Applied by the worker to itself, before any verb runs."""

from __future__ import annotations

import resource
from typing import Any

from pydantic import Field

from ciak.film.model import FilmModel

__all__ = ["Limits"]


class Limits(FilmModel):
    """None: as much as the system gives. Cores are never dumped: they would hold people's voices and faces."""

    memory: int | None = Field(default=None, ge=1 << 26, description="address space, bytes (RLIMIT_AS)")
    cpu_seconds: int | None = Field(default=None, ge=1, description="processor time (RLIMIT_CPU)")
    file_bytes: int | None = Field(default=None, ge=1, description="the largest file it may write (RLIMIT_FSIZE)")

    def apply(self) -> None:
        """Bind this process. A limit above what the system allows is lowered to that."""
        _bind(resource.RLIMIT_CORE, 0)
        for which, wanted in ((resource.RLIMIT_AS, self.memory), (resource.RLIMIT_CPU, self.cpu_seconds),
                              (resource.RLIMIT_FSIZE, self.file_bytes)):
            if wanted is not None:
                _bind(which, wanted)

    def as_json(self) -> dict[str, Any]:
        """Plain values, for the pipe."""
        return self.model_dump()


def _bind(which: int, wanted: int) -> None:
    _soft, hard = resource.getrlimit(which)
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(which, (most, hard))
