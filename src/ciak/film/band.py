"""The rythmo band: what is said when by whom, as it runs below the picture in the dubbing studio."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from ciak.film.model import FilmModel
from ciak.film.time import Span

__all__ = ["BandCharacter", "BandLine", "BandWord", "RythmoBand"]


class BandCharacter(FilmModel):
    """Somebody who speaks, in a colour (``#rrggbb``)."""

    id: str = Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")
    name: str = Field(default="", max_length=200)
    actor: str = Field(default="", max_length=200)
    colour: str = Field(default="#000000", pattern=r"^#[0-9a-f]{6}$")


class BandWord(FilmModel):
    """A word and when it is spoken, where that is known."""

    text: str = Field(max_length=500)
    span: Span


class BandLine(FilmModel):
    """One line on the band. ``track``: 0 is the highest; lines of one track never overlap."""

    loop: str = Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")
    character: str = Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")
    track: int = Field(default=0, ge=0, le=63)
    span: Span
    text: str = Field(max_length=2000)
    original: str = Field(default="", max_length=2000)
    words: tuple[BandWord, ...] = ()


class RythmoBand(FilmModel):
    """A band. Times are film times in seconds; ``rate`` frames a second (``"24000/1001"``), ``start`` the timecode of
    the first frame, ``shots`` the continuous images."""

    title: str = ""
    language: str = Field(default="und", pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")
    rate: str
    start: str
    characters: tuple[BandCharacter, ...] = ()
    lines: tuple[BandLine, ...] = ()
    shots: tuple[Span, ...] = ()

    @model_validator(mode="after")
    def _known(self) -> Self:
        known = {one.id for one in self.characters}
        if strange := [line.character for line in self.lines if line.character not in known]:
            raise ValueError(f"nobody of the characters is {strange[0]!r}")
        return self
