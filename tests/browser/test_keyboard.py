"""A journey without the mouse: from the shelf into a film, to a line, editing, undo, work, report, language, theme."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.browser.conftest import Room, Watched, leave, watch
from tests.browser.films import known_by, whole
from tests.browser.steps import field, on_disk, saved
from tests.browser.test_accessible import SEEN
from tests.server.small_film import make_film

pytestmark = pytest.mark.browser
NAME = """() => { let at = document.activeElement;
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  return at?.getAttribute('aria-label') || at?.labels?.[0]?.textContent || at?.textContent?.trim() || ''; }"""


def tab_to(watched: Watched, name: str, key: str = "Tab") -> None:
    """Press the tab key until something of that name has the focus; it can be seen all the way."""
    for _ in range(60):
        watched.page.keyboard.press(key)
        assert watched.page.evaluate(SEEN) is True
        if name in watched.page.evaluate(NAME):
            return
    raise AssertionError(f"the tab key does not come to {name}")


def test_the_whole_journey_without_a_mouse(room: Room, clips: dict[str, Path], tmp_path: Path) -> None:
    film = whole(make_film(tmp_path / "film", clips=clips, title="By hand"))
    known_by(film)
    room.key(film)
    watched = watch(room.context)
    page: Any = watched.page
    page.goto(f"{room.served.origin}/#/")
    page.locator("ciak-shelf li").first.wait_for()
    tab_to(watched, "By hand")
    page.keyboard.press("Enter")
    page.get_by_role("heading", level=1, name="By hand").wait_for()
    watched.until("state.film && !state.waiting && !clock.loading")
    tab_to(watched, "Dialogue")
    for _ in range(30):
        tab_to(watched, "Dialogue")
        if page.evaluate("() => document.activeElement.shadowRoot.activeElement.localName") == "ciak-lines":
            break
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert watched.js("return state.selected") == "l0002"
    page.keyboard.press("Enter")
    field(watched).press("Control+a")
    page.keyboard.type("Nella vecchia macchina.")
    saved(watched, lambda: page.keyboard.press("Enter"))
    assert on_disk(film)["l0002"].text == "Nella vecchia macchina."
    assert "Dialogue" in page.evaluate(NAME), "the focus goes back to the list"
    saved(watched, lambda: page.keyboard.press("Control+z"))
    assert on_disk(film)["l0002"].text.startswith("In macchina")
    tab_to(watched, "New work", "Shift+Tab")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="New work")
    dialog.wait_for()
    tab_to(watched, "Start")
    page.keyboard.press("Enter")
    page.get_by_role("dialog", name="Work", exact=True).wait_for()
    page.keyboard.press("Escape")
    assert page.get_by_role("dialog").count() == 0
    tab_to(watched, "Report")
    page.keyboard.press("Enter")
    page.locator("ciak-report").wait_for()
    tab_to(watched, "Light theme", "Shift+Tab")
    page.keyboard.press("Enter")
    watched.until("document.documentElement.dataset.theme === 'light'")
    tab_to(watched, "EN", "Shift+Tab")
    page.keyboard.press("ArrowRight")
    page.get_by_role("link", name="Rapporto").wait_for()
    assert page.locator("html").get_attribute("lang") == "it"
    assert page.evaluate(SEEN) is True
    leave(watched, room.served.origin, "status of 4")
