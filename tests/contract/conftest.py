"""The contract suites: what ``ciak.backends.protocols`` promises, checked on every backend that is installed.

Run ``pytest tests/contract -k NAME`` on a backend of your own: it takes part as soon as its entry point is installed.
Fakes hear the fakes' world, everything else hears speech by the embedded voice, so the models must be pulled.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
import pytest

from ciak.backends import registry
from ciak.backends.protocols import Delivery
from ciak.config import TASKS, Settings
from ciak.errors import ModelAbsent, ProgramAbsent
from ciak.film.sound import Signal
from ciak.models import Store, release_engines

Speech = Callable[..., Signal]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that asks for a task ("voice") runs once for every backend of it."""
    for task in TASKS:
        if task in metafunc.fixturenames:
            names = [name for _, name in registry.entries(task)]
            metafunc.parametrize(task, [
                pytest.param((task, name), id=name, marks=() if name.startswith("fake") else pytest.mark.models)
                for name in names], indirect=True)


@pytest.fixture(scope="session")
def contract_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """One thread, and a directory for the translator that wants one."""
    settings = Settings(threads=1)
    directory = tmp_path_factory.mktemp("models") / "brought-along"
    shutil.copytree(Store(settings).folder("translator-en-it"), directory)
    return replace(settings, translator_directory=directory)


@pytest.fixture(scope="session", autouse=True)
def engines_let_go() -> Iterator[None]:
    """The models leave memory with the last contract test."""
    yield
    release_engines()


def _made(request: pytest.FixtureRequest, settings: Settings) -> Any:
    task, name = request.param
    backend = registry.resolve(task, settings.with_backends({task: name}))
    for model in getattr(backend, "models", ()):
        try:
            Store(settings).folder(model)
        except ModelAbsent as error:
            pytest.skip(str(error))
    return backend


@pytest.fixture
def detector(request: pytest.FixtureRequest, contract_settings: Settings) -> Any:
    return _made(request, contract_settings)


@pytest.fixture
def separator(request: pytest.FixtureRequest, contract_settings: Settings) -> Any:
    return _made(request, contract_settings)


@pytest.fixture
def transcriber(request: pytest.FixtureRequest, contract_settings: Settings) -> Any:
    return _made(request, contract_settings)


@pytest.fixture
def embedder(request: pytest.FixtureRequest, contract_settings: Settings) -> Any:
    return _made(request, contract_settings)


@pytest.fixture
def translator(request: pytest.FixtureRequest, contract_settings: Settings) -> Any:
    return _made(request, contract_settings)


@pytest.fixture
def voice(request: pytest.FixtureRequest, contract_settings: Settings) -> Any:
    return _made(request, contract_settings)


@pytest.fixture
def hearer(request: pytest.FixtureRequest, contract_settings: Settings) -> Any:
    return _made(request, contract_settings)


@lru_cache(maxsize=32)
def _spoken(world: str, text: str, who: int) -> Signal:
    backend = registry.resolve("voice", Settings(threads=1).with_backends({"voice": world}))
    ids = ("en_f1", "en_m1") if world == "fake" else ("af_heart", "am_michael")
    return backend.speak(text, Delivery(ids[who], "en")).signal


@pytest.fixture
def speech(request: pytest.FixtureRequest) -> Speech:
    """``speech(text, rate, who=0, before=0.0, after=0.0)``: a voice that the backend under test can hear, with
    seconds of silence around it."""
    names = [request.node.callspec.params[task][1] for task in TASKS if task in request.node.callspec.params]
    world = "fake" if names and names[0].startswith("fake") else "kokoro"

    def say(text: str, rate: int, who: int = 0, before: float = 0.0, after: float = 0.0) -> Signal:
        try:
            signal = _spoken(world, text, who)
        except (ModelAbsent, ProgramAbsent) as error:
            pytest.skip(str(error))
        count = int(signal.frames * rate / signal.rate)
        # The nearest sample is good enough for ears that only decide what was said.
        nearest = np.minimum(np.arange(count) * signal.rate // rate, signal.frames - 1)
        sound = signal.samples[nearest, 0]
        return Signal.mono(np.pad(sound, (int(before * rate), int(after * rate))), rate)

    return say
