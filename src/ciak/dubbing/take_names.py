"""Which line a recorded file is of, and which take of it, by the file's name as studios write it.

``l0012.wav``, ``0012_take2.wav``, ``FILM_it_0012_T03.wav``, ``Loop 12 - tk 3.wav``, ``anello12.wav``: the line's own id
comes first, then a number that says it is a line's, then a bare one. Does not know sounds.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Named", "line_of"]

_TAKE = re.compile(r"(?<![a-z0-9])(?:take|tk|t|ciak)[ _.-]?(\d{1,4})(?![a-z0-9])")
_SAID = re.compile(r"(?<![a-z0-9])(?:loop|line|lp|ln|l|anello|an|battuta|cue|adr)[ _.-]?(\d{1,6})(?![a-z0-9])")
_BARE = re.compile(r"(?<![a-z0-9])(\d{1,6})(?![a-z0-9])")
_NUMBER = re.compile(r"[A-Za-z_-]*0*(\d+)")


@dataclass(frozen=True, slots=True)
class Named:
    """What a name says: the line's id, or None and ``why`` not; the take's number, 0 where it says none."""

    line: str | None
    take: int = 0
    why: str = ""


def line_of(stem: str, lines: Sequence[str]) -> Named:
    """The line among ``lines`` (ids) that a file called ``stem`` (without its ending) is of.

    A number that stands for more than one line is told, never guessed; so is a name with two numbers that could be.
    """
    text = stem.casefold()
    own = sorted({line for line in lines if re.search(rf"(?<![a-z0-9]){re.escape(line.casefold())}(?![a-z0-9])", text)},
                 key=len, reverse=True)
    own = [line for line in own if not any(other != line and line.casefold() in other.casefold() for other in own)]
    if len(own) > 1:
        return Named(None, why=f"its name says more than one line: {', '.join(own[:5])}")
    if own:
        return Named(own[0], _take(re.sub(re.escape(own[0].casefold()), " ", text)))
    return _numbered(text, lines)


def _numbered(text: str, lines: Sequence[str]) -> Named:
    by_number: dict[int, list[str]] = {}
    for line in lines:
        if found := _NUMBER.fullmatch(line):
            by_number.setdefault(int(found[1]), []).append(line)
    without, said = _TAKE.sub(" ", text), _TAKE.search(text)
    take = int(said[1]) if said else 0
    numbers = [found[1] for found in _SAID.finditer(without)]
    if numbers:
        take = _take(_SAID.sub(" ", text))
    else:
        numbers = [found[1] for found in _BARE.finditer(without)]
    if len(numbers) > 1 and not take and len(numbers[-1]) <= 2 < len(numbers[-2]):
        take = int(numbers.pop())
    known = [number for number in dict.fromkeys(map(int, numbers)) if number in by_number]
    if not known:
        told = f"there is no line {numbers[-1]}" if numbers else "its name says no line"
        return Named(None, why=told)
    if len(known) > 1:
        return Named(None, why=f"its name says more than one line: {', '.join(map(str, known[:5]))}")
    all_of = by_number[known[0]]
    own = [line for line in all_of if line[:1] in "lL"] or all_of
    if len(own) > 1:
        return Named(None, why=f"number {known[0]} is that of {' and '.join(own[:5])}: name it by the line's id")
    return Named(own[0], take)


def _take(text: str) -> int:
    """The take that ``text``, which says its line no longer, names: by a word, or by a short number alone."""
    found = _TAKE.search(text)
    if found:
        return int(found[1])
    rest = [one[1] for one in _BARE.finditer(text)]
    return int(rest[-1]) if len(rest) == 1 and len(rest[0]) <= 2 else 0
