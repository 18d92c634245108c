"""Looks at files of unknown origin in a child process with limits: memory, processor time, wall time, no network.

A parser that crashes, loops or asks for gigabytes takes its child with it and nothing else; the caller gets one
clear error. Limits are those of Linux; where the system does not let a process leave the network, it stays.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import ciak.errors as errors
from ciak.errors import BadInput, CiakError, Damaged, Hostile, TooLarge
from ciak.media.info import MediaInfo
from ciak.media.opening import checked_file, quoted

__all__ = ["probe_limited"]

MEMORY = 2 << 30
"""Bytes of address space."""
_BYTES_A_SECOND = 20_000_000
_GRACE = 5.0
_NEWUSER, _NEWNET = 0x10000000, 0x40000000


def probe_limited(path: str | os.PathLike[str], *, memory: int = MEMORY, seconds: float | None = None) -> MediaInfo:
    """Like :func:`ciak.media.probe`, in a limited child. ``seconds``: 30 and one per 20 MB by default.

    Raises what ``probe`` raises; :class:`Hostile` for a file that crashes the parser, :class:`TooLarge` for one
    that wants more memory or time than it may have.
    """
    where = checked_file(path)
    name = quoted(where)
    limit = seconds if seconds is not None else 30 + where.stat().st_size / _BYTES_A_SECOND
    command = [sys.executable, "-m", "ciak.media.limited", os.fsencode(where).hex(), str(memory),
               str(int(limit) + 1)]
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=limit + _GRACE,
                              check=False, env=environment, start_new_session=True)
    except subprocess.TimeoutExpired:
        raise TooLarge(f"{name} takes over {limit:.0f} s to look at", path=where) from None
    if -done.returncode in (signal.SIGXCPU, signal.SIGKILL):
        raise TooLarge(f"{name} takes too much time or memory to look at", path=where)
    if done.returncode < 0:
        raise Hostile(f"{name} crashes the media parser (signal {-done.returncode})",
                      remedy="do not open this file elsewhere either", path=where)
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        raise Damaged(f"{name} cannot be looked at: the media parser gave up", path=where) from None
    if "error" in answer:
        kind = getattr(errors, str(answer["error"]), Damaged)
        known = kind if isinstance(kind, type) and issubclass(kind, BadInput) else Damaged
        raise known(str(answer["message"]), remedy=str(answer["remedy"]), path=where)
    return MediaInfo.model_validate(answer["info"])


def _limit(memory: int, seconds: int) -> None:
    """Give up what a parser does not need. Before any thread is started."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.unshare(_NEWUSER | _NEWNET)  # refused on some systems: then only the allow-lists keep it off the network
    for what, value in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CPU, seconds), (resource.RLIMIT_CORE, 0),
                        (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_NPROC, 0)):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(what, (value, value))


def _child(arguments: list[str]) -> int:
    path, memory, seconds = Path(os.fsdecode(bytes.fromhex(arguments[0]))), int(arguments[1]), int(arguments[2])
    _limit(memory, seconds)
    try:
        from ciak.media.probing import probe

        answer: dict[str, object] = {"info": probe(path).model_dump(mode="json")}
    except CiakError as error:
        answer = error.as_json()
    except MemoryError:
        answer = TooLarge(f"{quoted(path)} asks for more memory than it may have").as_json()
    sys.stdout.write(json.dumps(answer))
    return 0


if __name__ == "__main__":
    sys.exit(_child(sys.argv[1:]))
