"""``ciak new``, ``ciak import``, ``ciak check``: the film folder from the command line."""

from __future__ import annotations

from pathlib import Path

import click

from ciak.cli.screen import command, duration, emit, progress, tell

__all__ = ["check", "import_", "new"]

FOLDER = click.Path(path_type=Path)


@command("ciak new sintel --title Sintel --language en --fps 24")
@click.argument("folder", type=FOLDER)
@click.option("--title", required=True, help="What the film is called.")
@click.option("--language", help="The language it speaks: en, it, pt-BR...")
@click.option("--fps", "rate", metavar="R", help="Frames per second: 24, 23.976, 24000/1001. "
              "By default the first video's.")
@click.option("--start", default="01:00:00:00", show_default=True, help="Timecode of the first frame; "
              "HH:MM:SS;FF for drop-frame.")
def new(folder: Path, title: str, language: str | None, rate: str | None, start: str, as_json: bool) -> None:
    """Make a film folder in FOLDER, which is new or empty."""
    from ciak.bootstrap import new_film

    film = new_film(folder, title, language=language, rate=rate, start=start)
    emit({"film": str(film.path), "title": film.title, "language": film.language, "rate": film.sheet.rate,
          "start": film.sheet.start},
         [f"the film {film.title} is in {film.path}", f"now: ciak import {folder} VIDEO"], as_json=as_json)


@command("ciak import sintel ~/Videos/sintel.mp4 --reference")
@click.argument("folder", type=FOLDER)
@click.argument("video", type=FOLDER)
@click.option("--copy/--reference", default=True, show_default=True,
              help="Copy the file into the film, or leave it where it is.")
@click.option("--conform", is_flag=True, help="Lay a video of another frame rate on the film's own.")
def import_(folder: Path, video: Path, copy: bool, conform: bool, as_json: bool) -> None:
    """Bring VIDEO (or a sound alone) into the film in FOLDER and make its proxy."""
    from ciak.bootstrap import import_media, open_film

    film = open_film(folder)
    with progress() as meter:
        done = import_media(film, video, copy=copy, conform=conform, tick=meter("importing"))
    source = done.source
    picture = f"{film.rate} frames per second" if source.picture else "sound alone"
    for note in done.notes:
        tell(note)
    emit({"film": str(film.path), "source": source.model_dump(mode="json"), "rate": str(film.rate),
          "proxy": str(done.proxy.path) if done.proxy else None, "notes": list(done.notes)},
         [f"{source.path}: {duration(float(source.duration))}, {picture}",
          *(f"  {stream}" for stream in source.streams),
          *([f"proxy: {done.proxy.path}"] if done.proxy else [])], as_json=as_json)


@command("ciak check sintel")
@click.argument("folder", type=FOLDER)
@click.pass_context
def check(ctx: click.Context, folder: Path, as_json: bool) -> None:
    """Say everything that is wrong with the film in FOLDER, with file and line. Changes nothing.

    Exit code 0: nothing is wrong; 1: something is.
    """
    from ciak.bootstrap import check_film

    with progress() as meter:
        found = check_film(folder, tick=meter("checking"))
    emit({"film": str(folder.absolute()), "findings": [finding.as_json() for finding in found]},
         [str(finding) for finding in found] or ["nothing is wrong"], as_json=as_json)
    ctx.exit(1 if found else 0)
