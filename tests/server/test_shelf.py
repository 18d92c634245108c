"""The shelf: films opened, made, taken down, looked at; what is missing stays, what is no film is said."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.server.asking import Page, of
from tests.server.small_film import make_film

from ciak.config import Settings
from ciak.project import Film
from ciak.server.studio import Session, build
from ciak.server.studio.keys import key_of
from ciak.store import Library


def shown(page: Page) -> list[str]:
    """Titles on the shelf, in order."""
    return [entry["title"] for entry in page.get("/api/v1/shelf").json["films"]]


@pytest.fixture
def empty(session: Session, known: dict[str, str], settings: Settings) -> Page:
    """A studio that was opened without a film."""
    return Page(build(None, session, settings), known)


def test_an_empty_house(empty: Page, settings: Settings) -> None:
    told = empty.get("/api/v1/shelf").json
    assert told == {"films": [], "first": None, "home": str(settings.films)}
    assert not settings.library.exists() and not settings.films.exists(), "looking makes nothing"


def test_the_film_that_the_studio_was_opened_with_is_shown_before_it_is_shelved(page: Page, film: Path) -> None:
    told = page.get("/api/v1/shelf").json
    assert told["first"] == key_of(film)
    (entry,) = told["films"]
    assert (entry["title"], entry["languages"], entry["imported"], entry["source_missing"], entry["opened"]) == (
        "The Night Reels", ["en", "it"], True, True, "")
    assert page.post(of(film, "opened")).json == {"key": key_of(film)}
    (entry,) = page.get("/api/v1/shelf").json["films"]
    assert entry["opened"] and not entry["missing"]


def test_the_last_opened_stands_first_whichever_way_it_was_opened(empty: Page, tmp_path: Path) -> None:
    folders = {title: make_film(tmp_path / title.casefold(), title=title).path for title in ("One", "Two", "Three")}
    for folder in folders.values():
        answer = empty.post("/api/v1/shelf", {"folder": str(folder)})
        assert answer.status == 201 and answer.json == {"key": key_of(folder)}
    assert shown(empty) == ["Three", "Two", "One"]
    empty.post(of(folders["One"], "opened"))
    assert shown(empty) == ["One", "Three", "Two"]
    empty.post("/api/v1/shelf", {"folder": str(folders["Two"])})
    assert shown(empty) == ["Two", "One", "Three"]
    empty.post(of(folders["One"], "opened"))
    assert shown(empty) == ["One", "Two", "Three"], "looked at again after another was opened"
    empty.post(of(folders["One"], "opened"))
    assert shown(empty) == ["One", "Two", "Three"]


def test_a_new_film(empty: Page, settings: Settings) -> None:
    answer = empty.post("/api/v1/films", {"title": "Notte: l'ultima / bobina", "language": "it"})
    assert answer.status == 201
    told = empty.get(f"/api/v1/films/{answer.json['key']}").json
    assert (told["title"], told["language"], told["imported"]) == ("Notte: l'ultima / bobina", "it", False)
    (path,) = settings.films.iterdir()
    assert path.name == "notte-l-ultima-bobina" and key_of(path) == answer.json["key"]
    again = empty.post("/api/v1/films", {"title": "Notte: l'ultima / bobina"})
    assert again.status == 201 and again.json != answer.json
    assert {each.name for each in settings.films.iterdir()} == {path.name, path.name + "-2"}
    assert len(shown(empty)) == 2


@pytest.mark.parametrize(
    "title",
    ["../../x", "..", "/etc/cron.d/x", "-i x", "CON", ".bashrc", "a" * 400, "\u202egnp.exe", "\U0001f3ac", "字" * 300,
     "a\\b", "~", "%2e%2e", "nul\u2024mp4"])
def test_a_title_never_decides_where_a_film_lies(empty: Page, settings: Settings, tmp_path: Path, title: str) -> None:
    answer = empty.post("/api/v1/films", {"title": title})
    assert answer.status in (201, 422), answer.body
    assert {path.name for path in tmp_path.iterdir()} <= {"library", "films"}
    for path in settings.films.iterdir() if settings.films.exists() else ():
        assert not path.name.startswith((".", "-", "~")) and len(path.name.encode()) <= 255
        assert all(mark.isalnum() or mark == "-" for mark in path.name)


def test_a_film_is_made_where_one_wants_it(empty: Page, tmp_path: Path) -> None:
    answer = empty.post("/api/v1/films", {"title": "There", "folder": str(tmp_path / "deep" / "down")})
    assert answer.status == 201 and Film.open(tmp_path / "deep" / "down" / "there").title == "There"


@pytest.mark.parametrize(
    ("folder", "status"),
    [("film", 422), ("./film", 422), ("../film", 422), ("~nobody-of-that-name/film", 422), ("", 422), (" ", 422),
     ("/\0", 422), ("/nowhere/at/all", 404), ("/" + "a" * 300, 507), ("/" + "a/" * 2040, 404), ("/proc", 404),
     ("/dev/null", 404), ("x" * 5000, 422)])
def test_a_folder_that_is_no_film_is_said(empty: Page, folder: str, status: int) -> None:
    answer = empty.post("/api/v1/shelf", {"folder": folder})
    assert answer.status == status and answer.json["message"], answer.body
    assert shown(empty) == []


def test_a_new_film_where_there_can_be_none_is_said(empty: Page, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for folder in (str(tmp_path / "file"), str(tmp_path / "file" / "below"), "/proc/here", "/" + "a" * 300, "relative"):
        answer = empty.post("/api/v1/films", {"title": "New", "folder": folder})
        assert answer.status in (422, 507) and answer.json["message"] and answer.json["remedy"], folder
    assert (tmp_path / "file").read_text() == "x" and shown(empty) == []


def test_a_film_taken_down_is_not_touched(page: Page, film: Path) -> None:
    before = {path: path.read_bytes() for path in film.rglob("*") if path.is_file()}
    page.post(of(film, "opened"))
    other = make_film(film.parent / "other", title="Other").path
    page.post("/api/v1/shelf", {"folder": str(other)})
    answer = page.delete(of(other))
    assert answer.status == 200 and [entry["key"] for entry in answer.json["films"]] == [key_of(film)]
    assert page.get(of(other)).status == 404 and page.delete(of(other)).status == 404
    assert other.is_dir()
    assert {path: path.read_bytes() for path in film.rglob("*") if path.is_file()} == before
    assert page.post("/api/v1/shelf", {"folder": str(other)}).status == 201
    assert page.get(of(other)).status == 200


def test_a_film_that_was_taken_down_can_be_looked_at_again(page: Page, film: Path) -> None:
    page.post(of(film, "opened"))
    assert page.post("/api/v1/shelf", {"folder": str(film)}).status == 201
    page.delete(of(film))
    page.post("/api/v1/shelf", {"folder": str(film)})
    assert page.post(of(film, "opened")).status == 200
    assert page.get("/api/v1/shelf").json["films"][0]["opened"]


def test_a_missing_disk_is_not_an_empty_shelf(empty: Page, tmp_path: Path) -> None:
    """R6: what cannot be seen now is kept, and says that it is missing."""
    folder = make_film(tmp_path / "disk" / "film").path
    empty.post("/api/v1/shelf", {"folder": str(folder)})
    (tmp_path / "disk").rename(tmp_path / "away")
    (entry,) = empty.get("/api/v1/shelf").json["films"]
    assert entry["missing"] and entry["title"] == "The Night Reels" and entry["folder"] == str(folder)
    assert empty.get(of(folder)).status == 404
    assert empty.post(of(folder, "opened")).status == 404
    (tmp_path / "away").rename(tmp_path / "disk")
    (entry,) = empty.get("/api/v1/shelf").json["films"]
    assert not entry["missing"] and empty.get(of(folder)).status == 200


def test_the_first_film_may_vanish_and_the_shelf_is_still_told(page: Page, film: Path) -> None:
    film.rename(film.with_name("elsewhere"))
    (entry,) = page.get("/api/v1/shelf").json["films"]
    assert entry["missing"] and entry["key"] == key_of(film)
    (film.with_name("elsewhere")).rename(film)
    (film / "film.toml").write_text("title = [[[")
    (entry,) = page.get("/api/v1/shelf").json["films"]
    assert entry["missing"]


def test_a_film_behind_a_link_is_the_film_itself(empty: Page, film: Path) -> None:
    link = film.with_name("link")
    link.symlink_to(film)
    assert empty.post("/api/v1/shelf", {"folder": str(link)}).json == {"key": key_of(film)}
    assert empty.post("/api/v1/shelf", {"folder": f"{film}/../film/."}).json == {"key": key_of(film)}
    assert shown(empty) == ["The Night Reels"]


def test_a_damaged_library_is_said_and_kept(page: Page, film: Path, settings: Settings) -> None:
    page.post(of(film, "opened"))
    file = settings.library / "library.sqlite"
    file.write_bytes(b"not a database at all" * 100)
    answer = page.get("/api/v1/shelf")
    assert answer.status == 507 and answer.json["error"] == "StoreDamaged" and answer.json["message"]
    assert file.read_bytes() == b"not a database at all" * 100, "it is somebody's only copy"
    assert page.get(of(film)).status == 200, "the film is open all the same"


def test_the_shelf_is_the_one_of_the_library(page: Page, film: Path, settings: Settings) -> None:
    page.post(of(film, "opened"))
    assert [entry.path for entry in Library.at(settings.library).films()] == [film]


def test_settings_tell_what_the_backends_can(page: Page, settings: Settings) -> None:
    told = page.get("/api/v1/settings").json
    assert ["en", "it"] in told["pairs"] and "it" in told["spoken"] and told["problem"] == ""
    assert {voice["language"] for voice in told["voices"]} >= {"en", "it"}


def test_backends_that_are_not_there_are_said(session: Session, known: dict[str, str], settings: Settings) -> None:
    page = Page(build(None, session, settings.with_backends({"voice": "no-such", "translator": "no-such"})), known)
    told = page.get("/api/v1/settings").json
    assert told["pairs"] == told["voices"] == told["spoken"] == [] and "no-such" in told["problem"]
