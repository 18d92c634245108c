"""The peer of F4: speech at its natural rate, time-stretched to the slot, as dubbing tools commonly do it.

Runs in the judges' own environment: ``.venv-bench/bin/python benchmarks/stretch_peer.py IN OUT RATIO`` reads a mono
16-bit WAV file and writes it RATIO times as long with Signalsmith Stretch (pitch kept), seed 1.
"""

from __future__ import annotations

import sys
import wave

__all__ = ["stretch"]


def stretch(source: str, target: str, ratio: float) -> None:
    """Write ``source`` at ``ratio`` times its length."""
    import numpy as np
    from python_stretch.Signalsmith import Stretch

    with wave.open(source) as file:
        rate = file.getframerate()
        samples = np.frombuffer(file.readframes(file.getnframes()), np.int16)
    engine = Stretch(1)
    engine.preset(1, rate)
    engine.setTimeFactor(1 / ratio)
    stretched = np.asarray(engine.process(samples[None].astype(np.float32) / 32768))[0]
    with wave.open(target, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((np.clip(stretched, -1, 1) * 32767).astype(np.int16).tobytes())


if __name__ == "__main__":
    stretch(sys.argv[1], sys.argv[2], float(sys.argv[3]))
