"""Text as screens of cells hold it: teletext and closed captions style one character cell after the other.

A row is a list of :class:`Cell`; :func:`styled` makes the domain's lines and runs of rows, :func:`rows_of` the
rows of a subtitle's lines and runs. Which codes switch a style on or off is the format's business.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from ciak.film.language import StyledRun, StyleKind, SubtitleCue
from ciak.formats.markup import tidy

__all__ = ["Cell", "clusters", "rows_of", "styled"]


class Cell(NamedTuple):
    """One character (with its combining marks, if it has any) and how it is set. ``colour``: empty is white."""

    sign: str
    italic: bool = False
    underline: bool = False
    colour: str = ""


def clusters(text: str) -> Iterator[str]:
    """The characters of a text, each with the combining marks behind it."""
    first = 0
    for place in range(1, len(text)):
        if text[place] < "\u0300" or not unicodedata.combining(text[place]):
            yield text[first:place]
            first = place
    if text:
        yield text[first:]


def styled(rows: Iterable[Sequence[Cell]]) -> tuple[tuple[str, ...], tuple[StyledRun, ...]]:
    """Lines and runs of rows from top to bottom, in the one form that the domain keeps."""
    runs: list[tuple[StyleKind, str, int, int]] = []
    parts: list[str] = []
    length = 0
    for row in rows:
        if parts:
            parts.append("\n")
            length += 1
        runs += _runs(row, length)
        parts += [cell.sign for cell in row]
        length += sum(len(cell.sign) for cell in row)
    return tidy("".join(parts), runs)


def _runs(row: Sequence[Cell], base: int) -> list[tuple[StyleKind, str, int, int]]:
    found: list[tuple[StyleKind, str, int, int]] = []
    open_: dict[tuple[StyleKind, str], int] = {}
    place = base
    for cell in (*row, None):
        now = _styles(cell) if cell else set()
        for style in [style for style in open_ if style not in now]:
            found.append((*style, open_.pop(style), place))
        for style in now:
            open_.setdefault(style, place)
        place += len(cell.sign) if cell else 0
    return found


def _styles(cell: Cell) -> set[tuple[StyleKind, str]]:
    now = {(StyleKind.ITALIC, "")} if cell.italic else set()
    if cell.underline:
        now.add((StyleKind.UNDERLINE, ""))
    if cell.colour:
        now.add((StyleKind.COLOUR, cell.colour))
    return now


def rows_of(cue: SubtitleCue) -> list[list[Cell]]:
    """One row of cells a line. Of colours in each other the inner one counts; bold and voices are left out."""
    text = cue.text
    italic, underline, colour = [False] * len(text), [False] * len(text), [""] * len(text)
    for kind, flags in ((StyleKind.ITALIC, italic), (StyleKind.UNDERLINE, underline)):
        for first, end in _merged(run for run in cue.runs if run.kind is kind):
            flags[first:end] = [True] * (min(end, len(text)) - first)
    for first, end, value in _topmost([run for run in cue.runs if run.kind is StyleKind.COLOUR], len(text)):
        colour[first:end] = [value] * (end - first)
    rows: list[list[Cell]] = []
    base = 0
    for line in cue.lines:
        row, place = [], base
        for sign in clusters(line):
            row.append(Cell(sign, italic[place], underline[place], colour[place]))
            place += len(sign)
        rows.append(row)
        base += len(line) + 1
    return rows


def _merged(runs: Iterable[StyledRun]) -> Iterator[tuple[int, int]]:
    done = 0
    for first, end in sorted((run.first, run.end) for run in runs):
        if max(first, done) < end:
            yield max(first, done), end
            done = end


def _topmost(runs: list[StyledRun], length: int) -> Iterator[tuple[int, int, str]]:
    """Stretches of one colour each: of runs that overlap the one that begins last counts."""
    marks = sorted({mark for run in runs for mark in (run.first, min(run.end, length))})
    waiting = sorted(runs, key=lambda run: (run.first, -run.end), reverse=True)
    stack: list[StyledRun] = []
    for first, end in pairwise(marks):
        while waiting and waiting[-1].first <= first:
            stack.append(waiting.pop())
        while stack and stack[-1].end <= first:
            stack.pop()
        if stack:
            yield first, end, stack[-1].value
