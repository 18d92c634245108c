"""The mark of synthetic speech looked for in files: in each of a file's sounds."""

from __future__ import annotations

import os
from dataclasses import dataclass

from ciak.errors import NothingToDo
from ciak.media.limited import probe_limited
from ciak.media.sound import sound_blocks
from ciak.media.watermark import RATE, Mark, find_mark

__all__ = ["Sounded", "marks_of"]


@dataclass(frozen=True, slots=True)
class Sounded:
    """What was found in the sound ``stream`` (from 0) of a file; ``language`` as the file says, or empty."""

    stream: int
    language: str
    mark: Mark


def marks_of(path: str | os.PathLike[str]) -> tuple[Sounded, ...]:
    """The marks in the sounds of a file. Raises :class:`NothingToDo` for one without sound, and what opening raises."""
    sounds = probe_limited(path).sounds
    if not sounds:
        raise NothingToDo("there is no sound in this file", remedy="name a film or a sound file")
    return tuple(
        Sounded(number, one.language or "", find_mark(sound_blocks(
            path, stream=number, rate=RATE, channels=6 if one.channels == 6 else 2)))
        for number, one in enumerate(sounds))
