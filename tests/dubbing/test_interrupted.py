"""A run that is stopped, politely or not, leaves a whole film and goes on where it was."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from tests.dubbing.journeys import talking_clip

from ciak.config import TASKS

CIAK = (sys.executable, "-c", "from ciak.cli.main import run; run()")
FAKES = {f"CIAK_BACKEND_{task.upper()}": "fake" for task in TASKS}


def start(clip: Path, out: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*CIAK, "dub", str(clip), "--to", "it", "--out", str(out)],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env={**os.environ, **FAKES})


def until(process: subprocess.Popen[str], word: str) -> None:
    """Read its progress until a line says ``word``."""
    assert process.stderr is not None
    for line in process.stderr:
        if word in line:
            return
    raise AssertionError(f"it ended before {word!r}")


def made(out: Path) -> Counter[str]:
    """How often each step was made, by its key."""
    lines = (out / "night.film" / "history.jsonl").read_text(encoding="utf-8").splitlines()
    return Counter(key for line in lines if (key := json.loads(line).get("key")))


@pytest.mark.parametrize("moment", ["separating", "transcribing", "speaking", "writing"])
def test_killed_at_any_step_it_resumes_at_what_it_had_finished(moment: str, tmp_path: Path) -> None:
    clip, out = talking_clip(tmp_path / "night.mp4"), tmp_path / "out"
    process = start(clip, out)
    until(process, moment)
    process.kill()
    process.wait(10)
    time.sleep(0.5)
    again = subprocess.run(
        [*CIAK, "dub", str(clip), "--to", "it", "--out", str(out), "--json"], capture_output=True, text=True,
        env={**os.environ, **FAKES}, check=False, timeout=120)
    assert again.returncode == 0, again.stderr
    assert set(made(out).values()) == {1}, "nothing was made twice"
    report = json.loads(again.stdout)
    assert report["summary"]["spoken"] == 3
    assert all((out / path).is_file() for path in report["files"].values())


def test_ctrl_c_ends_with_130_and_one_line(tmp_path: Path) -> None:
    clip, out = talking_clip(tmp_path / "night.mp4"), tmp_path / "out"
    process = start(clip, out)
    until(process, "separating")
    process.send_signal(signal.SIGINT)
    assert process.stderr is not None
    rest = process.stderr.read()
    assert process.wait(30) == 130
    assert "Traceback" not in rest
    assert rest.strip().splitlines()[-1].startswith("ciak: ")
    done = subprocess.run(
        [*CIAK, "jobs", str(out / "night.film"), "--json"],
        capture_output=True, text=True, check=False, timeout=60)
    assert json.loads(done.stdout)["jobs"][-1]["state"] == "cancelled"
