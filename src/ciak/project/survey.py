"""What the desk draws of a film before anybody works on it: its shots, a thumbnail of each, the waves of its sounds.

:func:`survey` finds and draws what is missing, each part a step of its own, so that a survey that was stopped goes
on; :func:`surveyed` says what is known already, from the history alone, and writes nothing. The sounds are the
original and, for each language that was dubbed, the three stems of its mix: the one that the language's proxy
plays, else the newest. Mixes of a source that the film no longer has are left out.

Does not know how shots are found or pictures made small (``ciak.media`` does), nor where a strip puts them.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from pydantic import ValidationError

from ciak.errors import NothingToDo, StoreDamaged
from ciak.film import Rate, Shot
from ciak.film.model import FilmModel
from ciak.project.folder import Film
from ciak.project.ledger import Ledger
from ciak.project.once import Step, once
from ciak.project.sheet import Source
from ciak.store.disk import mark

if TYPE_CHECKING:
    from ciak.film.sound import Samples, Signal

__all__ = ["ORIGINAL", "Survey", "Surveyed", "shots_of", "survey", "surveyed"]

Tick = Callable[[float], None]
ORIGINAL = "original"
"""Name of the film's own sound among the peaks; the others are ``DX.it``, ``ME.it``, ``MIX.it``."""
HEIGHT = 96
"""Pixels that a thumbnail is high."""
EVERY = 10
"""Seconds of a shot that one thumbnail stands for, at most."""
RATE = 48000
"""Hz, at which the original is decoded to be drawn; a stem is drawn at its own."""
_LARGEST = 64 * 1024 * 1024
T = TypeVar("T", bound=FilmModel)


@dataclass(frozen=True, slots=True)
class Survey:
    """What is known of a film: ``shots`` in frames of the film; ``thumbnails``, the artefact that
    :func:`ciak.media.read_thumbnail` reads, or None, and ``frames``, the frame that each of them shows; ``peaks``,
    name of a sound -> artefact that :class:`ciak.media.Peaks` reads; ``complete``: nothing is left to be done."""

    shots: tuple[Shot, ...] = ()
    thumbnails: str | None = None
    frames: tuple[int, ...] = ()
    peaks: Mapping[str, str] = field(default_factory=dict)
    complete: bool = False


class _Shots(FilmModel):
    """The artefact of the step ``shots``."""

    shots: tuple[Shot, ...]


class _Shown(FilmModel):
    """The index of the thumbnails: the frame of each."""

    frames: tuple[int, ...]


def survey(film: Film, tick: Tick = lambda done: None) -> Survey:
    """Find the shots of ``film``, draw its thumbnails and the peaks of its sounds, whatever of it is not there yet.

    A film without picture has peaks only, one without sound shots only. ``tick`` may raise ``Cancelled``: what was
    finished stays. Raises :class:`NothingToDo` where nothing was imported, :class:`StoreDamaged` for a proxy whose
    bytes have changed, what reading the source raises, and :class:`StorageError`.
    """
    source = film.source
    if source is None:
        raise NothingToDo("the film has no picture and no sound yet", remedy=f"ciak import {film.path} VIDEO")
    known = Surveyed()
    stems = known.stems(film)
    drawn = 0.8 if source.picture else 0.0
    if source.picture:
        shots = _shots(film, source, _part(tick, 0.0, 0.75))
        _thumbnails(film, source, shots, _part(tick, 0.75, 0.05))
    sounds = {ORIGINAL: source.sha256, **stems}
    for place, (name, identity) in enumerate(sounds.items()):
        share = (1 - drawn) / len(sounds)
        _peaks(film, source, name, identity, _part(tick, drawn + place * share, share))
    tick(1.0)
    return known(film)


def shots_of(film: Film, tick: Tick = lambda done: None) -> tuple[Shot, ...]:
    """The shots of ``film`` in its frames, found once; empty without a picture. Raises as :func:`survey` does."""
    source = film.source
    if source is None or not source.picture:
        return ()
    return _read(film, _shots(film, source, tick), _Shots).shots


def surveyed(film: Film) -> Survey:
    """What is known of ``film`` without computing or writing anything; who asks often keeps a :class:`Surveyed`.

    Raises :class:`StoreDamaged` for an artefact that cannot be read, and what reading the history raises.
    """
    return Surveyed()(film)


class Surveyed:
    """What is known of one film, asked often: the history is read once, then only what was added to it.

    May be shared by threads. Writes nothing.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ledger = Ledger()
        self._answer: tuple[object, Survey, tuple[str, ...]] | None = None

    def __call__(self, film: Film) -> Survey:
        """As :func:`surveyed`; at once when nothing changed since it was last asked."""
        with self._lock:
            self._ledger.read_on(film)
            state = (self._ledger.version, mark(film.path / ".ciak" / "proxies.json"), film.source, film.sheet.rate)
            if self._answer is not None and self._answer[0] == state and all(
                    film.artefacts.has(identity) for identity in self._answer[2]):
                return self._answer[1]
            answer, stand_on = _known(film, self._ledger)
            self._answer = (state, answer, stand_on)
            return answer

    def stems(self, film: Film) -> dict[str, str]:
        """The dubbed sounds of the film, name -> artefact id: ``{"DX.it": ..., "ME.it": ..., "MIX.it": ...}``."""
        with self._lock:
            self._ledger.read_on(film)
            return self._ledger.stems(film)


def _known(film: Film, ledger: Ledger) -> tuple[Survey, tuple[str, ...]]:
    """What the ledger knows, and the artefacts that this stands on."""
    source = film.source
    if source is None or film.sheet.rate is None:
        return Survey(), ()

    def done(step: Step) -> dict[str, str] | None:
        made = ledger.done.get(step.key)
        return made if made is not None and all(film.artefacts.has(item) for item in made.values()) else None

    shots = done(_shots_step(film, source)) if source.picture else None
    pictures = done(_thumbnails_step(film, source, shots["shots"])) if shots else None
    drawn = {name: done(_peaks_step(identity))
             for name, identity in {ORIGINAL: source.sha256, **ledger.stems(film)}.items()}
    found = [made for made in (shots, pictures, *drawn.values()) if made]
    return Survey(
        shots=_read(film, shots["shots"], _Shots).shots if shots else (),
        thumbnails=pictures["thumbnails"] if pictures else None,
        frames=_read(film, pictures["frames"], _Shown).frames if pictures else (),
        peaks={name: made["peaks"] for name, made in drawn.items() if made},
        complete=(not source.picture or pictures is not None) and all(made is not None for made in drawn.values()),
    ), tuple(identity for made in found for identity in made.values())


def _shots_step(film: Film, source: Source) -> Step:
    from ciak.project.media import PROXY_VERSION

    return Step("shots", "1", {"source": source.sha256}, {"rate": str(film.rate), "proxy": PROXY_VERSION})


def _thumbnails_step(film: Film, source: Source, shots: str) -> Step:
    from ciak.project.media import PROXY_VERSION

    return Step("thumbnails", "1", {"source": source.sha256, "shots": shots},
                {"rate": str(film.rate), "proxy": PROXY_VERSION, "height": HEIGHT, "every": EVERY})


def _peaks_step(sound: str) -> Step:
    return Step("peaks", "1", {"sound": sound}, {"rate": RATE})


def _shots(film: Film, source: Source, tick: Tick) -> str:
    """Artefact id of the shots."""
    from ciak.media import find_shots

    def make(temporary: Callable[[str], Path]) -> dict[str, Path]:
        proxy = _proxy(film, _part(tick, 0.0, 0.6))
        out = temporary(".json")
        shots = find_shots(proxy, film.rate, _part(tick, 0.6, 0.4))
        out.write_text(_Shots(shots=shots).model_dump_json(), encoding="utf-8")
        return {"shots": out}

    made = once(film, _shots_step(film, source), make, check=lambda: tick(0.0))
    tick(1.0)
    return made["shots"]


def _thumbnails(film: Film, source: Source, shots: str, tick: Tick) -> None:
    from ciak.media import write_thumbnails

    def make(temporary: Callable[[str], Path]) -> dict[str, Path]:
        frames = _chosen(_read(film, shots, _Shots).shots, film.rate)
        target, told = temporary(".thumbs"), temporary(".json")
        write_thumbnails(_proxy(film, lambda done: tick(0.0)), frames, target, height=HEIGHT, rate=film.rate,
                         tick=tick)
        told.write_text(_Shown(frames=frames).model_dump_json(), encoding="utf-8")
        return {"thumbnails": target, "frames": told}

    once(film, _thumbnails_step(film, source, shots), make, check=lambda: tick(0.0))


def _chosen(shots: tuple[Shot, ...], rate: Rate) -> tuple[int, ...]:
    """The frames that stand for the shots: each is divided evenly into the fewest pieces of at most ``EVERY``
    seconds, and each piece shown by the frame a third into it."""
    most = max(1, int(rate.fps * EVERY))
    frames = []
    for shot in shots:
        length = shot.end - shot.first
        pieces = -(-length // most)
        frames += [shot.first + (3 * piece + 1) * length // (3 * pieces) for piece in range(pieces)]
    return tuple(frames)


def _peaks(film: Film, source: Source, name: str, identity: str, tick: Tick) -> None:
    """The peaks of a sound; a film that has none makes nothing, and that is remembered."""
    from ciak.media import SoundFile, sound_blocks, write_peaks

    def samples(blocks: Iterable[Signal], length: float) -> Iterator[Samples]:
        done = 0.0
        for block in blocks:
            yield block.samples
            done += block.frames / block.rate
            tick(min(1.0, done / max(length, 0.001)))

    def make(temporary: Callable[[str], Path]) -> dict[str, Path]:
        target = temporary(".peaks")
        if name == ORIGINAL:
            try:
                write_peaks(samples(sound_blocks(film.source_path(), rate=RATE), float(source.duration)), RATE, target)
            except NothingToDo:
                return {}
        else:
            with SoundFile(film.artefacts.path(identity)) as file:
                write_peaks(samples(file.blocks(), file.frames / file.rate), file.rate, target)
        return {"peaks": target}

    once(film, _peaks_step(identity), make, check=lambda: tick(0.0))


def _proxy(film: Film, tick: Tick) -> Path:
    """The film's proxy, its bytes looked at. Raises :class:`StoreDamaged`."""
    from ciak.project.media import proxy_of

    proxy = proxy_of(film, _part(tick, 0.0, 0.9))
    assert proxy is not None
    try:
        film.artefacts.verify(proxy.path.name, _part(tick, 0.9, 0.1))
    except StoreDamaged as error:
        raise StoreDamaged("the film's proxy is damaged: its bytes have changed", path=str(proxy.path),
                           remedy=f"remove {proxy.path} and run the command again: it is made again") from error
    return proxy.path


def _part(tick: Tick, start: float, share: float) -> Tick:
    return lambda done: tick(start + share * done)


def _read(film: Film, identity: str, model: type[T]) -> T:
    with film.artefacts.open(identity) as file:
        data = file.read(_LARGEST)
    try:
        return model.model_validate_json(data)
    except ValidationError:
        path = film.artefacts.path(identity)
        raise StoreDamaged(f"what the survey found cannot be read: the artefact {identity} has changed",
                           remedy=f"remove {path} and survey the film again", path=str(path)) from None
