"""Colours as subtitle files write them, and the domain's one way: ``#rrggbb`` in small letters.

Known by name are the sixteen colours of HTML 4.01, and orange, cyan, magenta and grey of CSS. WebVTT's eight
classes are those of its specification, section 5 ("Default classes for WebVTT Caption or Subtitle Cue Components").
SubStation Alpha counts blue, green, red, from the highest byte down. It does not know transparency.
"""

from __future__ import annotations

import re

__all__ = ["CLASSES", "COLOUR", "NAMES", "bgr", "colour_of", "from_bgr"]

COLOUR = re.compile(r"#[0-9a-f]{6}")
"""A colour as the domain has it."""

CLASSES: dict[str, str] = {
    "white": "#ffffff", "lime": "#00ff00", "cyan": "#00ffff", "red": "#ff0000", "yellow": "#ffff00",
    "magenta": "#ff00ff", "blue": "#0000ff", "black": "#000000",
}
"""The colours that WebVTT has a class for."""

NAMES: dict[str, str] = CLASSES | {
    "silver": "#c0c0c0", "gray": "#808080", "grey": "#808080", "maroon": "#800000", "purple": "#800080",
    "fuchsia": "#ff00ff", "green": "#008000", "olive": "#808000", "navy": "#000080", "teal": "#008080",
    "aqua": "#00ffff", "orange": "#ffa500",
}
"""The colours that are known by name."""

_HEX = re.compile(r"#?([0-9a-f]{6})|#([0-9a-f])([0-9a-f])([0-9a-f])")
_BGR = re.compile(r"[ \t]*+(?:&[Hh]?|0[xX])([0-9A-Fa-f]{1,10})&?[ \t]*+|[ \t]*+([-+]?[0-9]{1,10})[ \t]*+")


def colour_of(text: str) -> str | None:
    """The colour that a name, ``#rrggbb``, ``rrggbb`` or ``#rgb`` means, in letters of any size; else None."""
    text = text.strip(" \t").lower()
    if match := _HEX.fullmatch(text):
        return "#" + (match[1] or match[2] * 2 + match[3] * 2 + match[4] * 2)
    return NAMES.get(text)


def from_bgr(text: str) -> str | None:
    """The colour that SubStation Alpha's ``&HAABBGGRR&`` or decimal number means; None when it is neither."""
    match = _BGR.fullmatch(text)
    if not match:
        return None
    number = int(match[1], 16) if match[1] else int(match[2])
    return f"#{number & 0xff:02x}{number >> 8 & 0xff:02x}{number >> 16 & 0xff:02x}"


def bgr(colour: str) -> str:
    """``#rrggbb`` as SubStation Alpha writes it in a text: ``&HBBGGRR&``."""
    return f"&H{colour[5:7]}{colour[3:5]}{colour[1:3]}&".upper()
