"""Where the pictures of an old cut appear in a new one: by the file they come from and the place in it.

Two clips show the same when they show the same stretch of the same file. The same file is: the same path; where that
is not in both cuts, the path with the same last parts (the most of them, the file's name at least), since editors move
folders; where one of the two has no path, the same name of the clip. Nothing is opened, so two files of one name
and no path are one here, and a file that was replaced by another of the same name is not noticed.

Black (where the deciding lane has no clip) comes from no file. It is kept as far as it adjoins, on the same side, the
same picture in both cuts, or the beginning of the film; what lies behind the last picture stays there.

Every moment of the new cut belongs to one moment of the old one. Where the old cut showed a picture twice and the new
cut shows it once, it belongs to the longer stretch that both cuts show alike, then to the one that moves less.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from heapq import heapify, heappop, heappush

from ciak.errors import BadInput, TooLarge
from ciak.film.cut import Clip, Cut
from ciak.film.time import Rate

__all__ = ["Stretch", "deciding_clips", "stretches"]

MOST = 200_000
"""Pairs of clips that show the same; cuts with more are refused before they are held."""
FAR = Fraction(100 * 3600)
"""Seconds by which the black behind the last picture counts."""


@dataclass(frozen=True, slots=True, order=True)
class Stretch:
    """What the old cut shows from ``old`` to ``old_end``, the new one shows from ``new`` on; in one second of the new
    cut pass ``speed`` seconds of the old."""

    old: Fraction
    old_end: Fraction
    new: Fraction
    speed: Fraction = Fraction(1)
    black: Fraction = Fraction(0)
    """Seconds of it, in the old cut, that are black."""

    @property
    def seen(self) -> Fraction:
        """Seconds of picture in it, in the old cut."""
        return self.old_end - self.old - self.black

    @property
    def new_end(self) -> Fraction:
        """Where it ends in the new cut."""
        return self.at(self.old_end)

    def at(self, time: Fraction) -> Fraction:
        """The moment of the new cut that shows the old cut's ``time``."""
        return self.new + (time - self.old) / self.speed

    def within_new(self, start: Fraction, end: Fraction) -> Stretch:
        """The part of it from ``start`` to ``end`` of the new cut."""
        return replace(self, old=self.old + (start - self.new) * self.speed,
                       old_end=self.old + (end - self.new) * self.speed, new=start)


def deciding_clips(cut: Cut) -> tuple[Clip, ...]:
    """The clips of the lane that decides, in order: the first lane of picture with clips, else of sound. Raises
    :class:`BadInput` where there is none."""
    lanes = sorted((lane for lane in cut.lanes if lane.clips), key=lambda lane: lane.kind != "Video")
    if not lanes:
        raise BadInput(f"the cut {cut.name[:40]!r} has no clips", remedy="export the lane of picture too")
    return tuple(sorted((clip for clip in lanes[0].clips if clip.span.duration), key=lambda clip: clip.span.start))


def stretches(old: Cut, new: Cut, *, by_frames: bool = False) -> tuple[Stretch, ...]:
    """What of ``old`` is in ``new``, in order of the new cut; no two of them share a moment of it.

    ``by_frames``: places in files are compared by frames, counted at each cut's rate, not by seconds: for a cut that
    was made again at another rate of the same frames (23.976 and 24). Raises :class:`BadInput` for a cut without clips,
    :class:`TooLarge` where the same pictures are repeated beyond all measure.
    """
    before, after = deciding_clips(old), deciding_clips(new)
    units = [Rate.parse(cut.rate).fps if by_frames else Fraction(1) for cut in (old, new)]
    found = _joined(_shared(before, after, units[0], units[1]))
    owned = _owned(found)
    return tuple(sorted(_joined([*owned, *_black(owned, before, after)]), key=lambda one: one.new))


def _shared(before: Sequence[Clip], after: Sequence[Clip], old_unit: Fraction, new_unit: Fraction) -> list[Stretch]:
    """For each two clips that show the same, what they show."""
    same = _same_files(before, after)
    places = {media: sorted(((clip.source * new_unit, clip) for clip in clips), key=lambda pair: pair[0])
              for media, clips in _by_media(after).items()}
    longest = {media: max(clip.span.duration * clip.speed * new_unit for _, clip in clips)
               for media, clips in places.items()}
    found: list[Stretch] = []
    for clip in before:
        start, speed = clip.source * old_unit, clip.speed * old_unit
        end = start + clip.span.duration * speed
        for media in same(clip):
            for source, other in _between(places[media], start - longest[media], end):
                pace = other.speed * new_unit
                first, last = max(start, source), min(end, source + other.span.duration * pace)
                if first < last:
                    found.append(Stretch(clip.span.start + (first - start) / speed,
                                         clip.span.start + (last - start) / speed,
                                         other.span.start + (first - source) / pace, pace / speed))
            if len(found) > MOST:
                raise TooLarge(f"the two cuts show the same in more than {MOST:,} pairs of clips",
                               remedy="conform a shorter part of the film")
    return found


def _between(places: Sequence[tuple[Fraction, Clip]], low: Fraction, high: Fraction) -> Iterator[tuple[Fraction, Clip]]:
    """Clips that begin, in their file, after ``low`` and before ``high``."""
    first = bisect_right(places, low, key=lambda pair: pair[0])
    yield from places[first:bisect_left(places, high, key=lambda pair: pair[0])]


Media = tuple[str, str]
"""What tells a file: its path, or (path empty) the name of the clip."""


def _media(clip: Clip) -> Media:
    return (clip.path, "") if clip.path else ("", clip.name)


def _by_media(clips: Iterable[Clip]) -> dict[Media, list[Clip]]:
    sorted_out: dict[Media, list[Clip]] = defaultdict(list)
    for clip in clips:
        sorted_out[_media(clip)].append(clip)
    return sorted_out


def _same_files(before: Sequence[Clip], after: Sequence[Clip]) -> Callable[[Clip], set[Media]]:
    """What tells, for a clip of the old cut, which files of the new one are its own (see the module)."""
    old_paths, new_paths = ({clip.path for clip in clips if clip.path} for clips in (before, after))
    by_file: dict[str, list[str]] = defaultdict(list)
    for path in sorted(new_paths - old_paths):
        by_file[_parts(path)[0]].append(path)
    by_name: dict[tuple[bool, str], set[Media]] = defaultdict(set)
    for clip in after:
        by_name[bool(clip.path), clip.name].add(_media(clip))

    def moved(path: str) -> set[Media]:
        alike = {other: _common(path, other) for other in by_file.get(_parts(path)[0], ())}
        most = max(alike.values(), default=0)
        return {(other, "") for other, count in alike.items() if count == most}

    known: dict[str, set[Media]] = {path: {(path, "")} if path in new_paths else moved(path) for path in old_paths}

    def same(clip: Clip) -> set[Media]:
        namesake = by_name.get((False, clip.name), set()) if clip.name else set()
        if clip.path:
            return known[clip.path] | namesake
        return namesake | (by_name.get((True, clip.name), set()) if clip.name else set())

    return same


def _parts(path: str) -> list[str]:
    """The parts of a path, the last first, in small letters, whatever divides them."""
    return path.replace("\\", "/").casefold().split("/")[::-1]


def _common(one: str, other: str) -> int:
    """How many last parts two paths share."""
    pairs = zip(_parts(one), _parts(other), strict=False)
    return next((count for count, (left, right) in enumerate(pairs) if left != right), min(len(_parts(one)),
                                                                                          len(_parts(other))))


def _joined(found: Iterable[Stretch]) -> list[Stretch]:
    """Stretches that go on in both cuts are one, whether or not there is a splice between."""
    whole: list[Stretch] = []
    for one in sorted(found, key=lambda one: (one.speed, one.new - one.old / one.speed, one.old)):
        last = whole[-1] if whole else None
        if last and last.speed == one.speed and last.at(one.old) == one.new and one.old <= last.old_end:
            whole[-1] = replace(last, old_end=max(last.old_end, one.old_end), black=last.black + one.black)
        else:
            whole.append(one)
    return whole


def _owned(found: Iterable[Stretch]) -> list[Stretch]:
    """Each moment of the new cut given to one stretch: the longest first (see the module)."""
    heap = [(_rank(one), one) for one in found]
    heapify(heap)
    starts: list[Fraction] = []
    taken: list[Stretch] = []
    while heap:
        _, one = heappop(heap)
        free = list(_free(one, starts, taken))
        if free == [one]:
            at = bisect_left(starts, one.new)
            starts.insert(at, one.new)
            taken.insert(at, one)
        else:
            for part in free:
                heappush(heap, (_rank(part), part))
    return taken


def _rank(one: Stretch) -> tuple[Fraction, Fraction, Fraction, Fraction]:
    return one.old - one.old_end, abs(one.new - one.old), one.new, one.old


def _free(one: Stretch, starts: Sequence[Fraction], taken: Sequence[Stretch]) -> Iterator[Stretch]:
    """What of ``one`` nobody has taken."""
    at, end = one.new, one.new_end
    for other in taken[max(0, bisect_right(starts, at) - 1):bisect_left(starts, end)]:
        if at < other.new:
            yield one.within_new(at, other.new) if (at, other.new) != (one.new, end) else one
        at = max(at, other.new_end)
    if at < end:
        yield one if at == one.new else one.within_new(at, end)


def _gaps(clips: Sequence[Clip]) -> list[tuple[Fraction, Fraction]]:
    """Where no clip is; the last is what lies behind them all."""
    gaps, reached = [], Fraction(0)
    for clip in clips:
        if clip.span.start > reached:
            gaps.append((reached, clip.span.start))
        reached = max(reached, clip.span.end)
    return [*gaps, (reached, FAR)]


def _black(owned: Sequence[Stretch], before: Sequence[Clip], after: Sequence[Clip]) -> list[Stretch]:
    """Black that adjoins the same picture in both cuts (see the module)."""
    old_gaps, new_gaps = _gaps(before), _gaps(after)
    by_start, by_end = dict(old_gaps), {end: start for start, end in old_gaps}
    ending, beginning = {one.new_end: one.old_end for one in owned}, {one.new: one.old for one in owned}
    ending.setdefault(Fraction(0), Fraction(0))
    found = []
    for start, end in new_gaps:
        left, old_start = Fraction(0), ending.get(start)
        if old_start is not None and old_start in by_start:
            left = min(end - start, by_start[old_start] - old_start)
            found.append(_dark(old_start, old_start + left, start))
        old_end = beginning.get(end)
        if (start, end) == new_gaps[-1]:
            if old_start != old_gaps[-1][0]:
                found.append(_dark(old_gaps[-1][0], FAR, start + left))
        elif old_end is not None and old_end in by_end:
            room = old_end - by_end[old_end] - (left if by_end[old_end] == old_start else 0)
            right = min(end - start - left, room)
            if right > 0:
                found.append(_dark(old_end - right, old_end, end - right))
    return found


def _dark(old: Fraction, old_end: Fraction, new: Fraction) -> Stretch:
    return Stretch(old, old_end, new, black=old_end - old)
