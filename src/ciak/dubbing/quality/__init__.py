"""Quality: everything that can be said of a finished dub, line by line and as a whole, each with its limit.

``told`` what is said; ``dubbed`` what is looked at; ``meters``, ``places``, ``sounding`` and ``tracks`` measure the
delivered sound again; ``paperwork`` and ``handover`` read the papers; ``page`` shows it. Nothing of the film is
changed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

from ciak.dubbing.quality.dubbed import Dubbed, dubbed
from ciak.dubbing.quality.handover import (
    Subtitled,
    consent_check,
    covering,
    credentials,
    files,
    people,
    subtitled,
    undubbed,
)
from ciak.dubbing.quality.paperwork import pace_checks, paper_checks
from ciak.dubbing.quality.sounding import film_sound, line_sounds, loudness_of, opened
from ciak.dubbing.quality.told import Basis, Check, LineQuality, Quality, Verdict, worst
from ciak.dubbing.quality.tracks import track_checks
from ciak.dubbing.sheets import name_of
from ciak.film import Cast, Loop
from ciak.project import Film

__all__ = ["Basis", "Check", "LineQuality", "Quality", "Verdict", "quality"]

Tick = Callable[[float], None]
_ORDER = {Verdict.FAIL: 0, Verdict.LOOK: 1, Verdict.UNMEASURED: 2, Verdict.OK: 3}


def quality(film: Film, language: str, folder: Path | None = None, tick: Tick = lambda done: None) -> Quality:
    """The quality of the dub of ``film`` in ``language``, delivered in ``folder`` (by default the film's deliveries).

    Raises :class:`NotFound` where there is no such dub, :class:`NothingToDo` where it was not delivered,
    :class:`BadInput` for a report that is none. ``tick`` may raise ``Cancelled``.
    """
    dub = dubbed(film, language, folder)
    stems = opened(dub)
    subtitles = subtitled(dub)
    lines = _lines(dub, line_sounds(dub, stems, lambda done: tick(0.2 * done)), subtitles)
    checks = (*files(dub, stems.broken), *film_sound(dub, stems, lambda done: tick(0.2 + 0.5 * done)),
              *track_checks(dub, stems, lambda done: tick(0.7 + 0.3 * done)), credentials(dub), *undubbed(dub),
              *subtitles.checks, people())
    tick(1.0)
    every = [*checks, *(one for line in lines for one in line.checks)]
    return Quality(
        schema=1, film=film.title, source=dub.original.language, language=language, verdict=worst(every),
        counts={str(verdict): Counter(one.verdict for one in every)[verdict] for verdict in Verdict},
        profile=subtitles.profile, loudness=loudness_of(dub).name, checks=checks, lines=lines)


def _lines(dub: Dubbed, sounds: dict[str, list[Check]], subtitles: Subtitled) -> tuple[LineQuality, ...]:
    paces, cast = pace_checks(dub.target.loops), dub.film.cast()
    told = []
    for loop in dub.target.loops:
        performer, consent = covering(dub, loop)
        asked = consent_check(dub, performer, consent)
        checks = [*sounds.get(loop.id, ()), *paper_checks(loop, dub.film.rate),
                  *([paces[loop.id]] if loop.id in paces else []), *([asked] if asked else []),
                  *([subtitles.lines[loop.id]] if loop.id in subtitles.lines else [])]
        told.append(_line((dub, cast), loop, sorted(checks, key=lambda one: _ORDER[one.verdict]), bool(performer)))
    return tuple(sorted(told, key=lambda line: (
        -sum(one.verdict is Verdict.FAIL for one in line.checks),
        -sum(one.verdict is Verdict.LOOK for one in line.checks), line.start)))


def _line(of: tuple[Dubbed, Cast], loop: Loop, checks: list[Check], likeness: bool) -> LineQuality:
    (dub, cast), take = of, loop.take
    member = cast.member(loop.character)
    asked = next((one.details for one in checks if one.code == "consent"), {})
    return LineQuality(
        id=loop.id, character=loop.character, name=name_of(cast, loop.character),
        named_by="person" if member is not None and member.edited else "machine",
        timecode=str(dub.film.start.at(loop.span.start)), start=round(float(loop.span.start), 4), text=loop.text,
        kind=str(take.kind) if take else "", likeness=likeness, consent=int(asked.get("number", 0)),
        voice=(take.voice or (take.recording.actor if take.recording else "")) if take else "",
        consent_until=str(asked.get("until", "")), origin=loop.origin, confidence=loop.confidence,
        pitch_likeness=take.pitch_likeness if take else None, energy_likeness=take.energy_likeness if take else None,
        flags=tuple(flag.code for flag in loop.flags), verdict=worst(checks), checks=tuple(checks))
