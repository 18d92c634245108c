"""A worker that is asked to stop by everybody at once, its dead parent's signal and its broken pipe, does stop."""

from __future__ import annotations

import subprocess
import sys

STORM = """
import signal, threading, time
from ciak.jobs.worker import Stop
stop = Stop()
signal.signal(signal.SIGALRM, lambda number, frame: stop.ask())
signal.setitimer(signal.ITIMER_REAL, 0.0002, 0.0002)
threading.Thread(target=lambda: [stop.ask() for _ in range(10**6)], daemon=True).start()
until = time.monotonic() + 2
while time.monotonic() < until:
    stop.ask()
assert stop.asked
print("stopped")
"""


def test_asking_may_be_interrupted_by_asking() -> None:
    done = subprocess.run([sys.executable, "-c", STORM], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout == "stopped\n", done.stderr
