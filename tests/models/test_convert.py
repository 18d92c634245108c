"""Conversions: a graph cut at its seams, a TensorFlow checkpoint read without TensorFlow, a U-Net rebuilt."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import onnx
import pytest
from tests.models.graphs import adder, save

from ciak.config import Settings
from ciak.errors import Damaged, ModelDamaged
from ciak.models import open_onnx_file
from ciak.models.convert import RECIPES
from ciak.models.convert.checkpoint import read_checkpoint
from ciak.models.convert.kokoro import cut
from ciak.models.convert.spleeter import build
from ciak.models.store import no_tick


def varint(value: int) -> bytes:
    out = b""
    while value > 127:
        out, value = out + bytes([value & 127 | 128]), value >> 7
    return out + bytes([value])


def block(entries: dict[bytes, bytes]) -> bytes:
    """A table block with one restart; keys share prefixes."""
    body, before = b"", b""
    for key in sorted(entries):
        shared = next((i for i, (a, b) in enumerate(zip(key, before, strict=False)) if a != b),
                      min(len(key), len(before)))
        body += varint(shared) + varint(len(key) - shared) + varint(len(entries[key])) + key[shared:] + entries[key]
        before = key
    return body + struct.pack("<II", 0, 1)


def checkpoint(folder: Path, tensors: dict[str, np.ndarray]) -> Path:
    """What TensorFlow would write for ``tensors``."""
    data, entries = b"", {b"": b"\x08\x01"}
    for name in sorted(tensors):
        raw = tensors[name].astype("<f4").tobytes()
        shape = b"".join(b"\x12" + varint(len(one)) + one for one in (b"\x08" + varint(n) for n in tensors[name].shape))
        entry = b"\x08\x01\x12" + varint(len(shape)) + shape
        entry += (b"\x20" + varint(len(data)) if data else b"") + b"\x28" + varint(len(raw)) + b"\x35\0\0\0\0"
        entries[name.encode()] = entry
        data += raw
    first = block(entries)
    index = block({b"zz": varint(0) + varint(len(first))})
    table = first + b"\0\0\0\0\0"
    footer = varint(0) + varint(0) + varint(len(table)) + varint(len(index))
    table += index + b"\0\0\0\0\0" + footer.ljust(40, b"\0") + (0xDB4775248B80FB57).to_bytes(8, "little")
    folder.mkdir(exist_ok=True)
    (folder / "model.index").write_bytes(table)
    (folder / "model.data-00000-of-00001").write_bytes(data)
    return folder / "model"


def test_a_checkpoint_is_read(tmp_path: Path) -> None:
    chance = np.random.default_rng(1)
    tensors = {"conv2d/kernel": chance.normal(size=(5, 5, 2, 3)).astype(np.float32),
               "conv2d/bias": np.ones(3, np.float32), "conv2d_1/kernel": chance.normal(size=(200,)).astype(np.float32)}
    found = read_checkpoint(checkpoint(tmp_path / "c", tensors))
    assert {name: value.tolist() for name, value in found.items()} == {
        name: value.tolist() for name, value in tensors.items()}


@pytest.mark.parametrize("harm", ["footer", "cut index", "cut data", "compressed"])
def test_a_broken_checkpoint_is_one_clear_error(tmp_path: Path, harm: str) -> None:
    prefix = checkpoint(tmp_path / "c", {"a": np.ones(9, np.float32)})
    index, data = prefix.with_name("model.index"), prefix.with_name("model.data-00000-of-00001")
    bytes_ = bytearray(index.read_bytes())
    if harm == "footer":
        bytes_[-1] ^= 1
    elif harm == "cut index":
        del bytes_[:20]
    elif harm == "compressed":
        bytes_[-48 - 5] = 1  # the type byte behind the last block
    else:
        data.write_bytes(data.read_bytes()[:-4])
    index.write_bytes(bytes(bytes_))
    with pytest.raises(Damaged):
        read_checkpoint(prefix)


def unet_tensors(filters: int = 1) -> dict[str, np.ndarray]:
    """Weights of the right names and shapes, with few filters."""
    chance = np.random.default_rng(3)
    tensors: dict[str, np.ndarray] = {}

    def name(base: str, number: int) -> str:
        return base if number == 0 else f"{base}_{number}"

    for net in (0, 1):
        for level in range(6):
            tensors[name("conv2d", 7 * net + level) + "/kernel"] = 0.3 * chance.normal(
                size=(5, 5, 2 if level == 0 else filters, filters))
            tensors[name("conv2d_transpose", 6 * net + level) + "/kernel"] = 0.3 * chance.normal(
                size=(5, 5, filters if level < 5 else 1, filters if level == 0 else 2 * filters))
            tensors[name("conv2d", 7 * net + level) + "/bias"] = np.zeros(filters)
            tensors[name("conv2d_transpose", 6 * net + level) + "/bias"] = np.zeros(filters if level < 5 else 1)
        tensors[name("conv2d", 7 * net + 6) + "/kernel"] = chance.normal(size=(4, 4, 1, 2))
        tensors[name("conv2d", 7 * net + 6) + "/bias"] = np.zeros(2)
        for number in range(12):
            for part, value in (("gamma", 1.0), ("beta", 0.0), ("moving_mean", 0.0), ("moving_variance", 1.0)):
                size = 1 if number == 11 else filters
                tensors[f"{name('batch_normalization', 12 * net + number)}/{part}"] = np.full(size, value)
    return {key: value.astype(np.float32) for key, value in tensors.items()}


def test_the_u_nets_are_built_and_built_alike(tmp_path: Path) -> None:
    materials, target = checkpoint(tmp_path / "c", unet_tensors()).parent, tmp_path / "t"
    target.mkdir()
    RECIPES["spleeter"](materials, target, no_tick)
    built = (target / "separator.onnx").read_bytes()
    assert built == build(unet_tensors()).SerializeToString(deterministic=True)
    onnx.checker.check_model(onnx.load_from_string(built))
    engine = open_onnx_file(target / "separator.onnx", Settings(threads=1))
    spectrum = np.abs(np.random.default_rng(2).normal(size=(1, 2, 512, 1024))).astype(np.float32)
    voice, rest = engine.run({"spectrum": spectrum}, ["vocals", "accompaniment"])
    assert voice.shape == rest.shape == spectrum.shape
    assert (voice >= 0).all() and (voice <= spectrum).all(), "an estimate is a share of the input"


def test_a_checkpoint_without_a_layer_is_refused(tmp_path: Path) -> None:
    tensors = unet_tensors()
    del tensors["conv2d_9/kernel"]
    with pytest.raises(ModelDamaged, match="conv2d_9/kernel"):
        RECIPES["spleeter"](checkpoint(tmp_path / "c", tensors).parent, tmp_path, no_tick)


def test_a_graph_is_cut_where_it_is_told(tmp_path: Path) -> None:
    first = cut(adder(1.0), "first", {}, {"y": "middle"})
    second = cut(adder(1.0), "second", {"y": "middle"}, {"z": "end"})
    assert [node.op_type for node in first.graph.node] == ["Add"]
    assert [constant.name for constant in second.graph.initializer] == ["two"], "nothing that is not needed is kept"
    x = np.array([4.0], np.float32)
    middle = open_onnx_file(save(first, tmp_path / "1.onnx"), Settings(threads=1)).run({"x": x}, ["middle"])[0]
    end = open_onnx_file(save(second, tmp_path / "2.onnx"), Settings(threads=1)).run({"middle": middle}, ["end"])[0]
    assert middle.tolist() == [5.0] and end.tolist() == [10.0]
    with pytest.raises(ModelDamaged, match="no tensor w"):
        cut(adder(), "none", {}, {"w": "w"})
