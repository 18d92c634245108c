"""Reads the words of a film for the pages: its glossary and that of the house, proposals, each language read over.

It changes nothing and makes nothing: shot changes are judged as far as the film was looked through. Reading a language
over takes a second or two for a long film (a thousandth of a second a line or less); the answer is kept as long as
what it was read from stays as it is. It asks nobody to wait but who asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from ciak.bootstrap import house_terms
from ciak.config import Settings
from ciak.dubbing.agreed import says
from ciak.dubbing.dictionary import dictionary
from ciak.dubbing.keeping import Kept as KeptTerm
from ciak.dubbing.profile import BASIC, RULES, profile_named, profiles
from ciak.dubbing.proposing import Proposal, proposed
from ciak.dubbing.reviewing import LanguageReport, review_dialogue
from ciak.dubbing.titling import spotting_profile
from ciak.film import Dialogue, Glossary, GlossaryTerm, Rate, TermKind, seconds
from ciak.film.editing import in_order, version_of
from ciak.project import Film
from ciak.project.glossing import language_of_terms
from ciak.server.studio.kept import Kept
from ciak.server.studio.reading import FilmReader
from ciak.server.studio.subtitling import told_times
from ciak.server.studio.words_views import (
    BrokenView,
    HouseTermView,
    KeptView,
    LimitView,
    MomentView,
    ProfilesView,
    ProfileView,
    ProposalsView,
    ProposalView,
    ReadingView,
    RemarkView,
    TermView,
    WordsView,
)

__all__ = ["WordsReader", "profiles_view", "term_view"]

_SHEET, _GLOSSARY, _CAST = "film.toml", "glossary.json", "cast.json"
_MOST = 3000
"""Remarks, and broken rules, of one language that a page is told."""
_MOST_PROPOSED = 300
_MOST_LINES = 50
"""Lines told of one term that they do not keep to."""
_TEXT = 300
"""Characters of a line that go with a remark."""


class WordsReader:
    """The words of one film. ``settings``: where the house library is. Any thread may ask."""

    def __init__(self, reader: FilmReader, settings: Settings) -> None:
        self._reader = reader
        self._settings = settings
        self._kept = Kept(reader.root)

    def words(self) -> WordsView:
        """The glossary. Raises :class:`Damaged` when it cannot be read."""
        film, glossary = self._reader.open(), self._glossary()
        source = language_of_terms(film)
        languages = tuple(sorted(film.languages(), key=lambda code: (code != source, code)))
        return WordsView(revision=glossary.revision, source=source, languages=languages,
                         terms=tuple(term_view(term) for term in glossary.terms),
                         house=_house(glossary, source, self._agreed(source, languages)))

    def proposals(self) -> ProposalsView:
        """What may belong into the glossary."""
        film = self._reader.open()
        language = language_of_terms(film)
        if language is None or language not in film.languages():
            return ProposalsView(language=None, proposals=(), more=0)

        def make() -> ProposalsView:
            told = self._reader.dialogue(language)
            found = proposed([loop.text for loop in told.loops], dictionary(language),
                             self._glossary().wordings(language))
            return ProposalsView(language=language, more=max(0, len(found) - _MOST_PROPOSED), proposals=tuple(
                _proposal(one, told, film.rate) for one in found[:_MOST_PROPOSED]))
        return self._kept("proposals", (_SHEET, _GLOSSARY, f"dialogue/{language}.json"), make)

    def reading(self, language: str) -> bytes:
        """One language read over, a :class:`ReadingView`. Raises :class:`NotFound`."""
        film, told = self._reader.open(), self._reader.dialogue(language)
        source = told.source or language
        agreed = self._agreed(source, (language,))
        cuts = tuple(shot.first for shot in self._reader.survey().shots)
        papers = (_SHEET, _GLOSSARY, _CAST, *(f"dialogue/{code}.json" for code in dict.fromkeys((language, source))))

        def make() -> bytes:
            with told_times(language):
                report = review_dialogue(film, told, partial(house_terms, chosen=self._settings), cuts)
            judged = bool(cuts) or film.source is None or not film.source.picture
            profile = spotting_profile(film, language)
            return _reading(report, told, film.rate, judged or not profile.has("shots")).model_dump_json().encode()
        return self._kept(f"reading {language} {hash((agreed, cuts))}", papers, make)

    def _glossary(self) -> Glossary:
        return self._kept("glossary", (_SHEET, _GLOSSARY), lambda: self._reader.open().glossary())

    def _agreed(self, source: str | None, languages: Sequence[str]) -> tuple[tuple[str, str, str], ...]:
        """Language, term and rendering of each term of the house out of ``source``."""
        return tuple((code, term, rendering) for code in languages if source is not None and code != source
                     for term, rendering in house_terms(source, code, self._settings))


def term_view(term: GlossaryTerm) -> TermView:
    """A term of the film."""
    return TermView(id=term.id, version=version_of(term), term=term.term, language=term.language,
                    kind=term.kind.value, renderings=term.renderings, note=term.note)


def _house(glossary: Glossary, source: str | None,
           agreed: Sequence[tuple[str, str, str]]) -> tuple[HouseTermView, ...]:
    rows: dict[str, dict[str, str]] = {}
    for code, term, rendering in agreed:
        rows.setdefault(term, {})[code] = rendering
    own = {term.term.casefold() for term in glossary.terms if term.language == source}
    return tuple(HouseTermView(term=term, language=source or "", renderings=rows[term], own=term.casefold() in own)
                 for term in sorted(rows, key=str.casefold))


def _proposal(one: Proposal, told: Dialogue, rate: Rate) -> ProposalView:
    first = next((loop for loop in in_order(told.loops) if says(loop.text, one.term, one.kind is TermKind.NAME)), None)
    at = None if first is None else MomentView(line=first.id, frame=rate.nearest_frame(first.span.start))
    return ProposalView(term=one.term, kind=one.kind.value, count=one.count, at=at)


def _reading(report: LanguageReport, told: Dialogue, rate: Rate, shots: bool) -> ReadingView:
    """A report as a page gets it."""
    texts = {loop.id: loop.text for loop in told.loops}
    frames = {loop.id: rate.nearest_frame(loop.span.start) for loop in told.loops}

    def moment(line: str) -> MomentView:
        return MomentView(line=line, frame=frames[line])

    def kept(one: KeptTerm) -> KeptView:
        return KeptView(term=one.pair.source, rendering=one.pair.target, said=one.said, kept=one.kept,
                        lacking=tuple(moment(line) for line in one.lacking[:_MOST_LINES]))

    return ReadingView(
        language=report.language, source=told.source, lines=report.lines, dictionary=report.dictionary, shots=shots,
        written=report.written, confidence=report.confidence, flagged=report.flagged,
        untranslated=report.untranslated, terms=report.terms, terms_kept=report.terms_kept,
        profile=report.profile or BASIC.name, rules=report.rules, remarks=tuple(RemarkView(
            code=one.code, sign=one.sign, at=moment(one.line), word=one.word[:_TEXT],
            meant=tuple(text[:_TEXT] for text in one.meant), text=texts[one.line][:_TEXT])
            for one in report.remarks[:_MOST]),
        broken=tuple(BrokenView(
            rule=one.rule, at=MomentView(line=one.line, frame=rate.nearest_frame(seconds(one.start))),
            measured=round(one.measured, 3), limit=round(one.limit, 3), text=one.text[:_TEXT])
            for one in report.broken[:_MOST]),
        more=max(0, len(report.remarks) - _MOST) + max(0, len(report.broken) - _MOST),
        keeping=tuple(kept(one) for one in report.keeping))


def profiles_view(film: Film) -> ProfilesView:
    """The profile of ``film``, and those there are."""
    return ProfilesView(chosen=film.sheet.profile or BASIC.name, profiles=tuple(map(_profile, profiles())),
                        spotted={code: spotting_profile(film, code).name for code in film.languages()})


def _profile(name: str) -> ProfileView:
    profile, order = profile_named(name), list(RULES)
    return ProfileView(
        name=name, title=profile.title, version=profile.version, language=profile.language, speeds=dict(profile.speeds),
        rules=tuple(LimitView(rule=rule, limit=str(entry.limit), source=entry.source, date=entry.date)
                    for rule, entry in sorted(profile.rules, key=lambda one: order.index(one[0]))))
