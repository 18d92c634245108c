"""F4 of dubbing: how much nearer to the actor a matched voice comes than the stock voice that the actor would get.

For each real speaker there are two stretches of speech: A, which is given to the matcher, and B, which is not. The
held-out embedding (``second_voice.py``, which Ciak does not use) compares with B

    stock   the voice that the product casts for A's likely sex, speaking the fixed lines,
    match   the matched voice, speaking the same lines,
    same    A itself: the same person in another stretch;

the share closed is (match - stock) / (same - stock). The figure is its median over speakers, with the percentile
interval of 1,000 resamples of speakers. Speakers whose own stretches are not nearer than the stock voice by ``GAP`` say
nothing and are counted. Reported beside it: the same share per source; with ``--nearest`` the share against the voice
of the language that this judge itself finds nearest to B (which no product can know); and how far the product's own
ear, by which the match is made, thinks that it got. The lines (every ``EVERY``-th of ``data/spoken.*.txt``) are heard
back by the recogniser.

Speakers: persons of FLEURS (``conversations.PEOPLE``), Debian's Asterisk prompts (one person a language), and those of
two Night clips with ``ENOUGH`` of labelled turns (``data/night_turns.tsv``), as they are in the film, noise included.
Lines are in Italian, or in English for the Italian speaker and for every second one of the German, Spanish and French.

Halves: a speaker belongs to the kept half when the first byte of the SHA-256 of the name is even. Development was done
on the others (``--development``, nothing is recorded); the figures are of the kept half.
"""

from __future__ import annotations

import hashlib
import json
import random
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from clips import Sound, decode, fleurs, night, prompts, read_lines
from conversations import PEOPLE
from figures import RESAMPLES, SEED, Counts, Figure, bootstrap, parser, pooled, record, word_errors
from hearing import Ear, resample
from second_voice import SETTINGS, embedding, likeness, trimmed

RATE = 16000
EVERY, FEW = 9, 15
"""Lines that are spoken: one in so many; for the search of the nearest voice."""
MOST, ENOUGH = 16.0, 10.0
"""Seconds of A at most; of labelled turns that a speaker of the film needs."""
GAP = 0.02
TARGET, WORD_ERROR = 0.20, 0.12


@dataclass(frozen=True)
class Speaker:
    """A real person. ``given``: A, ``held``: B, mono at 16 kHz; ``target``: the language that is spoken for them."""

    name: str
    source: str
    language: str
    given: Sound
    held: Sound

    @property
    def kept(self) -> bool:
        """Whether the speaker belongs to the kept half."""
        return hashlib.sha256(self.name.encode()).digest()[0] % 2 == 0

    @property
    def target(self) -> str:
        """Into which language they are dubbed."""
        odd = hashlib.sha256(self.name.encode()).digest()[1] % 2 == 1
        return "en" if self.language == "it" or (self.language != "en" and odd) else "it"


def speakers() -> list[Speaker]:
    """Everybody there is."""
    found = []
    clips = {clip.name: clip for clip in fleurs()}
    for language, people in PEOPLE.items():
        found += [_speaker(f"fleurs-{names[0]}", "FLEURS", language, [decode(clips[name].path, RATE)[:, 0]
                                                                       for name in names])
                  for names in people if names != ("prompts",)]
    for language in ("en", "it", "es", "fr"):
        if spoken := prompts(language):
            found.append(_speaker(f"prompts-{language}", "Asterisk", language,
                                  [decode(clip.path, RATE)[:, 0] for clip in spoken[:8]]))
    return [*found, *_on_film()]


def _on_film() -> list[Speaker]:
    sounds = {path.stem: decode(path, RATE)[:, 0] for path in night()}
    turns: dict[str, list[Sound]] = {}
    for line in read_lines(Path(__file__).parent / "data" / "night_turns.tsv"):
        clip, start, end, who = line.split("\t")[:4]
        turns.setdefault(who, []).append(sounds[clip][round(float(start) * RATE):round(float(end) * RATE)])
    return [_speaker(f"night-{who}", "Night", "en", parts) for who, parts in turns.items()
            if sum(map(len, parts)) >= ENOUGH * RATE]


def _speaker(name: str, source: str, language: str, parts: Sequence[Sound]) -> Speaker:
    """A is the first half, at most ``MOST`` seconds of it, B the second; whole parts where there are several."""
    if len(parts) == 1:
        whole = trimmed(parts[0])
        one, other = whole[:len(whole) // 2], whole[len(whole) // 2:]
    else:
        half = max(1, len(parts) // 2)
        one, other = np.concatenate(parts[:half]), np.concatenate(parts[half:])
    return Speaker(name, source, language, one[:round(MOST * RATE)], other[:round(2 * MOST * RATE)])


class Judge:
    """The product's voice and matcher, the recogniser, and the held-out embedding."""

    def __init__(self, seek_nearest: bool = False) -> None:
        self.seek_nearest = seek_nearest
        from ciak.backends import registry
        from ciak.config import Settings

        self.settings = Settings.from_environment()
        self.voice: Any = registry.resolve("voice", self.settings)
        self.embedder: Any = registry.resolve("embedder", self.settings)
        self.ear = Ear()
        self._nearest: dict[str, dict[str, Any]] = {}
        self._banks: dict[str, Any] = {}
        self._plain: dict[tuple[str, str], tuple[Any, list[Counts]]] = {}

    def lines(self, language: str) -> list[str]:
        """The fixed lines."""
        return read_lines(Path(__file__).parent / "data" / f"spoken.{language}.txt")

    def speak(self, voice: str, language: str, lines: Sequence[str]) -> list[Sound]:
        """The lines at 16 kHz, as a take has them before the mix."""
        from ciak.backends.protocols import Delivery

        made = [self.voice.speak(line, Delivery(voice, language)).signal for line in lines]
        return [resample(one.samples[:, 0], one.rate, RATE) for one in made]

    def cast(self, speaker: Speaker) -> str:
        """The stock voice that the product gives."""
        from ciak.dubbing.pitch import guess_sex, median_pitch
        from ciak.dubbing.speakers import assign_voices
        from ciak.film import Cast, CastMember, Loop, Signal, Span

        sex = guess_sex(median_pitch(Signal.mono(speaker.given, RATE)))
        line = Loop(id="L1", character="S1", span=Span.of(Fraction(0), Fraction(1)), text="x")
        cast = assign_voices(Cast(members=(CastMember(id="S1", name="S1", sex=sex),)), [line], self.voice,
                             speaker.target)
        return cast.members[0].voices[speaker.target]

    def bank(self, language: str) -> Any:
        """What the product hears once in a film, whoever is matched: its voices."""
        from ciak.dubbing.likening import bank_of

        if language not in self._banks:
            self._banks[language] = bank_of(self.voice, language)
        return self._banks[language]

    def nearest(self, speaker: Speaker, held: Any) -> float:
        """The likeness to B of the nearest stock voice of the language."""
        if speaker.target not in self._nearest:
            lines = self.lines(speaker.target)[::FEW]
            self._nearest[speaker.target] = {
                one.id: embedding(np.concatenate(self.speak(one.id, speaker.target, lines)))
                for one in self.voice.stock() if one.language == speaker.target and not one.likeness}
        return max(likeness(one, held) for one in self._nearest[speaker.target].values())

    def said(self, voice: str, language: str, lines: Sequence[str]) -> tuple[Any, list[Counts]]:
        """How a voice says the lines: the held-out embedding of all, and the word errors of each heard back."""
        sounds = self.speak(voice, language, lines)
        return embedding(np.concatenate(sounds)), [
            word_errors(line, self.ear.hear(sound, RATE, language), language)
            for line, sound in zip(lines, sounds, strict=True)]

    def measure(self, speaker: Speaker) -> dict[str, Any]:
        """A row for one speaker."""
        from ciak.backends.protocols import Stock
        from ciak.dubbing.likening import liken
        from ciak.film import Sex, Signal

        lines = self.lines(speaker.target)[::EVERY]
        held, stock = embedding(speaker.held), self.cast(speaker)
        nearest = self.nearest(speaker, held) if self.seek_nearest else None
        began = time.monotonic()
        found = liken(Signal.mono(speaker.given, RATE), speaker.target, self.voice, self.embedder,
                      bank=self.bank(speaker.target), seed=SEED)
        took = time.monotonic() - began
        self.voice.learn(Stock(speaker.name, speaker.target, Sex.UNKNOWN, likeness=speaker.name), found.recipe)
        if (stock, speaker.target) not in self._plain:
            self._plain[stock, speaker.target] = self.said(stock, speaker.target, lines)
        plain, matched = self._plain[stock, speaker.target], self.said(speaker.name, speaker.target, lines)
        same = likeness(embedding(speaker.given), held)
        before, after = (likeness(one, held) for one, _ in (plain, matched))
        return {"speaker": speaker.name, "source": speaker.source, "target": speaker.target, "stock": before,
                "match": after, "same": same, "nearest": nearest, "voice": stock, "seconds": round(took, 1),
                "share": (after - before) / (same - before) if same - before >= GAP else None,
                "over nearest": (after - nearest) / (same - nearest)
                if nearest is not None and same - nearest >= GAP else None,
                "own ear": [found.before, found.after], "errors stock": plain[1], "errors": matched[1]}


def _median_interval(values: Sequence[float]) -> tuple[float, float]:
    rng = random.Random(SEED)
    found = sorted(statistics.median(rng.choices(values, k=len(values))) for _ in range(RESAMPLES))
    return found[round(.025 * (RESAMPLES - 1))], found[round(.975 * (RESAMPLES - 1))]


def figures(rows: Sequence[dict[str, Any]]) -> list[Figure]:
    """Of all rows."""
    told = [{key: [(one.errors, one.words) for one in value] if value and isinstance(value, list)
             and isinstance(value[0], Counts) else value for key, value in row.items()} for row in rows]
    out = []
    for source in ("", *dict.fromkeys(row["source"] for row in rows)):
        shares = [row["share"] for row in rows if row["share"] is not None and source in ("", row["source"])]
        if not shares:
            continue
        value, span = statistics.median(shares), _median_interval(shares)
        if source:
            out.append(Figure("dubbing F4", f"share of the gap closed, {source}", value, interval=span,
                              details={"speakers": len(shares)}))
        else:
            out.append(Figure("dubbing F4", "share of the gap from stock voice to same speaker closed, median", value,
                              f">= {TARGET}", value >= TARGET, span, {"speakers": len(shares), "of": len(rows),
                                                                      "rows": told}))
    over = [row["over nearest"] for row in rows if row["over nearest"] is not None]
    if over:
        out.append(Figure("dubbing F4", "the same from the stock voice that the judge finds nearest, median",
                          statistics.median(over), interval=_median_interval(over)))
    out += [Figure("dubbing F4", f"likeness by the held-out embedding, {what}", statistics.median(
        row[key] for row in rows)) for key, what in (("stock", "stock voice"), ("match", "matched voice"),
                                                     ("same", "the same person"))]
    before, after = ([one for row in rows for one in row[key]] for key in ("errors stock", "errors"))
    rate = pooled(after)
    return [*out, Figure("dubbing F4", "round-trip word error of the matched voices", rate, f"<= {WORD_ERROR}",
                         rate <= WORD_ERROR, bootstrap(after)),
            Figure("dubbing F4", "round-trip word error of the stock voices, same lines", pooled(before),
                   interval=bootstrap(before))]


def main() -> int:
    options = parser(__doc__)
    options.add_argument("--development", action="store_true", help="the other half; nothing is recorded")
    options.add_argument("--nearest", action="store_true", help="from the nearest stock voice too (slow)")
    asked = options.parse_args()
    judge = Judge(asked.nearest)
    people = [one for one in speakers() if one.kept != asked.development]
    rows = []
    for one in people[:asked.few or None]:
        rows.append(judge.measure(one))
        print(json.dumps({key: value for key, value in rows[-1].items() if not key.startswith("errors")}),
              f"word error {pooled(rows[-1]['errors']):.3f}", file=sys.stderr, flush=True)
    frozen = {**SETTINGS, "lines_every": EVERY, "most_s": MOST, "enough_s": ENOUGH, "gap": GAP}
    return record("voice_match", figures(rows), judge=frozen, keep=not asked.few and not asked.development)


if __name__ == "__main__":
    sys.exit(main())
