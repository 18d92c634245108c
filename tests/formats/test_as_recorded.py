"""As-recorded lists as they are met, and as nobody should meet them; scripts by their door."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.formats.made_documents import dialogue_lists, mutations

from ciak.errors import BadInput, CiakError, Damaged, NotFound, TooLarge, WrongFormat
from ciak.film import PresenceKind, Rate, Span, Timecode
from ciak.formats import read_as_recorded, read_script, write_dialogue_list
from ciak.formats.as_recorded import RecordedLine, examine_as_recorded
from ciak.formats.dialogue_list import ROWS, DialogueRow

START = Timecode.parse("01:00:00:00", Rate(Fraction(25)))
LIST = b"In,Out,Character,Text\r\n01:00:01:00,01:00:02:12,ANN,Good evening\r\n01:00:03:00,01:00:04:00,,Yes\r\n"


def lines(data: bytes, start: Timecode = START) -> tuple[RecordedLine, ...]:
    return examine_as_recorded(data, start).document


def test_a_list() -> None:
    assert lines(LIST) == (
        RecordedLine(span=Span.of(1, Fraction(62, 25)), character="ANN", text="Good evening"),
        RecordedLine(span=Span.of(3, 4), text="Yes"))


@pytest.mark.parametrize("data", [
    LIST.replace(b",", b";"), LIST.replace(b",", b"\t"), b"\xef\xbb\xbf" + LIST, LIST.decode().encode("utf-16"),
    LIST.replace(b"In,Out,Character,Text", b"Inizio,Fine,Personaggio,Battuta"),
    LIST.replace(b"In,Out,Character,Text", b'"TC IN"," TC  Out ","ROLE","Dialogue"'), LIST.replace(b"\r\n", b"\n"),
    LIST.replace(b"01:00:01:00", b"1.0").replace(b"01:00:03:00", b"00:00:03.000"),
    LIST.replace(b"Character,Text", b"Character,Text,Takes,Notes").replace(b"evening\r", b"evening,3,'=x\r"),
    LIST.replace(b"Good evening", b'"Good\n evening"'),
    LIST.replace(b"\r\n01:00:03", b"\r\n,,,SCENE 2\r\n,,,\r\n01:00:03")])
def test_as_lists_are_met(data: bytes) -> None:
    assert lines(data) == lines(LIST)


def test_our_own_dialogue_list_is_one_and_its_seconds_are_exact() -> None:
    row = DialogueRow(loop="L1", character="ANN", timecode_in="01:00:01:00", timecode_out="01:00:02:00",
                      span=Span.of(Fraction(1001, 1000), 2), source="=Hi", translation="Ciao")
    assert lines(write_dialogue_list([row])) == (
        RecordedLine(span=row.span, character="ANN", text="=Hi"),)


def test_timecodes_count_by_the_films_rate_and_start() -> None:
    drop = Timecode.parse("01:00:00;00", Rate(Fraction(30000, 1001)))
    data = b"in,out,text\n01:01:00;02,01:01:01:02,Hi\n"
    found = lines(data, drop)[0].span
    assert found == Span.of(Rate(Fraction(30000, 1001)).time(1800), Rate(Fraction(30000, 1001)).time(1830))


@pytest.mark.parametrize(("row", "word"), [
    ("01:00:02:00,01:00:01:00,A,x", "before it begins"), ("01:00:01:00,01:00:01:00,A,x", "before it begins"),
    ("00:59:59:00,01:00:01:00,A,x", "before the film begins"), ("01:00:01:30,01:00:02:00,A,x", "timecode"),
    ("01:00:01;00,01:00:02;00,A,x", "drop-frame"), ("soon,later,A,x", "neither a timecode nor a time"),
    ("01:00:01:00,,A,x", "neither"), ("00:99:00.5,01:00:02:00,A,x", "end at 59"), ("nan,inf,A,x", "neither"),
    ("01:00:01:00,01:00:02:00,A," + "x" * 2001, "at most"), ("=1+1,2,A,x", "neither")])
def test_a_row_that_cannot_be_is_named_by_its_line(row: str, word: str, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(LIST + row.encode() + b"\r\n")
    with pytest.raises(Damaged, match="line 4") as caught:
        read_as_recorded(path, START)
    assert word in caught.value.message and "list.csv" in caught.value.message


def test_what_is_no_line_is_left_out_and_told(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(LIST + b",,,SCENE 3\r\n01:00:05:00,01:00:06:00,BEN,\r\n")
    found, notes = read_as_recorded(path, START)
    assert len(found) == 2
    assert notes == ("list.csv, line 4: a row without times is left out",
                     "list.csv, line 5: a row without text is left out")


@pytest.mark.parametrize("data", [
    b"", b"\n\n", b"a,b,c\n1,2,3\n", b"in,out,text\n", b"1\n00:00:01,000 --> 00:00:02,000\nHi\n", b"%PDF-1.7\n",
    b"PK\x03\x04", b"\x00\x01\x02" * 50, b'in,out,text\n"1,2,x', b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_list_is_refused(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(data)
    with pytest.raises(BadInput) as caught:
        read_as_recorded(path, START)
    assert "list.csv" in str(caught.value) and "\n" not in str(caught.value)


def test_files_that_are_not_there_and_too_many_rows(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        read_as_recorded(tmp_path / "none.csv", START)
    with pytest.raises(BadInput):
        read_as_recorded(tmp_path, START)
    with pytest.raises(TooLarge):
        examine_as_recorded(b"in,out,text\n" + b"1,2,x\n" * (ROWS + 1), START)


def sound(data: bytes) -> None:
    """Reading either ends in one of our errors, or in lines that can be."""
    try:
        found = examine_as_recorded(data, START).document
    except CiakError:
        return
    assert all(line.text and line.span.duration > 0 for line in found)
    assert list(found) == sorted(found, key=lambda line: line.span.start)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    sound(data)


def test_no_broken_list_breaks_the_reader() -> None:
    for data in mutations([LIST, LIST.replace(b",", b";")], 2000):
        sound(data)


@settings(max_examples=60)
@given(dialogue_lists())
def test_every_dialogue_list_of_ours_is_read(rows: tuple[DialogueRow, ...]) -> None:
    try:
        found = examine_as_recorded(write_dialogue_list(rows), START).document
    except WrongFormat:
        found = ()
    kept = {" ".join(row.source.split()) for row in rows}
    assert {line.text for line in found} <= kept


@pytest.mark.parametrize(("name", "data", "word"), [
    ("a.fountain", b"", "no screenplay"), ("a.fountain", b"\x00\x01\x02" * 50, ""), ("a.pdf", b"%PDF-1.7\n", "PDF"),
    ("a.fountain", b"INT. ROOM - NIGHT\n\nRain.\n", "nobody speaks"), ("a.txt", b"once upon a time\n", "nobody speaks"),
    ("a.srt", b"1\n00:00:01,000 --> 00:00:02,000\nHi\n", "SRT"), ("a.docx", b"PK\x03\x04abc", "ZIP"),
    ("a.fountain", b"x" * (2 * 2**20 + 1), "at most"), ("a.rtf", b"{\\rtf1", "RTF")])
def test_what_is_no_script_is_refused_by_its_name(name: str, data: bytes, word: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(BadInput) as caught:
        read_script(tmp_path / name)
    assert name in str(caught.value) and word in str(caught.value) and "\n" not in str(caught.value)


def test_a_script_without_headings_is_one_where_somebody_speaks(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("ANN\nGood evening.\n", encoding="utf-8")
    assert read_script(tmp_path / "a.txt").characters == ("ANN",)


def test_a_list_may_say_how_voices_are_heard() -> None:
    text = ("in,out,personaggio,battuta,voce\n1,2,LENA (V.O.) (CONT'D),One,\n3,4,JOHN (YOUNG),Two,al telefono\n"
            "5,6,BEN,Three,canta\n7,8,BEN,Four,hoarse\n9,10,BEN,Five,O.S.\n")
    reading = examine_as_recorded(text.encode(), START)
    assert [(one.character, one.presence, one.sung) for one in reading.document] == [
        ("LENA", PresenceKind.VOICE_OVER, False), ("JOHN (YOUNG)", PresenceKind.DEVICE, False), ("BEN", None, True),
        ("BEN", None, False), ("BEN", PresenceKind.OFF_SCREEN, False)]
    assert [(one.line, one.code) for one in reading.findings] == [(5, "presence")]
