"""Kokoro's voices mixed by a recipe: a style from weighted styles.

A style's first half colours the sound, its second half makes melody and rhythm (StyleTTS 2, Li et al. 2023), so that
each half may be mixed for itself. Whom a mixture resembles is not known here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ciak.backends.protocols import Recipe, Stock

__all__ = ["HALF", "Mixed", "style_of"]

HALF = 128
"""Numbers of a style that colour the sound; the rest make its manner."""


@dataclass(frozen=True, slots=True)
class Mixed:
    """A voice that was learned."""

    stock: Stock
    recipe: Recipe

    @property
    def moved(self) -> float:
        """Pitch over that of the style."""
        return float(2.0 ** (self.recipe.pitch / 12))


def style_of(recipe: Recipe, recorded: Callable[[str], NDArray[np.float32]]) -> NDArray[np.float32]:
    """The style rows (rows, 256) of a recipe; ``recorded``: those of a voice."""
    halves = []
    for part, place in ((recipe.timbre, slice(None, HALF)), (recipe.manner, slice(HALF, None))):
        halves.append(sum(np.float32(weight) * recorded(name)[:, place] for name, weight in part))
    return np.concatenate(halves, axis=1).astype(np.float32)
