"""Subtitles that a person set by hand for a line: their words, broken into lines, and when they are shown.

They are held with the line for whose words they were made. Nobody else breaks or times them anew; whether they keep a
client's rules is told, not mended. Does not know what becomes of them when the line is edited (``holding``).
"""

from __future__ import annotations

from pydantic import Field

from ciak.film.model import FilmModel
from ciak.film.time import Span

__all__ = ["LONGEST_LINE", "MOST_LINES", "MOST_SHARED", "MOST_SHOWN", "HeldSubtitle", "HeldSubtitles"]

MOST_LINES, LONGEST_LINE = 6, 200
"""Lines of one subtitle, and characters of one line."""
MOST_SHOWN, MOST_SHARED = 50, 20
"""Subtitles of a line, and lines that share theirs."""


class HeldSubtitle(FilmModel):
    """One subtitle as a person set it."""

    span: Span
    """When it is shown."""
    lines: tuple[str, ...] = Field(min_length=1, max_length=MOST_LINES)
    """Plain text, as it stands on the screen; none is empty."""


class HeldSubtitles(FilmModel):
    """The subtitles of a line, in order of time. They may say less than the line does, or nothing."""

    text: str
    """The line's text that they were made for: they are held as long as it is that."""
    shown: tuple[HeldSubtitle, ...] = Field(default=(), max_length=MOST_SHOWN)
    """In order of time; none: the line's words are not shown."""
    shared: tuple[str, ...] = Field(default=(), max_length=MOST_SHARED)
    """Ids of other lines whose words stand in the same subtitles; one of them has them, the others have none."""
