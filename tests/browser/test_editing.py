"""Editing in place: every change is on disk at once, can be taken back, also after the page was loaded again."""

from __future__ import annotations

from typing import Any

import pytest
from tests.browser.conftest import Watched
from tests.browser.steps import field, frames, on_disk, row, saved

from ciak.project import Film

pytestmark = pytest.mark.browser
Desk = tuple[Watched, Film]


def inspector(watched: Watched, part: str) -> Any:
    """A part of the inspector."""
    return watched.page.locator(f"ciak-inspector [data-part='{part}']")


def choose(watched: Watched, text: str) -> None:
    """Select a line by a click."""
    row(watched, text).click()
    watched.until("studio.inspector.line?.id === state.selected && state.selected")


def test_words_are_typed_and_saved(desk: Desk) -> None:
    watched, film = desk
    keys = watched.page.keyboard
    choose(watched, "Run.")
    keys.press("Enter")
    assert field(watched).input_value() == "Corri."
    field(watched).fill("Scappa.")
    saved(watched, lambda: keys.press("Enter"))
    assert on_disk(film)["l0005"].text == "Scappa."
    assert field(watched).count() == 0 and "Scappa." in row(watched, "Run.").inner_text()
    keys.press("Enter")
    field(watched).fill("Via!")
    keys.press("Escape")
    assert field(watched).count() == 0
    assert "Scappa." in row(watched, "Run.").inner_text()
    keys.press("Enter")
    field(watched).fill("Vattene.")
    saved(watched, lambda: row(watched, "Where did you").click())
    assert on_disk(film)["l0005"].text == "Vattene.", "leaving the field saves"
    keys.press("Enter")
    field(watched).fill("Le bobine?")
    saved(watched, lambda: keys.press("Control+Enter"))
    assert on_disk(film)["l0001"].text == "Le bobine?"
    assert field(watched).input_value().startswith("In macchina"), "Ctrl-Enter goes on with the next"
    assert watched.js("return state.selected") == "l0002"
    keys.press("Escape")
    row(watched, "Run.").locator("[data-language=en]").dblclick()
    field(watched).fill("Run away.")
    saved(watched, lambda: keys.press("Enter"))
    assert on_disk(film, "en")["l0005"].text == "Run away.", "the original can be mended as well"


def test_keys_place_divide_join_and_remove(desk: Desk) -> None:
    watched, film = desk
    keys = watched.page.keyboard
    choose(watched, "It is raining")

    def now() -> tuple[int, int]:
        return frames(on_disk(film, "en")["l0003"])

    for key, expected in ((".", (97, 121)), (",", (96, 120)), (">", (106, 130)), ("<", (96, 120))):
        saved(watched, lambda key=key: keys.press(key))
        assert now() == expected, key
    watched.js("clock.seek(100)")
    saved(watched, lambda: keys.press("["))
    assert now() == (100, 120)
    watched.js("clock.seek(111)")
    saved(watched, lambda: keys.press("]"))
    assert now() == (100, 112), "it ends with the frame that is shown"
    assert frames(on_disk(film)["l0003"]) == (100, 112), "so does its translation"
    choose(watched, "Then we have")
    watched.js("clock.seek(156)")
    saved(watched, lambda: keys.press("x"))
    parts = on_disk(film, "en")
    assert len(parts) == 7 and frames(parts["l0004"]) == (132, 156) and frames(parts["l0004-2"]) == (156, 180)
    assert parts["l0004"].text + " " + parts["l0004-2"].text == (
        "Then we have until the rain finds the window I could not close."
    )
    watched.until("state.lines.length === 7")
    assert watched.page.locator("ciak-lines .row").count() == 7
    saved(watched, lambda: keys.press("g"))
    assert on_disk(film, "en")["l0004"].text == "Then we have until the rain finds the window I could not close."
    assert len(on_disk(film, "en")) == 6
    choose(watched, "Run.")
    saved(watched, lambda: keys.press("Delete"))
    assert "l0005" not in on_disk(film, "en") and "l0005" not in on_disk(film)
    watched.until("state.lines.length === 5")
    saved(watched, lambda: keys.press("Control+z"))
    assert on_disk(film, "en")["l0005"].text == "Run." and on_disk(film)["l0005"].text == "Corri."


def test_a_line_is_divided_at_the_cursor(desk: Desk) -> None:
    watched, film = desk
    choose(watched, "In the car")
    watched.js("clock.seek(60); studio.lines.edit('l0002', 'en');")
    field(watched).evaluate("(node) => node.setSelectionRange(11, 11)")
    saved(watched, lambda: watched.js("studio.moves.split()"))
    parts = on_disk(film, "en")
    assert (parts["l0002"].text, parts["l0002-2"].text) == ("In the car.", "Under the coats, where nobody looks.")


def test_the_inspector_changes_what_it_shows(desk: Desk) -> None:
    watched, film = desk
    choose(watched, "Where did you")
    saved(watched, lambda: inspector(watched, "who").select_option("leo"))
    assert {on_disk(film, "en")["l0001"].character, on_disk(film)["l0001"].character} == {"leo"}
    inspector(watched, "in").fill("01:00:00:06")
    saved(watched, lambda: inspector(watched, "in").press("Enter"))
    assert frames(on_disk(film, "en")["l0001"]) == (6, 40)
    inspector(watched, "out").fill("01:00:01:12")
    saved(watched, lambda: inspector(watched, "out").press("Tab"))
    assert frames(on_disk(film, "en")["l0001"]) == (6, 36)
    inspector(watched, "in").fill("no time")
    inspector(watched, "in").press("Tab")
    assert inspector(watched, "in").input_value() == "01:00:00:06", "what is no timecode is not taken"
    saved(watched, lambda: inspector(watched, "lock").click())
    assert on_disk(film)["l0001"].locked
    assert inspector(watched, "lock").get_attribute("aria-pressed") == "true"
    assert inspector(watched, "who").is_disabled() and inspector(watched, "in").is_disabled()
    row(watched, "Where did you").dblclick()
    assert field(watched).count() == 0, "a locked line is not typed in"
    assert "locked" in row(watched, "Where did you").inner_text()


def test_takes_flags_and_wordings(desk: Desk) -> None:
    watched, film = desk
    choose(watched, "Where did you")
    assert on_disk(film)["l0001"].chosen == "t1"
    asked = watched.js(
        "const heard = []; const play = HTMLMediaElement.prototype.play; HTMLMediaElement.prototype.play ="
        " function () { heard.push(this.src); return Promise.resolve(); };"
        " window.heard = heard; window.play = play; return 0;"
    )
    inspector(watched, "hear-t2").click()
    asked = watched.js("HTMLMediaElement.prototype.play = window.play; return window.heard")
    assert len(asked) == 1 and asked[0].endswith("/takes/it/l0001/t2")
    saved(watched, lambda: inspector(watched, "take-t2").click())
    chosen = on_disk(film)["l0001"]
    assert chosen.chosen == "t2" and chosen.kept
    assert inspector(watched, "take-t2").get_attribute("aria-pressed") == "true"
    assert inspector(watched, "why").inner_text() == "fits at an easy rate (1.02)"
    told = inspector(watched, "way-0").inner_text()
    assert "idiom: Dove sono" in told and "too long for the slot (1.40)" in told, "each says why it stands there"
    saved(watched, lambda: inspector(watched, "way-0").click())
    assert on_disk(film)["l0001"].text == "Dove sono le bobine?"
    choose(watched, "In the car")
    assert "Too fast" in watched.page.locator("ciak-inspector .body").inner_text()
    saved(watched, lambda: inspector(watched, "flag-too-fast").click())
    assert on_disk(film)["l0002"].flags == ()
    assert "Too fast" not in row(watched, "In the car").inner_text()
    assert inspector(watched, "flag-too-fast").count() == 0


def test_undo_and_redo_go_on_after_a_reload(desk: Desk) -> None:
    watched, film = desk
    page = watched.page

    def said() -> str:
        return on_disk(film)["l0005"].text

    for text in ("Uno.", "Due.", "Tre."):
        choose(watched, "Run.")
        page.keyboard.press("Enter")
        field(watched).fill(text)
        saved(watched, lambda: page.keyboard.press("Enter"))
    saved(watched, lambda: page.keyboard.press("Control+z"))
    assert said() == "Due." and "Due." in row(watched, "Run.").inner_text()
    saved(watched, lambda: page.get_by_role("button", name="Undo", exact=True).click())
    assert said() == "Uno."
    page.reload()
    row(watched, "Run.").wait_for()
    assert "Uno." in row(watched, "Run.").inner_text()
    saved(watched, lambda: page.keyboard.press("Control+Shift+z"))
    assert said() == "Due."
    saved(watched, lambda: page.get_by_role("button", name="Redo", exact=True).click())
    assert said() == "Tre." and page.get_by_role("button", name="Redo", exact=True).is_disabled()
    for expected in ("Due.", "Uno.", "Corri."):
        saved(watched, lambda: page.keyboard.press("Control+z"))
        assert said() == expected
    page.get_by_role("link", name="Activity").click()
    page.get_by_role("button", name="Redo: words of l0005").wait_for()
    saved(watched, lambda: page.get_by_role("button", name="Redo: words of l0005").click())
    assert said() == "Uno."
    page.get_by_role("listitem").filter(has_text="l0005").first.wait_for()


def test_a_name_of_the_cast_can_be_filtered(desk: Desk) -> None:
    watched, _ = desk
    who = watched.page.get_by_role("combobox", name="Who speaks")
    who.focus()
    who.select_option("ada")
    watched.until("studio.lines.list.querySelectorAll('.row').length === 3")
    assert watched.page.locator("ciak-lines .who").all_inner_texts() == ["Ada Conti"] * 3
