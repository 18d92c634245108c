"""How errors and lines cross the pipe between a runner and its worker: one JSON object a line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ciak import errors
from ciak.errors import CiakError, Conflict, JobError

__all__ = ["LONGEST_LINE", "error_from_json", "line", "parse"]

LONGEST_LINE = 64 << 20
"""Bytes that one message may have."""


def line(message: Mapping[str, Any]) -> bytes:
    """A message as a line. Raises TypeError or ValueError for what JSON cannot hold."""
    return json.dumps(message, allow_nan=False, separators=(",", ":")).encode() + b"\n"


def parse(data: bytes) -> dict[str, Any] | None:
    """The message on a line, or None when it is none."""
    try:
        message = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return message if isinstance(message, dict) else None


def error_from_json(data: Mapping[str, Any]) -> CiakError:
    """The error that :meth:`CiakError.as_json` described, of the same class; an unknown one is a JobError."""
    message, remedy = str(data.get("message", "it failed")), str(data.get("remedy", ""))
    details = data.get("details")
    kept = {str(key): value for key, value in details.items()} if isinstance(details, dict) else {}
    kept = {key: value for key, value in kept.items() if key not in ("message", "remedy", "self")}
    kind = getattr(errors, str(data.get("error", "")), None)
    if kind is Conflict:
        return Conflict(message, mine=None, theirs=None, remedy=remedy)
    if isinstance(kind, type) and issubclass(kind, CiakError):
        return kind(message, remedy=remedy, **kept)
    return JobError(message, remedy=remedy, **kept)
