"""``ciak qc``: everything of a dub's quality, as text, as JSON, and as one page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ciak.cli.dubbing import FILE
from ciak.cli.screen import command, emit, progress, table
from ciak.cli.takes import dubbed_language

if TYPE_CHECKING:
    from ciak.dubbing.quality import Quality

__all__ = ["qc"]


@command("ciak qc films/night --language it\nciak qc films/night --language it --in it --out quality.html")
@click.argument("film", type=FILE)
@click.option("--language", metavar="L", help="The dubbed language; needed when there is more than one.")
@click.option("--delivered", type=FILE, metavar="DIR", help="The folder that was delivered to; by default the film's "
              "deliveries, and what lies beside the film.")
@click.option("--out", type=FILE, metavar="FILE", help="Write it there as a page (.html) that prints, or as .json.")
@click.option("--in", "words", type=click.Choice(["en", "it"]), default="en", show_default=True, help="Language of "
              "the page.")
@click.pass_context
def qc(ctx: click.Context, film: Path, language: str | None, delivered: Path | None, out: Path | None, words: str,
       as_json: bool) -> None:
    """Check the dub of FILM, line by line and as a whole: loudness, stems, places, words, rights, subtitles, signature.

    Delivered files are read and measured again. Each check has a value, a limit and whose it is. Changes nothing.

    Exit code 0: nothing fails; 1: something does. What is only to be looked at fails nothing.
    """
    from ciak.bootstrap import film_of
    from ciak.dubbing.quality import quality
    from ciak.dubbing.quality.page import page
    from ciak.errors import BadInput
    from ciak.store import commit_bytes

    if out is not None and out.suffix.lower() not in (".html", ".json"):
        raise BadInput(f"a quality page is not written as {out.suffix or out.name[:40]!r}",
                       remedy="name the file with .html or .json")
    home = film_of(film)
    code = dubbed_language(home, language)
    with progress() as meter:
        told = quality(home, code, delivered, meter("checking the dub"))
    whole = told.model_dump_json(by_alias=True, indent=1) + "\n"
    if out is not None:
        commit_bytes(out.absolute(), (page(told, words) if out.suffix.lower() == ".html" else whole).encode())
    emit({**told.model_dump(mode="json", by_alias=True), "folder": str(home.path), "out": str(out) if out else None},
         [*_shown(told), *([f"written: {out}"] if out else [])], as_json=as_json)
    ctx.exit(1 if told.verdict == "fail" else 0)


def _shown(told: Quality) -> list[str]:
    """What a person wants to know: the film's checks, and the lines that are not well, worst first."""
    from ciak.dubbing.quality.page import limit_of, reason_of, title_of, value_of

    rows = [(str(one.verdict), title_of(one), value_of(one), limit_of(one), reason_of(one)) for one in told.checks]
    lines = [(str(one.verdict), line.id, line.timecode, title_of(one), value_of(one), reason_of(one))
             for line in told.lines for one in line.checks if one.verdict in ("fail", "look")]
    counts = ", ".join(f"{count} {verdict}" for verdict, count in told.counts.items())
    return [f"{told.film}, {told.source} to {told.language}: {counts}",
            *table(("verdict", "check", "value", "limit", ""), rows),
            *(["", *table(("verdict", "line", "timecode", "check", "value", ""), lines)] if lines else [])]
