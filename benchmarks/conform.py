"""Subtitles, figure F6: after a new cut, does every event stand on the frame that shows its picture?

Fifty random pairs of cuts, old and new, at 24, 25, 23.976 and 29.97 frames a second. The films here are plain lists
of frames: each frame is (file, place in the file, speed), drawn by a renderer of this judge from edits of its own
(stretches cut out, material and black inserted, shots swapped, moved, repeated, lengthened, retimed). The truth of an
event is found by looking at the frames of the new film, one by one, for what the frames of the old event show:

- the longest row of neighbouring new frames that show different frames of the event is where it must stand, first and
  last frame exactly; where two rows are equally long, the one in the longer stretch that both films show alike
  (equal again: either);
- no such frame: the event must be listed as fallen, and must not stand anywhere.

Where the old film itself showed the same frames twice, a frame does not tell which of the two it was: such an event
must stand on a row of its frames, or have fallen; it is counted apart. In no case may two events overlap that did not.

Both cuts go through files: once as OTIO with the events exact, once as EDL with the events as SRT, in milliseconds.
It uses the formats and ``ciak.film.conform`` as everybody does, and nothing of how they find their way.

    python benchmarks/conform.py [--lists 50] [--seed 20260101] [--few N]
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

import figures

RATES = ("24", "25", "24000/1001", "30000/1001")
SPEEDS = (Fraction(2), Fraction(1, 2), Fraction(3, 2), Fraction(4, 5), Fraction(4))


@dataclass(frozen=True)
class Piece:
    """A shot in a film: ``length`` frames of ``file`` from its frame ``first``; no file: black."""

    file: str
    first: int
    length: int
    speed: Fraction = Fraction(1)

    def divided(self, at: int) -> tuple[Piece, ...]:
        """Two pieces, or the whole one where the second would not begin on a frame of the file."""
        moved = at * self.speed
        if not 0 < at < self.length or moved.denominator != 1:
            return (self,)
        return replace(self, length=at), replace(self, first=self.first + int(moved), length=self.length - at)


@dataclass(frozen=True)
class Frame:
    """What one frame of a film shows."""

    file: str
    place: Fraction
    speed: Fraction


Film = list[Piece]


def rendered(film: Film) -> list[Frame | None]:
    """The film frame by frame; None is black."""
    return [Frame(piece.file, piece.first + at * piece.speed, piece.speed) if piece.file else None
            for piece in film for at in range(piece.length)]


def first_cut(chance: random.Random) -> Film:
    """An old film: shots of a few files, far enough apart in them that handles never meet."""
    film = []
    for number in range(chance.randint(8, 24)):
        if chance.random() < .05:
            film.append(Piece("", 0, chance.randint(1, 40)))
        speed = chance.choice(SPEEDS) if chance.random() < .06 else Fraction(1)
        film.append(Piece(f"reel {number % 3}.mov", 86_400 + 2_000 * number, chance.randint(6, 200), speed))
    if chance.random() < .2:
        film.insert(chance.randrange(len(film)), chance.choice(film))
    return film


def cut_at(film: Film, at: int) -> int:
    """Make a cut before frame ``at`` if one can be; the number of the piece that begins there or before."""
    reached = 0
    for number, piece in enumerate(film):
        if at < reached + piece.length:
            parts = piece.divided(at - reached)
            film[number:number + 1] = parts
            return number + len(parts) - 1
        reached += piece.length
    return len(film)


def edited(film: Film, chance: random.Random) -> Film:
    """A new film: one to eight edits of the old."""
    film = list(film)
    for step in range(chance.randint(1, 8)):
        total = sum(piece.length for piece in film)
        act = chance.choice(("out", "out", "in", "in", "black", "swap", "move", "repeat", "retime", "longer"))
        shot = chance.randrange(len(film))
        if act == "out" and total > 300:
            first = cut_at(film, chance.randrange(total - 100))
            end = cut_at(film, min(total, sum(p.length for p in film[:first]) + chance.randint(1, 100)))
            del film[first:max(first, end)]
        elif act in ("in", "black"):
            fresh = Piece("" if act == "black" else f"insert {step}.mov", 50 * step, chance.randint(1, 120))
            film.insert(cut_at(film, chance.randrange(total)), fresh)
        elif act == "swap":
            other = chance.randrange(len(film))
            film[shot], film[other] = film[other], film[shot]
        elif act == "move":
            film.insert(chance.randrange(len(film)), film.pop(shot))
        elif act == "repeat":
            film.insert(chance.randrange(len(film) + 1), film[shot])
        elif film[shot].speed == 1 and film[shot].file:
            piece = film[shot]
            if act == "retime":
                speed = chance.choice(SPEEDS)
                film[shot] = replace(piece, speed=speed, length=max(1, int(piece.length / speed)))
            elif act == "longer":
                before, after = chance.randint(0, 30), chance.randint(0, 30)
                film[shot] = replace(piece, first=piece.first - before, length=piece.length + before + after)
    return film


def drawn_events(frames: list[Frame | None], chance: random.Random) -> list[tuple[int, int]]:
    """Events of the old film, (first, end), one after the other, some touching; none on black."""
    events, at = [], chance.randint(0, 30)
    while at < len(frames):
        end = min(len(frames), at + chance.choice((1, 2, 5, 24, 48, 48, 72, 120)))
        if all(frames[at:end]):
            events.append((at, end))
        at = end + chance.choice((0, 0, 1, 2, 12, 40))
    return events


# --- the truth -------------------------------------------------------------------------------------------------

@dataclass(frozen=True)
class Truth:
    """``spans``: the (first, end) that are right, none when it must have fallen. ``sure``: False where the old film
    showed the same frames twice; then every row of its frames is right, and having fallen too."""

    kind: str
    spans: frozenset[tuple[int, int]]
    sure: bool = True


def rows(belongs: list[bool], new: list[Frame | None]) -> Iterator[tuple[int, int]]:
    """All longest rows of neighbouring frames that belong to the event and show different things."""
    first, seen = 0, {}
    for at in range(len(new) + 1):
        broken = at == len(new) or not belongs[at]
        known = None if broken else seen.get((new[at].file, new[at].place))  # type: ignore[union-attr]
        again = known is not None and known >= first
        if (broken or again) and at > first:
            yield first, at
        if broken:
            first, seen = at + 1, {}
            continue
        if again:
            first = known + 1  # type: ignore[operator]
        seen[new[at].file, new[at].place] = at  # type: ignore[union-attr]


def alike(old: list[Frame | None], new: list[Frame | None], row: tuple[int, int], event: tuple[int, int]) -> int:
    """Frames around the row that both films show alike, in one stretch with its first frame."""
    starts = [at for at in range(*event) if old[at] == new[row[0]]]
    best = 0
    for start in starts:
        down = 0
        while start - down > 0 and row[0] - down > 0 and old[start - down - 1] == new[row[0] - down - 1] is not None:
            down += 1
        up = 0
        while start + up < len(old) and row[0] + up < len(new) and old[start + up] == new[row[0] + up] is not None:
            up += 1
        best = max(best, down + up)
    return best


def truth(old: list[Frame | None], new: list[Frame | None], event: tuple[int, int]) -> Truth:
    """Where ``event`` of the old film must stand in the new one."""
    shown = [frame for frame in old[event[0]:event[1]] if frame]
    ranges = {(frame.file, frame.place, frame.place + frame.speed) for frame in shown}
    by_file: dict[str, list[tuple[Fraction, Fraction]]] = {}
    for file, low, high in ranges:
        by_file.setdefault(file, []).append((low, high))
    belongs = [frame is not None and any(low <= frame.place < high for low, high in by_file.get(frame.file, ()))
               for frame in new]
    found = list(rows(belongs, new))
    keys = Counter((frame.file, frame.place) for frame in old if frame)
    if any(keys[frame.file, frame.place] > 1 for frame in shown):
        return Truth("shown twice before", frozenset(found), sure=False)
    if not found:
        return Truth("fallen", frozenset())
    retimed = any(new[at].speed != shown[0].speed for row in found for at in range(*row))  # type: ignore[union-attr]
    sizes = {row: row[1] - row[0] for row in found}
    right = {row for row in found if sizes[row] == max(sizes.values())}
    if retimed:  # more frames, or more of what was seen: both are the larger part
        seen = {row: sum(new[at].speed for at in range(*row)) for row in found}  # type: ignore[union-attr]
        right |= {row for row in found if seen[row] == max(seen.values())}
    if len(right) > 1 and not retimed:
        near = {row: alike(old, new, row, event) for row in right}
        right = {row for row in right if near[row] == max(near.values())}
    kind = ("retimed" if retimed else "whole" if max(sizes.values()) == len(shown)
            else "trimmed" if len(found) == 1 else "split")
    return Truth("repeated, " + kind if kind == "whole" and len(found) > 1 else kind, frozenset(right))


# --- through the product ---------------------------------------------------------------------------------------

def as_cut(film: Film, rate: Any, start: str, folder: str) -> Any:
    """The film as a document of the product: one lane of picture."""
    from ciak.film import Clip, Cut, Lane, Span

    clips, at = [], 0
    for piece in film:
        if piece.file:
            clips.append(Clip(name=piece.file.split(".")[0], path=folder + piece.file, speed=piece.speed,
                              span=Span(start=rate.time(at), end=rate.time(at + piece.length)),
                              source=rate.time(piece.first)))
        at += piece.length
    return Cut(name="film", rate=str(rate), start=start, lanes=(Lane(name="V", kind="Video", clips=tuple(clips)),))


def placed(cuts: tuple[Any, Any], events: list[tuple[int, int]], rate: Any, carrier: str) -> tuple[
        dict[int, tuple[int, int]], set[int]]:
    """Conform through files of the ``carrier``: where events stand, in frames, and which are told to have fallen."""
    from ciak.film import Fallen, Span, SubtitleCue, SubtitleDocument, conform, conform_subtitles
    from ciak.formats import format_named
    from ciak.formats.edl import read_edl

    written = [format_named(carrier).write(cut) for cut in cuts]
    old, new = [read_edl(data, rate) if carrier == "edl" else format_named(carrier).read(data) for data in written]
    cues = tuple(SubtitleCue(span=Span(start=rate.time(first), end=rate.time(end)), lines=(str(number),),
                             id=str(number + 1)) for number, (first, end) in enumerate(events))
    document = SubtitleDocument(cues=cues)
    if carrier == "edl":
        read = format_named("srt").read(format_named("srt").write(document))
        document = SubtitleDocument(cues=tuple(cue.model_copy(update={"id": str(at + 1)})
                                               for at, cue in enumerate(read.cues)))
    after, notes = conform_subtitles(document, conform(old, new))
    exact = carrier != "edl"
    where = {}
    for cue in after.cues:
        ends = (cue.span.start, cue.span.end)
        if exact and any((time * rate.fps).denominator != 1 for time in ends):
            where[int(cue.text)] = (-1, -1)
        else:
            where[int(cue.text)] = (rate.nearest_frame(ends[0]), rate.nearest_frame(ends[1]))
    return where, {int(note.id) - 1 for note in notes if isinstance(note, Fallen)}


def judged(truths: list[Truth], where: dict[int, tuple[int, int]], fallen: set[int]) -> list[int]:
    """The numbers of the events that are not where they must be."""
    wrong = []
    for number, right in enumerate(truths):
        told, stands = number in fallen, where.get(number)
        good = not (right.spans and right.sure) if stands is None else stands in right.spans
        if not good or told == (stands is not None):
            wrong.append(number)
    return wrong


def overlapping(where: dict[int, tuple[int, int]]) -> int:
    """Pairs of neighbours that overlap; the events did not."""
    spans = sorted(where.values())
    return sum(left[1] > right[0] for left, right in pairwise(spans))


def main() -> int:
    """The command."""
    arguments = figures.parser(__doc__)
    arguments.add_argument("--lists", type=int, default=50)
    arguments.add_argument("--seed", type=int, default=20260101)
    chosen = arguments.parse_args()
    from ciak.film import Rate

    count = chosen.few or chosen.lists
    kinds: Counter[str] = Counter()
    misses: Counter[str] = Counter()
    first: list[dict[str, object]] = []
    overlaps = sure = 0
    for number in range(count):
        chance = random.Random(f"{chosen.seed} {number}")
        rate = Rate.parse(RATES[number % len(RATES)])
        mark = ";" if rate.dropped and chance.random() < .5 else ":"
        before = first_cut(chance)
        after = edited(before, chance)
        cuts = (as_cut(before, rate, f"01:00:00{mark}00", "old/"),
                as_cut(after, rate, f"{chance.choice(('01', '10'))}:00:00{mark}00", chance.choice(("old/", "new/x/"))))
        old, new = rendered(before), rendered(after)
        events = drawn_events(old, chance)
        truths = [truth(old, new, event) for event in events]
        for carrier in ("otio", "edl"):
            where, fallen = placed(cuts, events, rate, carrier)
            wrong = judged(truths, where, fallen)
            overlaps += overlapping(where)
            kinds.update(right.kind for right in truths)
            sure += sum(right.sure for right in truths)
            misses.update(truths[at].kind for at in wrong)
            first += [{"list": number, "carrier": carrier, "event": events[at], "right": sorted(truths[at].spans),
                       "kind": truths[at].kind, "stands": where.get(at)} for at in wrong]
    unsure = sum(kinds.values()) - sure
    missed = sum(misses.values()) - misses["shown twice before"]
    share = (sure - missed) / max(1, sure)
    found = [
        figures.Figure("subtitles F6", "events placed to the frame, or told to have fallen", share, "1", missed == 0,
                       details={"events": sure, "missed": missed, "kinds": dict(sorted(kinds.items())),
                                "missed by kind": dict(misses), "first": first[:10]}),
        figures.Figure("subtitles F6", "events whose frames were shown twice before, that stand on none of them",
                       misses["shown twice before"], "0", not misses["shown twice before"],
                       details={"events": unsure}),
        figures.Figure("subtitles F6", "pairs of events that overlap and did not", overlaps, "0", not overlaps)]
    return figures.record("conform", found, judge={"lists": count, "seed": chosen.seed, "carriers": ["otio", "edl"],
                                                   "rates": list(RATES)}, keep=not chosen.few)


if __name__ == "__main__":
    sys.exit(main())
