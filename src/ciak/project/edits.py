"""Editing a film's dialogue and cast in place, each edit saved at once, told in the history, and undone from there.

An edit names the versions that its author saw; what others did to other lines meanwhile stays, what they did to the
same line is a :class:`Conflict` that holds both. There is one row of steps to undo for a film, over all its languages
and the cast, whoever asks and however often the film was opened since; ``undoing`` computes it, ``patches`` takes
back. Does not know what an edit means (``film.editing``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeVar

from pydantic import JsonValue, ValidationError

from ciak.errors import BadInput, CiakError, Conflict, NotFound, NothingToDo, Refused
from ciak.film import Caption, Cast, CastMember, Dialogue, GlossaryTerm, Loop, Sex
from ciak.film.captions import captions_in_order, is_caption_key
from ciak.film.editing import Change, Choose, apply, in_order, named, version_of
from ciak.film.mirroring import mirrored
from ciak.project.edited import SHEET, Edited, Page, patiently, save_edit, save_edits
from ciak.project.folder import Film
from ciak.project.patches import captions_of, rows_of, sorted_out, taken_back
from ciak.project.rights import Rights
from ciak.project.sheet import Sheet, explain
from ciak.project.undoing import Undoable, lately, patch_at, stacks

__all__ = ["MOST_CHANGES", "Edited", "Undoable", "edit", "edit_cast", "edit_profile", "redo", "undo", "undoable"]

R = TypeVar("R", CastMember, GlossaryTerm)
MOST_CHANGES = 500
"""Changes in one edit."""


def edit(film: Film, language: str, changes: Sequence[Change], seen: Mapping[str, str], *,
         who: str = "person", most: int = MOST_CHANGES) -> Edited:
    """Do ``changes`` to the dialogue in ``language`` and save it; what they do to the places of the original's loops
    is done to its translations too, and undone with it. ``seen``: loop id -> the version (``version_of``) that the
    author saw; loops that it does not name are not compared.

    Raises :class:`Conflict` when a loop is no longer what was seen: ``theirs`` holds the loops as they are, ``mine``
    as they would have become, or ``changes`` where that is not known. Raises :class:`NotFound`, :class:`BadInput`,
    :class:`Refused` as ``apply`` does, and what saving raises. Nothing is written when nothing changes.
    """
    if len(changes) > most:
        raise BadInput(f"{len(changes)} changes at once; at most {most} are made", remedy="make them in parts")

    def once() -> Edited:
        before = _dialogue(film, language)
        _check(film, before, changes, seen)
        _ask(film, before, changes)
        after = apply(before, changes)
        made = [(before, after)]
        if before.source is None and after is not before:
            made += [pair for code in film.languages() if code != language
                     if (pair := _mirrored(film, language, code, changes)) is not None]
        return save_edits(film, made, who, {"changes": [change.do for change in changes]})
    return patiently(once)


def _ask(film: Film, dialogue: Dialogue, changes: Sequence[Change]) -> None:
    """Raises :class:`NoConsent` where a take is chosen that may not be heard."""
    for change in changes:
        if isinstance(change, Choose) and (loop := dialogue.loop(change.loop)) is not None:
            for take in loop.takes:
                if take.id == change.take:
                    Rights(film).ask_take(take, dialogue.language, f"the choice of a take for {loop.id}")


def _mirrored(film: Film, source: str, language: str, changes: Sequence[Change]) -> tuple[Dialogue, Dialogue] | None:
    """A translation before and after the same, as far as it has the loops; None where it is not of ``source``."""
    before = _dialogue(film, language)
    if before.source != source:
        return None
    try:
        return before, mirrored(changes, before)
    except (BadInput, Refused):
        return None  # the translation is not so built; the next run brings it into step


def edit_cast(film: Film, member: str, *, name: str | None = None, sex: Sex | None = None,
              voices: Mapping[str, str] | None = None, performer: str | None = None,
              seen: str | None = None) -> Edited:
    """A person's word about a character: None leaves as it is. ``voices``: language -> voice id, for the languages
    named only; an empty id takes the voice away. ``performer``: who plays it in the original; "":
    nobody known. The row is a person's from then on. ``seen``: the version of the row
    (``version_of``) that the author saw; None is not compared.

    A character that is not in the cast is added when it is given a name. Raises :class:`NotFound`,
    :class:`BadInput`, :class:`Conflict` with the row as it would be and as it is.
    """
    def once() -> Edited:
        before = film.cast()
        row = before.member(member)
        if row is None and name is None and seen is None:
            raise NotFound(f"{member[:64]!r} is not in the cast", remedy="give the character a name")
        mine = _recast(row, member, name, sex, voices or {})
        if performer is not None:
            mine = _played(mine, performer)
        if seen is not None and (row is None or version_of(row) != seen):
            raise Conflict(f"the row of {member!r} was changed since you read it", mine=mine, theirs=row,
                           remedy="look at both, and make the change again if it still holds")
        if row is not None and mine.model_copy(update={"edited": row.edited}) == row:
            return save_edit(film, before, before, "person", {})
        return save_edit(film, before, before.with_member(mine), "person", {"changes": ["cast"]})
    return patiently(once)


def edit_profile(film: Film, profile: str | None, seen: str | None, who: str = "person") -> Edited:
    """The name of the rules that the film's subtitles keep, None for none; ``seen``: the one that the author saw. It is
    not looked whether there is such a profile.

    Raises :class:`Conflict` with both names, and what saving raises. Nothing is written when nothing changes.
    """
    def once() -> Edited:
        before = film.sheet_now()
        if before.profile not in (seen, profile):
            raise Conflict(f"the film keeps another profile since you read it: {before.profile or 'none'}",
                           mine=profile, theirs=before.profile,
                           remedy="look at it, and choose again if yours still holds")
        told: dict[str, JsonValue] = {"changes": ["profile"], "about": [profile] if profile else []}
        return save_edit(film, before, before.model_copy(update={"profile": profile}), who, told)
    return patiently(once)


def _recast(row: CastMember | None, member: str, name: str | None, sex: Sex | None,
            voices: Mapping[str, str]) -> CastMember:
    values: dict[str, object] = row.model_dump() if row is not None else {"id": member, "name": name or member}
    if name is not None:
        if not name.strip() or not name.strip().isprintable():
            raise BadInput("a character has a name of printable text")
        values["name"] = name.strip()
    if sex is not None:
        values["sex"] = sex
    spoken = {**(row.voices if row is not None else {}), **voices}
    values |= {"voices": {language: voice for language, voice in spoken.items() if voice}, "edited": True}
    try:
        return CastMember.model_validate(values)
    except ValidationError as error:
        raise BadInput(f"the row of {member[:64]!r}: {explain(error.errors()[0])}") from None


def _played(row: CastMember, performer: str) -> CastMember:
    """The row with the performer of the original."""
    name = performer.strip()
    if not (name.isprintable() and len(name) <= 200):
        raise BadInput("a performer has a name of printable text")
    return row.model_copy(update={"performer": name, "edited": True})


def undo(film: Film, *, who: str = "person") -> Edited:
    """Take back the latest edit that is not undone yet, field by field, whatever happened to other fields since.

    Raises :class:`NothingToDo`, :class:`Conflict` (naming the record; nothing is changed) when somebody changed the
    same fields since, :class:`Refused` when a loop is locked.
    """
    return _together(film, 0, "undoes", who)


def redo(film: Film, *, who: str = "person") -> Edited:
    """Do again what was undone last and not edited over since. Raises as :func:`undo`."""
    return _together(film, 1, "redoes", who)


def undoable(film: Film) -> tuple[Undoable | None, Undoable | None]:
    """What :func:`undo` and what :func:`redo` would take on, each None when there is nothing."""
    done, undone = stacks(film.history)
    return (done[-1] if done else None), (undone[-1] if undone else None)


def _dialogue(film: Film, language: str) -> Dialogue:
    dialogue = film.dialogue(language)
    if dialogue is None:
        raise NotFound(f"the film has no dialogue in {language!r}", remedy="import or make one first")
    return dialogue


def _check(film: Film, now: Dialogue, changes: Sequence[Change], seen: Mapping[str, str]) -> None:
    """Refuse when a loop that ``changes`` name is not what was seen."""
    ids = tuple(dict.fromkeys(name for change in changes for name in named(change)))
    loops: dict[str, Loop | Caption] = {loop.id: loop for loop in now.loops if loop.id in ids}
    loops |= {key: caption for key, caption in captions_of(now).items() if key in ids}
    stale = [name for name in ids if name in seen and (name not in loops or version_of(loops[name]) != seen[name])]
    if not stale:
        return
    what = ", ".join(map(repr, stale[:5]))
    gone = all(name not in loops for name in stale)
    raise Conflict(f"{what} {'is no longer there' if gone else 'was changed since you read it'}",
                   mine=_mine(film, now, changes, {name: seen[name] for name in stale}, ids),
                   theirs=tuple(loops[name] for name in ids if name in loops),
                   remedy="look at both, and make the change again if it still holds")


def _mine(film: Film, now: Dialogue, changes: Sequence[Change], stale: Mapping[str, str],
          ids: Sequence[str]) -> tuple[Loop, ...] | tuple[Change, ...]:
    """The loops as ``changes`` would have left them, if the history still tells how they were when they were seen."""
    try:
        found = {name: _as_seen(film, now, name, version) for name, version in stale.items()}
        loops = [loop for loop in now.loops if loop.id not in found]
        seen = now.model_copy(update={"loops": (*loops, *(loop for loop in found.values() if loop is not None))})
        before = {id(loop) for loop in loops}
        return tuple(loop for loop in apply(seen, changes).loops if loop.id in ids or id(loop) not in before)
    except CiakError:
        return tuple(changes)


def _as_seen(film: Film, now: Dialogue, name: str, version: str) -> Loop:
    """The loop when it had that version. Raises :class:`NotFound` when the history does not lead there."""
    if is_caption_key(name):
        raise NotFound(f"nobody knows how {name!r} was")
    loop = now.loop(name)
    for one in lately(film.history):
        if loop is not None and version_of(loop) == version:
            return loop
        if one.language == now.language and name in one.loops:
            back = taken_back(rows_of(patch_at(film.history, one), name), {name: loop} if loop else {}, Loop)
            loop = back.get(name, loop)
    if loop is not None and version_of(loop) == version:
        return loop
    raise NotFound(f"nobody knows how {name!r} was")


def _together(film: Film, which: int, word: str, who: str) -> Edited:
    """Take back the last step and, when it followed another, that one too."""
    done: list[Edited] = []
    follows: int | None = None
    while True:
        steps = stacks(film.history)[which]
        last = steps[-1] if steps else None
        done.append(patiently(partial(_step, film, which, word, who, follows)))
        follows = done[-1].sequence
        if last is None or last.follows is None:
            return replace(done[0], also=tuple(done[1:]))


def _step(film: Film, which: int, word: str, who: str, follows: int | None) -> Edited:
    """Take back the last step of one of the stacks; those that somebody took back by hand are stepped over."""
    chained: dict[str, JsonValue] = {} if follows is None else {"follows": follows}
    for step in reversed(stacks(film.history)[which]):
        patch = patch_at(film.history, step)
        before = _page(film, step)
        after = _taken_back(before, patch)
        about: dict[str, JsonValue] = {"about": list(step.about)} if step.about else {}
        told: dict[str, JsonValue] = {"changes": list(step.changes), word: step.sequence, **about, **chained}
        edited = save_edit(film, before, after, who, told)
        if edited.sequence is not None:
            return edited
    raise NothingToDo(f"there is nothing to {'redo' if which else 'undo'}")


def _page(film: Film, step: Undoable) -> Page:
    """What the step changed, as it is now."""
    if step.language is not None:
        return _dialogue(film, step.language)
    if step.paper == SHEET:
        return film.sheet_now()
    return film.glossary() if step.paper == "glossary.json" else film.cast()


def _taken_back(page: Page, patch: JsonValue) -> Page:
    if isinstance(page, Dialogue):
        of_loops, of_captions = sorted_out(patch)
        after = _with_loops(page, taken_back(of_loops, {loop.id: loop for loop in page.loops}, Loop))
        return _with_captions(after, taken_back(of_captions, captions_of(page), Caption))
    if isinstance(page, Sheet):
        return taken_back(patch, {SHEET: page}, Sheet).get(SHEET) or page
    if isinstance(page, Cast):
        return _with_members(page, taken_back(patch, {row.id: row for row in page.members}, CastMember))
    terms = taken_back(patch, {row.id: row for row in page.terms}, GlossaryTerm)
    return page.model_copy(update={"terms": _rows(page.terms, terms)})


def _with_loops(dialogue: Dialogue, changed: Mapping[str, Loop | None]) -> Dialogue:
    for name, new in changed.items():
        old = dialogue.loop(name)
        if old is not None and old.locked and (new is None or new.locked):
            raise Refused(f"the loop {name!r} is locked", remedy="unlock it first", loop=name)
    loops = [loop for loop in dialogue.loops if loop.id not in changed]
    loops += [loop for loop in changed.values() if loop is not None]
    return dialogue.model_copy(update={"loops": in_order(loops)})


def _with_captions(dialogue: Dialogue, changed: Mapping[str, Caption | None]) -> Dialogue:
    if not changed:
        return dialogue
    rows = {**captions_of(dialogue), **changed}
    captions = captions_in_order([caption for caption in rows.values() if caption is not None])
    return dialogue.model_copy(update={"captions": captions})


def _with_members(cast: Cast, changed: Mapping[str, CastMember | None]) -> Cast:
    return cast.model_copy(update={"members": _rows(cast.members, changed)})


def _rows(rows: Sequence[R], changed: Mapping[str, R | None]) -> tuple[R, ...]:
    """``rows`` with those that changed in their places, new ones at the end."""
    there = {row.id for row in rows}
    after: list[R | None] = [changed.get(row.id, row) for row in rows]
    after += [row for name, row in changed.items() if name not in there]
    return tuple(row for row in after if row is not None)
