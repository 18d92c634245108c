"""Spotting: spoken words become subtitles that can be read.

Each loop is divided by dynamic programming over its words: a subtitle must fit the profile's lines and longest
time; among the divisions that fit, breaks at sentence ends and pauses are cheap, breaks inside a phrase dear,
and so is a subtitle that must be read too fast. Times are then laid on the frame grid: in with the first word,
out half a second after the last, or as much later as reading asks; the next subtitle and the gap set the limit.
What cannot be kept (two fast lines with no room) is not hidden: :mod:`ciak.dubbing.checking` names it. Subtitles that
a person set by hand stand as they are, and the others are spotted around them. Italics, and the notes of what is sung,
are put on line by line as :mod:`ciak.dubbing.voicing` wants them; words that a person set get no notes.

Breaks look at pauses, punctuation and what belongs together (:mod:`ciak.dubbing.phrasing`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from math import lcm
from typing import NamedTuple

from ciak.dubbing.folding import fits, fold
from ciak.dubbing.phrasing import STRONG, WEAK, break_cost, is_abbreviation
from ciak.dubbing.profile import BASIC, Profile
from ciak.dubbing.voicing import PLAIN, Ranges, Voicing, italic_runs, named_by_hand, run_together, upright_label
from ciak.film import HeldSubtitles, Loop, Rate, Span, SubtitleCue, Word, seconds
from ciak.film.holding import standing
from ciak.film.identity import once_each

__all__ = ["Spotted", "paced_words", "spot", "spotted"]

_UNREADABLE = 1e9
_A_PHRASE = 8.0
"""What parts a phrase costs so many times less in a division than in a line break, whose unit is the character."""
_Parts = tuple[tuple[int, int, str], ...]
"""First frame, frame after the speech, and text of each part of a loop."""


def paced_words(text: str, span: Span) -> tuple[Word, ...]:
    """The words of ``text`` laid over ``span`` in proportion to their letters, for text without word times."""
    tokens = text.split()
    total = sum(len(token) + 1 for token in tokens)
    words, at = [], span.start
    for token in tokens:
        end = min(seconds(float(at + span.duration * Fraction(len(token) + 1, total))), span.end)
        words.append(Word(text=token, span=Span(start=at, end=end)))
        at = end
    return tuple(words)


def _break_costs(words: Sequence[Word], language: str) -> list[float]:
    """What it costs to begin a subtitle with each word."""
    texts, costs = [word.text for word in words], [0.0]
    for at, (word, following) in enumerate(pairwise(words), 1):
        cost = 6.0 - min(float(following.span.start - word.span.end), 1.0) * 8
        if word.text.endswith(STRONG) and not is_abbreviation(word.text):
            cost -= 6
        elif word.text.endswith(WEAK):
            cost -= 3
        else:
            cost += break_cost(texts, at, language) / _A_PHRASE
        costs.append(cost)
    return costs


@dataclass(frozen=True, slots=True)
class _Clock:
    """The words' and the profile's times as whole ticks of ``unit`` to a second: as exact as fractions, and quick."""

    unit: int
    starts: Sequence[int]
    ends: Sequence[int]
    shortest: int
    longest: int
    linger: int

    @classmethod
    def of(cls, words: Sequence[Word], profile: Profile) -> _Clock:
        times = [time for word in words for time in (word.span.start, word.span.end)]
        limits = [Fraction(limit) for limit in (profile.shortest, profile.longest, profile.linger)]
        unit = lcm(*{time.denominator for time in (*times, *limits)})
        ticks = [time.numerator * (unit // time.denominator) for time in (*times, *limits)]
        return cls(unit, ticks[0:-3:2], ticks[1:-3:2], *ticks[-3:])


def _cue_cost(text: str, duration: int, clock: _Clock, speed: int, profile: Profile) -> float:
    """What it costs to show ``text``, spoken in ``duration`` ticks, as one subtitle."""
    if duration > clock.longest or not fits(text, profile):
        return _UNREADABLE
    cost = 4.0
    room = max(duration + clock.linger, clock.shortest) / clock.unit
    cost += max(0.0, len(text) / room - speed) * 1.5
    cost += max(0.0, (clock.shortest - duration) / clock.unit) * 4
    return cost


def _split_long(words: Sequence[Word], profile: Profile) -> list[Word]:
    """Words longer than a line cut into pieces, each with its share of the time."""
    out: list[Word] = []
    for word in words:
        text = word.text
        if len(text) <= profile.characters:
            out.append(word)
            continue
        pieces = [text[i:i + profile.characters] for i in range(0, len(text), profile.characters)]
        step = seconds(float(word.span.duration / len(pieces)) - 5e-6)
        out += [Word(text=piece, span=Span(start=word.span.start + step * i, end=word.span.start + step * (i + 1)))
                for i, piece in enumerate(pieces)]
    return out


def _divide(words: Sequence[Word], language: str, profile: Profile) -> list[Sequence[Word]]:
    """The cheapest division of one loop's words into subtitles."""
    count = len(words)
    clock, texts = _Clock.of(words, profile), [word.text for word in words]
    breaks, speed = _break_costs(words, language), profile.speed(language)
    cost = [0.0] + [float("inf")] * count
    back = [0] * (count + 1)
    for end in range(1, count + 1):
        letters = 0
        for start in range(end - 1, -1, -1):
            letters += len(texts[start]) + 1
            if letters > profile.lines * (profile.characters + 1) and start < end - 1:
                break
            total = cost[start] + breaks[start]
            total += _cue_cost(" ".join(texts[start:end]), clock.ends[end - 1] - clock.starts[start], clock, speed,
                               profile)
            if total < cost[end]:
                cost[end], back[end] = total, start
    parts: list[Sequence[Word]] = []
    end = count
    while end:
        parts.append(words[back[end]:end])
        end = back[end]
    return parts[::-1]


@dataclass(frozen=True, slots=True)
class _Draft:
    start: int
    speech_end: int
    text: str
    loop: str
    speaker: str
    """Empty once two people share the screen: their lines are then divided already."""
    held: bool = False
    """Set by a person: from ``start`` to ``speech_end``, its lines as they are."""
    italics: Ranges = ()
    """Of the text."""

    def lines(self, profile: Profile, language: str) -> tuple[str, ...] | None:
        """The text as lines; None when it does not fit."""
        if self.held:
            return tuple(self.text.split("\n"))
        if self.speaker:
            return fold(self.text, profile, language)
        parts = tuple(self.text.split("\n"))
        return parts if len(parts) <= profile.lines and max(map(len, parts)) <= profile.characters else None


class Spotted(NamedTuple):
    """A subtitle on the frame grid: its first frame and the frame after it, its lines, the ids of its loops; ``held``:
    a person set it; ``italics``: of its lines joined by line feeds."""

    first: int
    end: int
    lines: tuple[str, ...]
    loops: tuple[str, ...]
    held: bool = False
    italics: Ranges = ()


def spot(loops: Sequence[Loop], rate: Rate, language: str, profile: Profile = BASIC,
         *, limit: Fraction | None = None, voices: Voicing = PLAIN) -> tuple[SubtitleCue, ...]:
    """Subtitles for ``loops`` in order. Loops without word times are paced by their letters.

    ``limit``: length of the film, seconds; no subtitle stays beyond it. ``voices``: which are in italics.
    """
    return tuple(SubtitleCue(span=Span(start=rate.time(one.first), end=rate.time(one.end)), lines=one.lines,
                             id=str(number), loops=one.loops, held=one.held, runs=italic_runs(one.italics))
                 for number, one in enumerate(spotted(loops, rate, language, profile, limit=limit, voices=voices), 1))


def spotted(loops: Sequence[Loop], rate: Rate, language: str, profile: Profile = BASIC,
            *, limit: Fraction | None = None, voices: Voicing = PLAIN) -> tuple[Spotted, ...]:
    """What :func:`spot` finds, by frames; asked again after an edit, only the loops that changed are divided anew."""
    divided, held = _divider(rate, language, profile), standing(loops)
    noted = divided if voices.narrow is None else _divider(rate, language, voices.narrow)
    drafts = [_drafted(loop, part, voices)
              for loop in sorted(loops, key=lambda item: (float(item.span.start), item.span.start))
              if loop.id not in held for part in (noted if loop.id in voices.noted else divided)(loop)]
    drafts = _among(drafts, [draft for name, one in held.items() for draft in _by_hand(name, one, rate, voices)])
    return _lay(_merge_short(drafts, rate, language, profile), rate, language, profile, limit)


def _drafted(loop: Loop, part: tuple[int, int, str], voices: Voicing) -> _Draft:
    """A part of a loop as its voice wants it."""
    start, end, text = part
    if loop.id in voices.noted:
        text = f"{voices.sign} {text} {voices.sign}"
    italics = ((upright_label(text), len(text)),) if loop.id in voices.italic else ()
    return _Draft(start, end, text, loop.id, loop.character, italics=italics)


def _by_hand(name: str, held: HeldSubtitles, rate: Rate, voices: Voicing) -> list[_Draft]:
    """The subtitles that a person set for a loop."""
    drafts = []
    names = (name, *held.shared)
    for one in held.shown:
        start = rate.nearest_frame(one.span.start)
        end = max(start + 1, rate.nearest_frame(one.span.end))
        drafts.append(_Draft(start, end, "\n".join(one.lines), " ".join(names), "", held=True,
                             italics=named_by_hand(one.lines, names, voices)))
    return drafts


def _among(drafts: list[_Draft], held: list[_Draft]) -> list[_Draft]:
    """``held`` put among ``drafts``, whose order stays: each before the first that begins later."""
    waiting = sorted(held, key=lambda draft: (draft.start, draft.speech_end), reverse=True)
    out: list[_Draft] = []
    for draft in drafts if waiting else ():
        while waiting and waiting[-1].start < draft.start:
            out.append(waiting.pop())
        out.append(draft)
    return [*out, *reversed(waiting)] if held else drafts


@lru_cache(maxsize=4)
def _divider(rate: Rate, language: str, profile: Profile) -> Callable[[Loop], _Parts]:
    """What divides loops by these terms, and remembers those that it divided lately."""
    return once_each(4096, lambda loop: _parts(loop, rate, language, profile))


def _parts(loop: Loop, rate: Rate, language: str, profile: Profile) -> _Parts:
    """One loop as subtitles."""
    words = list(loop.words) or list(paced_words(loop.text, loop.span))
    found = []
    for part in _divide(_split_long(words, profile), language, profile):
        start = rate.nearest_frame(part[0].span.start)
        end = max(rate.nearest_frame(part[-1].span.end), start + 1)
        found.append((start, end, " ".join(word.text for word in part)))
    return tuple(found)


def _room(draft: _Draft, following: _Draft | None, profile: Profile) -> int | None:
    return None if following is None else following.start - profile.gap_frames - draft.start


def _merge_short(drafts: list[_Draft], rate: Rate, language: str, profile: Profile) -> list[_Draft]:
    """Join a subtitle that has no room to be read with its neighbour, where both fit on one screen."""
    shortest, speed = _ceil(profile.shortest * rate.fps), profile.speed(language)
    longest = int(profile.longest * rate.fps)
    out: list[_Draft] = []
    for index, draft in enumerate(drafts):
        following = drafts[index + 1] if index + 1 < len(drafts) else None
        if out and not draft.held and not out[-1].held:
            before = out[-1]
            room = _room(before, draft, profile)
            mine = _room(draft, following, profile)
            cramped = room is not None and room < max(shortest, _reading(before.text, speed, rate) * 2 // 3)
            squeezed = mine is not None and mine < shortest
            if (cramped or squeezed) and draft.speech_end - before.start <= longest:
                both = _join(before, draft)
                if both.lines(profile, language):
                    out[-1] = both
                    continue
        out.append(draft)
    return out


def _ids(first: _Draft, second: _Draft) -> str:
    known = first.loop.split(" ")
    return first.loop if second.loop in known else f"{first.loop} {second.loop}"


def _join(first: _Draft, second: _Draft) -> _Draft:
    """Two drafts on one screen; two people get a line each, with a dash."""
    same = first.speaker == second.speaker
    if same:
        text, italics = run_together(first.text, second.text, first.italics, second.italics)
    else:
        text, by = f"- {first.text}\n- {second.text}", len(first.text) + 5
        italics = (*((start + 2, end + 2) for start, end in first.italics),
                   *((start + by, end + by) for start, end in second.italics))
    return _Draft(first.start, max(first.speech_end, second.speech_end), text, _ids(first, second),
                  first.speaker if same else "", italics=italics)


def _reading(text: str, speed: int, rate: Rate) -> int:
    return -(-len(text) * rate.fps.numerator // (speed * rate.fps.denominator))


def _ceil(value: Fraction) -> int:
    return int(-((-value) // 1))


def _lay(drafts: list[_Draft], rate: Rate, language: str, profile: Profile,
         limit: Fraction | None) -> tuple[Spotted, ...]:
    """Put drafts on the frame grid: long enough to read, inside the gap, small gaps closed."""
    shortest, longest = _ceil(profile.shortest * rate.fps), int(profile.longest * rate.fps)
    linger, speed = int(profile.linger * rate.fps), profile.speed(language)
    last_frame = rate.frame(limit) if limit is not None else None
    cues: list[Spotted] = []
    floor = 0
    for index, draft in enumerate(drafts):
        following = drafts[index + 1] if index + 1 < len(drafts) else None
        if draft.held:
            lines = draft.lines(profile, language) or ()
            cues.append(Spotted(draft.start, draft.speech_end, lines, tuple(draft.loop.split(" ")), held=True,
                                italics=draft.italics))
            floor = max(floor, draft.speech_end + profile.gap_frames)
            continue
        ceiling = min((value for value in (
            following.start - profile.gap_frames if following else None, last_frame) if value is not None),
            default=None)
        start = max(draft.start, floor)
        wanted = max(draft.speech_end + linger, start + max(shortest, _reading(draft.text, speed, rate)))
        end = min(wanted, start + longest)
        if ceiling is not None:
            if end > ceiling:
                short_of = min(shortest - (ceiling - start), start - floor)
                start -= max(0, short_of)
                end = ceiling
            elif following and following.start - end <= profile.chain_frames(rate) and ceiling - start <= longest:
                end = ceiling
        end = max(end, start + 1)
        lines = draft.lines(profile, language) or (draft.text,)
        cues.append(Spotted(start, end, lines, tuple(draft.loop.split(" ")), italics=draft.italics))
        floor = end + profile.gap_frames
    return tuple(cues)
