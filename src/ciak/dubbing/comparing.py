"""The takes of a film listed, and those of one line held against each other and given out side by side.

Who made a take, and when, is told by the history. What was not measured is None. Pitch and loudness are of the take's
sound alone, before the mix levels it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

from pydantic import Field

from ciak.dubbing.crew import Crew
from ciak.dubbing.hearing import word_error
from ciak.dubbing.pitch import median_pitch
from ciak.dubbing.recordings import made_of
from ciak.dubbing.slots import slots
from ciak.dubbing.speaking import hear_back
from ciak.errors import BackendError, BadInput, ModelError, NotFound
from ciak.film import Dialogue, Loop, Take
from ciak.film.model import FilmModel
from ciak.media import SoundFile, SoundWriter, measure, resample_blocks
from ciak.project import Film
from ciak.project.rights import Rights
from ciak.store import commit_file
from ciak.store.disk import copy_fd, no_tick

__all__ = ["ComparedTake", "LineTakes", "ListedTake", "compare_takes", "export_takes", "lines_with_takes", "take_of",
           "write_take"]

Tick = Callable[[float], None]


class ListedTake(FilmModel):
    """A take as it is listed: ``number`` from 1 in the order in which they came; seconds; ``rate`` natural over spoken;
    ``who`` and ``when`` (UTC) as the history tells."""

    id: str
    number: int
    kind: str
    chosen: bool
    seconds: float
    rate: float
    word_error: float | None = None
    heard: str | None = None
    text: str
    who: str = ""
    when: str = ""
    file: str = ""
    """The file that it was recorded in, as it was called."""


class LineTakes(FilmModel):
    """A line and its takes."""

    line: str
    character: str
    timecode: str
    text: str
    locked: bool
    takes: tuple[ListedTake, ...]


class ComparedTake(ListedTake):
    """A take with what was measured of its sound. ``over``: seconds past the end of the slot, 0 when it fits;
    ``slot_share``: of the slot that it fills; ``characters``: a second; LUFS; Hz."""

    over: float
    slot_share: float | None = Field(default=None)
    characters: float
    loudness: float | None = None
    peak: float | None = None
    pitch: float | None = None


def lines_with_takes(film: Film, language: str) -> tuple[LineTakes, ...]:
    """Every line of ``language`` with its takes. Raises :class:`NotFound` where there is no dialogue."""
    dialogue = _dialogue(film, language)
    told = _makers(film)
    return tuple(LineTakes(line=loop.id, character=loop.character, timecode=str(film.start.at(loop.span.start)),
                           text=loop.text, locked=loop.locked, takes=_listed(loop, told)) for loop in dialogue.loops)


def _listed(loop: Loop, told: dict[str, tuple[str, str]]) -> tuple[ListedTake, ...]:
    return tuple(ListedTake.model_validate(_values(number, take, loop, told))
                 for number, take in enumerate(loop.takes, 1))


def _values(number: int, take: Take, loop: Loop, told: dict[str, tuple[str, str]]) -> dict[str, object]:
    who, when = told.get(take.sound, ("", ""))
    return {"id": take.id, "number": number, "kind": str(take.kind), "chosen": take.id == loop.chosen,
            "seconds": round(float(take.span.duration), 3), "rate": round(take.rate, 3),
            "word_error": take.word_error, "heard": take.heard, "text": take.text,
            "who": take.voice or (take.recording.actor if take.recording else "") or who, "when": when,
            "file": take.recording.name if take.recording else ""}


def _makers(film: Film) -> dict[str, tuple[str, str]]:
    """Sound -> who made it and when, by the steps of the history."""
    told: dict[str, tuple[str, str]] = {}
    for line in film.history.lines():
        entry = line.entry
        if entry is not None and entry.kind == "step" and "take" in entry.outputs:
            told.setdefault(entry.outputs["take"], ("" if entry.what == "take-in" else entry.who, entry.when))
    return told


def _dialogue(film: Film, language: str) -> Dialogue:
    dialogue = film.dialogue(language)
    if dialogue is None:
        raise NotFound(f"the film has no dialogue in {language[:20]!r}",
                       remedy=f"ciak dub {film.path} --to {language[:20]}")
    return dialogue


def take_of(dialogue: Dialogue, line: str, name: str | None) -> tuple[Loop, Take | None]:
    """A line, and the take of it that ``name`` says: its id, the beginning of it, or its number. Raises
    :class:`NotFound`."""
    loop = dialogue.loop(line) or next((one for one in dialogue.loops if one.id.casefold() == line.casefold()), None)
    if loop is None:
        raise NotFound(f"there is no line {line[:64]!r} in {dialogue.language!r}", remedy="ciak takes FILM lists them")
    if name is None:
        return loop, None
    if re.fullmatch(r"\d{1,4}", name):
        found = [take for number, take in enumerate(loop.takes, 1) if number == int(name)]
    else:
        found = [take for take in loop.takes if take.id.casefold().startswith(name.casefold())]
    if len(found) != 1:
        what = "more than one take" if found else "no take"
        raise NotFound(f"the line {loop.id!r} has {what} {name[:64]!r}",
                       remedy=f"it has {len(loop.takes)}: ciak takes FILM --line {loop.id}")
    return loop, found[0]


def compare_takes(film: Film, crew: Crew | None, language: str, line: str,
                  tick: Tick = no_tick) -> tuple[ComparedTake, ...]:
    """The takes of ``line`` measured. ``crew``: who hears those that nobody heard back yet; None: they stay as they
    are. Raises :class:`NotFound`."""
    dialogue = _dialogue(film, language)
    loop, _ = take_of(dialogue, line, None)
    rooms = slots(dialogue.loops, film.rate, film.source.duration if film.source else None)
    slot = next(room for one, room in zip(dialogue.loops, rooms, strict=True) if one is loop)
    told = _makers(film)
    made = []
    for number, take in enumerate(loop.takes, 1):
        tick((number - 1) / len(loop.takes))
        heard = _heard(film, crew, take, language)
        with SoundFile(film.artefacts.path(_sound(film, take))) as sound:
            whole = sound.read(0, sound.frames)
        loud = measure(iter([whole]))
        length = take.span.duration
        made.append(ComparedTake.model_validate({
            **_values(number, heard, loop, told), "over": max(0.0, round(float(take.span.end - slot.end), 3)),
            "slot_share": round(float(length / slot.duration), 3) if slot.duration else None,
            "characters": round(len(take.text) / float(length), 1) if length else 0.0,
            "loudness": _rounded(loud.integrated), "peak": _rounded(loud.true_peak),
            "pitch": _rounded(median_pitch(whole))}))
    tick(1.0)
    return tuple(made)


def _heard(film: Film, crew: Crew | None, take: Take, language: str) -> Take:
    if crew is None or take.heard is not None:
        return take
    try:
        heard = hear_back(film, crew, take.sound, language)
    except (BackendError, ModelError):
        return take
    return take if heard is None else take.model_copy(
        update={"heard": heard, "word_error": word_error(take.text, heard)})


def _sound(film: Film, take: Take) -> str:
    if take.recording is not None and not film.artefacts.has(take.sound):
        return made_of(film, take.recording, take.span.duration)
    return take.sound


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def export_takes(film: Film, language: str, line: str, folder: Path, *, originals: bool = False) -> tuple[Path, ...]:
    """The takes of ``line`` as WAV files in ``folder``, side by side: each begins with its place in the film, at 48 kHz
    24 bit with its timecode. ``originals``: recorded ones as they came, with their handles. Raises
    :class:`StorageError`, :class:`NotFound`, :class:`NoConsent`."""
    loop, _ = take_of(_dialogue(film, language), line, None)
    for take in loop.takes:
        Rights(film).ask_take(take, language, f"writing a take of {loop.id}")
    if not loop.takes:
        raise BadInput(f"the line {loop.id!r} has no takes", remedy="speak it, or take in recorded ones")
    written = []
    for number, take in enumerate(loop.takes, 1):
        chosen = "_chosen" if take.id == loop.chosen else ""
        target = folder / f"{loop.id}_T{number:02}_{take.kind}{chosen}.wav"
        folder.mkdir(parents=True, exist_ok=True)
        if originals and take.recording is not None:
            _copied(film.inside(take.recording.path), target)
        else:
            write_take(film, take, target)
        written.append(target)
    return tuple(written)


def _copied(source: Path, target: Path) -> None:
    with source.open("rb") as file:
        def write(out: BinaryIO) -> None:
            file.seek(0)
            copy_fd(file.fileno(), out)

        commit_file(target, write)


def write_take(film: Film, take: Take, target: Path) -> None:
    """The sound of a take as a broadcast WAV: 48 kHz, 24 bit, mono, with the timecode of its place in the film, and the
    note of whose likeness it is, if any. Raises :class:`NoConsent`."""
    start = Fraction(film.start.frames) / film.rate.fps + take.span.start
    rights = Rights(film)
    rights.ask_artefact(take.sound, f"writing the take {take.id}")
    with SoundFile(film.artefacts.path(_sound(film, take))) as sound, \
            SoundWriter(target, 48000, 1, "pcm24", round(start * 48000), note=sound.note) as writer:
        for block in resample_blocks(sound.blocks(), 48000, 1):
            writer.write(block)
    rights.delivered(target, take.sound)
