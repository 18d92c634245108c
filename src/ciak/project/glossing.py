"""The glossary of a film, edited: each edit is saved at once, told in the history, and undone from there."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import JsonValue, ValidationError

from ciak.errors import BadInput, Conflict, NotFound
from ciak.film import Glossary, GlossaryTerm, TermKind
from ciak.film.editing import version_of
from ciak.project.edited import Edited, patiently, save_edit
from ciak.project.folder import Film
from ciak.project.sheet import explain

__all__ = ["MOST_TERMS", "add_terms", "edit_term", "language_of_terms", "remove_term", "term_of"]

MOST_TERMS = 5000
"""Terms of one glossary."""
_NAMED = 5
"""Terms of one edit that the history names."""


def term_of(term: str, language: str, renderings: dict[str, str], kind: TermKind = TermKind.NAME,
            note: str = "") -> GlossaryTerm:
    """A term that stands in no glossary yet. Raises :class:`BadInput` that says what cannot be."""
    try:
        made = GlossaryTerm(id="new", term=_line(term), language=language, kind=kind, note=note,
                            renderings={code: _line(text) for code, text in renderings.items() if text.strip()})
    except ValidationError as error:
        raise BadInput(f"the term {term[:60]!r}: {explain(error.errors()[0])}") from None
    for text in (made.term, *made.renderings.values()):
        if not text.isprintable() or not any(mark.isalnum() for mark in text):
            raise BadInput(f"{text[:60]!r} is no name and no phrase", remedy="write it with letters")
    return made


def language_of_terms(film: Film) -> str | None:
    """The language of a term where nobody says it: that of the film, else the only one in which it is told; None where
    there is no such one."""
    if film.language:
        return film.language
    spoken = [code for code in film.languages() if (one := film.dialogue(code)) is not None and one.source is None]
    return spoken[0] if len(spoken) == 1 else None


def _line(text: str) -> str:
    return " ".join(text.split())


def add_terms(film: Film, terms: Sequence[GlossaryTerm], who: str = "person") -> tuple[Glossary, int]:
    """Put ``terms`` into the film's glossary, each in the place of the one that is written the same in its language,
    whose other renderings stay. Returns the glossary and how many are new or otherwise.

    Raises :class:`BadInput` when there are too many, and what saving raises.
    """
    touched = 0

    def once() -> Edited:
        nonlocal touched
        before = film.glossary()
        after = _with(before, terms)
        known = {one.id: one for one in before.terms}
        touched = sum(known.get(one.id) != one for one in after.terms)
        return save_edit(film, before, after, who, _told(terms))

    patiently(once)
    return film.glossary(), touched


def _with(before: Glossary, terms: Sequence[GlossaryTerm]) -> Glossary:
    rows = list(before.terms)
    number = _free(rows)
    places = {(one.term.casefold(), one.language): at for at, one in enumerate(rows)}
    for term in terms:
        at = places.get((term.term.casefold(), term.language))
        if at is None:
            places[term.term.casefold(), term.language] = len(rows)
            rows.append(term.model_copy(update={"id": f"G{number:04}"}))
            number += 1
        else:
            rows[at] = term.model_copy(update={"id": rows[at].id, "note": term.note or rows[at].note,
                                               "renderings": {**rows[at].renderings, **term.renderings}})
    _bounded(len(rows))
    return before.model_copy(update={"terms": tuple(rows)})


def _free(rows: Sequence[GlossaryTerm]) -> int:
    """The number of the next term."""
    return 1 + max((int(one.id[1:]) for one in rows if one.id[:1] == "G" and one.id[1:].isdecimal()), default=0)


def _bounded(count: int) -> None:
    if count > MOST_TERMS:
        raise BadInput(f"a glossary has at most {MOST_TERMS:,} terms")


def edit_term(film: Film, term: GlossaryTerm | None, of: str | None = None, seen: str | None = None,
              who: str = "person") -> Edited:
    """One edit of the film's glossary: put ``term`` into it as a new one, or in the place of the term of the id
    ``of``; without ``term`` that one is taken out. ``seen``: the version (``version_of``) of it that the author saw;
    None is not compared.

    Raises :class:`Conflict` with the term as it would be and as it is (None: it is gone), :class:`BadInput` for a term
    that is there already or one too many, and what saving raises. Nothing is written when nothing changes.
    """
    def once() -> Edited:
        before = film.glossary()
        rows = list(before.terms)
        at = next((at for at, one in enumerate(rows) if one.id == of), None)
        now = None if at is None else rows[at]
        if of is not None and (now is None or (seen is not None and version_of(now) != seen)):
            what = "is no longer there" if now is None else "was changed since you read it"
            raise Conflict(f"the term {of[:64]!r} {what}", mine=term, theirs=now,
                           remedy="look at both, and make the change again if it still holds")
        if term is not None:
            _alone(rows, term, of)
        if at is not None:
            rows[at:at + 1] = [] if term is None else [term.model_copy(update={"id": of})]
        elif term is not None:
            rows.append(term.model_copy(update={"id": f"G{_free(rows):04}"}))
            _bounded(len(rows))
        return save_edit(film, before, before.model_copy(update={"terms": tuple(rows)}), who, _told((term, now)))

    return patiently(once)


def _told(terms: Sequence[GlossaryTerm | None]) -> dict[str, JsonValue]:
    """What the history tells of an edit: the terms by their words."""
    about: list[JsonValue] = [*dict.fromkeys(one.term for one in terms if one)]
    return {"changes": ["glossary"], "about": about[:_NAMED]}


def _alone(rows: Sequence[GlossaryTerm], term: GlossaryTerm, of: str | None) -> None:
    """Refuse a term that stands in the glossary already, but for the one that it is to replace."""
    for one in rows:
        if one.id != of and (one.term.casefold(), one.language) == (term.term.casefold(), term.language):
            raise BadInput(f"{one.term[:60]!r} is in the glossary already", remedy="change it there")


def remove_term(film: Film, term: str, who: str = "person") -> Glossary:
    """Take a term, named as it is written or by its id, out of the film's glossary. Raises :class:`NotFound`."""
    def once() -> Edited:
        before = film.glossary()
        found = before.find(term)
        if found is None:
            raise NotFound(f"{term[:60]!r} is not in the film's glossary", remedy="ciak glossary list FILM shows it")
        rest = tuple(one for one in before.terms if one.id != found.id)
        return save_edit(film, before, before.model_copy(update={"terms": rest}), who, _told((found,)))

    patiently(once)
    return film.glossary()
