"""What is wrong with a film, all of it, with file and line; changes nothing.

Looks at the sheet, the cast, every dialogue, the history, the source and the artefacts that takes stand on (their
bytes are hashed again). Does not judge the art: a bad translation is no finding. What may be chosen (voices,
backends) is told by the caller, who knows what is installed; without that it is not looked at.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from ciak.errors import CiakError, NewerSchema, NotFound
from ciak.film import Cast, Dialogue, Glossary
from ciak.film.model import FilmModel
from ciak.formats.strict_json import parse_json
from ciak.project.folder import Film, read_sheet_bytes
from ciak.project.history import History
from ciak.project.migrations import migrate
from ciak.project.papers import json_lines, paper_data, paper_faults
from ciak.project.proofreading import Fault, cast_faults, dialogue_faults, glossary_faults, take_faults, time_faults
from ciak.project.sheet import Sheet, parse_toml, sheet_faults, toml_line
from ciak.store.disk import hash_fd, no_tick

__all__ = ["Finding", "Known", "check_film"]

M = TypeVar("M", bound=FilmModel)
Tick = Callable[[float], None]


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing that is wrong. ``file`` is relative to the film, ``line`` counts from 1 (0: the file as a whole),
    ``code`` is stable, ``message`` is for people."""

    file: str
    line: int
    code: str
    message: str

    def as_json(self) -> dict[str, object]:
        """Plain values for ``--json``."""
        return {"file": self.file, "line": self.line, "code": self.code, "message": self.message}

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message} [{self.code}]"


@dataclass(frozen=True, slots=True)
class Known:
    """What may be chosen here: backend names per task, and ``voices(backend)``, the voice ids that a backend of
    that name offers (none: unknown; ``""`` is the backend of the settings); names of subtitle ``profiles``."""

    backends: Mapping[str, Collection[str]] = field(default_factory=dict)
    voices: Callable[[str], Collection[str]] = lambda _backend: ()
    profiles: Collection[str] = ()


def check_film(path: Path, known: Known | None = None, tick: Tick = no_tick) -> list[Finding]:
    """Every finding, by file and line; an empty list for a film without fault.

    Raises :class:`NotFound` for what is no film folder, :class:`NewerSchema` for one from the future.
    """
    path = path.absolute()
    known = known or Known()
    data = read_sheet_bytes(path)
    sheet, found = _sheet(data, known)
    film = Film(path, sheet) if sheet is not None else None
    cast, text, faults = _paper(path, "cast.json", Cast)
    found += faults
    if cast is not None:
        voices = known.voices(sheet.backends.get("voice", "") if sheet else "")
        found += _placed("cast.json", text, cast_faults(cast, voices))
    glossary, text, faults = _paper(path, "glossary.json", Glossary)
    found += faults
    if glossary is not None:
        found += _placed("glossary.json", text, glossary_faults(glossary))
    found += _history(path)
    if film is not None:
        found += _source(film, data.decode("utf-8"), lambda fraction: tick(0.7 * fraction))
    found += _dialogues(path, film, cast, lambda fraction: tick(0.7 + 0.3 * fraction))
    tick(1.0)
    return sorted(set(found))


def _sheet(data: bytes, known: Known) -> tuple[Sheet | None, list[Finding]]:
    text = ""
    try:
        values, text = parse_toml(data)
        values = migrate(values)
        del values["schema"]
        sheet = Sheet.model_validate(values)
    except NewerSchema:
        raise
    except ValidationError as error:
        return None, [Finding("film.toml", line, _code(message), message)
                      for line, message in sheet_faults(error, text)]
    except CiakError as error:
        return None, [_of("film.toml", error)]
    found = [Finding("film.toml", toml_line(text, ("backends", task)), "backend-unknown",
                     f"no backend {name!r} for {task} is installed")
             for task, name in sheet.backends.items()
             if task in known.backends and name not in known.backends[task]]
    if sheet.profile and known.profiles and sheet.profile not in known.profiles:
        found.append(Finding("film.toml", toml_line(text, ("profile",)), "profile-unknown",
                             f"there is no subtitle profile {sheet.profile!r}"))
    return sheet, found


def _paper(root: Path, relative: str, model: type[M]) -> tuple[M | None, str, list[Finding]]:
    """A paper, its text, and what is wrong with it."""
    text = ""
    try:
        data = paper_data(root, relative)
        if data is None:
            return None, "", []
        values = parse_json(data, name=relative)
        text = data.decode("utf-8-sig")
        return model.model_validate(values), text, []
    except ValidationError as error:
        faults = paper_faults(error, text)
        return None, text, [Finding(relative, line, _code(message), message) for line, message in faults]
    except CiakError as error:
        return None, text, [_of(relative, error)]


def _placed(file: str, text: str, faults: Iterable[Fault]) -> list[Finding]:
    told = list(faults)
    lines = json_lines(text, [fault.place for fault in told])
    return [Finding(file, line, fault.code, fault.message) for line, fault in zip(lines, told, strict=True)]


def _history(path: Path) -> Iterator[Finding]:
    last: int | None = 0
    for line in History(path / "history.jsonl").lines():
        if line.entry is None:
            yield Finding("history.jsonl", line.number, "history-damaged", f"the line {line.fault}")
            last = None
        else:
            if last is not None and line.entry.sequence != last + 1:
                yield Finding("history.jsonl", line.number, "history-gap",
                              f"entry {line.entry.sequence} follows entry {last}: lines are missing or doubled")
            last = line.entry.sequence


def _source(film: Film, text: str, tick: Tick) -> Iterator[Finding]:
    source = film.source
    if source is None:
        return
    line = toml_line(text, ("source", "path"))
    try:
        with film.source_path().open("rb") as file:
            length = os.fstat(file.fileno()).st_size
            same = length == source.size and hash_fd(file.fileno(), tick)[0] == source.sha256
        if not same:
            yield Finding("film.toml", line, "source-changed", f"{source.path} is not the file that was imported")
    except OSError as error:
        yield Finding("film.toml", line, "source-unreadable", f"{source.path} cannot be read: {error.strerror}")
    except CiakError as error:
        code = "source-missing" if isinstance(error, NotFound) else "source-hostile"
        yield Finding("film.toml", line, code, error.message)


def _dialogues(path: Path, film: Film | None, cast: Cast | None, tick: Tick) -> list[Finding]:
    found: list[Finding] = []
    folder = path / "dialogue"
    names = sorted(entry.name for entry in folder.iterdir()) if folder.is_dir() else []
    for done, name in enumerate(names):
        relative = f"dialogue/{name}"
        if name.startswith("."):
            continue
        if not name.endswith(".json") or not name.isprintable():
            found.append(Finding(ascii(relative)[1:-1], 0, "stray", "no dialogue: these are called LANGUAGE.json"))
            continue
        dialogue, text, faults = _paper(path, relative, Dialogue)
        found += faults
        if dialogue is not None:
            found += _dialogue(relative, text, dialogue, cast)
        if dialogue is not None and film is not None:
            found += _placed(relative, text, take_faults(dialogue, film.artefacts, _share(tick, done, len(names))))
        if dialogue is not None and film is not None:
            found += _placed(relative, text, _recordings(film, dialogue))
        if dialogue is not None and film is not None and film.source is not None:
            found += _placed(relative, text, time_faults(dialogue, film.source.duration))
    return found


def _recordings(film: Film, dialogue: Dialogue) -> Iterator[Fault]:
    """Recordings that are not there, or not what they were: no machine makes them again."""
    looked: dict[str, tuple[str, str]] = {}
    for number, loop in enumerate(dialogue.loops):
        for which, take in enumerate(loop.takes):
            one = take.recording
            if one is None:
                continue
            if one.path not in looked:
                looked[one.path] = _recording(film, one.path, one.sha256)
            code, message = looked[one.path]
            if code:
                yield Fault(("loops", number, "takes", which, "recording"), code,
                            f"the take {take.id!r} of {loop.id!r}: {message}")


def _recording(film: Film, relative: str, sha256: str) -> tuple[str, str]:
    try:
        with film.inside(relative).open("rb") as file:
            same = hash_fd(file.fileno())[0] == sha256
    except (OSError, CiakError):
        return "recording-missing", f"{relative} is not there"
    return ("", "") if same else ("recording-damaged", f"{relative} is not what it was")


def _share(tick: Tick, part: int, parts: int) -> Tick:
    return lambda fraction: tick((part + fraction) / parts)


def _dialogue(relative: str, text: str, dialogue: Dialogue, cast: Cast | None) -> list[Finding]:
    faults = list(dialogue_faults(dialogue, cast))
    if relative != f"dialogue/{dialogue.language}.json":
        faults.append(Fault(("language",), "language-differs", f"the file says {dialogue.language!r}"))
    return _placed(relative, text, faults)


def _of(file: str, error: CiakError) -> Finding:
    """An error of reading as a finding: the message without the place, which a finding has of its own."""
    line = error.details.get("line", 1)
    message = re.sub(rf"^{re.escape(file)}(,? line \d+)?(, column \d+)?: ", "", error.message)
    return Finding(file, line if isinstance(line, int) else 1, "unreadable", message)


def _code(message: str) -> str:
    return "unknown-field" if message.startswith("unknown field") else "invalid"
