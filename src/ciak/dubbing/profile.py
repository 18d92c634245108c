"""The basic subtitle profile: the numbers that every subtitle of the first journey keeps.

Sources: Netflix Timed Text Style Guide, general requirements and the language pages (5/6 s to 7 s, two lines,
42 characters, two frames between events, gaps up to half a second closed), read 2026. Delivery profiles of
their own, with dates and sources for each rule, come with the subtitle department's issue.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

__all__ = ["BASIC", "Profile"]

_ADULT = {"en": 20}


@dataclass(frozen=True, slots=True)
class Profile:
    """Limits of one subtitle: lengths in characters, times in seconds, gaps in frames."""

    name: str
    lines: int = 2
    characters: int = 42
    shortest: Fraction = Fraction(5, 6)
    longest: Fraction = Fraction(7)
    gap_frames: int = 2
    close_frames: int = 12
    """A gap of this many frames or fewer is closed to ``gap_frames``."""
    linger: Fraction = Fraction(1, 2)
    """How long a subtitle may stay after the speech, when nothing else asks for more."""
    default_speed: int = 17

    def speed(self, language: str) -> int:
        """Reading speed for adults, characters a second."""
        return _ADULT.get(language.split("-")[0], self.default_speed)


BASIC = Profile("basic")
