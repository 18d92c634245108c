"""Sheets of Excel workbooks (Office Open XML, ECMA-376 part 1, chapter 18): the cells of the first one, as text. Read
only.

A workbook is a ZIP archive of XML. Neither is trusted: members, their sizes once unpacked, rows and columns have
budgets; an archive with two members of one name, members that lie over each other, a path that leads elsewhere or a
password is refused whole, before anything is unpacked; the XML goes through :mod:`ciak.formats.strict_xml`.

A cell that a spreadsheet made a time of the day is written as a clock with milliseconds, another number without an
exponent; of a formula the result counts that was saved with it. It does not know dates, macros, merged cells, charts,
nor the older ``.xls``.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from posixpath import normpath
from typing import NoReturn

from ciak.errors import BadInput, Damaged, Hostile, TooLarge, WrongFormat
from ciak.formats.strict_xml import Element, XmlLimits, parse_xml

__all__ = ["COLUMNS", "is_archive", "sheet_rows"]

COLUMNS = 200
"""Columns that are looked at; what stands to the right of them is left."""
_MEMBERS, _PART, _ROWS = 500, 16 * 2**20, 100_000
_HEADER = 30
"""Bytes before a member's name."""
_LETTERS = re.compile(r"([A-Z]{1,3})[0-9]{1,7}", re.ASCII)
_TIMES = frozenset({18, 19, 20, 21, 22, 45, 46, 47})
"""Formats of times that every workbook has."""
_UNSHOWN = re.compile(r'"[^"]*"|\\.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
"""What in a format is not a place for hours and seconds."""
_RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATED_STRICT = "http://purl.oclc.org/ooxml/officeDocument/relationships"
_LONGEST_EXPONENT = 20
_BROKEN = (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError, zlib.error,
           struct.error, OverflowError)


def is_archive(beginning: bytes) -> bool:
    """Whether these are the first bytes of a ZIP archive, which a workbook is."""
    return beginning.startswith(b"PK\x03\x04")


def sheet_rows(data: bytes) -> Iterator[tuple[int, list[str]]]:
    """The rows of the first sheet that is shown, with their numbers, empty ones left out; cells in order from ``A``.

    Raises ``WrongFormat`` for an archive that is no workbook, ``TooLarge`` over a budget, ``Hostile`` for an archive
    made to harm or with a password, ``Damaged`` for what cannot be unpacked or read.
    """
    parts = _Parts(data)
    book = parts.xml("xl/workbook.xml")
    if book is None:
        raise WrongFormat("this is a ZIP archive or an office document, but no workbook",
                          remedy="save the list as XLSX or CSV")
    sheet = parts.xml(_first_sheet(book, parts))
    if sheet is None:
        raise Damaged("the workbook has no sheet where it says that one is", remedy="save the list again")
    texts = [_plain(one) for one in _inside(parts.xml("xl/sharedStrings.xml"), "si")]
    return _rows(sheet, texts, _time_styles(parts.xml("xl/styles.xml")))


class _Parts:
    """The members of an archive that was looked over."""

    def __init__(self, data: bytes) -> None:
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
        except _BROKEN:
            _broken()
        members = self._archive.infolist()
        if len(members) > _MEMBERS:
            raise TooLarge(f"an archive of {len(members):,} files; a workbook has {_MEMBERS} at most")
        names = [member.filename for member in members]
        if len(set(names)) != len(names) or any(_leads_out(name) for name in names):
            raise Hostile("an archive with a name twice or a path that leads elsewhere", remedy="save the list again")
        if any(member.flag_bits & 1 for member in members):
            raise Hostile("the workbook has a password", remedy="save it without one, or as CSV")
        spans = sorted((member.header_offset, member.header_offset + _HEADER + member.compress_size)
                       for member in members)
        if any(end > begin for (_, end), (begin, _) in pairwise(spans)):
            raise Hostile("an archive whose files lie over each other", remedy="save the list again")
        self._names = frozenset(names)

    def xml(self, name: str) -> Element | None:
        """The root of a member; None where it is missing."""
        if name not in self._names:
            return None
        try:
            with self._archive.open(name) as member:
                content = member.read(_PART + 1)
        except _BROKEN:
            _broken()
        if len(content) > _PART:
            raise TooLarge(f"more than {_PART:,} bytes in one part of the workbook",
                           remedy="save the list alone, or as CSV")
        try:
            return parse_xml(content, limits=XmlLimits(size=_PART))
        except BadInput as problem:
            problem.message = f"the workbook's {name.rpartition('/')[2]}: {problem.message}"
            raise


def _broken() -> NoReturn:
    raise Damaged("the archive cannot be unpacked", remedy="save the list again, or as CSV") from None


def _leads_out(name: str) -> bool:
    return name.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", name) or ":" in name


def _inside(element: Element | None, name: str) -> Iterator[Element]:
    """Children of a name, whatever their namespace: there are a transitional and a strict one."""
    return (one for one in (element.elements() if element else ()) if one.name == name)


def _attribute(element: Element, name: str, namespace: str = "") -> str:
    return element.attributes.get((namespace, name), "")


def _first_sheet(book: Element, parts: _Parts) -> str:
    """The member that holds the first sheet that is not hidden."""
    sheets = [one for sheets in _inside(book, "sheets") for one in _inside(sheets, "sheet")]
    shown = [one for one in sheets if not _attribute(one, "state").lower().endswith("hidden")]
    if not shown:
        raise WrongFormat("the workbook has no sheet", remedy="save the list as XLSX or CSV")
    wanted = _attribute(shown[0], "id", _RELATED) or _attribute(shown[0], "id", _RELATED_STRICT)
    for one in _inside(parts.xml("xl/_rels/workbook.xml.rels"), "Relationship"):
        if _attribute(one, "Id") == wanted:
            target = _attribute(one, "Target")
            return target.lstrip("/") if target.startswith("/") else normpath(f"xl/{target}")
    return ""


def _time_styles(styles: Element | None) -> frozenset[int]:
    """The styles of cells that show a time."""
    own = {_number(_attribute(one, "numFmtId")): _attribute(one, "formatCode")
           for formats in _inside(styles, "numFmts") for one in _inside(formats, "numFmt")}
    times = _TIMES | {number for number, code in own.items() if re.search("[hs]", _UNSHOWN.sub("", code[:255]), re.I)}
    cells = [one for cells in _inside(styles, "cellXfs") for one in _inside(cells, "xf")]
    return frozenset(at for at, one in enumerate(cells) if _number(_attribute(one, "numFmtId")) in times)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


def _rows(sheet: Element, texts: list[str], times: frozenset[int]) -> Iterator[tuple[int, list[str]]]:
    number = 0
    rows = [row for data in _inside(sheet, "sheetData") for row in _inside(data, "row")]
    if len(rows) > _ROWS:
        raise TooLarge(f"more than {_ROWS:,} rows in one sheet")
    for row in rows:
        given = _number(_attribute(row, "r"))
        number = given if given > 0 else number + 1
        cells: list[str] = []
        for cell in _inside(row, "c"):
            at = _column(_attribute(cell, "r"), len(cells))
            if at >= COLUMNS:
                continue
            cells += [""] * (at + 1 - len(cells))
            cells[at] = _shown(cell, texts, times)
        if any(cells):
            yield number, cells


def _column(reference: str, after: int) -> int:
    """The place of a cell's column; the next one where the cell does not say."""
    match = _LETTERS.fullmatch(reference)
    if not match:
        return after
    place = 0
    for letter in match[1]:
        place = 26 * place + ord(letter) - ord("A") + 1
    return place - 1


def _shown(cell: Element, texts: list[str], times: frozenset[int]) -> str:
    """What a cell says."""
    kind = _attribute(cell, "t")
    if kind == "inlineStr":
        return "".join(_plain(one) for one in _inside(cell, "is"))
    value = "".join(one.text() for one in _inside(cell, "v"))
    if kind == "s":
        at = _number(value)
        if not 0 <= at < len(texts):
            raise Damaged("a cell of the workbook names a text that is not there", remedy="save the list again")
        return texts[at]
    if kind in ("", "n"):
        return _counted(value, _number(_attribute(cell, "s") or "0") in times)
    return value


def _counted(value: str, is_time: bool) -> str:
    """A number as text: a part of a day as a clock where it ``is_time``."""
    try:
        number = Decimal(value)
    except InvalidOperation:
        return value
    if not number.is_finite() or abs(number.adjusted()) > _LONGEST_EXPONENT or len(value) > 2 * _LONGEST_EXPONENT:
        return value
    if not is_time or number < 0 or number >= 10:
        return f"{number:f}"
    whole = int((number * 86_400_000).to_integral_value())
    rest, thousandths = divmod(whole, 1000)
    return f"{rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}.{thousandths:03}"


def _plain(text: Element) -> str:
    """The text of a string, without the signs that say how it is read aloud."""
    runs = [part for one in text.elements() for part in ([one] if one.name == "t" else _inside(one, "t"))
            if one.name in ("t", "r")]
    return "".join(sign for run in runs for sign in run.content if isinstance(sign, str))
