"""Adaptation: each line in the target language, in several wordings.

A translation memory comes first (a person's exact earlier wording), then what a line's idioms mean, then the
translator's n-best. Nothing that
a person wrote or locked is touched, and every line carries its confidence and its doubts; a person should read
them all, the doubtful first. A pair of languages that the translator does not know leaves lines without words,
flagged, for a person to write.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence

from pydantic import JsonValue

from ciak.dubbing.agreed import HouseTerms, TermPair, capital_like, no_house, put_in, says, term_pairs
from ciak.dubbing.crew import Crew
from ciak.dubbing.rewording import Offer, also_asked, with_idioms
from ciak.film import Cast, Dialogue, Flag, Loop, Reason, Take, TakeKind, Variant
from ciak.film.holding import moved
from ciak.project import Film, Step, once_told

__all__ = ["LOW_CONFIDENCE", "UNTRANSLATED", "WAYS", "Memory", "adapt", "is_a_persons", "nothing_remembered"]

WAYS = 6
"""Wordings asked of the translator for each line."""
LOW_CONFIDENCE = 0.5
UNTRANSLATED = Flag(code="untranslated", message="nobody has put this line into words yet")

Memory = Callable[[Sequence[str], str, str], Mapping[str, str]]
"""``memory(lines, source, target)``: line -> a person's earlier wording, for the lines that have one."""


def nothing_remembered(_lines: Sequence[str], _source: str, _target: str) -> Mapping[str, str]:
    """The memory of a house that has none."""
    return {}


def is_a_persons(loop: Loop) -> bool:
    """Whether a person wrote, gave or locked the loop, or set its subtitles: no machine may change its words."""
    return (loop.locked or loop.origin == "person" or loop.origin.startswith("given:")
            or loop.subtitles is not None)


def adapt(film: Film, crew: Crew, original: Dialogue, target: str, cast: Cast, memory: Memory,
          house: HouseTerms = no_house) -> Dialogue:
    """The dialogue of ``target``: a loop for each of ``original``'s, wordings best first, terms as the film's glossary
    and that of the ``house`` want them."""
    existing = film.dialogue(target)
    lines = [loop.text for loop in original.loops]
    remembered = memory(lines, original.language, target)
    asked = [line for line in dict.fromkeys(lines) if line not in remembered]
    able = (original.language, target) in crew.translator.pairs()
    pairs = term_pairs(film.glossary(), house, original.language, target)
    offered = _offered(film, crew, asked, (original.language, target),
                       [row.name for row in cast.members if row.edited], pairs) if able else {}
    loops = []
    for loop in original.loops:
        before = existing.loop(loop.id) if existing else None
        if before is not None and (is_a_persons(before) or (before.kept and before.span == loop.span)):
            loops.append(_moved(before, loop))
            continue
        if loop.text in remembered:
            doubts: tuple[str, ...] = ()
            variants: tuple[Variant, ...] = (
                Variant(text=remembered[loop.text], confidence=1.0, origin="memory"),)
        elif able:
            variants, doubts = offered[loop.text]
        else:
            loops.append(Loop(id=loop.id, character=loop.character, span=loop.span, text="", flags=(UNTRANSLATED,),
                              takes=_recorded(before)))
            continue
        kept = before if before is not None and before.span == loop.span else None
        if kept is not None and [way.text for way in kept.variants] == [way.text for way in variants]:
            loops.append(kept.model_copy(update={"character": loop.character}))
            continue
        loops.append(Loop(
            id=loop.id, character=loop.character, span=loop.span, text=variants[0].text, variants=variants,
            confidence=variants[0].confidence, origin=variants[0].origin, flags=_flags(variants[0], doubts),
            takes=kept.takes if kept else _recorded(before), chosen=kept.chosen if kept else None))
    revision = existing.revision if existing else 0
    return Dialogue(revision=revision, language=target, source=original.language, loops=tuple(loops),
                    captions=existing.captions if existing else ())


def _recorded(before: Loop | None) -> tuple[Take, ...]:
    """The takes that no machine can make again: they stay with their line wherever it goes."""
    return tuple(take for take in (before.takes if before else ()) if take.kind is not TakeKind.SYNTHETIC)


def _moved(before: Loop, loop: Loop) -> Loop:
    """A person's line where the original is spoken now; a take that was made for another place is not chosen."""
    if before.span == loop.span:
        return before
    return before.model_copy(update={"span": loop.span, "slot": None, "chosen": None, "kept": False,
                                      "subtitles": moved(before.subtitles, before.span, loop.span)})


def _flags(best: Variant, doubts: Sequence[str]) -> tuple[Flag, ...]:
    flags = []
    if doubts:
        flags.append(Flag(code="doubtful-words", message=f"check {', '.join(doubts)[:200]}"))
    if best.confidence is not None and best.confidence < LOW_CONFIDENCE:
        flags.append(Flag(code="low-confidence", message=f"the translation is a guess ({best.confidence:.0%})"))
    return tuple(flags)


def _offered(film: Film, crew: Crew, lines: Sequence[str], languages: tuple[str, str], names: Sequence[str],
             pairs: Sequence[TermPair]) -> dict[str, Offer]:
    """As :func:`_in_terms`; before the wordings of a line's words come those of what its idioms mean."""
    also = also_asked(lines, *languages)
    found = _in_terms(film, crew, list(dict.fromkeys([*lines, *also])), languages, names, pairs)
    return {line: with_idioms(line, *languages, found) for line in lines}


def _in_terms(film: Film, crew: Crew, lines: Sequence[str], languages: tuple[str, str], names: Sequence[str],
              pairs: Sequence[TermPair]) -> dict[str, Offer]:
    """As :func:`_translated`, with the agreed renderings of terms; wordings that have them all come first."""
    prepared = {line: put_in(line, pairs) for line in lines}
    renderings = dict.fromkeys(text for _, used in prepared.values() for text in used)
    found = _translated(film, crew, list(dict.fromkeys(text for text, _ in prepared.values())), *languages,
                        [*names, *renderings])
    out = {}
    for line, (text, used) in prepared.items():
        variants, doubts = found[text]
        if used:
            variants = tuple(sorted((_in_words_of(way, line, used) for way in variants),
                                    key=lambda way: sum(one.code == "term-missing" for one in way.reasons)))
            doubts = tuple(doubt for doubt in doubts if not any(says(one, doubt) for one in used))
        out[line] = variants, doubts
    return out


def _in_words_of(way: Variant, line: str, used: Sequence[str]) -> Variant:
    """A wording with the capital of its line, and which agreed renderings it has or lacks."""
    reasons = tuple(Reason(code="term" if says(way.text, one) else "term-missing", about=one[:200]) for one in used)
    return way.model_copy(update={"text": capital_like(way.text, line), "reasons": (*way.reasons, *reasons)})


def _translated(film: Film, crew: Crew, lines: Sequence[str], source: str, target: str,
                names: Sequence[str]) -> dict[str, Offer]:
    """line -> (variants, doubts about the first)."""
    if not lines:
        return {}
    maker = crew.maker("translator")
    asked = film.artefacts.put_bytes(json.dumps(list(lines), ensure_ascii=False).encode(), ".json")
    step = Step(name="translate", version="1", inputs={"lines": asked}, maker=maker,
                settings={"source": source, "target": target, "ways": WAYS, "names": list(names)})

    def translated() -> JsonValue:
        answers = crew.translator.translate(lines, source, target, ways=WAYS, names=names)
        return [[[way.text, way.confidence, list(way.doubts)] for way in ways] for ways in answers]

    answers = once_told(film, step, "wordings", translated)
    origin = f"translator:{maker.backend}"
    return {line: (tuple(Variant(text=text, confidence=confidence, origin=origin) for text, confidence, _ in ways),
                   tuple(ways[0][2])) for line, ways in zip(lines, answers, strict=True)}
