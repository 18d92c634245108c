"""Line breaks: where a subtitle's text is broken into lines.

What belongs together is never parted if it can be helped (:mod:`ciak.dubbing.phrasing`); where syntax leaves the
choice, the two lines are balanced, with the longer one below. Two sentences stand on a line each, even where one line
could hold both (Karamitroglou 1998, "A proposed set of subtitling standards in Europe"), unless the profile asks for
one line wherever one will do, as Netflix does.
"""

from __future__ import annotations

from functools import lru_cache

from ciak.dubbing.phrasing import break_cost, sentence_ends
from ciak.dubbing.profile import BASIC, Profile

__all__ = ["NOTES", "fits", "fold"]

NOTES = ("♪", "♫", "#")
"""What stands around words that are sung; none is parted from them."""


def fits(text: str, profile: Profile = BASIC) -> bool:
    """Whether ``text``, with single blanks, can be folded at all."""
    if len(text) <= profile.characters:
        return True
    return profile.lines > 1 and 0 <= text.find(" ", max(0, len(text) - profile.characters - 1)) <= profile.characters


def fold(text: str, profile: Profile = BASIC, language: str = "und") -> tuple[str, ...] | None:
    """``text`` as one line or two of at most ``profile.characters``; None when it cannot be."""
    blanks = " ".join(part for part in text.replace("\n", " ").replace("\t", " ").split(" ") if part)
    return _folded(blanks, profile.lines, profile.characters, profile.has("one-line"), language)


@lru_cache(maxsize=8192)
def _folded(text: str, lines: int, characters: int, one_line: bool, language: str) -> tuple[str, ...] | None:
    fits = len(text) <= characters
    if fits and (one_line or lines < 2):
        return (text,)
    if not fits and (lines < 2 or len(text) > 2 * characters + 1):
        return None
    words = text.split(" ")
    best: tuple[float, int] | None = None
    at = -1
    for number in range(1, len(words)):
        at += len(words[number - 1]) + 1
        below = len(text) - at - 1
        if at > characters:
            break
        if (number == 1 and words[0] in NOTES) or (number == len(words) - 1 and words[-1] in NOTES):
            continue
        if below > characters or (fits and not sentence_ends(words[number - 1], words[number])):
            continue
        cost = abs(below - at) + (3.0 if at > below else 0.0) + break_cost(words, number, language)
        if best is None or cost < best[0]:
            best = (cost, at)
    if best is None:
        return (text,) if fits else None
    return text[:best[1]], text[best[1] + 1:]
