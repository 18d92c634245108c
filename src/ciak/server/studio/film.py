"""Routes that read a film: what it is, what is said in it, who speaks, how well it was done, what happened to it.

Handlers ask :class:`FilmReader` one thing and send it. None changes anything.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from ciak.server.studio.asked import reader_of, sent
from ciak.server.studio.report_views import ReportView
from ciak.server.studio.views import ActivityView, CastView, DialogueView, FilmView, ShotsView, SubtitlesView

__all__ = ["router"]

router = APIRouter(prefix="/api/v1/films/{film}", tags=["film"])


@router.get("", response_model=FilmView)
def read_film(request: Request, film: str) -> Response:
    """The film and its languages."""
    return sent(reader_of(request, film).film())


@router.get("/dialogue/{language}", response_model=DialogueView)
def dialogue(request: Request, film: str, language: str) -> Response:
    """The lines of one language."""
    return sent(reader_of(request, film).dialogue_json(language))


@router.get("/subtitles/{language}", response_model=SubtitlesView)
def subtitles(request: Request, film: str, language: str) -> Response:
    """The subtitles of one language, by frame."""
    return sent(reader_of(request, film).subtitles.json(language))


@router.get("/cast", response_model=CastView)
def cast(request: Request, film: str) -> Response:
    """The cast table."""
    return sent(reader_of(request, film).cast())


@router.get("/report", response_model=ReportView)
def report(request: Request, film: str) -> Response:
    """The report of the last delivery."""
    return sent(reader_of(request, film).report_json())


@router.get("/shots", response_model=ShotsView)
def shots(request: Request, film: str) -> Response:
    """The shots, their thumbnails and the sounds that have a waveform, as far as they were surveyed."""
    return sent(reader_of(request, film).shots_json())


@router.get("/activity", response_model=ActivityView)
def activity(request: Request, film: str,
             before: Annotated[int | None, Query(ge=1)] = None) -> Response:
    """What was done to the film, the newest first; ``before``: older than that entry."""
    return sent(reader_of(request, film).activity(before))
