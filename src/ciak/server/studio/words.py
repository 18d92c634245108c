"""Routes of a film's words: names and phrases, edited one by one; each language read over; the subtitles' profile.

An edit names the version of the term that it was made on, so that nobody's saving is overwritten unseen. It is one of
the film's edits, undone with the others; so is the choice of the profile.
"""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Request
from pydantic import Field
from starlette.responses import Response

from ciak.dubbing.titling import chosen
from ciak.film import GlossaryTerm, TermKind
from ciak.film.language import LANGUAGE
from ciak.film.model import FilmModel
from ciak.project import Film, edit_term, term_of
from ciak.project.edits import Edited
from ciak.server.studio.asked import house_of, reader_of, room_of, sent
from ciak.server.studio.past import undo_view
from ciak.server.studio.views import ConflictView, EditedView
from ciak.server.studio.words_reading import profiles_view
from ciak.server.studio.words_views import ProfilesView, ProposalsView, ReadingView, WordsView

__all__ = ["AddTerm", "ChangeTerm", "ChooseProfile", "RemoveTerm", "router"]

router = APIRouter(prefix="/api/v1/films/{film}", tags=["words"])
Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
Version = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
Language = Annotated[str, Field(pattern=LANGUAGE)]
Rendering = Annotated[str, Field(max_length=200)]
ProfileName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]


class _Term(FilmModel):
    """Everything that a term says. ``renderings``: language -> how it is written there; an empty one is left out."""

    term: str = Field(min_length=1, max_length=200)
    language: Language
    kind: TermKind = TermKind.NAME
    renderings: dict[Language, Rendering] = Field(default_factory=dict, max_length=40)
    note: str = Field(default="", max_length=1000)

    def made(self) -> GlossaryTerm:
        """The term. Raises :class:`BadInput`."""
        return term_of(self.term, self.language, self.renderings, self.kind, self.note)


class AddTerm(_Term):
    """A new name or phrase."""

    do: Literal["add"] = "add"


class ChangeTerm(_Term):
    """A term as it shall be. ``seen``: the version that the page showed."""

    do: Literal["change"] = "change"
    id: Id
    seen: Version


class RemoveTerm(FilmModel):
    """A term to be taken out."""

    do: Literal["remove"] = "remove"
    id: Id
    seen: Version


class ChooseProfile(FilmModel):
    """The rules that the film's subtitles shall keep. ``seen``: those that the page showed."""

    profile: ProfileName
    seen: ProfileName


TermEdit = Annotated[AddTerm | ChangeTerm | RemoveTerm, Field(discriminator="do")]


@router.get("/words", response_model=WordsView)
def words(request: Request, film: str) -> Response:
    """Names and phrases of the film, and those of the house."""
    return sent(room_of(request, film).words.words())


@router.get("/words/proposals", response_model=ProposalsView)
def proposals(request: Request, film: str) -> Response:
    """Names and phrases that are said and not agreed yet."""
    return sent(room_of(request, film).words.proposals())


@router.get("/words/reading/{language}", response_model=ReadingView)
def reading(request: Request, film: str, language: str) -> Response:
    """One language read over: remarks, broken rules, agreed terms, who wrote it. Takes a moment for a long film."""
    return sent(room_of(request, film).words.reading(language))


@router.post("/words/edits", response_model=EditedView, responses={409: {"model": ConflictView}})
def edit_words(request: Request, film: str, body: TermEdit) -> Response:
    """Add, change or take out one name or phrase."""
    reader = reader_of(request, film)
    mine = Film.open(reader.root)
    with house_of(request).turns.saving():
        _edited(mine, body)
        return sent(EditedView(lines={}, gone={}, captions={}, revisions={}, versions=reader.versions(), cast=None,
                               undo=undo_view(mine)))


def _edited(film: Film, body: AddTerm | ChangeTerm | RemoveTerm) -> Edited:
    if isinstance(body, RemoveTerm):
        return edit_term(film, None, body.id, body.seen)
    if isinstance(body, ChangeTerm):
        return edit_term(film, body.made(), body.id, body.seen)
    return edit_term(film, body.made())


@router.get("/profiles", response_model=ProfilesView)
def profiles(request: Request, film: str) -> Response:
    """The profile of the film's subtitles, and those there are."""
    return sent(profiles_view(reader_of(request, film).open()))


@router.post("/profiles", response_model=ProfilesView, responses={409: {"model": ConflictView}})
def choose_profile(request: Request, film: str, body: ChooseProfile) -> Response:
    """Choose the profile of the film's subtitles; they are spotted by it from now on."""
    mine = Film.open(reader_of(request, film).root)
    with house_of(request).turns.saving():
        chosen(mine, body.profile, body.seen)
    return sent(profiles_view(mine))
