"""A film folder: opened, read, saved. The truth about a film lies here in plain files; ``.ciak/`` can be rebuilt,
except for the artefacts that takes and deliveries stand on.

::

    film.toml                  the title sheet               dialogue/<language>.json   what is said
    cast.json                  characters and voices         media/                     copies of the source
    history.jsonl              who made what                 deliveries/                what leaves the house
    takes/<language>/          recordings, as they came
    .ciak/artefacts/           results by content hash       records/                   consent and counts
    .ciak/index.sqlite         index and job journal: deletable

Every change is atomic and made under one short lock; a value that was read carries a revision (and this object
remembers the bytes it read), so that nobody's saving is overwritten: a :class:`Conflict` holds both versions.
Does not know how media are read (``media``) nor what is wrong with a film as a whole (``check``).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import MappingProxyType
from typing import Self, TypeVar

from filelock import FileLock, Timeout
from pydantic import JsonValue, ValidationError

from ciak.config import Settings
from ciak.errors import BadInput, Conflict, Hostile, NotFound, NothingToDo, Refused, StorageError
from ciak.film import Cast, Dialogue, Glossary, Rate, Timecode
from ciak.film.language import LANGUAGE
from ciak.project.history import Entry, History
from ciak.project.migrations import migrate, schema_of
from ciak.project.papers import read_paper, write_paper
from ciak.project.sheet import LARGEST_SHEET, SCHEMA, Sheet, Source, explain, parse_toml, read_sheet, write_sheet
from ciak.store import Artefacts, Index, commit_all, commit_bytes, open_inside, sweep
from ciak.store.disk import disk_error, make_folder

__all__ = ["FOLDERS", "Film"]

P = TypeVar("P", Cast, Glossary, Dialogue)
FOLDERS = ("dialogue", "media", "deliveries")
"""Folders of a film that people see."""
PATIENCE = 30.0
"""Seconds to wait for another writer, who holds the lock for milliseconds."""
NOTHING: Mapping[str, JsonValue] = MappingProxyType({})
"""Of an edit that tells nothing besides what was edited."""
_SEEN = "history"
"""Row of the index that says how far the history has been read into it."""


class Film:
    """One film folder. Made by :meth:`create` and :meth:`open`; cheap to open, holds no lock."""

    def __init__(self, path: Path, sheet: Sheet) -> None:
        self.path = path
        self.sheet = sheet
        self.artefacts = Artefacts(path / ".ciak" / "artefacts")
        self.history = History(path / "history.jsonl")
        self._index: Index | None = None
        self._read: dict[str, tuple[int, str]] = {}

    @classmethod
    def create(cls, path: Path, title: str, *, language: str | None = None, rate: Rate | None = None,
               start: str = "01:00:00:00") -> Self:
        """A new film in ``path``, which must not exist, or hold nothing but hidden files.

        Raises :class:`BadInput`, :class:`Refused` (something is there), :class:`StorageError`.
        """
        try:
            sheet = Sheet(title=title, language=language, rate=str(rate) if rate else None, start=start)
        except ValidationError as error:
            raise BadInput(explain(error.errors()[0])) from None
        path = path.absolute()
        _refuse_occupied(path)
        made = [folder for folder in (*reversed(path.parents), path, *(path / name for name in FOLDERS))
                if not folder.exists()]
        try:
            for name in FOLDERS:
                make_folder(path / name)
            commit_bytes(path / "film.toml", write_sheet(sheet))
            sweep(path)
        except StorageError:
            _unmake(made)
            raise
        return cls(path, sheet)

    @classmethod
    def open(cls, path: Path) -> Self:
        """The film in ``path``; an older schema is migrated first, its sheet kept as ``film.toml.schema<n>``.

        Raises :class:`NotFound` (no folder, no film), :class:`NewerSchema`, :class:`Damaged` with file and line.
        """
        path = path.absolute()
        data = read_sheet_bytes(path)
        values, text = parse_toml(data)
        old = schema_of(values)
        film = cls(path, read_sheet(migrate(values), text=text))
        if old != SCHEMA:
            film._keep_migrated(data, old)
        return film

    def _keep_migrated(self, data: bytes, old: int) -> None:
        with self.lock():
            if read_sheet_bytes(self.path) != data:
                return  # somebody else just did it
            backup = self.path / f"film.toml.schema{old}"
            if not backup.exists():
                commit_bytes(backup, data)
            commit_bytes(self.path / "film.toml", write_sheet(self.sheet))
            self.history.append(Entry(kind="migration", what="film.toml", who="ciak", version=str(old)))

    @property
    def title(self) -> str:
        """The film's title."""
        return self.sheet.title

    @property
    def language(self) -> str | None:
        """The language that the original speaks, when known."""
        return self.sheet.language

    @property
    def rate(self) -> Rate:
        """The film's frame rate. Raises :class:`NothingToDo` while nothing was imported and none was given."""
        if self.sheet.rate is None:
            raise NothingToDo("the film has no frame rate yet", remedy=f"ciak import {self.path} VIDEO")
        return Rate.parse(self.sheet.rate)

    @property
    def start(self) -> Timecode:
        """The label of the first frame."""
        return Timecode.parse(self.sheet.start, self.rate)

    @property
    def source(self) -> Source | None:
        """What was imported, as it was then."""
        return self.sheet.source

    @property
    def backends(self) -> dict[str, str]:
        """Task -> backend that this film chooses."""
        return dict(self.sheet.backends)

    def settings(self, settings: Settings) -> Settings:
        """``settings`` with the film's own choice of backends."""
        return settings.with_backends(self.backends)

    def source_path(self) -> Path:
        """Where the source lies. Raises :class:`NothingToDo` (nothing imported), :class:`NotFound` (moved away),
        :class:`Hostile` (a copy that is a link)."""
        source = self.source
        if source is None:
            raise NothingToDo("the film has no picture and no sound yet", remedy=f"ciak import {self.path} VIDEO")
        path = self.path / source.path
        if source.mode == "copy":
            self.inside(source.path)
        if not path.is_file():
            raise NotFound(f"the film's source {source.path} is not there",
                           remedy=f"put it back, or import it again: ciak import {self.path} VIDEO", path=str(path))
        return path

    def inside(self, relative: str) -> Path:
        """``relative`` in the film folder, by a way without links. Raises :class:`Hostile`."""
        path = self.path
        for part in relative.split("/"):
            path = path / part
            if part in ("", ".", "..") or path.is_symlink():
                raise Hostile(f"{relative[:200]} leads out of the film folder", path=str(path))
        return path

    def private(self, name: str) -> Path:
        """The folder ``.ciak/<name>``, made when missing. Raises :class:`StorageError`."""
        folder = self.inside(f".ciak/{name}" if name else ".ciak")
        make_folder(folder)
        return folder

    @contextmanager
    def lock(self) -> Iterator[None]:
        """The film's one writer. Hold it for milliseconds, never while computing."""
        lock = FileLock(self.private("") / "lock")
        try:
            lock.acquire(timeout=PATIENCE, poll_interval=0.02)
        except Timeout:
            raise Refused(f"another program has been writing to {self.path} for {PATIENCE:.0f} seconds",
                          remedy="let it finish, or end it, and try again") from None
        except OSError as error:
            raise disk_error(error, self.path / "film.toml") from error
        try:
            yield
        finally:
            lock.release()

    def record(self, entry: Entry) -> Entry:
        """Write ``entry`` into the history."""
        with self.lock():
            return self.history.append(entry)

    @property
    def index(self) -> Index:
        """The index; a missing or damaged one is begun anew, and :meth:`catch_up` fills it again."""
        if self._index is None:
            self._index = Index(self.private("") / "index.sqlite")
        return self._index

    def close(self) -> None:
        """Give the index back; the film can be used on, and opens it again."""
        if self._index is not None:
            self._index.close()
            self._index = None

    def catch_up(self) -> bool:
        """Bring into the index what the history has and it has not; True when it learned something.

        After a crash that is one row, after ``index.sqlite`` was deleted it is everything.
        """
        seen = int((self.index.recall(_SEEN) or {}).get("bytes", "0"))
        size = self.history.size
        if seen == size or self.index.read_only:
            return False
        learned: dict[str, dict[str, str]] = {}
        for line in self.history.lines(seen if seen < size else 0):
            if line.entry is not None and line.entry.key is not None:
                learned[line.entry.key] = line.entry.outputs
            if line.whole:
                seen = line.end
        self.index.remember_all([*learned.items(), (_SEEN, {"bytes": str(seen)})])
        return bool(learned)

    def sheet_now(self) -> Sheet:
        """The title sheet, read again: as it is on the disk."""
        values, text = parse_toml(read_sheet_bytes(self.path))
        self.sheet = read_sheet(migrate(values), text=text)
        return self.sheet

    def save_sheet(self, sheet: Sheet, who: str = "person", settings: Mapping[str, JsonValue] = NOTHING) -> Sheet:
        """Save a changed title sheet. ``settings``: what the history shall tell besides. Raises :class:`Conflict` when
        somebody saved since it was read."""
        with self.lock():
            values, text = parse_toml(read_sheet_bytes(self.path))
            theirs = read_sheet(migrate(values), text=text)
            if theirs.revision != sheet.revision or (theirs != self.sheet and sheet != theirs):
                raise Conflict("the title sheet was changed since you read it", mine=sheet, theirs=theirs,
                               remedy="open the film again and repeat the change")
            if theirs != sheet:
                sheet = Sheet.model_validate(sheet.model_dump() | {"revision": sheet.revision + 1})
                data = write_sheet(sheet)
                self._write("film.toml", data, hashlib.sha256(data).hexdigest(), who, settings)
            self.sheet = sheet
        return sheet

    def languages(self) -> tuple[str, ...]:
        """Languages that have a dialogue, sorted."""
        folder = self.path / "dialogue"
        names = (path.stem for path in folder.glob("*.json")) if folder.is_dir() else iter(())
        return tuple(sorted(name for name in names if re.match(LANGUAGE, name)))

    def dialogue(self, language: str) -> Dialogue | None:
        """The dialogue of ``language``, or None. Raises :class:`Damaged` with file and line."""
        return self._paper(_dialogue_file(language), Dialogue)

    def save_dialogue(self, dialogue: Dialogue, who: str = "person",
                      settings: Mapping[str, JsonValue] = NOTHING) -> Dialogue:
        """Save; returns it with its new revision. ``settings``: what the history shall tell besides.

        Raises :class:`Conflict` when somebody saved in between.
        """
        return self._save(_dialogue_file(dialogue.language), dialogue, who, settings)

    def save_dialogues(self, dialogues: Sequence[Dialogue], who: str,
                       settings: Sequence[Mapping[str, JsonValue]]) -> tuple[tuple[Dialogue, int], ...]:
        """Save several at once, none when one cannot be; returns each with its new revision, and the sequence by which
        the history knows it. Those after the first ``follow`` it there. Raises as :meth:`save_dialogue`."""
        with self.lock():
            papers = [(_dialogue_file(one.language), one) for one in dialogues]
            for relative, mine in papers:
                self._compare(relative, mine)
            first = self.history.upcoming
            told = [{**each, "follows": first} if number else dict(each) for number, each in enumerate(settings)]
            saved = tuple(one.model_copy(update={"revision": one.revision + 1}) for one in dialogues)
            written = [write_paper(one) for one in saved]
            files = {relative: paper for (relative, _), paper in zip(papers, written, strict=True)}
            entries = self._write_all(files, who, told)
            for one, (relative, (_, digest)) in zip(saved, files.items(), strict=True):
                self._read[relative] = (one.revision, digest)
        return tuple((one, entry.sequence) for one, entry in zip(saved, entries, strict=True))

    def cast(self) -> Cast:
        """The cast table; an empty one where there is none yet."""
        return self._paper("cast.json", Cast) or Cast()

    def save_cast(self, cast: Cast, who: str = "person", settings: Mapping[str, JsonValue] = NOTHING) -> Cast:
        """Save; returns it with its new revision. ``settings``: what the history shall tell besides.

        Raises :class:`Conflict` when somebody saved in between.
        """
        return self._save("cast.json", cast, who, settings)

    def glossary(self) -> Glossary:
        """Names and phrases of the film; empty when there is none. Raises :class:`Damaged` with file and line."""
        return self._paper("glossary.json", Glossary) or Glossary()

    def save_glossary(self, glossary: Glossary, who: str = "person",
                      settings: Mapping[str, JsonValue] = NOTHING) -> Glossary:
        """Save; as :meth:`save_cast`."""
        return self._save("glossary.json", glossary, who, settings)

    def _paper(self, relative: str, model: type[P]) -> P | None:
        paper = read_paper(self.path, relative, model)
        if paper is None:
            return None
        self._read[relative] = (paper.value.revision, paper.digest)
        return paper.value

    def _save(self, relative: str, mine: P, who: str, settings: Mapping[str, JsonValue]) -> P:
        with self.lock():
            if self._compare(relative, mine):
                return mine
            saved = mine.model_copy(update={"revision": mine.revision + 1})
            data, digest = write_paper(saved)
            self._write(relative, data, digest, who, settings)
            self._read[relative] = (saved.revision, digest)
            return saved

    def _compare(self, relative: str, mine: P) -> bool:
        """Under the lock: whether that stands there already. Raises :class:`Conflict` when somebody saved since."""
        paper = read_paper(self.path, relative, type(mine))
        if paper is None:
            return False
        revision, digest = self._read.get(relative, (-1, ""))
        stale = revision == mine.revision and digest != paper.digest
        if paper.value == mine:
            return True
        if paper.value.revision != mine.revision or stale:
            raise Conflict(f"{relative} was changed since you read it", mine=mine, theirs=paper.value,
                           remedy="read it again and repeat the change")
        return False

    def _write(self, relative: str, data: bytes, digest: str, who: str,
               settings: Mapping[str, JsonValue] = NOTHING) -> None:
        self._write_all({relative: (data, digest)}, who, (settings,))

    def _write_all(self, files: Mapping[str, tuple[bytes, str]], who: str,
                   settings: Sequence[Mapping[str, JsonValue]]) -> tuple[Entry, ...]:
        """Under the lock: the files, then their lines in the history; what writers who died left is swept."""
        for folder in (self.path, self.inside("dialogue")):
            sweep(folder)
        commit_all({self.inside(relative): data for relative, (data, _) in files.items()})
        return self.history.append_all([
            Entry(kind="edit", what=relative, who=who, settings=dict(told), outputs={relative: digest})
            for (relative, (_, digest)), told in zip(files.items(), settings, strict=True)])


def read_sheet_bytes(path: Path) -> bytes:
    """The bytes of ``path/film.toml``, a little over the budget at most. Raises :class:`NotFound`."""
    if not path.is_dir():
        there = path.exists()
        raise NotFound(f"{path} is a file, not a film folder" if there else f"there is no folder {path}",
                       remedy="give the folder of a film" if there else f"ciak new {path} --title TITLE")
    try:
        with open_inside(path, "film.toml") as file:
            return file.read(LARGEST_SHEET + 1)
    except NotFound:
        raise NotFound(f"{path} is not a film: it has no film.toml",
                       remedy=f"ciak new {path} --title TITLE") from None


def _dialogue_file(language: str) -> str:
    if not re.match(LANGUAGE, language):
        raise BadInput(f"{language[:40]!r} is not a language code", remedy="write it as en, it or pt-BR")
    return f"dialogue/{language}.json"


def _refuse_occupied(path: Path) -> None:
    """Refuse a place that is taken; what a killed ``create`` left is not."""
    try:
        occupied = list(path.iterdir())
    except NotADirectoryError:
        raise Refused(f"{path} is a file", remedy="name a folder that does not exist yet") from None
    except FileNotFoundError:
        occupied = []
    except OSError as error:
        raise disk_error(error, path) from error
    for entry in occupied:
        if entry.name == "film.toml":
            raise Refused(f"{path} is a film already", remedy="name another folder")
        left_over = entry.name in FOLDERS and entry.is_dir() and not any(entry.iterdir())
        if not entry.name.startswith(".") and not left_over:
            raise Refused(f"{path} is not empty: it holds {entry.name}", remedy="name a new or an empty folder")


def _unmake(made: list[Path]) -> None:
    with suppress(OSError):
        for folder in reversed(made):
            folder.rmdir()

