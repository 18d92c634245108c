"""YAMNet, which tells the 521 sounds of AudioSet, rebuilt as one ONNX graph from the weights of an ONNX file.

Input ``patches`` float32 (batch, 96 frames of 10 ms, 64 mel bands), natural logarithms; output ``shares`` (batch, 521):
how likely each sound is, on its own, in the order of the class map. The spectrogram is the backend's business.

Structure: M. Plakal and D. Ellis, "YAMNet", 2019 (a MobileNet v1 with batch normalisation folded into 27 convolutions).
Weights: Google, Apache-2.0, as the ``sead`` package carries them in a graph of Qualcomm's for phones: each weight
rounded to 8 bits of its channel's range, each activation to 8 bits too. The weights are taken as they are; the rounding
of activations is left out, so that the graph runs in floats. What the first rounding lost is lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ciak.errors import ModelDamaged
from ciak.models.archive import unpack

__all__ = ["build", "convert"]

FRAMES, BANDS, CLASSES = 96, 64, 521
_OPSET, _IR = 17, 8
_STRIDES = (2, 1, 1, 2, 1, 1, 1, 2, 1, 1, 1, 2, *[1] * 11, 2, 1, 1, 1)
"""Of the 27 convolutions: the first whole, then in turn one for each channel and one of single points."""
_LARGEST = 1 << 25
_FOLDER = "job_jpev7z175_optimized_onnx/"
Weights = list[tuple[NDArray[np.float32], NDArray[np.float32]]]


def convert(materials: Path, target: Path, tick: Callable[[float], None]) -> None:
    """``yamnet.zip`` in ``materials`` becomes ``yamnet.onnx``; ``classes.csv`` stays as it is."""
    unpack(materials / "yamnet.zip", {_FOLDER: "graph/"}, materials, budget=_LARGEST)
    tick(0.3)
    try:
        graph = build(_weights(materials / "graph" / "model.onnx", (materials / "graph" / "model.data").read_bytes()))
    except (KeyError, ValueError, OSError) as error:
        raise ModelDamaged(f"the weights of YAMNet are not as they were: {str(error)[:120]}", model="yamnet") from error
    (target / "yamnet.onnx").write_bytes(graph.SerializeToString(deterministic=True))
    (materials / "classes.csv").replace(target / "classes.csv")
    tick(1.0)


def _weights(path: Path, data: bytes) -> Weights:
    """Kernel and bias of each layer in the order of the graph, out of the file beside it."""
    from onnx import load_model, numpy_helper
    from onnx.external_data_helper import ExternalDataInfo, uses_external_data

    graph = load_model(str(path), load_external_data=False).graph
    held = {one.name: one for one in graph.initializer}

    def value(name: str) -> NDArray[np.float32]:
        tensor = held[name.removesuffix("_qdq")]
        if not uses_external_data(tensor):
            return np.asarray(numpy_helper.to_array(tensor), np.float32)
        info = ExternalDataInfo(tensor)
        if info.location != "model.data":
            raise ValueError(f"{name} lies elsewhere")
        first, size = int(info.offset or 0), int(np.prod(tensor.dims))
        return np.frombuffer(data, "<f4", size, first).reshape(tuple(tensor.dims))

    return [(value(node.input[1]), value(node.input[2])) for node in graph.node if node.op_type in ("Conv", "Gemm")]


def build(weights: Weights) -> Any:
    """The ONNX model of 27 convolutions (out, in, height, width) and a last layer (521, 1024), each with its bias.
    Raises ValueError for others."""
    from onnx import TensorProto, helper, numpy_helper

    if len(weights) != len(_STRIDES) + 1 or weights[-1][0].shape != (CLASSES, 1024):
        raise ValueError(f"{len(weights)} layers, the last of {weights[-1][0].shape if weights else None}")
    nodes, constants = [], [numpy_helper.from_array(np.asarray([1], "<i8"), "channel")]
    for number, pair in enumerate(weights, 1):
        constants += [numpy_helper.from_array(np.ascontiguousarray(value, "<f4"), f"{part}{number}")
                      for part, value in zip(("kernel", "bias"), pair, strict=True)]

    def node(kind: str, inputs: list[str], output: str, **attributes: Any) -> str:
        nodes.append(helper.make_node(kind, inputs, [output], name=output, **attributes))
        return output

    tensor = node("Unsqueeze", ["patches", "channel"], "image")
    for number, stride in enumerate(_STRIDES, 1):
        tensor = node("Conv", [tensor, f"kernel{number}", f"bias{number}"], f"layer{number}", strides=[stride] * 2,
                      auto_pad="SAME_UPPER", group=1 if number % 2 else len(weights[number - 1][0]))
        tensor = node("Relu", [tensor], f"active{number}")
    tensor = node("Flatten", [node("GlobalAveragePool", [tensor], "mean")], "flat", axis=1)
    last = len(weights)
    tensor = node("Gemm", [tensor, f"kernel{last}", f"bias{last}"], "said", transB=1)
    node("Sigmoid", [tensor], "shares")
    graph = helper.make_graph(
        nodes, "yamnet", [helper.make_tensor_value_info("patches", TensorProto.FLOAT, ["batch", FRAMES, BANDS])],
        [helper.make_tensor_value_info("shares", TensorProto.FLOAT, ["batch", CLASSES])], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", _OPSET)])
    model.ir_version, model.producer_name, model.producer_version = _IR, "ciak", ""
    return model
