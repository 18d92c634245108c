"""SCC: what a decoder of closed captions makes of the bytes, and when; files are made here, byte by byte."""

from __future__ import annotations

import random
from fractions import Fraction
from pathlib import Path

import pytest

from ciak.errors import BadInput, Damaged, TooLarge, WrongFormat
from ciak.film import Align, Edge, Place, SubtitleCue, SubtitleDocument
from ciak.formats import read_subtitles, write_subtitles
from ciak.formats.base import Reading
from ciak.formats.scc import SCC
from ciak.formats.timed_text import CUES

RCL, RDC, EDM, ENM, EOC, CR, RU2, BS = 0x1420, 0x1429, 0x142C, 0x142E, 0x142F, 0x142D, 0x1425, 0x1421
ROW15, ROW14, ROW1 = 0x1470, 0x1450, 0x1150
FRAME = Fraction(1001, 30000)


def word(pair: int) -> str:
    """Two bytes in hexadecimal, with odd parity."""
    return "".join(f"{byte | (0 if byte.bit_count() % 2 else 0x80):02x}" for byte in (pair >> 8, pair & 0x7F))


def sent(*parts: int | str) -> str:
    """Control codes, each sent twice, and texts."""
    words: list[str] = []
    for part in parts:
        if isinstance(part, int):
            words += [word(part)] * 2
        else:
            codes = [ord(sign) for sign in part]
            codes += [0] * (len(codes) % 2)
            words += [word(first << 8 | second) for first, second in zip(codes[::2], codes[1::2], strict=True)]
    return " ".join(words)


def examined(*lines: tuple[str, str]) -> Reading[SubtitleDocument]:
    rows = "\n\n".join(f"{time}\t{words}" for time, words in lines)
    return SCC.examine(f"Scenarist_SCC V1.0\n\n{rows}\n".encode())


def pop_on(*parts: int | str) -> SubtitleCue:
    """A subtitle of these parts, built at the first second and erased at the third."""
    reading = examined(("00:00:01:00", sent(RCL, ENM, *parts, EOC)), ("00:00:03:00", sent(EDM)))
    assert reading.findings == () and len(reading.document.cues) == 1
    return reading.document.cues[0]


def marked(cue: SubtitleCue) -> list[tuple[str, str]]:
    return [(run.value or run.kind.value, cue.text[run.first:run.end]) for run in cue.runs]


def frames(cue: SubtitleCue) -> tuple[Fraction, Fraction]:
    return cue.span.start / FRAME, cue.span.end / FRAME


def test_words_that_everybody_knows() -> None:
    assert sent(RCL, EOC, EDM, "Hello") == "9420 9420 942f 942f 942c 942c c8e5 ecec ef80"


def test_a_subtitle_appears_when_its_last_code_is_sent() -> None:
    cue = pop_on(ROW15, "Hello")
    assert (cue.lines, cue.runs, cue.place) == (("Hello",), (), Place(align=Align.LEFT, aside=Fraction(10)))
    assert frames(cue) == (30 + 2 + 2 + 2 + 3, 90)


def test_pop_on_without_erasing_ends_with_the_next() -> None:
    reading = examined(("00:00:01:00", sent(RCL, ROW15, "One", EOC)),
                       ("00:00:02:00", sent(RCL, ENM, ROW15, "Two", EOC)))
    assert [(cue.text, *frames(cue)) for cue in reading.document.cues] == [("One", 36, 68), ("Two", 68, 70 + 90)]
    assert [finding.code for finding in reading.findings] == ["no-end"]


def test_signs_beyond_the_end_of_a_row_are_told() -> None:
    reading = examined(("00:00:01:00", sent(RCL, ROW15, "x" * 31 + "yz", EOC)), ("00:00:03:00", sent(EDM)))
    assert reading.document.cues[0].text == "x" * 31 + "z"
    assert any("beyond the end of a row" in finding.message for finding in reading.findings)
    whole = examined(("00:00:01:00", sent(RCL, ROW15, "x" * 32, EOC)), ("00:00:03:00", sent(EDM)))
    assert not any("beyond" in finding.message for finding in whole.findings)


def test_codes_count_once_when_sent_twice_and_twice_when_sent_four_times() -> None:
    assert pop_on(ROW15, "abc", BS).lines == ("ab",)
    assert pop_on(ROW15, "abcd", BS, BS).lines == ("ab",)
    words = sent(RCL, ROW15) + " " + sent("ab") + " " + word(BS) + " " + sent(EOC)
    assert examined(("00:00:01:00", words)).document.cues[0].lines == ("a",)


def test_styles_of_rows_and_in_rows() -> None:
    cue = pop_on(0x144E, "Who", 0x1470, "is", 0x112E, "she", 0x1120, "?", 0x1129, "x")
    assert cue.lines == ("Who", "is she ? x")
    assert marked(cue) == [("i", "Who"), ("i", " she"), ("#ff0000", " x"), ("u", " x")]
    assert marked(pop_on(0x1465, "sea")) == [("#0000ff", "sea"), ("u", "sea")]


def test_characters() -> None:
    cue = pop_on(ROW15, "a*\\^_`{|}~'", 0x1137, 0x1130, "e", 0x1221, "u", 0x1225, "A", 0x1330, "o", 0x1333)
    assert cue.text == "aáéíóúç÷Ññ’♪®ÉüÄö"
    assert pop_on(ROW15, "a", 0x1139, "b").text == "a b"


@pytest.mark.parametrize(("parts", "place"), [
    ((0x1452, 0x1721, "Somewhere in here it is."), None), ((0x1470, "x"), Place(align=Align.LEFT, aside=Fraction(10))),
    ((0x1152, 0x1721, "Somewhere in here it is."), Place(edge=Edge.TOP, inset=Fraction(10))),
    ((0x145E, "1234"), Place(align=Align.RIGHT, aside=Fraction(10))),
    ((0x1352, 0x1721, "Somewhere in here it is."), Place(inset=10 + Fraction(80 * 3, 15))),
    ((0x1454, "a", 0x1474, "abc"), Place(align=Align.LEFT, aside=Fraction(30)))])
def test_places(parts: tuple[int | str, ...], place: Place | None) -> None:
    assert pop_on(*parts).place == place


def test_roll_up_gives_a_subtitle_a_row() -> None:
    reading = examined(("00:00:01:00", sent(RU2, CR, ROW15, "ONE")), ("00:00:02:00", sent(RU2, CR, ROW15, "TWO")),
                       ("00:00:03:00", sent(EDM)))
    assert reading.findings == ()
    assert [(cue.text, *frames(cue)) for cue in reading.document.cues] == [("ONE", 36, 62), ("TWO", 66, 90)]


def test_paint_on_is_seen_as_it_is_written() -> None:
    reading = examined(("00:00:01:00", sent(RDC, ROW14, "One")), ("00:00:02:00", sent(RDC, ROW15, "two")),
                       ("00:00:03:00", sent(EDM)))
    assert [(cue.text, *frames(cue)) for cue in reading.document.cues] == [("One", 34, 64), ("One\ntwo", 64, 90)]


@pytest.mark.parametrize(("time", "start", "first"), [
    ("00:59:50:00", "", 59 * 1800 + 1500), ("01:00:00:00", "01:00:00:00", 0), ("01:00:10;00", "01:00:00;00", 300),
    ("10:01:00;02", "10:00:00;00", 1800), ("00:10:00;00", "", 17982)])
def test_the_first_hour_is_the_start(time: str, start: str, first: int) -> None:
    reading = examined((time, sent(RCL, ROW15, "x", EOC, EDM)))
    assert reading.document.start == start and frames(reading.document.cues[0])[0] == first + 5
    assert [finding.code for finding in reading.findings] == (["start"] if start else [])
    assert reading.document.rate == Fraction(30000, 1001)


def test_a_line_waits_for_the_one_above() -> None:
    reading = examined(("00:00:01:00", sent(RCL, ROW15, "One", EOC)), ("00:00:01:01", sent(EDM)))
    assert frames(reading.document.cues[0]) == (36, 38)


@pytest.mark.parametrize(("line", "words"), [
    ("00:00:99:00\t9420", "not a timecode"), ("00:01:00;00\t9420", "leaves out"), ("nonsense", "not a timecode and"),
    ("00:00:02:00\t94zz", "two bytes"), ("00:00:02:00\t942", "two bytes"), ("00:00:00:10\t9420", "before that of")])
def test_lines_that_cannot_be_read_are_named(line: str, words: str) -> None:
    data = f"Scenarist_SCC V1.0\n\n00:00:01:00\t{sent(RCL, ROW15, 'x', EOC)}\n\n{line}\n\n00:10:00:02\t{sent(EDM)}\n"
    with pytest.raises(Damaged, match=words) as caught:
        SCC.read(data.encode())
    assert caught.value.details["line"] == 5
    assert [cue.text for cue in SCC.examine(data.encode()).document.cues] == ["x"]


def test_what_is_left_out_is_told() -> None:
    reading = examined(("00:00:01:00", "9420 9420 9470 9470 7861 942f 942f"),
                       ("00:00:02:00", sent(0x1C20, "no", 0x1420, 0x1025, 0x1428, 0x142A, "no", EDM)))
    assert [cue.text for cue in reading.document.cues] == ["xa"]
    assert sorted((finding.line, finding.code) for finding in reading.findings) == [
        (3, "parity"), *[(5, "not-kept")] * 4]


def test_it_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "film.txt"
    path.write_text(f"Scenarist_SCC V1.0\r\n\r\n00:00:01:00\t{sent(RCL, ROW15, 'x', EOC)}\r\n")
    document = read_subtitles(path)
    with pytest.raises(WrongFormat, match="reads SCC subtitles but does not write"):
        SCC.write(document)
    with pytest.raises(WrongFormat, match="does not write 'scc'"):
        write_subtitles(document, "scc")
    assert SCC.losses(document)
    for data in (b"", b"Scenarist V1", b"00:00:01:00\t9420"):
        with pytest.raises(WrongFormat):
            SCC.read(data)


def test_too_many_subtitles_are_refused() -> None:
    flips = sent(RCL, ROW15, "x") + f" {word(EOC)} 8080" * (2 * CUES + 4)
    with pytest.raises(TooLarge, match="subtitles"):
        examined(("00:00:01:00", flips))


def test_any_codes_in_any_order_are_read_or_refused() -> None:
    chance = random.Random(3)
    codes = [RCL, RDC, EDM, ENM, EOC, CR, RU2, BS, ROW15, ROW1, 0x1424, 0x142A, 0x112E, 0x1137, 0x1227, 0x1723, 0x1C20,
             0x1020, 0x1060, 0x4141, 0x2020, 0x0341]
    for _ in range(500):
        lines = [(f"00:00:{second:02}:00", " ".join(word(chance.choice(codes)) for _ in range(chance.randrange(40))))
                 for second in range(chance.randrange(5))]
        try:
            document = examined(*lines).document
        except BadInput as problem:
            assert "\n" not in str(problem)
            continue
        assert all(cue.lines and cue.span.duration >= 0 for cue in document.cues)
