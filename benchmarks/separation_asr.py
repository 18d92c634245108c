"""F3: does separating the dialogue first help the recogniser? Clean clips, and the same clips over a bed.

All clips of F1. A bed (Sintel's music, Tears of Steel's effects, murmured voices: in turn, from a place drawn
with a fixed seed) lies 5 dB or 0 dB, in turn, under the speech, both as mean power over the clip. Each clip is
heard six times, clean and mixed: as it is, as the journey listens to it after separation (``listening.clearest``),
and the dialogue alone. The target is on the second; all differences of pooled word errors have paired intervals.
Until November 2026 only the first and the last were heard: the dialogue alone was worse than the sound as it is,
by .026 clean and by .056 mixed, and the journey listened to it. Its way of listening was then chosen on prompts
and beds that are not among these.
"""

from __future__ import annotations

import random
import sys

import numpy as np

from clips import Clip, Sound, decode, fleurs, prompts
from figures import Counts, Figure, bootstrap, material, paired_bootstrap, parser, pooled, record, word_errors
from hearing import Ear, divided

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
    from ciak.dubbing.listening import clearest

    ear, separator = Ear(), registry.resolve("separator", Settings.from_environment())
    rng, grounds = random.Random(20260101), beds()
    clips: list[Clip] = [*fleurs(), *prompts("en"), *prompts("it")][:few]
    arms = ("as it is", "as listened to", "dialogue alone")
    heard: dict[tuple[str, str], list[Counts]] = {(kind, arm): [] for kind in ("clean", "mixed") for arm in arms}
    for i, clip in enumerate(clips):
        speech = decode(clip.path, RATE, 2)
        for kind, sound in (("clean", speech),
                            ("mixed", mixed(speech, grounds[i % 3], LEVELS[i // 3 % len(LEVELS)], rng))):
            voice, bed = divided(sound, RATE, separator)
            for arm, samples, at in zip(arms, (sound, clearest(voice, bed).samples, voice.samples),
                                        (RATE, voice.rate, voice.rate), strict=True):
                text = ear.hear(samples, at, clip.language)
                heard[kind, arm].append(word_errors(clip.text, text, clip.language))
    figures = [Figure("F3", f"word error, {kind}, {arm}", pooled(counts), interval=bootstrap(counts),
                      details={"clips": len(counts)}) for (kind, arm), counts in heard.items()]
    for kind in ("clean", "mixed"):
        for arm in arms[1:]:
            before, after = heard[kind, "as it is"], heard[kind, arm]
            change = pooled(after) - pooled(before)
            target, met = ("reported", None) if arm == "dialogue alone" else (
                ("<= +0.01", change <= 0.01) if kind == "clean" else ("< 0", change < 0))
            figures.append(Figure("F3", f"change by separation, {kind}, {arm}", change, target, met,
                                  paired_bootstrap(before, after)))
    return record("separation_asr", figures, judge={"levels_db": LEVELS, "beds": BEDS}, keep=few is None)


if __name__ == "__main__":
    sys.exit(main())
