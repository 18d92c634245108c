"""The crew: the backends that a run works with, engaged when they are first needed.

Which backend does which task comes from the settings (command line, film, environment, in that order), and
every choice is written into the history with the models' hashes, so that a result can be traced and made again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, cast

from ciak.backends import registry
from ciak.config import Settings
from ciak.dubbing.matched import teach
from ciak.errors import BackendError
from ciak.jobs import heavy
from ciak.models import Store
from ciak.project import Maker

if TYPE_CHECKING:
    from ciak.backends.protocols import (
        Embedder,
        Hearer,
        LiveDetector,
        Separator,
        SpeechDetector,
        Transcriber,
        Translator,
        Voice,
    )
    from ciak.project import Film

__all__ = ["Crew"]


class _Taken(Exception):
    """The heavy place is held by another."""


def _give_up(waited: float) -> None:
    raise _Taken


class Crew:
    """Resolves each task once. ``Crew(settings).voice`` is the voice backend; with a ``film``, it knows the film's
    matched voices."""

    def __init__(self, settings: Settings, film: Film | None = None) -> None:
        self.settings = settings
        self._film = film
        self._engaged: dict[str, object] = {}

    def _engage(self, task: str) -> object:
        if task not in self._engaged:
            self._engaged[task] = registry.resolve(task, self.settings)
            if task == "voice" and self._film is not None:
                teach(self._film, cast("Voice", self._engaged[task]))
        return self._engaged[task]

    def maker(self, task: str) -> Maker:
        """Who does ``task``, for the history: backend, its version, its models' hashes."""
        backend = self._engage(task)
        names: tuple[str, ...] = getattr(backend, "models", ())
        store = Store(self.settings)
        return Maker(backend=self.settings.backends[task], version=str(getattr(backend, "version", "1")),
                     models={name: store.fingerprint(name) for name in names})

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Hold the machine's one place for heavy model steps."""
        with heavy(self.settings.models):
            yield

    @contextmanager
    def at_work_if_free(self) -> Iterator[bool]:
        """Hold that place when nobody does, without waiting; whether it is held now."""
        with ExitStack() as place:
            try:
                place.enter_context(heavy(self.settings.models, _give_up))
            except _Taken:
                yield False
                return
            yield True

    @property
    def detector(self) -> SpeechDetector:
        """Finds speech."""
        return cast("SpeechDetector", self._engage("detector"))

    @property
    def live_detector(self) -> LiveDetector:
        """Finds speech in a sound that goes on. Raises for a backend that hears whole sounds only."""
        from ciak.backends.protocols import LiveDetector

        backend = self._engage("detector")
        if not isinstance(backend, LiveDetector):
            raise BackendError(f"the detector {self.settings.backends['detector']} cannot listen live",
                               remedy="choose another one (ciak backends)")
        return backend

    @property
    def separator(self) -> Separator:
        """Divides dialogue from music and effects."""
        return cast("Separator", self._engage("separator"))

    @property
    def transcriber(self) -> Transcriber:
        """Writes down what is said."""
        return cast("Transcriber", self._engage("transcriber"))

    @property
    def embedder(self) -> Embedder:
        """Tells voices apart."""
        return cast("Embedder", self._engage("embedder"))

    @property
    def translator(self) -> Translator:
        """Carries lines into another language."""
        return cast("Translator", self._engage("translator"))

    @property
    def voice(self) -> Voice:
        """Speaks."""
        return cast("Voice", self._engage("voice"))

    @property
    def hearer(self) -> Hearer:
        """Tells music and other sounds."""
        return cast("Hearer", self._engage("hearer"))
