"""IMSC and its relatives: television's, streaming's, the old drafts; times, styles, places; what is written."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from tests.formats.made_documents import mutations
from tests.formats.test_every_format import check

from ciak.errors import BadInput, CiakError, Damaged, Hostile, TooLarge, WrongFormat
from ciak.film import Align, Edge, Place, Span, StyledRun, StyleKind, SubtitleCue, SubtitleDocument
from ciak.formats import Finding, format_named, read_subtitles, write_subtitles
from ciak.formats.imsc import IMSC
from ciak.formats.strict_xml import parse_xml
from ciak.formats.timed_text import CUES

TT = ('<tt xmlns="http://www.w3.org/ns/ttml" xmlns:ttp="http://www.w3.org/ns/ttml#parameter" '
      'xmlns:tts="http://www.w3.org/ns/ttml#styling" xmlns:ttm="http://www.w3.org/ns/ttml#metadata" '
      'xmlns:smpte="http://www.smpte-ra.org/schemas/2052-1/2010/smpte-tt" {}>{}</tt>')

EBU = """<?xml version="1.0" encoding="UTF-8"?>
<tt:tt xmlns:tt="http://www.w3.org/ns/ttml" xmlns:ttp="http://www.w3.org/ns/ttml#parameter"
    xmlns:tts="http://www.w3.org/ns/ttml#styling" xmlns:ttm="http://www.w3.org/ns/ttml#metadata"
    xmlns:ebuttm="urn:ebu:tt:metadata" xmlns:ebutts="urn:ebu:tt:style"
    ttp:timeBase="media" ttp:cellResolution="50 30" xml:lang="it">
  <tt:head>
    <tt:metadata>
      <ttm:title>La casa sul fiume</ttm:title>
      <ebuttm:documentMetadata><ebuttm:conformsToStandard>urn:ebu:tt:distribution:2014-01</ebuttm:conformsToStandard>
      </ebuttm:documentMetadata>
    </tt:metadata>
    <tt:styling>
      <tt:style xml:id="base" tts:fontFamily="Verdana" tts:fontSize="160%" tts:textAlign="center"/>
      <tt:style xml:id="yellow" style="base" tts:color="#FFFF00FF" tts:backgroundColor="#000000c2"/>
      <tt:style xml:id="white" tts:color="#FFFFFFFF" ebutts:linePadding="0.5c"/>
    </tt:styling>
    <tt:layout>
      <tt:region xml:id="low" tts:origin="10% 10%" tts:extent="80% 80%" tts:displayAlign="after"/>
      <tt:region xml:id="high" tts:origin="5c 3c" tts:extent="40c 24c" tts:displayAlign="before"/>
    </tt:layout>
  </tt:head>
  <tt:body>
    <tt:div style="base">
      <tt:p xml:id="sub1" region="low" begin="00:00:01.000" end="00:00:03.480">
        <tt:span style="yellow">Chi ha lasciato</tt:span><tt:br/>
        <tt:span style="white">la porta aperta?</tt:span>
      </tt:p>
      <tt:p xml:id="sub2" region="high" begin="00:00:04" end="00:00:05.5">
        <tt:span style="white">Io   no.</tt:span></tt:p>
    </tt:div>
  </tt:body>
</tt:tt>
"""

STREAMING = """<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<tt xmlns="http://www.w3.org/ns/ttml" xmlns:tts="http://www.w3.org/ns/ttml#styling"
    xmlns:ttm="http://www.w3.org/ns/ttml#metadata" xmlns:ttp="http://www.w3.org/ns/ttml#parameter"
    ttp:frameRate="24" ttp:frameRateMultiplier="1000 1001" ttp:tickRate="10000000" ttp:timeBase="media"
    xml:lang="en" xml:space="preserve">
  <head>
    <ttm:desc>A test</ttm:desc>
    <styling><style xml:id="slanted" tts:fontStyle="italic"/></styling>
    <layout>
      <region xml:id="top" tts:displayAlign="before" tts:extent="80.00% 80.00%" tts:origin="10.00% 10.00%"
          tts:textAlign="center"/>
      <region xml:id="side" tts:displayAlign="after" tts:extent="80% 75%" tts:origin="12.5% 10%" tts:textAlign="left"/>
    </layout>
  </head>
  <body region="top">
    <div xml:space="preserve">
      <p begin="10010000t" end="30030000t" xml:id="n1"><span style="slanted">Nobody lives here</span><br/>any more.</p>
      <p begin="48f" end="00:00:04:12" region="side" xml:id="n2">— Sure?</p>
    </div>
  </body>
</tt>
"""

OLD = """<?xml version="1.0" encoding="ISO-8859-1"?>
<tt xmlns="http://www.w3.org/2006/10/ttaf1" xmlns:tts="http://www.w3.org/2006/10/ttaf1#style"
    xmlns:ttp="http://www.w3.org/2006/10/ttaf1#parameter" xml:lang="FR">
 <body><div>
  <p begin="1s" dur="500ms" tts:fontWeight="bold">d\u00e9j\u00e0<br /> vu</p>
  <p begin="0.001h" dur="0.1m" tts:color="red">\u00e9t\u00e9</p>
 </div></body>
</tt>
"""

BROADCAST = """<tt xmlns="http://www.w3.org/ns/ttml" xmlns:ttp="http://www.w3.org/ns/ttml#parameter"
    ttp:timeBase="smpte" ttp:frameRate="30" ttp:frameRateMultiplier="1000 1001" ttp:dropMode="dropNTSC" xml:lang="en">
  <body><div>
    <p begin="00:00:59:29" end="00:01:00:02">Over the minute</p>
    <p begin="01:00:00:00" end="01:00:01:00">An hour</p>
  </div></body>
</tt>
"""

EXAMPLES = {"ebu": EBU.encode(), "streaming": STREAMING.encode(), "old": OLD.encode("iso-8859-1"),
            "broadcast": BROADCAST.encode()}


def tt(body: str, attributes: str = 'xml:lang="en"') -> bytes:
    return TT.format(attributes, body).encode()


def one(body: str, attributes: str = 'xml:lang="en"') -> SubtitleCue:
    """The only subtitle of a body."""
    (cue,) = IMSC.read(tt(f"<body><div>{body}</div></body>", attributes)).cues
    return cue


def spans(body: str, attributes: str = 'xml:lang="en"') -> list[tuple[str, Fraction, Fraction]]:
    reading = IMSC.examine(tt(f"<body>{body}</body>", attributes))
    return [(cue.text, cue.span.start, cue.span.end) for cue in reading.document.cues]


def test_television() -> None:
    reading = IMSC.examine(EXAMPLES["ebu"])
    document = reading.document
    assert (document.language, document.title, document.rate) == ("it", "La casa sul fiume", None)
    first, second = document.cues
    assert first == SubtitleCue(
        span=Span.of(1, Fraction(87, 25)), lines=("Chi ha lasciato", "la porta aperta?"), id="sub1",
        runs=(StyledRun(kind=StyleKind.COLOUR, value="#ffff00", first=0, end=15),))
    assert second == SubtitleCue(span=Span.of(4, Fraction(11, 2)), lines=("Io no.",), id="sub2",
                                 place=Place(edge=Edge.TOP))
    assert [finding.code for finding in reading.findings] == ["not-kept"]
    for word in ("documentMetadata", "fontFamily", "fontSize", "backgroundColor"):
        assert word in reading.findings[0].message


def test_streaming() -> None:
    reading = IMSC.examine(EXAMPLES["streaming"])
    first, second = reading.document.cues
    assert reading.document.rate == Fraction(24000, 1001)
    assert first.span == Span.of(Fraction(1001, 1000), Fraction(3003, 1000))
    assert first.lines == ("Nobody lives here", "any more.") and first.place == Place(edge=Edge.TOP)
    assert first.runs == (StyledRun(kind=StyleKind.ITALIC, first=0, end=17),)
    assert second.span == Span.of(Fraction(48 * 1001, 24000), 4 + Fraction(12 * 1001, 24000))
    assert second.place == Place(align=Align.LEFT, inset=Fraction(15), aside=Fraction(25, 2))
    assert reading.findings == (Finding(7, "not-kept", "dropped: ttm:desc"),)


def test_the_old_draft_in_an_old_encoding() -> None:
    document = IMSC.read(EXAMPLES["old"])
    assert document.language == "fr"
    assert [(cue.lines, cue.span) for cue in document.cues] == [
        (("déjà", "vu"), Span.of(1, Fraction(3, 2))), (("été",), Span.of(Fraction(18, 5), Fraction(48, 5)))]
    assert [run.kind for cue in document.cues for run in cue.runs] == [StyleKind.BOLD, StyleKind.COLOUR]


def test_drop_frame_timecode_is_counted_in_frames() -> None:
    cues = IMSC.read(EXAMPLES["broadcast"]).cues
    frame = Fraction(1001, 30000)
    assert [cue.span.start / frame for cue in cues] == [1799, 107892]
    assert cues[0].span.end / frame == 1800
    with pytest.raises(Damaged, match="drop-frame"):
        IMSC.read(EXAMPLES["broadcast"].replace(b"01:00:02", b"01:00:01"))


@pytest.mark.parametrize("name", EXAMPLES)
def test_what_was_read_is_written_and_read_again(name: str, tmp_path: Path) -> None:
    document = IMSC.examine(EXAMPLES[name]).document
    assert IMSC.losses(document) == (("times between milliseconds",) if name == "streaming" else ())
    again = IMSC.examine(IMSC.write(document))
    assert again.findings == ()
    if name != "streaming":
        assert again.document == document
    path = tmp_path / "x.srt"
    path.write_bytes(EXAMPLES[name])
    assert read_subtitles(path) == document


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_that_are_damaged_are_read_or_refused(name: str) -> None:
    for data in mutations([EXAMPLES[name]], 150, seed=5):
        check(IMSC, data)


def test_nested_times_count_from_what_is_around_them() -> None:
    assert spans('<div begin="10s" end="20s"><p begin="1s" end="2s">a</p><p begin="8s" dur="5s">b</p>'
                 '<p begin="3s">c</p><div begin="5s"><p dur="1s">d</p></div></div>') == [
        ("a", 11, 12), ("c", 13, 20), ("d", 15, 16), ("b", 18, 20)]


def test_timed_spans_are_subtitles_of_their_own() -> None:
    assert spans('<div><p begin="10s" end="14s"><span begin="0s" end="1s">one</span> <span begin="1s">two</span></p>'
                 '<p begin="20s" end="22s">base <span begin="1s" end="2s">more</span></p></div>') == [
        ("one", 10, 11), ("two", 11, 14), ("base", 20, 22), ("more", 21, 22)]


def test_a_sequence_counts_from_the_end_of_what_is_before() -> None:
    assert spans('<div timeContainer="seq"><p dur="2s">a</p><p begin="1s" dur="1s">b</p><p dur="1s">c</p></div>'
                 '<div><p begin="9s" end="12s" timeContainer="seq"><span dur="1s">d</span><span dur="1s">e</span></p>'
                 "</div>") == [("a", 0, 2), ("b", 3, 4), ("c", 4, 5), ("d", 9, 10), ("e", 10, 11)]


@pytest.mark.parametrize(("text", "attributes", "seconds"), [
    ("00:00:01", "", 1), ("100:00:00.5", "", Fraction(720001, 2)), ("00:00:01:15", "", Fraction(3, 2)),
    ("00:00:01:12", 'ttp:frameRate="25"', Fraction(37, 25)), ("36f", 'ttp:frameRate="24"', Fraction(3, 2)),
    ("00:00:01:12.1", 'ttp:frameRate="25" ttp:subFrameRate="2"', 1 + Fraction(25, 50)),
    ("5t", "", 5), ("50t", 'ttp:frameRate="25"', 2), ("90000t", 'ttp:tickRate="90000"', 1),
    ("1.5s", "", Fraction(3, 2)), ("1500ms", "", Fraction(3, 2)), ("0.5m", "", 30), ("0.5h", "", 1800),
    ("30f", 'ttp:frameRate="30" ttp:frameRateMultiplier="1000 1001"', Fraction(1001, 1000)),
    ("30f", 'ttp:frameRate="30" ttp:frameRateMultiplier="1000:1001"', Fraction(1001, 1000)),
    ("00:00:10:00", 'ttp:timeBase="smpte" ttp:frameRate="24" ttp:frameRateMultiplier="1000 1001"',
     Fraction(1001, 100)),
])
def test_time_expressions(text: str, attributes: str, seconds: Fraction) -> None:
    assert one(f'<p begin="{text}" end="200h">x</p>', attributes).span.start == seconds


@pytest.mark.parametrize("times", [
    'begin="1" end="2s"', 'begin="00:60:00" end="2h"', 'begin="2s" end="1s"', 'begin="1s" end="-2s"',
    'begin="00:00:01:30" end="5s"', 'begin="1s" end="00:00:01:00.5"', 'begin="" end="1s"', 'begin="1s" dur="2000h"',
    'begin="wallclock(2020-01-01)" end="1s"', f'begin="{"9" * 200}s" end="1s"'])
def test_a_bad_time_is_named_by_its_line_or_left_out(times: str) -> None:
    data = tt(f'<body>\n<div>\n<p {times}>lost</p>\n<p begin="1s" end="2s">kept</p></div></body>')
    with pytest.raises(Damaged, match="line 3") as caught:
        IMSC.read(data)
    assert caught.value.details["line"] == 3
    assert [cue.text for cue in IMSC.examine(data).document.cues] == ["kept"]


@pytest.mark.parametrize("attributes", ['ttp:frameRate="0"', 'ttp:frameRate="x"', 'ttp:tickRate="0"',
                                        'ttp:frameRate="24" ttp:frameRateMultiplier="1 0"',
                                        'ttp:frameRate="24" ttp:frameRateMultiplier="1 2 3"',
                                        'ttp:frameRate="9999"', 'ttp:timeBase="smpte" ttp:dropMode="dropNTSC"'])
def test_a_clock_that_cannot_be_is_refused(attributes: str) -> None:
    with pytest.raises(BadInput):
        one('<p begin="1s" end="2s">x</p>', attributes)


def test_text_that_is_never_or_not_to_be_shown() -> None:
    reading = IMSC.examine(tt('<body end="5s"><div><p begin="6s" end="7s">late</p><p begin="1s" end="1s">blink</p>'
                              '<p begin="1s" end="2s" tts:display="none">hidden</p><p begin="2s" end="3s"/><p/>'
                              '<p begin="3s" end="4s">kan<span tts:ruby="text">かん</span></p></div></body>'))
    assert [cue.text for cue in reading.document.cues] == ["blink", "", "kan"]
    assert sorted(finding.code for finding in reading.findings) == ["empty", "never-shown", "no-duration", "not-kept"]


def test_styles_are_chained_inherited_and_taken_back() -> None:
    head = ('<head><styling><style xml:id="a" tts:fontStyle="oblique" style="b"/>'
            '<style xml:id="b" tts:color="rgb(0, 255,0)" style="a"/></styling></head>')
    body = ('<body tts:textDecoration="underline"><div><p begin="1s" end="2s" style="a none">x'
            '<span tts:fontStyle="normal" tts:textDecoration="noUnderline" tts:color="white">y</span></p></div></body>')
    reading = IMSC.examine(tt(head + body))
    assert {(run.kind, run.value, run.first, run.end) for run in reading.document.cues[0].runs} == {
        (StyleKind.ITALIC, "", 0, 1), (StyleKind.COLOUR, "#00ff00", 0, 1), (StyleKind.UNDERLINE, "", 0, 1)}
    assert [finding.code for finding in reading.findings] == ["style"]


def test_a_style_of_a_region_holds_for_its_text() -> None:
    cue = IMSC.read(tt('<head><layout><region xml:id="r"><style tts:origin="0% 70%"/><style tts:extent="100% 30%"/>'
                       '<style tts:fontStyle="italic"/><style tts:textAlign="end"/></region></layout></head>'
                       '<body region="r"><div><p begin="1s" end="2s">x</p></div></body>')).cues[0]
    assert cue.runs[0].kind is StyleKind.ITALIC
    assert cue.place == Place(align=Align.RIGHT, inset=Fraction(0), aside=Fraction(0))


@pytest.mark.parametrize(("said", "place"), [
    ('tts:origin="10% 10%" tts:extent="80% 80%" tts:displayAlign="center" tts:textAlign="center"',
     Place(edge=Edge.MIDDLE)),
    ('tts:origin="128px 72px" tts:extent="1024px 576px" tts:displayAlign="after" tts:textAlign="start"',
     Place(align=Align.LEFT)),
    ('tts:origin="10rw 60rh" tts:extent="80% 30%" tts:textAlign="right"', Place(align=Align.RIGHT)),
    ('tts:displayAlign="before" tts:textAlign="center"', Place(edge=Edge.TOP, inset=Fraction(0))),
    ('tts:origin="10% 10%" tts:extent="80% 80%" tts:displayAlign="after" tts:textAlign="start" tts:direction="rtl"',
     Place(align=Align.RIGHT)),
    ('tts:origin="a b" tts:displayAlign="before" tts:textAlign="center"', Place(edge=Edge.TOP, inset=Fraction(0))),
])
def test_regions_are_places(said: str, place: Place) -> None:
    cue = IMSC.read(tt(f'<head><layout><region xml:id="r" {said}/></layout></head><body><div>'
                       '<p region="r" begin="1s" end="2s">x</p></div></body>', 'tts:extent="1280px 720px"')).cues[0]
    assert cue.place == place


def test_without_a_region_the_place_is_the_usual_one() -> None:
    assert one('<p begin="1s" end="2s">x</p>').place is None
    assert one('<p begin="1s" end="2s" tts:textAlign="left">x</p>').place == Place(align=Align.LEFT)


def test_who_speaks() -> None:
    cue = IMSC.read(tt('<head><metadata><ttm:agent xml:id="a" type="character"><ttm:name type="alias">AN</ttm:name>'
                       '<ttm:name type="full">Ann</ttm:name></ttm:agent></metadata></head><body><div>'
                       '<p begin="1s" end="2s" ttm:agent="a">Hi <span ttm:agent="b">you</span></p></div></body>'
                       )).cues[0]
    assert [(run.value, run.first, run.end) for run in cue.runs] == [("Ann", 0, 3), ("b", 3, 6)]


def test_white_space() -> None:
    text = "\n  two   blanks <br/>\n\tand <span> three </span> <br/><br/> lines\n"
    assert one(f'<p begin="1s" end="2s">{text}</p>').lines == ("two blanks", "and three", "lines")
    assert one(f'<p xml:space="preserve" begin="1s" end="2s">{text}</p>').lines == (
        "two   blanks", "and  three", "lines")


def test_languages() -> None:
    body = '<body><div xml:lang="fr-CA"><p begin="1s" end="2s">a</p></div><div xml:lang="de">{}</div></body>'
    assert IMSC.read(tt(body.format(""), 'xml:lang=""')).language == "fr-CA"
    reading = IMSC.examine(tt(body.format('<p begin="1s" end="2s">b</p>'), 'xml:lang="fr-CA"'))
    assert [finding.code for finding in reading.findings] == ["languages"]
    reading = IMSC.examine(tt("<body/>", 'xml:lang="Italian language"'))
    assert reading.document.language == "und" and [finding.code for finding in reading.findings] == ["language"]


@pytest.mark.parametrize("data", [
    tt('<body><div begin="1s" end="2s" smpte:backgroundImage="#img1"/></body>'),
    tt("<body/>", 'ttp:profile="http://www.w3.org/ns/ttml/profile/imsc1/image"'),
    tt("<body/>", 'ttp:contentProfiles="http://www.w3.org/ns/ttml/profile/imsc1.1/image"'),
    tt('<body><div begin="1s" end="2s"><image src="a.png"/></div></body>')])
def test_pictures_are_refused_by_name(data: bytes) -> None:
    with pytest.raises(WrongFormat, match="pictures"):
        IMSC.examine(data)


def test_other_xml_and_hostile_xml_are_refused(tmp_path: Path) -> None:
    laughs = b'<!DOCTYPE tt [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><tt>&b;</tt>'
    for data, kind in ((b"<ttx/>", WrongFormat), (laughs, Hostile), (tt("<div>" * 100 + "</div>" * 100), TooLarge),
                       (tt("<body>"), Damaged)):
        with pytest.raises(CiakError) as caught:
            IMSC.read(data)
        assert type(caught.value) is kind and "\n" not in str(caught.value)
    path = tmp_path / "laughs.ttml"
    path.write_bytes(laughs)
    with pytest.raises(BadInput, match=r"^laughs\.ttml: "):
        read_subtitles(path)


def test_too_many_subtitles_are_refused() -> None:
    with pytest.raises(TooLarge, match="subtitles"):
        IMSC.read(tt("<body><div>" + "<p begin='1s' end='2s'>a</p>" * (CUES + 1) + "</div></body>"))


def document(*times: Fraction | int, rate: Fraction | None = None) -> SubtitleDocument:
    return SubtitleDocument(language="it", rate=rate, cues=tuple(
        SubtitleCue(span=Span.of(time, Fraction(time) + 1), lines=("x",)) for time in times))


@pytest.mark.parametrize(("rate", "time", "said"), [
    (None, Fraction(3, 2), "00:00:01.500"), (Fraction(24), Fraction(3661), "01:01:01:00"),
    (Fraction(25), Fraction(37, 25), "00:00:01:12"), (Fraction(25), Fraction(1, 3), "00:00:00.333"),
    (Fraction(24000, 1001), Fraction(3 * 1001, 24000), "00:00:00.125"), (Fraction(4000), Fraction(1), "00:00:01.000"),
])
def test_times_are_written_as_frames_where_all_are_on_one(rate: Fraction | None, time: Fraction, said: str) -> None:
    assert f'begin="{said}"' in IMSC.write(document(time, rate=rate)).decode()


def test_frames_of_a_broken_rate_are_counted() -> None:
    rate = Fraction(30000, 1001)
    made = SubtitleDocument(rate=rate, cues=(SubtitleCue(span=Span.of(30 / rate, 61 / rate), lines=("x",)),))
    written = IMSC.write(made).decode()
    assert 'begin="30f" end="61f"' in written
    assert 'ttp:frameRate="30" ttp:frameRateMultiplier="1000 1001"' in written
    assert IMSC.read(written.encode()) == made and IMSC.losses(made) == ()


def test_what_is_written() -> None:
    made = SubtitleDocument(language="it", title="A & B", rate=Fraction(25), cues=(
        SubtitleCue(span=Span.of(1, 2), lines=("Ciao <tu>", "sì"), id="plain",
                    place=Place(edge=Edge.TOP, align=Align.LEFT, inset=Fraction(5)),
                    runs=(StyledRun(kind=StyleKind.VOICE, first=0, end=12, value="Ann"),
                          StyledRun(kind=StyleKind.ITALIC, first=0, end=4),
                          StyledRun(kind=StyleKind.COLOUR, first=5, end=9, value="#ffff00"))),
        SubtitleCue(span=Span.of(Fraction(3, 2), 3), lines=("insieme",))))
    written = IMSC.write(made)
    assert written.decode().split("xml:lang=")[1] == """\
"it" xml:space="preserve">
  <head>
    <metadata>
      <ttm:title>A &amp; B</ttm:title>
      <ttm:agent xml:id="voice1" type="character"><ttm:name type="full">Ann</ttm:name></ttm:agent>
    </metadata>
    <styling>
      <style xml:id="plain_" tts:fontFamily="proportionalSansSerif"/>
    </styling>
    <layout>
      <region xml:id="top-left-1" tts:origin="10% 5%" tts:extent="80% 85%" tts:displayAlign="before" \
tts:textAlign="left" tts:overflow="visible"/>
      <region xml:id="bottom-centre" tts:origin="10% 10%" tts:extent="80% 80%" tts:displayAlign="after" \
tts:textAlign="center" tts:overflow="visible"/>
    </layout>
  </head>
  <body style="plain_">
    <div>
      <p xml:id="plain" region="top-left-1" begin="00:00:01.000" end="00:00:02.000"><span ttm:agent="voice1">\
<span tts:fontStyle="italic">Ciao</span> <span tts:color="#ffff00">&lt;tu&gt;</span><br/>sì</span></p>
      <p region="bottom-centre" begin="00:00:01.500" end="00:00:03.000">insieme</p>
    </div>
  </body>
</tt>
"""
    root = parse_xml(written)
    assert root.attributes["http://www.w3.org/ns/ttml#parameter", "contentProfiles"] == (
        "http://www.w3.org/ns/ttml/profile/imsc1.1/text")
    assert IMSC.examine(written).findings == ()


def test_a_time_before_the_film_is_refused() -> None:
    for rate in (None, Fraction(24)):
        with pytest.raises(BadInput, match="before the film"):
            IMSC.write(document(-1, rate=rate))


def test_losses_are_named() -> None:
    cue = SubtitleCue(
        span=Span.of(Fraction(1, 3), 2), lines=("\ufffex",), id="a b", settings="line:0",
        place=Place(inset=Fraction(200)),
        runs=(StyledRun(kind=StyleKind.COLOUR, first=0, end=1, value="#ffffff"),
              StyledRun(kind=StyleKind.COLOUR, first=1, end=2, value="red")))
    made = SubtitleDocument(cues=(cue,), notes=("NOTE x",), start="01:00:00:00", rate=Fraction(1, 2), title=" a")
    assert len(IMSC.losses(made)) == 11
    IMSC.read(IMSC.write(made))
    assert IMSC.losses(document(1, 2)) == ()


@pytest.mark.material
@pytest.mark.parametrize("kind", ["imsc", "dcp"])
def test_real_subtitles_keep_their_text_and_times(material: Path, kind: str) -> None:
    files = sorted(material.rglob("*.vtt"))
    assert len(files) >= 8
    for path in files:
        document = read_subtitles(path)
        data = write_subtitles(document, kind)
        again = format_named(kind).read(data)
        assert [cue.lines for cue in again.cues] == [cue.lines for cue in document.cues]
        near = Fraction(1, 48) if kind == "dcp" else Fraction(0)
        for new, old in zip(again.cues, document.cues, strict=True):
            assert abs(new.span.start - old.span.start) <= near and abs(new.span.end - old.span.end) <= near
        assert again.language == document.language and write_subtitles(again, kind) == data


def test_what_nothing_ends_is_shown_until_the_last_time_that_the_file_names() -> None:
    text = ('<tt xmlns="http://www.w3.org/ns/ttml" xml:lang="en"><body><div><p begin="1s">A sign on the wall.</p>'
            '<p begin="4s" end="9s">And a voice.</p><p begin="8s">The last one.</p></div></body></tt>')
    reading = format_named("imsc").examine(text.encode())
    assert [(cue.span.start, cue.span.end) for cue in reading.document.cues] == [(1, 9), (4, 9), (8, 11)]
    assert [(finding.code, finding.fatal) for finding in reading.findings] == [("no-end", False)]
