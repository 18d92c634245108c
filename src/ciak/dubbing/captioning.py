"""Captioning: what was heard becomes captions that a person approves; what a person brings is approved already.

A caption that a machine proposed stays as long as it is heard, one that a person decided or worded stays for good: a
sound that was rejected is not proposed again. In a translation the same captions stand under the same ids, in its own
words, with the verdict that they have in the original; what a person worded waits there to be translated.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from itertools import count

from ciak.backends.protocols import Heard
from ciak.film import Caption, CaptionKind, Dialogue, Span, SubtitleDocument, Verdict
from ciak.film.captions import FORCED, LONGEST_CAPTION, captions_in_order

__all__ = ["GIVEN", "approved", "brought", "carried", "proposed", "waiting", "wording"]

GIVEN = "given:on-screen"
"""Origin of captions that came from a file of a person's."""


def wording(label: str, language: str) -> str:
    """How what is heard is called in a language; in English where that is not known, as it is where nothing is."""
    known = _wordings().get(label, {})
    return known.get(language.split("-")[0]) or known.get("en") or label


@cache
def _wordings() -> dict[str, dict[str, str]]:
    return tomllib.loads(files(__package__).joinpath("captions.toml").read_text("utf-8"))


def waiting(dialogue: Dialogue) -> tuple[Caption, ...]:
    """The captions that nobody has decided."""
    return tuple(caption for caption in dialogue.captions if caption.verdict is Verdict.UNDECIDED)


def approved(dialogue: Dialogue) -> tuple[Caption, ...]:
    """The captions that may be delivered."""
    return tuple(caption for caption in dialogue.captions if caption.verdict is Verdict.APPROVED)


def proposed(dialogue: Dialogue, heard: Sequence[Heard], hearer: str) -> Dialogue:
    """``dialogue`` with a caption for all that was ``heard`` by the backend ``hearer``. Those that it proposed before
    and does not hear any more go, unless a person decided or worded them."""
    kept = [caption for caption in dialogue.captions if not _machines(caption)
            or any(_same(caption, one) for one in heard)]
    taken = {caption.id for caption in dialogue.captions}
    names = (name for number in count(1) if (name := f"C{number}") not in taken)
    new = [Caption(id=next(names), kind=_kind(one.label), span=one.span, text=wording(one.label, dialogue.language),
                   origin=f"hearer:{hearer}", confidence=one.confidence)
           for one in heard if not any(_same(caption, one) for caption in kept)]
    return _with(dialogue, [*kept, *new])


def carried(original: Dialogue, target: Dialogue) -> Dialogue:
    """``target``, a translation of ``original``, with its captions for those who do not hear."""
    own = {caption.id: caption for caption in target.captions}
    ours = {caption.id for caption in original.captions}
    labels = {text: label for label in _wordings() if (text := wording(label, original.language))}
    out = [caption for caption in target.captions if caption.id not in ours
           and (caption.kind in FORCED or not _machines(caption))]
    for caption in original.captions:
        before = own.get(caption.id)
        if before is not None and not _machines(before):
            out.append(before)
        elif caption.kind not in FORCED:
            label = labels.get(caption.text) if caption.kind is not CaptionKind.LYRIC else None
            out.append(caption.model_copy(update={
                "text": wording(label, target.language) if label else caption.text, "origin": "original",
                "verdict": caption.verdict if label or caption.verdict is Verdict.REJECTED else Verdict.UNDECIDED}))
    return _with(target, out)


def brought(dialogue: Dialogue, document: SubtitleDocument) -> Dialogue:
    """``dialogue`` with what is written in the picture as a person's file has it, approved thereby; what an earlier
    file brought goes, unless it was worded by hand since."""
    kept = [caption for caption in dialogue.captions if caption.origin != GIVEN]
    taken = {caption.id for caption in kept}
    names = (name for number in count(1) if (name := f"T{number}") not in taken)
    new = [Caption(id=next(names), kind=CaptionKind.ON_SCREEN, span=cue.span, text=cue.text[:LONGEST_CAPTION],
                   origin=GIVEN, verdict=Verdict.APPROVED)
           for cue in document.cues if cue.text.strip() and cue.span.duration > 0]
    return _with(dialogue, [*kept, *new])


def _with(dialogue: Dialogue, captions: Sequence[Caption]) -> Dialogue:
    ordered = captions_in_order(captions)
    return dialogue if ordered == dialogue.captions else dialogue.model_copy(update={"captions": ordered})


def _machines(caption: Caption) -> bool:
    """Whether no person had a hand in it yet. What follows the original's verdict is the machine's."""
    if caption.origin == "original":
        return True
    return caption.verdict is Verdict.UNDECIDED and caption.origin.startswith("hearer:")


def _kind(label: str) -> CaptionKind:
    return CaptionKind.MUSIC if label == "music" else CaptionKind.SOUND


def _same(caption: Caption, heard: Heard) -> bool:
    """Whether the caption tells what was heard: of one kind, and more than half of the shorter in common."""
    if caption.kind is not _kind(heard.label) and not (caption.kind is CaptionKind.LYRIC and heard.label == "music"):
        return False
    return _common(caption.span, heard.span)


def _common(one: Span, other: Span) -> bool:
    return one.overlap(other) * 2 > min(one.duration, other.duration)
