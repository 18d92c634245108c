"""Directing: what each new line is to take from the original's performance, or why it takes nothing.

The melodies of all lines are followed once, in the dialogue that was separated, and kept as artefacts; the lines of a
character together say where that character's voice usually lies. A line that is whispered or laughed is not faked: it
is spoken plain, and flagged for a person. Laughter is known where a caption or the words tell of it, not by its sound.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from pydantic import JsonValue

from ciak.backends.protocols import Contour
from ciak.dubbing.crew import Crew
from ciak.dubbing.listening import EAR_RATE
from ciak.dubbing.melody import Melody, Register, follow, register
from ciak.dubbing.performance import Original, contour, whispered
from ciak.film import Dialogue, Flag, Loop, Span
from ciak.film.captions import CaptionKind, Verdict
from ciak.media import SoundFile
from ciak.project import Film, Maker, Step, once_told

__all__ = ["USUAL", "Direction", "Director", "asked_for"]

USUAL = 0.8
"""How much is carried where nobody says otherwise."""
_AROUND = Fraction(1, 10)
"""Seconds before and after a line that are listened to with it."""
_ENOUGH = 40
"""Lines of a character from which its register is told, spread over the film."""
_LAUGHS = re.compile(r"\b(laugh\w*|giggl\w*|chuckl\w*|rid(e|ono|acchia\w*)|risat[ae]|(?:ha|ah|he|eh){2,})\b",
                     re.IGNORECASE)
_HA = re.compile(r"(?:ha|ah|he|eh)+", re.IGNORECASE)
_MARKED = re.compile(r"[\[(]([^\])]*)[\])]")


@dataclass(frozen=True, slots=True)
class Direction:
    """What a line takes. ``shape``: None for nothing, and ``plain`` says why, unless nothing was asked for."""

    shape: Contour | None = None
    plain: str = ""
    flag: Flag | None = None


def asked_for(film: Film, asked: float | None, who: str) -> float:
    """How much of the performance is carried: what is asked for, which the film then keeps, else what it has kept."""
    kept = film.sheet.dubbing.performance
    if asked is not None and asked != kept:
        film.save_sheet(film.sheet.model_copy(update={
            "dubbing": film.sheet.dubbing.model_copy(update={"performance": asked})}), who=who)
    return asked if asked is not None else kept if kept is not None else USUAL


class Director:
    """Of one film. ``voice``: the artefact of the separated dialogue (16 kHz mono); ``amount``: in [0, 1]."""

    def __init__(self, film: Film, crew: Crew, original: Dialogue, voice: str, amount: float) -> None:
        self._film, self._crew, self._voice = film, crew, voice
        self._original, self.amount = original, amount
        self._sound: SoundFile | None = None
        self._registers: dict[str, Register] = {}

    def direct(self, line: str, text: str) -> Direction:
        """For the line of that id, which is to say ``text``."""
        loop = self._original.loop(line)
        if self.amount <= 0:
            return Direction()
        if not self._crew.voice.expressive:
            return Direction(plain=f"the voice {self._crew.voice.name} carries no performance")
        if loop is None:
            return Direction(plain="the original has no such line")
        said = self._original_of(loop)
        if laughed(loop, self._original):
            return Direction(plain="laughter", flag=Flag(
                code="laughed", message="the original laughs here: this cannot be made, a person should record it"))
        if whispered(said):
            return Direction(plain="whispering", flag=Flag(
                code="whispered", message="the original whispers here: this cannot be made, a person should record it"))
        shape = contour(said, text, self.amount)
        return Direction(shape) if shape is not None else Direction(plain="no melody is heard in the original")

    def _original_of(self, loop: Loop) -> Original:
        start = max(Fraction(0), loop.span.start - _AROUND)
        words = tuple(word.model_copy(update={"span": Span(
            start=word.span.start - start, end=word.span.end - start)}) for word in loop.words
            if word.span.start >= start)
        return Original(self._melody(loop), self._register(loop.character), words)

    def _register(self, character: str) -> Register:
        if character not in self._registers:
            lines = [loop for loop in self._original.loops if loop.character == character]
            chosen = lines[::max(1, len(lines) // _ENOUGH)]
            self._registers[character] = register([self._melody(loop) for loop in chosen])
        return self._registers[character]

    def _melody(self, loop: Loop) -> Melody:
        """The melody of a line and a little around it."""
        start, end = max(Fraction(0), loop.span.start - _AROUND), loop.span.end + _AROUND
        step = Step(name="follow", version="1", inputs={"voice": self._voice},
                    settings={"start": str(start), "end": str(end)},
                    maker=Maker(backend="ciak.dubbing.melody", version="1", models={}))

        def told() -> JsonValue:
            if self._sound is None:
                self._sound = SoundFile(self._film.artefacts.path(self._voice))
            first = round(start * EAR_RATE)
            count = max(0, min(self._sound.frames, round(end * EAR_RATE)) - first)
            heard = follow(self._sound.read(first, count))
            return {"pitch": [round(float(one), 1) for one in heard.pitch],
                    "energy": [round(float(one), 1) for one in heard.energy]}

        kept = once_told(self._film, step, "melody", told)
        return Melody(np.array(kept["pitch"], np.float32), np.array(kept["energy"], np.float32))


def laughed(loop: Loop, original: Dialogue) -> bool:
    """Whether a line is laughed: its words say so in brackets or are nothing else, or a caption that nobody has
    rejected tells of laughter over most of it."""
    if any(_LAUGHS.search(note) for note in _MARKED.findall(loop.text)):
        return True
    words = re.findall(r"\w+", loop.text)
    if words and all(_LAUGHS.fullmatch(word) or _HA.fullmatch(word) for word in words) and len("".join(words)) > 2:
        return True
    told = [one.span for one in original.captions if one.kind is CaptionKind.SOUND
            and one.verdict is not Verdict.REJECTED and _LAUGHS.search(one.text)]
    shared = sum((min(loop.span.end, span.end) - max(loop.span.start, span.start) for span in told
                  if span.start < loop.span.end and span.end > loop.span.start), Fraction(0))
    return shared > loop.span.duration / 2
