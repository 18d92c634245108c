"""Engines: opened through the store, checked, kept, let go."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.models.graphs import adder, save
from tests.models.shop import entry, manifest_of, parcel, wheel

from ciak.config import Settings
from ciak.errors import BackendError, ModelAbsent, ModelDamaged, TooLarge
from ciak.models import Store, open_onnx, open_onnx_file, open_translation, open_whisper, release_engines, thread_count
from ciak.models import engine as engines


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A store with the model ``adder``, which is also the one that the engines ask."""
    graph = adder(1.5).SerializeToString()
    path = wheel(tmp_path / "shop", "adder", {"adder/a.onnx": graph})
    source = {"kind": "python", "parcels": [parcel(path, "adder", {"adder/a.onnx": "a.onnx"})]}
    manifest = manifest_of(entry("adder", {"a.onnx": graph}, [source]))
    settings = Settings(models=tmp_path / "cache", mirror=tmp_path / "shop", threads=1)
    monkeypatch.setattr(engines, "Store", lambda given: Store(given, manifest))
    release_engines()
    return Store(settings, manifest)


def test_an_engine_is_opened_once_and_let_go(store: Store, tmp_path: Path) -> None:
    settings = Settings(models=tmp_path / "cache", threads=1)
    store.pull("adder")
    engine = open_onnx("adder", "a.onnx", settings)
    assert open_onnx("adder", "a.onnx", settings) is engine
    release_engines()
    again = open_onnx("adder", "a.onnx", settings)
    assert again is not engine
    assert again.run({"x": np.zeros(1, np.float32)}, ["z"])[0].tolist() == [3.0]


def test_an_absent_model_names_the_command(store: Store, tmp_path: Path) -> None:
    with pytest.raises(ModelAbsent, match="ciak models pull adder"):
        open_onnx("adder", "a.onnx", Settings(models=tmp_path / "cache"))


def test_an_absent_whisper_names_the_command(tmp_path: Path) -> None:
    with pytest.raises(ModelAbsent, match="ciak models pull whisper-base"):
        open_whisper("whisper-base", Settings(models=tmp_path / "cache"))


def test_a_flipped_byte_is_found_before_opening(store: Store, tmp_path: Path) -> None:
    path = store.pull("adder") / "a.onnx"
    data = bytearray(path.read_bytes())
    data[-30] ^= 1
    path.write_bytes(bytes(data))
    with pytest.raises(ModelDamaged, match="ciak models pull adder"):
        open_onnx("adder", "a.onnx", Settings(models=tmp_path / "cache"))


def test_wrong_inputs_are_a_backend_error(tmp_path: Path) -> None:
    engine = open_onnx_file(save(adder(), tmp_path / "a.onnx"), Settings(threads=1))
    for feeds in ({}, {"y": np.zeros(1, np.float32)}, {"x": np.zeros(1, np.int32)},
                  {"x": np.zeros((1, 1), np.float32)}):
        with pytest.raises(BackendError, match=r"a\.onnx failed"):
            engine.run(feeds)


def test_threads_are_as_set_or_as_many_as_there_are() -> None:
    assert thread_count(Settings(threads=3)) == 3
    assert thread_count(Settings()) >= 1


def test_a_folder_without_a_translation_model(tmp_path: Path) -> None:
    with pytest.raises(ModelDamaged, match=r"has no model\.bin"):
        open_translation(tmp_path, Settings())
    (tmp_path / "model.bin").write_bytes(b"not a model")
    (tmp_path / "spm.model").write_bytes(b"not a vocabulary")
    with pytest.raises(ModelDamaged, match="cannot be opened"):
        open_translation(tmp_path, Settings())


def test_the_embedded_translator_goes_both_ways() -> None:
    settings = Settings(threads=1)
    engine = open_translation(Store(settings).folder("translator-en-it"), settings)
    there = engine.translate(["I was on the wrong bus.", "Good morning."], prefix=["<2it>"], ways=3)
    assert [len(ways) for ways in there] == [3, 3]
    assert there[0][0].text == "Ero sull'autobus sbagliato."
    assert there[0][0].score >= there[0][1].score >= there[0][2].score
    assert all(way.score <= 0 and engine.decode(way.pieces) == way.text for ways in there for way in ways)
    assert engine.translate(["Buongiorno."], prefix=["<2en>"])[0][0].text == "Good morning."
    assert engine.translate([]) == []
    with pytest.raises(TooLarge):
        engine.translate(["very " * 600], prefix=["<2it>"])
    again = engine.translate(["I was on the wrong bus.", "Good morning."], prefix=["<2it>"], ways=3)
    assert again == there
