"""The people of a film: characters, and the cast table that gives each a voice.

A character is found by ear (speaker embeddings) until a person names it; the cast table is the place where
that is edited. Sex is a guess from the median pitch and says so by its confidence; it chooses a stock voice,
nothing else.
"""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from ciak.film.model import FilmModel

__all__ = ["Cast", "CastMember", "Sex"]


class Sex(StrEnum):
    """What the pitch of a voice suggests."""

    FEMALE = "female"
    MALE = "male"
    UNKNOWN = "unknown"


class CastMember(FilmModel):
    """One character and, per language, the voice that dubs it (a backend's voice id, ``"if_sara"``)."""

    id: str = Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")
    name: str = Field(max_length=200)
    sex: Sex = Sex.UNKNOWN
    median_pitch: float | None = Field(default=None, ge=0, description="Hz; None when not measured")
    voices: dict[str, str] = Field(default_factory=dict, description="language -> voice id")
    performer: str = Field(default="", max_length=200)
    """Who plays it in the original: whose likeness a voice that clones would be."""
    edited: bool = False
    """Set by a person: no later run may change this row."""


class Cast(FilmModel):
    """The cast table: ``cast.json`` in the film folder, editable by hand."""

    revision: int = 0
    members: tuple[CastMember, ...] = ()

    def member(self, character: str) -> CastMember | None:
        """The row of ``character``, or None."""
        return next((row for row in self.members if row.id == character), None)

    def with_member(self, member: CastMember) -> Cast:
        """A cast in which ``member`` replaces the row of its id, or is added at the end."""
        rows = [member if row.id == member.id else row for row in self.members]
        if member not in rows:
            rows.append(member)
        return self.model_copy(update={"members": tuple(rows)})
