"""Numbers spelled out in English, Italian, Spanish, French and German, so that "25" and "twenty-five" are one
word error or none, never two.

The rule of the judge: a run of digits (0 to 999,999) becomes the words of its cardinal, in reference and
hypothesis alike; compounds that a language writes together stay together. Ordinals, Roman numerals, fractions
and years read in pairs ("nineteen eighty") are not known: they count as errors on whoever writes them
differently.
"""

from __future__ import annotations

import re
from collections.abc import Callable

__all__ = ["spell", "spell_numbers"]


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_EN = _words(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen")
_EN_TENS = _words("zero ten twenty thirty forty fifty sixty seventy eighty ninety")
_IT = _words(
    "zero uno due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici quindici "
    "sedici diciassette diciotto diciannove")
_IT_TENS = _words("zero dieci venti trenta quaranta cinquanta sessanta settanta ottanta novanta")
_ES = _words(
    "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis "
    "diecisiete dieciocho diecinueve veinte veintiuno veintidós veintitrés veinticuatro veinticinco "
    "veintiséis veintisiete veintiocho veintinueve")
_ES_TENS = _words("cero diez veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa")
_ES_HUNDREDS = _words(
    "cero ciento doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos "
    "novecientos")
_FR = _words(
    "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept "
    "dix-huit dix-neuf")
_FR_TENS = _words("zéro dix vingt trente quarante cinquante soixante soixante quatre-vingt quatre-vingt")
_DE = _words(
    "null ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn "
    "siebzehn achtzehn neunzehn")
_DE_TENS = _words("null zehn zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig")


def _english(n: int) -> str:
    if n < 20:
        return _EN[n]
    if n < 100:
        return _EN_TENS[n // 10] + (f" {_EN[n % 10]}" if n % 10 else "")
    size, word = (1000, "thousand") if n >= 1000 else (100, "hundred")
    return f"{_english(n // size)} {word}" + (f" {_english(n % size)}" if n % size else "")


def _italian(n: int) -> str:
    if n < 20:
        return _IT[n]
    if n < 100:
        tens, unit = _IT_TENS[n // 10], n % 10
        return (tens[:-1] if unit in (1, 8) else tens) + (_IT[unit] if unit else "")
    if n < 1000:
        return ("" if n < 200 else _IT[n // 100]) + "cento" + (_italian(n % 100) if n % 100 else "")
    return ("mille" if n < 2000 else _italian(n // 1000) + "mila") + (_italian(n % 1000) if n % 1000 else "")


def _spanish(n: int) -> str:
    if n < 30:
        return _ES[n]
    if n < 100:
        return _ES_TENS[n // 10] + (f" y {_ES[n % 10]}" if n % 10 else "")
    if n == 100:
        return "cien"
    if n < 1000:
        return _ES_HUNDREDS[n // 100] + (f" {_spanish(n % 100)}" if n % 100 else "")
    head = "mil" if n < 2000 else f"{_spanish(n // 1000)} mil"
    return head + (f" {_spanish(n % 1000)}" if n % 1000 else "")


def _french(n: int) -> str:
    if n < 20:
        return _FR[n]
    if n < 100:
        tens = n // 10
        rest = n - {7: 60, 9: 80}.get(tens, tens * 10)
        if n == 80:
            return "quatre-vingts"
        if not rest:
            return _FR_TENS[tens]
        joint = " et " if rest in (1, 11) and tens < 8 else "-"
        return _FR_TENS[tens] + joint + _FR[rest]
    if n < 1000:
        head = "cent" if n < 200 else f"{_FR[n // 100]} cent"
        return head + (f" {_french(n % 100)}" if n % 100 else "")
    head = "mille" if n < 2000 else f"{_french(n // 1000)} mille"
    return head + (f" {_french(n % 1000)}" if n % 1000 else "")


def _german(n: int, last: bool = True) -> str:
    if n == 1:
        return "eins" if last else "ein"
    if n < 20:
        return _DE[n]
    if n < 100:
        return (f"{_DE[n % 10]}und" if n % 10 else "") + _DE_TENS[n // 10]
    size, word = (1000, "tausend") if n >= 1000 else (100, "hundert")
    return _german(n // size, last=False) + word + (_german(n % size) if n % size else "")


_SPELLERS: dict[str, Callable[[int], str]] = {
    "en": _english, "it": _italian, "es": _spanish, "fr": _french, "de": _german,
}


def spell(number: int, language: str) -> str:
    """The cardinal ``number`` (0 to 999,999) in words of ``language`` (ISO 639-1)."""
    return _SPELLERS[language](number)


def spell_numbers(text: str, language: str) -> str:
    """``text`` with each run of one to six digits in words; longer runs and unknown languages stay as they are.

    A grouping mark between three digits ("1,200", "1.200") is read as one number.
    """
    if language not in _SPELLERS:
        return text
    joined = re.sub(r"(?<=\d)[.,](?=\d{3}(?!\d))", "", text)
    return re.sub(r"(?<!\d)\d{1,6}(?!\d)", lambda match: f" {spell(int(match[0]), language)} ", joined)
