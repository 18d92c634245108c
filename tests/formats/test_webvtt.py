"""WebVTT: the specification's own rules, the kindness beyond them, and strict writing."""

from __future__ import annotations

from fractions import Fraction

import pytest

from ciak.errors import Damaged, TooLarge, WrongFormat
from ciak.film import Align, Edge, Place, Span, StyledRun, StyleKind, SubtitleCue, SubtitleDocument
from ciak.formats.timed_text import CUES
from ciak.formats.webvtt import WEBVTT

GOOD = ("WEBVTT\n\nintro\n00:01.000 --> 00:02.500 line:80% align:start\nOne\ntwo\n\n"
        "00:00:03.000 --> 00:00:04.000\nThree\n")


def cue_of(text: str) -> SubtitleCue:
    return WEBVTT.read(f"WEBVTT\n\n00:01.000 --> 00:02.000\n{text}\n".encode()).cues[0]


@pytest.mark.parametrize("data", [
    GOOD, GOOD.replace("\n", "\r\n"), GOOD.replace("\n", "\r"), "\ufeff" + GOOD, GOOD.rstrip("\n"),
    GOOD.replace(".", ","), GOOD.replace("00:00:0", "0:0"),
    GOOD.replace("One\n", "One\n\n"), GOOD.replace("line", "\t line"), GOOD.replace("\n\n0", "\n0"),
    GOOD + "\n\n12\n", GOOD.replace("\n\n00:00", "\n\nNOTE x\n\n00:00"),
])
def test_files_that_say_the_same(data: str) -> None:
    cues = WEBVTT.read(data.encode()).cues
    assert [cue.lines for cue in cues] == [("One", "two"), ("Three",)]
    assert [cue.span for cue in cues] == [Span.of(1, Fraction(5, 2)), Span.of(3, 4)]
    assert (cues[0].id, cues[0].settings) == ("intro", "line:80% align:start")
    assert (cues[1].id, cues[1].settings) == ("", "")


@pytest.mark.parametrize("data", ["", "webvtt\n", " WEBVTT\n", "x\nWEBVTT\n",
                                  "WEBVTTx\n\n00:01.000 --> 00:02.000\nx"])
def test_without_the_signature_it_is_no_webvtt(data: str) -> None:
    with pytest.raises(WrongFormat):
        WEBVTT.read(data.encode())


@pytest.mark.parametrize("data", ["WEBVTT", "WEBVTT\n", "WEBVTT a title", "WEBVTT\ttitle\n\n\n"])
def test_a_file_without_subtitles_is_one_all_the_same(data: str) -> None:
    assert WEBVTT.read(data.encode()).cues == ()


@pytest.mark.parametrize("line", ["00:05.000 --> 00:04.000", "00:0x.000 --> 00:04.000", "a --> b", "-->",
                                  "00:61.000 --> 00:62.000", "00:01.000-00:02.000 -->",
                                  "00:05.000 -> 00:06.000", "00:05.000 → 00:06.000"])
def test_a_bad_time_in_the_middle_is_named_by_its_line_or_left_out(line: str) -> None:
    data = f"{GOOD}\nbad\n{line}\nLost\nlost too\n\n00:09.000 --> 00:10.000\nLast\n"
    where = 12 if "-->" in line else 11  # without an arrow it is a block, named by its first line
    with pytest.raises(Damaged, match=f"line {where}") as caught:
        WEBVTT.read(data.encode())
    assert caught.value.details["line"] == where
    reading = WEBVTT.examine(data.encode())
    assert [cue.text for cue in reading.document.cues] == ["One\ntwo", "Three", "Last"]
    assert [finding.line for finding in reading.findings if finding.fatal] == [where]


def test_voices_styles_and_characters() -> None:
    cue = cue_of("<v.loud Ann &amp; Bob>Fish &amp; <i>chips</i> &lt;3&nbsp;&#x41;&rlm;\n"
                 "<v Carl>AT&T <b.big>1 < 2</b>")
    assert cue.text == "Fish & chips <3\u00a0A\u200f\nAT&T 1 < 2"
    assert [(run.kind.value, run.value, cue.text[run.first:run.end]) for run in cue.runs] == [
        ("v", "Ann & Bob", "Fish & chips <3\u00a0A\u200f"), ("i", "", "chips"), ("v", "Carl", "AT&T 1 < 2"),
        ("b", "", "1 < 2")]
    assert cue.speaker == "Ann & Bob"


def test_markup_that_is_not_kept_leaves_its_text_and_a_finding() -> None:
    data = (b"WEBVTT\n\n00:01.000 --> 00:02.000 size:50% colour:red\n"
            b"<c.loud>a</c> <00:01.500>b <lang en>c</lang> <ruby>d<rt>e</rt></ruby>\n")
    reading = WEBVTT.examine(data)
    assert reading.document.cues[0].text == "a b c de"
    assert reading.document.cues[0].settings == "size:50%"
    assert [(finding.line, finding.code) for finding in reading.findings] == [(3, "not-kept")] * 2
    assert "colour:red" in reading.findings[0].message and "<c.loud>" in reading.findings[1].message


def test_comments_styles_regions_and_the_header_are_kept() -> None:
    data = ("WEBVTT My film\nKind: captions\nLanguage: it\n\nSTYLE\n::cue { color: red }\n\nREGION\nid:a\n\n"
            "00:01.000 --> 00:02.000\nx\n\nNOTE\nbetween\n\n00:03.000 --> 00:04.000\ny\n")
    document = WEBVTT.read(data.encode())
    assert document.language == "it"
    assert document.notes == ("WEBVTT My film", "NOTE\nKind: captions", "STYLE\n::cue { color: red }",
                              "REGION\nid:a", "NOTE\nbetween")
    assert WEBVTT.read(WEBVTT.write(document)) == document


def test_unsorted_subtitles_are_sorted() -> None:
    reading = WEBVTT.examine(b"WEBVTT\n\n00:05.000 --> 00:06.000\nB\n\n00:01.000 --> 00:02.000\nA\n")
    assert [cue.text for cue in reading.document.cues] == ["A", "B"]
    assert [finding.code for finding in reading.findings] == ["unsorted"]


def test_stray_blocks_are_found() -> None:
    reading = WEBVTT.examine(b"WEBVTT\n\nhello\n\n7\n\n00:01.000 --> 00:02.000\na\n\n\nb\n\nc\n")
    assert reading.document.cues[0].lines == ("a", "b", "c")
    assert [(finding.line, finding.code) for finding in reading.findings] == [
        (3, "stray-text"), (5, "stray-number"), (11, "blank-line"), (13, "blank-line")]


def test_a_streaming_shift_is_not_passed_over_in_silence() -> None:
    reading = WEBVTT.examine(b"WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:900000,LOCAL:00:00:00.000\n\n"
                             b"00:01.000 --> 00:02.000\na\n")
    assert [finding.code for finding in reading.findings] == ["timestamp-map"]


def test_too_many_subtitles_are_refused() -> None:
    with pytest.raises(TooLarge):
        WEBVTT.read(b"WEBVTT\n" + b"0:1-->0:2\n" * (CUES + 1))


def test_what_is_written_is_what_the_specification_allows() -> None:
    made = SubtitleDocument(language="it", notes=("a --> b\n\n\nc", "WEBVTT x"), cues=(
        SubtitleCue(span=Span.of(1, 2), lines=("a --> b & <c>", "d"), id="x --> y", settings="line:0 bad --> x:y",
                    runs=(StyledRun(kind=StyleKind.VOICE, first=0, end=3, value="A > B"),
                          StyledRun(kind=StyleKind.BOLD, first=2, end=9))),))
    assert WEBVTT.write(made).decode() == (
        "WEBVTT\n\nNOTE Language: it\n\nNOTE\na --\u2060> b\nc\n\nWEBVTT x\n\n"
        "x → y\n00:00:01.000 --> 00:00:02.000 line:0\n"
        "<v A &gt; B>a <b>-</b></v><b>-&gt; b &amp;</b> &lt;c&gt;\nd\n")


def test_losses_are_named() -> None:
    cue = SubtitleCue(span=Span.of(Fraction(1, 3), 2), lines=("x",), id="a-->b", settings="X1:5")
    assert len(WEBVTT.losses(SubtitleDocument(cues=(cue,)))) == 3


LEFT, CENTRE, RIGHT, TOP, MIDDLE, BOTTOM = *Align, *Edge
PLACES = [
    ("line:0", Place(edge=TOP)), ("line:4", Place(edge=TOP)), ("line:-1", None), ("line:14", None),
    ("line:-2", None), ("line:-15", Place(edge=TOP)), ("line:7", Place(edge=MIDDLE)), ("line:auto", None),
    ("line:80%", Place(edge=TOP, inset=Fraction(80))), ("line:12.5%,start", Place(edge=TOP, inset=Fraction(25, 2))),
    ("line:90%,end", Place(edge=BOTTOM, inset=Fraction(10))), ("line:50%,center", Place(edge=MIDDLE)),
    ("line:40%,center", Place(edge=MIDDLE, inset=Fraction(-10))), ("align:start", Place(align=LEFT)),
    ("align:center", None), ("align:middle", None), ("align:end line:0", Place(align=RIGHT, edge=TOP)),
    ("align:left position:10%", Place(align=LEFT, aside=Fraction(10))),
    ("align:right position:90%,line-right", Place(align=RIGHT, aside=Fraction(10))),
    ("align:left position:50%,center", Place(align=LEFT)), ("position:30%", None), ("size:50%", None),
    ("vertical:rl line:0", None), ("region:a line:0", None), ("line:5 line:0", Place(edge=TOP)), ("line:x", None),
]


@pytest.mark.parametrize(("settings", "place"), PLACES)
def test_settings_tell_the_place_and_stay(settings: str, place: Place | None) -> None:
    data = f"WEBVTT\n\n00:00:01.000 --> 00:00:02.000 {settings}\nx\n"
    cue = WEBVTT.read(data.encode()).cues[0]
    assert cue.place == place
    assert cue.settings in ("", settings)
    assert WEBVTT.write(SubtitleDocument(cues=(cue,))).decode() == data


@pytest.mark.parametrize(("place", "settings"), [
    (Place(edge=TOP), "line:0"), (Place(edge=TOP, inset=Fraction(80)), "line:80%"), (Place(), ""),
    (Place(inset=Fraction(0)), "line:100%,end"), (Place(edge=MIDDLE, inset=Fraction(0)), "line:50%,center"),
    (Place(align=RIGHT, aside=Fraction(1, 8)), "align:right position:99.875%"),
])
def test_a_place_is_written_as_settings_and_read_back_as_none(place: Place, settings: str) -> None:
    made = SubtitleDocument(cues=(SubtitleCue(span=Span.of(1, 2), lines=("x",), place=place),))
    assert WEBVTT.write(made).decode().split("\n")[2] == f"00:00:01.000 --> 00:00:02.000 {settings}".rstrip()
    assert WEBVTT.losses(made) == ()
    again = WEBVTT.read(WEBVTT.write(made)).cues[0]
    assert again.settings == "" and (again.place or Place()) in (place, Place(edge=place.edge, align=place.align))


@pytest.mark.parametrize(("place", "settings"), [
    (Place(edge=TOP, inset=Fraction(1, 3)), ""), (Place(edge=TOP, inset=Fraction(-1)), ""),
    (Place(aside=Fraction(10)), ""), (Place(edge=TOP), "line:80%"), (None, "line:0"),
])
def test_a_place_that_is_not_held_is_told(place: Place | None, settings: str) -> None:
    made = SubtitleDocument(cues=(SubtitleCue(span=Span.of(1, 2), lines=("x",), place=place, settings=settings),))
    assert WEBVTT.losses(made) == ("the exact place of subtitles on the picture",)
    again = WEBVTT.read(WEBVTT.write(made))
    assert WEBVTT.losses(again) == () and WEBVTT.read(WEBVTT.write(again)) == again


def test_the_eight_colours_are_read_and_written() -> None:
    cue = cue_of("<c.yellow>a <c.loud>b</c> <c>c</c> <c.cyan.bg_blue>d</c> e</c> <c.red>f")
    assert cue.text == "a b c d e f"
    assert [(run.value, cue.text[run.first:run.end]) for run in cue.runs] == [
        ("#ffff00", "a b c "), ("#00ffff", "d"), ("#ffff00", " e"), ("#ff0000", "f")]
    assert b"<c.yellow>a b c </c><c.cyan>d</c><c.yellow> e</c> <c.red>f</c>" in WEBVTT.write(
        SubtitleDocument(cues=(cue,)))
    reading = WEBVTT.examine(b"WEBVTT\n\n00:01.000 --> 00:02.000\n<c.cyan.bg_blue>d</c><c.white>e</c>\n")
    assert [finding.message for finding in reading.findings] == ["dropped: <c.cyan.bg_blue>"]


def test_other_colours_are_left_out_and_told() -> None:
    runs = (StyledRun(kind=StyleKind.COLOUR, first=0, end=1, value="#123456"),)
    made = SubtitleDocument(cues=(SubtitleCue(span=Span.of(1, 2), lines=("x",), runs=runs),))
    assert WEBVTT.losses(made) == ("colours other than WebVTT's eight",)
    assert WEBVTT.read(WEBVTT.write(made)).cues[0].runs == ()
