"""The default speech detector: Silero VAD, as a stream.

The network gives a probability of speech for every 32 ms, carrying its state along. Speech begins where the
probability reaches ``THRESHOLD`` and ends where it has stayed under ``RELEASE`` for ``SHORTEST_SILENCE``;
stretches under ``SHORTEST_SPEECH`` are dropped, the others widened by ``PADDING`` on both sides (half the gap
where two would touch). The numbers are the detector's published defaults, except for the silence (0.3 s in place
of 2 s: subtitles want lines, not paragraphs).

It hears voices, not words: crowds, singing and some animals count as speech. It knows no speakers.

Source: Silero Team, silero-vad, version 6 (MIT).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

import numpy as np

from ciak.config import Settings
from ciak.errors import BackendError
from ciak.film.sound import Samples, Signal
from ciak.film.time import Span
from ciak.models import OnnxEngine, open_onnx

__all__ = ["SileroDetector", "SpeechGate", "create"]

STEP, CONTEXT, STATE = 512, 64, 128
"""Samples per probability, samples of the step before that the network sees again, size of its memory."""
THRESHOLD, RELEASE = 0.5, 0.35
SHORTEST_SPEECH, SHORTEST_SILENCE, PADDING = 0.25, 0.3, 0.1
"""Seconds."""
_BATCH = 512


@dataclass(slots=True)
class SpeechGate:
    """Turns probabilities into stretches of steps, with hysteresis. Times are counted in steps of 32 ms."""

    threshold: float = THRESHOLD
    release: float = RELEASE
    shortest_speech: float = SHORTEST_SPEECH * 16_000 / STEP
    shortest_silence: float = SHORTEST_SILENCE * 16_000 / STEP
    _at: int = 0
    _start: int | None = None
    _quiet: int | None = None

    def push(self, probability: float) -> tuple[int, int] | None:
        """Take the next step's probability; a stretch (start, end) that has ended, if one has."""
        at, ended = self._at, None
        self._at += 1
        if probability >= self.threshold:
            self._quiet = None
            if self._start is None:
                self._start = at
        elif self._start is not None and (probability < self.release or self._quiet is not None):
            if probability < self.release and self._quiet is None:
                self._quiet = at
            if self._quiet is not None and self._at - self._quiet >= self.shortest_silence:
                ended = self._stretch(self._quiet)
                self._start = self._quiet = None
        return ended

    def finish(self) -> tuple[int, int] | None:
        """The stretch that was going on at the end."""
        return self._stretch(self._at if self._quiet is None else self._quiet)

    def _stretch(self, end: int) -> tuple[int, int] | None:
        if self._start is None or end - self._start < self.shortest_speech:
            return None
        return self._start, end


class SileroDetector:
    """See :class:`ciak.backends.protocols.SpeechDetector`."""

    name = "silero"
    version = "1"
    models: ClassVar[tuple[str, ...]] = ("silero-vad",)
    rate: ClassVar[int] = 16_000

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def detect(self, blocks: Iterable[Signal]) -> Iterator[Span]:
        """See the Protocol. Raises :class:`~ciak.errors.BackendError` for sound that is not 16 kHz mono."""
        engine = open_onnx("silero-vad", "silero_vad_v6.onnx", self._settings)
        padding = round(PADDING * self.rate)
        length = 0
        waiting: tuple[int, int] | None = None
        for stretch in self._stretches(engine, blocks):
            start, end, length = stretch
            if waiting is not None:
                if start < end:
                    gap = start * STEP - waiting[1]
                    half = min(padding, gap // 2)
                    yield _span(waiting[0], waiting[1] + half)
                    start = start * STEP - min(padding, gap - half)
                    waiting = (start, end * STEP)
            elif start < end:
                waiting = (max(0, start * STEP - padding), end * STEP)
        if waiting is not None:
            yield _span(waiting[0], min(length, waiting[1] + padding))

    def _stretches(self, engine: OnnxEngine, blocks: Iterable[Signal]) -> Iterator[tuple[int, int, int]]:
        """(start, end, samples so far) of stretches in steps; the last one may be empty."""
        gate = SpeechGate()
        network = _Network(engine)
        held: Samples = np.zeros(0, np.float32)
        length = 0
        for block in blocks:
            if block.rate != self.rate or block.channels != 1:
                raise BackendError(f"silero takes {self.rate} Hz mono, not {block.rate} Hz with {block.channels} channels")
            length += block.frames
            held = np.concatenate([held, block.samples[:, 0]])
            while len(held) >= STEP:
                whole = min(len(held) // STEP, _BATCH) * STEP
                for probability in network.probabilities(held[:whole]):
                    if (ended := gate.push(probability)) is not None:
                        yield *ended, length
                held = held[whole:]
            held = held.copy()
        if len(held):
            for probability in network.probabilities(np.pad(held, (0, STEP - len(held)))):
                if (ended := gate.push(probability)) is not None:
                    yield *ended, length
        yield *(gate.finish() or (0, 0)), length


class _Network:
    """The network and the memory that it carries from step to step."""

    def __init__(self, engine: OnnxEngine) -> None:
        self._engine = engine
        self._hidden = np.zeros((1, 1, STATE), np.float32)
        self._cell = np.zeros((1, 1, STATE), np.float32)
        self._context = np.zeros(CONTEXT, np.float32)

    def probabilities(self, samples: Samples) -> list[float]:
        """One probability for each STEP of ``samples``, a whole number of steps."""
        steps = samples.reshape(-1, STEP)
        before = np.concatenate([self._context[None], steps[:-1, -CONTEXT:]])
        found, self._hidden, self._cell = self._engine.run(
            {"input": np.concatenate([before, steps], axis=1), "h": self._hidden, "c": self._cell},
            ["speech_probs", "hn", "cn"])
        self._context = steps[-1, -CONTEXT:].copy()
        return [float(probability) for probability in found.reshape(-1)]


def _span(start: int, end: int) -> Span:
    return Span.of(Fraction(start, SileroDetector.rate), Fraction(end, SileroDetector.rate))


def create(settings: Settings) -> SileroDetector:
    """The factory of the entry point."""
    return SileroDetector(settings)
