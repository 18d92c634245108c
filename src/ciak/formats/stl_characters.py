"""The characters of EBU STL files: the five tables of EBU Tech 3264-E (field CCT), bytes to text and back.

``00`` is ISO 6937/2-1983, where an accent is a byte of its own before its letter; ``01`` to ``04`` are ISO 8859-5
(Cyrillic), -6 (Arabic), -7 (Greek) and -8 (Hebrew). Right-to-left text is taken to be in the order in which it is
read. 24h of the Latin table is the sign ¤ in the standard, but programs write it for a dollar, and no film speaks
of ¤: it is read as ``$`` (written A4h, which is ``$`` everywhere). It does not know styles nor lines.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import cache

__all__ = ["TABLES", "chosen_table", "encoded", "replaced", "sign_at"]

TABLES: dict[str, str] = {"00": "iso6937", "01": "iso8859_5", "02": "iso8859_6", "03": "iso8859_7", "04": "iso8859_8"}
"""Code of the field CCT, and what the table is."""

_HIGH: dict[int, str] = {
    **dict(zip(range(0xA0, 0xC0), "\u00a0¡¢£$¥#§¤‘“«←↑→↓°±²³×µ¶·÷’”»¼½¾¿", strict=True)),
    **dict(zip(range(0xD0, 0xD8), "―¹®©™♪¬¦", strict=True)), **dict(zip(range(0xDC, 0xE5), "⅛⅜⅝⅞ΩÆĐªĦ", strict=True)),
    **dict(zip(range(0xE6, 0xF0), "ĲĿŁØŒºÞŦŊŉ", strict=True)),
    **dict(zip(range(0xF0, 0x100), "ĸæđðħıĳŀłøœßþŧŋ\u00ad", strict=True)), 0xE0: "\u2126"}
_ACCENTS: dict[int, str] = {
    0xC1: "\u0300", 0xC2: "\u0301", 0xC3: "\u0302", 0xC4: "\u0303", 0xC5: "\u0304", 0xC6: "\u0306", 0xC7: "\u0307",
    0xC8: "\u0308", 0xC9: "\u0308", 0xCA: "\u030a", 0xCB: "\u0327", 0xCC: "\u0332", 0xCD: "\u030b", 0xCE: "\u0328",
    0xCF: "\u030c"}
_ALONE: dict[int, str] = dict(zip((0xC1, 0xC2, 0xC3, 0xC4, 0xC5, 0xC6, 0xC7, 0xC8, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF),
                                  "`´^~¯˘˙¨¨˚¸˝˛ˇ", strict=True))
"""An accent before a blank is the accent itself."""
_ACCENTED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyzÆæØø")
_INSTEAD = {"…": "...", "–": "-", "—": "-", "―": "-", "−": "-", "‐": "-", "‑": "-", "“": '"', "”": '"', "„": '"',
            "‟": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "‚": "'", "‛": "'", "‹": "'", "›": "'", "´": "'",
            "•": "-", "♫": "♪", "€": "EUR", "\t": " ", "ș": "ş", "ț": "ţ", "Ș": "Ş", "Ț": "Ţ"}
"""What stands in for signs that a table lacks, where a reader loses nothing."""


def sign_at(data: bytes, place: int, table: str) -> tuple[str, int]:
    """The character at ``place``, a byte from 20h or A0h upwards, and how many bytes it takes; empty for none."""
    code = data[place]
    if code < 0x7F:
        return chr(code), 1
    if table != "00":
        return _single(code, table), 1
    if code not in _ACCENTS:
        return _HIGH.get(code, ""), 1
    letter = chr(data[place + 1]) if place + 1 < len(data) and data[place + 1] < 0x7F else ""
    if letter == " " and code in _ALONE:
        return _ALONE[code], 2
    if place + 1 < len(data) and data[place + 1] >= 0xE0:
        letter = _HIGH.get(data[place + 1], "")
    if letter not in _ACCENTED:
        return "", 1
    return unicodedata.normalize("NFC", letter + _ACCENTS[code]), 2


_LATER = frozenset((("03", 0xA4), ("03", 0xA5), ("03", 0xAA)))
"""What ISO 8859-7 got in 2003; Tech 3264-E means that of 1987."""


@cache
def _single(code: int, table: str) -> str:
    return "" if (table, code) in _LATER else bytes([code]).decode(TABLES[table], "ignore")


@cache
def _codes(table: str) -> dict[str, bytes]:
    """The bytes of every character that stands alone in a table."""
    codes = {chr(code): bytes([code]) for code in range(0x20, 0x7F)}
    high = _HIGH if table == "00" else {code: _single(code, table) for code in range(0xA0, 0x100)}
    for code, sign in high.items():
        if sign:
            codes.setdefault(sign, bytes([code]))
    if table == "00":
        codes["$"] = b"\xa4"
        for code, sign in _ALONE.items():
            codes.setdefault(sign, bytes([code, 0x20]))
    return codes


@cache
def _accent_codes() -> dict[str, int]:
    return {accent: code for code, accent in reversed(_ACCENTS.items())}


def encoded(sign: str, table: str) -> bytes | None:
    """The bytes of one character with its combining marks, or None where the table lacks it."""
    if found := _codes(table).get(sign):
        return found
    if table != "00":
        codes = [_codes(table).get(part) for part in sign]
        return b"".join(code or b"" for code in codes) if all(codes) else None
    parts = unicodedata.normalize("NFD", sign)
    if len(parts) != 2 or parts[1] not in _accent_codes():
        return None
    if parts[0] not in _ACCENTED or unicodedata.normalize("NFC", parts) != sign:
        return None
    return bytes([_accent_codes()[parts[1]]]) + _codes(table)[parts[0]]


def replaced(sign: str, table: str) -> str | None:
    """``sign`` as the table can hold it: itself, its composed form, a plain sign for a typographic one, nothing for
    a mark that shows nothing; None where the table has nothing for it."""
    if encoded(sign, table) is not None:
        return sign
    composed = unicodedata.normalize("NFC", sign)
    if len(composed) < len(sign) and encoded(composed, table) is not None:
        return composed
    kind = unicodedata.category(sign[0])
    if kind == "Cf":
        return ""
    instead = " " if kind == "Zs" else _INSTEAD.get(sign)
    return instead if instead is not None and all(encoded(part, table) for part in instead) else None


def chosen_table(signs: Iterable[str]) -> tuple[str, dict[str, str | None]]:
    """The table that suits these characters best, the first among equals, and what it holds only changed or, with
    None, not at all."""
    distinct = sorted(set(signs))
    best: tuple[int, int] | None = None
    chosen, wanting = "00", dict[str, str | None]()
    for table in TABLES:
        lacks = {sign: replaced(sign, table) for sign in distinct if encoded(sign, table) is None}
        weight = (sum(instead is None for instead in lacks.values()), len(lacks))
        if best is None or weight < best:
            best, chosen, wanting = weight, table, lacks
    return chosen, wanting
