"""A screenplay as dubbing reads it: who says what, in order, each line with its scene.

A line is what stands between a character's name and whatever interrupts it; a parenthetical is not spoken and does
not end it. Extensions, ``(V.O.)`` or ``(O.S.)``, are no part of a name: they say how the voice is heard. Lyrics below a
name, also after an empty line, are a line of their own, sung; those below none are nobody's, and are left out. Singing
is not recognised well: where nothing of it is heard it is not placed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from ciak.film import Cast
from ciak.film.presence import PresenceKind, PresenceSaid, presence_said
from ciak.film.screenplay import ElementKind, Screenplay, ScreenplayElement

__all__ = ["ScriptLine", "names_of", "script_lines"]

_EXTENSION = re.compile(r"\s*\([^()]{0,100}\)?\s*$")
_EMPHASIS = re.compile(r"(?<!\\)\*{1,3}|(?<![\w\\])_|(?<!\\)_(?!\w)")
_ESCAPED = re.compile(r"\\([*_])")
_LONGEST_NAME, _LONGEST_ID = 200, 48


@dataclass(frozen=True, slots=True)
class ScriptLine:
    """What ``character`` (a name as the script has it) says; ``scene`` is the heading; ``presence``: where the voice
    comes from, None where the script does not say."""

    character: str
    text: str
    scene: str = ""
    presence: PresenceKind | None = None
    sung: bool = False


def script_lines(screenplay: Screenplay) -> tuple[ScriptLine, ...]:
    """The spoken lines in the script's order; none empty."""
    lines: list[ScriptLine] = []
    for scene in screenplay.scenes:
        heading = " ".join(scene.heading.plain.split()) if scene.heading else ""
        who, how, said, sung = "", PresenceSaid(), list[str](), False
        for element in (*scene.elements, None):
            kind = element.kind if element is not None else None
            if who and element is not None and kind is (ElementKind.LYRIC if sung else ElementKind.DIALOGUE):
                said.append(element.plain)
            elif kind not in _INSIDE or kind in _SAID:
                if who and (text := _spoken(said)):
                    lines.append(ScriptLine(who, text, heading, how.kind, sung or how.sung))
                said, sung = [], kind is ElementKind.LYRIC
                if element is not None and kind in _SAID:
                    said = [element.plain]
                else:
                    who, how = _speaker(element)
    return tuple(lines)


_SAID = (ElementKind.DIALOGUE, ElementKind.LYRIC)
_INSIDE = (ElementKind.PARENTHETICAL, ElementKind.NOTE, ElementKind.BONEYARD, *_SAID)


def _speaker(element: ScreenplayElement | None) -> tuple[str, PresenceSaid]:
    """Whom the element names, and how that voice is heard; nobody, where it is no name."""
    if element is None or element.kind is not ElementKind.CHARACTER:
        return "", PresenceSaid()
    name = _name(element.plain)
    return name, presence_said(f"{' '.join(element.plain.split())[len(name):]} {element.extension}")


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
