"""Carrying what is timed against an old cut over to the new one: subtitles and dialogues.

Nothing but times changes. What fell is taken out and told as :class:`Fallen`; what stands elsewhere, or not whole, is
told as :class:`Changed`. Locked loops move like all others, since moving is not editing, and stay locked. A take keeps
its length and its place in its loop, for it is sound; where the picture below it was cut or retimed, the loop gets a
flag whose code is the fate (``trimmed``, ``split``, ``retimed``). A slot that is not whole any more is forgotten.
Subtitles that were set by hand keep their places in a loop that is shown whole; in one that is not they stand where
their own picture is, or are let go, with a flag.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from ciak.film.captions import captions_in_order
from ciak.film.conforming import Appearance, Conforming, Fate, Outcome
from ciak.film.editing import in_order
from ciak.film.held import HeldSubtitles
from ciak.film.holding import conformed, settled
from ciak.film.language import Dialogue, Flag, Loop, SubtitleDocument, Take, Word
from ciak.film.model import FilmModel
from ciak.film.time import FilmTime, Rate, Span

__all__ = ["Changed", "Fallen", "conform_dialogue", "conform_subtitles"]

_FLAGS = {
    Fate.TRIMMED: "the new cut leaves out a part of the picture: the take is too long for it",
    Fate.SPLIT: "the new cut shows the picture in several places: the take stands at the larger",
    Fate.RETIMED: "the new cut shows the picture faster or slower: the take does not fit it",
    Fate.FELL: "the new cut leaves out the picture below the take",
}


class Changed(FilmModel):
    """A subtitle or a loop that the new cut shows elsewhere, or not whole."""

    id: str
    """Of the loop; of a subtitle without an id its number, from 1."""
    code: Fate
    old: Span
    new: Span
    old_timecode: str
    """Of its first frame, in the old cut."""
    new_timecode: str
    also: tuple[Span, ...] = ()
    """Where its frames are shown besides, in the new cut."""
    lost: FilmTime = Fraction(0)
    """Seconds of it that are not shown where it stands."""
    locked: bool = False
    overlaps: str = ""
    """Id of one before it that it overlaps now and did not before."""


class Fallen(FilmModel):
    """A subtitle or a loop of which the new cut shows nothing."""

    id: str
    code: Fate = Fate.FELL
    old: Span
    new: None = None
    old_timecode: str
    between: Span
    """Where it would have stood: from the end of what was before it to the beginning of what was behind it."""
    new_timecode: str
    """Of the beginning of ``between``."""
    locked: bool = False


Note = Changed | Fallen


def conform_subtitles(document: SubtitleDocument, mapping: Conforming) -> tuple[SubtitleDocument, tuple[Note, ...]]:
    """``document`` timed against the new cut, and a note for each subtitle that is not where it was, in their order.

    The document's rate and its first timecode become the new cut's where they were the old cut's.
    """
    outcomes = [(cue.id or str(number), cue, mapping.conform_span(cue.span))
                for number, cue in enumerate(document.cues, 1)]
    notes = _notes([(name, outcome, False) for name, _, outcome in outcomes], mapping)
    cues = [cue if outcome.new == cue.span else cue.model_copy(update={"span": outcome.new})
            for _, cue, outcome in outcomes if outcome.new is not None]
    clock: dict[str, object] = {"cues": tuple(sorted(cues, key=lambda cue: cue.span.start))}
    if document.rate == Rate.parse(mapping.old_rate).fps:
        clock["rate"] = Rate.parse(mapping.new_rate).fps
    if document.start and document.start == mapping.old_start:
        clock["start"] = mapping.new_start
    return document.model_copy(update=clock), notes


def conform_dialogue(dialogue: Dialogue, mapping: Conforming) -> tuple[Dialogue, tuple[Note, ...]]:
    """``dialogue`` timed against the new cut, and a note for each loop that is not where it was, in their order.

    Words that nothing of is shown go; takes stay, all of them. Captions move as loops do.
    """
    outcomes = [(loop, mapping.conform_span(loop.span)) for loop in dialogue.loops]
    told = [(caption, mapping.conform_span(caption.span)) for caption in dialogue.captions]
    notes = (*_notes([(loop.id, outcome, loop.locked) for loop, outcome in outcomes], mapping),
             *_notes([(caption.id, outcome, False) for caption, outcome in told], mapping))
    captions = captions_in_order([
        caption if outcome.new == caption.span else caption.model_copy(update={"span": outcome.new})
        for caption, outcome in told if outcome.new is not None])
    if captions != dialogue.captions:
        dialogue = dialogue.model_copy(update={"captions": captions})
    loops = [_carried(loop, outcome, outcome.new, mapping) for loop, outcome in outcomes if outcome.new is not None]
    if len(loops) == len(dialogue.loops) and all(a is b for a, b in zip(loops, dialogue.loops, strict=True)):
        return dialogue, notes
    return dialogue.model_copy(update={"loops": in_order(settled(loops))}), notes


def _notes(outcomes: Sequence[tuple[str, Outcome, bool]], mapping: Conforming) -> tuple[Note, ...]:
    overlaps = _overlaps([(name, outcome) for name, outcome, _ in outcomes])
    notes: list[Note] = []
    for name, outcome, locked in outcomes:
        told = mapping.old_timecode(outcome.old.start)
        if outcome.new is None:
            between = outcome.between or Span.of(0, 0)
            notes.append(Fallen(id=name, old=outcome.old, old_timecode=told, between=between, locked=locked,
                                new_timecode=mapping.new_timecode(between.start)))
        elif outcome.fate is not Fate.KEPT or outcome.also or id(outcome) in overlaps:
            notes.append(Changed(id=name, code=outcome.fate, old=outcome.old, new=outcome.new, old_timecode=told,
                                 new_timecode=mapping.new_timecode(outcome.new.start), also=outcome.also,
                                 lost=outcome.lost, locked=locked, overlaps=overlaps.get(id(outcome), "")))
    return tuple(notes)


def _overlaps(outcomes: Iterable[tuple[str, Outcome]]) -> dict[int, str]:
    """For each outcome that overlaps one before it and did not in the old cut: the id of that one."""
    placed = sorted(((one.new, one, name) for name, one in outcomes if one.new), key=lambda row: row[0].start)
    found: dict[int, str] = {}
    last: tuple[Span, Outcome, str] | None = None
    for new, outcome, name in placed:
        if last and new.overlap(last[0]) > 0 and not outcome.old.overlap(last[1].old):
            found[id(outcome)] = last[2]
        if last is None or new.end > last[0].end:
            last = (new, outcome, name)
    return found


def _carried(loop: Loop, outcome: Outcome, new: Span, mapping: Conforming) -> Loop:
    """``loop`` where it stands now, with all that is timed in it."""
    by = new.start - loop.span.start
    fates = {fate for fate in [_fate_below(take, outcome, by, mapping) for take in loop.takes] if fate}
    flags = tuple(Flag(code=str(fate), message=_FLAGS[fate]) for fate in _FLAGS if fate in fates)
    if outcome.fate is Fate.KEPT and not flags and (loop.slot is None or _slot(loop.slot, by, mapping) == loop.slot):
        return loop
    codes = {flag.code for flag in flags}
    cut_front = bool(outcome.parts) and not outcome.whole and outcome.parts[0].old.start > loop.span.start
    return loop.model_copy(update={
        "span": new, "slot": None if loop.slot is None or not outcome.whole else _slot(loop.slot, by, mapping),
        "words": _words(loop.words, outcome, by), "subtitles": _subtitles(loop, outcome, by, mapping),
        "takes": tuple(_take(take, loop.span, new, cut_front) for take in loop.takes),
        "flags": (*(flag for flag in loop.flags if flag.code not in codes), *flags)})


def _subtitles(loop: Loop, outcome: Outcome, by: Fraction, mapping: Conforming) -> HeldSubtitles | None:
    """Subtitles that were set by hand: along with a loop that is shown whole, else each with its own picture. What
    cannot be is made not to stand, so that it is told."""
    held = loop.subtitles
    if held is None:
        return None
    spans = [one.span for one in held.shown]
    if outcome.whole and all(span.start + by >= 0 for span in spans):
        return conformed(held, {span: span.shifted(by) for span in spans})
    found = conformed(held, {span: mapping.conform_span(span).new for span in spans})
    return found or held.model_copy(update={"text": ""})


def _slot(slot: Span, by: Fraction, mapping: Conforming) -> Span | None:
    """The slot, moved along; None where the new cut does not show it whole, behind its loop."""
    outcome = mapping.conform_span(slot)
    return outcome.new if outcome.whole and outcome.new == slot.shifted(by) else None


def _take(take: Take, old: Span, new: Span, cut_front: bool) -> Take:
    """The take as long as it was: as far into its loop as it was, or at its beginning where that was cut."""
    into = Fraction(0) if cut_front else take.span.start - old.start
    start = max(Fraction(0), new.start + into)
    return take.model_copy(update={"span": Span(start=start, end=start + take.span.duration)})


def _fate_below(take: Take, outcome: Outcome, by: Fraction, mapping: Conforming) -> Fate | None:
    """What happened to the picture below the take, if it does not fit any more."""
    if not outcome.whole:
        return outcome.fate
    below = mapping.conform_span(take.span)
    if not below.whole:
        return below.fate
    return None if below.new and abs(below.new.start - take.span.start - by) <= mapping.frame else Fate.SPLIT


def _words(words: Sequence[Word], outcome: Outcome, by: Fraction) -> tuple[Word, ...]:
    """Words where they are shown now; those of which nothing is shown go."""
    if outcome.whole:
        return tuple(word.model_copy(update={"span": word.span.shifted(by)}) for word in words) if by else tuple(words)
    carried = []
    for word in words:
        shown = [part for part in outcome.parts if part.old.overlap(word.span) or part.old.holds(word.span.start)]
        if shown:
            ends = [_at(word.span.start, shown[0]), _at(word.span.end, shown[-1])]
            carried.append(word.model_copy(update={"span": Span(start=min(ends), end=max(ends))}))
    return tuple(carried)


def _at(time: Fraction, part: Appearance) -> Fraction:
    """Where ``time`` is shown; of what lies outside ``part``, its nearer end."""
    into = min(max(time, part.old.start), part.old.end) - part.old.start
    return part.new.start + into * part.new.duration / part.old.duration
