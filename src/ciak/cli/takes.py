"""``ciak takes``: the takes of a film listed, taken in, chosen, locked, dropped, compared, given out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ciak.cli.dubbing import FILE
from ciak.cli.screen import emit, progress, table, tell

if TYPE_CHECKING:
    from ciak.dubbing.comparing import LineTakes
    from ciak.film.editing import Change
    from ciak.project import Film

__all__ = ["dubbed_language", "takes"]

_LANGUAGE = click.option("--language", metavar="L", help="The dubbed language; needed when there is more than one.")


class _Verbs(click.Group):
    """``ciak takes FILM`` is short for ``ciak takes list FILM``."""

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            args = ["list", *args]
        return super().resolve_command(ctx, args)


@click.group(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"]},
             epilog="\b\nExample:\n  ciak takes films/night\n  ciak takes import films/night recorded")
def takes() -> None:
    """List, import, choose, lock, drop and compare the takes of each line: synthetic and recorded ones alike."""


def _shown(rows: Sequence[LineTakes]) -> list[str]:
    lines = [(row.line if take.number == 1 else "", row.timecode if take.number == 1 else "",
              f"{take.number}{'*' if take.chosen else ''}{' locked' if row.locked and take.chosen else ''}", take.id,
              take.kind, f"{take.seconds:.2f} s", f"{take.rate:.2f}",
              "-" if take.word_error is None else f"{take.word_error:.0%}", take.who or "-", take.when[:16] or "-",
              take.file or take.text) for row in rows for take in row.takes]
    head = ("line", "timecode", "take", "id", "kind", "length", "rate", "error", "who", "when", "file or words")
    without = sum(not row.takes for row in rows)
    shown = [*table(head, lines), "* chosen"] if lines else []
    return [*shown, *([f"{without} lines have no take"] if without else [])]


@takes.command("list", epilog="\b\nExample:\n  ciak takes list films/night --language it --line L0012")
@click.argument("film", type=FILE)
@_LANGUAGE
@click.option("--line", metavar="ID", help="Of this line only.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout.")
def list_(film: Path, language: str | None, line: str | None, as_json: bool) -> None:
    """Every take of FILM: kind, length, rate, word error heard back, who, when; which is chosen, which line locked."""
    from ciak.bootstrap import film_of
    from ciak.dubbing.comparing import lines_with_takes, take_of

    home = film_of(film)
    code = dubbed_language(home, language)
    rows = lines_with_takes(home, code)
    if line is not None:
        dialogue = home.dialogue(code)
        assert dialogue is not None
        rows = tuple(row for row in rows if row.line == take_of(dialogue, line, None)[0].id)
    emit({"film": str(home.path), "language": code, "lines": [row.model_dump(mode="json") for row in rows]},
         _shown(rows), as_json=as_json)


def dubbed_language(film: Film, asked: str | None) -> str:
    """The dubbed language that is meant."""
    from ciak.errors import NothingToDo, SettingsError

    if asked is not None:
        return asked
    dubbed = [code for code in film.languages() if (one := film.dialogue(code)) is not None and one.source is not None]
    if not dubbed:
        raise NothingToDo("the film has no dubbed language yet", remedy=f"ciak dub {film.path} --to it")
    if len(dubbed) > 1:
        raise SettingsError(f"the film has {', '.join(dubbed)}", remedy="name one with --language")
    return dubbed[0]


@takes.command("import", epilog="\b\nExample:\n  ciak takes import films/night recorded --language it "
               "--actor \"Anna Rossi\" --head 12")
@click.argument("film", type=FILE)
@click.argument("folder", type=FILE)
@_LANGUAGE
@click.option("--actor", metavar="NAME", default="", help="Who speaks in these files.")
@click.option("--head", metavar="FRAMES", type=click.IntRange(0, 10_000), default=0, help="Frames of handle before "
              "each take.")
@click.option("--foot", metavar="FRAMES", type=click.IntRange(0, 10_000), default=0, help="Frames of handle after it.")
@click.option("--keep-chosen", is_flag=True, help="Leave the takes chosen that are; by default the last one of each "
              "line is.")
@click.option("--anyway", is_flag=True, help="Clipped takes, and those too long for their slot, too.")
@click.option("--no-hearing", is_flag=True, help="Do not hear the takes back.")
@click.option("--dry-run", is_flag=True, help="Say what would come in, and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout.")
@click.pass_context
def import_(ctx: click.Context, /, film: Path, folder: Path, language: str | None, as_json: bool,
            **asked: Any) -> None:
    """Take in the WAV files of FOLDER as takes of the lines that their names say: l0012.wav, 0012_take2.wav,
    FILM_it_0012_T03.wav. What cannot come in is told, the rest comes in, by one edit.

    Exit code 0: all came in; 1: something was left out.
    """
    from ciak.bootstrap import film_of
    from ciak.dubbing.taking_in import Intake, find_takes, take_in

    home = film_of(film)
    code = dubbed_language(home, language)
    intake = Intake(actor=asked["actor"].strip()[:200], head=asked["head"], foot=asked["foot"],
                    choose=not asked["keep_chosen"], anyway=asked["anyway"])
    found, left = find_takes(home, code, folder, intake)
    rows: list[dict[str, Any]] = [{"file": one.name, "line": one.line, "left": one.left} for one in left]
    if asked["dry_run"]:
        rows += [{"file": one.path.name, "line": one.line, "number": one.number,
                  "notes": [*one.heard.notes, *one.heard.wrong]} for one in found]
    else:
        crew = None if asked["no_hearing"] else _crew(home)
        with progress() as meter:
            done = take_in(home, crew, code, found, intake, tick=meter("taking in"))
        rows += [{"file": one.name, "line": one.line, "take": one.take, "notes": list(one.notes), "again": one.again,
                  "left": one.left} for one in done]
    rows = sorted(rows, key=lambda row: (row["line"] or "~", row["file"]))
    missing = sum(bool(row.get("left")) for row in rows)
    emit({"film": str(home.path), "language": code, "dry_run": asked["dry_run"], "files": rows, "left": missing},
         [*map(_told, rows), f"{len(rows) - missing} files {'would come in' if asked['dry_run'] else 'taken in'}, "
          f"{missing} left out"], as_json=as_json)
    ctx.exit(1 if missing else 0)


def _told(row: dict[str, Any]) -> str:
    if row.get("left"):
        return f"{row['file']}: left out: {row['left']}"
    what = "is there already" if row.get("again") else f"take {row['take']}" if row.get("take") else "a take"
    notes = f" ({'; '.join(row['notes'])})" if row.get("notes") else ""
    return f"{row['file']}: line {row['line']}, {what}{notes}"


def _crew(film: Film) -> Any:
    """Who hears takes back; None, with a word, where nobody can."""
    from ciak.bootstrap import settings
    from ciak.dubbing.crew import Crew
    from ciak.errors import CiakError

    crew = Crew(film.settings(settings()))
    try:
        crew.transcriber.languages()
    except CiakError as error:
        tell(f"the takes are not heard back: {error.message}")
        return None
    return crew


def _edited(film: Path, language: str | None, as_json: bool, named: tuple[str, str | None], verb: str) -> None:
    """One edit of one line, and the line's takes after it."""
    from ciak.bootstrap import film_of
    from ciak.dubbing.comparing import lines_with_takes, take_of
    from ciak.film.editing import Choose, DropTake, Lock
    from ciak.project import edit

    home = film_of(film)
    code = dubbed_language(home, language)
    lines_with_takes(home, code)  # that there is such a dialogue
    dialogue = home.dialogue(code)
    assert dialogue is not None
    loop, take = take_of(dialogue, *named)
    changes: dict[str, Change] = {"lock": Lock(loop=loop.id, locked=True), "unlock": Lock(loop=loop.id, locked=False)}
    if take is not None:
        changes |= {"choose": Choose(loop=loop.id, take=take.id), "drop": DropTake(loop=loop.id, take=take.id)}
    edit(home, code, [changes[verb]], {}, who=f"ciak takes {verb}")
    rows = tuple(row for row in lines_with_takes(home, code) if row.line == loop.id)
    emit({"film": str(home.path), "language": code, "lines": [row.model_dump(mode="json") for row in rows]},
         _shown(rows), as_json=as_json)


def _verb(name: str, told: str, with_take: bool) -> click.Command:
    """``choose``, ``drop``, ``lock``, ``unlock``."""
    def run(film: Path, line: str, language: str | None, as_json: bool, take: str | None = None) -> None:
        _edited(film, language, as_json, (line, take), name)

    run.__doc__ = told
    made: Any = click.option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout.")(run)
    made = _LANGUAGE(made)
    if with_take:
        made = click.argument("take")(made)
    made = click.argument("film", type=FILE)(click.argument("line")(made))
    example = f"ciak takes {name} films/night L0012{' 3' if with_take else ''}"
    return takes.command(name, epilog=f"\b\nExample:\n  {example}")(made)


_verb("choose", "Choose a TAKE (number or id) of LINE: the next dub plays it, and keeps it.", True)
_verb("drop", "Take a TAKE (number or id) out of LINE; its recording stays in the film, and undo brings it back.", True)
_verb("lock", "Lock LINE with the take that is chosen: no run and no edit changes it.", False)
_verb("unlock", "Unlock LINE.", False)


@takes.command("compare", epilog="\b\nExample:\n  ciak takes compare films/night L0012 --out listening")
@click.argument("film", type=FILE)
@click.argument("line")
@_LANGUAGE
@click.option("--out", type=FILE, metavar="DIR", help="Write the takes there as WAV files, side by side.")
@click.option("--handles", is_flag=True, help="With --out: recorded takes as they came, with their handles.")
@click.option("--no-hearing", is_flag=True, help="Do not hear back what nobody heard yet.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout.")
def compare(film: Path, line: str, language: str | None, as_json: bool, **asked: Any) -> None:
    """Hold the takes of LINE against each other: fit to the slot, rate, word error heard back, loudness, pitch."""
    from ciak.bootstrap import film_of
    from ciak.dubbing.comparing import compare_takes, export_takes

    home = film_of(film)
    code = dubbed_language(home, language)
    crew = None if asked["no_hearing"] else _crew(home)
    with progress() as meter:
        rows = compare_takes(home, crew, code, line, meter("comparing"))
    written = export_takes(home, code, line, asked["out"], originals=asked["handles"]) if asked["out"] else ()
    head = ("take", "id", "kind", "length", "of slot", "over", "rate", "chars/s", "error", "LUFS", "pitch", "who")
    shown = [(f"{row.number}{'*' if row.chosen else ''}", row.id, row.kind, f"{row.seconds:.2f} s",
              "-" if row.slot_share is None else f"{row.slot_share:.0%}", f"{row.over:.2f} s" if row.over else "fits",
              f"{row.rate:.2f}", row.characters, "-" if row.word_error is None else f"{row.word_error:.0%}",
              _or_dash(row.loudness), "-" if row.pitch is None else f"{row.pitch:.0f} Hz", row.who or "-")
             for row in rows]
    emit({"film": str(home.path), "language": code, "line": line, "written": [str(path) for path in written],
          "takes": [row.model_dump(mode="json") for row in rows]},
         [*(table(head, shown) if shown else ["the line has no takes"]), *(f"written: {path}" for path in written)],
         as_json=as_json)


def _or_dash(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}"
