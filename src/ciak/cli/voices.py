"""``ciak voices``: voices matched to performers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ciak.cli.screen import command, emit, progress, table

__all__ = ["voices"]

FILE = click.Path(path_type=Path)


@click.group(epilog="\b\nExample:\n  ciak rights add films/night --performer \"Ada Conti\" --language it "
             "--proof \"contract 7\"\n  ciak voices match films/night S1 --performer \"Ada Conti\" --language it")
def voices() -> None:
    """Match a voice to a performer who agreed, and list the matched voices of a film."""


@command("ciak voices match films/night S1 --performer \"Ada Conti\" --language it\n"
         "ciak voices match films/night Anna --language it --keep-cast")
@click.argument("film", type=FILE)
@click.argument("character")
@click.option("--language", metavar="L", required=True, help="The language that the voice will speak.")
@click.option("--performer", help="Who plays CHARACTER; kept in the cast. By default as the cast says.")
@click.option("--keep-cast", is_flag=True, help="Do not give the voice to CHARACTER yet.")
def match(film: Path, character: str, language: str, performer: str | None, keep_cast: bool, as_json: bool) -> None:
    """Match a voice to the performer of CHARACTER (id or name): a mixture of stock voices that resembles them.

    It is a likeness: refused without the performer's consent (`ciak rights add`). The next `ciak dub` speaks with it.
    """
    from ciak.bootstrap import film_of, job_runner
    from ciak.bootstrap.voices import matchable
    from ciak.jobs import run_here
    from ciak.jobs.watch import Progress

    opened = film_of(film)
    wanted: dict[str, Any] = {"folder": str(opened.path), "language": language, "give": not keep_cast,
                              "character": matchable(opened, character, language, performer)}
    with job_runner(opened) as runner, progress() as meter:
        def hear(now: Progress) -> None:
            meter.show(now.what, now.done, now.left)

        done = run_here(runner, "match", wanted, film=str(opened.path), listener=hear)
    emit({"film": str(opened.path), **done},
         [f"{done['voice']} is matched to {done['performer']} (consent number {done['consent']}), "
          f"from {done['seconds']:.1f} s of speech",
          f"likeness by Ciak's own ear {done['before']:.2f} before, {done['after']:.2f} now",
          f"{done['character']} has it in {language!r}: dub again to hear it" if done["given"]
          else f"give it to {done['character']} in the cast to hear it"], as_json=as_json)


@command("ciak voices list films/night")
@click.argument("film", type=FILE)
def list_(film: Path, as_json: bool) -> None:
    """The matched voices of FILM, and whether each may be used today. Changes nothing."""
    from ciak.bootstrap import film_of
    from ciak.bootstrap.voices import matched_voices

    opened = film_of(film)
    found = matched_voices(opened)
    rows = [(one.voice, one.language, one.performer, ", ".join(one.characters) or "-", one.refused or "may be used")
            for one in found]
    emit({"film": str(opened.path), "voices": [one.as_json() for one in found]},
         table(("voice", "language", "performer", "given to", "today"), rows) if rows
         else ["no voice is matched to anybody"], as_json=as_json)


for _command in (match, list_):
    voices.add_command(_command)
