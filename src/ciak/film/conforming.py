"""Conforming: where a stretch of the old cut stands in the new one, to the frame.

:func:`conform` compares two cuts (``appearances`` says how) and gives a :class:`Conforming`, which answers for any span
of the old cut with an :class:`Outcome`. What the span's frames show is looked for in the new cut; frames of it that
follow each other there, none shown twice, make one place. The rule of the place, where there are several: the one that
holds most of the span; of those the one that lasts longest; then the one in the longest stretch that both cuts show
alike, black not counted; then the one nearest to where the span was; then the earlier. The others are told as ``also``.

Frames. A frame shows the moment at which it begins. A span is taken to begin and end at the frames nearest to its
ends (it holds one frame at least), so that times in milliseconds do not lose a frame at a splice. Where pictures only
moved, by whole frames, what a span's end is off its frame is kept exactly, but for what would hang over a splice;
where they were retimed, or the cuts count by different rates, results lie on frames of the new cut.

So spans that share no frame in the old cut share none in the new one. It knows pictures only: sound that was slipped
against the picture, or a line that was redubbed, is not noticed.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from itertools import accumulate
from math import ceil

from ciak.film.appearances import Stretch, stretches
from ciak.film.cut import Cut
from ciak.film.model import FilmModel
from ciak.film.time import FilmTime, Rate, Span, Timecode

__all__ = ["Appearance", "Conforming", "Fate", "Outcome", "conform"]


class Fate(StrEnum):
    """What became of a span, the gravest thing that happened to it."""

    KEPT = "kept"
    """It stands where it stood."""
    MOVED = "moved"
    """All of it stands elsewhere, as long as before."""
    RETIMED = "retimed"
    """All of it is there, faster or slower."""
    TRIMMED = "trimmed"
    """A part of it is gone."""
    SPLIT = "split"
    """It is in two places or more that do not touch; it stands at the larger."""
    FELL = "fell"
    """Nothing of it is left."""


class Appearance(FilmModel):
    """What the old cut showed in ``old`` is shown in ``new``."""

    old: Span
    new: Span


class Outcome(FilmModel):
    """What became of the span ``old`` of the old cut."""

    fate: Fate
    old: Span
    new: Span | None = None
    """Where it stands; None: it fell."""
    parts: tuple[Appearance, ...] = ()
    """What of it is shown there, on frames, in the order of the new cut."""
    also: tuple[Span, ...] = ()
    """Where frames of it are shown besides."""
    lost: FilmTime = Fraction(0)
    """Seconds of it that are not shown where it stands."""
    between: Span | None = None
    """Of what fell: from the end of what stood before it to the beginning of what stood behind it, in the new cut."""

    @property
    def whole(self) -> bool:
        """Whether it is as it was, here or elsewhere."""
        return self.fate in (Fate.KEPT, Fate.MOVED)


@dataclass(frozen=True, slots=True)
class _Part:
    """Frames ``first`` up to ``end`` of the new cut show ``old`` up to ``old_end``, by ``stretch``."""

    first: int
    end: int
    old: Fraction
    old_end: Fraction
    stretch: Stretch


@dataclass(frozen=True)
class Conforming:
    """How an old cut is found again in a new one. Made by :func:`conform`."""

    old_rate: str
    new_rate: str
    old_start: str
    new_start: str
    stretches: tuple[Stretch, ...]

    @property
    def frame(self) -> Fraction:
        """Seconds of a frame of the new cut."""
        return 1 / self._new.fps

    @property
    def shared(self) -> Fraction:
        """Seconds of the old cut's picture that the new one shows."""
        return sum((one.seen for one in self.stretches), Fraction(0))

    def old_timecode(self, time: Fraction) -> str:
        """The label of the frame at ``time`` of the old cut."""
        return str(Timecode.parse(self.old_start, self._old).at(time))

    def new_timecode(self, time: Fraction) -> str:
        """The label of the frame at ``time`` of the new cut."""
        return str(Timecode.parse(self.new_start, self._new).at(time))

    def conform_span(self, span: Span) -> Outcome:
        """What became of ``span``, in film time of the old cut."""
        first = self._old.nearest_frame(span.start)
        end = self._old.nearest_frame(span.end)
        if end <= first:
            first = self._old.frame(span.start)
            end = first + 1
        start, stop = self._old.time(first), self._old.time(end)
        parts = self._shown(start, stop)
        if not parts:
            return Outcome(fate=Fate.FELL, old=span, lost=span.duration, between=self._between(start, stop))
        chosen = min(_rows(parts), key=lambda row: _preference(row, start))
        new = Span(start=self._start(span, start, chosen[0]), end=self._end(span, stop, chosen[-1]))
        held = _covered(chosen)
        lost = stop - start - sum((b - a for a, b in held), Fraction(0))
        others = [part for part in parts if part not in chosen]
        return Outcome(fate=self._fate(span, new, lost, chosen, others), old=span, new=new, lost=lost,
                       parts=tuple(self._appearance(part) for part in chosen), also=self._spans(others))

    @cached_property
    def _old(self) -> Rate:
        return Rate.parse(self.old_rate)

    @cached_property
    def _new(self) -> Rate:
        return Rate.parse(self.new_rate)

    @cached_property
    def _by_old(self) -> tuple[list[Stretch], list[Fraction], list[Fraction]]:
        """By beginning in the old cut; the beginnings; how far those up to here reach."""
        ordered = sorted(self.stretches)
        return ordered, [one.old for one in ordered], list(accumulate((one.old_end for one in ordered), max))

    @cached_property
    def _by_old_end(self) -> tuple[list[Stretch], list[Fraction]]:
        ordered = sorted(self.stretches, key=lambda one: (one.old_end, one.old_end - one.old))
        return ordered, [one.old_end for one in ordered]

    def _shown(self, start: Fraction, end: Fraction) -> list[_Part]:
        """Where the new cut shows what the old one showed from ``start`` to ``end``, in order of the new cut."""
        ordered, starts, reach = self._by_old
        found = []
        for one in ordered[bisect_right(reach, start):bisect_left(starts, end)]:
            low, high = max(start, one.old), min(end, one.old_end)
            first, last = (ceil(one.at(time) * self._new.fps) for time in (low, high))
            if low < high and first < last:
                found.append(_Part(first, last, low, high, one))
        return sorted(found, key=lambda part: part.first)

    def _rigid(self, stretch: Stretch) -> bool:
        """Whether it only moved by whole frames."""
        moved = (stretch.new - stretch.old) * self._new.fps
        return stretch.speed == 1 and self._old == self._new and moved.denominator == 1

    def _start(self, span: Span, start: Fraction, part: _Part) -> Fraction:
        on_frame, one = self._new.time(part.first), part.stretch
        if part.old != start or not self._rigid(one) or span.start < one.old:
            return on_frame
        return on_frame + span.start - start

    def _end(self, span: Span, end: Fraction, part: _Part) -> Fraction:
        on_frame, one = self._new.time(part.end), part.stretch
        if part.old_end != end or not self._rigid(one) or span.end > one.old_end:
            return on_frame
        return on_frame + span.end - end

    def _fate(self, span: Span, new: Span, lost: Fraction, chosen: Sequence[_Part], others: Sequence[_Part]) -> Fate:
        coarsest = max(1 / self._old.fps, 1 / self._new.fps)
        missed = lost > 0 and (lost >= coarsest or self._old == self._new)
        if missed and _adds(chosen, others):
            return Fate.SPLIT
        if missed:
            return Fate.TRIMMED
        if any(part.stretch.speed != 1 for part in chosen):
            return Fate.RETIMED
        return Fate.KEPT if new == span else Fate.MOVED

    def _appearance(self, part: _Part) -> Appearance:
        return Appearance(old=Span(start=part.old, end=part.old_end), new=self._span(part.first, part.end))

    def _span(self, first: int, end: int) -> Span:
        return Span(start=self._new.time(first), end=self._new.time(end))

    def _spans(self, parts: Sequence[_Part]) -> tuple[Span, ...]:
        """Places of the new cut, those that touch as one."""
        places: list[tuple[int, int]] = []
        for part in parts:
            if places and places[-1][1] == part.first:
                places[-1] = (places[-1][0], part.end)
            else:
                places.append((part.first, part.end))
        return tuple(self._span(*place) for place in places)

    def _between(self, start: Fraction, end: Fraction) -> Span:
        """Where it would have stood (see :attr:`Outcome.between`)."""
        ordered, ends = self._by_old_end
        at = bisect_right(ends, start)
        before = ceil(ordered[at - 1].new_end * self._new.fps) if at else 0
        ordered, starts, _ = self._by_old
        at = bisect_left(starts, end)
        after = ceil(ordered[at].new * self._new.fps) if at < len(ordered) else before
        return self._span(before, max(before, after))


def conform(old: Cut, new: Cut, *, by_frames: bool = False) -> Conforming:
    """How ``old`` is found again in ``new``.

    ``by_frames``: places in files are compared by frames at each cut's rate (see ``appearances``). Raises
    :class:`ciak.errors.BadInput` for a cut without clips or of a rate that is none.
    """
    for cut in (old, new):
        Timecode.parse(cut.start, Rate.parse(cut.rate))
    return Conforming(old_rate=old.rate, new_rate=new.rate, old_start=old.start, new_start=new.start,
                      stretches=stretches(old, new, by_frames=by_frames))


def _rows(parts: Sequence[_Part]) -> list[tuple[_Part, ...]]:
    """The longest rows of parts that touch in the new cut and show nothing twice."""
    rows: list[tuple[_Part, ...]] = []
    first = 0
    held: list[tuple[Fraction, Fraction]] = []
    for at, part in enumerate(parts):
        if at and parts[at - 1].end != part.first:
            rows.append(tuple(parts[first:at]))
            first, held = at, []
        elif _meets(held, part):
            rows.append(tuple(parts[first:at]))
            while _meets(held, part):
                held.remove((parts[first].old, parts[first].old_end))
                first += 1
        held.insert(bisect_left(held, (part.old, part.old_end)), (part.old, part.old_end))
    return [*rows, tuple(parts[first:])]


def _meets(held: Sequence[tuple[Fraction, Fraction]], part: _Part) -> bool:
    """Whether ``part`` shows something of ``held``, which is in order and shows nothing twice."""
    at = bisect_right(held, part.old, key=lambda pair: pair[1])
    return at < len(held) and held[at][0] < part.old_end


def _preference(row: Sequence[_Part], start: Fraction) -> tuple[Fraction, int, Fraction, Fraction, int]:
    """The least is the best (the rule of the place, see the module)."""
    held = sum((part.old_end - part.old for part in row), Fraction(0))
    longest = max(part.stretch.seen for part in row)
    return -held, row[0].first - row[-1].end, -longest, abs(row[0].stretch.at(row[0].old) - start), row[0].first


def _covered(parts: Iterable[_Part]) -> list[tuple[Fraction, Fraction]]:
    """What of the old cut ``parts`` show, in order."""
    covered: list[tuple[Fraction, Fraction]] = []
    for start, end in sorted((part.old, part.old_end) for part in parts):
        if covered and start <= covered[-1][1]:
            covered[-1] = (covered[-1][0], max(end, covered[-1][1]))
        else:
            covered.append((start, end))
    return covered


def _adds(chosen: Sequence[_Part], others: Sequence[_Part]) -> bool:
    """Whether ``others`` show something that ``chosen`` do not."""
    return _covered([*chosen, *others]) != _covered(chosen)
