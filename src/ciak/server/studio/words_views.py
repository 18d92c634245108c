"""What the API sends of a film's words: its glossary, what is proposed for it, the reading over, the profiles.

Moments are frames, as in :mod:`ciak.server.studio.views`. What a person reads is said by codes, for the catalogues of
the pages; only words of the film and titles of profiles are texts.
"""

from __future__ import annotations

from ciak.film.model import FilmModel

__all__ = ["BrokenView", "HouseTermView", "KeptView", "LimitView", "MomentView", "ProfileView", "ProfilesView",
           "ProposalView", "ProposalsView", "ReadingView", "RemarkView", "TermView", "WordsView"]


class TermView(FilmModel):
    """One name or phrase of the film. ``version`` changes with it: an edit names the version that it was made on."""

    id: str
    version: str
    term: str
    language: str
    kind: str
    renderings: dict[str, str]
    note: str


class HouseTermView(FilmModel):
    """A term of the house. ``own``: the film's glossary has it too, and goes before."""

    term: str
    language: str
    renderings: dict[str, str]
    own: bool


class WordsView(FilmModel):
    """The glossary of the film and of the house. ``source``: the language of a term unless something else is said, None
    when the film does not say; ``languages``: those that the film has, the source first."""

    revision: int
    source: str | None
    languages: tuple[str, ...]
    terms: tuple[TermView, ...]
    house: tuple[HouseTermView, ...]


class MomentView(FilmModel):
    """A line and the frame at which it, or its subtitle, begins."""

    line: str
    frame: int


class ProposalView(FilmModel):
    """A name or phrase that may belong into the glossary; ``count``: how often it is said, ``at``: first."""

    term: str
    kind: str
    count: int
    at: MomentView | None


class ProposalsView(FilmModel):
    """What may belong into the glossary, names first, the most frequent first; ``language``: None where nothing is said
    in the film yet. ``more``: how many are not told."""

    language: str | None
    proposals: tuple[ProposalView, ...]
    more: int


class RemarkView(FilmModel):
    """Something to look at: ``code`` and ``sign`` as of ``ciak subtitle review``; ``word``: what it is about;
    ``meant``: what may have been meant; ``text``: the words of the line."""

    code: str
    sign: str
    at: MomentView
    word: str
    meant: tuple[str, ...]
    text: str


class BrokenView(FilmModel):
    """A rule of the profile that a subtitle breaks; ``measured`` and ``limit`` in the rule's unit."""

    rule: str
    at: MomentView
    measured: float
    limit: float
    text: str


class KeptView(FilmModel):
    """An agreed term in a translation: in how many lines it comes up, how many render it as agreed, and some of those
    that do not."""

    term: str
    rendering: str
    said: int
    kept: int
    lacking: tuple[MomentView, ...]


class ReadingView(FilmModel):
    """One language read over. ``dictionary``: its spelling could be read; ``shots``: what the profile says of shot
    changes was judged; ``written``: lines by who wrote them; ``confidence``: the machine's mean; ``rules``: of
    ``profile``, how often each is broken; ``more``: remarks and broken rules that are not told."""

    language: str
    source: str | None
    lines: int
    dictionary: bool
    shots: bool
    written: dict[str, int]
    confidence: float | None
    flagged: int
    untranslated: int
    terms: int
    terms_kept: int
    profile: str
    rules: dict[str, int]
    remarks: tuple[RemarkView, ...]
    broken: tuple[BrokenView, ...]
    more: int
    keeping: tuple[KeptView, ...]


class LimitView(FilmModel):
    """A rule of a profile: its limit as it is written, and who set it when."""

    rule: str
    limit: str
    source: str
    date: str


class ProfileView(FilmModel):
    """Rules that a client sets; ``language``: the only one that they are for; ``speeds``: characters a second of
    languages that have their own."""

    name: str
    title: str
    version: str
    language: str | None
    rules: tuple[LimitView, ...]
    speeds: dict[str, int]


class ProfilesView(FilmModel):
    """The profile that the film keeps, by name, those there are, and which one each of its languages is spotted by."""

    chosen: str
    profiles: tuple[ProfileView, ...]
    spotted: dict[str, str]
