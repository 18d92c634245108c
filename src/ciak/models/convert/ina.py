"""The speech, music and noise network of inaSpeechSegmenter, rebuilt as one ONNX graph from its Keras weights.

Input ``patches`` float32 (batch, 68 frames of 10 ms, 21 mel bands), each normalised on its own; output ``shares``
(batch, 3): how likely the middle of the patch is speech, music, noise. The spectrogram is the backend's business.

Structure: D. Doukhan et al., "An open-source speaker gender detection framework for monitoring gender equality",
ICASSP 2018, and INA's speech/music system of MIREX 2018: four convolutions, four dense layers, batch normalisation
behind each. Weights: INA, MIT licence."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ciak.errors import ModelDamaged
from ciak.models.convert.hdf5 import read_hdf5

__all__ = ["build", "convert"]

FRAMES, BANDS, CLASSES = 68, 21, 3
_OPSET, _IR = 17, 8
_CONVOLUTIONS = (("conv2d_12", 15), ("conv2d_13", 16), ("conv2d_14", 17), ("conv2d_15", 18))
_DENSE = (("dense_6", 19), ("dense_7", 20), ("dense_8", 21), ("dense_9", 22))
_POOLS: dict[str, dict[str, Any]] = {
    "conv2d_12": {"kernel_shape": [4, 2], "strides": [4, 2], "auto_pad": "SAME_UPPER"},
    "conv2d_14": {"kernel_shape": [2, 2], "strides": [2, 2], "auto_pad": "SAME_UPPER"},
    "conv2d_15": {"kernel_shape": [4, 1], "strides": [4, 1]},
}
"""What follows which convolution."""


def convert(materials: Path, target: Path, tick: Callable[[float], None]) -> None:
    """``sounds.hdf5`` in ``materials`` becomes ``sounds.onnx``."""
    tensors = read_hdf5(materials / "sounds.hdf5")
    tick(0.5)
    try:
        graph = build({name.removeprefix("model_weights/"): value for name, value in tensors.items()})
    except KeyError as error:
        raise ModelDamaged(f"the weights of inaSpeechSegmenter lack {error}", model="ina-sounds") from error
    (target / "sounds.onnx").write_bytes(graph.SerializeToString(deterministic=True))
    tick(1.0)


def build(tensors: dict[str, NDArray[np.float32]]) -> Any:
    """The ONNX model made of the network's ``tensors``, by layer and name: ``dense_6/dense_6/kernel:0``."""
    from onnx import TensorProto, helper

    weaver = _Weaver(tensors)
    tensor = weaver.node("Unsqueeze", ["patches", weaver.whole("channel", [1])], "image")
    for layer, norm in _CONVOLUTIONS:
        kernel = tensors[f"{layer}/{layer}/kernel:0"].transpose(3, 2, 0, 1)  # Keras: height, width, in, out
        inputs = [weaver.constant(f"{layer}/kernel", kernel), weaver.weight(layer, "bias")]
        tensor = weaver.active(weaver.node("Conv", [tensor, *inputs], layer), norm)
        if layer in _POOLS:
            tensor = weaver.node("MaxPool", [tensor], f"{layer}/pool", **_POOLS[layer])
    tensor = weaver.node("Flatten", [tensor], "flat", axis=1)  # one place is left, so the order of axes is no matter
    for layer, norm in _DENSE:
        tensor = weaver.active(weaver.dense(tensor, layer), norm)
    weaver.node("Softmax", [weaver.dense(tensor, "dense_10")], "shares", axis=1)
    graph = helper.make_graph(
        weaver.nodes, "sounds",
        [helper.make_tensor_value_info("patches", TensorProto.FLOAT, ["batch", FRAMES, BANDS])],
        [helper.make_tensor_value_info("shares", TensorProto.FLOAT, ["batch", CLASSES])], weaver.constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", _OPSET)])
    model.ir_version, model.producer_name, model.producer_version = _IR, "ciak", ""
    return model


class _Weaver:
    """Collects nodes and constants."""

    def __init__(self, tensors: dict[str, NDArray[np.float32]]) -> None:
        self._tensors = tensors
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def node(self, kind: str, inputs: list[str], output: str, **attributes: Any) -> str:
        """A node with one output, which has its name."""
        from onnx import helper

        self.nodes.append(helper.make_node(kind, inputs, [output], name=output, **attributes))
        return output

    def constant(self, name: str, value: NDArray[np.float32]) -> str:
        """A constant of floats."""
        from onnx import numpy_helper

        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value, "<f4"), name))
        return name

    def whole(self, name: str, value: list[int]) -> str:
        """A constant of whole numbers."""
        from onnx import numpy_helper

        self.constants.append(numpy_helper.from_array(np.asarray(value, "<i8"), name))
        return name

    def weight(self, layer: str, part: str) -> str:
        """A weight of a layer as it is."""
        return self.constant(f"{layer}/{part}", self._tensors[f"{layer}/{layer}/{part}:0"])

    def dense(self, tensor: str, layer: str) -> str:
        """A dense layer."""
        return self.node("Gemm", [tensor, self.weight(layer, "kernel"), self.weight(layer, "bias")], layer)

    def active(self, tensor: str, norm: int) -> str:
        """Batch normalisation and what is above zero of it."""
        layer = f"batch_normalization_{norm}"
        parts = [self.weight(layer, part) for part in ("gamma", "beta", "moving_mean", "moving_variance")]
        tensor = self.node("BatchNormalization", [tensor, *parts], f"{layer}/normal", epsilon=1e-3)
        return self.node("Relu", [tensor], f"{layer}/active")
