"""Sound as it comes: from a microphone, a stream, a pipe, or a file at the speed at which it plays.

Whatever it is, it is decoded in a process of its own (:mod:`ciak.media.capturing`; a microphone by ALSA's ``arecord``),
which gives 16 kHz mono and nothing else. A decoder that crashes or loops takes that process down, and ends the sound
with one clear error. The process ends with its reader, however that ends.

Sources, as a person writes them: ``microphone`` or ``microphone:DEVICE`` (a name of ``arecord -L``); ``-`` (standard
input, any container that is read here, as ``ffmpeg ... -f mpegts -`` gives it); ``http://``, ``https://`` (a stream
that is one file without end: not a playlist) and ``udp://HOST:PORT`` (MPEG-TS that is sent there); else a file.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import numpy as np

import ciak.errors as errors
from ciak.errors import BadInput, Damaged, Hostile, NothingToDo, ProgramAbsent, TooLarge
from ciak.film.sound import Signal
from ciak.media.opening import checked_file

__all__ = ["CAPTURE_RATE", "Capture"]

CAPTURE_RATE = 16_000
"""Hz."""
BLOCK = CAPTURE_RATE // 10
"""Frames that are given at a time."""
MEMORY = 2 << 30
"""Bytes of address space of the process that decodes."""
_DEVICE = re.compile(r"[A-Za-z0-9_:,.=-]{1,80}")
_STREAM = re.compile(r"(https?|udp)://[\x21-\x7e]{1,2000}")


class Capture:
    """A source that is open: a context manager that gives consecutive mono signals of :data:`CAPTURE_RATE`.

    Raises :class:`NotFound`, :class:`WrongFormat` and their kin for a source that cannot be, here or while it is read.
    """

    def __init__(self, source: str) -> None:
        self.source = source
        self._process: subprocess.Popen[bytes] | None = None
        self._stopped = False
        self._given = 0
        self._command = _command(source)
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process; a pipe could fill up

    def __enter__(self) -> Capture:
        """Start to listen."""
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        stdin = None if self.source == "-" else subprocess.DEVNULL
        try:
            self._process = subprocess.Popen(self._command, stdin=stdin, stdout=subprocess.PIPE, stderr=self._said,
                                             env=environment, start_new_session=True)
        except FileNotFoundError:
            raise ProgramAbsent("a microphone is listened to with arecord, which is not installed",
                                remedy="sudo apt-get install alsa-utils") from None
        return self

    def __exit__(self, *_: object) -> None:
        """Cease to listen."""
        self.stop()
        if self._process is not None:
            self._process.wait()
            if self._process.stdout is not None:
                self._process.stdout.close()
        self._said.close()

    def stop(self) -> None:
        """End the sound now; :meth:`blocks` then ends too. From any thread."""
        self._stopped = True
        if self._process is not None and self._process.poll() is None:
            self._process.kill()

    def blocks(self) -> Iterator[Signal]:
        """The sound, a tenth of a second at a time, as it comes. Raises what is wrong with the source."""
        process = self._process
        if process is None or process.stdout is None:
            raise BadInput("the source is not open")
        for samples in _samples(process.stdout):
            self._given += len(samples)
            yield Signal.mono(samples.astype(np.float32) / 32768, CAPTURE_RATE)
        process.wait()
        if not self._stopped and process.returncode != 0:
            raise self._error(process.returncode)
        if not self._stopped and not self._given:
            raise NothingToDo(f"{_shown(self.source)} has no sound")

    def _error(self, code: int) -> errors.CiakError:
        self._said.seek(0)
        said = self._said.read(1 << 20).decode("utf-8", "replace")
        name = _shown(self.source)
        if _is_microphone(self.source):
            last = (said.strip().splitlines() or ["it gives no sound"])[-1]
            return BadInput(f"the microphone cannot be listened to: {last.split(': ', 1)[-1][:120]}",
                            remedy="see `arecord -L`, and name one: microphone:DEVICE")
        if -code in (signal.SIGXCPU, signal.SIGKILL):
            return TooLarge(f"{name} takes too much memory to listen to")
        if code < 0:
            return Hostile(f"{name} crashes the media parser (signal {-code})",
                           remedy="do not open it elsewhere either")
        try:
            told = json.loads(said.strip().splitlines()[-1])
            kind = getattr(errors, str(told["error"]), Damaged)
            known = kind if isinstance(kind, type) and issubclass(kind, errors.CiakError) else Damaged
            return known(str(told["message"]), remedy=str(told["remedy"]))
        except (ValueError, LookupError):
            return Damaged(f"{name} cannot be listened to: the media parser gave up")


def _is_microphone(source: str) -> bool:
    return source.split(":", 1)[0] == "microphone"


def _command(source: str) -> list[str]:
    """The program that listens to ``source``, which is refused here when it cannot be."""
    if _is_microphone(source):
        device = source.partition(":")[2] or "default"
        if not _DEVICE.fullmatch(device):
            raise BadInput(f"{device[:40]!r} is no name of a microphone", remedy="see `arecord -L`")
        return ["arecord", "-q", "-D", device, "-t", "raw", "-f", "S16_LE", "-r", str(CAPTURE_RATE), "-c", "1",
                "--buffer-time=400000"]
    if source == "-":
        kind, where = "pipe", ""
    elif "://" in source:
        if not _STREAM.fullmatch(source):
            raise BadInput(f"{_shown(source)} is no stream that can be listened to",
                           remedy="give http://, https:// or udp://, or pipe it: ffmpeg -i ... -f mpegts - | "
                                  "ciak subtitle live -")
        kind, where = source.split(":", 1)[0], source
    else:
        kind, where = "file", str(checked_file(source))
    return [sys.executable, "-m", "ciak.media.capturing", kind, os.fsencode(where).hex(), str(MEMORY)]


def _samples(pipe: IO[bytes]) -> Iterator[np.ndarray[Any, np.dtype[np.int16]]]:
    """Blocks of samples; the last may be shorter."""
    held = b""
    while data := pipe.read1(1 << 16):  # type: ignore[attr-defined]  # what is there, without waiting for more
        held += data
        while len(held) >= 2 * BLOCK:
            yield np.frombuffer(held[:2 * BLOCK], "<i2")
            held = held[2 * BLOCK:]
    if len(held) >= 2:
        yield np.frombuffer(held[:len(held) // 2 * 2], "<i2")


def _shown(source: str) -> str:
    """The source as an error message shows it: without what stands before @ or after ? in an address."""
    plain = re.sub(r"//[^/@]*@", "//", source.split("?", 1)[0]) if "://" in source else Path(source).name or source
    return "".join(mark if mark.isprintable() else "\N{REPLACEMENT CHARACTER}" for mark in plain[-80:])
