"""Opening inference engines: the only way in Ciak to an ONNX graph, a translation model or Whisper.

Engines are kept for the life of the process, one per file and thread count, until :func:`release_engines`. A
model of the manifest is compared with its sha256 before it is opened for the first time; every ONNX file is
searched for external data and pickles. Threads come from the settings; the same input and thread count give the
same numbers on one machine. """

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from ciak.config import Settings
from ciak.errors import BackendError, ModelDamaged
from ciak.models.fetch import sha256_of
from ciak.models.guard import refuse_external_data, refuse_pickle
from ciak.models.store import Store

if TYPE_CHECKING:
    from ciak.models.translation import TranslationEngine
    from ciak.models.whisper import WhisperEngine

__all__ = ["OnnxEngine", "open_onnx", "open_onnx_file", "open_translation", "open_whisper", "release_engines",
           "thread_count"]

Engine = TypeVar("Engine")

_engines: dict[tuple[str, Path, int], Any] = {}
_sound: set[tuple[Path, int, int]] = set()
_lock = threading.RLock()


def thread_count(settings: Settings) -> int:
    """Threads that an engine gets: as set, else one per core that this process may use."""
    if settings.threads:
        return settings.threads
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class OnnxEngine:
    """An ONNX graph, ready to run. Not for use by two threads at once with different patience; runs are
    serialised by the engine itself."""

    def __init__(self, path: Path, threads: int) -> None:
        import onnxruntime

        refuse_pickle(path)
        refuse_external_data(path)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 4
        options.use_deterministic_compute = True
        # Spinning threads burn a second core for no gain, and there are other processes.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._failures = _onnx_failures()
        try:
            self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        except self._failures as error:
            raise ModelDamaged(f"{path.name} cannot be opened: {str(error)[:200]}", path=path) from error
        self.inputs: tuple[str, ...] = tuple(one.name for one in self._session.get_inputs())
        """Names of the inputs."""
        self.outputs: tuple[str, ...] = tuple(one.name for one in self._session.get_outputs())
        """Names of the outputs."""
        self._name = path.name

    def run(self, feeds: Mapping[str, NDArray[Any]], outputs: Sequence[str] | None = None) -> list[NDArray[Any]]:
        """The named outputs (default: all) for the given inputs. Raises :class:`~ciak.errors.BackendError`."""
        try:
            made: list[NDArray[Any]] = self._session.run(None if outputs is None else list(outputs), dict(feeds))
        except self._failures as error:
            raise BackendError(f"{self._name} failed: {str(error)[:200]}") from error
        return made


def _onnx_failures() -> tuple[type[Exception], ...]:
    """The exceptions of onnxruntime, which have no base of their own."""
    from onnxruntime.capi import onnxruntime_pybind11_state as state

    names = ("Fail", "InvalidArgument", "NoSuchFile", "NoModel", "EngineError", "RuntimeException", "InvalidProtobuf",
             "ModelLoaded", "NotImplemented", "InvalidGraph", "EPFail")
    found: list[type[Exception]] = [getattr(state, name) for name in names if hasattr(state, name)]
    return (*found, RuntimeError, ValueError)


def _kept(kind: str, path: Path, threads: int, make: Callable[[], Engine]) -> Engine:
    with _lock:
        key = (kind, path, threads)
        if key not in _engines:
            try:
                _engines[key] = make()
            except ImportError as error:
                raise BackendError(f"the Python package {error.name} is not installed",
                                   remedy="pip install 'ciak[dubbing]'") from error
        engine: Engine = _engines[key]
        return engine


def release_engines() -> None:
    """Let go of every engine and its memory; the next use opens it again."""
    with _lock:
        _engines.clear()


def _checked(name: str, settings: Settings, only: str = "") -> Path:
    """The folder of a model whose files (or the ``only`` one) match their sha256, read once per process and
    change."""
    store = Store(settings)
    folder = store.folder(name)
    for file in store.manifest.model(name).files:
        if only and file.path != only:
            continue
        path = folder / file.path
        status = path.stat()
        key = (path, status.st_mtime_ns, status.st_size)
        if key in _sound:
            continue
        if sha256_of(path) != file.sha256:
            raise ModelDamaged(f"{file.path} of the model {name} does not match its sha256",
                               remedy=f"ciak models pull {name}", model=name, file=file.path)
        _sound.add(key)
    return folder


def open_onnx(name: str, file: str, settings: Settings) -> OnnxEngine:
    """The graph ``file`` of the model ``name``. Raises :class:`~ciak.errors.ModelAbsent`,
    :class:`~ciak.errors.ModelDamaged`."""
    with _lock:
        return open_onnx_file(_checked(name, settings, file) / file, settings)


def open_onnx_file(path: Path, settings: Settings) -> OnnxEngine:
    """An ONNX graph that is not in the manifest. Raises :class:`~ciak.errors.ModelDamaged`."""
    threads = thread_count(settings)
    return _kept("onnx", path.absolute(), threads, lambda: OnnxEngine(path.absolute(), threads))


def open_translation(folder: Path, settings: Settings) -> TranslationEngine:
    """The CTranslate2 translation model in ``folder``. Raises :class:`~ciak.errors.ModelDamaged`."""
    from ciak.models.translation import TranslationEngine

    threads = thread_count(settings)
    return _kept("translation", folder.absolute(), threads, lambda: TranslationEngine(folder.absolute(), threads))


def open_whisper(name: str, settings: Settings) -> WhisperEngine:
    """The Whisper model ``name``. Raises :class:`~ciak.errors.ModelAbsent`, :class:`~ciak.errors.ModelDamaged`."""
    from ciak.models.whisper import WhisperEngine

    with _lock:
        folder, threads = _checked(name, settings), thread_count(settings)
        return _kept("whisper", folder, threads, lambda: WhisperEngine(folder, threads))


def as_float32(samples: NDArray[Any]) -> NDArray[np.float32]:
    """One-dimensional contiguous float32, without a copy where it already is."""
    return np.ascontiguousarray(samples, dtype=np.float32).reshape(-1)
