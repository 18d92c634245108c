"""The house as one running studio sees it: the films on the shelf, each under a key, with its reader and its jobs.

A film is named to the pages by a key, never by a path: the first 16 hex digits of the sha256 of its absolute path.
Only films that somebody opened, made here, or put on the shelf before have one. Does not know routes.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path

from ciak.config import Settings
from ciak.errors import BadInput, NotFound
from ciak.jobs import LocalRunner
from ciak.project import Film
from ciak.server.studio.keys import key_of, whole_path
from ciak.server.studio.reading import FilmReader
from ciak.server.studio.turns import Turns
from ciak.server.studio.words_reading import WordsReader
from ciak.store import Library
from ciak.store.disk import make_folder

__all__ = ["House", "Room"]


@dataclass
class Room:
    """One film that is open: what reads it, and what runs its jobs once there are any.

    ``minded``: ids of the jobs that this studio started. Their runner tells how they end; that a worker is gone is
    no sign of anything.
    """

    reader: FilmReader
    words: WordsReader
    minded: set[str] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)
    runner: LocalRunner | None = None
    film: Film | None = None


class House:
    """The films of one user. ``first``: the film that the studio was opened with, if any."""

    def __init__(self, settings: Settings, first: Path | None = None) -> None:
        self.settings = settings
        self.first = key_of(first) if first else None
        self._library = Library.at(settings.library)
        self._rooms: dict[str, Room] = {}
        self._lock = threading.Lock()
        self._told: str | None = None
        self.turns = Turns()
        if first is not None:
            self.at(first)

    @property
    def library(self) -> Library:
        """Shelf, glossary, translation memory."""
        return self._library

    def at(self, path: Path) -> Room:
        """The film in the folder ``path``, which is on the shelf or was opened."""
        with self._lock:
            if (key := key_of(path)) not in self._rooms:
                reader = FilmReader(path, self.turns.pause)
                self._rooms[key] = Room(reader, WordsReader(reader, self.settings))
            return self._rooms[key]

    def room(self, key: str) -> Room:
        """The film of ``key``, from what is open or on the shelf. Raises :class:`NotFound`."""
        found = self._rooms.get(key)
        if found is not None:
            return found
        for entry in self._library.films():
            if key_of(entry.path) == key:
                return self.at(entry.path)
        raise NotFound("there is no such film on the shelf", remedy="open its folder first")

    def open(self, folder: Path) -> str:
        """Put the film in ``folder`` in front of the shelf; its key. Raises what opening a film raises."""
        path = whole_path(folder)
        if not path.is_dir():
            raise NotFound(f"there is no folder {str(path)[:200]}", remedy="check the path")
        path = path.resolve()
        film = Film.open(path)
        self.at(path)
        self._library.shelve(path, film.title)
        self._told = key_of(path)
        return key_of(path)

    def create(self, title: str, language: str | None, folder: str | None) -> str:
        """A new film in the house's folder of films, or in ``folder``; its key. The name is made here."""
        from ciak.bootstrap import new_film

        home = whole_path(Path(folder)) if folder else self.settings.films
        make_folder(home)
        film = new_film(_free(home.resolve(), title), title, language=language)
        return self.open(film.path)

    def touch(self, key: str) -> None:
        """Bring a film to the front of the shelf, unless it is there."""
        reader = self.room(key).reader
        title = reader.title()
        if key != self._told:
            self._library.shelve(reader.root, title)
            self._told = key

    def runner(self, key: str) -> LocalRunner:
        """The runner of a film's jobs, made when the first is started."""
        from ciak.bootstrap import job_runner

        room = self.room(key)
        with room.lock:
            if room.runner is None:
                room.film = Film.open(room.reader.root)
                room.runner = job_runner(room.film)
            return room.runner

    def forget(self, key: str) -> None:
        """Take a film off the shelf. Its folder is not touched."""
        room = self.room(key)
        self._library.take_down(room.reader.root)
        if self._told == key:
            self._told = None
        with self._lock:
            if room.runner is None:
                self._rooms.pop(key, None)

    def close(self) -> None:
        """Stop what runs; what was finished is kept."""
        for room in list(self._rooms.values()):
            if room.runner is not None:
                room.runner.close()
            if room.film is not None:
                room.film.close()


def _free(home: Path, title: str) -> Path:
    """A folder in ``home`` that is not there yet, named after ``title``."""
    plain = "".join(mark if mark.isalnum() else "-" for mark in title.casefold())
    name = "-".join(part for part in plain.split("-") if part)[:60] or "film"
    for number in range(1, 1000):
        path = home / (name if number == 1 else f"{name}-{number}")
        if not path.exists():
            return path
    raise BadInput("there are too many films of that title", remedy="give it another one")
