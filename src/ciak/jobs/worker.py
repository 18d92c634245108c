"""The worker's end of the pipe: one job, one process.

The job comes as one JSON line on standard input, which then stays open: its end means that the runner is dead, and
the worker ends too, politely first. Progress and the outcome go out as JSON lines on what was standard output;
whatever prints meanwhile prints to standard error. Verbs come only from the mapping given to :func:`serve_worker`:
no film and no model can name code. A bug is left to Python: its traceback goes to standard error, the runner makes
one line of it.
"""

from __future__ import annotations

import faulthandler
import os
import signal
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError

from ciak.errors import Cancelled, CiakError, JobError
from ciak.jobs.limits import Limits
from ciak.jobs.processes import die_with_parent, kill_group
from ciak.jobs.watch import Progress, Watch
from ciak.jobs.wire import LONGEST_LINE, line, parse

__all__ = ["Stop", "Verb", "serve_worker"]

Verb = Callable[[dict[str, Any], Watch], dict[str, Any]]
"""Arguments (JSON values) and a watch in, a result (JSON values) out."""


class Stop:
    """Whether the work is to stop. A signal may interrupt anything, this too: a lock in here (as an Event has one)
    would be taken twice by one thread, and the worker would neither work nor end."""

    __slots__ = ("asked",)

    def __init__(self) -> None:
        self.asked = False

    def ask(self) -> None:
        """From now on; from any thread and any signal handler."""
        self.asked = True


def serve_worker(verbs: Mapping[str, Verb]) -> int:
    """Do the one job that comes on standard input; the exit code: 0 done, else that of the error."""
    wire, order_pipe = _take_pipes()
    order = parse(_read_line(order_pipe))
    if order is None or not die_with_parent(int(order.get("parent", 0))):
        return 2
    faulthandler.enable()
    stop = Stop()
    signal.signal(signal.SIGTERM, lambda _number, _frame: stop.ask())
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    grace = float(order.get("grace", 5.0))
    threading.Thread(target=_mind_parent, args=(order_pipe, stop, grace), daemon=True).start()

    def send(message: Mapping[str, Any]) -> None:
        try:
            _write_all(wire, line(message))
        except BrokenPipeError:
            stop.ask()

    def report(progress: Progress) -> None:
        send({"done": progress.done, "what": progress.what, "left": progress.left, "seconds": progress.seconds})

    try:
        result = _do(verbs, order, Watch(report, lambda: stop.asked))
    except CiakError as error:
        send({"error": error.as_json()})
        return error.exit_code
    try:
        send({"result": result})
    except (TypeError, ValueError) as error:
        failure = JobError(f"the result of {order.get('verb')} is no plain data: {error}")
        send({"error": failure.as_json()})
        return failure.exit_code
    return 0


def _do(verbs: Mapping[str, Verb], order: Mapping[str, Any], watch: Watch) -> dict[str, Any]:
    """Run the verb that the order names. Raises :class:`CiakError`."""
    name = str(order.get("verb"))
    if name not in verbs:
        raise JobError(f"there is no verb {name[:80]!r}", remedy=f"the verbs are {', '.join(sorted(verbs))}")
    try:
        Limits(**order.get("limits", {})).apply()
    except ValidationError as error:
        raise JobError("the limits of the job cannot be understood") from error
    try:
        watch.check()
        return verbs[name](dict(order.get("arguments", {})), watch)
    except MemoryError as error:
        raise JobError(f"{name} ran out of memory",
                       remedy="close other programs or raise the job's memory limit; what was finished is kept"
                       ) from error
    except KeyboardInterrupt as error:
        raise Cancelled("cancelled") from error


def _take_pipes() -> tuple[int, int]:
    """Keep standard output and input to ourselves; in their places standard error and nothing."""
    wire, order_pipe = os.dup(1), os.dup(0)
    os.dup2(2, 1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    return wire, order_pipe


def _read_line(descriptor: int) -> bytes:
    data = bytearray()
    while not data.endswith(b"\n") and len(data) < LONGEST_LINE:
        block = os.read(descriptor, 65536)
        if not block:
            break
        data += block
    return bytes(data)


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view):]


def _mind_parent(descriptor: int, stop: Stop, grace: float) -> None:
    """Wait for the end of the order's pipe; then stop politely, and after ``grace`` seconds for good."""
    while os.read(descriptor, 4096):
        pass
    stop.ask()
    time.sleep(grace)
    kill_group(os.getpgrp() if os.getpgrp() == os.getpid() else os.getpid())
    os._exit(2)
