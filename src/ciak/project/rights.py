"""Whose likeness a sound is, and whether a consent covers it: the one gate that every use of a voice passes.

Asked when a voice is given to a character, when a line is spoken, mixed and delivered, when a take is played or chosen.
A take does not get past by what its paper says of it: that a sound is somebody's likeness is known from four places,
of which one is enough. The records hold a mark of each such sound by its content hash; the sound's own bytes carry a
note; the paper may say so; and the history tells what was made of it (a mix, a film, a proxy). A day is never earlier
than the newest record, so that a clock set back revives nothing.

Does not know which voices a backend offers (``dubbing.rights`` does), nor a sound from elsewhere that carries no note,
was never marked here, and of which no paper says anything; nor whether the records themselves tell the truth.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ciak.errors import CiakError, NoConsent
from ciak.film import Dialogue, Take
from ciak.project.folder import Film
from ciak.store.disk import Mark as FileMark
from ciak.store.disk import hash_file, mark

if TYPE_CHECKING:
    from ciak.project.history import History
    from ciak.store.records import Consent, Mark, Records

__all__ = ["QUARANTINE", "Clock", "Likeness", "Rights", "descended", "note_for", "performer_in", "utc_day"]

Clock = Callable[[], date]
QUARANTINE = "quarantine"
"""The folder in ``.ciak`` where sounds lie whose consent is gone."""
_NOTE = "Ciak: a synthetic voice in the likeness of "
_MEDIA = (".wav", ".mp4", ".mkv", ".m4a", ".m4v", ".mov", ".webm", ".flac", ".mp3", ".ogg")
_BED = frozenset({"ME", "music_effects"})
"""Outputs of a step in which no voice is heard, whatever went into it."""

_MOST = 8
"""Films whose likenesses are remembered."""
_KNOWN: dict[Path, tuple[tuple[tuple[str, FileMark | None], ...], dict[str, Likeness], dict[str, frozenset[str]]]] = {}
_TURN = threading.Lock()


def utc_day() -> date:
    """Today, UTC."""
    return datetime.now(UTC).date()


def note_for(performer: str) -> str:
    """What the bytes of a sound say that is a likeness of ``performer``."""
    return _NOTE + performer


def performer_in(note: str) -> str:
    """Whom :func:`note_for` named; empty where a note says nothing of the kind."""
    return note.removeprefix(_NOTE) if note.startswith(_NOTE) else ""


@dataclass(frozen=True, slots=True)
class Likeness:
    """A sound is the likeness of ``performer``, heard in ``language``; ``consent``: by which it was made, 0 unknown."""

    performer: str
    language: str
    consent: int = 0


def descended(history: History, sounds: Iterable[str]) -> dict[str, frozenset[str]]:
    """What was made of ``sounds``, by a step or a step's step: artefact -> those of ``sounds`` that are heard in it."""
    heard = {sound: frozenset({sound}) for sound in sounds}
    first = set(heard)
    if heard:
        for entry in history.entries():
            if entry.kind != "step":
                continue
            found = frozenset().union(*(heard[one] for one in entry.inputs.values() if one in heard))
            if found:
                for name, made in entry.outputs.items():
                    if name not in _BED and made.endswith(_MEDIA):
                        heard[made] = heard.get(made, frozenset()) | found
    return {made: found for made, found in heard.items() if made not in first}


class Rights:
    """The rights in one film, as they are when it is asked: nothing is remembered between two questions."""

    def __init__(self, film: Film, clock: Clock = utc_day) -> None:
        self.film = film
        self._clock = clock

    @property
    def records(self) -> Records:
        """The film's records."""
        from ciak.store import Records

        self.film.inside("records/records.sqlite")
        return Records.of(self.film.path)

    @property
    def kept(self) -> bool:
        """Whether there are records at all."""
        return (self.film.path / "records" / "records.sqlite").exists()

    @property
    def day(self) -> date:
        """Today, or the day of the newest record where the clock shows an earlier one."""
        return max(self._clock(), (self.records.newest() if self.kept else None) or date.min)

    def consents(self, performer: str = "") -> tuple[Consent, ...]:
        """The consents on record, all or those of one performer."""
        return self.records.consents(performer) if self.kept else ()

    def marks(self) -> dict[str, Mark]:
        """The sounds on record, by artefact."""
        return self.records.marks() if self.kept else {}

    def covering(self, performer: str, language: str) -> Consent | None:
        """The consent that covers a voice in the likeness of ``performer`` today; None where there is none."""
        from ciak.store.records import VOICE

        day, title = self.day, self.film.title
        return next((one for one in self.consents(performer) if one.covers(VOICE, language, day, title)), None)

    def ask(self, performer: str, language: str, use: str) -> int:
        """The number of the consent by which ``use`` is allowed. Raises :class:`NoConsent`, which names performer,
        language and title, why what is on record does not do, and the command that records a consent."""
        found = self.covering(performer, language)
        if found is not None:
            return found.id
        raise self._refusal(performer, language, use)

    def _refusal(self, performer: str, language: str, use: str) -> NoConsent:
        from ciak.store.records import VOICE

        title = self.film.title
        told = [f"number {one.id}: {one.why_not(VOICE, language, self.day, title)}" for one in self.consents(performer)]
        why = f" ({'; '.join(told[-3:])})" if told else ""
        return NoConsent(
            f"{use}: no consent of {performer} covers a voice in their likeness in {language!r} for {title!r}{why}",
            remedy=f'ciak rights add FILM --performer "{performer}" --language {language} --title "{title}" '
                   "--proof WHERE, or choose another voice",
            performer=performer, language=language, title=title)

    def whose(self, take: Take) -> str:
        """The performer whose likeness the sound of a take is; empty: nobody's that is known here."""
        mark = self.marks().get(take.sound)
        return mark.performer if mark else self._told(take.sound) or take.likeness

    def ask_take(self, take: Take, language: str, use: str) -> None:
        """Raises :class:`NoConsent` where a take may not be used today."""
        performer = self.whose(take)
        if performer:
            self.ask(performer, language, use)
        else:
            self.ask_artefact(take.sound, use)
        if take.quarantined and not performer:
            raise NoConsent(f"{use}: the take {take.id} is in quarantine", remedy="ciak rights check FILM")

    def ask_dialogue(self, dialogue: Dialogue, use: str) -> None:
        """Raises :class:`NoConsent` where a take that is chosen may not be used today."""
        marks = self.marks()
        sounds, made = self._known()
        for loop in dialogue.loops:
            take = loop.take
            if take is None:
                continue
            mark = marks.get(take.sound)
            if performer := mark.performer if mark else self._told(take.sound) or take.likeness:
                self.ask(performer, dialogue.language, f"{use}, line {loop.id}")
            for sound in made.get(take.sound, ()):
                self.ask(sounds[sound].performer, sounds[sound].language, f"{use}, line {loop.id}")

    def ask_artefact(self, identity: str, use: str) -> None:
        """Raises :class:`NoConsent` where an artefact is a likeness, or one is heard in it, and may not be today."""
        sounds, made = self._known()
        of = {identity} & sounds.keys() | made.get(identity, frozenset())
        for sound in sorted(of):
            self.ask(sounds[sound].performer, sounds[sound].language, use)
        if not of and (performer := self._told(identity)):
            self.ask(performer, self.film.language or "und", use)

    def sources(self) -> dict[str, Likeness]:
        """Every sound of the film that is somebody's likeness: on record, by its own note, or as its paper says."""
        return self._known()[0]

    def made(self) -> dict[str, frozenset[str]]:
        """Every artefact in which one of :meth:`sources` is heard, and which."""
        return self._known()[1]

    def _known(self) -> tuple[dict[str, Likeness], dict[str, frozenset[str]]]:
        """Sources, and what was made of them; looked for anew when one of the files that tell of them has changed."""
        files = ["records/records.sqlite", "history.jsonl", *(f"dialogue/{one}.json" for one in self.film.languages())]
        now = tuple((name, mark(self.film.path / name)) for name in files)
        with _TURN:
            known = _KNOWN.get(self.film.path)
        if known is None or known[0] != now:
            sounds = self._sought()
            known = now, sounds, descended(self.film.history, sounds)
            with _TURN:
                _KNOWN[self.film.path] = known
                while len(_KNOWN) > _MOST:
                    del _KNOWN[next(iter(_KNOWN))]
        return known[1], known[2]

    def _sought(self) -> dict[str, Likeness]:
        found: dict[str, Likeness] = {}
        for language, take in self.takes():
            if performer := self._told(take.sound) or take.likeness:
                found[take.sound] = Likeness(performer, language, take.consent)
        for sound, one in self.marks().items():
            found[sound] = Likeness(one.performer, one.language, one.consent)
        return found

    def held(self) -> tuple[dict[str, Likeness], frozenset[str], frozenset[str]]:
        """The sounds that are likenesses; every artefact in which one is heard (they too); and those of these that may
        not be used today."""
        sounds, made = self._known()
        allowed = {one: self.covering(one.performer, one.language) is not None for one in set(sounds.values())}
        barred = {sound for sound, one in sounds.items() if not allowed[one]}
        return sounds, frozenset({*sounds, *made}), frozenset(
            {*barred, *(artefact for artefact, of in made.items() if of & barred)})

    def takes(self) -> Iterator[tuple[str, Take]]:
        """Every take with its language; a dialogue that cannot be read has none."""
        for language in self.film.languages():
            try:
                dialogue = self.film.dialogue(language)
            except CiakError:
                continue
            for loop in dialogue.loops if dialogue else ():
                yield from ((language, take) for take in loop.takes)

    def trace(self, target: Path, identity: str, sha256: str) -> None:
        """Note that an artefact in which a likeness is heard is delivered as ``target``."""
        inside = target.is_relative_to(self.film.path)
        self.records.trace(target.relative_to(self.film.path) if inside else target, identity, sha256)

    def delivered(self, target: Path, identity: str) -> None:
        """:meth:`trace` a file that was written of an artefact, where a likeness is heard in it."""
        if identity not in self.sources() and identity not in self.made():
            return
        self.trace(target.absolute(), identity, hash_file(target))

    def traces(self) -> tuple[tuple[Path, str, str], ...]:
        """(file, artefact, sha256) of each such delivery; what lies in the film moves with it."""
        return tuple((self.film.path / path, sound, digest)
                     for path, sound, digest in (self.records.traces() if self.kept else ()))

    def untrace(self, targets: Iterable[Path]) -> None:
        """Forget deliveries that are no more."""
        self.records.untrace(one.relative_to(self.film.path) if one.is_relative_to(self.film.path) else one
                             for one in targets)

    def place(self, identity: str) -> Path | None:
        """Where an artefact lies, in the store or in quarantine."""
        if self.film.artefacts.has(identity):
            return self.film.artefacts.path(identity)
        apart = self.film.path / ".ciak" / QUARANTINE / Path(identity).name
        return apart if apart.is_file() and not apart.is_symlink() else None

    def _told(self, identity: str) -> str:
        """The performer whom the note of a sound names."""
        from ciak.media.wav import note_of

        if not identity.endswith(".wav") or (path := self.place(identity)) is None:
            return ""
        return performer_in(note_of(path))
