"""Bringing a picture or a sound into a film: looked at in a limited child, copied or referenced, laid on the film's
rate, given a proxy that browsers seek frame by frame.

The first video gives the film its rate. One of another rate is refused, or, when asked, conformed: its frames are
shown on the film's grid as time goes, none is invented, none blended. A source of varying timing is laid on the
standard rate nearest to its own. Does not decode anything itself (``ciak.media`` does).
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ciak.errors import BadInput, Conflict, Damaged, NotFound, NothingToDo, Refused, StorageError
from ciak.film import Rate, Timecode
from ciak.media import FrameMap, MediaInfo, make_proxy, probe_limited
from ciak.project.folder import Film
from ciak.project.history import Entry
from ciak.project.once import Maker, Step, once
from ciak.project.sheet import Sheet, Source
from ciak.store import commit_file, sweep
from ciak.store.disk import copy_fd, hash_fd, no_tick

__all__ = ["Imported", "Proxy", "find_source", "import_media", "proxy_of"]

Tick = Callable[[float], None]
SOUND_ALONE = Rate.parse("25")
"""The rate of a film that has no picture, unless another is given."""
PROXY_VERSION = "1"
_PLAIN_NAME = re.compile(r"[^\W_][\w .,()+'&=@-]{0,120}")
_PLAIN_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,8}")


@dataclass(frozen=True, slots=True)
class Proxy:
    """The small picture that is looked at: an MP4 at the film's rate, and where its frame map lies."""

    path: Path
    map: Path

    @property
    def frames(self) -> FrameMap:
        """The source frame behind each of its frames; read when it is asked for: it grows with the film."""
        return FrameMap.from_bytes(self.map.read_bytes())


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did. ``proxy`` is None without picture; ``notes`` are for the person who asked."""

    source: Source
    proxy: Proxy | None
    notes: tuple[str, ...]


def import_media(film: Film, video: Path, copy: bool, tick: Tick = no_tick, *, conform: bool = False) -> Imported:
    """Make ``video`` (or a sound) the source of ``film``; ``copy`` it into the folder, or leave it where it is.

    Doing it twice does it once. Raises :class:`BadInput` and kin for what is no usable media, :class:`Refused` for
    another frame rate, :class:`StorageError` when there is no room: the film is then as before.
    """
    info = probe_limited(video)
    tick(0.02)
    rate, notes = _rate_for(film, info, conform)
    path, digest = _brought_in(film, video, copy, lambda fraction: tick(0.02 + 0.28 * fraction))
    own = info.picture.rate if info.picture else None
    status = (film.path / path).stat()
    source = Source(mode="copy" if copy else "reference", path=path, sha256=digest, size=status.st_size,
                    modified=status.st_mtime_ns, duration=info.duration, picture=own is not None,
                    rate=str(own) if own else None, streams=_streams(info),
                    conformed=info.picture is not None and (own != rate or not info.picture.constant))
    _entitle(film, source, rate)
    proxy = proxy_of(film, lambda fraction: tick(0.3 + 0.7 * fraction))
    tick(1.0)
    return Imported(source, proxy, notes)


def find_source(film: Film, path: Path, tick: Tick = no_tick) -> Path:
    """Say where the film's source lies now: a file with the very same bytes, left where it is, or put back in place
    when it was a copy.

    Raises :class:`NothingToDo` (nothing was imported), :class:`NotFound`, :class:`Refused` (another file).
    """
    source = film.source
    if source is None:
        raise NothingToDo("the film has no source to be found", remedy=f"ciak import {film.path} VIDEO")
    path = Path(os.path.abspath(path.expanduser()))  # noqa: PTH100 - links stay links, as in an import
    if not path.is_file():
        raise NotFound(f"there is no file {_shown(path)}", remedy="check the path")
    with path.open("rb") as file:
        same = os.fstat(file.fileno()).st_size == source.size
        digest = hash_fd(file.fileno(), lambda part: tick(0.7 * part))[0] if same else ""
        if digest != source.sha256:
            raise Refused(f"{_shown(path)} is not the file that was imported",
                          remedy="find that one, or import this one into another film")
        relative = source.path
        if source.mode == "copy":
            target = film.inside(relative)
            if not target.exists():
                commit_file(target, lambda out: copy_fd(file.fileno(), out, lambda part: tick(0.7 + 0.3 * part)),
                            sha256=digest)
        else:
            relative = _reference(film, path)
    found = source.model_copy(update={"path": relative, "modified": path.stat().st_mtime_ns})
    if found != source:
        film.save_sheet(Sheet.model_validate(film.sheet.model_dump() | {"source": found.model_dump()}))
    tick(1.0)
    return film.path / relative


def proxy_of(film: Film, tick: Tick = no_tick) -> Proxy | None:
    """The film's proxy, with the source's own sound; made when it is not there yet.

    None for a film without picture. Raises what reading the source raises, and :class:`StorageError`.
    """
    source = film.source
    if source is None or not source.picture:
        return None
    path, rate = film.source_path(), film.rate

    def make(temporary: Callable[[str], Path]) -> dict[str, Path]:
        target, told = temporary(".mp4"), temporary(".json")
        frames = make_proxy(path, target, rate, None, tick, language=film.language or "und")
        told.write_bytes(frames.to_bytes())
        return {"proxy": target, "frames": told}

    step = Step("proxy", PROXY_VERSION, {"source": source.sha256},
                {"rate": str(rate), "language": film.language or "und"}, Maker("ciak"))
    made = once(film, step, make, check=lambda: tick(0.0))
    tick(1.0)
    return Proxy(film.artefacts.path(made["proxy"]), film.artefacts.path(made["frames"]))


def _rate_for(film: Film, info: MediaInfo, conform: bool) -> tuple[Rate, tuple[str, ...]]:
    """The rate that the film has from now on, and what to tell about it. Raises :class:`Refused`."""
    given = Rate.parse(film.sheet.rate) if film.sheet.rate else None
    if info.picture is None:
        _check_start(film, given or SOUND_ALONE)
        return given or SOUND_ALONE, ("sound alone: what needs a picture is left out",)
    own, notes = info.picture.rate, []
    if not info.picture.constant:
        notes.append(f"its frames do not come at a constant rate: laid on {given or own} frames per second")
    _check_start(film, given or own)
    if given is None or given == own:
        return own, tuple(notes)
    if not conform:
        raise Refused(f"the film runs at {given} frames per second, the video at {own}",
                      remedy="conform it (--conform), or make another film for it", film=str(given), video=str(own))
    if info.picture.constant:
        notes.append(f"conformed from {own} to {given} frames per second: length and sound are kept")
    return given, tuple(notes)


def _check_start(film: Film, rate: Rate) -> None:
    try:
        Timecode.parse(film.sheet.start, rate)
    except BadInput as error:
        raise Refused(f"the film's start timecode does not fit: {error.message}",
                      remedy="correct start in film.toml") from None


def _brought_in(film: Film, video: Path, copy: bool, tick: Tick) -> tuple[str, str]:
    """The path that the sheet will hold, and the sha256 of the file there."""
    video = Path(os.path.abspath(video))  # noqa: PTH100 - resolve() would follow links: a name stays a name
    try:
        with video.open("rb") as file:
            steady = _steady(file.fileno(), _shown(video))
            digest, size = hash_fd(file.fileno(), lambda part: steady(tick, part * (0.4 if copy else 1.0)))
            if not copy:
                return _reference(film, video), digest
            relative = _name_for(film, video, digest)
            target = film.inside(relative)
            if target.exists():
                return relative, digest
            free = shutil.disk_usage(film.path).free
            if free < size:
                raise StorageError(f"no room for a copy of {size // 10**6} MB: {free // 10**6} MB are free",
                                   remedy="free some space, or import it as a reference (--reference)")
            sweep(film.inside("media"))
            commit_file(target, lambda out: copy_fd(
                file.fileno(), out, lambda part: steady(tick, 0.4 + 0.6 * part)), sha256=digest)
            return relative, digest
    except OSError as error:
        raise BadInput(f"{_shown(video)} cannot be read: {error.strerror}") from error


def _steady(descriptor: int, name: str) -> Callable[[Tick, float], None]:
    """Ticks as long as the open file stays as it is. Raises :class:`Damaged` when somebody writes to it."""
    before = os.fstat(descriptor)

    def check(tick: Tick, fraction: float) -> None:
        now = os.fstat(descriptor)
        if (now.st_size, now.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
            raise Damaged(f"{name} changed while it was read", remedy="import it when it is finished")
        tick(fraction)
    return check


def _name_for(film: Film, video: Path, digest: str) -> str:
    """``media/NAME``: the file's own name when it is a plain one, with its hash where another file has it."""
    suffix = video.suffix if _PLAIN_SUFFIX.fullmatch(video.suffix) else ""
    stem = video.stem if _PLAIN_NAME.fullmatch(video.stem) and video.stem.isprintable() else "source"
    plain = f"media/{stem}{suffix}"
    for relative in (plain, f"media/{stem}-{digest[:8]}{suffix}"):
        target = film.inside(relative)
        if not target.exists():
            return relative
        with target.open("rb") as file:
            if hash_fd(file.fileno())[0] == digest:
                return relative
    return f"media/{digest}{suffix}"


def _reference(film: Film, video: Path) -> str:
    """A path as the sheet can hold it: relative when the file lies in the film, else absolute."""
    text = str(video.relative_to(film.path)) if video.is_relative_to(film.path) else str(video)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise BadInput(f"the name of {_shown(video)} is not text, so that nothing can refer to it",
                       remedy="import a copy (--copy), or rename the file") from None
    return text


def _entitle(film: Film, source: Source, rate: Rate) -> None:
    """Write the source into the sheet and the history, unless it stands there."""
    changed = {"source": source.model_dump(), "rate": str(rate)}
    sheet = Sheet.model_validate(film.sheet.model_dump() | changed)
    if sheet == film.sheet:
        return
    try:
        film.save_sheet(sheet)
    except Conflict:
        raise Refused("the film was changed by somebody else during the import", remedy="import again") from None
    film.record(Entry(kind="import", what=source.path, who="person", outputs={"source": source.sha256},
                      settings={"mode": source.mode, "rate": str(rate), "conformed": source.conformed}))


def _streams(info: MediaInfo) -> tuple[str, ...]:
    picture = info.picture
    lines = [f"picture {picture.codec} {picture.width}x{picture.height} at {picture.rate}"] if picture else []
    lines += [f"sound {sound.codec} {sound.rate} Hz {sound.layout} {sound.language or ''}" for sound in info.sounds]
    lines += [f"subtitles {text.codec} {text.language or ''}" for text in info.subtitles]
    return tuple("".join(mark if mark.isprintable() else " " for mark in line)[:200].strip() for line in lines[:64])


def _shown(path: Path) -> str:
    return path.name.encode("utf-8", "replace").decode("utf-8")[:80]
