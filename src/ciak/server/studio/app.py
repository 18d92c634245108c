"""Puts the studio's application together: routes, pages, errors, and the gateway in front of all."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from ciak import __version__
from ciak.config import Settings
from ciak.errors import (
    BadInput,
    CiakError,
    Conflict,
    FilmError,
    Hostile,
    JobError,
    NoConsent,
    NotFound,
    StorageError,
    TooLarge,
)
from ciak.film import Caption, CastMember, GlossaryTerm, Loop
from ciak.server.gateway import Gateway
from ciak.server.pages import pages
from ciak.server.studio import edits, film, incoming, judging, media, rights, shelf, words, working
from ciak.server.studio.house import House
from ciak.server.studio.session import Session
from ciak.server.studio.showing import caption_view, character_view, line_view
from ciak.server.studio.views import ErrorView
from ciak.server.studio.words_reading import term_view

__all__ = ["application", "build"]

_STATUS: tuple[tuple[type[CiakError], int], ...] = (
    (NotFound, 404), (Hostile, 403), (TooLarge, 413), (Conflict, 409), (JobError, 409), (NoConsent, 451),
    (FilmError, 422), (BadInput, 422), (StorageError, 507), (CiakError, 503))
_HTTP = {400: "the body of the request is not JSON", 404: "there is nothing at this address",
         405: "this address does not take that method"}


def application(house: House) -> FastAPI:
    """The routes over ``house``, without the gateway. Not to be served as it is."""
    app = FastAPI(title="Ciak studio", version=__version__, docs_url=None, redoc_url=None,
                  openapi_url="/api/v1/openapi.json", redirect_slashes=False, lifespan=_life,
                  responses={"4XX": {"model": ErrorView}, "5XX": {"model": ErrorView}})
    app.state.house = house
    app.state.session = None
    app.state.pages = pages()
    for module in (shelf, film, edits, judging, words, rights, working, incoming, media):
        app.include_router(module.router)
    app.add_exception_handler(CiakError, _tell)
    app.add_exception_handler(RequestValidationError, _tell_shape)
    app.add_exception_handler(HTTPException, _tell_http)
    app.add_exception_handler(OSError, _tell_disk)
    app.add_exception_handler(Exception, _tell_fault)
    return app


@asynccontextmanager
async def _life(app: FastAPI) -> AsyncIterator[None]:
    """When the studio ends, what it runs is stopped; it can be taken up again."""
    yield
    await run_in_threadpool(app.state.house.close)


def build(root: Path | None, session: Session, settings: Settings | None = None) -> Gateway:
    """The studio, opened with the film folder ``root`` or with the shelf alone, ready to be served."""
    app = application(House(settings or Settings.from_environment(), root))
    app.state.session = session
    return Gateway(app, session)


def _tell(request: Request, error: Exception) -> Response:
    """An error of the tree as its JSON object; of a conflict also the lines, the cast's row or the term, as they are
    now."""
    told = error.as_json() if isinstance(error, CiakError) else {}
    status = next((status for kind, status in _STATUS if isinstance(error, kind)), 500)
    if isinstance(error, Conflict):
        told["theirs"], told["captions"] = _records(request, error.theirs)
        row = error.theirs
        told["row"] = character_view(row).model_dump(mode="json") if isinstance(row, CastMember) else None
        told["term"] = term_view(row).model_dump(mode="json") if isinstance(row, GlossaryTerm) else None
    return JSONResponse(told, status_code=status)


def _records(request: Request, theirs: object) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The lines and the captions among ``theirs``, as pages see them."""
    records = theirs if isinstance(theirs, list | tuple) else ()
    if not any(isinstance(one, Loop | Caption) for one in records):
        return [], []
    try:
        rate = request.app.state.house.room(request.path_params.get("film", "")).reader.open().rate
    except CiakError:  # the film went away meanwhile; the conflict is told all the same
        return [], []
    lines = [line_view(one, rate).model_dump(mode="json") for one in records if isinstance(one, Loop)]
    captions = [caption_view(one, rate).model_dump(mode="json") for one in records if isinstance(one, Caption)]
    return lines, captions


def _tell_shape(request: Request, error: Exception) -> Response:
    """A request that has not the shape of the contract. Of its own words only those of the contract are repeated."""
    places = error.errors() if isinstance(error, RequestValidationError) else []
    words = _words(request.app.openapi())
    where = ", ".join(sorted({".".join(str(part) for part in place["loc"] if isinstance(part, int) or part in words)
                              for place in places})[:5])
    told = BadInput(f"the request cannot be understood: {where}", remedy="see /api/v1/openapi.json")
    return JSONResponse(told.as_json(), status_code=422)


def _words(contract: dict[str, Any]) -> frozenset[str]:
    """Every name of a field or parameter, and where they stand."""
    known = {"body", "query", "path"}
    for schema in contract["components"]["schemas"].values():
        known.update(schema.get("properties", {}))
    for methods in contract["paths"].values():
        for operation in methods.values():
            known.update(each["name"] for each in operation.get("parameters", ()))
    return frozenset(known)


def _tell_http(request: Request, error: Exception) -> Response:
    """What no route takes: an unknown address or method, a body that is not JSON."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    kind = NotFound if status == 404 else BadInput
    told = kind(_HTTP.get(status, "the request cannot be understood"), remedy="see /api/v1/openapi.json")
    headers = error.headers if isinstance(error, HTTPException) else None
    return JSONResponse(told.as_json(), status_code=status, headers=headers)


def _tell_disk(request: Request, error: Exception) -> Response:
    """The disk said no where nobody expected it."""
    why = error.strerror if isinstance(error, OSError) else ""
    told = StorageError(f"the disk said no: {why or 'unknown error'}",
                        remedy="check the folder, its permissions and its room")
    return JSONResponse(told.as_json(), status_code=507)


def _tell_fault(request: Request, error: Exception) -> Response:
    """A fault of ours: told without what only the terminal should see."""
    told = CiakError("something went wrong inside the studio", remedy="see the terminal, and report it")
    return JSONResponse(told.as_json(), status_code=500)
