"""The dialogues lately read or written, loop by loop: saving one changed line costs one line, not the whole dialogue.

A dialogue of a long film has some 6 MB, which take most of a second to read strictly and a third of one to write. The
same bytes are always the same value, so what was read from bytes is remembered by their sha256; of bytes that are
new, only the loops whose text is new are read. Every loop that is handed out was read from the very bytes that stand
for it. Values are frozen; at most :data:`MOST` dialogues are kept. Does not know files.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import PydanticSerializationError

from ciak.errors import CiakError
from ciak.film import Dialogue, Loop
from ciak.formats.strict_json import JsonLimits, parse_json, write_json
from ciak.store.disk import Mark

__all__ = ["MOST", "put_together", "recall", "recall_file", "remember", "remember_file", "take_apart"]

MOST = 4
"""Dialogues remembered."""
FEW = 100
"""New loops that are read again from what is about to be written; with more, the whole is read when it is asked for."""
SETTLED = 50_000_000
"""Nanoseconds after which another change of a file has another time; file systems tick every 10 ms or less."""
_PROBED = 50
"""Loops by which the dialogue is found that most of them were written for."""
_MARK = b'\n  "loops": [\n'
_FIRST, _LAST, _BETWEEN = b"    {\n", b"\n    }", b"\n    },\n    {\n"
_END = b"\n  ]\n}\n"


@dataclass(frozen=True, slots=True)
class _Known:
    """A dialogue and its bytes, its loops by their bytes, their bytes by the loop's identity, which lasts while this
    does."""

    value: Dialogue
    data: bytes
    loops: Mapping[bytes, Loop]
    written: Mapping[int, bytes]


_LATELY: OrderedDict[str, _Known] = OrderedDict()
_FILES: OrderedDict[Path, tuple[Mark, str]] = OrderedDict()
"""File -> its state when it was last read, and what stood in it then."""
_TURN = threading.Lock()


def recall(data: bytes) -> tuple[Dialogue, str] | None:
    """What ``data`` says, and its sha256, when that is known."""
    with _TURN:
        for digest, known in reversed(_LATELY.items()):
            if known.data == data:
                _LATELY.move_to_end(digest)
                return known.value, digest
    return None


def recall_file(path: Path, state: Mark) -> tuple[Dialogue, str] | None:
    """What stands in a file that is still in the ``state`` in which it was read, and its sha256."""
    with _TURN:
        before, digest = _FILES.get(path, (None, ""))
        if before != state or (known := _LATELY.get(digest)) is None:
            return None
        _LATELY.move_to_end(digest)
        return known.value, digest


def remember_file(path: Path, state: Mark, digest: str) -> None:
    """That a file which was in ``state`` before it was read held what has that sha256.

    Not of a file that was changed just now: it could be changed once more without its time telling (the rule by which
    git calls such a file "racily clean").
    """
    if time.time_ns() - state.modified < SETTLED:
        return
    with _TURN:
        _FILES[path] = state, digest
        _FILES.move_to_end(path)
        while len(_FILES) > 4 * MOST:
            _FILES.popitem(last=False)


def remember(value: Dialogue, data: bytes, digest: str, texts: Sequence[bytes] | None = None) -> Dialogue:
    """``value``, from now on what ``data`` says, whose sha256 is ``digest``; ``texts``: the bytes of each loop, where
    these are told apart."""
    ours = _texts(value.loops)[0]
    _shelve(digest, _Known(value, data, dict(zip(texts or ours, value.loops, strict=True)),
                           dict(zip(map(id, value.loops), ours, strict=True))))
    return value


def _shelve(digest: str, known: _Known) -> None:
    with _TURN:
        _LATELY[digest] = known
        _LATELY.move_to_end(digest)
        while len(_LATELY) > MOST:
            _LATELY.popitem(last=False)


def put_together(data: bytes, digest: str) -> Dialogue | None:
    """The dialogue that ``data`` says, read only where no remembered loop has the same bytes.

    None where most of it is new, where ``data`` is laid out otherwise than :func:`take_apart` does it, or is at fault:
    then it has to be read as a whole. Sound because head, end and every piece are whole JSON on their own.
    """
    head, mark, body = data.partition(_MARK)
    limits = JsonLimits()
    signs = data.count(b",") + data.count(b"[") + data.count(b"{")
    if (not mark or not body.startswith(_FIRST) or not body.endswith(_LAST + _END) or len(data) > limits.size
            or signs > limits.values):
        return None
    inside = body[len(_FIRST):-len(_LAST + _END)]
    texts = [_FIRST + piece + _LAST for piece in inside.split(_BETWEEN)]
    known = _loops()
    if 2 * sum(text in known for text in texts) < len(texts):
        return None
    try:
        frame = Dialogue.model_validate(parse_json(head + b'\n"loops": []}'))
        loops = tuple(known.get(text) or Loop.model_validate(parse_json(text)) for text in texts)
    except (CiakError, ValidationError):
        return None
    return remember(frame.model_copy(update={"loops": loops}), data, digest, texts)


def take_apart(value: Dialogue) -> tuple[bytes, str]:
    """The bytes of a dialogue that has loops, and their sha256; loops whose bytes are known are not written anew.

    Raises :class:`Damaged` for what JSON cannot say.
    """
    texts, new = _texts(value.loops)
    head = write_json(value.model_copy(update={"loops": ()}).model_dump(mode="json")).partition(b'\n  "loops": [')[0]
    parts = [part for text in texts for part in (b",\n", text)]  # joined once: the whole has megabytes
    data = b"".join((head, _MARK, *parts[1:], _END))
    digest = hashlib.sha256(data).hexdigest()
    if len(new) <= FEW:
        _keep(value, data, digest, new, texts)
    return data, digest


def _keep(value: Dialogue, data: bytes, digest: str, new: set[int], texts: Sequence[bytes]) -> None:
    """Remember what was written as it will be read: new loops come back from their bytes."""
    try:
        loops = tuple(Loop.model_validate(parse_json(text)) if id(loop) in new else loop
                      for loop, text in zip(value.loops, texts, strict=True))
    except (CiakError, ValidationError):
        return  # what cannot be read again is told when it is read
    _shelve(digest, _Known(value.model_copy(update={"loops": loops}), data, dict(zip(texts, loops, strict=True)),
                           dict(zip(map(id, loops), texts, strict=True))))


def _piece(loop: Loop) -> bytes:
    """A loop as it stands in a dialogue."""
    try:
        text = loop.model_dump_json(indent=2)
    except PydanticSerializationError:
        text = "NaN"
    if "NaN" in text or "Infinity" in text:  # a word somebody says, or something that the strict writer refuses
        text = write_json(loop.model_dump(mode="json")).decode("utf-8").rstrip("\n")
    return b"    " + text.encode("utf-8").replace(b"\n", b"\n    ")


def _texts(loops: Sequence[Loop]) -> tuple[list[bytes], set[int]]:
    """The bytes of each loop, and the identities of those whose bytes were not remembered."""
    with _TURN:
        shelves = [known.written for known in reversed(_LATELY.values())]
    some = [id(loop) for loop in loops[:_PROBED]]
    shelves.sort(key=lambda shelf: -sum(name in shelf for name in some))
    texts, new = [], set()
    for loop in loops:
        name = id(loop)
        for shelf in shelves:
            if (text := shelf.get(name)) is not None:
                break
        else:
            new.add(name)
            text = _piece(loop)
        texts.append(text)
    return texts, new


def _loops() -> dict[bytes, Loop]:
    with _TURN:
        return {text: loop for known in _LATELY.values() for text, loop in known.loops.items()}
