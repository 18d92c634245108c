"""Puts a damaged database out of the way without losing a byte of it."""

from __future__ import annotations

import os
from pathlib import Path

from ciak.errors import StorageError

__all__ = ["put_aside"]

_SIDES = ("-wal", "-shm", "-journal", "")
"""In the order in which they are put aside: a log must never be left beside a new database."""


def put_aside(path: Path) -> Path:
    """Rename a damaged database, logs first; its new name. Raises :class:`StorageError`."""
    number = 1
    while (new := path.with_name(f"{path.name}.damaged-{number}")).exists():
        number += 1
    for side in _SIDES:
        try:
            os.rename(f"{path}{side}", f"{new}{side}")  # noqa: PTH104
        except FileNotFoundError:
            continue
        except OSError as error:
            raise StorageError(f"the damaged database {path.name} cannot be put aside: {error.strerror}",
                               remedy=f"move {path} away and run the command again", path=str(path)) from error
    return new
