"""``ciak export`` and ``ciak sheet``: a dub for other programs, and sheets for the people who record it."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import click

from ciak.cli.dubbing import FILE
from ciak.cli.screen import command, emit, printable
from ciak.cli.takes import dubbed_language

__all__ = ["export", "sheet"]

_LANGUAGE = click.option("--language", metavar="L", help="The dubbed language; needed when there is more than one.")


@command("ciak export films/night --format otio --language it --out night.it.otio\n"
         "ciak export films/night --format as-recorded --out night.it.xlsx")
@click.argument("film", type=FILE)
@click.option("--format", "kind", metavar="F", required=True, help="otio, edl, aaf, rythmo, detx, dialogue-list, "
              "cue-sheet, as-recorded.")
@_LANGUAGE
@click.option("--out", type=FILE, metavar="FILE", help="The file; its ending says the form (.csv, .xlsx, .html, "
              ".fountain). By default NAME.L.ENDING in the film's deliveries.")
def export(film: Path, kind: str, language: str | None, out: Path | None, as_json: bool) -> None:
    """Write the dub of FILM for other programs: timelines of its takes, rythmo bands, lists and scripts.

    Takes that a timeline names are written beside it, in NAME.takes.
    """
    from ciak.bootstrap import film_of
    from ciak.dubbing.exporting import EXPORTS
    from ciak.dubbing.exporting import export as verb
    from ciak.errors import BadInput

    home = film_of(film)
    if kind not in EXPORTS:
        raise BadInput(f"there is no export {kind[:40]!r}", remedy=f"the exports are {', '.join(EXPORTS)}")
    code = dubbed_language(home, language)
    stem = home.path.name.removesuffix(".film")
    named = {"dialogue-list": ".dialogue", "cue-sheet": ".cues", "as-recorded": ".as-recorded"}.get(kind, "")
    target = out or home.path / "deliveries" / f"{stem}.{code}{named}{EXPORTS[kind][1][0]}"
    done = verb(home, kind, code, target)
    first = [path for path in done.files if path.suffix != ".wav"]
    takes = len(done.files) - len(first)
    emit({"film": str(home.path), "language": code, "format": kind, "files": [str(path) for path in done.files],
          "losses": list(done.losses)},
         [*(f"written: {path}" for path in first), *([f"{takes} takes beside it"] if takes else []),
          *([f"not held by the format: {', '.join(done.losses)}"] if done.losses else [])], as_json=as_json)


@click.group(context_settings={"help_option_names": ["-h", "--help"]},
             epilog="\b\nExample:\n  ciak sheet booking films/night --language it")
def sheet() -> None:
    """Sheets for the recording: who is needed, for which loops, for how long."""


@sheet.command("booking", epilog="\b\nExample:\n  ciak sheet booking films/night --loops-per-hour 10 "
               "--out booking.html")
@click.argument("film", type=FILE)
@_LANGUAGE
@click.option("--loops-per-hour", metavar="N", type=float, default=12.0, show_default=True, help="Loops that are "
              "recorded in an hour.")
@click.option("--loop-seconds", metavar="S", type=click.IntRange(1, 600), default=30, show_default=True, help="A loop "
              "is at most so long.")
@click.option("--actor", "actors", metavar="CHARACTER=NAME", multiple=True, help="Who speaks a character. May be given "
              "more than once.")
@click.option("--script", type=FILE, metavar="FILE", help="The film's script (Fountain), which tells the scenes.")
@click.option("--out", type=FILE, metavar="FILE", help="Write it there: .xlsx, .html to print, .csv.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout.")
def booking(film: Path, language: str | None, out: Path | None, as_json: bool, loops_per_hour: float,
            loop_seconds: int, actors: tuple[str, ...], script: Path | None) -> None:
    """The booking sheet of FILM: by character, loops, lines, words, seconds and hours in the studio; and by loop."""
    from ciak.bootstrap import film_of
    from ciak.cli.screen import table
    from ciak.dubbing.booking import Booking, booking_tables, scenes_of
    from ciak.dubbing.exporting import table_bytes
    from ciak.errors import BadInput, NotFound
    from ciak.formats import read_script
    from ciak.formats.table import shown
    from ciak.store import commit_bytes

    home = film_of(film)
    code = dubbed_language(home, language)
    target = home.dialogue(code)
    if target is None:
        raise NotFound(f"the film has no dialogue in {code[:20]!r}", remedy=f"ciak dub {home.path} --to {code[:20]}")
    original = (home.dialogue(target.source) if target.source else None) or target
    named = dict(part.partition("=")[::2] for part in actors)
    people = {member.name.casefold(): member.id for member in home.cast().members}
    told = Booking(loops_per_hour, Fraction(loop_seconds), {people.get(who.casefold(), who): name for who, name
                                                           in named.items()},
                   scenes_of(read_script(script), original) if script else None)
    title = f"{home.title} ({code}): booking"
    tables = booking_tables(title, target, home.cast(), home.start, told)
    if out is not None:
        if out.suffix.lower() not in (".xlsx", ".html", ".csv"):
            raise BadInput(f"a booking sheet is not written as {out.suffix or out.name[:40]!r}",
                           remedy="name the file with .xlsx, .html or .csv")
        commit_bytes(out.absolute(), table_bytes(title, tables, out.suffix.lower()))
    first = tables[0]
    rows = [[shown(cell) for cell in row] for row in (*first.rows, *((first.total,) if first.total else ()))]
    emit({"film": str(home.path), "language": code, "out": str(out) if out else None, **{
        name: [dict(zip(one.columns, row, strict=True)) for row in one.rows]
        for name, one in zip(("characters", "loops"), tables, strict=True)}},
         [*table(first.columns, rows), *map(printable, first.notes), *([f"written: {out}"] if out else [])],
         as_json=as_json)
