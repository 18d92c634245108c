"""Fixing subtitles: what breaks a profile's rules is mended as far as it can be without losing a word.

In order: marks (ellipses, dashes, blanks) and line breaks; then times, all at once (:mod:`ciak.dubbing.retiming`);
then, for what is still wrong, a subtitle is divided where its text or its length asks for it, or joined with its
neighbour where time is short, whenever that leaves fewer rules broken around it. What remains is told with its cause.
A document that was fixed is fixed: a second run changes nothing. Subtitles that a person set by hand (``held``) keep
words and times; the others give way, and what they break is told.

It does not know what is spoken when: a start moves by half a second at most, and further only where neither that nor
a division nor a joining was enough. Text is never shortened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from ciak.dubbing.checking import broken_times, broken_words, edges, letters
from ciak.dubbing.profile import Profile
from ciak.dubbing.retiming import Timed, retimed
from ciak.dubbing.terms import Terms
from ciak.dubbing.wording import divided, folded, joined_text, marked, ways_to_divide
from ciak.film import Rate, Span, SubtitleCue, SubtitleDocument

__all__ = ["Fixed", "Mended", "Rest", "fix", "mended"]

Tick = Callable[[float], None]

_AROUND = 4
"""Neighbours on each side that may move while a division or a joining is tried."""
_TRIED = 40
"""Places at which a division is tried, the best first."""
_ROUNDS = 60


@dataclass(frozen=True, slots=True)
class Rest:
    """A rule that is still broken: ``cue`` counts from 1 in the fixed document, ``code`` is stable, ``cause`` for
    people."""

    cue: int
    rule: str
    code: str
    cause: str


@dataclass(frozen=True, slots=True)
class Fixed:
    """The document as it is now, what is left, and how many cues have times or lines that none had before."""

    document: SubtitleDocument
    rest: tuple[Rest, ...]
    moved: int
    reworded: int
    divided: int
    joined: int


class Mended(NamedTuple):
    """The document as it is now; how many cues were divided, and how many joined."""

    document: SubtitleDocument
    divided: int
    joined: int


@dataclass(frozen=True, slots=True)
class _Event:
    """A cue while it is worked on, by frames."""

    first: int
    end: int
    cue: SubtitleCue

    @property
    def timed(self) -> Timed:
        return Timed(self.first, self.end, letters(self.cue.lines), fixed=self.cue.held)


_Change = tuple[int, int, list[_Event]]
"""Events in place of ``chain[start:end]``."""


def fix(document: SubtitleDocument, profile: Profile, rate: Rate, cuts: Iterable[int] = (), *,
        last: int | None = None) -> Fixed:
    """Mend what can be mended. ``cuts``: frames of the shot changes; ``last``: the frame after the film's last.

    Times of the result lie on the frame grid where they were moved; a cue that breaks nothing keeps its exact times.
    """
    cuts = tuple(cuts)
    done = mended(document, profile, rate, cuts, last=last)
    cues = done.document.cues
    spans, lines = ({getattr(cue, what) for cue in document.cues} for what in ("span", "lines"))
    return Fixed(done.document, tuple(_rest(cues, Terms(profile, rate, document.language, cuts, last))),
                 moved=sum(cue.span not in spans for cue in cues), reworded=sum(cue.lines not in lines for cue in cues),
                 divided=done.divided, joined=done.joined)


def mended(document: SubtitleDocument, profile: Profile, rate: Rate, cuts: Iterable[int] = (), *,
           last: int | None = None, tick: Tick = lambda done: None) -> Mended:
    """As :func:`fix`, without what is left. ``tick`` is called for each cue, and may raise."""
    terms = Terms(profile, rate, document.language, cuts, last)
    events: list[_Event] = []
    counts = [0, 0]
    for group in edges(document.cues):
        chain = []
        for cue in (document.cues[number] for number in group):
            tick(0.0)
            chain.append(_Event(rate.nearest_frame(cue.span.start), rate.nearest_frame(cue.span.end),
                                cue if cue.held else folded(marked(cue, profile), profile, terms.language)))
        events += _at_best(chain, terms, counts, tick)
    events.sort(key=lambda event: (event.first, event.end))
    return Mended(document.model_copy(update={"cues": tuple(_placed(event, rate) for event in events)}), *counts)


def _placed(event: _Event, rate: Rate) -> SubtitleCue:
    span = event.cue.span
    if (rate.nearest_frame(span.start), rate.nearest_frame(span.end)) == (event.first, event.end):
        return event.cue
    return event.cue.model_copy(update={"span": Span(start=rate.time(event.first), end=rate.time(event.end))})


def _at_best(chain: list[_Event], terms: Terms, counts: list[int], tick: Tick) -> list[_Event]:
    """One edge of the picture: times, then divisions and joinings, again as long as any of it helps."""
    for done in range(_ROUNDS):
        def each(done: int = done) -> None:
            tick(done / _ROUNDS)

        laid = sorted(_retimed(chain, terms, tick=each), key=lambda event: (event.first, event.end))
        changes = _changes(laid, terms, each)
        if laid == chain and not changes:
            break
        for start, end, events in reversed(changes):
            laid[start:end] = events
            counts[len(events) < end - start] += 1
        chain = laid
    return chain


def _changes(chain: Sequence[_Event], terms: Terms, tick: Callable[[], None]) -> list[_Change]:
    """Divisions and joinings that help, in order, too far apart to touch each other."""
    found: list[_Change] = []
    free = 0
    for at in range(len(chain)):
        tick()
        if at >= free and _broken(chain, at, terms) and (change := _try(chain, at, terms)):
            found.append(change)
            free = change[1] + 2 * _AROUND + 1
    return found


def _retimed(chain: Sequence[_Event], terms: Terms, fixed: tuple[bool, bool] = (False, False),
             tick: Callable[[], None] = lambda: None) -> list[_Event]:
    """The chain with its best times; ``fixed``: the first and the last stay where they are."""
    timed = [event.timed for event in chain]
    if timed and fixed[0]:
        timed[0] = timed[0]._replace(fixed=True)
    if timed and fixed[1]:
        timed[-1] = timed[-1]._replace(fixed=True)
    return [_Event(new.first, new.end, event.cue)
            for event, new in zip(chain, retimed(timed, terms, tick), strict=True)]


def _broken(chain: Sequence[_Event], at: int, terms: Terms) -> list[str]:
    """The rules that an event breaks."""
    event = chain[at]
    after = chain[at + 1].first if at + 1 < len(chain) else None
    return [rule for rule, _, _ in (*broken_words(event.cue.lines, terms.profile),
                                    *broken_times(event.first, event.end, after, letters(event.cue.lines), terms))]


def _count(chain: Sequence[_Event], terms: Terms) -> int:
    return sum(len(_broken(chain, at, terms)) for at in range(len(chain)))


def _try(chain: Sequence[_Event], at: int, terms: Terms) -> _Change | None:
    """What leaves fewer rules broken around an event; None when nothing does. What a person set is let alone."""
    if chain[at].cue.held:
        return None
    rules = set(_broken(chain, at, terms))
    best: tuple[int, _Change] | None = None
    if rules & {"lines", "characters", "longest"}:
        for pieces in _divisions(chain[at], terms):
            best = _better(chain, (at, at + 1, pieces), terms, best)
            if best is not None and best[0] == 0:
                break
    if best is None:
        for low in (at, at - 1):
            if low >= 0 and low + 1 < len(chain) and (both := _joined(chain[low], chain[low + 1], terms)):
                best = _better(chain, (low, low + 2, [both]), terms, best)
    return best and best[1]


def _better(chain: Sequence[_Event], change: _Change, terms: Terms,
            best: tuple[int, _Change] | None) -> tuple[int, _Change] | None:
    """The better of ``best`` and a change, once its neighbours are retimed; with how many rules are then broken."""
    start, end, events = change
    low, high = max(0, start - _AROUND), min(len(chain), end + _AROUND)
    after = chain[high:high + 1]
    laid = _retimed([*chain[low:start], *events, *chain[end:high]], terms, (low > 0, high < len(chain)))
    broken = _count([*laid, *after], terms)
    if broken >= (_count([*chain[low:high], *after], terms) if best is None else best[0]):
        return best
    return broken, (start, end, laid[start - low:start - low + len(events)])


def _divisions(event: _Event, terms: Terms) -> Iterable[list[_Event]]:
    """The event as two, at each place where it could be, the best first; the time goes by letters."""
    whole, length = max(1, letters(event.cue.lines)), event.end - event.first
    for number, at in enumerate(ways_to_divide(event.cue, terms.language)):
        if number == _TRIED:
            return
        one, other = divided(event.cue, at, terms.profile, terms.language)
        share = min(max(length * letters(one.lines) // whole, 1), max(1, length - terms.gap - 1))
        middle = event.first + share
        yield [_Event(event.first, middle, one),
               _Event(middle + terms.gap, max(event.end, middle + terms.gap + 1), other)]


def _joined(one: _Event, other: _Event, terms: Terms) -> _Event | None:
    """Both as one, where they nearly touch and fit on one screen."""
    if one.cue.held or other.cue.held or other.first - one.end >= max(terms.chain, terms.gap + 1):
        return None
    cue = joined_text(one.cue, other.cue, terms.profile, terms.language)
    return None if cue is None else _Event(one.first, max(one.end, other.end), cue)


def _rest(cues: Sequence[SubtitleCue], terms: Terms) -> list[Rest]:
    """What is still broken, with the cause."""
    frames = [(terms.rate.nearest_frame(cue.span.start), terms.rate.nearest_frame(cue.span.end)) for cue in cues]
    found: list[Rest] = []
    for group in edges(cues):
        for before, here, there in zip([None, *group], group, [*group[1:], None], strict=False):
            after = None if there is None else frames[there][0]
            floor = 0 if before is None else frames[before][1]
            rules = [*broken_words(cues[here].lines, terms.profile),
                     *broken_times(*frames[here], after, letters(cues[here].lines), terms)]
            found += [Rest(here + 1, rule, *_cause(rule, cues[here], frames[here], (floor, after), terms))
                      for rule, _, _ in rules]
    return sorted(found, key=lambda one: one.cue)


def _cause(rule: str, cue: SubtitleCue, frames: tuple[int, int], room: tuple[int, int | None],
           terms: Terms) -> tuple[str, str]:
    """(code, words for people) why a rule could not be kept."""
    if cue.held:
        return "by-hand", "a person set this subtitle so"
    first, end = frames
    read = letters(cue.lines)
    if rule in ("lines", "characters", "one-line"):
        longest = max((word for line in cue.lines for word in line.split(" ")), key=len, default="")
        if len(longest) > terms.profile.characters:
            return "long-word", f"{longest[:20]!r} is longer than a line"
        if len(cue.lines) > 1 and rule == "characters":
            return "dialogue", "who says what would no longer be seen with other line breaks"
        return "no-room-to-divide", f"in {end - first} frames two subtitles cannot be read"
    if rule in ("shortest", "reading-speed"):
        needed = max(terms.shortest, terms.needed(read))
        have = (room[1] - terms.gap if room[1] is not None else end) - (room[0] + terms.gap if room[0] else 0)
        if room[1] is not None and have < needed + terms.reach:
            return "no-room", (f"{read} characters ask for {needed} frames; between the neighbours there are "
                               f"{max(have, end - first)}: shorten the text")
        return "out-of-reach", f"{read} characters ask for {needed} frames, more than can be added: shorten the text"
    if rule == "longest":
        return "one-phrase", "it cannot be divided, and its end cannot come earlier"
    if rule in ("gap", "overlap", "chain"):
        return "crowded", f"{_gap(end, room[1])} frames to the next subtitle, and neither has room to give way"
    if rule in ("shot-in", "shot-out"):
        around = [cut for cut in terms.cuts if abs(cut - (first if rule == "shot-in" else end)) < terms.half]
        if any(two - one < terms.half for one, two in pairwise(terms.cuts) if one in around or two in around):
            return "quick-cuts", "shots change too fast there for any place that keeps off them"
        return "no-room-at-shot", "at the shot change it would be too short, or run into its neighbour"
    return "for-a-person", "it cannot be mended without changing the text"


def _gap(end: int, after: int | None) -> int:
    return 0 if after is None else after - end
