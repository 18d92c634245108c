"""Ducking: the bed turned down a little, but only where the original's voice is still in it.

A separator leaves traces. Where a line is spoken, the bed's level is followed every 20 ms beside the dialogue's: a bed
that rises and falls with the voice holds some of it. Their correlation (of levels, within the line and half a second
round it) and how much louder the bed is while somebody speaks than just beside say how much. Music and effects that go
their own way are left alone.

Not known: an effect made by the speaker (a slap with each word) looks the same.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["MOST", "duck"]

MOST = 6.0
"""Decibels."""
_TOGETHER = 0.5
"""Correlation from which a bed is believed to hold the voice."""
_STEP = 960


def duck(dialogue: NDArray[np.float32], bed: NDArray[np.float32]) -> float:
    """Decibels, 0 to 6, by which the bed is to be turned down under a line: both mono at 48 kHz, of one length."""
    count = min(len(dialogue), len(bed)) // _STEP
    if count < 25:
        return 0.0
    voice, under = (10 * np.log10((part[:count * _STEP].reshape(count, _STEP).astype(np.float64) ** 2).mean(axis=1)
                                  + 1e-10) for part in (dialogue, bed))
    spoken = voice > max(voice.max() - 25, -75)
    if spoken.all() or spoken.sum() < 10 or voice.std() < 1e-6 or under.std() < 1e-6:
        return 0.0
    together = float(np.corrcoef(np.maximum(voice, voice.max() - 40), under)[0, 1])
    louder = float(np.median(under[spoken]) - np.median(under[~spoken]))
    if together < _TOGETHER or louder < 1:
        return 0.0
    return round(min(MOST, louder * (together - _TOGETHER) / (1 - _TOGETHER)), 2)
