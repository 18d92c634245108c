"""Kokoro-82M, cut into three graphs at the seams where a performance can be steered.

=============== ============================================ ====================================================
``timing.onnx``  tokens, style, speed                         durations: frames of 25 ms that each token lasts
``prosody.onnx`` tokens, style, durations                     pitch (Hz, 0 unvoiced) and energy, in steps of 12.5 ms
``sound.onnx``   tokens, style, durations, pitch, energy      audio, 24 kHz, 600 samples a frame
=============== ============================================ ====================================================

Run one after the other they give the whole graph's samples, bit for bit. ``timing`` alone predicts a line's
length cheaply; other durations give speech of another, exact length; another pitch and energy transfer an actor's
melody. Shapes: tokens int64 (1, T), with a 0 before and after; style float32 (1, 256); speed float32 (1,);
durations float32 (1, T), whole numbers of at least 1; pitch and energy float32 (1, 2 F) with F the sum of
durations; audio float32 (600 F,).

The graph draws no random numbers, so the same input gives the same samples. A voice is ``voices/<name>.bin``: raw
little-endian float32 (510, 256), row n for a line of n tokens, zeros not counted. ``vocabulary.json`` maps
phoneme symbols to tokens.

Model: Kokoro-82M by hexgrad (Apache-2.0), after StyleTTS 2 (Li et al. 2023, arXiv:2306.07691) and iSTFTNet
(Kaneko et al. 2022, arXiv:2203.02395); int8 ONNX export by the kokoro-onnx project (MIT). """

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from ciak.errors import ModelDamaged
from ciak.models.guard import refuse_external_data

__all__ = ["convert", "cut"]

DURATIONS = "/encoder/Clip_output_0"
PITCH = "/encoder/Squeeze_output_0"
ENERGY = "/encoder/Squeeze_1_output_0"

VOICES = "abefi"
"""First letters of the voices that are kept: American, British, Spanish, French, Italian. The others speak languages
for which Ciak has no phonemes."""

_INT64, _FLOAT = 7, 1
_SHAPES: dict[str, tuple[int, list[int | str]]] = {
    "tokens": (_INT64, [1, "tokens"]), "style": (_FLOAT, [1, 256]), "speed": (_FLOAT, [1]),
    "durations": (_FLOAT, [1, "tokens"]), "pitch": (_FLOAT, [1, "steps"]), "energy": (_FLOAT, [1, "steps"]),
    "audio": (_FLOAT, ["samples"]),
}
_RANDOM = ("RandomNormal", "RandomUniform", "RandomNormalLike", "RandomUniformLike", "Multinomial", "Bernoulli")


def convert(materials: Path, target: Path, tick: Callable[[float], None]) -> None:
    """``part1`` … ``part4`` and ``voices/*.bin`` in ``materials`` become the files of the model in ``target``."""
    import onnx
    from google.protobuf.message import DecodeError

    whole = target / "whole.onnx"
    with whole.open("xb") as file:
        for part in sorted(materials.glob("part?")):
            file.write(part.read_bytes())
    refuse_external_data(whole)
    try:
        graph = onnx.load(str(whole), load_external_data=False)
    except DecodeError as error:
        raise ModelDamaged("the voice's graph cannot be read", model="kokoro") from error
    whole.unlink()
    tick(0.3)
    if any(node.op_type in _RANDOM for node in graph.graph.node):
        raise ModelDamaged("the voice's graph draws random numbers", model="kokoro")
    pieces: list[tuple[str, dict[str, str], dict[str, str]]] = [
        ("timing", {}, {DURATIONS: "durations"}),
        ("prosody", {DURATIONS: "durations"}, {PITCH: "pitch", ENERGY: "energy"}),
        ("sound", {DURATIONS: "durations", PITCH: "pitch", ENERGY: "energy"}, {"audio": "audio"}),
    ]
    for number, (name, given, made) in enumerate(pieces, 1):
        piece = cut(graph, name, given, made)
        (target / f"{name}.onnx").write_bytes(piece.SerializeToString(deterministic=True))
        tick(0.3 + 0.2 * number)
    symbols = json.loads(resources.files("ciak.models.convert").joinpath("kokoro_symbols.json").read_text("utf-8"))
    (target / "vocabulary.json").write_text(json.dumps(symbols, ensure_ascii=False, sort_keys=True), encoding="utf-8")
    (target / "voices").mkdir()
    for voice in sorted((materials / "voices").glob(f"[{VOICES}]*.bin")):
        voice.replace(target / "voices" / voice.name)
    tick(1.0)


def cut(model: Any, name: str, given: Mapping[str, str], made: Mapping[str, str]) -> Any:
    """The part of an ONNX model that makes some tensors out of others.

    ``given`` maps tensors to the input names they get, ``made`` tensors to output names; whatever else the part
    needs stays an input or initializer. Raises :class:`~ciak.errors.ModelDamaged` if a tensor is not there. """
    import onnx
    from onnx import helper

    graph = model.graph
    maker = {output: number for number, node in enumerate(graph.node) for output in node.output if output}
    for tensor in (*given, *made):
        if tensor not in maker:
            raise ModelDamaged(f"the graph has no tensor {tensor}")
    constants = {tensor.name for tensor in graph.initializer}
    nodes: set[int] = set()
    needed: set[str] = set()
    todo = list(made)
    while todo:
        tensor = todo.pop()
        if tensor in needed:
            continue
        needed.add(tensor)
        if tensor not in given and tensor in maker and maker[tensor] not in nodes:
            nodes.add(maker[tensor])
            todo += [source for source in graph.node[maker[tensor]].input if source]
    part = onnx.ModelProto()
    part.CopyFrom(model)
    part.ClearField("graph")
    part.producer_name, part.producer_version, part.doc_string = "ciak", "", ""
    part.graph.name = name
    called = {**given, **made}
    for number in sorted(nodes):
        node = part.graph.node.add()
        node.CopyFrom(graph.node[number])
        node.input[:] = [called.get(tensor, tensor) for tensor in node.input]
        node.output[:] = [called.get(tensor, tensor) for tensor in node.output]
    for constant in graph.initializer:
        if constant.name in needed:
            part.graph.initializer.add().CopyFrom(constant)
    inputs = [one.name for one in graph.input if one.name in needed and one.name not in constants]
    for entry in (*inputs, *(given[tensor] for tensor in given if tensor in needed)):
        part.graph.input.append(helper.make_tensor_value_info(entry, *_SHAPES.get(entry, (_FLOAT, None))))
    for entry in made.values():
        part.graph.output.append(helper.make_tensor_value_info(entry, *_SHAPES.get(entry, (_FLOAT, None))))
    return part
