"""How pages name a film, and how a person does: keys never tell where a folder lies, written paths are whole."""

from __future__ import annotations

import hashlib
from pathlib import Path

from ciak.errors import BadInput

__all__ = ["key_of", "whole_path"]


def key_of(path: Path) -> str:
    """The key of the film at ``path``: 16 hex digits."""
    return hashlib.sha256(str(path.absolute()).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def whole_path(named: Path) -> Path:
    """A path that a person wrote, ``~`` understood. Raises :class:`BadInput` for one that is not whole."""
    try:
        path = named.expanduser()
    except RuntimeError:
        raise BadInput("there is no such home folder", remedy="write the path from / on") from None
    if not path.is_absolute() or "\0" in str(path):
        raise BadInput("the whole path is needed", remedy="write it from / on, or from ~")
    return path
