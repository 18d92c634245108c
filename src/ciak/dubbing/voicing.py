"""What a client's convention makes of how voices are heard: which lines are in italics, which stand between notes, and
which subtitles make way for what is written in the picture.

How a voice is heard is said of the original's lines (:mod:`ciak.film.presence`) and holds for each translation. Where
nothing is known of a line it is upright. Writing of which nobody said where it stands moves nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from ciak.dubbing.folding import NOTES
from ciak.dubbing.profile import SUNG, Profile, narrowed
from ciak.film import Caption, Dialogue, Edge, Loop, Place, Rate, Span, StyledRun, StyleKind, SubtitleCue, Verdict
from ciak.film.captions import FORCED

if TYPE_CHECKING:
    from ciak.dubbing.spotting import Spotted
    from ciak.project import Film

__all__ = ["AT_TOP", "PLAIN", "Ranges", "Voicing", "Writing", "clear_of", "italic_runs", "moved_up", "named_by_hand",
           "original_of", "run_together", "upright_label", "voicing", "writing_of"]

AT_TOP = Place(edge=Edge.TOP)
Ranges = tuple[tuple[int, int], ...]
"""Characters of a text, each range from its first up to, not including, its end."""
Writing = dict[Edge, list[Span]]
"""When something is written at which edge of the picture."""
_LABEL = re.compile(r"(?:\[[^\[\]]{1,80}\]|\([^()]{1,80}\))\s+")


@dataclass(frozen=True, slots=True)
class Voicing:
    """Ids of lines in italics, and of those that stand between ``sign``; ``narrow``: the profile by which these are
    divided, so that the signs have room."""

    italic: frozenset[str] = frozenset()
    noted: frozenset[str] = frozenset()
    sign: str = ""
    narrow: Profile | None = None


PLAIN = Voicing()


def voicing(original: Iterable[Loop], profile: Profile) -> Voicing:
    """What ``profile`` makes of the lines of the original."""
    wanted, sign = profile.italics, profile.text("lyrics") or ""
    loops = [loop for loop in original if loop.presence is not None or loop.sung]
    italic = frozenset(loop.id for loop in loops if (loop.sung and SUNG in wanted)
                       or (loop.presence is not None and loop.presence.kind in wanted))
    noted = frozenset(loop.id for loop in loops if loop.sung) if sign else frozenset()
    if not italic and not noted:
        return PLAIN
    return Voicing(italic, noted, sign, _narrow(profile) if noted else None)


@lru_cache(maxsize=8)
def _narrow(profile: Profile) -> Profile:
    return narrowed(profile, 2 * (len(profile.text("lyrics") or "") + 1))


def original_of(film: Film, dialogue: Dialogue) -> Dialogue:
    """The dialogue that ``dialogue`` was translated from; itself where it is the original, or that one is not there."""
    found = film.dialogue(dialogue.source) if dialogue.source is not None else None
    return dialogue if found is None else found


def upright_label(text: str) -> int:
    """Where the words begin behind a label in brackets, which nobody says."""
    label = _LABEL.match(text)
    return label.end() if label else 0


def italic_runs(ranges: Ranges) -> tuple[StyledRun, ...]:
    """The ranges as runs."""
    return tuple(StyledRun(kind=StyleKind.ITALIC, first=first, end=end) for first, end in ranges)


def run_together(one: str, other: str, first: Ranges, second: Ranges) -> tuple[str, Ranges]:
    """Two texts of one person as one, and what of it is in italics; notes between them fall, ranges that meet are one.
    """
    if one[-1:] in NOTES and other[:1] in NOTES and len(one) > 2 and len(other) > 2:
        one, other = one[:-1].rstrip(), other[1:].lstrip()
    text = f"{one} {other}"
    by = len(text) - len(other)
    fallen = max((end for _, end in second), default=0) - len(other)
    ranges = [(start, min(end, len(one))) for start, end in first]
    for start, end in second:
        begin, until = max(by, start - max(0, fallen) + by), min(len(text), end - max(0, fallen) + by)
        joins = bool(ranges) and ranges[-1][1] == len(one) and begin == by
        ranges.append((ranges.pop()[0] if joins else begin, until))
    return text, tuple(ranges)


def named_by_hand(lines: Sequence[str], loops: Sequence[str], voices: Voicing) -> Ranges:
    """What is in italics of a subtitle that a person set for ``loops``: all of it where all of them are, else line by
    line where each line begins with a dash and is one of them."""
    text = "\n".join(lines)
    known = [name in voices.italic for name in loops]
    if all(known):
        return ((upright_label(text), len(text)),)
    if any(known) and len(lines) == len(loops) and all(line[:1] in "-–—" for line in lines):
        return tuple(_by_line(lines, known))
    return ()


def _by_line(lines: Sequence[str], known: Sequence[bool]) -> Iterator[tuple[int, int]]:
    at = 0
    for line, italic in zip(lines, known, strict=True):
        if italic:
            yield at + len(line) - len(line[1:].lstrip()), at + len(line)
        at += len(line) + 1


def writing_of(*dialogues: Dialogue) -> Writing:
    """When something is written in the picture at which edge, as far as a person said it, in any of the languages."""
    found: Writing = {}
    for caption in dict.fromkeys(one for dialogue in dialogues for one in _written(dialogue)):
        assert caption.edge is not None
        found.setdefault(caption.edge, []).append(caption.span)
    return found


def _written(dialogue: Dialogue) -> Iterator[Caption]:
    return (one for one in dialogue.captions if one.edge is not None and one.kind in FORCED
            and one.verdict is not Verdict.REJECTED)


def clear_of(cues: Sequence[SubtitleCue], writing: Writing, profile: Profile) -> tuple[SubtitleCue, ...]:
    """``cues``, those at the bottom moved to the top while something is written at the bottom, unless something is at
    the top too: then they stay, for there is no better place."""
    if not _matters(writing, profile):
        return tuple(cues)
    return tuple(cue.model_copy(update={"place": AT_TOP})
                 if cue.place is None and _in_the_way(cue.span, writing) else cue for cue in cues)


def moved_up(cues: Sequence[Spotted], writing: Writing, rate: Rate, profile: Profile) -> frozenset[int]:
    """As :func:`clear_of`, of subtitles by frames: the first frames of those that are moved."""
    if not _matters(writing, profile):
        return frozenset()
    return frozenset(cue.first for cue in cues
                     if _in_the_way(Span(start=rate.time(cue.first), end=rate.time(cue.end)), writing))


def _matters(writing: Writing, profile: Profile) -> bool:
    return Edge.BOTTOM in writing and profile.has("writing")


def _in_the_way(span: Span, writing: Writing) -> bool:
    below, above = (any(span.overlap(one) > 0 for one in writing.get(edge, ())) for edge in (Edge.BOTTOM, Edge.TOP))
    return below and not above
