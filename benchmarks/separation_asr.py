"""F3: does separating the dialogue first help the recogniser? Clean clips, and the same clips over a bed.

All clips of F1. A bed (Sintel's music, Tears of Steel's effects, murmured voices: in turn, from a place drawn
with a fixed seed) lies 5 dB or 0 dB, in turn, under the speech, both as mean power over the clip. Each clip is
heard four times: clean and mixed, as it is and after separation; the difference of the pooled word errors has a
paired interval.
"""

from __future__ import annotations

import random
import sys

import numpy as np

from clips import Clip, Sound, decode, fleurs, prompts
from figures import Counts, Figure, bootstrap, material, paired_bootstrap, parser, pooled, record, word_errors
from hearing import Ear, separate

RATE = 44100
LEVELS = (5.0, 0.0)
BEDS = {"music": ("sintel/trailer.mp4", 26.0, 35.0), "effects": ("tears-of-steel/battle.webm", 0.0, 70.0),
        "ambience": ("ambience/voices-around-a-fire.mp3", 0.0, 30.0)}
"""File and the stretch of it, seconds, without dialogue of its own."""


def beds() -> list[Sound]:
    """The three beds, stereo at 44.1 kHz."""
    found = []
    for name, start, end in BEDS.values():
        sound = decode(material() / "media" / name, RATE, 2)
        found.append(sound[int(start * RATE):int(end * RATE)])
    return found


def mixed(speech: Sound, bed: Sound, level: float, rng: random.Random) -> Sound:
    """``speech`` (frames, 2) over ``bed``, looped from a drawn place, ``level`` dB below it; peak at most 1."""
    place = rng.randrange(len(bed))
    rolled = np.resize(np.roll(bed, -place, axis=0), speech.shape)
    power = [float((part.astype(np.float64) ** 2).mean()) + 1e-12 for part in (speech, rolled)]
    total = speech + rolled * np.float32(np.sqrt(power[0] / power[1] / 10 ** (level / 10)))
    return total / max(1.0, float(np.abs(total).max()))


def main() -> int:
    few = parser(__doc__).parse_args().few or None
    from ciak.backends import registry
    from ciak.config import Settings

    ear, separator = Ear(), registry.resolve("separator", Settings.from_environment())
    rng, grounds = random.Random(20260101), beds()
    clips: list[Clip] = [*fleurs(), *prompts("en"), *prompts("it")][:few]
    heard: dict[str, list[Counts]] = {arm: [] for arm in ("clean", "clean separated", "mixed", "mixed separated")}
    for i, clip in enumerate(clips):
        speech = decode(clip.path, RATE, 2)
        for kind, sound in (("clean", speech),
                            ("mixed", mixed(speech, grounds[i % 3], LEVELS[i // 3 % len(LEVELS)], rng))):
            alone, rate = separate(sound, RATE, separator)
            for arm, samples, at in ((kind, sound, RATE), (f"{kind} separated", alone, rate)):
                text = ear.hear(samples, at, clip.language)
                heard[arm].append(word_errors(clip.text, text, clip.language))
    figures = [Figure("F3", f"word error, {arm}", pooled(counts), interval=bootstrap(counts),
                      details={"clips": len(counts)}) for arm, counts in heard.items()]
    for kind, target in (("clean", 0.01), ("mixed", 0.0)):
        before, after = heard[kind], heard[f"{kind} separated"]
        change = pooled(after) - pooled(before)
        met = change <= target if kind == "clean" else change < 0
        figures.append(Figure("F3", f"change by separation, {kind}", change,
                              "<= +0.01" if kind == "clean" else "< 0", met, paired_bootstrap(before, after)))
    return record("separation_asr", figures, judge={"levels_db": LEVELS, "beds": BEDS}, keep=few is None)


if __name__ == "__main__":
    sys.exit(main())
