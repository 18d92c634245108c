"""Routes of long work: starting it, watching it, stopping it, taking it up again. The page may close meanwhile.

The event stream sends the state of all work and a version of everything that pages show, whenever one of them
changes, and the whole state first, so that a page that lost the stream and comes back has missed nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request
from pydantic import Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from ciak.errors import BadInput, CiakError, NotFound, NothingToDo
from ciak.film.language import LANGUAGE
from ciak.film.model import FilmModel
from ciak.server.studio.asked import house_of, reader_of, sent
from ciak.server.studio.house import House
from ciak.server.studio.incoming import taken_upload
from ciak.server.studio.keys import whole_path
from ciak.server.studio.reading import FilmReader, job_view
from ciak.server.studio.session import Session
from ciak.server.studio.views import EventsView, JobView

__all__ = ["DubJob", "FindJob", "ImportJob", "RedoJob", "SubtitleJob", "SurveyJob", "TakeJob",
           "router"]

router = APIRouter(prefix="/api/v1/films/{film}", tags=["jobs"])
Language = Annotated[str, Field(pattern=LANGUAGE)]
Upload = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
_FILES = {"screenplay": "script", "as_recorded": "as_recorded", "translation": "translation"}
"""Fields that are uploads -> arguments of the verb."""
_LOOK = 0.4
"""Seconds between two looks at what the stream tells."""
_ALIVE = 15.0
"""Seconds after which the stream says something in any case."""


class _Given(FilmModel):
    """Files that a person sent, each an upload: one of a screenplay in Fountain and a list as recorded (CSV), which the
    lines are taken from, else they are heard."""

    screenplay: Upload | None = None
    as_recorded: Upload | None = None


class SubtitleJob(_Given):
    """Subtitles in the film's language, and in ``to``; in ``formats`` besides SRT and WebVTT. ``sdh``: a version for
    who does not hear the film too; what is heard besides the lines is proposed, and waits for a person's approval."""

    verb: Literal["subtitle"] = "subtitle"
    language: Language | None = None
    to: Language | None = None
    sdh: bool = False
    formats: tuple[Literal["imsc", "ebu-stl", "ass", "dcp"], ...] = Field(default=(), max_length=4)


class DubJob(_Given):
    """The film spoken in ``to``; ``translation``: a person's own, sent as a subtitle file."""

    verb: Literal["dub"] = "dub"
    language: Language | None = None
    to: Language
    translation: Upload | None = None


class ImportJob(FilmModel):
    """A video or a sound: one that was sent (``upload``), or a file of this machine (``path``)."""

    verb: Literal["import"] = "import"
    upload: Upload | None = None
    path: str | None = Field(default=None, min_length=1, max_length=4096)
    copy_file: bool = True
    conform: bool = False


class FindJob(FilmModel):
    """The film's own source, found again at ``path``: it is taken only when its bytes are the same."""

    verb: Literal["find"] = "find"
    path: str = Field(min_length=1, max_length=4096)


class RedoJob(FilmModel):
    """Lines of a language to be worded and spoken again."""

    verb: Literal["redo"] = "redo"
    language: Language
    lines: tuple[Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")], ...] = Field(min_length=1, max_length=200)


class TakeJob(FilmModel):
    """A WAV file that was sent becomes a take of a line, and the one that is used."""

    verb: Literal["take"] = "take"
    language: Language
    line: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
    upload: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    actor: str = Field(default="", max_length=200)


class SurveyJob(FilmModel):
    """Shots, thumbnails and waveforms for the strip."""

    verb: Literal["survey"] = "survey"


Work = Annotated[SubtitleJob | DubJob | ImportJob | FindJob | RedoJob | TakeJob | SurveyJob,
                 Field(discriminator="verb")]


class _Stream(StreamingResponse):
    """Server-sent events."""

    media_type = "text/event-stream"


@router.get("/jobs", response_model=list[JobView])
def jobs(request: Request, film: str) -> list[JobView]:
    """Long work of this film, the newest first."""
    return _jobs(house_of(request), film)


@router.post("/jobs", response_model=JobView, status_code=201)
def start(request: Request, film: str, body: Work) -> Response:
    """Start long work."""
    house = house_of(request)
    reader = reader_of(request, film)
    job = house.runner(film).submit(body.verb, _arguments(body, reader), film=str(reader.root))
    house.room(film).minded.add(job.id)
    return sent(job_view(job, minded=True), 201)


@router.post("/jobs/{job}/cancel", response_model=JobView)
def cancel(request: Request, film: str, job: str) -> Response:
    """Ask work to stop; asked twice, it is made to."""
    house = house_of(request)
    runner = house.runner(film)
    runner.cancel(job)
    return sent(job_view(runner.job(job), minded=job in house.room(film).minded))


@router.post("/jobs/{job}/resume", response_model=JobView, status_code=201)
def resume(request: Request, film: str, job: str) -> Response:
    """Take up ended work again: what it had finished is not done twice."""
    house = house_of(request)
    again = house.runner(film).resume(job)
    house.room(film).minded.add(again.id)
    return sent(job_view(again, minded=True), 201)


_ERROR: dict[str, Any] = {"description": "an error", "content": {
    "application/json": {"schema": {"$ref": "#/components/schemas/ErrorView"}}}}


@router.get("/events", response_class=_Stream, responses={
    200: {"model": EventsView}, "4XX": _ERROR, "5XX": _ERROR})
async def events(request: Request, film: str) -> Response:
    """A stream of server-sent events named ``state``; the data of each is an EventsView."""
    house, reader = house_of(request), await run_in_threadpool(reader_of, request, film)
    return _Stream(_told(request, house, film, reader), headers={"cache-control": "no-store"})


async def _told(request: Request, house: House, film: str, reader: FilmReader) -> AsyncIterator[bytes]:
    last, number, silent = b"", 0, 0.0
    session: Session | None = request.app.state.session
    yield b"retry: 1000\n\n"
    while not (await request.is_disconnected() or (session is not None and session.ending)):
        try:
            state = await run_in_threadpool(_state, house, film, reader)
        except CiakError:
            return
        if state != last:
            last, number, silent = state, number + 1, 0.0
            yield b"id: %d\nevent: state\ndata: %s\n\n" % (number, state)
        elif silent >= _ALIVE:
            silent = 0.0
            yield b": alive\n\n"
        await asyncio.sleep(_LOOK)
        silent += _LOOK


def _state(house: House, film: str, reader: FilmReader) -> bytes:
    return EventsView(jobs=tuple(_jobs(house, film)), versions=reader.versions()).model_dump_json().encode()


def _jobs(house: House, film: str) -> list[JobView]:
    """What the journal has, with the newest progress of the work that this studio itself minds."""
    room = house.room(film)
    if room.runner is None:
        return room.reader.jobs()
    return [job_view(room.runner.job(job.id), minded=job.id in room.minded)
            for job in reversed(room.runner.jobs()[-50:])]


def _arguments(body: Work, reader: FilmReader) -> dict[str, Any]:
    """The verb's arguments, by the film's folder; a film without what the verb needs is refused now, not later."""
    film = reader.open()
    told = body.model_dump(exclude={"verb"}, exclude_none=True)
    if isinstance(body, ImportJob):
        if (body.upload is None) == (body.path is None):
            raise NothingToDo("name one file", remedy="send one, or give the path of one on this machine")
        upload = taken_upload(reader.root, body.upload) if body.upload else None
        return {"folder": str(reader.root), "video": str(upload or _there(body.path)),
                "copy": body.copy_file or bool(upload), "conform": body.conform, "uploaded": bool(upload)}
    if isinstance(body, TakeJob):
        told["upload"] = str(taken_upload(reader.root, body.upload))
        return {"folder": str(reader.root), **told}
    if isinstance(body, FindJob):
        return {"folder": str(reader.root), "path": str(_there(body.path))}
    if isinstance(body, RedoJob | SurveyJob):
        return {"folder": str(reader.root), **told}
    film.source_path()
    if body.screenplay is not None and body.as_recorded is not None:
        raise BadInput("the lines come from a script or from a list, not from both", remedy="send one of them")
    files = {verbs: str(taken_upload(reader.root, told.pop(name))) for name, verbs in _FILES.items() if name in told}
    return {"film_or_video": str(reader.root), "survey": True, **told, **files}


def _there(named: str | None) -> Path:
    """A file that a person named by its whole path."""
    path = whole_path(Path(named or ""))
    if not path.is_file():
        raise NotFound("there is no such file on this machine", remedy="check the path")
    return path
