"""Editing a dialogue in place: what a person may do to its loops, as values, and what becomes of the loops.

A :data:`Change` says what is done to which loop; :func:`apply` gives the dialogue after several of them. What a
machine knew about the old words (its confidence, its wordings, its doubts) goes with the old words; takes stay, and a
take is chosen only while it says what the loop says, where the loop says it; subtitles that were set by hand are held
while the loop says what they were made for (``holding``). Slots that no longer hold are None until
the lines are spoken again. Does not know where a dialogue is kept, nor who else is changing it (``project.edits``).
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from itertools import count
from typing import Any

from ciak.errors import BadInput, NotFound, Refused
from ciak.film.captions import CAPTION_CHANGES, Caption, captioned
from ciak.film.changes import (
    Add,
    AddTake,
    Assign,
    Change,
    Choose,
    Dismiss,
    DropTake,
    Follow,
    Lock,
    Merge,
    Place,
    Present,
    Remove,
    Retype,
    Sing,
    Split,
    Subtitle,
    named,
)
from ciak.film.glossary import GlossaryTerm
from ciak.film.holding import divided, joined, let_go, moved, set_by_hand, settled
from ciak.film.language import Dialogue, Flag, Loop, Word
from ciak.film.model import FilmModel
from ciak.film.people import CastMember
from ciak.film.presence import Presence
from ciak.film.time import Span

__all__ = ["LONGEST_TEXT", "MACHINE_FLAGS", "Add", "AddTake", "Assign", "Change", "Choose", "Dismiss", "DropTake",
           "Follow", "Lock", "Merge", "Place", "Present", "Remove", "Retype", "Sing", "Split", "Subtitle", "apply",
           "in_order", "named", "version_of"]

LONGEST_TEXT = 2000
"""Characters of one loop's text."""
MACHINE_FLAGS = frozenset({"doubtful-words", "low-confidence", "untranslated", "no-room", "too-fast", "unclear",
                           "whispered", "laughed",
                           "cannot-speak", "not-in-script", "unsure-place"})
"""Codes of flags that a machine raised about the words of a loop; they go when the words go."""
_PLACE_FLAGS = frozenset({"no-room", "too-fast", "unclear", "cannot-speak", "whispered", "laughed"})
_LONGEST_ID = 64


def apply(dialogue: Dialogue, changes: Sequence[Change]) -> Dialogue:
    """``dialogue`` after ``changes``, one after the other; its loops sorted by start and id.

    ``dialogue`` itself when nothing changes; loops that nothing was done to are the same objects. Raises
    :class:`NotFound` for a loop that is not there, :class:`BadInput` for what cannot be done (no text, no time, a
    split outside the loop), :class:`Refused` for a change to a locked loop.
    """
    loops, captions = list(dialogue.loops), dialogue.captions
    for change in changes:
        if isinstance(change, CAPTION_CHANGES):
            captions = captioned(captions, change)
        elif dialogue.source is not None and isinstance(change, Present | Sing):
            raise BadInput("how a voice is heard is said of the original's line, and holds for its translations",
                           remedy=f"change it in {dialogue.source!r}")
        else:
            _DO[type(change)](loops, change)
    if captions != dialogue.captions:
        dialogue = dialogue.model_copy(update={"captions": captions})
    made, loops = loops, settled(loops)
    for old, new in zip(made, loops, strict=True):
        if old.locked and old is not new:
            raise Refused(f"the loop {old.id!r}, which shares its subtitles, is locked", remedy="unlock it first",
                          loop=old.id)
    before = {id(loop) for loop in dialogue.loops}
    if len(loops) == len(dialogue.loops) and all(id(loop) in before for loop in loops):
        return dialogue
    return dialogue.model_copy(update={"loops": in_order(loops)})


def in_order(loops: Iterable[Loop]) -> tuple[Loop, ...]:
    """``loops`` as they follow each other in the film: by start, then by id."""
    return tuple(sorted(loops, key=_order))


def version_of(record: Loop | CastMember | Caption | GlossaryTerm) -> str:
    """The version of a record: 16 hex digits of the sha256 of all that it holds. Equal records have equal versions."""
    values = record.model_dump(mode="json")
    text = json.dumps(values, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()[:16]


def _retype(loops: list[Loop], change: Retype) -> None:
    at = _open(loops, change.loop)
    text = _text(change.text)
    if text != loops[at].text:
        loops[at] = _said(loops[at], text)


def _place(loops: list[Loop], change: Place) -> None:
    at = _open(loops, change.loop)
    loop, span = loops[at], change.span
    _timed(span)
    if span == loop.span:
        return
    if span.duration == loop.span.duration:
        by = span.start - loop.span.start
        loops[at] = loop.model_copy(update={
            "span": span, "slot": None, "subtitles": moved(loop.subtitles, loop.span, span),
            "words": tuple(word.model_copy(update={"span": _later(word.span, by)}) for word in loop.words),
            "takes": tuple(take.model_copy(update={"span": _later(take.span, by)}) for take in loop.takes)})
    else:
        loops[at] = loop.model_copy(update={
            "span": span, "slot": None, "chosen": None, "kept": False, "words": _cut(loop.words, span),
            "flags": _without(loop.flags, _PLACE_FLAGS)})


def _split(loops: list[Loop], change: Split) -> None:
    at = _open(loops, change.loop)
    loop = loops[at]
    if not loop.span.start < change.at < loop.span.end:
        raise BadInput(f"the loop {loop.id!r} cannot be split at {float(change.at):.3f} s",
                       remedy=f"split it between {float(loop.span.start):.3f} and {float(loop.span.end):.3f} s")
    texts = (loop.text[:change.text_at].strip(), loop.text[change.text_at:].strip())
    if not all(texts):
        raise BadInput(f"the loop {loop.id!r} cannot be split before character {change.text_at}: one half would be "
                       "silent", remedy="split it between two words")
    spans = (Span(start=loop.span.start, end=change.at), Span(start=change.at, end=loop.span.end))
    words: tuple[list[Word], list[Word]] = ([], [])
    for word in loop.words:
        start, end = word.span.start, word.span.end
        later = (start + end) / 2 >= change.at
        edge = max if later else min
        words[later].append(_within(word, edge(start, change.at), edge(end, change.at)))
    first, second = (_said(loop, text).model_copy(update={"span": span, "slot": None, "words": tuple(said)})
                     for text, span, said in zip(texts, spans, words, strict=True))
    second = second.model_copy(update={
        "id": _fresh(loops, f"{loop.id}-", 2), "takes": (), "chosen": None, "kept": False})
    if (halves := divided(loop.subtitles, texts)) is not None:
        first, second = (half.model_copy(update={"subtitles": held})
                         for half, held in zip((first, second), halves, strict=True))
    loops[at:at + 1] = [first, second]


def _merge(loops: list[Loop], change: Merge) -> None:
    first, second = loops[_open(loops, change.first)], loops[_open(loops, change.second)]
    order = [loop.id for loop in in_order(loops)]
    if order.index(second.id) != order.index(first.id) + 1:
        raise BadInput(f"the loop {second.id!r} does not follow {first.id!r}", remedy="merge two neighbours")
    merged = _said(first, _text(f"{first.text} {second.text}"))
    flags = dict.fromkeys((*first.flags, *second.flags))
    held = joined(first, second, merged.text)
    for name in () if held is None else held.shared:
        _shared_with(loops, _find(loops, name), second.id, first.id)
    loops[_find(loops, first.id)] = merged.model_copy(update={
        "subtitles": held or merged.subtitles or second.subtitles,
        "span": first.span.join(second.span), "slot": None, "words": (*first.words, *second.words),
        "flags": tuple(flags), "chosen": None, "kept": False})
    del loops[_find(loops, second.id)]


def _assign(loops: list[Loop], change: Assign) -> None:
    _set(loops, _open(loops, change.loop), "character", change.character)


def _lock(loops: list[Loop], change: Lock) -> None:
    _set(loops, _find(loops, change.loop), "locked", change.locked)


def _choose(loops: list[Loop], change: Choose) -> None:
    at = _open(loops, change.loop)
    if change.take is not None and all(take.id != change.take for take in loops[at].takes):
        raise NotFound(f"the loop {change.loop!r} has no take {change.take[:64]!r}", loop=change.loop)
    _set(loops, at, "chosen", change.take)
    _set(loops, at, "kept", change.take is not None)


def _add_take(loops: list[Loop], change: AddTake) -> None:
    at = _open(loops, change.loop)
    if change.take not in loops[at].takes:
        if any(take.id == change.take.id for take in loops[at].takes):
            raise BadInput(f"the loop {change.loop!r} has another take {change.take.id!r}", loop=change.loop)
        _set(loops, at, "takes", (*loops[at].takes, change.take))
    if change.choose:
        _choose(loops, Choose(loop=change.loop, take=change.take.id))
        _set(loops, at, "flags", _without(loops[at].flags, _PLACE_FLAGS))


def _drop_take(loops: list[Loop], change: DropTake) -> None:
    at = _open(loops, change.loop)
    kept = tuple(take for take in loops[at].takes if take.id != change.take)
    if len(kept) == len(loops[at].takes):
        raise NotFound(f"the loop {change.loop!r} has no take {change.take[:64]!r}", loop=change.loop)
    if loops[at].chosen == change.take:
        raise Refused(f"the take {change.take[:64]!r} of {change.loop!r} is the chosen one",
                      remedy="choose another one first", loop=change.loop)
    _set(loops, at, "takes", kept)


def _dismiss(loops: list[Loop], change: Dismiss) -> None:
    at = _open(loops, change.loop)
    _set(loops, at, "flags", _without(loops[at].flags, {change.flag}))


def _add(loops: list[Loop], change: Add) -> None:
    _timed(change.span)
    loops.append(Loop(id=_fresh(loops, "P", 1), character=change.character, span=change.span,
                      text=_text(change.text), origin="person"))


def _remove(loops: list[Loop], change: Remove) -> None:
    del loops[_open(loops, change.loop)]


def _subtitle(loops: list[Loop], change: Subtitle) -> None:
    places = {name: _open(loops, name) for name in change.loops}
    chosen = in_order(loops[at] for at in places.values())
    for loop in set_by_hand(chosen, change.shown):
        loops[places[loop.id]] = loop


def _follow(loops: list[Loop], change: Follow) -> None:
    _open(loops, change.loop)
    for name in let_go(loops, change.loop):
        _set(loops, _open(loops, name), "subtitles", None)


def _present(loops: list[Loop], change: Present) -> None:
    said = None if change.kind is None else Presence(kind=change.kind, origin="person")
    _set(loops, _open(loops, change.loop), "presence", said)


def _sing(loops: list[Loop], change: Sing) -> None:
    at = _open(loops, change.loop)
    if loops[at].sung is not change.sung:
        loops[at] = loops[at].model_copy(update={"sung": change.sung, "sung_origin": "person"})


_DO: dict[type[FilmModel], Callable[[list[Loop], Any], None]] = {
    Retype: _retype, Place: _place, Split: _split, Merge: _merge, Assign: _assign, Lock: _lock, Choose: _choose,
    AddTake: _add_take, DropTake: _drop_take, Present: _present, Sing: _sing,
    Dismiss: _dismiss, Add: _add, Remove: _remove, Subtitle: _subtitle, Follow: _follow}


def _find(loops: Sequence[Loop], name: str) -> int:
    found = [at for at, loop in enumerate(loops) if loop.id == name]
    if not found:
        raise NotFound(f"there is no loop {name!r}", remedy="read the dialogue again", loop=name)
    if len(found) > 1:
        raise BadInput(f"the loop {name!r} is there {len(found)} times", remedy="give each its own id", loop=name)
    return found[0]


def _open(loops: Sequence[Loop], name: str) -> int:
    """The place of a loop that may be changed."""
    at = _find(loops, name)
    if loops[at].locked:
        raise Refused(f"the loop {name!r} is locked", remedy="unlock it first", loop=name)
    return at


def _shared_with(loops: list[Loop], at: int, old: str, new: str) -> None:
    """The loop shares its subtitles with ``new``, no longer with ``old``."""
    held = loops[at].subtitles
    if held is not None:
        shared = tuple(dict.fromkeys(new if name == old else name for name in held.shared))
        _set(loops, at, "subtitles", held.model_copy(update={"shared": shared}))


def _set(loops: list[Loop], at: int, field: str, value: object) -> None:
    if getattr(loops[at], field) != value:
        loops[at] = loops[at].model_copy(update={field: value})


def _said(loop: Loop, text: str) -> Loop:
    """``loop`` with a person's words; a take that says exactly them is chosen."""
    take = loop.take
    if take is None or take.text != text:
        take = next((other for other in reversed(loop.takes) if other.text == text), None)
    chosen = take.id if take else None
    return loop.model_copy(update={
        "text": text, "origin": "person", "confidence": None, "variants": (), "chosen": chosen,
        "kept": loop.kept and chosen == loop.chosen and chosen is not None,
        "flags": _without(loop.flags, MACHINE_FLAGS)})


def _text(text: str) -> str:
    text = text.strip()
    if not text:
        raise BadInput("a loop says something", remedy="remove the loop if nothing is said")
    if len(text) > LONGEST_TEXT:
        raise BadInput(f"the text has {len(text):,} characters; a loop holds {LONGEST_TEXT:,}", remedy="split the loop")
    if any(unicodedata.category(sign) in ("Cc", "Cs") and sign != "\n" for sign in text):
        raise BadInput("the text holds a control character", remedy="write plain text; a line feed is the only one")
    return text


def _timed(span: Span) -> None:
    if span.start < 0 or span.end <= span.start:
        raise BadInput(f"nobody speaks from {float(span.start):.3f} to {float(span.end):.3f} s",
                       remedy="give a stretch of the film that begins at 0 or later and is not empty")


def _later(span: Span, by: Fraction) -> Span:
    """``span`` moved, but not before the film begins."""
    return span.shifted(max(by, -span.start) if span.start >= 0 else by)


def _cut(words: Iterable[Word], span: Span) -> tuple[Word, ...]:
    """``words`` as far as they lie in ``span``."""
    return tuple(_within(word, max(word.span.start, span.start), min(word.span.end, span.end))
                 for word in words if word.span.overlap(span) or span.holds(word.span.start))


def _within(word: Word, start: Fraction, end: Fraction) -> Word:
    """``word``, spoken from ``start`` to ``end``."""
    if (start, end) == (word.span.start, word.span.end):
        return word
    return word.model_copy(update={"span": Span(start=start, end=end)})


def _without(flags: Iterable[Flag], codes: Iterable[str]) -> tuple[Flag, ...]:
    return tuple(flag for flag in flags if flag.code not in codes)


def _fresh(loops: Iterable[Loop], stem: str, first: int) -> str:
    """The first id ``stem``NUMBER that no loop has; a long stem gives way to its number."""
    taken = {loop.id for loop in loops}
    numbered = (f"{stem[:-1][:_LONGEST_ID - 1 - len(str(n))]}{stem[-1]}{n}" for n in count(first))
    return next(name for name in numbered if name not in taken)


def _order(loop: Loop) -> tuple[float, Fraction, str]:
    """By start and id; the float, which rises as the start does, spares comparing fractions, which is slow."""
    start = loop.span.start
    return start.numerator / start.denominator, start, loop.id
