"""N1 and N2: external data and pickles are refused by content, whatever the file is called."""

from __future__ import annotations

import bz2
import collections
import gzip
import io
import lzma
import pickle
import pickletools
import random
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tests.models.graphs import adder, hiding_places, save

from ciak.config import Settings
from ciak.errors import ModelDamaged
from ciak.models import open_onnx_file, release_engines
from ciak.models.guard import refuse_external_data, refuse_pickle


class Evil:
    """What a pickle can do."""

    def __reduce__(self) -> tuple[Callable[..., object], tuple[str]]:
        return exec, ("raise SystemExit('a pickle was run')",)


def zipped(name: str, data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("archive/version", b"3\n")
        archive.writestr(name, data)
    return out.getvalue()


def object_array() -> bytes:
    out = io.BytesIO()
    np.save(out, np.array([Evil()], dtype=object), allow_pickle=True)
    return out.getvalue()


PICKLES = {
    **{f"protocol {number}": pickle.dumps(Evil(), number) for number in range(6)},
    "old torch": pickle.dumps(0x1950A86A20F9469CFC6C, 2) + pickle.dumps(collections.OrderedDict(a=1), 2),
    "torch zip": zipped("archive/data.pkl", pickle.dumps(Evil())),
    "zip with another name": zipped("archive/weights", pickle.dumps(Evil())),
    "numpy objects": object_array(),
    "npz objects": zipped("a.npy", object_array()),
    "gzip": gzip.compress(pickle.dumps(Evil())),
    "bz2": bz2.compress(pickle.dumps(Evil())),
    "xz": lzma.compress(pickle.dumps(Evil())),
    "zlib": zlib.compress(pickle.dumps(Evil())),
    "list of protocol 0": pickle.dumps([1, 2, "three"], 0),
    "dict of protocol 1": pickle.dumps({"weights": [1.0, 2.0]}, 1),
}


@pytest.mark.parametrize("name", PICKLES)
@pytest.mark.parametrize("suffix", [".onnx", ".bin", ".safetensors"])
def test_a_pickle_is_refused(tmp_path: Path, name: str, suffix: str) -> None:
    path = tmp_path / f"model{suffix}"
    path.write_bytes(PICKLES[name])
    with pytest.raises(ModelDamaged, match="pickle"):
        refuse_pickle(path)
    with pytest.raises(ModelDamaged):
        open_onnx_file(path, Settings(threads=1))


INNOCENT = {
    "words": b"ciao\nmondo\nIl\n",
    "words like opcodes": b"c\nI\nthe\n.\n",
    "json": b'{"a": [1, 2, 3]}',
    "floats": struct.pack("<4f", 0.1, -2.5, 3e9, 0.0),
    "array": (lambda out: (np.save(out, np.arange(6.0)), out.getvalue())[1])(io.BytesIO()),
    "npz": (lambda out: (np.savez(out, a=np.arange(6.0)), out.getvalue())[1])(io.BytesIO()),
    "gzip": gzip.compress(b"hello\nworld\n"),
    "empty": b"",
    "onnx": adder().SerializeToString(),
}


@pytest.mark.parametrize("name", INNOCENT)
def test_the_innocent_pass(tmp_path: Path, name: str) -> None:
    path = tmp_path / "model.bin"
    path.write_bytes(INNOCENT[name])
    refuse_pickle(path)


def test_the_pickles_of_this_test_are_pickles() -> None:
    assert list(pickletools.genops(PICKLES["protocol 0"]))
    with pytest.raises(SystemExit):
        pickle.loads(PICKLES["protocol 4"])


@pytest.mark.parametrize("place", hiding_places("x"))
@pytest.mark.parametrize("location", ["weights.bin", "../../etc/passwd", "/etc/passwd"])
def test_external_data_is_refused_wherever_it_hides(tmp_path: Path, place: str, location: str) -> None:
    path = save(hiding_places(location)[place], tmp_path / "model.onnx")
    with pytest.raises(ModelDamaged, match="other files"):
        refuse_external_data(path)
    with pytest.raises(ModelDamaged):
        open_onnx_file(path, Settings(threads=1))


def test_a_sound_graph_passes_and_runs(tmp_path: Path) -> None:
    path = save(adder(3.0), tmp_path / "model.onnx")
    refuse_external_data(path)
    engine = open_onnx_file(path, Settings(threads=1))
    assert engine.inputs == ("x",) and engine.outputs == ("z",)
    assert engine.run({"x": np.array([1.0, 2.0], np.float32)})[0].tolist() == [8.0, 10.0]
    release_engines()


@pytest.mark.parametrize("data", [b"", b"not a graph", b"\x08", b"\x3a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f", 
                                  b"PK\x03\x04", b"\x0a" * 999, b"\x3a\x02\x0a\x05"])
def test_what_is_no_graph_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(data)
    with pytest.raises(ModelDamaged):
        refuse_external_data(path)
    with pytest.raises(ModelDamaged):
        open_onnx_file(path, Settings(threads=1))


def test_graphs_nested_too_deep_are_refused(tmp_path: Path) -> None:
    def field(number: int, data: bytes) -> bytes:
        length, out = len(data), b""
        while length > 127:
            out, length = out + bytes([length & 127 | 128]), length >> 7
        return bytes([number << 3 | 2]) + out + bytes([length]) + data

    graph = b""
    for _ in range(3000):
        graph = field(1, field(5, field(6, graph)))
    path = tmp_path / "deep.onnx"
    path.write_bytes(field(7, graph))
    with pytest.raises(ModelDamaged):
        refuse_external_data(path)


def test_any_bytes_are_answered_in_time(tmp_path: Path) -> None:
    chance = random.Random(7)
    sound = adder().SerializeToString()
    path = tmp_path / "model.onnx"
    for _ in range(1000):
        data = bytearray(sound) if chance.random() < 0.7 else bytearray(chance.randbytes(chance.randrange(200)))
        for _ in range(chance.randrange(8)):
            if data:
                data[chance.randrange(len(data))] = chance.randrange(256)
        path.write_bytes(bytes(data[:chance.randrange(len(data) + 1)] if chance.random() < 0.3 else data))
        for check in (refuse_external_data, refuse_pickle):
            try:
                check(path)
            except ModelDamaged:
                continue
