"""What a verb is given: somebody who listens to its progress and may tell it to stop.

::

    tick = watch.part(0.1, 0.6, "separating")     # this step is from 10 % to 60 % of the whole
    separate(path, tick)                          # calls tick(0.0) … tick(1.0); it may raise Cancelled

Reports are thinned to ten a second. The time left comes from the recent speed on the monotonic clock, so neither a
changed clock nor steps that were finished before bend it for long. Does not know what is being done.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from ciak.errors import Cancelled

__all__ = ["Progress", "Tick", "TimeLeft", "Watch"]


@dataclass(frozen=True, slots=True)
class Progress:
    """``done`` in [0, 1]; ``what`` is happening; ``left``: seconds, estimated, or None; ``seconds`` so far."""

    done: float
    what: str = ""
    left: float | None = None
    seconds: float = 0.0


_SAY_NOTHING = 3.0
"""Seconds from the beginning during which no guess is worth reading."""


class TimeLeft:
    """Seconds left, from the fraction done, by an exponentially weighted speed that forgets slowly."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._began = self._last = clock()
        self._done = 0.0
        self._speed = 0.0
        self._weight = 0.0

    @property
    def seconds(self) -> float:
        """Since it was made."""
        return max(0.0, self._clock() - self._began)

    def update(self, done: float) -> float | None:
        """Seconds left now that the fraction ``done`` is done; None while nothing can be said."""
        now = self._clock()
        passed = now - self._last
        if passed > 0 and done >= self._done:
            memory = max(5.0, (now - self._began) / 3)
            share = -math.expm1(-passed / memory)
            self._speed += share * ((done - self._done) / passed - self._speed)
            self._weight += share * (1 - self._weight)
            self._last, self._done = now, done
        if done >= 1:
            return 0.0
        if self._weight < 0.05 or self._speed <= 0 or self.seconds < _SAY_NOTHING or done < 0.01:
            return None
        return min((1 - done) * self._weight / self._speed, 1e7)


class Watch:
    """Hears of progress, and knows whether the work is to stop. ``Watch()`` listens to nobody and never stops.

    ``report`` is called at most every ``every`` seconds, and for each new ``what``, and at the end;
    ``cancelled`` is asked at each call.
    """

    def __init__(self, report: Callable[[Progress], None] | None = None,
                 cancelled: Callable[[], bool] | None = None, *, every: float = 0.1,
                 clock: Callable[[], float] = time.monotonic) -> None:
        self._report = report
        self._cancelled = cancelled
        self._every = every
        self._clock = clock
        self._left = TimeLeft(clock)
        self._told = -math.inf
        self._done = 0.0
        self._what = ""

    def check(self) -> None:
        """Raises :class:`Cancelled` when the work is to stop."""
        if self._cancelled is not None and self._cancelled():
            raise Cancelled("cancelled", remedy="run it again: what was finished is kept")

    def part(self, start: float, end: float, what: str = "") -> Tick:
        """The callback for a step that leads from ``start`` to ``end`` of the whole, both in [0, 1]."""
        if not 0 <= start <= end <= 1:
            raise ValueError(f"a part from {start} to {end} is not within 0..1 in order")
        return Tick(self, start, end, what)

    def tell(self, done: float, what: str = "") -> None:
        """Say how much of the whole is done, and what is happening (empty: the same as before); then check."""
        if not math.isfinite(done):
            raise ValueError(f"{done} is not a fraction")
        self._done = max(self._done, min(1.0, max(0.0, done)))
        changed = bool(what) and what != self._what
        self._what = what or self._what
        left = self._left.update(self._done) if self._report else None
        now = self._clock()
        if self._report and (changed or self._done >= 1 or now - self._told >= self._every):
            self._told = now
            self._report(Progress(self._done, self._what, left, self._left.seconds))
        self.check()


class Tick:
    """The progress callback of one step: call it with the fraction of the step that is done, often."""

    __slots__ = ("_end", "_start", "_watch", "_what")

    def __init__(self, watch: Watch, start: float, end: float, what: str) -> None:
        self._watch, self._start, self._end, self._what = watch, start, end, what

    def __call__(self, done: float) -> None:
        """``done`` of this step, 0 to 1. Raises :class:`Cancelled`."""
        self._watch.tell(self._start + (self._end - self._start) * min(1.0, max(0.0, done)), self._what)

    def part(self, start: float, end: float, what: str = "") -> Tick:
        """The callback for a part of this step, from ``start`` to ``end`` of it."""
        if not 0 <= start <= end <= 1:
            raise ValueError(f"a part from {start} to {end} is not within 0..1 in order")
        width = self._end - self._start
        return Tick(self._watch, self._start + width * start, self._start + width * end, what or self._what)
