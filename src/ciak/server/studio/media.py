"""Routes that send bytes: proxies and takes by range, thumbnails, waveforms, subtitles, and the pages themselves."""

from __future__ import annotations

import re
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from ciak.dubbing.recordings import made_of
from ciak.errors import BadInput, CiakError, NotFound
from ciak.formats import write_subtitles
from ciak.media import Peaks, read_thumbnail
from ciak.project import Film
from ciak.project.rights import Rights
from ciak.server.pages import Page
from ciak.server.studio.asked import house_of, reader_of
from ciak.server.studio.ranges import RangeResponse

__all__ = ["router"]

router = APIRouter()

_ARTEFACT = re.compile(r"[0-9a-f]{64}\.wav", re.ASCII)
_FOREVER = {"cache-control": "private, max-age=31536000, immutable"}
_TYPES = {".mp4": "video/mp4", ".m4v": "video/mp4", ".webm": "video/webm",
          ".wav": "audio/wav"}


def _sends(*types: str) -> dict[int | str, dict[str, Any]]:
    """What a route sends, for the contract: the whole, and by range."""
    content = {kind: {"schema": {"type": "string", "format": "binary"}} for kind in types}
    whole: dict[int | str, dict[str, Any]] = {200: {"content": content}}
    return whole | ({206: {"description": "the range that was asked for", "content": content}}
                    if types[0] in _TYPES.values() else {})


def _page(request: Request, name: str) -> Response:
    page: Page | None = request.app.state.pages.get(name)
    if page is None:
        raise NotFound("there is no such page")
    return page.answer(request)


@router.get("/", include_in_schema=False)
async def first(request: Request) -> Response:
    """The one page. The browser is told of every module at once, so that it need not find them one by one."""
    answer = _page(request, "index.html")
    modules = [name for name in request.app.state.pages if name.endswith(".js")]
    answer.headers["link"] = ", ".join(f"</static/{name}>; rel=modulepreload" for name in sorted(modules))
    return answer


@router.get("/static/{name:path}", include_in_schema=False)
async def static(request: Request, name: str) -> Response:
    """A module, a style sheet, a catalogue."""
    return _page(request, name)


@router.get("/favicon.ico", include_in_schema=False)
async def icon(request: Request) -> Response:
    """The icon that browsers ask for unasked."""
    return _page(request, "icon.svg")


@router.get("/api/v1/films/{film}/media/{language}", response_class=Response, tags=["media"],
            responses=_sends("video/mp4", "video/webm"))
def media(request: Request, film: str, language: str) -> Response:
    """The picture with the sound of one language, by byte ranges."""
    reader = reader_of(request, film)
    version, handle = reader.proxy(language)
    try:
        Rights(reader.open()).ask_artefact(version, f"playing the film in {language!r}")
    except CiakError:
        handle.close()
        raise
    kind = _TYPES[version[version.rindex("."):]]
    return RangeResponse(handle, asked=request.headers.get("range"), media_type=kind, etag=version,
                         turn=house_of(request).turns.wait)


@router.get("/api/v1/films/{film}/takes/{language}/{loop}/{take}", response_class=Response, tags=["media"],
            responses=_sends("audio/wav"))
def take(request: Request, film: str, language: str, loop: str, take: str) -> Response:
    """The sound of one take, by byte ranges."""
    reader = reader_of(request, film)
    line = reader.dialogue(language).loop(loop)
    found = next((one for one in line.takes if one.id == take), None) if line else None
    if found is None or not _ARTEFACT.fullmatch(found.sound):
        raise NotFound("there is no such take")
    Rights(reader.open()).ask_take(found, language, f"playing a take of {loop}")
    try:
        handle = reader.artefact(found.sound)
    except NotFound:
        if found.recording is None:
            raise
        handle = reader.artefact(made_of(Film.open(reader.root), found.recording, found.span.duration))
    return RangeResponse(handle, asked=request.headers.get("range"), media_type="audio/wav", etag=found.sound,
                         turn=house_of(request).turns.wait)


@router.get("/api/v1/films/{film}/thumbnails/{number}", response_class=Response, tags=["media"],
            responses=_sends("image/jpeg"))
def thumbnail(request: Request, film: str, number: Annotated[int, Path(ge=0, le=1_000_000)]) -> Response:
    """A thumbnail of the picture, as JPEG, by its number in the shots."""
    reader = reader_of(request, film)
    found = reader.survey().thumbnails
    if found is None:
        raise NotFound("the picture was not surveyed yet")
    with reader.artefact(found) as handle:
        data = read_thumbnail(handle, number)
    return Response(data, headers=_FOREVER | {"content-type": "image/jpeg"})


@router.get("/api/v1/films/{film}/peaks/{sound}", response_class=Response, tags=["media"],
            responses=_sends("application/octet-stream"))
def peaks(request: Request, film: str, sound: str,
          start: Annotated[float, Query(ge=0, le=1e6)], end: Annotated[float, Query(gt=0, le=1e6)],
          width: Annotated[int, Query(ge=1, le=8192)]) -> Response:
    """A waveform from ``start`` to ``end``, seconds: ``width`` pairs of signed bytes, least and greatest, of 127."""
    reader = reader_of(request, film)
    found = reader.survey().peaks.get(sound)
    if found is None:
        raise NotFound("there is no waveform of that sound yet")
    if end <= start:
        raise BadInput("the end lies before the start")
    with reader.artefact(found) as handle:
        data = Peaks(handle).window(start, end, width)
    return Response(data, headers=_FOREVER | {"content-type": "application/octet-stream"})


@router.get("/api/v1/films/{film}/webvtt/{language}", response_class=Response, tags=["media"],
            responses=_sends("text/vtt"))
def webvtt(request: Request, film: str, language: str) -> Response:
    """The subtitles of one language as a WebVTT file."""
    document = reader_of(request, film).subtitles.document(language)
    data = write_subtitles(document, "webvtt")
    name = f'attachment; filename="subtitles.{document.language}.vtt"'
    return Response(data, headers={"content-type": "text/vtt; charset=utf-8", "content-disposition": name})
