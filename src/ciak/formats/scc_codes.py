"""The codes of closed captions, CEA-608 (in the United States' law 47 CFR 15.119): characters and places.

Two bytes are sent with each frame, each with odd parity in its highest bit; here they come without it. It knows
what single codes mean, not what a decoder does with them one after the other.
"""

from __future__ import annotations

__all__ = ["COLOURS", "COLUMNS", "ROWS", "basic", "extended", "place_of_row", "special"]

ROWS, COLUMNS = 15, 32
COLOURS = ("", "#00ff00", "#0000ff", "#00ffff", "#ff0000", "#ffff00", "#ff00ff")
"""In the order of their codes; empty is white."""
_BASIC = {0x27: "’", 0x2A: "á", 0x5C: "é", 0x5E: "í", 0x5F: "ó", 0x60: "ú", 0x7B: "ç", 0x7C: "÷", 0x7D: "Ñ", 0x7E: "ñ",
          0x7F: "█"}
_SPECIAL = "®°½¿™¢£♪à\u00a0èâêîôû"
_EXTENDED = {0x12: "ÁÉÓÚÜü‘¡*'—©℠•“”ÀÂÇÈÊËëÎÏïÔÙùÛ«»", 0x13: "ÃãÍÌìÒòÕõ{}\\^_|~ÄäÖöß¥¤│ÅåØø┌┐└┘"}
_ROWS = {(0x11, 0): 1, (0x11, 1): 2, (0x12, 0): 3, (0x12, 1): 4, (0x15, 0): 5, (0x15, 1): 6, (0x16, 0): 7,
         (0x16, 1): 8, (0x17, 0): 9, (0x17, 1): 10, (0x10, 0): 11, (0x13, 0): 12, (0x13, 1): 13, (0x14, 0): 14,
         (0x14, 1): 15}


def basic(code: int) -> str:
    """The character of a byte from 20h to 7Fh."""
    return _BASIC.get(code, chr(code))


def special(code: int) -> str:
    """The character of 11h and a byte from 30h to 3Fh."""
    return _SPECIAL[code - 0x30]


def extended(first: int, code: int) -> str:
    """The character of 12h or 13h and a byte from 20h to 3Fh; it takes the place of the one before it."""
    return _EXTENDED[first][code - 0x20]


def place_of_row(first: int, second: int) -> int | None:
    """The row, 1 to 15, that a preamble address code names; None for one that is not assigned."""
    return _ROWS.get((first, second >> 5 & 1))
