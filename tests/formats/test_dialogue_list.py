"""The dialogue list as CSV: exact, safe in spreadsheets (X4), kind to what spreadsheets do to it."""

from __future__ import annotations

import csv
import io
from fractions import Fraction

import pytest

from ciak.errors import Damaged, TooLarge, WrongFormat
from ciak.film import Dialogue, Flag, Loop, Rate, Span, Take, TakeKind, Timecode
from ciak.formats import dialogue_rows, read_dialogue_list, write_dialogue_list
from ciak.formats.dialogue_list import COLUMNS, DIALOGUE_LIST, ROWS, DialogueRow

ROW = DialogueRow(loop="L1", character="ANN", timecode_in="01:00:01:00", timecode_out="01:00:02:00",
                  span=Span.of(1, 2), source="Hi", translation="Ciao", slot=Span.of(1, 3), spoken=Fraction(3, 2),
                  rate=1.25, word_error=0.0, flags=("too-fast", "unsure"), status="flagged")


def table(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True))


def test_what_is_written() -> None:
    data = write_dialogue_list([ROW])
    assert data == (",".join(COLUMNS) + "\r\nL1,ANN,01:00:01:00,01:00:02:00,1.000,2.000,Hi,Ciao,1.000,3.000,1.500,"
                    "1.25,0,too-fast unsure,flagged\r\n").encode()
    assert write_dialogue_list([ROW], mark=True) == b"\xef\xbb\xbf" + data
    assert read_dialogue_list(b"\xef\xbb\xbf" + data) == (ROW,)
    assert read_dialogue_list(write_dialogue_list([])) == ()


@pytest.mark.parametrize("text", ["=1+1", "+39", "-no", "@a", "\t=x", "\r=x", "\n=x", " =x", "\u00a0=x",
                                  "＝x", "＠x", "'=x", "''-x", "' =x", '=HYPERLINK("http://x","y")', "-",
                                  "=cmd|' /C calc'!A0"])
def test_no_cell_begins_as_a_formula_and_every_cell_comes_back(text: str) -> None:
    row = ROW.model_copy(update={"source": text, "character": text, "status": text})
    data = write_dialogue_list([row])
    for cell in table(data)[1]:
        assert not cell.lstrip(" \t\r\n\u00a0").startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))
    assert read_dialogue_list(data) == (row,)


@pytest.mark.parametrize("text", ["'tis", "l'uomo", "'", "a=b", "", "x@y", "“-”"])
def test_other_text_is_left_alone(text: str) -> None:
    row = ROW.model_copy(update={"translation": text})
    assert table(write_dialogue_list([row]))[1][7] == text
    assert read_dialogue_list(write_dialogue_list([row])) == (row,)


def test_a_cell_below_nothing_is_guarded_too() -> None:
    row = ROW.model_copy(update={"span": Span.of(Fraction(-1, 2), 1)})
    assert table(write_dialogue_list([row]))[1][4] == "'-0.500"
    assert read_dialogue_list(write_dialogue_list([row])) == (row,)


@pytest.mark.parametrize("time", [Fraction(1001, 24000), Fraction(1001, 30000), Fraction(172_799 * 1001, 60000),
                                  Fraction(123_456_789, 48000), Fraction(1, 44100), Fraction(7, 192_000),
                                  Fraction(1, 240_000), Fraction(86_399_999, 1000), Fraction(1, 3)])
def test_times_come_back_exact(time: Fraction) -> None:
    row = ROW.model_copy(update={"span": Span.of(time, time + 1), "spoken": time})
    assert DIALOGUE_LIST.losses([row]) == ()
    assert read_dialogue_list(write_dialogue_list([row])) == (row,)


def test_times_that_are_too_fine_are_said() -> None:
    row = ROW.model_copy(update={"spoken": Fraction(1, 1_000_003)})
    assert DIALOGUE_LIST.losses([row])
    read = read_dialogue_list(write_dialogue_list([row]))[0].spoken
    assert read is not None and abs(read - Fraction(1, 1_000_003)) < Fraction(1, 10**12)


def test_what_a_spreadsheet_makes_of_it() -> None:
    """Semicolons, commas for points, columns moved, renamed in case, added and dropped, rows emptied, BOM, LF."""
    data = ("\ufeffStart;END; Loop ;notes;Translation;spoken\n1,5;2;L1;x;\"Ciao; \"\"bella\"\"\nqui\";1,25\n;;;;;\n"
            "\n2.0;3;L2;;Sì\n")
    reading = DIALOGUE_LIST.examine(data.encode())
    assert [(row.loop, row.span, row.translation, row.spoken) for row in reading.document] == [
        ("L1", Span.of(Fraction(3, 2), 2), 'Ciao; "bella"\nqui', Fraction(5, 4)), ("L2", Span.of(2, 3), "Sì", None)]
    assert [(finding.line, finding.code) for finding in reading.findings] == [(1, "not-kept")]
    for encoding in ("utf-16", "cp1252"):
        assert read_dialogue_list(data[1:].encode(encoding)) == reading.document
    assert read_dialogue_list(b"loop\tstart\tend\nL1\t1\t2\n")[0].loop == "L1"


@pytest.mark.parametrize(("row", "why"), [
    ("L1,x,2", "start: 'x'"), ("L1,1,", "end is empty"), ("L1,2,1", "ends"), (",1,2", "loop"), ("a b,1,2", "loop"),
    ("L1,1e5,2e5", "start"), ("L1,nan,2", "start"), ("L1,٣,4", "start"), ("L1", "empty"), ("L1,1/2,1", "start"),
])
def test_a_bad_row_is_named_by_its_line_or_left_out(row: str, why: str) -> None:
    data = f'loop,start,end,source\nL0,1,2,"two\nlines"\n{row}\nL9,8,9\n'.encode()
    with pytest.raises(Damaged, match="line 4") as caught:
        read_dialogue_list(data)
    assert caught.value.details["line"] == 4 and why in str(caught.value)
    reading = DIALOGUE_LIST.examine(data)
    assert [row.loop for row in reading.document] == ["L0", "L9"]


@pytest.mark.parametrize("column", ["rate", "word_error"])
def test_numbers_in_their_columns(column: str) -> None:
    for value in ("x", "-1", "inf", "1e5"):
        with pytest.raises(Damaged, match=column):
            read_dialogue_list(f"loop,start,end,{column}\nL1,1,2,{value}\n".encode())


def test_broken_quotes_end_the_reading_where_they_are() -> None:
    data = b'loop,start,end,source\nL0,1,2,ok\nL1,1,2,"never closed\nL2,3,4,x\n'
    with pytest.raises(Damaged, match="line 3"):
        read_dialogue_list(data)
    assert [row.loop for row in DIALOGUE_LIST.examine(data).document] == ["L0"]
    with pytest.raises(Damaged, match="line 2"):
        read_dialogue_list(b"loop,start,end,source\nL0,1,2," + b"x" * 200_000 + b"\n")


@pytest.mark.parametrize("data", [b"", b"a,b\n1,2\n", b"loop\nL1\n", b"start,end\n1,2\n", b'"loop"x,start,end\n'])
def test_what_is_no_dialogue_list(data: bytes) -> None:
    with pytest.raises((WrongFormat, Damaged)):
        read_dialogue_list(data)


def test_too_many_rows_are_refused() -> None:
    with pytest.raises(TooLarge):
        read_dialogue_list(b"loop,start,end\n" + b"L,1,2\n" * (ROWS + 1))


def test_the_list_of_a_dub() -> None:
    start = Timecode.parse("01:00:00:00", Rate.parse("25"))
    said = Loop(id="L1", character="ann", span=Span.of(1, 2), text="Hi")
    take = Take(id="t", kind=TakeKind.SYNTHETIC, sound="x", text="Ciao", span=Span.of(1, Fraction(5, 2)),
                natural=Fraction(3, 2), rate=1.0, word_error=0.5)
    dubbed = said.model_copy(update={"text": "Ciao", "slot": Span.of(1, 3), "takes": (take,), "chosen": "t"})
    lines = (dubbed, dubbed.model_copy(update={"id": "L2", "flags": (Flag(code="too-fast", message="x"),)}),
             dubbed.model_copy(update={"id": "L3", "chosen": None}),
             dubbed.model_copy(update={"id": "L4", "locked": True}))
    rows = dialogue_rows(Dialogue(language="en", loops=(said,)), Dialogue(language="it", loops=lines), start)
    assert rows[0] == DialogueRow(
        loop="L1", character="ann", timecode_in="01:00:01:00", timecode_out="01:00:02:00", span=Span.of(1, 2),
        source="Hi", translation="Ciao", slot=Span.of(1, 3), spoken=Fraction(3, 2), rate=1.0, word_error=0.5,
        status="done")
    assert [row.status for row in rows] == ["done", "flagged", "open", "locked"]
    assert read_dialogue_list(write_dialogue_list(rows)) == rows
