"""Values of the domain as the pages see them: moments become frames, a line gets the version that edits name."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from ciak.film import Caption, CastMember, Loop, Rate, Span, Take, Variant
from ciak.film.editing import version_of
from ciak.film.identity import once_each
from ciak.server.studio.views import (
    CaptionView,
    CharacterView,
    FlagView,
    FramesView,
    LineView,
    ReasonView,
    TakeView,
    WayView,
)

__all__ = ["caption_view", "character_view", "frames_view", "line_view", "lines_json"]

_MOST_TAKES = 8
"""Takes of a line that a page shows: the newest, and the chosen one."""


def frames_view(span: Span, rate: Rate) -> FramesView:
    """A span as frames, at least one."""
    first = rate.nearest_frame(span.start)
    return FramesView(first=first, end=max(first + 1, rate.nearest_frame(span.end)))


def line_view(loop: Loop, rate: Rate) -> LineView:
    """One line of one language."""
    newest = {take.id for take in loop.takes[-_MOST_TAKES:]} | {loop.chosen}
    return LineView(
        id=loop.id, version=version_of(loop), character=loop.character, frames=frames_view(loop.span, rate),
        slot=frames_view(loop.slot, rate) if loop.slot else None, text=loop.text, confidence=loop.confidence,
        locked=loop.locked, origin=loop.origin,
        flags=tuple(FlagView(code=flag.code, message=flag.message) for flag in loop.flags),
        takes=tuple(_take(number, take, loop.chosen) for number, take in enumerate(loop.takes, 1) if take.id in newest),
        ways=tuple(_way(way) for way in loop.variants), held=loop.subtitles is not None,
        presence=str(loop.presence.kind) if loop.presence else None, sung=loop.sung,
        told=loop.presence.origin if loop.presence else loop.sung_origin)


def _way(way: Variant) -> WayView:
    return WayView(text=way.text, seconds=round(float(way.length), 2) if way.length is not None else None,
                   confidence=way.confidence,
                   reasons=tuple(ReasonView(code=one.code, about=one.about) for one in way.reasons))


@lru_cache(maxsize=4)
def lines_json(rate: Rate) -> Callable[[Loop], bytes]:
    """What writes lines of that rate as they are sent, and remembers those that it wrote lately."""
    return once_each(8192, lambda loop: line_view(loop, rate).model_dump_json().encode())


def _take(number: int, take: Take, chosen: str | None) -> TakeView:
    return TakeView(id=take.id, number=number, kind=str(take.kind), text=take.text, voice=take.voice,
                    rate=round(take.rate, 4), seconds=round(float(take.span.duration), 4),
                    word_error=take.word_error, pitch_likeness=take.pitch_likeness,
                    energy_likeness=take.energy_likeness, plain=take.plain, chosen=take.id == chosen)


def character_view(member: CastMember) -> CharacterView:
    """A row of the cast table."""
    return CharacterView(id=member.id, version=version_of(member), name=member.name, sex=str(member.sex),
                         voices=member.voices, edited=member.edited)


def caption_view(caption: Caption, rate: Rate) -> CaptionView:
    """What is told besides the lines."""
    return CaptionView(id=caption.id, version=version_of(caption), kind=str(caption.kind),
                       frames=frames_view(caption.span, rate), text=caption.text, origin=caption.origin,
                       confidence=caption.confidence, verdict=str(caption.verdict),
                       edge=str(caption.edge) if caption.edge else None)
