"""Subtitle files of any format that Ciak reads: the door through which they come and go.

Format and encoding are told by content (:mod:`ciak.formats.detect`); a name may lie. A file of another kind is
refused by its name: "this is a SAMI subtitle file".
"""

from __future__ import annotations

from pathlib import Path

from ciak.errors import BadInput, WrongFormat
from ciak.film.language import SubtitleDocument
from ciak.formats.ass import ASS
from ciak.formats.base import Format, Reading, can_write, load, shown, strictly
from ciak.formats.dcp import DCP
from ciak.formats.detect import detect, detect_binary
from ciak.formats.encoding import decode_text
from ciak.formats.imsc import IMSC
from ciak.formats.scc import SCC
from ciak.formats.srt import SRT
from ciak.formats.stl import EBU_STL
from ciak.formats.timed_text import SIZE
from ciak.formats.webvtt import WEBVTT

__all__ = ["SUBTITLES", "examine_subtitles", "format_in", "format_of", "read_subtitles", "subtitle_losses",
           "write_subtitles"]

SUBTITLES: dict[str, Format[SubtitleDocument]] = {
    "srt": SRT, "webvtt": WEBVTT, "ass": ASS, "imsc": IMSC, "dcp": DCP, "ebu-stl": EBU_STL, "scc": SCC}
"""The subtitle formats that are read and, but for SCC, written, by name."""

_NAMES = [kind.title.replace(" subtitles", "") for kind in SUBTITLES.values()]
_READS = f"Ciak reads {', '.join(_NAMES[:-1])} and {_NAMES[-1]} subtitles so far"


def read_subtitles(path: Path, *, lenient: bool = False) -> SubtitleDocument:
    """The subtitles of a file. ``lenient`` leaves out what cannot be read; :func:`examine_subtitles` says what.

    Raises a :class:`ciak.errors.BadInput`: ``NotFound``, ``TooLarge``, ``WrongFormat`` naming what the file is,
    ``WrongEncoding``, and unless ``lenient`` ``Damaged`` with the ``line`` that cannot be read.
    """
    reading = examine_subtitles(path)
    return reading.document if lenient else strictly(reading, shown(path))


def examine_subtitles(path: Path) -> Reading[SubtitleDocument]:
    """What of a file can be read, with findings for the rest. Raises as :func:`read_subtitles` does."""
    name = shown(path)
    try:
        found = detect_binary(load(path, 4096, beginning=True))
        if found is not None and found.format not in SUBTITLES:
            raise WrongFormat(f"this is {found.title}", remedy=_READS)
        data = load(path, SIZE)
        found = detect(data, name)
        if found.format == "unknown":
            decode_text(data)
        if found.format not in SUBTITLES:
            raise WrongFormat(f"this is {found.title}", remedy=_READS)
        return SUBTITLES[found.format].examine(data)
    except BadInput as problem:
        problem.details.setdefault("path", str(path))
        if repr(name) not in problem.message:
            problem.message = f"{name}: {problem.message}"
        raise


def write_subtitles(document: SubtitleDocument, format: str) -> bytes:  # noqa: A002 - the plain word
    """The document as a file of a format of :data:`SUBTITLES`. Raises :class:`BadInput` for a time before the film,
    :class:`WrongFormat` for another format."""
    return _named(format).write(document)


def subtitle_losses(document: SubtitleDocument, format: str) -> tuple[str, ...]:  # noqa: A002
    """What of the document that format cannot hold, in words for people."""
    lost = _named(format).losses(document)
    if format != "imsc" and any(cue.forced for cue in document.cues):
        lost = (*lost, "which subtitles are forced narratives")
    return lost


def _named(name: str) -> Format[SubtitleDocument]:
    if name not in SUBTITLES or not can_write(SUBTITLES[name]):
        written = [known for known, kind in SUBTITLES.items() if can_write(kind)]
        raise WrongFormat(f"Ciak does not write {name[:40]!r} subtitles", remedy=f"choose {' or '.join(written)}")
    return SUBTITLES[name]


def format_of(path: Path) -> str | None:
    """The subtitle format that a file's name says, None when it says none. (``.xml`` says IMSC; a DCP is asked for.)"""
    suffix = path.suffix.lower()
    return next((name for name, kind in SUBTITLES.items() if suffix in kind.suffixes), None)


def format_in(path: Path) -> str | None:
    """The subtitle format that a file's content says, None for what is none of them. Raises as :func:`load` does."""
    found = detect(load(path, SIZE), shown(path)).format
    return found if found in SUBTITLES else None
