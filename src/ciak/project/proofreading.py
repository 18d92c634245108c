"""What is wrong with one dialogue or cast: ids, characters, voices, slots, times, takes. Each fault by its place.

Takes value objects that were read without fault; does not read files, except the bytes of the takes' sounds.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from fractions import Fraction

from ciak.errors import NotFound, StoreDamaged
from ciak.film import Cast, Dialogue, Glossary, Loop
from ciak.project.papers import Place
from ciak.store import Artefacts

__all__ = ["Fault", "cast_faults", "dialogue_faults", "glossary_faults", "take_faults", "time_faults"]

SLACK = Fraction(1)
"""Seconds by which speech may outlast the picture before somebody is told."""


@dataclass(frozen=True, slots=True)
class Fault:
    """``place`` in the paper, a stable ``code``, a message for people."""

    place: Place
    code: str
    message: str


def cast_faults(cast: Cast, voices: Collection[str]) -> Iterator[Fault]:
    """Rows of one id, and voices that nobody offers (when ``voices`` is not empty)."""
    seen: set[str] = set()
    for number, member in enumerate(cast.members):
        if member.id in seen:
            yield Fault(("members", number, "id"), "character-twice", f"the character {member.id!r} is there twice")
        seen.add(member.id)
        for language, voice in member.voices.items():
            if voices and voice not in voices:
                yield Fault(("members", number, "voices", language), "voice-unknown",
                            f"{member.id!r} has the voice {voice!r} in {language!r}, which no backend offers")


def glossary_faults(glossary: Glossary) -> Iterator[Fault]:
    """Terms of one id, and terms that are there twice in one language."""
    ids: set[str] = set()
    written: set[tuple[str, str]] = set()
    for number, term in enumerate(glossary.terms):
        if term.id in ids:
            yield Fault(("terms", number, "id"), "term-twice", f"the term {term.id!r} is there twice")
        elif (term.term.casefold(), term.language) in written:
            yield Fault(("terms", number, "term"), "term-twice", f"{term.term!r} is there twice in {term.language!r}")
        ids.add(term.id)
        written.add((term.term.casefold(), term.language))


def dialogue_faults(dialogue: Dialogue, cast: Cast | None) -> Iterator[Fault]:
    """Ids that are there twice, characters that are not in the cast, takes chosen that are not there, slots that
    overlap where the original does not."""
    ids: set[str] = set()
    known = {member.id for member in cast.members} if cast else set()
    for number, loop in enumerate(dialogue.loops):
        if loop.id in ids:
            yield Fault(("loops", number, "id"), "loop-twice", f"the loop {loop.id!r} is there twice")
        ids.add(loop.id)
        if loop.character and loop.character not in known:
            known.add(loop.character)
            yield Fault(("loops", number, "character"), "character-unknown",
                        f"{loop.character!r} speaks and is not in the cast")
        if loop.chosen is not None and loop.take is None:
            yield Fault(("loops", number, "chosen"), "take-unknown",
                        f"{loop.id!r} has chosen the take {loop.chosen!r}, which it has not")
    yield from _overlaps(dialogue)


def _overlaps(dialogue: Dialogue) -> Iterator[Fault]:
    slots = sorted((loop.slot.start, loop.slot.end, number, loop)
                   for number, loop in enumerate(dialogue.loops) if loop.slot is not None)
    latest: tuple[Fraction, Loop] | None = None
    for start, end, number, loop in slots:
        if latest is not None and start < latest[0] and not loop.span.overlap(latest[1].span):
            yield Fault(("loops", number, "slot"), "slots-overlap",
                        f"the slot of {loop.id!r} begins {float(latest[0] - start):.3f} s before that of "
                        f"{latest[1].id!r} ends")
        if latest is None or end > latest[0]:
            latest = (end, loop)


def time_faults(dialogue: Dialogue, duration: Fraction) -> Iterator[Fault]:
    """What is said before the film begins or after it ended; ``duration`` in seconds."""
    for number, loop in enumerate(dialogue.loops):
        for key, span in (("span", loop.span), ("slot", loop.slot)):
            if span is not None and (span.start < 0 or span.end > duration + SLACK):
                yield Fault(("loops", number, key), "time-out-of-range",
                            f"the {key} of {loop.id!r} lies outside the film, which lasts {float(duration):.3f} s")


def take_faults(dialogue: Dialogue, artefacts: Artefacts, tick: Callable[[float], None]) -> Iterator[Fault]:
    """Takes whose sound is not there, or is not what it was."""
    for number, loop in enumerate(dialogue.loops):
        tick(number / len(dialogue.loops))
        for which, take in enumerate(loop.takes):
            if take.quarantined:  # its sound lies apart
                if loop.chosen == take.id:
                    yield Fault(("loops", number, "takes", which, "quarantined"), "take-quarantined",
                                f"{loop.id!r} is spoken by the take {take.id!r}, whose performer's consent is gone")
                continue
            try:
                artefacts.verify(take.sound)
            except (NotFound, StoreDamaged) as error:
                yield Fault(("loops", number, "takes", which, "sound"),
                            "take-missing" if isinstance(error, NotFound) else "take-damaged",
                            f"the take {take.id!r} of {loop.id!r}: {error.message}")
