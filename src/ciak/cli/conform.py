"""``ciak conform``: lines and subtitles moved to a new cut of the film."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ciak.cli.screen import command, emit, tell

if TYPE_CHECKING:
    from ciak.film import Changed, Cut, Fallen, Rate

__all__ = ["conform"]

FILE = click.Path(path_type=Path)


@command("ciak conform films/night cut-3.otio cut-4.otio\nciak conform night.it.srt cut-3.edl cut-4.edl --rate 24")
@click.argument("film", type=FILE)
@click.argument("old", type=FILE)
@click.argument("new", type=FILE)
@click.option("--rate", metavar="R", help="Frames per second of an EDL, which does not say: 24, 23.976. By default the "
              "film's.")
@click.option("--out", type=FILE, metavar="FILE", help="For subtitles: where they go, by default NAME.conformed.EXT.")
def conform(film: Path, old: Path, new: Path, rate: str | None, out: Path | None, as_json: bool) -> None:
    """Move the lines of FILM, in all languages, from the cut OLD to the cut NEW (OTIO or EDL).

    FILM is a film folder or a subtitle file. What the new cut leaves out is listed with its place. In a film it is one
    edit, which can be undone.
    """
    from ciak.film import Rate

    given = Rate.parse(rate) if rate else None
    if film.is_dir():
        _film(film, old, new, given, as_json)
    else:
        _subtitles(film, (old, new), given, out, as_json)


def _film(folder: Path, old: Path, new: Path, rate: Rate | None, as_json: bool) -> None:
    from ciak.bootstrap import open_film
    from ciak.project import conform_film

    film = open_film(folder)
    before, after = _cuts(old, new, rate or (film.rate if film.sheet.rate else None))
    done = conform_film(film, before, after)
    lines = [line for language, notes in done.notes.items()
             for line in (*_told(notes, f"{language} "), _count(notes, done.lines[language], f"{language}: "))]
    if done.sequence is not None:
        lines.append(f"now: ciak import {folder} PICTURE-OF-THE-NEW-CUT")
    emit({"film": str(film.path), "sequence": done.sequence, "languages": {
        language: {"lines": done.lines[language], "notes": [note.model_dump(mode="json") for note in notes]}
        for language, notes in done.notes.items()}}, lines, as_json=as_json)


def _subtitles(path: Path, cuts: tuple[Path, Path], rate: Rate | None, out: Path | None, as_json: bool) -> None:
    from ciak.dubbing.files import conform_file

    before, after = _cuts(*cuts, rate)
    target, count, notes = conform_file(path, before, after, out)
    emit({"file": str(path.absolute()), "out": str(target.absolute()), "cues": count,
          "notes": [note.model_dump(mode="json") for note in notes]},
         [*_told(notes, ""), _count(notes, count, ""), f"written: {target}"], as_json=as_json)


def _cuts(old: Path, new: Path, rate: Rate | None) -> tuple[Cut, Cut]:
    from ciak.project import cut_from

    read = []
    for path in (old, new):
        cut, findings = cut_from(path, rate)
        for finding in findings:
            tell(f"{path.name}, line {finding.line}: {finding.message}" if finding.line
                 else f"{path.name}: {finding.message}")
        read.append(cut)
    return read[0], read[1]


def _told(notes: Sequence[Changed | Fallen], what: str) -> list[str]:
    """A line for each that is not whole where it stands now; those that only moved are counted."""
    lines = []
    for note in notes:
        extra: Any = f", overlaps {overlaps}" if (overlaps := getattr(note, "overlaps", "")) else ""
        if note.code.value != "moved" or extra:
            lines.append(f"{note.old_timecode} -> {note.new_timecode}  {what}{note.id}  {note.code.value}{extra}")
    return lines


def _count(notes: Sequence[Changed | Fallen], total: int, what: str) -> str:
    counts = Counter(note.code.value for note in notes)
    return f"{what}{total} in all" + "".join(f", {count} {code}" for code, count in sorted(counts.items()))
