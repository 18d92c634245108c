"""Trust case L7: files sent piece by piece. Names on disk are the server's own; what is lost goes on where it was."""

from __future__ import annotations

import errno
import os
import shutil
import time
from pathlib import Path

import pytest
from tests.server.asking import Page, of
from tests.server.routes import UPLOAD

from ciak.errors import BadInput, CiakError, NotFound
from ciak.project import Film
from ciak.server.gateway import PIECE_LIMIT
from ciak.server.studio.incoming import LARGEST, taken_upload

NAMES = ("../../x.mp4", "..", ".", "/etc/cron.d/x", "-i x.mp4", "--help.mp4", "CON.mp4", "nul", "LPT1.mov", ".bashrc",
         "a" * 400, "a" * 396 + ".mp4", "字" * 90 + ".mp4", "\u202egpm.4pm", "film\u202e4pm.exe\u2066", "a\nb.mp4",
         "a\x00b.mp4", "C:\\Windows\\x.mp4",
         "\\\\host\\share.mp4", "con .mp4", "a;rm -rf ~.mp4", "$(id).mp4", "`id`.mp4",
         "concat:/etc/passwd", "http://evil.example/x.mp4", "data", "size", "name", "film.mp4.", "film.mp4 ", "💾.mp4")


def begin(page: Page, film: Path, name: str = "night.mp4", size: int = 10) -> str:
    """Announce a file."""
    answer = page.post(of(film, "uploads"), {"name": name, "size": size})
    assert answer.status == 201 and answer.json["received"] == 0, answer.body
    return str(answer.json["id"])


def piece(page: Page, film: Path, upload: str, offset: int, data: bytes, status: int = 200) -> int:
    """Send a piece; how much is there."""
    answer = page.put(of(film, f"uploads/{upload}?offset={offset}"), data)
    assert answer.status == status, answer.body
    return int(answer.json["received"]) if status == 200 else -1


def test_a_file_in_pieces(page: Page, film: Path) -> None:
    upload = begin(page, film, size=3 * PIECE_LIMIT // 2)
    assert piece(page, film, upload, 0, b"x" * PIECE_LIMIT) == PIECE_LIMIT
    assert page.get(of(film, f"uploads/{upload}")).json == {"id": upload, "received": PIECE_LIMIT}
    with pytest.raises(BadInput, match="whole"):
        taken_upload(film, upload)
    assert piece(page, film, upload, PIECE_LIMIT, b"y" * (PIECE_LIMIT // 2)) == 3 * PIECE_LIMIT // 2
    path = taken_upload(film, upload)
    assert path == film / ".ciak" / "uploads" / upload / "night.mp4"
    assert path.read_bytes() == b"x" * PIECE_LIMIT + b"y" * (PIECE_LIMIT // 2)
    assert taken_upload(film, upload) == path, "asked twice, taken once"


def test_a_piece_that_was_lost_or_came_twice_goes_on_where_it_was(page: Page, film: Path) -> None:
    upload = begin(page, film)
    assert piece(page, film, upload, 0, b"01234") == 5
    for offset in (0, 3, 6, LARGEST):
        answer = page.put(of(film, f"uploads/{upload}?offset={offset}"), b"56789")
        assert answer.status == 409 and answer.json["theirs"] == [] and answer.json["remedy"]
    assert page.get(of(film, f"uploads/{upload}")).json["received"] == 5
    assert piece(page, film, upload, 5, b"56789") == 10
    assert taken_upload(film, upload).read_bytes() == b"0123456789"


def test_more_than_was_announced_is_refused(page: Page, film: Path) -> None:
    upload = begin(page, film)
    piece(page, film, upload, 0, b"0" * 11, 422)
    assert page.get(of(film, f"uploads/{upload}")).json["received"] == 0
    piece(page, film, upload, 0, b"0" * 10)
    piece(page, film, upload, 10, b"0", 422)


@pytest.mark.parametrize("query", ["", "?offset=", "?offset=-1", "?offset=x", "?offset=1e3", f"?offset={LARGEST + 1}",
                                   "?offset=" + "9" * 900])
def test_an_offset_that_is_none(page: Page, film: Path, query: str) -> None:
    assert page.put(of(film, f"uploads/{begin(page, film)}{query}"), b"x").status == 422


@pytest.mark.parametrize("body", [
    {}, {"name": "a.mp4"}, {"size": 1}, {"name": "", "size": 1}, {"name": "a", "size": 0}, {"name": "a", "size": -1},
    {"name": "a", "size": LARGEST + 1}, {"name": "a", "size": "nine"}, {"name": "a" * 401, "size": 1},
    {"name": "a", "size": 1.5}, {"name": "a", "size": 1, "path": "/etc"}, {"name": 7, "size": 1}])
def test_an_announcement_that_is_none_makes_nothing(page: Page, film: Path, body: dict[str, object]) -> None:
    assert page.post(of(film, "uploads"), body).status == 422
    assert not list((film / ".ciak").glob("uploads/*"))


@pytest.mark.parametrize("name", NAMES)
def test_l7_a_name_never_decides_where_bytes_land(page: Page, film: Path, name: str) -> None:
    before = {str(path) for path in film.parent.rglob("*")}
    upload = begin(page, film, name, 3)
    piece(page, film, upload, 0, b"abc")
    path = taken_upload(film, upload)
    folder = film / ".ciak" / "uploads" / upload
    assert path.parent == folder and path.read_bytes() == b"abc"
    made = {str(path) for path in film.parent.rglob("*")} - before
    assert made == {str(folder.parent), str(folder), *(str(folder / one) for one in ("size", "name", path.name))}
    assert path.name == "video" or path.name.replace("'", "").isprintable()
    assert not path.name.startswith(("-", ".", "~")) and len(path.name.encode()) <= 200
    assert path.name not in ("size", "name", "data") and "/" not in path.name and "\u202e" not in path.name
    assert path.stem.strip().casefold() not in ("con", "nul", "lpt1")


def test_ids_are_ours_alone(page: Page, film: Path) -> None:
    assert len({begin(page, film) for _ in range(20)}) == 20
    for identity in ("0" * 32, "x" * 32, "0" * 31, "A" * 32, "..", "%2e%2e", "size"):
        assert page.get(of(film, f"uploads/{identity}")).status in (400, 404), identity
        assert page.delete(of(film, f"uploads/{identity}")).status in (400, 404), identity
    with pytest.raises(NotFound):
        taken_upload(film, "../uploads")


def test_what_is_dropped_is_gone(page: Page, film: Path) -> None:
    kept, upload = begin(page, film), begin(page, film)
    piece(page, film, upload, 0, b"abc")
    answer = page.delete(of(film, f"uploads/{upload}"))
    assert answer.status == 204 and answer.body == b""
    assert page.get(of(film, f"uploads/{upload}")).status == 404
    piece(page, film, upload, 3, b"def", 404)
    assert [path.name for path in (film / ".ciak" / "uploads").iterdir()] == [kept]


def test_what_nobody_finished_is_swept_after_a_week_and_what_goes_on_is_not(page: Page, film: Path) -> None:
    old, slow, new = (begin(page, film) for _ in range(3))
    home = film / ".ciak" / "uploads"
    (home / "notes").mkdir()
    for name in (old, slow, "notes"):
        for path in (*(home / name).iterdir(), home / name):
            os.utime(path, (time.time() - 8 * 24 * 3600,) * 2)
    piece(page, film, slow, 0, b"still")
    assert begin(page, film)
    assert {slow, new, "notes"} < {path.name for path in home.iterdir()} and not (home / old).exists()


def test_where_there_is_no_room_it_is_refused_before_a_byte_is_sent(
    page: Page, film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(10**9, 0, 200 << 20))
    answer = page.post(of(film, "uploads"), {"name": "a.mp4", "size": 100 << 20})
    assert answer.status == 507 and "room" in answer.json["message"] and "reference" in answer.json["remedy"]
    assert list((film / ".ciak" / "uploads").iterdir()) == []
    assert begin(page, film, size=10 << 20)


def test_a_full_disk_while_a_piece_is_written_is_said_and_the_rest_can_be_sent(
    page: Page, film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = begin(page, film)

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        answer = page.put(of(film, f"uploads/{upload}?offset=0"), b"0123456789")
    assert answer.status == 507 and "no room" in answer.json["message"]
    at = page.get(of(film, f"uploads/{upload}")).json["received"]
    assert piece(page, film, upload, at, b"0123456789"[at:]) == 10
    assert taken_upload(film, upload).read_bytes() == b"0123456789"


@pytest.mark.parametrize("what", ["data", "size", "name", "folder", "uploads"])
def test_a_film_whose_uploads_point_elsewhere(page: Page, film: Path, tmp_path: Path, what: str) -> None:
    """A folder that somebody else made cannot have our writing done elsewhere, nor have anything told."""
    secret = tmp_path / "secret"
    secret.mkdir()
    for name, text in (("data", "canary"), ("size", "10"), ("name", "../../../x.mp4")):
        (secret / name).write_text(text)
    folder = Film.open(film).private("uploads") / UPLOAD
    if what == "folder":
        folder.symlink_to(secret)
    elif what == "uploads":
        folder.parent.rmdir()
        (tmp_path / "away").mkdir()
        secret.rename(tmp_path / "away" / UPLOAD)
        folder.parent.symlink_to(tmp_path / "away")
        secret = tmp_path / "away" / UPLOAD
    else:
        folder.mkdir()
        for name in ("data", "size", "name"):
            (folder / name).write_text({"data": "half", "size": "10", "name": "../../../x.mp4"}[name])
        (folder / what).unlink()
        (folder / what).symlink_to(secret / what)
    before = {path: path.read_bytes() for path in secret.iterdir()}
    for answer in (page.get(of(film, f"uploads/{UPLOAD}")), page.put(of(film, f"uploads/{UPLOAD}?offset=6"), b"more"),
                   page.put(of(film, f"uploads/{UPLOAD}?offset=4"), b"123456")):
        assert answer.status < 500 and b"canary" not in answer.body, answer.body
    try:
        taken = taken_upload(film, UPLOAD)
        assert what == "none of these" or (taken.parent == folder and not taken.is_symlink())
    except CiakError:
        pass
    assert not (tmp_path / "x.mp4").exists() and not (film / "x.mp4").exists()
    assert {path: path.read_bytes() for path in secret.iterdir()} == before


@pytest.mark.parametrize("size", ["", "x", "-5", "1e9", "9" * 40, "²"])
def test_a_size_that_is_none_is_said(page: Page, film: Path, size: str) -> None:
    upload = begin(page, film)
    (film / ".ciak" / "uploads" / upload / "size").write_text(size, encoding="utf-8")
    answer = page.put(of(film, f"uploads/{upload}?offset=0"), b"x" * 5)
    assert answer.status in (200, 422)
    if size != "9" * 40:
        assert answer.status == 422 and answer.json["error"] == "Damaged"
