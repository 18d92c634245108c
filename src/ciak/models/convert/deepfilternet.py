"""DeepFilterNet3: its three graphs lie in a gzipped tar inside the package."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ciak.errors import ModelDamaged
from ciak.models.archive import unpack

__all__ = ["convert"]

GRAPHS = ("enc.onnx", "erb_dec.onnx", "df_dec.onnx")


def convert(materials: Path, target: Path, tick: Callable[[float], None]) -> None:
    """Take the graphs out. Raises :class:`ModelDamaged` where one is absent, else what ``unpack`` raises."""
    inner = materials / "graphs.tar.gz"
    if not inner.is_file():
        raise ModelDamaged("DeepFilterNet's archive of graphs is absent", model="deepfilternet3")
    unpack(inner, {f"tmp/export/{name}": name for name in GRAPHS}, target, budget=1 << 26)
    inner.unlink()
    tick(1.0)
