"""One frozen :class:`Settings`: what the user may set, read from the environment once.

Precedence: an option on the command line, then the film's ``film.toml``, then the environment, then the
defaults here. Nothing is created by reading settings; folders appear when something is written.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ciak.errors import SettingsError

__all__ = ["TASKS", "Settings", "dictionary_folders"]

TASKS: dict[str, str] = {
    "detector": "silero", "separator": "embedded", "transcriber": "whisper-base", "embedder": "voicefilter",
    "translator": "embedded", "voice": "kokoro", "hearer": "embedded",
}
"""Each task that a backend does, with the default backend's name."""


def _folder(variable: str, base: str, fallback: str, below: str) -> Path:
    """The folder that ``variable`` names, else ``below`` in the XDG folder ``base`` or its ``fallback``."""
    if named := os.environ.get(variable):
        return Path(named).expanduser().absolute()
    return Path(os.environ.get(base) or Path.home() / fallback).absolute() / below


def dictionary_folders() -> tuple[Path, ...]:
    """Where dictionaries of Hunspell lie: the folders that its own variable ``DICPATH`` names, then the system's."""
    named = [Path(part) for part in os.environ.get("DICPATH", "").split(os.pathsep) if part]
    homes = ("/usr/share/hunspell", "/usr/share/myspell/dicts", "/Library/Spelling")
    return (*named, *map(Path, homes), Path.home() / "Library" / "Spelling")


def _films() -> Path:
    named = os.environ.get("CIAK_FILMS")
    return Path(named).expanduser().absolute() if named else Path.home() / "Ciak"


@dataclass(frozen=True, slots=True)
class Settings:
    """``models``: cache folder of pulled models (``CIAK_MODELS``); ``library``: the house library
    (``CIAK_LIBRARY``); ``films``: where the studio makes films (``CIAK_FILMS``, ``~/Ciak``);
    ``threads``: threads of an inference engine (``CIAK_THREADS``, 0: one per core);
    ``backends``: task -> backend name (``CIAK_BACKEND_<TASK>``); ``offline``: never fetch (``CIAK_OFFLINE``);
    ``seed``: the one seed of everything random (``CIAK_SEED``);
    ``mirror``: a local folder in which packages of models are looked for first (``CIAK_MODELS_MIRROR``);
    ``translator_directory``, ``translator_pair``: the model of the translator ``ctranslate2-directory`` and, where
    its name does not say it, its languages, "en-it" (``CIAK_TRANSLATOR_DIRECTORY``, ``CIAK_TRANSLATOR_PAIR``);
    ``signing_key``, ``signing_chain``: key and certificates that sign what is delivered (``CIAK_SIGNING_KEY``,
    ``CIAK_SIGNING_CHAIN``; neither: a key of this machine's own)."""

    models: Path = field(default_factory=lambda: _folder("CIAK_MODELS", "XDG_CACHE_HOME", ".cache", "ciak/models"))
    library: Path = field(default_factory=lambda: _folder("CIAK_LIBRARY", "XDG_DATA_HOME", ".local/share", "ciak"))
    films: Path = field(default_factory=_films)
    threads: int = 0
    backends: dict[str, str] = field(default_factory=lambda: dict(TASKS))
    offline: bool = False
    seed: int = 7
    mirror: Path | None = None
    translator_directory: Path | None = None
    translator_pair: str = ""
    signing_key: Path | None = None
    signing_chain: Path | None = None

    @classmethod
    def from_environment(cls) -> Settings:
        """Settings of this process. Raises :class:`SettingsError` for a value that cannot be."""
        chosen = {task: os.environ.get(f"CIAK_BACKEND_{task.upper()}") or name for task, name in TASKS.items()}
        mirror, translator = _path("CIAK_MODELS_MIRROR"), _path("CIAK_TRANSLATOR_DIRECTORY")
        return cls(threads=_whole("CIAK_THREADS", 0, 256), backends=chosen, mirror=mirror,
                   signing_key=_path("CIAK_SIGNING_KEY"), signing_chain=_path("CIAK_SIGNING_CHAIN"),
                   translator_directory=translator, translator_pair=os.environ.get("CIAK_TRANSLATOR_PAIR", ""),
                   offline=os.environ.get("CIAK_OFFLINE", "") not in ("", "0"), seed=_whole("CIAK_SEED", 7, 2**31))

    def with_backends(self, chosen: dict[str, str]) -> Settings:
        """The same settings with some backends exchanged. Raises for an unknown task."""
        for task in chosen:
            if task not in TASKS:
                raise SettingsError(f"there is no task {task[:40]!r} to choose a backend for",
                                    remedy=f"the tasks are {', '.join(TASKS)}")
        return replace(self, backends={**self.backends, **chosen})

    def as_json(self) -> dict[str, Any]:
        """Plain values, for reports and worker processes."""
        return {"models": str(self.models), "library": str(self.library), "films": str(self.films),
                "threads": self.threads,
                "backends": dict(self.backends), "offline": self.offline, "seed": self.seed,
                "mirror": str(self.mirror) if self.mirror else None,
                "translator_directory": str(self.translator_directory) if self.translator_directory else None,
                "translator_pair": self.translator_pair,
                "signing_key": str(self.signing_key) if self.signing_key else None,
                "signing_chain": str(self.signing_chain) if self.signing_chain else None}


def _path(name: str) -> Path | None:
    named = os.environ.get(name)
    return Path(named).expanduser().absolute() if named else None


def _whole(name: str, default: int, top: int) -> int:
    text = os.environ.get(name, "").strip()
    if not text:
        return default
    if not text.isascii() or not text.isdigit() or not 0 <= int(text[:12]) <= top:
        raise SettingsError(f"{name}={text[:40]!r} is not a whole number from 0 to {top}")
    return int(text)
