"""The embedded recogniser and separator as a benchmark uses them: whole clips in, words or stems out; and the second
detector, which knows nothing of Ciak's own."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from clips import Sound, write_wav
from figures import ROOT

__all__ = ["Ear", "divided", "resample", "speech"]

SPEECH_RATE = 16000
"""Hz, as the second detector wants it."""


def resample(sound: Sound, rate: int, target: int) -> Sound:
    """Polyphase resampling along the first axis."""
    from scipy.signal import resample_poly

    ratio = Fraction(target, rate)
    if ratio == 1:
        return sound
    return np.asarray(resample_poly(sound, ratio.numerator, ratio.denominator, axis=0), np.float32)


class Ear:
    """The default transcriber, fed with clips of any length in windows that it can take."""

    def __init__(self) -> None:
        from ciak.backends import registry
        from ciak.config import Settings

        self.backend: Any = registry.resolve("transcriber", Settings.from_environment())

    def hear(self, sound: Sound, rate: int, language: str) -> str:
        """What is said in a mono ``sound``; cut at its quietest moments when longer than the recogniser takes."""
        from ciak.film.sound import Signal

        mono = resample(sound.reshape(len(sound), -1).mean(axis=1), rate, self.backend.rate)
        limit = int(self.backend.longest * self.backend.rate)
        said = []
        while len(mono):
            end = len(mono) if len(mono) <= limit else _quietest(mono, limit, self.backend.rate)
            said.append(self.backend.transcribe(Signal.mono(mono[:end], self.backend.rate), language).text)
            mono = mono[end:]
        return " ".join(said)


def _quietest(mono: Sound, limit: int, rate: int) -> int:
    """Sample of the quietest 50 ms in the last third before ``limit``."""
    size = rate // 20
    first = limit * 2 // 3
    frames = mono[first:limit][:(limit - first) // size * size].reshape(-1, size)
    return first + (int((frames.astype(np.float64) ** 2).mean(axis=1).argmin()) * size) + size // 2


def divided(sound: Sound, rate: int, backend: Any) -> tuple[Any, Any]:
    """``sound`` (frames, channels) by the separator: dialogue, and music and effects, as signals."""
    from ciak.film.sound import Signal

    wide = resample(sound, rate, backend.rate)
    if wide.shape[1] != backend.channels:
        wide = np.repeat(wide.mean(axis=1, keepdims=True), backend.channels, axis=1)
    blocks = (Signal(np.ascontiguousarray(wide[i:i + 65536]), backend.rate) for i in range(0, len(wide), 65536))
    pairs = list(backend.separate(blocks))
    return tuple(Signal(np.concatenate([getattr(pair, part).samples for pair in pairs]), backend.rate)
                 for part in ("dialogue", "music_effects"))


def speech(sound: Sound) -> list[tuple[float, float]]:
    """Where the second detector hears speech in a 16 kHz mono sound."""
    python = ROOT / ".venv-bench" / "bin" / "python"
    if not python.is_file():
        sys.exit("the judges' environment is not there: run `make bench-setup`")
    with tempfile.TemporaryDirectory() as folder:
        plain = write_wav(Path(folder) / "ear.wav", sound, SPEECH_RATE)
        ran = subprocess.run([python, ROOT / "benchmarks" / "second_ear.py", plain], capture_output=True, text=True,
                             check=False)
    if ran.returncode:
        sys.exit(f"the second detector does not run (it needs the system library libc++1): {ran.stderr[-300:]}")
    return [(start, end) for start, end in json.loads(ran.stdout)]
