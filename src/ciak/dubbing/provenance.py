"""Who and what made a dub: told from the film's own history, for its Content Credentials and its disclosure sheet.

Each line says who wrote its words and who speaks them; each model that worked on the film is named with its hash. Of a
performer whose likeness is heard, only the number of the consent is told, never the name. Does not know what was done
outside Ciak: an imported recording is told as a person's, as the file that says so.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

from ciak import __version__
from ciak.config import Settings
from ciak.errors import CiakError
from ciak.film import Dialogue, Loop, TakeKind
from ciak.film.model import FilmModel
from ciak.media.signing import SigningKey, can_sign, sign_file, verify_file
from ciak.media.watermark import NAME as MARK
from ciak.project import Film, Maker, Step, once
from ciak.project.keys import signing_key

__all__ = ["Disclosure", "LineMade", "ModelUsed", "as_delivered", "disclosed", "manifest_of", "seal", "sealed"]

COMPOSITE = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"
"""IPTC: human work and that of a trained model in one."""
EDITED = "http://cv.iptc.org/newscodes/digitalsourcetype/humanEdits"
_PERSONS = ("person", "given:", "memory")


class ModelUsed(FilmModel):
    """A model that worked on the film: ``sha256`` of its files, ``steps`` in which it did."""

    name: str
    sha256: str
    backend: str
    steps: tuple[str, ...]


class LineMade(FilmModel):
    """Who made a line of the dub. ``words``: a person's, or a machine's; ``spoken``: by a synthetic voice, by a person,
    or not at all (the original is heard); ``consent``: number of the consent to a likeness, 0: nobody's likeness."""

    id: str
    words: Literal["person", "machine"]
    spoken: Literal["synthetic", "person", "original"]
    voice: str = ""
    consent: int = 0


class Disclosure(FilmModel):
    """What is synthetic in a delivery, and what made it."""

    schema_: int = 1
    title: str
    source: str
    language: str
    synthetic: int
    """Lines spoken by a synthetic voice."""
    recorded: int
    """Lines spoken by a person for the dub."""
    original: int
    """Lines in which the original is heard."""
    machine_words: int
    """Lines whose words a machine wrote."""
    consents: tuple[int, ...]
    models: tuple[ModelUsed, ...]
    lines: tuple[LineMade, ...]
    marked: Literal["credentials", "sidecar", "none"]
    """How the delivery is marked for machines: inside the file, in a file beside it, not at all."""
    mark: str = ""
    """Name of the inaudible mark that the synthetic speech carries; empty where there is none."""
    signer: Literal["named", "machine", "none"]
    """Whose key signed: the one of the settings, this machine's own (untrusted), nobody's."""


def disclosed(film: Film, original: Dialogue, target: Dialogue, settings: Settings) -> Disclosure:
    """The disclosure of a dub as it is delivered now."""
    lines = tuple(map(_line, target.loops))
    spoken = Counter(line.spoken for line in lines)
    signs = can_sign()
    return Disclosure(
        title=film.title, source=original.language, language=target.language, synthetic=spoken["synthetic"],
        recorded=spoken["person"], original=spoken["original"], models=_models(film), lines=lines,
        machine_words=sum(line.words == "machine" for line in lines),
        consents=tuple(sorted({line.consent for line in lines if line.consent})),
        marked="credentials" if signs else "none", mark=MARK if spoken["synthetic"] else "",
        signer="none" if not signs else "machine" if settings.signing_key is None else "named")


def as_delivered(told: Disclosure, files: Mapping[str, Path]) -> Disclosure:
    """The disclosure, with how the film that was delivered is marked in truth."""
    film = files.get("film")
    found = verify_file(film) if film is not None and can_sign() else None
    if found is None or found.state != "valid":
        return told.model_copy(update={"marked": "none", "signer": "none"})
    return told.model_copy(update={"marked": "sidecar" if found.sidecar else "credentials"})


def _line(loop: Loop) -> LineMade:
    take = loop.take
    words: Literal["person", "machine"] = "person" if loop.origin.startswith(_PERSONS) else "machine"
    if take is None:
        return LineMade(id=loop.id, words=words, spoken="original")
    return LineMade(id=loop.id, words=words, spoken="synthetic" if take.kind is TakeKind.SYNTHETIC else "person",
                    voice=take.voice, consent=take.consent)


def _models(film: Film) -> tuple[ModelUsed, ...]:
    """Every model of the history, once, in the order of its name."""
    found: dict[tuple[str, str, str], set[str]] = {}
    for entry in film.history.entries():
        for name, digest in entry.models.items():
            found.setdefault((name, digest, entry.who), set()).add(entry.what)
    return tuple(ModelUsed(name=name, sha256=digest, backend=who, steps=tuple(sorted(steps)))
                 for (name, digest, who), steps in sorted(found.items()))


def manifest_of(told: Disclosure, *, parent: bool) -> dict[str, Any]:
    """The C2PA manifest definition of a delivery. ``parent``: the original goes with it as an ingredient."""
    agent = {"name": "Ciak", "version": __version__}
    kind = COMPOSITE if told.synthetic or told.machine_words else EDITED
    dubbed = {"action": "c2pa.dubbed", "digitalSourceType": kind, "softwareAgent": agent}
    first = ({"action": "c2pa.opened", "parameters": {"ingredientIds": ["original"]}} if parent
             else {"action": "c2pa.created", "digitalSourceType": kind, "softwareAgent": agent})
    tracks = [
        {"track": "picture", "made": "original"},
        {"track": f"sound {told.language}", "made": "synthetic and original" if told.synthetic else "human",
         "synthetic_lines": told.synthetic, "recorded_lines": told.recorded, "original_lines": told.original},
        {"track": f"sound {told.source}", "made": "original"},
        {"track": f"words {told.language}", "made": "machine and human", "machine_lines": told.machine_words,
         "human_lines": len(told.lines) - told.machine_words}]
    return {
        "claim_generator_info": [agent], "title": told.title,
        "assertions": [
            {"label": "c2pa.actions.v2", "data": {"actions": [first, dubbed]}},
            {"label": "org.ciak.authorship", "data": {"tracks": tracks}},
            {"label": "org.ciak.models", "data": {"models": [one.model_dump(mode="json") for one in told.models]}},
            {"label": "org.ciak.consents", "data": {"consents": list(map(str, told.consents))}}]}


def sealed(film: Film, artefact: str, told: Disclosure, key: SigningKey) -> dict[str, str]:
    """The artefact ``film``, signed, and ``credentials`` where they lie beside it; signed once for the same content."""
    from importlib.metadata import version

    source = film.artefacts.path(artefact)
    original = film.source_path() if film.source is not None else None
    manifest = manifest_of(told, parent=original is not None and original.suffix.lower() in (".mp4", ".mov", ".m4v"))
    digest = hashlib.sha256(json.dumps(manifest, sort_keys=True).encode()).hexdigest()
    step = Step(name="sign", version="1", inputs={"film": artefact}, maker=Maker("c2pa-python", version("c2pa-python")),
                settings={"manifest": digest, "certificate": key.fingerprint})

    def make(temporary: Callable[[str], Path]) -> dict[str, Path]:
        out = temporary(source.suffix)
        beside = sign_file(source, out, manifest, key, original)
        if beside is None:
            return {"film": out}
        apart = temporary(".c2pa")
        beside.rename(apart)
        return {"film": out, "credentials": apart}

    return once(film, step, make)


def seal(film: Film, told: Disclosure, settings: Settings,
         note: Callable[[str], None]) -> Callable[[str], dict[str, str]]:
    """What signs an artefact before it is delivered. Without the library, or with a key that cannot sign, it is
    delivered unsigned, and ``note`` is told so."""
    def sign(artefact: str) -> dict[str, str]:
        if not can_sign():
            note("the film carries no Content Credentials: pip install 'ciak[provenance]'")
            return {"film": artefact}
        try:
            made = sealed(film, artefact, told, signing_key(settings))
        except CiakError as error:
            note(f"the film carries no Content Credentials: {error}")
            return {"film": artefact}
        if "credentials" in made:
            note("this container cannot carry Content Credentials: they lie beside the film, NAME.c2pa")
        return made
    return sign
