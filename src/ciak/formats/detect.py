"""What a file is, told by its content: the formats that Ciak reads, and those it only knows by name.

A file's name is a hint that decides nothing. Formats that are read answer for themselves (``sniff``); the tables
here know the others well enough to say "this is a SAMI subtitle file" instead of "cannot be read".
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ciak.errors import BadInput
from ciak.formats.base import Sample
from ciak.formats.encoding import decode_text
from ciak.formats.registry import FORMATS

__all__ = ["Detection", "detect", "detect_binary"]


@dataclass(frozen=True, slots=True)
class Detection:
    """``format``: short name; ``title``: with its article, for a sentence; ``encoding``: of text, else None;
    ``confidence``: 0 to 1; ``readable``: whether :data:`ciak.formats.registry.FORMATS` has it."""

    format: str
    title: str
    encoding: str | None = None
    confidence: float = 1.0
    readable: bool = False


_MAGIC: tuple[tuple[str, str, re.Pattern[bytes]], ...] = tuple(
    (name, title, re.compile(pattern, re.DOTALL)) for name, title, pattern in (
        ("ebu-stl", "an EBU STL file", rb".{3}STL[0-9 ]{2}\.[0-9 ]{2}"),
        ("wav", "a WAV sound file", rb"(?:RIFF|RIFX|RF64|BW64).{4}WAVE"),
        ("avi", "an AVI film file", rb"RIFF.{4}AVI "),
        ("mp4", "an MP4 or QuickTime file", rb"\x00.{3}(?:ftyp|moov|mdat|wide|free|skip)"),
        ("mkv", "a Matroska or WebM file", rb"\x1a\x45\xdf\xa3"),
        ("mp3", "an MP3 sound file", rb"ID3[\x02-\x04]|\xff[\xe2\xe3\xf2\xf3\xfa\xfb][\x10-\xef]"),
        ("aac", "an AAC sound file", rb"\xff[\xf0\xf1\xf8\xf9][\x40-\xff]"),
        ("ogg", "an Ogg file", rb"OggS\x00"),
        ("flac", "a FLAC sound file", rb"fLaC\x00"),
        ("mxf", "an MXF file", rb"\x06\x0e\x2b\x34\x02\x05\x01\x01"),
        ("mpeg-ts", "an MPEG transport stream", rb"\x47.{187}\x47.{187}\x47"),
        ("mpeg-ps", "an MPEG programme stream", rb"\x00\x00\x01\xba"),
        ("midi", "a MIDI file", rb"MThd\x00\x00\x00\x06"),
        ("vobsub", "VobSub pictures of subtitles", rb"# VobSub index file"),
        ("pgs", "Blu-ray pictures of subtitles", rb"PG.{8}\x16"),
        ("pdf", "a PDF document", rb"%PDF-"),
        ("zip", "a ZIP archive or an office document", rb"PK\x03\x04|PK\x05\x06"),
        ("gzip", "a gzip archive", rb"\x1f\x8b\x08"),
        ("rar", "a RAR archive", rb"Rar!\x1a\x07"),
        ("7z", "a 7-Zip archive", rb"7z\xbc\xaf\x27\x1c"),
        ("rtf", "an RTF document", rb"\{\\rtf"),
        ("png", "a PNG picture", rb"\x89PNG\r\n\x1a\n"),
        ("jpeg", "a JPEG picture", rb"\xff\xd8\xff"),
        ("sqlite", "an SQLite database", rb"SQLite format 3\x00"),
    ))

_READ = frozenset(kind.name for kind in FORMATS)

_WORDS: tuple[tuple[str, str, re.Pattern[str]], ...] = tuple(
    (name, title, re.compile(pattern, re.IGNORECASE | re.ASCII)) for name, title, pattern in (
        ("sami", "a SAMI subtitle file", r"\s*+(?:<!--(?s:.*?)-->\s*)?<sami>"),
        ("html", "a web page", r"(?:<!--(?s:.*?)-->|\s)*+(?:<!doctype html|<html[\s>])"),
        ("xml", "an XML file", r"\s*+<\?xml[\s?]"),
        ("microdvd", "a MicroDVD subtitle file", r"\s*+\{\d{1,9}\}\{\d{1,9}\}"),
        ("mpl2", "an MPL2 subtitle file", r"\s*+\[\d{1,9}\]\[\d{1,9}\]"),
        ("subviewer", "a SubViewer subtitle file",
         r"\s*+(?:\[INFORMATION\]|\d{1,2}:\d\d:\d\d\.\d\d,\d{1,2}:\d\d:\d\d\.\d\d\s)"),
        ("lrc", "an LRC lyrics file", r"\s*+(?:\[[a-z]{2}:[^\]\n]*\]\s*+)*\[\d{1,3}:\d\d[.:]\d\d"),
        ("hls", "an HLS playlist", r"\s*+#EXTM3U"),
        ("json", "a JSON file", r"\s*+(?:\{\s*+[\"}]|\[\s*+[\[{\"\d\]-])"),
    ))


def detect_binary(data: bytes) -> Detection | None:
    """A known format that is no text, told by the first 4096 bytes of a file; else None."""
    head = data[:4096]
    return next((Detection(short, title, readable=short in _READ) for short, title, magic in _MAGIC
                 if magic.match(head)), None)


def detect(data: bytes, name: str = "") -> Detection:
    """The format and encoding of a whole file's bytes. ``name`` only breaks ties. Never raises.

    What is text but nothing known is ``"text"``; what is neither, ``"unknown"``; no bytes at all, ``"empty"``.
    """
    if not data.strip(b" \t\r\n\xef\xbb\xbf"):
        return Detection("empty", "an empty file")
    if known := detect_binary(data):
        return known
    try:
        text, encoding = decode_text(data)
    except BadInput as problem:
        return Detection("unknown", f"no file that Ciak knows ({problem.message})", confidence=0.0)
    sample = Sample(data[:4096], text[:65536])
    sure, _, best = max(((format_.sniff(sample), name.lower().endswith(format_.suffixes), format_)
                         for format_ in FORMATS), key=lambda row: row[:2])
    if sure < 0.5:
        for short, title, words in _WORDS:
            if words.match(sample.text):
                return Detection(short, title, encoding, 0.9)
    if sure > 0.0:
        return Detection(best.name, f"a file of {best.title}", encoding, sure, readable=True)
    return Detection("text", "a text without subtitles", encoding, 0.5)
