"""Where words stand in the picture: at which edge, how far from it, and how they are aligned."""

from __future__ import annotations

from enum import StrEnum

from ciak.film.model import FilmModel
from ciak.film.time import FilmTime

__all__ = ["Align", "Edge", "Place"]


class Align(StrEnum):
    """How the lines of a subtitle stand to each other, and on which side of the picture."""

    LEFT = "left"
    CENTRE = "centre"
    RIGHT = "right"


class Edge(StrEnum):
    """The edge of the picture at which a subtitle stands."""

    TOP = "top"
    MIDDLE = "middle"
    BOTTOM = "bottom"


class Place(FilmModel):
    """Where a subtitle stands in the picture."""

    align: Align = Align.CENTRE
    edge: Edge = Edge.BOTTOM
    inset: FilmTime | None = None
    """Percent of the picture's height between the edge and the text (from the middle: downwards); None: as usual."""
    aside: FilmTime | None = None
    """Percent of the picture's width between its left side (right, when aligned there) and the text; None: as usual."""
