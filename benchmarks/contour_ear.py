"""The judge's own ear for melody: pitch by WORLD (Harvest, refined by StoneMask) and loudness, every 10 ms.

Voiced is what D4C Love Train calls so, for Harvest alone sings through every consonant.

Runs in the judges' own environment: ``.venv-bench/bin/python benchmarks/contour_ear.py FILE...`` prints one line of
JSON for each mono 16-bit WAV file: ``pitch`` in Hz, 0 where unvoiced, and ``energy`` in dB, both of one length. Source:
M. Morise et al., "WORLD", IEICE 2016; Harvest: M. Morise, Interspeech 2017. The product has a method of its own.
"""

from __future__ import annotations

import json
import sys
import wave
from typing import Any

__all__ = ["SETTINGS", "contour"]

SETTINGS: dict[str, Any] = {"extractor": "pyworld 0.3.5, harvest, stonemask, d4c", "step_s": 0.01, "lowest_hz": 60,
                            "highest_hz": 600, "window_s": 0.03,
                            "voiced": 0.85}


def contour(path: str) -> dict[str, list[float]]:
    """Pitch and energy of a file."""
    import numpy as np
    import pyworld

    with wave.open(path) as file:
        rate = file.getframerate()
        sound = np.frombuffer(file.readframes(file.getnframes()), np.int16).astype(np.float64) / 32768
    step = SETTINGS["step_s"]
    pitch, times = pyworld.harvest(sound, rate, f0_floor=SETTINGS["lowest_hz"], f0_ceil=SETTINGS["highest_hz"],
                                   frame_period=1000 * step)
    pitch = pyworld.stonemask(sound, pitch, times, rate)
    aperiodic = pyworld.d4c(sound, pitch, times, rate, threshold=SETTINGS["voiced"])
    pitch[aperiodic[:, 0] > 0.99] = 0.0
    half = int(rate * SETTINGS["window_s"] / 2)
    padded = np.pad(sound, half)
    window = np.hanning(2 * half)
    energy = [10 * np.log10(float((padded[at:at + 2 * half] ** 2 * window).sum() / window.sum()) + 1e-10)
              for at in (round(t * rate) for t in times) if at + 2 * half <= len(padded)]
    count = min(len(pitch), len(energy))
    return {"pitch": [round(float(one), 3) for one in pitch[:count]],
            "energy": [round(one, 3) for one in energy[:count]]}


if __name__ == "__main__":
    for name in sys.argv[1:]:
        print(json.dumps(contour(name)), flush=True)
