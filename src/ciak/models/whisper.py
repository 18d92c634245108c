"""Whisper through CTranslate2 and faster-whisper's features, tokens and word alignment.

Decoding is greedy or beam search at temperature 0, without the ladder of rising temperatures (which samples, so
the same sound would give other words) and without the previous text as prompt (which carries errors on). Nothing
is judged here: every segment comes with the figures by which :mod:`ciak.backends.embedded.whisper` keeps or
refuses it.

Model: A. Radford et al., "Robust Speech Recognition via Large-Scale Weak Supervision", 2022 (arXiv:2212.04356).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ciak.errors import BackendError, ModelDamaged, TooLarge
from ciak.models.guard import refuse_pickle

__all__ = ["HeardSegment", "HeardWord", "WhisperEngine"]

RATE = 16_000
LONGEST = 30
"""Seconds that one call takes: the model's window."""
REST = 6
"""Seconds of padding that the encoder is given after a sound shorter than its window.

The model was trained on windows padded to 30 s, but its encoder takes less, and its time goes with the length. With
no padding at all the decoder does not find its end and loops. On 80 spoken takes of 1 to 9 s the word error was
.121 with the whole window, .122 with 6 s, .124 with 3 s, .133 with 2 s; the time fell to 38 %, 31 %, 29 %.
"""
_FRAMES = 100
"""Columns of features a second."""

_JOINING = ("'", "’", "-")
_TOKENS_PER_SECOND, _MOST_TOKENS = 25, 440
"""More than anybody says, in any script; without a bound a model that loops writes its whole window full."""


@dataclass(frozen=True, slots=True)
class HeardWord:
    """``start``, ``end``: seconds from the beginning of the sound; ``probability`` in [0, 1]."""

    text: str
    start: float
    end: float
    probability: float


@dataclass(frozen=True, slots=True)
class HeardSegment:
    """A phrase. ``no_speech``: probability that nobody speaks; ``average_logprob``: mean natural-log probability
    of its tokens; ``compression``: length of its text over its zlib-compressed length (high: it repeats
    itself)."""

    text: str
    start: float
    end: float
    words: tuple[HeardWord, ...]
    no_speech: float
    average_logprob: float
    compression: float

    @property
    def certainty(self) -> float:
        """Mean probability of the words; 0 without any."""
        return sum(word.probability for word in self.words) / len(self.words) if self.words else 0.0


class WhisperEngine:
    """``folder`` holds the model; see :func:`ciak.models.open_whisper`."""

    def __init__(self, folder: Path, threads: int) -> None:
        for name in ("model.bin", "config.json", "tokenizer.json"):
            if not (folder / name).is_file():
                raise ModelDamaged(f"the Whisper model has no {name}", path=folder)
            refuse_pickle(folder / name)
        try:
            self._model: Any = _model_class()(str(folder), device="cpu", compute_type="int8", cpu_threads=threads,
                                              num_workers=1, local_files_only=True)
        except (RuntimeError, ValueError, OSError) as error:
            raise ModelDamaged(f"the Whisper model cannot be opened: {str(error)[:200]}", path=folder) from error

    @property
    def languages(self) -> frozenset[str]:
        """Codes of the languages that it knows."""
        return frozenset(self._model.supported_languages)

    def identify(self, samples: NDArray[np.float32]) -> list[tuple[str, float]]:
        """Languages with their probabilities, most probable first, for mono samples at 16 kHz (the first 30 s
        count)."""
        try:
            _, _, ranked = self._model.detect_language(np.ascontiguousarray(samples, np.float32))
        except (RuntimeError, ValueError) as error:
            raise BackendError(f"Whisper failed: {str(error)[:200]}") from error
        return [(str(code), float(probability)) for code, probability in ranked]

    def transcribe(self, samples: NDArray[np.float32], language: str, *, beam: int = 5,
                   no_repeat: int = 0) -> list[HeardSegment]:
        """What mono samples at 16 kHz, at most 30 s, may say. Raises :class:`~ciak.errors.TooLarge`.

        ``no_repeat``: no run of that many tokens may come twice; 0 allows all.
        """
        if samples.size > RATE * LONGEST:
            raise TooLarge(f"Whisper takes at most {LONGEST} s, not {samples.size / RATE:.1f} s")
        if samples.size == 0:
            return []
        try:
            segments, _ = self._model.transcribe(
                np.ascontiguousarray(samples, np.float32), language=language, task="transcribe", beam_size=beam,
                max_new_tokens=min(_MOST_TOKENS, 32 + int(_TOKENS_PER_SECOND * samples.size / RATE)),
                temperature=0.0, no_repeat_ngram_size=no_repeat,
                condition_on_previous_text=False, word_timestamps=True, vad_filter=False,
                no_speech_threshold=None, log_prob_threshold=None, compression_ratio_threshold=None)
            return [_segment(one) for one in segments]
        except (RuntimeError, ValueError) as error:
            raise BackendError(f"Whisper failed: {str(error)[:200]}") from error


@cache
def _model_class() -> Any:
    """The library's model, whose encoder is spared most of the padding of short sounds (:data:`REST`)."""
    from faster_whisper import WhisperModel

    class Model(WhisperModel):  # type: ignore[misc]  # the library has no types
        def encode(self, features: NDArray[np.float32]) -> Any:
            return super().encode(np.ascontiguousarray(features[..., :_length(features)]))

    return Model


def _length(features: NDArray[np.float32]) -> int:
    """Columns to keep of log-mel ``features`` that the library has padded with zeros; even, as the encoder halves
    them. No sound gives a column of zeros: silence lies at the floor, below zero or above."""
    sounding = np.flatnonzero(features.any(axis=tuple(range(features.ndim - 1))))
    end = int(sounding[-1]) + 1 if sounding.size else 0
    return min(int(features.shape[-1]), end + end % 2 + REST * _FRAMES)


def _segment(heard: Any) -> HeardSegment:
    return HeardSegment(heard.text.strip(), float(heard.start), float(heard.end), tuple(_words(heard.words or ())),
                        float(heard.no_speech_prob), float(heard.avg_logprob), float(heard.compression_ratio))


def _words(heard: Sequence[Any]) -> list[HeardWord]:
    """Words as they are written: what the library cuts off before an apostrophe or a hyphen ("l'" and "'ultimo", "25"
    and "-30") is put together again, with the lower of the probabilities."""
    words: list[HeardWord] = []
    for one in heard:
        text, start, end, sure = one.word.strip(), float(one.start), float(one.end), float(one.probability)
        if words and text[:1] in _JOINING and len(text) > 1 and one.word[:1] == text[:1]:
            before = words.pop()
            words.append(HeardWord(before.text + text, before.start, end, min(before.probability, sure)))
        elif text:
            words.append(HeardWord(text, start, end, sure))
    return words
