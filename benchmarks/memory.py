"""F10, second half: does memory grow with the film? Fakes over half an hour and over two hours.

A made-up film in the fakes' own world (two hums, tones for words, a line every five seconds) over a small drawn
picture is dubbed at both lengths. Slope: difference of the peaks over the difference of the lengths, MB a minute of
film. Reported beside it: the peak, and the least-squares slope over the wall-clock minutes of the long run.
"""

from __future__ import annotations

import shutil
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from clips import Sound, film_of
from figures import Figure, Ran, cache, ciak, parser, record
from hearing import resample

TASKS = ("DETECTOR", "SEPARATOR", "TRANSCRIBER", "EMBEDDER", "TRANSLATOR", "VOICE")
FAKES = {f"CIAK_BACKEND_{task}": "fake" for task in TASKS}
RATE, EVERY, ROUND = 48000, 5, 300
SLOPE = 1.0


def picture() -> Path:
    """Ten seconds of a moving bar, 160 x 90 at 24 frames a second."""
    import av

    target = cache() / "films" / "bar.mp4"
    if not target.is_file():
        target.parent.mkdir(parents=True, exist_ok=True)
        with av.open(str(target), "w") as film:
            stream = film.add_stream("libx264", rate=24)
            stream.width, stream.height, stream.pix_fmt = 160, 90, "yuv420p"
            for n in range(240):
                image = np.full((90, 160, 3), 40, np.uint8)
                image[:, n * 160 // 240:n * 160 // 240 + 8] = 220
                film.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
            film.mux(stream.encode(None))
    return target


def dialogue() -> Sound:
    """Five minutes of the fakes' speech: two voices in turn, a line every five seconds, soft noise between."""
    from ciak.backends import fakes, registry
    from ciak.backends.protocols import Delivery
    from ciak.config import Settings

    settings = Settings.from_environment().with_backends({"voice": "fake"})
    voice: Any = registry.resolve("voice", settings)
    voices = [one.id for one in voice.stock() if one.language.startswith("en")][:2]
    rng = np.random.default_rng(5)
    sound = (rng.standard_normal(ROUND * RATE) * 1e-4).astype(np.float32)
    for i in range(ROUND // EVERY):
        text = " ".join(fakes.WORDS[(i * 7 + k * 3) % len(fakes.WORDS)][0] for k in range(5))
        spoken = voice.speak(text, Delivery(voices[i % len(voices)], "en", Fraction(5, 2), (0.01, 100.0))).signal
        line = resample(spoken.samples[:, 0], spoken.rate, RATE)[:RATE * EVERY]
        sound[i * EVERY * RATE:i * EVERY * RATE + len(line)] += line
    return sound


def run(minutes: int, once: Sound) -> tuple[Ran, int]:
    """Dub ``minutes`` of film with the fakes: what it took, and how many lines."""
    film = film_of(f"fakes-{minutes}", np.resize(once, minutes * 60 * RATE), RATE, picture())
    folder = cache() / "memory"
    shutil.rmtree(folder, ignore_errors=True)
    ran = ciak("dub", film, "--language", "en", "--to", "it", "--out", folder, "--json", **FAKES)
    lines = len(ran.json().get("lines", []))
    shutil.rmtree(folder, ignore_errors=True)
    return ran, lines


def main() -> int:
    few = parser(__doc__).parse_args().few
    short, long = (few, 2 * few) if few else (30, 120)
    once = dialogue()
    (brief, some), (full, many) = run(short, once), run(long, once)
    slope = (full.peak_mb - brief.peak_mb) / (long - short)
    figures = [
        Figure("F10", f"fakes, growth of the peak from {short} to {long} minutes, MB a minute", slope,
               f"<= {SLOPE:.0f}", slope <= SLOPE, details={"peak_mb": {short: brief.peak_mb, long: full.peak_mb},
                                                           "lines": {short: some, long: many}}),
        Figure("F10", "fakes, slope over the wall-clock minutes of the long run, MB a minute", full.slope,
               details={"seconds": full.seconds}),
    ]
    return record("memory", figures, keep=not few)


if __name__ == "__main__":
    sys.exit(main())
