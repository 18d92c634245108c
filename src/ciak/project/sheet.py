"""The title sheet of a film, ``film.toml``: what it is called, how fast it runs, where its picture lies.

Knows the words of the sheet, how to read them from TOML and how to write them back, and on which line a word
stands. Does not know the folder around it, nor older schemas (``migrations`` brings those here). The sheet
chooses backends by name only: it can set no address, no key, no program and no path to code.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, Field, ValidationError, ValidationInfo, field_validator

from ciak.config import TASKS
from ciak.errors import BadInput, Damaged, TooLarge, WrongEncoding
from ciak.film import FilmTime, Rate, Timecode
from ciak.film.language import LANGUAGE
from ciak.film.model import FilmModel

__all__ = [
    "LONGEST_TITLE",
    "SCHEMA",
    "Dubbing",
    "Sheet",
    "Source",
    "explain",
    "parse_toml",
    "read_sheet",
    "sheet_faults",
    "toml_line",
    "write_sheet",
]

T = TypeVar("T")
SCHEMA = 1
"""The schema that this Ciak writes."""
LONGEST_TITLE = 500
LARGEST_SHEET = 64 * 1024
MOST_DOTS = 4
"""In one key; ours have one. The time that tomllib takes grows with the square of them."""
_BACKEND = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}", re.ASCII)
_STRING = re.compile(r"""\"(?:[^"\\]|\\.)*"|'[^']*'""")
_BETWEEN = re.compile(r"[=,{}\[\]]")
_TABLE = re.compile(r"\s*\[+\s*([^\]\s]+)\s*\]+")
_KEY = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)'|([A-Za-z0-9_-]+))\s*[=.]""", re.ASCII)


def _checked(read: Callable[[str], T], text: str) -> T:
    try:
        return read(text)
    except BadInput as error:
        raise ValueError(error.message) from None


def _rate(text: str) -> str:
    return str(_checked(Rate.parse, text))


def _title(text: str) -> str:
    if not text.strip() or not all(_printable(character) for character in text):
        raise ValueError("not printable text")
    return text


def _task(name: str) -> str:
    if name not in TASKS:
        raise ValueError(f"there is no such task; the tasks are {', '.join(TASKS)}")
    return name


def _backend(name: str) -> str:
    if not _BACKEND.fullmatch(name):
        raise ValueError(f"{name[:40]!r} is not the name of a backend: a film may name one, nothing else")
    return name


RateText = Annotated[str, AfterValidator(_rate)]


class Source(FilmModel):
    """The picture and sound that the film is made of, as they were when imported."""

    mode: Literal["copy", "reference"]
    path: str = Field(min_length=1, max_length=4096)
    """``media/NAME`` for a copy; for a reference absolute, or relative to the film folder."""
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    size: int = Field(ge=0)
    """Bytes."""
    modified: int
    """Modification time, nanoseconds since 1970."""
    duration: FilmTime
    """Seconds."""
    picture: bool
    """Whether there is one: sound alone is a film without picture."""
    rate: RateText | None = None
    """The picture's own rate; differs from the film's where it was conformed."""
    conformed: bool = False
    """Whether the picture is laid on another rate than its own, or has no constant one."""
    streams: tuple[str, ...] = Field(default=(), max_length=64)
    """One line for people per stream of the file."""

    @field_validator("path")
    @classmethod
    def _copies_stay_at_home(cls, path: str, others: ValidationInfo) -> str:
        parts = path.split("/")
        if "\0" in path:
            raise ValueError("a path holds no zero byte")
        at_home = len(parts) == 2 and parts[0] == "media" and parts[1] not in ("", ".", "..")
        if others.data.get("mode") == "copy" and not at_home:
            raise ValueError("a copied source lies in the film, as media/NAME")
        return path


class Dubbing(FilmModel):
    """``[dubbing]``: how this film is dubbed."""

    performance: float | None = Field(default=None, ge=0, le=1)
    """How much of the original's performance is carried onto the new lines, 0 to 1; None: as usual."""


class Sheet(FilmModel):
    """``film.toml``. ``revision`` counts savings; ``rate`` is unknown until the first video says it."""

    revision: int = Field(default=0, ge=0)
    title: Annotated[str, AfterValidator(_title)] = Field(min_length=1, max_length=LONGEST_TITLE)
    language: str | None = Field(default=None, pattern=LANGUAGE)
    rate: RateText | None = None
    start: str = Field(default="01:00:00:00", pattern=r"^\d\d:\d\d:\d\d[:;]\d{2,3}$")
    """Timecode of the first frame."""
    source: Source | None = None
    profile: str | None = Field(default=None, pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")
    """Name of the rules that its subtitles keep."""
    dubbing: Dubbing = Dubbing()
    backends: dict[Annotated[str, AfterValidator(_task)], Annotated[str, AfterValidator(_backend)]] = Field(
        default_factory=dict)
    """Task -> name of the backend that does it in this film."""

    @field_validator("start")
    @classmethod
    def _fits_the_rate(cls, start: str, others: ValidationInfo) -> str:
        if rate := others.data.get("rate"):
            _checked(lambda text: Timecode.parse(text, Rate.parse(rate)), start)
        return start


def read_sheet(values: Mapping[str, object], *, file: str = "film.toml", text: str = "") -> Sheet:
    """The sheet of parsed TOML of the current schema (``schema`` itself taken out).

    Raises :class:`Damaged` that names the key and the line of the first fault in ``text``.
    """
    try:
        return Sheet.model_validate({key: value for key, value in values.items() if key != "schema"})
    except ValidationError as error:
        line, message = sheet_faults(error, text)[0]
        raise Damaged(f"{file} line {line}: {message}", file=file, line=line,
                      remedy="correct the line, or put back the file from a backup") from None


def sheet_faults(error: ValidationError, text: str) -> list[tuple[int, str]]:
    """Line and meaning of each fault that the model found in a sheet."""
    return [(toml_line(text, fault["loc"]), explain(fault)) for fault in error.errors()]


def explain(fault: Mapping[str, object]) -> str:
    """One fault that pydantic found, in a person's words: the key, then what is wrong with it."""
    where = fault["loc"]
    key = ".".join(str(part) for part in where) if isinstance(where, Sequence) else str(where)
    message = str(fault["msg"]).removeprefix("Value error, ")
    if fault["type"] == "extra_forbidden":
        return f"unknown field {key!r}"
    return f"{key!r}: {message}" if key else message


def parse_toml(data: bytes, file: str = "film.toml") -> tuple[dict[str, object], str]:
    """The values and the text of a sheet. Raises :class:`WrongEncoding`, :class:`Damaged`, :class:`TooLarge`."""
    if len(data) > LARGEST_SHEET:
        raise TooLarge(f"{file} has {len(data)} bytes, a title sheet has at most {LARGEST_SHEET}", file=file)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise WrongEncoding(f"{file} line {line}: not UTF-8", remedy="save the file as UTF-8",
                            file=file, line=line) from None
    _check_dots(text, file)
    try:
        return tomllib.loads(text), text
    except (ValueError, RecursionError) as error:
        found = re.search(r"at line (\d+)", str(error))
        line = int(found[1]) if found else 1 + text.count("\n")
        raise Damaged(f"{file} line {line}: not TOML ({str(error)[:120]})", file=file, line=line,
                      remedy="correct the line, or put back the file from a backup") from None


def _check_dots(text: str, file: str) -> None:
    for number, line in enumerate(text.split("\n"), 1):
        bare = _STRING.sub("s", line).partition("#")[0]
        if any(part.count(".") > MOST_DOTS for part in _BETWEEN.split(bare)):
            raise Damaged(f"{file} line {number}: a key of more than {MOST_DOTS + 1} parts", file=file, line=number,
                          remedy="correct the line, or put back the file from a backup")


def toml_line(text: str, path: Sequence[object]) -> int:
    """The line on which the key ``path`` stands in ``text``, else that of its table, else 1."""
    table: list[str] = []
    wanted = [str(part) for part in path]
    best = 1
    for number, line in enumerate(text.split("\n"), 1):
        if header := _TABLE.match(line):
            table = [part.strip("\"'") for part in header[1].split(".")]
            if table == wanted[:len(table)]:
                best = number
        elif (key := _KEY.match(line)) and [*table, key[1] or key[2] or key[3]] == wanted[:len(table) + 1]:
            return number
    return best


def write_sheet(sheet: Sheet) -> bytes:
    """The sheet as TOML, UTF-8, with ``schema`` first; reads back as the same sheet."""
    lines = [f"schema = {SCHEMA}"]
    tables: list[tuple[str, Mapping[str, object]]] = []
    for key, value in sheet.model_dump(mode="json", exclude_none=True).items():
        if isinstance(value, dict):
            tables.append((key, value))
        else:
            lines.append(f"{key} = {_toml(value)}")
    for name, table in tables:
        if table:
            lines += ["", f"[{name}]", *(f"{key} = {_toml(value)}" for key, value in table.items())]
    return ("\n".join(lines) + "\n").encode("utf-8")


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, str):
        return '"' + "".join(_escaped(character) for character in value) + '"'
    if isinstance(value, list):
        return "[" + "".join(f"\n  {_toml(item)}," for item in value) + ("\n]" if value else "]")
    raise TypeError(f"the sheet holds no {type(value).__name__}")


def _escaped(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    return f"\\u{ord(character):04x}" if ord(character) < 32 or ord(character) == 127 else character


def _printable(character: str) -> bool:
    code = ord(character)
    return not (code < 32 or 0x7F <= code < 0xA0 or 0xD800 <= code < 0xE000 or code in (0x2028, 0x2029))
