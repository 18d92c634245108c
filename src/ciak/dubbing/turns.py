"""Turns: which word is whose, and where one speaker's words end inside what was taken for a sentence.

A voice is listened to in windows that overlap. A stretch of words without a pause is as its windows are in the mean,
by their loudness; stretches are grouped (:func:`ciak.dubbing.speakers.group`), which tells how many people there are
and what each sounds like. Then every word goes to one of them: the likeliest way through all words, where a change
costs little at a pause or after a full stop and much inside a phrase (Viterbi's algorithm), and with the words so
divided each voice is measured once more.

Numbers were chosen on conversations of the house's stock voices and on film clips that no figure is reported on. Who
speaks at the same time as somebody else is heard once only.

Method: windows, average linkage, resegmentation, as in G. Sell et al., "Diarization is Hard", Interspeech 2018.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray
from pydantic import JsonValue

from ciak.backends.protocols import Embedder
from ciak.dubbing.crew import Crew
from ciak.dubbing.lines import ends_sentence, sentences
from ciak.dubbing.listening import Ear
from ciak.dubbing.speakers import ENOUGH, SHORTEST, THRESHOLD, group, unit
from ciak.film import Span, Word
from ciak.project import Film, Step, once_told

__all__ = ["Trace", "changes_cost", "divided", "likeliest", "stretches", "traced", "turns", "turns_of"]

PAUSE, LONGEST = Fraction(3, 10), Fraction(3)
"""A stretch ends at a pause, at a full stop, and before it is longer than this, seconds."""
MARGIN = 0.3
"""Seconds at the ends of a stretch in which a window hears its neighbours too."""
REACH = 0.4
"""Seconds around a word whose windows tell of it."""
RUN = Fraction(6, 10)
"""Words with smaller pauses are listened to in one go, seconds."""
AROUND = Fraction(4, 10)
"""Seconds listened to before and after them."""
SURE = 10.0
"""Weight of a cosine, for a second of speech, against the cost of a change."""
CHANGE, CHANGE_AT_REST = 2.0, 0.6
"""What a change of speaker costs inside a phrase; at a pause or after a sentence."""
REST = Fraction(12, 100)
"""A pause, seconds, at which speakers may well change."""
ROUNDS = 2

Tick = Callable[[float], None]
Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """``at``: middles of windows, seconds of the film, ascending; ``vectors``: unit rows; ``loud``: their levels."""

    at: NDArray[np.float64]
    vectors: Vectors
    loud: NDArray[np.float64]

    def between(self, start: float, end: float) -> Vectors:
        """The voice of the windows with their middle from ``start`` to ``end``, else of the nearest one."""
        first, last = int(np.searchsorted(self.at, start, "left")), int(np.searchsorted(self.at, end, "right"))
        if first == last:
            nearest = int(np.abs(self.at - (start + end) / 2).argmin())
            first, last = nearest, nearest + 1
        return unit(self.loud[first:last] @ self.vectors[first:last])


def turns_of(film: Film, crew: Crew, sound: dict[str, str], words: Sequence[Word], tick: Tick) -> (
        list[tuple[tuple[Word, ...], str]]):
    """What :func:`turns` says, asked once. ``sound``: the artefacts of :func:`ciak.dubbing.listening.divide`."""
    step = Step(name="take-turns", version="1", inputs={"voice": sound["voice"], "bed": sound["bed"]},
                settings={"words": [[str(word.span.start), str(word.span.end), word.text] for word in words],
                          "threshold": THRESHOLD, "enough": str(ENOUGH),
                          "change": [CHANGE, CHANGE_AT_REST]}, maker=crew.maker("embedder"))

    def told() -> JsonValue:
        with crew.at_work():
            return list(turns(words, Ear(film.artefacts, sound["voice"], sound["bed"]), crew.embedder, tick))

    who = [str(one) for one in once_told(film, step, "speakers", told)]
    return divided(words, who)


def divided(words: Sequence[Word], who: Sequence[str]) -> list[tuple[tuple[Word, ...], str]]:
    """Sentences, cut where the speaker changes inside one."""
    out: list[tuple[tuple[Word, ...], str]] = []
    at = 0
    for sentence in sentences(words):
        part = [at]
        for place in range(at + 1, at + len(sentence)):
            if who[place] != who[place - 1]:
                part.append(place)
        at += len(sentence)
        for first, end in zip(part, [*part[1:], at], strict=True):
            out.append((tuple(words[first:end]), who[first]))
    return out


def turns(words: Sequence[Word], ear: Ear, embedder: Embedder, tick: Tick) -> list[str]:
    """A speaker id (``S1``, ``S2``..., by who speaks first) for each of ``words``, which are in order of time."""
    if not words:
        return []
    trace = traced(words, ear, embedder, tick)
    if trace is None:
        return ["S1"] * len(words)
    parts = stretches(words)
    spans = [words[first].span.join(words[end - 1].span) for first, end in parts]
    voices = np.stack([_inside(trace, span) for span in spans])
    lengths = np.array([float(span.duration) for span in spans])
    long = lengths >= float(min(embedder.shortest, SHORTEST))
    counted = np.nonzero(long)[0] if long.any() else np.arange(len(parts))
    labels = np.zeros(len(parts), int)
    labels[counted] = group(voices[counted], list(lengths[counted]))
    said = np.stack([trace.between(float(word.span.start) - REACH, float(word.span.end) + REACH) for word in words])
    weight = np.array([min(1.0, float(word.span.duration) + 0.1) for word in words])
    cost = changes_cost(words)
    who = np.zeros(len(words), int)
    for _ in range(ROUNDS):
        people = sorted(set(labels[counted].tolist()))
        means = np.stack([unit(lengths[mine] @ voices[mine]) for mine in (
            counted[labels[counted] == one] for one in people)])
        who = likeliest(SURE * weight[:, None] * (said @ means.T), cost)
        labels[counted] = [np.bincount(who[first:end]).argmax() for first, end in (parts[one] for one in counted)]
    order: dict[int, int] = {}
    return [f"S{order.setdefault(int(one), len(order)) + 1}" for one in who]


def traced(words: Sequence[Word], ear: Ear, embedder: Embedder, tick: Tick) -> Trace | None:
    """The voice of all ``words``; None where nothing of it is heard."""
    middle = float(embedder.window) / 2
    at: list[float] = []
    vectors: list[Vectors] = []
    loud: list[float] = []
    for number, span in enumerate(runs := _runs(words)):
        tick(number / len(runs))
        start = max(Fraction(0), span.start - AROUND)
        sound = ear.voice(start, min(ear.duration, span.end + AROUND))
        rows = embedder.trace(sound) if np.abs(sound.samples).max(initial=0) > 0 else np.zeros((0, 1), np.float32)
        for row, vector in enumerate(rows):
            begins = float(embedder.step) * row
            window = sound.samples[round(begins * sound.rate):round((begins + 2 * middle) * sound.rate)]
            vectors.append(vector)
            loud.append(float(np.sqrt(np.mean(window.astype(np.float64) ** 2))) + 1e-9)
            at.append(float(start) + begins + middle)
    if not vectors:
        return None
    order = np.argsort(at, kind="stable")
    return Trace(np.array(at)[order], np.stack(vectors)[order], np.array(loud)[order])


def _runs(words: Sequence[Word]) -> list[Span]:
    """Where words follow each other with hardly a pause."""
    found: list[Span] = []
    for word in words:
        if found and word.span.start - found[-1].end < RUN:
            found[-1] = found[-1].join(word.span)
        else:
            found.append(word.span)
    return found


def stretches(words: Sequence[Word]) -> list[tuple[int, int]]:
    """Words without a pause, a full stop or too great a length between them: first, and behind the last."""
    starts = [0]
    for place in range(1, len(words)):
        before, word = words[place - 1], words[place]
        if (word.span.start - before.span.end >= PAUSE or ends_sentence(before.text)
                or word.span.end - words[starts[-1]].span.start > LONGEST):
            starts.append(place)
    return list(zip(starts, [*starts[1:], len(words)], strict=True))


def _inside(trace: Trace, span: Span) -> Vectors:
    """The voice of a stretch, without what stands at its ends."""
    start, end = float(span.start), float(span.end)
    if end - start > 2 * MARGIN:
        return trace.between(start + MARGIN, end - MARGIN)
    return trace.between((start + end) / 2 - 0.1, (start + end) / 2 + 0.1)


def changes_cost(words: Sequence[Word]) -> NDArray[np.float64]:
    """What a change of speaker before each word costs."""
    out = np.full(len(words), CHANGE)
    for place in range(1, len(words)):
        before, word = words[place - 1], words[place]
        if word.span.start - before.span.end >= REST or ends_sentence(before.text):
            out[place] = CHANGE_AT_REST
    return out


def likeliest(worth: NDArray[np.float64], cost: NDArray[np.float64]) -> NDArray[np.int64]:
    """The column of each row on the way through ``worth`` (rows, people) that is worth most, less ``cost`` of a row
    for each change before it. Viterbi 1967."""
    best = worth[0].copy()
    back = np.zeros(worth.shape, np.int64)
    for row in range(1, len(worth)):
        leap = best.max() - cost[row]
        back[row] = np.where(best >= leap, np.arange(worth.shape[1]), best.argmax())
        best = np.maximum(best, leap) + worth[row]
    path = np.zeros(len(worth), np.int64)
    path[-1] = best.argmax()
    for row in range(len(worth) - 1, 0, -1):
        path[row - 1] = back[row, path[row]]
    return path
