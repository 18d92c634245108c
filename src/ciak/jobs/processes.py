"""Processes, told apart for good: a number and the moment of birth, so that a reused number deceives nobody.

Linux only (``/proc``). On a mount shared by several machines a process of another machine looks dead; the record of
its job is put right when it ends.
"""

from __future__ import annotations

import ctypes
import os
import signal
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

__all__ = ["alive", "born", "die_with_parent", "kill_group", "signal_process"]

_PR_SET_PDEATHSIG = 1


@lru_cache(maxsize=1)
def _boot() -> str:
    """What tells this run of this machine from any other."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()[:8]
    except OSError:
        return "unknown"


def born(pid: int) -> str:
    """When the process ``pid`` was born, as a word that no other process of that number ever has; "" if dead."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
    except OSError:
        return ""
    if len(fields) < 20 or fields[0] in (b"Z", b"X"):
        return ""
    return f"{_boot()}-{int(fields[19])}"


def alive(pid: int, when: str) -> bool:
    """Whether the process ``pid`` that was born ``when`` still runs (a zombie does not)."""
    return pid > 0 and bool(when) and born(pid) == when


def signal_process(pid: int, when: str, number: int) -> bool:
    """Send a signal to exactly that process; whether it was there."""
    if not alive(pid, when):
        return False
    try:
        descriptor = os.pidfd_open(pid)
    except OSError:
        return False
    try:
        if alive(pid, when):
            signal.pidfd_send_signal(descriptor, number)
            return True
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return False


def kill_group(leader: int) -> None:
    """Kill the process group that ``leader`` made. The caller has not reaped the leader: its number is its own."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def die_with_parent(parent: int) -> bool:
    """Have the kernel send this process SIGTERM when its parent's thread ends; whether ``parent`` still lives."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    return os.getppid() == parent
