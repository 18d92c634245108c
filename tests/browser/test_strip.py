"""The strip: zoom, scrub with sound, keys, choosing, moving and trimming loops, what its lanes draw."""

from __future__ import annotations

from typing import Any

import pytest
from tests.browser.conftest import Watched
from tests.browser.steps import drag, field, frames, on_disk, point, row, saved, shown

from ciak.project import Film

pytestmark = pytest.mark.browser
Strip = tuple[Watched, Film]
LISTEN = """
window.heard = [];
const play = HTMLMediaElement.prototype.play;
HTMLMediaElement.prototype.play = function () {
  if (this.localName === 'audio') window.heard.push(this.currentTime);
  return play.call(this);
};
"""
PIXELS = """
const row = [...studio.strip.body.children].find((node) => node.lane.id === argument);
row.scrollIntoView({ block: 'nearest' });
await new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r)));
const canvas = row.querySelector('canvas');
const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
const found = new Set(); let drawn = 0;
for (let at = 0; at < data.length; at += 4) {
  if (data[at + 3]) { drawn += 1; found.add(data[at] << 16 | data[at + 1] << 8 | data[at + 2]); }
}
return [drawn / (data.length / 4), found.size];
"""


def view(watched: Watched) -> dict[str, float]:
    """What part of the film is shown."""
    told: dict[str, float] = watched.js(
        "const { first, scale, end } = studio.strip.view; return { first, scale, end };"
    )
    return told


def test_the_wheel_zooms_around_the_pointer(strip: Strip) -> None:
    watched, _ = strip
    before = view(watched)
    x, y = point(watched, 200)
    x = round(x)
    watched.page.mouse.move(x, y)
    under = (
        "const box = studio.strip.rule.getBoundingClientRect(); return studio.strip.view.frame(argument - box.left);"
    )
    held = watched.js(under, x)
    for turn in range(1, 5):
        watched.page.mouse.wheel(0, -120)
        watched.until("studio.strip.view.scale < argument", before["scale"] * 0.9**turn)
        assert watched.js(under, x) == pytest.approx(held, abs=1e-6)
    near = view(watched)
    assert 0 < near["first"] < 200 < near["end"] < 288
    watched.page.keyboard.down("Shift")
    watched.page.mouse.wheel(0, 60)
    watched.until("studio.strip.view.first > argument", near["first"])
    watched.page.keyboard.up("Shift")
    assert view(watched)["scale"] == near["scale"]
    watched.page.get_by_role("button", name="Whole film").click()
    assert view(watched) == before
    watched.page.keyboard.press("+")
    assert view(watched)["scale"] == pytest.approx(before["scale"] / 1.6)
    watched.page.keyboard.press("\\")
    assert view(watched) == before


@pytest.mark.parametrize("lane", ["", "wave-original", "shots"])
def test_scrubbing_shows_exact_frames_and_is_heard(strip: Strip, lane: str) -> None:
    watched, _ = strip
    watched.js(LISTEN)
    drag(watched, lane, 40, 121, drop=False)
    assert watched.js("return clock.frame") == 121
    assert shown(watched) == 121
    watched.page.mouse.move(*point(watched, 77, lane))
    assert shown(watched) == 77
    watched.page.mouse.up()
    heard = watched.js("return window.heard.length")
    assert heard >= 2, "a moment of sound for each frame that was drawn over"
    watched.page.mouse.move(*point(watched, 200, lane))
    assert watched.js("return clock.frame") == 77, "the hand was let go"
    watched.page.keyboard.press("m")
    drag(watched, lane, 100, 150)
    assert shown(watched) == 150
    assert watched.js("return window.heard.length") == heard, "a muted film is not heard while scrubbing"
    watched.page.keyboard.press("m")


def test_keys_mark_snap_and_walk_along_the_lane_in_focus(strip: Strip) -> None:
    watched, _ = strip
    keys = watched.page.keyboard
    watched.js("clock.seek(30)")
    keys.press("i")
    watched.js("clock.seek(99)")
    keys.press("o")
    assert watched.js("return studio.ruler.marks") == {"from": 30, "to": 100}
    keys.press("u")
    assert watched.js("return studio.ruler.marks") == {"from": None, "to": None}
    snap = watched.page.get_by_role("button", name="Snapping")
    assert snap.get_attribute("aria-pressed") == "true"
    keys.press("n")
    watched.until("!studio.strip.snapping")
    assert snap.get_attribute("aria-pressed") == "false"
    watched.js("clock.seek(0)")
    keys.press("ArrowDown")
    keys.press("ArrowDown")
    assert watched.js("return clock.frame") == 48, "along the dialogue"
    lane = watched.page.get_by_role("listbox", name="Ada Conti")
    lane.focus()
    for key, expected in (("ArrowDown", 96), ("ArrowDown", 192), ("ArrowDown", 192), ("ArrowUp", 96), ("ArrowUp", 12)):
        keys.press(key)
        assert watched.js("return clock.frame") == expected
    spoken = lane.get_by_role("option")
    assert "01:00:00:12" in spoken.inner_text() and "Dove hai lasciato" in spoken.inner_text()
    assert lane.get_attribute("aria-activedescendant") == spoken.get_attribute("id")
    keys.press("l")
    watched.until("clock.frame > 20")
    keys.press("k")
    assert watched.js("return clock.speed") == 0


def test_a_click_on_a_loop_selects_it_everywhere(strip: Strip) -> None:
    watched, _ = strip
    watched.page.mouse.click(*point(watched, 150, "loops-leo"))
    assert watched.js("return [state.selected, studio.strip.selected]") == ["l0004", "l0004"]
    assert row(watched, "Then we have").get_attribute("aria-selected") == "true"
    assert watched.page.locator("ciak-lines .row[aria-selected=true]").count() == 1
    assert "l0004" in watched.page.locator("ciak-inspector .body").inner_text()
    assert watched.js("return clock.frame") == 150, "a press without a move goes there"
    row(watched, "It is raining").click()
    assert watched.js("return studio.strip.selected") == "l0003"


def test_dragging_moves_with_snapping_and_without(strip: Strip) -> None:
    watched, film = strip
    watched.js("clock.seek(127)")
    saved(watched, lambda: drag(watched, "loops-ada", 108, 138))
    assert frames(on_disk(film, "en")["l0003"]) == (127, 151), "the playhead draws it"
    assert frames(on_disk(film, "it")["l0003"]) == (127, 151), "the translation goes with the original"
    saved(watched, lambda: drag(watched, "loops-ada", 139, 138, keys=("Alt",)))
    assert frames(on_disk(film, "en")["l0003"]) == (126, 150), "Alt holds snapping off"
    drag(watched, "loops-ada", 138, 160, drop=False)
    assert watched.js("return studio.strip.moved.id") == "l0003"
    watched.page.keyboard.press("Escape")
    watched.page.mouse.up()
    assert watched.js("return studio.strip.moved") is None
    watched.page.wait_for_timeout(150)
    assert frames(on_disk(film, "en")["l0003"]) == (126, 150), "Escape leaves it"


def test_dragging_an_edge_trims(strip: Strip) -> None:
    watched, film = strip
    x, y = point(watched, 39.4, "loops-ada")
    watched.page.mouse.move(x, y)
    row_of = "[...studio.strip.body.children].find((node) => node.lane.id === 'loops-ada')"
    cursor = f"{row_of}.querySelector('canvas').style.cursor"
    assert watched.js(f"return {cursor}") == "ew-resize"
    saved(watched, lambda: drag(watched, "loops-ada", 39.4, 44.4, keys=("Alt",)))
    assert frames(on_disk(film, "en")["l0001"]) == (12, 45)
    watched.js("clock.seek(20)")
    saved(watched, lambda: drag(watched, "loops-ada", 11.6, 18.4))
    assert frames(on_disk(film, "en")["l0001"]) == (20, 45), "an edge snaps to the playhead"
    saved(watched, lambda: drag(watched, "loops-leo", 83.4, 95))
    assert frames(on_disk(film, "en")["l0002"]) == (48, 96), "and to the edge of another lane's event"


def test_a_locked_loop_stays(strip: Strip) -> None:
    watched, film = strip
    watched.page.mouse.click(*point(watched, 200, "loops-ada"))
    saved(watched, lambda: watched.page.keyboard.press("b"))
    assert on_disk(film)["l0005"].locked
    drag(watched, "loops-ada", 204, 230)
    watched.page.wait_for_timeout(200)
    assert frames(on_disk(film, "en")["l0005"]) == (192, 216)
    watched.page.keyboard.press(".")
    watched.page.wait_for_timeout(200)
    assert frames(on_disk(film, "en")["l0005"]) == (192, 216), "nor do the keys move it"


@pytest.mark.parametrize("how", ["twice", "enter"])
def test_the_words_open_from_the_strip(strip: Strip, how: str) -> None:
    watched, _ = strip
    if how == "twice":
        watched.page.mouse.dblclick(*point(watched, 150, "loops-leo"))
    else:
        watched.page.mouse.click(*point(watched, 150, "loops-leo"))
        watched.page.keyboard.press("Enter")
    assert field(watched).input_value().startswith("Allora abbiamo tempo")
    watched.page.keyboard.press("Escape")
    assert field(watched).count() == 0


def test_thumbnails_and_waveforms_are_drawn(strip: Strip) -> None:
    watched, _ = strip
    watched.until("studio.strip.lanes[0].id === 'shots'")
    watched.page.wait_for_timeout(600)
    drawn, colours = watched.js(PIXELS, "shots")
    assert drawn > 0.9 and colours > 40, "the shots are pictures"
    drawn, colours = watched.js(PIXELS, "wave-original")
    assert drawn > 0.01 and colours >= 1
    drawn, _ = watched.js(PIXELS, "loops-leo")
    assert 0.1 < drawn < 0.8
    bare = watched.js(PIXELS, "wave-original")[0]
    watched.js("studio.strip.view.zoom(1 / 16, 0)")
    watched.page.wait_for_timeout(500)
    assert watched.js(PIXELS, "wave-original")[0] > 0.01 and bare > 0


def test_playing_follows_the_playhead(strip: Strip) -> None:
    watched, _ = strip
    watched.js("studio.strip.view.zoom(1 / 16, 0); clock.seek(5)")
    end = view(watched)["end"]
    assert end < 48
    watched.page.keyboard.press("Space")
    watched.until("clock.frame > argument", end + 2)
    watched.page.keyboard.press("Space")
    watched.until("studio.strip.view.first > 0 && !clock.playing")
    now: Any = watched.js("const { first, end } = studio.strip.view; return first <= clock.frame && clock.frame < end")
    assert now and watched.page.locator("ciak-strip .playhead").is_visible()
