"""Italics of subtitles from anywhere, held against a film whose lines say how they are heard.

A subtitle is judged where all lines that are spoken during it say how they are heard, and agree: then all of its
letters are in italics, or not all are (some may be: a title, a foreign word). A line that shares less than half of the
shorter of the two does not count. Where lines disagree or say nothing a subtitle is left as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ciak.dubbing.checking import Violation
from ciak.dubbing.given import italic_share
from ciak.dubbing.profile import Profile
from ciak.dubbing.voicing import italic_runs, upright_label, voicing
from ciak.film import Loop, StyleKind, SubtitleCue, SubtitleDocument

__all__ = ["italicised", "wrong_italics"]

RULE = "italics"


def wrong_italics(cues: Sequence[SubtitleCue], loops: Sequence[Loop], profile: Profile) -> list[Violation]:
    """The subtitles whose italics are not as the profile wants the film's lines: ``measured`` and ``limit`` are shares
    of the letters, 0 to 1. None where the profile has no such rule."""
    found = []
    for number, (cue, wanted) in enumerate(zip(cues, _wanted(cues, loops, profile), strict=True), 1):
        share = italic_share(cue)
        if wanted is not None and (share < 1 if wanted else share == 1):
            found.append(Violation(number, RULE, round(share, 3), float(wanted)))
    return found


def italicised(document: SubtitleDocument, loops: Sequence[Loop], profile: Profile) -> SubtitleDocument:
    """``document`` with those italics put right; all else, and all other styles, as they are."""
    wrong = {one.cue: one.limit == 1 for one in wrong_italics(document.cues, loops, profile)}
    if not wrong:
        return document
    return document.model_copy(update={"cues": tuple(
        _set(cue, wrong[number]) if number in wrong else cue for number, cue in enumerate(document.cues, 1))})


def _set(cue: SubtitleCue, italic: bool) -> SubtitleCue:
    others = [run for run in cue.runs if run.kind is not StyleKind.ITALIC]
    runs = italic_runs(((upright_label(cue.text), len(cue.text)),)) if italic else ()
    return cue.model_copy(update={"runs": (*runs, *others)})


def _wanted(cues: Sequence[SubtitleCue], loops: Sequence[Loop], profile: Profile) -> Iterator[bool | None]:
    """For each cue whether it is in italics; None: the film does not say."""
    voices = voicing(loops, profile).italic
    order = sorted(loops, key=lambda loop: loop.span.start)
    longest = max((loop.span.duration for loop in order), default=0)
    spans = sorted(range(len(cues)), key=lambda number: cues[number].span.start)
    said: dict[int, bool | None] = {}
    at = 0
    for number in spans if profile.has(RULE) else ():
        span = cues[number].span
        while at < len(order) and order[at].span.start < span.start - longest:
            at += 1
        heard = set[bool | None]()
        for loop in order[at:]:
            if loop.span.start >= span.end:
                break
            if loop.span.overlap(span) * 2 > min(loop.span.duration, span.duration):
                heard.add(loop.id in voices if loop.presence is not None or loop.sung else None)
        said[number] = heard.pop() if len(heard) == 1 else None
    return (said.get(number) for number in range(len(cues)))
