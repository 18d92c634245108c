"""What a media file is made of, as values: :class:`MediaInfo` and its streams."""

from __future__ import annotations

from pydantic import Field

from ciak.film.model import FilmModel
from ciak.film.time import FilmTime, Rate

__all__ = ["MediaInfo", "PictureStream", "SoundStream", "SubtitleStream"]


class PictureStream(FilmModel):
    """The picture. ``width`` and ``height`` as stored; ``rotation``: clockwise degrees that set it upright."""

    index: int
    codec: str
    width: int = Field(gt=0)
    height: int = Field(gt=0)
    rotation: int = Field(ge=0, lt=360)
    aspect: FilmTime
    """Width of a pixel over its height."""
    pixels: str
    """Pixel format as libav names it, ``"yuv420p"``."""
    fps: FilmTime
    """Frames a second: the source's own when ``constant``, else the standard rate it is best conformed to."""
    average: FilmTime
    """Mean frames a second."""
    constant: bool
    frames: int = Field(ge=1)
    start: FilmTime
    """When the first frame is shown on the file's own clock, seconds; film time 0."""
    duration: FilmTime

    @property
    def rate(self) -> Rate:
        """``fps`` as a :class:`Rate`."""
        return Rate(self.fps)

    @property
    def upright(self) -> tuple[int, int]:
        """Width and height as shown: turned upright, in square pixels."""
        wide = max(1, round(self.width * self.aspect))
        return (self.height, wide) if self.rotation % 180 else (wide, self.height)


class SoundStream(FilmModel):
    """One sound stream. ``index`` in the file; its place among the sound streams is what ``sound_blocks`` wants."""

    index: int
    codec: str
    rate: int = Field(gt=0)
    channels: int = Field(gt=0)
    layout: str
    language: str | None = None
    """As the file says it (mostly ISO 639-2); None when it does not."""
    title: str = ""
    start: FilmTime
    """First sample on the film's clock, seconds from the first frame; may be negative."""
    duration: FilmTime


class SubtitleStream(FilmModel):
    """One subtitle stream."""

    index: int
    codec: str
    language: str | None = None
    title: str = ""


class MediaInfo(FilmModel):
    """A media file. ``duration``: of the picture, else of the longest sound, seconds."""

    container: str
    size: int
    """Bytes."""
    duration: FilmTime
    picture: PictureStream | None = None
    sounds: tuple[SoundStream, ...] = ()
    subtitles: tuple[SubtitleStream, ...] = ()
    timecode: str | None = None
    """Start timecode as the file says it."""
