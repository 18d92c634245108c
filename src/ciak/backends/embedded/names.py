"""Names carried through a translator that would mangle them.

A small model copies the names that its training text is full of (Tom, Mary, Boston) and mangles all others. So each
name that it may not know is exchanged for one of those before the translation and put back after it. Whether a
stand-in came through is checked: it must appear as often as it was put in. The guess of sex (a final ``a``) and of
place only makes agreement likelier. A title goes with its name ("Mr. Thorne", "il signor Thorne"): the model is
given a bare name, and the title of the other language is put back.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ciak.backends.embedded.lexicon import WORD, Lexicon

__all__ = ["Mask", "Name", "find_names", "masks", "unmask"]

_LATIN_CAPITAL = re.compile(r"[A-ZÀ-ÖØ-ÞĀ-Ž]")
_MEN, _WOMEN, _PLACES = ("Tom", "John", "Jackson"), ("Mary", "Alice"), ("Boston", "Tokyo", "Chicago")
_TITLES = frozenset(re.findall(r"\w+", """
    mr mrs ms miss dr doctor sir lady lord king queen prince princess captain major colonel general sergeant
    lieutenant officer detective inspector professor agent uncle aunt father mother brother sister saint president
    signor signora signorina dottor dottore dottoressa capitano maggiore colonnello generale sergente tenente
    ispettore professore professoressa agente zio zia padre madre fratello sorella san santa santo re regina
    principe principessa presidente don donna i"""))
_ADDRESS: dict[str, tuple[tuple[str, str], ...]] = {
    "en": (("mr", "signor"), ("mrs", "signora"), ("ms", "signora"), ("miss", "signorina"), ("dr", "dottor"),
           ("doctor", "dottor"), ("captain", "capitano"), ("sergeant", "sergente"), ("lieutenant", "tenente"),
           ("colonel", "colonnello"), ("professor", "professor"), ("agent", "agente"), ("inspector", "ispettore")),
    "it": (("signor", "Mr."), ("sig", "Mr."), ("signora", "Mrs."), ("sig.ra", "Mrs."), ("signorina", "Miss"),
           ("dottor", "Dr."), ("dottoressa", "Dr."), ("dott", "Dr."), ("capitano", "Captain"),
           ("sergente", "Sergeant"), ("tenente", "Lieutenant"), ("colonnello", "Colonel"),
           ("professor", "Professor"), ("agente", "Agent"), ("ispettore", "Inspector")),
}
"""Titles that stand before a name, and what the other language puts there."""
_JOINED = {("di", "il"): "del", ("a", "il"): "al", ("da", "il"): "dal", ("in", "il"): "nel", ("su", "il"): "sul",
           ("di", "la"): "della", ("a", "la"): "alla", ("da", "la"): "dalla", ("in", "la"): "nella",
           ("su", "la"): "sulla", ("di", "l'"): "dell'", ("a", "l'"): "all'", ("da", "l'"): "dall'"}
_HEAD = {"del": "di ", "al": "a ", "dal": "da ", "nel": "in ", "sul": "su ", "della": "di ", "alla": "a ",
         "dalla": "da ", "nella": "in ", "sulla": "su ", "dell'": "di ", "all'": "a ", "dall'": "da "}


@dataclass(frozen=True, slots=True)
class Name:
    """A name found in a sentence. ``start``, ``end``: its place with title and article; ``text``: the name alone;
    ``title``: the other language's; ``head``: a preposition that was joined to the article; ``sure``: not perhaps
    a rare word at the beginning of a sentence, or a place that has another name in the other language."""

    start: int
    end: int
    text: str
    title: str = ""
    head: str = ""
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Mask:
    """``text`` with stand-ins; ``pairs``: (stand-in, the name that it stands for)."""

    text: str
    pairs: tuple[tuple[str, Name], ...]


def find_names(sentence: str, language: str, lexicon: Lexicon | None,
               forced: Sequence[str] = ()) -> tuple[Name, ...]:
    """The names in ``sentence``: those of ``forced``, capitalised words that ``lexicon`` does not know, and whoever
    has a title."""
    found: list[Name] = []

    def add(name: Name) -> None:
        if not any(name.start < other.end and other.start < name.end for other in found):
            found.append(name)

    for wanted in sorted({name.strip() for name in forced if name.strip()}, key=lambda name: (-len(name), name)):
        pattern = rf"(?<!\w){re.escape(wanted)}(?!\w)"
        for hit in list(re.finditer(pattern, sentence)) or list(re.finditer(pattern, sentence, re.IGNORECASE)):
            add(Name(hit.start(), hit.end(), hit[0]))
    if lexicon is not None:
        for guess in _unknown(sentence, lexicon):
            add(guess)
        for guess in _titled(sentence, language):
            add(guess)
    with_titles = [_with_title(sentence, language, name) for name in found]
    return tuple(sorted(with_titles, key=lambda name: name.start))


def _unknown(sentence: str, lexicon: Lexicon) -> list[Name]:
    """Runs of capitalised words with at least one that the model does not know well."""
    words = [_bare((match.start(), match.end(), match[0])) for match in WORD.finditer(sentence)]
    runs: list[list[tuple[int, int, str]]] = []
    openings: set[int] = set()
    for number, word in enumerate(words):
        opens = number == 0 or bool(re.search(r"[.!?:\"]\s*$", sentence[:word[0]]))
        if not _LATIN_CAPITAL.match(word[2]) or word[2].lower() in _TITLES or (opens and lexicon.copies(word[2])):
            continue
        if opens:
            openings.add(word[0])
        if runs and not opens and re.fullmatch(r"[ -]|\. ", sentence[runs[-1][-1][1]:word[0]]):
            runs[-1].append(word)
        else:
            runs.append([word])
    return [Name(run[0][0], run[-1][1], sentence[run[0][0]:run[-1][1]],
                 sure=any(not lexicon.has(word[2]) and word[0] not in openings for word in run)) for run in runs
            if any(not lexicon.copies(word[2]) for word in run)]


def _bare(word: tuple[int, int, str]) -> tuple[int, int, str]:
    """"Sintel's" is the name Sintel and a suffix; "l'Aldera" an article and a name."""
    start, end, text = word
    if match := re.search(r"['’]s?$", text):
        end, text = end - len(match[0]), text[:match.start()]
    if match := re.match(r"(?:[a-zA-Z]{1,4})['’](?=[A-ZÀ-Þ])", text):
        start, text = start + len(match[0]), text[match.end():]
    return start, end, text


def _titles(language: str) -> str:
    titles = sorted((title for title, _ in _ADDRESS.get(language, ())), key=lambda title: -len(title))
    return "|".join(map(re.escape, titles))


def _titled(sentence: str, language: str) -> list[Name]:
    """Whoever has a title, known to the model or not."""
    pattern = rf"\b(?i:{_titles(language)})\.? ([A-ZÀ-Þ][\w-]*(?: [A-ZÀ-Þ][\w-]*)?)"
    if language not in _ADDRESS:
        return []
    return [Name(hit.start(1), hit.end(1), hit[1]) for hit in re.finditer(pattern, sentence)]


def _with_title(sentence: str, language: str, name: Name) -> Name:
    """The same name, grown over its title and the article before it."""
    if language not in _ADDRESS:
        return name
    heads = "|".join(_HEAD) if language == "it" else "$^"
    before = re.search(rf"(?:\b(?P<head>{heads}) ?)?(?:\b(?:il|la|l'|the) ?)?\b(?P<title>{_titles(language)})\.? $",
                       sentence[:name.start], re.IGNORECASE)
    if before is None:
        return name
    title = dict(_ADDRESS[language])[before["title"].lower()]
    head = _HEAD.get((before["head"] or "").lower(), "")
    return Name(before.start(), name.end, name.text, title, head)  # nobody gives a rare word a title


def masks(sentence: str, names: Sequence[Name]) -> list[Mask]:
    """Ways to exchange every name for a stand-in that ``sentence`` does not hold already, likeliest first."""
    kinds = [[_likely(sentence, name) for name in names]]
    kinds.append([_WOMEN if kind is _MEN else _MEN for kind in kinds[0]])
    if any(_after_preposition(sentence, name) for name in names):
        kinds.append([_PLACES if _after_preposition(sentence, name) else kind
                      for name, kind in zip(names, kinds[0], strict=True)])
    made = [_mask(sentence, names, choice) for choice in kinds]
    return [one for number, one in enumerate(made) if one is not None and one not in made[:number]]


def _likely(sentence: str, name: Name) -> tuple[str, ...]:
    if not name.title and re.search(r"\bin $", sentence[:name.start]):
        return _PLACES
    woman = name.title in ("signora", "signorina", "Mrs.", "Miss")
    return _WOMEN if woman or (not name.title and name.text.split()[0].lower().endswith("a")) else _MEN


def _after_preposition(sentence: str, name: Name) -> bool:
    before = sentence[:name.start]
    return not name.title and bool(re.search(r"\b(?:at|from|to|of|near|a|da|di|per|verso) $", before))


def _mask(sentence: str, names: Sequence[Name], kinds: Sequence[tuple[str, ...]]) -> Mask | None:
    taken: dict[str, str] = {}
    text, last = "", 0
    for name, kind in zip(names, kinds, strict=True):
        if name.text not in taken:
            free = (one for one in (*kind, *_MEN, *_WOMEN, *_PLACES)
                    if one not in taken.values() and not re.search(rf"\b{one}\b", sentence))
            stand_in = next(free, None)
            if stand_in is None:
                return None
            taken[name.text] = stand_in
        head = name.head.capitalize() if name.start == 0 else name.head
        text += sentence[last:name.start] + head + taken[name.text]
        last = name.end
        if re.match(r"['’](?!\w)", sentence[last:]):  # "Scales' mother"
            text, last = text + "'s", last + 1
    first = {name.text: name for name in reversed(names)}
    return Mask(text + sentence[last:], tuple((stand_in, first[original]) for original, stand_in in taken.items()))


def unmask(text: str, masked: Mask, target: str) -> str | None:
    """``text`` with the names put back, or None if a stand-in is not there as often as it was put in."""
    for stand_in, name in masked.pairs:
        pattern = rf"\b{stand_in}\b"
        if len(re.findall(pattern, text)) != len(re.findall(pattern, masked.text)):
            return None
        if name.title and target == "it":
            text = _italian_title(text, stand_in, name)
        else:
            whole = f"{name.title} {name.text}".strip()
            text = re.sub(pattern, lambda _match, whole=whole: whole, text)  # type: ignore[misc]
    return text


def _italian_title(text: str, stand_in: str, name: Name) -> str:
    """"signor Thorne" with its article, unless he is spoken to."""
    article = "l'" if name.title[0] in "aeiou" else "la" if name.title.endswith("a") else "il"
    pattern = re.compile(rf"(?:\b(?P<head>[Dd]i|[Aa]|[Dd]a|[Ii]n|[Ss]u) )?\b{stand_in}\b")

    def put(match: re.Match[str]) -> str:
        head, before, after = match["head"] or "", text[:match.start()].rstrip(), text[match.end():].lstrip()
        alone = text.strip(" .!?") == stand_in
        if alone or (not head and (before.endswith(",") or after[:1] in (",", "!", ""))):
            return f"{name.title if before else name.title.capitalize()} {name.text}"
        joined = _JOINED.get((head.lower(), article))
        first = joined or " ".join(part for part in (head, article) if part)
        if (head[:1].isupper() or not before) and first:
            first = first[0].upper() + first[1:]
        return f"{first}{'' if first.endswith(chr(39)) else ' '}{name.title} {name.text}"

    return pattern.sub(put, text)
