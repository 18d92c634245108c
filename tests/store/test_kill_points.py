"""Killed at a call (trust R4): a slice of the benchmark, and proof that the harness can find a careless writer."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from benchmarks import kill_points
from tests.store.faults import Point, Say, in_child

from ciak.store import Index


@pytest.mark.parametrize("journal", ["wal", "delete"])
@pytest.mark.parametrize("strike", ["kill", "tear"])
def test_nothing_acknowledged_is_lost(journal: str, strike: str) -> None:
    outcome = kill_points.run(2, journal, strike, step=9, first={"kill": 1, "tear": 4}[strike])
    assert outcome["unrecoverable"] == 0, outcome["first"]
    assert int(str(outcome["points"])) >= 5


def test_the_harness_finds_a_careless_writer(monkeypatch: pytest.MonkeyPatch) -> None:
    def careless(path: Path, data: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.write(descriptor, data)
        os.close(descriptor)

    monkeypatch.setattr(kill_points, "commit_bytes", careless)
    assert kill_points.run(1, "wal", "tear", first=24)["unrecoverable"]


def strange(folder: Path) -> dict[str, bytes]:
    """A stranger's database with all it holds still in its write-ahead log; the files' bytes."""
    def make(_say: Say) -> None:
        connection = sqlite3.connect(folder / "index.sqlite")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE strange (x)")
        connection.commit()
        os._exit(0)

    folder.mkdir()
    in_child(make)
    return {side: (folder / f"index.sqlite{side}").read_bytes() for side in ("", "-wal")}


def broken(folder: Path) -> dict[str, bytes]:
    """An index of ours with one page destroyed; the files' bytes."""
    def make(_say: Say) -> None:
        with Index(folder / "index.sqlite") as index:
            for number in range(30):
                index.remember(str(number), {"out": "old" * 40})

    in_child(make)
    data = bytearray((folder / "index.sqlite").read_bytes())
    data[4096:8000] = b"\xff" * 3904
    (folder / "index.sqlite").write_bytes(data)
    return {"": bytes(data)}


@pytest.mark.parametrize("make", [strange, broken])
def test_killed_while_a_damaged_index_is_put_aside(tmp_path: Path, make: Callable[[Path], dict[str, bytes]]) -> None:
    """Its bytes survive under some name, and nothing of them, nor of its log, leaks into the new index."""
    at = 0
    while True:
        folder = tmp_path / str(at)

        def reopen(say: Say, folder: Path = folder) -> None:
            with Index(folder / "index.sqlite") as index:
                say([len(index.entries()), index.integrity()])
                index.remember("new", {})

        damaged = make(folder)
        ended = in_child(reopen, Point(at, "kill"))
        after = in_child(reopen)
        assert not after.fault and after.error is None, after
        assert after.said[0][1] == [] and after.said[0][0] in (0, 1)
        kept = [path.read_bytes() for path in folder.iterdir() if path.name != "index.sqlite"]
        if make is broken:
            assert damaged[""] in kept
        else:
            assert any(b"TABLE strange" in data and b"TABLE steps" not in data for data in kept)
        if not ended.killed:
            break
        at += 5
    assert at > 12
