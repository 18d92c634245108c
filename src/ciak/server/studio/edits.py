"""Routes that change what is said and who says it: edits by line, undo, redo. Each edit names the versions of the
lines that it was made on, so that nobody's saving is overwritten unseen.
"""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Request
from pydantic import Field
from starlette.responses import Response

from ciak.errors import BadInput
from ciak.film import FilmTime, Rate, Sex, Span
from ciak.film.captions import is_caption_key
from ciak.film.editing import Add, Assign, Change, Choose, Dismiss, Lock, Merge, Place, Remove, Retype, Split
from ciak.film.model import FilmModel
from ciak.project import Film
from ciak.project.edits import Edited, edit, edit_cast, redo, undo
from ciak.server.studio.asked import house_of, reader_of, sent
from ciak.server.studio.past import undo_view
from ciak.server.studio.reading import FilmReader
from ciak.server.studio.showing import frames_view, line_view
from ciak.server.studio.views import ConflictView, EditedView, UndoView

__all__ = ["CastEdit", "Edits", "Frames", "PlaceFrames", "SplitFrames", "router"]

router = APIRouter(prefix="/api/v1/films/{film}", tags=["edits"])
LAST_FRAME = 1 << 40
"""Beyond every film, and still a whole number in JavaScript."""
Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
Version = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]


class Frames(FilmModel):
    """From frame ``first`` up to, not including, frame ``end``."""

    first: int = Field(ge=0, le=LAST_FRAME)
    end: int = Field(ge=1, le=LAST_FRAME)


class PlaceFrames(FilmModel):
    """Move or trim a line: its new frames."""

    do: Literal["place"] = "place"
    loop: Id
    frames: Frames


class SplitFrames(FilmModel):
    """Divide a line at a frame; its text at a character."""

    do: Literal["split"] = "split"
    loop: Id
    at: int = Field(ge=0, le=LAST_FRAME)
    text_at: int = Field(ge=0, le=2000)


class AddFrames(FilmModel):
    """A new line."""

    do: Literal["add"] = "add"
    frames: Frames
    text: str = Field(min_length=1, max_length=2000)
    character: Id


Wish = Annotated[
    Retype | PlaceFrames | SplitFrames | Merge | Assign | Lock | Choose | Dismiss | AddFrames | Remove,
    Field(discriminator="do")]


class Edits(FilmModel):
    """Changes to the lines of one language, made together or not at all. ``seen``: line -> the version it had."""

    seen: dict[Id, Version] = Field(default_factory=dict, max_length=200)
    changes: tuple[Wish, ...] = Field(min_length=1, max_length=100)


class CastEdit(FilmModel):
    """A changed row of the cast table; what is None stays."""

    seen: Version
    name: str | None = Field(default=None, min_length=1, max_length=200)
    sex: Sex | None = None
    voices: dict[str, str] | None = Field(default=None, max_length=40)


@router.get("/undo", response_model=UndoView)
def undo_state(request: Request, film: str) -> Response:
    """What could be undone, and what redone."""
    return sent(undo_view(reader_of(request, film).open()))


@router.post("/dialogue/{language}/edits", response_model=EditedView, responses={409: {"model": ConflictView}})
def edit_lines(request: Request, film: str, language: str, body: Edits) -> Response:
    """Change lines of one language."""
    reader = reader_of(request, film)
    told = reader.dialogue(language)
    rate = reader.open().rate
    spans = {loop.id: loop.span for loop in told.loops}
    changes = [_exact(wish, rate, spans) for wish in body.changes]
    mine = Film.open(reader.root)
    with house_of(request).turns.saving():
        return sent(_view(mine, edit(mine, language, changes, body.seen), reader))


@router.post("/cast/{member}/edits", response_model=EditedView, responses={409: {"model": ConflictView}})
def edit_member(request: Request, film: str, member: str, body: CastEdit) -> Response:
    """Change a row of the cast table."""
    mine = Film.open(reader_of(request, film).root)
    with house_of(request).turns.saving():
        done = edit_cast(mine, member, name=body.name, sex=body.sex, voices=body.voices, seen=body.seen)
        return sent(_view(mine, done, reader_of(request, film)))


@router.post("/undo", response_model=EditedView, responses={409: {"model": ConflictView}})
def undo_last(request: Request, film: str) -> Response:
    """Take back the last edit."""
    mine = Film.open(reader_of(request, film).root)
    with house_of(request).turns.saving():
        return sent(_view(mine, undo(mine), reader_of(request, film)))


@router.post("/redo", response_model=EditedView, responses={409: {"model": ConflictView}})
def redo_last(request: Request, film: str) -> Response:
    """Make the edit again that was taken back last."""
    mine = Film.open(reader_of(request, film).root)
    with house_of(request).turns.saving():
        return sent(_view(mine, redo(mine), reader_of(request, film)))


def _exact(wish: Wish, rate: Rate, spans: dict[str, Span]) -> Change:
    """Frames as film time; an edge that stays on the frame that is shown stays where it exactly was."""
    if isinstance(wish, SplitFrames):
        return Split(loop=wish.loop, at=rate.time(wish.at), text_at=wish.text_at)
    if isinstance(wish, AddFrames):
        return Add(span=_span(rate.time(wish.frames.first), rate.time(wish.frames.end)), text=wish.text,
                   character=wish.character)
    if not isinstance(wish, PlaceFrames):
        return wish
    first, end = wish.frames.first, wish.frames.end
    before = spans.get(wish.loop)
    if before is None:
        return Place(loop=wish.loop, span=_span(rate.time(first), rate.time(end)))
    shown = frames_view(before, rate)
    if first - shown.first == end - shown.end:  # a line that is only moved keeps its exact length
        by = max(rate.time(first - shown.first), -before.start)  # never before the first frame
        return Place(loop=wish.loop, span=before.shifted(by))
    return Place(loop=wish.loop, span=_span(before.start if first == shown.first else rate.time(first),
                                            before.end if end == shown.end else rate.time(end)))


def _span(start: FilmTime, end: FilmTime) -> Span:
    if end <= start:
        raise BadInput("a line ends after it begins", remedy="give it at least one frame")
    return Span(start=start, end=end)


def _view(film: Film, done: Edited, reader: FilmReader) -> EditedView:
    rate = film.rate
    lines, gone, revisions = {}, {}, {}
    for dialogue, touched in done.dialogues:
        revisions[dialogue.language] = dialogue.revision
        there = [loop for identity in touched if (loop := dialogue.loop(identity)) is not None]
        lines[dialogue.language] = tuple(line_view(loop, rate) for loop in there)
        gone[dialogue.language] = tuple(sorted(
            {name for name in touched if not is_caption_key(name)} - {loop.id for loop in there}))
    return EditedView(lines=lines, gone=gone, revisions=revisions, versions=reader.versions(),
                      cast=reader.cast() if done.cast else None, undo=undo_view(film))
