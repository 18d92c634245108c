"""Matching a voice to a performer: who is heard, what of it is clean, who agreed; then the search, kept in the film.

What is heard of the performer is the separated dialogue of the character's own lines, those that no other line
overlaps and whose voice stands ``ABOVE`` over the bed. It does not know whether the character was told rightly from
the others: look through the cast first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from ciak.backends.protocols import MixingVoice
from ciak.config import Settings
from ciak.dubbing.crew import Crew
from ciak.dubbing.likening import LEAST, RATE, Bank, bank_of, liken
from ciak.dubbing.listening import Ear, divide
from ciak.dubbing.matched import MatchedVoice, name_for, recipe_of
from ciak.errors import BackendError, NotFound, NothingToDo, Refused
from ciak.film import CastMember, Dialogue, Signal
from ciak.media import SoundFile, SoundWriter
from ciak.project import Film, Step, edit_cast, once
from ciak.project.rights import Rights
from ciak.store.records import Mark

__all__ = ["ABOVE", "MOST", "Resembled", "agreed", "clean_speech", "match_voice"]

MOST = Fraction(16)
"""Seconds of speech that are heard at most."""
ABOVE = 6.0
"""dB by which a line's dialogue must stand above its bed to be clean."""
SEED = 5

Progress = Callable[[float, float, str], Callable[[float], None]]


@dataclass(frozen=True, slots=True)
class Resembled:
    """A voice matched to ``performer`` for a character: its id, its recipe, the consent by which it was made, and
    whether the cast gives it to the character now."""

    voice: str
    told: MatchedVoice
    performer: str
    consent: int
    given: bool


def match_voice(film: Film, character: str, language: str, settings: Settings, progress: Progress,
                give: bool = True) -> Resembled:
    """Match a voice for ``language`` to the performer of ``character`` (id or name), and with ``give`` give it to the
    character.

    Raises :class:`NoConsent` before anything is heard, :class:`NotFound` for a character that is not there,
    :class:`Refused` where nobody is named who plays it, :class:`NothingToDo` where too little of them is clean, and
    :class:`BackendError` for a voice backend that cannot mix, or a language in which it does not speak.
    """
    member, consent = agreed(film, character, language)
    crew = Crew(film.settings(settings), film)
    voice = crew.voice
    if not isinstance(voice, MixingVoice):
        raise BackendError(f"the voices of {voice.name} cannot be mixed", remedy="choose another one (ciak backends)")
    original = _original(film)
    sound = divide(film, crew, progress(0.0, 0.2, "separating dialogue from music and effects"))
    heard, lines = clean_speech(original, member, Ear(film.artefacts, sound["voice"], sound["bed"]))
    bank = _bank(film, crew, voice, language, progress(0.2, 0.5, "hearing the voices"))
    step = Step(name="match-voice", version="1", inputs={"voice": sound["voice"]}, seed=SEED, maker=crew.maker("voice"),
                settings={"character": member.id, "language": language, "lines": list(lines),
                          "likeness": member.performer, "embedder": crew.settings.backends["embedder"],
                          "ears": dict(crew.maker("embedder").models)})
    tick = progress(0.5, 0.99, f"matching a voice to {member.name}")

    def make(temporary: Callable[[str], Path]) -> dict[str, Path]:
        with crew.at_work():
            found = liken(heard, language, voice, crew.embedder, bank=bank, seed=SEED, tick=tick)
        out = temporary(".json")
        out.write_text(MatchedVoice(
            character=member.id, language=language, sex=member.sex, backend=voice.name,
            timbre=dict(found.recipe.timbre), manner=dict(found.recipe.manner), pitch=found.recipe.pitch,
            tone=found.recipe.tone, before=round(found.before, 4), after=round(found.after, 4),
            seconds=round(float(heard.duration), 2), seed=SEED).model_dump_json(), encoding="utf-8")
        return {"recipe": out}

    made = once(film, step, make)["recipe"]
    mark = Mark(sound=made, performer=member.performer, language=language, voice=name_for(member.id, made),
                consent=consent)
    Rights(film).records.mark(mark)
    if give:
        edit_cast(film, member.id, voices={language: mark.voice})
    return Resembled(mark.voice, recipe_of(film, mark), member.performer, consent, give)


def agreed(film: Film, character: str, language: str, performer: str | None = None) -> tuple[CastMember, int]:
    """The row of a character (id or name) and the number of the consent by which a voice may be matched to who plays
    it: ``performer``, else as the cast says. Raises as :func:`match_voice`."""
    member = _member(film, character)
    who = " ".join((performer if performer is not None else member.performer).split())
    if not who:
        raise Refused(f"nobody is named who plays {member.name!r}: a matched voice is somebody's likeness",
                      remedy="name them with --performer, or in the cast")
    return member, Rights(film).ask(who, language, f"a voice matched for {member.name}")


def _member(film: Film, character: str) -> CastMember:
    cast = film.cast()
    found = cast.member(character) or next(
        (row for row in cast.members if row.name.casefold() == character.strip().casefold()), None)
    if found is None:
        names = ", ".join(f"{row.id} ({row.name})" for row in cast.members[:8]) or "nobody"
        raise NotFound(f"{character[:60]!r} is not in the cast", remedy=f"the cast: {names}")
    return found


def _original(film: Film) -> Dialogue:
    for code in film.languages():
        dialogue = film.dialogue(code)
        if dialogue is not None and dialogue.source is None:
            return dialogue
    raise NothingToDo("the film has no lines yet", remedy="ciak subtitle or ciak dub it first")


def clean_speech(original: Dialogue, member: CastMember, ear: Ear) -> tuple[Signal, tuple[str, ...]]:
    """What is heard clean of a character, mono at 16 kHz, at most ``MOST``, and of which lines: the cleanest ones, in
    the order of the film. Raises :class:`NothingToDo` where it is less than ``LEAST``."""
    mine = [loop for loop in original.loops if loop.character == member.id]
    alone = [loop for loop in mine if not any(
        other.character != member.id and other.span.overlap(loop.span) > 0 for other in original.loops)]
    rated = []
    for loop in alone:
        start, end = loop.span.start, loop.span.end
        voice = ear.voice(start, end)
        above = _level(voice) - _level(Signal(ear.whole(start, end).samples - voice.samples, RATE))
        if above >= ABOVE:
            rated.append((above, loop, voice))
    kept, total = [], Fraction(0)
    for _above, loop, voice in sorted(rated, key=lambda one: -one[0]):
        if total < MOST:
            kept.append((loop, voice))
            total += voice.duration
    if total < LEAST:
        raise NothingToDo(
            f"{float(total):.1f} s of clean speech of {member.name} are too little to match a voice to "
            f"({len(mine)} lines, {len(alone)} that nobody speaks into, {len(rated)} of these clear of the bed)",
            remedy=f"{float(LEAST)} s are needed: give the character all its lines, or keep a stock voice")
    kept.sort(key=lambda one: one[0].span.start)
    samples = np.concatenate([voice.samples for _, voice in kept])[:round(MOST * RATE)]
    return Signal(samples, RATE), tuple(f"{loop.id} {loop.span.start} {loop.span.end}" for loop, _ in kept)


def _level(signal: Signal) -> float:
    """Mean power, dB; -120 for silence."""
    power = float((signal.samples.astype(np.float64) ** 2).mean()) if signal.frames else 0.0
    return 10 * float(np.log10(power + 1e-12))


def _bank(film: Film, crew: Crew, voice: MixingVoice, language: str, tick: Callable[[float], None]) -> Bank:
    """Every voice that can be mixed, heard once in a film: one sound, one after the other."""
    step = Step(name="voice-bank", version="1", maker=crew.maker("voice"), settings={"language": language})

    def make(temporary: Callable[[str], Path]) -> dict[str, Path]:
        with crew.at_work():
            bank = bank_of(voice, language, tick)
        sound, cuts = temporary(".wav"), temporary(".txt")
        with SoundWriter(sound, RATE, 1) as writer:
            for one in bank.sounds:
                writer.write(one)
        cuts.write_text("\n".join(f"{part} {one.frames}" for part, one in zip(bank.parts, bank.sounds, strict=True)),
                        encoding="utf-8")
        return {"bank": sound, "cuts": cuts}

    made = once(film, step, make)
    rows = [line.rsplit(" ", 1) for line in film.artefacts.path(made["cuts"]).read_text(encoding="utf-8").splitlines()]
    file, at, sounds = SoundFile(film.artefacts.path(made["bank"])), 0, []
    for _part, frames in rows:
        sounds.append(file.read(at, int(frames)))
        at += int(frames)
    return Bank(language, tuple(part for part, _ in rows), tuple(sounds))
