"""Slots: how much room a dubbed line has, and which way of saying it fits.

A slot is the source speech and the silence after it, to two frames before the next line. A voice sounds natural
between ``SLOWEST`` and ``FASTEST`` (natural length over spoken length: .77 to 1.33, where the word error of the
embedded voice stays at its unhurried value), so the choice is: the most trusted wording that fits at such a
rate, spoken as long as the original speaks where that is comfortable. A line that cannot fit is flagged for a
person; it is spoken as fast as the slot asks up to ``HURRIED``, and left in the original beyond.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from ciak.film import Flag, Loop, Rate, Reason, Span, Variant

__all__ = ["FASTEST", "HURRIED", "SLOWEST", "Fit", "at_rate", "choose", "rates_in",
           "slots", "weighed", "with_pauses"]

SLOWEST, FASTEST, HURRIED = Fraction(77, 100), Fraction(133, 100), Fraction(18, 10)
EASY = (Fraction(9, 10), Fraction(112, 100))
"""Rates that nobody notices; a line keeps to them while the slot lets it."""
GRID = 24000
"""Spoken lengths are whole samples at this rate, Hz."""
TAIL = Fraction(3)
"""Silence that the last line of a film may use when the film's length is not known, seconds."""


def slots(loops: Sequence[Loop], rate: Rate, end: Fraction | None) -> list[Span]:
    """The slot of each loop. ``loops`` in time order; ``end``: length of the film, seconds."""
    gap = rate.time(2)
    out = []
    for index, loop in enumerate(loops):
        if index + 1 < len(loops):
            limit = loops[index + 1].span.start - gap
        else:
            limit = end if end is not None else loop.span.end + TAIL
        out.append(Span(start=loop.span.start, end=max(limit, loop.span.start)))
    return out


@dataclass(frozen=True, slots=True)
class Fit:
    """The wording chosen and how long it is to be spoken. ``length`` None: there is no room to speak it."""

    variant: Variant
    length: Fraction | None
    rate: float
    flag: Flag | None = None


def choose(variants: Sequence[Variant], source: Fraction, slot: Fraction) -> Fit:
    """The best of ``variants`` (each with its natural ``length``) for ``source`` seconds of original speech.

    Variants come best first. A later one is taken only where every better one would not fit the slot.
    """
    fitting = [variant for variant in variants if _length(variant) <= slot * FASTEST]
    if fitting:
        best = min(fitting, key=lambda variant: (_unease(variant, source, slot), variants.index(variant)))
        length = _spoken(_length(best), source, slot)
        return Fit(best, length, float(_length(best) / length) if length else 1.0)
    shortest = min(variants, key=_length)
    needed = float(_length(shortest) / slot) if slot else float("inf")
    if needed > HURRIED:
        return Fit(shortest, None, needed, Flag(
            code="no-room", message=f"needs {float(_length(shortest)):.2f} s, the slot has {float(slot):.2f} s: "
                                    "left in the original; shorten it or move the next line"))
    return Fit(shortest, _on_grid(slot), needed, Flag(
        code="too-fast", message=f"spoken at {needed:.2f} times the natural rate: shorten it by "
                                 f"about {1 - float(FASTEST) / needed:.0%}"))


_OF_LENGTH = frozenset({"easy", "hurried", "too-long"})


def weighed(variant: Variant, source: Fraction, slot: Fraction) -> Variant:
    """``variant`` with the reason that its length is: the rate at which it would be spoken for ``source`` seconds of
    original speech, and whether it is easy, hurried, or ``too-long`` for the slot at any natural rate."""
    if variant.length is None:
        return variant
    if _length(variant) > slot * FASTEST:
        rate, code = float(_length(variant) / slot) if slot else float("inf"), "too-long"
    else:
        length = _spoken(_length(variant), source, slot)
        rate = float(_length(variant) / length) if length else 1.0
        code = "hurried" if rate > float(EASY[1]) + 0.01 else "easy"
    others = tuple(reason for reason in variant.reasons if reason.code not in _OF_LENGTH)
    return variant.model_copy(update={"reasons": (*others, Reason(code=code, about=f"{rate:.2f}"))})


def rates_in(fit: Fit, slot: Fraction) -> tuple[float, float]:
    """Between which natural rates the wording of ``fit`` may be spoken in ``slot`` seconds."""
    natural = _length(fit.variant)
    return max(float(SLOWEST), float(natural / slot) if slot else float("inf")), float(FASTEST)


def at_rate(fit: Fit, rate: float, slot: Fraction) -> Fit:
    """``fit`` spoken at ``rate``, as far as ``slot`` seconds hold it."""
    length = _on_grid(min(_length(fit.variant) / Fraction(rate).limit_denominator(10**6), slot))
    return Fit(fit.variant, length, float(_length(fit.variant) / length) if length else fit.rate, fit.flag)


def with_pauses(fit: Fit, pauses: Fraction, source: Fraction, slot: Fraction) -> Fraction:
    """How long a line is spoken that fits and has ``pauses``, seconds, inside: longer by them, as far as the original
    and the slot last, and not beyond the slowest rate."""
    assert fit.length is not None
    longest = min(source, slot, _length(fit.variant) / SLOWEST)
    return max(fit.length, _on_grid(min(fit.length + pauses, longest)))


def _length(variant: Variant) -> Fraction:
    return variant.length if variant.length is not None else Fraction(0)


def _unease(variant: Variant, source: Fraction, slot: Fraction) -> float:
    """How far the rate strays from easy, in steps coarse enough that trust decides between near equals."""
    length = _spoken(_length(variant), source, slot)
    rate = float(_length(variant) / length) if length else 1.0
    return round(max(0.0, rate - float(EASY[1]), float(EASY[0]) - rate) * 4) / 4


def _spoken(natural: Fraction, source: Fraction, slot: Fraction) -> Fraction:
    """Spoken length: the original's, as far as the rate stays easy, then as far as the slot forces."""
    wanted = min(max(source, natural / EASY[1]), natural / EASY[0])
    length = min(max(min(wanted, slot), natural / FASTEST), natural / SLOWEST)
    return _on_grid(min(length, slot))


def _on_grid(length: Fraction) -> Fraction:
    """``length`` in whole samples, not longer."""
    return Fraction(int(length * GRID), GRID)
