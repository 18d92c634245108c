"""What an edit of the original's loops means for a translation of them: loops keep their ids across languages, so
whatever moves, divides, joins or removes a line of the original does it to its translation.

A divided line's translation is divided at the space nearest to the same share of its text. Words, takes and locks
belong to one language and are not mirrored; what a locked translation does not allow is left out. What a machine
translated stays a machine's when it is divided or joined, so that the next dub words it anew for its new place.
Captions that follow the original's are moved, taken away and rejected with it; an approval is of words, and the
translation's are others: a person approves them, or the next run does where it knows them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ciak.film.captions import JudgeCaption, PlaceCaption, RemoveCaption, Verdict
from ciak.film.changes import Assign, Change, Merge, Place, Remove, Split
from ciak.film.editing import apply
from ciak.film.language import Dialogue, Loop

__all__ = ["mirrored"]


def mirrored(changes: Sequence[Change], translation: Dialogue) -> Dialogue:
    """``translation`` after what follows for it from ``changes`` to its original; itself when nothing does.

    Raises what :func:`ciak.film.editing.apply` raises where it is not built as the original is.
    """
    for change in changes:
        wanted = (_of_caption(change, translation) if isinstance(change, PlaceCaption | JudgeCaption | RemoveCaption)
                  else _wanted(change, {loop.id: loop for loop in translation.loops if not loop.locked}))
        if wanted is not None:
            after = apply(translation, (wanted,))
            translation = _by_whom(translation, after) if isinstance(wanted, Split | Merge) else after
    return translation


def _of_caption(change: PlaceCaption | JudgeCaption | RemoveCaption, translation: Dialogue) -> Change | None:
    """The same for the caption of a translation that follows the original's; None where a person had a hand in it."""
    own = next((one for one in translation.captions if one.id == change.caption and one.origin == "original"), None)
    if own is None or not isinstance(change, JudgeCaption):
        return None if own is None else change
    if change.verdict is Verdict.APPROVED and own.verdict is not Verdict.REJECTED:
        return None
    return change if change.verdict is Verdict.REJECTED else change.model_copy(update={"verdict": Verdict.UNDECIDED})


def _by_whom(before: Dialogue, after: Dialogue) -> Dialogue:
    """``after`` one change, its new loops as much a person's as the loops that they came of."""
    old, new = ({id(loop): loop for loop in dialogue.loops} for dialogue in (before, after))
    sources = [loop for key, loop in old.items() if key not in new]
    if not sources or any(loop.origin == "person" for loop in sources):
        return after
    loops = tuple(loop if id(loop) in old else loop.model_copy(update={"origin": sources[0].origin})
                  for loop in after.loops)
    return after.model_copy(update={"loops": loops})


def _wanted(change: Change, loops: Mapping[str, Loop]) -> Change | None:
    """The same change for the loops of a translation, by id; None where it does not concern them."""
    if isinstance(change, Merge):
        return change if change.first in loops and change.second in loops else None
    if not isinstance(change, Place | Assign | Remove | Split) or change.loop not in loops:
        return None
    if not isinstance(change, Split):
        return change
    at = _divide(loops[change.loop], change)
    return None if at is None else change.model_copy(update={"text_at": at})


def _divide(loop: Loop, change: Split) -> int | None:
    """Before which character the translation is divided; None where it is one word, or spoken elsewhere."""
    if not loop.span.start < change.at < loop.span.end:
        return None
    share = float((change.at - loop.span.start) / loop.span.duration) * len(loop.text)
    spaces = [at for at, mark in enumerate(loop.text) if mark.isspace() and loop.text[:at].strip()
              and loop.text[at:].strip()]
    return min(spaces, key=lambda at: (abs(at - share), at), default=None)
