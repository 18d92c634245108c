"""Kokoro's voices mixed by a recipe: a style from weighted styles, and what a recipe may ask for.

A style's first half colours the sound, its second half makes melody and rhythm (StyleTTS 2, Li et al. 2023), so that
each half may be mixed for itself. Whom a mixture resembles is not known here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ciak.backends.protocols import TONES, Recipe, Stock
from ciak.errors import BackendError

__all__ = ["HALF", "MOST_PITCH", "MOST_TONE", "Mixed", "checked", "style_of"]

MOST_PITCH, MOST_TONE = 12.0, 24.0
"""Semitones and dB beyond which a recipe is no voice."""
HALF = 128
"""Numbers of a style that colour the sound; the rest make its manner."""
_MOST_WEIGHT = 8.0

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Mixed:
    """A voice that was learned."""

    stock: Stock
    recipe: Recipe

    @property
    def moved(self) -> float:
        """Pitch over that of the style."""
        return float(2.0 ** (self.recipe.pitch / 12))


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
    if abs(recipe.pitch) > MOST_PITCH or np.abs(tone).max(initial=0.0) > MOST_TONE:
        raise BackendError("the tone or pitch of a mixed voice lies too far off", remedy="make the voice again")
    return recipe


def style_of(recipe: Recipe, recorded: Callable[[str], NDArray[np.float32]]) -> NDArray[np.float32]:
    """The style rows (rows, 256) of a recipe; ``recorded``: those of a voice."""
    halves = []
    for part, place in ((recipe.timbre, slice(None, HALF)), (recipe.manner, slice(HALF, None))):
        halves.append(sum(np.float32(weight) * recorded(name)[:, place] for name, weight in part))
    return np.concatenate(halves, axis=1).astype(np.float32)
