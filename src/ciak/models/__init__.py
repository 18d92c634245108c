"""Models: what there is to pull, what is here, and the engines that run it.

The only floor that opens an inference engine. Nothing is fetched at import or behind the user's back: an absent
model is an error that names the command which fetches it. """

from __future__ import annotations

from ciak.models.engine import (
    OnnxEngine,
    open_onnx,
    open_onnx_file,
    open_translation,
    open_whisper,
    release_engines,
    thread_count,
)
from ciak.models.manifest import Manifest, Model, builtin_manifest, read_manifest
from ciak.models.store import ModelStatus, Store, Tick, no_tick
from ciak.models.translation import Hypothesis, TranslationEngine
from ciak.models.whisper import HeardSegment, HeardWord, WhisperEngine

__all__ = [
    "HeardSegment", "HeardWord", "Hypothesis", "Manifest", "Model", "ModelStatus", "OnnxEngine", "Store", "Tick",
    "TranslationEngine", "WhisperEngine", "builtin_manifest", "no_tick", "open_onnx", "open_onnx_file",
    "open_translation", "open_whisper", "read_manifest", "release_engines", "thread_count",
]
