"""New lines come in around those that a person edited by hand, never over them.

A person's line (:func:`by_hand`) stays as it is, to the last field. A new line that it covers by more than half of the
shorter of the two falls and is told; one that it covers by less gives way at that end. New lines that lie where a line
was before take its id, so that translations stay with them; a line that nothing new replaces is kept only
where its translation was edited by hand. Other lines of an earlier run, or of a file given earlier, go. What a person
said of how a line is heard goes over to the line that takes its place (:func:`heard_as_said`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from fractions import Fraction
from itertools import count

from ciak.film import Loop, Span, Word
from ciak.film.editing import in_order

__all__ = ["by_hand", "heard_as_said", "merged"]


def by_hand(loop: Loop) -> bool:
    """Whether a person wrote the loop in its place, set its subtitles, or locked it."""
    return loop.locked or loop.origin == "person" or loop.subtitles is not None


def merged(new: Sequence[Loop], existing: Sequence[Loop], held: Collection[str] = ()) -> tuple[tuple[Loop, ...],
                                                                                               list[str]]:
    """``existing`` with ``new`` lines around what a person edited, in film order, and a note for each that fell.

    ``held``: ids whose translation was edited by hand. No loop of ``existing`` for which :func:`by_hand` holds changes.
    """
    mine = [loop for loop in existing if by_hand(loop)]
    notes: list[str] = []
    fitting = list(_around(new, mine, notes))
    fitting = _named(fitting, existing, {loop.id for loop in mine})
    orphans: list[Loop] = []
    while True:  # a new line that has the name of a held one may fall to another that stays: then that one stays too
        told: list[str] = []
        kept = list(_around(fitting, orphans, told))
        used = {loop.id for loop in (*kept, *mine, *orphans)}
        lost = [loop for loop in existing if loop.id in held and loop.id not in used]
        if not lost:
            break
        orphans += lost
    notes += [f"the line at {float(loop.span.start):.2f} s stays, its translation was edited: {loop.text[:60]!r}"
              for loop in orphans]
    return in_order([*mine, *orphans, *kept]), [*notes, *told]


def heard_as_said(new: Sequence[Loop], existing: Sequence[Loop]) -> tuple[Loop, ...]:
    """``new`` with what a person said, of the line of ``existing`` that each covers most, of how the voice is heard."""
    said = [loop for loop in existing if loop.sung_origin == "person"
            or (loop.presence is not None and loop.presence.origin == "person")]
    return tuple(loop if not said or by_hand(loop)
                 else _as_said(loop, max(said, key=lambda other: other.span.overlap(loop.span)))
                 for loop in new)


def _as_said(loop: Loop, before: Loop) -> Loop:
    if loop.span.overlap(before.span) * 2 <= min(loop.span.duration, before.span.duration):
        return loop
    update: dict[str, object] = {}
    if before.presence is not None and before.presence.origin == "person":
        update["presence"] = before.presence
    if before.sung_origin == "person":
        update |= {"sung": before.sung, "sung_origin": "person"}
    return loop.model_copy(update=update)


def _around(new: Sequence[Loop], mine: Sequence[Loop], notes: list[str]) -> Iterator[Loop]:
    """``new`` without what ``mine`` covers."""
    order = sorted(mine, key=lambda loop: loop.span.start)
    longest = max((loop.span.duration for loop in order), default=Fraction(0))
    at = 0
    for loop in sorted(new, key=lambda one: one.span.start):
        while at < len(order) and order[at].span.start < loop.span.start - longest:
            at += 1
        span: Span | None = loop.span
        for other in order[at:]:
            if span is None or other.span.start >= loop.span.end:
                break
            span = _left(span, loop.span, other.span)
        if span is not None:
            yield loop if span == loop.span else loop.model_copy(update={"span": span, "words": _cut(loop.words, span)})
            continue
        notes.append(f"your line at {float(loop.span.start):.2f} s stays, the new one there falls: {loop.text[:60]!r}")


def _left(span: Span, whole: Span, other: Span) -> Span | None:
    """What ``other`` leaves of ``span``, part of ``whole``; None where it covers too much."""
    if whole.overlap(other) * 2 > min(whole.duration, other.duration) or whole == other:
        return None
    if span.overlap(other) == 0:
        return span
    if other.start <= span.start:
        return Span(start=other.end, end=span.end) if other.end < span.end else None
    return Span(start=span.start, end=other.start)


def _cut(words: Sequence[Word], span: Span) -> tuple[Word, ...]:
    """The words within ``span``."""
    return tuple(word.model_copy(update={"span": Span(
        start=min(max(word.span.start, span.start), span.end), end=min(max(word.span.end, span.start), span.end))})
        for word in words)


def _named(new: Sequence[Loop], existing: Sequence[Loop], taken: Collection[str]) -> list[Loop]:
    """``new`` under the ids of what lay there before, else under ids that nothing had."""
    before = sorted((loop for loop in existing if loop.id not in taken), key=lambda loop: loop.span.start)
    used = set(taken)
    known = {loop.id for loop in existing}
    numbers = (f"L{number:04}" for number in count(1))
    named = []
    for loop in new:
        there = max((other for other in before if other.id not in used and other.span.overlap(loop.span) > 0),
                    key=lambda other: other.span.overlap(loop.span), default=None)
        if there is not None and there.span.overlap(loop.span) * 2 > min(there.span.duration, loop.span.duration):
            name = there.id
        else:
            name = next(number for number in numbers if number not in known)
        used.add(name)
        named.append(loop.model_copy(update={"id": name}))
    return named
