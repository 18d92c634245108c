"""Routes that change what is said and who says it: edits by line, undo, redo. Each edit names the versions of the
lines that it was made on, so that nobody's saving is overwritten unseen.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import Field
from starlette.responses import Response

from ciak.backends.registry import resolve
from ciak.config import Settings
from ciak.dubbing.rights import ask_voice
from ciak.errors import BackendError
from ciak.film import Sex
from ciak.film.captions import caption_key, is_caption_key
from ciak.film.model import FilmModel
from ciak.project import Film
from ciak.project.edits import Edited, edit, edit_cast, redo, undo
from ciak.server.studio.asked import house_of, reader_of, sent
from ciak.server.studio.past import undo_view
from ciak.server.studio.reading import FilmReader
from ciak.server.studio.showing import caption_view, line_view
from ciak.server.studio.views import ConflictView, EditedView, UndoView
from ciak.server.studio.wishes import Wish, exact

__all__ = ["CastEdit", "Edits", "router"]

router = APIRouter(prefix="/api/v1/films/{film}", tags=["edits"])
Name = Annotated[str, Field(pattern=r"^(caption:)?[A-Za-z0-9_-]{1,64}$")]
Version = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]


class Edits(FilmModel):
    """Changes to the lines and captions of one language, made together or not at all. ``seen``: line, or
    ``caption:`` and a caption -> the version it had."""

    seen: dict[Name, Version] = Field(default_factory=dict, max_length=200)
    changes: tuple[Wish, ...] = Field(min_length=1, max_length=100)


class CastEdit(FilmModel):
    """A changed row of the cast table; what is None stays."""

    seen: Version
    name: str | None = Field(default=None, min_length=1, max_length=200)
    sex: Sex | None = None
    performer: str | None = Field(default=None, max_length=200)
    voices: dict[str, str] | None = Field(default=None, max_length=40)


@router.get("/undo", response_model=UndoView)
def undo_state(request: Request, film: str) -> Response:
    """What could be undone, and what redone."""
    return sent(undo_view(reader_of(request, film).open()))


@router.post("/dialogue/{language}/edits", response_model=EditedView, responses={409: {"model": ConflictView}})
def edit_lines(request: Request, film: str, language: str, body: Edits) -> Response:
    """Change lines and captions of one language."""
    reader = reader_of(request, film)
    told = reader.dialogue(language)
    rate = reader.open().rate
    spans = {loop.id: loop.span for loop in told.loops}
    spans |= {caption_key(caption.id): caption.span for caption in told.captions}
    changes = [exact(wish, rate, spans) for wish in body.changes]
    mine = Film.open(reader.root)
    with house_of(request).turns.saving():
        return sent(_view(mine, edit(mine, language, changes, body.seen), reader))


@router.post("/cast/{member}/edits", response_model=EditedView, responses={409: {"model": ConflictView}})
def edit_member(request: Request, film: str, member: str, body: CastEdit) -> Response:
    """Change a row of the cast table."""
    mine = Film.open(reader_of(request, film).root)
    _ask(mine, house_of(request).settings, member, body)
    with house_of(request).turns.saving():
        done = edit_cast(mine, member, name=body.name, sex=body.sex, voices=body.voices,
                         performer=body.performer, seen=body.seen)
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


def _ask(film: Film, settings: Settings, member: str, body: CastEdit) -> None:
    """Raises :class:`NoConsent` where a voice is given that is the likeness of somebody who did not agree."""
    row = film.cast().member(member)
    if not body.voices or row is None:
        return
    if body.performer is not None:
        row = row.model_copy(update={"performer": body.performer.strip()})
    try:
        voice = resolve("voice", film.settings(settings))
    except BackendError:  # nothing can be spoken here; who can speak asks again
        return
    for language, given in body.voices.items():
        if given and row.voices.get(language) != given:
            ask_voice(film, voice, given, row, language)


def _view(film: Film, done: Edited, reader: FilmReader) -> EditedView:
    rate = film.rate
    lines, gone, revisions, captions = {}, {}, {}, {}
    for dialogue, touched in done.dialogues:
        revisions[dialogue.language] = dialogue.revision
        there = [loop for identity in touched if (loop := dialogue.loop(identity)) is not None]
        lines[dialogue.language] = tuple(line_view(loop, rate) for loop in there)
        gone[dialogue.language] = tuple(sorted(
            {name for name in touched if not is_caption_key(name)} - {loop.id for loop in there}))
        if any(map(is_caption_key, touched)):
            captions[dialogue.language] = tuple(caption_view(caption, rate) for caption in dialogue.captions)
    return EditedView(lines=lines, gone=gone, captions=captions, revisions=revisions, versions=reader.versions(),
                      cast=reader.cast() if done.cast else None, undo=undo_view(film))
