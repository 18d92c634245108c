"""Exports: a dub for the programs of others. One verb, one format at a time, to one file and, where it names sounds, a
folder of takes beside it.

A clip is a chosen take where it lies in the film; each character has a track, and one more where takes overlap. Takes
are written as broadcast WAV with the timecode of their place, so that an EDL's source times are true of them.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from ciak.dubbing.comparing import write_take
from ciak.dubbing.delivery import apart
from ciak.dubbing.sheets import as_recorded_script, as_recorded_table, cue_sheet, dialogue_table, name_of
from ciak.errors import BadInput, NotFound, NothingToDo
from ciak.film import Clip, Cut, Dialogue, Lane, Marker, Span
from ciak.film.band import BandCharacter, BandLine, BandWord, RythmoBand
from ciak.formats import dialogue_rows, format_named, write_dialogue_list
from ciak.formats.aaf import write_aaf
from ciak.formats.table import Table, table_csv
from ciak.formats.table_page import table_page
from ciak.formats.xlsx_writing import xlsx
from ciak.media.placing import placed
from ciak.project import Film, surveyed
from ciak.project.rights import Rights
from ciak.store import commit_bytes

__all__ = ["EXPORTS", "Exported", "export", "table_bytes"]

EXPORTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "otio": ("timeline of the takes (OpenTimelineIO), with their WAVs", (".otio",)),
    "edl": ("one CMX 3600 list a track, with their WAVs", (".edl",)),
    "aaf": ("session of the takes with their sound inside", (".aaf",)),
    "rythmo": ("rythmo band (JSON)", (".rythmo.json",)),
    "detx": ("rythmo band (DetX, of Cappella)", (".detx",)),
    "dialogue-list": ("dialogue list", (".csv", ".xlsx", ".html")),
    "cue-sheet": ("cue sheet for the recording", (".xlsx", ".csv", ".html")),
    "as-recorded": ("what is said in the chosen takes", (".fountain", ".xlsx", ".html", ".csv")),
}
"""Format -> what it is, and the endings that it is written with, the usual one first."""
_COLOURS = ("#b3261e", "#0b57d0", "#146c2e", "#7a4f00", "#6a1b9a", "#00639b", "#8c1d56", "#3b5323")


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written, the main file first, and what the format could not hold."""

    files: tuple[Path, ...]
    losses: tuple[str, ...] = ()


def export(film: Film, kind: str, language: str, out: Path) -> Exported:
    """Write the dub in ``language`` as ``kind`` (see :data:`EXPORTS`) to ``out``, whose ending says which of its forms.

    Raises :class:`NotFound` (no such dialogue), :class:`BadInput` (unknown format or ending), :class:`NothingToDo`
    where it needs takes and there are none, :class:`NoConsent`, :class:`StorageError`.
    """
    if kind not in EXPORTS:
        raise BadInput(f"there is no export {kind[:40]!r}", remedy=f"the exports are {', '.join(EXPORTS)}")
    ending = next((one for one in EXPORTS[kind][1] if out.name.lower().endswith(one)), None)
    if ending is None:
        raise BadInput(f"{kind} is not written as {out.suffix or out.name[:40]!r}",
                       remedy=f"name the file with {' or '.join(EXPORTS[kind][1])}")
    target = film.dialogue(language)
    if target is None:
        raise NotFound(f"the film has no dialogue in {language[:20]!r}",
                       remedy=f"ciak dub {film.path} --to {language[:20]}")
    out.parent.mkdir(parents=True, exist_ok=True)
    if kind in ("otio", "edl", "aaf"):
        return _with_takes(film, kind, target, out)
    if kind in ("rythmo", "detx"):
        band, form = _band(film, target), format_named(kind)
        commit_bytes(out, form.write(band))
        return Exported((out,), form.losses(band))
    if ending == ".fountain":
        script, form = as_recorded_script(film.title, target, film.cast(), film.start), format_named("fountain")
        commit_bytes(out, form.write(script))
        return Exported((out,), form.losses(script))
    commit_bytes(out, _sheet(film, kind, target, ending))
    return Exported((out,))


# --- timelines ---------------------------------------------------------------------------------------------------

def _with_takes(film: Film, kind: str, target: Dialogue, out: Path) -> Exported:
    if not any(loop.take for loop in target.loops):
        raise NothingToDo(f"no line in {target.language!r} has a take", remedy="dub the film, or take in recorded ones")
    rights = Rights(film)
    rights.ask_dialogue(target, f"the export as {kind}")
    if kind == "aaf":
        with tempfile.TemporaryDirectory(dir=out.parent, prefix=".ciak-") as scratch:
            cut, _ = _cut(film, target, Path(scratch), Path())
            with placed(out, suffix=".aaf") as temporary:
                write_aaf(cut, Path(scratch), temporary)
        for take in filter(None, (loop.take for loop in target.loops)):
            rights.delivered(out, take.sound)
        return Exported((out,), ("markers",) if cut.markers else ())
    folder = out.with_name(f"{out.name.rpartition('.')[0]}.takes")
    cut, sounds = _cut(film, target, folder, Path(folder.name))
    if kind == "otio":
        form = format_named("otio")
        commit_bytes(out, form.write(cut))
        return Exported((out, *sounds), form.losses(cut))
    return _edit_lists(film, cut, out, sounds)


def _edit_lists(film: Film, cut: Cut, out: Path, sounds: Sequence[Path]) -> Exported:
    """One list a track, ``NAME.TRACK.edl``: source times are the WAVs' own timecode."""
    form = format_named("edl")
    start = Fraction(film.start.frames) / film.rate.fps
    written, lost = [], dict[str, None]()
    for lane in cut.lanes:
        clips = tuple(clip.model_copy(update={"source": start + clip.span.start}) for clip in lane.clips)
        one = cut.model_copy(update={"name": f"{cut.name} - {lane.name}", "markers": (),
                                     "lanes": (lane.model_copy(update={"clips": clips}),)})
        path = out.with_name(f"{out.name.rpartition('.')[0]}.{_file_name(lane.name)}.edl")
        commit_bytes(path, form.write(one))
        written.append(path)
        lost |= dict.fromkeys(form.losses(one))
    return Exported((*written, *sounds), tuple(lost))


def _file_name(name: str) -> str:
    return "".join(sign if sign.isalnum() or sign in "-_" else "_" for sign in name).strip("_")[:60] or "track"


def _cut(film: Film, target: Dialogue, folder: Path, named: Path) -> tuple[Cut, list[Path]]:
    """The takes as lanes by character, their WAVs written to ``folder``, which the cut calls ``named``."""
    folder.mkdir(parents=True, exist_ok=True)
    cast, sounds, lanes = film.cast(), [], []
    for character in dict.fromkeys(loop.character for loop in target.loops if loop.take):
        name = name_of(cast, character)
        own = [(loop, loop.take) for loop in target.loops if loop.character == character and loop.take]
        for number, row in enumerate(apart(own), 1):
            clips = []
            for loop, take in row:
                file = f"{loop.id}_T{loop.takes.index(take) + 1:02}.wav"
                write_take(film, take, folder / file)
                sounds.append(folder / file)
                clips.append(Clip(name=loop.id, path=(named / file).as_posix(), span=take.span, source=Fraction(0),
                                  available=Span(start=Fraction(0), end=take.span.duration), loop=loop.id,
                                  character=name, text=take.text))
            lanes.append(Lane(name=f"DX {name}{f' {number}' if number > 1 else ''}", kind="Audio",
                              language=target.language, clips=tuple(clips)))
    markers = tuple(Marker(time=loop.span.start, name=flag.code, text=f"{loop.id}: {flag.message}")
                    for loop in target.loops for flag in loop.flags)
    return Cut(name=f"{film.title} ({target.language})", rate=str(film.rate), start=str(film.start),
               lanes=tuple(lanes), markers=markers), sounds


# --- bands and sheets --------------------------------------------------------------------------------------------

def _band(film: Film, target: Dialogue) -> RythmoBand:
    original = film.dialogue(target.source) if target.source else None
    said = {loop.id: loop.text for loop in original.loops} if original else {}
    cast, reached, lines = film.cast(), list[Fraction](), []
    for loop in sorted(target.loops, key=lambda one: one.span.start):
        span = loop.take.span if loop.take and loop.take.text == loop.text else loop.span
        track = next((number for number, end in enumerate(reached) if end <= span.start), len(reached))
        reached[track:track + 1] = [span.end]
        lines.append(BandLine(loop=loop.id, character=loop.character or "nobody", track=min(track, 63), span=span,
                              text=loop.text[:2000], original=said.get(loop.id, "")[:2000],
                              words=tuple(BandWord(text=word.text, span=word.span) for word in loop.words)))
    people = dict.fromkeys(line.character for line in lines)
    characters = tuple(BandCharacter(id=one, name=name_of(cast, one)[:200], actor=_actor(target, one),
                                     colour=_COLOURS[number % len(_COLOURS)]) for number, one in enumerate(people))
    rate = film.rate
    shots = surveyed(film).shots if film.source and film.source.picture else ()
    return RythmoBand(title=film.title, language=target.language, rate=str(rate), start=str(film.start),
                      characters=characters, lines=tuple(lines), shots=tuple(
                          Span(start=rate.time(shot.first), end=rate.time(shot.end)) for shot in shots))


def _actor(target: Dialogue, character: str) -> str:
    found = [loop.take.recording.actor for loop in target.loops if loop.character == character and loop.take
             and loop.take.recording and loop.take.recording.actor]
    return max(dict.fromkeys(found), key=found.count) if found else ""


def _sheet(film: Film, kind: str, target: Dialogue, ending: str) -> bytes:
    original = (film.dialogue(target.source) if target.source else None) or target
    cast, start, title = film.cast(), film.start, f"{film.title} ({target.language})"
    if kind == "dialogue-list" and ending == ".csv":
        return write_dialogue_list(dialogue_rows(original, target, start))
    makers: dict[str, Callable[[], Table]] = {
        "dialogue-list": lambda: dialogue_table(title, original, target, start),
        "cue-sheet": lambda: cue_sheet(title, target, original, cast, start),
        "as-recorded": lambda: as_recorded_table(title, target, cast, start)}
    return table_bytes(title, (makers[kind](),), ending)


def table_bytes(title: str, tables: Sequence[Table], ending: str) -> bytes:
    """Tables in the form that a file's ending says: ``.xlsx``, ``.html``, or ``.csv``, which holds the first."""
    if ending == ".xlsx":
        return xlsx(tables)
    if ending == ".html":
        return table_page(title, tables)
    return table_csv(tables[0])
