"""``ciak glossary``: names and phrases of a film, and how they are written in each language."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ciak.cli.screen import command, emit, table, tell

if TYPE_CHECKING:
    from ciak.film import Glossary, GlossaryTerm
    from ciak.project import Film

__all__ = ["glossary"]

FILE = click.Path(path_type=Path)


@click.group(epilog="\b\nExample:\n  ciak glossary add films/night \"Grey Tower\" --to it=\"Torre Grigia\"\n"
             "  ciak glossary propose films/night")
def glossary() -> None:
    """Names and phrases of a film: kept to in every translation, and put right where they are heard otherwise."""


def _row(term: GlossaryTerm) -> dict[str, Any]:
    return term.model_dump(mode="json")


def _told(terms: Glossary) -> list[str]:
    rows = [(one.id, one.term, one.language, one.kind.value,
             ", ".join(f"{code}: {text}" for code, text in sorted(one.renderings.items())), one.note)
            for one in terms.terms]
    return table(("id", "term", "language", "kind", "renderings", "note"), rows) if rows else ["no term yet"]


def _language(film: Film, given: str | None) -> str:
    """The language of a term: what is said, else that of the film."""
    from ciak.errors import BadInput
    from ciak.project.glossing import language_of_terms

    spoken = given or language_of_terms(film)
    if spoken is None:
        raise BadInput("the film does not say its language", remedy="name that of the term with --language")
    return spoken


@command("ciak glossary list films/night\nciak glossary list films/night --house --to it")
@click.argument("film", type=FILE)
@click.option("--house", is_flag=True, help="The terms of the house too, which every film keeps to (needs --to).")
@click.option("--language", metavar="L", help="The language of the house's terms, by default the film's.")
@click.option("--to", metavar="L", help="The language into which the house's terms are shown.")
def list_(film: Path, house: bool, language: str | None, to: str | None, as_json: bool) -> None:
    """The glossary of FILM."""
    from ciak.bootstrap import house_terms, open_film
    from ciak.errors import BadInput

    opened = open_film(film)
    terms = opened.glossary()
    if house and not to:
        raise BadInput("the house has a glossary for each pair of languages", remedy="name one with --to it")
    agreed = house_terms(_language(opened, language), to) if house and to else ()
    emit({"film": str(opened.path), "terms": [_row(one) for one in terms.terms],
          "house": [{"term": one, "rendering": other} for one, other in agreed]},
         [*_told(terms), *(["", *table(("the house's", to or ""), agreed)] if house else [])], as_json=as_json)


@command("ciak glossary add films/night \"Grey Tower\" --to it=\"Torre Grigia\"\nciak glossary add films/night Aldera\n"
         "ciak glossary add films/night \"by the book\" --phrase --to it=\"secondo le regole\" --house")
@click.argument("film", type=FILE)
@click.argument("term")
@click.option("--to", "renderings", metavar="L=TEXT", multiple=True, help="How it is written in another language. May "
              "be given more than once. A name without it is written the same everywhere.")
@click.option("--language", metavar="L", help="The language of TERM, by default the film's.")
@click.option("--phrase", is_flag=True, help="TERM is a phrase, no name: its capitals do not count.")
@click.option("--note", metavar="TEXT", default="", help="Why, for whoever reads it later.")
@click.option("--house", is_flag=True, help="Put it into the glossary of the house too, which every film keeps to.")
def add(film: Path, term: str, renderings: tuple[str, ...], language: str | None, phrase: bool, note: str, house: bool,
        as_json: bool) -> None:
    """Put TERM into the glossary of FILM, or change how it is written elsewhere."""
    from ciak.bootstrap import agree, open_film
    from ciak.errors import BadInput
    from ciak.film import TermKind
    from ciak.project import add_terms, term_of

    written = {}
    for one in renderings:
        code, sign, text = one.partition("=")
        if not sign or not text.strip():
            raise BadInput(f"--to {one[:60]!r} says no rendering", remedy="write --to it=\"Torre Grigia\"")
        written[code.strip()] = text
    opened = open_film(film)
    kind = TermKind.PHRASE if phrase else TermKind.NAME
    made = term_of(term, _language(opened, language), written, kind, note)
    terms, touched = add_terms(opened, [made])
    if house:
        agree(made)
    emit({"film": str(opened.path), "changed": touched, "terms": [_row(one) for one in terms.terms]},
         [f"{made.term} is in the glossary" if touched else f"{made.term} was in the glossary as it is"],
         as_json=as_json)


@command("ciak glossary remove films/night \"Grey Tower\"")
@click.argument("film", type=FILE)
@click.argument("term")
@click.option("--house", is_flag=True, help="Take it out of the glossary of the house too.")
def remove(film: Path, term: str, house: bool, as_json: bool) -> None:
    """Take TERM, as it is written or by its id, out of the glossary of FILM. The studio's undo brings it back."""
    from ciak.bootstrap import disagree, open_film
    from ciak.project import remove_term

    opened = open_film(film)
    found = opened.glossary().find(term)
    terms = remove_term(opened, term)
    gone = disagree(found) if house and found is not None else 0
    emit({"film": str(opened.path), "house": gone, "terms": [_row(one) for one in terms.terms]},
         [f"{term} is no longer in the glossary"], as_json=as_json)


@command("ciak glossary propose films/night\nciak glossary propose films/night --language it --json")
@click.argument("film", type=FILE)
@click.option("--language", metavar="L", help="The dialogue to look through, by default the film's own.")
def propose(film: Path, language: str | None, as_json: bool) -> None:
    """Names and recurring phrases in the dialogue of FILM that are not in its glossary. Adds nothing."""
    from ciak.bootstrap import open_film
    from ciak.dubbing.dictionary import dictionary
    from ciak.dubbing.proposing import proposed
    from ciak.errors import NotFound

    opened = open_film(film)
    code = _language(opened, language)
    dialogue = opened.dialogue(code)
    if dialogue is None:
        raise NotFound(f"the film has no dialogue in {code!r}", remedy=f"ciak subtitle {film} makes one")
    found = proposed([loop.text for loop in dialogue.loops], dictionary(code), opened.glossary().wordings(code))
    emit({"film": str(opened.path), "language": code, "proposals": [
        {"term": one.term, "kind": one.kind.value, "count": one.count} for one in found]},
         table(("term", "kind", "times"), [(one.term, one.kind.value, one.count) for one in found]) if found
         else ["nothing to propose"], as_json=as_json)


@command("ciak glossary import films/night terms.csv\nciak glossary import films/night terms.csv --house")
@click.argument("film", type=FILE)
@click.argument("file", type=FILE)
@click.option("--language", metavar="L", help="The language of the terms where FILE does not say; by default the "
              "film's.")
@click.option("--house", is_flag=True, help="Put them into the glossary of the house too.")
def import_(film: Path, file: Path, language: str | None, house: bool, as_json: bool) -> None:
    """Put the terms of FILE (CSV: term, language, kind, note, a column for each language) into the glossary of FILM."""
    from ciak.bootstrap import agree, open_film
    from ciak.formats import read_glossary_list
    from ciak.project import add_terms

    opened = open_film(film)
    read = read_glossary_list(file, language or opened.language)
    terms, touched = add_terms(opened, read)
    for one in read if house else ():
        agree(one)
    emit({"film": str(opened.path), "read": len(read), "changed": touched, "terms": [_row(one) for one in terms.terms]},
         [f"{len(read)} terms read, {touched} new or changed"], as_json=as_json)


@command("ciak glossary export films/night terms.csv")
@click.argument("film", type=FILE)
@click.argument("file", type=FILE)
def export(film: Path, file: Path, as_json: bool) -> None:
    """Write the glossary of FILM into FILE, CSV for a spreadsheet."""
    from ciak.bootstrap import open_film
    from ciak.formats import write_glossary_list
    from ciak.store import commit_bytes

    opened = open_film(film)
    terms = opened.glossary()
    if not terms.terms:
        tell("the glossary is empty: the file has its columns only")
    commit_bytes(file, write_glossary_list(terms, [code for code in opened.languages() if code != opened.language]))
    emit({"film": str(opened.path), "file": str(file.absolute()), "terms": len(terms.terms)},
         [f"{len(terms.terms)} terms in {file}"], as_json=as_json)


for _one in (list_, add, remove, propose, import_, export):
    glossary.add_command(_one)
