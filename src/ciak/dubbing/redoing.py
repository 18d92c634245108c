"""Doing some lines again: worded anew from the original as it stands now, and spoken once more.

A person's words are spoken as they are. For a machine's line the translator is asked again, with the cast's names as
they are now; when that gives the wording that was spoken last, the next best one is tried. The mix and the film
stay as they were delivered until the next dub, which recalls everything else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from ciak.config import Settings
from ciak.dubbing.adaptation import Memory, adapt, is_a_persons, nothing_remembered
from ciak.dubbing.agreed import HouseTerms, no_house
from ciak.dubbing.crew import Crew
from ciak.dubbing.directing import Director, asked_for
from ciak.dubbing.listening import divide
from ciak.dubbing.rights import ask_cast, free_for
from ciak.dubbing.slots import slots
from ciak.dubbing.speakers import assign_voices
from ciak.dubbing.speaking import speak_again
from ciak.errors import NotFound, NothingToDo, Refused
from ciak.film import Cast, Dialogue, Loop
from ciak.project import Film

__all__ = ["redo"]

Progress = Callable[[float, float, str], Callable[[float], None]]


def redo(film: Film, language: str, lines: Sequence[str], settings: Settings, progress: Progress,
         memory: Memory = nothing_remembered, house: HouseTerms = no_house) -> tuple[str, ...]:
    """Give each of ``lines``, ids of the dialogue in ``language``, a new take; ids of those that have one.
    ``memory`` and ``house``: wordings and terms of the house, which come before the translator's.

    Raises :class:`NotFound` (no such dialogue or line), :class:`Refused` (locked, the original language, or no words
    and no translator for them).
    """
    target = film.dialogue(language)
    if target is None or any(target.loop(line) is None for line in lines):
        raise NotFound("there is no such line in that language", remedy="translate the film first")
    if target.source is None:
        raise Refused("these are the original's lines: nobody speaks them anew", remedy="name the dubbed language")
    original = film.dialogue(target.source)
    if original is None:
        raise NotFound(f"the original dialogue in {target.source} is not there")
    if any(loop.locked for loop in target.loops if loop.id in lines):
        raise Refused("a locked line is not changed", remedy="unlock it first")
    crew = Crew(film.settings(settings), film)
    progress(0.0, 0.2, "translating")(0.0)
    given = assign_voices(film.cast(), original.loops, crew.voice, language, partial(free_for, film, crew.voice))
    speaking = {loop.character for loop in target.loops if loop.id in lines}
    ask_cast(film, crew.voice, Cast(members=tuple(row for row in given.members if row.id in speaking)), language)
    cast = film.save_cast(given, who="ciak redo")
    asked = original.model_copy(update={"loops": tuple(loop for loop in original.loops if loop.id in lines)})
    worded = {loop.id: loop for loop in adapt(film, crew, asked, language, cast, memory, house).loops}
    if not all(loop.text.strip() for loop in worded.values()):
        raise Refused(f"the translator does not go from {target.source!r} to {language!r}",
                      remedy="write the line's words yourself first")
    rooms = dict(zip((loop.id for loop in target.loops),
                     slots(target.loops, film.rate, film.source.duration if film.source else None), strict=True))
    director = _director(film, crew, original, progress(0.15, 0.2, "separating dialogue from music and effects"))
    tick = progress(0.2, 1.0, "speaking the lines")
    spoken: dict[str, Loop] = {}
    for number, line in enumerate(lines):
        tick(number / len(lines))
        before = target.loop(line)
        assert before is not None
        wanted = worded.get(line, before)
        wanted = wanted.model_copy(update={"takes": before.takes, "slot": rooms[line]})
        again = speak_again(film, crew, _another(wanted, before), cast, language, director)
        told = {way.text: way for way in again.variants}
        spoken[line] = again.model_copy(update={
            "kept": again.chosen is not None, "variants": tuple(told.get(way.text, way) for way in wanted.variants)})
    return _saved(film, target, spoken)


def _director(film: Film, crew: Crew, original: Dialogue, tick: Callable[[float], None]) -> Director | None:
    """Who says what is taken from the original's performance; None where nothing is, or where there is no sound."""
    amount = asked_for(film, None, "ciak redo")
    if not amount:
        return None
    try:
        return Director(film, crew, original, divide(film, crew, tick)["voice"], amount)
    except NothingToDo:
        return None


def _another(wanted: Loop, before: Loop) -> Loop:
    """The loop with a wording to speak that has not been spoken yet, or at least not last, where there is one."""
    if is_a_persons(wanted) or len(wanted.variants) < 2:
        return wanted
    last = before.take.text if before.take else None
    tried = {take.text for take in before.takes}
    fresh = [way for way in wanted.variants if way.text not in tried]
    others = fresh or [way for way in wanted.variants if way.text != last]
    return wanted.model_copy(update={"variants": tuple(others)}) if others else wanted


def _saved(film: Film, read: Dialogue, spoken: Mapping[str, Loop]) -> tuple[str, ...]:
    """Save the lines into the dialogue as it is now; a line that somebody changed meanwhile is left to them."""
    now = film.dialogue(read.language) or read
    done = [line for line, loop in spoken.items() if now.loop(line) == read.loop(line) and loop.chosen is not None]
    loops = tuple(spoken[loop.id] if loop.id in spoken and now.loop(loop.id) == read.loop(loop.id) else loop
                  for loop in now.loops)
    film.save_dialogue(now.model_copy(update={"loops": loops}), who="ciak redo")
    return tuple(done)
