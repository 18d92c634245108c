"""What formats that place subtitles by percentages share: numbers as they write them, and the usual place.

A :class:`ciak.film.language.Place` may leave its distances to the player (None). In a file they are numbers, and
every format has a usual one; :func:`usual` puts a place into the one form that a reader gives: a usual distance is
None, and a place that is usual in all is no place at all. Percentages are written with up to four decimals and
stay in the picture; centred lines have no distance from a side. :func:`placed_exactly` tells what is lost.
"""

from __future__ import annotations

from fractions import Fraction

from ciak.film.language import Align, Edge, Place

__all__ = ["decimal", "fitted", "placed_exactly", "usual"]

_GRID = 10_000
_MOST = Fraction(95)
"""Percent between an edge and a subtitle at most, so that there is room for it."""
_MOST_FROM_MIDDLE = Fraction(45)


def decimal(value: Fraction) -> str:
    """A number with up to four decimals: the nearest."""
    count = int((value * _GRID + Fraction(1, 2)) // 1)
    whole, rest = divmod(abs(count), _GRID)
    return f"{'-' if count < 0 else ''}{whole}" + (f".{rest:04}".rstrip("0") if rest else "")


def usual(place: Place | None, inset: Fraction, aside: Fraction) -> Place | None:
    """The place as a reader gives it, where ``inset`` and ``aside`` are the format's usual distances."""
    if place is None:
        return None
    middle = place.edge is Edge.MIDDLE
    found = Place(align=place.align, edge=place.edge,
                  inset=None if place.inset == (0 if middle else inset) else place.inset,
                  aside=None if place.aside == aside else place.aside)
    return None if found == Place() else found


def fitted(place: Place | None) -> Place:
    """The place as it can be written: in the picture, on four decimals, centred lines without a side distance."""
    if place is None:
        return Place()
    most = _MOST_FROM_MIDDLE if place.edge is Edge.MIDDLE else _MOST
    least = -most if place.edge is Edge.MIDDLE else Fraction(0)
    return Place(align=place.align, edge=place.edge, inset=_within(place.inset, least, most),
                 aside=None if place.align is Align.CENTRE else _within(place.aside, Fraction(0), _MOST))


def _within(value: Fraction | None, least: Fraction, most: Fraction) -> Fraction | None:
    return None if value is None else Fraction(decimal(max(least, min(most, value))))


def placed_exactly(place: Place | None) -> bool:
    """Whether writing the place changes nothing."""
    return place is None or fitted(place) == place
