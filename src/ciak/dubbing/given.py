"""What a person brings: their subtitles or their list become loops, their translation becomes the wording. All are
kept as they are, marked as given, and no step changes their words; only another file that is given does, and never
what was edited by hand.

Lines hold no italics of their own: a subtitle that is all in italics becomes a line whose voice is not in the scene
(:class:`PresenceKind`), which subtitles then show in italics again; whether it is a voice over or a telephone, italics
do not say. One between notes is sung. Italics on some words are lost, which :func:`partly_italic` counts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

from ciak.dubbing.merging import by_hand
from ciak.film import Dialogue, Loop, Presence, PresenceKind, Span, StyleKind, SubtitleCue, SubtitleDocument
from ciak.formats.as_recorded import RecordedLine

__all__ = ["italic_share", "loops_from", "loops_of_list", "partly_italic", "spoken_text", "wordings_from"]

_TAG = re.compile(r"<[^<>]{0,200}>")
_NOTES = "♪♫"
_HASHED = re.compile(r"^#\s.*\S\s*#?$")
_NOT_SPEECH = re.compile(r"^[\s♪♫#]*$|^\s*[\[(][^\[\]()]{0,300}[\])]\s*$")


def spoken_text(cue: SubtitleCue) -> str:
    """What a cue's speaker says: lines joined, tags, dialogue dashes and the notes of what is sung off; empty for
    [sounds] and music."""
    lines = [_TAG.sub("", line).strip() for line in cue.lines]
    lines = [re.sub(r"^[-–—]\s*", "", line) for line in lines if not _NOT_SPEECH.match(line)]
    text = " ".join(" ".join(lines).split())
    return text.strip("#" + _NOTES + " ") if _sung(cue) else text


def _sung(cue: SubtitleCue) -> bool:
    """Whether the words stand behind a note, or behind the number sign that stands for one."""
    text = " ".join(cue.text.split())
    return text[:1] in tuple(_NOTES) or bool(_HASHED.match(text))


def italic_share(cue: SubtitleCue) -> float:
    """How much of the letters is in italics, 0 to 1; labels in brackets, signs and blanks are not counted."""
    text = cue.text
    quiet = {at for match in re.finditer(r"\[[^\[\]]*\]|\([^()]*\)", text) for at in range(match.start(), match.end())}
    letters = [at for at, sign in enumerate(text) if sign.isalnum() and at not in quiet]
    runs = [run for run in cue.runs if run.kind is StyleKind.ITALIC]
    return sum(any(run.first <= at < run.end for run in runs) for at in letters) / len(letters) if letters else 0.0


def partly_italic(document: SubtitleDocument) -> int:
    """How many cues have italics on some of their words and not on others."""
    return sum(0 < italic_share(cue) < 1 for cue in document.cues)


def loops_from(document: SubtitleDocument) -> tuple[Loop, ...]:
    """A loop for each cue with speech, in time order; overlaps are cut at the next cue's start."""
    return _in_turn([_voiced(Loop(id="L", character="S1", text=text, origin="given:subtitles", span=cue.span),
                             _presence(cue), _sung(cue)) for cue in document.cues if (text := spoken_text(cue))])


def _presence(cue: SubtitleCue) -> PresenceKind | None:
    """What italics say of a voice; of what is sung they say nothing."""
    return PresenceKind.VOICE_OVER if not _sung(cue) and italic_share(cue) == 1 else None


def _voiced(loop: Loop, kind: PresenceKind | None, sung: bool) -> Loop:
    """``loop`` heard so, by the word of the file that it is from."""
    if kind is None and not sung:
        return loop
    return loop.model_copy(update={
        "presence": Presence(kind=kind, origin=loop.origin) if kind else None,
        "sung": sung, "sung_origin": loop.origin if sung else ""})


def loops_of_list(lines: Sequence[RecordedLine]) -> tuple[Loop, ...]:
    """A loop for each line of an as-recorded list, in time order; ``character`` is the list's name, which may be empty.

    Overlaps are cut at the next line's start.
    """
    return _in_turn([_voiced(Loop(id="L", character=line.character, text=line.text, origin="given:list",
                                  span=line.span), line.presence, line.sung) for line in lines])


def _in_turn(loops: Sequence[Loop]) -> tuple[Loop, ...]:
    """``loops`` numbered, each ending where the next begins at the latest."""
    out = []
    for number, loop in enumerate(loops, 1):
        start = loop.span.start
        end = min([loop.span.end, *(other.span.start for other in loops[number:number + 1])])
        span = Span(start=start, end=end if end > start else start + Fraction(1, 100))
        out.append(loop.model_copy(update={"id": f"L{number:04}", "span": span}))
    return tuple(out)


def wordings_from(document: SubtitleDocument, original: Dialogue, target: Dialogue) -> tuple[Dialogue, list[str]]:
    """``target`` with a person's ``document`` as wording of every loop that its cues overlap most, but for loops that
    were edited by hand.

    Returns the dialogue and a note for each cue that belongs to no loop, or to one that was edited to say otherwise.
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
    loops = []
    for loop in target.loops:
        text = " ".join(texts.get(loop.id, []))
        if text and not by_hand(loop):
            loop = loop.model_copy(update={"text": text, "origin": "given:translation", "confidence": None,
                                           "variants": (), "flags": ()})
        elif text and text != loop.text:
            notes.append(f"your line at {float(loop.span.start):.2f} s stays, the new translation falls: {text[:60]!r}")
        loops.append(loop)
    return target.model_copy(update={"loops": tuple(loops)}), notes


def _nearest(cue: SubtitleCue, loops: Sequence[Loop]) -> Loop | None:
    best = max(loops, key=lambda loop: loop.span.overlap(cue.span), default=None)
    return best if best is not None and best.span.overlap(cue.span) > 0 else None
