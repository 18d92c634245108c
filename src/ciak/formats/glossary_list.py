"""Glossaries as CSV: a row for each term, a column for each language, as translators keep them in a spreadsheet.

The first row names the columns: ``term``, ``language`` (of the term), ``kind`` (``name`` or ``phrase``), ``note``, and
one for each language by its code. Separators are comma, semicolon or TAB. Cells are guarded against spreadsheets as in
:mod:`ciak.formats.dialogue_list`. Without a column ``term``, the column of the language that is asked for is it.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from pathlib import Path

from ciak.errors import BadInput, Damaged, WrongFormat
from ciak.film import Glossary, GlossaryTerm, TermKind
from ciak.film.language import LANGUAGE
from ciak.formats.base import TEXT_BUDGET, Finding, load, shown
from ciak.formats.detect import detect_binary
from ciak.formats.dialogue_list import csv_rows, guarded, unguarded
from ciak.formats.encoding import decode_text

__all__ = ["parse_glossary_list", "read_glossary_list", "write_glossary_list"]

_OWN = ("term", "language", "kind", "note")
_ASKED = "the first row names the columns: term, language, kind, note, and a code for each language (it, fr)"


def read_glossary_list(path: Path, language: str | None = None) -> tuple[GlossaryTerm, ...]:
    """The terms of a file, ids ``new``; ``language``: of the terms where the file does not say.

    Raises a :class:`BadInput` with the line of the first row that cannot be.
    """
    try:
        if found := detect_binary(load(path, 4096, beginning=True)):
            raise WrongFormat(f"this is {found.title}", remedy="save the glossary as CSV")
        return parse_glossary_list(load(path, TEXT_BUDGET), language)
    except BadInput as problem:
        problem.details.setdefault("path", str(path))
        if repr(shown(path)) not in problem.message:
            problem.message = f"{shown(path)}: {problem.message}"
        raise


def parse_glossary_list(data: bytes, language: str | None = None) -> tuple[GlossaryTerm, ...]:
    """As :func:`read_glossary_list`, of bytes."""
    text, _ = decode_text(data)
    findings: list[Finding] = []
    first = next((line for line in text[:20_000].replace("\r", "\n").split("\n") if line.strip()), "")
    table = csv_rows(text, max((",", ";", "\t"), key=first.count), findings)
    head = [cell.strip().strip("\ufeff\"'").lower() for cell in next(table, (1, []))[1]]
    codes = {place: _code(cell) for place, cell in enumerate(head) if re.fullmatch(LANGUAGE, _code(cell))
             and cell not in _OWN}
    if "term" not in head and language not in codes.values():
        raise WrongFormat("this is no glossary: there is no column for the term", remedy=_ASKED)
    terms = []
    for line, cells in table:
        values = {name: " ".join(unguarded(cells[place]).split()) for place, name in enumerate(head)
                  if place < len(cells)}
        if any(values.values()):
            terms.append(_term(values, {code: values.get(head[place], "") for place, code in codes.items()}, language,
                               line))
    if findings:
        raise Damaged(f"line {findings[0].line}: {findings[0].message}", line=findings[0].line)
    if not terms:
        raise WrongFormat("there is no term in this glossary", remedy=_ASKED)
    return tuple(terms)


def _code(cell: str) -> str:
    first, dash, region = cell.partition("-")
    return first + dash + region.upper()


def _term(values: dict[str, str], renderings: dict[str, str], language: str | None, line: int) -> GlossaryTerm:
    own = _code(values.get("language", "")) or language
    term = values.get("term") or renderings.get(own or "", "")
    kind = values.get("kind") or ("name" if term[:1].isupper() else "phrase")
    try:
        if own is None:
            raise ValueError("it does not say its language")
        return GlossaryTerm(id="new", term=term, language=own, kind=TermKind(kind), note=values.get("note", ""),
                            renderings={code: text for code, text in renderings.items() if text and code != own})
    except ValueError as problem:
        what = str(problem).splitlines()[0] if "validation error" not in str(problem) else "a cell cannot be used"
        raise Damaged(f"line {line}: {what}", line=line, remedy=_ASKED) from None


def write_glossary_list(glossary: Glossary, also: Sequence[str] = ()) -> bytes:
    """CSV, UTF-8 with a mark for spreadsheets; columns for every language that is rendered and those of ``also``."""
    codes = sorted({code for term in glossary.terms for code in (*term.renderings, *also)})
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*_OWN, *codes])
    for term in glossary.terms:
        cells = [term.term, term.language, term.kind.value, term.note]
        cells += [term.renderings.get(code, "") for code in codes]
        writer.writerow([guarded(cell) for cell in cells])
    return ("\ufeff" + out.getvalue()).encode("utf-8")
