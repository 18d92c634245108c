"""Films come in: by a file that is dropped, by its path; a lost source is found again; wrong files are refused."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.browser.conftest import Room, Watched, leave, watch
from tests.browser.steps import dropped, shown

from ciak.project import Film

pytestmark = pytest.mark.browser
PATIENT = 40000


@pytest.fixture
def empty(room: Room, tmp_path: Path) -> Iterator[tuple[Watched, Film]]:
    """A film without anything, shown."""
    film = Film.create(tmp_path / "empty", "Empty reel")
    watched = room.show(room.key(film))
    watched.page.get_by_text("No picture yet").wait_for()
    yield watched, film
    leave(watched, room.served.origin, "status of 4", "Canvas2D")


@pytest.fixture
def shelf(room: Room) -> Iterator[Watched]:
    """The shelf."""
    watched = watch(room.context)
    watched.page.goto(f"{room.served.origin}/#/")
    watched.page.get_by_role("heading", name="Your films").wait_for()
    yield watched
    leave(watched, room.served.origin, "status of 4", "Canvas2D")


def imported(watched: Watched) -> None:
    """Wait until the film has its picture, and it was looked through."""
    watched.page.wait_for_timeout(200)
    watched.until("state.jobs[0]?.state === 'done' && state.sound && !clock.loading")
    watched.until("studio.strip.lanes.some((lane) => lane.id === 'shots')")


def test_a_file_dropped_on_an_empty_film(empty: tuple[Watched, Film], clips: dict[str, Path]) -> None:
    watched, film = empty
    watched.js(
        "window.parts = []; const bar = studio.bring.bar;"
        "new MutationObserver(() => window.parts.push(bar.value)).observe(studio.bring.sent, { childList: true });"
    )
    dropped(watched, "bring", "night reels.mp4", clips["en"].read_bytes())
    imported(watched)
    assert watched.js("return window.parts.length") >= 1, "how much is there was told"
    source = Film.open(film.path).source
    assert source is not None and source.path.startswith("media/")
    assert (film.path / source.path).read_bytes() == clips["en"].read_bytes()
    assert not list((film.path / ".ciak" / "uploads").iterdir()), "nothing of it lies about"
    assert watched.page.locator("ciak-bring").count() == 0
    watched.js("clock.seek(100)")
    assert shown(watched) == 100


def test_a_file_dropped_on_the_shelf_begins_a_film(shelf: Watched, room: Room, clips: dict[str, Path]) -> None:
    dropped(shelf, "shelf", "The Long Rain.mp4", clips["it"].read_bytes())
    shelf.page.get_by_role("heading", name="The Long Rain").wait_for()
    imported(shelf)
    assert (room.served.house / "films" / "the-long-rain" / "film.toml").is_file()
    shelf.page.get_by_role("link", name="Films").click()
    card = shelf.page.locator("ciak-shelf li").filter(has_text="The Long Rain")
    card.locator("img").wait_for()
    assert card.locator("img").evaluate("(node) => node.naturalWidth") > 60, "it stands there with its picture"


def test_a_file_by_its_path_then_moved_and_found(
    empty: tuple[Watched, Film], clips: dict[str, Path], tmp_path: Path
) -> None:
    watched, film = empty
    video = tmp_path / "there" / "night.mp4"
    video.parent.mkdir()
    shutil.copy(clips["en"], video)
    path = watched.page.get_by_role("textbox", name="Or its whole path on this machine")
    path.fill(str(video))
    path.press("Enter")
    imported(watched)
    assert not list((film.path / "media").glob("*.mp4")), "it stays where it is"
    moved = tmp_path / "elsewhere.mp4"
    video.rename(moved)
    watched.page.reload()
    watched.until("state.film?.missing")
    watched.page.get_by_role("link", name="Films").click()
    watched.page.locator("ciak-shelf li").filter(has_text="Empty reel").get_by_text("The video was moved").wait_for()
    watched.page.go_back()
    watched.page.get_by_text("The video is not where it was").wait_for()
    path.fill(str(clips["it"]))
    path.press("Enter")
    watched.until("state.jobs[0].verb === 'find' && state.jobs[0].state === 'failed'")
    watched.page.get_by_role("alert").filter(has_text="not").first.wait_for()
    path.fill(str(moved))
    path.press("Enter")
    watched.until("state.film && !state.film.missing")
    watched.page.get_by_text("The video is not where it was").wait_for(state="detached")


def test_a_wrong_file_is_refused_with_a_clear_line(empty: tuple[Watched, Film], tmp_path: Path) -> None:
    watched, film = empty
    dropped(watched, "bring", "letter.txt", b"This is no film.\n" * 100, "text/plain")
    watched.until("state.jobs[0]?.state === 'failed'")
    alert = watched.page.locator("ciak-bring .wrong")
    alert.wait_for()
    assert len(alert.inner_text()) > 15, "it says what is wrong where the file was dropped"
    assert Film.open(film.path).source is None
    path = watched.page.get_by_role("textbox", name="Or its whole path on this machine")
    path.fill(str(tmp_path / "nowhere.mp4"))
    path.press("Enter")
    watched.page.locator("ciak-bring .wrong").filter(has_text="no such file").wait_for()


def test_the_shelf_makes_opens_and_takes_down(shelf: Watched, room: Room, tmp_path: Path) -> None:
    page = shelf.page
    page.get_by_role("textbox", name="A new film called").fill("Harbour, at night")
    page.get_by_role("button", name="Make it").click()
    page.get_by_role("heading", name="Harbour, at night").wait_for()
    made = room.served.house / "films" / "harbour-at-night"
    assert (made / "film.toml").is_file()
    page.get_by_role("link", name="Films").click()
    other = Film.create(tmp_path / "by folder", "By its folder")
    folder = page.get_by_role("textbox", name="Or the folder of a film on this machine")
    for wrong, told in (
        (str(tmp_path / "none"), "there is no folder"),
        ("relative/way", "whole path"),
        (str(tmp_path), "film"),
    ):
        folder.fill(wrong)
        page.get_by_role("button", name="Open", exact=True).click()
        page.get_by_role("alert").filter(has_text=told).wait_for()
    folder.fill(str(other.path))
    folder.press("Enter")
    page.get_by_role("heading", name="By its folder").wait_for()
    page.go_back()
    card = page.locator("ciak-shelf li").filter(has_text="By its folder")
    card.wait_for()
    shutil.move(other.path, tmp_path / "moved away")
    page.reload()
    card.get_by_text("The folder is not there").wait_for()
    assert card.get_by_role("link").count() == 0, "there is nothing to open"
    card.get_by_role("button", name="Take By its folder off the shelf").click()
    card.wait_for(state="detached")
    cards = page.locator("ciak-shelf li").filter(has_text="Harbour, at night")
    cards.get_by_role("button", name="Take Harbour").click()
    cards.wait_for(state="detached")
    assert (made / "film.toml").is_file(), "its folder stays"
