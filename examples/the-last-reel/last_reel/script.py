"""The screenplay as this film needs it: which shot follows which, and who says what in it.

A note ``[[shot: name]]`` begins a shot; the dialogue after it is spoken in it. The rest of the screenplay is for
people.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path

from ciak.errors import Damaged
from ciak.film.screenplay import ElementKind, Screenplay
from ciak.formats.fountain import FOUNTAIN

__all__ = ["REFERENCE", "SCREENPLAY", "Line", "Reference", "ShotScript", "read_reference", "read_screenplay",
           "shots_of"]

HERE = Path(__file__).resolve().parent.parent
SCREENPLAY = HERE / "the-last-reel.fountain"
REFERENCE = HERE / "reference.it.tsv"
_SHOT = re.compile(r"shot: ([a-z]+)")


@dataclass(frozen=True, slots=True)
class Line:
    """What is said: its number in the film from 1, who says it, the words."""

    number: int
    speaker: str
    text: str


@dataclass(frozen=True, slots=True)
class ShotScript:
    """A shot's name and the lines spoken in it."""

    name: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Reference:
    """A line and how a person would dub it."""

    line: Line
    italian: str


def read_screenplay() -> Screenplay:
    """The film's screenplay."""
    return FOUNTAIN.read(SCREENPLAY.read_bytes())


def shots_of(screenplay: Screenplay) -> tuple[ShotScript, ...]:
    """The shots in order. Raises :class:`Damaged` where somebody speaks before the first."""
    shots: list[tuple[str, list[Line]]] = []
    speaker, number = "", 0
    for element in screenplay.elements:
        if element.kind is ElementKind.NOTE and (match := _SHOT.fullmatch(element.text.strip())):
            shots.append((match[1], []))
        elif element.kind is ElementKind.CHARACTER:
            speaker = element.text
        elif element.kind is ElementKind.DIALOGUE:
            if not shots:
                raise Damaged(f"{speaker} speaks before the first shot")
            number += 1
            shots[-1][1].append(Line(number, speaker, " ".join(element.text.split())))
    return tuple(ShotScript(name, tuple(lines)) for name, lines in shots)


def read_reference() -> tuple[Reference, ...]:
    """The Italian dialogue, line by line."""
    with REFERENCE.open(encoding="utf-8", newline="") as file:
        return tuple(Reference(Line(int(row["line"]), row["speaker"], row["english"]), row["italian"])
                     for row in csv.DictReader(file, delimiter="\t"))
