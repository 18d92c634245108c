"""Killed at a call (trust R4): a slice of the benchmark, and proof that the harness can find a careless writer."""

from __future__ import annotations

import os
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


def test_killed_while_a_damaged_index_is_put_aside(tmp_path: Path) -> None:
    """The damaged bytes survive under some name, and nothing of them leaks into the new index."""
    at = 0
    while True:
        folder = tmp_path / str(at)

        def fill(_say: Say, folder: Path = folder) -> None:
            with Index(folder / "index.sqlite") as index:
                for number in range(30):
                    index.remember(str(number), {"out": "old" * 40})

        def damage(folder: Path = folder) -> bytes:
            data = bytearray((folder / "index.sqlite").read_bytes())
            data[4096:8000] = b"\xff" * 3904
            (folder / "index.sqlite").write_bytes(data)
            (folder / "index.sqlite-wal").write_bytes(b"\xff" * 5000)
            return bytes(data)

        def reopen(say: Say, folder: Path = folder) -> None:
            with Index(folder / "index.sqlite") as index:
                say([len(index.entries()), index.integrity()])
                index.remember("new", {})

        in_child(fill)
        damaged = damage()
        ended = in_child(reopen, Point(at, "kill"))
        after = in_child(reopen)
        assert not after.fault and after.error is None, after
        assert after.said[0][1] == [] and after.said[0][0] in (0, 1)
        assert any(path.read_bytes() == damaged for path in folder.iterdir())
        if not ended.killed:
            break
        at += 6
    assert at > 12
