"""Tables as Office Open XML workbooks (ISO/IEC 29500), which spreadsheets open. Write only; one sheet a table.

A cell of text is written as text whatever it begins with: nothing in it is ever a formula. Characters that XML cannot
hold are left out. The same table gives the same bytes: the workbook tells no clock times but the beginning of 1980.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from ciak.errors import BackendError, TooLarge
from ciak.formats.table import Cell, Table

__all__ = ["xlsx"]

_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NAME = re.compile(r"[\[\]:*?/\\'\x00-\x1f]")
LONGEST_CELL, MOST_ROWS = 32_767, 1_000_000
_LONG = datetime(1980, 1, 1)
_CLOCK = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")


def xlsx(tables: Sequence[Table]) -> bytes:
    """A workbook of those tables. Raises :class:`TooLarge`, and :class:`BackendError` where openpyxl is missing."""
    try:
        from openpyxl import Workbook
    except ImportError:
        raise BackendError("workbooks cannot be written: openpyxl is not installed",
                           remedy="pip install 'ciak[dubbing]', or write CSV") from None
    book = Workbook(write_only=True)
    names: set[str] = set()
    for table in tables:
        if len(table.rows) > MOST_ROWS:
            raise TooLarge(f"{len(table.rows):,} rows do not go into a workbook")
        sheet = book.create_sheet(_sheet_name(table.title, names))
        sheet.freeze_panes = "A2"
        for number in range(len(table.columns)):
            letter = _letter(number)
            sheet.column_dimensions[letter].width = 48 if number in table.wide else 16
        sheet.append([_text(sheet, name, bold=True) for name in table.columns])
        for row in table.rows:
            sheet.append([_cell(sheet, cell, number in table.wide) for number, cell in enumerate(row)])
        if table.total:
            sheet.append([_cell(sheet, cell, False, bold=True) for cell in table.total])
        for note in table.notes:
            sheet.append([_text(sheet, note)])
    book.properties.creator = "Ciak"
    book.properties.created = book.properties.modified = _LONG
    out = io.BytesIO()
    book.save(out)
    return _settled(out.getvalue())


def _cell(sheet: Any, cell: Cell, wide: bool, bold: bool = False) -> Any:
    if cell is None:
        return None
    if isinstance(cell, str):
        return _text(sheet, cell, bold=bold, wrapped=wide)
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    made = WriteOnlyCell(sheet, value=round(cell, 4))
    if bold:
        made.font = Font(bold=True)
    return made


def _text(sheet: Any, text: str, *, bold: bool = False, wrapped: bool = False) -> Any:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font

    made = WriteOnlyCell(sheet, value=_CONTROLS.sub("", text)[:LONGEST_CELL])
    made.data_type = "s"  # text, also where it begins with =
    if bold:
        made.font = Font(bold=True)
    if wrapped:
        made.alignment = Alignment(wrap_text=True, vertical="top")
    return made


def _sheet_name(title: str, taken: set[str]) -> str:
    name = (_NAME.sub(" ", title).strip() or "Sheet")[:28]
    number = 1
    while (shown := name if number == 1 else f"{name} {number}").casefold() in taken:
        number += 1
    taken.add(shown.casefold())
    return shown


def _letter(number: int) -> str:
    return chr(ord("A") + number) if number < 26 else f"A{chr(ord('A') + number - 26)}"


def _settled(data: bytes) -> bytes:
    """The archive with the same times whenever it is written."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            body = before.read(name)
            if name == "docProps/core.xml":
                body = _CLOCK.sub(rb"\g<1>1980-01-01T00:00:00Z", body)
            after.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), body, zipfile.ZIP_DEFLATED)
    return out.getvalue()
