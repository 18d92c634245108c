"""What a delivery is made of, and what came out: the values that :func:`ciak.media.mux` takes and gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ciak.film.language import SubtitleCue, SubtitleDocument
from ciak.film.model import FilmModel
from ciak.film.time import FilmTime

__all__ = ["MuxPlan", "MuxReport", "SoundTrack", "SubtitleTrack"]


@dataclass(frozen=True, slots=True)
class SoundTrack:
    """Sound for the delivery: stream number ``stream`` of any file read here, moment 0 at the first frame.

    ``language``: ISO 639-1 or 639-2; ``bits``: bits a second, by default 192,000 for stereo and 384,000 for 5.1.
    """

    path: Path
    language: str
    title: str = ""
    default: bool = False
    stream: int = 0
    bits: int | None = None


@dataclass(frozen=True, slots=True)
class SubtitleTrack:
    """Subtitles for the delivery, from a document or bare cues."""

    document: SubtitleDocument | Sequence[SubtitleCue]
    language: str
    title: str = ""
    default: bool = False

    @property
    def cues(self) -> tuple[SubtitleCue, ...]:
        """The cues in order of their start."""
        cues = self.document.cues if isinstance(self.document, SubtitleDocument) else self.document
        return tuple(sorted(cues, key=lambda cue: (cue.span.start, cue.span.end)))


@dataclass(frozen=True, slots=True)
class MuxPlan:
    """``picture``: the file whose picture is copied; ``target``: the delivery (its end is set to fit the codec);
    ``timecode``: label of the first frame, left out where the rate varies; ``title``: of the film."""

    picture: Path
    target: Path
    tracks: Sequence[SoundTrack] = ()
    subtitles: Sequence[SubtitleTrack] = field(default=())
    timecode: str | None = None
    title: str = ""


class MuxReport(FilmModel):
    """A delivery as measured after it was reopened."""

    path: str
    container: str
    duration: FilmTime
    """Of the picture, seconds."""
    frames: int
    picture_codec: str
    picture_sha256: str
    """Of all packets of the picture, one after the other."""
    picture_untouched: bool
    """The source's packets have the same hash. False only where the container wants another framing of the same
    data (MPEG-TS to MP4)."""
    sounds: tuple[str, ...]
    """Languages, ISO 639-2."""
    subtitles: tuple[str, ...]
    size: int
    """Bytes."""
