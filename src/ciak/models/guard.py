"""What no model file may be: a pickle, or an ONNX graph that reaches for other files.

Loading a pickle runs its author's code; an ONNX graph with external data makes the engine read any path it names
(CVE-2022-25882, CVE-2024-27318, CVE-2025-51480). Both are recognised by content, whatever the file is called,
before any library opens them. The ONNX check walks the protobuf wire format itself
(https://protobuf.dev/programming-guides/encoding) and so does not depend on a parser being safe. It does not
judge what a graph computes. """

from __future__ import annotations

import mmap
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from ciak.errors import ModelDamaged

__all__ = ["refuse_external_data", "refuse_pickle"]

Buffer = bytes | memoryview | mmap.mmap

_RUNS_CODE = frozenset(("GLOBAL", "STACK_GLOBAL", "INST", "OBJ", "REDUCE", "NEWOBJ", "NEWOBJ_EX", "BUILD", "PERSID",
                        "BINPERSID", "EXT1", "EXT2", "EXT4"))
_LARGEST_OLD_PICKLE = 2**26
_NUMPY_OBJECT = re.compile(rb"'descr':\s*'[|<>=]?O'|'descr':[^}]*'[|<>=]?O'")
_DEEPEST = 200


def refuse_pickle(path: Path) -> None:
    """Raise :class:`~ciak.errors.ModelDamaged` if ``path`` holds a pickle: bare (every protocol), inside a zip
    (PyTorch, joblib, ``.npz``), as NumPy object array, or compressed with gzip, bzip2, xz or zlib."""
    with path.open("rb") as file:
        head = file.read(4096)
    for layer in (head, _unpressed(head)):
        if _looks_pickled(layer):
            raise _refusal(path, "is a pickle")
    if path.stat().st_size <= _LARGEST_OLD_PICKLE and _reads_as_pickle(path.read_bytes()):
        raise _refusal(path, "is a pickle")
    if head[:4] in (b"PK\x03\x04", b"PK\x05\x06") or zipfile.is_zipfile(path):
        _refuse_pickle_in_zip(path)


def _refusal(path: Path, why: str) -> ModelDamaged:
    return ModelDamaged(f"{path.name} {why}", remedy="Ciak opens no such file; delete it", path=path)


def _looks_pickled(head: bytes) -> bool:
    if len(head) >= 2 and head[0] == 0x80 and 2 <= head[1] <= 5:
        return True
    if head[:6] == b"\x93NUMPY":
        return _NUMPY_OBJECT.search(head) is not None
    return _reads_as_pickle(head)


def _reads_as_pickle(data: bytes) -> bool:
    """Whether ``data`` is a whole program of the pickle machine (protocols 0 and 1 have no magic bytes).

    A text may happen to begin like one; it counts only if it ends there too, or calls something.
    """
    import pickletools

    runs, last = False, 0
    try:
        for operation, _, at in pickletools.genops(data):
            runs = runs or operation.name in _RUNS_CODE
            last = at or 0
    except (ValueError, IndexError, OverflowError, UnicodeDecodeError, KeyError):
        return False
    return runs or last + 1 == len(data.rstrip(b"\r\n"))


def _unpressed(head: bytes) -> bytes:
    """The first bytes of what a compressed file holds; empty for anything else."""
    import bz2
    import lzma
    import zlib

    try:
        if head[:2] == b"\x1f\x8b":
            return zlib.decompressobj(31).decompress(head, 512)
        if head[:3] == b"BZh":
            return bz2.BZ2Decompressor().decompress(head, 512)
        if head[:6] == b"\xfd7zXZ\x00":
            return lzma.LZMADecompressor(memlimit=2**28).decompress(head, 512)
        if head[:1] == b"\x78":
            return zlib.decompressobj().decompress(head, 512)
    except (OSError, EOFError, ValueError, zlib.error, lzma.LZMAError):
        return b""
    return b""


def _refuse_pickle_in_zip(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            for member in archive.infolist()[:10_000]:
                if member.filename.endswith((".pkl", ".pickle")):
                    raise _refusal(path, f"holds the pickle {member.filename[:80]}")
                with archive.open(member) as file:
                    if _looks_pickled(file.read(4096)):
                        raise _refusal(path, f"holds the pickle {member.filename[:80]}")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        raise _refusal(path, "is a zip that cannot be read") from error


# ONNX messages and the fields through which a TensorProto can be reached (onnx.proto3):
#   ModelProto.graph 7, .training_info 20, .functions 25;  TrainingInfoProto.initialization 1, .algorithm 2
#   GraphProto.node 1, .initializer 5, .sparse_initializer 15;  FunctionProto.node 7, .attribute_proto 11
#   NodeProto.attribute 5;  AttributeProto.t 5, .g 6, .tensors 10, .graphs 11, .sparse_tensor 22, .sparse_tensors 23
#   SparseTensorProto.values 1, .indices 2;  TensorProto.external_data 13, .data_location 14
_REACH: dict[str, dict[int, str]] = {
    "model": {7: "graph", 20: "training", 25: "function"},
    "training": {1: "graph", 2: "graph"},
    "graph": {1: "node", 5: "tensor", 15: "sparse"},
    "function": {7: "node", 11: "attribute"},
    "node": {5: "attribute"},
    "attribute": {5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse", 23: "sparse"},
    "sparse": {1: "tensor", 2: "tensor"},
    "tensor": {},
}
_EXTERNAL_DATA, _DATA_LOCATION = 13, 14


def refuse_external_data(path: Path) -> None:
    """Raise :class:`~ciak.errors.ModelDamaged` if the ONNX file has a tensor outside itself, or is no protobuf."""
    if path.stat().st_size == 0:
        raise _refusal(path, "is empty")
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        try:
            external = _has_external(data)
        except (IndexError, ValueError) as error:
            raise _refusal(path, "is no ONNX graph") from error
    if external:
        raise _refusal(path, "keeps tensors in other files")


def _has_external(data: mmap.mmap) -> bool:
    todo: list[tuple[str, int, int, int]] = [("model", 0, len(data), 0)]
    graphs = 0
    while todo:
        kind, start, end, depth = todo.pop()
        if depth > _DEEPEST:
            raise ValueError("too deep")
        reach = _REACH[kind]
        for field, wire, low, high in _fields(data, start, end):
            if kind == "tensor" and (field == _EXTERNAL_DATA or (field == _DATA_LOCATION and (wire != 0 or low != 0))):
                return True
            if field in reach:
                if wire != 2:
                    raise ValueError("a message that is none")
                graphs += reach[field] == "graph"
                todo.append((reach[field], low, high, depth + 1))
    if graphs == 0:
        raise ValueError("no graph")
    return False


def _fields(data: mmap.mmap, start: int, end: int) -> Iterator[tuple[int, int, int, int]]:
    """(field, wire type, begin, end) of each field; for a varint begin is its value."""
    at = start
    while at < end:
        key, at = _varint(data, at, end)
        field, wire = key >> 3, key & 7
        if wire == 0:
            value, at = _varint(data, at, end)
            yield field, wire, value, value
            continue
        if wire == 2:
            length, at = _varint(data, at, end)
        elif wire in (1, 5):
            length = 8 if wire == 1 else 4
        else:
            raise ValueError("unknown wire type")
        if field == 0 or at + length > end:
            raise ValueError("a field past the end")
        yield field, wire, at, at + length
        at += length


def _varint(data: mmap.mmap, at: int, end: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if at >= end:
            raise ValueError("cut short")
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
    raise ValueError("a number without end")
