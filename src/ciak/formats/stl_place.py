"""Where EBU STL puts a subtitle, by vertical position, justification code and leading blanks, and the domain's place.

A screen has rows, of which VP names the first that a subtitle uses, counted from 1, and columns. The nearer edge
is the subtitle's edge; its inset is the share of the rows that lie between. One row at the bottom stays free as a
rule (none below a row of double height, which takes two), one at the top: that is no inset but the usual place.
JC 1, 2, 3 are left, centre, right; JC 0 leaves the text where its leading blanks put it: left, with that aside.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from ciak.film.language import Align, Edge, Place

__all__ = ["OPEN", "TELETEXT", "Position", "Screen", "finer"]

_JUSTIFIED = {1: Align.LEFT, 2: Align.CENTRE, 3: Align.RIGHT}
_CODES = {align: code for code, align in _JUSTIFIED.items()}


@dataclass(frozen=True, slots=True)
class Position:
    """A subtitle's first row (VP), its justification (JC) and the blanks before its text (``lead``)."""

    row: int
    justification: int
    lead: int = 0


@dataclass(frozen=True, slots=True)
class Screen:
    """Rows (MNR), columns (MNC), whether codes take a cell as in teletext, whether we write rows of double height."""

    teletext: bool
    tall: bool = False
    rows: int = 23
    columns: int = 40

    def place(self, position: Position, height: int, tall: bool) -> Place | None:
        """The place of text that is ``height`` rows high, the last of them tall or not; None where it is the usual."""
        above = min(max(position.row, 1), self.rows) - 1
        below = max(0, self.rows - above - height)
        if above < below:
            edge, free, usual = Edge.TOP, above, 1
        else:
            edge, free, usual = Edge.BOTTOM, below, 0 if tall else 1
        align = _JUSTIFIED.get(position.justification, Align.CENTRE if position.justification else Align.LEFT)
        place = Place(align=align, edge=edge, inset=None if free == usual else Fraction(100 * free, self.rows),
                      aside=None if position.justification else Fraction(100 * position.lead, self.columns))
        return None if place == Place() else place

    def position(self, place: Place | None, lines: int) -> Position:
        """Where to put that many lines; what is between two rows or columns goes to the nearest."""
        place = place or Place()
        height = max(1, lines) * (2 if self.tall else 1)
        free = None if place.inset is None else round(place.inset * self.rows / 100)
        if place.edge is Edge.TOP:
            above = 1 if free is None else free
        elif place.edge is Edge.MIDDLE:
            above = (self.rows - height) // 2 + (free or 0)
        else:
            above = self.rows - height - (free if free is not None else 0 if self.tall else 1)
        row = min(max(above + 1, 1), self.rows)
        if place.align is Align.LEFT and place.aside is not None:
            return Position(row, 0, min(max(round(place.aside * self.columns / 100), 0), self.columns - 1))
        return Position(row, _CODES[place.align])


TELETEXT = (Screen(teletext=True, tall=True), Screen(teletext=True))
"""Level 1 teletext, its rows double height as broadcasters have them, or single."""
OPEN = Screen(teletext=False)


def finer(shares: list[Fraction], usual: int, least: int) -> int:
    """How many rows or columns, at most 99 and if possible ``usual`` or more, hold all these percentages exactly.
    Where no number does it is ``usual``, or ``least`` where that is more."""
    default = min(99, max(usual, least))
    step = 1
    for share in shares:
        step = lcm(step, (share / 100).denominator)
        if step > 99:
            return default
    if default % step == 0:
        return default
    most = 99 // step * step
    return min(most, -(-default // step) * step) if most >= least else default
