"""Where things are kept: atomic files, artefacts by content hash, the film's index, records, the house library.

``atomic`` the one commit helper; ``inside`` the one way to open what a stranger named; ``artefacts`` bytes by
their hash; ``index`` what was made from what, and the job journal (deletable); ``records`` and ``library`` what
must never be lost. Knows nothing of films, departments or jobs.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from ciak.store.artefacts import Artefacts
from ciak.store.atomic import commit_all, commit_bytes, commit_file, sweep
from ciak.store.inside import open_inside

if TYPE_CHECKING:
    from ciak.store.index import Index
    from ciak.store.journal import SqliteJournal
    from ciak.store.library import Library
    from ciak.store.records import Records

__all__ = ["Artefacts", "Index", "Library", "Records", "SqliteJournal", "commit_all", "commit_bytes", "commit_file",
           "open_inside", "sweep"]

_LATE = {"Index": "index", "SqliteJournal": "journal", "Library": "library", "Records": "records"}


def __getattr__(name: str) -> Any:
    """Load what needs a database engine only when it is asked for (SQLAlchemy costs 0.2 s)."""
    if name in _LATE:
        return getattr(importlib.import_module(f"ciak.store.{_LATE[name]}"), name)
    raise AttributeError(f"module 'ciak.store' has no attribute {name!r}")
