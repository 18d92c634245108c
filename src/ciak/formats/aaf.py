"""The Advanced Authoring Format (AAF, AMWA), by which editing and mixing programs exchange a session. Write only.

Written with ``pyaaf2``: one composition with a timecode track, a sound track a lane, and each clip's sound embedded, so
that the file stands alone. Sound tracks are counted in samples at 48 kHz: a clip lies to the sample. Clips carry the
line's words as a comment. Not written: pictures, speeds, fades, levels, markers. A drop-frame start is marked as such.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

from ciak.errors import BackendError, BadInput
from ciak.film.cut import Clip, Cut, Lane
from ciak.film.time import Rate, Timecode

__all__ = ["RATE", "write_aaf"]

RATE = 48000
"""Samples a second of the sound, and edit rate of its tracks."""


def write_aaf(cut: Cut, folder: Path, target: Path) -> int:
    """Write the sound lanes of ``cut`` to ``target``; how many clips that were. Paths of clips are relative to
    ``folder`` and name WAV files of 16 or 24 bit at 48 kHz.

    Raises :class:`BadInput` for clips that overlap on a lane, :class:`BackendError` where pyaaf2 is missing.
    """
    try:
        import aaf2
    except ImportError:
        raise BackendError("AAF cannot be written: pyaaf2 is not installed",
                           remedy="pip install 'ciak[dubbing]'") from None
    lanes = [lane for lane in cut.lanes if lane.kind == "Audio" and lane.clips]
    with aaf2.open(str(target), "w") as file:
        writer = _Writer(file, cut, folder)
        for number, lane in enumerate(lanes, 1):
            writer.lane(lane, number)
    return sum(len(lane.clips) for lane in lanes)


class _Writer:
    """A composition in the making."""

    def __init__(self, file: Any, cut: Cut, folder: Path) -> None:
        self.file, self.folder = file, folder
        rate = Rate.parse(cut.rate)
        start = Timecode.parse(cut.start, rate)
        self.composition = file.create.CompositionMob(cut.name or "Ciak")
        self.composition.usage = "Usage_TopLevel"
        file.content.mobs.append(self.composition)
        end = max((clip.span.end for lane in cut.lanes for clip in lane.clips), default=Fraction(0))
        slot = self.composition.create_timeline_slot(f"{rate.fps.numerator}/{rate.fps.denominator}")
        slot.name = "TC"
        slot["PhysicalTrackNumber"].value = 1
        timecode = file.create.Timecode(rate.nominal, drop=start.drop)
        timecode.start, timecode.length = start.frames, rate.nearest_frame(end) + 1
        slot.segment = timecode

    def lane(self, lane: Lane, number: int) -> None:
        slot = self.composition.create_timeline_slot(RATE)
        slot.name = lane.name
        slot["PhysicalTrackNumber"].value = number
        sequence = self.file.create.Sequence(media_kind="sound")
        slot.segment = sequence
        reached = 0
        for clip in sorted(lane.clips, key=lambda one: one.span.start):
            first, end = round(clip.span.start * RATE), round(clip.span.end * RATE)
            if first < reached:
                raise BadInput(f"in lane {lane.name[:40]!r}, clip {clip.name[:40]!r} begins too early",
                               remedy="put it on a lane of its own", lane=lane.name, clip=clip.name)
            if first > reached:
                sequence.components.append(self.file.create.Filler("sound", first - reached))
            sequence.components.append(self.clip(clip, end - first))
            reached = end
        sequence.length = reached

    def clip(self, clip: Clip, length: int) -> Any:
        master = self.file.create.MasterMob(clip.name)
        self.file.content.mobs.append(master)
        sound = master.import_audio_essence(str(self.folder / clip.path), RATE)
        held = int(sound.segment.length)
        made = master.create_source_clip(sound.slot_id, start=0, length=min(length, held))
        if length > held:
            raise BadInput(f"clip {clip.name[:40]!r} is longer than its sound")
        for name, value in (("Character", clip.character), ("Line", clip.loop), ("Text", clip.text)):
            if value:
                master.comments[name] = value
        return made
