"""Finds backends by name among the entry points of every installed distribution.

The group is ``ciak.backends``; an entry is called ``task.name`` (``voice.kokoro``) and points to a factory that
takes one :class:`ciak.config.Settings`. Built-ins register exactly as a stranger's plugin does. There is no silent
fallback: an unknown name, a name claimed twice, a plugin that does not load is an error that says so.

It does not know whether a backend works well, only whether it loads, speaks its Protocol and has its models.
A backend may carry ``models`` (names in the manifest that it needs) and ``programs`` (executables it runs); the
listing shows them. A backend with models of its own may carry ``hashes`` (name -> sha256) for the history.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Literal, overload

from ciak.backends import protocols
from ciak.config import TASKS, Settings
from ciak.errors import BackendError, CiakError

__all__ = ["GROUP", "Card", "Offer", "absent_of", "card", "entries", "installed_models", "listing", "resolve"]

GROUP = "ciak.backends"
"""The entry-point group in which backends register."""

_PROTOCOLS: dict[str, type] = {
    "detector": protocols.SpeechDetector, "separator": protocols.Separator, "transcriber": protocols.Transcriber,
    "embedder": protocols.Embedder, "translator": protocols.Translator, "voice": protocols.Voice,
    "hearer": protocols.Hearer,
}


@dataclass(frozen=True, slots=True)
class Offer:
    """One registered backend as ``ciak backends`` shows it.

    ``origin``: distribution and version; ``models``: what it needs from the model store; ``absent``: those of
    them, and the programs, that are not there; ``capabilities``: plain facts (languages, pairs, rate);
    ``problem``: why it cannot be used, or "".
    """

    task: str
    name: str
    origin: str
    factory: str
    default: bool
    models: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    capabilities: tuple[tuple[str, str], ...] = ()
    problem: str = ""

    @property
    def ready(self) -> bool:
        """Whether it loads and everything it needs is there."""
        return not self.problem and not self.absent

    def as_json(self) -> dict[str, Any]:
        """Plain values for ``--json``."""
        return {"task": self.task, "name": self.name, "origin": self.origin, "factory": self.factory,
                "default": self.default, "models": list(self.models), "absent": list(self.absent),
                "capabilities": dict(self.capabilities), "problem": self.problem, "ready": self.ready}


@dataclass(frozen=True, slots=True)
class Card:
    """Who does a task, for the history: backend, version of its distribution, model -> one sha256 for its files."""

    task: str
    name: str
    version: str
    hashes: dict[str, str]


def entries(task: str | None = None) -> dict[tuple[str, str], tuple[EntryPoint, ...]]:
    """Every claim to every (task, name), of one task or of all; malformed entry names are left out."""
    found: dict[tuple[str, str], list[EntryPoint]] = {}
    for entry in entry_points(group=GROUP):
        kind, dot, name = entry.name.partition(".")
        if dot and name and kind in TASKS and task in (None, kind):
            found.setdefault((kind, name), []).append(entry)
    return {key: tuple(sorted(claims, key=_origin)) for key, claims in sorted(found.items())}


@overload
def resolve(task: Literal["detector"], settings: Settings) -> protocols.SpeechDetector: ...
@overload
def resolve(task: Literal["separator"], settings: Settings) -> protocols.Separator: ...
@overload
def resolve(task: Literal["transcriber"], settings: Settings) -> protocols.Transcriber: ...
@overload
def resolve(task: Literal["embedder"], settings: Settings) -> protocols.Embedder: ...
@overload
def resolve(task: Literal["translator"], settings: Settings) -> protocols.Translator: ...
@overload
def resolve(task: Literal["voice"], settings: Settings) -> protocols.Voice: ...
@overload
def resolve(task: Literal["hearer"], settings: Settings) -> protocols.Hearer: ...
@overload
def resolve(task: str, settings: Settings) -> Any: ...
def resolve(task: str, settings: Settings) -> Any:
    """The backend that ``settings.backends`` names for ``task``, made new; its models are not opened yet.

    Raises :class:`BackendError` for an unknown task or name (and lists what there is), for a name that two
    distributions claim (and names both), and for a plugin that does not load or does not keep its Protocol.
    """
    if task not in TASKS:
        raise BackendError(f"there is no task {task[:40]!r}", remedy=f"the tasks are {', '.join(TASKS)}")
    name = settings.backends.get(task, TASKS[task])
    offered = entries(task)
    claims = offered.get((task, name), ())
    if not claims:
        names = ", ".join(other for _, other in offered) or "nothing: is ciak installed?"
        raise BackendError(f"there is no {task} called {name[:60]!r}", remedy=f"installed are {names}", task=task)
    return _make(task, name, claims, settings)


def card(task: str, settings: Settings) -> Card:
    """Who would do ``task``. Raises as :func:`resolve` does."""
    from ciak.models import Store

    backend = resolve(task, settings)
    entry = entries(task)[task, settings.backends.get(task, TASKS[task])][0]
    store = Store(settings)
    hashes = {model: store.fingerprint(model) for model in getattr(backend, "models", ())}
    hashes |= dict(getattr(backend, "hashes", {}))
    return Card(task, backend.name, entry.dist.version if entry.dist else "", hashes)


def listing(settings: Settings | None = None) -> tuple[Offer, ...]:
    """Every registered backend, in order of task and name, with its models and whether they are there.

    Loads each plugin's module but opens no model. A plugin that does not load is listed with its problem.
    """
    settings = settings or Settings.from_environment()
    installed = installed_models(settings)
    return tuple(_offer(key, claims, settings, installed) for key, claims in entries().items())


def _origin(entry: EntryPoint) -> str:
    return f"{entry.dist.name} {entry.dist.version}" if entry.dist else entry.value.partition(":")[0]


def _make(task: str, name: str, claims: tuple[EntryPoint, ...], settings: Settings) -> Any:
    if len(claims) > 1:
        both = " and ".join(f"{_origin(entry)} ({entry.value})" for entry in claims)
        raise BackendError(f"two backends claim the name {task}.{name}: {both}", remedy="uninstall one of them")
    entry = claims[0]
    try:
        factory: Callable[[Settings], Any] = entry.load()
        backend = factory(settings)
    except CiakError:
        raise
    except Exception as error:  # foreign code may fail in any way; the cause is kept
        why = str(error) or type(error).__name__
        raise BackendError(f"the {task} {name!r} of {_origin(entry)} does not load: {why}",
                           remedy="update or uninstall that package") from error
    if not isinstance(backend, _PROTOCOLS[task]):
        lacking = ", ".join(sorted(part for part in _parts(_PROTOCOLS[task]) if not hasattr(backend, part)))
        raise BackendError(f"the {task} {name!r} of {_origin(entry)} lacks {lacking}",
                           remedy="its author can run the contract suite tests/contract")
    return backend


def _parts(protocol: type) -> Iterable[str]:
    parts: Iterable[str] = protocol.__dict__.get("__protocol_attrs__") or (
        {*protocol.__annotations__, *(key for key in vars(protocol) if not key.startswith("_"))})
    return parts


def absent_of(backend: object, installed: Collection[str]) -> tuple[str, ...]:
    """The models and programs that ``backend`` needs and that are not there. ``installed``: models that are."""
    models: tuple[str, ...] = getattr(backend, "models", ())
    programs: tuple[str, ...] = getattr(backend, "programs", ())
    return (*(model for model in models if model not in installed),
            *(program for program in programs if shutil.which(program) is None))


def installed_models(settings: Settings) -> frozenset[str]:
    """The models that are there, or come with a package that is."""
    from ciak.models import Store

    return frozenset(status.name for status in Store(settings).listing() if status.state in ("ready", "carried"))


def _offer(key: tuple[str, str], claims: tuple[EntryPoint, ...], settings: Settings,
           installed: frozenset[str]) -> Offer:
    task, name = key
    bare = Offer(task, name, " and ".join(map(_origin, claims)), ", ".join(entry.value for entry in claims),
                 TASKS[task] == name)
    try:
        backend = _make(task, name, claims, settings)
        models = tuple(getattr(backend, "models", ()))
        capabilities = tuple(_capabilities(backend))
    except CiakError as error:
        return replace(bare, problem=str(error))
    return replace(bare, models=models, absent=absent_of(backend, installed), capabilities=capabilities)


def _capabilities(backend: Any) -> Iterable[tuple[str, str]]:
    if isinstance(backend, protocols.Translator):
        yield "pairs", " ".join(f"{source}>{target}" for source, target in sorted(backend.pairs()))
    if isinstance(backend, protocols.Transcriber):
        yield "languages", " ".join(sorted(backend.languages()))
    if isinstance(backend, protocols.Hearer):
        yield "labels", " ".join(sorted(backend.labels()))
    if isinstance(backend, protocols.Voice):
        stock = backend.stock()
        yield "languages", " ".join(sorted({voice.language for voice in stock}))
        yield "voices", str(len(stock))
        yield "exact length", "yes" if backend.exact else "no"
    if (rate := getattr(backend, "rate", None)) is not None:
        yield "rate", f"{rate} Hz"
