"""A CTranslate2 translation model with its SentencePiece vocabulary.

Works on any converted directory: one shared vocabulary (``spm.model``, ``sentencepiece.model``,
``sentencepiece.bpe.model``, ``spiece.model``) or one per side (``source.spm``, ``target.spm``, as opus-mt has
them). It knows nothing of languages: tags, names and sentences are the translator's business. """

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ciak.errors import BackendError, ModelDamaged, TooLarge
from ciak.models.guard import refuse_pickle

__all__ = ["Hypothesis", "TranslationEngine"]

_SHARED = ("spm.model", "sentencepiece.model", "sentencepiece.bpe.model", "spiece.model")
_LONGEST = 500
"""Pieces of one line; more would be slow, and the models were trained on less."""


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One way to say it. ``score``: mean natural-log probability per piece; ``pieces``: the target's pieces."""

    text: str
    score: float
    pieces: tuple[str, ...]


class TranslationEngine:
    """``folder`` holds the model; see :func:`ciak.models.open_translation`."""

    def __init__(self, folder: Path, threads: int) -> None:
        import ctranslate2
        from sentencepiece import SentencePieceProcessor

        source, target = _vocabularies(folder)
        for path in (folder / "model.bin", source, target):
            if not path.is_file():
                raise ModelDamaged(f"{folder.name} has no {path.name}", path=folder)
            refuse_pickle(path)
        try:
            self._source = SentencePieceProcessor(model_file=str(source))
            self._target = self._source if source == target else SentencePieceProcessor(model_file=str(target))
            self._translator = ctranslate2.Translator(str(folder), device="cpu", compute_type="int8",
                                                      inter_threads=1, intra_threads=threads)
        except (RuntimeError, ValueError, OSError) as error:
            raise ModelDamaged(f"the translation model {folder.name} cannot be opened: {str(error)[:200]}",
                               path=folder) from error

    def encode(self, text: str) -> list[str]:
        """The pieces of a line in the source language."""
        pieces: list[str] = self._source.encode(text, out_type=str)
        return pieces

    def decode(self, pieces: Sequence[str]) -> str:
        """The text of pieces in the target language."""
        text: str = self._target.decode(list(pieces))
        return text

    def translate(self, lines: Sequence[str], *, prefix: Sequence[str] = (), ways: int = 1,
                  beam: int = 4) -> list[list[Hypothesis]]:
        """Up to ``ways`` hypotheses for each line, best first; ``prefix`` pieces (a language tag) go before the
        source."""
        return self.translate_pieces([[*prefix, *self.encode(line)] for line in lines], ways=ways, beam=beam)

    def translate_pieces(self, sources: Sequence[Sequence[str]], *, ways: int = 1, beam: int = 4,
                         target_prefix: Sequence[Sequence[str]] | None = None,
                         **options: Any) -> list[list[Hypothesis]]:
        """The same for sources already in pieces; ``target_prefix`` forces how each target begins and ``options``
        go to CTranslate2. Raises :class:`~ciak.errors.TooLarge` for a line of more than 500 pieces."""
        longest = max((len(source) for source in sources), default=0)
        if longest > _LONGEST:
            raise TooLarge(f"a line of {longest} pieces is too long to translate in one go")
        if not sources:
            return []
        settings: dict[str, Any] = {"beam_size": max(beam, ways), "num_hypotheses": ways, "return_scores": True,
                                    "max_input_length": 0, "max_decoding_length": 2 * longest + 16,
                                    "max_batch_size": 32}
        try:
            results = self._translator.translate_batch(
                [list(source) for source in sources],
                target_prefix=None if target_prefix is None else [list(one) for one in target_prefix],
                **{**settings, **options})
        except (RuntimeError, ValueError) as error:
            raise BackendError(f"the translation failed: {str(error)[:200]}") from error
        return [[Hypothesis(self.decode(pieces), float(score), tuple(pieces))
                 for pieces, score in zip(result.hypotheses, result.scores, strict=True)] for result in results]


def _vocabularies(folder: Path) -> tuple[Path, Path]:
    if (folder / "source.spm").is_file():
        return folder / "source.spm", folder / "target.spm"
    for name in _SHARED:
        if (folder / name).is_file():
            return folder / name, folder / name
    return folder / _SHARED[0], folder / _SHARED[0]
