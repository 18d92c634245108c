"""Taking in what was recorded: a folder of WAV files, or one file for one line, as takes of their lines.

Every file is looked at first; what cannot be a take is told in a line and left, the rest is taken in by one edit, which
can be undone. Recordings and sounds are written before that, so that a full disk, Ctrl-C or a crash leaves the lines as
they were; what was copied for nothing is removed again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ciak.dubbing.crew import Crew
from ciak.dubbing.hearing import word_error
from ciak.dubbing.recordings import forget, keep, made_of
from ciak.dubbing.slots import slots
from ciak.dubbing.speaking import hear_back
from ciak.dubbing.take_files import Handles, Heard, Room, examine_take
from ciak.dubbing.take_names import line_of
from ciak.errors import BackendError, BadInput, ModelError, NotFound, NothingToDo
from ciak.film import Dialogue, Loop, Take, TakeKind
from ciak.film.changes import AddTake
from ciak.film.editing import version_of
from ciak.media.opening import quoted
from ciak.project import Film, edit
from ciak.project.history import LONGEST_LINE
from ciak.store.disk import no_tick

__all__ = ["Found", "Intake", "Told", "find_takes", "take_in", "take_in_one"]

Tick = Callable[[float], None]
MOST = 20_000
"""Files of one folder that are looked at."""
_LARGEST = LONGEST_LINE * 3 // 4
"""Bytes of takes that one edit may tell."""


@dataclass(frozen=True, slots=True)
class Intake:
    """How files are taken in. ``head`` and ``foot``: frames of handle; ``actor``: who speaks; ``choose``: the last take
    of each line becomes the one that is used; ``anyway``: clipped and overlong ones too."""

    actor: str = ""
    head: int = 0
    foot: int = 0
    choose: bool = True
    anyway: bool = False
    kind: TakeKind = TakeKind.IMPORTED


@dataclass(frozen=True, slots=True)
class Found:
    """A file that is a take of ``line``: its number by its name, and what it holds."""

    path: Path
    line: str
    number: int
    heard: Heard


@dataclass(frozen=True, slots=True)
class Told:
    """What became of a file: the ``line`` and the take's id when it was taken in (``again``: it was there already),
    else why it was ``left``."""

    name: str
    line: str | None
    take: str | None
    notes: tuple[str, ...] = ()
    left: str = ""
    again: bool = False


def find_takes(film: Film, language: str, folder: Path, intake: Intake) -> tuple[list[Found], list[Told]]:
    """The files of ``folder`` that are takes of lines, in the order of lines and takes; and what is told of the others.

    Raises :class:`NotFound` (no dialogue, no folder), :class:`NothingToDo` for a folder without files.
    """
    look = _Look(film, _target(film, language), intake)
    if not folder.is_dir():
        raise NotFound(f"there is no folder {folder.name[:80]!r}", remedy="check the name", path=folder)
    files = sorted(path for path in folder.iterdir() if not path.name.startswith(".") and path.is_file())
    if not files:
        raise NothingToDo(f"the folder {folder.name[:80]!r} holds no files")
    if len(files) > MOST:
        raise BadInput(f"the folder holds {len(files):,} files; at most {MOST:,} are looked at")
    found: list[Found] = []
    left: list[Told] = []
    for path in files:
        one = look.at(path)
        if isinstance(one, Found):
            found.append(one)
        else:
            left.append(one)
    return sorted(found, key=lambda one: (one.line, one.number, one.path.name)), left


def _target(film: Film, language: str) -> Dialogue:
    target = film.dialogue(language)
    if target is None:
        raise NotFound(f"the film has no dialogue in {language[:20]!r}",
                       remedy=f"ciak dub {film.path} --to {language[:20]}")
    return target


class _Look:
    """Files held against the lines of a dialogue."""

    def __init__(self, film: Film, target: Dialogue, intake: Intake) -> None:
        self.film, self.target, self.intake = film, target, intake
        self.lines = [loop.id for loop in target.loops]
        rooms = slots(target.loops, film.rate, film.source.duration if film.source else None)
        self.slots = {loop.id: slot.join(loop.span) for loop, slot in zip(target.loops, rooms, strict=True)}

    def at(self, path: Path) -> Found | Told:
        """A file of a folder, whose name says its line."""
        if path.suffix.lower() != ".wav":
            return Told(path.name, None, None, left="it is no WAV file")
        named = line_of(path.stem, self.lines)
        if named.line is None:
            return Told(path.name, None, None, left=named.why)
        return self.of(path, named.line, named.take)

    def of(self, path: Path, line: str, number: int = 0) -> Found | Told:
        """A file of ``line``."""
        loop = self.target.loop(line)
        assert loop is not None
        if loop.locked:
            return Told(path.name, line, None, left=f"the line {line} is locked")
        rate = self.film.rate
        room = Room(loop.span.start, self.slots[line], rate, self.film.start)
        try:
            heard = examine_take(path, room, Handles(rate.time(self.intake.head), rate.time(self.intake.foot)))
        except BadInput as problem:
            return Told(path.name, line, None, left=_plain(problem, path))
        except OSError as error:
            return Told(path.name, line, None, left=f"it cannot be read: {error.strerror or error}")
        if heard.wrong and not self.intake.anyway:
            return Told(path.name, line, None, left="; ".join(heard.wrong))
        return Found(path, line, number, heard)


def _plain(problem: BadInput, path: Path) -> str:
    """What is wrong, without the file's name before it."""
    message = problem.message.removeprefix(quoted(path)).removeprefix(":").strip()
    return message + (f" ({problem.remedy})" if problem.remedy else "")


def take_in(film: Film, crew: Crew | None, language: str, found: Sequence[Found], intake: Intake, *,
            tick: Tick = no_tick, who: str = "ciak takes import") -> list[Told]:
    """Take in what :func:`find_takes` found, by one edit. ``crew``: who hears the takes back; None: they are not.

    Raises :class:`StorageError`, and what saving raises; then the lines are as they were.
    """
    told: list[Told] = []
    added: list[AddTake] = []
    new: list[str] = []
    target = _target(film, language)
    try:
        for number, one in enumerate(found):
            tick(number / max(1, len(found)))
            loop = target.loop(one.line)
            if loop is None:
                told.append(Told(one.path.name, one.line, None, left="its line is no longer there"))
                continue
            take, fresh = _kept(film, language, loop, one, intake)
            new += fresh
            before = next((old for old in loop.takes if old.id == take.id), None)
            if before is None:
                take = _heard_back(film, crew, take, language)
                added.append(AddTake(loop=loop.id, take=take, choose=intake.choose))
            told.append(Told(one.path.name, one.line, take.id, (*one.heard.notes, *one.heard.wrong),
                             again=before is not None))
        if added:
            _refuse_too_much(target, added)
            seen = {change.loop: version_of(loop) for change in added if (loop := target.loop(change.loop)) is not None}
            edit(film, language, _unlike(added), seen, who=who, most=MOST)
    except BaseException:
        forget(film, new)
        raise
    tick(1.0)
    return told


def _refuse_too_much(target: Dialogue, added: Sequence[AddTake]) -> None:
    """One edit is one line of the history, which holds the lines' takes before and after. Raises :class:`BadInput`."""
    touched = {change.loop for change in added}
    before = sum(len(take.model_dump_json()) for loop in target.loops if loop.id in touched for take in loop.takes)
    if 2 * before + sum(len(change.take.model_dump_json()) for change in added) > _LARGEST:
        raise BadInput(f"{len(added):,} takes are too many for one edit", remedy="take the folder in by parts")


def _unlike(added: Sequence[AddTake]) -> list[AddTake]:
    """Each take once: two files of a folder may hold the same sound."""
    return list({(change.loop, change.take.id): change for change in added}.values())


def _kept(film: Film, language: str, loop: Loop, one: Found, intake: Intake) -> tuple[Take, list[str]]:
    """The take of a file, whose recording and sound are kept; paths of recordings that are new."""
    recording, fresh = keep(film, language, loop.id, one.path)
    new = [recording.path] if fresh else []
    try:
        recording = recording.model_copy(update={"first": film.rate.time(intake.head), "actor": intake.actor})
        span = one.heard.span
        sound = made_of(film, recording, span.duration)
    except BaseException:
        forget(film, new)
        raise
    return Take(id=f"T{sound[:12]}", kind=intake.kind, sound=sound, text=loop.text, span=span,
                natural=span.duration, rate=1.0, voice=intake.actor, recording=recording), new


def _heard_back(film: Film, crew: Crew | None, take: Take, language: str) -> Take:
    """The take with what a recogniser hears in it, where there is one."""
    if crew is None:
        return take
    try:
        heard = hear_back(film, crew, take.sound, language)
    except (BackendError, ModelError):
        return take
    error = word_error(take.text, heard) if heard is not None else None
    return take.model_copy(update={"heard": heard, "word_error": error})


def take_in_one(film: Film, crew: Crew | None, language: str, line: str, path: Path, intake: Intake, *,
                who: str = "person") -> Told:
    """Take in one file as a take of ``line``, whatever it is called.

    Raises :class:`NotFound`, :class:`BadInput` for a file that cannot be a take, and as :func:`take_in`.
    """
    target = _target(film, language)
    if target.loop(line) is None:
        raise NotFound(f"there is no line {line[:64]!r} in {language!r}", remedy="read the dialogue again")
    found = _Look(film, target, intake).of(path, line)
    if isinstance(found, Told):
        raise BadInput(f"{quoted(path)}: {found.left}", remedy="record it again, or choose another file")
    return take_in(film, crew, language, [found], intake, who=who)[0]
