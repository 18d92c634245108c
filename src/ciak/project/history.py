"""``history.jsonl``: who or what made every artefact of a film, and who changed what by hand. Append-only.

One line per :class:`Entry`, each closed by a checksum, so that a flipped byte or a line torn by a crash is seen.
A damaged line is stepped over and reported, never cut away. Order is the order of the file (``sequence``); the
clock is told, never trusted. Writers hold the film's lock; the history itself takes none.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, NamedTuple

from pydantic import Field, JsonValue, ValidationError

from ciak.errors import Hostile, StorageError
from ciak.film.model import FilmModel
from ciak.store.atomic import commit_bytes
from ciak.store.disk import disk_error, fsync_folder

__all__ = ["Entry", "Follower", "History", "Line", "canonical", "rewritten"]

LONGEST_LINE = 8 * 1024 * 1024
_TAIL = 64
"""Last bytes read, by which a history is known again."""
_MOST = 32
"""Histories whose end is remembered."""


class _Place(NamedTuple):
    """How far a history was read: bytes, the highest sequence in them, the last of these bytes."""

    end: int = 0
    last: int = 0
    tail: bytes = b""


_BEGINNING = _Place()
_ENDS: OrderedDict[Path, _Place] = OrderedDict()
"""Per file, for all who open it: how far anybody has read."""
_TURN = threading.Lock()


class Entry(FilmModel):
    """One thing that happened. ``sequence`` and ``when`` are given by :meth:`History.append`."""

    sequence: int = Field(default=0, ge=0)
    when: str = ""
    """UTC, ISO 8601, by the clock of the machine."""
    kind: Literal["step", "edit", "import", "migration"]
    what: str
    """Name of the step, or of the file that was edited."""
    version: str = ""
    who: str
    """``person``, or the backend that did it."""
    key: str | None = None
    """Of a step: the hash that :func:`ciak.project.once` recalls it by."""
    models: dict[str, str] = Field(default_factory=dict)
    """Model -> sha256."""
    seed: int | None = None
    inputs: dict[str, str] = Field(default_factory=dict)
    settings: dict[str, JsonValue] = Field(default_factory=dict)
    outputs: dict[str, str] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the file: its number, where it ends (bytes), and its entry or what is wrong with it. ``whole``:
    its line feed is there; without it, somebody may be writing it right now."""

    number: int
    end: int
    entry: Entry | None
    fault: str = ""
    whole: bool = True


def canonical(value: object) -> bytes:
    """JSON with one spelling per value: sorted keys, no spaces, ASCII; refuses NaN and what is not JSON."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False).encode("ascii")


class History:
    """The history of one film."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def lines(self, start: int = 0) -> Iterator[Line]:
        """Every line from byte ``start`` on, faulty ones included. A history that is not there has none."""
        try:
            descriptor = os.open(self.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except FileNotFoundError:
            return
        except OSError as error:
            if self.path.is_symlink():
                raise Hostile("history.jsonl is a link", remedy="put the file itself into the film") from None
            raise StorageError(f"history.jsonl cannot be read: {error.strerror}") from error
        with os.fdopen(descriptor, "rb") as file:
            file.seek(start)
            end, number, broken = start, 0, False
            while piece := file.readline(LONGEST_LINE):
                end += len(piece)
                if broken or (not piece.endswith(b"\n") and len(piece) == LONGEST_LINE):
                    broken = not piece.endswith(b"\n")
                    if not broken:
                        number += 1
                        yield Line(number, end, None, "longer than any line that Ciak writes")
                    continue
                number += 1
                yield _read(number, end, piece)
            if broken:
                yield Line(number + 1, end, None, "longer than any line that Ciak writes", whole=False)

    def entries(self) -> Iterator[Entry]:
        """All good entries, in order."""
        return (line.entry for line in self.lines() if line.entry is not None)

    def append(self, entry: Entry) -> Entry:
        """Write one entry, as :meth:`append_all` does."""
        return self.append_all((entry,))[0]

    @property
    def upcoming(self) -> int:
        """The sequence of the next entry; it is known while one holds the film's lock."""
        return self._last_sequence() + 1

    def append_all(self, entries: Sequence[Entry]) -> tuple[Entry, ...]:
        """Write entries, on the disk when this returns; the caller holds the film's lock.

        Returns them with ``sequence`` and ``when``. Raises :class:`StorageError`; the file is then as before.
        """
        last = self._last_sequence()
        now = datetime.now(UTC).isoformat(timespec="seconds")
        done = tuple(entry.model_copy(update={"sequence": number, "when": now})
                     for number, entry in enumerate(entries, last + 1))
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            new = not self.path.exists()
            descriptor = os.open(self.path, flags, 0o644)
            try:
                size = os.fstat(descriptor).st_size
                whole = size == 0 or os.pread(descriptor, 1, size - 1) == b"\n"
                data = (b"" if whole else b"\n") + b"".join(map(_written, done))
                _append(descriptor, data, size)
            finally:
                os.close(descriptor)
            if new:
                _sync_name(self.path.parent)
        except OSError as error:
            raise disk_error(error, self.path) from error
        self._note(size + len(data), last + len(done))
        return done

    @property
    def size(self) -> int:
        """Bytes of the file; 0 where there is none."""
        return self.path.stat().st_size if self.path.exists() else 0

    def _tail(self, end: int) -> bytes:
        """The last bytes before byte ``end``; fewer when the file is shorter."""
        with suppress(OSError):
            descriptor = os.open(self.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
            try:
                start = max(0, end - _TAIL)
                return os.pread(descriptor, end - start, start)
            finally:
                os.close(descriptor)
        return b""

    def _read_to(self, place: _Place) -> bool:
        """Whether this is still the file that was read up to there."""
        return self._tail(place.end) == place.tail

    def _last_sequence(self) -> int:
        """The highest sequence in the file; reads only what nobody read before."""
        with _TURN:
            follower = Follower(_ENDS.get(self.path, _BEGINNING))
        for _entry in follower.news(self, lambda: None):
            pass
        return follower.last

    def _note(self, end: int, last: int) -> _Place:
        """Nobody who appends need read again what comes before byte ``end``; the place, as others find it."""
        place = _Place(end, last, self._tail(end))
        with _TURN:
            _ENDS[self.path] = place
            _ENDS.move_to_end(self.path)
            while len(_ENDS) > _MOST:
                _ENDS.popitem(last=False)
        return place


class Follower:
    """Reads a history once and then only what was added to it. One thread at a time."""

    def __init__(self, place: _Place = _BEGINNING) -> None:
        self._place: _Place | None = place
        self.last = place.last
        """The highest sequence read."""

    def news(self, history: History, forget: Callable[[], None]) -> Iterator[tuple[int, Entry]]:
        """The entries that were not given before, each with the byte where its line begins. A line that may still be
        being written waits for the next time.

        Where the file is no longer the one read so far, or where the last reading was not gone through to its end,
        ``forget`` is called and it begins anew. Raises what :meth:`History.lines` raises.
        """
        place, self._place = self._place, None
        if place is None or not history._read_to(place):
            forget()
            place, self.last = _BEGINNING, 0
        end = place.end
        if history.size != end:
            for line in history.lines(end):
                if line.entry is not None:
                    self.last = max(self.last, line.entry.sequence)
                if not line.whole:
                    break
                begins, end = end, line.end
                if line.entry is not None:
                    yield begins, line.entry
            place = history._note(end, self.last)
        self._place = place


def _append(descriptor: int, data: bytes, size: int) -> None:
    """All of ``data`` on the disk, or nothing: a write that fails half way is taken back."""
    try:
        written = 0
        while written < len(data):
            written += os.write(descriptor, data[written:])
        os.fsync(descriptor)
    except OSError:
        os.ftruncate(descriptor, size)
        raise


def _sync_name(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fsync_folder(descriptor)
    finally:
        os.close(descriptor)


def _checksum(values: dict[str, object]) -> str:
    return hashlib.sha256(canonical(values)).hexdigest()[:16]


def _written(entry: Entry) -> bytes:
    values = entry.model_dump(mode="json", exclude_defaults=True)
    return canonical(values | {"check": _checksum(values)}) + b"\n"


def _read(number: int, end: int, piece: bytes) -> Line:
    torn = not piece.endswith(b"\n")
    try:
        values = json.loads(piece.decode("utf-8"))
    except (ValueError, RecursionError):
        return Line(number, end, None, "torn by a crash or a full disk" if torn else "not JSON", whole=not torn)
    if not isinstance(values, dict) or not isinstance(check := values.pop("check", None), str):
        return Line(number, end, None, "not an entry")
    try:
        if check != _checksum(values):
            return Line(number, end, None, "does not match its checksum")
        return Line(number, end, Entry.model_validate(values), whole=not torn)
    except (ValidationError, ValueError, RecursionError):
        return Line(number, end, None, "not an entry")


def rewritten(history: History, name: str, instead: str) -> int:
    """Replace a person's name in every entry, whatever its case; how many entries bore it. The caller holds the film's
    lock. The one exception to append-only: who asks to be erased is (see ``quarantine.erase``). Damaged lines stay as
    they are, unless they hold the name: then they go.
    """
    said = re.compile(re.escape(name), re.IGNORECASE)
    changed, out = 0, []
    for piece in history.path.read_bytes().splitlines(keepends=True) if history.path.exists() else ():
        line = _read(0, 0, piece)
        if line.entry is None:
            bears = said.search(piece.decode("utf-8", "replace")) is not None
            changed += bears
            out += [] if bears else [piece]
            continue
        values = line.entry.model_dump(mode="json", exclude_defaults=True)
        clean = _without(values, said, instead)
        changed += clean != values
        out.append(piece if clean == values else canonical({**clean, "check": _checksum(clean)}) + b"\n")
    if changed:
        commit_bytes(history.path, b"".join(out))
    return changed


def _without(value: Any, said: re.Pattern[str], instead: str) -> Any:
    if isinstance(value, str):
        return said.sub(instead, value)
    if isinstance(value, dict):
        return {said.sub(instead, key): _without(part, said, instead) for key, part in value.items()}
    return [_without(part, said, instead) for part in value] if isinstance(value, list) else value
