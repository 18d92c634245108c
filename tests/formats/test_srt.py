"""SRT as it is met: what is read kindly, what is refused with its line, what is written."""

from __future__ import annotations

from fractions import Fraction

import pytest

from ciak.errors import BadInput, Damaged, TooLarge, WrongFormat
from ciak.film import Align, Edge, Place, Span, StyledRun, StyleKind, SubtitleCue, SubtitleDocument
from ciak.formats.srt import SRT
from ciak.formats.timed_text import CUES, LINES, SIZE


def texts(data: str) -> list[str]:
    return [cue.text for cue in SRT.read(data.encode()).cues]


GOOD = "1\n00:00:01,000 --> 00:00:02,500\nOne\ntwo\n\n2\n00:00:03,000 --> 00:00:04,000\nThree\n"


@pytest.mark.parametrize("data", [
    GOOD, GOOD.replace("\n", "\r\n"), GOOD.replace("\n", "\r"), GOOD.replace("\n", "\r\r\n"), "\ufeff" + GOOD,
    "\n\n\n" + GOOD + "\n\n", GOOD.rstrip("\n"), GOOD.replace(",", "."),
    GOOD.replace("1\n0", "0").replace("2\n0", "0"),
    GOOD.replace("00:00:0", "0:00:0"), GOOD.replace("00:00:0", "000:00:0"), GOOD.replace("00:00:0", "00:0"),
    GOOD.replace(" --> ", "-->"), GOOD.replace(" --> ", "\t-->  "), GOOD.replace("\n\n", "\n"),
    GOOD.replace("-->", "->"), GOOD.replace("-->", "—>"), GOOD.replace(" --> ", "→"), GOOD.replace("-->", "=>", 1),
    GOOD.replace("\n", "\n\n"), GOOD.replace("One", "  One \t"), GOOD.replace("\n\n", "\n \t\n"),
    GOOD.replace("One\n", "One\n\n\n"), GOOD.replace("2\n00", "77\n00"), GOOD.replace(",", ", "),
    GOOD.replace("One", "\x01O\x08ne\x7f"),
])
def test_files_that_say_the_same(data: str) -> None:
    cues = SRT.read(data.encode()).cues
    assert [cue.lines for cue in cues] == [("One", "two"), ("Three",)]
    assert [cue.span for cue in cues] == [Span.of(1, Fraction(5, 2)), Span.of(3, 4)]


@pytest.mark.parametrize(("stamp", "time"), [
    ("00:00:01,5", Fraction(3, 2)), ("00:00:01,05", Fraction(21, 20)), ("00:00:01", Fraction(1)),
    ("00:01,250", Fraction(5, 4)), ("100:00:00,001", Fraction(360000001, 1000)), ("1:2:3,4", Fraction(37234, 10)),
    ("00:00:01,123456789", Fraction(1123456789, 10**9)), ("00: 00: 01, 500", Fraction(3, 2)),
])
def test_times_are_exact(stamp: str, time: Fraction) -> None:
    assert SRT.read(f"{stamp} --> 999:00:00,000\nx".encode()).cues[0].span.start == time


@pytest.mark.parametrize(("line", "why"), [
    ("00:00:02,000 --> 00:00:01,000", "ends before"), ("00:00:0x,000 --> 00:00:01,000", "not a start"),
    ("00:61:00,000 --> 02:00:00,000", "59"), ("00:00:60,000 --> 02:00:00,000", "59"), ("-->", "not a start"),
    ("00:00:01,000 -->", "not a start"), ("-00:00:01,000 --> 00:00:02,000", "not a start"),
    ("00:00:01:12 --> 00:00:02:01", "not a start"), ("1 --> 2", "not a start"),
    ("٠٠:٠٠:٠١,٠٠٠ --> ٠٠:٠٠:٠٢,٠٠٠", "not a start"),
])
def test_a_bad_time_in_the_middle_is_named_by_its_line_or_left_out(line: str, why: str) -> None:
    data = GOOD.replace("00:00:03,000 --> 00:00:04,000\nThree",
                        f"{line}\nLost\n\n3\n00:00:05,0 --> 00:00:06,0\nLast")
    with pytest.raises(Damaged, match="line 7") as caught:
        SRT.read(data.encode())
    assert caught.value.details["line"] == 7 and why in str(caught.value)
    reading = SRT.examine(data.encode())
    assert [cue.text for cue in reading.document.cues] == ["One\ntwo", "Last"]
    assert [(finding.line, finding.code) for finding in reading.findings if finding.fatal] == [(7, "bad-time")]


def test_an_arrow_in_the_middle_of_a_text_is_text() -> None:
    assert texts(GOOD.replace("two", "a --> b")) == ["One\na --> b", "Three"]


def test_a_text_that_is_a_number_stays() -> None:
    assert texts(GOOD.replace("Three", "42")) == ["One\ntwo", "42"]
    assert texts("00:00:01,000 --> 00:00:02,000\n42\n\n00:00:03,000 --> 00:00:04,000\n43\n") == ["42", "43"]


def test_unsorted_subtitles_are_sorted_and_overlaps_stay() -> None:
    data = "00:00:05,0 --> 00:00:09,0\nB\n\n00:00:01,0 --> 00:00:06,0\nA\n\n00:00:05,0 --> 00:00:06,0\nC\n"
    reading = SRT.examine(data.encode())
    assert [cue.text for cue in reading.document.cues] == ["A", "B", "C"]
    assert [finding.code for finding in reading.findings] == ["unsorted"]


def test_tags_become_runs_and_the_rest_of_markup_is_dropped_with_a_finding() -> None:
    data = ("1\n00:00:01,000 --> 00:00:02,000 X1:10 X2:20\n<I>Who</I>{\\an8} is <font face=\"x\">a < b</font>\n"
            "<b>and\n<i>so</b></i>?\n")
    reading = SRT.examine(data.encode())
    cue = reading.document.cues[0]
    assert cue.text == "Who is a < b\nand\nso?"
    assert [(run.kind.value, cue.text[run.first:run.end]) for run in cue.runs] == [
        ("i", "Who"), ("b", "and\nso"), ("i", "so")]
    assert [(finding.line, finding.code) for finding in reading.findings] == [(2, "not-kept")]
    assert "X1:10" in reading.findings[0].message and "an8" in reading.findings[0].message


def test_tags_that_close_nothing_or_are_never_closed() -> None:
    cue = SRT.read(b"00:01 --> 00:02\n</i>a <i>b<i>c</i>d <u></u> e\n").cues[0]
    assert cue.text == "a bcd  e"
    assert [(run.kind, run.first, run.end) for run in cue.runs] == [(StyleKind.ITALIC, 2, 8)]


def test_a_file_that_breaks_off_after_a_number() -> None:
    assert texts(GOOD + "\n3\n") == ["One\ntwo", "Three"]
    assert texts(GOOD + "\n3\n00:00:05,000 --> 00:00:06,000\n") == ["One\ntwo", "Three", ""]


def test_odd_subtitles_are_kept_and_found() -> None:
    reading = SRT.examine(b"hello\n\n1\n00:00:01,000 --> 00:00:01,000\n\n2\n00:00:02,000 --> 00:00:03,000\nx\n")
    assert [finding.code for finding in reading.findings] == ["stray-text", "empty", "no-duration"]
    assert len(reading.document.cues) == 2


def test_what_is_no_srt() -> None:
    for data in (b"", b"plain text", b"1\n2\n3", b"00:00:01,000 - 00:00:02,000\nx"):
        with pytest.raises(WrongFormat):
            SRT.read(data)


def test_too_many_subtitles_are_refused() -> None:
    with pytest.raises(TooLarge, match="subtitles"):
        SRT.read(b"0:1-->0:2\n" * (CUES + 1))
    with pytest.raises(TooLarge, match="lines"):
        SRT.read(b"0:1-->0:2\n" + b"\n" * LINES)
    with pytest.raises(TooLarge, match="bytes"):
        SRT.read(b"0:1-->0:2\n" + b" " * SIZE)


def document(*lines: str, start: Fraction = Fraction(1)) -> SubtitleDocument:
    return SubtitleDocument(cues=(SubtitleCue(span=Span(start=start, end=start + 1), lines=lines),))


def test_what_is_written() -> None:
    made = SubtitleDocument(cues=(
        SubtitleCue(span=Span.of(3600, Fraction(36015, 10)), lines=("Second",)),
        SubtitleCue(span=Span.of(Fraction(1, 3), Fraction(2, 3)), lines=("- Sì", "- No"),
                    runs=(StyledRun(kind=StyleKind.ITALIC, first=2, end=4),))))
    assert SRT.write(made) == ("1\r\n00:00:00,333 --> 00:00:00,667\r\n- <i>Sì</i>\r\n- No\r\n\r\n"
                               "2\r\n01:00:00,000 --> 01:00:01,500\r\nSecond\r\n").encode()


@pytest.mark.parametrize("text", ["a --> b", "-->", "--->", "<i>", "</b>x", "<font size=1>", "{\\an8}up",
                                  "--\u2060>", "<\u2060\u2060i>", "00:00:01,000 --> 00:00:02,000", "1", "->",
                                  "00:00:01,000 -> 00:00:02,000", "0:1 → 0:2", "0:1 \u2060→ 0:2", "0:1 => 0:2 x",
                                  "AT&amp;T", "<3", "x <y> z"])
def test_text_that_looks_like_srt_is_read_back_and_looks_like_none(text: str) -> None:
    written = SRT.write(document("before", text, "after"))
    assert written.decode().count("-->") == 1
    assert SRT.read(written).cues[0].lines == ("before", text, "after")


def test_dirt_in_a_document_does_not_reach_the_file() -> None:
    made = document(" a\r", "", "\n\nb\n", "\x00c\x1b[31m", "  ")
    assert SRT.read(SRT.write(made)).cues[0].lines == ("a", "b", "c[31m")


def test_a_time_before_the_film_is_refused_and_one_that_rounds_to_it_is_not() -> None:
    with pytest.raises(BadInput, match="before the film"):
        SRT.write(document("x", start=Fraction(-1, 2)))
    assert b"00:00:00,000" in SRT.write(document("x", start=Fraction(-1, 4000)))


def test_losses_are_named() -> None:
    cue = SubtitleCue(span=Span.of(Fraction(1, 3), 2), lines=("x",), id="intro", settings="line:0",
                      runs=(StyledRun(kind=StyleKind.VOICE, first=0, end=1, value="Ann"),))
    made = SubtitleDocument(language="it", cues=(cue,), notes=("NOTE a",), title="A", rate=Fraction(25))
    assert len(SRT.losses(made)) == 8
    assert SRT.losses(SRT.read(SRT.write(made))) == ()


def one(text: str) -> SubtitleCue:
    return SRT.read(f"00:01 --> 00:02\n{text}\n".encode()).cues[0]


@pytest.mark.parametrize(("tag", "place"), [
    ("{\\an1}", Place(align=Align.LEFT)), ("{\\an2}", None), ("{\\an3}", Place(align=Align.RIGHT)),
    ("{\\an4}", Place(align=Align.LEFT, edge=Edge.MIDDLE)), ("{\\an8}", Place(edge=Edge.TOP)),
    ("{\\an9}", Place(align=Align.RIGHT, edge=Edge.TOP)), ("<i>{\\an8}", Place(edge=Edge.TOP)),
    ("{\\a6}", Place(edge=Edge.TOP)), ("{\\a10}", Place(edge=Edge.MIDDLE)), ("{\\a3}", Place(align=Align.RIGHT)),
])
def test_a_place_is_read_before_the_text(tag: str, place: Place | None) -> None:
    data = f"00:01 --> 00:02\n{tag}up\n".encode()
    reading = SRT.examine(data)
    assert (reading.document.cues[0].place, reading.document.cues[0].text, reading.findings) == (place, "up", ())
    assert SRT.read(SRT.write(reading.document)) == reading.document


@pytest.mark.parametrize("text", ["x{\\an8}", "{\\an0}x", "{\\a4}x", "{\\an8}{\\an1}x", "{\\pos(1,2)}x", "{\\an88}x"])
def test_a_place_that_is_none_is_dropped_with_a_finding(text: str) -> None:
    reading = SRT.examine(f"00:01 --> 00:02\n{text}\n".encode())
    assert reading.document.cues[0].text == "x"
    assert [finding.code for finding in reading.findings] == ["not-kept"]


def test_a_place_is_written_as_the_nearest_of_nine() -> None:
    places = [(Place(edge=Edge.TOP, inset=Fraction(80)), b""),
              (Place(edge=Edge.BOTTOM, inset=Fraction(90)), b"{\\an8}"),
              (Place(edge=Edge.MIDDLE, inset=Fraction(-30), align=Align.LEFT), b"{\\an7}"),
              (Place(align=Align.LEFT, aside=Fraction(20)), b"{\\an1}")]
    for place, tag in places:
        made = SubtitleDocument(cues=(SubtitleCue(span=Span.of(1, 2), lines=("x",), place=place),))
        assert SRT.write(made).split(b"\r\n")[2] == tag + b"x"
        assert SRT.losses(made) == ("the exact place of subtitles on the picture",)
    assert SRT.losses(SubtitleDocument(cues=(SubtitleCue(span=Span.of(1, 2), lines=("x",),
                                                         place=Place(edge=Edge.TOP)),))) == ()


@pytest.mark.parametrize(("tag", "colour"), [
    ('<font color="#FF8000">', "#ff8000"), ("<font color=red>", "#ff0000"), ("<FONT COLOR='Yellow'>", "#ffff00"),
    ("<font color=#0f0>", "#00ff00"), ("<font color=00ff00>", "#00ff00"), ('<font color = "navy" >', "#000080"),
])
def test_colours_are_read(tag: str, colour: str) -> None:
    reading = SRT.examine(f"00:01 --> 00:02\na {tag}b</font> c\n".encode())
    assert reading.findings == ()
    assert reading.document.cues[0].runs == (StyledRun(kind=StyleKind.COLOUR, first=2, end=3, value=colour),)
    assert f'a <font color="{colour}">b</font> c'.encode() in SRT.write(reading.document)


def test_fonts_close_what_they_opened() -> None:
    cue = one('<font color=red>a<font size=5>b</font>c<font color=blue>d</font>e</font>f</font>g')
    assert cue.text == "abcdefg"
    assert [(run.value, cue.text[run.first:run.end]) for run in cue.runs] == [
        ("#ff0000", "abc"), ("#0000ff", "d"), ("#ff0000", "e")]
    for text in ("<font color=mauve>x</font>", "<font color=red face=y>x</font>", "<font color='red>x</font>"):
        reading = SRT.examine(f"00:01 --> 00:02\n{text}\n".encode())
        assert [finding.code for finding in reading.findings] == ["not-kept"]
        assert len(reading.document.cues[0].runs) == ("face" in text)
