"""The worker of the tests: verbs that are slow, loud, faulty, greedy or deaf; a program of its own."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from ciak.errors import Damaged
from ciak.jobs import Watch, serve_worker


def slow(arguments: dict[str, Any], watch: Watch) -> dict[str, Any]:
    """``steps`` steps of ``pause`` seconds each, with a note of each in the file ``notes``, none done twice."""
    tick = watch.part(0.0, 1.0, "slowly")
    notes = Path(arguments["notes"]) if "notes" in arguments else None
    steps = int(arguments.get("steps", 5))
    for step in range(steps):
        if notes is None or str(step) not in (notes.read_text().split() if notes.exists() else []):
            time.sleep(float(arguments.get("pause", 0.01)))
            if notes:
                with notes.open("a") as stream:
                    stream.write(f"{step}\n")
        tick((step + 1) / steps)
    return {"steps": steps, "pid": os.getpid()}


def loud(_arguments: dict[str, Any], watch: Watch) -> dict[str, Any]:
    print('{"result": {"forged": true}}', flush=True)
    os.write(1, b'{"done": 7}\n' * 3)
    subprocess.run(["echo", '{"result": {"forged": true}}'], check=True)
    sys.stderr.write("noise\n" * 50_000)
    watch.tell(0.5, "loud")
    return {"stdin": sys.stdin.read()}


def fault(arguments: dict[str, Any], _watch: Watch) -> dict[str, Any]:
    kind = arguments["kind"]
    if kind == "input":
        raise Damaged("the film ends early", remedy="get the whole film", frame=7)
    if kind == "bug":
        raise ValueError("a bug\nof two lines")
    if kind == "exit":
        os._exit(9)
    if kind == "segfault":
        ctypes.string_at(0)
    if kind == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    if kind == "memory":
        bytearray(1 << 34)
    if kind == "unplain":
        return {"set": {1, 2}}
    if kind == "nan":
        return {"value": float("nan")}
    return {}


def deaf(arguments: dict[str, Any], watch: Watch) -> dict[str, Any]:
    """Never asks whether to stop, and starts a child that would live on."""
    child = subprocess.Popen(["sleep", "60"])
    watch.tell(0.1, f"child {child.pid}")
    time.sleep(float(arguments.get("pause", 60)))
    return {}


def limits(_arguments: dict[str, Any], _watch: Watch) -> dict[str, Any]:
    import resource

    return {"core": resource.getrlimit(resource.RLIMIT_CORE)[0],
            "memory": resource.getrlimit(resource.RLIMIT_AS)[0], "leader": os.getsid(0) == os.getpid()}


if __name__ == "__main__":
    sys.exit(serve_worker({verb.__name__: verb for verb in (slow, loud, fault, deaf, limits)}))
