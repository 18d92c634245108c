"""The cut: what the picture shows when. Shots are continuous images between two shot changes."""

from __future__ import annotations

from fractions import Fraction

from pydantic import Field

from ciak.film.model import FilmModel
from ciak.film.time import FilmTime, Span

__all__ = ["Clip", "Cut", "Lane", "Marker", "Shot"]


class Shot(FilmModel):
    """A continuous image, by frame numbers: ``first`` up to, not including, ``end``."""

    first: int = Field(ge=0)
    end: int = Field(ge=0)


class Clip(FilmModel):
    """A stretch of a media file laid on the cut. ``source`` is where it begins in the file, seconds."""

    name: str
    path: str
    """Relative to the document that holds the cut."""
    span: Span
    source: FilmTime
    speed: FilmTime = Field(default=Fraction(1), gt=0)
    """Seconds of the file that pass in one second of the film: 2 is twice as fast."""
    available: Span | None = None
    """What the file holds, in its own time, when known."""
    loop: str | None = None
    character: str | None = None
    text: str | None = None


class Marker(FilmModel):
    """A note pinned to a moment."""

    time: FilmTime
    name: str
    text: str = ""


class Lane(FilmModel):
    """A track: ``kind`` is ``"Video"`` or ``"Audio"``; clips never overlap."""

    name: str
    kind: str = Field(pattern="^(Video|Audio)$")
    language: str | None = None
    clips: tuple[Clip, ...] = ()


class Cut(FilmModel):
    """An editor's timeline, exchanged as OTIO. ``rate`` is ``"24000/1001"``, ``start`` a timecode."""

    name: str
    rate: str
    start: str
    lanes: tuple[Lane, ...] = ()
    markers: tuple[Marker, ...] = ()
