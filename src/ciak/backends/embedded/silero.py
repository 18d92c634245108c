"""The default speech detector: Silero VAD, as a stream.

The network gives a probability of speech for every 32 ms, carrying its state along. Speech begins where the
probability reaches ``THRESHOLD`` and ends where it has stayed under ``RELEASE`` for ``SHORTEST_SILENCE``;
stretches under ``SHORTEST_SPEECH`` are dropped, the others widened by ``PADDING`` on both sides. The thresholds and
the shortest speech are the detector's published defaults; silence and padding are longer (0.3 s for 0.1 s, 0.1 s for
0.03 s), since a line that loses a breath does less harm than one that loses a syllable.

The network's memory gets used to what is loud: after a quarter of a minute of music it no longer hears a voice that
it hears with a fresh memory. Two copies therefore listen, each made fresh every ``RENEWED``, one half that time after
the other, and the higher probability counts; a copy is not asked during its first ``WARMING``.

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

__all__ = ["SileroDetector", "SileroFollower", "SpeechGate", "create"]

STEP, CONTEXT, STATE = 512, 64, 128
"""Samples per probability, samples of the step before that the network sees again, size of its memory."""
THRESHOLD, RELEASE = 0.2, 0.1
SHORTEST_SPEECH, SHORTEST_SILENCE, PADDING = 0.25, 0.3, 0.1
"""Seconds."""
RENEWED, WARMING = 500, 16
"""Steps (16 s, half a second)."""
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

    @property
    def open_since(self) -> int | None:
        """The step at which the speech began that is going on; None in silence."""
        return self._start

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
    version = "3"
    models: ClassVar[tuple[str, ...]] = ("silero-vad",)
    rate: ClassVar[int] = 16_000

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def detect(self, blocks: Iterable[Signal]) -> Iterator[Span]:
        """See the Protocol. Raises :class:`~ciak.errors.BackendError` for sound that is not 16 kHz mono."""
        network = _Pair(open_onnx("silero-vad", "silero_vad_v6.onnx", self._settings))
        gate = SpeechGate()
        held: Samples = np.zeros(0, np.float32)
        length = 0
        for block in blocks:
            _require(block)
            length += block.frames
            held = np.concatenate([held, block.samples[:, 0]])
            whole = len(held) // STEP * STEP
            for start in range(0, whole, _BATCH * STEP):
                yield from self._spans(gate, network, held[start:min(whole, start + _BATCH * STEP)], length)
            held = held[whole:].copy()
        if len(held):
            yield from self._spans(gate, network, np.pad(held, (0, STEP - len(held))), length)
        if (last := gate.finish()) is not None:
            yield _padded(last, length)

    def follow(self) -> SileroFollower:
        """See :class:`ciak.backends.protocols.LiveDetector`."""
        return SileroFollower(open_onnx("silero-vad", "silero_vad_v6.onnx", self._settings))

    @staticmethod
    def _spans(gate: SpeechGate, network: _Pair, samples: Samples, length: int) -> Iterator[Span]:
        for probability in network.probabilities(samples):
            if (ended := gate.push(probability)) is not None:
                yield _padded(ended, length)


class SileroFollower:
    """See :class:`ciak.backends.protocols.Follower`. Speech begins at ``THRESHOLD`` and is over when the probability
    has stayed under ``RELEASE`` for ``SHORTEST_SILENCE``; the silence then counts from its beginning."""

    def __init__(self, engine: OnnxEngine) -> None:
        self._network = _Pair(engine)
        self._held: Samples = np.zeros(0, np.float32)
        self._gate = SpeechGate(shortest_speech=0)
        self._since = 0

    def push(self, block: Signal) -> None:
        """See the Protocol. Raises :class:`~ciak.errors.BackendError` for sound that is not 16 kHz mono."""
        _require(block)
        held = np.concatenate([self._held, block.samples[:, 0]])
        whole = len(held) // STEP * STEP
        for probability in self._network.probabilities(held[:whole]):
            before = self._gate.open_since
            ended = self._gate.push(probability)
            if ended is not None:
                self._since = ended[1]
            elif before is None and self._gate.open_since is not None:
                self._since = self._gate.open_since
        self._held = held[whole:].copy()

    @property
    def speaking(self) -> bool:
        """See the Protocol."""
        return self._gate.open_since is not None

    @property
    def since(self) -> Fraction:
        """See the Protocol."""
        return Fraction(self._since * STEP, SileroDetector.rate)


class _Network:
    """The network and the memory that it carries from step to step."""

    def __init__(self, engine: OnnxEngine) -> None:
        self._engine = engine
        self._hidden = np.zeros((1, 1, STATE), np.float32)
        self._cell = np.zeros((1, 1, STATE), np.float32)
        self._context = np.zeros(CONTEXT, np.float32)

    def renew(self) -> None:
        """Forget everything but the last samples."""
        self._hidden = np.zeros((1, 1, STATE), np.float32)
        self._cell = np.zeros((1, 1, STATE), np.float32)

    def probabilities(self, samples: Samples) -> list[float]:
        """One probability for each STEP of ``samples``, a whole number of steps."""
        steps = samples.reshape(-1, STEP)
        before = np.concatenate([self._context[None], steps[:-1, -CONTEXT:]])
        found, self._hidden, self._cell = self._engine.run(
            {"input": np.concatenate([before, steps], axis=1), "h": self._hidden, "c": self._cell},
            ["speech_probs", "hn", "cn"])
        self._context = steps[-1, -CONTEXT:].copy()
        return [float(probability) for probability in found.reshape(-1)]


class _Pair:
    """Two copies of the network, made fresh in turn; see the module."""

    def __init__(self, engine: OnnxEngine) -> None:
        self._copies = (_Network(engine), _Network(engine))
        self._ages = [0, RENEWED // 2]
        self._begun = False

    def probabilities(self, samples: Samples) -> list[float]:
        """One probability for each STEP of ``samples``, a whole number of steps."""
        out: list[float] = []
        while len(samples):
            count = min(len(samples) // STEP, *(RENEWED - age for age in self._ages))
            heard = []
            for number, copy in enumerate(self._copies):
                found = copy.probabilities(samples[:count * STEP])
                age, warm = self._ages[number], WARMING if self._begun else 0
                heard.append([0.0 if age + place < warm else value for place, value in enumerate(found)])
                self._ages[number] += count
                if self._ages[number] == RENEWED:
                    copy.renew()
                    self._ages[number], self._begun = 0, True
            out += map(max, *heard)
            samples = samples[count * STEP:]
        return out


def _require(block: Signal) -> None:
    if block.rate != SileroDetector.rate or block.channels != 1:
        raise BackendError(f"silero takes {SileroDetector.rate} Hz mono, not {block.rate} Hz with "
                           f"{block.channels} channels")


def _padded(stretch: tuple[int, int], length: int) -> Span:
    """The stretch in seconds, widened within ``length`` samples. The silence that ends a stretch is longer than two
    paddings, so that spans never touch."""
    padding = round(PADDING * SileroDetector.rate)
    start, end = stretch[0] * STEP - padding, stretch[1] * STEP + padding
    return Span.of(Fraction(max(0, start), SileroDetector.rate), Fraction(min(length, end), SileroDetector.rate))


def create(settings: Settings) -> SileroDetector:
    """The factory of the entry point."""
    return SileroDetector(settings)
