"""How a written line is read aloud: what is a word, what is a pause, what is spoken differently than written.

A line of subtitles or dialogue becomes a row of :class:`Reading`, one for each written word, with the punctuation
around it. Tags, music notes, speakers' dashes and pictures are not spoken; abbreviations, amounts and English years
are written out; a line in capitals is read in small letters. What else a number needs is left to espeak-ng. It
does not know who is called what, nor a word's sense ("St." is Saint, never Street).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

__all__ = ["Reading", "read_aloud"]


@dataclass(frozen=True, slots=True)
class Reading:
    """``written``: the word as the line has it; ``spoken``: what to say for it (may be several words);
    ``before`` and ``after``: punctuation, among ``;:,.!?—…()“”``."""

    written: str
    spoken: str
    before: str = ""
    after: str = ""


_TAGS = re.compile(r"</?[a-zA-Z][^<>]{0,80}>|\{\\?[^{}]{0,80}\}")
_SAME = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'", "«": "“", "»": "”", "„": "“", "‟": "“",
                       "–": "—", "―": "—", "[": "(", "]": ")", "，": ",", "。": ".", "！": "!", "？": "?",
                       "：": ":", "；": ";", "_": " ", "*": " ", "|": " ", "~": " ", "¿": " ", "¡": " ",
                       "\xad": ""})
_INVISIBLE = frozenset("\u200b\u200c\u200d\u200e\u200f\u2060\ufe0f\ufeff")
_OPENING, _CLOSING = "“(", ";:,.!?—…)”"
_ABBREVIATIONS: dict[str, dict[str, str]] = {
    "en": {"mr": "Mister", "mrs": "Missus", "ms": "Miz", "dr": "Doctor", "st": "St", "prof": "Professor",
           "vs": "versus", "etc": "et cetera", "jr": "Junior", "sr": "Senior", "lt": "Lieutenant",
           "sgt": "Sergeant", "capt": "Captain", "col": "Colonel", "gen": "General", "e.g": "for example",
           "i.e": "that is", "a.m": "A M", "p.m": "P M"},
    "it": {"sig": "signor", "sig.ra": "signora", "sig.na": "signorina", "dott": "dottor", "dr": "dottor",
           "dott.ssa": "dottoressa", "prof": "professor", "prof.ssa": "professoressa", "avv": "avvocato",
           "ing": "ingegner", "ecc": "eccetera", "mr": "mister", "mrs": "missis", "st": "saint", "es": "esempio"},
    "es": {"sr": "señor", "sra": "señora", "srta": "señorita", "dr": "doctor", "dra": "doctora", "etc": "etcétera",
           "ud": "usted", "uds": "ustedes"},
    "fr": {"m": "monsieur", "mme": "madame", "mlle": "mademoiselle", "dr": "docteur", "etc": "et cetera"},
}
_ENDS_ANYWAY = frozenset({"etc", "ecc", "a.m", "p.m"})
"""Abbreviations that often end a sentence: their point stays a pause."""
_PLAIN = frozenset({"mr", "mrs", "ms", "dr", "prof", "dott", "etc", "ecc", "vs", "mme", "mlle"})
"""Abbreviations that are known without their point."""
_SIGNS: dict[str, dict[str, str]] = {
    "en": {"&": "and", "+": "plus", "=": "equals", "@": "at", "$": "dollars", "€": "euros", "£": "pounds"},
    "it": {"&": "e", "+": "più", "=": "uguale", "@": "chiocciola", "$": "dollari", "€": "euro", "£": "sterline"},
    "es": {"&": "y", "+": "más", "=": "igual", "@": "arroba", "$": "dólares", "€": "euros", "£": "libras"},
    "fr": {"&": "et", "+": "plus", "=": "égale", "@": "arobase", "$": "dollars", "€": "euros", "£": "livres"},
}
_AMOUNT = re.compile(r"^([$€£])(\d[\d.,]*)$|^(\d[\d.,]*)([$€£])$")
_YEAR = re.compile(r"^(1[1-9]|20)(\d\d)(s?)$")
_GLUED = re.compile(r"(?<=[^\W\d_])([,;!?…—]+|[:.](?=[^\W\d_]{2}))(?=[^\W\d_“(])")
_DOTTED = re.compile(r"^(?:[^\W\d_]\.){2,}$")


def read_aloud(line: str, language: str) -> tuple[Reading, ...]:
    """The words of ``line`` in ``language`` (``it``, ``en``, ``en-gb``, ``es``, ``fr``) as they are spoken.

    Nothing to say gives an empty tuple. Never raises, whatever the characters.
    """
    language = language.partition("-")[0]
    shouted = _shouted(line)
    found: list[Reading] = []
    before = ""
    for token in _tokens(line):
        opening = len(token) - len(token.lstrip(_OPENING + _CLOSING + "'\"-"))
        head, core = token[:opening], token[opening:]
        word, after = _trimmed(core, language)
        if not any(letter.isalnum() for letter in word) and word not in _SIGNS["en"]:
            before = _pause(found, before, head + core)
            continue
        before = _pause(found, before, head)
        short = _short(word, after, language)
        spoken = _ABBREVIATIONS[language][short] if short else _spoken(word.lower() if shouted else word, language)
        if after.startswith(".") and short and short not in _ENDS_ANYWAY:
            after = after[1:]
        found.append(Reading(word, spoken, before, after))
        before = ""
    return tuple(found)


def _tokens(line: str) -> list[str]:
    text = unicodedata.normalize("NFC", _TAGS.sub(" ", line[:20000])).translate(_SAME)
    text = "".join(letter if _sayable(letter) else "" if letter in _INVISIBLE else " " for letter in text)
    text = re.sub(r"\.\s?\.\s?\.+|\.\.+", "…", text)
    text = re.sub(r"—{2,}|--+", "—", text)
    text = re.sub(r'(^|[\s(—])"(?=\S)', r"\1“", text).replace('"', "”")
    text = re.sub(r"(?<=[^\W\d_])/(?=[^\W\d_])", " ", text)
    text = re.sub(r"([—…])", r"\1 ", text)
    text = _GLUED.sub(lambda match: match[0] if _dotted_around(text, match) else match[0] + " ", text)
    return text.split()


def _sayable(letter: str) -> bool:
    """Latin letters, their accents, plain digits, punctuation and the signs that have a name here."""
    if letter < "\x7f":
        return letter.isalnum() or letter in "'\"%$+=.,:;!?()/&@- "
    kind = unicodedata.category(letter)
    if kind[0] == "L":
        return unicodedata.name(letter, "").startswith("LATIN")
    return kind[0] in "PM" or letter in "€£°"


def _dotted_around(text: str, match: re.Match[str]) -> bool:
    """Whether the point belongs to "U.S.A." or "sig.ra"."""
    if match[1] != ".":
        return False
    word = re.search(r"[\w.]*$", text[:match.end()])
    tail = re.match(r"[\w.]*", text[match.end():])
    whole = (word[0] if word else "") + (tail[0] if tail else "")
    return bool(re.match(r"^(?:[^\W\d_]\.)+[^\W\d_]?\.?$", whole)) or any(
        whole.lower().rstrip(".") in table for table in _ABBREVIATIONS.values())


def _shouted(line: str) -> bool:
    """Whether the line is all capitals, and more than one short word (an acronym): it is read in small letters."""
    letters = [letter for letter in _TAGS.sub("", line) if letter.lower() != letter.upper()]
    return len(letters) > 5 and all(letter.isupper() for letter in letters)


def _trimmed(core: str, language: str) -> tuple[str, str]:
    """The word and the punctuation after it."""
    end = len(core.rstrip(_CLOSING + _OPENING + "\"-"))
    if _DOTTED.match(core[:end] + core[end:end + 1]):
        end += 1
    word, after = core[:end], "".join(letter for letter in core[end:] if letter in _CLOSING)
    if not word.endswith("."):
        after = re.sub(r"([,;:.—…])\1+", r"\1", after)
    return word, re.sub(r"([!?])(?:\1)+", r"\1", after)[:3]


def _pause(found: list[Reading], before: str, marks: str) -> str:
    """Punctuation that stands alone: a pause goes to the word before it, an opening to the word after it."""
    opening = "".join(mark for mark in marks if mark in _OPENING)
    closing = "".join(mark for mark in marks if mark in _CLOSING)
    if marks in ("-", "—") and found:
        closing = "" if found[-1].after[-1:] in (".", "!", "?", "…", "—") and found[-1].after else "—"
    if closing and found:
        last = found[-1]
        found[-1] = Reading(last.written, last.spoken, last.before, (last.after + closing)[:3])
    return before + opening


def _short(word: str, after: str, language: str) -> str:
    """The abbreviation that ``word`` is, or ""; most are one only with their point."""
    short = word.lower().rstrip(".")
    pointed = after.startswith(".") or "." in word
    return short if short in _ABBREVIATIONS.get(language, {}) and (pointed or short in _PLAIN) else ""


def _spoken(word: str, language: str) -> str:
    signs = _SIGNS.get(language, _SIGNS["en"])
    if amount := _AMOUNT.match(word):
        return f"{_number(amount[2] or amount[3], language)} {signs[amount[1] or amount[4]]}"
    if language == "en" and (year := _YEAR.match(word)) and not word.startswith("200"):
        rest = {"00": "hundred"}.get(year[2], ("oh " if year[2][0] == "0" else "") + str(int(year[2])))
        return f"{year[1]} {rest}{year[3]}"
    spoken = "".join(f" {signs[letter]} " if letter in signs else letter for letter in word)
    return _number(" ".join(spoken.split()), language)


def _number(text: str, language: str) -> str:
    """Thousands without their separator, which espeak-ng would read as a decimal sign."""
    separator = "," if language == "en" else r"\."
    return re.sub(rf"(?<=\d){separator}(?=\d{{3}}(?!\d))", "", text)
