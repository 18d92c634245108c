"""What can be undone and redone in a film: two stacks, computed from the history and from nothing else.

The history is read on from where it was read last (per process and file); of each edit only where its line lies is
kept, its patch is read again when it is needed. An undo is an edit that ``undoes`` the sequence of another, a redo one
that ``redoes`` the sequence of an undo; any other edit by hand empties what could be redone. Lines that are damaged
are no edits. Does not change a film (``edits`` does).
"""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import JsonValue

from ciak.errors import Damaged
from ciak.project.history import Entry, Follower, History

__all__ = ["Undoable", "lately", "patch_at", "stacks"]

MOST_FILMS = 8
"""Films whose stacks are remembered."""
RECENT = 500
"""Edits that :func:`lately` looks back over."""


@dataclass(frozen=True, slots=True)
class Undoable:
    """An edit as the history tells it. ``language`` None is the cast or the glossary, then ``loops`` are ids of their
    rows; ``paper``: the file that it saved, ``revision``: its; ``at``: byte where its line begins."""

    sequence: int
    language: str | None
    changes: tuple[str, ...]
    loops: tuple[str, ...]
    who: str
    when: str
    revision: int
    at: int
    paper: str
    follows: int | None = None
    """The edit that this one came of and is undone with: the same done to another language."""
    about: tuple[str, ...] = ()
    """What a person calls the records, where their ids say nothing."""


@dataclass(slots=True)
class _Read:
    """A history as far as it was read."""

    follower: Follower = field(default_factory=Follower)
    done: list[Undoable] = field(default_factory=list)
    undone: list[Undoable] = field(default_factory=list)
    recent: deque[Undoable] = field(default_factory=lambda: deque(maxlen=RECENT))

    def forget(self) -> None:
        """Begin anew."""
        self.done, self.undone = [], []
        self.recent.clear()


_READ: OrderedDict[Path, _Read] = OrderedDict()
_TURN = threading.Lock()


def stacks(history: History) -> tuple[tuple[Undoable, ...], tuple[Undoable, ...]]:
    """What can be undone and what can be redone, each the latest last."""
    with _TURN:
        read = _read_on(history)
        return tuple(read.done), tuple(read.undone)


def lately(history: History) -> tuple[Undoable, ...]:
    """The latest edits by hand, undos and redos among them, the latest first."""
    with _TURN:
        return tuple(reversed(_read_on(history).recent))


def patch_at(history: History, edit: Undoable) -> JsonValue:
    """The patch of ``edit``. Raises :class:`Damaged` when its line is no longer what it was."""
    line = next(history.lines(edit.at), None)
    if line is None or line.entry is None or line.entry.sequence != edit.sequence:
        raise Damaged(f"the line of edit {edit.sequence} in history.jsonl is damaged",
                      remedy="put back the file from a backup, or change the lines by hand")
    return line.entry.settings.get("patch")


def _read_on(history: History) -> _Read:
    read = _READ.setdefault(history.path, _Read())
    _READ.move_to_end(history.path)
    while len(_READ) > MOST_FILMS:
        _READ.popitem(last=False)
    for at, entry in read.follower.news(history, read.forget):
        if (edit := _edit(entry, at)) is not None:
            _tell(read, entry, edit)
    return read


def _edit(entry: Entry, at: int) -> Undoable | None:
    patch, revision = entry.settings.get("patch"), entry.settings.get("revision")
    if entry.kind != "edit" or not isinstance(patch, list):
        return None
    language = entry.settings.get("language")
    return Undoable(entry.sequence, language if isinstance(language, str) else None,
                    tuple(_names(entry.settings.get("changes"))),
                    tuple(str(row[0]) for row in patch if isinstance(row, list) and row), entry.who, entry.when,
                    revision if isinstance(revision, int) else -1, at, entry.what,
                    follows if isinstance(follows := entry.settings.get("follows"), int) else None,
                    tuple(_names(entry.settings.get("about"))))


def _names(value: JsonValue) -> Iterator[str]:
    return (one for one in (value if isinstance(value, list) else ()) if isinstance(one, str))


def _tell(read: _Read, entry: Entry, edit: Undoable) -> None:
    """Both stacks after ``edit``."""
    read.recent.append(edit)
    undoes, redoes = entry.settings.get("undoes"), entry.settings.get("redoes")
    if undoes is not None:
        read.done = [one for one in read.done if one.sequence != undoes]
        read.undone.append(edit)
    elif redoes is not None:
        read.undone = [one for one in read.undone if one.sequence != redoes]
        read.done.append(edit)
    else:
        read.undone.clear()
        read.done.append(edit)
