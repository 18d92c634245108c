"""The dialogue list: every line of a dub, one row each, as CSV that spreadsheets open (RFC 4180, UTF-8).

Columns, in this order when written and in any order when read: ``loop, character, in, out, start, end, source,
translation, slot_start, slot_end, spoken, rate, word_error, flags, status``. ``in`` and ``out`` are timecodes for
people; ``start``, ``end``, ``slot_*`` and ``spoken`` are seconds of film time in decimals. A time with more than
twelve decimals is rounded there, and read back as the fraction of denominator up to 240,000 that it can only have
been: frames, milliseconds and samples come back exactly. ``flags`` are codes with blanks between.

A cell that a spreadsheet would take for a formula (it begins with ``= + - @``, TAB or CR, perhaps after blanks, or
with the full-width forms of these) is written with an apostrophe before it. Reading takes one apostrophe away where
it finds one or more before such a beginning, and nowhere else; so ``'=x`` comes back from ``''=x``, and ``'tis`` is
left alone. Control characters besides TAB, CR and LF are left out.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

from pydantic import Field, ValidationError

from ciak.errors import TooLarge, WrongFormat
from ciak.film.language import Dialogue, Loop
from ciak.film.model import FilmModel
from ciak.film.time import FilmTime, Span, Timecode
from ciak.formats.base import Finding, Reading, Sample, strictly
from ciak.formats.encoding import decode_text

__all__ = ["COLUMNS", "DIALOGUE_LIST", "ROWS", "DialogueList", "DialogueRow", "csv_rows", "dialogue_rows", "guarded",
           "read_dialogue_list", "unguarded", "write_dialogue_list"]

COLUMNS = ("loop", "character", "in", "out", "start", "end", "source", "translation", "slot_start", "slot_end",
           "spoken", "rate", "word_error", "flags", "status")
ROWS = 50_000
CELL = 100_000
_DANGER = r"\s*[=+\-@\t\r＝＋－＠]"
_GUARD = re.compile(rf"'*(?={_DANGER})")
_GUARDED = re.compile(rf"'+{_DANGER}")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_DECIMAL = re.compile(r"-?\d{1,9}(?:[.,]\d{1,15})?", re.ASCII)
_FINEST = 240_000


class DialogueRow(FilmModel):
    """One line of the list. Empty or None: not known, or not done yet."""

    loop: str = Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")
    character: str = ""
    timecode_in: str = ""
    timecode_out: str = ""
    span: Span
    """Where the original is spoken."""
    source: str = ""
    translation: str = ""
    slot: Span | None = None
    spoken: FilmTime | None = None
    """Length of the chosen take, seconds."""
    rate: float | None = Field(default=None, gt=0)
    """Natural over spoken length."""
    word_error: float | None = Field(default=None, ge=0)
    flags: tuple[str, ...] = ()
    status: str = ""


class DialogueList:
    """The format (see the module). Documents are tuples of :class:`DialogueRow`."""

    name = "dialogue-list"
    title = "dialogue lists (CSV)"
    suffixes = (".csv",)
    media_type = "text/csv"

    def sniff(self, sample: Sample) -> float:
        """Sure when the first row names our columns; a little when it looks like any CSV."""
        first = sample.text[:4096].split("\n", 1)[0]
        named, _ = _delimiter(first)
        return 0.95 if named >= {"loop", "start", "end"} else 0.6 if len(named) >= 4 else 0.0

    def read(self, data: bytes) -> tuple[DialogueRow, ...]:
        """All rows. Raises :class:`Damaged` with the ``line`` of the first that cannot be read."""
        return strictly(self.examine(data), "this dialogue list")

    def examine(self, data: bytes) -> Reading[tuple[DialogueRow, ...]]:
        """Rows that can be read, with findings. Raises ``WrongFormat`` without the columns loop, start, end."""
        text, _ = decode_text(data)
        _, delimiter = _delimiter(text[:4096].replace("\r", "\n").split("\n", 1)[0])
        findings: list[Finding] = []
        table = csv_rows(text, delimiter, findings)
        _, header = next(table, (1, []))
        columns = {name.strip().lower(): place for place, name in enumerate(header)}
        if missing := [name for name in ("loop", "start", "end") if name not in columns]:
            raise WrongFormat(f"this is no dialogue list: there is no column {' nor '.join(missing)}",
                              remedy=f"the first row names the columns {', '.join(COLUMNS)}")
        if strange := [name for name in columns if name and name not in COLUMNS]:
            findings.append(Finding(1, "not-kept", f"unknown columns: {', '.join(strange)[:80]}"))
        rows: list[DialogueRow] = []
        for line, cells in table:
            try:
                rows.append(_row({name: unguarded(cells[place]) for name, place in columns.items()
                                  if place < len(cells)}))
            except _BadCell as problem:
                findings.append(Finding(line, "bad-cell", str(problem), fatal=True))
            if len(rows) > ROWS:
                raise TooLarge(f"more than {ROWS:,} rows in one dialogue list")
        return Reading(tuple(rows), tuple(findings))

    def write(self, document: Iterable[DialogueRow], *, mark: bool = False) -> bytes:
        """The rows as CSV. ``mark``: with a byte order mark, which Excel wants to see UTF-8 in a CSV."""
        out = io.StringIO(newline="")
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow(COLUMNS)
        for row in document:
            writer.writerow([guarded(cell) for cell in _cells(row)])
        return out.getvalue().encode("utf-8-sig" if mark else "utf-8")

    def losses(self, document: Iterable[DialogueRow]) -> tuple[str, ...]:
        """What changes: only times finer than twelve decimals."""
        return ("times finer than a sample",) if any(
            time is not None and time.denominator > _FINEST and 10**12 % time.denominator
            for row in document for time in _times(row)) else ()


DIALOGUE_LIST = DialogueList()


def write_dialogue_list(rows: Iterable[DialogueRow], *, mark: bool = False) -> bytes:
    """The rows as CSV; see :meth:`DialogueList.write`."""
    return DIALOGUE_LIST.write(rows, mark=mark)


def read_dialogue_list(data: bytes) -> tuple[DialogueRow, ...]:
    """The rows of a CSV; see :meth:`DialogueList.read`."""
    return DIALOGUE_LIST.read(data)


def dialogue_rows(original: Dialogue, target: Dialogue, start: Timecode) -> tuple[DialogueRow, ...]:
    """The list of a dub: a row for each loop of ``target``, with the original's words beside it.

    ``start`` is the timecode of the first frame. Status is ``locked``, ``done``, ``flagged`` or ``open``.
    """
    said = {loop.id: loop for loop in original.loops}
    return tuple(_dubbed(said.get(loop.id, loop), loop, start) for loop in target.loops)


def _dubbed(source: Loop, loop: Loop, start: Timecode) -> DialogueRow:
    take = loop.take
    status = "locked" if loop.locked else "flagged" if loop.flags else "done" if take else "open"
    return DialogueRow(
        loop=loop.id, character=loop.character, span=source.span, timecode_in=str(start.at(source.span.start)),
        timecode_out=str(start.at(source.span.end)), source=source.text, translation=loop.text, slot=loop.slot,
        spoken=take.span.duration if take else None, rate=take.rate if take else None,
        word_error=take.word_error if take else None, flags=tuple(flag.code for flag in loop.flags), status=status)


class _BadCell(ValueError):
    """A cell that does not say what its column should."""


def _delimiter(header: str) -> tuple[set[str], str]:
    """The columns of ours that the first line names, and the separator by which it names most."""
    best: tuple[set[str], str] = (set(), ",")
    for sign in (",", ";", "\t", "|"):
        named = {cell.strip(" \t\"\r").lower() for cell in header.split(sign)} & set(COLUMNS)
        if len(named) > len(best[0]):
            best = (named, sign)
    return best


def csv_rows(text: str, delimiter: str, findings: list[Finding]) -> Iterator[tuple[int, list[str]]]:
    """Rows of a CSV with the line on which each begins. A broken quote ends the reading with a fatal finding."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as problem:
            findings.append(Finding(line, "bad-quote", f"the table breaks off: {problem}", fatal=True))
            return
        if any(cells):
            yield line, cells
        line = reader.line_num + 1


def _row(cells: dict[str, str]) -> DialogueRow:
    start, end = _time(cells, "start"), _time(cells, "end")
    if start is None or end is None:
        raise _BadCell("start or end is empty")
    slot_start, slot_end = _time(cells, "slot_start"), _time(cells, "slot_end")
    try:
        return DialogueRow(
            loop=cells.get("loop", ""), character=cells.get("character", ""), timecode_in=cells.get("in", ""),
            timecode_out=cells.get("out", ""), span=Span(start=start, end=end), source=cells.get("source", ""),
            translation=cells.get("translation", ""),
            slot=Span(start=slot_start, end=slot_end) if slot_start is not None and slot_end is not None else None,
            spoken=_time(cells, "spoken"), rate=_number(cells, "rate"), word_error=_number(cells, "word_error"),
            flags=tuple(cells.get("flags", "").split()), status=cells.get("status", ""))
    except ValidationError as problem:
        first = problem.errors()[0]
        raise _BadCell(f"{'.'.join(map(str, first['loc'])) or 'times'}: {first['msg']}") from None


def _time(cells: dict[str, str], column: str) -> Fraction | None:
    text = cells.get(column, "").strip()
    if not text:
        return None
    if not _DECIMAL.fullmatch(text):
        raise _BadCell(f"{column}: {text[:40]!r} is not a number of seconds")
    exact = Fraction(text.replace(",", "."))
    simple = exact.limit_denominator(_FINEST)
    rounded = len(text.partition("." if "." in text else ",")[2]) >= 12
    return simple if rounded and abs(simple - exact) <= Fraction(1, 10**12) else exact


def _number(cells: dict[str, str], column: str) -> float | None:
    text = cells.get(column, "").strip()
    if not text:
        return None
    if not _DECIMAL.fullmatch(text):
        raise _BadCell(f"{column}: {text[:40]!r} is not a number")
    return float(text.replace(",", "."))


def _cells(row: DialogueRow) -> Sequence[str]:
    slot = row.slot
    return (row.loop, row.character, row.timecode_in, row.timecode_out, _decimal(row.span.start),
            _decimal(row.span.end), row.source, row.translation, _decimal(slot.start if slot else None),
            _decimal(slot.end if slot else None), _decimal(row.spoken), _rounded(row.rate),
            _rounded(row.word_error), " ".join(row.flags), row.status)


def _times(row: DialogueRow) -> tuple[Fraction | None, ...]:
    return (row.span.start, row.span.end, row.slot.start if row.slot else None, row.slot.end if row.slot else None,
            row.spoken)


def _decimal(time: Fraction | None) -> str:
    """Seconds in decimals: all of them if there are at most twelve, else rounded to twelve."""
    if time is None:
        return ""
    count = round(time * 10**12)
    whole, rest = divmod(abs(count), 10**12)
    digits = f"{rest:012}"
    exact = Fraction(count, 10**12) == time
    return f"{'-' if count < 0 else ''}{whole}.{(digits.rstrip('0').ljust(3, '0') if exact else digits)}"


def _rounded(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}".rstrip("0").rstrip(".")


def guarded(cell: str) -> str:
    """A cell that no spreadsheet runs, without control characters."""
    cell = _CONTROLS.sub("", cell)
    return f"'{cell}" if _GUARD.match(cell) else cell


def unguarded(cell: str) -> str:
    """A cell without the apostrophe that guards it in a spreadsheet."""
    return cell[1:] if _GUARDED.match(cell) else cell
