"""The performance of the original, made ready for another voice: melody, emphasis and pauses of a line as a contour.

What is carried is relative to the one who speaks: how far above or below their own usual pitch and level, in spreads
(a shout is high and loud, a mutter low), so that a voice of another register can do the same in its own. Where the new
line says the same words (names, a line of the same language) they lie on each other; else the stretches between pauses
do, each proportional in time, and a pause falls between the words of the new line that correspond and may be parted.
A question that rises keeps its rise.

What cannot be carried is not faked: a whisper has no pitch, laughter no words. They are told to a person. Does not know
which word of a translation says what the stressed word of the original said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from ciak.backends.protocols import Anchor, Contour
from ciak.dubbing.hearing import plain
from ciak.dubbing.melody import STEP, Melody, Register, bridged, smooth
from ciak.dubbing.phrasing import STRONG, WEAK, break_cost
from ciak.film import Word

__all__ = ["EARLY", "Original", "contour", "likeness", "pauses", "rise_at_end", "silence_in", "spoken_words",
           "whispered"]

SMOOTH = 0.18
"""Seconds over which emphasis is told; what is shorter belongs to the vowels and consonants of the new line."""
REST, LONGEST_REST = 0.18, 3.0
"""Seconds: of silence inside a line that is a pause."""
QUIET = 24.0
"""dB below the line's loud moments, below which it is silent."""
FURTHEST = 3.0
"""Spreads: no pitch or level is told further from the usual than this."""
SAME = 0.5
"""Share of a line's words that must be said in the original too for words to lie on each other."""
ASTRAY = 0.25
"""A pause whose place in the new line would lie further off than this part of it is left out."""
EARLY = (0.1, 0.07)
"""Seconds by which a recogniser tells that a word inside a line begins, and ends, before it does. Takes, whose times
are known, it heard .06 and .03 early in the median; on the lines for development these values carried pitch best."""
RISING = 0.5
"""Spreads by which a voice rises at the end of a question."""
WHISPER = (0.2, -0.8)
"""At most this share of the loud steps is voiced, and the level lies this many spreads below the usual."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Original:
    """A line as it was spoken: its melody, the register of who spoke it, its words in seconds of the melody (none: not
    known)."""

    melody: Melody
    register: Register
    words: tuple[Word, ...] = ()

    @property
    def extent(self) -> tuple[float, float]:
        """From its first sound to its last, seconds."""
        loud = np.flatnonzero(self.melody.loud)
        if self.words:
            return float(self.words[0].span.start), float(self.words[-1].span.end)
        return (float(loud[0]) * STEP, float(loud[-1] + 1) * STEP) if len(loud) else (0.0, 0.0)


def contour(original: Original, text: str, amount: float) -> Contour | None:
    """The performance of ``original`` for ``text``, of which ``amount`` in [0, 1] is to be taken; None where there is
    no melody, or no words to carry it."""
    words = spoken_words(text)
    start, end = original.extent
    if amount <= 0 or not words or not original.melody.has_pitch or end - start < 4 * STEP:
        return None
    first, last = int(start / STEP), int(np.ceil(end / STEP)) + 1
    own, usual = original.melody, original.register
    pitch = (bridged(own.pitch) - usual.pitch) / usual.pitch_spread
    energy = (smooth(own.energy, SMOOTH) - usual.energy) / usual.energy_spread
    anchors, rests = _anchors(original, words, text, start, end)
    cut = [np.clip(smooth(pitch, 0.05), -FURTHEST, FURTHEST), np.clip(energy, -FURTHEST, FURTHEST)]
    told = [one[first:last].astype(np.float32) for one in cut]
    rise = rise_at_end(own, start, end) / usual.pitch_spread if text.rstrip("\"'”’»)] ").endswith("?") else 0.0
    return Contour(told[0], told[1], anchors, rests, float(rise) if rise > RISING else 0.0, amount)


def spoken_words(text: str) -> list[str]:
    """What has a letter or a digit between the spaces of ``text``."""
    return [word for word in text.split() if any(letter.isalnum() for letter in word)]


def pauses(original: Original) -> list[tuple[float, float]]:
    """Silences inside a line, seconds: of its sound, as long as :data:`REST` at least."""
    start, end = original.extent
    energy = original.melody.energy
    inside = np.arange(int(start / STEP), min(len(energy), int(end / STEP) + 1))
    if len(inside) < 3:
        return []
    silent = energy[inside] < np.percentile(energy[inside], 90) - QUIET
    edges = np.flatnonzero(np.diff(np.concatenate([[0], silent.astype(np.int8), [0]]))).reshape(-1, 2)
    found = [(float(inside[0] + a) * STEP, float(inside[0] + b) * STEP) for a, b in edges.tolist()
             if (b - a) * STEP >= REST and a > 0 and b < len(inside)]
    return [(a, b) for a, b in found if b - a <= LONGEST_REST]


def _anchors(original: Original, words: Sequence[str], text: str, start: float,
             end: float) -> tuple[tuple[Anchor, ...], tuple[int, ...]]:
    """Where the new line and the contour meet, in seconds from ``start``, and before which words there are pauses."""
    same = _same_words(original, words)
    silences = pauses(original)
    placed = [(_of_same(same, a, b) if same else _boundary(original, words, a, b), a, b) for a, b in silences]
    anchors = [Anchor(0, False, 0.0)]
    rests: list[int] = []
    for at, a, b in placed:
        if at is not None and at > (rests[-1] if rests else 0):
            rests.append(at)
            anchors += [Anchor(at - 1, True, a - start), Anchor(at, False, b - start)]
    if same:
        known = {(one.word, one.end) for one in anchors}
        anchors += [one for here, word in same for one in _edges_of(here, word, original.words, start)
                    if (one.word, one.end) not in known]
    anchors.append(Anchor(len(words) - 1, True, end - start))
    return _rising(anchors), tuple(rests)


def _edges_of(here: int, word: Word, said: Sequence[Word], start: float) -> tuple[Anchor, Anchor]:
    """Where a word of the new line meets ``word``, one of those ``said``: the line's own edges are known, what lies
    between them is heard :data:`EARLY`."""
    begins = 0.0 if word is said[0] else EARLY[0]
    ends = 0.0 if word is said[-1] else EARLY[1]
    at = float(word.span.start) + begins - start
    return Anchor(here, False, at), Anchor(here, True, max(at, float(word.span.end) + ends - start))


def silence_in(shape: Contour) -> Fraction:
    """The pauses of a contour, as much of them as is taken, seconds."""
    ends = {one.word: one.at for one in shape.anchors if one.end}
    begins = {one.word: one.at for one in shape.anchors if not one.end}
    found = sum(begins[word] - ends[word - 1] for word in shape.rests if word in begins and word - 1 in ends)
    return Fraction(found * shape.amount).limit_denominator(1000)


def _rising(anchors: Sequence[Anchor]) -> tuple[Anchor, ...]:
    """In order of the new line, each later than the one before; the ends stand."""
    last = max(anchors, key=lambda one: (one.word, one.end, one.at))
    kept = [anchors[0]]
    for one in sorted(anchors[1:], key=lambda one: (one.word, one.end)):
        if (one.word, one.end) != (kept[-1].word, kept[-1].end) and kept[-1].at <= one.at <= last.at:
            kept.append(one)
    return (*(one for one in kept if (one.word, one.end) != (last.word, last.end)), last)


def _same_words(original: Original, words: Sequence[str]) -> list[tuple[int, Word]]:
    """(number in the new line, word of the original) where most of both are the same, in order; else nothing."""
    left, right = [plain(word.text) for word in original.words], [plain(word) for word in words]
    blocks = SequenceMatcher(None, left, right, False).get_matching_blocks()
    pairs = [(block.b + i, original.words[block.a + i]) for block in blocks for i in range(block.size)]
    return pairs if len(pairs) >= max(2, SAME * max(len(left), len(right))) else []


def _of_same(same: Sequence[tuple[int, Word]], a: float, b: float) -> int | None:
    """The number of the word that follows the silence from ``a`` to ``b``."""
    middle = (a + b) / 2
    later = [here for here, word in same if float(word.span.start + word.span.end) / 2 > middle]
    before = [here for here, word in same if float(word.span.start + word.span.end) / 2 <= middle]
    return later[0] if later and before and later[0] == before[-1] + 1 else None


def _boundary(original: Original, words: Sequence[str], a: float, b: float) -> int | None:
    """The word of a translation before which the silence falls: about as much is said before it, and there the line may
    be parted."""
    if len(words) < 2:
        return None
    start, end = original.extent
    middle = (a + b) / 2
    if original.words:
        sizes = [len(word.text) for word in original.words]
        share = sum(size for size, word in zip(sizes, original.words, strict=True)
                    if float(word.span.start + word.span.end) / 2 < middle) / max(1, sum(sizes))
    else:
        share = (middle - start) / (end - start)
    reached = np.cumsum([len(word) for word in words]) / sum(map(len, words))
    costs = [abs(float(reached[at - 1]) - share) + break_cost(words, at) / 300 - _signed(words[at - 1])
             for at in range(1, len(words))]
    best = int(np.argmin(costs)) + 1
    return best if abs(float(reached[best - 1]) - share) <= ASTRAY else None


def _signed(word: str) -> float:
    """What a sign behind a word is worth as a place for a pause, in parts of the line."""
    bare = word.rstrip("\"'”’»)]")
    return 0.12 if bare.endswith(STRONG) else 0.08 if bare.endswith(WEAK) else 0.0


def rise_at_end(melody: Melody, start: float, end: float) -> float:
    """By how much log pitch the last of the voice lies above the lowest of the half second before it; 0 where it
    falls."""
    voiced = np.flatnonzero(melody.pitch[int(start / STEP):int(end / STEP) + 1] > 0) + int(start / STEP)
    voiced = voiced[voiced > voiced[-1] - round(0.6 / STEP)] if len(voiced) else voiced
    if len(voiced) < 12:
        return 0.0
    logs = np.log(melody.pitch[voiced].astype(np.float64))
    last = float(np.median(logs[-6:]))
    return max(0.0, last - float(np.percentile(logs[:-6], 10)))


def whispered(original: Original) -> bool:
    """Whether a line has breath and no voice."""
    start, end = original.extent
    inside = slice(int(start / STEP), int(end / STEP) + 1)
    loud = original.melody.loud[inside]
    if loud.sum() < 20:
        return False
    voiced = float((original.melody.pitch[inside][loud] > 0).mean())
    level = float(np.median(smooth(original.melody.energy)[inside][loud]))
    return voiced <= WHISPER[0] and (level - original.register.energy) / original.register.energy_spread <= WHISPER[1]


def likeness(shape: Contour, spoken: Melody, words: Sequence[Word]) -> tuple[float | None, float | None]:
    """How well a take follows the ``shape``, which lies on its ``words``: correlation of pitch where it is voiced, and
    of smooth level; None where that cannot be told."""
    places = [(float(words[one.word].span.end if one.end else words[one.word].span.start), one.at)
              for one in shape.anchors if one.word < len(words)]
    if len(places) < 2 or places[-1][0] - places[0][0] < 0.3:
        return None, None
    here = np.arange(int(places[0][0] / STEP), min(len(spoken.pitch), int(places[-1][0] / STEP)))
    there = np.interp(here * STEP, [take for take, _ in places], [at for _, at in places]) / STEP
    voiced = spoken.pitch[here] > 0
    grid = np.arange(len(shape.pitch))
    pitch = _correlation(np.interp(there, grid, shape.pitch)[voiced],
                         np.log(np.maximum(spoken.pitch[here], 1.0))[voiced]) if voiced.sum() >= 20 else None
    return pitch, _correlation(np.interp(there, grid, shape.energy), smooth(spoken.energy, SMOOTH)[here])


def _correlation(left: NDArray[np.floating], right: NDArray[np.floating]) -> float | None:
    if float(left.std()) < 1e-6 or float(right.std()) < 1e-6:
        return None
    return round(float(np.corrcoef(left, right)[0, 1]), 4)
