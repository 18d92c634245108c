"""How long functions tell how far they are: a ``tick`` is called with the fraction done and may raise Cancelled."""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["Tick", "no_tick"]

Tick = Callable[[float], None]


def no_tick(done: float) -> None:
    """Nobody listens."""
