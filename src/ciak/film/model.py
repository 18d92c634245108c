"""The base of every value object of the domain: frozen, and closed to fields it does not know."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

__all__ = ["FilmModel"]


class FilmModel(BaseModel):
    """A frozen pydantic model that refuses unknown fields (house convention 2)."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="constants", allow_inf_nan=False)
