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
from ciak.server.studio.views import ProxyView
from ciak.store import open_inside

__all__ = ["UNKNOWN", "proxies", "read_json"]

UNKNOWN = "und"
"""Code of a language that nobody has named or recognised yet (ISO 639-2)."""
_LIMIT = 32 << 20
_PLAYABLE = re.compile(r"[0-9a-f]{64}\.(mp4|m4v|webm)", re.ASCII)
_MAP = re.compile(r"[0-9a-f]{64}\.json", re.ASCII)


def read_json(root: Path, relative: str) -> Any:
    """The value of a JSON file in the film folder. Raises :class:`NotFound` and what reading raises."""
    with open_inside(root, relative) as handle:
        return parse_json(handle.read(_LIMIT + 1), name=relative)


def proxies(film: Film) -> dict[str, ProxyView]:
    """Language -> proxy, without what no Ciak writes."""
    original = film.language or UNKNOWN
    imported = _imported(film)
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


def _imported(film: Film) -> ProxyView | None:
    """The proxy that the import made."""
    if film.source is None:
        return None
    try:
        made = [entry.outputs for entry in film.history.entries()
                if entry.what == "proxy" and entry.inputs == {"source": film.source.sha256}]
        told = {"artefact": made[-1].get("proxy"), "frames": _counted(film, made[-1])} if made else None
        return _proxy(film, told)
    except (OSError, CiakError):
        return None


def _proxy(film: Film, entry: object) -> ProxyView | None:
    told = entry if isinstance(entry, dict) else {}
    artefact, frames = told.get("artefact"), told.get("frames")
    if not isinstance(artefact, str) or not _PLAYABLE.fullmatch(artefact) or not film.artefacts.has(artefact):
        return None
    known = isinstance(frames, int) and not isinstance(frames, bool) and 0 < frames < 1 << 40
    return ProxyView(version=artefact, frames=frames if known else None)


def _counted(film: Film, made: dict[str, str]) -> int | None:
    """How many frames a proxy has, from the frame map that was made with it."""
    name = made.get("frames", "")
    if not _MAP.fullmatch(name):
        return None
    told = read_json(film.artefacts.root, f"{name[:2]}/{name}")
    source = told.get("source") if isinstance(told, dict) else None
    return len(source) if isinstance(source, list) else None
