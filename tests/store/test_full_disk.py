"""A full disk (trust R3): a small one is mounted where that is allowed, else the refusal is injected."""

from __future__ import annotations

import errno
import os
import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from tests.store.faults import Point, Say, in_child

from ciak.errors import StorageError
from ciak.store import Artefacts, Index, SqliteJournal, commit_bytes
from ciak.store.records import Consent, Records


@pytest.fixture
def small(tmp_path: Path) -> Iterator[tuple[Path, bool]]:
    """A folder, and whether it is a disk of one megabyte."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    mounted = os.geteuid() == 0 and subprocess.run(mount, capture_output=True, check=False).returncode == 0
    yield folder, mounted
    if mounted:
        subprocess.run(["umount", str(folder)], check=True)


def fill(folder: Path) -> None:
    """Leave not a byte."""
    with (folder / "filler").open("wb", buffering=0) as stream:
        for size in (65536, 4096, 1):
            try:
                while True:
                    stream.write(b"\0" * size)
            except OSError as error:
                assert error.errno == errno.ENOSPC
    for number in range(4):
        try:
            (folder / f"filler-{number}").write_bytes(b"\0")
        except OSError:
            break


def test_records_on_a_full_disk_can_be_read_and_say_what_is_wrong(small: tuple[Path, bool]) -> None:
    folder, mounted = small
    records = Records.of(folder)
    kept = records.add(Consent(performer="Ada", scope="voice", since=date(2026, 1, 1), proof="folder 7"))
    if not mounted:
        return
    fill(folder)
    assert records.consents() == (kept,)
    with pytest.raises(StorageError, match=r"free 1 MB|room"):
        records.add(Consent(performer="Bob", scope="voice", since=date(2026, 1, 1), proof="x" * 1000))
    assert Records.of(folder).consents() == (kept,)
    (folder / "filler").unlink()
    assert records.erase("ada").rows == 1


def test_a_full_disk_loses_nothing_and_can_be_emptied(small: tuple[Path, bool]) -> None:
    folder, mounted = small
    store = Artefacts(folder / "artefacts")
    kept, gone = store.put_bytes(b"kept" * 1000), store.put_bytes(b"gone" * 50_000)
    commit_bytes(folder / "sheet.json", b"old")

    def begin(_say: Say) -> None:
        with Index(folder / "index.sqlite") as index:
            index.remember("step", {"out": kept})
            SqliteJournal(index).add({"id": "job", "state": "done"})

    def look(say: Say) -> None:
        with Index(folder / "index.sqlite") as index:
            say([index.recall("step", store), SqliteJournal(index).get("job"), index.integrity()])

    def write(say: Say) -> None:
        for attempt in (lambda: store.put_bytes(b"new" * 100_000), lambda: remember(folder),
                        lambda: commit_bytes(folder / "sheet.json", b"new" * 100_000)):
            try:
                attempt()
            except StorageError as error:
                say(error.remedy)

    def remember(folder: Path) -> None:
        with Index(folder / "index.sqlite") as index:
            for number in range(2000):
                index.remember(f"{number}", {"out": "x" * 1000})

    in_child(begin)
    if mounted:
        fill(folder)
    full = None if mounted else Point(0, errno.ENOSPC, forever=True)
    refused = in_child(write, full)
    assert not refused.fault and len(refused.said) == 3
    assert all("free" in remedy or "room" in remedy for remedy in refused.said)
    seen = in_child(look, None if mounted else Point(0, errno.ENOSPC, forever=True))
    assert not seen.fault and seen.error is None, seen
    assert seen.said == [[{"out": kept}, {"id": "job", "state": "done", "sequence": 1}, []]]
    assert (folder / "sheet.json").read_bytes() == b"old"
    assert sorted(store.ids()) == sorted([kept, gone])
    store.verify(kept)

    assert store.collect({kept}, dry_run=False).ids == (gone,)
    if mounted:
        assert os.statvfs(folder).f_bavail > 0
    commit_bytes(folder / "sheet.json", b"new")
    again = in_child(lambda say: (begin(say), look(say))[0])
    assert again.error is None or "UNIQUE" in str(again.error)
    assert in_child(look).said[0][2] == []
