"""Runs the program as a user does, in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["PROGRAM", "Run", "ciak"]

PROGRAM = [sys.executable, "-c", "from ciak.cli.main import run; run()"]


@dataclass(frozen=True)
class Run:
    """What a run of the program gave."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one object on stdout."""
        return json.loads(self.out)


def ciak(*arguments: str | bytes | Path, cwd: Path | None = None, **environment: str) -> Run:
    """Run ``ciak`` with ``arguments``; whatever it says, it never shows a traceback."""
    done = subprocess.run([*PROGRAM, *arguments], cwd=cwd, env={**os.environ, **environment}, capture_output=True,
                          check=False, timeout=120)
    out, err = done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")
    assert "Traceback" not in out + err
    if done.returncode == 2:
        lines = [line for line in err.splitlines() if line.startswith("ciak: ")]
        assert len(lines) == 1, f"not one clear line: {err!r}"
    return Run(done.returncode, out, err)
