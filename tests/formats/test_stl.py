"""EBU STL: fields at the places of Tech 3264-E, every real file, every code, and files that break the standard."""

from __future__ import annotations

import random
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.formats.made_documents import ebu_stl_documents

from ciak.errors import BadInput, Damaged, TooLarge, WrongEncoding, WrongFormat
from ciak.film import Align, Edge, Place, Span, StyledRun, StyleKind, SubtitleCue, SubtitleDocument
from ciak.formats import examine_subtitles, read_subtitles, write_subtitles
from ciak.formats.stl import EBU_STL
from ciak.formats.stl_characters import TABLES, encoded, sign_at
from ciak.formats.timed_text import SIZE

GSI = b"850STL25.0110009".ljust(224) + b"000101000101000000100001001402310000000000000000011".ljust(800)
RED, CYAN = "#ff0000", "#00ffff"


def header(**fields: bytes) -> bytes:
    """A header; ``at16=b"x"`` puts bytes at a place."""
    block = bytearray(GSI)
    for name, value in fields.items():
        block[int(name[2:]):int(name[2:]) + len(value)] = value
    return bytes(block)


def block(text: bytes, number: int = 1, kind: int = 0xFF, times: tuple[int, ...] = (0, 0, 1, 0, 0, 0, 2, 0),
          rest: tuple[int, ...] = (22, 2, 0), cumulative: int = 0) -> bytes:
    """A block of text and timing information."""
    head = bytes((0, number & 255, number >> 8, kind, cumulative, *times, *rest))
    return head + text.ljust(112, b"\x8f")


def only(text: bytes, **fields: bytes) -> SubtitleCue:
    """The one subtitle of a file with that text, read without a word about it."""
    reading = EBU_STL.examine(header(**fields) + block(text))
    assert reading.findings == ()
    return reading.document.cues[0]


def marked(cue: SubtitleCue) -> list[tuple[str, str]]:
    return [(run.value or run.kind.value, cue.text[run.first:run.end]) for run in cue.runs]


def made(*lines: str, runs: tuple[StyledRun, ...] = (), place: Place | None = None) -> SubtitleDocument:
    cue = SubtitleCue(span=Span.of(1, 2), lines=lines, runs=runs, place=place)
    return SubtitleDocument(cues=(cue,), rate=Fraction(25), start="00:00:00:00")


def test_fields_are_written_where_the_standard_has_them() -> None:
    cues = (SubtitleCue(span=Span.of(Fraction(7426, 25), 300), lines=("Perché?", "Sì"),
                        place=Place(align=Align.RIGHT, edge=Edge.TOP)),
            SubtitleCue(span=Span.of(3600, Fraction(90001, 25)), lines=("x",)))
    document = SubtitleDocument(language="it", title="L'età dell'oro", rate=Fraction(25), start="10:00:00:00",
                                cues=cues)
    data = EBU_STL.write(document)
    assert len(data) == 1024 + 2 * 128
    for place, value in {0: b"850", 3: b"STL25.01", 11: b"1", 12: b"00", 14: b"15", 16: b"L'et\x85 dell'oro ",
                         224: b"000101000101", 236: b"00", 238: b"00002", 243: b"00002", 248: b"001", 251: b"40",
                         253: b"23", 255: b"1", 256: b"10000000", 264: b"10045701", 272: b"11"}.items():
        assert data[place:place + len(value)] == value, place
    assert data[277:1024] == b" " * 747
    first, second = data[1024:1152], data[1152:]
    assert first[:16] == bytes((0, 0, 0, 255, 0, 10, 4, 57, 1, 10, 5, 0, 0, 2, 3, 0))
    assert first[16:] == b"\x0d\x0b\x0bPerch\xc2e?\x0a\x0a\x8a\x8a\x0d\x0b\x0bS\xc1i\x0a\x0a".ljust(112, b"\x8f")
    assert second[:16] == bytes((0, 1, 0, 255, 0, 11, 0, 0, 0, 11, 0, 0, 1, 22, 2, 0))
    assert EBU_STL.read(data) == document and EBU_STL.losses(document) == ()


@pytest.mark.parametrize(("text", "lines", "runs"), [
    (b"\x0b\x0bOne\x0a\x0a\x8a\x8a\x0b\x0btwo\x0a\x0a", ("One", "two"), []),
    (b"a \x01b c\x07 d\x06e", ("a b c d e",), [(RED, "b c"), (CYAN, "e")]),
    (b"\x01a\x8ab", ("a", "b"), [(RED, "a")]),
    (b"\x06a b\x0a\x0a  \x0b\x0b\x06c", ("a b c",), [(CYAN, "a b c")]),
    (b"\x80a\x8ab\x81 \x82c\x83", ("a", "b c"), [("i", "a\nb"), ("u", "c")]),
    (b"\x84x\x85", ("x",), []), (b"a\x8fb", ("a",), []), (b"a  b", ("a  b",), []),
    (b"\xc8u\xcfC\xcdo \xcbc\xcaA\xc2 \xa4\x24\xe1\xfb\xd5", ("üČő çÅ´$$Æß♪",), []),
])
def test_the_codes_of_the_text(text: bytes, lines: tuple[str, ...], runs: list[tuple[str, str]]) -> None:
    cue = only(text)
    assert cue.lines == lines and marked(cue) == runs


@pytest.mark.parametrize(("table", "text", "line"), [
    (b"01", b"\xbf\xe0\xd8\xd2\xd5\xe2", "Привет"), (b"02", b"\xe5\xd1\xcd\xc8\xc7", "مرحبا"),
    (b"03", b"\xc3\xe5\xe9\xdc", "Γειά"), (b"04", b"\xf9\xec\xe5\xed", "שלום"), (b"00", b"\xc3a", "â")])
def test_every_table_of_characters(table: bytes, text: bytes, line: str) -> None:
    assert only(text, at12=table).lines == (line,)
    data = EBU_STL.write(made(line))
    assert data[12:14] == table and text in data


@pytest.mark.parametrize("table", TABLES)
def test_every_character_of_a_table_comes_back(table: str) -> None:
    seen = 0
    for code in [code for code in range(0x20, 0x100) if not 0x7F <= code < 0xA0]:
        for more in [b"", *(bytes([second]) for second in range(0x20, 0x100))]:
            sign, size = sign_at(bytes([code]) + more, 0, table)
            if sign and size == 1 + len(more):
                again = encoded(sign, table)
                assert again is not None and sign_at(again, 0, table)[0] == sign
                seen += 1
    assert seen > 140


def test_characters_that_a_table_lacks() -> None:
    document = made("– Cos’è…\u200b? e\u0301", "A\u2009B")
    assert EBU_STL.read(EBU_STL.write(document)).cues[0].lines == ("- Cos’è...? é", "A B")
    assert [what for what in EBU_STL.losses(document) if "–" in what]
    for text in ("字幕", "Привет, Γειά", "5 ₤", "a🎬"):
        both = SubtitleDocument(cues=(*made("x").cues, *made(text).cues))
        assert any("cannot be written" in what for what in EBU_STL.losses(both))
        with pytest.raises(WrongEncoding, match="subtitle 2"):
            EBU_STL.write(both)
    assert EBU_STL.read(EBU_STL.write(made("5 €"))).cues[0].lines == ("5 EUR",)


@pytest.mark.parametrize(("code", "rate", "frames"), [
    (b"STL25.01", Fraction(25), 24), (b"STL30.01", Fraction(30000, 1001), 29), (b"STL24.01", Fraction(24), 23),
    (b"STL23.01", Fraction(24000, 1001), 23), (b"STL50.01", Fraction(50), 49)])
def test_rates(code: bytes, rate: Fraction, frames: int) -> None:
    times = (1, 0, 10, frames, 1, 0, 12, 0)
    document = EBU_STL.read(header(at3=code, at256=b"01000000") + block(b"x", times=times))
    nominal = frames + 1
    assert document.rate == rate and document.start == "01:00:00:00"
    assert document.cues[0].span == Span.of((10 * nominal + frames) / rate, 12 * nominal / rate)
    assert EBU_STL.write(document)[3:11] == code
    with pytest.raises(Damaged, match=f"block 1: 01:00:10:{nominal} is no timecode"):
        EBU_STL.read(header(at3=code) + block(b"x", times=(1, 0, 10, nominal, 1, 0, 12, 0)))


def test_the_start_of_the_programme() -> None:
    late = block(b"x", times=(0, 10, 0, 0, 0, 10, 1, 0))
    assert EBU_STL.read(header(at256=b"23300000") + late).cues[0].span == Span.of(2400, 2401)
    none = EBU_STL.examine(header(at256=b"        ") + late)
    assert none.findings == () and (none.document.start, none.document.cues[0].span.start) == ("", 600)
    for start, code in ((b"10000000", "early"), (b"99999999", "bad-start"), (b"1000000x", "bad-start")):
        reading = EBU_STL.examine(header(at256=start) + late)
        assert [finding.code for finding in reading.findings] == [code]
        assert reading.document.cues[0].span.start == 600
        assert reading.document.start == ("00:00:00:00" if code == "early" else "")


def test_extension_blocks_user_data_comments_and_sets() -> None:
    text = b"a" * 111 + b"\xc2"
    data = header(at238=b"00008") + block(text, 1, 0) + block(b"", 1, 0xFE) + block(b"e" + b"b" * 111, 1, 1) + block(
        b"c", 1) + block(b"note", 2, rest=(22, 2, 1)) + block(b"one", 3, cumulative=1) + block(
        b"two", 4, cumulative=2, times=(0, 0, 3, 0, 0, 0, 4, 0)) + block(
        b"six", 5, cumulative=3, times=(0, 0, 5, 0, 0, 0, 6, 0))
    reading = EBU_STL.examine(data)
    assert [(cue.text, cue.span) for cue in reading.document.cues] == [
        ("a" * 111 + "é" + "b" * 111 + "c", Span.of(1, 2)), ("one", Span.of(1, 6)), ("two", Span.of(3, 6)),
        ("six", Span.of(5, 6))]
    assert [finding.code for finding in reading.findings] == ["not-kept", "comment", "cumulative"]
    assert not any(finding.fatal for finding in reading.findings)


def test_long_texts_need_more_blocks() -> None:
    document = made("é" * 60, "b" * 300)
    data = EBU_STL.write(document)
    assert [data[place + 3] for place in range(1024, len(data), 128)] == [0, 1, 2, 255]
    assert data[238:248] == b"0000400001" and EBU_STL.read(data) == document
    assert data[11:12] == b"0", "no row of teletext is so long"
    with pytest.raises(TooLarge, match="subtitle 1"):
        EBU_STL.write(made("x" * 27_000))


@pytest.mark.parametrize("place", [
    None, *(Place(align=align, edge=edge, inset=inset) for align in Align for edge in (Edge.TOP, Edge.BOTTOM)
            for inset in (None, Fraction(0), Fraction(100, 23), Fraction(200, 23), Fraction(100, 11), Fraction(100, 3))
            if (align, edge, inset) != (Align.CENTRE, Edge.BOTTOM, None)),
    Place(align=Align.LEFT, aside=Fraction(15)), Place(align=Align.LEFT, aside=Fraction(0)),
    Place(align=Align.LEFT, edge=Edge.TOP, aside=Fraction(100, 32))])
@pytest.mark.parametrize("italic", [True, False])
def test_places_come_back(place: Place | None, italic: bool) -> None:
    runs = (StyledRun(kind=StyleKind.ITALIC, first=0, end=3),) if italic else ()
    document = made("one", "two", runs=runs, place=place)
    assert EBU_STL.losses(document) == () and EBU_STL.read(EBU_STL.write(document)) == document


@settings(max_examples=100)
@given(ebu_stl_documents(), st.builds(
    Place, align=st.sampled_from(Align), edge=st.sampled_from(Edge),
    inset=st.one_of(st.none(), st.fractions(-50, 150, max_denominator=200)),
    aside=st.one_of(st.none(), st.fractions(-50, 150, max_denominator=200))))
def test_any_place_settles_at_once_and_touches_nothing_else(document: SubtitleDocument, place: Place) -> None:
    cues = tuple(cue.model_copy(update={"place": place}) for cue in document.cues)
    document = document.model_copy(update={"cues": cues})
    written = EBU_STL.write(document)
    again = EBU_STL.read(written)
    assert [(cue.span, cue.lines, cue.runs) for cue in again.cues] == [
        (cue.span, cue.lines, cue.runs) for cue in document.cues]
    assert EBU_STL.write(again) == written and EBU_STL.losses(again) == ()


@pytest.mark.parametrize(("row", "justification", "text", "place"), [
    (22, 2, b"x", None), (22, 2, b"\x0dx", None), (20, 2, b"\x0dx\x8a\x8a\x0dy", None), (21, 2, b"x\x8ay", None),
    (23, 1, b"x", Place(align=Align.LEFT, inset=Fraction(0))), (22, 3, b"x", Place(align=Align.RIGHT)),
    (12, 2, b"x", Place(inset=Fraction(1100, 23))), (2, 2, b"x", Place(edge=Edge.TOP)),
    (1, 2, b"x", Place(edge=Edge.TOP, inset=Fraction(0))),
    (1, 2, b"\x8a\x8ax", Place(edge=Edge.TOP, inset=Fraction(200, 23))),
    (22, 0, b"  \x0b\x0bx", Place(align=Align.LEFT, aside=Fraction(10)))])
def test_rows_and_justification(row: int, justification: int, text: bytes, place: Place | None) -> None:
    assert EBU_STL.read(header() + block(text, rest=(row, justification, 0))).cues[0].place == place


def test_which_screen_is_written() -> None:
    blue = StyledRun(kind=StyleKind.COLOUR, first=4, end=7, value="#0000ff")
    word = made("the sea is", runs=(blue,))
    assert b"the\x04sea\x07is\x0a\x0a" in EBU_STL.write(word) and EBU_STL.write(word)[11:12] == b"1"
    inside = made("seaside", runs=(blue,))
    assert b"seas\x04ide\x8f" in EBU_STL.write(inside) and EBU_STL.write(inside)[11:12] == b"0"
    italic = made("a b", runs=(StyledRun(kind=StyleKind.ITALIC, first=2, end=3),))
    assert b"a \x80b\x81\x8f" in EBU_STL.write(italic) and EBU_STL.write(italic)[11:12] == b"0"


def test_losses_are_named_and_what_is_lost_is_near() -> None:
    runs = (StyledRun(kind=StyleKind.VOICE, first=0, end=1, value="Ann"),
            StyledRun(kind=StyleKind.BOLD, first=0, end=1),
            StyledRun(kind=StyleKind.COLOUR, first=0, end=1, value="#e01020"))
    cue = SubtitleCue(span=Span.of(Fraction(1, 3), 2), lines=("x",), id="intro", settings="line:0", runs=runs,
                      place=Place(edge=Edge.MIDDLE))
    document = SubtitleDocument(language="it-CH", cues=(cue,), notes=("NOTE a",), title="字" * 40, rate=Fraction(30),
                                start="01:00:00;00")
    assert len(EBU_STL.losses(document)) == 12
    again = EBU_STL.read(EBU_STL.write(document))
    assert marked(again.cues[0]) == [(RED, "x")] and again.cues[0].span.start == Fraction(1001 * 10, 30000)
    assert (again.language, again.title, again.rate) == ("it", "?" * 32, Fraction(30000, 1001))
    assert EBU_STL.losses(again) == ()


def test_times_that_no_timecode_has() -> None:
    for start, words in ((Fraction(-1), "before the film"), (Fraction(86_400), "past the 24 hours")):
        cue = SubtitleCue(span=Span(start=start, end=start + 1), lines=("x",))
        with pytest.raises(BadInput, match=words):
            EBU_STL.write(SubtitleDocument(cues=(cue,)))
    with pytest.raises(BadInput, match="no timecode"):
        EBU_STL.write(SubtitleDocument(start="33:00:00:00"))


@pytest.mark.parametrize(("data", "error", "words"), [
    (b"", WrongFormat, "disk format code"), (b"850STL25.0", WrongFormat, "disk format code"),
    (GSI[:1023], Damaged, "inside its header"), (header(at3=b"STL99.01"), WrongFormat, "unknown here"),
    (header(at12=b"07"), WrongEncoding, "'07'"), (GSI + block(b"x")[:100], Damaged, "inside block 1"),
    (GSI + block(b"x", times=(0, 0, 2, 0, 0, 0, 1, 0)), Damaged, "ends before it starts"),
    (GSI + block(b"x", times=(0, 0, 255, 0, 0, 0, 1, 0)), Damaged, "00:00:255:00 is no timecode"),
    (GSI + b"x" * SIZE, TooLarge, "at most")])
def test_what_cannot_be_read(data: bytes, error: type[BadInput], words: str) -> None:
    with pytest.raises(error, match=words):
        EBU_STL.read(data)


@pytest.mark.parametrize(("data", "codes"), [
    (header(at238=b"00007") + block(b"x"), ["count"]), (header(at12=b"  ") + block(b"x"), ["no-table"]),
    (header(at0=b"999", at14=b"zz") + block(b"x"), ["bad-page", "bad-language"]),
    (header(at255=b"0") + block(b"x"), ["not-for-use"]), (GSI + block(b"x\x7f\xe5\xc2!"), ["not-kept"]),
    (GSI + block(b""), ["empty"]), (GSI + block(b"x", rest=(22, 9, 0)), ["bad-justification"]),
    (GSI + block(b"x", kind=0), ["unfinished"]), (GSI + block(b"x") + b"\x1a" * 5, []),
    (header(at238=b"00002") + block(b"x", times=(0, 1, 0, 0, 0, 1, 1, 0)) + block(b"y"), ["unsorted"])])
def test_odd_files_are_read_with_a_finding(data: bytes, codes: list[str]) -> None:
    reading = EBU_STL.examine(data)
    assert [finding.code for finding in reading.findings] == codes and EBU_STL.read(data) == reading.document


def test_the_door_reads_and_writes_it(tmp_path: Path) -> None:
    path = tmp_path / "film.srt"
    path.write_bytes(write_subtitles(made("Ciao"), "ebu-stl"))
    assert read_subtitles(path) == made("Ciao")


REAL: dict[str, tuple[tuple[str, ...], list[tuple[str, str]], Place | None]] = {
    "0061-001": (("Test Subtitle",), [], Place(edge=Edge.TOP, inset=Fraction(0))),
    "0062-002_modified": (("Some text Some text",), [], None),
    "0067-001": (("Test Text",), [], Place(align=Align.LEFT, edge=Edge.TOP, inset=Fraction(0))),
    "0068-001": (("Test Text",), [], Place(edge=Edge.TOP, inset=Fraction(0))),
    "0069-001": (("Test Text",), [], Place(align=Align.RIGHT, edge=Edge.TOP, inset=Fraction(0))),
    "0071-002": (("Test1 Test2",), [], Place(edge=Edge.TOP, inset=Fraction(0))),
    "0074-001": (('^ ! " §  % & / ( ) = ?   * \'', "< > ° ; : -"), [], Place(inset=Fraction(0))),
    "0076-001": (("WhiteOnBlack BlackOnBlack",), [("#000000", "BlackOnBlack")], None),
    "0076-002": (("BlueOnBlack WhiteOnBlack",), [("#0000ff", "BlueOnBlack")], None),
    "0076-003": (("WhiteOnBlack RedOnBlack",), [("#ff0000", "RedOnBlack")], None),
    "0076-004": (("WhiteOnBlack GreenOnBlack",), [("#00ff00", "GreenOnBlack")], None),
    "0076-005": (("WhiteOnBlack YellowOnBlack",), [("#ffff00", "YellowOnBlack")], None),
    "0076-007": (("WhiteOnBlack MagentaOnBlack",), [("#ff00ff", "MagentaOnBlack")], None),
    "0076-008": (("WhiteOnBlack CyanOnBlack",), [("#00ffff", "CyanOnBlack")], None),
    "0076-009": (("WhiteOnWhite WhiteOnBlack",), [], None),
    "0077-001": (('^ ! " §  % & / ( ) = ?   * \'', "< > ° ; : -"), [],
                 Place(align=Align.LEFT, edge=Edge.TOP, inset=Fraction(0), aside=Fraction(15))),
    "0086-001": (("Test Text Test Text Test Text",), [], Place(edge=Edge.TOP, inset=Fraction(0))),
    "0087-001": (("Test Text Test Text Test Text",), [], Place(edge=Edge.TOP, inset=Fraction(0))),
    "0090-001": (("AlphaBlack on AlphaGreen AlphaBlack on black",),
                 [("#000000", "AlphaBlack on AlphaGreen AlphaBlack on black")],
                 Place(edge=Edge.TOP, inset=Fraction(0))),
    "0090-007": (("AlphaWhite on AlphaGreen AlphaWhite on black",), [], Place(edge=Edge.TOP, inset=Fraction(0))),
}


@pytest.mark.material
@pytest.mark.parametrize("name", REAL)
def test_real_files_say_what_their_bytes_say(material: Path, name: str) -> None:
    document = read_subtitles(material / "subtitles" / "stl" / f"requirement-{name}.stl")
    cue = document.cues[0]
    assert (cue.lines, marked(cue), cue.place) == REAL[name]
    if name.startswith("0076"):
        assert (document.language, document.title, document.start) == ("de", "IRT Testsendung", "10:00:00:00")
        assert cue.span == Span.of(0, 1)


@pytest.mark.material
def test_real_files_come_back_as_they_were(material: Path) -> None:
    known = {"not-kept", "no-duration", "count"}
    for path in sorted((material / "subtitles" / "stl").glob("*.stl")):
        reading = examine_subtitles(path)
        assert {finding.code for finding in reading.findings} <= known and reading.document.rate == 25
        assert reading.document.cues and EBU_STL.losses(reading.document) == ()
        written = EBU_STL.write(reading.document)
        assert EBU_STL.read(written) == reading.document and EBU_STL.write(EBU_STL.read(written)) == written
    last = read_subtitles(material / "subtitles" / "stl" / "requirement-0062-002_modified.stl")
    assert last.cues[0].span == Span.of(Fraction(2159998, 25), Fraction(2159999, 25))
    assert last.title == "This is a string with length 32!"


@pytest.mark.material
def test_real_files_with_any_byte_changed_are_read_or_refused(material: Path) -> None:
    chance = random.Random(5)
    files = [path.read_bytes() for path in sorted((material / "subtitles" / "stl").glob("*.stl"))]
    for _ in range(600):
        data = bytearray(chance.choice(files))
        for _ in range(chance.choice((1, 3, 10, 60))):
            data[chance.choice((chance.randrange(300), chance.randrange(1024, len(data))))] = chance.randrange(256)
        try:
            document = EBU_STL.examine(bytes(data)).document
        except BadInput as problem:
            assert "\n" not in str(problem)
            continue
        again = EBU_STL.read(EBU_STL.write(document))
        assert [(cue.lines, cue.runs) for cue in again.cues] == [(cue.lines, cue.runs) for cue in document.cues]
