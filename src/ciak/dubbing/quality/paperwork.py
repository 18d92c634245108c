"""What a line's papers say of it: slot, rate, words, performance, whose voice; nothing is measured of a sound.

The words heard back are compared with the take's words anew; what the recogniser heard is the take's own, by the hash
of its sound.
"""

from __future__ import annotations

from collections.abc import Sequence

from ciak.dubbing.adaptation import LOW_CONFIDENCE, is_a_persons
from ciak.dubbing.evenness import NEAR
from ciak.dubbing.hearing import UNCLEAR, plain, word_error
from ciak.dubbing.quality.told import Basis, Check, Verdict, between, unmeasured
from ciak.dubbing.slots import FASTEST, HURRIED, SLOWEST
from ciak.film import Loop, Rate, Take, TakeKind

__all__ = ["pace_checks", "paper_checks"]

SLOTS = "Ciak: slots.py"
SAID = "Ciak: a take says its line's words"
UNEVEN = 1.15
"""How many times faster than a neighbour a line may be."""
GARBLED = 0.5
"""Word error above which more than half of a line is heard otherwise."""


def paper_checks(loop: Loop, rate: Rate) -> list[Check]:
    """The checks of one line of the dub."""
    take = loop.take
    flags = tuple(flag.code for flag in loop.flags)
    found = [Check(code="flags", verdict=Verdict.LOOK if flags else Verdict.OK, value=", ".join(flags),
                   source="Ciak: flags", why="flagged" if flags else "",
                   details={"said": "; ".join(flag.message for flag in loop.flags)[:500]} if flags else {})]
    found.append(_wording(loop))
    if take is None:
        spoken = Check(code="spoken", verdict=Verdict.LOOK, value="original", source="Ciak: every line is dubbed",
                       why="left-original" if loop.text.strip() else "no-words")
        return [spoken, *found]
    return [*found, _slot(loop, take, rate), *_rate(take), _heard(take), _current(loop, take), *_performance(take)]


def _slot(loop: Loop, take: Take, rate: Rate) -> Check:
    """Milliseconds that the take goes past its slot, or begins before it; up to two frames are looked at."""
    if loop.slot is None:
        return unmeasured("slot", "no-slot")
    over = 1000 * max(float(take.span.end - loop.slot.end), float(loop.slot.start - take.span.start), 0.0)
    most = 2000 / float(rate.fps)
    verdict = Verdict.FAIL if over > most + 1 else Verdict.LOOK if over > 1 else Verdict.OK
    return Check(code="slot", verdict=verdict, value=round(over, 1), unit="ms", most=round(most, 1), source=SLOTS,
                 why="past-slot" if over > 1 else "", details={"filled": _share(take, loop)})


def _share(take: Take, loop: Loop) -> float:
    whole = float(loop.slot.duration) if loop.slot else 0.0
    return round(float(take.span.duration) / whole, 3) if whole else 0.0


def _rate(take: Take) -> list[Check]:
    if take.kind is not TakeKind.SYNTHETIC:
        return [unmeasured("rate", "a-persons-pace")]
    verdict = (Verdict.FAIL if take.rate > float(HURRIED) + 0.01
               else between(take.rate, float(SLOWEST) - 0.005, float(FASTEST) + 0.005, Verdict.LOOK))
    return [Check(code="rate", verdict=verdict, value=round(take.rate, 3), unit="x", least=float(SLOWEST),
                  most=float(FASTEST), source=SLOTS, why="" if verdict is Verdict.OK else "unnatural")]


def pace_checks(loops: Sequence[Loop]) -> dict[str, Check]:
    """Of each synthetic line, how much faster or slower it is than its neighbours: the nearest of the same character
    within :data:`ciak.dubbing.evenness.NEAR`."""
    found: dict[str, Check] = {}
    spoken = [(loop, loop.take) for loop in loops if loop.take and loop.take.kind is TakeKind.SYNTHETIC]
    for number, (loop, take) in enumerate(spoken):
        near = [[other for one, other in part if one.character == loop.character and _near(one, loop)][:1]
                for part in (spoken[:number][::-1], spoken[number + 1:])]
        ratios = [max(take.rate / one.rate, one.rate / take.rate) for side in near for one in side]
        if not ratios:
            found[loop.id] = unmeasured("pace", "no-neighbour")
            continue
        verdict = between(max(ratios), None, UNEVEN + 0.005, Verdict.LOOK)
        found[loop.id] = Check(code="pace", verdict=verdict, value=round(max(ratios), 3), unit="x", most=UNEVEN,
                               source="Ciak: evenness.py", why="" if verdict is Verdict.OK else "uneven")
    return found


def _near(one: Loop, other: Loop) -> bool:
    first, last = sorted((one, other), key=lambda loop: loop.span.start)
    return float(last.span.start - first.span.end) <= NEAR


def _heard(take: Take) -> Check:
    error = word_error(take.text, take.heard) if take.heard is not None else None
    if error is None or take.heard is None:
        return unmeasured("words-heard", "not-heard-back")
    few = len(take.text.split()) <= 2
    verdict = (Verdict.OK if error <= UNCLEAR else Verdict.FAIL if error > GARBLED and not few else Verdict.LOOK)
    return Check(code="words-heard", verdict=verdict, value=error, unit="ratio", most=UNCLEAR, basis=Basis.FILM,
                 source="Ciak: hearing.py", why="" if verdict is Verdict.OK else "heard-otherwise",
                 details={} if verdict is Verdict.OK else {"heard": take.heard[:300]})


def _current(loop: Loop, take: Take) -> Check:
    same = plain(take.text) == plain(loop.text)
    if same:
        return Check(code="words-current", verdict=Verdict.OK, value="same", source=SAID)
    return Check(code="words-current", verdict=Verdict.FAIL, value="changed", source=SAID, why="words-changed",
                 details={"take": take.text[:300]})


def _wording(loop: Loop) -> Check:
    source = "Ciak: adaptation.py"
    if is_a_persons(loop) or loop.origin == "memory":
        return Check(code="wording", verdict=Verdict.OK, value=loop.origin or "person", source=source, why="a-persons")
    if loop.confidence is None:
        return unmeasured("wording", "no-confidence")
    verdict = between(loop.confidence, LOW_CONFIDENCE, None, Verdict.LOOK)
    return Check(code="wording", verdict=verdict, value=loop.confidence, unit="ratio", least=LOW_CONFIDENCE,
                 source=source, why="" if verdict is Verdict.OK else "doubted")


def _performance(take: Take) -> list[Check]:
    if take.kind is not TakeKind.SYNTHETIC:
        return [unmeasured("performance", "an-actors")]
    if take.performance is None:
        return [unmeasured("performance", "not-asked")]
    source = "Ciak: the film's own setting"
    return [Check(code="performance", verdict=Verdict.LOOK if take.plain else Verdict.OK, value=take.performance,
                  unit="ratio", source=source, why="carried-less" if take.plain else "",
                  details={"said": take.plain[:300]} if take.plain else {})]
