"""``ciak subtitle presence``: how the voices of a film's lines are heard, listed and said by hand."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ciak.cli.dubbing import FILE
from ciak.cli.screen import command, emit, table

if TYPE_CHECKING:
    from ciak.film import Dialogue, Loop
    from ciak.project import Film

__all__ = ["presence"]

UNKNOWN = "unknown"


@command("ciak subtitle presence films/night --is L0003 voice-over --is L0004 device\n"
         "ciak subtitle presence films/night --sung L0009 --is L0003 unknown")
@click.argument("film", type=FILE)
@click.option("--is", "kinds", metavar="ID KIND", nargs=2, multiple=True, help="Where the voice of the line comes "
              "from: on-screen, off-screen, voice-over, device (a telephone, a radio), or unknown.")
@click.option("--sung", metavar="ID", multiple=True, help="The line is sung.")
@click.option("--spoken", metavar="ID", multiple=True, help="The line is not sung.")
@click.option("--all", "everything", is_flag=True, help="List the lines of which nothing is known too.")
def presence(film: Path, as_json: bool, everything: bool, **asked: Any) -> None:
    """How the voices in FILM (a film folder, or the video it was made from) are heard: from the picture, from beside
    it, as a voice over, through a device, sung. It is said of the original's lines and holds for every translation;
    subtitles are in italics by it, as the client's profile wants. What a person says no later run changes.
    """
    from ciak.bootstrap import film_of
    from ciak.project.edits import edit

    home = film_of(film)
    dialogue = _original(home)
    if changes := _changes(**asked):
        dialogue = edit(home, dialogue.language, changes, {}, who="ciak subtitle presence").dialogue or dialogue
    rows = [_row(home, loop) for loop in dialogue.loops]
    known = [row for row in rows if row["presence"] or row["sung"]]
    shown = [(row["id"], row["in"], row["presence"] or UNKNOWN, "sung" if row["sung"] else "", row["origin"],
              row["text"][:60]) for row in (rows if everything else known)]
    emit({"film": str(home.path), "language": dialogue.language, "lines": rows, "known": len(known)},
         [*(table(("id", "in", "presence", "", "by", "text"), shown) if shown else []),
          f"{len(rows)} lines in {dialogue.language}, of {len(known)} it is known how they are heard"], as_json=as_json)


def _original(film: Film) -> Dialogue:
    from ciak.errors import NotFound

    told = (film.dialogue(code) for code in film.languages())
    found = next((one for one in told if one is not None and one.source is None), None)
    if found is None:
        raise NotFound("the film has no lines yet", remedy=f"ciak subtitle {film.path}")
    return found


def _changes(kinds: tuple[tuple[str, str], ...], sung: tuple[str, ...], spoken: tuple[str, ...]) -> list[Any]:
    from ciak.film import PresenceKind
    from ciak.film.editing import Present, Sing

    made: list[Any] = []
    for name, kind in kinds:
        if kind not in (*PresenceKind, UNKNOWN):
            raise click.UsageError(f"a voice is not heard {kind[:20]!r}: {', '.join((*PresenceKind, UNKNOWN))}")
        made.append(Present(loop=_id(name), kind=None if kind == UNKNOWN else PresenceKind(kind)))
    return [*made, *(Sing(loop=_id(name), sung=True) for name in sung),
            *(Sing(loop=_id(name), sung=False) for name in spoken)]


def _id(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", name):
        raise click.UsageError(f"{name[:40]!r} is no id of a line: list them with --all first")
    return name


def _row(film: Film, loop: Loop) -> dict[str, Any]:
    said = loop.presence
    return {"id": loop.id, "start": float(loop.span.start), "in": str(film.start.at(loop.span.start)),
            "presence": str(said.kind) if said else None, "sung": loop.sung,
            "origin": said.origin if said else loop.sung_origin, "confidence": said.confidence if said else None,
            "text": loop.text}
