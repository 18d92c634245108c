"""Speakers: who says which line, told by the sound of the voice alone.

For lines that a person gave; what is heard is divided word by word (``turns.py``).

Every line long enough is turned into an embedding; embeddings are grouped by average linkage on cosine
distance (agglomerative clustering with a fixed threshold, so that the number of speakers is found, not asked).
Lines under ``SHORTEST`` go to the speaker of the nearest line. The cast that comes out is a table for a person
to mend: names and voices that they set are kept by every later run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from pydantic import JsonValue

from ciak.backends.protocols import Embedder, Stock, Voice
from ciak.dubbing.clustering import average_linkage, cosine_distances, cut
from ciak.dubbing.crew import Crew
from ciak.dubbing.listening import Ear
from ciak.dubbing.pitch import guess_sex, median_pitch
from ciak.errors import BackendError
from ciak.film import Cast, CastMember, Loop, Sex, Signal, Span
from ciak.project import Film, Step, once_told

__all__ = ["ENOUGH", "SHORTEST", "THRESHOLD", "assign_voices", "group", "listed", "speakers_of", "tell_apart", "unit"]

THRESHOLD = 0.31
"""Cosine distance above which two groups are two people."""
SHORTEST = Fraction(6, 10)
"""Below this length a line says nothing of its speaker, seconds. An embedder may ask for more; dialogue has little
more to give, and the groups average their members."""
ENOUGH = Fraction(25, 10)
"""Speech that a speaker must have to be one, seconds; less is joined to the nearest group."""

NOBODY: Mapping[str, str] = MappingProxyType({})

Tick = Callable[[float], None]


def group(vectors: NDArray[np.float32], weights: Sequence[float], threshold: float = THRESHOLD,
          enough: float = float(ENOUGH)) -> list[int]:
    """A group number for each unit vector (rows). ``weights``: seconds of speech behind each.

    Groups are numbered by their first member.
    """
    if len(vectors) == 0:
        return []
    if len(vectors) == 1:
        return [0]
    labels = _absorb(vectors, weights, cut(average_linkage(cosine_distances(vectors)), threshold), enough)
    order: dict[int, int] = {}
    return [order.setdefault(label, len(order)) for label in labels]


def _absorb(vectors: NDArray[np.float32], weights: Sequence[float], labels: list[int], enough: float) -> list[int]:
    """Groups with too little speech join the group whose mean points most alike."""
    while True:
        spoken = {label: sum(w for w, at in zip(weights, labels, strict=True) if at == label) for label in labels}
        small = min(spoken, key=lambda label: (spoken[label], label))
        if len(spoken) == 1 or spoken[small] >= enough:
            return labels
        means = {label: np.average(vectors, axis=0, weights=[
            w if at == label else 0.0 for w, at in zip(weights, labels, strict=True)]) for label in spoken}
        nearest = max((label for label in spoken if label != small),
                      key=lambda label: float(_cosine(means[label], means[small])))
        labels = [nearest if at == small else at for at in labels]


def unit(vector: NDArray[np.floating]) -> NDArray[np.float32]:
    """``vector`` at length one; nothing stays nothing."""
    short: NDArray[np.float32] = (vector / max(float(np.linalg.norm(vector)), 1e-12)).astype(np.float32)
    return short


def _cosine(a: NDArray[np.floating], b: NDArray[np.floating]) -> float:
    return float(a @ b / max(float(np.linalg.norm(a) * np.linalg.norm(b)), 1e-12))


def speakers_of(film: Film, crew: Crew, sound: dict[str, str], lines: Sequence[Span], tick: Tick) -> list[str]:
    """What :func:`tell_apart` says, asked once. ``sound``: the artefacts of :func:`ciak.dubbing.listening.divide`."""
    step = Step(name="tell-apart", version="2", inputs={"voice": sound["voice"], "bed": sound["bed"]},
                settings={"lines": [[str(line.start), str(line.end)] for line in lines], "threshold": THRESHOLD,
                          "shortest": str(SHORTEST), "enough": str(ENOUGH)},
                maker=crew.maker("embedder"))

    def told() -> JsonValue:
        with crew.at_work():
            return list(tell_apart(lines, Ear(film.artefacts, sound["voice"], sound["bed"]), crew.embedder, tick))

    return [str(who) for who in once_told(film, step, "speakers", told)]


def tell_apart(lines: Sequence[Span], ear: Ear, embedder: Embedder, tick: Tick) -> list[str]:
    """A speaker id (``S1``, ``S2``...) for each of ``lines`` (where they are spoken)."""
    vectors, weights, known = [], [], []
    for index, line in enumerate(lines):
        tick(index / max(1, len(lines)))
        sound = ear.voice(line.start, line.end)
        if sound.duration >= min(embedder.shortest, SHORTEST):
            vectors.append(unit(embedder.trace(sound).mean(axis=0)))
            weights.append(float(sound.duration))
            known.append(index)
    if not known:
        return ["S1"] * len(lines)
    groups = dict(zip(known, group(np.stack(vectors), weights), strict=True))
    out = []
    for index, line in enumerate(lines):
        nearest = index if index in groups else min(known, key=lambda other: _apart(lines[other], line))
        out.append(f"S{groups[nearest] + 1}")
    return out


def _apart(one: Span, other: Span) -> Fraction:
    return max(one.start - other.end, other.start - one.end)


def listed(loops: Sequence[Loop], ear: Ear, cast: Cast, names: Mapping[str, str] = NOBODY) -> Cast:
    """``cast`` with a row for every character of ``loops``; rows that exist are kept as they are. ``names``: of
    characters that have one, by id."""
    for character in dict.fromkeys(loop.character for loop in loops):
        if cast.member(character):
            continue
        mine = sorted((loop for loop in loops if loop.character == character),
                      key=lambda loop: loop.span.duration, reverse=True)[:20]
        sound = np.concatenate([ear.voice(loop.span.start, loop.span.end).samples for loop in mine])
        pitch = median_pitch(Signal(sound, 16000))
        number = character.removeprefix("S")
        cast = cast.with_member(CastMember(
            id=character, name=names.get(character) or (f"Speaker {number}" if number.isdigit() else character),
            sex=guess_sex(pitch),
            median_pitch=round(pitch, 1) if pitch is not None else None))
    return cast


def assign_voices(cast: Cast, loops: Sequence[Loop], voice: Voice, language: str,
                  free: Callable[[Stock, CastMember | None], bool] = lambda item, _member: not item.likeness) -> Cast:
    """``cast`` in which every member of ``loops`` has a voice for ``language``: of the likely sex, its own
    as long as there are enough. Who speaks most chooses first; voices already given are kept. ``free``: whether a
    voice may be given to a character unasked; by default one that is nobody's likeness."""
    stock = [item for item in voice.stock() if item.language.split("-")[0] == language.split("-")[0]]
    if not stock:
        raise BackendError(f"{voice.name} has no voice for {language!r}", remedy="see ciak backends")
    spoken: dict[str, Fraction] = {}
    for loop in loops:
        spoken[loop.character] = spoken.get(loop.character, Fraction(0)) + loop.span.duration
    taken = [row.voices[language] for row in cast.members if language in row.voices]
    for character in sorted(spoken, key=lambda name: (-spoken[name], name)):
        member = cast.member(character) or CastMember(id=character, name=character)
        if language in member.voices:
            continue
        offered = [item for item in stock if free(item, member)]
        if not offered:
            raise BackendError(f"every voice of {voice.name} for {language!r} is the likeness of somebody",
                               remedy="choose one in the cast, or another backend (ciak backends)")
        chosen = min(offered, key=lambda item: (_unlike(item, member.sex), taken.count(item.id), stock.index(item)))
        taken.append(chosen.id)
        cast = cast.with_member(member.model_copy(update={"voices": {**member.voices, language: chosen.id}}))
    return cast


def _unlike(item: Stock, sex: Sex) -> int:
    return 0 if sex in (Sex.UNKNOWN, item.sex) else 1
