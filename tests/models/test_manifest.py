"""What a manifest may say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.models.shop import entry, manifest_of

from ciak.errors import ModelError
from ciak.models import builtin_manifest, read_manifest
from ciak.models.convert import RECIPES

PARCEL: dict[str, Any] = {"file": "w.whl", "bytes": 1, "sha256": "0" * 64, "package": "w", "version": "1",
                          "take": {"w/w": "w"}}


def model(**more: Any) -> dict[str, Any]:
    return entry("w", {"w": b"w"}, [{"kind": "python", "parcels": [PARCEL]}], **more)


def test_a_plain_one_is_read() -> None:
    assert manifest_of(model()).model("w").installed_bytes == 1


@pytest.mark.parametrize("path", ["../w", "/w", "a/../w", "", ".", "a//b", "a\\b", "a\nb", ".hidden", "a b"])
def test_paths_that_leave_or_confuse_are_refused(path: str) -> None:
    with pytest.raises(ValueError):
        manifest_of({**model(), "files": [{"path": path, "bytes": 1, "sha256": "0" * 64}]})
    with pytest.raises(ValueError):
        manifest_of(entry("w", {"w": b"w"}, [{"kind": "python", "parcels": [{**PARCEL, "take": {"w/w": path}}]}]))


@pytest.mark.parametrize("change", [
    {"surprise": 1}, {"name": "W"}, {"name": "../w"}, {"revision": "../1"}, {"recipe": ""}, {"ingredients": []},
    {"files": []}, {"package": "os; rm"}])
def test_what_cannot_be_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        manifest_of({**model(), **change})


def test_two_models_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="one name"):
        manifest_of(model(), model())


@pytest.mark.parametrize("text", ["", "schema = 2\nmodel = []", "schema = 1", "not toml", "[[[["])
def test_a_bad_file_is_one_clear_error(text: str) -> None:
    with pytest.raises(ModelError, match=r"mine\.toml is no manifest"):
        read_manifest(text, "mine.toml")


def test_every_builtin_recipe_exists_and_no_address_is_written_anywhere() -> None:
    for one in builtin_manifest().models:
        assert not one.recipe or one.recipe in RECIPES
    sources = Path(__file__).parents[2] / "src" / "ciak" / "models"
    for path in sources.rglob("*.py"):
        text = path.read_text("utf-8")
        hosts = ("pypi" + ".org", "registry." + "npmjs", "huggingface" + ".co")  # in pieces: not written here either
        assert not [host for host in hosts if host in text], path.name
