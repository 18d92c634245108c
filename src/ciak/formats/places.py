"""Where a subtitle stands, as subtitle files write it: the keys of a number pad, and WebVTT's cue settings.

Number pad (``\\an`` of Advanced SubStation Alpha, also met in SRT): 1 to 3 at the bottom, 4 to 6 in the middle, 7 to
9 at the top, each from left to right. SubStation Alpha's older ``\\a`` counts 1 to 3, 9 to 11 and 5 to 7.

WebVTT: ``line:N%`` and ``line:N%,start`` put the upper side of the text N percent below the upper edge, so they are
the edge ``top`` with the inset N, whatever N is; ``line:N%,end`` puts its lower side there, the edge ``bottom`` with
the inset 100 - N; ``line:N%,center`` its middle, the edge ``middle`` with the inset N - 50. ``line:N`` counts rows,
from 0 at the top or -1 at the bottom. How high a row is depends on the player: fifteen are taken to fill the
picture, five for each edge, and no inset is given. ``align:`` start and left are ``left``, end and right ``right``
(text is taken to run from left to right); ``position:N%`` is then the ``aside``, from the right 100 - N, unless
the setting anchors another side of the text. ``vertical`` and ``region`` have no place here; nor has a position of
centred text, which tells where its middle is, nor ``size``.
"""

from __future__ import annotations

import re
from fractions import Fraction

from ciak.film.language import Align, Edge, Place

__all__ = ["an_of", "edge_shown", "from_a", "from_an", "place_in", "settings_for", "settled"]

_ALIGNS = (Align.LEFT, Align.CENTRE, Align.RIGHT)
_EDGES = (Edge.BOTTOM, Edge.MIDDLE, Edge.TOP)
_A = {0: Edge.BOTTOM, 1: Edge.TOP, 2: Edge.MIDDLE}
_PERCENT = r"([0-9]{1,3}(?:\.[0-9]{1,9})?)%"
_LINE = re.compile(rf"{_PERCENT}(?:,(start|center|end))?")
_ROW = re.compile(r"(-?[0-9]{1,4})(?:,(?:start|center|end))?")
_POSITION = re.compile(rf"{_PERCENT}(?:,(line-left|center|line-right))?")
_SIDES = {"start": Align.LEFT, "left": Align.LEFT, "center": Align.CENTRE, "middle": Align.CENTRE,
          "end": Align.RIGHT, "right": Align.RIGHT}
_WRITTEN = 10**4
"""Parts of a percent to which a place is written."""


def settled(place: Place | None) -> Place | None:
    """The one form that the domain keeps of a place: None for the usual one, no inset of nothing from the middle."""
    if place is not None and place.edge is Edge.MIDDLE and place.inset == 0:
        place = place.model_copy(update={"inset": None})
    return None if place == Place() else place


def an_of(align: Align, edge: Edge) -> int:
    """The key of the number pad, 1 to 9."""
    return _EDGES.index(edge) * 3 + _ALIGNS.index(align) + 1


def from_an(key: int) -> tuple[Align, Edge] | None:
    """What a key of the number pad means; None when it is not 1 to 9."""
    return (_ALIGNS[(key - 1) % 3], _EDGES[(key - 1) // 3]) if 1 <= key <= 9 else None


def from_a(number: int) -> tuple[Align, Edge] | None:
    """What SubStation Alpha's older alignment means: 1 to 3, 5 to 7 or 9 to 11; else None."""
    return (_ALIGNS[number % 4 - 1], _A[number // 4]) if 1 <= number <= 11 and number % 4 else None


def edge_shown(place: Place) -> Edge:
    """The edge that a place is nearest to, for formats without insets: thirds of the picture."""
    if place.inset is None:
        return place.edge
    down = {Edge.TOP: place.inset, Edge.MIDDLE: 50 + place.inset, Edge.BOTTOM: 100 - place.inset}[place.edge]
    return Edge.TOP if 3 * down < 100 else Edge.MIDDLE if 3 * down <= 200 else Edge.BOTTOM


def place_in(settings: str) -> Place | None:
    """The place that WebVTT cue settings mean, as far as a place holds it (see the module)."""
    given = dict(part.split(":", 1) for part in settings.split() if ":" in part)
    if "vertical" in given or "region" in given:
        return None
    edge, inset = _edge(given.get("line", ""))
    align = _SIDES.get(given.get("align", ""), Align.CENTRE)
    aside = None
    if match := _POSITION.fullmatch(given.get("position", "")):
        if align is Align.LEFT and match[2] in (None, "line-left"):
            aside = Fraction(match[1])
        elif align is Align.RIGHT and match[2] in (None, "line-right"):
            aside = 100 - Fraction(match[1])
    return settled(Place(align=align, edge=edge, inset=inset, aside=aside))


def _edge(line: str) -> tuple[Edge, Fraction | None]:
    if match := _LINE.fullmatch(line):
        down = Fraction(match[1])
        if match[2] == "end":
            return Edge.BOTTOM, 100 - down
        return (Edge.MIDDLE, down - 50) if match[2] == "center" else (Edge.TOP, down)
    if match := _ROW.fullmatch(line):
        row = int(match[1])
        row += 15 if row < 0 else 0
        return Edge.TOP if row < 5 else Edge.MIDDLE if row < 10 else Edge.BOTTOM, None
    return Edge.BOTTOM, None


def settings_for(place: Place | None) -> str:
    """WebVTT cue settings for a place, as near as WebVTT comes to it. For a place that it holds
    :func:`place_in` is the inverse."""
    place = settled(place)
    if place is None:
        return ""
    parts = []
    inset = place.inset
    if place.edge is Edge.TOP:
        parts.append("line:0" if inset is None else f"line:{_percent(inset)}")
    elif place.edge is Edge.MIDDLE:
        parts.append(f"line:{_percent(50 + (inset or Fraction(0)))},center")
    elif inset is not None:
        parts.append(f"line:{_percent(100 - inset)},end")
    if place.align is not Align.CENTRE:
        parts.append(f"align:{place.align}")
        if place.aside is not None:
            parts.append(f"position:{_percent(place.aside if place.align is Align.LEFT else 100 - place.aside)}")
    return " ".join(parts)


def _percent(value: Fraction) -> str:
    """Percent of the picture, from 0 to 100, to a ten-thousandth."""
    count = int(min(max(value, Fraction(0)), Fraction(100)) * _WRITTEN + Fraction(1, 2))
    whole, rest = divmod(count, _WRITTEN)
    return f"{whole}.{rest:04}".rstrip("0").rstrip(".") + "%"
