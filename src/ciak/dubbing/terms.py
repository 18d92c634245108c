"""What a profile comes to for one film: its rules in frames, and where its shot changes stand.

A start is right on a shot change or half a second and more from any; an end is right when the least gap is left
before a shot change, or half a second and more from any. :meth:`Terms.start_wanted` and :meth:`Terms.end_wanted`
say where the timing guidelines put one that is not: a start goes back to a shot change behind it, on to one that is
near before it, and otherwise half a second ahead of it; an end goes to just before the shot change.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from ciak.dubbing.profile import Profile
from ciak.film import Rate

__all__ = ["Terms"]

_EXTENDED = 3
"""Seconds by which the end of a subtitle may be put off to be read."""


class Terms:
    """A profile at a rate, in a language, over shot changes (frames, any order). All numbers are frames. ``last``: the
    frame after the film's last, beyond which no end is put."""

    def __init__(self, profile: Profile, rate: Rate, language: str, cuts: Iterable[int] = (),
                 last: int | None = None) -> None:
        self.profile, self.rate, self.last = profile, rate, last
        self.language = profile.language or "und" if language == "und" else language
        self.cuts = sorted({cut for cut in cuts if cut > 0}) if profile.has("shots") else []
        self._known = frozenset(self.cuts)
        self._array = np.array(self.cuts, np.int64)
        self.shortest, self.longest = profile.shortest_frames(rate), profile.longest_frames(rate)
        self.gap, self.chain = profile.gap_frames, profile.chain_frames(rate)
        self.half, self.near = profile.shot_frames(rate), profile.near_frames(rate)
        self.reach = max(round(rate.fps / 2), self.half)
        """How far a start may be moved, either way, and an end be drawn in."""
        self.extended = int(_EXTENDED * rate.fps) + 1
        self._speed = Fraction(rate.fps, profile.speed(self.language))

    def needed(self, letters: int) -> int:
        """How long ``letters`` characters must be shown to be read."""
        return -(-letters * self._speed.numerator // self._speed.denominator)

    def _around(self, frame: int) -> list[int]:
        """Shot changes nearer than :attr:`half`."""
        if not self.cuts:
            return []
        return self.cuts[bisect_right(self.cuts, frame - self.half):bisect_left(self.cuts, frame + self.half)]

    def cut_within(self, first: int, end: int) -> bool:
        """Whether a shot changes between two frames, both included."""
        return bisect_left(self.cuts, first) < bisect_right(self.cuts, end)

    def good_start(self, frame: int) -> bool:
        """Whether a subtitle may begin there, as far as shots go."""
        return frame in self._known or not self._around(frame)

    def good_end(self, frame: int) -> bool:
        """Whether a subtitle may end there (the frame after its last), as far as shots go."""
        return frame + self.gap in self._known or not self._around(frame)

    def bad_starts(self, frames: NDArray[np.int64]) -> NDArray[np.bool_]:
        """For each of many frames, whether :meth:`good_start` says no."""
        return self._close(frames) & ~self._on(frames)

    def bad_ends(self, frames: NDArray[np.int64]) -> NDArray[np.bool_]:
        """For each of many frames, whether :meth:`good_end` says no."""
        return self._close(frames) & ~self._on(frames + self.gap)

    def _close(self, frames: NDArray[np.int64]) -> NDArray[np.bool_]:
        first = np.searchsorted(self._array, frames - self.half, side="right")
        close: NDArray[np.bool_] = first < np.searchsorted(self._array, frames + self.half, side="left")
        return close

    def _on(self, frames: NDArray[np.int64]) -> NDArray[np.bool_]:
        place = np.searchsorted(self._array, frames)
        on: NDArray[np.bool_] = self._array[np.minimum(place, len(self._array) - 1)] == frames
        return on

    def good_gap(self, gap: int) -> bool:
        """Whether that many frames may lie between two subtitles."""
        return gap == self.gap or gap >= max(self.gap, self.chain)

    def start_wanted(self, frame: int) -> int:
        """Where the guidelines put a start that stands at ``frame``."""
        if self.good_start(frame):
            return frame
        cut = min(self._around(frame), key=lambda one: (abs(one - frame), one))
        return cut if frame > cut or cut - frame < self.near else max(0, cut - self.half)

    def end_wanted(self, frame: int) -> int:
        """Where the guidelines put an end that stands at ``frame``."""
        if self.good_end(frame):
            return frame
        return min(self._around(frame), key=lambda one: (abs(one - frame), one)) - self.gap
