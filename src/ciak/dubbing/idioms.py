"""Idioms: what a line says instead of its words, before it is translated.

A dictionary (``idiom_lists/<source>-<target>.tsv``, which says how it is written) has plain wordings for each idiom,
and for sayings and calls the sentence of the other language. A plain wording takes the form of the idiom's verb
(``kicked the bucket``: ``died``) and the person it speaks of (``pulling my leg``: ``making fun of me``), so that any
translator finds person and tense by itself. A line whose idiom is a whole sentence needs no translator for it.

Does not know whether words are meant as an idiom or as they stand: expressions that are often meant as they stand were
left out of the dictionary, and the translation of the words themselves stays among a line's wordings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files

from ciak.dubbing.inflection import Form, form_of, forms, inflected

__all__ = ["Part", "Reworded", "reworded"]

_POSS = (r"my|your|his|her|its|our|their|one's|somebody's|someone's|everyone's|everybody's|nobody's|people's|"
         r"(?:the|my|your|his|her|our|their) \w+(?:'s|s')|(?-i:[A-Z]\w+'s)")
_OBJ = (r"me|you|him|her|it|us|them|this|that|everyone|everybody|someone|somebody|anyone|anybody|nobody|people|myself|"
        r"yourself|himself|herself|itself|ourselves|yourselves|themselves|(?:the|my|your|his|her|our|their|this|that) "
        r"\w+|(?-i:[A-Z]\w+)")
_PERSON = {"my": "me", "your": "you", "his": "him", "her": "her", "its": "it", "our": "us", "their": "them"}
_OWNER = {other: one for one, other in _PERSON.items()} | {"her": "her"}
_SENTENCE = re.compile(r"(?<=[.!?…])\s+(?=[\"'“«(-]*[A-ZÀ-Þ])")
_HEAD = re.compile(r"((?:well|oh|hey|okay|ok|now|come on|look|listen|so|but|and|yes|no|yeah|right|please|ah|man|boy"
                   r"|just),?) +(?=\S)", re.IGNORECASE)
_CALLED = re.compile(r", ([\w' ]{2,60})$")
_TAG = re.compile(r"(?:will|would|could|can|did|do|don't|won't|didn't|can't|are|aren't) (?:you|we|they)",
                  re.IGNORECASE)
_DO = re.compile(r"\b(?:do|does|did|don't|doesn't|didn't)(?: \w+)?\s*$", re.IGNORECASE)
_MOST = 3
"""Idioms of one line that are looked for."""


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a line: for the translator, or ``done``, in the target language."""

    text: str
    done: bool = False


@dataclass(frozen=True, slots=True)
class Reworded:
    """One way to say a line without its ``idioms``; joined by spaces (a part that begins with a comma: by none)."""

    parts: tuple[Part, ...]
    idioms: tuple[str, ...]


@dataclass(frozen=True)
class _Idiom:
    written: str
    plain: tuple[str, ...]
    whole: tuple[str, ...]

    @property
    def name(self) -> str:
        """Without the mark of its verbs."""
        return self.written.replace("~", "")

    @cached_property
    def verbs(self) -> tuple[tuple[str, ...], ...]:
        """For each marked verb the verbs that it may be."""
        return tuple(tuple(token.strip("()")[1:].split("/")) for token in self.written.split()
                     if token.strip("()").startswith("~"))

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Where it stands in a sentence; compiled when it may be there."""
        return _compiled(self.written)


def reworded(line: str, source: str, target: str) -> tuple[Reworded, ...]:
    """Ways to say ``line`` without its idioms, best first; none where it has none, or no dictionary is there for the
    languages."""
    known = _dictionary(source, target)
    if known is None or len(line) > 2000:
        return ()
    sentences = [_ways(sentence, known) for sentence in _SENTENCE.split(line)]
    names = tuple(dict.fromkeys(name for ways in sentences for way in ways for name in way.idioms))
    if not names:
        return ()
    made = []
    for rank in range(max(len(ways) for ways in sentences)):
        parts = [part for ways in sentences for part in ways[min(rank, len(ways) - 1)].parts]
        made.append(Reworded(_merged(parts), names))
    return tuple(dict.fromkeys(made))


def _merged(parts: Sequence[Part]) -> tuple[Part, ...]:
    """Neighbours that both go to the translator as one."""
    out: list[Part] = []
    for part in parts:
        if out and not part.done and not out[-1].done and not part.text.startswith(","):
            out[-1] = Part(f"{out[-1].text} {part.text}")
        else:
            out.append(part)
    return tuple(out)


def _ways(sentence: str, known: _Dictionary) -> list[Reworded]:
    """A sentence's ways; itself, without an idiom, where it has none."""
    straight = sentence.replace("’", "'")
    made = list(_whole(straight, known))
    for rank in range(2):
        text = straight
        names: list[str] = []
        for idiom in known.near(straight)[:40]:
            if len(names) < _MOST and idiom.plain and (other := _put(text, idiom, rank)) is not None:
                text = other
                names.append(idiom.name)
        if names:
            made.append(Reworded((Part(text),), tuple(names)))
    return list(dict.fromkeys(made)) or [Reworded((Part(sentence),), ())]


def _whole(sentence: str, known: _Dictionary) -> Iterator[Reworded]:
    """The sentence as a saying of the target language, with who is called, and what it begins with, translated."""
    bare = sentence.strip().rstrip(".!?…\"' ")
    mark = sentence.strip()[len(bare):]
    head = match[1] if (match := _HEAD.match(bare)) else ""
    called = match[1] if (match := _CALLED.search(bare)) else ""
    for first, last in ((0, 0), (0, 1), (1, 0), (1, 1)):
        core = bare[len(head):].strip() if first else bare
        core = core[:len(core) - len(called) - 2] if last and called else core
        if (first and not head) or (last and not called):
            continue
        for idiom in known.near(core):
            if idiom.whole and idiom.pattern.fullmatch(core):
                for text in idiom.whole:
                    yield Reworded(_dressed(text, head if first else "", called if last else "", mark), (idiom.name,))
                return


def _dressed(text: str, head: str, called: str, mark: str) -> tuple[Part, ...]:
    bare = text.rstrip(".!…")
    own = text[len(bare):]
    ending = "" if text.endswith("?") else own if own in ("...", "…") else mark or own
    parts = [Part(bare + ("" if called else ending), done=True)]
    if head:
        parts.insert(0, Part(head.rstrip(",").capitalize() + ","))
        parts[1] = Part(bare[:1].lower() + bare[1:] + ("" if called else ending), done=True)
    if not called:
        return tuple(parts)
    asked = _TAG.fullmatch(called) is not None
    return (*parts, Part(", va bene?", done=True) if asked else Part(f", {called}{ending or mark}"))


def _put(text: str, idiom: _Idiom, rank: int) -> str | None:
    """``text`` with the plain wording in the place of the idiom."""
    match = idiom.pattern.search(text)
    if match is None:
        return None
    before = text[:match.start()]
    found = [match[f"v{number}"].lower() for number in range(len(idiom.verbs))]
    form = Form.BASE
    if idiom.verbs:
        verb = next(one for one in idiom.verbs[0] if found[0] in forms(one))
        form = form_of(verb, found[0], before)
    options = [one for one in idiom.plain if not (_DO.search(before) and "~be" in one and before.strip().lower()
                                                  not in ("don't", "do"))] or list(idiom.plain)
    plain = _filled(options[min(rank, len(options) - 1)], match)
    plain = re.sub(r"~(\w+)", lambda hit: _verb(hit[1], form, before, found), plain)
    if before[-1:].isalnum() and plain.startswith("'"):
        return before + plain + text[match.end():]
    if not before.strip("\"'(¿¡- "):
        plain = plain[:1].upper() + plain[1:]
    before = re.sub(r"\b([Aa])n? $", lambda hit: hit[1] + ("n " if plain[:1].lower() in "aeiou" else " "), before)
    return before + plain + text[match.end():]


def _verb(verb: str, form: Form, before: str, found: Sequence[str]) -> str:
    if verb == "be" and found and found[0] in forms("be"):
        return found[0]
    return inflected(verb, form, before)


def _filled(plain: str, match: re.Match[str]) -> str:
    groups = match.groupdict()
    owner, person = groups.get("poss"), groups.get("obj")
    if owner is None and person is not None:
        low = person.lower()
        owner = _OWNER.get(low, f"{person}'s")
    if person is None and owner is not None:
        low = owner.lower()
        person = _PERSON.get(low, re.sub(r"'s?$", "", owner))
    return plain.replace("$poss", owner or "their").replace("$obj", person or "them").replace(
        "you about yourself", "you about you")


class _Dictionary:
    """The idioms between two languages, found by their rarest word."""

    def __init__(self, rows: Sequence[str]) -> None:
        self._by_word: dict[str, list[_Idiom]] = {}
        for row in rows:
            written, plain, whole = [*row.split("\t"), "", ""][:3]
            idiom = _Idiom(written, tuple(filter(None, plain.split("|"))), tuple(filter(None, whole.split("|"))))
            for word in _anchor(written):
                self._by_word.setdefault(word, []).append(idiom)

    def near(self, text: str) -> list[_Idiom]:
        """The idioms that may be in ``text``, the longest first."""
        words = set(re.findall(r"[\w']+", text.lower()))
        words |= {part for word in words for part in word.split("'")}
        found = {id(one): one for word in words for one in self._by_word.get(word, ())}
        return sorted(found.values(), key=lambda one: (-len(one.name), one.name))


@cache
def _dictionary(source: str, target: str) -> _Dictionary | None:
    file = files("ciak.dubbing") / "idiom_lists" / f"{source.split('-')[0]}-{target.split('-')[0]}.tsv"
    if not file.is_file():
        return None
    return _Dictionary([row for row in file.read_text(encoding="utf-8").splitlines() if row and row[0] != "#"])


def _anchor(written: str) -> tuple[str, ...]:
    """The words by one of which an idiom is found: those of its token that is longest at least."""
    found: list[tuple[str, ...]] = []
    for piece in re.sub(r"\([^)]*\)", "", written).split():
        ways = tuple(way.split("-")[0] for way in piece.strip("~,").lower().split("/"))
        if piece.startswith("~"):
            found.append(tuple(word for way in ways for word in forms(way)))
        elif not piece.startswith("$"):
            found.append(ways)
    return max(found, key=lambda words: min(map(len, words)))


def _compiled(written: str) -> re.Pattern[str]:
    parts: list[str] = []
    used: set[str] = set()
    for token in written.split():
        opens, closes = token.startswith("("), token.endswith(")")
        gap = r"[\s,-]+" if parts else ""
        parts.append(("(?:" if opens else "") + gap + _token(token.strip("()"), used) + (")?" if closes else ""))
    start = "" if written.startswith("~be ") else r"(?<![\w'])"
    return re.compile(start + "".join(parts) + r"(?!\w)", re.IGNORECASE)


def _token(token: str, used: set[str]) -> str:
    """The pattern of one word of an idiom."""
    if token.endswith("$$"):
        return "(?:I|you|he|she|it|we|they)"
    if token.startswith("$"):
        kind = token[1:].strip(",")
        options = _POSS if kind == "poss" else _OBJ
        first = kind not in used
        used.add(kind)
        return f"(?P<{kind}>{options})" if first else f"(?:{options})"
    if token.startswith("~"):
        ways = token[1:].split("/")
        name = f"v{sum(one.startswith('v') for one in used)}"
        used.add(name)
        if ways == ["be"]:
            said = r"(?:(?<=\w)'(?:s|re|m)|(?<![\w'])(?:am|is|are|was|were|be|been|being))"
            return f"(?P<{name}>{said})(?: (?:not|just|really|quite|going to be|always|pretty|so))?"
        said = "|".join(sorted((re.escape(word) for way in ways for word in forms(way)), key=len, reverse=True))
        return f"(?P<{name}>{said})"
    return "(?:" + "|".join(re.escape(way) for way in token.rstrip(",").lower().split("/")) + ")"
