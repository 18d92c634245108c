"""Tables as a web page of one file that prints well: no script, nothing fetched, every text escaped. Write only.

On paper each table has its head on every page, and no row is broken between two.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from ciak.formats.table import Cell, Table, shown

__all__ = ["table_page"]

_STYLE = """
@page { size: A4 landscape; margin: 14mm; }
body { font: 11pt/1.4 system-ui, sans-serif; color: #111; background: #fff; margin: 24px auto; max-width: 1200px;
  padding: 0 16px; }
h1 { font-size: 18pt; margin: 0 0 4pt; } h2 { font-size: 13pt; margin: 20pt 0 4pt; break-after: avoid; }
p { margin: 0 0 4pt; color: #444; }
table { border-collapse: collapse; width: 100%; font-size: 9.5pt; margin-top: 8pt; }
thead { display: table-header-group; } tr { break-inside: avoid; }
th, td { text-align: start; vertical-align: top; padding: 3pt 6pt; border-bottom: .5pt solid #bbb; }
th { border-bottom: 1.5pt solid #111; white-space: nowrap; }
td.n, th.n { text-align: end; }
td.n { font-variant-numeric: tabular-nums; white-space: nowrap; }
td.t { white-space: nowrap; font-variant-numeric: tabular-nums; }
tfoot td { font-weight: 600; border-top: 1.5pt solid #111; border-bottom: 0; }
"""


def table_page(title: str, tables: Sequence[Table], notes: Sequence[str] = ()) -> bytes:
    """A page of those tables below each other, UTF-8."""
    return "\n".join(_page(title, tables, notes)).encode("utf-8", "replace")


def _page(title: str, tables: Sequence[Table], notes: Sequence[str]) -> Iterator[str]:
    language = next((table.language for table in tables if table.language), "en")
    yield f'<!doctype html>\n<html lang="{escape(language)}">\n<head>\n<meta charset="utf-8">'
    yield ('<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; style-src \'unsafe-inline\'">\n'
           f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<h1>{escape(title)}</h1>")
    yield from (f"<p>{escape(note)}</p>" for note in notes)
    for table in tables:
        if table.title != title:
            yield f"<h2>{escape(table.title)}</h2>"
        yield from (f"<p>{escape(note)}</p>" for note in table.notes)
        yield "<table>\n<thead><tr>"
        yield "".join(f'<th scope="col"{_side(table, number)}>{escape(name)}</th>'
                      for number, name in enumerate(table.columns))
        yield "</tr></thead>\n<tbody>"
        yield from (_row(table, row) for row in table.rows)
        yield "</tbody>"
        if table.total:
            yield f"<tfoot>{_row(table, table.total)}</tfoot>"
        yield "</table>"
    yield "</body>\n</html>\n"


def _side(table: Table, number: int) -> str:
    """The head of a column of numbers stands as they do."""
    cells = [row[number] for row in table.rows if row[number] is not None]
    return ' class="n"' if cells and all(isinstance(cell, int | float) for cell in cells) else ""


def _row(table: Table, row: tuple[Cell, ...]) -> str:
    return "<tr>" + "".join(_cell(cell, number in table.wide) for number, cell in enumerate(row)) + "</tr>"


def _cell(cell: Cell, wide: bool) -> str:
    if isinstance(cell, int | float):
        return f'<td class="n">{escape(shown(cell))}</td>'
    kind = ' dir="auto"' if wide else ' class="t" dir="auto"'
    return f"<td{kind}>{escape(shown(cell))}</td>"
