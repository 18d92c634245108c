"""What the journey's tests share: the fakes chosen, and a clip in which somebody "speaks" (bursts of tone)."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
from tests.media.clips import ClipPlan, SoundPlan, make_clip

from ciak.config import TASKS

FAKES = dict.fromkeys(TASKS, "fake")


def bursts(seconds: int, at: tuple[tuple[float, float], ...], level: float = 0.2) -> np.ndarray:
    """Stereo sound: a quiet hum, and louder bursts of a voice-like tone where ``at`` says."""
    time = np.arange(seconds * 48000) / 48000
    hum = 0.002 * np.sin(2 * np.pi * 60 * time)
    voice = sum(np.sin(2 * np.pi * 140 * n * time) / n for n in range(1, 8)) * level
    gate = np.zeros_like(time)
    for start, end in at:
        gate[(time >= start) & (time < end)] = 1
    return np.repeat((hum + voice * gate).astype(np.float32)[:, None], 2, axis=1)


def talking_clip(path: Path, seconds: int = 8, rate: Fraction = Fraction(24)) -> Path:
    """Three lines in ``seconds`` of numbered pictures."""
    sound = SoundPlan(bursts(seconds, ((0.5, 1.9), (3.0, 4.2), (5.0, 6.8))))
    return make_clip(path, ClipPlan(frames=int(seconds * rate), rate=rate, sounds=[sound]))
