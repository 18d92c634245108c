"""Reads a film folder for the pages. Everything in the folder may be hostile: sizes are bounded, artefact names
are checked by form and opened only through ``open_inside``, and what cannot be read is left out or said.

It changes nothing and makes nothing; what is not there yet is an empty view. Answers are kept as long as the files
behind them stay as they are, so that pages show what other programs have saved, at once.
"""

from __future__ import annotations

import re
import shlex
from bisect import bisect_left
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from pydantic import ValidationError

from ciak.errors import BadInput, Damaged, NotFound, StorageError
from ciak.film import Dialogue, Rate
from ciak.film.editing import in_order
from ciak.jobs import Job, JobState
from ciak.jobs.processes import alive
from ciak.project import Film, Survey, Surveyed
from ciak.server.studio.figures import report_view
from ciak.server.studio.kept import Kept
from ciak.server.studio.keys import key_of
from ciak.server.studio.past import Past
from ciak.server.studio.proxies import UNKNOWN, Proxies, read_json
from ciak.server.studio.report_views import ReportView
from ciak.server.studio.showing import caption_view, character_view, lines_json
from ciak.server.studio.subtitling import Subtitling
from ciak.server.studio.views import (
    ActivityView,
    CastView,
    DialogueView,
    FilmView,
    JobView,
    LanguageView,
    ProxyView,
    ShotsView,
    ShotView,
)
from ciak.store import SqliteJournal, open_inside
from ciak.store.disk import mark

__all__ = ["UNKNOWN", "FilmReader", "job_view"]

_CODE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", re.ASCII)
_MOST_JOBS = 50
_SHEET, _HISTORY, _NOTE, _REPORT = "film.toml", "history.jsonl", ".ciak/proxies.json", "deliveries/report.json"
_INDEX = ".ciak/index.sqlite"


class FilmReader:
    """One film folder, as it is now. ``pause`` returns when nobody saves."""

    def __init__(self, root: Path, pause: Callable[[], None] = lambda: None) -> None:
        self.root = root
        self.subtitles = Subtitling(self, pause)
        self._kept = Kept(root)
        self._past = Past()
        self._surveyed = Surveyed()
        self._playable = Proxies()
        self._shown: tuple[Survey | None, bytes] = (None, b"")

    def open(self) -> Film:
        """The film. Raises what opening raises."""
        return self._kept("sheet", (_SHEET,), lambda: Film.open(self.root))

    def title(self) -> str:
        """What the film is called."""
        return self.open().title

    def film(self) -> FilmView:
        """What the film is and what it has in which language."""
        film = self.open()
        rate = Rate.parse(film.sheet.rate) if film.sheet.rate else None
        playable = self._proxies(film)
        codes = {code for code in (*film.languages(), *playable) if _CODE.fullmatch(code)}
        source = film.source
        return FilmView(
            key=key_of(self.root), title=film.title, folder=shlex.quote(str(self.root)), language=film.language,
            imported=source is not None, missing=source is not None and not (self.root / source.path).is_file(),
            picture=source is None or source.picture, profile=film.sheet.profile, rate=str(rate) if rate else None,
            nominal=rate.nominal if rate else 24, drop=";" in film.sheet.start, start=film.sheet.start,
            frames=rate.nearest_frame(source.duration) if rate and source else None,
            languages=tuple(sorted((self._language(film, code, playable.get(code)) for code in codes),
                                   key=lambda entry: (not entry.original, entry.code))))

    def dialogue(self, language: str) -> Dialogue:
        """What is said in a language. Raises :class:`NotFound`."""
        if not _CODE.fullmatch(language):
            raise NotFound("the film has no dialogue in that language")
        paper = f"dialogue/{language}.json"
        found = self._kept(paper, (_SHEET, paper), lambda: self.open().dialogue(language))
        if found is None:
            raise NotFound("the film has no dialogue in that language")
        if found.language != language:
            raise Damaged(f"{paper} says of itself that it is in {found.language[:20]!r}",
                          remedy="rename the file, or put back the right one")
        return found

    def dialogue_json(self, language: str) -> bytes:
        """The lines of one language in film order, a :class:`DialogueView`. Raises :class:`NotFound`."""
        def make() -> bytes:
            told = self.dialogue(language)
            rate = self.open().rate
            written = lines_json(rate)
            head = DialogueView(language=told.language, source=told.source, revision=told.revision, lines=(),
                                captions=tuple(caption_view(caption, rate) for caption in told.captions))
            return head.model_dump_json().encode().removesuffix(b"]}") + b",".join(
                written(loop) for loop in in_order(told.loops)) + b"]}"
        return self._kept(f"lines {language}", (_SHEET, f"dialogue/{language}.json"), make)

    def cast(self) -> CastView:
        """The cast table, empty before anybody was heard."""
        cast = self._kept("cast", ("cast.json",), lambda: self.open().cast())
        return CastView(revision=cast.revision, members=tuple(character_view(row) for row in cast.members))

    def original_of(self, told: Dialogue) -> Dialogue:
        """The original of ``told``, which says how its lines are heard; itself where that is not there or cannot be
        read."""
        with suppress(NotFound, BadInput, StorageError):
            return told if told.source is None else self.dialogue(told.source)
        return told

    def proxy(self, language: str) -> tuple[str, BinaryIO]:
        """Artefact id and open file of the proxy in a language. Raises :class:`NotFound`, :class:`Hostile`."""
        film = self.open()
        found = self._proxies(film).get(language)
        if found is None:
            raise NotFound("the film has nothing to play in that language")
        return found.version, self.artefact(found.version)

    def artefact(self, name: str) -> BinaryIO:
        """The open file of an artefact whose name came from the film's own papers. Raises :class:`NotFound`."""
        return open_inside(self.open().artefacts.root, f"{name[:2]}/{name}")

    def report(self) -> ReportView:
        """The report of the last run. What is wrong with the file is told, not raised."""
        try:
            return report_view(read_json(self.root, _REPORT), self.open().rate)
        except NotFound:
            return ReportView(present=False)
        except (BadInput, StorageError) as error:
            return ReportView(present=True, problem=error.message)

    def report_json(self) -> bytes:
        """The same, as it is sent."""
        return self._kept("report", (_SHEET, _REPORT), lambda: self.report().model_dump_json().encode())

    def survey(self) -> Survey:
        """Shots, thumbnails and waveforms, as far as they were made."""
        return self._surveyed(self.open())

    def shots_json(self) -> bytes:
        """The same for the strip, a :class:`ShotsView`."""
        known = self.survey()
        if self._shown[0] is not known:
            self._shown = (known, _shots_view(known).model_dump_json().encode())
        return self._shown[1]

    def activity(self, before: int | None) -> ActivityView:
        """A page of the history."""
        return self._past.page(self.open(), before)

    def jobs(self) -> list[JobView]:
        """Long work of this film, the newest first. A job whose process is gone is ``interrupted``."""
        return [job_view(job) for job in self._kept("jobs", (_INDEX, f"{_INDEX}-wal"), self._jobs)]

    def _jobs(self) -> list[Job]:
        """The newest jobs of the journal; records that no Ciak writes are left out."""
        if not (self.root / _INDEX).is_file():
            return []
        found = []
        with Film.open(self.root).index as index:
            for record in SqliteJournal(index).entries()[-_MOST_JOBS:]:
                with suppress(ValidationError):
                    found.append(Job.model_validate(record))
        return found[::-1]

    def versions(self) -> dict[str, str]:
        """A version of everything that pages show, by name: it changes when they should ask again."""
        film = self.open()
        papers: dict[str, tuple[str, ...]] = {
            f"dialogue/{code}": (f"dialogue/{code}.json",) for code in film.languages()}
        papers |= {"film": (_SHEET, _NOTE), "cast": ("cast.json",), "report": (_REPORT,), "activity": (_HISTORY,),
                   "glossary": ("glossary.json",)}
        told = {name: "/".join(".".join(f"{part:x}" for part in mark(self.root / file) or ()) for file in files)
                for name, files in papers.items()}
        told |= {f"subtitles/{code}": self.subtitles.version(code) for code in film.languages()}
        known = self.survey()
        return told | {"shots": " ".join((str(known.thumbnails)[:16], *(name[:16] for name in known.peaks.values())))}

    def _proxies(self, film: Film) -> dict[str, ProxyView]:
        return self._kept("proxies", (_SHEET, _HISTORY, _NOTE), lambda: self._playable(film))

    def _language(self, film: Film, code: str, proxy: ProxyView | None) -> LanguageView:
        """A dialogue that cannot be read counts no lines here; asking for it says why."""
        dialogue, problem = None, ""
        try:
            dialogue = self.dialogue(code)
        except NotFound:
            pass
        except (BadInput, StorageError) as error:
            problem = str(error)
        lines = len(dialogue.loops) if dialogue else 0
        original = code in (film.language, UNKNOWN) or (dialogue is not None and dialogue.source is None)
        return LanguageView(code=code, original=original, lines=lines, proxy=proxy, subtitles=lines > 0,
                            captions=len(dialogue.captions) if dialogue else 0, problem=problem)


def job_view(job: Job, *, minded: bool = False) -> JobView:
    """A job for the pages; one whose process is gone is ``interrupted``, unless this studio minds it."""
    gone = not minded and not job.state.ended and not alive(job.pid, job.born)
    state = JobState.INTERRUPTED if gone else job.state
    error = job.error or {}
    told = ": ".join(str(error[name]) for name in ("message", "remedy") if error.get(name))
    return JobView(id=job.id, verb=job.verb, what=job.what, state=str(state), done=job.done, left=job.left,
                   seconds=round(job.seconds, 1), created=job.created, error=told[:1000])


def _shots_view(known: Survey) -> ShotsView:
    frames = sorted((frame, number) for number, frame in enumerate(known.frames))
    shots = []
    for shot in known.shots:
        at = bisect_left(frames, (shot.first, 0))
        inside = at < len(frames) and frames[at][0] < shot.end
        shots.append(ShotView(first=shot.first, end=shot.end, picture=frames[at][1] if inside else None))
    return ShotsView(complete=known.complete, shots=tuple(shots), pictures=known.frames,
                     version=(known.thumbnails or "")[:16],
                     sounds={name: artefact[:16] for name, artefact in sorted(known.peaks.items())})
