"""What was computed from a value, found again as long as the value is the same object: nothing of it is compared.

For values that never change and are many, such as the loops of a dialogue: most stay the same objects from one reading
to the next, and hashing what they say would cost as much as the computation.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Generic, TypeVar

__all__ = ["once_each"]

T = TypeVar("T")
R = TypeVar("R")


class _Itself(Generic[T]):
    """Equals itself alone, and holds the value, so that no other gets its identity."""

    __slots__ = ("value",)

    def __init__(self, value: T) -> None:
        self.value = value

    def __hash__(self) -> int:
        return id(self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Itself) and other.value is self.value


def once_each(most: int, function: Callable[[T], R]) -> Callable[[T], R]:
    """``function``, asked once for each value. The ``most`` values asked for lately are kept, and stay in memory for
    it. Any thread may ask."""
    @lru_cache(maxsize=most)
    def known(itself: _Itself[T]) -> R:
        return function(itself.value)

    return lambda value: known(_Itself(value))
