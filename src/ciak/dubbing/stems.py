"""Stems as they are handed over: whole, and where asked a WAV per channel, with a 2-pop, in reels.

The whole stems are always there (``NAME.it.DX.wav``). Cuts of them carry in their names what they are:
``NAME.it.R2.2pop.MIX_C.wav`` is the centre of reel two with a 2-pop. Every file has its start timecode (``bext``
TimeReference). Reels are cut at frames, so that one after the other they are the whole, to the sample.

A 2-pop is one frame of 1 kHz at -20 dBFS, exactly two seconds before the first frame of action, in every channel but
the LFE. Two seconds of leader stand before the film (before each reel) then, and the timecode begins two seconds
earlier.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np

from ciak.dubbing.delivery import Delivery
from ciak.dubbing.finish import Finish
from ciak.film import Signal
from ciak.film.sound import Samples
from ciak.media import SoundFile, SoundWriter
from ciak.project import Film

__all__ = ["CHANNELS", "POP", "deliver_stems", "pop"]

CHANNELS = {2: ("L", "R"), 6: ("L", "R", "C", "LFE", "Ls", "Rs")}
"""How channels are named at the end of a file's name, in the house's order."""
LEADER = 2
"""Seconds between a 2-pop and the first frame."""
POP = 10 ** (-20 / 20)
BLOCK = 1 << 18

Tick = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class _Cut:
    """Frames ``first`` to ``last`` of a stem; ``label``: of its reel; ``origin``: timecode in samples of frame 0."""

    first: int
    last: int
    label: str
    origin: int


def deliver_stems(film: Film, delivery: Delivery, target: str, stems: Mapping[str, str], finish: Finish,
                  tick: Tick) -> dict[str, Path]:
    """The whole stems, by name, and beside them the cuts that are asked for."""
    whole = {name: delivery.copy(f"stem.{name}", f"stems/{delivery.stem}.{target}.{name}.wav",
                                 film.artefacts.path(stems[name])) for name in ("DX", "ME", "MIX")}
    if not (finish.per_channel or finish.two_pop or finish.reels):
        return whole
    for number, name in enumerate(whole):
        file = SoundFile(film.artefacts.path(stems[name]))
        for cut in _cuts(film, file, finish):
            _deliver(film, delivery, (file, cut, finish), (f"{delivery.stem}.{target}{cut.label}", name, stems[name]))
        tick((number + 1) / len(whole))
    return whole


def _cuts(film: Film, file: SoundFile, finish: Finish) -> list[_Cut]:
    edges = [0, *(min(file.frames, round(moment * file.rate)) for moment in finish.moments(film)), file.frames]
    origin = file.timecode_samples or 0
    return [_Cut(first, last, f".R{number}" if finish.reels else "", origin)
            for number, (first, last) in enumerate(pairwise(edges), 1)]


def _deliver(film: Film, delivery: Delivery, work: tuple[SoundFile, _Cut, Finish],
             called: tuple[str, str, str]) -> None:
    """One cut of one stem, whole or channel by channel. ``called``: the file's beginning, the stem, its artefact."""
    (file, cut, finish), (stem, name, artefact) = work, called
    names = CHANNELS[file.channels] if finish.per_channel else ("",)
    made = [film.artefacts.temporary(".wav") for _ in names]
    start = cut.origin + cut.first - (LEADER * file.rate if finish.two_pop else 0)
    try:
        with ExitStack() as stack:
            writers = [stack.enter_context(SoundWriter(
                path, file.rate, 1 if finish.per_channel else file.channels, encoding="pcm24",
                timecode_samples=start)) for path in made]
            for block in _blocks(film, file, cut, finish):
                for number, writer in enumerate(writers):
                    part = block[:, number:number + 1] if finish.per_channel else block
                    writer.write(Signal(np.ascontiguousarray(part), file.rate))
        pops = ".2pop" if finish.two_pop else ""
        for channel, path in zip(names, made, strict=True):
            end = f"{name}_{channel}" if channel else name
            delivery.copy(f"stem{cut.label}{pops}.{end}", f"stems/{stem}{pops}.{end}.wav", path, artefact)
    finally:
        for path in made:
            path.unlink(missing_ok=True)


def _blocks(film: Film, file: SoundFile, cut: _Cut, finish: Finish) -> Iterator[Samples]:
    if finish.two_pop:
        yield pop(file.rate, film.rate.fps, file.channels)
    for start in range(cut.first, cut.last, BLOCK):
        yield file.read(start, min(BLOCK, cut.last - start)).samples


def pop(rate: int, fps: Fraction, channels: int) -> Samples:
    """Two seconds of leader that begin with one frame of tone."""
    leader = np.zeros((LEADER * rate, channels), np.float32)
    count = round(rate / fps)
    tone = (POP * np.sin(2 * np.pi * 1000 * np.arange(count) / rate)).astype(np.float32)
    leader[:count] = tone[:, None]
    if channels == 6:
        leader[:, 3] = 0
    return leader
