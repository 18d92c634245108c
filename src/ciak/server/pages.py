"""The files that pages are made of: everything under ``static``, and the fonts, held in memory for those that serve
them, the studio and the hall."""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable

from starlette.requests import Request
from starlette.responses import Response

__all__ = ["Page", "pages"]

_FONTS = {
    "text-400.otf": ("font_hanken_grotesk", "HankenGrotesk-Regular.otf"),
    "text-600.otf": ("font_hanken_grotesk", "HankenGrotesk-SemiBold.otf"),
    "title.ttf": ("font_fjallaone", "FjallaOne-Regular.ttf"),
}
"""Served name -> package and file; both under the SIL Open Font License."""


@dataclass(frozen=True, slots=True)
class Page:
    """A file of the pages, held in memory: no request ever names a path that is opened."""

    data: bytes
    type: str
    etag: str
    lasting: bool = False
    """Whether it may be kept for a day without asking again."""

    def answer(self, request: Request) -> Response:
        """The page, or that the browser has it already."""
        headers = {"etag": self.etag, "cache-control": "private, max-age=86400" if self.lasting else "no-cache"}
        if request.headers.get("if-none-match") == self.etag:
            return Response(status_code=304, headers=headers)
        return Response(self.data, headers={**headers, "content-type": self.type})


def pages() -> Mapping[str, Page]:
    """Every file under ``static``, by its path there."""
    found: dict[str, Page] = {}
    _gather(files("ciak.server") / "static", "", found)
    for name, (package, file) in _FONTS.items():
        with suppress(ModuleNotFoundError, OSError):  # without its package the page takes a font of the system
            data = (files(package) / "files" / file).read_bytes()
            found[f"fonts/{name}"] = Page(data, f"font/{file[-3:]}", f'"{sha256(data).hexdigest()[:32]}"', True)
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
