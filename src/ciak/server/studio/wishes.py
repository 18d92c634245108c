"""What a page may wish of a dialogue: the changes of ``film.changes``, with moments by frame.

Frames become film time here: an edge that stays on the frame that is shown stays where it exactly was, and what is
only moved keeps its exact length. Does not know what a change means (``film.editing``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from ciak.errors import BadInput
from ciak.film import CaptionKind, FilmTime, Rate, Span
from ciak.film.captions import (
    LONGEST_CAPTION,
    AddCaption,
    JudgeCaption,
    PlaceCaption,
    RemoveCaption,
    RewordCaption,
    StandCaption,
    caption_key,
)
from ciak.film.editing import (
    Add,
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
)
from ciak.film.held import LONGEST_LINE, MOST_LINES, MOST_SHARED, MOST_SHOWN, HeldSubtitle
from ciak.film.model import FilmModel
from ciak.server.studio.showing import frames_view

__all__ = ["LAST_FRAME", "AddCaptionFrames", "AddFrames", "Frames", "PlaceCaptionFrames", "PlaceFrames",
           "ShownFrames", "SplitFrames", "SubtitleFrames", "Wish", "exact"]

LAST_FRAME = 1 << 40
"""Beyond every film, and still a whole number in JavaScript."""
Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


class Frames(FilmModel):
    """From frame ``first`` up to, not including, frame ``end``."""

    first: int = Field(ge=0, le=LAST_FRAME)
    end: int = Field(ge=1, le=LAST_FRAME)


class PlaceFrames(FilmModel):
    """Move or trim a line: its new frames."""

    do: Literal["place"] = "place"
    loop: Id
    frames: Frames


class SplitFrames(FilmModel):
    """Divide a line at a frame; its text at a character."""

    do: Literal["split"] = "split"
    loop: Id
    at: int = Field(ge=0, le=LAST_FRAME)
    text_at: int = Field(ge=0, le=2000)


class AddFrames(FilmModel):
    """A new line."""

    do: Literal["add"] = "add"
    frames: Frames
    text: str = Field(min_length=1, max_length=2000)
    character: Id


class AddCaptionFrames(FilmModel):
    """A new caption by a person, approved thereby."""

    do: Literal["add-caption"] = "add-caption"
    kind: CaptionKind
    frames: Frames
    text: str = Field(min_length=1, max_length=LONGEST_CAPTION)


class PlaceCaptionFrames(FilmModel):
    """Move or trim a caption: its new frames."""

    do: Literal["place-caption"] = "place-caption"
    caption: Id
    frames: Frames


class ShownFrames(FilmModel):
    """One subtitle by frame."""

    frames: Frames
    lines: tuple[Annotated[str, Field(min_length=1, max_length=LONGEST_LINE)], ...] = Field(
        min_length=1, max_length=MOST_LINES)


class SubtitleFrames(FilmModel):
    """Set the subtitles that those lines share; with none, their words are not shown."""

    do: Literal["subtitle"] = "subtitle"
    loops: tuple[Id, ...] = Field(min_length=1, max_length=MOST_SHARED)
    shown: tuple[ShownFrames, ...] = Field(max_length=MOST_SHOWN)


Wish = Annotated[
    Retype | PlaceFrames | SplitFrames | Merge | Assign | Lock | Choose | DropTake | Dismiss | AddFrames | Remove
    | SubtitleFrames | Follow | Present | Sing
    | AddCaptionFrames | RewordCaption | PlaceCaptionFrames | JudgeCaption | StandCaption | RemoveCaption,
    Field(discriminator="do")]
"""One change as a page sends it, told apart by ``do``."""


def exact(wish: Wish, rate: Rate, spans: Mapping[str, Span]) -> Change:
    """``wish`` in film time. ``spans``: where loops are, by id, and captions, by their key. Raises :class:`BadInput`
    for a stretch that is empty."""
    match wish:
        case SplitFrames():
            return Split(loop=wish.loop, at=rate.time(wish.at), text_at=wish.text_at)
        case AddFrames():
            return Add(span=_stretch(wish.frames, rate), text=wish.text, character=wish.character)
        case AddCaptionFrames():
            return AddCaption(kind=wish.kind, span=_stretch(wish.frames, rate), text=wish.text)
        case SubtitleFrames():
            return Subtitle(loops=wish.loops, shown=tuple(
                HeldSubtitle(span=_stretch(one.frames, rate), lines=one.lines) for one in wish.shown))
        case PlaceFrames():
            return Place(loop=wish.loop, span=_placed(wish.frames, rate, spans.get(wish.loop)))
        case PlaceCaptionFrames():
            before = spans.get(caption_key(wish.caption))
            return PlaceCaption(caption=wish.caption, span=_placed(wish.frames, rate, before))
        case _:
            return wish


def _placed(frames: Frames, rate: Rate, before: Span | None) -> Span:
    """Where what was at ``before`` is now; None: nothing is known of it."""
    first, end = frames.first, frames.end
    if before is None:
        return _stretch(frames, rate)
    shown = frames_view(before, rate)
    if first - shown.first == end - shown.end:
        by = max(rate.time(first - shown.first), -before.start)  # never before the first frame
        return before.shifted(by)
    return _span(before.start if first == shown.first else rate.time(first),
                 before.end if end == shown.end else rate.time(end))


def _stretch(frames: Frames, rate: Rate) -> Span:
    return _span(rate.time(frames.first), rate.time(frames.end))


def _span(start: FilmTime, end: FilmTime) -> Span:
    if end <= start:
        raise BadInput("a line ends after it begins", remedy="give it at least one frame")
    return Span(start=start, end=end)
