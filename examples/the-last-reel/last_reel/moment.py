"""What a painter is told about a frame, and what a painter is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from last_reel.shapes import Image

__all__ = ["Moment", "Painter"]


@dataclass(frozen=True, slots=True)
class Moment:
    """A frame of a shot: its number from the shot's first; seconds since then; the part of the shot gone by, 0 to
    1; how bright the projector's lamp is, 0 to 1; how many seconds its reels have turned; and how many seconds the
    film has been running ``again``, None before it does."""

    frame: int
    time: float
    part: float
    lamp: float
    turned: float
    again: float | None = None


Painter = Callable[[Moment], Image]
"""Gives the frame in linear light, (720, 1280, 3), anew each time; the same moment gives the same frame."""
