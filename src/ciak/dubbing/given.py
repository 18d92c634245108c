"""What a person brings: their subtitles become loops, their translation becomes the wording. Both are kept as
they are, marked as a person's, and no step changes their words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

from ciak.film import Dialogue, Loop, Span, SubtitleCue, SubtitleDocument

__all__ = ["loops_from", "spoken_text", "wordings_from"]

_TAG = re.compile(r"<[^<>]{0,200}>")
_NOT_SPEECH = re.compile(r"^[\s♪♫#]*$|^\s*[\[(][^\[\]()]{0,300}[\])]\s*$")


def spoken_text(cue: SubtitleCue) -> str:
    """What a cue's speaker says: lines joined, tags and dialogue dashes off; empty for [sounds] and music."""
    lines = [_TAG.sub("", line).strip() for line in cue.lines]
    lines = [re.sub(r"^[-–—]\s*", "", line) for line in lines if not _NOT_SPEECH.match(line)]
    return " ".join(" ".join(lines).split())


def loops_from(document: SubtitleDocument) -> tuple[Loop, ...]:
    """A loop for each cue with speech, in time order; overlaps are cut at the next cue's start."""
    spoken = [(cue, text) for cue in document.cues if (text := spoken_text(cue))]
    loops = []
    for number, (cue, text) in enumerate(spoken, 1):
        end = min([cue.span.end, *(other.span.start for other, _ in spoken[number:number + 1])])
        if end <= cue.span.start:
            end = cue.span.start + Fraction(1, 100)
        loops.append(Loop(id=f"L{number:04}", character="S1", text=text, origin="person",
                          span=Span(start=cue.span.start, end=end)))
    return tuple(loops)


def wordings_from(document: SubtitleDocument, original: Dialogue, target: Dialogue) -> tuple[Dialogue, list[str]]:
    """``target`` with a person's ``document`` as wording of every loop that its cues overlap most.

    Returns the dialogue and a note for each cue that belongs to no loop.
    """
    texts: dict[str, list[str]] = {}
    notes = []
    for cue in document.cues:
        text = spoken_text(cue)
        if not text:
            continue
        loop = _nearest(cue, original.loops)
        if loop is None:
            notes.append(f"the translation at {float(cue.span.start):.2f} s belongs to no line: {text[:60]!r}")
        else:
            texts.setdefault(loop.id, []).append(text)
    loops = tuple(
        loop.model_copy(update={"text": " ".join(texts[loop.id]), "origin": "person", "confidence": None,
                                "variants": (), "flags": ()}) if loop.id in texts and not loop.locked else loop
        for loop in target.loops)
    return target.model_copy(update={"loops": loops}), notes


def _nearest(cue: SubtitleCue, loops: Sequence[Loop]) -> Loop | None:
    best = max(loops, key=lambda loop: loop.span.overlap(cue.span), default=None)
    return best if best is not None and best.span.overlap(cue.span) > 0 else None
