"""Films that turn bad while the studio has them open: one clear error each, and the studio lives."""

from __future__ import annotations

import errno
import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from tests.server.asking import Page, of
from tests.server.routes import bodies, calls
from tests.server.small_film import make_film

from ciak.project import Film

HOSTILE_SHEETS = (
    b"", b"[[[", b"\x00" * 100, b"\xff\xfe", b"title = 7", b'schema = 999\ntitle = "x"', 
    b'schema = 1\ntitle = "x"\nrate = "0/0"',
    b'schema = 1\ntitle = "x"\nrate = "1e999"', b'schema = 1\ntitle = "' + b"x" * 2_000_000 + b'"',
    b'schema = 1\ntitle = "x"\nlanguage = "../../etc"', b"a = " + b"[" * 100_000,
    b'schema = 1\ntitle = "x"\nunknown = "y"', b'schema = -1\ntitle = "x"',
    b'schema = 1\ntitle = "x"\nstart = "99:99:99:99"')


def look(page: Page, film: Path) -> dict[str, int]:
    """The status of everything that can be read of a film; each error is a clear one."""
    found = {}
    for call in calls(film):
        if not call.writes and "{film}" in call.template:
            answer = page.get(call.url, until=b"\n\n" if call.url.endswith("/events") else b"")
            found[call.template.partition("{film}")[2]] = answer.status
            if answer.status >= 400 and answer.body:
                told = answer.json
                assert told["error"] and told["message"] and "\n" not in told["message"], (call, told)
                assert answer.status in (403, 404, 409, 413, 422, 507), (call, answer.body)
    return found


def write(page: Page, film: Path) -> None:
    """Everything that changes a film is answered in words too."""
    for call in calls(film):
        if call.writes and "{film}" in call.template and call.method != "DELETE":
            for body in bodies(call, film):
                answer = page.put(call.url, b"x") if call.method == "PUT" else page.post(call.url, body, call.method)
                assert answer.status < 500 or answer.status == 507, (call, answer.body)


def lives(page: Page, tmp_path: Path) -> None:
    """Another film can be opened and edited."""
    other = make_film(tmp_path / f"other{len(list(tmp_path.iterdir()))}", title="Other").path
    assert page.post("/api/v1/shelf", {"folder": str(other)}).status == 201
    assert page.get(of(other, "dialogue/it")).status == 200
    wish = {"changes": [{"do": "retype", "loop": "l0001", "text": "Vivo."}]}
    assert page.post(of(other, "dialogue/it/edits"), wish).status == 200


@pytest.mark.parametrize("sheet", HOSTILE_SHEETS, ids=lambda sheet: repr(sheet[:24]))
def test_a_title_sheet_that_turns_hostile_while_open(desk: Page, whole: Path, tmp_path: Path, sheet: bytes) -> None:
    good = (whole / "film.toml").read_bytes()
    assert set(look(desk, whole).values()) == {200}
    (whole / "film.toml").write_bytes(sheet)
    assert {422, 413} & set(look(desk, whole).values())
    write(desk, whole)
    lives(desk, tmp_path)
    (whole / "film.toml").write_bytes(good)
    assert desk.get(of(whole)).status == 200, "put right, it is read again"


def test_a_folder_that_vanishes_and_comes_back(desk: Page, whole: Path, tmp_path: Path) -> None:
    before = look(desk, whole)
    whole.rename(tmp_path / "away")
    assert set(look(desk, whole).values()) <= {404, 200}
    assert desk.get(of(whole)).status == 404
    write(desk, whole)
    assert not whole.exists(), "nothing is made where a film was"
    lives(desk, tmp_path)
    (tmp_path / "away").rename(whole)
    assert look(desk, whole) == before


def test_a_folder_that_became_a_file_or_a_link(desk: Page, whole: Path, tmp_path: Path) -> None:
    whole.rename(tmp_path / "away")
    whole.write_text("a file")
    assert desk.get(of(whole)).status == 404
    write(desk, whole)
    whole.unlink()
    whole.symlink_to(tmp_path / "nowhere")
    assert desk.get(of(whole)).status == 404
    write(desk, whole)
    lives(desk, tmp_path)


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES, errno.ENOSPC, errno.EIO])
def test_a_disk_that_cannot_be_written(desk: Page, whole: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """Read-only, forbidden, full, failing: what is there can be read, nothing is half changed, and it is said."""
    before = {path: path.read_bytes() for path in whole.rglob("*.json")}
    real = os.open

    def refusing(path: Any, flags: int, *rest: Any, **more: Any) -> int:
        if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            raise OSError(number, os.strerror(number), path)
        return real(path, flags, *rest, **more)

    def no(*arguments: Any, **named: Any) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", refusing)
        for name in ("mkdir", "fsync", "replace", "rename", "write"):
            patch.setattr(os, name, no)
        seen = look(desk, whole)
        assert {seen[name] for name in ("", "/dialogue/{language}", "/cast", "/shots", "/report", "/activity")} == {200}
        wish = {"changes": [{"do": "retype", "loop": "l0001", "text": "Nuovo."}]}
        answer = desk.post(of(whole, "dialogue/it/edits"), wish)
        assert answer.status == 507 and answer.json["error"] == "StorageError" and answer.json["remedy"]
        assert desk.post("/api/v1/films", {"title": "New"}).status == 507
        assert desk.post(of(whole, "uploads"), {"name": "a.mp4", "size": 10}).status == 507
    assert {path: path.read_bytes() for path in whole.rglob("*.json")} == before
    assert desk.post(of(whole, "dialogue/it/edits"), wish).status == 200, "with room again it goes on"


@pytest.mark.parametrize("data", [b"", b"{", b"\xff", b"[" * 200_000, b"null", b'{"language": "it", "loops": 7}',
                                  b'{"language": "en", "loops": []}', b'{"revision": 1e999, "language": "it"}'],
                         ids=lambda data: repr(data[:20]))
def test_a_damaged_dialogue(desk: Page, whole: Path, data: bytes) -> None:
    (whole / "dialogue" / "it.json").write_bytes(data)
    assert desk.get(of(whole, "dialogue/it")).status in (422, 413)
    assert desk.get(of(whole, "subtitles/it")).status in (422, 413)
    look(desk, whole)
    write(desk, whole)
    assert (whole / "dialogue" / "it.json").read_bytes() == data, "it is somebody's only copy"
    assert desk.get(of(whole, "dialogue/en")).status == 200


@pytest.mark.parametrize("data", [b"", b"no database" * 500, b"SQLite format 3\x00" + b"\xff" * 9000])
def test_a_damaged_index(desk: Page, whole: Path, data: bytes) -> None:
    """It can be rebuilt, and nothing that people made is in it."""
    for extra in ("-wal", "-shm"):
        (whole / ".ciak" / f"index.sqlite{extra}").unlink(missing_ok=True)
    (whole / ".ciak" / "index.sqlite").write_bytes(data)
    assert desk.get(of(whole, "jobs")).json == []
    assert look(desk, whole)["/dialogue/{language}"] == 200
    write(desk, whole)


@pytest.mark.parametrize("data", [b"", b"{", b"null\n[]\n7\n", b"\x00" * 5000, b"x" * 200_000,
                                  b'{"sequence": "x"}\n' * 9,
                                  b'{"sequence": 1, "kind": "edit", "what": "x", "settings": {"patch": 7}}\n'],
                         ids=lambda data: repr(data[:20]))
def test_a_damaged_history(desk: Page, whole: Path, data: bytes) -> None:
    (whole / "history.jsonl").write_bytes(data)
    seen = look(desk, whole)
    assert seen["/activity"] == seen["/dialogue/{language}"] == seen[""] == 200, seen
    write(desk, whole)


@pytest.mark.parametrize("name", ["dialogue", "media", "deliveries", ".ciak", ".ciak/artefacts", "history.jsonl",
                                  "film.toml", "cast.json", "dialogue/it.json", ".ciak/index.sqlite"])
def test_a_part_that_is_a_link_to_elsewhere(desk: Page, whole: Path, tmp_path: Path, name: str) -> None:
    away = tmp_path / "secret"
    shutil.move(whole / name, away)
    (whole / name).symlink_to(away)
    before = _state(away)
    look(desk, whole)
    write(desk, whole)
    if name not in ("media", "deliveries", ".ciak/index.sqlite", ".ciak/artefacts"):
        assert _state(away) == before, "nothing is written through a link"


def _state(path: Path) -> dict[str, bytes]:
    files = [path, *path.rglob("*")]
    return {str(file): file.read_bytes() for file in files if file.is_file() and "index.sqlite" not in file.name}


def test_parts_that_are_missing_or_of_another_kind(desk: Page, whole: Path) -> None:
    for name in ("dialogue", "deliveries", ".ciak/artefacts", "cast.json", "history.jsonl"):
        path = whole / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
        look(desk, whole)
        path.mkdir() if "." in path.name else path.write_text("x")
        look(desk, whole)
    write(desk, whole)


def test_a_dialogue_of_impossible_times_is_told_or_refused(desk: Page, whole: Path) -> None:
    told = json.loads((whole / "dialogue" / "it.json").read_text())
    for start, end in (("-5", "-4"), ("9" * 39, "9" * 39), ("0", "9" * 39), ("1/999999999999", "2/99999999998"),
                       ("0", "0")):
        told["loops"][0]["span"] = {"start": start, "end": end}
        (whole / "dialogue" / "it.json").write_text(json.dumps(told))
        look(desk, whole)
    assert Film.open(whole).title == "The Night Reels"
