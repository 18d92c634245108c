"""What all subtitle files have in common: budgets that no film reaches, checked before memory is taken.

A small hostile file can hold millions of lines, tags or cues, each of which becomes an object. It does not know
any format.
"""

from __future__ import annotations

import re

from ciak.errors import TooLarge
from ciak.film.language import LANGUAGE
from ciak.formats.encoding import decode_text, lines_of

__all__ = ["CUES", "LINES", "SIZE", "check_count", "language_code", "subtitle_lines"]

SIZE = 8 * 2**20
"""Bytes of one subtitle file."""
LINES = 500_000
CUES = 50_000
"""Subtitles of one document: five times what the longest film has."""


def subtitle_lines(data: bytes) -> list[str]:
    """The lines of a subtitle file. Raises as :func:`ciak.formats.encoding.decode_text` does, and
    :class:`TooLarge` over the budgets."""
    if len(data) > SIZE:
        raise TooLarge(f"{len(data):,} bytes of subtitles; at most {SIZE:,} are read")
    lines = lines_of(decode_text(data)[0])
    if len(lines) > LINES:
        raise TooLarge(f"{len(lines):,} lines of subtitles; at most {LINES:,} are read")
    return lines


def check_count(cues: int) -> None:
    """Raises :class:`TooLarge` for more than :data:`CUES`."""
    if cues > CUES:
        raise TooLarge(f"more than {CUES:,} subtitles in one file")


def language_code(text: str) -> str | None:
    """A language tag (BCP 47) as the domain has it, ``pt-BR``; None for what is none."""
    first, dash, rest = text.strip().partition("-")
    code = first.lower() + dash + rest
    return code if len(code) < 40 and re.fullmatch(LANGUAGE, code, re.ASCII) else None
