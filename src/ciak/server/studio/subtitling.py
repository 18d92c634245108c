"""The subtitles of a film for its strip: those that are delivered (:func:`ciak.dubbing.titling.delivered`), by frame.

By a client's profile they are fixed, which takes a moment; until that is done, what is shown is spotted where lines
changed since they were last fixed, and as it was fixed elsewhere; the answer says so, and the film's state tells when
there are better ones. Until the film was looked through its shots are not known, and what a profile says of them is
not kept to.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Container, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pydantic import ValidationError

from ciak.dubbing.captioning import approved
from ciak.dubbing.profile import Profile
from ciak.dubbing.spotting import Spotted, spotted
from ciak.dubbing.titling import delivered, film_titling, spotting_profile
from ciak.dubbing.voicing import moved_up, voicing, writing_of
from ciak.errors import CiakError, Damaged
from ciak.film import Dialogue, Edge, Rate, StyleKind, SubtitleCue, SubtitleDocument
from ciak.film.captions import FORCED
from ciak.project import Film, Survey
from ciak.server.studio.kept import Kept
from ciak.server.studio.settling import Settling
from ciak.store.disk import mark

__all__ = ["Subtitling", "told_times"]

_SHEET = "film.toml"
_PATIENCE = 0.15
"""Seconds that an answer waits for subtitles that are being fixed: those of a short film are never seen otherwise."""


class _Reader(Protocol):
    """What reads the film."""

    root: Path

    def open(self) -> Film: ...
    def dialogue(self, language: str) -> Dialogue: ...
    def original_of(self, told: Dialogue) -> Dialogue: ...
    def survey(self) -> Survey: ...


@dataclass(frozen=True, slots=True)
class _Settled:
    """Delivered subtitles, by frame too, what was spotted before they were fixed, and by which rules."""

    document: SubtitleDocument
    cues: tuple[Spotted, ...]
    spotted: tuple[Spotted, ...]
    rules: tuple[Profile, Rate, tuple[int, ...]]
    body: bytes


class Subtitling:
    """The subtitles of the film of ``reader``. ``pause`` returns when nobody saves. Any thread may ask."""

    def __init__(self, reader: _Reader, pause: Callable[[], None] = lambda: None) -> None:
        self._reader = reader
        self._kept = Kept(reader.root)
        self._settling: Settling[_Settled] = Settling(pause)
        self._last: dict[str, _Settled] = {}

    def json(self, language: str) -> bytes:
        """The subtitles of a language in the shape of a ``SubtitlesView``, whose thousands of parts would take longer
        to make than to find. Raises :class:`NotFound`."""
        film, told = self._reader.open(), self._reader.dialogue(language)
        if _as_spotted(film, told):
            return self._first(language, film, told, done=True)
        settled = self._settling(language, self._state(language), lambda tick: self._settle(language, tick), _PATIENCE)
        return self._first(language, film, told, done=False) if settled is None else settled.body

    def document(self, language: str) -> SubtitleDocument:
        """The same as a document, once they are as they are delivered. Raises :class:`NotFound`."""
        def make() -> SubtitleDocument:
            film, told = self._reader.open(), self._reader.dialogue(language)
            with told_times(language):
                return delivered(film, told, film_titling(film), lambda done: None, known=self._cuts()).document
        known = self._settling.known(language, self._state(language))
        return make() if known is None else known.document

    def version(self, language: str) -> str:
        """Of the delivered subtitles that there are now: empty while there are none, and where none had to be fixed."""
        state = self._state(language)
        return "" if self._settling.known(language, state) is None else _named(state)

    def _cuts(self) -> tuple[int, ...]:
        return tuple(shot.first for shot in self._reader.survey().shots)

    def _state(self, language: str) -> object:
        """What the subtitles of a language are made from."""
        papers: tuple[str, ...] = (_SHEET, f"dialogue/{language}.json")
        with suppress(CiakError):
            papers = _papers(language, self._reader.dialogue(language))
        return (*(mark(self._reader.root / paper) for paper in papers), self._cuts())

    def _first(self, language: str, film: Film, told: Dialogue, *, done: bool) -> bytes:
        """Before anything is fixed."""
        def make() -> bytes:
            heard, profile = self._reader.original_of(told), spotting_profile(film, language)
            cues = _spotted(film, told, heard)
            last = self._last.get(language)
            if not done and last is not None and last.rules == (profile, film.rate, self._cuts()):
                cues = _meanwhile(last, cues)
            with told_times(language):
                top = moved_up(cues, writing_of(told, heard), film.rate, profile)
            return _body(language, cues, top, (done, "", profile))
        return make() if not done else self._kept(language, _papers(language, told), make)

    def _settle(self, language: str, tick: Callable[[float], None]) -> _Settled:
        """Fix them."""
        state, cuts = self._state(language), self._cuts()
        film, told = self._reader.open(), self._reader.dialogue(language)
        first = _spotted(film, told, self._reader.original_of(told))
        with told_times(language):
            made = delivered(film, told, film_titling(film), tick, known=cuts)
            cues = tuple(_by_frame(cue, film.rate) for cue in made.document.cues)
        top = frozenset(shown.first for shown, cue in zip(cues, made.document.cues, strict=True)
                        if cue.place is not None and cue.place.edge is Edge.TOP)
        seen = bool(cuts) or not made.profile.has("shots") or film.source is None or not film.source.picture
        settled = _Settled(made.document, cues, first, (made.profile, film.rate, cuts),
                           _body(language, cues, top, (seen, _named(state), made.profile)))
        self._last[language] = settled
        return settled


def _as_spotted(film: Film, told: Dialogue) -> bool:
    """Whether the subtitles are delivered as they are spotted: without a profile, and with nothing among them."""
    return film_titling(film).profile is None and not any(one.kind in FORCED for one in approved(told))


def _papers(language: str, told: Dialogue) -> tuple[str, ...]:
    """The files that the subtitles of a language come of."""
    return (_SHEET, f"dialogue/{language}.json", f"dialogue/{told.source or language}.json")


def _spotted(film: Film, told: Dialogue, heard: Dialogue) -> tuple[Spotted, ...]:
    profile = spotting_profile(film, told.language)
    with told_times(told.language):
        return spotted(told.loops, film.rate, told.language, profile, voices=voicing(heard.loops, profile),
                       limit=film.source.duration if film.source else None)


def _by_frame(cue: SubtitleCue, rate: Rate) -> Spotted:
    first = rate.nearest_frame(cue.span.start)
    return Spotted(first, max(first + 1, rate.nearest_frame(cue.span.end)), cue.lines, cue.loops, cue.held,
                   tuple((run.first, run.end) for run in cue.runs if run.kind is StyleKind.ITALIC))


def _meanwhile(last: _Settled, now: Sequence[Spotted]) -> tuple[Spotted, ...]:
    """``now`` where it is not what was ``last`` spotted, and elsewhere what was made of that."""
    before = last.spotted
    shorter = min(len(before), len(now))
    start = next((at for at in range(shorter) if before[at] != now[at]), shorter)
    end = next((at for at in range(shorter - start) if before[-1 - at] != now[-1 - at]), shorter - start)
    changed = {name for part in (before[start:len(before) - end], now[start:len(now) - end])
               for cue in part for name in cue.loops}
    known = -1
    while known != len(changed):  # what shares a subtitle with a line that changed goes with it
        known = len(changed)
        changed.update(name for cue in (*last.cues, *now) if not changed.isdisjoint(cue.loops) for name in cue.loops)
    return tuple(sorted((*(cue for cue in last.cues if changed.isdisjoint(cue.loops)),
                         *(cue for cue in now if not changed.isdisjoint(cue.loops))), key=lambda cue: cue[:2]))


def _body(language: str, cues: Sequence[Spotted], top: Container[int], told: tuple[bool, str, Profile]) -> bytes:
    done, version, profile = told
    return json.dumps({"language": language, "delivered": done, "version": version, "gap": profile.gap_frames, "cues": [
        {"frames": {"first": cue.first, "end": cue.end}, "lines": cue.lines, "loops": cue.loops,
         "held": cue.held, "italics": cue.italics, "top": cue.first in top} for cue in cues]}).encode()


def _named(state: object) -> str:
    return hashlib.sha256(repr(state).encode()).hexdigest()[:16]


@contextmanager
def told_times(language: str) -> Iterator[None]:
    """Subtitles that no film can have come of a dialogue that tells impossible times."""
    try:
        yield
    except ValidationError:
        raise Damaged(f"dialogue/{language}.json tells times that no film has",
                      remedy="put back the file from a backup") from None
