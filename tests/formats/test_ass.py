"""SubStation Alpha: sections, styles and override tags as they are met, and what is written."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.formats.made_documents import NASTY

from ciak.errors import BadInput, Damaged, TooLarge, WrongFormat
from ciak.film import Align, Edge, Place, Span, StyledRun, StyleKind, SubtitleCue, SubtitleDocument
from ciak.formats import read_subtitles
from ciak.formats.ass import ASS
from ciak.formats.ass_text import guard, guard_name, unguard_name
from ciak.formats.base import Finding
from ciak.formats.timed_text import CUES

INFO = "[Script Info]\nTitle: A film\nScriptType: v4.00+\nPlayResX: 640\nPlayResY: 480\nWrapStyle: 0\n\n"
STYLES = ("[V4+ Styles]\nFormat: Name, PrimaryColour, Bold, Italic, Underline, Alignment, MarginL, MarginR, MarginV\n"
          "Style: Default,&H00FFFFFF,0,0,0,2,10,10,10\nStyle: Sign,&H0000FFFF,-1,-1,0,8,10,10,100\n"
          "Style: Left,&H00FFFFFF,0,0,0,1,10,10,10\n\n")
EVENTS = "[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"
HEAD = INFO + STYLES + EVENTS


def line(text: str, *, style: str = "Default", name: str = "", margins: str = "0,0,0") -> str:
    return f"Dialogue: 0,0:00:01.00,0:00:02.50,{style},{name},{margins},,{text}\n"


def one(text: str, head: str = HEAD, **fields: str) -> SubtitleCue:
    return ASS.read((head + line(text, **fields)).encode()).cues[0]


def findings(text: str, head: str = HEAD, **fields: str) -> list[str]:
    return [finding.message for finding in ASS.examine((head + line(text, **fields)).encode()).findings]


def runs(cue: SubtitleCue) -> list[tuple[str, str, str]]:
    return [(run.kind.value, run.value, cue.text[run.first:run.end]) for run in cue.runs]


@pytest.mark.parametrize("data", [
    HEAD + line("One\\Ntwo"), "\ufeff" + HEAD + line("One\\Ntwo"), "; made by\n" + HEAD + line("One\\Ntwo"),
    (HEAD + line("One\\Ntwo")).replace("\n", "\r\n"), HEAD.upper() + line("One\\Ntwo"),
    INFO + EVENTS + line("One\\Ntwo"),
    INFO + "[Events]\n" + line("One\\Ntwo"), INFO + EVENTS + line("One\\Ntwo") + STYLES,
    INFO + "[Events]\nFormat: Start,End,Text\nDialogue: 0:00:01.0,00:00:02.500,One\\Ntwo\n",
    HEAD + line("One\\Ntwo").replace("Dialogue: 0", "Dialogue:Marked=0"), HEAD + line(" One\\N two\t"),
])
def test_files_that_say_the_same(data: str) -> None:
    cues = ASS.read(data.encode()).cues
    assert [(cue.span, cue.lines, cue.runs, cue.place) for cue in cues] == [
        (Span.of(1, Fraction(5, 2)), ("One", "two"), (), None)]


def test_a_file_is_read_through_the_door(tmp_path: Path) -> None:
    path = tmp_path / "x.srt"
    path.write_text(HEAD + line("Hello, you", name="Ann"), "utf-8")
    document = read_subtitles(path)
    assert (document.title, document.cues[0].text, document.cues[0].speaker) == ("A film", "Hello, you", "Ann")


def test_commas_in_the_text_are_text() -> None:
    assert one("a, b,, c").text == "a, b,, c"


def test_escapes_and_wrapping() -> None:
    assert one("a\\nb\\hc\\{d\\}\\x").text == "a b\u00a0c{d}\\x"
    assert one("a\\nb", HEAD.replace("WrapStyle: 0", "WrapStyle: 2")).lines == ("a", "b")
    assert one("{\\q2}a\\nb").lines == ("a", "b")
    assert one("a { b").text == "a { b" and one("a } b").text == "a } b" and one("{x}} {y").text == "} {y"


@pytest.mark.parametrize(("text", "expected"), [
    ("a {\\i1}b{\\i0} c", [("i", "", "b")]), ("{\\b1}a{\\b0}b", [("b", "", "a")]), ("{\\u1}a", [("u", "", "a")]),
    ("{\\b700}a{\\b400}b{\\b600}c", [("b", "", "a"), ("b", "", "c")]),
    ("{\\i1\\b1}a{\\i0}b", [("b", "", "ab"), ("i", "", "a")]), ("{\\i1}a{\\r}b", [("i", "", "a")]),
    ("{\\c&H0000FF&}a{\\c}b", [("c", "#ff0000", "a")]), ("{\\1c&HFF8001&}a", [("c", "#0180ff", "a")]),
    ("{\\c&H00FF00}a{\\c&HFFFFFF&}b", [("c", "#00ff00", "a"), ("c", "#ffffff", "b")]),
    ("a{\\rSign}b{\\r}c", [("b", "", "b"), ("c", "#ffff00", "b"), ("i", "", "b")]),
    ("a{\\rNobody}b", []), ("{\\i1}a\\Nb{\\i0}", [("i", "", "a\nb")]), ("{ \\ i 1 }a", [("i", "", "a")]),
])
def test_override_tags(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert runs(one(text)) == expected


def test_styles_give_what_a_cue_begins_with() -> None:
    cue = one("{\\i0}a{\\i}b{\\c&H0000FF&}c{\\c}d", style="Sign", name="Ann")
    assert runs(cue) == [("b", "", "abcd"), ("v", "Ann", "abcd"), ("c", "#ffff00", "ab"), ("i", "", "bcd"),
                         ("c", "#ff0000", "c"), ("c", "#ffff00", "d")]
    assert cue.place == Place(edge=Edge.TOP, inset=Fraction(10000, 480))
    assert one("a", style="*Sign").runs == one("a", style="Sign").runs
    assert one("a", style="Nobody").runs == () and findings("a", style="Nobody") == [
        "dropped: styles that are not in the file"]


def test_the_older_version_is_read() -> None:
    old = ("[Script Info]\nScriptType: v4.00\n\n[V4 Styles]\nFormat: Name, Fontname, Fontsize, PrimaryColour, "
           "SecondaryColour, TertiaryColour, BackColour, Bold, Italic, BorderStyle, Outline, Shadow, Alignment, "
           "MarginL, MarginR, MarginV, AlphaLevel, Encoding\n"
           "Style: Top,Arial,20,65535,0,0,0,0,-1,1,2,0,6,30,30,20,0,0\n\n"
           "[Events]\nFormat: Marked, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"
           "Dialogue: Marked=0,0:00:01.00,0:00:02.00,*Top,Ann,0000,0000,0000,,Hi, you\n")
    cue = ASS.read(old.encode()).cues[0]
    assert (cue.text, cue.place) == ("Hi, you", Place(edge=Edge.TOP))
    assert runs(cue) == [("c", "#ffff00", "Hi, you"), ("i", "", "Hi, you"), ("v", "Ann", "Hi, you")]


LEFT, CENTRE, RIGHT, TOP, MIDDLE, BOTTOM = *Align, *Edge


@pytest.mark.parametrize(("text", "style", "margins", "place"), [
    ("{\\an8}x", "Default", "0,0,0", Place(edge=TOP)), ("{\\a6}x", "Default", "0,0,0", Place(edge=TOP)),
    ("{\\a9}x", "Default", "0,0,0", Place(align=LEFT, edge=MIDDLE)),
    ("{\\an2}x", "Sign", "0,0,48", Place(inset=Fraction(10))),
    ("{\\an2\\an8}x", "Default", "0,0,0", None), ("x{\\an3}", "Default", "0,0,0", Place(align=RIGHT)),
    ("x", "Left", "64,0,0", Place(align=LEFT, aside=Fraction(10))), ("x", "Left", "0,64,0", Place(align=LEFT)),
    ("x", "Default", "0,0,96", Place(inset=Fraction(20))), ("x", "Default", "0000,0000,0000", None),
    ("{\\an5}x", "Default", "0,0,96", Place(edge=MIDDLE)),
    ("{\\pos(320,240)}x", "Default", "0,0,0", Place(inset=Fraction(50))),
    ("{\\an7\\pos(64,48)}x", "Default", "0,0,0", Place(align=LEFT, edge=TOP, aside=Fraction(10), inset=Fraction(10))),
    ("{\\an9\\pos(576,-24.0)}x", "Default", "0,0,0",
     Place(align=RIGHT, edge=TOP, aside=Fraction(10), inset=Fraction(-5))),
    ("{\\an5\\pos(320,240)}x", "Default", "0,0,0", Place(edge=MIDDLE)),
    ("{\\an5\\pos( 320 , 264 )}x", "Default", "0,0,0", Place(edge=MIDDLE, inset=Fraction(5))),
    ("{\\pos(320,470)}x", "Default", "0,0,0", None), ("{\\pos(320,470)\\pos(1,1)}x", "Default", "0,0,0", None),
])
def test_places(text: str, style: str, margins: str, place: Place | None) -> None:
    assert one(text, style=style, margins=margins).place == place


@pytest.mark.parametrize(("tag", "kind"), [
    ("\\fs20\\fnArial Bold\\fscx50", "fonts, sizes and spacing"), ("\\k20\\kf30\\K5", "karaoke"),
    ("\\t(0,500,\\fs40\\clip(0,0,1,1)\\i1)", "transforms"), ("\\fad(1,2)", "fades"), ("\\move(1,2,3,4)", "movement"),
    ("\\s1", "strikeout"), ("\\bord2\\3c&H0&\\alpha&HFF&\\blur1\\be1", "outlines"), ("\\frz30\\org(1,2)", "turning"),
    ("\\clip(m 0 0 l 1 1)", "clipping"), ("a note", "comments in braces"), ("\\xyz", "does not know"),
    ("\\b5", "does not know"), ("\\ifoo", "does not know"), ("\\pos(1)", "positions"), ("\\an0", "alignments"),
    ("\\cred", "colours that are none"),
])
def test_what_is_dropped_is_told_once_and_leaves_the_text(tag: str, kind: str) -> None:
    assert one(f"{{{tag}}}a{{{tag}}}b").text == "ab"
    assert one(f"{{{tag}}}a{{{tag}}}b").runs == ()
    told = ASS.examine((HEAD + line(f"{{{tag}}}a{{{tag}}}b") * 3).encode()).findings
    assert [(finding.line, finding.code) for finding in told] == [(16, "not-kept")]
    assert kind in told[0].message and told[0].message.endswith("(3 times)")


def test_drawings_leave_no_text() -> None:
    data = HEAD + line("{\\p1}m 0 0 l 1 1{\\p0}") + line("a{\\p4}m 0 0\\Nl 1 1{\\p0} b")
    reading = ASS.examine(data.encode())
    assert [cue.text for cue in reading.document.cues] == ["a b"]
    assert [finding.message for finding in reading.findings] == ["dropped: drawings (2 times)"]


def test_other_sections_events_and_looks_are_dropped_with_a_finding() -> None:
    styles = STYLES.replace("Name,", "Name, Fontname,").replace("Default,", "Default,Comic,")
    data = ("[Script Info]\nTimer: 100\nOriginal Script: me\n\n[Aegisub Project Garbage]\nLast Style: x\n\n[Fonts]\n"
            "fontname: a.ttf\n[AB]\n!!!\n\n" + styles
            + EVENTS + line("a").replace("Dialogue", "Comment") + line("b").replace("Dialogue", "Picture") + "junk\n"
            + line("x").replace(",,x", ",Banner;5,x").replace(": 0", ": 3"))
    reading = ASS.examine(data.encode())
    assert [cue.text for cue in reading.document.cues] == ["x"]
    said = "\n".join(finding.message for finding in reading.findings)
    for words in ("[Script Info] says besides (2", "[Aegisub", "[Fonts]", "comment events", "picture events", "none of",
                  "effects", "layers", "fonts, sizes, outlines"):
        assert words in said
    assert not any(finding.fatal for finding in reading.findings)


@pytest.mark.parametrize(("bad", "why"), [
    ("Dialogue: 0,0:00:03.00,0:00:02.00,Default,,0,0,0,,x", "ends before"),
    ("Dialogue: 0,0:00:0x.00,0:00:02.00,Default,,0,0,0,,x", "not times"),
    ("Dialogue: 0,0:60:00.00,2:00:02.00,Default,,0,0,0,,x", "59"), ("Dialogue: 0,0:00:01.00", "2 fields"),
    ("Dialogue: 0,٠:00:01.00,0:00:02.00,Default,,0,0,0,,x", "not times"), ("Format: Text, Start, End", "last, text"),
])
def test_a_bad_line_is_named_or_left_out(bad: str, why: str) -> None:
    data = (HEAD + line("One") + bad + "\n" + line("Two")).encode()
    with pytest.raises(Damaged, match=f"line 17.*{why}"):
        ASS.read(data)
    assert [cue.text for cue in ASS.examine(data).document.cues] == ["One", "Two"]


def test_odd_events_are_kept_and_found_and_sorted() -> None:
    data = HEAD + line("b").replace("0:00:01", "0:00:02") + line("a") + line("").replace("0:00:02.50", "0:00:01.00")
    reading = ASS.examine(data.encode())
    assert [cue.text for cue in reading.document.cues] == ["a", "", "b"]
    assert sorted(finding.code for finding in reading.findings) == ["empty", "no-duration", "unsorted"]
    assert ASS.examine(INFO.encode()).findings == (Finding(0, "no-events", "there is no [Events] section"),)


def test_what_is_none_or_too_much_is_refused() -> None:
    for data in (b"", b"x", b"[Events]\n", b"WEBVTT\n\n[Script Info]\n", b"[Script]"):
        with pytest.raises(WrongFormat):
            ASS.read(data)
    with pytest.raises(TooLarge, match="subtitles"):
        ASS.read((HEAD + line("x") * (CUES + 1)).encode())
    with pytest.raises(TooLarge, match="styles"):
        ASS.read((INFO + "[V4+ Styles]\n" + "".join(f"Style: {n}\n" for n in range(5001))).encode())


def document(*lines: str, **fields: object) -> SubtitleDocument:
    cue = SubtitleCue(span=Span.of(1, Fraction(5, 2)), lines=lines)
    return SubtitleDocument(cues=(cue.model_copy(update=fields),))


def test_what_is_written() -> None:
    place = Place(align=LEFT, edge=TOP, inset=Fraction(10), aside=Fraction(20))
    made = document("Ciao, {tu}", "sì", place=place, runs=(
        StyledRun(kind=StyleKind.VOICE, first=0, end=13, value="Ann, B"),
        StyledRun(kind=StyleKind.ITALIC, first=0, end=4),
        StyledRun(kind=StyleKind.COLOUR, first=4, end=13, value="#ff8000")))
    written = ASS.write(made.model_copy(update={"title": "Uno", "language": "it"})).decode()
    assert written.startswith("[Script Info]\r\nScriptType: v4.00+\r\nTitle: Uno\r\nLanguage: it\r\nPlayResX: 1920\r\n"
                              "PlayResY: 1080\r\nWrapStyle: 0\r\n")
    assert written.split("\r\n")[-2] == (
        "Dialogue: 0,0:00:01.00,0:00:02.50,Default,Ann\uff0c\u2060 B,384,0,108,,"
        "{\\an7\\i1}Ciao{\\i0\\c&H0080FF&}, \uff5b\u2060tu\uff5d\u2060\\Nsì{\\c}")
    assert ASS.read(written.encode()).cues == made.cues
    assert ASS.examine(written.encode()).findings == ()


@pytest.mark.parametrize("place", [
    Place(inset=Fraction(0)), Place(edge=MIDDLE, inset=Fraction(-25)), Place(align=LEFT, aside=Fraction(0)),
    Place(align=RIGHT, aside=Fraction(0), inset=Fraction(5)), Place(align=RIGHT, aside=Fraction(5), edge=TOP,
                                                                  inset=Fraction(0)),
    Place(align=LEFT, aside=Fraction(-5), edge=MIDDLE), Place(align=LEFT, inset=Fraction(0)), Place(inset=Fraction(80)),
])
def test_places_that_margins_cannot_hold_are_positions(place: Place) -> None:
    made = document("x", place=place)
    assert ASS.losses(made) == () and ASS.read(ASS.write(made)) == made


@pytest.mark.parametrize("text", [
    "{\\i1}", "a\\Nb", "\\", "a\\", "\\h", "{", "}", "\\{", "\uff5b", "\uff5b\u2060", "{\u2060", "\\\u2060N",
    "\\\u2060", "\\n{", "[Events]", "Dialogue: 0", ";x", ",,", "\\\\N", "}{", "\\}",
])
def test_text_that_looks_like_tags_is_read_back_and_is_none(text: str) -> None:
    for made in (document("before", text, "after"), document(text), document(text, runs=(
            StyledRun(kind=StyleKind.ITALIC, first=0, end=1),))):
        written = ASS.write(made)
        assert ASS.read(written).cues[0].lines == made.cues[0].lines
        assert ASS.read(written).cues[0].runs == made.cues[0].runs
    assert "{" not in guard(text) and "}" not in guard(text)


@settings(max_examples=300)
@given(st.lists(st.sampled_from([*NASTY, "\\", "N", "\u2060", "\uff0c"]), max_size=8).map("".join))
def test_the_guard_of_names_has_an_inverse(name: str) -> None:
    assert unguard_name(guard_name(name)) == name and "," not in guard_name(name)


def test_losses_are_named() -> None:
    voice = StyledRun(kind=StyleKind.VOICE, first=0, end=1, value="Ann")
    made = document("xy", span=Span.of(Fraction(1, 3), 2), id="intro", settings="size:5%", runs=(voice,))
    made = made.model_copy(update={"notes": ("NOTE a",), "start": "10:00:00:00"})
    assert len(ASS.losses(made)) == 6
    assert ASS.losses(ASS.read(ASS.write(made))) == ()
    for place in (Place(aside=Fraction(5)), Place(inset=Fraction(1, 7)), Place(align=LEFT, aside=Fraction(1, 7))):
        assert ASS.losses(document("x", place=place)) == ("the exact place of subtitles on the picture",)
    assert ASS.losses(document("x", runs=(voice,))) == ()


def test_a_time_before_the_film_is_refused_and_times_go_to_the_nearest_hundredth() -> None:
    with pytest.raises(BadInput, match="before the film"):
        ASS.write(document("x", span=Span.of(-1, 1)))
    span = Span.of(Fraction(335, 1000), Fraction(3599998, 1000))
    assert b"0:00:00.34,1:00:00.00," in ASS.write(document("x", span=span))
