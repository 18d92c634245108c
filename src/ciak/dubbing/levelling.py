"""Loudness profiles: how loud a programme is to be, by whom and since when, in versioned files (``loudness/*.toml``).

``gate`` says what is measured: the whole programme, or only where somebody speaks, by the spans of the lines that are
dubbed and of the original's speech (ITU-R BS.1770 within them). The dialogue gate is our own: Dolby's is not in the
open, and a service that measures with it may read a decibel more or less.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from ciak.errors import NotFound

__all__ = ["R128", "Levelling", "levelling_named", "levellings"]


@dataclass(frozen=True, slots=True)
class Levelling:
    """``target`` LUFS, ``tolerance`` LU; ``ceiling`` dBTP of what is decoded; ``headroom``: decibels below it that the
    mix is held, for a lossy encoder; ``dialogue``: only speech is measured; ``sources``: rule to source and date."""

    name: str
    title: str
    version: str
    target: float
    tolerance: float
    ceiling: float
    headroom: float
    dialogue: bool
    sources: tuple[tuple[str, str], ...] = ()

    @property
    def held(self) -> float:
        """dBTP that no peak of the mix exceeds."""
        return self.ceiling - self.headroom


def levellings() -> tuple[str, ...]:
    """The names of the profiles."""
    return tuple(sorted(entry.name.removesuffix(".toml") for entry in files(__package__).joinpath("loudness").iterdir()
                        if entry.name.endswith(".toml")))


@lru_cache(maxsize=8)
def levelling_named(name: str) -> Levelling:
    """The profile of that name. Raises :class:`NotFound`, which lists those there are."""
    if name not in levellings():
        raise NotFound(f"there is no loudness profile {name[:60]!r}", remedy=f"choose {' or '.join(levellings())}")
    table: dict[str, Any] = tomllib.loads(files(__package__).joinpath("loudness", f"{name}.toml").read_text("utf-8"))
    rules: dict[str, Any] = table["rules"]
    return Levelling(
        name=table["name"], title=table["title"], version=table["version"], target=rules["target"]["limit"],
        tolerance=rules["tolerance"]["limit"], ceiling=rules["ceiling"]["limit"], headroom=rules["encoder"]["limit"],
        dialogue=table["gate"] == "dialogue",
        sources=tuple((rule, f"{row['source']} ({row['date']})") for rule, row in rules.items()))


R128 = levelling_named("r128")
"""What a dub is brought to where nobody asked for another."""
