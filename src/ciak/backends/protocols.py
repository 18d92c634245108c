"""One Protocol per task. A backend takes and returns objects of ``film``, never dicts.

Every backend has a ``name`` (what a setting names) and is made by a factory without arguments besides
:class:`ciak.config.Settings`; models are opened late, on the first use, through ``ciak.models``. The contract
suites in ``tests/contract`` say in code what each method promises; a stranger's plugin runs them too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import ClassVar, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from ciak.film.language import Word
from ciak.film.people import Sex
from ciak.film.sound import Signal
from ciak.film.time import Span

__all__ = [
    "CONTOUR_STEP", "TONES", "Anchor", "Contour", "Delivery", "Embedder", "Follower", "Heard", "Hearer",
    "LanguageGuess", "LiveDetector", "MixingVoice", "QuickTranscriber", "Recipe", "Separated", "Separator",
    "SpeechDetector", "Spoken", "Stock", "Transcriber", "Transcript", "Translation", "Translator", "Voice",
]

CONTOUR_STEP = Fraction(1, 80)
"""Seconds from one value of a contour to the next."""


@runtime_checkable
class SpeechDetector(Protocol):
    """Finds where somebody speaks."""

    name: str
    rate: ClassVar[int]
    """Sample rate that :meth:`detect` wants, Hz."""

    def detect(self, blocks: Iterable[Signal]) -> Iterator[Span]:
        """Speech spans, in order, disjoint, in seconds from the first sample of the first block.

        ``blocks`` are consecutive mono signals at ``rate``; memory does not grow with their number.
        """
        ...


class Follower(Protocol):
    """Listens to one sound that is still going on."""

    def push(self, block: Signal) -> None:
        """Take the next mono signal, of any length. Memory and time do not grow with what was taken before."""
        ...

    @property
    def speaking(self) -> bool:
        """Whether somebody speaks at the end of what was pushed."""
        ...

    @property
    def since(self) -> Fraction:
        """Seconds from the first sample at which that began: the speech, or the silence."""
        ...


@runtime_checkable
class LiveDetector(Protocol):
    """A speech detector that can say at any moment whether somebody speaks now."""

    name: str
    rate: ClassVar[int]
    """Sample rate that a follower wants, Hz."""

    def follow(self) -> Follower:
        """A fresh follower."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Separated:
    """A block divided: ``dialogue + music_effects`` is the input block, sample for sample."""

    dialogue: Signal
    music_effects: Signal


@runtime_checkable
class Separator(Protocol):
    """Divides sound into dialogue and music and effects."""

    name: str
    rate: ClassVar[int]
    channels: ClassVar[int]

    def separate(self, blocks: Iterable[Signal]) -> Iterator[Separated]:
        """Consecutive blocks in, consecutive pairs out; the total number of frames is kept, the sum too.

        Block sizes in and out need not agree. Memory does not grow with their number.
        """
        ...


@dataclass(frozen=True, slots=True)
class LanguageGuess:
    """``language``: ISO 639-1 code; ``probability`` in [0, 1]."""

    language: str
    probability: float


@dataclass(frozen=True, slots=True)
class Transcript:
    """Words with times from the beginning of the signal."""

    language: str
    words: tuple[Word, ...]

    @property
    def text(self) -> str:
        """All words, joined by spaces."""
        return " ".join(word.text for word in self.words)


@runtime_checkable
class Transcriber(Protocol):
    """Writes down what is said, with the time of each word."""

    name: str
    rate: ClassVar[int]
    longest: ClassVar[Fraction]
    """Longest signal that one call takes, seconds."""

    def languages(self) -> frozenset[str]:
        """ISO 639-1 codes that it understands."""
        ...

    def identify(self, signal: Signal) -> LanguageGuess:
        """The language spoken in a mono signal at ``rate``."""
        ...

    def transcribe(self, signal: Signal, language: str) -> Transcript:
        """What a mono signal at ``rate``, at most ``longest`` seconds, says. Silence gives no words."""
        ...


@runtime_checkable
class QuickTranscriber(Transcriber, Protocol):
    """A transcriber that can also hear a sound in less time, for sounds that will be heard again."""

    def glance(self, signal: Signal, language: str) -> Transcript:
        """As :meth:`transcribe`, sooner, and perhaps a little less right."""
        ...


@runtime_checkable
class Embedder(Protocol):
    """Turns a voice into a direction: two stretches by one speaker point alike."""

    name: str
    rate: ClassVar[int]
    shortest: ClassVar[Fraction]
    """Below this length, seconds, an embedding says little."""
    window: ClassVar[Fraction]
    """What one row of :meth:`trace` hears, seconds."""
    step: ClassVar[Fraction]
    """From the beginning of one row to that of the next, seconds."""

    def embed(self, signal: Signal) -> NDArray[np.float32]:
        """A unit vector of fixed size for a mono signal at ``rate``."""
        ...

    def trace(self, signal: Signal) -> NDArray[np.float32]:
        """The voice as it goes on: unit vectors, shape (rows, size), of the stretches of ``window`` seconds that begin
        every ``step`` seconds and lie inside a mono signal at ``rate``, silence included; a shorter signal gives one
        row. Rows of one speaker point alike, as :meth:`embed` does, only less surely."""
        ...


@dataclass(frozen=True, slots=True)
class Translation:
    """One way to say it. ``confidence`` in [0, 1] or None; ``doubts`` are words for a person to check."""

    text: str
    confidence: float | None = None
    doubts: tuple[str, ...] = ()


@runtime_checkable
class Translator(Protocol):
    """Carries lines from one language into another."""

    name: str

    def pairs(self) -> frozenset[tuple[str, str]]:
        """(source, target) pairs it can do."""
        ...

    def translate(self, lines: Sequence[str], source: str, target: str, *, ways: int = 1,
                  names: Sequence[str] = ()) -> list[tuple[Translation, ...]]:
        """For each line up to ``ways`` translations, best first, at least one (an empty line gives an empty one).

        ``names`` must come through unchanged. Raises ``BackendError`` for a pair it cannot do.
        """
        ...


@dataclass(frozen=True, slots=True)
class Stock:
    """A voice on offer."""

    id: str
    language: str
    sex: Sex
    region: str = ""
    likeness: str = ""
    """The performer whose likeness it is; empty: nobody's."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """A place where the new line and the contour meet: the beginning (or the ``end``) of the new line's word number
    ``word``, counted from 0 over what has a letter or a digit between spaces, lies ``at`` seconds into the contour."""

    word: int
    end: bool
    at: float


@dataclass(frozen=True, slots=True, eq=False)
class Contour:
    """The performance that a line is to have, as somebody else gave it. ``pitch``: log F0, bridged where unvoiced, and
    ``energy``: level in dB, smooth; both float32 (steps,), every :data:`CONTOUR_STEP` from the first sound on, as
    z-scores of who gave it: minus the median of all that they say, over its spread. ``amount`` of it in [0, 1] is
    taken."""

    pitch: NDArray[np.float32]
    energy: NDArray[np.float32]
    anchors: tuple[Anchor, ...]
    """In order; the first word's beginning and the last one's end are among them."""
    rests: tuple[int, ...] = ()
    """Numbers of words before which there is a pause, from the end anchored before it to their beginning."""
    rise: float = 0.0
    """By how much, z-scores, the voice must rise at the end: a question."""
    amount: float = 1.0

    @property
    def fingerprint(self) -> str:
        """A hash of everything in it."""
        told = repr((self.anchors, self.rests, self.rise, self.amount)).encode()
        return hashlib.sha256(self.pitch.tobytes() + self.energy.tobytes() + told).hexdigest()


@dataclass(frozen=True, slots=True)
class Delivery:
    """How a line is to be spoken. ``duration``: exact length wanted, seconds; None: unhurried. ``contour``: the
    performance to carry, for voices that are :attr:`Voice.expressive`."""

    voice: str
    language: str
    duration: Fraction | None = None
    rates: tuple[float, float] = field(default=(0.77, 1.33))
    """Natural over wanted length outside this range is refused with ``BackendError``."""
    contour: Contour | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Spoken:
    """``signal`` mono; ``natural``: unhurried length, seconds; ``words``: when each was spoken."""

    signal: Signal
    natural: Fraction
    words: tuple[Word, ...] = ()


@runtime_checkable
class Voice(Protocol):
    """Speaks lines, at an exact length when asked."""

    name: str
    rate: ClassVar[int]
    exact: ClassVar[bool]
    """Whether :attr:`Delivery.duration` is honoured to 25 ms by synthesis itself."""
    likeness: ClassVar[bool]
    """Whether it clones: then every voice is the likeness of the performer whom its :class:`Stock` names, else of the
    character's. One whose :meth:`speak` takes more than text and delivery (a sound to imitate) counts as cloning."""
    expressive: ClassVar[bool]
    """Whether :attr:`Delivery.contour` is carried: pitch, energy, and pauses as far as the length leaves room. A voice
    that is not refuses a contour with ``BackendError``."""

    def stock(self) -> tuple[Stock, ...]:
        """The voices on offer."""
        ...

    def length(self, text: str, voice: str, language: str) -> Fraction:
        """Natural length of ``text``, seconds, without speaking it (cheap)."""
        ...

    def speak(self, text: str, delivery: Delivery) -> Spoken:
        """Speak ``text``. The same input gives the same samples; the length does not hang on the contour."""
        ...


TONES = tuple(1000 * 10 ** (n / 10) for n in range(-10, 10))
"""Middles of the third octaves (IEC 61260) in which a recipe tells its tone, Hz: 100 Hz to 8 kHz."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """A voice mixed of others. ``timbre`` (how it sounds) and ``manner`` (how it speaks: melody, rhythm): weights of
    :meth:`MixingVoice.parts`, each summing to 1, negative ones allowed; ``pitch``: semitones by which it is moved;
    ``tone``: dB for each of :data:`TONES`, or nothing."""

    timbre: tuple[tuple[str, float], ...]
    manner: tuple[tuple[str, float], ...]
    pitch: float = 0.0
    tone: tuple[float, ...] = ()


@runtime_checkable
class MixingVoice(Voice, Protocol):
    """A voice backend whose voices can be mixed into new ones."""

    def parts(self) -> tuple[str, ...]:
        """Ids of what can be mixed."""
        ...

    def timbres(self) -> NDArray[np.float32]:
        """The timbre of each of :meth:`parts`, shape (parts, size): a mixture's is the weighted sum of theirs."""
        ...

    def learn(self, stock: Stock, recipe: Recipe) -> None:
        """From now on this instance offers the voice ``stock``, mixed by ``recipe``; an id that it has learned before
        is learned anew. Raises ``BackendError`` for parts that it does not have, weights that do not sum to 1 or are
        no numbers, and an id of its own voices."""
        ...


@dataclass(frozen=True, slots=True)
class Heard:
    """Something that is heard and is no speech. ``label``: one of :meth:`Hearer.labels`; ``confidence`` in [0, 1]."""

    label: str
    span: Span
    confidence: float


@runtime_checkable
class Hearer(Protocol):
    """Tells what is heard besides speech: music, and whatever else it can truly tell."""

    name: str
    rate: ClassVar[int]
    """Sample rate that :meth:`hear` wants, Hz."""

    def labels(self) -> frozenset[str]:
        """What it can tell, in English words of one form: ``music``, ``laughter``."""
        ...

    def hear(self, blocks: Iterable[Signal]) -> tuple[Heard, ...]:
        """What is heard where, in order of time; spans of one label are disjoint, in seconds from the first sample.

        ``blocks`` are consecutive mono signals at ``rate``; memory grows by a few numbers a second at most.
        """
        ...
