"""Captions: what is told on the screen besides the lines that are spoken, and what a person may do to them.

Sounds, music and lyrics are for those who do not hear the film (SDH); what is written in the picture and what must be
understood although it is said in another language (forced narratives) are for everybody. A machine proposes, a person
approves or rejects: until then a caption is undecided, and nothing undecided is delivered. Does not know how a caption
is put on the screen (brackets, notes), nor when there is room for it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from enum import StrEnum
from itertools import count
from typing import Annotated, Any, Literal

from pydantic import Field

from ciak.errors import BadInput, NotFound
from ciak.film.model import FilmModel
from ciak.film.place import Edge
from ciak.film.time import Span

__all__ = ["CAPTION_CHANGES", "FORCED", "LONGEST_CAPTION", "AddCaption", "Caption", "CaptionChange", "CaptionKind",
           "JudgeCaption", "PlaceCaption", "RemoveCaption", "RewordCaption", "StandCaption", "Verdict",
           "caption_key", "captioned", "captions_in_order", "is_caption_key"]

LONGEST_CAPTION = 500
"""Characters of a caption."""
_ID = r"^[A-Za-z0-9_-]{1,64}$"
_KEY = "caption:"


class CaptionKind(StrEnum):
    """What a caption tells."""

    SOUND = "sound"
    MUSIC = "music"
    LYRIC = "lyric"
    """Words that are sung."""
    ON_SCREEN = "on-screen"
    """What is written in the picture."""
    FORCED = "forced"
    """What everybody must understand: speech in another language, signs."""


FORCED = frozenset({CaptionKind.ON_SCREEN, CaptionKind.FORCED})
"""Kinds that everybody is told, also who needs no subtitles."""


class Verdict(StrEnum):
    """What a person said of a caption."""

    UNDECIDED = "undecided"
    APPROVED = "approved"
    REJECTED = "rejected"


class Caption(FilmModel):
    """One caption. ``text`` is bare: brackets and notes are put on when it is shown."""

    id: str = Field(pattern=_ID)
    kind: CaptionKind
    span: Span
    """When it is heard or seen."""
    text: str = Field(max_length=LONGEST_CAPTION)
    origin: str = ""
    """``hearer:NAME``; ``given:on-screen``, from a file; ``person``, written or worded by hand."""
    confidence: float | None = Field(default=None, ge=0, le=1)
    verdict: Verdict = Verdict.UNDECIDED
    edge: Edge | None = None
    """Of what is written in the picture: the edge at which the writing itself stands, by a person's word; None: not
    known, or of no matter."""


class AddCaption(FilmModel):
    """A new caption by a person, approved thereby. Its id is the first free of ``C1``, ``C2``..."""

    do: Literal["add-caption"] = "add-caption"
    kind: CaptionKind
    span: Span
    text: str


class RewordCaption(FilmModel):
    """The caption says ``text``, by a person's word, and is approved thereby."""

    do: Literal["reword-caption"] = "reword-caption"
    caption: str = Field(pattern=_ID)
    text: str


class PlaceCaption(FilmModel):
    """The caption's sound is heard in ``span``."""

    do: Literal["place-caption"] = "place-caption"
    caption: str = Field(pattern=_ID)
    span: Span


class JudgeCaption(FilmModel):
    """A person approves or rejects the caption, or takes that back."""

    do: Literal["judge-caption"] = "judge-caption"
    caption: str = Field(pattern=_ID)
    verdict: Verdict


class StandCaption(FilmModel):
    """What the caption tells is written at that edge of the picture; None: that is not known."""

    do: Literal["stand-caption"] = "stand-caption"
    caption: str = Field(pattern=_ID)
    edge: Edge | None


class RemoveCaption(FilmModel):
    """The caption goes. What a machine proposed is better rejected: it would be proposed again."""

    do: Literal["remove-caption"] = "remove-caption"
    caption: str = Field(pattern=_ID)


CaptionChange = Annotated[AddCaption | RewordCaption | PlaceCaption | JudgeCaption | StandCaption | RemoveCaption,
                          Field(discriminator="do")]
"""One thing that a person does to the captions of a dialogue, told apart by ``do``."""
CAPTION_CHANGES = (AddCaption, RewordCaption, PlaceCaption, JudgeCaption, StandCaption, RemoveCaption)


def caption_key(id: str) -> str:  # noqa: A002 - the domain's word
    """The name of a caption among the records of a dialogue; no loop has such a name."""
    return _KEY + id


def is_caption_key(name: str) -> bool:
    """Whether a record of that name is a caption."""
    return name.startswith(_KEY)


def captioned(captions: Sequence[Caption], change: Any) -> tuple[Caption, ...]:
    """``captions`` after one :data:`CaptionChange`, in order; those that it leaves alone are the same objects.

    Raises :class:`NotFound` for a caption that is not there, :class:`BadInput` for no text and no time.
    """
    if isinstance(change, AddCaption):
        taken = {caption.id for caption in captions}
        new = Caption(id=next(name for number in count(1) if (name := f"C{number}") not in taken), kind=change.kind,
                      span=_timed(change.span), text=_text(change.text), origin="person", verdict=Verdict.APPROVED)
        return captions_in_order((*captions, new))
    old = next((caption for caption in captions if caption.id == change.caption), None)
    if old is None:
        raise NotFound(f"there is no caption {change.caption!r}", remedy="list the captions again")
    new_one = _DO[type(change)](old, change)
    if new_one == old:
        return tuple(captions)
    rest = (new_one if caption is old else caption for caption in captions)
    return captions_in_order([caption for caption in rest if caption is not None])


def captions_in_order(captions: Sequence[Caption]) -> tuple[Caption, ...]:
    """By start, then by id."""
    return tuple(sorted(captions, key=lambda caption: (caption.span.start, caption.id)))


def _reworded(caption: Caption, change: RewordCaption) -> Caption:
    text = _text(change.text)
    if text == caption.text:
        return caption.model_copy(update={"verdict": Verdict.APPROVED})
    return caption.model_copy(update={"text": text, "origin": "person", "confidence": None,
                                      "verdict": Verdict.APPROVED})


def _placed(caption: Caption, change: PlaceCaption) -> Caption:
    return caption.model_copy(update={"span": _timed(change.span)})


def _judged(caption: Caption, change: JudgeCaption) -> Caption:
    return caption.model_copy(update={"verdict": change.verdict})


def _standing(caption: Caption, change: StandCaption) -> Caption:
    if caption.kind not in FORCED:
        raise BadInput(f"the caption {caption.id!r} is heard, not written in the picture",
                       remedy="only what is on the screen stands at an edge")
    return caption.model_copy(update={"edge": change.edge})


def _removed(caption: Caption, change: RemoveCaption) -> None:
    return None


_DO: dict[type[FilmModel], Callable[[Caption, Any], Caption | None]] = {
    RewordCaption: _reworded, PlaceCaption: _placed, JudgeCaption: _judged, StandCaption: _standing,
    RemoveCaption: _removed}


def _text(text: str) -> str:
    text = text.strip()
    if not text:
        raise BadInput("a caption tells something", remedy="reject the caption if nothing is to be told")
    if len(text) > LONGEST_CAPTION:
        raise BadInput(f"the text has {len(text):,} characters; a caption holds {LONGEST_CAPTION}",
                       remedy="make two of it")
    if any(unicodedata.category(sign) in ("Cc", "Cs") and sign != "\n" for sign in text):
        raise BadInput("the text holds a control character", remedy="write plain text; a line feed is the only one")
    return text


def _timed(span: Span) -> Span:
    if span.start < 0 or span.end <= span.start:
        raise BadInput(f"nothing is told from {float(span.start):.3f} to {float(span.end):.3f} s",
                       remedy="give a stretch of the film that begins at 0 or later and is not empty")
    return span
