"""What a worker process can do, and nothing else: verbs by name, arguments and a watch in, a JSON object out."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ciak.bootstrap import dub, find_source, import_media, open_film, redo, subtitle, survey, take_in
from ciak.config import Settings

if TYPE_CHECKING:
    from ciak.dubbing import Report
    from ciak.jobs import Watch

__all__ = ["verbs", "work"]

Tick = Callable[[float], None]
Verb = Callable[[dict[str, Any], "Watch"], dict[str, Any]]


def verbs() -> dict[str, Verb]:
    """What a worker process can do, by name: arguments and a watch in, a JSON object out."""
    return {"subtitle": _journey(subtitle), "dub": _journey(dub), "import": _import, "survey": _survey,
            "redo": _redo, "find": _find, "take": _take, "match": _match}


def _journey(function: Callable[..., Report]) -> Verb:
    """A verb of the dubbing department; with ``survey`` the strip's pictures and waveforms are made after it."""
    def run(arguments: dict[str, Any], watch: Watch) -> dict[str, Any]:
        settings = Settings.from_environment().with_backends(arguments.pop("backends", {}))
        after = arguments.pop("survey", False)
        share = 0.97 if after else 1.0

        def progress(start: float, end: float, what: str) -> Tick:
            return watch.part(start * share, end * share, what)

        report = function(**arguments, settings=settings, progress=progress)
        if after:
            survey(open_film(arguments["film_or_video"]), watch.part(share, 1.0, "looking through the film"))
        return report.model_dump(mode="json", by_alias=True)
    return run


def _import(arguments: dict[str, Any], watch: Watch) -> dict[str, Any]:
    """Bring in a file, then survey it. One that was sent by the studio is given up once its copy is there."""
    film, video = open_film(arguments["folder"]), Path(arguments["video"])
    done = import_media(film, video, copy=arguments["copy"], conform=arguments["conform"],
                        tick=watch.part(0.0, 0.7, "importing the picture"))
    if arguments["uploaded"]:
        shutil.rmtree(film.inside(str(video.parent.relative_to(film.path))), ignore_errors=True)
    survey(film, watch.part(0.7, 1.0, "looking through the film"))
    return {"source": done.source.model_dump(mode="json"), "notes": list(done.notes)}


def _survey(arguments: dict[str, Any], watch: Watch) -> dict[str, Any]:
    done = survey(open_film(arguments["folder"]), watch.part(0.0, 1.0, "looking through the film"))
    return {"shots": len(done.shots), "sounds": sorted(done.peaks)}


def _redo(arguments: dict[str, Any], watch: Watch) -> dict[str, Any]:
    again = redo(arguments["folder"], arguments["language"], arguments["lines"], progress=watch.part)
    return {"lines": list(again)}


def _take(arguments: dict[str, Any], watch: Watch) -> dict[str, Any]:
    """Take in a file that was sent as a take of a line. It is given up once its copy is there, or cannot be."""
    film, path = open_film(arguments["folder"]), Path(arguments["upload"])
    try:
        done = take_in(film, arguments["language"], arguments["line"], path, actor=arguments["actor"],
                       tick=watch.part(0.0, 1.0, "taking in the recording"))
    finally:
        shutil.rmtree(film.inside(str(path.parent.relative_to(film.path))), ignore_errors=True)
    return {"line": done.line, "take": done.take, "notes": list(done.notes)}


def _match(arguments: dict[str, Any], watch: Watch) -> dict[str, Any]:
    from ciak.bootstrap.voices import match_voice

    done = match_voice(**arguments, progress=watch.part)
    told = done.told
    return {"voice": done.voice, "character": told.character, "language": told.language, "performer": done.performer,
            "consent": done.consent, "given": done.given, "seconds": told.seconds, "before": told.before,
            "after": told.after, "pitch": told.pitch, "timbre": told.timbre}


def _find(arguments: dict[str, Any], watch: Watch) -> dict[str, Any]:
    path = find_source(open_film(arguments["folder"]), arguments["path"], watch.part(0.0, 1.0, "comparing the file"))
    return {"path": str(path)}


def work() -> int:
    """The main function of a worker process."""
    from ciak.jobs import serve_worker

    return serve_worker(verbs())
