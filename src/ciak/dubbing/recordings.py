"""The recordings of a film: the files that takes were recorded in, kept as they came in ``takes/<language>/``.

They are the truth. What the studio plays and the mix reads is an artefact made of one (48 kHz, mono, without handles),
which is made again when it is gone: ``.ciak/`` may be deleted, and no recorded take is lost.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from fractions import Fraction
from pathlib import Path

from ciak.dubbing.take_files import RATE, take_sound
from ciak.errors import NotFound, StorageError, StoreDamaged
from ciak.film import Dialogue, Loop, Recording, Take, TakeKind
from ciak.media import SoundWriter, resample_blocks
from ciak.media.wav import note_of
from ciak.project import Film, Step, once
from ciak.project.rights import performer_in
from ciak.store import commit_file
from ciak.store.disk import copy_fd, disk_error, hash_fd, hash_file, make_folder

__all__ = ["forget", "keep", "made_of", "sounding", "with_sounds"]


def keep(film: Film, language: str, line: str, path: Path) -> tuple[Recording, bool]:
    """Copy the file at ``path`` into the film, as it is; the recording, and whether it is new there.

    Raises :class:`StorageError`; then nothing is there that was not before.
    """
    try:
        with path.open("rb") as file:
            digest, size = hash_fd(file.fileno())
            relative = f"takes/{language}/{line}.{digest[:12]}.wav"
            target = film.inside(relative)
            made = Recording(path=relative, sha256=digest, name=_printable(path.name))
            if target.is_file() and hash_file(target) == digest:
                return made, False
            make_folder(target.parent)
            file.seek(0)
            commit_file(target, lambda out: copy_fd(file.fileno(), out), sha256=digest)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS):
            raise disk_error(error, film.path, size) from error
        raise StorageError(f"{path.name} cannot be copied: {error.strerror or error}") from error
    with suppress(OSError):
        os.chmod(target, 0o444)  # noqa: PTH101
    return made, True


def forget(film: Film, paths: Iterable[str]) -> None:
    """Remove recordings that no take stands on; those that some take does are left."""
    used = {take.recording.path for code in film.languages() if (dialogue := film.dialogue(code)) is not None
            for loop in dialogue.loops for take in loop.takes if take.recording is not None}
    for relative in set(paths) - used:
        with suppress(OSError):
            film.inside(relative).unlink()


def made_of(film: Film, recording: Recording, duration: Fraction) -> str:
    """The artefact of a take: its recording's sound at 48 kHz in mono, ``duration`` seconds without the handles.

    Raises :class:`NotFound` where the recording is gone, :class:`StoreDamaged` where it is not what it was.
    """
    step = Step(name="take-in", version="1", inputs={"recording": recording.sha256},
                settings={"first": str(recording.first), "duration": str(duration)})

    def make(temporary: Callable[[str], Path]) -> dict[str, Path]:
        path = film.inside(recording.path)
        if not path.is_file():
            raise NotFound(f"the recording {recording.path} is not there", remedy="put it back from a backup")
        if hash_file(path) != recording.sha256:
            raise StoreDamaged(f"the recording {recording.path} is not what it was", remedy="put it back from a backup")
        out = temporary(".wav")
        told = note_of(path)
        with SoundWriter(out, RATE, 1, note=told if performer_in(told) else "") as writer:
            for block in resample_blocks(iter([take_sound(path, recording.first, duration)]), RATE, 1):
                writer.write(block)
        return {"take": out}

    return once(film, step, make)["take"]


def sounding(film: Film, loop: Loop) -> Loop:
    """``loop`` whose chosen take has its sound: made again of its recording when it is gone."""
    take = loop.take
    if take is None or take.kind is TakeKind.SYNTHETIC or take.recording is None or film.artefacts.has(take.sound):
        return loop
    again = _again(film, take)
    return loop if again is take else loop.model_copy(
        update={"takes": tuple(again if one is take else one for one in loop.takes)})


def with_sounds(film: Film, dialogue: Dialogue) -> Dialogue:
    """``dialogue`` in which every recorded take has its sound again."""
    changed = False
    loops = []
    for loop in dialogue.loops:
        takes = tuple(_again(film, take) if take.recording is not None and not film.artefacts.has(take.sound) else take
                      for take in loop.takes)
        same = all(one is other for one, other in zip(takes, loop.takes, strict=True))
        loops.append(loop if same else loop.model_copy(update={"takes": takes}))
        changed |= not same
    return dialogue.model_copy(update={"loops": tuple(loops)}) if changed else dialogue


def _again(film: Film, take: Take) -> Take:
    """The take with its sound made again; other bytes (of another resampler) have another name."""
    assert take.recording is not None
    sound = made_of(film, take.recording, take.span.duration)
    return take if sound == take.sound else take.model_copy(update={"sound": sound})


def _printable(name: str) -> str:
    text = name.encode("utf-8", "replace").decode("utf-8")
    return "".join(mark if mark.isprintable() else "_" for mark in text)[:200]
