"""Checks subtitles against a profile: every rule that every subtitle breaks, with its time.

Times are judged on the frame grid, as they will be shown. Subtitles at different edges of the picture do not stand
in each other's way, so gaps are measured among those of one edge. A gap belongs to the subtitle before it.

What no program can judge (whether the words are those spoken) is not judged; italics are held against the film that
says how its voices are heard (:mod:`ciak.dubbing.italicising`), where there is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ciak.dubbing.profile import Profile
from ciak.dubbing.terms import Terms
from ciak.film import Edge, Rate, SubtitleCue, SubtitleDocument

__all__ = ["DASHES", "Violation", "broken_times", "broken_words", "check", "edges", "letters", "violations"]

DASHES = ("-", "–", "—", "‐")
_DOTS = re.compile(r"\.{3,}")
_BLANKS = re.compile(r"[ \u00a0]{2,}|^[ \t]|[ \t]$", re.MULTILINE)
_ROUND = re.compile(r"^\([^()]{1,80}\)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Violation:
    """One rule that one subtitle breaks. ``cue`` counts from 1; ``rule`` is stable; ``measured`` and ``limit`` are in
    the rule's unit: lines, characters, seconds, characters a second, frames."""

    cue: int
    rule: str
    measured: float
    limit: float


def letters(lines: Sequence[str]) -> int:
    """Characters that are read: blanks and punctuation too, line ends not."""
    return sum(map(len, lines))


def edges(cues: Sequence[SubtitleCue]) -> list[list[int]]:
    """The numbers of the cues, from 0, at each edge of the picture, in order of time."""
    groups: dict[Edge, list[int]] = {}
    for number in sorted(range(len(cues)), key=lambda n: (cues[n].span.start, cues[n].span.end)):
        place = cues[number].place
        groups.setdefault(place.edge if place else Edge.BOTTOM, []).append(number)
    return list(groups.values())


def check(document: SubtitleDocument, profile: Profile, rate: Rate, cuts: Iterable[int] = ()) -> list[Violation]:
    """Every rule of ``profile`` that the document breaks, in order of its cues. ``cuts``: frames of shot changes."""
    return violations(document.cues, profile, rate, document.language, cuts)


def violations(cues: Sequence[SubtitleCue], profile: Profile, rate: Rate, language: str,
               cuts: Iterable[int] = ()) -> list[Violation]:
    """As :func:`check`, of cues without a document."""
    terms = Terms(profile, rate, language, cuts)
    frames = [(rate.nearest_frame(cue.span.start), rate.nearest_frame(cue.span.end)) for cue in cues]
    found = [Violation(number, *one) for number, cue in enumerate(cues, 1) for one in broken_words(cue.lines, profile)]
    for group in edges(cues):
        for here, there in pairwise([*group, None]):
            assert here is not None
            after = None if there is None else frames[there][0]
            found += [Violation(here + 1, *one)
                      for one in broken_times(*frames[here], after, letters(cues[here].lines), terms)]
    return sorted(found, key=lambda one: one.cue)


def broken_words(lines: Sequence[str], profile: Profile) -> Iterator[tuple[str, float, float]]:
    """(rule, measured, limit) of what the text of a subtitle breaks."""
    if len(lines) > profile.lines:
        yield "lines", len(lines), profile.lines
    widest = max(map(len, lines), default=0)
    if widest > profile.characters:
        yield "characters", widest, profile.characters
    dashed = [line for line in lines if line.startswith(DASHES)]
    text = "\n".join(lines)
    if profile.has("one-line") and len(lines) > 1 and not dashed and len(text) <= profile.characters:
        yield "one-line", len(lines), 1
    if profile.text("ellipsis") == "…" and _DOTS.search(text):
        yield "ellipsis", len(_DOTS.findall(text)), 0
    dash = profile.text("dash")
    if dash is not None and len(dashed) > 1:
        wrong = sum(line[:1] != dash[0] or (line[1:2] == " ") != (dash[1:] == " ") for line in dashed)
        if wrong:
            yield "dash", wrong, 0
    if profile.text("labels") == "[]" and (found := _ROUND.findall(text)):
        yield "labels", len(found), 0
    if found := _BLANKS.findall(text):
        yield "blanks", len(found), 0


def broken_times(first: int, end: int, after: int | None, read: int,
                 terms: Terms) -> Iterator[tuple[str, float, float]]:
    """(rule, measured, limit) of what the times of a subtitle break: frames ``first`` to ``end``, the next from
    ``after``, ``read`` characters."""
    fps, length = float(terms.rate.fps), end - first
    if length < terms.shortest:
        yield "shortest", length / fps, float(terms.profile.shortest)
    if length > terms.longest:
        yield "longest", length / fps, float(terms.profile.longest)
    if length < terms.needed(read):
        yield "reading-speed", read / (length / fps) if length > 0 else 9999.0, terms.profile.speed(terms.language)
    if not terms.good_start(first):
        yield "shot-in", min((abs(first - cut) for cut in terms.cuts), default=0), terms.half
    if not terms.good_end(end):
        yield "shot-out", min((abs(end - cut) for cut in terms.cuts), default=0), terms.half
    if after is None or terms.good_gap(after - end):
        return
    gap = after - end
    if gap < 0:
        yield "overlap", gap, terms.gap
    elif gap < terms.gap:
        yield "gap", gap, terms.gap
    else:
        yield "chain", gap, terms.gap
