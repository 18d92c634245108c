"""Reading the tensors of an HDF5 file, as Keras writes them, without the HDF5 library.

Read is what such a file is made of (HDF Group, "HDF5 File Format Specification", version 3.0): a superblock of version
0, groups as symbol tables (B-trees of version 1 with local heaps), object headers of version 1, and datasets of 32-bit
little-endian floats that lie in one piece. Anything else raises: chunks, compression, other types, other versions."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ciak.errors import Damaged

__all__ = ["read_hdf5"]

_MAGIC = b"\x89HDF\r\n\x1a\n"
_SPACE, _TYPE, _LAYOUT, _CONTINUED, _GROUP = 0x01, 0x03, 0x08, 0x10, 0x11
_DEEPEST, _MOST = 16, 100_000
_FLOAT32 = (1, 4)
"""Class and size of the type."""

Message = tuple[int, int]
"""Type of a message, and where its body begins."""


def read_hdf5(path: Path) -> dict[str, NDArray[np.float32]]:
    """All float32 datasets by their path, ``group/group/name``. Raises :class:`~ciak.errors.Damaged`."""
    data = path.read_bytes()
    try:
        if data[:8] != _MAGIC or data[8] != 0 or data[13:15] != b"\x08\x08":
            raise ValueError("no superblock of version 0 with addresses of 8 bytes")
        tensors = dict(_File(data).below(_number(data, 64), "", 0))
        if not tensors:
            raise ValueError("no tensors")
        return tensors
    except (IndexError, ValueError, OverflowError, KeyError, struct.error, UnicodeDecodeError) as error:
        raise Damaged(f"{path.name} is not an HDF5 file that can be read: {error}") from error


def _number(data: bytes, at: int) -> int:
    """The address or length that stands at ``at``."""
    value: int = struct.unpack_from("<Q", data, at)[0]
    return value


class _File:
    """The bytes, and how many objects were looked at, so that a circle ends."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._seen = 0

    def below(self, header: int, name: str, depth: int) -> Iterator[tuple[str, NDArray[np.float32]]]:
        """The datasets of the object whose header is at ``header``, and of all below it."""
        self._seen += 1
        if depth > _DEEPEST or self._seen > _MOST:
            raise ValueError("groups without end")
        found = dict(reversed(list(self._messages(header))))
        if _GROUP in found:
            tree, heap = _number(self._data, found[_GROUP]), _number(self._data, found[_GROUP] + 8)
            names = _number(self._data, heap + 24)
            for part, place in self._entries(tree, depth):
                inner = self._text(names + part)
                yield from self.below(place, f"{name}/{inner}" if name else inner, depth + 1)
        elif _LAYOUT in found:
            yield name, self._tensor(name, found)

    def _messages(self, header: int) -> Iterator[Message]:
        version, count, length = struct.unpack_from("<BxH4xI", self._data, header)
        if version != 1:
            raise ValueError(f"an object header of version {version}")
        blocks = [(header + 16, length)]
        while blocks and count > 0:
            at, left = blocks.pop(0)
            end = at + left
            while at + 8 <= end and count > 0:
                kind, size = struct.unpack_from("<HH", self._data, at)
                if kind == _CONTINUED:
                    blocks.append((_number(self._data, at + 8), _number(self._data, at + 16)))
                yield kind, at + 8
                at, count = at + 8 + size, count - 1

    def _entries(self, node: int, depth: int) -> Iterator[tuple[int, int]]:
        """(place of the name in the heap, place of the object's header) of every entry of a group."""
        self._seen += 1
        if depth > _DEEPEST or self._seen > _MOST:
            raise ValueError("a tree without end")
        mark = self._data[node:node + 4]
        if mark == b"TREE":
            (used,) = struct.unpack_from("<H", self._data, node + 6)
            for number in range(used):
                yield from self._entries(_number(self._data, node + 32 + 16 * number), depth + 1)
        elif mark == b"SNOD":
            (used,) = struct.unpack_from("<H", self._data, node + 6)
            for number in range(used):
                entry = node + 8 + 40 * number
                yield _number(self._data, entry), _number(self._data, entry + 8)
        else:
            raise ValueError("a group that is no tree")

    def _tensor(self, name: str, found: dict[int, int]) -> NDArray[np.float32]:
        space, kind, layout = (found[part] for part in (_SPACE, _TYPE, _LAYOUT))
        if self._data[space] != 1:
            raise ValueError(f"{name}: a dataspace of version {self._data[space]}")
        shape = tuple(_number(self._data, space + 8 + 8 * axis) for axis in range(self._data[space + 1]))
        size = struct.unpack_from("<I", self._data, kind + 4)[0]
        if (self._data[kind] & 15, size) != _FLOAT32 or self._data[kind + 1] & 1:
            raise ValueError(f"{name}: no 32-bit little-endian floats")
        if (self._data[layout], self._data[layout + 1]) != (3, 1):
            raise ValueError(f"{name}: it does not lie in one piece")
        first, length = _number(self._data, layout + 2), _number(self._data, layout + 10)
        count = int(np.prod(shape, dtype=object)) if shape else 1
        if length != 4 * count or first + length > len(self._data):
            raise ValueError(f"{name}: {length} bytes for {count} numbers")
        return np.frombuffer(self._data, "<f4", count, first).reshape(shape)

    def _text(self, at: int) -> str:
        return self._data[at:self._data.index(b"\0", at)].decode("utf-8")
