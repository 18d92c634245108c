"""Reads a film folder for the pages. Everything in the folder may be hostile: sizes are bounded, artefact names
are checked by form and opened only through ``open_inside``, and what cannot be read is left out or said.

It changes nothing and makes nothing; what is not there yet is an empty view.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any, BinaryIO

from ciak.dubbing.spotting import spot
from ciak.errors import BadInput, CiakError, NotFound, StorageError
from ciak.film import Dialogue, Rate, Span, SubtitleDocument
from ciak.formats import parse_json
from ciak.jobs import Job, JobState
from ciak.jobs.processes import alive
from ciak.project import Film
from ciak.server.studio.figures import report_view
from ciak.server.studio.views import (
    CastView,
    CharacterView,
    CueView,
    DialogueView,
    FilmView,
    FlagView,
    FramesView,
    JobView,
    LanguageView,
    LineView,
    ProxyView,
    ReportView,
    SubtitlesView,
)
from ciak.store import SqliteJournal, open_inside

__all__ = ["UNKNOWN", "FilmReader"]

UNKNOWN = "und"
"""Code of a language that nobody has named or recognised yet (ISO 639-2)."""

_LIMIT = 32 << 20
_CODE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", re.ASCII)
_PLAYABLE = re.compile(r"[0-9a-f]{64}\.(mp4|m4v|webm)", re.ASCII)
_MAP = re.compile(r"[0-9a-f]{64}\.json", re.ASCII)
_MOST_JOBS = 50


class FilmReader:
    """One film folder, read afresh at each question, so that the pages show what other programs have saved."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._imported: tuple[tuple[int, int], ProxyView | None] = ((0, 0), None)

    def film(self) -> FilmView:
        """What the film is and what it has in which language."""
        film = Film.open(self.root)
        rate = Rate.parse(film.sheet.rate) if film.sheet.rate else None
        proxies = self._proxies(film)
        codes = {code for code in (*film.languages(), *proxies) if _CODE.fullmatch(code)}
        return FilmView(
            title=film.title, folder=shlex.quote(str(self.root)), language=film.language,
            imported=film.source is not None, picture=film.source is None or film.source.picture,
            rate=str(rate) if rate else None,
            nominal=rate.nominal if rate else 24,
            drop=";" in film.sheet.start, start=film.sheet.start,
            frames=rate.nearest_frame(film.source.duration) if rate and film.source else None,
            languages=tuple(sorted((_language(film, code, proxies.get(code)) for code in codes),
                                   key=lambda entry: (not entry.original, entry.code))))

    def dialogue(self, language: str) -> DialogueView:
        """The lines of one language, in film order. Raises :class:`NotFound`."""
        film = Film.open(self.root)
        dialogue = _dialogue(film, language)
        lines = tuple(
            LineView(id=loop.id, character=loop.character, frames=_frames(loop.span, film.rate), text=loop.text,
                     confidence=loop.confidence, locked=loop.locked, origin=loop.origin,
                     flags=tuple(FlagView(code=flag.code, message=flag.message) for flag in loop.flags))
            for loop in sorted(dialogue.loops, key=lambda loop: (loop.span.start, loop.id)))
        return DialogueView(language=dialogue.language, source=dialogue.source, revision=dialogue.revision,
                            lines=lines)

    def cast(self) -> CastView:
        """The cast table, empty before anybody was heard."""
        cast = Film.open(self.root).cast()
        return CastView(revision=cast.revision, members=tuple(
            CharacterView(id=row.id, name=row.name, sex=str(row.sex), voices=row.voices, edited=row.edited)
            for row in cast.members))

    def subtitle_document(self, language: str) -> tuple[Film, SubtitleDocument]:
        """Subtitles of a language, spotted from its lines as the delivered ones are. Raises :class:`NotFound`."""
        film = Film.open(self.root)
        dialogue = _dialogue(film, language)
        limit = film.source.duration if film.source else None
        cues = spot(dialogue.loops, film.rate, dialogue.language, limit=limit)
        return film, SubtitleDocument(language=dialogue.language, cues=cues)

    def subtitles(self, language: str) -> SubtitlesView:
        """The subtitles of a language, by frame. Raises :class:`NotFound`."""
        film, document = self.subtitle_document(language)
        return SubtitlesView(language=language, cues=tuple(
            CueView(frames=_frames(cue.span, film.rate), lines=cue.lines) for cue in document.cues))

    def proxy(self, language: str) -> tuple[str, BinaryIO]:
        """Artefact id and open file of the proxy in a language. Raises :class:`NotFound`, :class:`Hostile`."""
        film = Film.open(self.root)
        found = self._proxies(film).get(language)
        if found is None:
            raise NotFound("the film has nothing to play in that language")
        return found.version, open_inside(film.artefacts.root, f"{found.version[:2]}/{found.version}")

    def report(self) -> ReportView:
        """The report of the last run. What is wrong with the file is told, not raised."""
        film = Film.open(self.root)
        try:
            told = self._json("deliveries/report.json")
            return report_view(told, film.rate)
        except NotFound:
            return ReportView(present=False)
        except (BadInput, StorageError) as error:
            return ReportView(present=True, problem=error.message)

    def jobs(self) -> list[JobView]:
        """Long work of this film, the newest first. A job whose process is gone is ``interrupted``."""
        if not (self.root / ".ciak" / "index.sqlite").is_file():
            return []
        with Film.open(self.root).index as index:
            records = SqliteJournal(index).entries()[-_MOST_JOBS:]
        return [_job(Job.model_validate(record)) for record in reversed(records)]

    def _proxies(self, film: Film) -> dict[str, ProxyView]:
        """Language -> proxy: the import's, and what ``.ciak/proxies.json`` offers, without what no Ciak writes."""
        original = film.language or UNKNOWN
        imported = self._from_history(film)
        found = {original: imported} if imported else {}
        try:
            told = self._json(".ciak/proxies.json")
        except (BadInput, StorageError):
            return found
        for code, entry in (told.items() if isinstance(told, dict) else ()):
            view = _proxy(film, entry)
            if view and view.frames is None and imported:
                view = view.model_copy(update={"frames": imported.frames})
            if view:
                found[original if code == "original" else code] = view
        if len(found) > 1:
            found.pop(UNKNOWN, None)
        return found

    def _from_history(self, film: Film) -> ProxyView | None:
        """The proxy that the import made; looked up again when the history has grown."""
        if film.source is None:
            return None
        try:
            status = film.history.path.stat()
            key = (status.st_size, status.st_mtime_ns)
            if self._imported[0] != key:
                made = [entry.outputs for entry in film.history.entries()
                        if entry.what == "proxy" and entry.inputs == {"source": film.source.sha256}]
                told = {"artefact": made[-1].get("proxy"), "frames": _counted(film, made[-1])} if made else None
                self._imported = (key, _proxy(film, told))
        except (OSError, CiakError):
            return None
        return self._imported[1]

    def _json(self, relative: str) -> Any:
        """The value of a JSON file in the film folder. Raises :class:`NotFound` and what reading raises."""
        with open_inside(self.root, relative) as handle:
            return parse_json(handle.read(_LIMIT + 1), name=relative)


def _dialogue(film: Film, language: str) -> Dialogue:
    dialogue = film.dialogue(language) if _CODE.fullmatch(language) else None
    if dialogue is None:
        raise NotFound("the film has no dialogue in that language")
    return dialogue


def _language(film: Film, code: str, proxy: ProxyView | None) -> LanguageView:
    """A dialogue that cannot be read counts no lines here; asking for it says why."""
    dialogue = None
    problem = ""
    try:
        dialogue = film.dialogue(code)
    except (BadInput, StorageError) as error:
        problem = str(error)
    lines = len(dialogue.loops) if dialogue else 0
    original = code in (film.language, UNKNOWN) or (dialogue is not None and dialogue.source is None)
    return LanguageView(code=code, original=original, lines=lines, proxy=proxy, subtitles=lines > 0,
                        problem=problem)


def _proxy(film: Film, entry: object) -> ProxyView | None:
    told = entry if isinstance(entry, dict) else {}
    artefact, frames = told.get("artefact"), told.get("frames")
    if not isinstance(artefact, str) or not _PLAYABLE.fullmatch(artefact) or not film.artefacts.has(artefact):
        return None
    known = isinstance(frames, int) and not isinstance(frames, bool) and 0 < frames < 1 << 40
    return ProxyView(version=artefact, frames=frames if known else None)


def _counted(film: Film, made: dict[str, str]) -> int | None:
    """How many frames a proxy has, from the frame map that was made with it."""
    name = made.get("frames", "")
    if not _MAP.fullmatch(name):
        return None
    with open_inside(film.artefacts.root, f"{name[:2]}/{name}") as handle:
        told = parse_json(handle.read(_LIMIT + 1), name="the frame map")
    source = told.get("source") if isinstance(told, dict) else None
    return len(source) if isinstance(source, list) else None


def _frames(span: Span, rate: Rate) -> FramesView:
    first = rate.nearest_frame(span.start)
    return FramesView(first=first, end=max(first + 1, rate.nearest_frame(span.end)))


def _job(job: Job) -> JobView:
    gone = not job.state.ended and not alive(job.pid, job.born)
    state = JobState.INTERRUPTED if gone else job.state
    return JobView(id=job.id, verb=job.verb, what=job.what, state=str(state), done=job.done, left=job.left)
