"""Looks at files of unknown origin in a child process with limits: memory, processor time, wall time, no network.

A parser that crashes, loops or asks for gigabytes takes its child with it and nothing else; the caller gets one
clear error. Limits are those of Linux; where the system does not let a process leave the network, it stays.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys

import ciak.errors as errors
from ciak.errors import BadInput, Damaged, Hostile, TooLarge
from ciak.media.info import MediaInfo
from ciak.media.opening import checked_file, quoted

__all__ = ["probe_limited"]

MEMORY = 2 << 30
"""Bytes of address space."""
_BYTES_A_SECOND = 20_000_000
_GRACE = 5.0


def probe_limited(path: str | os.PathLike[str], *, memory: int = MEMORY, seconds: float | None = None) -> MediaInfo:
    """Like :func:`ciak.media.probe`, in a limited child. ``seconds``: 30 and one per 20 MB by default.

    Raises what ``probe`` raises; :class:`Hostile` for a file that crashes the parser, :class:`TooLarge` for one
    that wants more memory or time than it may have.
    """
    where = checked_file(path)
    name = quoted(where)
    limit = seconds if seconds is not None else 30 + where.stat().st_size / _BYTES_A_SECOND
    command = [sys.executable, "-m", "ciak.media.child", os.fsencode(where).hex(), str(memory),
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
