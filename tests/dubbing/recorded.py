"""What the tests of takes share: a film that was dubbed, and WAV files as a recording studio would send them."""

from __future__ import annotations

import struct
from fractions import Fraction
from pathlib import Path

import numpy as np

from ciak.film import Dialogue
from ciak.project import Film


def speech(seconds: float, hertz: float = 180.0, level: float = 0.3, rate: int = 48000) -> np.ndarray:
    """A voice-like tone; mono float64."""
    time = np.arange(round(seconds * rate)) / rate
    voice = sum(np.sin(2 * np.pi * hertz * n * time) / n for n in range(1, 8))
    return np.asarray(level * voice / np.abs(voice).max())


def write_wav(path: Path, samples: np.ndarray, rate: int = 48000, bits: int = 24, time: Fraction | None = None,
              floats: bool = False) -> Path:
    """A WAV as another program writes it; with ``time`` (seconds since midnight) a broadcast WAV. Not our writer."""
    channels = 1 if samples.ndim == 1 else samples.shape[1]
    if floats:
        body = samples.astype("<f8" if bits == 64 else "<f4").tobytes()
    elif bits == 8:
        body = (np.clip(np.rint(samples * 127), -128, 127) + 128).astype(np.uint8).tobytes()
    else:
        whole = np.clip(np.rint(samples * (2**(bits - 1) - 1)), -2**(bits - 1), 2**(bits - 1) - 1).astype("<i4")
        body = b"".join(int(one).to_bytes(bits // 8, "little", signed=True) for one in whole.reshape(-1))
    width = bits // 8 * channels
    form = struct.pack("<HHIIHH", 3 if floats else 1, channels, rate, rate * width, width, bits)
    chunks = b"fmt " + struct.pack("<I", len(form)) + form
    if time is not None:
        bext = bytes(338) + struct.pack("<QH", round(time * rate), 1) + bytes(254)
        chunks = b"bext" + struct.pack("<I", len(bext)) + bext + chunks
    chunks += b"data" + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks)
    return path


def spoken(film: Film, language: str = "it") -> Dialogue:
    """The film's dialogue as it is now."""
    dialogue = film.dialogue(language)
    assert dialogue is not None
    return dialogue
