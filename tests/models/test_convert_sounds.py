"""HDF5 read without its library, and the network of sounds rebuilt from it."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

from ciak.config import Settings
from ciak.errors import Damaged, ModelDamaged
from ciak.models import open_onnx_file
from ciak.models.convert import RECIPES
from ciak.models.convert.hdf5 import read_hdf5
from ciak.models.store import no_tick

_LAYERS = {"conv2d_12": (7, 4, 1, 64), "conv2d_13": (3, 3, 64, 128), "conv2d_14": (3, 3, 128, 128),
           "conv2d_15": (3, 3, 128, 256), "dense_6": (256, 256), "dense_7": (256, 256), "dense_8": (256, 256),
           "dense_9": (256, 256), "dense_10": (256, 3)}
_NORMS = dict(zip(range(15, 23), (64, 128, 128, 256, 256, 256, 256, 256), strict=True))


class Writer:
    """Writes the little of HDF5 that Keras uses, from the format's specification."""

    def __init__(self) -> None:
        self.data = bytearray(96)

    def put(self, piece: bytes) -> int:
        at = len(self.data)
        self.data += piece + bytes(-len(piece) % 8)
        return at

    def header(self, messages: list[tuple[int, bytes]]) -> int:
        body = b"".join(struct.pack("<HHB3x", kind, len(text), 0) + text for kind, text in messages)
        return self.put(struct.pack("<BxHII4x", 1, len(messages), 1, len(body)) + body)

    def tensor(self, value: np.ndarray, kind: bytes = b"\x11\x20\x1f\x00\x04\x00\x00\x00") -> int:
        raw = value.astype("<f4").tobytes()
        first = self.put(raw)
        space = struct.pack("<BBB5x", 1, value.ndim, 0) + b"".join(struct.pack("<Q", n) for n in value.shape)
        return self.header([(1, space), (3, kind + bytes(16)), (8, struct.pack("<BBQQ6x", 3, 1, first, len(raw)))])

    def group(self, entries: dict[str, int]) -> int:
        names, places = b"\0" * 8, {}
        for name in sorted(entries):
            places[name] = len(names)
            text = name.encode() + b"\0"
            names += text + bytes(-len(text) % 8)
        heap = self.put(b"HEAP" + struct.pack("<B3xQQQ", 0, len(names), 1, len(self.data) + 32))
        self.put(names)
        rows = b"".join(struct.pack("<QQ24x", places[name], entries[name]) for name in sorted(entries))
        leaf = self.put(b"SNOD" + struct.pack("<BxH", 1, len(entries)) + rows)
        tree = self.put(b"TREE" + struct.pack("<BBHQQQQQ", 0, 0, 1, 2**64 - 1, 2**64 - 1, 0, leaf, 0))
        return self.header([(0x11, struct.pack("<QQ", tree, heap))])

    def tree(self, tensors: dict[str, np.ndarray]) -> int:
        """Groups for the paths of ``tensors``."""
        below: dict[str, dict[str, np.ndarray]] = {}
        entries = {}
        for path, value in tensors.items():
            name, slash, rest = path.partition("/")
            if slash:
                below.setdefault(name, {})[rest] = value
            else:
                entries[name] = self.tensor(value)
        entries |= {name: self.tree(inner) for name, inner in below.items()}
        return self.group(entries)

    def done(self, root: int) -> bytes:
        self.data[:96] = (b"\x89HDF\r\n\x1a\n" + struct.pack("<BBBxBBBxHHI", 0, 0, 0, 0, 8, 8, 4, 16, 0)
                          + struct.pack("<QQQQ", 0, 2**64 - 1, len(self.data), 2**64 - 1)
                          + struct.pack("<QQ24x", 0, root))
        return bytes(self.data)


def written(path: Path, tensors: dict[str, np.ndarray]) -> Path:
    writer = Writer()
    path.write_bytes(writer.done(writer.tree(tensors)))
    return path


def weights() -> dict[str, np.ndarray]:
    dice = np.random.default_rng(7)
    out: dict[str, np.ndarray] = {}
    for name, shape in _LAYERS.items():
        out[f"model_weights/{name}/{name}/kernel:0"] = dice.normal(0, 0.1, shape)
        out[f"model_weights/{name}/{name}/bias:0"] = dice.normal(0, 0.1, shape[-1])
    for number, size in _NORMS.items():
        for part in ("gamma", "beta", "moving_mean", "moving_variance"):
            layer = f"batch_normalization_{number}"
            out[f"model_weights/{layer}/{layer}/{part}:0"] = dice.uniform(0.5, 1.5, size)
    return {name: value.astype(np.float32) for name, value in out.items()}


def test_tensors_come_back_by_their_paths(tmp_path: Path) -> None:
    tensors = {"a": np.arange(6, dtype=np.float32).reshape(2, 3), "deep/er/b": np.ones(4, np.float32),
               "deep/c": np.zeros((1, 2, 2), np.float32)}
    read = read_hdf5(written(tmp_path / "w.hdf5", tensors))
    assert read.keys() == tensors.keys()
    assert all((read[name] == value).all() and read[name].shape == value.shape for name, value in tensors.items())


def test_what_is_cut_short_or_turned_over_is_refused_and_never_worse(tmp_path: Path) -> None:
    good = written(tmp_path / "w.hdf5", {"a/b": np.arange(6, dtype=np.float32)}).read_bytes()
    bad = tmp_path / "bad.hdf5"
    refused = 0
    for at in range(0, len(good), 3):
        for data in (good[:at], good[:at] + bytes([good[at] ^ 0xFF]) + good[at + 1:]):
            bad.write_bytes(data)
            try:
                read_hdf5(bad)
            except Damaged:
                refused += 1
    assert refused > len(good) // 3, "every cut, and most of what was turned over"


def test_a_group_that_holds_itself_ends(tmp_path: Path) -> None:
    writer = Writer()
    root = writer.group({"a": 0})
    data = bytearray(writer.done(root))
    at = data.index(b"SNOD") + 16
    data[at:at + 8] = struct.pack("<Q", root)
    (tmp_path / "w.hdf5").write_bytes(bytes(data))
    with pytest.raises(Damaged, match="without end"):
        read_hdf5(tmp_path / "w.hdf5")


def test_other_types_are_refused(tmp_path: Path) -> None:
    writer = Writer()
    whole = writer.tensor(np.ones(2, np.float32), b"\x10\x08\x00\x00\x04\x00\x00\x00")
    (tmp_path / "w.hdf5").write_bytes(writer.done(writer.group({"a": whole})))
    with pytest.raises(Damaged, match="floats"):
        read_hdf5(tmp_path / "w.hdf5")


def test_the_network_is_the_one_that_the_weights_say(tmp_path: Path) -> None:
    """Against a plain computation of the same layers."""
    given = weights()
    written(tmp_path / "sounds.hdf5", given)
    out = tmp_path / "out"
    out.mkdir()
    RECIPES["ina"](tmp_path, out, no_tick)
    patches = np.random.default_rng(1).normal(size=(2, 68, 21)).astype(np.float32)
    (shares,) = open_onnx_file(out / "sounds.onnx", Settings(threads=1)).run({"patches": patches})
    assert np.allclose(shares, [plain(patch, given) for patch in patches], atol=1e-4)
    again = tmp_path / "again"
    again.mkdir()
    RECIPES["ina"](tmp_path, again, no_tick)
    assert (again / "sounds.onnx").read_bytes() == (out / "sounds.onnx").read_bytes()


def plain(patch: np.ndarray, given: dict[str, np.ndarray]) -> np.ndarray:
    def weight(layer: str, part: str) -> np.ndarray:
        return given[f"model_weights/{layer}/{layer}/{part}:0"].astype(np.float64)

    def active(value: np.ndarray, number: int) -> np.ndarray:
        gamma, beta, mean, var = (weight(f"batch_normalization_{number}", part)
                                  for part in ("gamma", "beta", "moving_mean", "moving_variance"))
        return np.maximum(0, gamma * (value - mean) / np.sqrt(var + 1e-3) + beta)

    def pool(value: np.ndarray, high: int, wide: int, same: bool) -> np.ndarray:
        if same:
            missing = [-value.shape[0] % high, -value.shape[1] % wide]
            value = np.pad(value, [(n // 2, n - n // 2) for n in missing] + [(0, 0)], constant_values=-np.inf)
        tall, broad = value.shape[0] // high, value.shape[1] // wide
        cut = value[:tall * high, :broad * wide]
        return np.asarray(cut.reshape(tall, high, broad, wide, -1).max(axis=(1, 3)))

    value = patch[:, :, None].astype(np.float64)
    for layer, number, pooled in (("conv2d_12", 15, (4, 2, True)), ("conv2d_13", 16, None),
                                  ("conv2d_14", 17, (2, 2, True)), ("conv2d_15", 18, (4, 1, False))):
        kernel = weight(layer, "kernel")
        seen = np.lib.stride_tricks.sliding_window_view(value, kernel.shape[:2], axis=(0, 1))
        value = active(np.einsum("abchw,hwco->abo", seen, kernel) + weight(layer, "bias"), number)
        value = pool(value, *pooled) if pooled else value
    value = value.reshape(-1)
    for number, layer in enumerate(("dense_6", "dense_7", "dense_8", "dense_9"), 19):
        value = active(value @ weight(layer, "kernel") + weight(layer, "bias"), number)
    value = np.exp(value @ weight("dense_10", "kernel") + weight("dense_10", "bias"))
    return np.asarray(value / value.sum())


def test_weights_that_lack_a_layer_are_told(tmp_path: Path) -> None:
    given = weights()
    del given["model_weights/dense_8/dense_8/bias:0"]
    written(tmp_path / "sounds.hdf5", given)
    with pytest.raises(ModelDamaged, match="dense_8"):
        RECIPES["ina"](tmp_path, tmp_path, no_tick)
