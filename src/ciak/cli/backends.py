"""``ciak backends``: who does which task, from which package, and what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ciak.cli.screen import command, emit, table

if TYPE_CHECKING:
    from ciak.backends.registry import Offer

__all__ = ["backends"]


@command("ciak backends\nCIAK_BACKEND_VOICE=kokoro ciak backends --json")
def backends(as_json: bool) -> None:
    """Every backend: its task, whether it is chosen and ready, its models, the package it comes from."""
    from ciak.bootstrap import backend_listing, settings

    chosen = settings().backends
    found = backend_listing()
    rows = [(one.task, one.name, "chosen" if chosen.get(one.task) == one.name else "", one.origin, _state(one))
            for one in found]
    missing = sorted({name for one in found for name in one.absent})
    emit({"backends": [one.as_json() | {"chosen": chosen.get(one.task) == one.name} for one in found]},
         [*table(("task", "backend", "", "package", "state"), rows),
          *(["missing models come with: ciak models pull NAME"] if missing else [])], as_json=as_json)


def _state(one: Offer) -> str:
    if one.problem:
        return one.problem
    return "ready" if one.ready else f"needs {', '.join(one.absent)}"
