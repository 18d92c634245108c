"""What a file is, by its content: formats that are read, and those that are only known by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from ciak.errors import NotFound, WrongFormat
from ciak.formats import detect, read_subtitles, subtitles
from ciak.formats.subtitles import SUBTITLES

SRT = b"1\n00:00:01,000 --> 00:00:02,000\nx\n"
KNOWN = [
    (SRT, "srt"), (b"WEBVTT\n\n", "webvtt"), (b"\n\n" + SRT.replace(b",", b"."), "srt"),
    (b"850STL25.0110009" + b" " * 1200, "ebu-stl"), (b"437STL30.01" + b" " * 1200, "ebu-stl"),
    (b"[Script Info]\nScriptType: v4.00+\n\n[V4+ Styles]\n", "ass"),
    (b"; made by\n[Script Info]\nTitle: x\n[V4+ Styles]", "ass"),
    (b"[Script Info]\nScriptType: v4.00\n[V4 Styles]\n", "ass"), (b"[V4+ Styles]\n", "ass"),
    (b'<?xml version="1.0"?>\n<tt xmlns="http://www.w3.org/ns/ttml" xml:lang="en">', "imsc"),
    (b'<?xml version="1.0"?>\n<!-- x -->\n<tt:tt xmlns:tt="http://www.w3.org/ns/ttml" '
     b'ttp:contentProfiles="http://www.w3.org/ns/ttml/profile/imsc1.1/text">', "imsc"),
    (b'<!-- > --><tt xmlns="http://www.w3.org/2006/10/ttaf1">', "imsc"),
    (b'<!DOCTYPE tt SYSTEM "x">\n<tt>', "imsc"),
    (b"<?xml version='1.0'?><DCSubtitle Version='1.0'>", "dcp"),
    (b'<dcst:SubtitleReel xmlns:dcst="http://www.smpte-ra.org/schemas/428-7/2010/DCST">', "dcp"),
    (b"<SAMI>\n<HEAD>", "sami"), (b"<!DOCTYPE html><html>", "html"), (b"<?xml version='1.0'?><a/>", "xml"),
    (b"{1}{1}25.000\n{10}{50}Hi|there", "microdvd"), (b"[10][50]Hi|there", "mpl2"),
    (b"00:00:01.00,00:00:02.00\nHi", "subviewer"), (b"[INFORMATION]\n[TITLE]x", "subviewer"),
    (b"[ti:Song]\n[00:12.00]la", "lrc"), (b"Scenarist_SCC V1.0\n", "scc"), (b"#EXTM3U\n#EXT-X-VERSION:3", "hls"),
    (b"TITLE: cut\nFCM: NON-DROP FRAME\n", "edl"), (b'{"OTIO_SCHEMA": "Timeline.1"}', "otio"),
    (b'{"a": 1}', "json"),
    (b"loop,character,in,out,start,end\r\n", "dialogue-list"), (b"End;Start;Loop;x\n", "dialogue-list"),
    (b"RIFF\x24\0\0\0WAVEfmt ", "wav"), (b"RF64\xff\xff\xff\xffWAVEds64", "wav"),
    (b"RIFF\x24\0\0\0AVI LIST", "avi"),
    (b"\0\0\0\x20ftypisom\0\0\2\0", "mp4"), (b"\0\0\0\x08wide\0\0\0\0mdat", "mp4"),
    (b"\x1a\x45\xdf\xa3\x01", "mkv"),
    (b"ID3\x04\0\0\0\0\0\0", "mp3"), (b"\xff\xfb\x90\x64" + bytes(100), "mp3"),
    (b"\xff\xf1\x50\x80" + bytes(9), "aac"),
    (b"OggS\0\2", "ogg"), (b"fLaC\0\0\0\x22", "flac"), (b"PK\x03\x04\x14\0", "zip"), (b"\x1f\x8b\x08\0", "gzip"),
    (b"%PDF-1.7", "pdf"), (b"\x89PNG\r\n\x1a\n", "png"), (b"MThd\0\0\0\6\0\1", "midi"), (b"{\\rtf1", "rtf"),
    (b"SQLite format 3\0", "sqlite"), (b"", "empty"), (b"\xef\xbb\xbf \r\n", "empty"), (b"Just words.", "text"),
    (b"a,b,c\n1,2,3\n", "text"), (b"\x01\x02\x00\x03" * 9, "unknown"), (b"1234free speech", "text"),
    (b"PG rated", "text"),
    (b"ID3 players\n", "text"), (b"00:00:01,000 - 00:00:02,000\nx", "text"),
    (b"00:00:01,000 -> 00:00:02,000\nx", "srt"), (b"a --> b", "srt"),
]


@pytest.mark.parametrize(("data", "format_"), KNOWN, ids=lambda value: value if isinstance(value, str) else "")
def test_known_by_content(data: bytes, format_: str) -> None:
    assert detect(data, "lies.mp4").format == format_


def test_a_name_decides_nothing() -> None:
    for name in ("a.srt", "a.vtt", "a.mp4", "", "\udcff"):
        assert detect(SRT, name).format == "srt"
        assert detect(b"WEBVTT\n", name).format == "webvtt"


def test_every_kind_that_is_not_read_is_refused_by_its_name(tmp_path: Path) -> None:
    for place, (data, format_) in enumerate(KNOWN):
        found = detect(data)
        if format_ in (*SUBTITLES, "unknown"):
            continue
        path = tmp_path / f"{place}.srt"
        path.write_bytes(data)
        with pytest.raises(WrongFormat) as caught:
            read_subtitles(path)
        said = f"{place}.srt: this is {found.title}: {subtitles._READS}"
        assert str(caught.value) == said


@pytest.mark.material
def test_real_ebu_stl_files_are_recognised_and_read(material: Path) -> None:
    files = sorted((material / "subtitles" / "stl").glob("*.stl"))
    assert len(files) >= 30
    for path in files:
        found = detect(path.read_bytes(), "film.srt")
        assert (found.format, found.readable, found.title) == ("ebu-stl", True, "an EBU STL file")
        assert read_subtitles(path).cues


@pytest.mark.material
def test_real_media_is_recognised_and_refused(material: Path) -> None:
    for name, words in (("sintel/trailer.mp4", "MP4"), ("tears-of-steel/battle.webm", "Matroska or WebM"),
                        ("ambience/voices-around-a-fire.mp3", "MP3"),
                        ("night-of-the-living-dead/7s_i_wonder_what_happened.wav", "WAV")):
        with pytest.raises(WrongFormat, match=words):
            read_subtitles(material / "media" / name)


def test_a_huge_film_given_as_subtitles_is_called_a_film(tmp_path: Path) -> None:
    path = tmp_path / "film.srt"
    with path.open("wb") as file:
        file.write(b"\0\0\0\x20ftypisom")
        file.truncate(2**36)
    with pytest.raises(WrongFormat, match="MP4"):
        read_subtitles(path)


def test_the_file_is_named_in_every_error(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"gone\.srt"):
        read_subtitles(tmp_path / "gone.srt")
    for data in (b"\xff\xfea", "é".encode() * 9 + b"\xff" + SRT, b"x", b"\0", SRT + b"2\n0:0 -->\n"):
        path = tmp_path / "bad.srt"
        path.write_bytes(data)
        with pytest.raises(Exception, match=r"^bad\.srt"):
            read_subtitles(path)


def test_a_lenient_reader_keeps_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "half.srt"
    path.write_bytes(SRT + b"\n2\n0:0 -->\nlost\n\n3\n00:00:05,000 --> 00:00:06,000\ny\n")
    assert [cue.text for cue in read_subtitles(path, lenient=True).cues] == ["x", "y"]
