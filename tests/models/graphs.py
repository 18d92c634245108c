"""Tiny ONNX graphs for tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

__all__ = ["adder", "external", "save"]


def adder(amount: float = 1.0, *, name: str = "adder") -> Any:
    """``y = x + amount``, then ``z = 2 y``."""
    constant = numpy_helper.from_array(np.array([amount], np.float32), "amount")
    two = numpy_helper.from_array(np.array([2.0], np.float32), "two")
    graph = helper.make_graph(
        [helper.make_node("Add", ["x", "amount"], ["y"]), helper.make_node("Mul", ["y", "two"], ["z"])], name,
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [None])],
        [helper.make_tensor_value_info("z", TensorProto.FLOAT, [None])], [constant, two])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def external(location: str) -> Any:
    """A tensor whose bytes lie in the file ``location``."""
    tensor = TensorProto(name="far", data_type=TensorProto.FLOAT, dims=[1], data_location=TensorProto.EXTERNAL)
    tensor.external_data.add(key="location", value=location)
    return tensor


def save(model: Any, path: Path) -> Path:
    path.write_bytes(model.SerializeToString())
    return path


def hiding_places(location: str) -> dict[str, Any]:
    """Models with an external tensor, wherever the format lets one be."""
    far = external(location)
    models = {}
    model = adder()
    model.graph.initializer.append(far)
    models["initializer"] = model
    model = adder()
    model.graph.node.append(helper.make_node("Constant", [], ["c"], value=far))
    models["constant"] = model
    model = adder()
    node = onnx.NodeProto(op_type="Custom", output=["c"])
    node.attribute.add(name="many", type=onnx.AttributeProto.TENSORS).tensors.append(far)
    model.graph.node.append(node)
    models["list of tensors"] = model
    inner = adder().graph
    inner.initializer.append(far)
    model = adder()
    model.graph.node.append(helper.make_node("If", ["c"], ["d"], then_branch=inner, else_branch=adder().graph))
    models["branch"] = model
    model = adder()
    model.graph.sparse_initializer.add().values.CopyFrom(far)
    models["sparse"] = model
    model = adder()
    model.functions.add(name="f").node.append(helper.make_node("Constant", [], ["c"], value=far))
    models["function"] = model
    model = adder()
    model.training_info.add().algorithm.initializer.append(far)
    models["training"] = model
    model = adder()
    tensor = model.graph.initializer.add()
    tensor.name, tensor.data_type = "far", TensorProto.FLOAT
    tensor.external_data.add(key="location", value=location)
    models["without location flag"] = model
    return models
