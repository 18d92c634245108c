"""The second detector of F2: where TEN VAD hears speech in a 16 kHz mono 16-bit WAV file.

Runs in the judges' own environment: ``.venv-bench/bin/python benchmarks/second_ear.py FILE`` prints JSON, a list of
[start, end] in seconds. The settings below were frozen before the first subtitle was measured; changing one makes
another judge.
"""

from __future__ import annotations

import json
import sys
import wave
from typing import Any

__all__ = ["SETTINGS", "spans"]

SETTINGS: dict[str, Any] = {"detector": "ten-vad 1.0.6.9", "hop": 256, "threshold": 0.5, "bridge": 0.3,
                            "shortest": 0.3}
"""``bridge``: silences up to this many seconds inside speech are speech; ``shortest``: less than this is none."""


def spans(path: str) -> list[list[float]]:
    """Speech spans of a file, seconds."""
    import numpy as np
    from ten_vad import TenVad

    hop, rate = SETTINGS["hop"], 16000
    with wave.open(path) as file:
        if (file.getframerate(), file.getnchannels(), file.getsampwidth()) != (rate, 1, 2):
            raise SystemExit("the second ear wants 16 kHz mono 16-bit")
        samples = np.frombuffer(file.readframes(file.getnframes()), np.int16)
    ear = TenVad(hop, SETTINGS["threshold"])
    found: list[list[float]] = []
    for start in range(0, len(samples) - hop + 1, hop):
        if not ear.process(samples[start:start + hop])[1]:
            continue
        begin, end = start / rate, (start + hop) / rate
        if found and begin - found[-1][1] <= SETTINGS["bridge"]:
            found[-1][1] = end
        else:
            found.append([begin, end])
    return [span for span in found if span[1] - span[0] >= SETTINGS["shortest"]]


if __name__ == "__main__":
    print(json.dumps(spans(sys.argv[1])))
