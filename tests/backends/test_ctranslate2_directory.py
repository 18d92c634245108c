"""A CTranslate2 directory of the user's own, by its path."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from ciak.backends import registry
from ciak.config import Settings
from ciak.errors import BackendError, ModelDamaged
from ciak.models import Store

NAME = "ctranslate2-directory"


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """The embedded weights, as if somebody had brought them."""
    return Path(shutil.copytree(Store(Settings()).folder("translator-en-it"), tmp_path / "brought along"))


def made(directory: Path | None, pair: str = ""):
    settings = replace(Settings(threads=1).with_backends({"translator": NAME}),
                       translator_directory=directory, translator_pair=pair)
    return registry.resolve("translator", settings)


def test_its_tags_say_its_languages(directory: Path) -> None:
    translator = made(directory)
    assert translator.pairs() == {("en", "it"), ("it", "en")}
    (ways,) = translator.translate(["Where is Zorgwyn's house?"], "en", "it", ways=2)
    assert "casa" in ways[0].text and "Zorgwyn" in ways[0].text
    (back,) = translator.translate(["Dov'è il cane?"], "it", "en")
    assert "dog" in back[0].text


def test_a_setting_says_them_too(directory: Path) -> None:
    assert made(directory, "it-en").pairs() == {("it", "en")}
    with pytest.raises(BackendError, match="does not translate"):
        made(directory, "it-en").translate(["hello"], "en", "it")
    with pytest.raises(BackendError, match="not a pair"):
        made(directory, "nonsense!")


def test_without_tags_the_name_says_them(directory: Path) -> None:
    vocabulary = directory / "shared_vocabulary.json"
    pieces = [piece.replace("<2", "<x") for piece in json.loads(vocabulary.read_text("utf-8"))]
    vocabulary.write_text(json.dumps(pieces), "utf-8")
    with pytest.raises(BackendError, match="CIAK_TRANSLATOR_PAIR"):
        made(directory)
    renamed = directory.rename(directory.parent / "opus-mt-en-it")
    assert made(renamed).pairs() == {("en", "it")}


def test_without_word_lists_demanded_names_survive(directory: Path) -> None:
    for path in directory.glob("words.*"):
        path.unlink()
    (ways,) = made(directory).translate(["Where is Zorgwyn?"], "en", "it", names=["Zorgwyn"])
    assert "Zorgwyn" in ways[0].text


def test_environment(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CIAK_TRANSLATOR_DIRECTORY", str(directory))
    monkeypatch.setenv("CIAK_BACKEND_TRANSLATOR", NAME)
    settings = Settings.from_environment()
    assert registry.resolve("translator", settings).pairs() == {("en", "it"), ("it", "en")}
    hashes = registry.card("translator", settings).hashes
    assert list(hashes) == ["brought along"] and len(hashes["brought along"]) == 64


def test_what_is_no_model(tmp_path: Path, directory: Path) -> None:
    with pytest.raises(BackendError, match="CIAK_TRANSLATOR_DIRECTORY"):
        made(None)
    with pytest.raises(BackendError, match="no translation model"):
        made(tmp_path / "absent")
    with pytest.raises(ModelDamaged, match="vocabulary"):
        made(tmp_path)
    (directory / "model.bin").write_bytes(b"\x80\x04garbage")
    with pytest.raises(ModelDamaged):
        made(directory).translate(["The dog is here."], "en", "it")
    (directory / "shared_vocabulary.json").write_text("[" * 100_000)
    with pytest.raises(ModelDamaged):
        made(directory)
