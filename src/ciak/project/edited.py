"""An edit saved: the paper, and the line of the history that says what changed, so that it can be undone.

Does not know what an edit means, nor which edits there may be (``edits``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from pydantic import JsonValue

from ciak.errors import Conflict
from ciak.film import Cast, Dialogue, Glossary
from ciak.project.folder import Film
from ciak.project.patches import dialogue_patch, ids_of, patch_of
from ciak.project.sheet import Sheet
from ciak.project.undoing import lately

__all__ = ["SHEET", "Edited", "Page", "patiently", "save_edit", "save_edits"]

SHEET = "film.toml"
Page = Dialogue | Cast | Glossary | Sheet
"""What is edited by hand; of the sheet its profile."""

ATTEMPTS = 20
"""How often an edit is begun anew because somebody saved in between."""


@dataclass(frozen=True, slots=True)
class Edited:
    """What came of an edit: the dialogue, the cast or the glossary as saved, the ids of what changed, and the sequence
    by which the history knows it (None: nothing changed, nothing was written)."""

    dialogue: Dialogue | None
    cast: Cast | None
    touched: tuple[str, ...]
    sequence: int | None
    also: tuple[Edited, ...] = ()
    """What was done to other languages with it."""
    glossary: Glossary | None = None

    @property
    def dialogues(self) -> tuple[tuple[Dialogue, tuple[str, ...]], ...]:
        """Each dialogue with the ids of its loops that changed; nothing for the cast."""
        own = ((self.dialogue, self.touched),) if self.dialogue is not None else ()
        return (*own, *(pair for other in self.also for pair in other.dialogues))


class _Overtaken(Exception):
    """Somebody saved between reading and saving; it may have been another line."""

    def __init__(self, conflict: Conflict) -> None:
        super().__init__(conflict.message)
        self.conflict = conflict


def patiently(once: Callable[[], Edited]) -> Edited:
    """``once``, begun anew while somebody else's saving comes in between. Raises :class:`Conflict` when that goes on
    and on."""
    for _attempt in range(ATTEMPTS):
        try:
            return once()
        except _Overtaken as overtaken:
            last = overtaken.conflict
    raise last


def save_edit(film: Film, before: Page, after: Page, who: str,
              told: Mapping[str, JsonValue]) -> Edited:
    """Save ``after`` with its patch in the history, unless it says what ``before`` does; ``told``: what the history
    shall tell besides. To be called in :func:`patiently`."""
    patch = _patch(before, after)
    if not patch:
        return _edited(before, (), None)
    language = before.language if isinstance(before, Dialogue) else None
    settings = {**told, "patch": patch, "language": language, "revision": before.revision + 1}
    try:
        saved, paper = _saved(film, after, who, settings)
    except Conflict as conflict:
        raise _Overtaken(conflict) from None
    sequence = next((one.sequence for one in lately(film.history)
                     if one.paper == paper and one.revision == saved.revision), None)
    return _edited(saved, ids_of(patch), sequence)


def _saved(film: Film, page: Page, who: str, settings: Mapping[str, JsonValue]) -> tuple[Page, str]:
    """The page with its new revision, and the file that it is."""
    if isinstance(page, Dialogue):
        return film.save_dialogue(page, who, settings), f"dialogue/{page.language}.json"
    if isinstance(page, Cast):
        return film.save_cast(page, who, settings), "cast.json"
    if isinstance(page, Sheet):
        return film.save_sheet(page, who, settings), SHEET
    return film.save_glossary(page, who, settings), "glossary.json"


def save_edits(film: Film, made: Sequence[tuple[Dialogue, Dialogue]], who: str,
               told: Mapping[str, JsonValue]) -> Edited:
    """Save what became of several dialogues, (before, after), by one edit of the first: all are saved or none, the
    others tell that they follow the first and stand in its ``also``. Nothing is done where the first says the same.
    To be called in :func:`patiently`."""
    changed = [(after, patch) for before, after in made if (patch := _patch(before, after))]
    first = made[0][0]
    if not changed or changed[0][0].language != first.language:
        return _edited(first, (), None)
    settings = [{**told, "patch": patch, "language": after.language, "revision": after.revision + 1}
                for after, patch in changed]
    try:
        saved = film.save_dialogues([after for after, _ in changed], who, settings)
    except Conflict as conflict:
        raise _Overtaken(conflict) from None
    done, *also = (_edited(dialogue, ids_of(patch), sequence)
                   for (dialogue, sequence), (_, patch) in zip(saved, changed, strict=True))
    return replace(done, also=tuple(also))


def _patch(before: Page, after: Page) -> list[JsonValue]:
    if isinstance(before, Dialogue) and isinstance(after, Dialogue):
        return dialogue_patch(before, after)
    if isinstance(before, Cast) and isinstance(after, Cast):
        return patch_of({row.id: row for row in before.members}, {row.id: row for row in after.members})
    if isinstance(before, Glossary) and isinstance(after, Glossary):
        return patch_of({row.id: row for row in before.terms}, {row.id: row for row in after.terms})
    if isinstance(before, Sheet) and isinstance(after, Sheet):
        return patch_of({SHEET: before}, {SHEET: after})
    raise TypeError("a dialogue becomes a dialogue, a cast a cast, a glossary a glossary, a sheet a sheet")


def _edited(saved: Page, touched: tuple[str, ...], sequence: int | None) -> Edited:
    return Edited(saved if isinstance(saved, Dialogue) else None, saved if isinstance(saved, Cast) else None, touched,
                  sequence, glossary=saved if isinstance(saved, Glossary) else None)
