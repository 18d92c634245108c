"""Conversations whose turns are known, for judging who is told to speak: they are made of clips of one voice each.

A person is one or several FLEURS clips, or Debian's English prompts (one voice); clips of one language whose second
embeddings have a cosine of .82 and more are one person, people nearer than .79 are never in one conversation
(``PEOPLE`` was written down from that, once). A clip is cut at its quietest moments into turns of 1.5 to 5.5 s, which
are no sentences; turns alternate at random with pauses of .25 to .9 s, every seventh change overlaps by .4 to .8 s, and
every voice is brought to its own level within 3 dB. Where somebody speaks inside a turn is told by the second detector
on that turn alone.
"""

from __future__ import annotations

import json
import random
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from clips import Sound, decode, fleurs, prompts, write_wav
from figures import SEED, cache
from hearing import speech

__all__ = ["CONVERSATIONS", "RATE", "Conversation", "Turn", "conversation"]

RATE = 16000
PEOPLE = {
    "en": (("en-0",), ("en-1",), ("en-2", "en-3", "en-4"), ("prompts",)),
    "de": (("de-0",), ("de-1",), ("de-2",), ("de-3",)),
    "es": (("es-0", "es-2"), ("es-3", "es-4")),
    "fr": (("fr-0",), ("fr-1",), ("fr-2",), ("fr-3", "fr-4")),
}
CONVERSATIONS = tuple((language, who) for language, who in (
    ("en", (0, 2)), ("en", (1, 3)), ("en", (0, 1, 3)), ("en", (0, 2, 3)), ("en", (0, 1, 2, 3)),
    ("de", (0, 1)), ("de", (0, 2, 3)), ("de", (0, 1, 2, 3)), ("es", (0, 1)),
    ("fr", (0, 2)), ("fr", (1, 2, 3)), ("fr", (0, 1, 2, 3))))
SHORTEST, LONGEST = 1.5, 4.0
HUSH = 640
"""Samples over which a moment is quiet."""
PAUSES, OVERLAPS, EVERY = (0.25, 0.9), (0.4, 0.8), 7
PROMPTS = 5


@dataclass(frozen=True)
class Turn:
    """Somebody speaks from ``start`` to ``end``, seconds."""

    start: float
    end: float
    who: str


@dataclass(frozen=True)
class Conversation:
    """``path``: 16 kHz mono WAV; ``turns``: where each person truly speaks."""

    name: str
    language: str
    path: Path
    turns: tuple[Turn, ...]


def conversation(number: int) -> Conversation:
    """The conversation of that number of ``CONVERSATIONS``, built once."""
    language, who = CONVERSATIONS[number]
    name = f"{number:02}-{language}-{len(who)}"
    folder = cache() / "conversations"
    path, told = folder / f"{name}.wav", folder / f"{name}.json"
    if not told.is_file():
        sound, turns = _made(language, who, random.Random(SEED + number))
        write_wav(path, sound, RATE)
        told.write_text(json.dumps([[turn.start, turn.end, turn.who] for turn in turns]), encoding="utf-8")
    turns = [Turn(*turn) for turn in json.loads(told.read_text(encoding="utf-8"))]
    return Conversation(name, language, path, tuple(turns))


def _made(language: str, who: tuple[int, ...], chance: random.Random) -> tuple[Sound, list[Turn]]:
    waiting = {f"P{person}": _pieces(language, person, 10 ** (chance.uniform(-3, 3) / 20)) for person in who}
    out = np.zeros(0, np.float32)
    turns: list[Turn] = []
    last = ""
    count = 0
    while any(waiting.values()):
        others = [name for name, pieces in waiting.items() if pieces and name != last] or [last]
        if last in others and turns:
            break  # one person alone is left: the conversation is over
        last = chance.choice(others)
        piece = waiting[last].pop(0)
        count += 1
        gap = -chance.uniform(*OVERLAPS) if count % EVERY == 0 else chance.uniform(*PAUSES)
        at = max(0, len(out) + round(gap * RATE))
        out = np.pad(out, (0, max(0, at + len(piece) - len(out))))
        out[at:at + len(piece)] += piece
        turns += [Turn(at / RATE + start, at / RATE + end, last) for start, end in speech(piece)]
    return np.pad(out, (0, RATE // 2)), sorted(turns, key=lambda turn: turn.start)


def _pieces(language: str, person: int, gain: float) -> list[Sound]:
    """A person's clips cut at their pauses, at one level."""
    names = PEOPLE[language][person]
    if names == ("prompts",):
        clips = [clip.path for clip in prompts(language)[:PROMPTS]]
    else:
        clips = [clip.path for clip in fleurs() if clip.name in names]
    if not clips:
        sys.exit("Debian's English prompts cannot be fetched here")
    return [part for path in clips for part in _cut(_levelled(decode(path, RATE)[:, 0], gain))]


def _levelled(sound: Sound, gain: float) -> Sound:
    frames = sound[:len(sound) // 320 * 320].reshape(-1, 320)
    loud = np.sort((frames.astype(np.float64) ** 2).mean(axis=1))[len(frames) // 2:].mean()
    return np.asarray(sound * np.float32(0.07 * gain / np.sqrt(max(loud, 1e-12))), np.float32)


def _cut(sound: Sound) -> list[Sound]:
    """Pieces of ``SHORTEST`` to ``LONGEST`` seconds, each to the quietest moment there; the last takes the rest."""
    spans = speech(sound)
    first, last = round(max(0.0, spans[0][0] - .05) * RATE), min(len(sound), round((spans[-1][1] + .05) * RATE))
    pieces = []
    while last - first > (SHORTEST + LONGEST) * RATE:
        low = first + round(SHORTEST * RATE)
        frames = sound[low:low + round((LONGEST - SHORTEST) * RATE) // HUSH * HUSH]
        power = (frames.reshape(-1, HUSH).astype(np.float64) ** 2).mean(axis=1)
        end = low + int(power.argmin()) * HUSH + HUSH // 2
        pieces.append(sound[first:end])
        first = end
    return [*pieces, sound[first:last]]
