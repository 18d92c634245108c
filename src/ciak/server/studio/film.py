"""Routes of the film: what it is, what is said in it, who speaks, how well it was done, what is being done.

Handlers ask :class:`FilmReader` one thing and send it. All are reads.
"""

from __future__ import annotations

from fastapi import APIRouter, Request

from ciak.server.studio.reading import FilmReader
from ciak.server.studio.views import CastView, DialogueView, FilmView, JobView, ReportView, SubtitlesView

__all__ = ["router"]

router = APIRouter(prefix="/api/v1")


def _reader(request: Request) -> FilmReader:
    reader: FilmReader = request.app.state.reader
    return reader


@router.get("/film")
def film(request: Request) -> FilmView:
    """The film and its languages."""
    return _reader(request).film()


@router.get("/dialogue/{language}")
def dialogue(request: Request, language: str) -> DialogueView:
    """The lines of one language."""
    return _reader(request).dialogue(language)


@router.get("/subtitles/{language}")
def subtitles(request: Request, language: str) -> SubtitlesView:
    """The subtitles of one language, by frame."""
    return _reader(request).subtitles(language)


@router.get("/cast")
def cast(request: Request) -> CastView:
    """The cast table."""
    return _reader(request).cast()


@router.get("/report")
def report(request: Request) -> ReportView:
    """The report of the last delivery."""
    return _reader(request).report()


@router.get("/jobs")
def jobs(request: Request) -> list[JobView]:
    """Long work of this film, newest first."""
    return _reader(request).jobs()
