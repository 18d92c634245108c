"""A screenplay as dubbing reads it: who says what, in order, each line with its scene.

A line is what stands between a character's name and whatever interrupts it; a parenthetical is not spoken and does
not end it. Extensions, ``(V.O.)`` or ``(O.S.)``, are no part of a name. Lyrics are not lines: singing is not
recognised well enough to be placed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from ciak.film import Cast
from ciak.film.screenplay import ElementKind, Screenplay

__all__ = ["ScriptLine", "names_of", "script_lines"]

_EXTENSION = re.compile(r"\s*\([^()]{0,100}\)?\s*$")
_EMPHASIS = re.compile(r"(?<!\\)\*{1,3}|(?<![\w\\])_|(?<!\\)_(?!\w)")
_ESCAPED = re.compile(r"\\([*_])")
_LONGEST_NAME, _LONGEST_ID = 200, 48


@dataclass(frozen=True, slots=True)
class ScriptLine:
    """What ``character`` (a name as the script has it) says; ``scene`` is the heading."""

    character: str
    text: str
    scene: str = ""


def script_lines(screenplay: Screenplay) -> tuple[ScriptLine, ...]:
    """The spoken lines in the script's order; none empty."""
    lines: list[ScriptLine] = []
    for scene in screenplay.scenes:
        heading = " ".join(scene.heading.plain.split()) if scene.heading else ""
        who, said = "", list[str]()
        for element in (*scene.elements, None):
            if element is not None and who and element.kind is ElementKind.DIALOGUE:
                said.append(element.plain)
            elif element is None or element.kind not in _INSIDE:
                text = _spoken(said)
                if who and text:
                    lines.append(ScriptLine(who, text, heading))
                who = _name(element.plain) if element and element.kind is ElementKind.CHARACTER else ""
                said = []
    return tuple(lines)


_INSIDE = (ElementKind.PARENTHETICAL, ElementKind.NOTE, ElementKind.BONEYARD, ElementKind.DIALOGUE)


def _spoken(said: Iterable[str]) -> str:
    text = _ESCAPED.sub(r"\1", _EMPHASIS.sub("", " ".join(said)))
    return " ".join(word for word in text.split() if any(map(str.isalnum, word)) or word in {"—", "–", "-", "…"})


def _name(text: str) -> str:
    name = " ".join(text.split()).rstrip("^ ")
    while (shorter := _EXTENSION.sub("", name)) != name and shorter:
        name = shorter
    return name[:_LONGEST_NAME]


def names_of(names: Iterable[str], cast: Cast) -> dict[str, str]:
    """Name -> id of the cast's row: the row of that name or id where there is one, else a new id, no two alike."""
    rows = {row.id.casefold(): row.id for row in cast.members} | {row.name.casefold(): row.id for row in cast.members}
    taken = {row.id for row in cast.members}
    found: dict[str, str] = {}
    for name in dict.fromkeys(names):
        known = rows.get(name.casefold())
        if known is None:
            plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
            base = re.sub(r"[^A-Za-z0-9]+", "-", plain).strip("-")[:_LONGEST_ID] or "C"
            known, number = base, 2
            while known in taken:
                known, number = f"{base}-{number}", number + 1
            taken.add(known)
            rows[name.casefold()] = known
        found[name] = known
    return found
