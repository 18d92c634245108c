"""Routes that take in a file piece by piece: a video dropped on the page. A lost connection goes on where it was.

The names on disk are ours; the file's own name only chooses how the copy in ``media/`` will be called. Pieces lie
in ``.ciak/uploads/<id>/`` until the import has copied them; what was never finished is swept after a week.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import time
from contextlib import suppress
from pathlib import Path
from typing import Annotated, BinaryIO, Literal

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from ciak.errors import BadInput, Conflict, Damaged, NotFound, StorageError
from ciak.film.model import FilmModel
from ciak.server.studio.asked import reader_of, sent
from ciak.server.studio.views import ConflictView, UploadView
from ciak.store import open_inside
from ciak.store.disk import disk_error

__all__ = ["NewUpload", "router", "taken_upload"]

router = APIRouter(prefix="/api/v1/films/{film}/uploads", tags=["import"])
LARGEST = 1 << 42
"""Bytes of the largest file that is taken: 4 TiB."""
_ID = re.compile(r"[0-9a-f]{32}", re.ASCII)
_PLAIN = re.compile(r"[^\W_][\w .,()+'&=@-]{0,100}\.[A-Za-z0-9]{1,8}")
_DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d) *\..*", re.IGNORECASE)
"""Names that some systems take for devices."""
_LONGEST_NAME = 200
"""Bytes."""
_WEEK = 7 * 24 * 3600.0


class NewUpload(FilmModel):
    """A file that will be sent: its name and its size in bytes."""

    name: str = Field(min_length=1, max_length=400)
    size: int = Field(ge=1, le=LARGEST)


@router.post("", response_model=UploadView, status_code=201)
def begin(request: Request, film: str, body: NewUpload) -> Response:
    """Announce a file. Refused when there is no room for it."""
    home = reader_of(request, film).open().private("uploads")
    try:
        _sweep(home)
        free = shutil.disk_usage(home).free
        if free < 2 * body.size + (64 << 20):
            raise StorageError(f"no room for {body.size // 10**6} MB and its copy: {free // 10**6} MB are free",
                               remedy="free some space, or import the file by its path as a reference")
        identity = secrets.token_hex(16)
        folder = home / identity
        folder.mkdir()
        (folder / "size").write_text(str(body.size), encoding="ascii")
        (folder / "name").write_text(_plain(Path(body.name.replace("\\", "/")).name), encoding="utf-8")
        (folder / "data").touch()
    except OSError as error:
        raise disk_error(error, home) from error
    return sent(UploadView(id=identity, received=0), 201)


@router.get("/{upload}", response_model=UploadView)
def state(request: Request, film: str, upload: str) -> Response:
    """How much of a file is here."""
    root = reader_of(request, film).root
    _folder(root, upload)
    with _opened(root, upload, "data") as file:
        return sent(UploadView(id=upload, received=file.seek(0, os.SEEK_END)))


@router.put("/{upload}", response_model=UploadView, responses={409: {"model": ConflictView}}, openapi_extra={
    "requestBody": {"required": True, "content": {"application/octet-stream": {
        "schema": {"type": "string", "format": "binary"}}}}})
async def piece(request: Request, film: str, upload: str, offset: Annotated[int, Query(ge=0, le=LARGEST)]) -> Response:
    """The next bytes of a file, from ``offset`` on, which must be where the last piece ended."""
    root = (await run_in_threadpool(reader_of, request, film)).root
    data = await request.body()
    return sent(await run_in_threadpool(_append, root, upload, offset, data))


@router.delete("/{upload}", status_code=204, response_class=Response)
def drop(request: Request, film: str, upload: str) -> Response:
    """Throw away what was sent."""
    shutil.rmtree(_folder(reader_of(request, film).root, upload), ignore_errors=True)
    return Response(status_code=204)


def taken_upload(root: Path, upload: str) -> Path:
    """The file of a finished upload, under the name that it shall have. Raises :class:`NotFound`, :class:`BadInput`."""
    folder = _folder(root, upload)
    size = _size(root, upload)
    with _opened(root, upload, "name") as told:
        target = folder / _plain(told.read(4 * _LONGEST_NAME).decode("utf-8", "replace"))
    try:
        with _opened(root, upload, target.name if target.exists() else "data") as file:
            if file.seek(0, os.SEEK_END) != size:
                raise BadInput("the file has not been sent whole", remedy="send the rest first")
        if not target.exists():
            (folder / "data").rename(target)
    except OSError as error:
        raise disk_error(error, folder) from error
    return target


def _append(root: Path, upload: str, offset: int, data: bytes) -> UploadView:
    folder = _folder(root, upload)
    size = _size(root, upload)
    try:
        with _opened(root, upload, "data", "r+b") as file:
            here = file.seek(0, os.SEEK_END)
            if here != offset:
                raise Conflict("the file goes on elsewhere", mine=offset, theirs=here,
                               remedy="ask how much is here, and send from there")
            if here + len(data) > size:
                raise BadInput("more was sent than was announced")
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise disk_error(error, folder) from error
    return UploadView(id=upload, received=offset + len(data))


def _plain(name: str) -> str:
    """``name`` where it is a plain one, else one of ours; never a path, a device, or too long."""
    plain = _PLAIN.fullmatch(name) and not _DEVICE.fullmatch(name) and len(name.encode("utf-8")) <= _LONGEST_NAME
    return name if plain else "video"


def _opened(root: Path, upload: str, name: str, mode: Literal["rb", "r+b"] = "rb") -> BinaryIO:
    return open_inside(root, f".ciak/uploads/{upload}/{name}", mode)


def _size(root: Path, upload: str) -> int:
    with _opened(root, upload, "size") as file:
        told = file.read(20)
    if not told.isdigit():
        raise Damaged("it is no longer known how large the file is", remedy="send it again")
    return int(told)


def _folder(root: Path, upload: str) -> Path:
    folder = root / ".ciak" / "uploads" / upload
    if not _ID.fullmatch(upload) or not folder.is_dir() or any(
            each.is_symlink() for each in (folder, folder.parent, folder.parent.parent)):
        raise NotFound("there is no such upload")
    return folder


def _sweep(home: Path) -> None:
    """Remove what nobody went on with."""
    for folder in home.iterdir():
        if not _ID.fullmatch(folder.name) or folder.is_symlink():
            continue
        with suppress(OSError):
            last = max(file.lstat().st_mtime for file in (folder, *folder.iterdir()))
            if last < time.time() - _WEEK:
                shutil.rmtree(folder, ignore_errors=True)
