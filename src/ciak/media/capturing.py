"""The process that listens to a source for :mod:`ciak.media.capture`: limits first, then sound, 16 kHz mono, 16 bit.

A file is given at the speed at which it plays; everything else as it comes. Streams are read here by Python and handed
to the decoder as bytes, so that the decoder opens no address and no other file, whatever is written in what it reads.
A file and a pipe are read without network where the system lets a process leave it.

Run as ``python -m ciak.media.capturing KIND SOURCE-IN-HEX BYTES``. An error is one JSON object on stderr, exit 2.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import resource
import signal
import socket
import sys
import time
from collections.abc import Iterator
from typing import Any, BinaryIO, cast

__all__ = ["main"]

_NEWUSER, _NEWNET = 0x10000000, 0x40000000
_DIE_WITH_PARENT = 1
_TIMEOUT = 20.0
"""Seconds without a byte after which a stream is over."""
_PROBE = 65536
"""Bytes that are looked at before sound is given: what comes before it is late by as much."""


def _confine(memory: int, network: bool) -> None:
    """Give up what a decoder does not need, and end when the reader does."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    if not network:
        libc.unshare(_NEWUSER | _NEWNET)
    for what, value in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CORE, 0)):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(what, (value, value))


def main(arguments: list[str]) -> int:
    """Listen until the source ends or nobody reads."""
    kind, where, memory = arguments[0], os.fsdecode(bytes.fromhex(arguments[1])), int(arguments[2])
    _confine(memory, network=kind in ("http", "https", "udp"))
    from ciak.errors import CiakError, TooLarge

    out = os.fdopen(os.dup(1), "wb", buffering=0)
    try:
        if kind == "file":
            _play(where, out)
        else:
            _relay(_opened(kind, where), where, out)
    except BrokenPipeError:
        return 0
    except KeyboardInterrupt:
        return 0
    except CiakError as error:
        sys.stderr.write(json.dumps(error.as_json()) + "\n")
        return 2
    except MemoryError:
        sys.stderr.write(json.dumps(TooLarge("the source asks for more memory than it may have").as_json()) + "\n")
        return 2
    return 0


def _play(path: str, out: BinaryIO) -> None:
    """A file at the speed at which it plays."""
    import numpy as np

    from ciak.media.capture import BLOCK, CAPTURE_RATE
    from ciak.media.sound import sound_blocks

    began, given = time.monotonic(), 0
    for block in sound_blocks(path, rate=CAPTURE_RATE, channels=1, frames=BLOCK):
        given += block.frames
        time.sleep(max(0.0, began + given / CAPTURE_RATE - time.monotonic()))
        samples = np.clip(block.samples[:, 0], -1, 1) * 32767
        _write(out, samples.round().astype("<i2").tobytes())


def _write(out: BinaryIO, data: bytes) -> None:
    """All of it: a pipe may take less at a time."""
    rest = memoryview(data)
    while rest:
        rest = rest[out.write(rest):]


def _opened(kind: str, where: str) -> BinaryIO:
    """The bytes of a pipe or of a stream."""
    if kind == "pipe":
        return os.fdopen(os.dup(0), "rb", buffering=0)
    return cast("BinaryIO", _Datagrams(where) if kind == "udp" else _fetched(where))


def _fetched(address: str) -> Any:
    """A stream by HTTP. Redirections lead to HTTP only; nothing of what is asked for tells who asks."""
    import urllib.error
    import urllib.request

    from ciak.errors import BadInput, NotFound, WrongFormat

    class OnlyWeb(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:
            if not newurl.startswith(("http://", "https://")):
                raise BadInput("the stream leads away from the web")
            return super().redirect_request(req, fp, code, msg, headers, newurl)

    opener = urllib.request.OpenerDirector()
    for handler in (urllib.request.HTTPHandler(), urllib.request.HTTPSHandler(), OnlyWeb(),
                    urllib.request.HTTPErrorProcessor(), urllib.request.HTTPDefaultErrorHandler()):
        opener.add_handler(handler)
    request = urllib.request.Request(address, headers={"User-Agent": "ciak"})  # noqa: S310 - http and https alone
    try:
        answer: Any = opener.open(request, timeout=_TIMEOUT)
    except urllib.error.HTTPError as error:
        raise NotFound(f"the stream answers {error.code}", remedy="check the address") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        raise NotFound(f"the stream cannot be reached: {str(getattr(reason, 'strerror', None) or reason)[:100]}",
                       remedy="check the address, and that it is being sent") from None
    if "mpegurl" in answer.headers.get("content-type", "").lower() or address.split("?")[0].endswith((".m3u8", ".m3u")):
        raise WrongFormat("the address is that of a playlist, not of a stream",
                          remedy="pipe it: ffmpeg -i ADDRESS -f mpegts - | ciak subtitle live -")
    return answer


class _Datagrams:
    """What is sent to ``udp://HOST:PORT``, as a file that is read."""

    def __init__(self, address: str) -> None:
        from ciak.errors import BadInput

        host, _, port = address.removeprefix("udp://").partition("/")[0].partition("?")[0].rpartition(":")
        if not port.isdigit() or not 0 < int(port[:6]) < 65536:
            raise BadInput("the stream needs a port", remedy="write udp://127.0.0.1:5000")
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        self._socket.settimeout(_TIMEOUT)
        self._held = b""
        try:
            self._socket.bind((host.strip("@") or "127.0.0.1", int(port)))
        except OSError as error:
            raise BadInput(f"the stream cannot be listened for: {error.strerror}",
                           remedy="name an address of this machine") from None

    def read(self, size: int) -> bytes:
        """Some bytes; none when nothing was sent for too long."""
        if not self._held:
            try:
                self._held = self._socket.recv(65536)
            except TimeoutError:
                return b""
        data, self._held = self._held[:size], self._held[size:]
        return data


def _relay(source: BinaryIO, where: str, out: BinaryIO) -> None:
    """Decode what comes and give it on at once."""
    import av

    from ciak.errors import Damaged, NothingToDo, WrongFormat
    from ciak.media.capture import CAPTURE_RATE, _shown
    from ciak.media.opening import DECODERS, FORMATS, STREAMS

    name = _shown(where) or "what is piped in"
    options = {"format_whitelist": ",".join(FORMATS), "codec_whitelist": ",".join(DECODERS), "protocol_whitelist": "",
               "max_streams": str(STREAMS), "probesize": str(_PROBE), "analyzeduration": "300000"}
    try:
        container = av.open(source, "r", options=options, metadata_errors="replace", buffer_size=4096)
    except av.error.FFmpegError:
        raise WrongFormat(f"{name} is not media of a kind read here",
                          remedy="send WAV, MPEG-TS, MP3, AAC, FLAC, Ogg or Matroska") from None
    with container:
        if not container.streams.audio:
            raise NothingToDo(f"{name} has no sound")
        resampler = av.AudioResampler(format="s16", layout="mono", rate=CAPTURE_RATE)
        heard = False
        for frame in _frames(container):
            heard = True
            for part in resampler.resample(frame):
                _write(out, part.to_ndarray().astype("<i2").tobytes())
        if not heard:
            raise Damaged(f"{name}: none of its sound can be decoded")


def _frames(container: Any) -> Iterator[Any]:
    """Decoded frames of the first sound; packets that cannot be decoded are left out."""
    import av

    packets = container.demux(container.streams.audio[0])
    while True:
        try:
            packet = next(packets)
        except (StopIteration, av.error.FFmpegError, OSError):
            return
        try:
            yield from packet.decode()
        except av.error.FFmpegError:
            continue


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
