"""Wheels and npm packages, opened without trust.

An archive is looked through whole before anything of it is written, and refused whole (never cleaned up) for: a
name that leaves the folder, a name twice, a link or device, encrypted members, members that overlap in a zip
(CVE-2024-0450: "better zip bombs"), or more bytes than the budget. Only regular files that were asked for are
written. """

from __future__ import annotations

import gzip
import io
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO

from ciak.errors import Damaged, Hostile, TooLarge, WrongFormat

__all__ = ["LARGEST", "MOST_MEMBERS", "unpack"]

LARGEST = 2**32
"""Bytes that an archive may hold, unpacked."""
MOST_MEMBERS = 20_000
_STEP = 1 << 20
_LARGEST_HEADER = 1 << 24


def unpack(archive: Path, take: Mapping[str, str], target: Path, *, budget: int = LARGEST,
           check: Callable[[], None] = lambda: None) -> None:
    """Write the members that ``take`` names below ``target``.

    ``take`` maps a member's name to a relative path, or a folder (both ending in ``/``) to a folder. ``check`` is
    called often and may raise. Raises :class:`~ciak.errors.Hostile`, :class:`~ciak.errors.TooLarge`,
    :class:`~ciak.errors.Damaged` (also when a wanted member is absent) or :class:`~ciak.errors.WrongFormat`.
    """
    with archive.open("rb") as file:
        magic = file.read(4)
    try:
        if magic == b"PK\x03\x04":
            with zipfile.ZipFile(archive) as opened:
                _examine_zip(opened, archive, budget)
                found = {info.filename: info for info in opened.infolist() if not info.is_dir()}
                _write(archive, take, target, {name: info.file_size for name, info in found.items()},
                       lambda name: opened.open(found[name]), check)
        elif magic[:2] == b"\x1f\x8b":
            _unpack_tar(archive, take, target, budget, check)
        else:
            raise WrongFormat(f"{archive.name} is neither a zip nor a gzipped tar", path=archive)
    except (zipfile.BadZipFile, tarfile.TarError, zlib.error, gzip.BadGzipFile, EOFError, NotImplementedError,
            struct.error, ValueError, RecursionError) as error:
        raise Damaged(f"{archive.name} cannot be unpacked: {str(error)[:120]}", path=archive) from error


def _write(archive: Path, take: Mapping[str, str], target: Path, sizes: Mapping[str, int],
           opened: Callable[[str], IO[bytes] | None], check: Callable[[], None]) -> None:
    wanted: dict[str, str] = {}
    for member, place in take.items():
        inside = {name: place + name[len(member):] for name in sizes if name.startswith(member)} \
            if member.endswith("/") else ({member: place} if member in sizes else {})
        if not inside:
            raise Damaged(f"{archive.name} has no {member}", path=archive)
        wanted |= inside
    for member in (name for name in sizes if name in wanted):
        file = target / wanted[member]
        file.parent.mkdir(parents=True, exist_ok=True)
        source = opened(member)
        if source is None:
            raise Damaged(f"{archive.name}: {member} cannot be read", path=archive)
        with source, file.open("xb") as sink:
            left = sizes[member]
            while chunk := source.read(_STEP):
                check()
                left -= len(chunk)
                if left < 0:
                    raise Hostile(f"{archive.name}: {member} is longer than it says", path=archive)
                sink.write(chunk)
            if left:
                raise Damaged(f"{archive.name}: {member} is shorter than it says", path=archive)


def _examine_name(archive: Path, name: str, seen: set[str]) -> None:
    parts = name.rstrip("/").split("/")
    if name.startswith("/") or "\\" in name or "\0" in name or ":" in parts[0] or any(
            part in ("", ".", "..") for part in parts):
        raise Hostile(f"{archive.name} holds a name that leaves its folder: {name[:80]!r}", path=archive)
    if name.casefold().rstrip("/") in seen:
        raise Hostile(f"{archive.name} holds {name[:80]!r} twice", path=archive)
    seen.add(name.casefold().rstrip("/"))


def _examine_zip(opened: zipfile.ZipFile, archive: Path, budget: int) -> None:
    members = opened.infolist()
    if len(members) > MOST_MEMBERS:
        raise TooLarge(f"{archive.name} holds {len(members)} members", path=archive)
    if sum(info.file_size for info in members) > budget:
        raise TooLarge(f"{archive.name} would unpack to more than {budget} bytes", path=archive)
    seen: set[str] = set()
    for info in members:
        _examine_name(archive, info.filename, seen)
        # What a Unix zip says of a member's kind lies in the upper half of its attributes.
        kind = stat.S_IFMT(info.external_attr >> 16)
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise Hostile(f"{archive.name}: {info.filename[:80]!r} is a link or device", path=archive)
        if info.flag_bits & 0x1:
            raise Hostile(f"{archive.name}: {info.filename[:80]!r} is encrypted", path=archive)
    end = opened.start_dir
    for info in sorted(members, key=lambda one: one.header_offset, reverse=True):
        # 30 bytes of local header and the name come before the data of each member.
        data = info.header_offset + 30 + len(info.filename.encode("utf-8", "replace"))
        if info.header_offset < 0 or data + info.compress_size > end:
            raise Hostile(f"{archive.name}: members overlap at {info.filename[:80]!r}", path=archive)
        end = info.header_offset


class _Budgeted(io.RawIOBase):
    """A gzip stream that may be read only so far, and only in portions."""

    def __init__(self, stream: gzip.GzipFile, archive: Path, budget: int) -> None:
        super().__init__()
        self._stream, self._archive, self._budget = stream, archive, budget

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._stream.tell()

    def seek(self, offset: int, whence: int = 0) -> int:
        if whence != 0 or offset > self._budget:
            raise TooLarge(f"{self._archive.name} would unpack to more than {self._budget} bytes", path=self._archive)
        return self._stream.seek(offset)

    def read(self, size: int | None = -1) -> bytes:
        if size is None or size < 0 or size > _LARGEST_HEADER or self._stream.tell() + size > self._budget + _STEP:
            raise TooLarge(f"{self._archive.name} would unpack to more than {self._budget} bytes", path=self._archive)
        return self._stream.read(size)


@contextmanager
def _tar(archive: Path, budget: int) -> Iterator[tarfile.TarFile]:
    with gzip.open(archive, "rb") as stream, \
            tarfile.open(fileobj=_as_binary(_Budgeted(stream, archive, budget)), mode="r:") as opened:
        yield opened


def _as_binary(stream: io.RawIOBase) -> BinaryIO:
    """The typing of :mod:`tarfile` asks for a BinaryIO; a RawIOBase does what it needs."""
    from typing import cast

    return cast(BinaryIO, stream)


def _unpack_tar(archive: Path, take: Mapping[str, str], target: Path, budget: int,
                check: Callable[[], None]) -> None:
    sizes: dict[str, int] = {}
    seen: set[str] = set()
    total = 0
    with _tar(archive, budget) as opened:
        found: dict[str, tarfile.TarInfo] = {}
        for info in opened:
            check()
            if len(seen) >= MOST_MEMBERS:
                raise TooLarge(f"{archive.name} holds more than {MOST_MEMBERS} members", path=archive)
            _examine_name(archive, info.name, seen)
            if not (info.isreg() or info.isdir()) or info.issparse():
                raise Hostile(f"{archive.name}: {info.name[:80]!r} is a link, device or sparse", path=archive)
            total += info.size
            if info.size < 0 or total > budget:
                raise TooLarge(f"{archive.name} would unpack to more than {budget} bytes", path=archive)
            if info.isreg():
                sizes[info.name], found[info.name] = info.size, info
        _write(archive, take, target, sizes, lambda name: opened.extractfile(found[name]), check)
