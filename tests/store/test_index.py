"""The film's index: recalled or made again, never wrong; damaged, newer, strange, full, forked (trust R1-R5)."""

from __future__ import annotations

import errno
import random
import sqlite3
import threading
from pathlib import Path

import apsw
import pytest
from tests.store.faults import Point, Say, in_child

from ciak.errors import CiakError, NewerSchema, StorageError, StoreDamaged
from ciak.store import Artefacts, Index, SqliteJournal, database
from ciak.store.aside import put_aside
from ciak.store.filesystem import is_local


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "film" / ".ciak" / "index.sqlite"


def filled(path: Path, steps: int = 40) -> None:
    with Index(path) as index:
        for number in range(steps):
            index.remember(f"step {number}", {"out": f"{number:064x}.wav"})
        journal = SqliteJournal(index)
        for number in range(steps // 4):
            journal.add({"id": f"{number:016x}", "state": "done", "verb": "dub", "arguments": {"to": "it"}})


def test_the_engine_is_above_the_floor() -> None:
    """Trust R1."""
    assert tuple(int(part) for part in apsw.sqlite_lib_version().split(".")) >= database.ENGINE_FLOOR == (3, 51, 3)


def test_an_engine_below_the_floor_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apsw, "sqlite_lib_version", lambda: "3.51.2")
    with pytest.raises(StorageError, match="apsw"):
        Index(path)
    assert not path.exists()


def test_what_is_remembered_is_recalled_in_order(path: Path) -> None:
    with Index(path) as index:
        assert index.recall("a") is None
        index.remember("b", {"x": "1"})
        index.remember("a", {"y": "2"})
        index.remember("b", {"x": "3"})
    with Index(path) as index:
        assert index.recall("b") == {"x": "3"}
        assert index.entries() == [("a", {"y": "2"}), ("b", {"x": "3"})]
        assert index.forget("a") and not index.forget("a")
        assert index.recall("a") is None
        assert index.integrity() == []
        assert not index.rebuilt and not index.read_only


def test_outputs_that_are_not_there_any_more_are_not_recalled(path: Path, tmp_path: Path) -> None:
    store = Artefacts(tmp_path / "store")
    with Index(path) as index:
        outputs = {"a": store.put_bytes(b"a"), "b": store.put_bytes(b"b")}
        index.remember("key", outputs)
        assert index.recall("key", store) == outputs
        store.collect({outputs["a"]}, dry_run=False)
        assert index.recall("key", store) is None
        assert index.recall("key") == outputs


def test_local_disks_get_the_log_and_others_do_not(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trust R2."""
    assert is_local(path.parent.parent.parent)
    with Index(path) as index, index.reading() as connection:
        assert connection.execute("PRAGMA journal_mode").fetchall() == [("wal",)]
    monkeypatch.setattr(database, "is_local", lambda _path: False)
    with Index(path) as index, index.reading() as connection:
        assert connection.execute("PRAGMA journal_mode").fetchall() == [("delete",)]
        index.remember("k", {})
    assert sorted(entry.name for entry in path.parent.iterdir()) == ["index.sqlite", "index.sqlite-open"]


def test_unknown_file_systems_are_not_local() -> None:
    assert not is_local(Path("/proc")) and not is_local(Path("/sys"))
    assert not is_local(Path("/no/such/folder"))


def test_an_open_index_refuses_to_cross_a_fork(path: Path) -> None:
    """Trust R2."""
    with Index(path) as index:
        index.remember("k", {"a": "b"})
        ended = in_child(lambda _say: index.remember("child", {}))
        assert ended.error is not None and "fork" in str(ended.error["message"])
        assert in_child(lambda say: say(index.close())).said == [None]
        assert index.recall("k") == {"a": "b"}
        assert index.recall("child") is None


def test_two_processes_and_eight_threads_write_at_once(path: Path) -> None:
    def write(say: Say) -> None:
        with Index(path) as index:
            for number in range(40):
                index.remember(f"child {number}", {})
            say(len(index.entries()))

    def here() -> None:
        with Index(path) as index:
            threads = [threading.Thread(target=lambda name=name: [index.remember(f"{name} {number}", {})
                                                                  for number in range(10)]) for name in range(8)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()

    reader = threading.Thread(target=here)
    outcome: list[object] = []
    child = threading.Thread(target=lambda: outcome.append(in_child(write)))
    child.start()
    reader.start()
    child.join()
    reader.join()
    with Index(path) as index:
        assert len(index.entries()) == 120 and index.integrity() == []


def test_it_can_be_deleted_and_begun_anew(path: Path) -> None:
    filled(path)
    for left in path.parent.iterdir():
        left.unlink()
    with Index(path) as index:
        assert index.entries() == [] and not index.rebuilt


@pytest.mark.parametrize("junk", [b"junk" * 5000, b"SQLite format 3\x00" + b"\xff" * 8000, b"x"])
def test_a_damaged_one_is_put_aside_whole_and_begun_anew(path: Path, junk: bytes) -> None:
    filled(path)
    path.write_bytes(junk)
    with Index(path) as index:
        assert index.rebuilt and index.set_aside == path.with_name("index.sqlite.damaged-1")
        assert index.entries() == []
        index.remember("k", {"a": "b"})
    assert index.set_aside.read_bytes() == junk
    with Index(path) as index:
        assert not index.rebuilt and index.recall("k") == {"a": "b"}
    path.write_bytes(junk)
    with Index(path) as index:
        assert index.set_aside == path.with_name("index.sqlite.damaged-2")


def test_a_strangers_triggers_and_tables_are_not_ours(path: Path) -> None:
    filled(path)
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TRIGGER evil AFTER INSERT ON steps BEGIN DELETE FROM jobs; END")
    connection.close()
    with Index(path) as index:
        assert index.rebuilt


def test_a_newer_one_is_refused_and_kept(path: Path) -> None:
    filled(path)
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(NewerSchema):
        Index(path)
    assert path.read_bytes() == before


def test_a_link_in_its_place_is_not_followed(path: Path, tmp_path: Path) -> None:
    filled(tmp_path / "outside" / "index.sqlite")
    before = (tmp_path / "outside" / "index.sqlite").read_bytes()
    path.parent.mkdir(parents=True)
    path.symlink_to(tmp_path / "outside" / "index.sqlite")
    with pytest.raises(StorageError):
        Index(path)
    assert (tmp_path / "outside" / "index.sqlite").read_bytes() == before


def test_byte_flips_are_seen_or_harmless(path: Path) -> None:
    """Trust R5: whatever byte is flipped, what is recalled is what was remembered, or nothing."""
    filled(path)
    whole = path.read_bytes()
    truth = {f"step {number}": {"out": f"{number:064x}.wav"} for number in range(40)}
    rng = random.Random(7)
    rebuilt = lost = 0
    for _flip in range(400):
        where, bit = rng.randrange(len(whole)), 1 << rng.randrange(8)
        for left in path.parent.iterdir():
            left.unlink()
        path.write_bytes(whole[:where] + bytes([whole[where] ^ bit]) + whole[where + 1:])
        try:
            with Index(path) as index:
                rebuilt += index.rebuilt
                held = dict(index.entries())
                assert all(truth.get(key) == outputs for key, outputs in held.items())
                for key, outputs in truth.items():
                    assert index.recall(key) in (outputs, None)
                jobs = SqliteJournal(index).entries()
                assert all(job["verb"] == "dub" and job["arguments"] == {"to": "it"} for job in jobs)
                lost += len(held) < 40 and not index.rebuilt
                if not index.rebuilt and len(held) < 40:
                    assert index.integrity()
        except (NewerSchema, StoreDamaged):
            rebuilt += 1
    assert rebuilt > 10 and lost > 10


def test_the_disk_fails_at_each_call_and_the_index_opens_after(tmp_path: Path) -> None:
    """Trust R3: ENOSPC and EIO, once and for good, at every changing call of a life of an index."""
    for number in (errno.ENOSPC, errno.EIO):
        for forever in (False, True):
            at = reached = 0
            while True:
                path = tmp_path / f"{number}{forever}{at}" / "index.sqlite"

                def work(say: Say, path: Path = path) -> None:
                    with Index(path) as index:
                        for key in range(3):
                            index.remember(str(key), {})
                            say(key)

                def after(say: Say, path: Path = path) -> None:
                    with Index(path) as index:
                        if index.rebuilt or index.integrity():
                            say("broken")
                        for key, _outputs in index.entries():
                            say(int(key))

                ended = in_child(work, Point(at, number, forever=forever))
                assert not ended.fault, ended.fault
                assert ended.error is None or ended.error["remedy"]
                held = in_child(after)
                assert not held.fault and held.error is None, (at, held)
                assert held.said[:len(ended.said)] == ended.said and "broken" not in held.said, (at, held, ended)
                reached += ended.error is not None
                if ended.points <= at:
                    break
                at += 7
            assert reached >= 4


@pytest.mark.parametrize("local", [True, False])
def test_on_a_full_disk_the_old_state_opens(path: Path, local: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trust R3: no byte can be written, and what is known can still be asked."""
    monkeypatch.setattr(database, "is_local", lambda _path: local)
    filled(path)

    def ask(say: Say) -> None:
        with Index(path) as index:
            say(len(index.entries()))
            index.remember("new", {})
            say("remembered")

    ended = in_child(ask, Point(0, errno.ENOSPC, forever=True))
    assert not ended.fault
    assert ended.said == [40] and ended.error is not None
    assert "room" in str(ended.error["remedy"]) or "free" in str(ended.error["remedy"])


def test_a_read_only_folder_can_still_be_asked(path: Path) -> None:
    filled(path)
    for left in ("index.sqlite-open",):
        path.with_name(left).unlink(missing_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        real = database._connection

        def refuse(place: Path, way: str) -> apsw.Connection:
            if way == "shared":
                raise apsw.ReadOnlyError("attempt to write a readonly database")
            return real(place, way)

        patch.setattr(database, "_connection", refuse)
        with Index(path) as index:
            assert index.read_only
            assert index.recall("step 3") == {"out": f"{3:064x}.wav"}
            with pytest.raises(StorageError, match="free 1 MB"):
                index.remember("k", {})


def test_errors_are_one_line_with_a_remedy(path: Path) -> None:
    with Index(path) as index:
        index.close()
        with pytest.raises(CiakError) as caught:
            index.recall("k")
        assert caught.value.remedy and "\n" not in str(caught.value)


def test_what_is_put_aside_takes_its_log_along(tmp_path: Path) -> None:
    """A log left beside a new database would be replayed into it."""
    sides = ("", "-wal", "-shm", "-journal")
    for side in sides:
        (tmp_path / f"i.sqlite{side}").write_text(side)
    assert put_aside(tmp_path / "i.sqlite") == tmp_path / "i.sqlite.damaged-1"
    assert {entry.name: entry.read_text() for entry in tmp_path.iterdir()} == {
        f"i.sqlite.damaged-1{side}": side for side in sides}
