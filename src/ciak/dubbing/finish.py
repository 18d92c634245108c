"""Finish: how a dub is to be mixed and handed over, as a person asked for it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from ciak.dubbing.levelling import R128, Levelling, levelling_named
from ciak.errors import BadInput
from ciak.film import Timecode
from ciak.project import Film

__all__ = ["Finish"]

MOST_HANDLES = 240
"""Frames."""


@dataclass(frozen=True, slots=True)
class Finish:
    """``loudness``: name of a profile; ``fit``: how far takes are fitted to their scene, 0 (level only) to 1;
    ``fit_recorded``: people's takes too; ``per_channel``: stems also as one WAV per channel; ``two_pop``: with a
    frame of tone two seconds before the first frame; ``handles``: frames of silence round each exported take;
    ``reels``: timecodes at which reels two, three... begin.

    Raises :class:`BadInput` and :class:`NotFound` for what cannot be.
    """

    loudness: str = R128.name
    fit: float = 1.0
    fit_recorded: bool = False
    per_channel: bool = False
    two_pop: bool = False
    handles: int = 0
    reels: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        levelling_named(self.loudness)
        if not 0 <= self.fit <= 1:
            raise BadInput(f"takes are fitted by 0 to 1, not by {self.fit:g}", remedy="--fit 0 is level only")
        if not 0 <= self.handles <= MOST_HANDLES:
            raise BadInput(f"handles have 0 to {MOST_HANDLES} frames, not {self.handles}")

    @property
    def levelling(self) -> Levelling:
        """The loudness profile."""
        return levelling_named(self.loudness)

    def boundaries(self, film: Film) -> tuple[int, ...]:
        """Frames of the film, from 0, at which reels two, three... begin.

        Raises :class:`BadInput` for a timecode that is none, outside the film or out of order, and where there is no
        room before the film for the tone.
        """
        start = film.start
        if self.two_pop and start.frames < 2 * film.rate.nominal:
            raise BadInput(f"the film starts at {start}: there are no two seconds before it for a 2-pop",
                           remedy="begin the film later (start in film.toml), or leave --two-pop out")
        last = film.rate.frame(film.source.duration) if film.source else 0
        frames = [Timecode.parse(text, film.rate).frames - start.frames for text in self.reels]
        for text, frame in zip(self.reels, frames, strict=True):
            if not 0 < frame < last:
                raise BadInput(f"no reel can begin at {text}: the film runs from {start} for {last} frames")
        if any(one >= other for one, other in pairwise(frames)):
            raise BadInput("reels begin one after the other", remedy="give their timecodes in order")
        return tuple(frames)

    def moments(self, film: Film) -> tuple[Fraction, ...]:
        """The same in seconds."""
        return tuple(film.rate.time(frame) for frame in self.boundaries(film))
