"""Routes of the shelf: the films of this house, opening one by its folder, making one, taking one down."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from fastapi import APIRouter, Request
from pydantic import Field
from starlette.responses import Response

from ciak.errors import CiakError
from ciak.film.language import LANGUAGE
from ciak.film.model import FilmModel
from ciak.project import Film
from ciak.server.studio.abilities import abilities
from ciak.server.studio.asked import house_of, reader_of, sent
from ciak.server.studio.house_views import FilmKeyView, SettingsView, ShelfFilmView, ShelfView
from ciak.server.studio.keys import key_of
from ciak.server.studio.reading import FilmReader
from ciak.store.library import Presence, ShelfEntry

__all__ = ["NewFilm", "OpenFilm", "router"]

router = APIRouter(prefix="/api/v1", tags=["shelf"])
_MOST = 500
_PICTURED = 60
"""Films, the last opened first, whose histories are looked into for a picture."""


class OpenFilm(FilmModel):
    """A film folder on this machine, by its whole path; ``~`` is understood."""

    folder: str = Field(min_length=1, max_length=4096)


class NewFilm(FilmModel):
    """A film to be made: its title, the language that it speaks when known, and where, if not in the house's folder."""

    title: str = Field(min_length=1, max_length=500)
    language: str | None = Field(default=None, pattern=LANGUAGE)
    folder: str | None = Field(default=None, min_length=1, max_length=4096)


@router.get("/shelf", response_model=ShelfView)
def shelf(request: Request) -> Response:
    """The films of this house, the last opened first."""
    house = house_of(request)
    entries = house.library.films()[:_MOST]
    shown = [_shown(entry, house.at(entry.path).reader if at < _PICTURED else None)
             for at, entry in enumerate(entries)]
    known = {entry.key for entry in shown}
    if house.first is not None and house.first not in known:
        film = reader_of(request, house.first)
        shown.insert(0, _shown(_unshelved(film), film))
    return sent(ShelfView(films=tuple(shown), first=house.first, home=str(house.settings.films)))


@router.post("/shelf", response_model=FilmKeyView, status_code=201)
def open_film(request: Request, body: OpenFilm) -> Response:
    """Open a film by its folder and put it in front of the shelf."""
    return sent(FilmKeyView(key=house_of(request).open(Path(body.folder))), 201)


@router.post("/films", response_model=FilmKeyView, status_code=201)
def new_film(request: Request, body: NewFilm) -> Response:
    """Make a film."""
    return sent(FilmKeyView(key=house_of(request).create(body.title, body.language, body.folder)), 201)


@router.delete("/films/{film}", response_model=ShelfView)
def take_down(request: Request, film: str) -> Response:
    """Take a film off the shelf. Its folder stays as it is."""
    house_of(request).forget(film)
    return shelf(request)


@router.post("/films/{film}/opened", response_model=FilmKeyView)
def opened(request: Request, film: str) -> Response:
    """Note that a film is looked at: it comes to the front of the shelf."""
    house_of(request).touch(film)
    return sent(FilmKeyView(key=film))


@router.get("/settings", response_model=SettingsView)
def settings(request: Request) -> Response:
    """What can be chosen when work is started: languages that can be spoken and translated."""
    return sent(abilities(house_of(request).settings))


def _unshelved(film: FilmReader) -> ShelfEntry:
    """The film that the studio was opened with, before it stands on the shelf."""
    try:
        return ShelfEntry(film.root, film.title(), "", Presence.HERE)
    except CiakError:
        return ShelfEntry(film.root, film.root.name, "", Presence.MISSING)


def _shown(entry: ShelfEntry, reader: FilmReader | None = None) -> ShelfFilmView:
    """An entry of the shelf; what can be told of the film without reading much of it. ``reader``: of one whose
    history may be looked into for its picture."""
    languages: tuple[str, ...] = ()
    missing, picture, source_missing, poster = entry.presence is not Presence.HERE, False, False, False
    if not missing:
        try:
            film = Film.open(entry.path)
            languages = film.languages()
            picture = film.source is not None
            if film.source is not None:
                source_missing = not (entry.path / film.source.path).is_file()
        except CiakError:
            missing = True
    with suppress(CiakError):  # a damaged picture is no missing film
        poster = not missing and picture and reader is not None and reader.survey().thumbnails is not None
    return ShelfFilmView(key=key_of(entry.path), title=entry.title, folder=str(entry.path), opened=entry.opened,
                         missing=missing, imported=picture, source_missing=source_missing, poster=poster,
                         languages=languages)
