"""Two windows on one film, and a studio that stops answering: nothing is lost and nothing is overwritten unseen."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.browser.conftest import SCREENS, Room, Served, Watched, enter, leave
from tests.browser.films import whole
from tests.browser.steps import field, on_disk, row, saved
from tests.server.small_film import make_film

from ciak.project import Film

pytestmark = pytest.mark.browser


@pytest.fixture
def two(room: Room, tmp_path: Path) -> Iterator[tuple[Watched, Watched, Film]]:
    """The same film in two windows."""
    film = whole(make_film(tmp_path / "film"))
    key = room.key(film)
    windows = room.show(key), room.show(key)
    for window in windows:
        window.until("state.jobs && studio.lines.lines.length === 6")
        window.page.wait_for_timeout(500)
    yield *windows, film
    for window in windows:
        leave(window, room.served.origin, "status of 409")


def retype(watched: Watched, line: str, text: str) -> None:
    """Type other words for a line and save them."""
    row(watched, line).dblclick()
    field(watched).fill(text)
    watched.page.keyboard.press("Enter")


def test_an_edit_in_one_window_appears_in_the_other(two: tuple[Watched, Watched, Film]) -> None:
    one, other, film = two
    saved(one, lambda: retype(one, "Run.", "Scappa."))
    row(other, "Scappa.").wait_for()
    saved(other, lambda: retype(other, "In the car", "Nella macchina."))
    row(one, "Nella macchina.").wait_for()
    assert (on_disk(film)["l0005"].text, on_disk(film)["l0002"].text) == ("Scappa.", "Nella macchina.")
    saved(one, lambda: one.page.keyboard.press("Control+z"))
    row(other, "In macchina. Sotto").wait_for()


@pytest.mark.parametrize("keep", ["mine", "theirs"])
def test_the_later_writer_sees_both_versions(two: tuple[Watched, Watched, Film], keep: str) -> None:
    one, other, film = two
    row(other, "Run.").dblclick()
    field(other).fill("La mia.")
    saved(one, lambda: retype(one, "Run.", "La sua."))
    other.until("[...state.lines].find((line) => line.id === 'l0005').translation === 'La sua.'")
    assert field(other).input_value() == "La mia.", "what is being typed stays"
    other.page.keyboard.press("Enter")
    dialog = other.page.get_by_role("dialog", name="Somebody else changed this too")
    dialog.wait_for()
    assert "La mia." in dialog.inner_text() and "La sua." in dialog.inner_text()
    other.page.screenshot(path=str(SCREENS / "conflict.png"))
    assert on_disk(film)["l0005"].text == "La sua.", "nothing is overwritten before somebody chose"
    if keep == "mine":
        saved(other, lambda: dialog.get_by_role("button", name="Make my change all the same").click())
        assert on_disk(film)["l0005"].text == "La mia."
        row(one, "La mia.").wait_for()
    else:
        dialog.get_by_role("button", name="Keep theirs").click()
        row(other, "La sua.").wait_for()
        assert on_disk(film)["l0005"].text == "La sua."
    assert other.page.get_by_role("dialog").count() == 0


def test_a_late_state_tells_nothing_new_but_what_comes_back_does(two: tuple[Watched, Watched, Film]) -> None:
    one, _, _ = two
    told = one.js(
        "const { Told } = await import('/static/told.js'); const told = new Told();"
        "const heard = (line, shots) => [...told.heard({ 'dialogue/it': line, shots }, true)];"
        "heard('1', 'a'); told.read('it', 4);"
        "told.saved('it', { revisions: { it: 5 }, versions: { 'dialogue/it': '2' } });"
        "return [heard('1', 'a'), heard('2', 'b'), heard('2', 'a'), heard('3', 'a')];"
    )
    assert told == [[], ["shots"], ["shots"], ["dialogue/it"]]


def test_edits_of_different_lines_both_survive(two: tuple[Watched, Watched, Film]) -> None:
    one, other, film = two
    for window, line, text in ((one, "Run.", "Prima."), (other, "It is raining", "Seconda.")):
        row(window, line).dblclick()
        field(window).fill(text)
    saved(one, lambda: one.page.keyboard.press("Enter"))
    saved(other, lambda: other.page.keyboard.press("Enter"))
    lines = on_disk(film)
    assert (lines["l0005"].text, lines["l0003"].text) == ("Prima.", "Seconda.")
    row(one, "Seconda.").wait_for()
    row(other, "Prima.").wait_for()


@pytest.fixture
def lonely(
    serve: Callable[[Path | None], Served], chromium: Any, tmp_path: Path
) -> Iterator[tuple[Watched, Film, Served]]:
    """A film in a studio of its own, which can be stopped."""
    film = whole(make_film(tmp_path / "film"))
    served = serve(film.path)
    context = enter(chromium, served)
    from tests.browser.conftest import watch

    watched = watch(context)
    watched.page.goto(served.origin)
    row(watched, "Run.").wait_for()
    yield watched, film, served
    context.close()


def test_a_studio_that_halts_is_said_and_comes_back(lonely: tuple[Watched, Film, Served]) -> None:
    watched, film, served = lonely
    row(watched, "Run.").dblclick()
    field(watched).fill("Mentre dormiva.")
    os.kill(served.process.pid, signal.SIGSTOP)
    try:
        watched.page.keyboard.press("Enter")
        watched.page.get_by_text("No connection").wait_for(timeout=20000)
    finally:
        os.kill(served.process.pid, signal.SIGCONT)
    watched.page.get_by_text("No connection").wait_for(state="detached")
    assert on_disk(film)["l0005"].text == "Mentre dormiva."
    assert row(watched, "Mentre dormiva.").count() == 1


def test_a_studio_that_ended_is_said_and_what_was_typed_stays(lonely: tuple[Watched, Film, Served]) -> None:
    watched, film, served = lonely
    row(watched, "Run.").dblclick()
    field(watched).fill("Non perduta.")
    served.process.terminate()
    served.process.wait(timeout=10)
    watched.page.get_by_text("No connection").wait_for()
    watched.page.keyboard.press("Enter")
    row(watched, "Non perduta.").wait_for()
    watched.page.wait_for_timeout(1500)
    assert row(watched, "Non perduta.").count() == 1, "what was typed is still there, to be saved"
    assert watched.js("return state.holding"), "and the page does not close without asking"
    assert on_disk(film)["l0005"].text == "Corri."
    shutil.rmtree(served.house, ignore_errors=True)
