"""The bytes of a manifest that its own hashes and signature leave open: held to what they have to be.

A C2PA manifest is a tree of boxes (JUMBF, ISO 19566-5). Assertions are hashed by the claim, the claim is signed; open
are the names of the boxes around them, the head of the box in the file, and the padding of the signature. Here each of
these is compared with its one right value, so that no byte of a signed file can change unseen. Knows the shape that
the library writes; another shape, of another maker's file, is told as unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["MANIFEST_BOX", "open_bytes"]

MANIFEST_BOX = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
"""The UUID of the box in which an MP4 file carries its manifest."""
_TAIL = bytes.fromhex("00110010800000aa00389b71")
_NAMES = {b"c2pa": {b"c2pa"}, b"c2as": {b"c2pa.assertions"}, b"c2cl": {b"c2pa.claim", b"c2pa.claim.v2"},
          b"c2cs": {b"c2pa.signature"}, b"c2ma": None, b"c2um": None}
_PAD = re.compile(rb"\xa1\x63pad(?:\x58(.)|\x59(..)|([\x40-\x57]))", re.DOTALL)


def open_bytes(data: bytes, label: str) -> list[str]:
    """What is wrong with the open bytes of a manifest store ``data`` whose only manifest is called ``label``."""
    try:
        found = list(_boxes(data, label.encode()))
    except (ValueError, IndexError):
        return ["ciak.manifest.malformed"]
    return found


def _children(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at < len(data):
        size, kind = int.from_bytes(data[at:at + 4], "big"), data[at + 4:at + 8]
        if size < 8 or at + size > len(data):
            raise ValueError("a box that is no box")
        yield kind, data[at + 8:at + size]
        at += size


def _boxes(data: bytes, label: bytes) -> Iterator[str]:
    for kind, body in _children(data):
        if kind != b"jumb":
            yield "ciak.manifest.stray"
            continue
        parts = list(_children(body))
        if not parts or parts[0][0] != b"jumd":
            yield "ciak.manifest.unnamed"
            continue
        told = parts[0][1]
        what, name = told[:4], told[17:].rstrip(b"\0")
        if told[4:16] != _TAIL or what not in _NAMES or told[16] != 3 or told[17:] != name + b"\0":
            yield "ciak.manifest.name"
            continue
        wanted = _NAMES[what]
        if name not in (wanted if wanted is not None else {label}):
            yield "ciak.manifest.name"
        yield from _inside(what, parts[1:], label)


def _inside(what: bytes, parts: list[tuple[bytes, bytes]], label: bytes) -> Iterator[str]:
    """The parts of a box that are open: assertions are hashed with their names, and left to the claim."""
    if what == b"c2as":
        if any(kind != b"jumb" for kind, _ in parts):
            yield "ciak.manifest.stray"
    elif what in (b"c2cl", b"c2cs"):
        if [kind for kind, _ in parts] != [b"cbor"]:
            yield "ciak.manifest.stray"
        elif what == b"c2cs":
            yield from _padding(parts[0][1])
    else:
        yield from _boxes(b"".join((len(body) + 8).to_bytes(4, "big") + kind + body for kind, body in parts), label)


def _padding(cose: bytes) -> Iterator[str]:
    """COSE_Sign1: tag, array of four, protected, {pad: zeros}, null, signature."""
    found = _PAD.search(cose)
    if not cose.startswith(b"\xd2\x84") or found is None:
        yield "ciak.signature.shape"
        return
    count = found[1] or found[2]
    size = int.from_bytes(count, "big") if count else found[3][0] & 0x1F
    pad, rest = cose[found.end():found.end() + size], cose[found.end() + size:]
    if pad.strip(b"\0") or len(pad) != size or rest[:3] != b"\xf6\x58\x40" or len(rest) != 67:
        yield "ciak.signature.padding"
