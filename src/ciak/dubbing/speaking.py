"""Speaking: every line of a dialogue given a take that fits its slot, and heard again.

For each loop: the wordings' natural lengths, the choice of one that fits (``slots.py``), a pace near its neighbours'
(``evenness.py``), the voice of the character at exactly the wanted length, and the round trip through the recogniser.
One artefact a line, so that a stopped run goes on where it was, and a changed line costs one line and its neighbours'
pace.
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
from ciak.dubbing.evenness import Pace, evened
from ciak.dubbing.hearing import UNCLEAR, word_error
from ciak.dubbing.melody import follow
from ciak.dubbing.performance import likeness, silence_in
from ciak.dubbing.recordings import sounding
from ciak.dubbing.rights import ask_voice
from ciak.dubbing.slots import HURRIED, SLOWEST, Fit, at_rate, choose, rates_in, slots, weighed, with_pauses
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
    planned = [_plan(film, crew, loop.model_copy(update={"slot": slot}), cast, dialogue.language)
               for loop, slot in zip(dialogue.loops, rooms, strict=True)]
    rates = evened([_pace(one) for one in planned])
    loops: list[Loop] = []
    for number, (plan, rate) in enumerate(zip(planned, rates, strict=True)):
        tick(number / len(planned))
        loops.append(plan if isinstance(plan, Loop) else _performed(film, crew, plan.at_rate(rate), director))
    return dialogue.model_copy(update={"loops": tuple(loops)})


def _kept(loop: Loop, take: Take, slot: Span) -> bool:
    """Whether a person's choice of a take still holds: its words are the line's, and it lies where it may."""
    holds = loop.kept and not take.quarantined and take.text == loop.text
    return holds and take.span.start >= slot.start and take.span.end <= slot.end


@dataclass(frozen=True, slots=True)
class _Plan:
    """A line that is to be spoken: its wordings and the one that was chosen, whose voice, and what stays flagged."""

    loop: Loop
    wordings: tuple[Variant, ...]
    fit: Fit
    voice: str
    language: str
    owner: Owner
    flags: tuple[Flag, ...]

    @property
    def room(self) -> Span:
        return self.loop.slot or self.loop.span

    def at_rate(self, rate: float) -> _Plan:
        """Spoken so fast, for the sake of its neighbours."""
        if self.fit.length is None or abs(rate / self.fit.rate - 1) < 1e-3:
            return self
        return replace(self, fit=at_rate(self.fit, rate, self.room.duration))


def speak_again(film: Film, crew: Crew, loop: Loop, cast: Cast, language: str,
                director: Director | None = None) -> Loop:
    """``loop``, which has its slot, with a take that fits it chosen, or with a flag that says why there is none,
    however fast its neighbours are. A line without words is left to the original's voice."""
    plan = _worded(film, crew, loop, cast, language)
    return plan if isinstance(plan, Loop) else _performed(film, crew, plan, director)


def _plan(film: Film, crew: Crew, loop: Loop, cast: Cast, language: str) -> _Plan | Loop:
    """What is to be spoken; a line whose take stands, as it is."""
    chosen = loop.take
    if chosen is not None and (loop.locked or chosen.kind is not TakeKind.SYNTHETIC
                               or _kept(loop, chosen, loop.slot or loop.span)):
        return sounding(film, loop)
    return _worded(film, crew, loop, cast, language)


def _worded(film: Film, crew: Crew, loop: Loop, cast: Cast, language: str) -> _Plan | Loop:
    """The line with its wording chosen, or the finished line where there is nothing to speak."""
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
    flags = (*kept, *([fit.flag] if fit.flag else []))
    plan = _Plan(loop, wordings, fit, voice, language, owner, flags)
    return plan if fit.length is not None else _written(plan, flags=flags)


def _pace(plan: _Plan | Loop) -> Pace | None:
    """How fast a line is to be spoken, and may be."""
    loop = plan if isinstance(plan, Loop) else plan.loop
    times = loop.character, float(loop.span.start), float(loop.span.end)
    if isinstance(plan, Loop):
        take = plan.take
        return Pace(*times, take.rate, take.rate, take.rate) if take and take.kind is TakeKind.SYNTHETIC else None
    rate, stands = plan.fit.rate, plan.fit.flag is not None
    low, high = rates_in(plan.fit, plan.room.duration)
    return Pace(*times, rate, rate if stands else min(low, rate), rate if stands else max(high, rate))


def _written(plan: _Plan, **more: object) -> Loop:
    fit = plan.fit
    return plan.loop.model_copy(update={"variants": plan.wordings, "text": fit.variant.text,
                                        "confidence": fit.variant.confidence, "chosen": None, **more})


def _performed(film: Film, crew: Crew, plan: _Plan, director: Director | None) -> Loop:
    """The line with its take."""
    loop, fit = plan.loop, plan.fit
    direction = director.direct(loop.id, fit.variant.text) if director is not None else Direction()
    take = _take(film, crew, (fit.variant.text, plan.room.start), Delivery(
        voice=plan.voice, language=plan.language, duration=_length(loop, fit, direction), contour=direction.shape,
        rates=(float(SLOWEST) * 0.99, float(HURRIED) * 1.01)), direction.plain, plan.owner)
    flags = (*plan.flags, *(flag for flag in (direction.flag, _unclear(take)) if flag))
    takes = (*(old for old in loop.takes if old.id != take.id), take)
    return _written(plan, flags=flags, takes=takes, chosen=take.id)


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
        settings |= {"contour": shape.fingerprint, "performance": shape.amount, "acting": 2}
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


