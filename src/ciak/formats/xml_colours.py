"""Colours as XML subtitles write them, and as the domain has them: ``#rrggbb`` in small letters.

White is the colour of plain text in these formats: a run in white says nothing, and is not kept. Names are those
of TTML (W3C TTML2, 10.3.3) and a few of CSS. How far text shows the picture through (alpha) is not kept either.
"""

from __future__ import annotations

import re

from ciak.formats.colours import COLOUR, NAMES

__all__ = ["PLAIN", "is_colour", "read_colour"]

PLAIN = "#ffffff"

_HEX = re.compile(r"#([0-9a-f]{6})(?:[0-9a-f]{2})?", re.ASCII)
_RGB = re.compile(r"rgba?\(\s*+(\d{1,3})\s*+,\s*+(\d{1,3})\s*+,\s*+(\d{1,3})\s*+(?:,\s*+[\d.]{1,9}\s*+)?\)", re.ASCII)


def read_colour(text: str) -> str | None:
    """A TTML colour as ``#rrggbb``; None for what is none, and for ``transparent``."""
    text = text.strip().lower()
    if match := _HEX.fullmatch(text):
        return f"#{match[1]}"
    if match := _RGB.fullmatch(text):
        parts = [int(part) for part in match.groups()]
        return "#" + "".join(f"{part:02x}" for part in parts) if max(parts) < 256 else None
    return NAMES.get(text)


def is_colour(value: str) -> bool:
    """Whether a run's value is a colour as the domain has it."""
    return COLOUR.fullmatch(value) is not None
