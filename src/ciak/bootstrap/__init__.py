"""Where things are wired together, and nowhere else: settings, films, the house library, jobs and their verbs.

The functions here are the Python API (``ciak.subtitle``, ``ciak.dub``...), and what the command line and the
studio call. A verb runs in the calling process when called from Python; the command line and the studio hand it
to a worker process (:func:`job_runner`), whose table of verbs (``worker.py``) is the only code that it can run.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ciak.bootstrap.house import agree, agreed_by, disagree, house_terms, memory, written_by
from ciak.config import Settings
from ciak.errors import BadInput, NotFound
from ciak.film import Rate

if TYPE_CHECKING:
    from ciak.backends.registry import Offer
    from ciak.dubbing import Finish, Order, Progress, Report
    from ciak.dubbing.live.board import Board
    from ciak.dubbing.live.minutes import Minutes
    from ciak.dubbing.live.session import LiveSession
    from ciak.dubbing.reviewing import LanguageReport
    from ciak.dubbing.taking_in import Told
    from ciak.jobs import LocalRunner
    from ciak.models import Store
    from ciak.project import Film, Finding, Imported, Survey

__all__ = [
    "Prepared", "agree", "backend_listing", "check_film", "disagree", "dub", "film_of", "find_source", "house_terms",
    "import_media", "job_runner", "live_session", "model_store", "new_film", "open_film", "prepare", "redo",
    "review", "settings", "subtitle", "survey", "take_in", "tellable",
]

Tick = Callable[[float], None]


def _silent(done: float) -> None:
    """Nobody watches."""


def _unwatched(start: float, end: float, what: str) -> Tick:
    return _silent


def open_film(path: str | Path) -> Film:
    """The film in the folder ``path``. Raises what :meth:`ciak.project.Film.open` raises."""
    from ciak.project import Film

    return Film.open(Path(path))


def new_film(path: str | Path, title: str, *, language: str | None = None, rate: str | None = None,
             start: str = "01:00:00:00") -> Film:
    """A new film folder. ``rate``: ``"25"``, ``"23.976"``, ``"24000/1001"``; the first video's when None."""
    from ciak.project import Film

    return Film.create(Path(path), title, language=language, rate=Rate.parse(rate) if rate else None, start=start)


def import_media(film: Film, video: str | Path, *, copy: bool = True, conform: bool = False,
                 tick: Tick = _silent) -> Imported:
    """Make ``video`` (or a sound file) the source of ``film`` and its proxy; see ``ciak import --help``."""
    from ciak.project import import_media as bring_in

    return bring_in(film, Path(video), copy, tick, conform=conform)


def check_film(path: str | Path, *, settings: Settings | None = None, tick: Tick = _silent) -> list[Finding]:
    """Everything that is wrong with the film in ``path``, with file and line; what it chooses is looked up among
    the installed backends and their voices."""
    from ciak.backends.registry import entries, resolve
    from ciak.dubbing.profile import profiles
    from ciak.errors import CiakError
    from ciak.project import Known
    from ciak.project import check_film as check

    chosen = settings or Settings.from_environment()
    installed: dict[str, set[str]] = {}
    for task, name in entries():
        installed.setdefault(task, set()).add(name)

    def voices(backend: str) -> set[str]:
        try:
            voice = resolve("voice", chosen.with_backends({"voice": backend} if backend else {}))
            return {stock.id for stock in voice.stock()} | _matched(Path(path))
        except CiakError:
            return set()  # that the backend is not there is a finding of its own

    return check(Path(path), Known(installed, voices, profiles()), tick)


def _matched(path: Path) -> set[str]:
    """The matched voices of the film in ``path``, whether they may be used today or not."""
    from ciak.dubbing.matched import marks_of

    return {mark.voice for mark in marks_of(open_film(path))}


@dataclass(frozen=True, slots=True)
class Prepared:
    """A film ready for a verb, and where its deliveries go under which stem."""

    film: Film
    out: Path
    stem: str
    video: Path | None
    """The video that is still to be imported; None for a film that has its source."""


def prepare(film_or_video: str | Path, out: str | Path | None = None) -> Prepared:
    """The film of a film folder, or a film made around a video or sound file.

    A film delivers into its own ``deliveries/``, a video into ``./<stem>-ciak/`` where its film folder
    ``<stem>.film`` is made too; ``out`` names another folder.
    """
    from ciak.project import Film

    path = Path(film_or_video).absolute()
    if path.is_dir():
        film = Film.open(path)
        stem = _stem(path.name.removesuffix(".film"))
        return Prepared(film, Path(out).absolute() if out else path / "deliveries", stem, None)
    if not path.exists():
        raise NotFound(f"there is no file or film called {_shown(path)}", remedy="check the name", path=path)
    if not path.is_file():
        raise BadInput(f"{_shown(path)} is neither a film folder nor a media file")
    stem = _stem(path.stem)
    place = Path(out).absolute() if out else Path.cwd() / f"{stem}-ciak"
    home = place / f"{stem}.film"
    if (home / "film.toml").exists():
        return Prepared(Film.open(home), place, stem, path)
    from ciak.media import probe_limited

    probe_limited(path)  # what is no media is refused before a folder is made
    return Prepared(Film.create(home, stem), place, stem, path)


def film_of(film_or_video: str | Path) -> Film:
    """The film of a film folder, or the one that :func:`prepare` made around a video, which has to be there."""
    path = Path(film_or_video).absolute()
    home = Path.cwd() / f"{_stem(path.stem)}-ciak" / f"{_stem(path.stem)}.film"
    if not path.is_dir() and path.exists() and (home / "film.toml").exists():
        path = home
    return open_film(path)


def tellable(film: Film) -> list[str]:
    """What the film's hearer can tell, as labels; [] where its backend is not installed."""
    from ciak.backends.registry import resolve
    from ciak.errors import CiakError

    try:
        return sorted(resolve("hearer", film.settings(Settings.from_environment())).labels())
    except CiakError:
        return []


def _stem(name: str) -> str:
    kept = "".join(mark if mark.isprintable() and mark not in '/\\:*?"<>|' else "_" for mark in name).strip(" .")
    return kept.lstrip("-")[:120] or "film"


def _shown(path: Path) -> str:
    return path.name.encode("utf-8", "replace").decode("utf-8")[:80]


def subtitle(film_or_video: str | Path, *, to: str | None = None, language: str | None = None,
             out: str | Path | None = None, subtitles: str | Path | None = None, script: str | Path | None = None,
             as_recorded: str | Path | None = None, profile: str | None = None, formats: Sequence[str] = (),
             sdh: bool = False, on_screen: str | Path | None = None,
             settings: Settings | None = None, progress: Progress = _unwatched) -> Report:
    """Subtitle a film, video or sound; returns the report that is written as ``report.json``. The lines are heard, or
    come from one of ``subtitles``, ``script`` (Fountain) and ``as_recorded`` (CSV, XLSX). ``profile``: a client's rules
    (``ciak subtitle profiles``); ``formats``: besides SRT and WebVTT; ``sdh``: a version for who does not hear the film
    too; ``on_screen``: what is written in the picture, as subtitles."""
    from ciak.dubbing import subtitle as verb

    given = _Given(subtitles, script, as_recorded, on_screen=on_screen, sdh=sdh)
    return _run(verb, prepare(film_or_video, out), settings, progress, to=to, language=language,
                given=given, titling=(profile, formats))


def dub(film_or_video: str | Path, *, to: str, language: str | None = None, out: str | Path | None = None,
        subtitles: str | Path | None = None, script: str | Path | None = None, as_recorded: str | Path | None = None,
        translation: str | Path | None = None, profile: str | None = None, formats: Sequence[str] = (),
        finish: Mapping[str, Any] | None = None, performance: float | None = None,
        settings: Settings | None = None, progress: Progress = _unwatched) -> Report:
    """Dub a film, video or sound into ``to``; returns the report that is written as ``report.json``. The rest as for
    :func:`subtitle`; ``finish``: what of :class:`ciak.dubbing.Finish` is to be other than usual (``loudness``, ``fit``,
    ``fit_recorded``, ``per_channel``, ``two_pop``, ``handles``, ``reels``); ``performance``: how much of the
    original's the new lines carry, 0 to 1; None: as the film has it."""
    from ciak.dubbing import dub as verb

    given = _Given(subtitles, script, as_recorded, translation, finish=finish, performance=performance)
    return _run(verb, prepare(film_or_video, out), settings, progress, to=to, language=language,
                given=given, titling=(profile, formats))


@dataclass(frozen=True, slots=True)
class _Given:
    """Files that a person brings."""

    subtitles: str | Path | None = None
    script: str | Path | None = None
    as_recorded: str | Path | None = None
    translation: str | Path | None = None
    on_screen: str | Path | None = None
    sdh: bool = False
    finish: Mapping[str, Any] | None = None
    performance: float | None = None


def _run(verb: Callable[[Film, Order, Settings, Progress], Report], prepared: Prepared,
         settings: Settings | None, progress: Progress, *, to: str | None, language: str | None,
         given: _Given, titling: tuple[str | None, Sequence[str]] = (None, ())) -> Report:
    from ciak.dubbing import Order, Source, Titling
    from ciak.formats import read_as_recorded, read_script, read_subtitles

    settings = settings or Settings.from_environment()
    languages = _language(language), _language(to)
    subtitles, translation, shown = (read_subtitles(Path(path)) if path else None
                                     for path in (given.subtitles, given.translation, given.on_screen))
    script = read_script(Path(given.script)) if given.script else None
    share = 0.0
    if prepared.video is not None:
        share = 0.06
        import_media(prepared.film, prepared.video, copy=False, tick=progress(0.0, share, "importing the picture"))
    recorded, notes = (read_as_recorded(Path(given.as_recorded), prepared.film.start) if given.as_recorded
                       else (None, ()))
    source = Source(subtitles, script, recorded)
    order = Order(out=prepared.out, stem=prepared.stem, language=languages[0], to=languages[1], source=source,
                  translation=translation, memory=memory(settings), house=agreed_by(settings), notes=notes,
                  performance=given.performance,
                  titling=Titling(titling[0], tuple(titling[1]), given.sdh, shown),
                  finish=_finish(given.finish or {}))

    def later(start: float, end: float, what: str) -> Tick:
        return progress(share + (1 - share) * start, share + (1 - share) * end, what)

    return verb(prepared.film, order, settings, later)


def _finish(wanted: Mapping[str, Any]) -> Finish:
    from ciak.dubbing import Finish

    return Finish(**{**wanted, "reels": tuple(wanted.get("reels", ()))})


def _language(code: str | None) -> str | None:
    import re

    from ciak.film.language import LANGUAGE

    if code is not None and not re.fullmatch(LANGUAGE, code):
        raise BadInput(f"{code[:20]!r} is not a language code", remedy="write it as en, it, es, fr or de")
    return code


def live_session(board: Board, *, language: str | None = None, to: Sequence[str] = (), width: int = 42,
                 minutes: Callable[[str, bool], Minutes] | None = None, film: Film | None = None,
                 told: Callable[[str], None] = lambda _: None) -> LiveSession:
    """A session of live subtitles that writes on ``board``; see ``ciak subtitle live --help``. ``film``: whose names
    are put right besides those of the house."""
    from ciak.dubbing.crew import Crew
    from ciak.dubbing.live.session import LiveOrder, LiveSession

    chosen = settings()
    languages = tuple(code for code in map(_language, dict.fromkeys(to)) if code)
    order = LiveOrder(_language(language), languages, width, minutes, agreed_by(chosen), _names(chosen, film))
    return LiveSession(Crew(chosen), order, board, told)


def _names(chosen: Settings, film: Film | None) -> Callable[[str], Sequence[str]]:
    """The names of a film's glossary and cast, and those of the house."""
    house = written_by(chosen)
    cast = [row.name for row in film.cast().members if row.edited] if film else []
    glossary = film.glossary() if film else None
    return lambda language: (*(glossary.wordings(language) if glossary else ()), *cast, *house(language))


def review(film: Film, languages: Sequence[str], tick: Tick = _silent) -> tuple[LanguageReport, ...]:
    """The words of a film read over; see ``ciak subtitle review --help``."""
    from ciak.dubbing.reviewing import review_film

    return review_film(film, languages, agreed_by(settings()), tick)


def settings() -> Settings:
    """The settings of this process, from its environment."""
    return Settings.from_environment()


def model_store() -> Store:
    """The models of this user's cache folder."""
    from ciak.models import Store

    return Store(settings())


def backend_listing() -> tuple[Offer, ...]:
    """Every installed backend, whether it is ready, and what it lacks."""
    from ciak.backends.registry import listing

    return listing(settings())


def redo(folder: str | Path, language: str, lines: Sequence[str], *, settings: Settings | None = None,
         progress: Progress = _unwatched) -> tuple[str, ...]:
    """Word and speak some lines of a film again; ids of those that have a new take."""
    from ciak.dubbing import redo as verb

    settings = settings or Settings.from_environment()
    return verb(open_film(folder), language, lines, settings, progress, memory(settings), agreed_by(settings))


def take_in(film: Film, language: str, line: str, path: str | Path, *, actor: str = "",
            tick: Tick = _silent) -> Told:
    """Take in the WAV file ``path`` as a take of ``line``, whatever it is called; it is the one that is used then."""
    from ciak.dubbing.crew import Crew
    from ciak.dubbing.taking_in import Intake, take_in_one

    tick(0.0)
    crew = Crew(film.settings(settings()))
    return take_in_one(film, crew, language, line, Path(path), Intake(actor=actor), who="person")


def find_source(film: Film, path: str | Path, tick: Tick = _silent) -> Path:
    """Take ``path`` as the place of the film's source, which was moved; refused when its bytes are others."""
    from ciak.project import find_source as found

    return found(film, Path(path), tick)


def survey(film: Film, tick: Tick = _silent) -> Survey:
    """Shots, thumbnails and waveforms of a film, for the studio's strip."""
    from ciak.project import survey as verb

    return verb(film, tick)


WORKER = (sys.executable, "-c", "import sys; from ciak.bootstrap.worker import work; sys.exit(work())")


def job_runner(film: Film) -> LocalRunner:
    """The runner of a film's jobs; its journal lies in the film. Close it, or use ``with``."""
    from ciak.jobs import LocalRunner
    from ciak.store import SqliteJournal

    return LocalRunner(SqliteJournal(film.index), WORKER)
