"""When everything happens: shots in frames, lines in seconds, and what the projector does.

Picture and sound both ask here, so that the reels turn while they are heard. The lengths of the lines come from the
voice; all pauses are ours. Times are fractions of a second of film.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from last_reel.moment import Moment
from last_reel.script import Line, ShotScript
from last_reel.shapes import FPS, eased

__all__ = ["PAUSES", "Pause", "Plan", "PlannedShot", "Said", "planned"]


@dataclass(frozen=True, slots=True)
class Pause:
    """Seconds in a shot: before its first line, between lines, after the last."""

    before: Fraction
    between: Fraction
    after: Fraction


def _pause(before: str, between: str, after: str) -> Pause:
    return Pause(Fraction(before), Fraction(between), Fraction(after))


PAUSES: dict[str, Pause] = {
    "street": _pause("4.2", "0", "0"), "booth": _pause("0.9", "0.55", "0.45"), "tin": _pause("0.8", "0.6", "0.6"),
    "machine": _pause("0.6", "0.5", "2.5"), "beam": _pause("2.0", "0", "0.6"), "faces": _pause("0.6", "0.75", "0.7"),
    "screen": _pause("1.2", "0", "1.0"), "hall": _pause("2.3", "0", "6.2")}


@dataclass(frozen=True, slots=True)
class PlannedShot:
    """A shot by frame numbers of the film: ``first`` up to, not including, ``end``."""

    name: str
    first: int
    end: int


@dataclass(frozen=True, slots=True)
class Said:
    """A line with the time it begins and ends."""

    line: Line
    start: Fraction
    end: Fraction


@dataclass(frozen=True, slots=True)
class Plan:
    """The film's time. ``strike``, ``stop`` and ``again``: when the projector starts, runs out, starts anew."""

    shots: tuple[PlannedShot, ...]
    said: tuple[Said, ...]
    strike: float
    stop: float
    again: float

    @property
    def frames(self) -> int:
        """Length in frames."""
        return self.shots[-1].end

    @property
    def seconds(self) -> Fraction:
        """Length in seconds."""
        return Fraction(self.frames, FPS)

    def begin(self, name: str) -> Fraction:
        """When a shot begins."""
        return next(Fraction(shot.first, FPS) for shot in self.shots if shot.name == name)

    def lamp(self, time: float) -> float:
        """How bright the projector's lamp is."""
        first = eased((time - self.strike) / .8) * (1 - eased((time - self.stop) / 1.7)) ** 1.6
        return float(max(first, eased((time - self.again) / 1.6)))

    def running(self, time: float) -> float:
        """How fast the reels turn, of 1."""
        first = eased((time - self.strike) / 1.1) * (1 - eased((time - self.stop - .2) / 1.2))
        return max(first, eased((time - self.again) / 1.2))

    def moment(self, shot: PlannedShot, frame: int) -> Moment:
        """What the painter of ``shot`` is told about its ``frame``, counted from the shot's first."""
        time = (shot.first + frame) / FPS
        since = max(0.0, time - self.strike)
        turned = since - .55 if since > 1.1 else sum(
            self.running(self.strike + n / 48) / 48 for n in range(int(since * 48)))
        return Moment(frame, frame / FPS, frame / max(1, shot.end - shot.first - 1), self.lamp(time), turned,
                      time - self.again if time >= self.again else None)


def planned(shots: tuple[ShotScript, ...], lengths: Mapping[int, Fraction]) -> Plan:
    """The plan, from the length of each line by its number."""
    at, done, said = Fraction(0), [], []
    for shot in shots:
        pause, begin = PAUSES[shot.name], at
        at += pause.before
        for n, line in enumerate(shot.lines):
            at += pause.between if n else 0
            said.append(Said(line, at, at + lengths[line.number]))
            at += lengths[line.number]
        at += pause.after
        first = round(begin * FPS)
        done.append(PlannedShot(shot.name, first, round(at * FPS)))
        at = Fraction(done[-1].end, FPS)
    ends = {shot.name: Fraction(shot.end, FPS) for shot in done}
    last = said[-1]
    return Plan(tuple(done), tuple(said), float(ends["machine"]) - 2.2, float(ends["screen"]) + .55,
                float(last.end) + .5)
