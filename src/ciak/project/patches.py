"""What an edit changed, record by record and field by field, and how it is taken back without harming later work.

A patch is a list of rows ``[id, before, after]``: of a record that was changed both sides hold the changed fields
only; None stands for a record that was not there. Taking back restores a field only while it still says what the
edit made of it. What machines compute from a person's words (:data:`DERIVED`: takes, slots, wordings) may have been
computed anew since; that never stands in the way of the words themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import JsonValue, ValidationError

from ciak.errors import Conflict, Damaged
from ciak.film import Caption, CastMember, Dialogue, GlossaryTerm, Loop
from ciak.film.captions import caption_key, is_caption_key
from ciak.project.sheet import Sheet

__all__ = ["DERIVED", "captions_of", "dialogue_patch", "ids_of", "patch_of", "rows_of", "sorted_out", "taken_back"]

R = TypeVar("R", Loop, CastMember, Caption, GlossaryTerm, Sheet)
Row = tuple[str, dict[str, Any] | None, dict[str, Any] | None]
DERIVED = frozenset({"slot", "takes", "chosen", "kept", "variants", "confidence", "flags"})
"""Fields of a loop that a machine may compute anew without asking."""
_REMEDY = "read it again; what was done since stays as it is"


def patch_of(before: Mapping[str, R], after: Mapping[str, R]) -> list[JsonValue]:
    """The patch that makes ``after`` of ``before``, both by id; rows in the order of the ids."""
    rows: list[JsonValue] = []
    for key in sorted(key for key in before.keys() | after.keys() if before.get(key) is not after.get(key)):
        old, new = before.get(key), after.get(key)
        if old == new:
            continue
        left = old.model_dump(mode="json") if old is not None else None
        right = new.model_dump(mode="json") if new is not None else None
        if left is not None and right is not None:
            fields = [field for field in left if left[field] != right[field]]
            left, right = ({field: side[field] for field in fields} for side in (left, right))
        rows.append([key, left, right])
    return rows


def captions_of(dialogue: Dialogue) -> dict[str, Caption]:
    """The captions of ``dialogue`` by their keys."""
    return {caption_key(caption.id): caption for caption in dialogue.captions}


def dialogue_patch(before: Dialogue, after: Dialogue) -> list[JsonValue]:
    """The patch that makes ``after`` of ``before``: rows of loops, then of captions."""
    return [*patch_of({loop.id: loop for loop in before.loops}, {loop.id: loop for loop in after.loops}),
            *patch_of(captions_of(before), captions_of(after))]


def sorted_out(patch: JsonValue) -> tuple[list[JsonValue], list[JsonValue]]:
    """The rows of ``patch`` that are about loops, and those that are about captions."""
    rows = _rows(patch)
    return ([list(row) for row in rows if not is_caption_key(row[0])],
            [list(row) for row in rows if is_caption_key(row[0])])


def taken_back(patch: JsonValue, now: Mapping[str, R], model: type[R]) -> dict[str, R | None]:
    """The records that are otherwise once ``patch`` is taken back from ``now``; None: gone again.

    Empty when nothing of the patch is left. Raises :class:`Conflict` that names the record when somebody changed
    since what the patch changed, :class:`Damaged` when the patch is none.
    """
    made: dict[str, R | None] = {}
    try:
        for key, before, after in _rows(patch):
            record = _row_back(key, before, after, now.get(key), model)
            if record is None and now.get(key) is None:
                continue
            if record != now.get(key):
                made[key] = record
    except (ValidationError, KeyError, TypeError, AttributeError) as error:
        raise Damaged(f"the history tells of an edit that cannot be taken back: {str(error)[:200]}",
                      remedy="change the lines by hand") from None
    return made


def ids_of(patch: JsonValue) -> tuple[str, ...]:
    """The ids of the records in ``patch``."""
    return tuple(row[0] for row in _rows(patch))


def rows_of(patch: JsonValue, key: str) -> list[JsonValue]:
    """The part of ``patch`` that is about the record ``key``."""
    return [list(row) for row in _rows(patch) if row[0] == key]


def _rows(patch: JsonValue) -> list[Row]:
    """Raises :class:`Damaged` for what is no patch."""
    rows: list[Row] = []
    for row in patch if isinstance(patch, list) else [None]:
        match row:
            case [str(key), dict() | None as before, dict() | None as after]:
                rows.append((key, before, after))
            case _:
                raise Damaged("the history tells of an edit that cannot be read", remedy="change the lines by hand")
    return rows


def _row_back(key: str, before: dict[str, Any] | None, after: dict[str, Any] | None, now: R | None,
              model: type[R]) -> R | None:
    """The record without what the row did."""
    if before is None and after is None:
        return now
    if before is None or after is None:
        return _whole_back(key, before, after, now, model)
    if now is None:
        raise _conflict(key, "was removed", after, now)
    values = now.model_dump(mode="json")
    derived = DERIVED if model is Loop else frozenset()
    firm = [field for field in after if field not in derived]
    for field in firm or after:
        if any(part not in (old, new) for part, old, new in _parts(field, values, before, after)):
            raise _conflict(key, f"has another {field} since", after, now)
    restored = values | {field: _field_back(field, before, after, values) for field in after}
    if isinstance(now, Loop):
        chosen = _chosen(restored, before, after)
        restored |= {"chosen": chosen, "kept": restored["kept"] and chosen == restored["chosen"]}
    return model.model_validate(restored)


def _whole_back(key: str, before: dict[str, Any] | None, after: dict[str, Any] | None, now: R | None,
                model: type[R]) -> R | None:
    """Of a record that the row added or removed."""
    if before is not None:
        if now is not None and now.model_dump(mode="json") != before:
            raise _conflict(key, "is there again", None, now)
        return model.model_validate(before)
    if after is not None and now is not None:
        values = now.model_dump(mode="json")
        derived = DERIVED if model is Loop else frozenset()
        if any(values[field] != value for field, value in after.items() if field not in derived):
            raise _conflict(key, "was changed since", after, now)
    return None


def _parts(field: str, values: dict[str, Any], before: dict[str, Any],
           after: dict[str, Any]) -> list[tuple[Any, Any, Any]]:
    """What the field says now, said before and after; of voices, for the languages whose voice was changed."""
    if field != "voices":
        return [(values[field], before[field], after[field])]
    sides = values[field], before[field], after[field]
    return [(now, old, new) for now, old, new in
            (tuple(side.get(language) for side in sides) for language in before[field] | after[field]) if old != new]


def _field_back(field: str, before: dict[str, Any], after: dict[str, Any], values: dict[str, Any]) -> Any:
    """The field as it was; takes and other languages' voices that came since are kept."""
    if field == "voices":
        spoken = {key: voice for key, voice in values[field].items() if after[field].get(key) == before[field].get(key)}
        return spoken | {key: voice for key, voice in before[field].items() if after[field].get(key) != voice}
    if field != "takes" or values[field] == after[field]:
        return before[field]
    old = {take["id"]: take for take in before[field]}
    new = {take["id"] for take in after[field]}
    kept = [old.pop(take["id"], take) for take in values[field] if take["id"] in old or take["id"] not in new]
    return [*old.values(), *kept]


def _chosen(values: dict[str, Any], before: dict[str, Any], after: dict[str, Any]) -> str | None:
    """The take to choose: never one that is not there, nor one that was made for the words being taken back."""
    takes = {take["id"]: take for take in values["takes"]}
    take = takes.get(values["chosen"])
    if take is None:
        return None
    if "text" in after and take["text"] == after["text"] != before["text"]:
        return next((key for key, other in takes.items() if other["text"] == values["text"]), None)
    return str(values["chosen"])


def _conflict(key: str, what: str, mine: object, theirs: object) -> Conflict:
    return Conflict(f"{key!r} {what}: this step cannot be taken back", mine=mine, theirs=theirs, remedy=_REMEDY)
