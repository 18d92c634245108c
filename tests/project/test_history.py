"""history.jsonl: append-only, damage is seen and stepped over, clocks do not order it."""

from __future__ import annotations

import errno
import os
import random
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ciak.errors import Hostile, StorageError
from ciak.project import Entry, Film, check_film
from ciak.project import history as module
from ciak.project.history import Follower, History


def entry(what: str) -> Entry:
    return Entry(kind="step", what=what, who="ciak", key="0" * 64, seed=7, settings={"a": [1, 2.5, None, "é"]},
                 models={"m": "ab" * 32}, outputs={"o": "x"})


@pytest.fixture
def film(tmp_path: Path) -> Film:
    film = Film.create(tmp_path / "film", "T")
    for number in range(5):
        film.record(entry(f"step {number}"))
    return film


def test_entries_read_back_in_order(film: Film) -> None:
    found = list(film.history.entries())
    assert [one.sequence for one in found] == [1, 2, 3, 4, 5]
    assert found[2].model_copy(update={"sequence": 0, "when": ""}) == entry("step 2")
    assert datetime.fromisoformat(found[0].when).tzinfo is UTC


def test_a_history_that_is_not_there_is_empty(tmp_path: Path) -> None:
    assert list(History(tmp_path / "none").entries()) == []


@pytest.mark.parametrize("lost", [1, 2, 30, 200])
def test_a_torn_line_is_kept_told_and_written_after(film: Film, lost: int) -> None:
    path = film.history.path
    data = path.read_bytes()[:-lost]
    path.write_bytes(data)
    again = Film.open(film.path)
    if lost > 1:
        assert [(one.file, one.line, one.code) for one in check_film(film.path)] == [
            ("history.jsonl", 5, "history-damaged")]
    assert again.record(entry("next")).sequence == (6 if lost == 1 else 5)
    assert path.read_bytes().startswith(data + b"\n")
    assert [one.what for one in again.history.entries()][-1] == "next"
    assert [one.code for one in check_film(film.path)] == ([] if lost == 1 else ["history-damaged"])


def test_every_flipped_byte_is_seen_or_harmless(film: Film) -> None:
    path = film.history.path
    whole = path.read_bytes()
    before = [one.model_dump() for one in film.history.entries()]
    chance = random.Random(5)
    for _ in range(1500):
        place = chance.randrange(len(whole))
        changed = bytearray(whole)
        changed[place] ^= 1 << chance.randrange(8)
        path.write_bytes(changed)
        lines = list(History(path).lines())
        good = [line.entry.model_dump() for line in lines if line.entry is not None]
        assert all(one in before for one in good), f"byte {place} changed an entry unseen"
        assert len(good) == 5 or any(line.fault for line in lines)


def test_a_missing_line_is_told(film: Film) -> None:
    lines = film.history.path.read_bytes().splitlines(keepends=True)
    film.history.path.write_bytes(b"".join(lines[:2] + lines[3:]))
    assert [(one.line, one.code) for one in check_film(film.path)] == [(3, "history-gap")]


@pytest.mark.parametrize("days", [-365, 365])
def test_a_clock_that_jumps_a_year_changes_no_order(film: Film, monkeypatch: pytest.MonkeyPatch, days: int) -> None:
    class Bent(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return datetime.now(UTC) + timedelta(days=days)

    monkeypatch.setattr(module, "datetime", Bent)
    monkeypatch.setattr(time, "time", lambda: 0.0)
    film.record(entry("bent"))
    monkeypatch.undo()
    film.record(entry("straight"))
    assert [one.what for one in film.history.entries()][-2:] == ["bent", "straight"]
    assert [one.sequence for one in film.history.entries()] == list(range(1, 8))
    assert check_film(film.path) == []


def test_two_films_objects_count_on_from_each_other(film: Film) -> None:
    other = Film.open(film.path)
    assert [one.record(entry("x")).sequence for one in (film, other, film, other)] == [6, 7, 8, 9]


@pytest.mark.parametrize("name", ["write", "fsync"])
def test_a_failing_disk_leaves_it_as_it_was(film: Film, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    before = film.history.path.read_bytes()
    real = os.write
    asked = [0]

    def half(descriptor: int, data: bytes) -> int:
        asked[0] += 1
        if asked[0] == 1:
            return real(descriptor, data[:50])
        raise OSError(errno.ENOSPC, "No space left on device")

    def broken(_descriptor: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patch, film.lock():
        patch.setattr(os, name, half if name == "write" else broken)
        with pytest.raises(StorageError):
            film.history.append(entry("lost"))
    assert film.history.path.read_bytes() == before
    assert film.record(entry("kept")).sequence == 6


def test_a_link_is_not_a_history(film: Film, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_text("")
    film.history.path.unlink()
    film.history.path.symlink_to(outside)
    with pytest.raises(Hostile):
        list(film.history.lines())
    with pytest.raises((StorageError, Hostile)):
        film.record(entry("x"))
    assert outside.read_text() == ""


def test_a_line_without_end_takes_no_memory(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    with path.open("wb") as file:
        file.truncate(40 * 2**20)
    lines = list(History(path).lines())
    assert [line.fault[:6] for line in lines] == ["longer"]


def test_a_follower_is_given_each_entry_once_and_where_its_line_begins(film: Film) -> None:
    follower, forgotten = Follower(), []

    def told() -> list[str]:
        found = list(follower.news(film.history, lambda: forgotten.append(True)))
        assert [next(film.history.lines(at)).entry for at, _ in found] == [one for _, one in found]
        return [one.what for _, one in found]

    assert told() == [f"step {number}" for number in range(5)] and told() == []
    film.record(entry("next"))
    assert told() == ["next"] and follower.last == 6
    path = film.history.path
    whole = path.read_bytes()
    path.write_bytes(whole + whole.splitlines(keepends=True)[0][:-9])
    assert told() == [], "somebody may still be writing it"
    path.write_bytes(whole)
    assert told() == [] and not forgotten


def test_a_follower_begins_anew_with_another_file_and_after_a_reading_that_was_given_up(film: Film) -> None:
    follower, forgotten = Follower(), []

    def told() -> list[int]:
        return [one.sequence for _, one in follower.news(film.history, lambda: forgotten.append(True))]

    next(follower.news(film.history, lambda: None))
    assert told() == [1, 2, 3, 4, 5] and len(forgotten) == 1
    path = film.history.path
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:3]))
    assert told() == [1, 2, 3] and len(forgotten) == 2
    path.unlink()
    assert told() == [] and len(forgotten) == 3
