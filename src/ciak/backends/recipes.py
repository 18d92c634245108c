"""What a recipe of a mixed voice may ask for, whichever backend speaks it."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from ciak.backends.protocols import TONES, Recipe
from ciak.errors import BackendError

__all__ = ["checked"]

_MOST_PITCH, _MOST_TONE = 12.0, 24.0
"""Semitones and dB beyond which a recipe is no voice."""
_MOST_WEIGHT = 8.0


def checked(recipe: Recipe, known: Collection[str]) -> Recipe:
    """``recipe`` itself. Raises :class:`BackendError` where it cannot be spoken."""
    for part in (recipe.timbre, recipe.manner):
        weights = [weight for _, weight in part]
        strangers = [name for name, _ in part if name not in known]
        if strangers:
            raise BackendError(f"there is no voice {strangers[0][:40]!r} to mix", remedy="make the voice again")
        if not np.isfinite(weights).all() or abs(sum(weights) - 1) > 1e-3 or max(map(abs, weights)) > _MOST_WEIGHT:
            raise BackendError("the weights of a mixed voice do not sum to 1", remedy="make the voice again")
    tone = np.asarray(recipe.tone, np.float64)
    if len(tone) not in (0, len(TONES)) or not np.isfinite([recipe.pitch, *tone]).all():
        raise BackendError("the tone or pitch of a mixed voice cannot be read", remedy="make the voice again")
    if abs(recipe.pitch) > _MOST_PITCH or np.abs(tone).max(initial=0.0) > _MOST_TONE:
        raise BackendError("the tone or pitch of a mixed voice lies too far off", remedy="make the voice again")
    return recipe
