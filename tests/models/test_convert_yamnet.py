"""YAMNet rebuilt from the weights of a graph that keeps them in a file beside it."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest

from ciak.config import Settings
from ciak.errors import Damaged, ModelDamaged
from ciak.models import open_onnx_file
from ciak.models.convert import RECIPES
from ciak.models.store import no_tick

FOLDER = "job_jpev7z175_optimized_onnx/"
STRIDED = {1: 2, 4: 2, 8: 2, 12: 2, 24: 2}
WIDTH = 3
Layers = list[tuple[np.ndarray, np.ndarray]]


def layers() -> Layers:
    """27 convolutions of few channels and the last layer."""
    dice = np.random.default_rng(3)
    out = []
    for number in range(1, 28):
        wide = 1024 if number == 27 else WIDTH
        shape = (wide, 1, 3, 3) if number % 2 == 0 or number == 1 else (wide, WIDTH, 1, 1)
        out.append((dice.normal(0, 0.6, shape), dice.normal(0, 0.1, wide)))
    out.append((dice.normal(0, 0.1, (521, 1024)), dice.normal(0, 0.1, 521)))
    return [(kernel.astype(np.float32), bias.astype(np.float32)) for kernel, bias in out]


def package(folder: Path, given: Layers, location: str = "model.data") -> Path:
    """The materials as the package has them: kernels quantised and back in the graph, their values in a file beside."""
    from onnx import TensorProto, helper, numpy_helper

    nodes, held, data, at = [], [], b"", "image"
    for number, (kernel, bias) in enumerate(given, 1):
        name = f"onnx::{number}"
        tensor = TensorProto(name=name, data_type=TensorProto.FLOAT, dims=kernel.shape)
        tensor.data_location = TensorProto.EXTERNAL
        for key, value in (("location", location), ("offset", str(len(data))), ("length", str(kernel.nbytes))):
            tensor.external_data.add(key=key, value=value)
        data += kernel.tobytes()
        held += [tensor, numpy_helper.from_array(bias, f"bias{number}"),
                 numpy_helper.from_array(np.ones(1, np.float32), f"{name}_scale")]
        nodes += [helper.make_node("QuantizeLinear", [name, f"{name}_scale"], [f"{name}_q"]),
                  helper.make_node("DequantizeLinear", [f"{name}_q", f"{name}_scale"], [f"{name}_qdq"]),
                  helper.make_node("Gemm" if kernel.ndim == 2 else "Conv", [at, f"{name}_qdq", f"bias{number}"],
                                   [f"out{number}"])]
        at = f"out{number}"
    graph = helper.make_graph(nodes, "given", [], [], held)
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(folder / "yamnet.zip", "w") as file:
        file.writestr(FOLDER + "model.onnx", helper.make_model(graph).SerializeToString())
        file.writestr(FOLDER + "model.data", data)
    (folder / "classes.csv").write_text("index,mid,display_name\n0,/m/1,Speech\n", encoding="utf-8")
    return folder


def made(materials: Path, out: Path) -> Path:
    out.mkdir()
    RECIPES["yamnet"](materials, out, no_tick)
    return out


def plain(patch: np.ndarray, given: Layers) -> np.ndarray:
    """The same layers, place by place: (channels, frames, bands), padded at the end as TensorFlow does."""
    value = patch[None].astype(np.float64)
    for number, (kernel, bias) in enumerate(given[:-1], 1):
        stride, size = STRIDED.get(number, 1), kernel.shape[2]
        spare = [max(0, (-(-length // stride) - 1) * stride + size - length) for length in value.shape[1:]]
        value = np.pad(value, [(0, 0), *((one // 2, one - one // 2) for one in spare)])
        seen = np.lib.stride_tricks.sliding_window_view(value, (size, size), axis=(1, 2))[:, ::stride, ::stride]
        each = number % 2 == 0
        value = np.einsum("cabhw,chw->cab" if each else "iabhw,oihw->oab", seen, kernel[:, 0] if each else kernel)
        value = np.maximum(0, value + bias[:, None, None])
    kernel, bias = given[-1]
    return np.asarray(1 / (1 + np.exp(-(kernel @ value.mean(axis=(1, 2)) + bias))))


def test_the_network_is_the_one_that_the_weights_say(tmp_path: Path) -> None:
    """Against a plain computation of the same layers; made twice, it is the same file."""
    given = layers()
    out = made(package(tmp_path / "in", given), tmp_path / "out")
    patches = np.random.default_rng(1).normal(size=(2, 96, 64)).astype(np.float32)
    (shares,) = open_onnx_file(out / "yamnet.onnx", Settings(threads=1)).run({"patches": patches})
    assert np.ptp(shares) > 0.1
    assert np.allclose(shares, [plain(patch, given) for patch in patches], atol=1e-4)
    again = made(package(tmp_path / "in2", given), tmp_path / "again")
    assert (again / "yamnet.onnx").read_bytes() == (out / "yamnet.onnx").read_bytes()
    assert (out / "classes.csv").read_text(encoding="utf-8").startswith("index,mid")


def test_weights_of_something_else_are_told(tmp_path: Path) -> None:
    given = layers()
    with pytest.raises(ModelDamaged, match="layers"):
        made(package(tmp_path / "few", given[3:]), tmp_path / "a")
    with pytest.raises(ModelDamaged, match="elsewhere"):
        made(package(tmp_path / "other", given, location="../../etc/passwd"), tmp_path / "b")


def test_an_archive_without_them_is_damaged(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    with zipfile.ZipFile(tmp_path / "in" / "yamnet.zip", "w") as file:
        file.writestr("readme", "nothing")
    with pytest.raises(Damaged):
        made(tmp_path / "in", tmp_path / "out")
