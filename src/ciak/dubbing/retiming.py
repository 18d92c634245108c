"""Retiming: starts and ends moved so that as few rules as possible are broken, by as little as possible.

Subtitles of one edge of the picture are a chain: what one end allows depends on the next start alone. Dynamic
programming over the frames that each start and end can reach (half a second, an end up to three seconds later) finds
the best of all choices, not the first that helps. What counts: first the number of broken rules; then frames that a
text lacks to be read and that two subtitles overlap; then how far anything moves, where the guidelines' own place by
a shot change is the nearest. A subtitle that breaks no rule costs nothing where it stands.

Asked again of its own outcome it may reach further; each time that it changes anything, what is counted first and
second has become less, so that it comes to rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ciak.dubbing.terms import Terms

__all__ = ["Timed", "retimed"]

_Ints = NDArray[np.int64]
_RULE = 10**9
"""What a broken rule costs: more than all moves of a film together."""
_NEVER = 2**60
_UNREAD, _OVERLAP = 3, 20
"""What a frame costs that a text lacks to be read, or that two subtitles share."""
_AWAY, _EARLY = 16, 12
"""What a frame costs by which a start is moved, or an end comes early; one by which an end comes late costs 1."""


class Timed(NamedTuple):
    """A subtitle as its times concern it: frames ``first`` to ``end``, ``read`` characters; ``fixed``: not to move."""

    first: int
    end: int
    read: int
    fixed: bool = False


class _Choice(NamedTuple):
    """What a subtitle can be: starts, ends, and the cost of each pair, apart from its neighbours."""

    starts: _Ints
    ends: _Ints
    cost: _Ints


def retimed(chain: Sequence[Timed], terms: Terms, tick: Callable[[], None] = lambda: None) -> list[Timed]:
    """The chain (in order of time, one edge of the picture) with the best times that are in reach of these. ``tick`` is
    called for each subtitle that may move, and may raise."""
    return [one for part in _parts(chain, terms)
            for one in (part if _at_rest(part, terms) else _best(part, terms, tick))]


def _parts(chain: Sequence[Timed], terms: Terms) -> Iterator[list[Timed]]:
    """The chain parted where no choice on one side touches any on the other."""
    part: list[Timed] = []
    for one in chain:
        if part and one.first - terms.reach - part[-1].end - _later(part[-1], terms) >= max(terms.gap, terms.chain):
            yield part
            part = []
        part.append(one)
    if part:
        yield part


def _at_rest(part: Sequence[Timed], terms: Terms) -> bool:
    """Whether no rule is broken: then nothing can be better than to stay."""
    return all(one.end - one.first >= max(terms.shortest, terms.needed(one.read))
               and one.end - one.first <= terms.longest and terms.good_start(one.first) and terms.good_end(one.end)
               for one in part) and all(terms.good_gap(there.first - here.end) for here, there in pairwise(part))


def _best(chain: Sequence[Timed], terms: Terms, tick: Callable[[], None]) -> list[Timed]:
    choices: list[_Choice] = []
    for one in chain:
        tick()
        choices.append(_choice(one, terms))
    total: _Ints = np.zeros(0, np.int64)
    back: list[tuple[_Ints, _Ints]] = []
    for number, choice in enumerate(choices):
        tick()
        if number:
            links = _links(choice.starts, choices[number - 1].ends, terms) + total[None, :]
            came = links.argmin(axis=1)
            entry = links[np.arange(len(came)), came]
        else:
            came, entry = np.zeros(len(choice.starts), np.int64), np.zeros(len(choice.starts), np.int64)
        whole = choice.cost + entry[:, None]
        begun = whole.argmin(axis=0)
        total = whole[begun, np.arange(len(begun))]
        back.append((begun, came))
    out: list[Timed] = []
    at = int(total.argmin()) if len(total) else 0
    for number in range(len(chain) - 1, -1, -1):
        begun, came = back[number]
        start = int(begun[at])
        out.append(chain[number]._replace(first=int(choices[number].starts[start]), end=int(choices[number].ends[at])))
        at = int(came[start])
    return out[::-1]


def _choice(one: Timed, terms: Terms) -> _Choice:
    """Where a subtitle can stand. The place where it stands comes first, so that ties leave it there."""
    if one.fixed:
        starts, ends = np.array([one.first]), np.array([one.end])
        return _Choice(starts, ends, _own(starts, ends, one, terms))
    wanted, due = terms.start_wanted(one.first), terms.end_wanted(one.end)
    starts = _around(one.first, min(one.first - terms.reach, wanted), max(one.first + terms.reach, wanted))
    low = min(one.end - terms.reach, one.first + terms.longest - terms.reach, due)
    ends = _around(one.end, max(low, one.first + 1), one.end + _later(one, terms))
    cost = _own(starts, ends, one, terms)
    away = 1 + _AWAY * np.abs(starts - wanted)
    away[0] = 0
    late = ends - due
    stretch = 1 + np.where(late < 0, -_EARLY * late, late)
    stretch[0] = 0
    return _Choice(starts, ends, cost + away[:, None] + stretch[None, :])


def _later(one: Timed, terms: Terms) -> int:
    """How much later the end may be put: what is long enough, and far from shot changes, gains nothing by more."""
    lack = max(0, terms.shortest - (one.end - one.first), terms.needed(one.read) - (one.end - one.first))
    enough = min(terms.extended, 2 * terms.reach + lack)
    if terms.cut_within(one.end - terms.half, one.end + enough + terms.half):
        enough = terms.extended
    return enough if terms.last is None else max(0, min(enough, terms.last - one.end))


def _around(here: int, low: int, high: int) -> _Ints:
    low = max(0, low)
    every = np.arange(low, max(high, low) + 1)
    others: _Ints = every[every != here]
    return np.concatenate([np.array([here]), others])


def _own(starts: _Ints, ends: _Ints, one: Timed, terms: Terms) -> _Ints:
    """Cost of the rules that a subtitle breaks alone, for each start and end."""
    length = ends[None, :] - starts[:, None]
    needed = terms.needed(one.read)
    broken = (length < terms.shortest).astype(np.int64) + (length > terms.longest) + (length < needed)
    if terms.cuts:
        broken += terms.bad_starts(starts)[:, None]
        broken += terms.bad_ends(ends)[None, :]
    cost: _Ints = _RULE * broken + _UNREAD * np.maximum(0, needed - length)
    cost[length < 1] = _NEVER
    return cost


def _links(starts: _Ints, ends: _Ints, terms: Terms) -> _Ints:
    """Cost of the gap between each end before and each start; shape (starts, ends)."""
    gaps = starts[:, None] - ends[None, :]
    good = (gaps == terms.gap) | (gaps >= max(terms.gap, terms.chain))
    cost: _Ints = _RULE * (~good).astype(np.int64) + _OVERLAP * np.maximum(0, -gaps)
    return cost
