"""The one reader for JSON that comes from outside: projects, plugins, browsers, other people's timelines.

Python's own reader takes more than JSON is (NaN, Infinity, ``1e999`` as infinity), keeps the last of two equal
keys, and falls over text nested deeper than the stack. This one checks size, depth and the number of values
before anything is built, then refuses all of that (RFC 8259, and RFC 7493 for duplicate keys and surrogates).

It does not know what the JSON should say; that is the caller's pydantic model.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from ciak.errors import Damaged, TooLarge, WrongEncoding
from ciak.formats.base import load, shown

__all__ = ["JsonLimits", "parse_json", "read_json", "write_json"]


@dataclass(frozen=True, slots=True)
class JsonLimits:
    """``size``: bytes; ``depth``: nested arrays and objects; ``values``: upper bound of values, as commas and
    opening brackets count them; ``digits``: of one whole number."""

    size: int = 32 * 2**20
    depth: int = 64
    values: int = 2_000_000
    digits: int = 19


_STRUCTURE = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[\[\]{}]', re.DOTALL)
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


def parse_json(data: bytes, *, name: str = "the JSON", limits: JsonLimits | None = None) -> Any:
    """The value that ``data`` (UTF-8, with or without BOM) holds. ``name`` says whose JSON it is in errors.

    Raises :class:`TooLarge` over a limit, :class:`WrongEncoding` for other encodings, :class:`Damaged` with
    ``line`` and ``column`` for what is not JSON.
    """
    limits = limits or JsonLimits()
    if len(data) > limits.size:
        raise TooLarge(f"{name} has {len(data):,} bytes; at most {limits.size:,} are read")
    if data.count(b",") + data.count(b"[") + data.count(b"{") > limits.values:
        raise TooLarge(f"{name} holds more than {limits.values:,} values")
    _check_depth(data, name, limits.depth)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = data.count(b"\n", 0, problem.start) + 1
        raise WrongEncoding(f"{name}, line {line}: not UTF-8", line=line) from None
    value = _parse(text, name, limits)
    if _SURROGATE.search(data) and any(_has_surrogate(part) for part in _strings(value)):
        raise Damaged(f"{name} holds half a character (an unpaired surrogate)")
    return value


def read_json(path: Path, *, limits: JsonLimits | None = None) -> Any:
    """:func:`parse_json` of a file; errors name it. Raises also what :func:`ciak.formats.base.load` does."""
    limits = limits or JsonLimits()
    return parse_json(load(path, limits.size), name=shown(path), limits=limits)


def write_json(value: Any) -> bytes:
    """JSON as we keep it in plain files: UTF-8, two spaces, a line feed at the end. Raises :class:`Damaged` for
    NaN, infinities, half characters and what JSON does not know."""
    try:
        text = json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False)
        return (text + "\n").encode("utf-8")
    except (ValueError, TypeError, RecursionError) as problem:
        raise Damaged(f"this cannot be written as JSON: {problem}") from None


def _check_depth(data: bytes, name: str, limit: int) -> None:
    depth = 0
    for match in _STRUCTURE.finditer(data):
        sign = data[match.start()]
        if sign in b"[{":
            depth += 1
            if depth > limit:
                raise TooLarge(f"{name} is nested more than {limit} deep")
        elif sign in b"]}":
            depth -= 1


def _parse(text: str, name: str, limits: JsonLimits) -> Any:
    def whole(digits: str) -> int:
        if len(digits.lstrip("-")) > limits.digits:
            raise Damaged(f"{name} holds a number of {len(digits):,} digits")
        return int(digits)

    def broken(digits: str) -> float:
        value = float(digits)
        if value in (float("inf"), float("-inf")):
            raise Damaged(f"{name} holds a number past all numbers: {digits[:20]}")
        return value

    def constant(word: str) -> NoReturn:
        raise Damaged(f"{name} holds {word}, which is no JSON")

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            seen: set[str] = set()
            twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
            raise Damaged(f"{name} has the key {twice[:40]!r} twice in one object")
        return found

    try:
        return json.loads(text, parse_int=whole, parse_float=broken, parse_constant=constant,
                          object_pairs_hook=members)
    except json.JSONDecodeError as problem:
        raise Damaged(f"{name}, line {problem.lineno}, column {problem.colno}: {problem.msg}",
                      line=problem.lineno, column=problem.colno) from None


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for part in value:
            yield from _strings(part)
    elif isinstance(value, dict):
        for key, part in value.items():
            yield key
            yield from _strings(part)


def _has_surrogate(text: str) -> bool:
    return any("\ud800" <= sign <= "\udfff" for sign in text)
