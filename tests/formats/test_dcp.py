"""Subtitles of digital cinema: SMPTE of three editions, Interop, and what is written."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from tests.formats.made_documents import mutations
from tests.formats.test_every_format import check

from ciak.errors import BadInput, Damaged, Hostile, WrongFormat
from ciak.film import Align, Edge, Place, Span, StyledRun, StyleKind, SubtitleCue, SubtitleDocument
from ciak.formats import read_subtitles
from ciak.formats.dcp import DCP

SMPTE = """<?xml version="1.0" encoding="UTF-8"?>
<dcst:SubtitleReel xmlns:dcst="http://www.smpte-ra.org/schemas/428-7/2010/DCST">
  <dcst:Id>urn:uuid:6f9b1c1e-8f0a-4c6a-9d3a-3f7f3f6a0a11</dcst:Id>
  <dcst:ContentTitleText>The House by the River</dcst:ContentTitleText>
  <dcst:AnnotationText>Reel one</dcst:AnnotationText>
  <dcst:IssueDate>2020-02-03T10:00:00.000+01:00</dcst:IssueDate>
  <dcst:ReelNumber>1</dcst:ReelNumber>
  <dcst:Language>it</dcst:Language>
  <dcst:EditRate>24 1</dcst:EditRate>
  <dcst:TimeCodeRate>24</dcst:TimeCodeRate>
  <dcst:StartTime>00:00:00:00</dcst:StartTime>
  <dcst:LoadFont ID="F1">urn:uuid:0b7a2f7c-1c2d-4e3f-8a9b-1234567890ab</dcst:LoadFont>
  <dcst:SubtitleList>
    <dcst:Font ID="F1" Color="FFFFFFFF" Effect="border" EffectColor="FF000000" Size="42" Weight="normal">
      <dcst:Subtitle SpotNumber="1" FadeUpTime="00:00:00:02" FadeDownTime="00:00:00:02"
          TimeIn="00:00:05:12" TimeOut="00:00:07:00">
        <dcst:Text Valign="bottom" Vposition="8.0">non c'era nessuno.</dcst:Text>
        <dcst:Text Valign="bottom" Vposition="14.5">Nella casa <dcst:Font Italic="yes">davvero</dcst:Font></dcst:Text>
      </dcst:Subtitle>
      <dcst:Subtitle SpotNumber="2" TimeIn="00:00:08:00" TimeOut="00:00:09:00">
        <dcst:Font Italic="yes" Color="FFFF0000">
          <dcst:Text Halign="left" Hposition="12.5" Valign="top" Vposition="6">Radio:</dcst:Text>
          <dcst:Text Halign="left" Hposition="12.5" Valign="top" Vposition="12">piove.</dcst:Text>
        </dcst:Font>
        <dcst:Text Valign="bottom" Vposition="8">Spegni.</dcst:Text>
      </dcst:Subtitle>
    </dcst:Font>
  </dcst:SubtitleList>
</dcst:SubtitleReel>
"""

INTEROP = """<?xml version="1.0" encoding="UTF-8"?>
<DCSubtitle Version="1.0">
  <SubtitleID>4dd8ee05-5986-4c67-a6f8-bbeac62e21db</SubtitleID>
  <MovieTitle>The House by the River</MovieTitle>
  <ReelNumber>1</ReelNumber>
  <Language>French</Language>
  <LoadFont Id="Arial" URI="arial.ttf"/>
  <Font Id="Arial" Color="FFFFFFFF" Effect="border" EffectColor="FF000000" Italic="no" Size="42">
    <Subtitle SpotNumber="1" TimeIn="00:00:05:125" TimeOut="00:00:07:249" FadeUpTime="20" FadeDownTime="20">
      <Text Direction="horizontal" HAlign="center" HPosition="0" VAlign="bottom" VPosition="15">
        Il n'y avait
        personne.</Text>
      <Text HAlign="center" HPosition="0" VAlign="bottom" VPosition="8"><Font Underlined="yes">Vraiment</Font>.</Text>
    </Subtitle>
    <Subtitle SpotNumber="2" TimeIn="00:00:08.5" TimeOut="00:00:09.25" FadeUpTime="0" FadeDownTime="0">
      <Text HAlign="right" HPosition="10" VAlign="center" VPosition="0">Non.</Text>
    </Subtitle>
  </Font>
</DCSubtitle>
"""

EXAMPLES = {"smpte": SMPTE.encode(), "interop": INTEROP.encode()}


def reel(body: str, head: str = "<EditRate>24 1</EditRate><TimeCodeRate>24</TimeCodeRate>") -> bytes:
    return (f'<SubtitleReel xmlns="http://www.smpte-ra.org/schemas/428-7/2014/DCST">{head}<SubtitleList>{body}'
            "</SubtitleList></SubtitleReel>").encode()


def subtitle(body: str, times: str = 'TimeIn="00:00:01:00" TimeOut="00:00:02:00"') -> str:
    return f"<Subtitle {times}>{body}</Subtitle>"


def test_smpte() -> None:
    reading = DCP.examine(EXAMPLES["smpte"])
    document = reading.document
    assert (document.language, document.title, document.rate, document.start) == (
        "it", "The House by the River", Fraction(24), "")
    first, above, below = document.cues
    assert first == SubtitleCue(
        span=Span.of(Fraction(11, 2), 7), lines=("Nella casa davvero", "non c'era nessuno."),
        runs=(StyledRun(kind=StyleKind.ITALIC, first=11, end=18),))
    assert above.lines == ("Radio:", "piove.") and above.span == below.span == Span.of(8, 9)
    assert above.place == Place(edge=Edge.TOP, align=Align.LEFT, inset=Fraction(6), aside=Fraction(25, 2))
    assert {(run.kind, run.value) for run in above.runs} == {(StyleKind.ITALIC, ""), (StyleKind.COLOUR, "#ff0000")}
    assert below == SubtitleCue(span=Span.of(8, 9), lines=("Spegni.",))
    assert [finding.message for finding in reading.findings] == [
        "dropped: AnnotationText, LoadFont, Font id, fades"]


@pytest.mark.parametrize("edition", ["2007", "2014"])
def test_every_edition_is_read(edition: str) -> None:
    assert DCP.read(EXAMPLES["smpte"].replace(b"2010", edition.encode())) == DCP.read(EXAMPLES["smpte"])


def test_interop() -> None:
    reading = DCP.examine(EXAMPLES["interop"])
    document = reading.document
    assert (document.language, document.title, document.rate) == ("und", "The House by the River", None)
    first, second = document.cues
    assert first.span == Span.of(Fraction(11, 2), 7 + Fraction(249, 250))
    assert first.lines == ("Il n'y avait personne.", "Vraiment.")
    assert first.runs == (StyledRun(kind=StyleKind.UNDERLINE, first=23, end=31),)
    assert second == SubtitleCue(span=Span.of(Fraction(17, 2), Fraction(37, 4)), lines=("Non.",),
                                 place=Place(align=Align.RIGHT, edge=Edge.MIDDLE))
    assert [finding.code for finding in reading.findings] == ["language", "not-kept"]


@pytest.mark.parametrize("name", EXAMPLES)
def test_what_was_read_is_written_and_read_again(name: str, tmp_path: Path) -> None:
    document = DCP.examine(EXAMPLES[name]).document
    assert DCP.losses(document) == (("times between frames",) if name == "interop" else ())
    again = DCP.examine(DCP.write(document))
    assert again.findings == ()
    if name == "smpte":
        assert again.document == document
    path = tmp_path / "x.xml"
    path.write_bytes(EXAMPLES[name])
    assert read_subtitles(path) == document


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_that_are_damaged_are_read_or_refused(name: str) -> None:
    for data in mutations([EXAMPLES[name]], 200, seed=5):
        check(DCP, data)


@pytest.mark.parametrize(("head", "rate", "seconds"), [
    ("<EditRate>24 1</EditRate><TimeCodeRate>24</TimeCodeRate>", Fraction(24), Fraction(37, 24)),
    ("<EditRate>25 1</EditRate>", Fraction(25), Fraction(38, 25)),
    ("<EditRate>48 1</EditRate><TimeCodeRate>24</TimeCodeRate>", Fraction(24), Fraction(37, 24)),
    ("<EditRate>24000 1001</EditRate><TimeCodeRate>24</TimeCodeRate>", Fraction(24000, 1001),
     Fraction(37 * 1001, 24000)),
    ("<TimeCodeRate>30</TimeCodeRate>", Fraction(30), Fraction(43, 30)), ("", Fraction(24), Fraction(37, 24)),
])
def test_rates(head: str, rate: Fraction, seconds: Fraction) -> None:
    document = DCP.read(reel(subtitle("<Text>x</Text>", 'TimeIn="00:00:01:13" TimeOut="00:00:03:00"'), head))
    assert document.rate == rate and document.cues[0].span.start == seconds


def test_times_count_from_the_start_time() -> None:
    head = "<EditRate>24 1</EditRate><TimeCodeRate>24</TimeCodeRate><StartTime>{}</StartTime>"
    late = subtitle("<Text>x</Text>", 'TimeIn="01:00:01:00" TimeOut="01:00:02:00"')
    document = DCP.read(reel(late, head.format("01:00:00:00")))
    assert document.start == "01:00:00:00" and document.cues[0].span == Span.of(1, 2)
    assert b'TimeIn="01:00:01:00"' in DCP.write(document) and DCP.read(DCP.write(document)) == document
    for start in ("01:00:01:12", "25:00:00:00", "soon"):
        with pytest.raises(Damaged):
            DCP.read(reel(late, head.format(start)))


@pytest.mark.parametrize("times", [
    'TimeIn="00:00:01:24" TimeOut="00:00:02:00"', 'TimeIn="00:00:03:00" TimeOut="00:00:02:00"',
    'TimeIn="00:60:00:00" TimeOut="02:00:00:00"', 'TimeIn="1s" TimeOut="2s"', "",
    'TimeIn="00:00:01:00" TimeOut="99999:00:00:00"'])
def test_a_bad_time_is_named_by_its_line_or_left_out(times: str) -> None:
    data = reel("\n\n" + subtitle("<Text>lost</Text>", times) + subtitle("<Text>kept</Text>"))
    with pytest.raises(Damaged, match="line 3"):
        DCP.read(data)
    assert [cue.text for cue in DCP.examine(data).document.cues] == ["kept"]


@pytest.mark.parametrize("head", ["<EditRate>0 1</EditRate>", "<EditRate>24 0</EditRate>",
                                  "<TimeCodeRate>0</TimeCodeRate>", "<EditRate>9999 1</EditRate>"])
def test_a_rate_that_cannot_be_is_refused(head: str) -> None:
    with pytest.raises(BadInput):
        DCP.read(reel(subtitle("<Text>x</Text>"), head))


def test_pictures() -> None:
    picture = subtitle("<Image>urn:uuid:0b7a2f7c-1c2d-4e3f-8a9b-1234567890ab</Image>")
    with pytest.raises(WrongFormat, match="pictures"):
        DCP.examine(reel(picture))
    mixed = reel(picture + subtitle("<Text>x</Text>"))
    with pytest.raises(Damaged, match="picture"):
        DCP.read(mixed)
    assert [cue.text for cue in DCP.examine(mixed).document.cues] == ["x"]


def test_ruby_space_and_groups() -> None:
    cue = DCP.read(reel(subtitle("<Text>a<Space Size='1em'/><Ruby><Rb>kan</Rb><Rt>x</Rt></Ruby>"
                                 "<HGroup>12</HGroup></Text>"))).cues[0]
    assert cue.lines == ("a kan12",)


def test_what_has_no_place_is_found() -> None:
    reading = DCP.examine(reel(subtitle('<Text Hposition="5">a</Text>') + subtitle('<Text Vposition="x">b</Text>')
                               + subtitle('<Text Halign="left">c</Text><Text>d</Text>') + subtitle("<Text/>")
                               + subtitle('<Font Color="red"><Text Zposition="1">e</Text></Font>')
                               + subtitle("<Text>f</Text>", 'TimeIn="00:00:01:00" TimeOut="00:00:01:00"')))
    assert [cue.text for cue in reading.document.cues] == ["a", "b", "c\nd", "e", "f"]
    assert sorted(finding.code for finding in reading.findings) == [
        "colour", "empty", "no-duration", "not-kept", "place", "place", "place"]


def test_other_xml_and_hostile_xml_are_refused() -> None:
    with pytest.raises(WrongFormat):
        DCP.read(b"<tt/>")
    with pytest.raises(Hostile):
        DCP.read(b'<!DOCTYPE DCSubtitle [<!ENTITY x SYSTEM "file:///etc/passwd">]><DCSubtitle>&x;</DCSubtitle>')


def made() -> SubtitleDocument:
    return SubtitleDocument(language="it", title="A & B", rate=Fraction(24), cues=(
        SubtitleCue(span=Span.of(Fraction(3, 2), 3), lines=("Ciao <tu>", "sì", "no"),
                    runs=(StyledRun(kind=StyleKind.ITALIC, first=5, end=12),
                          StyledRun(kind=StyleKind.COLOUR, first=10, end=12, value="#ffff00"))),
        SubtitleCue(span=Span.of(4, 5), lines=("x", "y"),
                    place=Place(edge=Edge.MIDDLE, align=Align.RIGHT, inset=Fraction(-10)))))


def test_what_is_written() -> None:
    written = DCP.write(made()).decode()
    assert written == """\
<?xml version="1.0" encoding="UTF-8"?>
<SubtitleReel xmlns="http://www.smpte-ra.org/schemas/428-7/2014/DCST">
  <Id>urn:uuid:{}</Id>
  <ContentTitleText>A &amp; B</ContentTitleText>
  <IssueDate>1970-01-01T00:00:00.000+00:00</IssueDate>
  <ReelNumber>1</ReelNumber>
  <Language>it</Language>
  <EditRate>24 1</EditRate>
  <TimeCodeRate>24</TimeCodeRate>
  <StartTime>00:00:00:00</StartTime>
  <SubtitleList>
    <Font Color="FFFFFFFF" Effect="border" EffectColor="FF000000" Italic="no" Size="42" Underline="no" Weight="normal">
      <Subtitle SpotNumber="1" TimeIn="00:00:01:12" TimeOut="00:00:03:00" FadeUpTime="00:00:00:00" \
FadeDownTime="00:00:00:00">
        <Text Halign="center" Hposition="0" Valign="bottom" Vposition="21">Ciao <Font Italic="yes">&lt;tu&gt;</Font>\
</Text>
        <Text Halign="center" Hposition="0" Valign="bottom" Vposition="14.5">\
<Font Color="FFFFFF00" Italic="yes">sì</Font></Text>
        <Text Halign="center" Hposition="0" Valign="bottom" Vposition="8">no</Text>
      </Subtitle>
      <Subtitle SpotNumber="2" TimeIn="00:00:04:00" TimeOut="00:00:05:00" FadeUpTime="00:00:00:00" \
FadeDownTime="00:00:00:00">
        <Text Halign="right" Hposition="10" Valign="center" Vposition="-13.25">x</Text>
        <Text Halign="right" Hposition="10" Valign="center" Vposition="-6.75">y</Text>
      </Subtitle>
    </Font>
  </SubtitleList>
</SubtitleReel>
""".format(written.split("urn:uuid:")[1][:36])
    assert DCP.read(written.encode()) == made() and DCP.losses(made()) == ()


def test_no_font_stands_inside_another_as_the_schema_wants() -> None:
    runs = (StyledRun(kind=StyleKind.ITALIC, first=0, end=11), StyledRun(kind=StyleKind.BOLD, first=4, end=7),
            StyledRun(kind=StyleKind.UNDERLINE, first=6, end=14))
    document = SubtitleDocument(cues=(SubtitleCue(span=Span.of(1, 2), lines=("Uno due", "tre quattro"), runs=runs),))
    written = DCP.write(document)
    assert b"<Font Italic=\"yes\">Uno </Font><Font Italic=\"yes\" Weight=\"bold\">du</Font>" in written
    text = written.decode().partition("<Text")[2]
    assert not any(part.count("<Font") > 1 for part in text.split("</Font>"))
    assert DCP.read(written).cues[0].runs == document.cues[0].runs


def test_the_same_document_gives_the_same_file_and_another_another_id() -> None:
    other = made().model_copy(update={"title": "C"})
    ids = [DCP.write(document).decode().split("urn:uuid:")[1][:36] for document in (made(), made(), other)]
    assert ids[0] == ids[1] != ids[2]
    assert ids[0][14] == "5"


def test_a_time_before_the_film_is_refused() -> None:
    with pytest.raises(BadInput, match="before the film"):
        DCP.write(SubtitleDocument(cues=(SubtitleCue(span=Span.of(-1, 1), lines=("x",)),)))


def test_without_a_rate_frames_are_those_of_cinema() -> None:
    document = SubtitleDocument(cues=(SubtitleCue(span=Span.of(Fraction(1, 24), 2), lines=("x",)),))
    assert DCP.losses(document) == ()
    assert DCP.read(DCP.write(document)) == document.model_copy(update={"rate": Fraction(24)})


def test_losses_are_named() -> None:
    cue = SubtitleCue(
        span=Span.of(Fraction(1, 7), 2), lines=("\ufffex",), id="a", settings="line:0",
        place=Place(align=Align.CENTRE, aside=Fraction(5)),
        runs=(StyledRun(kind=StyleKind.COLOUR, first=0, end=1, value="#ffffff"),
              StyledRun(kind=StyleKind.VOICE, first=0, end=1, value="Ann"),
              StyledRun(kind=StyleKind.COLOUR, first=1, end=2, value="red")))
    lossy = SubtitleDocument(cues=(cue, SubtitleCue(span=Span.of(3, 4), lines=())), notes=("NOTE x",),
                             start="01:00:00;02", rate=Fraction(1, 2), title=" a")
    assert len(DCP.losses(lossy)) == 13
    DCP.read(DCP.write(lossy))
