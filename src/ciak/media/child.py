"""The child process in which :mod:`ciak.media.limited` looks at a file: limits first, everything else after.

Only the standard library is imported before the limits hold, because a process can leave the network only while
it has a single thread. Run as ``python -m ciak.media.child PATH-IN-HEX BYTES SECONDS``; answers in JSON.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import resource
import sys
from pathlib import Path

__all__ = ["confine", "main"]

_NEWUSER, _NEWNET = 0x10000000, 0x40000000


def confine(memory: int, seconds: int) -> None:
    """Give up what a parser does not need: network, ``memory`` bytes and ``seconds`` of processor time at most."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.unshare(_NEWUSER | _NEWNET)  # refused on some systems: then only the allow-lists keep it off the network
    for what, value in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CPU, seconds), (resource.RLIMIT_CORE, 0),
                        (resource.RLIMIT_FSIZE, 0)):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(what, (value, value))


def main(arguments: list[str]) -> int:
    """Probe the file and write ``{"info": ...}`` or ``{"error": ..., "message": ..., "remedy": ...}``."""
    path, memory, seconds = Path(os.fsdecode(bytes.fromhex(arguments[0]))), int(arguments[1]), int(arguments[2])
    confine(memory, seconds)
    from ciak.errors import CiakError, TooLarge
    from ciak.media.opening import quoted
    from ciak.media.probing import probe

    try:
        answer: dict[str, object] = {"info": probe(path).model_dump(mode="json")}
    except CiakError as error:
        answer = error.as_json()
    except MemoryError:
        answer = TooLarge(f"{quoted(path)} asks for more memory than it may have").as_json()
    sys.stdout.write(json.dumps(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
