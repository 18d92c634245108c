"""The minutes of a live session: a subtitle file that is whole at every moment.

Each sentence is spotted as any other line, by the words' own times, when it is complete, and the file is written anew
through the store's commit: whoever opens it finds everything up to the last sentence, after a power cut too. Times
count from the first sample of the sound. The last subtitle may still be joined with the next one, or give way to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ciak.dubbing.spotting import spot
from ciak.errors import WrongFormat
from ciak.film import Loop, Rate, Span, SubtitleDocument, Word
from ciak.formats import write_subtitles
from ciak.formats.subtitles import format_of
from ciak.store import commit_bytes

__all__ = ["Minutes"]

RATE = Rate.parse("25")
"""The grid on which times are laid; live sound has no frames of its own."""


class Minutes:
    """Writes what was said in ``language`` to ``path``, whose ending says the format."""

    def __init__(self, path: Path, language: str) -> None:
        kind = format_of(path)
        if kind is None:
            raise WrongFormat(f"{path.name[:80]!r} does not say which format it is", remedy="name it .vtt or .srt")
        self.path, self.language, self._format = path, language, kind
        self._loops: list[Loop] = []
        self.written = False
        """Whether the file has all that was taken down."""
        self.write()

    @property
    def count(self) -> int:
        """Sentences so far."""
        return len(self._loops)

    def add(self, words: Sequence[Word]) -> None:
        """Take down a sentence and write the file. Raises :class:`ciak.errors.StorageError`."""
        if not words:
            return
        span = Span(start=words[0].span.start, end=max(word.span.end for word in words))
        self._loops.append(Loop(id=f"L{len(self._loops) + 1:04}", character="", span=span, words=tuple(words),
                                text=" ".join(word.text for word in words)))
        self.write()

    def write(self) -> None:
        """Write the file as it is now. Raises :class:`ciak.errors.StorageError`."""
        self.written = False
        cues = spot(self._loops, RATE, self.language)  # which remembers how it divided lines
        document = SubtitleDocument(language=self.language, cues=cues)
        commit_bytes(self.path, write_subtitles(document, self._format))
        self.written = True
