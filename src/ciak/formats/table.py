"""Tables for people: lists and sheets with columns of text and numbers, written as CSV, XLSX or a printable page.

A :class:`Table` is what is written; ``table_csv`` writes RFC 4180 in UTF-8, guarded as dialogue lists are against cells
that a spreadsheet would take for formulas. The other two forms are in ``xlsx_writing`` and ``table_page``. Write only.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field

from ciak.formats.dialogue_list import guarded

__all__ = ["Cell", "Table", "shown", "table_csv"]

Cell = str | int | float | None


@dataclass(frozen=True, slots=True)
class Table:
    """``title`` and ``notes`` stand above; ``rows`` hold a cell a column; ``groups``: row number -> what stands before
    it as a heading. ``total``: a last row apart."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()
    total: tuple[Cell, ...] | None = None
    language: str = ""
    wide: frozenset[int] = field(default_factory=frozenset)
    """Columns of running text."""


def shown(cell: Cell) -> str:
    """A cell as text: numbers with as many decimals as they need, at most two; nothing for None."""
    if cell is None:
        return ""
    if isinstance(cell, float):
        return f"{cell:.2f}".rstrip("0").rstrip(".")
    return str(cell)


def table_csv(table: Table) -> bytes:
    """The table as CSV with its columns' names; title and notes are left out, the total is the last row."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(table.columns)
    for row in (*table.rows, *((table.total,) if table.total else ())):
        writer.writerow([guarded(shown(cell)) for cell in row])
    return out.getvalue().encode("utf-8")
