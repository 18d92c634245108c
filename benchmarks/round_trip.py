"""F5: can the spoken lines be understood? Each line is spoken unhurried and heard by the embedded recogniser.

The lines (``data/spoken.*.txt``) are fixed. Every Italian voice speaks every Italian line; the many English
voices share the English lines, each eight of them in turn, so that each voice and each line is heard. The
target is on the pooled word error of a language; the worst voices are named.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from clips import read_lines
from figures import Counts, Figure, bootstrap, parser, pooled, record, word_errors
from hearing import Ear

TARGETS = {"it": 0.12, "en": 0.10}
EACH = 8
"""Lines of an English voice."""


def plan(language: str, voices: list[str], lines: list[str]) -> list[tuple[str, str]]:
    """(voice, line) pairs: all by all for few voices, else eight lines each, in rotation."""
    if len(voices) <= 4:
        return [(voice, line) for voice in voices for line in lines]
    return [(voice, lines[(i * EACH + k) % len(lines)]) for i, voice in enumerate(voices) for k in range(EACH)]


def main() -> int:
    few = parser(__doc__).parse_args().few or None
    from ciak.backends import registry
    from ciak.backends.protocols import Delivery
    from ciak.config import Settings

    voice: Any = registry.resolve("voice", Settings.from_environment())
    ear = Ear()
    figures = []
    for language, target in TARGETS.items():
        lines = read_lines(Path(__file__).parent / "data" / f"spoken.{language}.txt")
        voices = sorted(one.id for one in voice.stock() if one.language.split("-")[0] == language)
        results: dict[str, list[Counts]] = {one: [] for one in voices}
        for one, line in plan(language, voices, lines)[:few]:
            spoken = voice.speak(line, Delivery(one, language)).signal
            heard = ear.hear(spoken.samples, spoken.rate, language)
            results[one].append(word_errors(line, heard, language))
        counts = [count for of_voice in results.values() for count in of_voice]
        rate = pooled(counts)
        by_voice = {one: pooled(of_voice) for one, of_voice in results.items() if of_voice}
        worst = sorted(by_voice, key=lambda one: -by_voice[one])[:3]
        figures.append(Figure("F5", f"round-trip word error, {language}", rate, f"<= {target:.2f}", rate <= target,
                              bootstrap(counts), {"takes": len(counts), "voices": by_voice, "worst": worst}))
    return record("round_trip", figures, keep=few is None)


if __name__ == "__main__":
    sys.exit(main())
