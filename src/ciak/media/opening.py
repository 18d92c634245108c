"""The one place that opens media for reading.

Every open sets a protocol allow-list (``file`` alone), a format allow-list (no playlists, no devices, nothing
that names other files), a decoder allow-list and budgets that hold before memory is taken (trust cases M1 to
M4, M6). The path is made absolute and given the prefix ``file:``, so a name that begins with a dash or looks
like an address is a name and nothing else.

It does not know whether a file's content is sound, only that looking at it is safe. Untrusted files are first
looked at by :mod:`ciak.media.limited`, in a child process of its own.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ciak.errors import BackendError, BadInput, Damaged, Hostile, NotFound, TooLarge, WrongFormat

if TYPE_CHECKING:
    from av.container import InputContainer

__all__ = ["CHANNELS", "DECODERS", "FORMATS", "LONGEST", "SIDE", "STREAMS", "checked_file", "open_input", "quoted"]

FORMATS = ("mov", "matroska", "mpegts", "mpeg", "avi", "mxf", "wav", "w64", "mp3", "flac", "ogg", "aac", "aiff")
"""Containers that may be read, by their libavformat names. None of them names another file."""

DECODERS = frozenset({
    "h264", "hevc", "av1", "libdav1d", "vp8", "vp9", "libvpx", "libvpx-vp9", "mpeg4", "mpeg2video", "mpeg1video",
    "prores", "dnxhd", "mjpeg", "ffv1", "theora", "dvvideo", "rawvideo", "v210", "vc1", "h263",
    "aac", "mp3", "mp3float", "mp2", "mp2float", "ac3", "eac3", "flac", "alac", "opus", "libopus", "vorbis",
    "pcm_s16le", "pcm_s16be", "pcm_s24le", "pcm_s24be", "pcm_s32le", "pcm_s32be", "pcm_f32le", "pcm_f32be",
    "pcm_f64le", "pcm_u8", "pcm_s8", "pcm_alaw", "pcm_mulaw", "pcm_bluray", "pcm_dvd",
    "mov_text", "subrip", "srt", "webvtt", "ass", "ssa", "text",
})
"""Decoders that may run (trust case M2)."""

SIDE = 8192
"""Pixels, the longest side of a picture."""
LONGEST = 24 * 3600
"""Seconds, the longest film."""
STREAMS = 64
CHANNELS = 32
HIGHEST_RATE = 768_000
FLOOR = {"libavformat": (61, 7, 100), "libavcodec": (61, 19, 100)}
"""FFmpeg 7.1: older ones have known holes in the parsers that we use."""

_BOXES = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip")
_MAGIC = (b"RIFF", b"RF64", b"\x1aE\xdf\xa3", b"OggS", b"fLaC", b"FORM", b"ID3", b"G")
_PLAYLISTS = (b"#extm3u", b"ffconcat", b"[playlist]", b"[reference]", b"<?xml", b"<mpd", b"<asx", b"<smil",
              b"<playlist", b"v=0\n", b"v=0\r\n", b"file '", b"file \"", b";ffmetadata", b"rtsptext", b"#dash")


def quoted(path: str | os.PathLike[str]) -> str:
    """A path as an error message shows it: printable, at most 80 characters of its name."""
    name = Path(path).name or str(path)
    return "".join(mark if mark.isprintable() else "\N{REPLACEMENT CHARACTER}" for mark in name[-80:])


@cache
def _check_version() -> None:
    import av

    for library, floor in FLOOR.items():
        if tuple(av.library_versions.get(library, (0,))) < floor:
            wanted, found = (".".join(map(str, v)) for v in (floor, av.library_versions.get(library, (0,))))
            raise BackendError(f"{library} {found} is too old to be safe, {wanted} is wanted",
                               remedy="install a newer PyAV: pip install -U av")


def checked_file(path: str | os.PathLike[str]) -> Path:
    """The absolute path of a regular, readable, non-empty file that is no playlist.

    Raises :class:`NotFound`, :class:`WrongFormat` (a folder, a device), :class:`Damaged` (empty),
    :class:`BadInput` (may not be read) or :class:`Hostile` (a playlist in disguise).
    """
    where = Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow links and fail on odd names
    try:
        status = where.stat()
        if stat.S_ISDIR(status.st_mode):
            raise WrongFormat(f"{quoted(where)} is a folder, not a media file", path=where)
        if not stat.S_ISREG(status.st_mode):
            raise WrongFormat(f"{quoted(where)} is not a regular file", path=where)
        if status.st_size == 0:
            raise Damaged(f"{quoted(where)} is empty", path=where)
        with where.open("rb") as file:
            head = file.read(512)
    except (FileNotFoundError, NotADirectoryError):
        raise NotFound(f"there is no file {quoted(where)}", path=where) from None
    except ValueError:
        raise NotFound("a file name cannot hold a zero byte") from None
    except OSError as error:
        raise BadInput(f"{quoted(where)} cannot be read: {error.strerror}", path=where) from None
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith(_PLAYLISTS):
        raise Hostile(f"{quoted(where)} is a list that names other files, not media",
                      remedy="give the media file itself", path=where)
    return where


@contextmanager
def open_input(path: str | os.PathLike[str], *, budget: bool = True) -> Iterator[InputContainer]:
    """Open a media file within the allow-lists and budgets; closed when the block ends.

    ``budget=False`` leaves out the checks of what the header claims; only for files we just made ourselves.
    Raises what :func:`checked_file` raises, :class:`WrongFormat` for what is no media we read, :class:`Damaged`
    for a broken header and :class:`TooLarge` for one over budget.
    """
    import av

    _check_version()
    where = checked_file(path)
    options = {
        "protocol_whitelist": "file", "format_whitelist": ",".join(FORMATS), "codec_whitelist": ",".join(DECODERS),
        "max_streams": str(STREAMS), "max_pixels": str(SIDE * SIDE), "fflags": "+genpts",
    }
    try:
        container = av.open(f"file:{where}", "r", options=options, metadata_errors="replace")
    except av.error.DemuxerNotFoundError:
        raise WrongFormat(f"{quoted(where)} is not media of a kind read here", path=where) from None
    except (av.error.FFmpegError, ValueError, OverflowError) as error:
        raise _open_error(where, error) from None
    except MemoryError:
        raise TooLarge(f"{quoted(where)} asks for more memory than there is", path=where) from None
    try:
        if budget:
            _check_budget(container, where)
        yield container
    finally:
        container.close()


def _open_error(where: Path, error: Exception) -> BadInput:
    with where.open("rb") as file:
        head = file.read(16)
    if head[4:8] in _BOXES or head.startswith(_MAGIC):
        return Damaged(f"{quoted(where)} is damaged or cut short: {_reason(error)}",
                       remedy="copy it again from where it came", path=where)
    return WrongFormat(f"{quoted(where)} is not media of a kind read here", path=where)


def _reason(error: Exception) -> str:
    import av

    if isinstance(error, av.error.InvalidDataError):
        return "its index cannot be read"
    return str(getattr(error, "strerror", None) or error).split(":")[0][:120].lower() or "unreadable"


def _check_budget(container: InputContainer, where: Path) -> None:
    name = quoted(where)
    if container.format.name.split(",")[0] not in FORMATS:
        raise WrongFormat(f"{name} is {container.format.name[:40]}, which is not read here", path=where)
    if len(container.streams) > STREAMS:
        raise TooLarge(f"{name} holds {len(container.streams)} streams, {STREAMS} are allowed", path=where)
    lengths = [_seconds(container.duration, 1_000_000)]
    for stream in container.streams:
        lengths.append(_seconds(stream.duration, 1 / stream.time_base if stream.time_base else 1))
        context: Any = stream.codec_context
        if context is None:
            continue
        if stream.type == "video" and (context.width > SIDE or context.height > SIDE):
            raise TooLarge(f"{name}: a picture of {context.width}x{context.height} is over {SIDE}x{SIDE}",
                           path=where)
        if stream.type == "audio":
            channels = context.layout.nb_channels if context.layout else 0
            if channels > CHANNELS or not 0 <= (context.sample_rate or 0) <= HIGHEST_RATE:
                raise TooLarge(f"{name}: {channels} channels at {context.sample_rate} Hz are over "
                               f"{CHANNELS} at {HIGHEST_RATE}", path=where)
    if (longest := max(lengths)) > LONGEST:
        raise TooLarge(f"{name} claims to last {longest / 3600:.0f} hours, {LONGEST // 3600} are allowed",
                       path=where)


def _seconds(ticks: int | None, per_second: Fraction | int) -> float:
    """A duration in a header, which may be absent (0) or absurd."""
    return float(max(0, ticks or 0) / Fraction(per_second))
