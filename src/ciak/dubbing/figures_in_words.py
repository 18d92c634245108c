"""Numbers in words, so that a script's "forty" is found where the transcriber wrote "40", and the other way round.

Made for comparing, not for reading aloud: cardinals from 0 to 999,999, and years from 1100 to 1999 in pairs where a
language says them so. Endings that grammar would bend ("ventuno", "quatre-vingts") are left unbent; words that are
nearly alike are compared as such. English, Italian, Spanish, French, German; elsewhere figures stay figures.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["in_words"]


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


class _Names(NamedTuple):
    """``small``: 0 to 19; ``tens``: from 20; ``joined``: whether a number is written as one word."""

    small: tuple[str, ...]
    tens: tuple[str, ...]
    hundred: str
    thousand: str
    joined: bool = False
    pairs: bool = False


_NAMES = {
    "en": _Names(_words("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
                       "sixteen seventeen eighteen nineteen"),
                 _words("twenty thirty forty fifty sixty seventy eighty ninety"), "hundred", "thousand",
                 pairs=True),
    "it": _Names(_words("zero uno due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici "
                       "quindici sedici diciassette diciotto diciannove"),
                 _words("venti trenta quaranta cinquanta sessanta settanta ottanta novanta"), "cento", "mila",
                 joined=True),
    "es": _Names(_words("cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince "
                       "dieciséis diecisiete dieciocho diecinueve"),
                 _words("veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa"), "cientos", "mil"),
    "fr": _Names(_words("zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize "
                       "dix-sept dix-huit dix-neuf"),
                 _words("vingt trente quarante cinquante soixante soixante-dix quatre-vingt quatre-vingt-dix"),
                 "cent", "mille"),
    "de": _Names(_words("null ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn "
                       "sechzehn siebzehn achtzehn neunzehn"),
                 _words("zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig"), "hundert",
                 "tausend", joined=True, pairs=True),
}
_YEARS = range(1100, 2000)
_LAST = 999_999


def in_words(number: int, language: str) -> tuple[str, ...]:
    """The words of ``number``; the figures themselves where language or size are not known."""
    names = _NAMES.get(language.split("-")[0])
    if names is None or not 0 <= number <= _LAST:
        return (str(number),)
    if names.pairs and number in _YEARS and number % 100:
        century = [] if language.startswith("en") else [names.hundred]
        words = [*_below_thousand(number // 100, names), *century, *_below_thousand(number % 100, names)]
    else:
        words = _cardinal(number, names)
    return ("".join(words),) if names.joined else tuple(part for word in words for part in word.split("-"))


def _cardinal(number: int, names: _Names) -> list[str]:
    if number < 1000:
        return _below_thousand(number, names)
    above, rest = divmod(number, 1000)
    head = [] if above == 1 and names.thousand != "thousand" else _below_thousand(above, names)
    return [*head, names.thousand, *(_below_thousand(rest, names) if rest else [])]


def _below_thousand(number: int, names: _Names) -> list[str]:
    hundreds, rest = divmod(number, 100)
    words = []
    if hundreds:
        words = [names.hundred] if hundreds == 1 and names.hundred != "hundred" else [
            names.small[hundreds], names.hundred]
    if rest >= 20:
        tens, units = divmod(rest, 10)
        words += _tens(tens, units, names)
    elif rest or not hundreds:
        words.append(names.small[rest])
    return words


def _tens(tens: int, units: int, names: _Names) -> list[str]:
    name = names.tens[tens - 2]
    if name.endswith("-dix"):
        return [name.removesuffix("-dix"), names.small[10 + units]]
    if names.joined and names.hundred == "hundert":
        return [names.small[units], "und", name] if units else [name]
    return [name, names.small[units]] if units else [name]
