"""What a person may do to the loops of a dialogue, as values that a page sends and a history keeps.

Each is told apart by ``do``. What becomes of the loops is told in ``editing``.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from ciak.film.captions import (
    CAPTION_CHANGES,
    AddCaption,
    JudgeCaption,
    PlaceCaption,
    RemoveCaption,
    RewordCaption,
    StandCaption,
    caption_key,
)
from ciak.film.held import MOST_SHARED, MOST_SHOWN, HeldSubtitle
from ciak.film.language import Take
from ciak.film.model import FilmModel
from ciak.film.presence import PresenceKind
from ciak.film.time import FilmTime, Span

__all__ = ["Add", "AddTake", "Assign", "Change", "Choose", "Dismiss", "DropTake", "Follow", "Lock", "Merge", "Place",
           "Present", "Remove", "Retype", "Sing", "Split", "Subtitle", "named"]

_LOOP = r"^[A-Za-z0-9_-]{1,64}$"
_CHARACTER = r"^[A-Za-z0-9_-]{0,64}$"


class Retype(FilmModel):
    """The loop says ``text``, by a person's word."""

    do: Literal["retype"] = "retype"
    loop: str = Field(pattern=_LOOP)
    text: str


class Place(FilmModel):
    """The loop is spoken in ``span``: moved when it is as long as before, trimmed or stretched when not.

    Words and takes are moved along. Trimmed, words are cut to the span and those outside it dropped.
    """

    do: Literal["place"] = "place"
    loop: str = Field(pattern=_LOOP)
    span: Span


class Split(FilmModel):
    """The loop becomes two: at film time ``at`` (seconds), and in its text before character ``text_at``.

    ``text_at`` counts Unicode characters (code points), not UTF-16 units. The first keeps the id and the takes.
    """

    do: Literal["split"] = "split"
    loop: str = Field(pattern=_LOOP)
    at: FilmTime
    text_at: int = Field(ge=0)


class Merge(FilmModel):
    """Two loops that follow each other become one, which is the first's: its id, its character, its takes."""

    do: Literal["merge"] = "merge"
    first: str = Field(pattern=_LOOP)
    second: str = Field(pattern=_LOOP)


class Assign(FilmModel):
    """``character`` (an id of the cast; empty: nobody yet) says the loop."""

    do: Literal["assign"] = "assign"
    loop: str = Field(pattern=_LOOP)
    character: str = Field(pattern=_CHARACTER)


class Lock(FilmModel):
    """The loop is locked against every change, or unlocked."""

    do: Literal["lock"] = "lock"
    loop: str = Field(pattern=_LOOP)
    locked: bool


class Choose(FilmModel):
    """The loop is spoken by the take of that id; None: by no take."""

    do: Literal["choose"] = "choose"
    loop: str = Field(pattern=_LOOP)
    take: str | None


class AddTake(FilmModel):
    """The loop has one more take, after its others; ``choose``: it is the one that speaks. Nothing happens where the
    loop has the very take."""

    do: Literal["add-take"] = "add-take"
    loop: str = Field(pattern=_LOOP)
    take: Take
    choose: bool = True


class DropTake(FilmModel):
    """The loop has that take no longer; its sound stays where it is kept. The chosen one is not dropped."""

    do: Literal["drop-take"] = "drop-take"
    loop: str = Field(pattern=_LOOP)
    take: str = Field(max_length=64)


class Dismiss(FilmModel):
    """A person looked at what the flag of that code says; nothing happens where there is no such flag."""

    do: Literal["dismiss"] = "dismiss"
    loop: str = Field(pattern=_LOOP)
    flag: str


class Add(FilmModel):
    """A new loop. Its id is the first free of ``P1``, ``P2``..."""

    do: Literal["add"] = "add"
    span: Span
    text: str
    character: str = Field(default="", pattern=_CHARACTER)


class Remove(FilmModel):
    """The loop goes, with its takes."""

    do: Literal["remove"] = "remove"
    loop: str = Field(pattern=_LOOP)


class Subtitle(FilmModel):
    """The loops share the subtitles ``shown``, by a person's hand; with none, their words are not shown."""

    do: Literal["subtitle"] = "subtitle"
    loops: tuple[Annotated[str, Field(pattern=_LOOP)], ...] = Field(min_length=1, max_length=MOST_SHARED)
    shown: tuple[HeldSubtitle, ...] = Field(max_length=MOST_SHOWN)


class Follow(FilmModel):
    """The loop's subtitles follow its words again, and those of the loops that share them."""

    do: Literal["follow"] = "follow"
    loop: str = Field(pattern=_LOOP)


class Present(FilmModel):
    """The loop's voice comes from there, by a person's word; None: nobody knows. Of the original only."""

    do: Literal["present"] = "present"
    loop: str = Field(pattern=_LOOP)
    kind: PresenceKind | None


class Sing(FilmModel):
    """The loop is sung, or not, by a person's word. Of the original only."""

    do: Literal["sing"] = "sing"
    loop: str = Field(pattern=_LOOP)
    sung: bool


Change = Annotated[Retype | Place | Split | Merge | Assign | Lock | Choose | AddTake | DropTake | Dismiss | Add | Remove
                   | Subtitle | Follow | Present | Sing
                   | AddCaption | RewordCaption | PlaceCaption | JudgeCaption | StandCaption | RemoveCaption,
                   Field(discriminator="do")]
"""One thing that a person does to a dialogue, told apart by ``do``."""


def named(change: Change) -> tuple[str, ...]:
    """The loops that ``change`` names, by id, and captions by their key; none for a new one."""
    if isinstance(change, Merge):
        return (change.first, change.second)
    if isinstance(change, Subtitle):
        return change.loops
    if isinstance(change, Add | AddCaption):
        return ()
    return (caption_key(change.caption),) if isinstance(change, CAPTION_CHANGES) else (change.loop,)
