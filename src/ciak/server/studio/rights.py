"""Routes of a film's rights: who agreed to what, consents recorded and withdrawn, a performer erased."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi import Path as Parameter
from pydantic import Field
from starlette.responses import Response

from ciak.bootstrap.rights import allow, erase_performer, rights_report, withdraw
from ciak.film.language import LANGUAGE
from ciak.film.model import FilmModel
from ciak.project import Film
from ciak.project.quarantine import Settled
from ciak.server.studio.asked import house_of, reader_of, sent
from ciak.store.records import Consent

__all__ = ["ConsentView", "ErasePerformer", "ErasedView", "NewConsent", "RightsView", "SettledView", "router"]

router = APIRouter(prefix="/api/v1/films/{film}/rights", tags=["rights"])
Name = Annotated[str, Field(min_length=1, max_length=200)]


class NewConsent(FilmModel):
    """What a performer agrees to. ``languages``, ``titles``: none: all; ``since``: today when null; ``until``: no end
    when null; ``proof``: where the signed paper lies."""

    performer: Name
    proof: str = Field(min_length=1, max_length=1000)
    languages: tuple[Annotated[str, Field(pattern=LANGUAGE)], ...] = Field(default=(), max_length=40)
    titles: tuple[Name, ...] = Field(default=(), max_length=40)
    since: date | None = None
    until: date | None = None
    note: str = Field(default="", max_length=1000)


class ErasePerformer(FilmModel):
    """Who is to be erased from the film, said twice: it cannot be undone."""

    performer: Name
    again: Name


class ConsentView(FilmModel):
    """A consent on record; ``why_not``: why it does not hold today, empty where it does."""

    id: int
    performer: str
    scope: str
    languages: tuple[str, ...]
    titles: tuple[str, ...]
    since: date
    until: date | None
    withdrawn: date | None
    proof: str
    note: str
    why_not: str


class QuarantinedView(FilmModel):
    """A take in quarantine, and whose likeness it is."""

    language: str
    take: str
    performer: str


class RightsView(FilmModel):
    """The rights in a film on ``day``; ``performers``: character -> who plays it; ``refused``: what may not be used."""

    day: date
    consents: tuple[ConsentView, ...]
    quarantined: tuple[QuarantinedView, ...]
    performers: dict[str, str]
    refused: tuple[str, ...]


class SettledView(FilmModel):
    """What a change did to the sounds: how many went into quarantine and came back, copies taken back, copies that are
    out of reach."""

    consent: int
    apart: int
    back: int
    recalled: tuple[str, ...]
    unreached: tuple[str, ...]


class ErasedView(FilmModel):
    """What was erased, and what is out of reach."""

    sounds: int
    takes: int
    rows: int
    unreached: tuple[str, ...]


@router.get("", response_model=RightsView)
def rights(request: Request, film: str) -> Response:
    """Who agreed to what, and what may not be used."""
    opened = reader_of(request, film).open()
    told = rights_report(opened, house_of(request).settings)
    return sent(RightsView(
        day=told.day, refused=told.refused,
        consents=tuple(ConsentView(why_not=why, **one.model_dump()) for one, why in told.consents),
        quarantined=tuple(QuarantinedView(language=language, take=take, performer=who)
                          for language, take, who in told.quarantined),
        performers={row.id: row.performer for row in opened.cast().members if row.performer}))


@router.post("/consents", response_model=SettledView, status_code=201)
def record(request: Request, film: str, body: NewConsent) -> Response:
    """Record a consent; what it covers leaves quarantine."""
    mine = Film.open(reader_of(request, film).root)
    with house_of(request).turns.saving():
        kept, done = allow(mine, body.performer, body.proof, languages=body.languages, titles=body.titles,
                           term=(body.since, body.until), note=body.note)
    return sent(_view(kept, done), 201)


@router.post("/consents/{consent}/withdraw", response_model=SettledView)
def take_back(request: Request, film: str, consent: Annotated[int, Parameter(ge=1, le=1 << 40)]) -> Response:
    """Withdraw a consent; what it covered goes into quarantine."""
    mine = Film.open(reader_of(request, film).root)
    with house_of(request).turns.saving():
        return sent(_view(*withdraw(mine, consent)))


@router.post("/erase", response_model=ErasedView)
def erase(request: Request, film: str, body: ErasePerformer) -> Response:
    """Erase a performer from the film. It cannot be undone."""
    from ciak.errors import BadInput

    if body.performer != body.again:
        raise BadInput("the two names are not the same", remedy="write the performer's name twice")
    mine = Film.open(reader_of(request, film).root)
    with house_of(request).turns.saving():
        gone = erase_performer(mine, body.performer)
    return sent(ErasedView(sounds=gone.sounds, takes=gone.takes, rows=gone.rows, unreached=gone.unreached))


def _view(consent: Consent, done: Settled) -> SettledView:
    return SettledView(consent=consent.id, apart=len(done.apart), back=len(done.back), recalled=done.recalled,
                       unreached=done.unreached)
