"""``ciak subtitle captions``: what is told besides the lines, listed, approved, rejected, worded, added."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ciak.cli.dubbing import FILE
from ciak.cli.screen import command, emit, table

if TYPE_CHECKING:
    from ciak.film import Caption, Dialogue
    from ciak.project import Film

__all__ = ["captions"]


@command("ciak subtitle captions films/night --approve C1 --reject C2\n"
         "ciak subtitle captions films/night --language it --reword C1 \"musica inquietante\"\n"
         "ciak subtitle captions films/night --add sound 12.5 14 \"a door slams\"\n"
         "ciak subtitle captions films/night --language it --stands T1 bottom")
@click.argument("film", type=FILE)
@click.option("--language", metavar="L", help="Of which dialogue; by default the original's.")
@click.option("--approve", metavar="ID", multiple=True, help="It is so, and may be delivered; `all` for all undecided.")
@click.option("--reject", metavar="ID", multiple=True, help="It is not so; `all` for all undecided.")
@click.option("--reword", metavar="ID TEXT", nargs=2, multiple=True, help="It says TEXT, and is approved.")
@click.option("--add", metavar="KIND IN OUT TEXT", nargs=4, multiple=True, help="A new one: sound, music, lyric, "
              "on-screen or forced; times as seconds or as timecode of the film.")
@click.option("--stands", metavar="ID EDGE", nargs=2, multiple=True, help="What is written in the picture stands at "
              "its top, middle or bottom, or that is unknown: subtitles make way for writing at the bottom.")
@click.option("--remove", metavar="ID", multiple=True, help="One that a person added goes.")
def captions(film: Path, language: str | None, as_json: bool, **asked: Any) -> None:
    """The captions of FILM (a film folder, or the video it was made from): sounds, music, lyrics, what is written in
    the picture. What is undecided is not delivered: approve or reject it here, then `ciak subtitle FILM --sdh`.
    """
    from ciak.bootstrap import film_of, tellable
    from ciak.project.edits import edit

    home = film_of(film)
    dialogue = _dialogue(home, language)
    if changes := _changes(home, dialogue, **asked):
        dialogue = edit(home, dialogue.language, changes, {}, who="ciak subtitle captions").dialogue or dialogue
    rows = [_row(home, caption) for caption in dialogue.captions]
    undecided = sum(row["verdict"] == "undecided" for row in rows)
    shown = [(row["id"], row["in"], row["out"], row["kind"], row["verdict"], row["text"]) for row in rows]
    told = f"{len(rows)} captions in {dialogue.language}, {undecided} undecided"
    heard = tellable(home)
    emit({"film": str(home.path), "language": dialogue.language, "captions": rows, "undecided": undecided,
          "tellable": heard},
         [*(table(("id", "in", "out", "kind", "verdict", "text"), shown) if shown else []), told,
          *([f"heard are: {', '.join(heard)}; all else is for a person to add"] if heard else [])], as_json=as_json)


def _dialogue(film: Film, language: str | None) -> Dialogue:
    from ciak.errors import NotFound

    found = [one for code in film.languages() if (one := film.dialogue(code)) is not None]
    originals = [one for one in found if one.source is None]
    wanted = [one for one in found if one.language == language] if language else originals
    if not wanted:
        what = f"no dialogue in {language[:20]!r}" if language else "no lines yet"
        raise NotFound(f"the film has {what}", remedy=f"ciak subtitle {film.path} --sdh")
    return wanted[0]


def _changes(film: Film, dialogue: Dialogue, approve: tuple[str, ...], reject: tuple[str, ...],
             reword: tuple[tuple[str, str], ...], add: tuple[tuple[str, str, str, str], ...],
             stands: tuple[tuple[str, str], ...], remove: tuple[str, ...]) -> list[Any]:
    from ciak.film import Edge, Verdict
    from ciak.film.captions import AddCaption, CaptionKind, JudgeCaption, RemoveCaption, RewordCaption, StandCaption

    open_ones = [caption.id for caption in dialogue.captions if caption.verdict is Verdict.UNDECIDED]

    def named(ids: tuple[str, ...]) -> list[str]:
        return [_id(one) for name in ids for one in (open_ones if name == "all" else [name])]

    made: list[Any] = [RewordCaption(caption=_id(name), text=text) for name, text in reword]
    made += [JudgeCaption(caption=name, verdict=Verdict.APPROVED) for name in named(approve)]
    made += [JudgeCaption(caption=name, verdict=Verdict.REJECTED) for name in named(reject)]
    for name, edge in stands:
        if edge not in (*Edge, "unknown"):
            raise click.UsageError(f"nothing stands at {edge[:20]!r} of a picture: {', '.join(Edge)}, unknown")
        made.append(StandCaption(caption=_id(name), edge=None if edge == "unknown" else Edge(edge)))
    made += [RemoveCaption(caption=_id(name)) for name in remove]
    for kind, start, end, text in add:
        if kind not in list(CaptionKind):
            raise click.UsageError(f"there is no kind {kind[:20]!r} of caption: {', '.join(CaptionKind)}")
        made.append(AddCaption(kind=CaptionKind(kind), span=_span(film, start, end), text=text))
    return made


def _id(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", name):
        raise click.UsageError(f"{name[:40]!r} is no id of a caption: list them first")
    return name


def _span(film: Film, start: str, end: str) -> Any:
    from ciak.film import Span

    first, last = _time(film, start), _time(film, end)
    if not 0 <= first < last:
        raise click.UsageError(f"a caption ends after it begins: not from {start[:20]} to {end[:20]}")
    return Span(start=first, end=last)


def _time(film: Film, text: str) -> Fraction:
    from ciak.film import Timecode

    if re.fullmatch(r"\d{1,6}(\.\d{1,6})?", text, re.ASCII):
        return Fraction(text)
    return film.rate.time(Timecode.parse(text, film.rate).frames - film.start.frames)


def _row(film: Film, caption: Caption) -> dict[str, Any]:
    return {"id": caption.id, "kind": str(caption.kind), "start": float(caption.span.start),
            "end": float(caption.span.end), "in": str(film.start.at(caption.span.start)),
            "out": str(film.start.at(caption.span.end)), "text": caption.text, "verdict": str(caption.verdict),
            "origin": caption.origin, "confidence": caption.confidence, "edge": caption.edge and str(caption.edge)}
