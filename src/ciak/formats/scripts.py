"""Screenplays to lay on the sound of a film: the door through which they come. Fountain is read.

Fountain takes any text for a screenplay; here somebody must speak in it, and a file of another kind is refused by its
name: "this is a PDF document".
"""

from __future__ import annotations

from pathlib import Path

from ciak.errors import BadInput, WrongFormat
from ciak.film.screenplay import ElementKind, Screenplay
from ciak.formats.base import load, shown
from ciak.formats.detect import detect, detect_binary
from ciak.formats.fountain import FOUNTAIN, SIZE

__all__ = ["read_script"]

_REMEDY = "export the script as Fountain (.fountain) from your writing program"


def read_script(path: Path) -> Screenplay:
    """The screenplay in a file.

    Raises a :class:`BadInput`: ``NotFound``, ``TooLarge``, ``WrongEncoding``, ``WrongFormat`` for a file of another
    kind and for a script in which nobody speaks.
    """
    name = shown(path)
    try:
        if found := detect_binary(load(path, 4096, beginning=True)):
            raise WrongFormat(f"this is {found.title}", remedy=_REMEDY)
        data = load(path, SIZE)
        found = detect(data, name)
        if found.format not in {FOUNTAIN.name, "text", "empty", "unknown"}:
            raise WrongFormat(f"this is {found.title}", remedy=_REMEDY)
        screenplay = FOUNTAIN.read(data)
        if not any(one.kind is ElementKind.DIALOGUE for one in screenplay.elements):
            raise WrongFormat("nobody speaks in this script", remedy="in Fountain a name in capitals stands above what "
                              "is said")
    except BadInput as problem:
        problem.details.setdefault("path", str(path))
        if repr(name) not in problem.message:
            problem.message = f"{name}: {problem.message}"
        raise
    return screenplay
