"""Conform: the lines of a film moved to a new cut, in every language at once, as one edit that can be undone.

What stood on picture that the new cut shows elsewhere moves there; what stood on picture that it leaves out falls, and
is told (:mod:`ciak.film.carrying`). The picture itself is not touched: the new cut's comes with ``ciak import``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ciak.errors import BadInput, NothingToDo
from ciak.film import Changed, Cut, Dialogue, Fallen, Rate, conform, conform_dialogue
from ciak.formats import detect, examine_cut, examine_edl, load, shown
from ciak.formats.base import Finding
from ciak.project.edited import Edited, patiently, save_edits
from ciak.project.folder import Film

__all__ = ["Conformed", "conform_film", "cut_from"]

Note = Changed | Fallen
_BUDGET = 64 * 2**20
"""Bytes of a timeline that is read."""


@dataclass(frozen=True, slots=True)
class Conformed:
    """What became of the lines: for each language the notes of those that are not where they were, and by which
    sequence the history knows the edit (None: nothing moved, nothing was written)."""

    notes: Mapping[str, tuple[Note, ...]]
    lines: Mapping[str, int]
    sequence: int | None


def cut_from(path: Path, rate: Rate | None = None) -> tuple[Cut, tuple[Finding, ...]]:
    """The cut of an OTIO or EDL file, told apart by content; ``rate``: of an EDL, which does not say.

    Raises a :class:`ciak.errors.BadInput` for what is neither, or is damaged.
    """
    data = load(path, _BUDGET)
    try:
        kind = detect(data, shown(path)).format
        reading = examine_edl(data, rate) if kind == "edl" else examine_cut(data)
    except BadInput as problem:
        problem.message = f"{shown(path)}: {problem.message}"
        raise
    fatal = next((finding for finding in reading.findings if finding.fatal), None)
    if fatal is not None:
        where = f"{shown(path)}, line {fatal.line}" if fatal.line else shown(path)
        raise BadInput(f"{where}: {fatal.message}", path=str(path), line=fatal.line,
                       remedy="export the timeline again: with a part of it missing, lines would be lost")
    return reading.document, reading.findings


def conform_film(film: Film, old: Cut, new: Cut, *, who: str = "ciak conform") -> Conformed:
    """Move every line of every language from ``old`` to ``new``: all of them or, when saving fails, none.

    Raises :class:`NothingToDo` for a film without lines and for cuts that share no picture, :class:`Conflict` when
    somebody keeps saving in between.
    """
    mapping = conform(old, new)
    if not mapping.shared:
        raise NothingToDo("the two cuts share no picture", remedy="check that OLD and NEW are cuts of the same film")
    told: dict[str, tuple[Note, ...]] = {}
    lines: dict[str, int] = {}

    def once() -> Edited:
        told.clear()
        dialogues = [one for code in film.languages() if (one := film.dialogue(code)) is not None]
        if not any(one.loops for one in dialogues):
            raise NothingToDo("the film has no lines yet", remedy="ciak subtitle or ciak dub it first")
        made: list[tuple[Dialogue, Dialogue]] = []
        for before in sorted(dialogues, key=lambda one: (one.source is not None, one.language)):
            after, told[before.language] = conform_dialogue(before, mapping)
            lines[before.language] = len(before.loops)
            if after is not before:
                made.append((before, after))
        if not made:
            return Edited(None, None, (), None)
        return save_edits(film, made, who, {"changes": ["conform"], "old": old.name, "new": new.name})

    done = patiently(once)
    return Conformed(dict(told), lines, done.sequence)
