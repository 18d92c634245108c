"""A decoder of closed captions (CEA-608), first channel of a field: pairs of bytes in, subtitles out.

Pop-on text is built unseen and shown at once; a subtitle lasts until it is erased or the next is shown. Paint-on text
is seen as it is written: a subtitle begins with its first character, and again when writing resumes. Roll-up text
moves up by a row at a time: each row is a subtitle of its own, shown until the next begins, and the rows that stay
above it are not repeated. The second channel and text services are skipped, and said to be.

A place on the screen of 15 rows and 32 columns, which cover the middle 80 % of the picture, becomes the domain's
place roughly: centred where every row is, within two columns; else left or right where rows share that side. The two
lowest rows are the usual place.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from ciak.film.language import Align, Edge, Place, StyledRun
from ciak.formats.cells import Cell, styled
from ciak.formats.scc_codes import COLOURS, COLUMNS, ROWS, basic, extended, place_of_row, special
from ciak.formats.timed_text import check_count

__all__ = ["Caption", "Decoder"]

_Memory = dict[int, dict[int, Cell]]
"""Cells by row, 1 to 15, and column, 0 to 31."""


@dataclass(frozen=True, slots=True)
class Caption:
    """What was on the screen, from frame ``first`` up to, not including, ``end``."""

    first: int
    end: int
    lines: tuple[str, ...]
    runs: tuple[StyledRun, ...]
    place: Place | None


@dataclass
class Decoder:
    """One decoder: :meth:`pair` for each frame that carries data, :meth:`finish` at the end."""

    captions: list[Caption] = field(default_factory=list)
    skipped: dict[str, int] = field(default_factory=dict)
    """What was left out, in words, and in which frame first."""
    _mode: str = ""
    _shown: _Memory = field(default_factory=dict)
    _hidden: _Memory = field(default_factory=dict)
    _since: int | None = None
    _row: int = ROWS
    _column: int = 0
    _pen: Cell = field(default_factory=lambda: Cell(" "))
    _last: tuple[int, int] | None = None
    _other: bool = False
    _resumed: bool = False

    def pair(self, first: int, second: int, frame: int) -> None:
        """Two bytes without their parity. A control code sent twice counts once."""
        if not 0x10 <= first < 0x20:
            self._last = None
            if not self._other and not 0 < first < 0x10:
                for code in (first, second):
                    if code >= 0x20:
                        self._write(basic(code), frame)
            return
        if self._last == (first, second):
            self._last = None
            return
        self._last = (first, second)
        self._other = first >= 0x18
        if self._other:
            self._skip("captions of the second channel", frame)
        else:
            self._control(first, second, frame)

    def finish(self, frame: int) -> bool:
        """The data end. Whether something was still on the screen; it ends at ``frame``."""
        left = self._since is not None
        self._close(frame)
        return left

    def _skip(self, what: str, frame: int) -> None:
        self.skipped.setdefault(what, frame)

    def _control(self, first: int, second: int, frame: int) -> None:
        if second >= 0x40:
            self._address(first, second, frame)
        elif first in (0x14, 0x15) and 0x20 <= second < 0x30:
            self._command(second, frame)
        elif first == 0x11 and 0x20 <= second < 0x30:
            self._restyle(second)
            self._write(" ", frame)
        elif first == 0x11 and second >= 0x30:
            self._write(special(second), frame)
        elif first in (0x12, 0x13) and second >= 0x20:
            self._erase_back()
            self._write(extended(first, second), frame)
        elif first == 0x17 and 0x21 <= second <= 0x23:
            self._column = min(COLUMNS - 1, self._column + second - 0x20)
        elif first == 0x17 and second in (0x2E, 0x2F):
            self._pen = self._pen._replace(colour="#000000", italic=False, underline=second == 0x2F)
        elif (first == 0x10 and 0x20 <= second < 0x30) or (first == 0x17 and second == 0x2D):
            self._skip("the colour of the background", frame)
        else:
            self._skip(f"the code {first:02x}{second:02x}", frame)

    def _address(self, first: int, second: int, frame: int) -> None:
        """A preamble address code: row, and either a colour at the left or an indent in white."""
        row = place_of_row(first, second)
        if row is None:
            return self._skip(f"the code {first:02x}{second:02x}", frame)
        kind = second >> 1 & 0x0F
        if self._mode == "roll" and row != self._row:
            self._shown = {row: self._shown[self._row]} if self._row in self._shown else {}
        self._row, self._column = row, max(0, kind - 8) * 4
        self._pen = Cell(" ", kind == 7, bool(second & 1), COLOURS[kind] if kind < 7 else "")
        return None

    def _restyle(self, second: int) -> None:
        """A mid-row code: a colour, which ends italics, or italics, which keep the colour."""
        kind = second >> 1 & 0x07
        colour = self._pen.colour if kind == 7 else COLOURS[kind]
        self._pen = Cell(" ", kind == 7, bool(second & 1), colour)

    def _command(self, code: int, frame: int) -> None:
        if code == 0x20:
            self._mode = "pop"
        elif code in (0x25, 0x26, 0x27):
            self._roll(frame)
        elif code == 0x29:
            self._mode, self._resumed = "paint", True
        elif code in (0x2A, 0x2B):
            self._mode = "text"
        elif code == 0x2C:
            self._close(frame)
            self._shown = {}
        elif code == 0x2D and self._mode == "roll":
            self._close(frame)
            self._shown, self._column, self._pen = {}, 0, Cell(" ")
        elif code == 0x2E:
            self._hidden = {}
        elif code == 0x2F:
            self._flip(frame)
        elif code == 0x21:
            self._erase_back()
        elif code == 0x24:
            self._erase_rest()
        elif code == 0x28:
            self._skip("flashing", frame)

    def _roll(self, frame: int) -> None:
        if self._mode != "roll":
            self._close(frame)
            self._shown, self._hidden, self._row, self._column = {}, {}, ROWS, 0
            self._mode, self._pen = "roll", Cell(" ")

    def _flip(self, frame: int) -> None:
        """End of caption: what was built is shown, what was shown can be built on."""
        self._close(frame)
        self._shown, self._hidden, self._mode = self._hidden, self._shown, "pop"
        self._since = frame if _inked(self._shown) else None

    @property
    def _memory(self) -> _Memory:
        return self._hidden if self._mode == "pop" else self._shown

    def _write(self, sign: str, frame: int) -> None:
        if self._mode in ("", "text"):
            return self._skip("a text service" if self._mode else "text before any mode is set", frame)
        if self._mode != "pop" and sign != " ":
            if self._resumed and self._since is not None:
                self._close(frame)
            self._resumed = False
            if self._since is None:
                self._since = frame
        row = self._memory.setdefault(self._row, {})
        if self._column in row and self._column == COLUMNS - 1 and sign != " ":
            self._skip("signs beyond the end of a row, each over the one before", frame)
        row[self._column] = self._pen._replace(sign=sign)
        self._column = min(COLUMNS - 1, self._column + 1)
        return None

    def _erase_back(self) -> None:
        self._column = max(0, self._column - 1)
        self._memory.get(self._row, {}).pop(self._column, None)

    def _erase_rest(self) -> None:
        row = self._memory.get(self._row, {})
        for column in [column for column in row if column >= self._column]:
            del row[column]

    def _close(self, frame: int) -> None:
        """What is shown goes, or is about to change."""
        if self._since is not None and _inked(self._shown):
            rows = [(row, _written(cells)) for row, cells in sorted(self._shown.items()) if _has_ink(cells)]
            lines, runs = styled(cells for _, (_, cells) in rows)
            place = _place([(row, start, start + len(cells)) for row, (start, cells) in rows])
            if lines:
                check_count(len(self.captions) + 1)
                self.captions.append(Caption(self._since, frame, lines, runs, place))
        self._since = None


def _has_ink(cells: dict[int, Cell]) -> bool:
    return any(cell.sign not in " \u00a0" for cell in cells.values())


def _inked(memory: _Memory) -> bool:
    return any(_has_ink(cells) for cells in memory.values())


def _written(row: dict[int, Cell]) -> tuple[int, list[Cell]]:
    """The first column with ink, and the cells from there to the last; several blanks are one."""
    columns = [column for column in sorted(row) if row[column].sign not in " \u00a0"]
    cells: list[Cell] = []
    for column in range(columns[0], columns[-1] + 1):
        cell = row.get(column, Cell(" "))
        if cell.sign == "\u00a0":
            cell = cell._replace(sign=" ")
        if cell.sign != " " or cells[-1].sign != " ":
            cells.append(cell)
    return columns[0], cells


def _place(rows: list[tuple[int, int, int]]) -> Place | None:
    """The place of rows, each its number, first column and the column behind its last."""
    above, below = rows[0][0] - 1, ROWS - rows[-1][0]
    edge, free = (Edge.TOP, above) if above < below else (Edge.BOTTOM, below)
    inset = None if edge is Edge.BOTTOM and free <= 1 else 10 + Fraction(80 * free, ROWS)
    starts, ends = [start for _, start, _ in rows], [COLUMNS - end for _, _, end in rows]
    align, aside = Align.CENTRE, None
    if any(abs(start - end) > 4 for start, end in zip(starts, ends, strict=True)):
        flush = len(set(starts)) == 1, len(set(ends)) == 1
        left = flush[0] if flush[0] != flush[1] else min(starts) <= min(ends)
        align = Align.LEFT if left else Align.RIGHT
        aside = 10 + Fraction(80 * min(starts if left else ends), COLUMNS)
    place = Place(align=align, edge=edge, inset=inset, aside=aside)
    return None if place == Place() else place
