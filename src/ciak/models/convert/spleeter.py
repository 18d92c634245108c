"""Spleeter's two-stem network, rebuilt as one ONNX graph from its TensorFlow checkpoint.

Two U-Nets (vocals, accompaniment) look at the same magnitude spectrogram and each return their estimate of it:
input ``spectrum`` float32 (batch, 2 channels, 512 frames, 1024 bins), outputs ``vocals`` and ``accompaniment`` of
the same shape. The STFT and the ratio of the two estimates are the separator's business, not the graph's.

Structure: R. Hennequin et al., "Spleeter: a fast and efficient music source separation tool with pre-trained
models", JOSS 5(50), 2020; U-Net after A. Jansson et al., ISMIR 2017. Weights: Deezer, MIT licence. """

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ciak.errors import ModelDamaged
from ciak.models.convert.checkpoint import read_checkpoint

__all__ = ["build", "convert"]

FRAMES, BINS, CHANNELS = 512, 1024, 2
STEMS = ("vocals", "accompaniment")
_LEVELS = 6
_OPSET, _IR = 17, 8
# TensorFlow's "same" padding of a 5x5 kernel at stride 2 puts the odd row at the end.
_STRIDED: dict[str, Any] = {"strides": [2, 2], "pads": [1, 1, 2, 2]}


def convert(materials: Path, target: Path, tick: Callable[[float], None]) -> None:
    """``model.index`` and ``model.data-00000-of-00001`` in ``materials`` become ``separator.onnx``."""
    tensors = read_checkpoint(materials / "model")
    tick(0.5)
    try:
        graph = build(tensors)
    except KeyError as error:
        raise ModelDamaged(f"Spleeter's checkpoint lacks {error}", model="spleeter-2stems") from error
    (target / "separator.onnx").write_bytes(graph.SerializeToString(deterministic=True))
    tick(1.0)


def build(tensors: dict[str, NDArray[np.float32]]) -> Any:
    """The ONNX model made of the checkpoint's ``tensors``."""
    from onnx import TensorProto, helper

    weaver = _Weaver(tensors)
    for number, stem in enumerate(STEMS):
        weaver.net(number, stem)
    shape: list[int | str] = ["batch", CHANNELS, FRAMES, BINS]
    graph = helper.make_graph(
        weaver.nodes, "spleeter", [helper.make_tensor_value_info("spectrum", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info(stem, TensorProto.FLOAT, shape) for stem in STEMS], weaver.constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", _OPSET)])
    model.ir_version, model.producer_name, model.producer_version = _IR, "ciak", ""
    return model


class _Weaver:
    """Collects the nodes and constants of both networks; TensorFlow numbered their layers through."""

    def __init__(self, tensors: dict[str, NDArray[np.float32]]) -> None:
        self._tensors = tensors
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def net(self, number: int, stem: str) -> None:
        """One U-Net: six strided convolutions down, six up with the levels joined, and a mask on the input."""
        convolution, transposed, norm = 7 * number, 6 * number, 12 * number
        down: list[str] = []
        tensor = "spectrum"
        for level in range(_LEVELS):
            kernel = self._kernel("conv2d", convolution + level)
            tensor = self._node("Conv", [tensor, *kernel], f"{stem}/down{level}", **_STRIDED)
            down.append(tensor)
            if level < _LEVELS - 1:
                tensor = self._norm(tensor, norm + level)
                tensor = self._node("LeakyRelu", [tensor], f"{tensor}/active", alpha=0.2)
        for level in range(_LEVELS):
            kernel = self._kernel("conv2d_transpose", transposed + level)
            tensor = self._node("ConvTranspose", [tensor, *kernel], f"{stem}/up{level}", **_STRIDED)
            tensor = self._node("Relu", [tensor], f"{tensor}/active")
            tensor = self._norm(tensor, norm + _LEVELS + level)
            if level < _LEVELS - 1:
                tensor = self._node("Concat", [down[_LEVELS - 2 - level], tensor], f"{tensor}/joined", axis=1)
        kernel = self._kernel("conv2d", convolution + _LEVELS)
        tensor = self._node("Conv", [tensor, *kernel], f"{stem}/last", pads=[3, 3, 3, 3], dilations=[2, 2])
        tensor = self._node("Sigmoid", [tensor], f"{stem}/mask")
        self._node("Mul", [tensor, "spectrum"], stem)

    def _node(self, kind: str, inputs: list[str], output: str, **attributes: Any) -> str:
        from onnx import helper

        self.nodes.append(helper.make_node(kind, inputs, [output], name=output, **attributes))
        return output

    def _constant(self, name: str, value: NDArray[np.float32]) -> str:
        from onnx import numpy_helper

        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value, "<f4"), name))
        return name

    def _kernel(self, kind: str, number: int) -> list[str]:
        name = kind if number == 0 else f"{kind}_{number}"
        # TensorFlow keeps (height, width, in, out), for transposed convolutions (height, width, out, in).
        kernel = self._tensors[f"{name}/kernel"].transpose(3, 2, 0, 1)
        return [self._constant(f"{name}/kernel", kernel), self._constant(f"{name}/bias", self._tensors[f"{name}/bias"])]

    def _norm(self, tensor: str, number: int) -> str:
        name = "batch_normalization" if number == 0 else f"batch_normalization_{number}"
        inputs = [self._constant(f"{name}/{part}", self._tensors[f"{name}/{part}"])
                  for part in ("gamma", "beta", "moving_mean", "moving_variance")]
        return self._node("BatchNormalization", [tensor, *inputs], f"{tensor}/{name}", epsilon=1e-3)
