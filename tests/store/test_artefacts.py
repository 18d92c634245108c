"""Artefacts by hash: kept once, verified, moved across disks, damage seen and never cut away (trust R3, R4, R5)."""

from __future__ import annotations

import hashlib
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from tests.store.faults import Point, Say, in_child

from ciak.errors import Hostile, NotFound, StorageError, StoreDamaged
from ciak.store import Artefacts


@pytest.fixture
def store(tmp_path: Path) -> Artefacts:
    return Artefacts(tmp_path / "artefacts")


def put_file(store: Artefacts, data: bytes, suffix: str = ".bin") -> str:
    path = store.temporary(suffix)
    path.write_bytes(data)
    return store.put_file(path, suffix)


def test_an_id_is_hash_and_suffix_and_nothing_is_kept_twice(store: Artefacts) -> None:
    data = b"x" * 3_000_000
    identity = store.put_bytes(data, ".wav")
    assert identity == hashlib.sha256(data).hexdigest() + ".wav"
    assert put_file(store, data, ".wav") == identity
    assert store.path(identity) == store.root / identity[:2] / identity
    assert list(store.ids()) == [identity]
    store.verify(identity)
    with store.open(identity) as stream:
        assert stream.read() == data


def test_making_a_store_makes_no_folder(store: Artefacts) -> None:
    assert list(store.ids()) == [] and store.scrub() == () and store.sweep() == 0
    assert store.collect(set(), dry_run=False).ids == ()
    assert not store.root.exists()


def test_a_file_is_moved(store: Artefacts) -> None:
    path = store.temporary(".bin")
    assert not path.exists() and path.parent.is_dir()
    path.write_bytes(b"data")
    inode = path.stat().st_ino
    identity = store.put_file(path, ".bin")
    assert not path.exists()
    assert store.path(identity).stat().st_ino == inode
    assert not store.path(identity).stat().st_mode & 0o222


def test_a_file_with_a_second_name_is_copied(store: Artefacts, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"data")
    os.link(tmp_path / "a", tmp_path / "b")
    identity = store.put_file(tmp_path / "a")
    (tmp_path / "b").write_bytes(b"changed")
    store.verify(identity)


def test_a_file_of_another_disk_is_copied(store: Artefacts, tmp_path: Path,
                                          monkeypatch: pytest.MonkeyPatch) -> None:
    memory = Path("/dev/shm")
    other = memory / f"ciak-test-{os.getpid()}" if memory.is_dir() else tmp_path / "other"
    real = os.rename

    def rename(source: str, target: str, **named: int) -> None:
        if str(source) == str(other):
            raise OSError(18, "Invalid cross-device link")
        real(source, target, **named)

    monkeypatch.setattr(os, "rename", rename)
    other.write_bytes(b"data" * 700_000)
    try:
        identity = store.put_file(other, ".bin")
        store.verify(identity)
        assert not other.exists()
    finally:
        other.unlink(missing_ok=True)


@pytest.mark.parametrize("identity", ["", "x", "../" * 3 + "etc/passwd", "ab/" + "a" * 64, "A" * 64,
                                      "a" * 64 + ".WAV", "a" * 64 + "/../x", "a" * 63, "a" * 64 + ".wav\n",
                                      "a" * 64 + ".a.b.c", "\x00" * 64, "a" * 64 + "."])
def test_what_is_no_id_is_not_found(store: Artefacts, identity: str) -> None:
    store.put_bytes(b"x")
    assert not store.has(identity)
    for ask in (store.path, store.open, store.verify):
        with pytest.raises(NotFound):
            ask(identity)


@pytest.mark.parametrize("suffix", ["wav", "./x", "/../x", ".WAV", ".a.b.c", ". ", ".x\n", "." + "a" * 13])
def test_suffixes_that_cannot_be(store: Artefacts, suffix: str) -> None:
    with pytest.raises(Hostile):
        store.put_bytes(b"x", suffix)
    with pytest.raises(Hostile):
        store.temporary(suffix)


def test_planted_links_lead_nowhere(store: Artefacts, tmp_path: Path) -> None:
    identity = store.put_bytes(b"data")
    secret = tmp_path / "secret"
    secret.write_bytes(b"data")
    place = store.path(identity)
    place.unlink()
    place.symlink_to(secret)
    with pytest.raises(StoreDamaged):
        store.path(identity)
    assert not store.has(identity)
    assert store.put_bytes(b"data") == identity
    assert not place.is_symlink() and secret.read_bytes() == b"data"
    (store.root / "00").symlink_to(tmp_path)
    assert all("00/" not in damage.file for damage in store.scrub())
    for source in (tmp_path / "link", tmp_path):
        if source.name == "link":
            source.symlink_to(secret)
        with pytest.raises(Hostile):
            store.put_file(source)


def test_a_missing_file_cannot_be_put(store: Artefacts, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        store.put_file(tmp_path / "none")


def test_every_byte_flip_is_seen_and_nothing_is_cut(store: Artefacts) -> None:
    """Trust R5: ten thousand flips over a small and a large artefact, verified by hash."""
    rng = random.Random(7)
    data = {store.put_bytes(rng.randbytes(size), ".bin"): size for size in (1, 300, 40_000)}
    for identity, size in data.items():
        place = store.path(identity)
        place.chmod(0o644)
        whole = place.read_bytes()
        flips = 9_000 if size == 300 else 8 if size == 1 else 992
        with place.open("r+b") as stream:
            for _flip in range(flips):
                where, bit = rng.randrange(size), 1 << rng.randrange(8)
                stream.seek(where)
                stream.write(bytes([whole[where] ^ bit]))
                stream.flush()
                with pytest.raises(StoreDamaged):
                    store.verify(identity)
                stream.seek(where)
                stream.write(whole[where:where + 1])
                stream.flush()
        store.verify(identity)


def test_scrub_reports_and_touches_nothing(store: Artefacts) -> None:
    good, bad, short = (store.put_bytes(data) for data in (b"good", b"bad", b"short"))
    for identity, data in ((bad, b"BAD"), (short, b"sho")):
        store.path(identity).chmod(0o644)
        store.path(identity).write_bytes(data)
    (store.root / good[:2] / "notes.txt").write_text("a stranger's")
    before = {path: path.read_bytes() for path in store.root.rglob("*") if path.is_file()}
    ticks: list[float] = []
    found = {damage.file: damage.kind for damage in store.scrub(ticks.append)}
    assert found == {f"{bad[:2]}/{bad}": "changed", f"{short[:2]}/{short}": "changed",
                     f"{good[:2]}/notes.txt": "stray"}
    assert {path: path.read_bytes() for path in store.root.rglob("*") if path.is_file()} == before
    assert ticks == sorted(ticks) and ticks[-1] == 1.0


def test_putting_the_same_again_mends_what_was_damaged(store: Artefacts) -> None:
    identity = store.put_bytes(b"data")
    store.path(identity).chmod(0o644)
    store.path(identity).write_bytes(b"DATA")
    assert store.put_bytes(b"data") == identity
    store.verify(identity)


def test_collecting_keeps_what_is_named(store: Artefacts) -> None:
    keep, gone = store.put_bytes(b"keep"), store.put_bytes(b"gone!")
    would = store.collect({keep})
    assert would.ids == (gone,) and would.bytes == 5
    assert store.has(gone)
    assert store.collect({keep}, dry_run=False) == would
    assert list(store.ids()) == [keep]


def test_export_copies_out_and_refuses_damage(store: Artefacts, tmp_path: Path) -> None:
    identity = store.put_bytes(b"data")
    store.export(identity, tmp_path / "out" / "file.bin")
    assert (tmp_path / "out" / "file.bin").read_bytes() == b"data"
    (tmp_path / "out" / "file.bin").write_bytes(b"the user's own now")
    store.verify(identity)
    store.path(identity).chmod(0o644)
    store.path(identity).write_bytes(b"DATA")
    with pytest.raises(StorageError):
        store.export(identity, tmp_path / "other.bin")
    assert not (tmp_path / "other.bin").exists()


def test_what_a_dead_process_left_is_swept(store: Artefacts) -> None:
    program = ("import sys; from pathlib import Path; from ciak.store import Artefacts\n"
               f"store = Artefacts(Path({str(store.root)!r}))\n"
               "path = store.temporary('.bin'); path.write_bytes(b'half'); print(path, flush=True)\n"
               "sys.stdin.read()")
    child = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdin and child.stdout
    left = Path(child.stdout.readline().decode().strip())
    mine = store.temporary()
    mine.write_bytes(b"mine")
    assert store.sweep() == 0 and left.exists()
    child.kill()
    child.wait()
    child.stdin.close()
    child.stdout.close()
    assert store.sweep() == 1
    assert not left.exists() and mine.exists()


@pytest.mark.parametrize("number", [28, 5])
@pytest.mark.parametrize("forever", [False, True])
def test_every_failing_call_leaves_a_whole_store(tmp_path: Path, number: int, forever: bool) -> None:
    """Trust R3: the old artefacts stay whole, deletion works on the full disk, the same put succeeds afterwards."""
    at = 0
    while True:
        store = Artefacts(tmp_path / str(at))
        old = store.put_bytes(b"old")

        def work(_say: Say, store: Artefacts = store) -> None:
            store.put_bytes(b"new")
            put_file(store, b"file")

        def after(say: Say, store: Artefacts = store, old: str = old) -> None:
            store.verify(old)
            if store.scrub():
                say("damaged")

        def delete(_say: Say, store: Artefacts = store) -> None:
            store.collect(set(), dry_run=False)

        ended = in_child(work, Point(at, number, forever=forever))
        assert not ended.fault
        assert ended.error is None or (ended.error["error"] == "StorageError" and ended.error["remedy"])
        assert in_child(after) == in_child(lambda _say: None)
        assert in_child(work).error is None
        full = in_child(delete, Point(0, 28, forever=True))
        assert not full.fault and full.error is None and list(store.ids()) == []
        if ended.points <= at:
            break
        at += 3
    assert at > 15
