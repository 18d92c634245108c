"""The place of a SubStation Alpha subtitle: alignment, margins and ``\\pos`` in the pixels of the script's picture.

A margin of 0 in an event means the margin of its style. Margins move a text at the top or bottom up and down, a text
at the left or right sideways; ``\\pos`` puts the point that the alignment names anywhere. A coordinate of ``\\pos`` at
which the margins would put the text anyway tells nothing new. It does not know how large a text is.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from ciak.film.language import Align, Edge, Place
from ciak.formats.places import an_of, settled

__all__ = ["HEIGHT", "USUAL", "WIDTH", "Margins", "is_held", "place_read", "place_written"]

WIDTH, HEIGHT = 1920, 1080
"""Of the picture that is written."""


@dataclass(frozen=True, slots=True)
class Margins:
    """Pixels between the sides of the picture and the text; ``vertical`` from the top or the bottom."""

    left: int = 0
    right: int = 0
    vertical: int = 0

    def over(self, style: Margins) -> Margins:
        """These, where they are not 0, else the style's."""
        return Margins(self.left or style.left, self.right or style.right, self.vertical or style.vertical)


USUAL = Margins(96, 96, 54)
"""Of the style that is written: a twentieth of the picture, the safe area for graphics of EBU R 95."""


def place_read(key: tuple[Align, Edge], own: Margins, style: Margins, pos: tuple[Fraction, Fraction] | None,
               picture: tuple[int, int]) -> tuple[Place | None, bool]:
    """The place, and whether something of it was dropped: how far a centred text is from the middle.

    ``own`` are the event's margins, ``picture`` is its width and height."""
    align, edge = key
    width, height = picture
    used = own.over(style)
    side, own_side = (used.right, own.right) if align is Align.RIGHT else (used.left, own.left)
    inset = _told(own.vertical, used.vertical, height) if edge is not Edge.MIDDLE else None
    aside = _told(own_side, side, width) if align is not Align.CENTRE else None
    lost = align is Align.CENTRE and used.left != used.right
    if pos is not None:
        across, down = pos
        deep = {Edge.TOP: down, Edge.MIDDLE: down - Fraction(height, 2), Edge.BOTTOM: height - down}[edge]
        if deep != (0 if edge is Edge.MIDDLE else used.vertical):
            inset = deep * 100 / height
        if align is Align.CENTRE:
            lost = across * 2 != width
        elif (far := across if align is Align.LEFT else width - across) != side:
            aside = far * 100 / width
    return settled(Place(align=align, edge=edge, inset=inset, aside=aside)), lost


def _told(own: int, used: int, size: int) -> Fraction | None:
    """A margin in percent, when it is the event's own or beyond what is usual."""
    return Fraction(used * 100, size) if own or used * 10 > size else None


def place_written(place: Place | None) -> tuple[str, Margins]:
    """The tags and the margins of an event for a place, as near as whole pixels come to it. For a place that they
    hold :func:`place_read` is the inverse."""
    place = settled(place)
    if place is None:
        return "", Margins()
    deep, far = _pixels(place.inset, HEIGHT), _pixels(place.aside, WIDTH)
    if place.align is Align.CENTRE:
        far = None
    is_middle = place.edge is Edge.MIDDLE
    margins = Margins(max(far or 0, 0) if place.align is Align.LEFT else 0,
                      max(far or 0, 0) if place.align is Align.RIGHT else 0, 0 if is_middle else max(deep or 0, 0))
    key = an_of(place.align, place.edge)
    tags = f"\\an{key}" if key != 2 else ""
    if (deep is not None and (is_middle or deep <= 0)) or (far is not None and far <= 0):
        across = {Align.LEFT: USUAL.left if far is None else far, Align.CENTRE: WIDTH // 2,
                  Align.RIGHT: WIDTH - (USUAL.right if far is None else far)}[place.align]
        usual = 0 if is_middle else USUAL.vertical
        down = {Edge.TOP: 0, Edge.MIDDLE: HEIGHT // 2, Edge.BOTTOM: HEIGHT}[place.edge]
        deep = usual if deep is None else deep
        tags += f"\\pos({across},{down - deep if place.edge is Edge.BOTTOM else down + deep})"
    return f"{{{tags}}}" if tags else "", margins


def is_held(place: Place | None) -> bool:
    """Whether what is written for a place is read back as that place."""
    if place is None or (place.aside is None and place.inset is None):
        return True
    percents = ((place.inset, HEIGHT), (place.aside, WIDTH))
    return (place.aside is None or place.align is not Align.CENTRE) and all(
        percent is None or Fraction((_pixels(percent, size) or 0) * 100, size) == percent for percent, size in percents)


def _pixels(percent: Fraction | None, size: int) -> int | None:
    """The nearest whole pixel (ties go up), within ten pictures."""
    if percent is None:
        return None
    return int(min(max((percent * size / 100 + Fraction(1, 2)) // 1, -10 * size), 10 * size))
