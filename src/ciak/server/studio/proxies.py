"""Which file a browser plays for which language: the import's proxy, and what ``.ciak/proxies.json`` offers.

The note is a file of the film folder and may say anything: only names of the form that Ciak writes, of artefacts
that are there, are believed.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from ciak.errors import BadInput, CiakError, StorageError
from ciak.formats import parse_json
from ciak.project import Film
from ciak.project.history import Follower
from ciak.server.studio.views import ProxyView
from ciak.store import open_inside

__all__ = ["UNKNOWN", "Proxies", "read_json"]

UNKNOWN = "und"
"""Code of a language that nobody has named or recognised yet (ISO 639-2)."""
_LIMIT = 32 << 20
_PLAYABLE = re.compile(r"[0-9a-f]{64}\.(mp4|m4v|webm)", re.ASCII)
_MAP = re.compile(r"[0-9a-f]{64}\.json", re.ASCII)


def read_json(root: Path, relative: str) -> Any:
    """The value of a JSON file in the film folder. Raises :class:`NotFound` and what reading raises."""
    with open_inside(root, relative) as handle:
        return parse_json(handle.read(_LIMIT + 1), name=relative)


class Proxies:
    """What can be played of one film; its history is read once, then only what was added. One thread at a time."""

    def __init__(self) -> None:
        self._follower = Follower()
        self._imports: dict[str, dict[str, str]] = {}
        """Source -> what the newest import of it made."""
        self._counts: dict[str, int | None] = {}
        """Frame map -> frames of the proxy."""

    def __call__(self, film: Film) -> dict[str, ProxyView]:
        """Language -> proxy, without what no Ciak writes."""
        original = film.language or UNKNOWN
        imported = self._imported(film)
        found = {original: imported} if imported else {}
        try:
            told = read_json(film.path, ".ciak/proxies.json")
        except (BadInput, StorageError):
            return found
        for code, entry in (told.items() if isinstance(told, dict) else ()):
            view = _proxy(film, entry)
            if view and view.frames is None and imported:
                view = view.model_copy(update={"frames": imported.frames})
            if view:
                found[original if code == "original" else code] = view
        if len(found) > 1:
            found.pop(UNKNOWN, None)
        return found

    def _imported(self, film: Film) -> ProxyView | None:
        """The proxy that the import made."""
        if film.source is None:
            return None
        try:
            for _at, entry in self._follower.news(film.history, self._imports.clear):
                if entry.what == "proxy" and entry.inputs.keys() == {"source"}:
                    self._imports[entry.inputs["source"]] = entry.outputs
            made = self._imports.get(film.source.sha256)
            told = {"artefact": made.get("proxy"), "frames": self._counted(film, made)} if made else None
            return _proxy(film, told)
        except (OSError, CiakError):
            return None

    def _counted(self, film: Film, made: dict[str, str]) -> int | None:
        """How many frames a proxy has, from the frame map that was made with it."""
        name = made.get("frames", "")
        if not _MAP.fullmatch(name):
            return None
        if name not in self._counts:
            told = read_json(film.artefacts.root, f"{name[:2]}/{name}")
            source = told.get("source") if isinstance(told, dict) else None
            self._counts = {name: len(source) if isinstance(source, list) else None}
        return self._counts[name]


def _proxy(film: Film, entry: object) -> ProxyView | None:
    told = entry if isinstance(entry, dict) else {}
    artefact, frames = told.get("artefact"), told.get("frames")
    if not isinstance(artefact, str) or not _PLAYABLE.fullmatch(artefact) or not film.artefacts.has(artefact):
        return None
    known = isinstance(frames, int) and not isinstance(frames, bool) and 0 < frames < 1 << 40
    return ProxyView(version=artefact, frames=frames if known else None)
