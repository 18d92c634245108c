"""Encodes drawn pictures and a sound file into a film: H.264 and AAC in MP4.

For films that Ciak draws itself. A person's film is never encoded here: its picture is copied (``mux``) or made
into a proxy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ciak.errors import BadInput, StorageError
from ciak.film.time import Rate
from ciak.media.delivery import SoundTrack
from ciak.media.tracks import SoundPump

if TYPE_CHECKING:
    from av.container import OutputContainer

__all__ = ["encode_film"]


def encode_film(target: Path, frames: Iterable[NDArray[np.uint8]], rate: Rate, sound: Path, *,
                language: str = "und", tick: Callable[[int], None] = lambda _: None) -> int:
    """Write ``frames`` (uint8 RGB, all of one even size) at ``rate`` with the first track of ``sound``.

    A failed or cancelled run leaves no ``target``. Sound that outlasts the picture is left out. ``tick`` hears the
    number of frames written; it is returned too. Raises :class:`BadInput` where there is no frame and
    :class:`StorageError` when the file cannot be written.
    """
    import av

    try:
        with av.open(f"file:{target.absolute()}", "w", format="mp4", options={"movflags": "+faststart"}) as film:
            count = _pictures(film, frames, rate, language, sound, tick)
    except (OSError, av.error.FFmpegError) as error:
        target.unlink(missing_ok=True)
        why = getattr(error, "strerror", None) or error
        raise StorageError(f"{target.name} could not be written: {why}") from error
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return count


def _pictures(film: OutputContainer, frames: Iterable[NDArray[np.uint8]], rate: Rate, language: str, sound: Path,
              tick: Callable[[int], None]) -> int:
    import av

    video: Any = film.add_stream("libx264", rate=rate.fps, options={"crf": "22", "preset": "veryfast", "bf": "0"})
    pump, count = SoundPump(film, SoundTrack(sound, language, default=True)), 0
    for number, image in enumerate(frames):
        if number == 0:
            video.height, video.width, video.pix_fmt = image.shape[0], image.shape[1], "yuv420p"
            video.time_base = 1 / rate.fps
        picture = av.VideoFrame.from_ndarray(image, format="rgb24")
        picture.pts, picture.time_base = number, 1 / rate.fps
        film.mux(video.encode(picture))
        count = number + 1
        pump.until(rate.time(count))
        tick(count)
    if not count:
        raise BadInput("there is no picture to encode")
    film.mux(video.encode(None))
    pump.stop()
    return count
