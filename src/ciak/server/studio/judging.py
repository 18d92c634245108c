"""A route that judges one subtitle while a person types it: how fast it is to be read, and which rules it breaks of the
film's own profile, by its shots as far as they are known. Nothing is changed.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import Field
from starlette.responses import Response

from ciak.dubbing.checking import broken_times, broken_words, letters
from ciak.dubbing.terms import Terms
from ciak.dubbing.titling import spotting_profile
from ciak.film.held import LONGEST_LINE, MOST_LINES
from ciak.film.model import FilmModel
from ciak.server.studio.asked import reader_of, sent
from ciak.server.studio.views import BrokenView, JudgedView
from ciak.server.studio.wishes import LAST_FRAME, Frames

__all__ = ["SubtitleAsked", "router"]

router = APIRouter(prefix="/api/v1/films/{film}", tags=["film"])


class SubtitleAsked(FilmModel):
    """A subtitle as it stands in the page. ``before``: where the one before it ends; ``after``: where the next begins.
    """

    frames: Frames
    lines: tuple[Annotated[str, Field(max_length=LONGEST_LINE)], ...] = Field(max_length=MOST_LINES)
    before: int | None = Field(default=None, ge=0, le=LAST_FRAME)
    after: int | None = Field(default=None, ge=0, le=LAST_FRAME)


@router.post("/subtitles/{language}/check", response_model=JudgedView)
def check_subtitle(request: Request, film: str, language: str, body: SubtitleAsked) -> Response:
    """Judge one subtitle; nothing is changed."""
    reader = reader_of(request, film)
    told = reader.dialogue(language)
    opened = reader.open()
    profile = spotting_profile(opened, language)
    terms = Terms(profile, opened.rate, told.language, (shot.first for shot in reader.survey().shots))
    first, end, read = body.frames.first, body.frames.end, letters(body.lines)
    found = [*broken_words(body.lines, profile), *broken_times(first, end, body.after, read, terms)]
    if body.before is not None and not terms.good_gap(first - body.before):
        gap = first - body.before
        found.append(("overlap" if gap < 0 else "gap" if gap < terms.gap else "chain", gap, terms.gap))
    broken = {rule: BrokenView(rule=rule, measured=round(float(measured), 3), limit=float(limit))
              for rule, measured, limit in found}
    seconds = float(opened.rate.time(max(0, end - first)))
    return sent(JudgedView(profile=profile.name, seconds=round(seconds, 3), limit=profile.speed(told.language),
                           speed=round(read / seconds, 2) if seconds else None, broken=tuple(broken.values())))
