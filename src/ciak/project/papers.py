"""The JSON papers of a film, ``cast.json`` and ``dialogue/<language>.json``: read strictly, with line numbers.

Knows how a value object becomes a paper and back, and where in a paper a key stands. A dialogue is long and changes by
a line at a time, so those lately read or written are remembered with the bytes of each loop (``pieces``). Does not know
revisions (``folder`` keeps those) nor what the words mean (``film`` does).
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar, cast

from pydantic import ValidationError

from ciak.errors import Damaged, NotFound, StorageError
from ciak.film import Dialogue
from ciak.film.model import FilmModel
from ciak.formats.strict_json import JsonLimits, parse_json, write_json
from ciak.project import pieces
from ciak.project.sheet import explain
from ciak.store import open_inside
from ciak.store.disk import mark

__all__ = ["Paper", "Place", "json_lines", "paper_data", "paper_faults", "read_paper", "write_paper"]

M = TypeVar("M", bound=FilmModel)
Place = tuple[object, ...]
"""Where in a paper: keys are str, places in a list int."""
MOST_FAULTS = 100
"""Faults told of one paper; more help nobody."""
_PIECE = re.compile(r'("(?:[^"\\]|\\.)*")(\s*:)?|[\[\]{},]|[^\s\[\]{}:,"]+', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Paper(Generic[M]):
    """A paper as it lies on the disk: what it says, and the sha256 of its bytes."""

    value: M
    digest: str


def read_paper(root: Path, relative: str, model: type[M]) -> Paper[M] | None:
    """The paper at ``relative`` inside ``root``; None when there is none.

    Raises :class:`Damaged` and its kin with file and line, :class:`Hostile` for links that leave the film.
    """
    path = root / relative
    state = mark(path) if model is Dialogue else None
    if state is not None and (known := pieces.recall_file(path, state)) is not None:
        return Paper(cast("M", known[0]), known[1])
    data = paper_data(root, relative)
    if data is None:
        return None
    if model is not Dialogue:
        return Paper(_value(data, relative, model), hashlib.sha256(data).hexdigest())
    if (known := pieces.recall(data)) is not None:
        value, digest = known
    else:
        digest = hashlib.sha256(data).hexdigest()
        value = pieces.put_together(data, digest) or pieces.remember(_value(data, relative, Dialogue), data, digest)
    if state is not None:
        pieces.remember_file(path, state, digest)
    return Paper(cast("M", value), digest)


def _value(data: bytes, relative: str, model: type[M]) -> M:
    values = parse_json(data, name=relative)
    try:
        return model.model_validate(values)
    except ValidationError as error:
        line, message = paper_faults(error, data.decode("utf-8-sig"))[0]
        raise Damaged(f"{relative} line {line}: {message}", file=relative, line=line,
                      remedy="correct the line, or put back the file from a backup") from None


def paper_data(root: Path, relative: str) -> bytes | None:
    """The bytes of a paper, one more than the budget at most; None when there is none."""
    try:
        with open_inside(root, relative) as file:
            return file.read(min(os.fstat(file.fileno()).st_size, JsonLimits().size) + 1)
    except NotFound:
        return None
    except OSError as error:
        raise StorageError(f"{relative} cannot be read: {error.strerror}", remedy="check the disk") from error


def paper_faults(error: ValidationError, text: str) -> list[tuple[int, str]]:
    """Line and meaning of each fault that the model found in a paper."""
    faults = error.errors()[:MOST_FAULTS]
    lines = json_lines(text, [fault["loc"] for fault in faults])
    return [(line, explain(fault)) for line, fault in zip(lines, faults, strict=True)]


def write_paper(value: FilmModel) -> tuple[bytes, str]:
    """``value`` as a paper, UTF-8 JSON that people and version control can read line by line, and its sha256.

    Raises :class:`Damaged` for what JSON cannot say.
    """
    if isinstance(value, Dialogue) and value.loops:
        return pieces.take_apart(value)
    data = write_json(value.model_dump(mode="json"))
    return data, hashlib.sha256(data).hexdigest()


def json_lines(text: str, places: Sequence[Place]) -> list[int]:
    """For each place, ``("loops", 3, "slot")``, the line on which it begins in valid JSON ``text``; that of its
    nearest parent when it is missing there. One pass over ``text``, however many places."""
    wanted = {place[:depth] for place in places for depth in range(len(place) + 1)}
    deepest = max(map(len, wanted), default=0)
    starts: dict[Place, int] = {}
    here: list[object] = []  # the place of the value that comes next: keys are str, places in a list int
    line, counted = 1, 0
    for found in _PIECE.finditer(text):
        piece = found[0]
        if piece in "}]":
            here.pop()
            continue
        if piece == ",":
            if isinstance(here[-1], int):
                here[-1] += 1
            continue
        if found[2]:
            here[-1] = json.loads(found[1], strict=False)
        if len(here) <= deepest and (place := tuple(here)) in wanted and place not in starts:
            line += text.count("\n", counted, found.start())
            counted = found.start()
            starts[place] = line
        if piece in ("{", "["):
            here.append("" if piece == "{" else 0)
    return [next(starts[place[:depth]] for depth in range(len(place), -1, -1) if place[:depth] in starts)
            for place in places]
