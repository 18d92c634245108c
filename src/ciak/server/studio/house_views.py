"""What the API sends of the house: the shelf, and what the chosen backends can do. As ``views``, for no single film."""

from __future__ import annotations

from ciak.film.model import FilmModel

__all__ = ["FilmKeyView", "SettingsView", "ShelfFilmView", "ShelfView", "VoiceView"]


class ShelfFilmView(FilmModel):
    """A film on the shelf. ``opened``: last time, UTC, ISO 8601; ``missing``: its folder cannot be seen or read."""

    key: str
    title: str
    folder: str
    opened: str
    missing: bool
    imported: bool
    source_missing: bool
    poster: bool
    """It has a first thumbnail."""
    languages: tuple[str, ...]


class ShelfView(FilmModel):
    """The shelf, the last opened first. ``first``: the film this studio was opened with; ``home``: where films are
    made unless another folder is named."""

    films: tuple[ShelfFilmView, ...]
    first: str | None
    home: str


class FilmKeyView(FilmModel):
    """The key of a film."""

    key: str


class VoiceView(FilmModel):
    """A stock voice of the chosen backend."""

    id: str
    language: str
    sex: str


class SettingsView(FilmModel):
    """What the chosen backends can do. ``pairs``: source and target of the translator; ``problem``: why nobody can
    speak or translate here, empty when all is well."""

    version: str
    pairs: tuple[tuple[str, str], ...]
    spoken: tuple[str, ...]
    voices: tuple[VoiceView, ...]
    problem: str
