"""As-recorded lists: when who said what, as a studio writes it down on the day, as CSV or as the first sheet of
an Excel workbook (XLSX). Read only.

The first row names the columns, in any order, in English or Italian (``_COLUMNS``): in and out, character, text, and
where there is one how the voice is heard (V.O., off-screen, al telefono; singing), which may stand behind the name too
(:func:`ciak.film.presence.presence_said`); what is not understood there is told. The
dialogue list of this product is one too; its seconds are exact and go before its timecodes. Separators are comma,
semicolon, TAB or bar. A time is a timecode (``01:02:03:04``, ``;`` before the frames for drop-frame), counted from the
film's start at its rate; a clock (``00:02:03.160``) or seconds count from the first picture. A cell's apostrophe
before what a spreadsheet would take for a formula is taken away. Rows without text or without times (headings, notes)
are left out and told. It does not know takes, nor which of two rows for one line was used.
"""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

from pydantic import Field

from ciak.errors import BadInput, TooLarge, WrongFormat
from ciak.film.model import FilmModel
from ciak.film.presence import PresenceKind, presence_said, without_presence
from ciak.film.time import Span, Timecode
from ciak.formats.base import TEXT_BUDGET, Finding, Reading, load, shown, strictly
from ciak.formats.detect import detect_binary
from ciak.formats.dialogue_list import ROWS, csv_rows, unguarded
from ciak.formats.encoding import decode_text
from ciak.formats.xlsx import is_archive, sheet_rows

__all__ = ["RecordedLine", "examine_as_recorded", "read_as_recorded"]

_COLUMNS = {
    "in": ("start", "in", "tc in", "timecode in", "time in", "start tc", "start time", "tcin", "tc_in", "from", "begin",
           "inizio", "entrata", "tc inizio", "timecode inizio", "da"),
    "out": ("end", "out", "tc out", "timecode out", "time out", "end tc", "end time", "tcout", "tc_out", "to",
            "fine", "uscita", "tc fine", "timecode fine", "a"),
    "character": ("character", "char", "role", "speaker", "who", "name", "personaggio", "ruolo", "parlante", "chi",
                  "nome"),
    "text": ("source", "text", "line", "dialogue", "dialog", "original", "as recorded", "as-recorded", "testo",
             "battuta", "dialogo", "originale", "frase"),
    "presence": ("presence", "voice", "heard", "extension", "on/off", "os/vo", "vo/os", "presenza", "voce",
                 "estensione"),
}
"""Names of the columns, those that count more first."""
_SECONDS = re.compile(r"\d{1,9}(?:[.,]\d{1,15})?", re.ASCII)
_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,2}):(\d{1,2})[.,](\d{1,9})", re.ASCII)
_TIMECODE = re.compile(r"\d{1,2}[:.]\d{1,2}[:.]\d{1,2}[:;.]\d{1,3}", re.ASCII)
_LONGEST_TEXT, _LONGEST_NAME = 2000, 200
_ASKED = "the first row names the columns: in, out, character, text (or inizio, fine, personaggio, testo)"


class RecordedLine(FilmModel):
    """What was said where, in film time; ``character`` may be empty. ``presence``: where the voice comes from, None
    where the list does not say."""

    span: Span
    text: str = Field(min_length=1, max_length=_LONGEST_TEXT)
    character: str = Field(default="", max_length=_LONGEST_NAME)
    presence: PresenceKind | None = None
    sung: bool = False


def read_as_recorded(path: Path, start: Timecode) -> tuple[tuple[RecordedLine, ...], tuple[str, ...]]:
    """The lines of a file in film order, and what was left out. ``start``: the film's first frame.

    Raises a :class:`BadInput`: ``WrongFormat`` for what is no list, ``Damaged`` with the line of a row that has times
    which cannot be, ``TooLarge``, ``WrongEncoding``, ``NotFound``.
    """
    name = shown(path)
    try:
        beginning = load(path, 4096, beginning=True)
        if not is_archive(beginning) and (found := detect_binary(beginning)):
            raise WrongFormat(f"this is {found.title}", remedy="save the list as XLSX or CSV")
        reading = examine_as_recorded(load(path, TEXT_BUDGET), start)
        lines = strictly(reading, "this list")
    except BadInput as problem:
        problem.details.setdefault("path", str(path))
        if repr(name) not in problem.message:
            problem.message = f"{name}: {problem.message}"
        raise
    return lines, tuple(f"{name}, line {one.line}: {one.message}" for one in reading.findings)


def examine_as_recorded(data: bytes, start: Timecode) -> Reading[tuple[RecordedLine, ...]]:
    """The rows that can be read, in film order, with findings for the rest. Raises as :func:`read_as_recorded`."""
    findings: list[Finding] = []
    if is_archive(data):
        table = sheet_rows(data)
    else:
        text, _ = decode_text(data)
        table = csv_rows(text, _delimiter(text), findings)
    columns = _columns(next(table, (1, []))[1])
    lines = []
    for line, cells in table:
        found = {kind: " ".join(unguarded(cells[place]).split()) for kind, place in columns.items()
                 if place < len(cells)}
        try:
            lines.append(_line(found, start))
            if found.get("presence") and not presence_said(found["presence"]):
                findings.append(Finding(line, "presence", f"how the voice is heard is not understood: "
                                        f"{found['presence'][:40]!r}"))
        except _LeftOut as problem:
            findings.append(Finding(line, "left-out", str(problem)))
        except ValueError as problem:
            findings.append(Finding(line, "bad-row", str(problem), fatal=True))
        if len(lines) > ROWS:
            raise TooLarge(f"more than {ROWS:,} rows in one list")
    if not lines and not any(finding.fatal for finding in findings):
        raise WrongFormat("there is no line in this list", remedy=_ASKED)
    return Reading(tuple(sorted(lines, key=lambda one: one.span.start)), tuple(findings))


class _LeftOut(ValueError):
    """A row that is no line."""


def _delimiter(text: str) -> str:
    """The separator by which the first row names most columns."""
    first = next((line for line in text[:20_000].replace("\r", "\n").split("\n") if line.strip()), "")
    known = {name for names in _COLUMNS.values() for name in names}
    return max((",", ";", "\t", "|"), key=lambda sign: len({_bare(cell) for cell in first.split(sign)} & known))


def _bare(cell: str) -> str:
    return " ".join(cell.strip(" \t\"'\r\ufeff").lower().split())


def _columns(header: list[str]) -> dict[str, int]:
    places = {_bare(cell): place for place, cell in reversed(list(enumerate(header)))}
    found = {kind: places[name] for kind, names in _COLUMNS.items()
             for name in reversed(names) if name in places}
    if missing := [kind for kind in ("in", "out", "text") if kind not in found]:
        raise WrongFormat(f"this is no as-recorded list: there is no column for {' nor '.join(missing)}", remedy=_ASKED)
    return found


def _line(cells: dict[str, str], start: Timecode) -> RecordedLine:
    if not cells.get("text"):
        raise _LeftOut("a row without text is left out")
    if not cells.get("in") and not cells.get("out"):
        raise _LeftOut("a row without times is left out")
    begin, end = (_time(cells.get(side, ""), start) for side in ("in", "out"))
    if end <= begin:
        raise ValueError(f"it ends ({cells['out'][:40]}) before it begins ({cells['in'][:40]})")
    if len(cells["text"]) > _LONGEST_TEXT:
        raise ValueError(f"its text has {len(cells['text']):,} characters; at most {_LONGEST_TEXT:,} are one line")
    name, behind = without_presence(cells.get("character", ""))
    said = presence_said(cells.get("presence", ""))
    return RecordedLine(span=Span(start=begin, end=end), text=cells["text"], character=name[:_LONGEST_NAME],
                        presence=said.kind or behind.kind, sung=said.sung or behind.sung)


def _time(text: str, start: Timecode) -> Fraction:
    """Film time of a cell. Raises ``ValueError``."""
    if _SECONDS.fullmatch(text):
        return Fraction(text.replace(",", "."))
    if clock := _CLOCK.fullmatch(text):
        hours, minutes, secs = (int(part or 0) for part in clock.groups()[:3])
        if minutes > 59 or secs > 59:
            raise ValueError(f"{text[:40]!r} is no time: minutes and seconds end at 59")
        return (hours * 60 + minutes) * 60 + secs + Fraction(int(clock[4]), 10 ** len(clock[4]))
    if not _TIMECODE.fullmatch(text):
        raise ValueError(f"{text[:40]!r} is neither a timecode nor a time")
    return _frames(text, start)


def _frames(text: str, start: Timecode) -> Fraction:
    """Film time of a timecode."""
    parts = re.split(r"[:;.]", text)
    if ";" in text and not start.drop:
        raise ValueError(f"{text!r} is drop-frame, and the film's timecode is not: set its start as {start!s} with ';'")
    label = ":".join(part.zfill(2) for part in parts[:3]) + (";" if start.drop else ":") + parts[3].zfill(2)
    try:
        frames = Timecode.parse(label, start.rate).frames - start.frames
    except BadInput as problem:
        raise ValueError(problem.message) from None
    if frames < 0:
        raise ValueError(f"{text} is before the film begins, at {start!s}")
    return start.rate.time(frames)
