"""What every route does first and last: find the film that the address names, and send a view as JSON."""

from __future__ import annotations

from fastapi import Request
from starlette.responses import Response

from ciak.film.model import FilmModel
from ciak.server.studio.house import House, Room
from ciak.server.studio.reading import FilmReader

__all__ = ["house_of", "reader_of", "room_of", "sent"]


def house_of(request: Request) -> House:
    """The house that this studio serves."""
    house: House = request.app.state.house
    return house


def room_of(request: Request, film: str) -> Room:
    """The film of the key ``film``. Raises :class:`NotFound`."""
    return house_of(request).room(film)


def reader_of(request: Request, film: str) -> FilmReader:
    """What reads the film of the key ``film``. Raises :class:`NotFound`."""
    return room_of(request, film).reader


def sent(view: FilmModel | bytes, status: int = 200) -> Response:
    """A view as JSON. It was made by us from checked values, and is not checked once more."""
    data = view if isinstance(view, bytes) else view.model_dump_json().encode()
    return Response(data, status_code=status, media_type="application/json")
