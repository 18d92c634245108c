"""Ciak, the AI studio a film passes through.

The public Python API. Importing it costs little and does nothing: names are loaded when they are used.
"""

from __future__ import annotations

import importlib
from typing import Any

__version__ = "0.1.0"

_WHERE = {
    "CiakError": "ciak.errors",
    "Settings": "ciak.config",
    "Film": "ciak.project",
    "open_film": "ciak.bootstrap",
    "new_film": "ciak.bootstrap",
    "import_media": "ciak.bootstrap",
    "check_film": "ciak.bootstrap",
    "subtitle": "ciak.bootstrap",
    "dub": "ciak.bootstrap",
}

__all__ = ["CiakError", "Film", "Settings", "__version__", "check_film", "dub", "import_media", "new_film",
           "open_film", "subtitle"]


def __getattr__(name: str) -> Any:
    if name in _WHERE:
        return getattr(importlib.import_module(_WHERE[name]), name)
    raise AttributeError(f"module 'ciak' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
