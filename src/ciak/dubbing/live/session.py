"""A live session: sound comes in, words settle, lines roll up, sentences are interpreted and taken down.

One thread reads the sound, the one that calls :meth:`LiveSession.run` hears, and whoever looks at the :class:`.Board`
is told. When the machine cannot keep up, what has waited longest is let go, and told: a subtitle that comes too late is
of no use to anybody. A translator that fails and a disk that is full end nothing while somebody speaks: they are told,
and what could not be written is written with the next sentence, or the session ends with that error.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from ciak.dubbing.agreed import HouseTerms, no_house
from ciak.dubbing.crew import Crew
from ciak.dubbing.dictionary import dictionary
from ciak.dubbing.live.board import Board
from ciak.dubbing.live.ear import LiveEar
from ciak.dubbing.live.interpreting import Interpreter, Sentences
from ciak.dubbing.live.minutes import Minutes
from ciak.dubbing.live.rolling import WIDTH, LiveLine, Roll
from ciak.dubbing.respelling import Respelling
from ciak.errors import BackendError, StorageError
from ciak.film import Signal, Word

__all__ = ["BEHIND", "LiveOrder", "LiveSession", "LiveSummary"]

BEHIND = Fraction(20)
"""Seconds of sound that may wait to be heard."""
_AWAKE = 0.2
"""Seconds after which a wait for sound looks up."""


@dataclass(frozen=True, slots=True)
class LiveOrder:
    """What is wanted. ``language``: spoken, None: told by ear; ``to``: languages to translate into; ``width``:
    characters of a line; ``minutes``: opens the minutes of a language, given its code and whether it is the original;
    ``house``: agreed renderings; ``names``: how the names of a language are written, which is put right where they
    were heard otherwise, before they are shown."""

    language: str | None = None
    to: tuple[str, ...] = ()
    width: int = WIDTH
    minutes: Callable[[str, bool], Minutes] | None = None
    house: HouseTerms = no_house
    names: Callable[[str], Sequence[str]] = lambda _language: ()


@dataclass(frozen=True, slots=True)
class LiveSummary:
    """``language`` spoken, None where nobody spoke; ``length`` of the sound, ``lost`` of it, seconds; ``words`` shown;
    ``files``: the minutes."""

    language: str | None
    length: Fraction
    lost: Fraction
    words: int
    files: Mapping[str, str] = field(default_factory=dict)


class LiveSession:
    """Made once for a sound; :meth:`run` ends with it."""

    def __init__(self, crew: Crew, order: LiveOrder, board: Board,
                 told: Callable[[str], None] = lambda _: None) -> None:
        self._crew, self._order, self.board, self._told = crew, order, board, told
        self._ear = LiveEar(crew.live_detector, crew.transcriber, order.language)
        self._sentences = Sentences()
        self._roll: Roll | None = None
        self._spelling = Respelling((), None)
        self._interpreters: list[tuple[Interpreter, Roll, Minutes | None]] = []
        self._minutes: Minutes | None = None
        self._words = 0
        self._lost = Fraction(0)
        self._troubles: set[str] = set()

    def warm_up(self) -> None:
        """Load the models now, so that the first word does not wait for them. Raises what they raise."""
        rate = self._ear.rate
        language = self._order.language or "en"
        noise = np.random.default_rng(self._crew.settings.seed).normal(0, 1e-3, rate).astype(np.float32)
        self._crew.transcriber.transcribe(Signal.mono(noise, rate), language)
        if self._order.language is not None:
            self._begin(self._order.language)

    def run(self, blocks: Iterable[Signal]) -> LiveSummary:
        """Hear ``blocks`` until they end; what they raise is raised after all that was heard is shown."""
        waiting: queue.SimpleQueue[Signal | BaseException] = queue.SimpleQueue()
        reader = threading.Thread(target=_read, args=(blocks, waiting), daemon=True)
        reader.start()
        ended: BaseException | None = None
        with self._crew.at_work_if_free() as free:
            if not free:
                self._told("other heavy work is done on this machine: subtitles may come late")
            try:
                while ended is None:
                    fresh, ended = _drained(waiting)
                    self._push(fresh)
                    self._show(self._ear.hear())
            finally:
                try:
                    self._show(self._ear.finish())
                finally:
                    self._close()
        if not isinstance(ended, _End):
            raise ended
        for minutes in (self._minutes, *(minutes for _, _, minutes in self._interpreters)):
            if minutes is not None and not minutes.written:
                minutes.write()
        return self.summary()

    def _push(self, fresh: Sequence[Signal]) -> None:
        length = sum((block.duration for block in fresh), Fraction(0))
        if length > BEHIND:
            late = length - BEHIND / 4
            self._lost += late
            self._told(f"this machine is behind: {float(late):.0f} s were not heard")
            self._show(self._ear.finish())
        left = length
        for block in fresh:
            left -= block.duration
            quiet = length > BEHIND and left > BEHIND / 4
            self._ear.push(Signal.silence(block.duration, block.rate) if quiet else block)

    def _begin(self, language: str) -> None:
        """The language is known: make what depends on it. Raises for a translation that nobody can do."""
        order = self._order
        self._roll = Roll(language, order.width)
        names = tuple(order.names(language))
        self._spelling = Respelling(names, dictionary(language) if names else None)
        self._minutes = order.minutes(language, True) if order.minutes else None
        for target in order.to:
            if (language, target) not in self._crew.translator.pairs():
                raise BackendError(f"nobody translates from {language} to {target}",
                                   remedy="see `ciak languages`, or choose another translator (ciak backends)")
            minutes = order.minutes(target, False) if order.minutes else None
            self._interpreters.append((Interpreter(self._crew.translator, language, target, order.house),
                                       Roll(target, order.width), minutes))

    def _show(self, words: Sequence[Word]) -> None:
        if words:
            if self._roll is None:
                self._begin(self._ear.language or "und")
            assert self._roll is not None
            words = self._spelling.heard(words)
            self._words += len(words)
            self._put(self._roll.add(words))
            for part in self._sentences.add(words):
                self._take_down(part)
        if not self._ear.speaking:
            for part in self._sentences.close():
                self._take_down(part)

    def _take_down(self, part: Sequence[Word]) -> None:
        with self._going_on():
            if self._minutes is not None:
                self._minutes.add(part)
        for interpreter, roll, minutes in self._interpreters:
            with self._going_on():
                words = interpreter.carry(part)
                self._put(roll.add(words))
                if minutes is not None:
                    minutes.add(words)

    @contextmanager
    def _going_on(self) -> Iterator[None]:
        """What fails here is told, once in the same words, and ends nothing."""
        try:
            yield
        except (BackendError, StorageError) as error:
            if str(error) not in self._troubles:
                self._troubles.add(str(error))
                self._told(str(error))

    def _put(self, lines: Sequence[LiveLine]) -> None:
        for line in lines:
            self.board.put(line)

    def _close(self) -> None:
        for roll in (self._roll, *(roll for _, roll, _ in self._interpreters)):
            if roll is not None:
                self._put(roll.close())
        self.board.end()

    def summary(self) -> LiveSummary:
        """How the session stands."""
        taken = [self._minutes, *(minutes for _, _, minutes in self._interpreters)]
        files = {minutes.language: str(minutes.path) for minutes in taken if minutes is not None}
        return LiveSummary(self._ear.language if self._words else None, self._ear.at, self._lost, self._words, files)


class _End(Exception):
    """The sound is over."""


def _read(blocks: Iterable[Signal], waiting: queue.SimpleQueue[Signal | BaseException]) -> None:
    try:
        for block in blocks:
            waiting.put(block)
    except Exception as error:  # noqa: BLE001 - it is raised where somebody can tell it
        waiting.put(error)
    else:
        waiting.put(_End())


def _next(waiting: queue.SimpleQueue[Signal | BaseException]) -> Signal | BaseException:
    """The next of the queue. A Ctrl-C that comes just before the wait would be seen after it only: so it is short."""
    while True:
        try:
            return waiting.get(timeout=_AWAKE)
        except queue.Empty:
            continue


def _drained(waiting: queue.SimpleQueue[Signal | BaseException]) -> tuple[list[Signal], BaseException | None]:
    """What has come, at least one thing; and the end, when it has come too."""
    fresh: list[Signal] = []
    one = _next(waiting)
    while True:
        if isinstance(one, BaseException):
            return fresh, one
        fresh.append(one)
        try:
            one = waiting.get_nowait()
        except queue.Empty:
            return fresh, None
