"""Reading a TensorFlow checkpoint (``model.index``, ``model.data-00000-of-00001``) without TensorFlow.

The index is an SSTable, as LevelDB's table format describes it (github.com/google/leveldb, doc/table_format.md):
a footer that points to an index block, which points to data blocks of prefix-compressed keys; each value is a
``BundleEntryProto`` (tensorflow/core/protobuf/tensor_bundle.proto): type, shape, offset and size of a tensor in
the data file. Only uncompressed blocks, one shard and float32 tensors are read; anything else raises. """

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ciak.errors import Damaged

__all__ = ["read_checkpoint"]

_MAGIC = (0xDB4775248B80FB57).to_bytes(8, "little")
_FOOTER, _TRAILER = 48, 5
_FLOAT32 = 1
_LARGEST = 2**31


def read_checkpoint(prefix: Path) -> dict[str, NDArray[np.float32]]:
    """All float32 tensors by name. ``prefix`` is the path without ``.index``. Raises
    :class:`~ciak.errors.Damaged`."""
    index = prefix.with_name(prefix.name + ".index").read_bytes()
    data = prefix.with_name(prefix.name + ".data-00000-of-00001").read_bytes()
    try:
        tensors = dict(_tensors(index, data))
        if not tensors:
            raise ValueError("no tensors")
        return tensors
    except (IndexError, ValueError, KeyError, UnicodeDecodeError) as error:
        raise Damaged(f"{prefix.name}.index is not a checkpoint that can be read: {error}") from error


def _tensors(index: bytes, data: bytes) -> Iterator[tuple[str, NDArray[np.float32]]]:
    if index[-8:] != _MAGIC:
        raise ValueError("no table footer")
    footer = index[-_FOOTER:]
    _, at = _varint(footer, 0)
    _, at = _varint(footer, at)
    offset, at = _varint(footer, at)
    size, _ = _varint(footer, at)
    for _, handle in _block(index, offset, size):
        block_offset, at = _varint(handle, 0)
        block_size, _ = _varint(handle, at)
        for key, value in _block(index, block_offset, block_size):
            entry = _message(value)
            if key and _number(entry, 1) == _FLOAT32:
                yield key.decode(), _tensor(entry, data)


def _tensor(entry: dict[int, list[int | bytes]], data: bytes) -> NDArray[np.float32]:
    shape = [_number(_message(size), 1) for size in _message(_bytes(entry, 2)).get(2, []) if isinstance(size, bytes)]
    offset, length = _number(entry, 4), _number(entry, 5)
    if _number(entry, 3) != 0 or length > _LARGEST or offset + length > len(data):
        raise ValueError("a tensor outside the data file")
    return np.frombuffer(data, "<f4", length // 4, offset).reshape(shape)


def _block(table: bytes, offset: int, size: int) -> Iterator[tuple[bytes, bytes]]:
    """Keys and values of one block."""
    block = table[offset:offset + size]
    if len(block) < 4 or offset + size + _TRAILER > len(table) - _FOOTER:
        raise ValueError("a block outside the table")
    if table[offset + size] != 0:
        raise ValueError("a compressed block")
    restarts = int.from_bytes(block[-4:], "little")
    end = len(block) - 4 - 4 * restarts
    at, key = 0, b""
    while at < end:
        shared, at = _varint(block, at)
        added, at = _varint(block, at)
        length, at = _varint(block, at)
        key = key[:shared] + block[at:at + added]
        at += added
        yield key, block[at:at + length]
        at += length


def _message(data: bytes) -> dict[int, list[int | bytes]]:
    """Fields of a protobuf message by number."""
    fields: dict[int, list[int | bytes]] = {}
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        value: int | bytes
        match key & 7:
            case 0:
                value, at = _varint(data, at)
            case 2:
                length, at = _varint(data, at)
                value, at = data[at:at + length], at + length
            case 1:
                value, at = data[at:at + 8], at + 8
            case 5:
                value, at = data[at:at + 4], at + 4
            case _:
                raise ValueError("an unknown wire type")
        fields.setdefault(key >> 3, []).append(value)
    return fields


def _number(message: dict[int, list[int | bytes]], field: int) -> int:
    value = message.get(field, [0])[0]
    if not isinstance(value, int):
        raise ValueError("not a number")
    return value


def _bytes(message: dict[int, list[int | bytes]], field: int) -> bytes:
    value = message.get(field, [b""])[0]
    if not isinstance(value, bytes):
        raise ValueError("not a message")
    return value


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
    raise ValueError("a number without end")
