"""The film folder: opened, saved, checked; steps done once; media brought in.

``folder`` the film itself; ``sheet`` its ``film.toml``; ``papers`` its JSON; ``history`` who made what; ``once``
nothing computed twice; ``edits`` changes in place, undone and redone; ``media`` import and proxy; ``survey`` shots,
thumbnails and waveforms, told by the ``ledger``; ``check`` what is wrong with it; ``migrations`` older schemas.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from ciak.project.edits import Edited, Undoable, edit, edit_cast, edit_profile, redo, undo, undoable
from ciak.project.folder import Film
from ciak.project.glossing import add_terms, edit_term, remove_term, term_of
from ciak.project.history import Entry, History
from ciak.project.once import Maker, Step, once, once_told
from ciak.project.sheet import Sheet, Source
from ciak.project.survey import Survey, Surveyed, shots_of, survey, surveyed

if TYPE_CHECKING:
    from ciak.project.check import Finding, Known, check_film
    from ciak.project.conform import Conformed, conform_film, cut_from
    from ciak.project.media import Imported, Proxy, find_source, import_media, proxy_of

__all__ = ["Conformed", "Edited", "Entry", "Film", "Finding", "History", "Imported", "Known", "Maker", "Proxy",
           "Sheet", "Source", "Step", "Survey", "Surveyed", "Undoable", "add_terms", "check_film", "conform_film",
           "cut_from", "edit", "edit_cast", "edit_profile", "edit_term", "find_source", "import_media", "once",
           "once_told", "proxy_of", "redo", "remove_term", "shots_of", "survey", "surveyed", "term_of",
           "undo", "undoable"]

_LATE = {"Finding": "check", "Known": "check", "check_film": "check", "Imported": "media", "Proxy": "media",
         "find_source": "media", "import_media": "media", "proxy_of": "media",
         "Conformed": "conform", "conform_film": "conform", "cut_from": "conform"}


def __getattr__(name: str) -> Any:
    """Load what reads media only when it is asked for."""
    if name in _LATE:
        return getattr(importlib.import_module(f"ciak.project.{_LATE[name]}"), name)
    raise AttributeError(f"module 'ciak.project' has no attribute {name!r}")
