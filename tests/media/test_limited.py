"""The limited child: same answers, and a parser that goes wild takes only the child with it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.media.clips import ClipPlan, SoundPlan, make_clip, tone

from ciak.errors import BadInput, Damaged, Hostile, TooLarge
from ciak.media import limited, probe, probe_limited

RUN = subprocess.run


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_clip(tmp_path_factory.mktemp("clip") / "c.mp4", ClipPlan(12, sounds=[SoundPlan(tone(24000))]))


def child(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the next children run ``code`` instead of the parser."""
    def run(command: list[str], **options: object) -> object:
        return RUN([sys.executable, "-c", code, *command[3:]], **options)

    monkeypatch.setattr(limited.subprocess, "run", run)


def test_the_same_as_in_process(clip: Path) -> None:
    assert probe_limited(clip) == probe(clip)


def test_a_crash_is_hostile(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    child(f"import os; os.kill(os.getpid(), {int(signal.SIGSEGV)})", monkeypatch)
    with pytest.raises(Hostile, match="crashes the media parser"):
        probe_limited(clip)


def test_too_slow_and_silent(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    child("import time; time.sleep(60)", monkeypatch)
    monkeypatch.setattr(limited, "_GRACE", 0.2)
    with pytest.raises(TooLarge, match="to look at"):
        probe_limited(clip, seconds=0.5)
    child("print('not json')", monkeypatch)
    with pytest.raises(Damaged, match="gave up"):
        probe_limited(clip)


def test_an_answer_cannot_name_any_class(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SystemExit", "annotations", "Cancelled", "__name__"):
        answer = json.dumps({"error": name, "message": "m", "remedy": ""})
        child(f"print({answer!r})", monkeypatch)
        with pytest.raises(BadInput):
            probe_limited(clip)


def test_the_limits_hold_in_the_child() -> None:
    code = """
import json, resource, socket
from ciak.media.child import confine
confine(1 << 30, 9)
told = {"memory": resource.getrlimit(resource.RLIMIT_AS)[0], "cpu": resource.getrlimit(resource.RLIMIT_CPU)[0],
        "core": resource.getrlimit(resource.RLIMIT_CORE)[0], "files": resource.getrlimit(resource.RLIMIT_FSIZE)[0]}
try:
    bytearray(2 << 30)
    told["gigabytes"] = True
except MemoryError:
    told["gigabytes"] = False
with open("/proc/net/dev") as file:
    told["links"] = [line.split(":")[0].strip() for line in file if ":" in line]
print(json.dumps(told))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    told = json.loads(done.stdout)
    assert told["memory"] == 1 << 30 and told["cpu"] == 9 and told["core"] == 0 and told["files"] == 0
    assert told["gigabytes"] is False


def test_it_leaves_the_network_where_the_system_allows() -> None:
    leave = "import ctypes, sys; sys.exit(ctypes.CDLL(None).unshare(0x50000000))"
    allowed = subprocess.run([sys.executable, "-c", leave], check=False).returncode == 0
    code = ("from ciak.media.child import confine; confine(1 << 31, 9); import socket\n"
            "s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
            "s.connect(('192.0.2.1', 9))")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    if allowed:
        assert "Network is unreachable" in done.stderr


def test_a_name_of_raw_bytes_reaches_the_child(clip: Path, tmp_path: Path) -> None:
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\xfe.mp4"))
    odd.write_bytes(clip.read_bytes())
    with_child = without = None
    try:
        without = probe(odd)
        with_child = probe_limited(odd)
    except BadInput as error:
        str(error).encode()
    assert with_child == without
