"""Reviewing: the words of a film read over, language by language, as a proof-reader does. Nothing is changed.

Spelling (words that the language's list has not, capitals inside a sentence aside: those are names), a name written in
two ways, a term rendered otherwise than agreed, a line translated in two ways, signs that cannot be right. With it
goes a report of each language: who wrote its lines, how sure the machine is, what is flagged, which of a client's
rules are broken. It knows no grammar and no meaning: a right word in the wrong place is not seen.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from ciak.dubbing.adaptation import UNTRANSLATED, is_a_persons
from ciak.dubbing.agreed import HouseTerms, no_house, term_pairs
from ciak.dubbing.dictionary import Dictionary, dictionary, tokens
from ciak.dubbing.keeping import Kept, kept_terms
from ciak.dubbing.phrasing import STRONG
from ciak.dubbing.respelling import sound
from ciak.dubbing.titling import Titled, Titling, kept_titling, titled
from ciak.film import Dialogue, SubtitleDocument
from ciak.project import Film

__all__ = ["Broken", "LanguageReport", "Remark", "Said", "review_dialogue", "review_document", "review_film"]

_SIGNS = ((re.compile(r"(?<=\S) +(?=[,.](?:\s|$))"), "blank-before", "a blank before a comma or a full stop"),
          (re.compile(r"(?<=\S) {2,}(?=\S)"), "two-blanks", "two blanks"),
          (re.compile(r"(?<![.?!])\.\.(?!\.)"), "two-stops", "two full stops"),
          (re.compile(r"[,;:]{2,}"), "two-signs", "two signs where one belongs"))
_TWICE = re.compile(r"\b([^\W\d_]{2,})\s+\1\b", re.IGNORECASE)
_TWICE_RIGHT = frozenset({
    "that", "had", "is", "no", "yes", "oh", "ha", "ah", "eh", "very", "so", "bye", "now", "hey", "hello", "come",
    "on", "go", "knock", "please", "wait", "la", "sì", "là", "piano", "via", "ciao", "nein", "ja", "sie", "die",
    "der", "das", "très", "oui", "non", "nous", "vous", "muy", "que", "sí"})
"""Words that are said twice."""
_LATE = 0.5
"""Seconds by which a subtitle may begin before the line that it shows: it may go to a shot change."""


@dataclass(frozen=True, slots=True)
class Said:
    """A line or a subtitle: its id, where it begins (seconds), its words."""

    id: str
    start: float
    text: str


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to look at. ``code``: ``spelling``, ``two-ways``, ``term``, ``translated-twice``, ``signs``,
    ``word-twice``; ``word``: what it is about; ``meant``: what may have been meant; ``sign``, of signs: which of them
    is wrong (``blank-before``, ``two-blanks``, ``two-stops``, ``two-signs``, ``unpaired``, ``lone-quotation``)."""

    code: str
    language: str
    line: str
    start: float
    word: str
    message: str
    meant: tuple[str, ...] = ()
    sign: str = ""


@dataclass(frozen=True, slots=True)
class Broken:
    """A rule of the profile that one subtitle breaks: ``line``, the one it shows when it begins; ``start`` in seconds;
    ``measured`` and ``limit`` in the rule's unit (:class:`ciak.dubbing.checking.Violation`)."""

    rule: str
    line: str
    start: float
    measured: float
    limit: float
    text: str


@dataclass(frozen=True, slots=True)
class LanguageReport:
    """One language. ``written``: how many lines a person wrote and how many each machine; ``confidence``: the machine's
    mean; ``terms``: agreed terms that come up, ``terms_kept`` those rendered as agreed; ``dictionary``: whether
    spelling could be read; ``rules``: of ``profile``, how often each is broken, and ``broken`` where; ``keeping``: the
    agreed terms that come up, each with the lines that do not keep to it."""

    language: str
    lines: int
    remarks: tuple[Remark, ...]
    dictionary: bool
    written: dict[str, int] = field(default_factory=dict)
    confidence: float | None = None
    flagged: int = 0
    untranslated: int = 0
    terms: int = 0
    terms_kept: int = 0
    profile: str | None = None
    rules: dict[str, int] = field(default_factory=dict)
    broken: tuple[Broken, ...] = ()
    keeping: tuple[Kept, ...] = ()


def review_document(document: SubtitleDocument, language: str, names: Sequence[str] = ()) -> LanguageReport:
    """The words of a subtitle file. ``names``: words that are right."""
    lines = [Said(str(number), float(cue.span.start), " ".join(re.sub(r"<[^<>]{0,200}>", "", line)
                                                               for line in cue.lines))
             for number, cue in enumerate(document.cues, 1)]
    remarks = _remarks(lines, language, names)
    return LanguageReport(language, len(lines), _sorted(remarks), dictionary(language) is not None)


def review_film(film: Film, languages: Sequence[str], house: HouseTerms = no_house,
                tick: Callable[[float], None] = lambda done: None) -> tuple[LanguageReport, ...]:
    """A report of each of the film's ``languages``."""
    reports = []
    for number, language in enumerate(languages):
        dialogue = film.dialogue(language)
        if dialogue is not None:
            reports.append(review_dialogue(film, dialogue, house))
        tick((number + 1) / len(languages))
    return tuple(reports)


def review_dialogue(film: Film, dialogue: Dialogue, house: HouseTerms = no_house,
                    cuts: Sequence[int] | None = None) -> LanguageReport:
    """A report of one language. ``cuts``: frames of the shot changes, where nothing may be looked for; by default
    they are found, once, where the film's profile asks for them."""
    language = dialogue.language
    names = [*film.glossary().wordings(language), *(row.name for row in film.cast().members)]
    lines = [Said(loop.id, float(loop.span.start), loop.text) for loop in dialogue.loops]
    remarks = _remarks(lines, language, names)
    original = film.dialogue(dialogue.source) if dialogue.source else None
    keeping: tuple[Kept, ...] = ()
    if original is not None:
        pairs = term_pairs(film.glossary(), house, original.language, language)
        said = {loop.id: loop.text for loop in original.loops}
        both = [(said[line.id], line) for line in lines if line.id in said and line.text]
        keeping = kept_terms([(line.id, source, line.text) for source, line in both], pairs)
        remarks += [*_lacking(keeping, lines, language), *_twice(both, language)]
    sure = [loop.confidence for loop in dialogue.loops if loop.confidence is not None and not is_a_persons(loop)]
    made = titled(film, dialogue, kept_titling(film, Titling()), lambda done: None, known=cuts)
    return LanguageReport(
        language, len(lines), _sorted(remarks), dictionary(language) is not None,
        dict(Counter("person" if is_a_persons(loop) else loop.origin or "unknown" for loop in dialogue.loops)),
        round(sum(sure) / len(sure), 4) if sure else None, sum(bool(loop.flags) for loop in dialogue.loops),
        sum(UNTRANSLATED in loop.flags for loop in dialogue.loops), sum(one.said for one in keeping),
        sum(one.kept for one in keeping), made.profile.name, dict(Counter(one.rule for one in made.broken)),
        _broken(made, lines), keeping)


def _broken(made: Titled, lines: Sequence[Said]) -> tuple[Broken, ...]:
    """What of the profile is broken where."""
    ordered = sorted(lines, key=lambda line: line.start)
    starts = [line.start for line in ordered]
    found = []
    for one in made.broken:
        cue = made.cues[one.cue - 1]
        start = float(cue.span.start)
        at = bisect_right(starts, start + _LATE) - 1
        found.append(Broken(one.rule, ordered[at].id if at >= 0 else "", start, one.measured, one.limit,
                            " ".join(cue.lines)))
    return tuple(found)


def _sorted(remarks: Iterable[Remark]) -> tuple[Remark, ...]:
    return tuple(sorted(remarks, key=lambda one: (one.start, one.line, one.code, one.word)))


def _remarks(lines: Sequence[Said], language: str, names: Sequence[str]) -> list[Remark]:
    right = {part.lower() for name in names for _, word in tokens(name) for part in (word, word.rstrip("'’"))}
    words = dictionary(language)
    remarks = [remark for line in lines for remark in _signs(line, language)]
    if words is not None:
        inside = _capitals(lines)
        remarks += [remark for line in lines for remark in _spelling(line, language, words, right, inside)]
        remarks += _two_ways(lines, language, words, right, inside)
    return remarks


def _opens(text: str, at: int) -> bool:
    """Whether a sentence begins there."""
    before = text[:at].rstrip("\"'“”«»‘’([¿¡♪-–— ")
    return not before or before.endswith((*STRONG, ":"))


def _capitals(lines: Sequence[Said]) -> Counter[str]:
    """Words with a capital inside a sentence: names."""
    return Counter(_bare(word) for line in lines for at, word in tokens(line.text)
                   if word[0].isupper() and not _opens(line.text, at))


def _bare(word: str) -> str:
    return re.sub(r"['’]s?$", "", word)


def _spelling(line: Said, language: str, words: Dictionary, right: set[str], inside: Counter[str]) -> Iterator[Remark]:
    for at, word in tokens(line.text):
        bare = _bare(word)
        named = bare.lower() in right or inside[bare] > 0 or (word[0].isupper() and not _opens(line.text, at))
        if named or (word.isupper() and len(word) > 1) or words.knows(word) or words.knows(bare):
            continue
        meant = words.meant(bare)
        likely = f": {', '.join(meant)}?" if meant else ""
        yield Remark("spelling", language, line.id, line.start, word, f"not in the dictionary{likely}", meant)


def _two_ways(lines: Sequence[Said], language: str, words: Dictionary, right: set[str],
              inside: Counter[str]) -> Iterator[Remark]:
    """Rarer spellings of names that sound like one that is written more often, or that is agreed."""
    unknown = {word: count for word, count in inside.items()
               if len(word) > 3 and not words.knows(word) and word[1:].islower()}
    by_sound: dict[str, list[str]] = {}
    for word in sorted(unknown, key=lambda one: (one.lower() not in right, -unknown[one], one)):
        by_sound.setdefault(sound(word), []).append(word)
    other = {word: best for best, *rest in by_sound.values() for word in rest if word.lower() not in right}
    for line in lines:
        for _, word in tokens(line.text):
            if (bare := _bare(word)) in other:
                yield Remark("two-ways", language, line.id, line.start, bare, f"elsewhere written {other[bare]!r}",
                             (other[bare],))


def _signs(line: Said, language: str) -> Iterator[Remark]:
    def remark(word: str, sign: str, message: str) -> Remark:
        return Remark("signs", language, line.id, line.start, word, message, sign=sign)

    for pattern, sign, message in _SIGNS:
        if hit := pattern.search(line.text):
            yield remark(hit[0], sign, message)
    for opening, closing in (("“", "”"), ("«", "»"), ("(", ")"), ("[", "]")):
        if line.text.count(opening) != line.text.count(closing) and language.split("-")[0] != "de":
            yield remark(opening, "unpaired", f"{opening} and {closing} are not paired")
    if line.text.count('"') % 2:
        yield remark('"', "lone-quotation", "a quotation mark stands alone")
    for hit in _TWICE.finditer(line.text):
        if hit[1].lower() not in _TWICE_RIGHT:
            yield Remark("word-twice", language, line.id, line.start, hit[0], "the same word twice", (hit[1],))


def _lacking(keeping: Sequence[Kept], lines: Sequence[Said], language: str) -> Iterator[Remark]:
    starts = {line.id: line.start for line in lines}
    for one in keeping:
        for line in one.lacking:
            yield Remark("term", language, line, starts[line], one.pair.source, f"agreed as {one.pair.target!r}",
                         (one.pair.target,))


def _twice(both: Sequence[tuple[str, Said]], language: str) -> Iterator[Remark]:
    """The same line of the original, of more than two words, rendered in two ways."""
    first: dict[str, Said] = {}
    for source, line in both:
        key = " ".join(source.casefold().split())
        before = first.setdefault(key, line)
        if len(key.split()) > 2 and " ".join(before.text.split()) != " ".join(line.text.split()):
            yield Remark("translated-twice", language, line.id, line.start, source[:80],
                         f"the line {before.id!r} renders it as {before.text[:80]!r}", (before.text,))
