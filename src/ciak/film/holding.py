"""What becomes of subtitles that a person set by hand (:class:`HeldSubtitles`) when lines are edited.

They move with their line, are divided and joined with it where that can be done without a choice, and are let go when
the words that they were made for are others, which a flag tells. Lines that share subtitles keep or lose them together.
Does not know how the others are spotted, nor any client's rules.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise

from ciak.errors import BadInput
from ciak.film.held import LONGEST_LINE, HeldSubtitle, HeldSubtitles
from ciak.film.language import Flag, Loop
from ciak.film.time import Span

__all__ = ["LET_GO", "checked", "conformed", "divided", "joined", "let_go", "moved", "set_by_hand", "settled",
           "standing"]

LET_GO = "subtitles-let-go"
"""Code of the flag of a line whose subtitles could not be held."""
_FLAG = Flag(code=LET_GO, message="subtitles that were set by hand did not fit any more: they follow the line again")


def standing(loops: Iterable[Loop]) -> dict[str, HeldSubtitles]:
    """Loop id -> the subtitles that are held for it: those whose words are still the loop's, as are those of all loops
    that share them."""
    found = {loop.id: loop.subtitles for loop in loops if loop.subtitles is not None
             and loop.subtitles.text == loop.text}
    while void := [name for name, held in found.items()
                   if not all(other in found and name in found[other].shared for other in held.shared)]:
        for name in void:
            del found[name]
    return found


def settled(loops: Sequence[Loop]) -> list[Loop]:
    """``loops`` without subtitles that do not stand; a flag tells of each loop that loses some."""
    if all(loop.subtitles is None for loop in loops):
        return list(loops)
    stand = standing(loops)
    return [loop if loop.subtitles is None or loop.id in stand else _released(loop) for loop in loops]


def _released(loop: Loop) -> Loop:
    flags = tuple(flag for flag in loop.flags if flag.code != LET_GO)
    return loop.model_copy(update={"subtitles": None, "flags": (*flags, _FLAG)})


def checked(shown: Sequence[HeldSubtitle]) -> tuple[HeldSubtitle, ...]:
    """``shown`` in order of time. Raises :class:`BadInput` for lines that are none, and for times that no subtitles
    can have."""
    ordered = tuple(sorted(shown, key=lambda one: (one.span.start, one.span.end)))
    last = Fraction(0)
    for one in ordered:
        if one.span.start < last or one.span.end <= one.span.start:
            raise BadInput(f"no subtitle of this line is shown from {float(one.span.start):.3f} to "
                           f"{float(one.span.end):.3f} s", remedy="give each a stretch of its own that is not empty")
        last = one.span.end
        for line in one.lines:
            if line.strip() != line or not line or len(line) > LONGEST_LINE:
                raise BadInput(f"a line of a subtitle has 1 to {LONGEST_LINE} characters, without blanks around them",
                               remedy="break it into lines")
            if any(unicodedata.category(sign) in ("Cc", "Cs") for sign in line):
                raise BadInput("a line of a subtitle holds a control character", remedy="write plain text")
    return ordered


def set_by_hand(loops: Sequence[Loop], shown: Sequence[HeldSubtitle]) -> list[Loop]:
    """``loops``, in order of time, sharing the subtitles ``shown``: the first has them. Raises as :func:`checked`."""
    ordered = checked(shown)
    names = [loop.id for loop in loops]
    made = []
    for number, loop in enumerate(loops):
        held = HeldSubtitles(text=loop.text, shown=() if number else ordered,
                             shared=tuple(name for name in names if name != loop.id))
        flags = tuple(flag for flag in loop.flags if flag.code != LET_GO)
        made.append(loop if (held, flags) == (loop.subtitles, loop.flags)
                    else loop.model_copy(update={"subtitles": held, "flags": flags}))
    return made


def let_go(loops: Sequence[Loop], name: str) -> frozenset[str]:
    """The ids of the loops that follow their words again when ``name`` does: itself, and all that share with it."""
    held = {loop.id: loop.subtitles for loop in loops if loop.subtitles is not None}
    found, new = {name}, {name}
    while new:
        new = {other for one in new if one in held for other in held[one].shared} - found
        found |= new
    return frozenset(found & held.keys())


def moved(held: HeldSubtitles | None, old: Span, new: Span) -> HeldSubtitles | None:
    """Of a line that was at ``old`` and is at ``new``: what is only moved takes its subtitles along, as far as the film
    begins before them; what is trimmed leaves them where they are."""
    if held is None or not held.shown or new.duration != old.duration or new.start == old.start:
        return held
    by = max(new.start - old.start, -held.shown[0].span.start)
    return _retimed(held, lambda span: span.shifted(by))


def _retimed(held: HeldSubtitles, place: Callable[[Span], Span]) -> HeldSubtitles:
    return held.model_copy(update={"shown": tuple(
        one.model_copy(update={"span": place(one.span)}) for one in held.shown)})


def conformed(held: HeldSubtitles, where: Mapping[Span, Span | None]) -> HeldSubtitles | None:
    """Of a line that the new cut does not show whole: each subtitle ``where`` its picture is now; None where one has no
    picture any more, or they would run into each other."""
    places = [where[one.span] for one in held.shown]
    spans = [place for place in places if place is not None]
    orderly = all(there.start >= here.end for here, there in pairwise(spans))
    if len(spans) < len(places) or not orderly:
        return None
    return held.model_copy(update={"shown": tuple(
        one.model_copy(update={"span": span}) for one, span in zip(held.shown, spans, strict=True))})


def divided(held: HeldSubtitles | None, texts: tuple[str, str]) -> tuple[HeldSubtitles, HeldSubtitles] | None:
    """The subtitles of a line that becomes two with those ``texts``; None where no subtitle ends with the words of the
    first, or where other lines share them."""
    if held is None or held.shared:
        return None
    wanted = texts[0].split()
    said: list[str] = []
    for number, one in enumerate(held.shown, 1):
        said += " ".join(one.lines).split()
        if said == wanted:
            halves = held.shown[:number], held.shown[number:]
            return (HeldSubtitles(text=texts[0], shown=halves[0]), HeldSubtitles(text=texts[1], shown=halves[1]))
    return None


def joined(first: Loop, second: Loop, text: str) -> HeldSubtitles | None:
    """The subtitles of ``first`` and ``second`` become one line with that ``text``; None unless both have some."""
    one, other = first.subtitles, second.subtitles
    if one is None or other is None:
        return None
    shared = dict.fromkeys(name for name in (*one.shared, *other.shared) if name not in (first.id, second.id))
    shown = sorted((*one.shown, *other.shown), key=lambda each: each.span.start)
    if shared and not one.shown:
        return None
    return HeldSubtitles(text=text, shown=tuple(shown), shared=tuple(shared))
