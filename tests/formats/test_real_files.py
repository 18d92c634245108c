"""Real subtitle files through every way in and out."""

from __future__ import annotations

import html
from fractions import Fraction
from pathlib import Path

import pytest

from ciak.film import Edge, Place
from ciak.formats import examine_subtitles, read_subtitles, subtitle_losses, write_subtitles
from ciak.formats.ass import ASS
from ciak.formats.srt import SRT
from ciak.formats.webvtt import WEBVTT

pytestmark = pytest.mark.material

FILES = {"captions.en": 78, "captions.ru": 84, "captions.ar": 77, "captions.ja": 77, "captions.sv": 81,
         "chapters.en": 9, "descriptions.en": 63}


def found(material: Path, name: str) -> Path:
    folder = "media/his-girl-friday" if name == "friday" else "subtitles/elephants-dream"
    return material / folder / f"{name}.vtt"


every = pytest.mark.parametrize("name", [*FILES, "friday"])


@every
def test_nothing_is_lost_on_the_way_back(material: Path, name: str) -> None:
    path = found(material, name)
    reading = examine_subtitles(path)
    assert reading.findings == ()
    assert len(reading.document.cues) == FILES.get(name, 5)
    assert subtitle_losses(reading.document, "webvtt") == ()
    again = write_subtitles(reading.document, "webvtt")
    assert WEBVTT.read(again) == reading.document

    def essence(text: str) -> list[str]:
        """Lines without their ends and references, without the header, whose further lines become a comment."""
        lines = [" ".join(html.unescape(line).split()) for line in text.replace("\r", "").split("\n")]
        return [line for line in lines if line not in ("", "WEBVTT", "NOTE")]

    assert essence(again.decode()) == essence(path.read_text("utf-8"))


@every
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_same_in_any_dress(material: Path, name: str, encoding: str, end: str, tmp_path: Path) -> None:
    text = found(material, name).read_text("utf-8").replace("\r\n", "\n")
    dressed = tmp_path / "dressed.txt"
    dressed.write_bytes(text.replace("\n", end).encode(encoding))
    assert read_subtitles(dressed) == read_subtitles(found(material, name))


@every
def test_through_srt_text_and_times_stay(material: Path, name: str, tmp_path: Path) -> None:
    document = read_subtitles(found(material, name))
    path = tmp_path / "x.vtt"
    path.write_bytes(write_subtitles(document, "srt"))
    read = read_subtitles(path)
    assert [(cue.span, cue.lines) for cue in read.cues] == [(cue.span, cue.lines) for cue in document.cues]
    assert SRT.write(read) == path.read_bytes()
    assert ("the exact place of subtitles on the picture" in subtitle_losses(document, "srt")) == (name == "friday")


@every
def test_through_srt_and_back_nothing_is_lost_but_what_is_told(material: Path, name: str) -> None:
    document = read_subtitles(found(material, name))
    back = WEBVTT.read(WEBVTT.write(SRT.read(SRT.write(document))))
    bare = [cue.model_copy(update={"place": None, "settings": "", "id": ""}) for cue in document.cues]
    assert list(back.cues) == bare


@every
def test_through_ass_text_runs_and_places_stay_and_times_to_a_hundredth(material: Path, name: str) -> None:
    document = read_subtitles(found(material, name))
    written = ASS.write(document)
    reading = ASS.examine(written)
    assert reading.findings == () and ASS.write(reading.document) == written
    assert reading.document.language == document.language
    for cue, again in zip(document.cues, reading.document.cues, strict=True):
        assert (again.lines, again.runs, again.place) == (cue.lines, cue.runs, cue.place)
        for time, read in ((cue.span.start, again.span.start), (cue.span.end, again.span.end)):
            assert read == time if 100 % time.denominator == 0 else abs(read - time) <= Fraction(1, 200)
    on_grid = all(100 % edge.denominator == 0 for cue in document.cues for edge in (cue.span.start, cue.span.end))
    assert ("times between hundredths of a second" in subtitle_losses(document, "ass")) == (not on_grid)


def test_a_place_of_a_real_file_is_read_and_kept(material: Path) -> None:
    cues = read_subtitles(found(material, "friday")).cues
    assert {(cue.settings, cue.place) for cue in cues} == {("", Place(edge=Edge.TOP, inset=Fraction(80)))}
