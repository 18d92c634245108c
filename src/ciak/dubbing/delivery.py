"""Delivery: what leaves the house, under names that people expect, each file written whole or not at all.

Everything is first an artefact; a delivery is a copy of it. A file that is there already with the same bytes is
left alone, so a second run writes nothing.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

from ciak.dubbing.report import Report
from ciak.film import Clip, Cut, Dialogue, Lane, Loop, Marker, Signal, Span, SubtitleDocument, Take
from ciak.formats import dialogue_rows, write_cut, write_dialogue_list, write_subtitles
from ciak.formats.subtitles import SUBTITLES
from ciak.media import SoundFile, SoundWriter
from ciak.project import Film
from ciak.project.rights import Rights
from ciak.store import commit_bytes, commit_file
from ciak.store.disk import hash_file

__all__ = ["Delivery", "apart", "deliver_cut", "deliver_dialogue_list", "deliver_subtitles", "report_bytes"]


@dataclass
class Delivery:
    """A folder that receives files named ``<stem>.<...>``; remembers role -> path. ``film``: whose artefacts are
    delivered; each is asked about before it leaves, and a likeness that does is traced."""

    folder: Path
    stem: str
    film: Film | None = None
    files: dict[str, Path] = field(default_factory=dict)

    def path(self, role: str, name: str) -> Path:
        """The path of a file that will be there, noted under ``role``."""
        self.files[role] = self.folder / name
        self.files[role].parent.mkdir(parents=True, exist_ok=True)
        return self.files[role]

    def put(self, role: str, name: str, data: bytes) -> Path:
        """Write ``data``, unless the file holds it already."""
        target = self.path(role, name)
        if not (target.is_file() and target.stat().st_size == len(data) and target.read_bytes() == data):
            commit_bytes(target, data)
        return target

    def copy(self, role: str, name: str, source: Path, of: str = "") -> Path:
        """Copy ``source``, unless the file is the same already; ``of``: the artefact that it was cut from, where it is
        none itself. Raises :class:`NoConsent`."""
        if self.film is not None:
            Rights(self.film).ask_artefact(of or source.name, f"the delivery of {name}")
        target = self.path(role, name)
        self._traced(of or source.name, source, target)
        same = target.is_file() and target.stat().st_size == source.stat().st_size
        if same and hash_file(target) == hash_file(source):
            return target

        def write(file: BinaryIO) -> None:
            with source.open("rb") as origin:
                shutil.copyfileobj(origin, file, 1 << 20)

        commit_file(target, write)
        return target

    def _traced(self, artefact: str, source: Path, target: Path) -> None:
        """Note where a likeness goes, before it does."""
        if self.film is None:
            return
        rights = Rights(self.film)
        if artefact in rights.sources() or artefact in rights.made():
            rights.trace(target.absolute(), artefact, hash_file(source))

    def listed(self, base: Path) -> dict[str, str]:
        """role -> path relative to ``base``."""
        return {role: os.path.relpath(path, base) for role, path in sorted(self.files.items())}


def deliver_subtitles(delivery: Delivery, document: SubtitleDocument, formats: Sequence[str],
                      version: str = "") -> None:
    """``document`` in each of those formats; the ending says which. ``version``: ``.sdh``, ``.forced``."""
    for name in formats:
        ending = SUBTITLES[name].suffixes[0]
        delivery.put(f"{name}.{document.language}{version}", f"{delivery.stem}.{document.language}{version}{ending}",
                     write_subtitles(document, name))


def deliver_dialogue_list(delivery: Delivery, film: Film, original: Dialogue, target: Dialogue | None) -> None:
    """The dialogue list as CSV, with timecodes of the film."""
    rows = dialogue_rows(original, target or original, film.start)
    if target is None:
        rows = tuple(row.model_copy(update={"translation": ""}) for row in rows)
    language = target.language if target else original.language
    delivery.put("dialogue-list", f"{delivery.stem}.{language}.dialogue.csv", write_dialogue_list(rows))


def deliver_cut(delivery: Delivery, film: Film, dialogue: Dialogue, picture: Path, stems: dict[str, Path],
                handles: int = 0) -> None:
    """The editor's timeline: picture, a lane per character with its takes, music and effects, the flags as markers.

    Takes are delivered beside it, so that the timeline opens with everything online; with ``handles``, frames of
    silence before and after each, and the timeline enters them where the take begins. Raises :class:`NoConsent`.
    """
    Rights(film).ask_dialogue(dialogue, "the timeline")
    target = delivery.path("timeline", f"{delivery.stem}.{dialogue.language}.otio")
    whole = Span(start=Fraction(0), end=film.source.duration if film.source else Fraction(0))
    lanes = []
    if film.source and film.source.picture:
        lanes.append(Lane(name="Picture", kind="Video", clips=(Clip(
            name=picture.name, path=os.path.relpath(picture, target.parent), span=whole, source=Fraction(0)),)))
    for character in dict.fromkeys(loop.character for loop in dialogue.loops if loop.take):
        own = [(loop, loop.take) for loop in dialogue.loops if loop.character == character and loop.take]
        for number, row in enumerate(apart(own), 1):
            clips = []
            for loop, take in row:
                name = f"{loop.id}.{take.id}.wav"
                path = _take(delivery, film, take, (f"take.{loop.id}", f"takes/{name}"), handles)
                clips.append(Clip(name=loop.id, path=os.path.relpath(path, target.parent), span=take.span,
                                  source=film.rate.time(handles), loop=loop.id, character=character, text=take.text))
            lanes.append(Lane(name=f"DX {character}{f' {number}' if number > 1 else ''}", kind="Audio",
                              language=dialogue.language, clips=tuple(clips)))
    lanes.append(Lane(name="ME", kind="Audio", clips=(Clip(
        name="ME", path=os.path.relpath(stems["ME"], target.parent), span=whole, source=Fraction(0)),)))
    markers = tuple(Marker(time=loop.span.start, name=flag.code, text=f"{loop.id}: {flag.message}")
                    for loop in dialogue.loops for flag in loop.flags)
    cut = Cut(name=f"{film.title} ({dialogue.language})", rate=str(film.rate), start=str(film.start),
              lanes=tuple(lanes), markers=markers)
    delivery.put("timeline", target.name, write_cut(cut))


def _take(delivery: Delivery, film: Film, take: Take, place: tuple[str, str], handles: int) -> Path:
    """A take as it is, or with handles; then its file says when it begins (bext)."""
    if not handles:
        return delivery.copy(*place, film.artefacts.path(take.sound))
    file = SoundFile(film.artefacts.path(take.sound))
    silence = Signal.silence(film.rate.time(handles), file.rate, file.channels)
    moment = Fraction(film.start.frames) / film.rate.fps + take.span.start
    made = film.artefacts.temporary(".wav")
    try:
        with SoundWriter(made, file.rate, file.channels,
                         timecode_samples=max(0, round(moment * file.rate) - silence.frames)) as writer:
            for part in (silence, file.read(0, file.frames), silence):
                writer.write(part)
        return delivery.copy(*place, made, take.sound)
    finally:
        made.unlink(missing_ok=True)


def apart(takes: Sequence[tuple[Loop, Take]]) -> list[list[tuple[Loop, Take]]]:
    """Takes in as few rows as they need so that none overlaps in its row: a recorded one may outlast its slot."""
    rows: list[list[tuple[Loop, Take]]] = []
    for loop, take in sorted(takes, key=lambda one: one[1].span.start):
        row = next((row for row in rows if row[-1][1].span.end <= take.span.start), None)
        if row is None:
            rows.append([(loop, take)])
        else:
            row.append((loop, take))
    return rows


def report_bytes(report: Report) -> bytes:
    """``report.json``: readable JSON with a final line feed."""
    return (report.model_dump_json(by_alias=True, indent=1) + "\n").encode()
