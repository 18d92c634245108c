"""One suite over every format of the registry: round trips of any document, and no input that breaks a reader."""

from __future__ import annotations

import os
import random
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.formats.made_bands import bands
from tests.formats.made_documents import (
    SCC,
    ass_documents,
    cuts,
    dialogue_lists,
    ebu_stl_documents,
    edit_lists,
    mutations,
    screenplays,
    srt_documents,
    webvtt_documents,
)
from tests.formats.made_xml_documents import xml_documents

from ciak.errors import BadInput, CiakError, Damaged, TooLarge, WrongFormat
from ciak.film import Align, Clip, Cut, Edge, Lane, Place, Span, StyledRun, StyleKind, SubtitleCue, SubtitleDocument
from ciak.film.band import BandCharacter, BandLine, RythmoBand
from ciak.film.screenplay import ElementKind, Screenplay, ScreenplayElement, TitleEntry
from ciak.formats import FORMATS, detect, examine_subtitles, format_named, parse_json
from ciak.formats.base import Format, Reading, Sample, can_write, load
from ciak.formats.dialogue_list import DialogueRow

MADE = {"srt": srt_documents(), "webvtt": webvtt_documents(), "ass": ass_documents(), "imsc": xml_documents(),
        "dcp": xml_documents(cinema=True), "ebu-stl": ebu_stl_documents(), "otio": cuts(), "edl": edit_lists(),
        "dialogue-list": dialogue_lists(), "fountain": screenplays(), "rythmo": bands(), "detx": bands(plain=True)}
quick = settings(max_examples=120)
every = pytest.mark.parametrize("kind", FORMATS, ids=lambda kind: kind.name)
every_written = pytest.mark.parametrize("kind", [kind for kind in FORMATS if can_write(kind)],
                                        ids=lambda kind: kind.name)
BINARY = ("ebu-stl",)
"""Formats that are no text, and so have no encoding."""


def example(name: str) -> Any:
    """A document that uses what its format has."""
    cue = SubtitleCue(span=Span.of(1, 2), lines=("Ciao <b> & --> {\\an8}", "sì"),
                      runs=(StyledRun(kind=StyleKind.ITALIC, first=0, end=4),))
    placed = cue.model_copy(update={"place": Place(edge=Edge.TOP), "runs": (
        *cue.runs, StyledRun(kind=StyleKind.COLOUR, first=2, end=9, value="#ff0000"))})
    yellow = cue.model_copy(update={"place": Place(edge=Edge.TOP, align=Align.LEFT), "runs": (
        *cue.runs, StyledRun(kind=StyleKind.COLOUR, first=2, end=6, value="#ffff00"))})
    clip = Clip(name="a", path="a.wav", span=Span.of(1, Fraction(5, 2)), source=Fraction(1, 2), text="Ciao")
    ada = BandCharacter(id="ada", name='Ada & "co"')
    band = RythmoBand(rate="25", start="01:00:00:00", characters=(ada,), lines=(
        BandLine(loop="L0001", character="ada", track=1, span=Span.of(1, Fraction(5, 2)), text="Ciao <b> & tutti"),),
        shots=(Span.of(0, 2), Span.of(2, 3)))
    return {
        "srt": SubtitleDocument(cues=(cue, placed)),
        "webvtt": SubtitleDocument(language="it", cues=(cue, placed), notes=("NOTE x",)),
        "ass": SubtitleDocument(language="it", cues=(cue, placed), title="A film"),
        "imsc": SubtitleDocument(language="it", cues=(yellow,), title="A & B", rate=Fraction(25)),
        "dcp": SubtitleDocument(language="it", cues=(yellow,), title="A & B", rate=Fraction(24), start="01:00:00:00"),
        "ebu-stl": SubtitleDocument(language="it", cues=(cue.model_copy(update={"lines": ("Ciao <b> & -->", "sì")}),),
                                    title="Ciao", rate=Fraction(25), start="10:00:00:00"),
        "otio": Cut(name="c", rate="30000/1001", start="01:00:00;00", lanes=(
            Lane(name="DX", kind="Audio", language="it", clips=(clip,)), Lane(name="V", kind="Video"))),
        "edl": Cut(name="c", rate="30000/1001", start="01:00:00;00", lanes=(Lane(name="V", kind="Video", clips=(
            Clip(name="a", path="m/a.mov", span=Span.of(0, Fraction(1001, 500)), source=Fraction(1001, 1000)),
            Clip(name="b", path="m/b.mov", span=Span.of(Fraction(1001, 500), Fraction(1001, 250)),
                 source=Fraction(1001, 1000), speed=Fraction(2)))),)),
        "dialogue-list": (DialogueRow(loop="L1", span=Span.of(1, 2), source="=1+1", translation='"a", b\nc'),),
        "rythmo": band, "detx": band,
        "fountain": Screenplay(title_page=(TitleEntry(key="Title", text="So"),), elements=(
            ScreenplayElement(kind=ElementKind.HEADING, text="INT. A ROOM - NIGHT"),
            ScreenplayElement(kind=ElementKind.ACTION, text="Rain. [[how much?]]"),
            ScreenplayElement(kind=ElementKind.CHARACTER, text="LENA"),
            ScreenplayElement(kind=ElementKind.DIALOGUE, text="Ciao."))),
    }[name]


def seeds(kind: Format[Any], material: Path | None = None) -> list[bytes]:
    """Good files of a format, with those of the real material where it is."""
    found = [kind.write(example(kind.name)) if can_write(kind) else SCC]
    if material and kind.name == "ebu-stl":
        found += [path.read_bytes() for path in sorted(material.rglob("*.stl"))]
    if material and kind.name == "webvtt":
        found += [path.read_bytes() for path in sorted(material.rglob("*.vtt"))]
    if material and kind.name in ("srt", "ass"):
        webvtt = format_named("webvtt")
        found += [kind.write(webvtt.read(path.read_bytes())) for path in sorted(material.rglob("*.vtt"))]
    return found


@every
def test_a_format_names_itself(kind: Format[Any]) -> None:
    assert isinstance(kind, Format) and format_named(kind.name) is kind
    assert kind.suffixes[0].startswith(".") and "/" in kind.media_type and kind.title
    with pytest.raises(WrongFormat, match="srt"):
        format_named("nope")


@every_written
@quick
@given(st.data())
def test_what_is_written_is_read_back_as_it_was(kind: Format[Any], data: st.DataObject) -> None:
    document = data.draw(MADE[kind.name])
    written = kind.write(document)
    assert kind.losses(document) == ()
    assert kind.examine(written).document == document
    assert kind.read(written) == document
    assert kind.write(kind.read(written)) == written


@every
def test_what_is_written_is_told_from_every_other_format(kind: Format[Any]) -> None:
    written = seeds(kind)[0]
    found = detect(written)
    if kind.name in BINARY:
        assert (found.format, found.readable, found.encoding) == (kind.name, True, None)
        assert detect(written, "film.mp4").format == kind.name
        return
    assert (found.format, found.readable, found.encoding) == (kind.name, True, "utf-8")
    assert detect(b"\xef\xbb\xbf" + written, "film.mp4").format == kind.name
    assert detect(written.decode().encode("utf-16")).format == kind.name


@every
@quick
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(kind: Format[Any], data: bytes) -> None:
    check(kind, data)


@every
@quick
@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(kind: Format[Any], text: str) -> None:
    check(kind, text.encode("utf-8", "surrogatepass"))


@every
def test_mutated_files_are_read_or_refused(kind: Format[Any]) -> None:
    for data in mutations(seeds(kind), 600):
        check(kind, data)


@every
@pytest.mark.material
def test_mutated_real_files_are_read_or_refused(kind: Format[Any], material: Path) -> None:
    for data in mutations(seeds(kind, material), 150, seed=11):
        check(kind, data)


@every
def test_a_file_cut_off_anywhere_is_read_or_refused(kind: Format[Any]) -> None:
    whole = seeds(kind)[0]
    for end in range(len(whole)):
        check(kind, whole[:end])


def check(kind: Format[Any], data: bytes) -> None:
    """Read ``data`` in every way there is: documents that can be written and read again, or errors of our tree."""
    detect(data)
    kind.sniff(Sample(data, data.decode("latin-1")))
    try:
        reading = kind.examine(data)
    except BadInput as problem:
        assert "\n" not in str(problem) and len(str(problem)) < 400
        return
    assert isinstance(reading, Reading)
    fatal = [finding for finding in reading.findings if finding.fatal]
    if fatal:
        with pytest.raises(Damaged):
            kind.read(data)
    else:
        assert kind.read(data) == reading.document
    if not can_write(kind):
        with pytest.raises(WrongFormat):
            kind.write(reading.document)
        return
    again = kind.write(reading.document)
    try:
        reread = kind.read(again)
    except WrongFormat:
        assert not getattr(reading.document, "cues", True), "only an SRT without subtitles is none"
        return
    assert kind.write(reread) == again


@pytest.mark.parametrize("count", [0, 1, 3, 100, 5000])
def test_random_bytes_never_break_detection(count: int) -> None:
    chance = random.Random(count)
    for _ in range(60):
        found = detect(chance.randbytes(count), "x.srt")
        assert found.format and found.title


def test_a_missing_file_a_folder_a_pipe_and_a_huge_one(tmp_path: Path) -> None:
    pipe, huge = tmp_path / "pipe.srt", tmp_path / "huge.srt"
    os.mkfifo(pipe)
    with huge.open("wb") as file:
        file.truncate(2**40)
    for path, words in ((tmp_path / "none.srt", "there is no file"), (tmp_path, "not a file"), (pipe, "not a file"),
                        (huge, "at most"), (tmp_path / "none.srt" / "x", "there is no file"),
                        (tmp_path / ("x" * 300), "cannot be opened")):
        with pytest.raises(BadInput, match=words):
            examine_subtitles(path)
    with pytest.raises(TooLarge):
        load(huge)
    with pytest.raises(BadInput):
        load(Path("a\0b"))


def test_a_name_that_is_no_text_is_shown_all_the_same(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\xfe.srt"))
    path.write_bytes(b"no subtitles here")
    with pytest.raises(WrongFormat) as caught:
        examine_subtitles(path)
    str(caught.value).encode("utf-8")


def test_errors_of_the_tree_only_even_for_json(tmp_path: Path) -> None:
    for data in mutations([b'{"a": [1, 2.5, "x\\u00e9", null, true], "b": {"c": "' + "è".encode() + b'"}}'], 400):
        try:
            parse_json(data)
        except CiakError as problem:
            assert "\n" not in str(problem)
