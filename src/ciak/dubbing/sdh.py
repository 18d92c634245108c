"""Captions on the screen: speakers' names, sounds and music in brackets, what is sung between notes.

A line is labelled with its speaker where the speaker changes, by the name that the cast has; a number that a machine
gave is no name, and whose line it is is then not told. Whether a speaker is seen, which is when style guides leave the
label out, is not known here. A sound is told where it begins, in the first gap between the lines that is long enough;
else above a line that has room; else not, which is reported. What is sung or written in the picture keeps its own time,
at the edge where nothing else stands meanwhile: the bottom, but the top where a line is spoken or the writing itself
stands at the bottom; a line makes way for writing first (:func:`ciak.dubbing.voicing.clear_of`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from ciak.dubbing.folding import fold
from ciak.dubbing.profile import Profile
from ciak.dubbing.voicing import AT_TOP
from ciak.film import Caption, CaptionKind, Cast, Edge, HeldSubtitles, Loop, Rate, Span, SubtitleCue, Word
from ciak.film.captions import FORCED

__all__ = ["Captioned", "captioned_cues", "labelled", "nameless", "shown"]

SHOWN = Fraction(2)
"""Seconds that a sound is told, where there is room."""
_NUMBERED = re.compile(r"(?:Speaker |S)\d+")


@dataclass(frozen=True, slots=True)
class Captioned:
    """Subtitles with captions among them, and the captions that found no room."""

    cues: tuple[SubtitleCue, ...]
    untold: tuple[Caption, ...]


def nameless(loops: Sequence[Loop], cast: Cast) -> tuple[str, ...]:
    """The characters of ``loops`` that have no name."""
    return tuple(character for character in dict.fromkeys(loop.character for loop in loops)
                 if _name(character, cast) is None)


def labelled(loops: Sequence[Loop], cast: Cast, profile: Profile) -> tuple[Loop, ...]:
    """``loops`` with the name of the speaker before each line that another speaks than the one before it. In a film in
    which one person speaks nothing is labelled."""
    if len({loop.character for loop in loops}) < 2:
        return tuple(loops)
    out, last = [], None
    for loop in sorted(loops, key=lambda one: (one.span.start, one.id)):
        name = _name(loop.character, cast)
        if loop.character != last and name is not None:
            label = _bracketed(name, profile)
            words = (Word(text=label, span=Span(start=loop.span.start, end=loop.span.start)), *loop.words)
            loop = loop.model_copy(update={"text": f"{label} {loop.text}", "words": words if loop.words else (),
                                           "subtitles": _before(label, loop, profile)})
        last = loop.character
        out.append(loop)
    return tuple(out)


def _before(label: str, loop: Loop, profile: Profile) -> HeldSubtitles | None:
    """The subtitles that a person set, with the label before the first: on its first line where that has room, else
    on one of its own."""
    held = loop.subtitles
    if held is None or held.text != loop.text:
        return None
    text = f"{label} {loop.text}"
    if not held.shown:
        return held.model_copy(update={"text": text})
    first, *others = held.shown
    told = f"{label} {first.lines[0]}"
    lines = (told, *first.lines[1:]) if len(told) <= profile.characters else (label, *first.lines)
    return held.model_copy(update={"text": text, "shown": (first.model_copy(update={"lines": lines}), *others)})


def shown(caption: Caption, profile: Profile) -> tuple[str, ...]:
    """The lines of a caption as they stand on the screen."""
    if caption.kind in FORCED:
        return tuple(line.strip() for line in caption.text.split("\n") if line.strip())
    text = " ".join(caption.text.split())
    note = profile.text("lyrics") or "♪"
    text = f"{note} {text} {note}" if caption.kind is CaptionKind.LYRIC else _bracketed(text, profile)
    return fold(text, profile) or (text,)


def captioned_cues(cues: Sequence[SubtitleCue], captions: Sequence[Caption], rate: Rate, profile: Profile,
                   limit: Fraction | None, written: Sequence[Span] = ()) -> Captioned:
    """``cues`` and ``captions``, in order of time and numbered. ``limit``: length of the film, seconds; ``written``:
    when something is written at the bottom of the picture."""
    out, untold = list(cues), []
    for caption in captions:
        lines = shown(caption, profile)
        if caption.kind in FORCED or caption.kind is CaptionKind.LYRIC:
            out.append(_timed(caption, lines, out, rate))
        elif (span := _gap(caption.span, out, rate, profile, limit, written)) is not None:
            out.append(SubtitleCue(span=span, lines=lines))
        elif (at := _above(caption.span, lines, out, profile)) is not None:
            by = sum(map(len, lines)) + len(lines)
            runs = tuple(run.model_copy(update={"first": run.first + by, "end": run.end + by}) for run in out[at].runs)
            out[at] = out[at].model_copy(update={"lines": (*lines, *out[at].lines), "runs": runs})
        else:
            untold.append(caption)
    out.sort(key=lambda cue: (cue.span.start, cue.span.end))
    numbered = tuple(cue.model_copy(update={"id": str(number)}) for number, cue in enumerate(out, 1))
    return Captioned(numbered, tuple(untold))


def _timed(caption: Caption, lines: tuple[str, ...], cues: Sequence[SubtitleCue], rate: Rate) -> SubtitleCue:
    """A caption at its own time, on whole frames, at an edge where none of ``cues`` stands, if there is one."""
    start = rate.nearest_frame(caption.span.start)
    end = max(start + 1, rate.nearest_frame(caption.span.end))
    span = Span(start=rate.time(start), end=rate.time(end))
    taken = {cue.place.edge if cue.place else Edge.BOTTOM for cue in cues if cue.span.overlap(span) > 0}
    below = Edge.BOTTOM not in taken and (caption.edge is not Edge.BOTTOM or Edge.TOP in taken)
    return SubtitleCue(span=span, lines=lines, place=None if below else AT_TOP, forced=caption.kind in FORCED)


def _gap(span: Span, cues: Sequence[SubtitleCue], rate: Rate, profile: Profile, limit: Fraction | None,
         written: Sequence[Span]) -> Span | None:
    """The first place in ``span`` where a sound can be told at the bottom of the picture; None where there is none."""
    below = [cue.span for cue in cues if cue.place is None or cue.place.edge is Edge.BOTTOM]
    busy = sorted((rate.nearest_frame(one.start), rate.nearest_frame(one.end)) for one in (*below, *written))
    shortest, wanted = profile.shortest_frames(rate), max(profile.shortest_frames(rate), round(SHOWN * rate.fps))
    least, chain = profile.gap_frames, profile.chain_frames(rate)
    first, last = rate.nearest_frame(span.start), rate.nearest_frame(span.end)
    whole = rate.frame(limit) if limit is not None else last + wanted
    before = -chain - least
    for start, end in [*busy, (whole + least, whole + least)]:
        begin = max(first, before + least)
        if begin - before < chain:
            begin = before + least
        until = min(begin + wanted, start - least, whole)
        if start - until < chain:
            until = min(start - least, whole)
        if begin < last and until - begin >= shortest:
            return Span(start=rate.time(begin), end=rate.time(until))
        before = max(before, end)
    return None


def _above(span: Span, lines: tuple[str, ...], cues: Sequence[SubtitleCue], profile: Profile) -> int | None:
    """The first subtitle in ``span`` over which there is room for ``lines``."""
    for at, cue in sorted(enumerate(cues), key=lambda item: item[1].span.start):
        if (cue.span.overlap(span) > 0 and not cue.forced and not cue.held and cue.place is None
                and len(cue.lines) + len(lines) <= profile.lines and not cue.lines[0].startswith(("-", "["))):
            return at
    return None


def _name(character: str, cast: Cast) -> str | None:
    row = cast.member(character)
    name = " ".join(row.name.split()) if row is not None else ""
    return name if name and not _NUMBERED.fullmatch(name) else None


def _bracketed(text: str, profile: Profile) -> str:
    signs = profile.text("labels") or "[]"
    return f"{signs[0]}{text}{signs[-1]}"
