"""A translator that the user brings: any CTranslate2 directory by its path.

Understood are directories with one SentencePiece model (``spm.model`` and its usual names) or one per side
(``source.spm``, ``target.spm``, as opus-mt has them), whose languages are said by target tags in the vocabulary
(``<2it>`` or opus-mt's ``>>ita<<``), by the setting ``CIAK_TRANSLATOR_PAIR`` ("en-it") or by the folder's name
("opus-mt-en-it"). Lines are cleaned as for the embedded translator; names are carried through where they are given
(and guessed only when the directory holds word lists, ``words.en.txt.gz``). Confidence is the mean probability of a
piece, not calibrated. Models that want codes of their own (NLLB, MADLAD, M2M) are not understood yet.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from itertools import permutations
from pathlib import Path

from ciak.backends.embedded.lexicon import Lexicon, open_lexicon
from ciak.backends.embedded.translator import LineTranslator
from ciak.backends.protocols import Translation
from ciak.config import Settings
from ciak.errors import BackendError, ModelDamaged
from ciak.models import Hypothesis, TranslationEngine, open_translation

__all__ = ["DirectoryTranslator", "create"]

_THREE = {"eng": "en", "ita": "it", "spa": "es", "fra": "fr", "deu": "de", "por": "pt"}
_CODE = re.compile(r"(?:^|[-_])([a-z]{2,3})[-_]([a-z]{2,3})$")
_BIG = 100_000_000
_IDENTITY = (1.0, 1.0)


class _Directory:
    """Hypotheses of the model in a directory, with the marks that it wants around the source."""

    def __init__(self, engine: TranslationEngine, before: Sequence[str], after: Sequence[str]) -> None:
        self._engine = engine
        self._before, self._after = list(before), list(after)

    def hypotheses(self, sentences: Sequence[str], ways: int) -> list[list[Hypothesis]]:
        """Beam search with as many beams as ways."""
        sources = [[*self._before, *self._engine.encode(one)[:400], *self._after] for one in sentences]
        return self._engine.translate_pieces(sources, ways=ways, beam=max(4, ways))


class DirectoryTranslator:
    """See the module. ``folder`` is the directory, ``pair`` its languages when its name does not say them."""

    name = "ctranslate2-directory"

    def __init__(self, folder: Path, pair: str, settings: Settings) -> None:
        self._folder, self._settings = folder, settings
        self._vocabulary = _vocabulary(folder)
        self._tags = _tags(self._vocabulary)
        self._pairs = _pairs(folder, pair, self._tags)
        self._ready: dict[tuple[str, str], LineTranslator] = {}

    @property
    def hashes(self) -> dict[str, str]:
        """The directory's weights, for the history."""
        from ciak.models.fetch import sha256_of

        return {self._folder.name: sha256_of(self._folder / "model.bin")}

    def pairs(self) -> frozenset[tuple[str, str]]:
        """What the tags, the setting or the folder's name say."""
        return self._pairs

    def translate(self, lines: Sequence[str], source: str, target: str, *, ways: int = 1,
                  names: Sequence[str] = ()) -> list[tuple[Translation, ...]]:
        """See the Protocol. Raises ``BackendError`` for another pair, ``ModelDamaged`` for a broken directory."""
        pair = (source, target)
        if pair not in self._pairs:
            known = ", ".join(f"{one} to {other}" for one, other in sorted(self._pairs))
            raise BackendError(f"{self._folder.name} does not translate from {source[:20]!r} to {target[:20]!r}",
                               remedy=f"it does {known}; CIAK_TRANSLATOR_PAIR can say otherwise")
        if pair not in self._ready:
            engine = open_translation(self._folder, self._settings)
            before = [self._tags[target]] if target in self._tags else []
            marked = _Directory(engine, before, self._closing())
            lexicons = (self._words(source), self._words(target))
            self._ready[pair] = LineTranslator(marked, pair, lexicons, _IDENTITY)
        return self._ready[pair].translate(lines, max(1, min(ways, 16)), names)

    def _closing(self) -> list[str]:
        """The end mark, for models converted so that the caller writes it."""
        try:
            config = json.loads((self._folder / "config.json").read_bytes()[:1_000_000])
        except (OSError, ValueError):
            return []
        adds = config.get("add_source_eos", True) if isinstance(config, dict) else True
        return ["</s>"] if adds is False and "</s>" in self._vocabulary else []

    def _words(self, language: str) -> Lexicon | None:
        path = self._folder / f"words.{language}.txt.gz"
        return open_lexicon(path) if path.is_file() else None


def _vocabulary(folder: Path) -> frozenset[str]:
    """The source side's pieces. Raises ``ModelDamaged`` when there are none."""
    for name in ("shared_vocabulary.json", "source_vocabulary.json", "shared_vocabulary.txt", "source_vocabulary.txt"):
        path = folder / name
        if not path.is_file():
            continue
        try:
            if path.stat().st_size > _BIG:
                raise ModelDamaged(f"{name} of {folder.name} is too large for a vocabulary")
            text = path.read_text("utf-8")
            pieces = json.loads(text) if name.endswith(".json") else text.splitlines()
        except (OSError, ValueError, RecursionError) as error:
            raise ModelDamaged(f"{name} of {folder.name} cannot be read: {error}") from error
        if isinstance(pieces, list):
            return frozenset(piece for piece in pieces if isinstance(piece, str))
    raise ModelDamaged(f"{folder.name} holds no CTranslate2 translation model: it has no vocabulary",
                       remedy="convert one with ct2-transformers-converter or ct2-opus-mt-converter")


def _tags(vocabulary: frozenset[str]) -> dict[str, str]:
    """Language -> the piece that asks for it as target."""
    found: dict[str, str] = {}
    for piece in sorted(vocabulary):
        if match := re.fullmatch(r"<2([a-z]{2,3})>|>>([a-z]{2,3})(?:_[A-Za-z]+)?<<", piece):
            code = match[1] or match[2]
            found.setdefault(_THREE.get(code, code), piece)
    return found


def _pairs(folder: Path, pair: str, tags: dict[str, str]) -> frozenset[tuple[str, str]]:
    if match := _CODE.search(pair.strip().lower()):
        return frozenset({(match[1], match[2])})
    if pair:
        raise BackendError(f"{pair[:40]!r} is not a pair of languages", remedy="write it as en-it")
    if len(tags) > 1 and all(tag.startswith("<2") for tag in tags.values()):
        return frozenset(permutations(tags, 2))
    if match := _CODE.search(folder.name.lower()):
        return frozenset({(match[1], match[2])})
    raise BackendError(f"nothing says which languages {folder.name} translates",
                       remedy="set CIAK_TRANSLATOR_PAIR, for example en-it")


def create(settings: Settings) -> DirectoryTranslator:
    """Factory of the entry point ``translator.ctranslate2-directory``; wants ``CIAK_TRANSLATOR_DIRECTORY``."""
    folder = settings.translator_directory
    if folder is None:
        raise BackendError("no directory is set for the translator ctranslate2-directory",
                           remedy="set CIAK_TRANSLATOR_DIRECTORY to a CTranslate2 directory")
    if not folder.is_dir():
        raise BackendError(f"there is no translation model in {folder}",
                           remedy="set CIAK_TRANSLATOR_DIRECTORY to a CTranslate2 directory")
    return DirectoryTranslator(folder, settings.translator_pair, settings)
