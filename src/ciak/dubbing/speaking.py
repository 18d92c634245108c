"""Speaking: every line of a dialogue given a take that fits its slot, and heard again.

For each loop: the wordings' natural lengths, the choice of one that fits (``slots.py``), the voice of the
character at exactly the wanted length, and the round trip through the recogniser. One artefact a line, so that
a stopped run goes on where it was, and a changed line costs one line.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from pydantic import JsonValue

from ciak.backends.protocols import Delivery
from ciak.dubbing.adaptation import is_a_persons
from ciak.dubbing.crew import Crew
from ciak.dubbing.directing import Direction, Director
from ciak.dubbing.hearing import UNCLEAR, word_error
from ciak.dubbing.melody import follow
from ciak.dubbing.performance import likeness, silence_in
from ciak.dubbing.recordings import sounding
from ciak.dubbing.rights import ask_voice
from ciak.dubbing.slots import HURRIED, SLOWEST, Fit, choose, slots, weighed, with_pauses
from ciak.errors import BackendError
from ciak.film import Cast, Dialogue, Flag, Loop, Signal, Span, Take, TakeKind, Variant
from ciak.media import SoundFile, SoundWriter, resample_blocks
from ciak.project import Film, Step, once, once_told
from ciak.project.rights import Rights, note_for
from ciak.store.records import Mark

__all__ = ["hear_back", "speak_again", "speak_all"]

Tick = Callable[[float], None]
Owner = tuple[str, int]
"""Whose likeness a voice is (empty: nobody's), and the number of the consent."""
_MACHINE_FLAGS = frozenset({"no-room", "too-fast", "unclear", "cannot-speak", "whispered", "laughed"})
_DOUBTFUL = 0.12
"""Word error of a performed take above which the line is heard plain too."""


@dataclass(frozen=True, slots=True)
class _Spoken:
    sound: str
    natural: Fraction
    heard: str | None
    alike: tuple[float | None, float | None] = (None, None)
    """Likeness to the original's pitch and energy."""


def speak_all(film: Film, crew: Crew, dialogue: Dialogue, cast: Cast, tick: Tick,
              director: Director | None = None) -> Dialogue:
    """``dialogue`` with a slot and a chosen take for each line, or a flag that says why there is none. ``director``:
    says what the lines take from the original's performance; None: nothing."""
    rooms = slots(dialogue.loops, film.rate, film.source.duration if film.source else None)
    loops: list[Loop] = []
    for number, (loop, slot) in enumerate(zip(dialogue.loops, rooms, strict=True)):
        tick(number / len(dialogue.loops))
        loop = loop.model_copy(update={"slot": slot})
        chosen = loop.take
        if chosen is not None and (loop.locked or chosen.kind is not TakeKind.SYNTHETIC or _kept(loop, chosen, slot)):
            loops.append(sounding(film, loop))
            continue
        loops.append(speak_again(film, crew, loop, cast, dialogue.language, director))
    return dialogue.model_copy(update={"loops": tuple(loops)})


def _kept(loop: Loop, take: Take, slot: Span) -> bool:
    """Whether a person's choice of a take still holds: its words are the line's, and it lies where it may."""
    holds = loop.kept and not take.quarantined and take.text == loop.text
    return holds and take.span.start >= slot.start and take.span.end <= slot.end


def speak_again(film: Film, crew: Crew, loop: Loop, cast: Cast, language: str,
                director: Director | None = None) -> Loop:
    """``loop``, which has its slot, with a take that fits it chosen, or with a flag that says why there is none. A line
    without words is left to the original's voice."""
    if not loop.text.strip():
        return loop.model_copy(update={"chosen": None})
    member = cast.member(loop.character)
    voice = member.voices.get(language, "") if member else ""
    owner = ask_voice(film, crew.voice, voice, member, language)
    kept = tuple(flag for flag in loop.flags if flag.code not in _MACHINE_FLAGS)
    slot = loop.slot or loop.span
    try:
        wordings = tuple(weighed(one, loop.span.duration, slot.duration)
                         for one in _measured(film, crew, loop, voice, language))
    except BackendError as error:
        flag = Flag(code="cannot-speak", message=error.message)
        return loop.model_copy(update={"flags": (*kept, flag), "chosen": None})
    fit = choose(wordings, loop.span.duration, slot.duration)
    flags = [*kept, *([fit.flag] if fit.flag else [])]
    changed: dict[str, object] = {"variants": wordings, "text": fit.variant.text,
                                  "confidence": fit.variant.confidence, "chosen": None}
    if fit.length is None:
        return loop.model_copy(update={**changed, "flags": tuple(flags)})
    direction = director.direct(loop.id, fit.variant.text) if director is not None else Direction()
    take = _take(film, crew, (fit.variant.text, slot.start), Delivery(
        voice=voice, language=language, duration=_length(loop, fit, direction), contour=direction.shape,
        rates=(float(SLOWEST) * 0.99, float(HURRIED) * 1.01)), direction.plain, owner)
    flags += [flag for flag in (direction.flag, _unclear(take)) if flag]
    takes = (*(old for old in loop.takes if old.id != take.id), take)
    return loop.model_copy(update={**changed, "flags": tuple(flags), "takes": takes, "chosen": take.id})


def _length(loop: Loop, fit: Fit, direction: Direction) -> Fraction:
    """How long the line is spoken, the pauses of its performance included."""
    assert fit.length is not None
    if direction.shape is None:
        return fit.length
    slot = loop.slot or loop.span
    return with_pauses(fit, silence_in(direction.shape), loop.span.duration, slot.duration)


def _unclear(take: Take) -> Flag | None:
    if take.word_error is None or take.word_error <= UNCLEAR or len(take.text.split()) <= 2:
        return None
    return Flag(code="unclear", message=f"heard back as {take.heard!r}")


def _take(film: Film, crew: Crew, line: tuple[str, Fraction], delivery: Delivery, plain: str,
          owner: Owner) -> Take:
    """The line (text, and where it begins) spoken and heard back. A performance that makes it less clear than it is
    without is halved, or left."""
    text, start = line
    performed = spoken = _spoken(film, crew, text, delivery, owner)
    error, shape = _error(text, spoken), delivery.contour
    if shape is not None and error is not None and error > _DOUBTFUL and len(text.split()) > 2:
        without = _spoken(film, crew, text, replace(delivery, contour=None), owner)
        clearest = _error(text, without)
        if clearest is not None and clearest < error:
            half = replace(shape, amount=shape.amount / 2)
            spoken, shape = _spoken(film, crew, text, replace(delivery, contour=half), owner), half
            if (_error(text, spoken) or 0.0) > clearest:
                spoken, shape = without, None
            error = _error(text, spoken)
            plain = f"with more of the performance it is heard as {performed.heard!r}"
    assert delivery.duration is not None
    return Take(id=f"T{spoken.sound[:12]}", kind=TakeKind.SYNTHETIC, sound=spoken.sound, text=text,
                span=Span(start=start, end=start + delivery.duration), natural=spoken.natural,
                rate=float(spoken.natural / delivery.duration), voice=delivery.voice, heard=spoken.heard,
                word_error=error, performance=shape.amount if shape else 0.0 if plain else None, plain=plain,
                pitch_likeness=spoken.alike[0], energy_likeness=spoken.alike[1], likeness=owner[0], consent=owner[1])


def _error(text: str, spoken: _Spoken) -> float | None:
    return word_error(text, spoken.heard) if spoken.heard is not None else None


def _measured(film: Film, crew: Crew, loop: Loop, voice: str, language: str) -> tuple[Variant, ...]:
    """The wordings of a loop with their natural lengths; a person's text is the only wording."""
    wordings: Sequence[Variant] = loop.variants
    if is_a_persons(loop) or not wordings:
        wordings = (Variant(text=loop.text, confidence=loop.confidence, origin=loop.origin),)
    step = Step(name="measure", version="1", maker=crew.maker("voice"), settings={
        "texts": [way.text for way in wordings], "voice": voice, "language": language})

    def measured() -> JsonValue:
        return [str(crew.voice.length(way.text, voice, language)) for way in wordings]

    lengths = once_told(film, step, "lengths", measured)
    return tuple(way.model_copy(update={"length": Fraction(length)})
                 for way, length in zip(wordings, lengths, strict=True))


def _spoken(film: Film, crew: Crew, text: str, delivery: Delivery, owner: Owner) -> _Spoken:
    """Speak and hear ``text``; 48 kHz mono. In somebody's likeness, the sound and the records say whose it is."""
    (performer, consent), shape = owner, delivery.contour
    settings: dict[str, JsonValue] = {
        "text": text, "voice": delivery.voice, "language": delivery.language, "duration": str(delivery.duration)}
    if performer:
        settings["likeness"] = performer
    if shape is not None:
        settings |= {"contour": shape.fingerprint, "performance": shape.amount, "acting": 1}
    step = Step(name="speak", version="1", inputs={}, maker=crew.maker("voice"), settings=settings)

    def make(temporary: Callable[[str], Path]) -> dict[str, Path]:
        with crew.at_work():
            spoken = crew.voice.speak(text, delivery)
        sound, about = temporary(".wav"), temporary(".json")
        with SoundWriter(sound, 48000, 1, note=note_for(performer) if performer else "") as writer:
            for block in resample_blocks(iter([spoken.signal]), 48000, 1):
                writer.write(block)
        told: dict[str, JsonValue] = {"natural": str(spoken.natural)}
        if shape is not None:
            told["alike"] = list(likeness(shape, follow(spoken.signal), spoken.words))
        about.write_text(json.dumps(told), encoding="utf-8")
        return {"take": sound, "about": about}

    made = once(film, step, make)
    if performer:
        Rights(film).records.mark(Mark(sound=made["take"], performer=performer, language=delivery.language,
                                       voice=delivery.voice, consent=consent))
    about = json.loads(film.artefacts.path(made["about"]).read_bytes())
    pitch, energy = about.get("alike", (None, None))
    return _Spoken(made["take"], Fraction(about["natural"]), hear_back(film, crew, made["take"], delivery.language),
                   (pitch, energy))


def hear_back(film: Film, crew: Crew, take: str, language: str) -> str | None:
    """What the recogniser hears in a take; None where it does not know the language."""
    if language.split("-")[0] not in crew.transcriber.languages():
        return None
    step = Step(name="hear", version="1", inputs={"take": take}, settings={"language": language},
                maker=crew.maker("transcriber"))

    def make(temporary: Callable[[str], Path]) -> dict[str, Path]:
        file = SoundFile(film.artefacts.path(take))
        rate = crew.transcriber.rate
        blocks = list(resample_blocks(iter([file.read(0, file.frames)]), rate, 1))
        with crew.at_work():
            text = _hear(crew, blocks, language)
        out = temporary(".txt")
        out.write_text(text, encoding="utf-8")
        return {"text": out}

    return film.artefacts.path(once(film, step, make)["text"]).read_text(encoding="utf-8")


def _hear(crew: Crew, blocks: Sequence[Signal], language: str) -> str:
    import numpy as np

    if not blocks:
        return ""
    samples = np.concatenate([block.samples for block in blocks])
    longest = int(crew.transcriber.longest * crew.transcriber.rate)
    texts = [crew.transcriber.transcribe(Signal(samples[at:at + longest], crew.transcriber.rate),
                                         language.split("-")[0]).text
             for at in range(0, len(samples), longest)]
    return " ".join(texts)


