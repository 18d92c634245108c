"""One heavy step at a time on the machine; the dead hold nothing."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from ciak.errors import Cancelled, StorageError
from ciak.jobs import heavy

HOLDER = ("import sys; from pathlib import Path; from ciak.jobs import heavy\n"
          "with heavy(Path(sys.argv[1])):\n print('in', flush=True); sys.stdin.read()\n")


def hold(folder: Path) -> subprocess.Popen[str]:
    child = subprocess.Popen([sys.executable, "-c", HOLDER, str(folder)], stdin=subprocess.PIPE,
                             stdout=subprocess.PIPE, text=True)
    assert child.stdout and child.stdout.readline() == "in\n"
    return child


def end(child: subprocess.Popen[str]) -> None:
    assert child.stdin and child.stdout
    child.stdin.close()
    child.stdout.close()
    child.wait(10)


def test_a_second_process_waits_and_says_so(tmp_path: Path) -> None:
    child = hold(tmp_path)
    waited: list[float] = []

    def waiting(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == 3:
            assert child.stdin
            child.stdin.close()

    with heavy(tmp_path, waiting):
        assert len(waited) >= 3 and waited == sorted(waited)
    end(child)


def test_the_killed_hold_nothing(tmp_path: Path) -> None:
    child = hold(tmp_path)
    child.kill()
    child.wait()
    began = time.monotonic()
    with heavy(tmp_path):
        assert time.monotonic() - began < 2
    end(child)


def test_waiting_can_be_cancelled_and_nothing_is_held_after(tmp_path: Path) -> None:
    child = hold(tmp_path)

    def stop(_seconds: float) -> None:
        raise Cancelled("cancelled")

    with pytest.raises(Cancelled), heavy(tmp_path, stop):
        pytest.fail("it was held twice")
    end(child)
    with heavy(tmp_path, stop):
        pass


def test_the_same_thread_enters_again_and_another_waits(tmp_path: Path) -> None:
    inside: list[str] = []

    def other() -> None:
        with heavy(tmp_path):
            inside.append("other")

    with heavy(tmp_path), heavy(tmp_path):
        thread = threading.Thread(target=other)
        thread.start()
        time.sleep(0.4)
        with heavy(tmp_path):
            inside.append("again")
    thread.join(10)
    assert inside == ["again", "other"]


def test_an_error_inside_gives_the_place_back(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="bug"), heavy(tmp_path), heavy(tmp_path):
        raise ValueError("bug")
    end(hold(tmp_path))


def test_where_no_lock_can_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError), heavy(tmp_path / "file" / "below"):
        pytest.fail("held nothing")
