"""F9 and the first half of F10: ten minutes of film with the real models, from nothing, on two cores.

The film: Night and Friday sound over the battle picture, looped (``clips.long_film``). Each command runs in a fresh
output folder, so that nothing is recalled. Load time is measured apart, in a process that opens every model of the
task and runs each on one second of noise, and is taken off; the whole time is in the details. Memory: peak of the
resident sizes of the process tree, shared pages counted twice.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import time

from clips import long_film
from figures import Figure, cache, ciak, parser, record

TARGETS = {"subtitle": 0.40, "dub": 1.20}
MEMORY = 2500.0

LOAD = """
import numpy as np
from fractions import Fraction
from ciak.backends import registry
from ciak.backends.protocols import Delivery
from ciak.config import Settings
from ciak.film.sound import Signal
settings = Settings.from_environment()
make = lambda task: registry.resolve(task, settings)
noise = lambda rate, channels=1: Signal(
    (np.random.default_rng(1).standard_normal((rate, channels)) * .01).astype(np.float32), rate)
detector, separator, ear = make("detector"), make("separator"), make("transcriber")
list(detector.detect([noise(detector.rate)]))
list(separator.separate([noise(separator.rate, separator.channels)]))
ear.transcribe(noise(ear.rate), "en")
make("translator").translate(["Good evening."], "en", "it")
if "%s" == "dub":
    embedder, voice = make("embedder"), make("voice")
    embedder.embed(noise(embedder.rate))
    stock = next(one for one in voice.stock() if one.language.startswith("it"))
    voice.speak("Sì.", Delivery(stock.id, "it"))
"""


def load_time(task: str) -> float:
    """Seconds to open the models of a command, the quicker of two tries."""
    tries = []
    for _ in range(2):
        began = time.monotonic()
        subprocess.run([sys.executable, "-c", LOAD % task], check=True, stdout=subprocess.DEVNULL)
        tries.append(time.monotonic() - began)
    return min(tries)


def main() -> int:
    few = parser(__doc__).parse_args().few
    length = few or 600
    film = long_film(length)
    figures = []
    for task, target in TARGETS.items():
        folder = cache() / f"speed-{task}"
        shutil.rmtree(folder, ignore_errors=True)
        ran = ciak(task, film, "--language", "en", "--to", "it", "--out", folder, "--json")
        answer = ran.json()
        load = load_time(task)
        factor = (ran.seconds - load) / length
        details = {"whole": ran.seconds / length, "load_s": load, "film_s": length,
                   "lines": len(answer.get("lines", []))}
        figures += [
            Figure("F9", f"{task}, x film length, load time apart", factor, f"<= {target:.2f}", factor <= target,
                   details=details),
            Figure("F10", f"{task}, peak memory of the process tree, MB", ran.peak_mb, f"<= {MEMORY:.0f}",
                   ran.peak_mb <= MEMORY),
        ]
        shutil.rmtree(folder, ignore_errors=True)
    return record("speed", figures, keep=not few)


if __name__ == "__main__":
    sys.exit(main())
