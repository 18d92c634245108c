"""Dialogue lines as a translator wants them: clean sentences out of what subtitles and recognisers write.

:func:`pieces` divides a line into sentences and what is to be kept as it is (tags, music notes, speakers' dashes
and labels, brackets, pictures). :func:`tidy` gives a sentence the capitals, the final point and the full forms
("going to") that a model trained on clean text needs, and remembers what was changed; :func:`restore` undoes it on
the translation. Tags in the middle of a sentence are dropped: their place in the translation is not known.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["Piece", "Tidied", "balanced", "contracted", "pieces", "restore", "tidy"]

_TAG = r"</?[A-Za-z][^<>\n]{0,200}>|\{[^{}\n]{0,200}\}"
_KEPT = re.compile(rf"(?:{_TAG}|[♪♫♬#*~_|\[\]<>]|\s)+")
_INNER = re.compile(_TAG)
_DASH = re.compile(r"\s*(?:[-–—‐•]+)\s*(?=\S)")
_LABEL = re.compile(r"\s*[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ .'’0-9-]{1,30}:\s+")
_BRACKET = re.compile(r"( ?[\[\]] ?)")
_TURN = re.compile(rf"\n(?=\s*(?:{_TAG})*\s*[-–—‐•♪♫♬\[])")
_SECOND_SPEAKER = re.compile(r"(?<=[.!?…\"”»])\s+(?=[-–—]\s?[^\W\d_])")
_END = re.compile(r"(?<=[.!?…])([\"”»')]*)\s+(?=[\"“«('¿¡\[♪<{-]*[A-ZÀ-ÖØ-Þ0-9])")
_SHORT = re.compile(r"(?:^|[\s(\"“«'])(?:Mrs?|Ms|Dr|St|Prof|Sgt|Lt|Capt|Col|Gen|Jr|Sr|vs|etc|[Ss]ig|[Dd]ott|[Aa]vv|"
                    r"[Ii]ng|[A-Z])\.$")
_NOISE = frozenset({"Cc", "Cs", "Co", "Cn"})
_LONGEST = 40
"""Words after which a sentence is divided at a comma, and after 60 anywhere."""
_QUESTION = {
    "en": re.compile(r"(?:who|what|where|when|why|how|which|whose|is|are|am|was|were|do|does|did|can|could|will|"
                     r"would|shall|should|may|have you|has (?:he|she|it)|isn't|aren't|don't|doesn't|didn't|can't|"
                     r"won't)\b(?!.*\bif\b)", re.IGNORECASE),
    "it": re.compile(r"(?:chi|che cosa|cosa|dove|quando|perché|come mai|come (?:stai|sta|state|va)|quanto|quanta|"
                     r"quanti|quante|quale|quali|dov'è|com'è|cos'è|che ore)\b", re.IGNORECASE),
}


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of a line: a sentence to translate, or text to keep as it is."""

    text: str
    sentence: bool


@dataclass(frozen=True, slots=True)
class Tidied:
    """``text`` for the model; the rest says how the sentence was written. ``ending`` replaces the model's own final
    mark, None leaves it."""

    text: str
    shouted: bool = False
    small: bool = False
    ending: str | None = None


def pieces(line: str) -> tuple[Piece, ...]:
    """Divide ``line``. Joined again, the pieces are the line, but for tags inside sentences and white space.

    Never raises, whatever the characters.
    """
    clean = "".join(letter if letter == "\n" or unicodedata.category(letter) not in _NOISE else " "
                    for letter in line)
    made: list[Piece] = []
    for number, turn in enumerate(_TURN.split(clean)):
        if number:
            made.append(Piece("\n", False))
        for count, part in enumerate(_SECOND_SPEAKER.split(" ".join(turn.split()))):
            if count:
                made.append(Piece(" ", False))
            for place, stretch in enumerate(_BRACKET.split(part)):
                if place % 2:
                    made.append(Piece(stretch, False))
                elif stretch:
                    made += _turn(stretch)
    return tuple(made)


def _turn(text: str) -> list[Piece]:
    made: list[Piece] = []
    head, text, tail = _edges(text)
    for mark in (_DASH, _LABEL):
        if match := mark.match(text):
            more, text, _ = _edges(text[match.end():] + " ")
            head += match[0] + more
            text = text.strip()
    if head:
        made.append(Piece(head, False))
    for number, sentence in enumerate(_sentences(text)):
        before, core, after = _edges(sentence)
        core = " ".join(_INNER.sub("", core).split())
        if number:
            made.append(Piece(" ", False))
        parts = ((before, False), (core, _sayable(core)), (after, False))
        made += [Piece(part, kind) for part, kind in parts if part]
    if tail:
        made.append(Piece(tail, False))
    return made


def _edges(text: str) -> tuple[str, str, str]:
    """Kept text at the beginning, the middle, kept text at the end."""
    head = _KEPT.match(text)
    start = head.end() if head else 0
    end = len(text)
    for match in _KEPT.finditer(text, start):
        if match.end() == len(text):
            end = match.start()
    head_text, tail_text = text[:start], text[max(start, end):]
    return (head_text if head_text.strip() else "", text[start:max(start, end)],
            tail_text if tail_text.strip() else "")


def _sayable(text: str) -> bool:
    return any(letter.isalpha() and unicodedata.name(letter, "").startswith("LATIN") for letter in text)


def _sentences(text: str) -> list[str]:
    found: list[str] = []
    start = 0
    for match in _END.finditer(text):
        if not _SHORT.search(text[start:match.start()]):
            found.append(text[start:match.end(1)])
            start = match.end()
    found.append(text[start:])
    return [part for sentence in found if sentence.strip() for part in _shorter(sentence.strip())]


def _shorter(sentence: str) -> list[str]:
    """Parts of a very long sentence."""
    words = sentence.split()
    parts: list[str] = []
    while len(words) > _LONGEST:
        cut = max((place for place in range(10, _LONGEST) if words[place - 1][-1] in ",;:—"), default=_LONGEST)
        parts.append(" ".join(words[:cut]))
        words = words[cut:]
    if words:
        parts.append(" ".join(words))
    # a word of a thousand letters is noise, and would only be slow
    return [" ".join(word[:60] for word in part.split()) if len(part) > 2000 else part for part in parts]


def tidy(sentence: str, language: str, known_capital: Callable[[str], str]) -> Tidied:
    """``sentence`` with a capital at the beginning, a mark at the end, and small letters where it was all capitals.

    ``known_capital`` gives a word its usual capitals ("boston" -> "Boston").
    """
    text = sentence.translate(_PLAIN)
    text = re.sub(r"\.{2,}|…+", "…", text)
    shouted = _shouted(text)
    if shouted:
        text = re.sub(r"[^\W\d_]+(?:'[^\W\d_]+)?", lambda match: known_capital(match[0].lower()), text.lower())
    bare = text.rstrip("\"') ")
    ending: str | None = None
    if bare[-1:] in "…,;:-—" or bare[-1:] not in ".!?":
        text = bare.rstrip("…,;:-— ")
        ending = bare[len(text):]
        asks = not re.search(r"[.,;!?]", text) and language in _QUESTION and _QUESTION[language].match(text)
        text += "?" if asks and ending == "" else "."
    text = _full_forms(text.replace("…", "...")) if language == "en" else text.replace("…", "...")
    first = next((place for place, letter in enumerate(text) if letter.isalpha()), 0)
    small = text[first:first + 1].islower() and not shouted
    text = text[:first] + text[first:first + 1].upper() + text[first + 1:]
    if language == "en":
        text = re.sub(r"\bi\b(?=[ '.,!?])", "I", text)
    return Tidied(text, shouted, small, ending)


_PLAIN = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "«": '"', "»": '"', "„": '"', "–": "-",
                        "\xa0": " "})


_FORMS = (("gonna", "going to"), ("wanna", "want to"), ("'ve gotta", " have to"), ("gotta", "have to"),
          ("gimme", "give me"), ("lemme", "let me"), ("dunno", "don't know"), ("c'mon", "come on"),
          ("'cause", "because"), ("kinda", "kind of"), ("outta", "out of"), ("lotta", "lot of"),
          ("y'all", "you all"), ("okay", "OK"), ("yeah", "yes"), ("yep", "yes"), ("nope", "no"),
          ("buddy", "friend"), ("dude", "friend"), ("pal", "friend"), ("mum", "mom"))


def _full_forms(text: str) -> str:
    """Spoken English as it is written in full."""
    for form, full in _FORMS:
        if form in text.lower():
            text = re.sub(rf"(?<!\w){re.escape(form)}\b" if form[0] != "'" or form == "'cause" else rf"{form}\b",
                          full, text, flags=re.IGNORECASE)
    return text


def _shouted(text: str) -> bool:
    letters = [letter for letter in text if letter.lower() != letter.upper()]
    return len(letters) > 1 and all(letter.isupper() for letter in letters) and text.strip(".!? ") != "OK"


def restore(text: str, tidied: Tidied, keep_capital: bool) -> str:
    """The translation ``text`` written as the source sentence was. ``keep_capital``: it begins with a name."""
    if tidied.ending is not None:
        text = text.rstrip(".!? ") + tidied.ending
    if tidied.shouted:
        return text.upper()
    if tidied.small and not keep_capital and not re.match(r"I\b", text):
        text = text[:1].lower() + text[1:]
    return text.replace("...", "…") if "…" in (tidied.ending or "") else text


_PREPOSITION = {"di": "de", "a": "a", "da": "da", "in": "ne", "su": "su"}
_ARTICLE = {"il": "l", "lo": "llo", "la": "lla", "i": "i", "gli": "gli", "le": "lle", "l'": "ll'"}
_APART = re.compile(r"\b((?i:di|a|da|in|su)) (il|lo|la|i|gli|le|l')(?=\b| )(?! \w+(?:are|ere|ire)\b)")


def contracted(text: str) -> str:
    """Italian ``text`` with prepositions and articles written as one (``su le mani``: ``sulle mani``), as they must
    be. What may be a pronoun before an infinitive (``a lo vedere``) or a name (``a La Spezia``) stays."""
    def one(match: re.Match[str]) -> str:
        word = _PREPOSITION[match[1].lower()] + _ARTICLE[match[2]]
        return word.capitalize() if match[1][0].isupper() else word

    return _APART.sub(one, text)


def balanced(text: str) -> str:
    """``text`` without tags whose partner is gone."""
    opened = [match[1].lower() for match in re.finditer(r"<([A-Za-z]+)[^<>]*>", text)]
    closed = [match[1].lower() for match in re.finditer(r"</([A-Za-z]+)[^<>]*>", text)]
    for name in {*opened, *closed}:
        if opened.count(name) != closed.count(name):
            text = re.sub(rf"</?{name}\b[^<>]*>", "", text, flags=re.IGNORECASE)
    return text
