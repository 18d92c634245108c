"""What the history says of surveys and mixes, read once and then only as far as it grew: :class:`Ledger`.

A mix does not say which language it speaks: the releases and proxies that were made of it do, or else the takes that
went into it. Knows the steps of the dubbing department by their names alone (``divide``, ``speak``, ``mix``,
``release``, ``proxy-sound``); what none of these tells, as of a mix of recorded takes that was never released, is
left out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from ciak.errors import BadInput
from ciak.film.language import LANGUAGE
from ciak.project.folder import Film
from ciak.project.history import Entry, Follower
from ciak.store import open_inside

__all__ = ["STEMS", "STEPS", "Ledger"]

STEMS = ("DX", "ME", "MIX")
"""The sounds that come of a mix."""
STEPS = ("shots", "thumbnails", "peaks")
"""The steps of a survey."""
_LARGEST = 1024 * 1024


class Ledger:
    """What one film's history says; ``done``: key -> outputs of each survey's step. ``version`` changes when it is
    told of another step."""

    def __init__(self) -> None:
        self.version = 0
        self._follower = Follower()
        self._forget()

    def _forget(self) -> None:
        self.version += 1
        self.done: dict[str, dict[str, str]] = {}
        self._mixes: dict[str, tuple[dict[str, str], dict[str, str]]] = {}
        """MIX -> inputs and outputs of the step, the newest last."""
        self._spoken: dict[str, set[str]] = {}
        """MIX -> languages it was released in."""
        self._takes: dict[str, str] = {}
        self._played: dict[str, str] = {}
        """Proxy -> the MIX that it plays."""
        self._divided: dict[str, str] = {}
        """Dialogue of a divided sound -> sha256 of its source."""

    def read_on(self, film: Film) -> None:
        """Read what the history has and this has not; all of it when it is another file."""
        for _at, entry in self._follower.news(film.history, self._forget):
            if entry.kind == "step" and entry.key is not None:
                self._note(entry, entry.key)
                self.version += 1

    def _note(self, entry: Entry, key: str) -> None:
        told, made, of = entry.settings, entry.outputs, entry.inputs
        if entry.what in STEPS:
            self.done[key] = made
        elif entry.what == "mix" and set(STEMS) <= made.keys():
            self._mixes.pop(made["MIX"], None)
            self._mixes[made["MIX"]] = of, made
        elif entry.what == "speak" and "take" in made:
            self._takes[made["take"]] = str(told.get("language"))
        elif entry.what == "release" and "mix" in of:
            self._spoken.setdefault(of["mix"], set()).add(str(told.get("target")))
        elif entry.what == "proxy-sound" and "sound" in of and "proxy" in made:
            self._spoken.setdefault(of["sound"], set()).add(str(told.get("language")))
            self._played[made["proxy"]] = of["sound"]
        elif entry.what == "divide" and "dialogue" in made:
            self._divided[made["dialogue"]] = of.get("media", "")

    def stems(self, film: Film) -> dict[str, str]:
        """Name -> artefact id of each stem that is there, sorted by language."""
        found: dict[str, str] = {}
        source = film.source.sha256 if film.source else ""
        for mix, (of, _) in self._mixes.items():
            if self._divided.get(of.get("dialogue", ""), source) == source:
                found |= dict.fromkeys(self._languages(mix, of), mix)
        found |= {language: mix for language, mix in self._heard(film) if language in found and mix in self._mixes}
        return {f"{stem}.{language}": identity for language, mix in sorted(found.items()) for stem in STEMS
                if re.fullmatch(LANGUAGE, language) and film.artefacts.has(identity := self._mixes[mix][1][stem])}

    def _languages(self, mix: str, of: dict[str, str]) -> set[str]:
        """The languages of a mix: those it was released in, else the one that its takes were spoken in."""
        return self._spoken.get(mix) or {self._takes[take] for name, take in of.items()
                                         if name.startswith("take") and take in self._takes}

    def _heard(self, film: Film) -> Iterator[tuple[str, str]]:
        """Language and mix of each proxy that the film offers now."""
        try:
            with open_inside(film.path, ".ciak/proxies.json") as file:
                offered = json.loads(file.read(_LARGEST))
        except (BadInput, OSError, ValueError, RecursionError):
            return
        for language, told in (offered.items() if isinstance(offered, dict) else ()):
            proxy = told.get("artefact") if isinstance(told, dict) else None
            if isinstance(proxy, str) and proxy in self._played:
                yield language, self._played[proxy]
