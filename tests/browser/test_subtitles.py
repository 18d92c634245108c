"""Subtitles on the strip and in the inspector: a person breaks, times, divides and joins them, by mouse and by keys;
what was set stays, is taken back, and can be let go."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from tests.browser.conftest import Watched
from tests.browser.steps import drag, on_disk, point, row, saved
from tests.server.small_film import RATE

from ciak.film import HeldSubtitles
from ciak.project import Film

pytestmark = pytest.mark.browser
Desk = tuple[Watched, Film]
LANE = "subtitles-it"


def held(film: Film, line: str) -> list[tuple[int, int, tuple[str, ...]]]:
    """First frame, end and lines of each subtitle that a person set for a line."""
    found = on_disk(film)[line].subtitles
    assert isinstance(found, HeldSubtitles)
    return [(RATE.nearest_frame(one.span.start), RATE.nearest_frame(one.span.end), one.lines) for one in found.shown]


def choose(watched: Watched, frame: int) -> dict[str, Any]:
    """Select the subtitle at a frame by a press on the strip."""
    watched.page.mouse.click(*point(watched, frame, LANE))
    watched.until("state.subtitle && studio.inspector.shown.isConnected && studio.inspector.shown.field")
    told: dict[str, Any] = watched.js("const { first, end, lines, loops, key } = state.subtitle;"
                                      "return { first, end, lines, loops, key };")
    return told


def field(watched: Watched) -> Any:
    """Where its words are typed."""
    return watched.page.locator("ciak-subtitle textarea")


def settled(watched: Watched) -> None:
    """Wait until the page has the server's own answer to what was set."""
    watched.until("!studio.state.holding")
    watched.page.wait_for_timeout(1200)


def test_lines_are_broken_as_a_person_wants_and_stay_so(desk: Desk) -> None:
    watched, film = desk
    before = choose(watched, 60)
    assert before["loops"] == ["l0002"]
    field(watched).fill("In macchina.\nSotto  i cappotti. ")
    saved(watched, lambda: row(watched, "Run.").click())
    assert held(film, "l0002") == [(before["first"], before["end"], ("In macchina.", "Sotto i cappotti."))]
    assert on_disk(film)["l0002"].text.endswith("dove nessuno guarda."), "the line says what it said"
    settled(watched)
    watched.page.reload()
    watched.until("state.film && !state.waiting && state.cuesOf.get('it').some((cue) => cue.held)")
    saved(watched, lambda: watched.page.keyboard.press("Control+z"))
    assert on_disk(film)["l0002"].subtitles is None
    watched.until("!state.cuesOf.get('it').some((cue) => cue.held)")
    saved(watched, lambda: watched.page.keyboard.press("Control+Shift+z"))
    assert held(film, "l0002")[0][2] == ("In macchina.", "Sotto i cappotti.")
    watched.until("state.cuesOf.get('it').some((cue) => cue.held)")
    choose(watched, 60)
    assert field(watched).input_value() == "In macchina.\nSotto i cappotti."
    saved(watched, lambda: watched.page.locator("ciak-subtitle [data-part=follow]").click())
    assert on_disk(film)["l0002"].subtitles is None, "it follows the line again"


def test_times_are_moved_by_keys_and_by_the_mouse(desk: Desk) -> None:
    watched, film = desk
    keys = watched.page.keyboard
    told = choose(watched, 200)
    first, end = told["first"], told["end"]
    for key, by in ((".", 1), (",", 0), (",", -1), (".", 0)):
        saved(watched, lambda key=key: keys.press(key))
        assert held(film, "l0005")[0][:2] == (first + by, end + by), key
    settled(watched)
    choose(watched, 200)
    watched.js("clock.seek(196)")
    saved(watched, lambda: keys.press("["))
    assert held(film, "l0005")[0][0] == 196
    watched.js("clock.seek(207)")
    saved(watched, lambda: keys.press("]"))
    assert held(film, "l0005")[0][:2] == (196, 208), "it ends with the frame that is shown"
    watched.js("clock.seek(20)")
    saved(watched, lambda: drag(watched, LANE, 207.4, 215, keys=("Alt",)))
    assert held(film, "l0005")[0][0] == 196 and 213 <= held(film, "l0005")[0][1] <= 217
    one = watched.page.locator("ciak-subtitle [data-part=out]")
    one.fill("01:00:08:18")
    saved(watched, lambda: one.press("Enter"))
    assert held(film, "l0005")[0][:2] == (196, 210)
    settled(watched)
    cues = watched.js("return state.cuesOf.get('it').map(({ first, end }) => [first, end])")
    assert [196, 210] in cues and all(here[1] <= there[0] for here, there in pairwise(cues))


def test_no_subtitle_is_drawn_over_another(desk: Desk) -> None:
    watched, film = desk
    told = choose(watched, 200)
    after = watched.js("return state.cuesOf.get('it').find((cue) => cue.first > argument).first", told["first"])
    saved(watched, lambda: drag(watched, LANE, told["end"] - 0.6, after + 20, keys=("Alt",)))
    assert held(film, "l0005")[0][1] <= after


def test_one_becomes_two_at_the_cursor_and_one_again(desk: Desk) -> None:
    watched, film = desk
    keys = watched.page.keyboard
    told = choose(watched, 60)
    keys.press("Enter")
    text = field(watched).input_value()
    at = text.index("Sotto")
    field(watched).evaluate("(field, at) => field.setSelectionRange(at, at)", at)
    saved(watched, lambda: keys.press("Alt+Enter"))
    one, other = held(film, "l0002")
    assert one[2] == ("In macchina.",) and " ".join(other[2]) == "Sotto i cappotti, dove nessuno guarda."
    assert (one[0], other[1]) == (told["first"], told["end"]) and other[0] - one[1] == 2
    assert watched.js("return state.subtitle.lines") == ["In macchina."], "the first is chosen"
    settled(watched)
    keys.press("Escape")
    saved(watched, lambda: keys.press("g"))
    assert [(each[0], each[1]) for each in held(film, "l0002")] == [(told["first"], told["end"])]
    assert " ".join(held(film, "l0002")[0][2]) == "In macchina. Sotto i cappotti, dove nessuno guarda."
    settled(watched)
    watched.js("clock.seek(66)")
    saved(watched, lambda: keys.press("x"))
    assert held(film, "l0002")[1][0] == 66, "without a cursor, at the playhead"


def test_what_two_lines_share_is_let_go_together(desk: Desk) -> None:
    watched, film = desk
    keys = watched.page.keyboard
    choose(watched, 200)
    saved(watched, lambda: keys.press("g"))
    assert on_disk(film)["l0006"].subtitles == HeldSubtitles(text=on_disk(film)["l0006"].text, shared=("l0005",))
    assert "Corri." in " ".join(held(film, "l0005")[0][2])
    settled(watched)
    row(watched, "Run.").click()
    watched.until("state.line?.held[1]")
    saved(watched, lambda: watched.page.locator("ciak-inspector [data-part=follow-it]").click())
    assert on_disk(film)["l0005"].subtitles is None and on_disk(film)["l0006"].subtitles is None


def test_a_subtitle_that_is_taken_away_comes_back_with_its_line(desk: Desk) -> None:
    watched, film = desk
    choose(watched, 200)
    saved(watched, lambda: watched.page.keyboard.press("Delete"))
    assert held(film, "l0005") == []
    settled(watched)
    assert not watched.js("return state.cuesOf.get('it').some(({ loops }) => loops.includes('l0005'))")
    row(watched, "Run.").click()
    saved(watched, lambda: watched.page.locator("ciak-inspector [data-part=follow-it]").click())
    watched.until("state.cuesOf.get('it').some(({ loops }) => loops.includes('l0005'))")


def test_the_rules_are_told_while_it_is_typed(desk: Desk) -> None:
    watched, film = desk
    choose(watched, 200)
    measured = watched.page.locator("ciak-subtitle [data-part=measured]")
    broken = watched.page.locator("ciak-subtitle [data-part=broken]")
    measured.get_by_text("characters a second").or_(measured).first.wait_for()
    watched.until("studio.inspector.shown.measured.textContent.includes('basic')")
    assert broken.inner_text() == ""
    field(watched).fill("una riga che è lunga molto più di quanto una riga possa essere lunga")
    watched.until("studio.inspector.shown.broken.textContent.includes('Row too long')")
    assert "limit 42" in broken.inner_text() and "Read too fast" in broken.inner_text()
    field(watched).press("Escape")
    watched.until("studio.inspector.shown.field.value === 'Corri.'")
    assert on_disk(film)["l0005"].subtitles is None, "nothing was set"
    watched.until("studio.strip.focused?.id === argument", LANE)


def test_the_subtitles_of_a_locked_line_stay(desk: Desk) -> None:
    watched, film = desk
    row(watched, "Run.").click()
    saved(watched, lambda: watched.page.keyboard.press("b"))
    choose(watched, 200)
    assert field(watched).is_disabled()
    for key in (".", "x", "g", "Delete"):
        watched.page.keyboard.press(key)
    watched.page.wait_for_timeout(300)
    assert on_disk(film)["l0005"].subtitles is None
