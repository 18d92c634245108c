"""The commit helper: old or new, never between; every failure of the disk one at a time (trust R3, R4, R7)."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ciak.errors import Cancelled, StorageError
from ciak.store import commit_all, commit_bytes, commit_file, sweep

OLD, NEW = b"old " * 100, b"new " * 5000
CALLS = ("open", "write", "fsync", "rename", "mkdir", "fchmod", "pread")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


class Failing:
    """Fails the n-th call among ``calls``, once or from then on; counts them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, calls: tuple[str, ...], at: int, number: int, *,
                 forever: bool = False) -> None:
        self.count, self.at, self.number, self.forever = 0, at, number, forever
        for name in calls:
            monkeypatch.setattr(os, name, self._wrapped(getattr(os, name)))

    def _wrapped(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            self.count += 1
            if self.count == self.at or (self.forever and self.count > self.at):
                raise OSError(self.number, os.strerror(self.number))
            return real(*arguments, **named)
        return call


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=300_000))
def test_what_is_committed_is_what_is_read(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    target = tmp_path_factory.mktemp("commit") / "deep" / "er" / "file.bin"
    commit_bytes(target, data)
    commit_bytes(target, data)
    assert target.read_bytes() == data
    assert names(target.parent) == ["file.bin"]


def test_a_writer_may_seek_and_close(tmp_path: Path) -> None:
    def write(stream: BinaryIO) -> None:
        stream.write(b"....tail")
        stream.seek(0)
        stream.write(b"head")
        stream.seek(2)
        assert stream.read(2) == b"ad"

    def closing(stream: BinaryIO) -> None:
        stream.write(b"closed")
        stream.close()

    commit_file(tmp_path / "a", write)
    commit_file(tmp_path / "b", closing)
    assert (tmp_path / "a").read_bytes() == b"headtail"
    assert (tmp_path / "b").read_bytes() == b"closed"


def test_permissions_of_the_old_file_are_kept(tmp_path: Path) -> None:
    target = tmp_path / "file"
    commit_bytes(target, OLD)
    target.chmod(0o600)
    commit_bytes(target, NEW)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_a_link_is_replaced_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_bytes(OLD)
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "file").symlink_to(outside)
    commit_bytes(tmp_path / "in" / "file", NEW)
    assert outside.read_bytes() == OLD
    assert (tmp_path / "in" / "file").read_bytes() == NEW


@pytest.mark.parametrize("raised", [ValueError("bug"), Cancelled("cancelled"), KeyboardInterrupt()])
def test_what_the_writer_raises_leaves_nothing(tmp_path: Path, raised: BaseException) -> None:
    target = tmp_path / "file"
    commit_bytes(target, OLD)

    def write(stream: BinaryIO) -> None:
        stream.write(NEW)
        raise raised

    with pytest.raises(type(raised)):
        commit_file(target, write)
    assert target.read_bytes() == OLD
    assert names(tmp_path) == ["file"]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EROFS, errno.EACCES, errno.EDQUOT])
@pytest.mark.parametrize("forever", [False, True])
def test_every_failing_call_leaves_old_or_new(tmp_path: Path, number: int, forever: bool) -> None:
    at = 0
    while True:
        at += 1
        folder = tmp_path / str(at)
        target = folder / "sub" / "file"
        if at % 2:
            commit_bytes(target, OLD)
        with pytest.MonkeyPatch.context() as patch:
            failing = Failing(patch, CALLS, at, number, forever=forever)
            try:
                commit_bytes(target, NEW)
                failed = None
            except StorageError as error:
                failed = error
        held = target.read_bytes() if target.exists() else b""
        assert held in (NEW, OLD if at % 2 else b"")
        if failed is None:
            assert held == NEW
        else:
            assert failed.remedy and "\n" not in str(failed)
        if target.parent.exists():
            assert set(names(target.parent)) <= {"file"}
        if failing.count < at:
            break
    assert at > 8


def test_the_remedies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number, words in ((errno.ENOSPC, "free 3 MB"), (errno.EROFS, "--out"), (errno.EACCES, "permissions"),
                          (errno.EIO, "check the disk")):
        with monkeypatch.context() as patch:
            Failing(patch, ("write",), 1, number)
            with pytest.raises(StorageError, match=r"film\.srt") as caught:
                commit_bytes(tmp_path / "film.srt", b"x" * 2_500_000)
        assert words in caught.value.remedy
        assert names(tmp_path) == []


def test_a_failed_fsync_is_written_again_from_the_source_once(tmp_path: Path,
                                                              monkeypatch: pytest.MonkeyPatch) -> None:
    written = []

    def write(stream: BinaryIO) -> None:
        written.append(len(written))
        stream.write(NEW)

    Failing(monkeypatch, ("fsync",), 1, errno.EIO)
    commit_file(tmp_path / "file", write)
    assert written == [0, 1]
    assert (tmp_path / "file").read_bytes() == NEW
    assert names(tmp_path) == ["file"]


def test_two_failed_fsyncs_are_fatal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit_bytes(tmp_path / "file", OLD)
    Failing(monkeypatch, ("fsync",), 1, errno.EIO, forever=True)
    with pytest.raises(StorageError):
        commit_bytes(tmp_path / "file", NEW)
    assert (tmp_path / "file").read_bytes() == OLD
    assert names(tmp_path) == ["file"]


def test_a_disk_that_lies_is_found_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.pread

    def pread(descriptor: int, count: int, position: int) -> bytes:
        data = real(descriptor, count, position)
        return bytes([data[0] ^ 1]) + data[1:] if data else data

    commit_bytes(tmp_path / "file", OLD)
    monkeypatch.setattr(os, "pread", pread)
    with pytest.raises(StorageError):
        commit_bytes(tmp_path / "file", NEW)
    monkeypatch.undo()
    assert (tmp_path / "file").read_bytes() == OLD


def test_a_folder_that_cannot_be_synced_is_let_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.fsync

    def fsync(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "not here")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    commit_bytes(tmp_path / "new" / "file", NEW)
    assert (tmp_path / "new" / "file").read_bytes() == NEW


def test_a_folder_in_the_way_and_a_file_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    commit_bytes(tmp_path / "file", OLD)
    for target in (tmp_path / "folder", tmp_path / "file" / "below"):
        with pytest.raises(StorageError):
            commit_bytes(target, NEW)
    assert names(tmp_path) == ["file", "folder"]


def test_sweeping_takes_the_dead_and_leaves_the_living(tmp_path: Path) -> None:
    program = ("import os, sys; from pathlib import Path; from ciak.store import commit_file\n"
               "def write(s):\n s.write(b'half'); s.flush(); print('in', flush=True); sys.stdin.read()\n"
               f"commit_file(Path({str(tmp_path / 'file')!r}), write)")
    child = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdin and child.stdout
    child.stdout.readline()
    (tmp_path / ".ciak-mine.part").write_bytes(b"not a name of ours")
    assert sweep(tmp_path) == 0
    child.kill()
    child.wait()
    child.stdin.close()
    child.stdout.close()
    assert len(names(tmp_path)) == 2
    assert sweep(tmp_path) == 1
    assert names(tmp_path) == [".ciak-mine.part"]
    assert sweep(tmp_path / "missing") == 0


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO])
@pytest.mark.parametrize("call", CALLS)
def test_several_files_are_all_new_or_as_they_were(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str,
                                                   number: int) -> None:
    one, two = tmp_path / "one", tmp_path / "deep" / "two"
    for at in range(1, 30):
        commit_all({one: OLD, two: OLD})
        two.chmod(0o600)
        with monkeypatch.context() as patched:
            failing = Failing(patched, (call,), at, number)
            try:
                commit_all({one: NEW, two: NEW})
                failed = False
            except StorageError:
                failed = True
        held = one.read_bytes(), two.read_bytes()
        if failed:
            assert held == (OLD, OLD) or (call == "rename" and at == 2 and held == (NEW, OLD))
        else:
            assert held == (NEW, NEW) and stat.S_IMODE(two.stat().st_mode) == 0o600
        assert names(tmp_path) == ["deep", "one"] and names(tmp_path / "deep") == ["two"]
        if failing.count < at:
            break
    assert at > {"mkdir": 0, "fchmod": 1}.get(call, 2)


def test_many_writers_at_once_leave_one_whole_file(tmp_path: Path) -> None:
    versions = [bytes([65 + number]) * 50_000 for number in range(8)]

    def write(data: bytes) -> None:
        for _time in range(5):
            commit_bytes(tmp_path / "file", data)
            sweep(tmp_path)

    with ThreadPoolExecutor(len(versions)) as pool:
        assert list(pool.map(write, versions)) == [None] * len(versions)
    assert (tmp_path / "file").read_bytes() in versions
    assert names(tmp_path) == ["file"]
