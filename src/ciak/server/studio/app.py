"""Puts the studio's application together: routes, pages, errors, and the gateway in front of all."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI, Request
from starlette.responses import JSONResponse, Response

from ciak import __version__
from ciak.errors import BadInput, CiakError, Conflict, FilmError, Hostile, NotFound, TooLarge
from ciak.server.studio import film, media
from ciak.server.studio.gateway import Gateway
from ciak.server.studio.reading import FilmReader
from ciak.server.studio.session import Session

__all__ = ["application", "build"]

_STATUS: tuple[tuple[type[CiakError], int], ...] = (
    (NotFound, 404), (Hostile, 403), (TooLarge, 413), (Conflict, 409), (FilmError, 422), (BadInput, 422))


def application(root: Path) -> FastAPI:
    """The routes for the film at ``root``, without the gateway. Not to be served as it is."""
    app = FastAPI(title="Ciak studio", version=__version__, docs_url=None, redoc_url=None,
                  openapi_url="/api/v1/openapi.json", redirect_slashes=False)
    app.state.reader = FilmReader(root)
    app.state.pages = media.pages()
    app.include_router(film.router)
    app.include_router(media.router)
    app.add_exception_handler(CiakError, _tell)
    return app


def build(root: Path, session: Session) -> Gateway:
    """The studio for the film folder ``root``, ready to be served."""
    return Gateway(application(root), session)


def _tell(request: Request, error: Exception) -> Response:
    """An error of the tree as its JSON object."""
    told = error.as_json() if isinstance(error, CiakError) else {}
    status = next((status for kind, status in _STATUS if isinstance(error, kind)), 500)
    return JSONResponse(told, status_code=status)
