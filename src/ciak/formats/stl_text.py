"""The text field of EBU STL subtitles (TF, EBU Tech 3264-E): bytes to lines with styles and place, and back.

20h-7Eh and A0h-FFh are characters, 8Ah begins a new row, 8Fh fills up. 80h-85h switch italic, underline and boxes;
00h-07h are the eight colours of teletext, 0Dh double height, 0Ah and 0Bh the ends of a box. In teletext a code below
20h takes a cell, which shows as a blank: between words several such cells and blanks are read as one blank, in no
colour unless both sides have the same. A row begins white. Italic and underline last until they are switched off.

Boxes are dropped in silence, for subtitles in boxes look like subtitles; the colours of backgrounds, flashing,
mosaics and the like are dropped and named. Written in teletext, every row is boxed as broadcasters want it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ciak.film.language import Place, StyledRun, SubtitleCue
from ciak.formats.cells import Cell, rows_of, styled
from ciak.formats.stl_characters import encoded, sign_at
from ciak.formats.stl_place import Position, Screen

__all__ = ["COLOURS", "DecodedText", "EncodedText", "decode_text_field", "encode_text_field", "nearest_colour"]

COLOURS = ("#000000", "#ff0000", "#00ff00", "#ffff00", "#0000ff", "#ff00ff", "#00ffff", "#ffffff")
"""Of teletext, by the code that switches them on. White is what a row begins with."""
_ROW, _FILL = 0x8A, 0x8F
_SILENT = frozenset((0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x84, 0x85))
_NAMES = {0x08: "flashing", 0x0E: "double width", 0x0F: "double size", 0x18: "concealed text",
          0x1C: "the colour of the background", 0x1D: "the colour of the background"}


@dataclass(frozen=True, slots=True)
class DecodedText:
    """Lines, runs and place of a subtitle, and what of its text field is not kept, in words."""

    lines: tuple[str, ...]
    runs: tuple[StyledRun, ...]
    place: Place | None
    lost: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EncodedText:
    """A text field without what fills it up, where it stands, and how many cells its longest row takes."""

    data: bytes
    position: Position
    width: int


@dataclass
class _Pen:
    """One row after the other, as a decoder draws them; of each cell, whether a code is in it."""

    table: str
    teletext: bool
    rows: list[list[tuple[Cell, bool]]] = field(default_factory=lambda: [[]])
    tall: list[bool] = field(default_factory=lambda: [False])
    style: Cell = field(default_factory=lambda: Cell(" "))
    lost: set[str] = field(default_factory=set)

    def row(self) -> None:
        """A new row, which begins white and single."""
        self.rows.append([])
        self.tall.append(False)
        self.style = self.style._replace(colour="")

    def code(self, code: int) -> None:
        """A code that is no character."""
        if code in (0x80, 0x81):
            self.style = self.style._replace(italic=code == 0x80)
        elif code in (0x82, 0x83):
            self.style = self.style._replace(underline=code == 0x82)
        elif code < 0x08:
            self.style = self.style._replace(colour="" if code == 0x07 else COLOURS[code])
        elif code == 0x0D:
            self.tall[-1] = True
        elif code not in _SILENT:
            known = _NAMES.get(code) or ("mosaics" if 0x10 <= code < 0x20 else f"the code {code:02X}h")
            self.lost.add(known)
        if code < 0x20 and self.teletext:
            self.rows[-1].append((Cell(" "), True))

    def draw(self, sign: str) -> None:
        """A character in the style of the moment."""
        self.rows[-1].append((self.style._replace(sign=sign), False))


def decode_text_field(data: bytes, table: str, screen: Screen, position: Position) -> DecodedText:
    """What a text field says and where it stands, if it says anything; ``position.lead`` is found here, whatever it
    is. Never raises."""
    pen = _Pen(table, screen.teletext)
    end = data.find(bytes([_FILL]))
    place, data = 0, data if end < 0 else data[:end]
    while place < len(data):
        code, size = data[place], 1
        if code == _ROW:
            pen.row()
        elif code < 0x20 or 0x80 <= code < 0xA0:
            pen.code(code)
        else:
            sign, size = sign_at(data, place, table)
            if sign:
                pen.draw(sign)
            else:
                pen.lost.add(f"the byte {code:02X}h, which is no character of table {table}")
        place += size
    inked = [number for number, row in enumerate(pen.rows) if _lead(row) < len(row)]
    first, last = (inked[0], inked[-1]) if inked else (0, 0)
    leads = [_lead(pen.rows[number]) for number in inked]
    if position.justification == 0 and len(set(leads)) > 1:
        pen.lost.add("the indents of lines among each other")
    tall = pen.tall[last]
    where = screen.place(Position(position.row + first, position.justification, min([*leads, screen.columns - 1])),
                         last - first + (2 if tall else 1), tall) if inked else None
    lines, runs = styled([_closed(pen.rows[number]) for number in inked])
    return DecodedText(lines, runs, where, tuple(sorted(pen.lost)))


def _lead(row: Sequence[tuple[Cell, bool]]) -> int:
    """How many cells are before the first with ink."""
    return next((place for place, (cell, _) in enumerate(row) if cell.sign != " "), len(row))


def _closed(row: Sequence[tuple[Cell, bool]]) -> list[Cell]:
    """The row without the cells of its codes: with the blanks beside them they become one blank."""
    cells: list[Cell] = []
    place = 0
    while place < len(row):
        end = place
        while end < len(row) and row[end][0].sign == " ":
            end += 1
        if any(is_code for _, is_code in row[place:end]):
            if cells and end < len(row):
                before, after = cells[-1], row[end][0]
                colour = before.colour if before.colour == after.colour else ""
                cells.append(Cell(" ", before.italic and after.italic, before.underline and after.underline, colour))
        else:
            cells += [cell for cell, _ in row[place:end]]
        if end < len(row):
            cells.append(row[end][0])
        place = end + 1
    return cells


def nearest_colour(colour: str) -> str:
    """The teletext colour that is nearest to ``#rrggbb``; empty for white and for what is no colour."""
    try:
        value = int(colour[1:7], 16) if len(colour) == 7 else 0xFFFFFF
    except ValueError:
        return ""
    code = sum(bit for bit, shift in ((1, 16), (2, 8), (4, 0)) if (value >> shift) & 0xFF >= 0x80)
    return "" if code == 7 else COLOURS[code]


def encode_text_field(cue: SubtitleCue, table: str, screen: Screen) -> EncodedText:
    """The text of a cue whose characters are all in the table. In teletext a colour's code takes the blank before
    the word, and there are no italics nor underlines: compare what :func:`decode_text_field` makes of it."""
    position = screen.position(cue.place, len(cue.lines))
    rows: list[bytes] = []
    width = 0
    for row in rows_of(cue):
        parts = _teletext_row(row, table, screen.tall, position.lead) if screen.teletext else _open_row(
            row, table, position.lead)
        width = max(width, sum(0x20 <= part[0] < 0x80 or part[0] >= 0xA0 or screen.teletext for part in parts))
        rows.append(b"".join(parts))
    return EncodedText(bytes([_ROW] * (2 if screen.tall else 1)).join(rows), position, width)


def _teletext_row(row: list[Cell], table: str, tall: bool, lead: int) -> list[bytes]:
    parts = [b"\x0d"] * tall + [b"\x0b", b"\x0b"]
    colour, start = "", len(parts)
    for cell in row:
        if cell.colour != colour and cell.sign != " ":
            colour = cell.colour
            code = bytes([COLOURS.index(colour)]) if colour else b"\x07"
            if len(parts) > start and parts[-1] == b" ":
                parts[-1] = code
            else:
                parts.append(code)
        parts.append(encoded(cell.sign, table) or b"")
    codes = start + (len(row) > 0 and row[0].colour != "")
    parts[tall:tall] = [b" "] * max(0, lead - codes)
    return [part for part in parts if part] + [b"\x0a", b"\x0a"]


def _open_row(row: list[Cell], table: str, lead: int) -> list[bytes]:
    parts = [b" "] * lead
    before = Cell("")
    for cell in (*row, Cell("")):
        for is_on, was_on, on in ((cell.italic, before.italic, 0x80), (cell.underline, before.underline, 0x82)):
            if is_on != was_on:
                parts.append(bytes([on if is_on else on + 1]))
        if cell.sign and cell.colour != before.colour:
            parts.append(bytes([COLOURS.index(cell.colour or "#ffffff")]))
        parts.append(encoded(cell.sign, table) or b"" if cell.sign else b"")
        before = cell
    return [part for part in parts if part]
