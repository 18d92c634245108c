"""From written lines to the alphabet of the Kokoro voice, with the place of every word.

Kokoro's alphabet (114 symbols, hexgrad 2025) is IPA with single letters for what espeak-ng ties together: ``A`` for
the diphthong of "day", ``ʤ`` for the affricate of "jam". English follows the habits of its training text (no length
marks in American); the other languages keep espeak-ng's own. espeak-ng merges small words ("of the"), so each word
is also pronounced alone and found again in the line by alignment.

It does not know names nor foreign words better than espeak-ng does.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from ciak.backends.embedded.espeak import ipa_lines
from ciak.backends.embedded.reading import Reading, read_aloud

__all__ = ["ALPHABET", "MARKS", "Phonemes", "phonemize", "to_alphabet"]

MARKS = ';:,.!?—…"()“”'
"""Punctuation that the voice understands."""

ALPHABET = frozenset(MARKS + " \u0303ʣʥʦʨᵝꭧAIOQSTWYᵊabcdefhijklmnopqrstuvwxyzɑɐɒæβɔɕçɖðʤəɚɛɜɟɡɥɨɪʝɯɰŋɳɲɴøɸθœɹɾɻʁɽʂʃ"
                     "ʈʧʊʋʌɣɤχʎʒʔˈˌːʰʲ↓→↗↘ᵻ")
"""Every symbol of the voice."""

_TIED = {"a^ɪ": "I", "a^ʊ": "W", "d^z": "ʣ", "d^ʒ": "ʤ", "e^ɪ": "A", "o^ʊ": "O", "ə^ʊ": "Q", "s^s": "S", "t^s": "ʦ",
         "t^ʃ": "ʧ", "ɔ^ɪ": "Y"}
_ENGLISH = (("ʔˌn\u0329", "tᵊn"), ("ʔn\u0329", "tᵊn"), ("ʔn", "tᵊn"), ("ʔ", "t"), ("ə^l", "ᵊl"),
            ("ʲO", "jO"), ("ʲQ", "jQ"), ("ʲ", ""), ("ɚ", "əɹ"), ("r", "ɹ"), ("x", "k"), ("ç", "k"), ("ɐ", "ə"),
            ("ɬ", "l"), ("\u0303", ""))
_AMERICAN = (("ɜːɹ", "ɜɹ"), ("ɜː", "ɜɹ"), ("ɪə", "iə"), ("ː", ""))
_BRITISH = (("e^ə", "ɛː"), ("iə", "ɪə"), ("i^ə", "ɪə"))
_VOWELS = frozenset("AIOQWYaeiouyɑɐɒæɔəɚɛɜɨɪɯøœʊʌɤᵊᵻ")
_SIGNS = frozenset("ˈˌː")
_RUN = 30


@dataclass(frozen=True, slots=True)
class Phonemes:
    """``symbols``: a string over :data:`ALPHABET`; ``words``: (written word, first symbol, end symbol)."""

    symbols: str
    words: tuple[tuple[str, int, int], ...]


def phonemize(lines: Sequence[str], language: str) -> list[Phonemes]:
    """Pronounce ``lines`` of ``language`` (``it``, ``en``, ``en-us``, ``en-gb``, ``es``, ``fr``) in one go.

    A line with nothing to say gives no symbols. Raises ``ProgramAbsent`` without espeak-ng, ``BackendError`` for a
    language that has no pronunciation.
    """
    read = [_stretches(read_aloud(line, language)) for line in lines]
    asked: dict[str, str] = {}
    for stretches in read:
        for stretch in stretches:
            asked[_said(stretch)] = ""
            if len(stretch) > 1:
                asked.update((word.spoken, "") for word in stretch)
    for text, ipa in zip(asked, ipa_lines(list(asked), language), strict=True):
        asked[text] = to_alphabet(ipa, language)
    return [_assemble(stretches, asked) for stretches in read]


def to_alphabet(ipa: str, language: str) -> str:
    """espeak-ng's IPA, diphthongs and affricates tied by ``^``, in the voice's alphabet."""
    text = unicodedata.normalize("NFD", ipa).replace("ç", "ç").replace("g", "ɡ")
    for tied, letter in _TIED.items():
        text = text.replace(tied, letter)
    if language.startswith("en"):
        british = language == "en-gb"
        for old, new in _ENGLISH:
            text = text.replace(old, new)
        for old, new in _BRITISH if british else _AMERICAN:
            text = text.replace(old, new)
        text = re.sub("(\\S)\u0329", r"ᵊ\1", text)
        text = text.replace("o", "ɔ")
    return " ".join("".join(letter for letter in text if letter in ALPHABET).split())


def _stretches(words: Sequence[Reading]) -> list[list[Reading]]:
    """Runs of words without punctuation between them, of 30 at most: their alignment grows with the square."""
    runs: list[list[Reading]] = []
    for word in words:
        if not runs or word.before or runs[-1][-1].after or len(runs[-1]) == _RUN:
            runs.append([])
        runs[-1].append(word)
    return runs


def _said(stretch: Sequence[Reading]) -> str:
    return " ".join(word.spoken for word in stretch)


def _assemble(stretches: Sequence[Sequence[Reading]], sounds: dict[str, str]) -> Phonemes:
    symbols, words = "", []
    for stretch in stretches:
        sound = sounds[_said(stretch)]
        if not sound:
            continue
        symbols += (" " if symbols else "") + stretch[0].before
        cuts = _word_ends(sound, [sounds[word.spoken] for word in stretch]) if len(stretch) > 1 else [len(sound)]
        start = 0
        for word, end in zip(stretch, cuts, strict=True):
            while start < end and sound[start] == " ":
                start += 1
            words.append((word.written, len(symbols) + start, len(symbols) + max(start, end)))
            start = end
        symbols += sound + stretch[-1].after
    if symbols and symbols[-1] not in ".!?…”)":
        symbols = symbols.rstrip(",;:—") + "."
    return Phonemes(symbols, tuple(words))


def _word_ends(whole: str, parts: Sequence[str]) -> list[int]:
    """Where each of ``parts`` (words pronounced alone) ends in ``whole`` (pronounced together): edit distance."""
    alone = "|".join(part.replace(" ", "") for part in parts)
    width = len(whole) + 1
    cost = [[0.0] * width for _ in range(len(alone) + 1)]
    for column in range(1, width):
        cost[0][column] = cost[0][column - 1] + _skip(whole[column - 1])
    for row in range(1, len(alone) + 1):
        above, here, letter = cost[row - 1], cost[row], alone[row - 1]
        here[0] = above[0] + _skip(letter)
        for column in range(1, width):
            other = whole[column - 1]
            here[column] = min(above[column - 1] + _differ(letter, other), above[column] + _skip(letter),
                               here[column - 1] + _skip(other))
    return _trace(cost, alone, whole)


def _trace(cost: Sequence[Sequence[float]], alone: str, whole: str) -> list[int]:
    ends: list[int] = []
    row, column = len(alone), len(whole)
    while row > 0:
        letter = alone[row - 1]
        if column and cost[row][column] == cost[row - 1][column - 1] + _differ(letter, whole[column - 1]):
            row, column = row - 1, column - 1
            if letter == "|":
                ends.append(column)
        elif column and cost[row][column] == cost[row][column - 1] + _skip(whole[column - 1]):
            column -= 1
        else:
            row -= 1
            if letter == "|":
                ends.append(column)
    return [*reversed(ends), len(whole)]


def _skip(letter: str) -> float:
    return 0.1 if letter in _SIGNS else 0.4 if letter in " |" else 1.0


def _differ(one: str, other: str) -> float:
    if one == other or (one == "|" and other == " "):
        return 0.0
    if one in " |" or other in " |":
        return 3.0
    if (one in _SIGNS) != (other in _SIGNS):
        return 1.5
    return 0.5 if (one in _VOWELS) == (other in _VOWELS) else 1.2
