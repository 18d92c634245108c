"""The history of a film as a page shows it: newest first, read once and then only what was added."""

from __future__ import annotations

import threading
from contextlib import suppress

from ciak.errors import StorageError
from ciak.project import Entry, Film
from ciak.project.edits import undoable
from ciak.project.history import Follower
from ciak.project.undoing import Undoable
from ciak.server.studio.views import ActivityView, EntryView, UndoView

__all__ = ["Past", "entry_view", "step_view", "undo_view"]

_PAGE = 100
_MOST = 20_000
_WORDS = 120


class Past:
    """The entries of one film's history. Any thread may ask."""

    def __init__(self) -> None:
        self._entries: list[EntryView] = []
        self._follower = Follower()
        self._lock = threading.Lock()

    def page(self, film: Film, before: int | None) -> ActivityView:
        """The newest entries, or those older than ``before``."""
        with self._lock:
            self._catch_up(film)
            older = [entry for entry in self._entries if before is None or entry.sequence < before]
        return ActivityView(entries=tuple(reversed(older[-_PAGE:])), more=len(older) > _PAGE)

    def _catch_up(self, film: Film) -> None:
        with suppress(StorageError):
            for _at, entry in self._follower.news(film.history, self._entries.clear):
                self._entries.append(entry_view(entry))
        del self._entries[:-_MOST]


def entry_view(entry: Entry) -> EntryView:
    """One entry, without what a person does not read: hashes, keys, settings of steps."""
    told = entry.settings
    return EntryView(
        sequence=entry.sequence, when=entry.when, kind=entry.kind, what=entry.what[:_WORDS], who=entry.who[:_WORDS],
        version=entry.version[:_WORDS], language=_text(told.get("language")), changes=_texts(told.get("changes")),
        lines=_texts(told.get("about")) or _lines(told.get("patch")), models=tuple(sorted(entry.models))[:8])


def step_view(step: Undoable) -> EntryView:
    """An edit that could be undone or redone."""
    return EntryView(sequence=step.sequence, when=step.when, kind="edit",
                     what=step.paper[:_WORDS], who=step.who[:_WORDS],
                     version="", language=step.language or "", changes=step.changes[:20],
                     lines=tuple(text[:_WORDS] for text in (step.about or step.loops)[:20]),
                     models=())


def undo_view(film: Film) -> UndoView:
    """What could be undone in a film, and what redone."""
    back, forth = undoable(film)
    return UndoView(undo=step_view(back) if back else None, redo=step_view(forth) if forth else None)


def _text(value: object) -> str:
    return value[:_WORDS] if isinstance(value, str) else ""


def _texts(value: object) -> tuple[str, ...]:
    return tuple(_text(part) for part in value[:20]) if isinstance(value, list) else ()


def _lines(patch: object) -> tuple[str, ...]:
    rows = patch[:20] if isinstance(patch, list) else []
    return tuple(_text(row[0]) for row in rows if isinstance(row, list) and row)
