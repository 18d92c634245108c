"""Sheets for people: the dialogue list, the cue sheet, the as-recorded script, as tables and as a screenplay.

What was recorded is what the chosen take was spoken for; where a recogniser heard something else in it, that stands
beside it, for it may be the actor's word or the recogniser's mistake: a person listens. Lines without a take are left
out of the script as recorded, and counted.
"""

from __future__ import annotations

from fractions import Fraction

from ciak.film import Cast, Dialogue, Loop, Timecode
from ciak.film.screenplay import ElementKind, Screenplay, ScreenplayElement, TitleEntry
from ciak.formats.dialogue_list import COLUMNS, dialogue_rows
from ciak.formats.table import Cell, Table

__all__ = ["as_recorded_script", "as_recorded_table", "cue_sheet", "dialogue_table", "name_of"]


def name_of(cast: Cast, character: str) -> str:
    """What people call a character."""
    member = cast.member(character)
    return (member.name if member and member.name else character) or "?"


def dialogue_table(title: str, original: Dialogue, target: Dialogue, start: Timecode) -> Table:
    """The dialogue list as a table: the columns of the CSV, times as numbers."""
    rows: list[tuple[Cell, ...]] = []
    for row in dialogue_rows(original, target, start):
        slot = row.slot
        rows.append((row.loop, row.character, row.timecode_in, row.timecode_out, float(row.span.start),
                     float(row.span.end), row.source, row.translation, float(slot.start) if slot else None,
                     float(slot.end) if slot else None, None if row.spoken is None else float(row.spoken), row.rate,
                     row.word_error, " ".join(row.flags), row.status))
    return Table(title=title, columns=COLUMNS, rows=tuple(rows), language=target.language, wide=frozenset({6, 7}))


def cue_sheet(title: str, target: Dialogue, original: Dialogue, cast: Cast, start: Timecode) -> Table:
    """What is to be recorded, cue by cue: number, line, character, in and out, length, the words, what to look at."""
    said = {loop.id: loop.text for loop in original.loops}
    rows: list[tuple[Cell, ...]] = [
        (number, loop.id, name_of(cast, loop.character), str(start.at(loop.span.start)), str(start.at(loop.span.end)),
         _seconds(loop.span.duration), loop.text, said.get(loop.id, ""), _state(loop),
         " ".join(flag.code for flag in loop.flags))
        for number, loop in enumerate(target.loops, 1)]
    return Table(title=title, rows=tuple(rows), language=target.language, wide=frozenset({6, 7}), columns=(
        "cue", "line", "character", "in", "out", "seconds", "words", "original", "take", "notes"))


def _seconds(time: Fraction) -> float:
    return round(float(time), 2)


def _state(loop: Loop) -> str:
    take = loop.take
    if take is None:
        return "to record"
    return f"{take.kind}{', locked' if loop.locked else ''}"


def as_recorded_table(title: str, target: Dialogue, cast: Cast, start: Timecode) -> Table:
    """What is said in the chosen takes, and when; who said it, and what was heard where that is something else."""
    rows: list[tuple[Cell, ...]] = []
    for loop in target.loops:
        take = loop.take
        if take is None:
            continue
        heard = take.heard if take.word_error else ""
        rows.append((loop.id, name_of(cast, loop.character), take.voice, str(start.at(take.span.start)),
                     str(start.at(take.span.end)), take.text, heard or "", str(take.kind)))
    missing = len(target.loops) - len(rows)
    return Table(title=title, rows=tuple(rows), language=target.language, wide=frozenset({5, 6}),
                 notes=(f"{missing} lines have no take.",) if missing else (), columns=(
                     "line", "character", "voice", "in", "out", "text", "heard otherwise", "take"))


def as_recorded_script(title: str, target: Dialogue, cast: Cast, start: Timecode) -> Screenplay:
    """The same as a screenplay: each take a speech, its times as a note."""
    elements = []
    for loop in target.loops:
        take = loop.take
        if take is None or not take.text.strip():
            continue
        times = f"{loop.id}  {start.at(take.span.start)} - {start.at(take.span.end)}"
        name = " ".join(name_of(cast, loop.character).upper().split())
        elements += [ScreenplayElement(kind=ElementKind.NOTE, text=times),
                     ScreenplayElement(kind=ElementKind.CHARACTER, text=name),
                     ScreenplayElement(kind=ElementKind.DIALOGUE, text=" ".join(take.text.split()))]
    page = (TitleEntry(key="Title", text=title), TitleEntry(key="Language", text=target.language),
            TitleEntry(key="Draft date", text="as recorded"))
    return Screenplay(title_page=page, elements=tuple(elements))
