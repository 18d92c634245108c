"""The booking sheet: who is needed in the studio, for which loops and for about how long.

A studio's loop (anello) is a stretch that is recorded in one go: neighbouring lines, of up to :data:`LONGEST` seconds,
cut where nobody speaks for :data:`SILENCE` or a scene ends. The estimate is the loops in which a character speaks over
the loops of an hour. Twelve loops an hour, of about thirty seconds each, is what the guidelines of a French dubbing
studio count with ("The Dubbing Process: Recording schedule", sites.google.com/site/dubbingdoublage, read in 2026); a
house has its own figure and gives it. The screenplay tells scenes where it is given: lines find theirs by their words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from fractions import Fraction
from math import ceil

from ciak.dubbing.hearing import plain
from ciak.dubbing.sheets import name_of
from ciak.errors import BadInput
from ciak.film import Cast, Dialogue, Loop, Timecode
from ciak.film.screenplay import ElementKind, Screenplay
from ciak.formats.table import Cell, Table

__all__ = ["LONGEST", "LOOPS_PER_HOUR", "SILENCE", "Booking", "booking_tables", "rings", "scenes_of"]

LOOPS_PER_HOUR = 12.0
LONGEST = Fraction(30)
SILENCE = Fraction(8)
KEYSTROKES = 50
"""Characters of a line as actors are paid for it, by the same guidelines."""


@dataclass(frozen=True, slots=True)
class Booking:
    """What the sheet counts with. ``actors``: character -> who speaks; ``scenes``: line -> scene."""

    loops_per_hour: float = LOOPS_PER_HOUR
    longest: Fraction = LONGEST
    actors: Mapping[str, str] | None = None
    scenes: Mapping[str, str] | None = None

    def __post_init__(self) -> None:
        if not 0 < self.loops_per_hour <= 1000 or not 1 <= self.longest <= 600:
            raise BadInput("a studio records more than 0 and at most 1000 loops an hour, of 1 to 600 seconds")


def rings(loops: Sequence[Loop], booking: Booking) -> list[list[Loop]]:
    """Lines in order of time as the loops of a studio. A line longer than a loop is a loop of its own."""
    made: list[list[Loop]] = []
    for loop in loops:
        last = made[-1] if made else None
        scenes = booking.scenes or {}
        if (last is None or loop.span.end - last[0].span.start > booking.longest
                or loop.span.start - max(one.span.end for one in last) > SILENCE
                or scenes.get(loop.id) != scenes.get(last[-1].id)):
            made.append([loop])
        else:
            last.append(loop)
    return made


def booking_tables(title: str, target: Dialogue, cast: Cast, start: Timecode, booking: Booking) -> tuple[Table, Table]:
    """Two tables: by character, the busiest first, and by loop in order of the film."""
    spoken = [loop for loop in target.loops if loop.text.strip()]
    made = rings(spoken, booking)
    return _by_character(title, target, cast, made, booking), _by_loop(target, cast, made, start, booking)


def _by_character(title: str, target: Dialogue, cast: Cast, made: Sequence[Sequence[Loop]],
                  booking: Booking) -> Table:
    people: dict[str, list[Loop]] = {}
    numbers: dict[str, list[int]] = {}
    for number, ring in enumerate(made, 1):
        for loop in ring:
            people.setdefault(loop.character, []).append(loop)
            if numbers.setdefault(loop.character, [0])[-1] != number:
                numbers[loop.character].append(number)
    rows: list[tuple[Cell, ...]] = []
    for character in sorted(people, key=lambda one: (-len(numbers[one]), one)):
        lines, own = people[character], numbers[character][1:]
        rows.append((name_of(cast, character), _actor(lines, character, booking), len(own), len(lines),
                     *_counts(lines), round(len(own) / booking.loops_per_hour, 2), _scenes(lines, booking),
                     _ranges(own)))
    total: tuple[Cell, ...] = ("all", "", len(made), sum(len(ring) for ring in made),
                               *_counts([loop for ring in made for loop in ring]),
                               round(sum(float(row[7]) for row in rows if isinstance(row[7], float)), 2), "", "")
    count = f"{len(made)} {'loop' if len(made) == 1 else 'loops'}"
    note = (f"{count} of up to {float(booking.longest):.0f} s; {booking.loops_per_hour:g} loops an hour; hours are of "
            "each character alone.")
    return Table(title=title, rows=tuple(rows), total=total, notes=(note,), language=target.language, wide=frozenset(
        {8, 9}), columns=("character", "actor", "loops", "lines", "pay lines", "words", "seconds", "hours", "scenes",
                          "in loops"))


def _counts(lines: Sequence[Loop]) -> tuple[int, int, float]:
    """Pay lines, words, seconds."""
    pay = sum(max(1, ceil(len(loop.text) / KEYSTROKES)) for loop in lines)
    return pay, sum(len(loop.text.split()) for loop in lines), round(float(sum(
        (loop.span.duration for loop in lines), Fraction(0))), 1)


def _actor(lines: Sequence[Loop], character: str, booking: Booking) -> str:
    """Who speaks: as it was told, else who recorded most of the chosen takes."""
    if booking.actors and character in booking.actors:
        return booking.actors[character]
    heard = [loop.take.recording.actor for loop in lines if loop.take and loop.take.recording
             and loop.take.recording.actor]
    return max(dict.fromkeys(heard), key=heard.count) if heard else ""


def _scenes(lines: Sequence[Loop], booking: Booking) -> str:
    scenes = booking.scenes or {}
    return "; ".join(dict.fromkeys(scenes[loop.id] for loop in lines if loop.id in scenes))


def _ranges(numbers: Sequence[int]) -> str:
    """``1-3, 7``."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and parts[-1][-1] == number - 1:
            parts[-1][1:] = [number]
        else:
            parts.append([number])
    return ", ".join("-".join(map(str, part)) for part in parts)


def _by_loop(target: Dialogue, cast: Cast, made: Sequence[Sequence[Loop]], start: Timecode, booking: Booking) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for number, ring in enumerate(made, 1):
        end = max(loop.span.end for loop in ring)
        people = dict.fromkeys(name_of(cast, loop.character) for loop in ring)
        rows.append((number, str(start.at(ring[0].span.start)), str(start.at(end)), len(ring),
                     sum(len(loop.text.split()) for loop in ring), round(float(end - ring[0].span.start), 1),
                     ", ".join(people), f"{ring[0].id}-{ring[-1].id}" if len(ring) > 1 else ring[0].id,
                     _scenes(ring, booking)))
    return Table(title="By loop", rows=tuple(rows), language=target.language, wide=frozenset({6, 8}), columns=(
        "loop", "in", "out", "lines", "words", "seconds", "who", "line ids", "scene"))


def scenes_of(screenplay: Screenplay, original: Dialogue) -> dict[str, str]:
    """Line -> heading of its scene, for the lines whose words stand in the screenplay, in its order; lines between two
    of the same scene are of it too."""
    words: list[str] = []
    places: list[str] = []
    scene = ""
    for element in screenplay.elements:
        if element.kind is ElementKind.HEADING:
            scene = element.text.strip()
        elif element.kind is ElementKind.DIALOGUE and scene:
            said = plain(element.text).split()
            words += said
            places += [scene] * len(said)
    asked = [(loop.id, word) for loop in original.loops for word in plain(loop.text).split()]
    matcher = SequenceMatcher(None, [word for _, word in asked], words, autojunk=False)
    found: dict[str, list[str]] = {}
    for block in matcher.get_matching_blocks():
        for step in range(block.size):
            found.setdefault(asked[block.a + step][0], []).append(places[block.b + step])
    told = {line: max(dict.fromkeys(names), key=names.count) for line, names in found.items()}
    return _between(original, told)


def _between(original: Dialogue, told: dict[str, str]) -> dict[str, str]:
    known = [told.get(loop.id) for loop in original.loops]
    for number, name in enumerate(known):
        if name is None:
            before = next((one for one in reversed(known[:number]) if one), None)
            after = next((told[loop.id] for loop in original.loops[number + 1:] if loop.id in told), None)
            known[number] = before if before == after else None
    return {loop.id: name for loop, name in zip(original.loops, known, strict=True) if name}
