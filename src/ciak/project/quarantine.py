"""Quarantine: what a withdrawn or ended consent no longer covers is put where nothing plays, mixes or delivers it.

:func:`settle` brings a film into step with its records: sounds that may not be used move, with the mixes, films and
proxies in which they are heard, from the artefacts to ``.ciak/quarantine``, their takes are marked, and copies that
were delivered follow where they can be reached. When the consent is back, so are they. :func:`erase` ends it: sounds,
copies, takes, marks, consents, and the performer's name in the history go, byte by byte.

Files that somebody copied out of the deliveries, changed, or took to another disk cannot be reached: they are named.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from ciak.film import Dialogue, Take
from ciak.film.people import Cast
from ciak.project.folder import Film
from ciak.project.history import rewritten
from ciak.project.rights import QUARANTINE, Rights
from ciak.store.disk import disk_error, hash_file
from ciak.store.records import Erased, same_name

__all__ = ["Gone", "Settled", "erase", "settle"]


@dataclass(frozen=True, slots=True)
class Settled:
    """``apart``: artefacts put into quarantine, ``back``: returned from it; ``takes``: that are in quarantine now;
    ``recalled``: delivered copies taken back; ``unreached``: delivered copies that are elsewhere, or were changed."""

    apart: tuple[str, ...] = ()
    back: tuple[str, ...] = ()
    takes: int = 0
    recalled: tuple[str, ...] = ()
    unreached: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Gone:
    """What :func:`erase` removed: ``sounds`` (artefacts and copies), ``takes``, ``rows`` of the records; ``unreached``:
    deliveries and backups that may still hold the person and must be destroyed by hand."""

    sounds: int
    takes: int
    rows: int
    unreached: tuple[str, ...] = ()


def settle(film: Film, rights: Rights | None = None) -> Settled:
    """Put apart what may not be used today, and take back what may be again."""
    rights = rights or Rights(film)
    _sounds, every, barred = rights.held()
    home = film.path / ".ciak" / QUARANTINE
    apart = [one for one in sorted(barred) if film.artefacts.has(one)]
    for identity in apart:
        _move(film.artefacts.path(identity), _home(film) / identity)
    back = [one for one in sorted(every - barred) if (home / one).is_file() and not film.artefacts.has(one)]
    for identity in back:
        target = film.artefacts.root / identity[:2] / identity
        target.parent.mkdir(parents=True, exist_ok=True)
        _move(home / identity, target)
    takes = _mark(film, barred)
    recalled, unreached = _recall(film, rights, barred)
    return Settled(tuple(apart), tuple(back), takes, recalled, unreached)


def _home(film: Film) -> Path:
    home = film.private(QUARANTINE)
    home.chmod(0o700)
    return home


def _move(source: Path, target: Path) -> None:
    try:
        source.replace(target)
        for folder in (source.parent, target.parent):
            descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
    except OSError as error:
        raise disk_error(error, target) from error


def _mark(film: Film, barred: frozenset[str]) -> int:
    """Mark the takes of every dialogue; how many are in quarantine."""
    count = 0

    def marked(take: Take) -> Take:
        nonlocal count
        count += take.sound in barred
        apart = take.sound in barred
        return take if take.quarantined is apart else take.model_copy(update={"quarantined": apart})

    _retaken(film, lambda takes: tuple(map(marked, takes)))
    return count


def _retaken(film: Film, change: Callable[[tuple[Take, ...]], tuple[Take, ...]]) -> None:
    """Every loop's takes as ``change`` wants them; one that is chosen and goes is chosen no more."""
    for language in film.languages():
        dialogue = film.dialogue(language)
        if dialogue is None:
            continue
        loops = []
        for loop in dialogue.loops:
            takes = change(loop.takes)
            if takes != loop.takes:
                chosen = loop.chosen if any(take.id == loop.chosen for take in takes) else None
                loop = loop.model_copy(update={
                    "takes": takes, "chosen": chosen, "kept": loop.kept and chosen is not None})
            loops.append(loop)
        if tuple(loops) != dialogue.loops:
            film.save_dialogue(Dialogue.model_validate(dialogue.model_copy(update={"loops": tuple(loops)})),
                               who="ciak rights")


def _recall(film: Film, rights: Rights, barred: frozenset[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Take delivered copies of ``barred`` into quarantine; give back those of others. (taken, out of reach)."""
    taken, unreached = [], []
    for path, sound, digest in rights.traces():
        apart = film.path / ".ciak" / QUARANTINE / f"delivered-{digest}"
        if sound in barred and not apart.is_file():
            if path.is_file() and hash_file(path) == digest:
                shutil.copyfile(path, _home(film) / apart.name)
                path.unlink()
                taken.append(str(path))
            else:
                unreached.append(str(path))
        elif sound not in barred and apart.is_file() and not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(apart, path)
            apart.unlink()
    return tuple(taken), tuple(unreached)


def erase(film: Film, performer: str, rights: Rights | None = None) -> Gone:
    """Remove every trace of a performer's likeness and consent from the film, its deliveries and known backups."""
    rights = rights or Rights(film)
    who = same_name(performer)
    sounds = {sound for sound, one in rights.sources().items() if same_name(one.performer) == who}
    theirs = sounds | {made for made, of in rights.made().items() if of & sounds}
    takes = sum(take.sound in theirs for _language, take in rights.takes())
    voices = {(mark.language, mark.voice) for sound, mark in rights.marks().items() if sound in sounds}
    voices |= {(language, take.voice) for language, take in rights.takes() if take.sound in sounds}
    _retaken(film, lambda kept: tuple(take for take in kept if take.sound not in theirs))
    _uncast(film, who, voices)
    removed, unreached = _unlinked(film, rights, theirs)
    erased = rights.records.erase(performer) if rights.kept else Erased(0)
    _forget(film, performer)
    return Gone(removed, takes, erased.rows, (*unreached, *erased.unreached))


def _unlinked(film: Film, rights: Rights, theirs: Iterable[str]) -> tuple[int, list[str]]:
    """Remove the artefacts and the delivered copies of them; how many files, and which copies are out of reach."""
    count, unreached, done = 0, [], []
    for identity in sorted(theirs):
        while (place := rights.place(identity)) is not None:
            place.unlink()
            count += 1
    for path, sound, digest in rights.traces():
        if sound not in theirs:
            continue
        apart = film.path / ".ciak" / QUARANTINE / f"delivered-{digest}"
        if apart.is_file():
            apart.unlink()
            count += 1
        elif path.is_file() and hash_file(path) == digest:
            path.unlink()
            count += 1
        else:
            unreached.append(str(path))
        done.append(path)
    if done:
        rights.untrace(done)
    return count, unreached


def _uncast(film: Film, who: str, voices: Collection[tuple[str, str]]) -> None:
    """Take the performer's name out of the cast, and the voices, by language and id, that were theirs."""
    cast: Cast = film.cast()
    members = tuple(row.model_copy(update={
        "performer": "" if same_name(row.performer) == who else row.performer,
        "voices": {language: voice for language, voice in row.voices.items() if (language, voice) not in voices}})
        for row in cast.members)
    if members != cast.members:
        film.save_cast(cast.model_copy(update={"members": members}), who="ciak rights")


def _forget(film: Film, performer: str) -> None:
    """The name in the history, and in the journal of jobs that the index carries (it is made anew)."""
    film.close()
    with film.lock():
        rewritten(film.history, performer, "(erased)")
        for name in ("index.sqlite", "index.sqlite-wal", "index.sqlite-shm", "index.sqlite-journal"):
            film.inside(f".ciak/{name}").unlink(missing_ok=True)
    film.catch_up()
