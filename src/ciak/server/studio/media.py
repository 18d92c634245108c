"""Routes that send bytes: proxies by range, subtitles as WebVTT, and the pages themselves."""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable

from fastapi import APIRouter, Request
from starlette.responses import Response

from ciak.errors import NotFound
from ciak.formats import write_subtitles
from ciak.server.studio.ranges import RangeResponse
from ciak.server.studio.reading import FilmReader

__all__ = ["Page", "pages", "router"]

router = APIRouter()

_TYPES = {".mp4": "video/mp4", ".m4v": "video/mp4", ".webm": "video/webm"}


@dataclass(frozen=True, slots=True)
class Page:
    """A file of the pages, held in memory: no request ever names a path that is opened."""

    data: bytes
    type: str
    etag: str


def pages() -> Mapping[str, Page]:
    """Every file under ``static``, by its path there."""
    found: dict[str, Page] = {}
    _gather(files("ciak.server") / "static", "", found)
    return found


def _gather(folder: Traversable, prefix: str, found: dict[str, Page]) -> None:
    for entry in folder.iterdir():
        name = prefix + entry.name
        if entry.is_dir():
            _gather(entry, f"{name}/", found)
            continue
        kind = {"js": "text/javascript", "json": "application/json", "css": "text/css", "html": "text/html",
                "svg": "image/svg+xml"}.get(name.rpartition(".")[2]) or mimetypes.guess_type(name)[0]
        if kind and not entry.name.startswith((".", "_")):
            data = entry.read_bytes()
            charset = "" if kind.startswith("image/") else "; charset=utf-8"
            found[name] = Page(data, kind + charset, f'"{sha256(data).hexdigest()[:32]}"')


def _page(request: Request, name: str) -> Response:
    page: Page | None = request.app.state.pages.get(name)
    if page is None:
        raise NotFound("there is no such page")
    headers = {"etag": page.etag, "cache-control": "no-cache"}
    if request.headers.get("if-none-match") == page.etag:
        return Response(status_code=304, headers=headers)
    return Response(page.data, headers={**headers, "content-type": page.type})


@router.get("/", include_in_schema=False)
async def first(request: Request) -> Response:
    """The one page."""
    return _page(request, "index.html")


@router.get("/static/{name:path}", include_in_schema=False)
async def static(request: Request, name: str) -> Response:
    """A module, a style sheet, a catalogue."""
    return _page(request, name)


@router.get("/favicon.ico", include_in_schema=False)
async def icon(request: Request) -> Response:
    """The icon that browsers ask for unasked."""
    return _page(request, "icon.svg")


@router.get("/api/v1/media/{language}", response_class=Response)
def media(request: Request, language: str) -> Response:
    """The picture with the sound of one language, by byte ranges."""
    reader: FilmReader = request.app.state.reader
    version, handle = reader.proxy(language)
    kind = _TYPES[version[version.rindex("."):]]
    return RangeResponse(handle, asked=request.headers.get("range"), media_type=kind, etag=version)


@router.get("/api/v1/webvtt/{language}", response_class=Response)
def webvtt(request: Request, language: str) -> Response:
    """The subtitles of one language as a WebVTT file."""
    reader: FilmReader = request.app.state.reader
    _, document = reader.subtitle_document(language)
    data = write_subtitles(document, "webvtt")
    name = f'attachment; filename="subtitles.{document.language}.vtt"'
    return Response(data, headers={"content-type": "text/vtt; charset=utf-8", "content-disposition": name})
