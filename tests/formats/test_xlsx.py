"""Workbooks: what others wrote is read, and what was made to harm is refused in one line."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import time
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from ciak.errors import BadInput, Damaged, Hostile, TooLarge, WrongFormat
from ciak.film.time import Rate, Timecode
from ciak.formats import read_as_recorded
from ciak.formats.xlsx import sheet_rows

START = Timecode.parse("01:00:00:00", Rate(Fraction(24)))
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
BOOK = (f'<workbook xmlns="{MAIN}" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
        '<sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>')
RELATIONS = ('<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
             '<Relationship Id="r1" Target="worksheets/sheet1.xml"/></Relationships>')
SHEET = f'<worksheet xmlns="{MAIN}"><sheetData>{{}}</sheetData></worksheet>'


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def packed(sheet: str, **more: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        parts = {"xl/workbook.xml": BOOK, "xl/_rels/workbook.xml.rels": RELATIONS, "xl/worksheets/sheet1.xml": sheet}
        for name, text in (parts | more).items():
            archive.writestr(name, text)
    return out.getvalue()


def test_a_list_that_another_program_wrote(tmp_path: Path) -> None:
    book = Workbook()
    book.active.title = "hidden"
    book.active.sheet_state = "hidden"
    sheet = book.create_sheet("Reel 1")
    sheet.append(["Character", "TC In", "TC Out", "Notes", "Text"])
    sheet.append(["ANNA", "01:00:02:12", "01:00:04:00", None, "Perché no?"])
    sheet.append([None, None, None, "SCENE 2", None])
    sheet.append(["BEN", time(0, 0, 5, 500_000), time(0, 0, 7), None,
                  CellRichText("Never ", TextBlock(InlineFont(i=True), "ever"), ".")])
    sheet.append(["BEN", 8, 9.25, None, "=1+1"])
    path = tmp_path / "list.xlsx"
    path.write_bytes(saved(book))
    lines, notes = read_as_recorded(path, START)
    assert [(line.character, line.text) for line in lines] == [("ANNA", "Perché no?"), ("BEN", "Never ever.")]
    assert [(line.span.start, line.span.end) for line in lines] == [
        (Fraction(5, 2), 4), (Fraction(11, 2), 7)]
    assert notes == ("list.xlsx, line 3: a row without text is left out",
                     "list.xlsx, line 5: a row without text is left out"), "a formula without a result says nothing"


def test_numbers_times_and_gaps_are_shown_as_a_list_needs_them() -> None:
    book = Workbook()
    for place, value, style in (("A1", 3, "General"), ("B1", 1e-7, "General"), ("D1", .5, "[h]:mm:ss.000"),
                                ("E1", .5, '0.00" h"'), ("F1", 1 / 86_400, "mm:ss"), ("A7", True, "General")):
        book.active[place] = value
        book.active[place].number_format = style
    assert list(sheet_rows(saved(book))) == [
        (1, ["3", "0.0000001", "", "12:00:00.000", "0.5", "00:00:01.000"]), (7, ["1"])]


def test_inline_texts_and_cells_without_places() -> None:
    rows = ('<row><c t="inlineStr"><is><t>a</t></is></c><c t="str"><v>b</v></c></row>'
            '<row r="5"><c r="C5"><v>1</v></c></row>')
    assert list(sheet_rows(packed(SHEET.format(rows)))) == [(1, ["a", "b"]), (5, ["", "", "1"])]


def overlapping() -> bytes:
    """Two names of one member: the second entry of the directory points at the first's place."""
    data = bytearray(packed(SHEET.format(""), **{"xl/b": "x" * 400}))
    last = data.rfind(b"PK\x01\x02")
    data[last + 42:last + 46] = b"\0\0\0\0"
    return bytes(data)


def twice() -> bytes:
    out = io.BytesIO(packed(SHEET.format("")))
    with zipfile.ZipFile(out, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("xl/workbook.xml", BOOK)
    return out.getvalue()


def locked() -> bytes:
    data = bytearray(packed(SHEET.format("")))
    data[data.find(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


BOMB = SHEET.format(f"<row><c><v>{'0' * (17 * 2**20)}</v></c></row>")


@pytest.mark.parametrize(("made", "error", "word"), [
    (lambda: packed(BOMB), TooLarge, "one part"),
    (lambda: packed(SHEET.format("<row/>" * 300_000)), TooLarge, "elements"),
    (lambda: packed("<!DOCTYPE a [<!ENTITY b 'c'>]>" + SHEET.format("")), Hostile, "DOCTYPE"),
    (lambda: packed(SHEET.format(""), **{"../x": ""}), Hostile, "elsewhere"),
    (lambda: packed(SHEET.format(""), **{f"x{at}": "" for at in range(500)}), TooLarge, "503 files"),
    (lambda: packed(SHEET.format('<row><c t="s"><v>9</v></c></row>')), Damaged, "not there"),
    (lambda: packed("<a>"), Damaged, "sheet1.xml"),
    (lambda: packed("", **{"xl/workbook.xml": "<a/>"}), WrongFormat, "no sheet"),
    (lambda: packed("", **{"xl/_rels/workbook.xml.rels": "<a/>"}), Damaged, "no sheet where"),
    (overlapping, Hostile, "over each other"), (twice, Hostile, "twice"), (locked, Hostile, "password"),
    (lambda: packed(SHEET.format(""))[:300], Damaged, "unpacked")])
def test_what_harms_is_refused_in_one_line(made: Callable[[], bytes], error: type[BadInput], word: str,
                                           tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    path.write_bytes(made())
    with pytest.raises(error) as caught:
        read_as_recorded(path, START)
    assert word in caught.value.message and "list.xlsx" in caught.value.message and "\n" not in str(caught.value)


def test_another_office_document_is_named() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", "<a/>")
    with pytest.raises(WrongFormat, match="no workbook"):
        sheet_rows(out.getvalue())


def test_a_number_without_end_is_not_written_out() -> None:
    assert list(sheet_rows(packed(SHEET.format("<row><c><v>1e999999999</v></c></row>")))) == [(1, ["1e999999999"])]


WHOLE = packed(SHEET.format('<row r="1"><c r="A1"><v>1</v></c></row>'))


@given(st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), min_size=1, max_size=8))
def test_no_bytes_break_the_reader(changes: list[tuple[int, int]]) -> None:
    data = bytearray(WHOLE)
    for at, value in changes:
        data[at] = value
    try:
        list(sheet_rows(bytes(data)))
    except BadInput as problem:
        assert "\n" not in str(problem)
