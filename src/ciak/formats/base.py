"""What a format is: one file per format, one small class, one instance, one line in the registry.

How to add one. Write ``formats/<name>.py`` with a class that has what :class:`Format` asks for:

- ``sniff`` looks at the beginning of a file and says how sure it is, 0 to 1, without raising;
- ``examine`` reads what can be read and lists a :class:`Finding`, with its line, for all that cannot be read
  (``fatal``) or is not kept; it raises only when nothing of the format is there, and only errors of
  :mod:`ciak.errors`;
- ``read`` is ``examine`` for those who want all or nothing: ``return strictly(self.examine(data), self.title)``;
- ``write`` gives bytes that ``read`` reads back as the same document, and that other programs read too;
- ``losses`` says, in words for people, what of a document the format cannot hold.

A format that is only read says ``writes = False``, and its ``write`` raises :class:`ciak.errors.WrongFormat`.

Put an instance into ``registry.FORMATS``. The suite ``tests/formats/test_every_format.py`` then runs over it:
round trips, arbitrary bytes, mutated files. Check a budget before memory is taken (:data:`TEXT_BUDGET`), match
with regular expressions that cannot backtrack over the same text twice, and keep times rational.

A format knows bytes and film objects. It does not know the film folder, and only :func:`load` knows files.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar, runtime_checkable

from ciak.errors import BadInput, Damaged, NotFound, TooLarge

__all__ = ["TEXT_BUDGET", "Finding", "Format", "Reading", "Sample", "can_write", "load", "shown", "strictly"]

TEXT_BUDGET = 32 * 2**20
"""Bytes of the largest text file that is decoded at all."""

Document = TypeVar("Document")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in a file that was not read as it stands.

    ``line`` counts from 1 (0: the file as a whole); ``code`` is stable, ``message`` for people. ``fatal``: a
    part could not be read and is missing from the document; otherwise it was understood, or dropped on purpose.
    """

    line: int
    code: str
    message: str
    fatal: bool = False


@dataclass(frozen=True, slots=True)
class Reading(Generic[Document]):
    """What could be read, and what there is to say about the rest."""

    document: Document
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Sample:
    """The beginning of a file: its first bytes and, when they are text, its first characters (else empty)."""

    data: bytes
    text: str


@runtime_checkable
class Format(Protocol[Document]):
    """One file format. The module's docstring says how to add one."""

    @property
    def name(self) -> str:
        """Short and stable: ``"srt"``."""
        ...

    @property
    def title(self) -> str:
        """For people: ``"SRT subtitles"``."""
        ...

    @property
    def suffixes(self) -> tuple[str, ...]:
        """Usual endings of file names, with the dot; the first is the one we write."""
        ...

    @property
    def media_type(self) -> str:
        """Internet media type."""
        ...

    def sniff(self, sample: Sample) -> float:
        """How sure it is, 0 to 1, that the sample begins a file of this format. Never raises."""
        ...

    def examine(self, data: bytes) -> Reading[Document]:
        """Read what can be read, with a finding for the rest. Raises a :class:`ciak.errors.BadInput`."""
        ...

    def read(self, data: bytes) -> Document:
        """Read all. Raises :class:`ciak.errors.Damaged`, with the line, for what cannot be read."""
        ...

    def write(self, document: Document) -> bytes:
        """The document as a file. Raises a :class:`ciak.errors.BadInput` for one that cannot be written."""
        ...

    def losses(self, document: Document) -> tuple[str, ...]:
        """What :meth:`write` leaves out or changes, in words for people; empty when nothing."""
        ...


def can_write(kind: Format[Any]) -> bool:
    """Whether a format is written, not only read."""
    return bool(getattr(kind, "writes", True))


def strictly(reading: Reading[Document], title: str) -> Document:
    """The document, if all of it could be read. Raises :class:`Damaged` for the first fatal finding."""
    for finding in reading.findings:
        if finding.fatal:
            where = f"{title}, line {finding.line}" if finding.line else title
            raise Damaged(f"{where}: {finding.message}", line=finding.line, code=finding.code,
                          remedy="correct it, or have the file read leniently, which leaves that out")
    return reading.document


def shown(path: Path) -> str:
    """A path's last part as text that any terminal can print, whatever bytes the name has."""
    return os.fsencode(path.name or str(path)).decode("utf-8", "replace")


def load(path: Path, budget: int = TEXT_BUDGET, *, beginning: bool = False) -> bytes:
    """The bytes of a regular file, its size checked before they are read; or only its ``beginning``, up to
    ``budget`` bytes.

    Raises :class:`NotFound`, :class:`TooLarge`, or :class:`BadInput` for a folder, a pipe, an unreadable file.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        raise NotFound(f"there is no file {shown(path)!r}", path=str(path)) from None
    except (OSError, ValueError) as problem:
        raise BadInput(f"{shown(path)!r} cannot be opened: {_reason(problem)}", path=str(path)) from None
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise BadInput(f"{shown(path)!r} is not a file", path=str(path))
        if status.st_size > budget and not beginning:
            raise TooLarge(f"{shown(path)!r} has {status.st_size:,} bytes; at most {budget:,} are read",
                           path=str(path))
        with os.fdopen(handle, "rb", closefd=False) as file:
            data = file.read(budget + (not beginning))
    except OSError as problem:
        raise BadInput(f"{shown(path)!r} cannot be read: {_reason(problem)}", path=str(path)) from None
    finally:
        os.close(handle)
    if len(data) > budget:
        raise TooLarge(f"{shown(path)!r} grew past {budget:,} bytes while it was read", path=str(path))
    return data


def _reason(problem: Exception) -> str:
    return (problem.strerror if isinstance(problem, OSError) else None) or str(problem)
